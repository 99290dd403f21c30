/*
 * Implicit coercions: which type may stand for which, and the common super type of two. The rules
 * are Trino's (spec/operators-and-coercions.md, section 2). Pure functions of interned types;
 * threads: any.
 */
#pragma once

#include "warren/type.h"

bool type_can_coerce(const Type *from, const Type *to);
/* NULL when there is none. */
const Type *type_common_super(const Type *a, const Type *b);
/*
 * Coercible, and the stored value stays what it is: varchar(3) to varchar(5), decimal(5,2) to
 * decimal(7,2).
 */
bool type_is_only_coercion(const Type *from, const Type *to);
/*
 * The type of the given kind that `from` becomes with the least change, in one step: integer as
 * TYPE_DECIMAL is decimal(10,0), date as TYPE_TIMESTAMP is timestamp(0), varchar(3) as TYPE_CHAR is
 * char(3). NULL when it cannot. A type of that kind already is itself.
 */
const Type *type_coerced_to_kind(const Type *from, TypeKind kind);
