/* Casts: which exist, and the kernels that compute them (operators-and-coercions.md, section 5). */
#pragma once

#include "function/function.h"

/* Whether CAST(from AS to) is legal at analysis. */
bool cast_exists(const Type *from, const Type *to);

/* Whether some value of `from` has no counterpart in `to`: an error at run time. */
bool cast_may_fail(const Type *from, const Type *to);

/*
 * A cast as a callable: a kernel of one argument, its flags (ScalarFlags) and, for nested types,
 * its prepared state.
 */
typedef struct Cast {
    ScalarKernel kernel;
    unsigned flags;
    void *state; /* for KernelCall.state */
} Cast;

/* The cast from one type to a different one; cast_exists must hold. Lives in cx->arena. */
MUST_CHECK Status cast_create(Context *cx, const Type *from, const Type *to, Cast *ret_cast);
