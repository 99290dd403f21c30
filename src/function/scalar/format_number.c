/*
 * Digits are rounded once, to the place that the conversion asks for, then laid out.
 */
#include "function/scalar/format_number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/double_text.h"
#include "function/scalar/utf8.h"

DecimalDigits decimal_digits_of(int128_t unscaled, int32_t scale) {
    DecimalDigits result = {.negative = unscaled < 0, .exponent = -scale};
    char text[INT128_TEXT_MAX];
    int length = int128_print(unscaled, text);
    result.count = length - result.negative;
    memcpy(result.digits, text + result.negative, (size_t)result.count);
    return result;
}

DecimalDigits decimal_digits_of_double(double value) {
    DecimalDigits result = {.negative = signbit(value) != 0, .count = 1, .digits = "0"};
    if (value != 0) {
        uint64_t digits;
        int exponent;
        double_shortest(value, &digits, &exponent);
        result.exponent = exponent;
        result.count = snprintf(result.digits, sizeof result.digits, "%lu", (unsigned long)digits);
    }
    return result;
}

/* Drops digits below 10^place, half up. */
static void round_at(DecimalDigits *d, int32_t place) {
    int32_t drop = place - d->exponent;
    if (drop <= 0) {
        return;
    }
    bool up = drop <= d->count && d->digits[d->count - drop] >= '5';
    d->count = drop >= d->count ? 0 : d->count - drop;
    d->exponent = place;
    int32_t at = d->count - 1;
    for (; up && at >= 0; at--) {
        if (d->digits[at] != '9') {
            d->digits[at]++;
            up = false;
            break;
        }
        d->digits[at] = '0';
    }
    if (up) {
        memmove(d->digits + 1, d->digits, (size_t)d->count);
        d->digits[0] = '1';
        d->count++;
    }
    if (d->count == 0) {
        d->digits[0] = '0';
        d->count = 1;
    }
}

/* The digit at 10^place. */
static char digit_at(const DecimalDigits *d, int32_t place) {
    int32_t index = d->count - 1 - (place - d->exponent);
    return index >= 0 && index < d->count ? d->digits[index] : '0';
}

static int32_t leading_place(const DecimalDigits *d) {
    for (int32_t i = 0; i < d->count; i++) {
        if (d->digits[i] != '0') {
            return d->exponent + d->count - 1 - i;
        }
    }
    return 0;
}

static void append_plain(const DecimalDigits *d, int32_t precision, bool group, ByteString *out) {
    int32_t top = leading_place(d) > 0 ? leading_place(d) : 0;
    for (int32_t place = top; place >= 0; place--) {
        byte_string_append_char(out, digit_at(d, place));
        if (group && place > 0 && place % 3 == 0) {
            byte_string_append_char(out, ',');
        }
    }
    byte_string_append_text(out, precision > 0 ? "." : "");
    for (int32_t place = -1; place >= -precision; place--) {
        byte_string_append_char(out, digit_at(d, place));
    }
}

static void append_scientific(const DecimalDigits *d, int32_t precision, ByteString *out) {
    int32_t top = leading_place(d);
    byte_string_append_char(out, digit_at(d, top));
    byte_string_append_text(out, precision > 0 ? "." : "");
    for (int32_t i = 1; i <= precision; i++) {
        byte_string_append_char(out, digit_at(d, top - i));
    }
    byte_string_printf(out, "e%c%02d", top < 0 ? '-' : '+', top < 0 ? -top : top);
}

/* Magnitude by conversion; sign and padding are the caller's. */
static void append_magnitude(const DecimalDigits *digits, char conversion, const FormatFlags *flags,
                             ByteString *out) {
    DecimalDigits d = *digits;
    int32_t precision = flags->precision < 0 ? 6 : flags->precision;
    if (conversion == 'g') {
        precision = precision == 0 ? 1 : precision;
        round_at(&d, leading_place(&d) - precision + 1);
        int32_t top = leading_place(&d);
        bool plain = top >= -4 && top < precision;
        precision = plain ? precision - top - 1 : precision - 1;
        conversion = plain ? 'f' : 'e';
    }
    if (conversion == 'e') {
        round_at(&d, leading_place(&d) - precision);
        append_scientific(&d, precision, out);
    } else {
        precision = conversion == 'd' ? 0 : precision;
        round_at(&d, -precision);
        append_plain(&d, precision, flags->group, out);
    }
}

void format_digits(const DecimalDigits *digits, char conversion, const FormatFlags *flags,
                   ByteString *out) {
    ByteString magnitude = {0};
    append_magnitude(digits, conversion, flags, &magnitude);
    bool enclosed = digits->negative && flags->parentheses;
    const char *sign = enclosed           ? "("
                       : digits->negative ? "-"
                       : flags->plus      ? "+"
                       : flags->space     ? " "
                                          : "";
    int32_t size = (int32_t)(magnitude.size + strlen(sign)) + enclosed;
    int32_t missing = flags->width > size ? flags->width - size : 0;
    for (int32_t i = 0; i < missing && !flags->left && !flags->zero; i++) {
        byte_string_append_char(out, ' ');
    }
    byte_string_append_text(out, sign);
    for (int32_t i = 0; i < missing && !flags->left && flags->zero; i++) {
        byte_string_append_char(out, '0');
    }
    byte_string_append(out, magnitude.data, magnitude.size);
    byte_string_append_text(out, enclosed ? ")" : "");
    for (int32_t i = 0; i < missing && flags->left; i++) {
        byte_string_append_char(out, ' ');
    }
    byte_string_done(&magnitude);
}

void format_padded(const char *text, size_t size, const FormatFlags *flags, ByteString *out) {
    int64_t missing = flags->width - utf8_count(text, size);
    for (int64_t i = 0; i < missing && !flags->left; i++) {
        byte_string_append_char(out, ' ');
    }
    byte_string_append(out, text, size);
    for (int64_t i = 0; i < missing && flags->left; i++) {
        byte_string_append_char(out, ' ');
    }
}
