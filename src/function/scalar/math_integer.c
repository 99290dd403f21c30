/*
 * Functions of integers: abs, sign, rounding, random numbers, bit operations, conversion to and
 * from other bases.
 */
#include <ctype.h>
#include <stdlib.h>

#include "base/int128.h"
#include "function/scalar/arguments.h"
#include "function/scalar/random.h"

static _Thread_local uint64_t random_state;

/* splitmix64, seeded per thread by the system. */
uint64_t random_bits(void) {
    while (random_state == 0) {
        arc4random_buf(&random_state, sizeof random_state);
    }
    uint64_t z = random_state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* May be out of the type's range. */
static int128_t round_integer(int64_t value, int32_t digits) {
    if (digits >= 0 || digits < -19) {
        return digits >= 0 ? value : 0;
    }
    int128_t power = int128_powers_of_ten[-digits];
    return int128_divide_rounded(value, power) * power;
}

#define T int8_t
#define U uint8_t
#define TYPE_NAME "tinyint"
#define T_MIN INT8_MIN
#define PREFIX(name) tinyint_##name
#include "function/scalar/math_integer.inc.h"

#define T int16_t
#define U uint16_t
#define TYPE_NAME "smallint"
#define T_MIN INT16_MIN
#define PREFIX(name) smallint_##name
#include "function/scalar/math_integer.inc.h"

#define T int32_t
#define U uint32_t
#define TYPE_NAME "integer"
#define T_MIN INT32_MIN
#define PREFIX(name) integer_##name
#include "function/scalar/math_integer.inc.h"

#define T int64_t
#define U uint64_t
#define TYPE_NAME "bigint"
#define T_MIN INT64_MIN
#define PREFIX(name) bigint_##name
#include "function/scalar/math_integer.inc.h"

static Status random_double(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, double)[row] = (double)(random_bits() >> 11) * 0x1p-53;
    }
    return OK;
}

/* ---- bits ---- */

static Status bitwise_and(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, int64_t)
        [row] = bigint_argument(call, 0, row) & bigint_argument(call, 1, row);
    }
    return OK;
}

static Status bitwise_or(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, int64_t)
        [row] = bigint_argument(call, 0, row) | bigint_argument(call, 1, row);
    }
    return OK;
}

static Status bitwise_xor(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, int64_t)
        [row] = bigint_argument(call, 0, row) ^ bigint_argument(call, 1, row);
    }
    return OK;
}

static Status bitwise_not(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, int64_t)[row] = ~bigint_argument(call, 0, row);
    }
    return OK;
}

static Status bit_count(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t value = bigint_argument(call, 0, row), bits = bigint_argument(call, 1, row);
        if (bits < 2 || bits > 64) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Bits specified in bit_count must be between 2 and 64, got %ld",
                        (long)bits);
            continue;
        }
        int64_t rest = value >> (bits - 1);
        if (rest != 0 && rest != -1) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Number must be representable with the bits specified. %ld cannot be "
                        "represented with %ld bits",
                        (long)value, (long)bits);
            continue;
        }
        uint64_t mask = bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
        KERNEL_RESULT(call, int64_t)[row] = __builtin_popcountll((uint64_t)value & mask);
    }
    return OK;
}

/* ---- bases ---- */

static bool check_radix(KernelCall *call, int32_t row, int64_t radix) {
    if (radix >= 2 && radix <= 36) {
        return true;
    }
    kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Radix must be between 2 and 36");
    return false;
}

static Status to_base(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t value = bigint_argument(call, 0, row), radix = bigint_argument(call, 1, row);
        if (!check_radix(call, row, radix)) {
            continue;
        }
        char text[66];
        char *at = text + sizeof text;
        uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
        do {
            *--at = "0123456789abcdefghijklmnopqrstuvwxyz"[rest % (uint64_t)radix];
            rest /= (uint64_t)radix;
        } while (rest != 0);
        if (value < 0) {
            *--at = '-';
        }
        return_string(call, row, at, (size_t)(text + sizeof text - at));
    }
    return OK;
}

