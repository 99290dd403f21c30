/*
 * Template of the arithmetic of one floating-point type. Before inclusion define
 *     T             float or double
 *     PREFIX(name)  the name of a kernel of this type
 *     REMAINDER     the C function for %
 */
#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((void)(flag), false)
#define REPORT(call, row, a, b) ((void)(a), (void)(b))
#define NAME PREFIX(add)
#define COMPUTE(a, b, flag) ((void)(flag), (a) + (b))
#include "function/scalar/binary.inc.h"

#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((void)(flag), false)
#define REPORT(call, row, a, b) ((void)(a), (void)(b))
#define NAME PREFIX(subtract)
#define COMPUTE(a, b, flag) ((void)(flag), (a) - (b))
#include "function/scalar/binary.inc.h"

#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((void)(flag), false)
#define REPORT(call, row, a, b) ((void)(a), (void)(b))
#define NAME PREFIX(multiply)
#define COMPUTE(a, b, flag) ((void)(flag), (a) * (b))
#include "function/scalar/binary.inc.h"

#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((void)(flag), false)
#define REPORT(call, row, a, b) ((void)(a), (void)(b))
#define NAME PREFIX(divide)
#define COMPUTE(a, b, flag) ((void)(flag), (a) / (b))
#include "function/scalar/binary.inc.h"

#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((void)(flag), false)
#define REPORT(call, row, a, b) ((void)(a), (void)(b))
#define NAME PREFIX(modulus)
#define COMPUTE(a, b, flag) ((void)(flag), REMAINDER((a), (b)))
#include "function/scalar/binary.inc.h"

static Status PREFIX(negate)(KernelCall *call) {
    T *result = KERNEL_RESULT(call, T);
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = -KERNEL_ARGUMENT(call, 0, T, row);
    }
    return OK;
}

#undef T
#undef PREFIX
#undef REMAINDER
