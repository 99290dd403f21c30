/*
 * How cast.c finds kernels: every family answers for a pair of types with a Cast, or leaves its
 * kernel NULL when the pair is another family's. The pair is legal (cast_exists) and of two
 * different types.
 */
#pragma once

#include "function/cast.h"

typedef Status (*CastFamily)(Context *cx, const Type *from, const Type *to, Cast *ret_cast);

/* cast_same.c: unknown to anything, texts and bytes that stay what they are. */
MUST_CHECK Status cast_same(Context *cx, const Type *from, const Type *to, Cast *ret_cast);
/* cast_number.c: numbers and boolean. */
MUST_CHECK Status cast_among_numbers(Context *cx, const Type *from, const Type *to, Cast *ret_cast);
/* cast_print.c: everything but json to varchar; varchar and char to each other. */
MUST_CHECK Status cast_to_text(Context *cx, const Type *from, const Type *to, Cast *ret_cast);
/* cast_parse.c: varchar to numbers, boolean, uuid, ipaddress, dates and times. */
MUST_CHECK Status cast_from_text(Context *cx, const Type *from, const Type *to, Cast *ret_cast);
/* cast_binary.c: varbinary, uuid, ipaddress, sketches. */
MUST_CHECK Status cast_binary(Context *cx, const Type *from, const Type *to, Cast *ret_cast);
/* cast_datetime.c: dates and times among themselves. */
MUST_CHECK Status cast_among_datetimes(Context *cx, const Type *from, const Type *to,
                                       Cast *ret_cast);
/* cast_nested.c: arrays, maps and rows, element by element. */
MUST_CHECK Status cast_nested(Context *cx, const Type *from, const Type *to, Cast *ret_cast);
/* cast_to_json.c, cast_from_json.c */
MUST_CHECK Status cast_to_json(Context *cx, const Type *from, const Type *to, Cast *ret_cast);
MUST_CHECK Status cast_from_json(Context *cx, const Type *from, const Type *to, Cast *ret_cast);

/*
 * Whether values of the type may be keys of a JSON object. Other map keys that are castable to
 * varchar pass the analysis, as in Trino, and are refused when the cast is made.
 */
bool cast_is_json_key(const Type *type);

/* Source and target of a cast: the state of most kernels. */
typedef struct CastPair {
    const Type *from, *to;
} CastPair;

static inline void *cast_pair(Context *cx, const Type *from, const Type *to) {
    CastPair *pair = arena_new(cx->arena, CastPair);
    *pair = (CastPair){from, to};
    return pair;
}
