/*
 * + - * / % and negation of integers and floating-point numbers, and the function mod. Integer
 * overflow is an error of the row, found without branches (binary.inc.h); floating-point arithmetic
 * never fails.
 */
#include <limits.h>
#include <math.h>

#include "function/function.h"
#include "function/kernels/clones.h"

#define T int8_t
#define U uint8_t
#define WIDE int32_t
#define TYPE_NAME "tinyint"
#define PREFIX(name) tinyint_##name
#define T_MIN INT8_MIN
#include "function/scalar/integer_arithmetic.inc.h"

#define T int16_t
#define U uint16_t
#define WIDE int32_t
#define TYPE_NAME "smallint"
#define PREFIX(name) smallint_##name
#define T_MIN INT16_MIN
#include "function/scalar/integer_arithmetic.inc.h"

#define T int32_t
#define U uint32_t
#define WIDE int64_t
#define TYPE_NAME "integer"
#define PREFIX(name) integer_##name
#define T_MIN INT32_MIN
#include "function/scalar/integer_arithmetic.inc.h"

#define T int64_t
#define U uint64_t
#define WIDE int64_t
#define MULTIPLY_CHECKED
#define TYPE_NAME "bigint"
#define PREFIX(name) bigint_##name
#define T_MIN INT64_MIN
#include "function/scalar/integer_arithmetic.inc.h"

#define T double
#define PREFIX(name) double_##name
#define REMAINDER fmod
#include "function/scalar/float_arithmetic.inc.h"

#define T float
#define PREFIX(name) real_##name
#define REMAINDER fmodf
#include "function/scalar/float_arithmetic.inc.h"

#define HIDDEN FUNCTION_HIDDEN
#define DENSE FUNCTION_INFALLIBLE_DENSE

const ScalarFunction arithmetic_functions[] = {
    {"$operator$add", "(bigint, bigint) -> bigint", bigint_add, HIDDEN},
    {"$operator$add", "(integer, integer) -> integer", integer_add, HIDDEN},
    {"$operator$add", "(smallint, smallint) -> smallint", smallint_add, HIDDEN},
    {"$operator$add", "(tinyint, tinyint) -> tinyint", tinyint_add, HIDDEN},
    {"$operator$add", "(double, double) -> double", double_add, HIDDEN | DENSE},
    {"$operator$add", "(real, real) -> real", real_add, HIDDEN | DENSE},
    {"$operator$subtract", "(bigint, bigint) -> bigint", bigint_subtract, HIDDEN},
    {"$operator$subtract", "(integer, integer) -> integer", integer_subtract, HIDDEN},
    {"$operator$subtract", "(smallint, smallint) -> smallint", smallint_subtract, HIDDEN},
    {"$operator$subtract", "(tinyint, tinyint) -> tinyint", tinyint_subtract, HIDDEN},
    {"$operator$subtract", "(double, double) -> double", double_subtract, HIDDEN | DENSE},
    {"$operator$subtract", "(real, real) -> real", real_subtract, HIDDEN | DENSE},
    {"$operator$multiply", "(bigint, bigint) -> bigint", bigint_multiply, HIDDEN},
    {"$operator$multiply", "(integer, integer) -> integer", integer_multiply, HIDDEN},
    {"$operator$multiply", "(smallint, smallint) -> smallint", smallint_multiply, HIDDEN},
    {"$operator$multiply", "(tinyint, tinyint) -> tinyint", tinyint_multiply, HIDDEN},
    {"$operator$multiply", "(double, double) -> double", double_multiply, HIDDEN | DENSE},
    {"$operator$multiply", "(real, real) -> real", real_multiply, HIDDEN | DENSE},
    {"$operator$divide", "(bigint, bigint) -> bigint", bigint_divide, HIDDEN},
    {"$operator$divide", "(integer, integer) -> integer", integer_divide, HIDDEN},
    {"$operator$divide", "(smallint, smallint) -> smallint", smallint_divide, HIDDEN},
    {"$operator$divide", "(tinyint, tinyint) -> tinyint", tinyint_divide, HIDDEN},
    {"$operator$divide", "(double, double) -> double", double_divide, HIDDEN | DENSE},
    {"$operator$divide", "(real, real) -> real", real_divide, HIDDEN | DENSE},
    {"$operator$modulus", "(bigint, bigint) -> bigint", bigint_modulus, HIDDEN},
    {"$operator$modulus", "(integer, integer) -> integer", integer_modulus, HIDDEN},
    {"$operator$modulus", "(smallint, smallint) -> smallint", smallint_modulus, HIDDEN},
    {"$operator$modulus", "(tinyint, tinyint) -> tinyint", tinyint_modulus, HIDDEN},
    {"$operator$modulus", "(double, double) -> double", double_modulus, HIDDEN | DENSE},
    {"$operator$modulus", "(real, real) -> real", real_modulus, HIDDEN | DENSE},
    {"$operator$negation", "(bigint) -> bigint", bigint_negate, HIDDEN},
    {"$operator$negation", "(integer) -> integer", integer_negate, HIDDEN},
    {"$operator$negation", "(smallint) -> smallint", smallint_negate, HIDDEN},
    {"$operator$negation", "(tinyint) -> tinyint", tinyint_negate, HIDDEN},
    {"$operator$negation", "(double) -> double", double_negate, HIDDEN | DENSE},
    {"$operator$negation", "(real) -> real", real_negate, HIDDEN | DENSE},
    {"mod", "(bigint, bigint) -> bigint", bigint_mod, 0, "Remainder of given quotient"},
    {"mod", "(integer, integer) -> integer", integer_mod, 0, "Remainder of given quotient"},
    {"mod", "(smallint, smallint) -> smallint", smallint_mod, 0, "Remainder of given quotient"},
    {"mod", "(tinyint, tinyint) -> tinyint", tinyint_mod, 0, "Remainder of given quotient"},
    {"mod", "(double, double) -> double", double_modulus, DENSE, "Remainder of given quotient"},
    {"mod", "(real, real) -> real", real_modulus, DENSE, "Remainder of given quotient"},
    {NULL},
};