static bool parse_in_base(const char *text, uint32_t length, int64_t radix, int64_t *ret_value) {
    uint32_t at = length > 0 && (text[0] == '-' || text[0] == '+');
    bool negative = at == 1 && text[0] == '-';
    __int128 value = 0;
    if (at == length) {
        return false;
    }
    for (; at < length; at++) {
        int c = tolower((unsigned char)text[at]);
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
        if (digit >= radix) {
            return false;
        }
        value = value * radix + digit;
        if (value > (__int128)INT64_MAX + negative) {
            return false;
        }
    }
    *ret_value = (int64_t)(negative ? -value : value);
    return true;
}

static Status from_base(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = string_argument(call, 0, row);
        int64_t radix = bigint_argument(call, 1, row);
        if (!check_radix(call, row, radix)) {
            continue;
        }
        if (!parse_in_base(string_data(text), text->length, radix,
                           &KERNEL_RESULT(call, int64_t)[row])) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Not a valid base-%ld number: %.*s",
                        (long)radix, (int)text->length, string_data(text));
        }
    }
    return OK;
}

#define DENSE FUNCTION_INFALLIBLE_DENSE
#define RANDOM FUNCTION_NONDETERMINISTIC
#define BIGINT2 "(bigint, bigint) -> bigint"
#define LEFT "bitwise_left_shift"
#define RIGHT "bitwise_right_shift"
#define ARITHMETIC "bitwise_right_shift_arithmetic"
#define ABS "Absolute value"
#define UP "Round up to nearest integer"
#define DOWN "Round down to nearest integer"
#define ROUND "Round to nearest integer"
#define ROUND_TO "Round to given number of decimal places"
#define BELOW "A pseudo-random number between 0 and value (exclusive)"
#define BETWEEN "A pseudo-random number between start and stop (exclusive)"
#define ANY "A pseudo-random value"
#define SHIFT_UP "Shift left"

