/*
 * Parsing of integers and decimals. A decimal's digits are collected first: which of them count
 * depends on the exponent after them.
 */
#include "function/kernels/number_parse.h"

#include <unicode/uchar.h>

#include "function/scalar/utf8.h"

/* The digit at *at, which is moved past it, or -1. */
static int take_digit(const char *text, size_t size, size_t *at) {
    unsigned char c = (unsigned char)text[*at];
    if (c < 0x80) {
        ++*at;
        return c >= '0' && c <= '9' ? c - '0' : -1;
    }
    int32_t code_point = utf8_next(text, size, at);
    return code_point < 0 ? -1 : u_charDigitValue(code_point);
}

bool integer_parse(const char *text, size_t size, int64_t *ret_value) {
    while (size > 0 && (unsigned char)text[size - 1] <= ' ') {
        size--;
    }
    size_t at = 0;
    while (at < size && (unsigned char)text[at] <= ' ') {
        at++;
    }
    bool is_negative = at < size && text[at] == '-';
    at += at < size && (text[at] == '-' || text[at] == '+');
    if (at == size) {
        return false;
    }
    int64_t value = 0;
    while (at < size) {
        int digit = take_digit(text, size, &at);
        if (digit < 0 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value)) {
            return false;
        }
    }
    if (!is_negative && value == INT64_MIN) {
        return false;
    }
    *ret_value = is_negative ? value : -value;
    return true;
}

enum { DIGITS_KEPT = 40, EXPONENT_MAX = 1000000000 };

typedef struct Digits {
    uint8_t kept[DIGITS_KEPT]; /* the first ones, without leading zeros */
    int64_t count;             /* all of them */
    int64_t exponent;          /* value = digits * 10^exponent */
    bool is_negative;
} Digits;

static bool parse_exponent(const char *text, size_t size, size_t at, int64_t *ret_exponent) {
    bool is_negative = at < size && text[at] == '-';
    at += at < size && (text[at] == '-' || text[at] == '+');
    if (at == size) {
        return false;
    }
    int64_t exponent = 0;
    for (; at < size; at++) {
        if (text[at] < '0' || text[at] > '9') {
            return false;
        }
        exponent = exponent * 10 + (text[at] - '0');
        if (exponent > EXPONENT_MAX) {
            return false;
        }
    }
    *ret_exponent = is_negative ? -exponent : exponent;
    return true;
}

static bool parse_digits(const char *text, size_t size, Digits *digits) {
    size_t at = 0;
    digits->is_negative = size > 0 && text[0] == '-';
    at += size > 0 && (text[0] == '-' || text[0] == '+');
    int64_t seen = 0, fraction = 0, exponent = 0;
    bool in_fraction = false;
    for (; at < size && text[at] != 'e' && text[at] != 'E'; at++) {
        if (text[at] == '.' && !in_fraction) {
            in_fraction = true;
            continue;
        }
        if (text[at] < '0' || text[at] > '9') {
            return false;
        }
        seen++;
        fraction += in_fraction;
        if (digits->count > 0 || text[at] != '0') {
            if (digits->count < DIGITS_KEPT) {
                digits->kept[digits->count] = (uint8_t)(text[at] - '0');
            }
            digits->count++;
        }
    }
    if (seen == 0 || (at < size && !parse_exponent(text, size, at + 1, &exponent))) {
        return false;
    }
    digits->exponent = exponent - fraction;
    return true;
}

NumberParse decimal_parse_as(const char *text, size_t size, int32_t precision, int32_t scale,
                             int128_t *ret_unscaled) {
    Digits digits = {.count = 0};
    if (!parse_digits(text, size, &digits)) {
        return NUMBER_MALFORMED;
    }
    int64_t shift = digits.exponent + scale;
    int64_t wanted = digits.count + shift; /* digits of the result */
    int128_t value = 0;
    if (digits.count > 0 && wanted > 38) {
        return NUMBER_TOO_LARGE;
    }
    if (digits.count > 0 && wanted >= 0) {
        int64_t taken = wanted < digits.count ? wanted : digits.count;
        for (int64_t i = 0; i < taken; i++) {
            value = value * 10 + digits.kept[i];
        }
        for (int64_t i = 0; i < shift; i++) {
            value *= 10;
        }
        value += taken < digits.count && digits.kept[taken] >= 5;
    }
    if (!int128_fits_precision(value, precision)) {
        return NUMBER_TOO_LARGE;
    }
    *ret_unscaled = digits.is_negative ? -value : value;
    return NUMBER_PARSED;
}
