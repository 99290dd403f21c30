/*
 * Template of the arithmetic of one integer type. Before inclusion define
 *     T, U, WIDE      the type, its unsigned twin, and a type that holds any product (T itself:
 * products are checked) TYPE_NAME       as messages name it PREFIX(name)    the name of a kernel of
 * this type T_MIN           the least value Sums overflow when the result's sign differs from both
 * operands': the sign bit of `flag` collects that.
 */
#define SIGN_BIT ((U)1 << (sizeof(T) * 8 - 1))

static inline T PREFIX(add_one)(T a, T b, U *flag) {
    U sum = (U)((U)a + (U)b);
    *flag |= (U)(((U)a ^ sum) & ((U)b ^ sum));
    return (T)sum;
}

static inline T PREFIX(subtract_one)(T a, T b, U *flag) {
    U difference = (U)((U)a - (U)b);
    *flag |= (U)(((U)a ^ (U)b) & ((U)a ^ difference));
    return (T)difference;
}

static inline T PREFIX(multiply_one)(T a, T b, U *flag) {
#ifdef MULTIPLY_CHECKED
    T product;
    *flag |= __builtin_mul_overflow(a, b, &product) ? SIGN_BIT : 0;
    return product;
#else
    WIDE product = (WIDE)a * b;
    *flag |= product != (T)product ? SIGN_BIT : 0;
    return (T)product;
#endif
}

/* x / 0 and min / -1 fail; both are computed as a division by 1. */
static inline T PREFIX(divide_one)(T a, T b, U *flag) {
    bool bad = b == 0 || (a == T_MIN && b == -1);
    *flag |= bad ? SIGN_BIT : 0;
    return (T)(a / (bad ? 1 : b));
}

static inline T PREFIX(modulus_one)(T a, T b, U *flag) {
    *flag |= b == 0 ? SIGN_BIT : 0;
    return b == 0 || b == -1 ? 0 : (T)(a % b);
}

static void PREFIX(report)(KernelCall *call, int32_t row, const char *what, char symbol, T a, T b) {
    kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE, TYPE_NAME " %s overflow: %ld %c %ld", what,
                (long)a, symbol, (long)b);
}

static void PREFIX(report_division)(KernelCall *call, int32_t row, T a, T b) {
    if (b == 0) {
        kernel_fail(call, row, DIVISION_BY_ZERO, "Division by zero");
    } else if (sizeof(T) == 8) {
        PREFIX(report)(call, row, "division", '/', a, b);
    } else {
        kernel_fail(call, row, GENERIC_INTERNAL_ERROR,
                    "Value %ld exceeds MAX_%s for type " TYPE_NAME, -(long)a,
                    sizeof(T) == 4   ? "INT"
                    : sizeof(T) == 2 ? "SHORT"
                                     : "BYTE");
    }
}

#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG U
#define FAILED_FLAG(flag) (((flag)&SIGN_BIT) != 0)
#define NAME PREFIX(add)
#define COMPUTE PREFIX(add_one)
#define REPORT(call, row, a, b) PREFIX(report)(call, row, "addition", '+', a, b)
#include "function/scalar/binary.inc.h"

#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG U
#define FAILED_FLAG(flag) (((flag)&SIGN_BIT) != 0)
#define NAME PREFIX(subtract)
#define COMPUTE PREFIX(subtract_one)
#define REPORT(call, row, a, b) PREFIX(report)(call, row, "subtraction", '-', a, b)
#include "function/scalar/binary.inc.h"

#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG U
#define FAILED_FLAG(flag) (((flag)&SIGN_BIT) != 0)
#define NAME PREFIX(multiply)
#define COMPUTE PREFIX(multiply_one)
#define REPORT(call, row, a, b) PREFIX(report)(call, row, "multiplication", '*', a, b)
#include "function/scalar/binary.inc.h"

#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG U
#define FAILED_FLAG(flag) (((flag)&SIGN_BIT) != 0)
#define NAME PREFIX(divide)
#define COMPUTE PREFIX(divide_one)
#define REPORT(call, row, a, b) PREFIX(report_division)(call, row, a, b)
#include "function/scalar/binary.inc.h"

#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG U
#define FAILED_FLAG(flag) (((flag)&SIGN_BIT) != 0)
#define NAME PREFIX(modulus)
#define COMPUTE PREFIX(modulus_one)
#define REPORT(call, row, a, b) kernel_fail(call, row, DIVISION_BY_ZERO, "Division by zero")
#include "function/scalar/binary.inc.h"

/* mod(): the same, with another error. */
#define LEFT T
#define RIGHT T
#define RESULT T
#define FLAG U
#define FAILED_FLAG(flag) (((flag)&SIGN_BIT) != 0)
#define NAME PREFIX(mod)
#define COMPUTE PREFIX(modulus_one)
#define REPORT(call, row, a, b) kernel_fail(call, row, GENERIC_INTERNAL_ERROR, "/ by zero")
#include "function/scalar/binary.inc.h"

static Status PREFIX(negate)(KernelCall *call) {
    T *result = KERNEL_RESULT(call, T);
    KERNEL_FOR_EACH_ROW(call, row) {
        T value = KERNEL_ARGUMENT(call, 0, T, row);
        if (value == T_MIN) {
            kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE, TYPE_NAME " negation overflow: %ld",
                        (long)value);
        }
        result[row] = (T)(0 - (U)value);
    }
    return OK;
}

#undef SIGN_BIT
#undef T
#undef U
#undef WIDE
#undef TYPE_NAME
#undef PREFIX
#undef T_MIN
#undef MULTIPLY_CHECKED
