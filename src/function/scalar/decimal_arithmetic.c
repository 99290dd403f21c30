/*
 * + - * / % and negation of decimals, and mod. Result types are the signatures' formulas. Results
 * of up to 18 digits are computed in 64 bits and cannot overflow; the others in 128 bits, checked
 * against 38 digits.
 */
#include <math.h>

#include "function/function.h"
#include "function/kernels/clones.h"
#include "function/scalar/decimal_values.h"

/* What operands are multiplied by to have the result's scale; the right one is negative to
 * subtract. */
typedef struct Scales {
    int128_t left, right;
} Scales;

static Scales scales_of(const KernelCall *call, int sign) {
    const Type *left = call->function->argument_types[0],
               *right = call->function->argument_types[1];
    int32_t scale = left->scale > right->scale ? left->scale : right->scale;
    return (Scales){.left = int128_powers_of_ten[scale - left->scale],
                    .right = sign * int128_powers_of_ten[scale - right->scale]};
}

static bool is_short(const KernelCall *call, int32_t argument) {
    return type_is_short_decimal(call->function->argument_types[argument]);
}

static Status report_overflow(KernelCall *call, int32_t row) {
    kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE, "Decimal overflow");
    return OK;
}

/* ---- sums ---- */

static inline int128_t sum_wide(int128_t a, int128_t b, const Scales *scales, uint8_t *flag) {
    int128_t left = a, right = b;
    if (scales->left != 1) {
        *flag |= !decimal_multiply(a, scales->left, &left);
    }
    if (scales->right != 1) {
        *flag |= !decimal_multiply(b, scales->right, &right);
    }
    /* Two values of 38 digits may wrap around, but never into 38 digits again. */
    int128_t sum = (int128_t)((uint128_t)left + (uint128_t)right);
    *flag |= !int128_fits_precision(sum, DECIMAL_PRECISION_MAX);
    return sum;
}

#define LEFT int64_t
#define RIGHT int64_t
#define RESULT int64_t
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((void)(flag), false)
#define REPORT(call, row, a, b) ((void)(a), (void)(b))
#define NAME add_short
#define COMPUTE(a, b, flag) ((void)(flag), (a) + (b))
#include "function/scalar/binary.inc.h"

#define LEFT int64_t
#define RIGHT int64_t
#define RESULT int64_t
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((void)(flag), false)
#define REPORT(call, row, a, b) ((void)(a), (void)(b))
#define NAME subtract_short
#define COMPUTE(a, b, flag) ((void)(flag), (a) - (b))
#include "function/scalar/binary.inc.h"

#define LEFT int64_t
#define RIGHT int64_t
#define RESULT int64_t
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((void)(flag), false)
#define REPORT(call, row, a, b) ((void)(a), (void)(b))
#define NAME add_short_scaled
#define EXTRA Scales
#define EXTRA_OF(call) scales_of(call, 1)
#define COMPUTE(a, b, flag) ((void)(flag), (a) * (int64_t)extra.left + (b) * (int64_t)extra.right)
#include "function/scalar/binary.inc.h"

#define LEFT int64_t
#define RIGHT int64_t
#define RESULT int64_t
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((void)(flag), false)
#define REPORT(call, row, a, b) ((void)(a), (void)(b))
#define NAME subtract_short_scaled
#define EXTRA Scales
#define EXTRA_OF(call) scales_of(call, -1)
#define COMPUTE(a, b, flag) ((void)(flag), (a) * (int64_t)extra.left + (b) * (int64_t)extra.right)
#include "function/scalar/binary.inc.h"

#define NAME_OF(operation) operation##_short_short
#define A int64_t
#define B int64_t
#include "function/scalar/decimal_arithmetic.inc.h"

#define NAME_OF(operation) operation##_short_long
#define A int64_t
#define B int128_t
#include "function/scalar/decimal_arithmetic.inc.h"

#define NAME_OF(operation) operation##_long_short
#define A int128_t
#define B int64_t
#include "function/scalar/decimal_arithmetic.inc.h"

#define NAME_OF(operation) operation##_long_long
#define A int128_t
#define B int128_t
#include "function/scalar/decimal_arithmetic.inc.h"

/* Indexed by: left is long, right is long. */
static const ScalarKernel add_wide[2][2] = {{add_short_short, add_short_long},
                                            {add_long_short, add_long_long}};
static const ScalarKernel subtract_wide[2][2] = {{subtract_short_short, subtract_short_long},
                                                 {subtract_long_short, subtract_long_long}};
static const ScalarKernel multiply_wide[2][2] = {{multiply_short_short, multiply_short_long},
                                                 {multiply_long_short, multiply_long_long}};

static bool same_scale(const KernelCall *call) {
    return call->function->argument_types[0]->scale == call->function->argument_types[1]->scale;
}

static Status decimal_addition(KernelCall *call) {
    if (type_is_short_decimal(call->result->type)) {
        return same_scale(call) ? add_short(call) : add_short_scaled(call);
    }
    return add_wide[!is_short(call, 0)][!is_short(call, 1)](call);
}

static Status decimal_subtraction(KernelCall *call) {
    if (type_is_short_decimal(call->result->type)) {
        return same_scale(call) ? subtract_short(call) : subtract_short_scaled(call);
    }
    return subtract_wide[!is_short(call, 0)][!is_short(call, 1)](call);
}