const ScalarFunction math_integer_functions[] = {
    {"abs", "(bigint) -> bigint", bigint_abs, 0, ABS},
    {"abs", "(integer) -> integer", integer_abs, 0, ABS},
    {"abs", "(smallint) -> smallint", smallint_abs, 0, ABS},
    {"abs", "(tinyint) -> tinyint", tinyint_abs, 0, ABS},
    {"sign", "(bigint) -> bigint", bigint_sign, DENSE},
    {"sign", "(integer) -> integer", integer_sign, DENSE},
    {"sign", "(smallint) -> smallint", smallint_sign, DENSE},
    {"sign", "(tinyint) -> tinyint", tinyint_sign, DENSE},
    {"ceil", "(bigint) -> bigint", bigint_same, DENSE, UP},
    {"ceil", "(integer) -> integer", integer_same, DENSE, UP},
    {"ceil", "(smallint) -> smallint", smallint_same, DENSE, UP},
    {"ceil", "(tinyint) -> tinyint", tinyint_same, DENSE, UP},
    {"ceiling", "(bigint) -> bigint", bigint_same, DENSE | FUNCTION_ALIAS, UP},
    {"ceiling", "(integer) -> integer", integer_same, DENSE | FUNCTION_ALIAS, UP},
    {"ceiling", "(smallint) -> smallint", smallint_same, DENSE | FUNCTION_ALIAS, UP},
    {"ceiling", "(tinyint) -> tinyint", tinyint_same, DENSE | FUNCTION_ALIAS, UP},
    {"floor", "(bigint) -> bigint", bigint_same, DENSE, DOWN},
    {"floor", "(integer) -> integer", integer_same, DENSE, DOWN},
    {"floor", "(smallint) -> smallint", smallint_same, DENSE, DOWN},
    {"floor", "(tinyint) -> tinyint", tinyint_same, DENSE, DOWN},
    {"round", "(bigint) -> bigint", bigint_same, DENSE, ROUND},
    {"round", "(integer) -> integer", integer_same, DENSE, ROUND},
    {"round", "(smallint) -> smallint", smallint_same, DENSE, ROUND},
    {"round", "(tinyint) -> tinyint", tinyint_same, DENSE, ROUND},
    {"round", "(bigint, integer) -> bigint", bigint_round, 0, ROUND_TO},
    {"round", "(integer, integer) -> integer", integer_round, 0, ROUND_TO},
    {"round", "(smallint, integer) -> smallint", smallint_round, 0, ROUND_TO},
    {"round", "(tinyint, integer) -> tinyint", tinyint_round, 0, ROUND_TO},
    {"rand", "() -> double", random_double, RANDOM, ANY},
    {"rand", "(bigint) -> bigint", bigint_random, RANDOM, BELOW},
    {"rand", "(integer) -> integer", integer_random, RANDOM, BELOW},
    {"rand", "(smallint) -> smallint", smallint_random, RANDOM, BELOW},
    {"rand", "(tinyint) -> tinyint", tinyint_random, RANDOM, BELOW},
    {"rand", BIGINT2, bigint_random, RANDOM, BETWEEN},
    {"rand", "(integer, integer) -> integer", integer_random, RANDOM, BETWEEN},
    {"rand", "(smallint, smallint) -> smallint", smallint_random, RANDOM, BETWEEN},
    {"rand", "(tinyint, tinyint) -> tinyint", tinyint_random, RANDOM, BETWEEN},
    {"random", "() -> double", random_double, RANDOM, ANY},
    {"random", "(bigint) -> bigint", bigint_random, RANDOM, BELOW},
    {"random", "(integer) -> integer", integer_random, RANDOM, BELOW},
    {"random", "(smallint) -> smallint", smallint_random, RANDOM, BELOW},
    {"random", "(tinyint) -> tinyint", tinyint_random, RANDOM, BELOW},
    {"random", BIGINT2, bigint_random, RANDOM, BETWEEN},
    {"random", "(integer, integer) -> integer", integer_random, RANDOM, BETWEEN},
    {"random", "(smallint, smallint) -> smallint", smallint_random, RANDOM, BETWEEN},
    {"random", "(tinyint, tinyint) -> tinyint", tinyint_random, RANDOM, BETWEEN},
    {"bit_count", BIGINT2, bit_count, 0,
     "Count number of set bits in 2's complement representation"},
    {"bitwise_and", BIGINT2, bitwise_and, DENSE, "Bitwise AND in 2's complement arithmetic"},
    {"bitwise_or", BIGINT2, bitwise_or, DENSE, "Bitwise OR in 2's complement arithmetic"},
    {"bitwise_xor", BIGINT2, bitwise_xor, DENSE, "Bitwise XOR in 2's complement arithmetic"},
    {"bitwise_not", "(bigint) -> bigint", bitwise_not, DENSE,
     "Bitwise NOT in 2's complement arithmetic"},
    {LEFT, "(bigint, integer) -> bigint", bigint_left_shift, DENSE, SHIFT_UP},
    {LEFT, "(integer, integer) -> integer", integer_left_shift, DENSE, SHIFT_UP},
    {LEFT, "(smallint, integer) -> smallint", smallint_left_shift, DENSE, SHIFT_UP},
    {LEFT, "(tinyint, integer) -> tinyint", tinyint_left_shift, DENSE, SHIFT_UP},
    {RIGHT, "(bigint, integer) -> bigint", bigint_right_shift, DENSE},
    {RIGHT, "(integer, integer) -> integer", integer_right_shift, DENSE},
    {RIGHT, "(smallint, integer) -> smallint", smallint_right_shift, DENSE},
    {RIGHT, "(tinyint, integer) -> tinyint", tinyint_right_shift, DENSE},
    {ARITHMETIC, "(bigint, integer) -> bigint", bigint_right_shift_arithmetic, DENSE},
    {ARITHMETIC, "(integer, integer) -> integer", integer_right_shift_arithmetic, DENSE},
    {ARITHMETIC, "(smallint, integer) -> smallint", smallint_right_shift_arithmetic, DENSE},
    {ARITHMETIC, "(tinyint, integer) -> tinyint", tinyint_right_shift_arithmetic, DENSE},
    {"from_base", "(varchar(x), bigint) -> bigint", from_base, 0,
     "Convert a string in the given base to a number"},
    {"to_base", "(bigint, bigint) -> varchar(64)", to_base, 0,
     "Convert a number to a string in the given base"},
    {NULL},
};
