/*
 * Data sizes and durations. A number, spaces, a unit out of a small table; printing picks the
 * largest unit that leaves at least 1. Values beyond 64 bits are refused by the parsers, so callers
 * never meet an overflow.
 */
#include "base/quantity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Unit {
    const char *name;
    double scale;
} Unit;

static const Unit size_units[] = {
    {"B", 1.0},           {"kB", 1024.0},          {"MB", 1048576.0},
    {"GB", 1073741824.0}, {"TB", 1099511627776.0}, {"PB", 1125899906842624.0},
};

static const Unit duration_units[] = {
    {"ns", 1.0}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9},
};

enum {
    SIZE_UNIT_COUNT = sizeof size_units / sizeof *size_units,
    DURATION_UNIT_COUNT = sizeof duration_units / sizeof *duration_units,
};

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static const char *skip_spaces(const char *text) {
    while (is_space(*text)) {
        text++;
    }
    return text;
}

/* NUMBER[.FRACTION] as a double; NULL when there is none. */
static const char *scan_number(const char *text, double *ret_number) {
    const char *end = text;
    while (is_digit(*end)) {
        end++;
    }
    if (end == text) {
        return NULL;
    }
    if (*end == '.' && is_digit(end[1])) {
        end++;
        while (is_digit(*end)) {
            end++;
        }
    }
    char digits[64];
    size_t length = (size_t)(end - text);
    if (length >= sizeof digits) {
        return NULL;
    }
    memcpy(digits, text, length);
    digits[length] = '\0';
    *ret_number = strtod(digits, NULL);
    return end;
}

static bool parse(const char *text, const Unit *units, int unit_count, int64_t *ret_value) {
    double number;
    const char *position = scan_number(skip_spaces(text), &number);
    if (position == NULL) {
        return false;
    }
    position = skip_spaces(position);
    size_t length = strlen(position);
    while (length > 0 && is_space(position[length - 1])) {
        length--;
    }
    for (int i = 0; i < unit_count; i++) {
        if (strlen(units[i].name) == length && memcmp(units[i].name, position, length) == 0) {
            double value = number * units[i].scale;
            if (!(value < 9223372036854775808.0)) {
                return false;
            }
            *ret_value = (int64_t)round(value);
            return true;
        }
    }
    return false;
}

bool data_size_parse(const char *text, int64_t *ret_bytes) {
    return parse(text, size_units, SIZE_UNIT_COUNT, ret_bytes);
}

bool duration_parse(const char *text, int64_t *ret_nanoseconds) {
    return parse(text, duration_units, DURATION_UNIT_COUNT, ret_nanoseconds);
}

static const Unit *succinct_unit(int64_t value, const Unit *units, int unit_count) {
    const Unit *unit = units;
    for (int i = 1; i < unit_count && (double)value >= units[i].scale; i++) {
        unit = &units[i];
    }
    return unit;
}

char *data_size_print(int64_t bytes, char *buffer) {
    const Unit *unit = succinct_unit(bytes, size_units, SIZE_UNIT_COUNT);
    double value = (double)bytes / unit->scale;
    int decimals = value == floor(value) ? 0 : 2;
    snprintf(buffer, QUANTITY_TEXT_MAX, "%.*f%s", decimals, value, unit->name);
    return buffer;
}

char *duration_print(int64_t nanoseconds, char *buffer) {
    const Unit *unit = succinct_unit(nanoseconds, duration_units, DURATION_UNIT_COUNT);
    return duration_print_in(nanoseconds, unit->name, buffer);
}

char *duration_print_in(int64_t nanoseconds, const char *unit, char *buffer) {
    double scale = 1.0;
    for (int i = 0; i < DURATION_UNIT_COUNT; i++) {
        if (strcmp(duration_units[i].name, unit) == 0) {
            scale = duration_units[i].scale;
        }
    }
    snprintf(buffer, QUANTITY_TEXT_MAX, "%.2f%s", (double)nanoseconds / scale, unit);
    return buffer;
}
