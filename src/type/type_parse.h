/*
 * From text to types: SQL type text ("DOUBLE PRECISION", "row(x bigint, \"y z\" array(date))",
 * "timestamp(3) with time zone") and the texts that types print themselves as. Case-insensitive,
 * aliases included. Threads: any.
 */
#pragma once

#include "warren/type.h"

/*
 * A parameter of a parametric type: a number, or a type, which a row field may have a name before.
 */
typedef struct TypeArgument {
    const Type *type; /* NULL: a number */
    int64_t number;
    const char *name; /* row fields; may be NULL */
} TypeArgument;

/*
 * The type with this base name ("decimal", "timestamp with time zone", any case, aliases known) and
 * arguments. *ret_type is NULL when there is no such type or the arguments do not fit it; the
 * caller says so in its own words. Fails only with Trino's INVALID_FUNCTION_ARGUMENT for a
 * decimal's precision and scale.
 */
MUST_CHECK Status type_resolve(Context *cx, const char *base_name, const TypeArgument *arguments,
                               int32_t argument_count, const Type **ret_type);

/*
 * The whole text is a type, or TYPE_MISMATCH "Unknown type: TEXT" (INVALID_FUNCTION_ARGUMENT: as
 * above).
 */
MUST_CHECK Status type_parse(Context *cx, const char *text, const Type **ret_type);
