/*
 * Numbers as java.util.Formatter prints them: decimal digits rounded half up, with grouping, signs
 * and padding. The value is a string of digits times a power of ten, which is what both doubles
 * (their shortest text) and decimals are.
 */
#pragma once

#include "base/buffer.h"
#include "base/int128.h"

typedef struct FormatFlags {
    bool left, plus, space, zero, group, parentheses, alternate;
    int32_t width, precision; /* -1: not given */
} FormatFlags;

typedef struct DecimalDigits {
    bool negative;
    int32_t count, exponent; /* value = digits * 10^exponent */
    char digits[64];
} DecimalDigits;

DecimalDigits decimal_digits_of(int128_t unscaled, int32_t scale);
DecimalDigits decimal_digits_of_double(double value); /* finite */

/* Appends by conversion 'd' (no fraction), 'f', 'e' or 'g'. */
void format_digits(const DecimalDigits *digits, char conversion, const FormatFlags *flags,
                   ByteString *out);
/* Appends text padded to the width. */
void format_padded(const char *text, size_t size, const FormatFlags *flags, ByteString *out);
