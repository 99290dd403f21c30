/*
 * Template of sums and products with a long result. Before inclusion define
 *     A, B                the operands: int64_t (short) or int128_t (long)
 *     NAME_OF(operation)  the names of the kernels
 */
#define LEFT A
#define RIGHT B
#define RESULT int128_t
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((flag) != 0)
#define REPORT(call, row, a, b) ((void)(a), (void)(b), report_overflow(call, row))
#define NAME NAME_OF(add)
#define EXTRA Scales
#define EXTRA_OF(call) scales_of(call, 1)
#define COMPUTE(a, b, flag) sum_wide(a, b, &extra, flag)
#include "function/scalar/binary.inc.h"

#define LEFT A
#define RIGHT B
#define RESULT int128_t
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((flag) != 0)
#define REPORT(call, row, a, b) ((void)(a), (void)(b), report_overflow(call, row))
#define NAME NAME_OF(subtract)
#define EXTRA Scales
#define EXTRA_OF(call) scales_of(call, -1)
#define COMPUTE(a, b, flag) sum_wide(a, b, &extra, flag)
#include "function/scalar/binary.inc.h"

static inline int128_t NAME_OF(product)(A a, B b, uint8_t *flag) {
    if (sizeof(A) == 8 && sizeof(B) == 8) {
        return (int128_t)a * b; /* at most 36 digits */
    }
    if (a == (int64_t)a && b == (int64_t)b) {
        return (int128_t)(int64_t)a * (int64_t)b; /* less than 2^126, which is less than 10^38 */
    }
    int128_t product = 0;
    *flag |= !decimal_multiply(a, b, &product);
    return product;
}

#define LEFT A
#define RIGHT B
#define RESULT int128_t
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((flag) != 0)
#define REPORT(call, row, a, b) ((void)(a), (void)(b), report_overflow(call, row))
#define NAME NAME_OF(multiply)
#define COMPUTE(a, b, flag) NAME_OF(product)(a, b, flag)
#include "function/scalar/binary.inc.h"

#undef NAME_OF
#undef A
#undef B