/* ---- products ---- */

#define LEFT int64_t
#define RIGHT int64_t
#define RESULT int64_t
#define FLAG uint8_t
#define FAILED_FLAG(flag) ((void)(flag), false)
#define REPORT(call, row, a, b) ((void)(a), (void)(b))
#define NAME multiply_short
#define COMPUTE(a, b, flag) ((void)(flag), (a) * (b))
#include "function/scalar/binary.inc.h"

static Status decimal_multiplication(KernelCall *call) {
    if (type_is_short_decimal(call->result->type)) {
        return multiply_short(call);
    }
    return multiply_wide[!is_short(call, 0)][!is_short(call, 1)](call);
}

/* ---- quotients and remainders: row by row ---- */

/* a * 10^digits / b rounded; in 64 bits when everything fits. b is not 0. */
static inline bool divide(int128_t a, int32_t digits, int128_t b, int128_t *ret_quotient) {
    int64_t scaled;
    if (digits <= DECIMAL_SHORT_PRECISION_MAX && a == (int64_t)a && b == (int64_t)b &&
        !__builtin_mul_overflow((int64_t)a, int64_powers_of_ten[digits], &scaled) && b != -1) {
        *ret_quotient = int64_divide_rounded(scaled, (int64_t)b);
        return true;
    }
    return decimal_divide(a, digits, b, ret_quotient);
}

static Status decimal_division(KernelCall *call) {
    const Type *left = call->function->argument_types[0],
               *right = call->function->argument_types[1];
    int32_t digits = call->result->type->scale - left->scale + right->scale;
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t a = decimal_at(&call->arguments[0], left, row);
        int128_t b = decimal_at(&call->arguments[1], right, row);
        int128_t quotient = 0;
        if (b == 0) {
            kernel_fail(call, row, DIVISION_BY_ZERO, "Division by zero");
        } else if (!divide(a, digits, b, &quotient)) {
            TRY(report_overflow(call, row));
        }
        decimal_store(call->result, row, quotient);
    }
    return OK;
}

/* The quotient that the remainder comes with must fit 128 bits, as in Trino. */
static bool quotient_overflows(int128_t a, int32_t a_digits, int128_t b, int32_t b_digits) {
    long double quotient = (long double)a / (long double)b;
    return fabsl(quotient * powl(10, a_digits - b_digits)) >= 0x1p127L;
}

static Status decimal_modulus(KernelCall *call) {
    const Type *left = call->function->argument_types[0],
               *right = call->function->argument_types[1];
    int32_t scale = left->scale > right->scale ? left->scale : right->scale;
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t a = decimal_at(&call->arguments[0], left, row);
        int128_t b = decimal_at(&call->arguments[1], right, row);
        if (b == 0) {
            kernel_fail(call, row, DIVISION_BY_ZERO, "Division by zero");
            continue;
        }
        int128_t rest = 0;
        if (quotient_overflows(a, scale - left->scale, b, scale - right->scale) ||
            !decimal_remainder(a, scale - left->scale, b, scale - right->scale, &rest)) {
            TRY(report_overflow(call, row));
        }
        decimal_store(call->result, row, rest);
    }
    return OK;
}

static Status decimal_negation(KernelCall *call) {
    const Type *type = call->result->type;
    KERNEL_FOR_EACH_ROW(call, row) {
        decimal_store(call->result, row, -decimal_at(&call->arguments[0], type, row));
    }
    return OK;
}

#define SUM_TYPE                                                                                   \
    "(decimal(p1,s1), decimal(p2,s2)) -> "                                                         \
    "decimal(min(38, max(p1 - s1, p2 - s2) + max(s1, s2) + 1), max(s1, s2))"

const ScalarFunction decimal_arithmetic_functions[] = {
    {"$operator$add", SUM_TYPE, decimal_addition, FUNCTION_HIDDEN},
    {"$operator$subtract", SUM_TYPE, decimal_subtraction, FUNCTION_HIDDEN},
    {"$operator$multiply", "(decimal(p1,s1), decimal(p2,s2)) -> decimal(min(38, p1 + p2), s1 + s2)",
     decimal_multiplication, FUNCTION_HIDDEN},
    {"$operator$divide",
     "(decimal(p1,s1), decimal(p2,s2)) -> "
     "decimal(min(38, p1 + s2 + max(s2 - s1, 0)), max(s1, s2))",
     decimal_division, FUNCTION_HIDDEN},
    {"$operator$modulus",
     "(decimal(p1,s1), decimal(p2,s2)) -> "
     "decimal(min(p1 - s1, p2 - s2) + max(s1, s2), max(s1, s2))",
     decimal_modulus, FUNCTION_HIDDEN},
    {"$operator$negation", "(decimal(p,s)) -> decimal(p,s)", decimal_negation,
     FUNCTION_HIDDEN | FUNCTION_INFALLIBLE_DENSE},
    {"mod",
     "<r_precision = min(b_precision - b_scale, a_precision - a_scale) + max(a_scale, b_scale), "
     "r_scale = max(a_scale, b_scale)>"
     "(decimal(a_precision,a_scale), decimal(b_precision,b_scale)) -> "
     "decimal(r_precision,r_scale)",
     decimal_modulus, 0, "Remainder of given quotient"},
    {NULL},
};
