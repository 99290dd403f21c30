/*
 * Comparing and checking strings: levenshtein and hamming distance, soundex, luhn_check, Unicode
 * normalisation; and numbers of bytes as text (parse_data_size, format_number).
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/allocate.h"
#include "base/double_text.h"
#include "base/int128.h"
#include "function/scalar/arguments.h"
#include "function/scalar/utf8.h"

/* ---- distances ---- */

/* The code points of a string, malloc'ed. */
static int32_t *code_points_of(const StringView *view, int32_t *ret_count) {
    int32_t *points = allocate(sizeof *points * ((size_t)view->length + 1)), count = 0;
    for (size_t at = 0; at < view->length;) {
        points[count++] = utf8_next(string_data(view), view->length, &at);
    }
    *ret_count = count;
    return points;
}

static int32_t min3(int32_t a, int32_t b, int32_t c) {
    int32_t least = a < b ? a : b;
    return least < c ? least : c;
}

static int64_t levenshtein(const int32_t *a, int32_t a_count, const int32_t *b, int32_t b_count) {
    int32_t *costs = allocate(sizeof *costs * ((size_t)b_count + 1));
    for (int32_t j = 0; j <= b_count; j++) {
        costs[j] = j;
    }
    for (int32_t i = 1; i <= a_count; i++) {
        int32_t diagonal = costs[0];
        costs[0] = i;
        for (int32_t j = 1; j <= b_count; j++) {
            int32_t above = costs[j];
            costs[j] = min3(above + 1, costs[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    int64_t distance = costs[b_count];
    free(costs);
    return distance;
}

static Status levenshtein_distance(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t a_count, b_count;
        int32_t *a = code_points_of(string_argument(call, 0, row), &a_count);
        int32_t *b = code_points_of(string_argument(call, 1, row), &b_count);
        if ((int64_t)a_count * b_count > 1000000) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "The combined inputs for Levenshtein distance are too large");
        } else {
            KERNEL_RESULT(call, int64_t)[row] = levenshtein(a, a_count, b, b_count);
        }
        free(a);
        free(b);
    }
    return OK;
}

static Status hamming_distance(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t a_count, b_count;
        int32_t *a = code_points_of(string_argument(call, 0, row), &a_count);
        int32_t *b = code_points_of(string_argument(call, 1, row), &b_count);
        int64_t distance = 0;
        if (a_count != b_count) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "The input strings to hamming_distance function must have the same length");
        }
        for (int32_t i = 0; i < a_count && a_count == b_count; i++) {
            distance += a[i] != b[i];
        }
        KERNEL_RESULT(call, int64_t)[row] = distance;
        free(a);
        free(b);
    }
    return OK;
}

/* ---- soundex ---- */

static void return_soundex(KernelCall *call, int32_t row, const char *letters, size_t count) {
    static const char codes[] = "01230120022455012623010202"; /* A..Z; vowels 0, H and W apart */
    char code[4] = {'0', '0', '0', '0'};
    size_t written = 0;
    char last = '\0';
    for (size_t i = 0; i < count && written < 4; i++) {
        char c = letters[i], digit = codes[c - 'A'];
        if (written == 0) {
            code[written++] = c;
            last = digit;
        } else if (c != 'H' && c != 'W') {
            if (digit != '0' && digit != last) {
                code[written++] = digit;
            }
            last = digit;
        }
    }
    return_string(call, row, code, count == 0 ? 0 : 4);
}

static Status soundex(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        char *letters = allocate((size_t)view->length + 1);
        size_t count = 0;
        bool good = true;
        for (size_t at = 0; at < view->length && good;) {
            int32_t c = utf8_next(string_data(view), view->length, &at);
            int32_t upper = u_toupper(c);
            if (upper >= 'A' && upper <= 'Z') {
                letters[count++] = (char)upper;
            } else if (c >= 0x80 && u_isalpha(c)) {
                char text[4];
                int size = (int)utf8_put(upper, text);
                kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                            "The character is not mapped: %.*s (index=%d)", size, text,
                            upper - 'A');
                good = false;
            }
        }
        if (good) {
            return_soundex(call, row, letters, count);
        }
        free(letters);
    }
    return OK;
}

/* ---- luhn_check ---- */

static Status luhn_check(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        int sum = 0;
        bool good = true;
        for (uint32_t i = 0; i < view->length && good; i++) {
            good = isdigit((unsigned char)text[view->length - 1 - i]);
            int digit = text[view->length - 1 - i] - '0';
            int doubled = i % 2 == 1 ? digit * 2 : digit;
            sum += doubled > 9 ? doubled - 9 : doubled;
        }
        if (!good) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Input contains non-digit character");
            continue;
        }
        return_boolean(call, row, view->length > 0 && sum % 10 == 0);
    }
    return OK;
}

/* ---- normalize ---- */

static const UNormalizer2 *normalizer_named(const StringView *name, UErrorCode *status) {
    const char *text = string_data(name);
    if (name->length == 3 && strncasecmp(text, "nfc", 3) == 0) {
        return unorm2_getNFCInstance(status);
    }
    if (name->length == 3 && strncasecmp(text, "nfd", 3) == 0) {
        return unorm2_getNFDInstance(status);
    }
    if (name->length == 4 && strncasecmp(text, "nfkc", 4) == 0) {
        return unorm2_getNFKCInstance(status);
    }
    if (name->length == 4 && strncasecmp(text, "nfkd", 4) == 0) {
        return unorm2_getNFKDInstance(status);
    }
    return NULL;
}

