/*
 * How cast.c finds kernels: every family answers for a pair of types with a Cast, or leaves its
 * kernel NULL when the pair is another family's. The pair is legal (cast_exists) and of two
 * different types.
 */
#pragma once

#include "function/cast.h"

typedef Status (*CastFamily)(Context *cx, const Type *from, const Type *to, Cast *ret_cast);

MUST_CHECK Status cast_from_any(Context *cx, const Type *from, const Type *to, Cast *ret_cast);
