/*
 * Java's reading of floating point text. The text is checked against Java's grammar here, because
 * strtod accepts more (inf, nan, hexadecimal without an exponent); the value is then strtod's,
 * except for short decimals, which one exact multiplication or division settles.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/double_text.h"

typedef struct Scan {
    const char *start, *end; /* without surrounding blanks, sign and suffix */
    bool negative, hexadecimal;
    uint64_t mantissa;         /* of a decimal with at most 18 digits */
    int digit_count, exponent; /* value = mantissa * 10^exponent */
} Scan;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_hex_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool scan_exponent(const char **position, const char *end, int *ret_exponent) {
    const char *at = *position;
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (at == end || !is_digit(*at)) {
        return false;
    }
    int exponent = 0;
    for (; at < end && is_digit(*at); at++) {
        exponent = exponent > 100000 ? exponent : exponent * 10 + (*at - '0');
    }
    *ret_exponent = negative ? -exponent : exponent;
    *position = at;
    return true;
}

static bool scan_hexadecimal(Scan *scan) {
    const char *at = scan->start + 2;
    int digits = 0, exponent;
    bool point = false;
    for (; at < scan->end && (is_hex_digit(*at) || (*at == '.' && !point)); at++) {
        point |= *at == '.';
        digits += *at != '.';
    }
    if (digits == 0 || at == scan->end || (*at != 'p' && *at != 'P')) {
        return false;
    }
    at++;
    scan->hexadecimal = true;
    return scan_exponent(&at, scan->end, &exponent) && at == scan->end;
}

static bool scan_decimal(Scan *scan) {
    const char *at = scan->start;
    int digits = 0, fraction = 0, exponent = 0;
    bool point = false;
    for (; at < scan->end && (is_digit(*at) || (*at == '.' && !point)); at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        digits++;
        fraction += point;
        scan->digit_count += scan->mantissa > 0 || *at != '0';
        if (scan->digit_count <= 18) {
            scan->mantissa = scan->mantissa * 10 + (uint64_t)(*at - '0');
        }
    }
    if (digits == 0) {
        return false;
    }
    if (at < scan->end && (*at == 'e' || *at == 'E')) {
        at++;
        if (!scan_exponent(&at, scan->end, &exponent)) {
            return false;
        }
    }
    scan->exponent = exponent - fraction;
    return at == scan->end;
}

/*
 * Blanks, sign and suffix taken off; false when what is left is neither a number nor a name, which
 * the caller checks.
 */
static void trim(Scan *scan) {
    while (scan->start < scan->end && (unsigned char)*scan->start <= ' ') {
        scan->start++;
    }
    while (scan->start < scan->end && (unsigned char)scan->end[-1] <= ' ') {
        scan->end--;
    }
    if (scan->start < scan->end && (*scan->start == '-' || *scan->start == '+')) {
        scan->negative = *scan->start++ == '-';
    }
}

static bool is_name(const Scan *scan, const char *name) {
    size_t length = strlen(name);
    return (size_t)(scan->end - scan->start) == length && memcmp(scan->start, name, length) == 0;
}

static bool drop_suffix(Scan *scan) {
    if (scan->start == scan->end) {
        return false;
    }
    char last = scan->end[-1];
    bool hexadecimal = scan->end - scan->start > 2 && scan->start[0] == '0' &&
                       (scan->start[1] == 'x' || scan->start[1] == 'X');
    if (last == 'd' || last == 'D' || last == 'f' || last == 'F') {
        scan->end--;
    }
    return hexadecimal ? scan_hexadecimal(scan) : scan_decimal(scan);
}

/* Copies the checked text for strtod, which needs its end marked. */
static char *terminated(const Scan *scan, char *buffer, size_t buffer_size) {
    size_t size = (size_t)(scan->end - scan->start);
    char *copy = size < buffer_size ? buffer : malloc(size + 1);
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, scan->start, size);
    copy[size] = '\0';
    return copy;
}

static bool special_value(const Scan *scan, double *ret_value) {
    if (is_name(scan, "NaN")) {
        *ret_value = (double)NAN;
        return true;
    }
    if (is_name(scan, "Infinity")) {
        *ret_value = scan->negative ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    return false;
}

static bool exact_value(const Scan *scan, double *ret_value) {
    static const double tens[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (scan->hexadecimal || scan->digit_count > 15 || scan->exponent < -22 ||
        scan->exponent > 22) {
        return false;
    }
    double value = (double)scan->mantissa;
    value = scan->exponent < 0 ? value / tens[-scan->exponent] : value * tens[scan->exponent];
    *ret_value = scan->negative ? -value : value;
    return true;
}

bool double_parse(const char *text, size_t size, double *ret_value) {
    Scan scan = {.start = text, .end = text + size};
    trim(&scan);
    if (special_value(&scan, ret_value)) {
        return true;
    }
    if (!drop_suffix(&scan)) {
        return false;
    }
    if (!exact_value(&scan, ret_value)) {
        char buffer[64];
        char *copy = terminated(&scan, buffer, sizeof buffer);
        double value = strtod(copy, NULL);
        *ret_value = scan.negative ? -value : value;
        if (copy != buffer) {
            free(copy);
        }
    }
    return true;
}

bool real_parse(const char *text, size_t size, float *ret_value) {
    Scan scan = {.start = text, .end = text + size};
    double special;
    trim(&scan);
    if (special_value(&scan, &special)) {
        *ret_value = (float)special;
        return true;
    }
    if (!drop_suffix(&scan)) {
        return false;
    }
    char buffer[64];
    char *copy = terminated(&scan, buffer, sizeof buffer);
    float value = strtof(copy, NULL);
    *ret_value = scan.negative ? -value : value;
    if (copy != buffer) {
        free(copy);
    }
    return true;
}