static void return_normalized(KernelCall *call, int32_t row, const UNormalizer2 *normalizer,
                              const StringView *view) {
    UErrorCode status = U_ZERO_ERROR;
    int32_t capacity = (int32_t)view->length * 20 + 16, length;
    UChar *source = allocate(sizeof(UChar) * ((size_t)view->length + 1));
    UChar *normalized = allocate(sizeof(UChar) * (size_t)capacity);
    u_strFromUTF8(source, (int32_t)view->length + 1, &length, string_data(view),
                  (int32_t)view->length, &status);
    length = unorm2_normalize(normalizer, source, length, normalized, capacity, &status);
    char *out = vector_reserve_string(call->result, (size_t)(length > 0 ? length : 0) * 3 + 1);
    int32_t size = 0;
    u_strToUTF8(out, length * 3 + 1, &size, normalized, length, &status);
    vector_finish_string(call->result, row, out, (size_t)size);
    free(source);
    free(normalized);
}

static Status normalize(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        UErrorCode status = U_ZERO_ERROR;
        const StringView *view = string_argument(call, 0, row),
                         *form = string_argument(call, 1, row);
        const UNormalizer2 *normalizer = normalizer_named(form, &status);
        if (normalizer == NULL || U_FAILURE(status)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Normalization form must be one of [NFD, NFC, NFKD, NFKC]");
            continue;
        }
        return_normalized(call, row, normalizer, view);
    }
    return OK;
}

/* ---- sizes ---- */

static const char size_units[] = "BkMGTPEZY";

static Status parse_data_size(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        size_t digits = 0;
        while (digits < view->length &&
               (isdigit((unsigned char)text[digits]) || text[digits] == '.')) {
            digits++;
        }
        const char *unit = digits < view->length ? memchr(size_units, text[digits], 9) : NULL;
        bool is_byte = unit == size_units;
        bool good = digits > 0 && unit != NULL &&
                    (is_byte ? digits + 1 == view->length
                             : digits + 2 == view->length && text[digits + 1] == 'B');
        int128_t value;
        int precision, scale;
        if (!good || !decimal_parse(text, digits, &value, &precision, &scale)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid data size: '%.*s'",
                        (int)view->length, text);
            continue;
        }
        for (const char *u = size_units; u < unit; u++) {
            value *= 1024;
        }
        KERNEL_RESULT(call, int128_t)[row] = value / int128_powers_of_ten[scale];
    }
    return OK;
}

/* 12345 is "12.3K": three significant digits and a suffix. */
static int print_count(double value, char *text, size_t size) {
    static const char *const suffixes[] = {"", "K", "M", "B", "T", "Q"};
    double magnitude = fabs(value);
    size_t suffix = 0;
    while (magnitude >= 1000 && suffix < 5) {
        magnitude /= 1000;
        suffix++;
    }
    int places = suffix == 0 ? 0 : magnitude < 10 ? 2 : magnitude < 100 ? 1 : 0;
    double scale = pow(10, places);
    double rounded = rint(magnitude * scale) / scale; /* half even */
    int length = snprintf(text, size, "%s%.*f", value < 0 ? "-" : "", places, rounded);
    while (places > 0 && (text[length - 1] == '0' || text[length - 1] == '.')) {
        places = text[length - 1] == '.' ? 0 : places;
        length--;
    }
    return length + snprintf(text + length, size - (size_t)length, "%s", suffixes[suffix]);
}

static Status format_number(KernelCall *call) {
    bool integer = call->function->argument_types[0]->kind == TYPE_BIGINT;
    KERNEL_FOR_EACH_ROW(call, row) {
        char text[400];
        double value =
            integer ? (double)bigint_argument(call, 0, row) : KERNEL_ARGUMENT(call, 0, double, row);
        int length = isnan(value) ? snprintf(text, sizeof text, "NaN")
                     : isinf(value)
                         ? snprintf(text, sizeof text, "%sInfinity", value < 0 ? "-" : "")
                         : print_count(value, text, sizeof text);
        return_string(call, row, text, (size_t)length);
    }
    return OK;
}

const ScalarFunction string_distance_functions[] = {
    {"levenshtein_distance", "(varchar(x), varchar(y)) -> bigint", levenshtein_distance, 0,
     "Computes Levenshtein distance between two strings"},
    {"hamming_distance", "(varchar(x), varchar(y)) -> bigint", hamming_distance, 0,
     "Computes Hamming distance between two strings"},
    {"soundex", "(varchar) -> varchar(4)", soundex, 0, "Encodes a string into a Soundex value"},
    {"luhn_check", "(varchar) -> boolean", luhn_check, 0,
     "Checks that a string of digits is valid according to the Luhn algorithm"},
    {"normalize", "(varchar(x), varchar(y)) -> varchar", normalize, 0,
     "Transforms the string to normalized form"},
    {"parse_data_size", "(varchar(x)) -> decimal(38,0)", parse_data_size, 0,
     "Converts data size string to bytes"},
    {"parse_presto_data_size", "(varchar(x)) -> decimal(38,0)", parse_data_size, FUNCTION_ALIAS,
     "Converts data size string to bytes"},
    {"format_number", "(bigint) -> varchar", format_number, 0,
     "Formats large number using a unit symbol"},
    {"format_number", "(double) -> varchar", format_number, 0,
     "Formats large number using a unit symbol"},
    {NULL},
};
