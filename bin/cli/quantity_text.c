/*
 * Rounding is half up to at most two decimals, so that three digits show; trailing zeros go.
 */
#include "quantity_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static ShortText with_unit(double value, const char *unit) {
    ShortText result;
    double scale = value < 10 ? 100 : value < 100 ? 10 : 1;
    int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    double rounded = floor(value * scale + 0.5) / scale;
    int length = snprintf(result.text, sizeof result.text - 4, "%.*f", decimals, rounded);
    if (decimals > 0) {
        while (result.text[length - 1] == '0') {
            length--;
        }
        length -= result.text[length - 1] == '.';
    }
    snprintf(result.text + length, sizeof result.text - (size_t)length, "%s", unit);
    return result;
}

ShortText count_text(double count) {
    static const char *const UNITS[] = {"", "K", "M", "B", "T", "Q"};
    int unit = 0;
    for (count = floor(count); count > 1000 && unit < 5; unit++) {
        count /= 1000;
    }
    return with_unit(count, UNITS[unit]);
}

ShortText size_text(double bytes, bool is_decimal, bool has_byte_sign) {
    static const char *const LONG[] = {"B", "KB", "MB", "GB", "TB", "PB"};
    static const char *const SHORT[] = {"B", "K", "M", "G", "T", "P"};
    double base = is_decimal ? 1000 : 1024;
    int unit = 0;
    for (; bytes >= base && unit < 5; unit++) {
        bytes /= base;
    }
    return with_unit(bytes, has_byte_sign ? LONG[unit] : SHORT[unit]);
}

ShortText seconds_text(long milliseconds) {
    ShortText result;
    long seconds = (milliseconds + 500) / 1000;
    snprintf(result.text, sizeof result.text, "%ld:%02ld", seconds / 60, seconds % 60);
    return result;
}

ShortText final_seconds_text(long milliseconds) {
    if (milliseconds >= 60000) {
        return seconds_text(milliseconds);
    }
    ShortText result;
    long hundredths = (milliseconds + 5) / 10;
    snprintf(result.text, sizeof result.text, "%ld.%02ld", hundredths / 100, hundredths % 100);
    return result;
}

ShortText grouped_text(long long number) {
    char digits[24];
    ShortText result;
    int length = snprintf(digits, sizeof digits, "%lld", number), at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-') {
            result.text[at++] = ',';
        }
        result.text[at++] = digits[i];
    }
    result.text[at] = '\0';
    return result;
}

double rate_per_second(double amount, double milliseconds) {
    return milliseconds > 0 ? amount * 1000 / milliseconds : 0;
}
