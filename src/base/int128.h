/*
 * 128-bit integers as SQL decimals need them: powers of ten, decimal text, checked arithmetic, and
 * the two operations whose exact intermediate needs 256 bits (division, remainder). Rounding is
 * half up, away from zero. "Fits" means at most 38 decimal digits unless said otherwise. Pure
 * functions; results are written only when true is returned.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef __int128 int128_t;
typedef unsigned __int128 uint128_t;

enum { INT128_POWERS = 39, INT128_TEXT_MAX = 48 };

extern const int128_t int128_powers_of_ten[INT128_POWERS]; /* 10^0 .. 10^38 */
extern const int64_t int64_powers_of_ten[19];              /* 10^0 .. 10^18 */

static inline uint128_t int128_magnitude(int128_t value) {
    return value < 0 ? -(uint128_t)value : (uint128_t)value;
}

/* |value| < 10^precision, precision 0 .. 38. */
static inline bool int128_fits_precision(int128_t value, int precision) {
    int128_t bound = int128_powers_of_ten[precision];
    return value > -bound && value < bound;
}

/* The result has at most 38 digits. */
static inline bool decimal_add(int128_t a, int128_t b, int128_t *ret_sum) {
    int128_t sum;
    if (__builtin_add_overflow(a, b, &sum) || !int128_fits_precision(sum, 38)) {
        return false;
    }
    *ret_sum = sum;
    return true;
}

static inline bool decimal_subtract(int128_t a, int128_t b, int128_t *ret_difference) {
    int128_t difference;
    if (__builtin_sub_overflow(a, b, &difference) || !int128_fits_precision(difference, 38)) {
        return false;
    }
    *ret_difference = difference;
    return true;
}

bool decimal_multiply(int128_t a, int128_t b, int128_t *ret_product);

/* a * 10^shift / b rounded half up, shift 0 .. 76. b is not 0. */
bool decimal_divide(int128_t a, int shift, int128_t b, int128_t *ret_quotient);
/* (a * 10^shift_a) % (b * 10^shift_b), the sign of a, shifts 0 .. 38. b is not 0. */
bool decimal_remainder(int128_t a, int shift_a, int128_t b, int shift_b, int128_t *ret_remainder);

/*
 * value * 10^delta for delta >= 0 (false: more than 38 digits), else value / 10^-delta rounded half
 * up. -76 .. 76.
 */
bool decimal_rescale(int128_t value, int delta, int128_t *ret_value);
/* a / b rounded half up; b is not 0. */
int128_t int128_divide_rounded(int128_t a, int128_t b);
/* The same for 64 bits; the pair INT64_MIN, -1 is the caller's to avoid. */
int64_t int64_divide_rounded(int64_t a, int64_t b);

/* Decimal digits of the magnitude, at least 1. */
int int128_digit_count(int128_t value);

/* Plain texts into a buffer of INT128_TEXT_MAX bytes, NUL-terminated; give the length. */
int int64_print(int64_t value, char *buffer);
int int128_print(int128_t value, char *buffer);
/* With exactly `scale` fraction digits: "-0.05", "1.00", "12". */
int decimal_print(int128_t unscaled, int scale, char *buffer);

/*
 * [sign] digits [. digits], at least one digit, nothing around it. The scale is the number of
 * fraction digits written; the precision counts the digits without leading zeros of the integer
 * part, at least 1 and at least the scale. False when malformed or when more than 38 digits are
 * significant.
 */
bool decimal_parse(const char *text, size_t size, int128_t *ret_unscaled, int *ret_precision,
                   int *ret_scale);
