/*
 * Compiling patterns and printing by them. Numbers are printed with a least number of digits; in
 * parsing, a number that is directly followed by another one takes no more digits than its letters.
 */
#include "function/scalar/datetime_pattern.h"

#include <ctype.h>
#include <stdio.h>

#include "base/timezone.h"
#include "function/scalar/datetime_elements.h"

const char *const month_names[12] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
const char *const day_names[7] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                  "Friday", "Saturday", "Sunday"};

static DateTimeElement *add_element(Arena *arena, DateTimePattern *pattern, ElementKind kind,
                                    int32_t digits, int32_t digits_max) {
    if (pattern->count == pattern->capacity) {
        int32_t capacity = pattern->capacity * 2 + 8;
        DateTimeElement *grown = arena_new_array(arena, DateTimeElement, capacity);
        if (pattern->count > 0) {
            memcpy(grown, pattern->elements, sizeof *grown * (size_t)pattern->count);
        }
        pattern->elements = grown;
        pattern->capacity = capacity;
    }
    DateTimeElement *element = &pattern->elements[pattern->count++];
    *element = (DateTimeElement){.kind = kind, .digits = digits, .digits_max = digits_max};
    return element;
}

static void add_literal(Arena *arena, DateTimePattern *pattern, const char *text, size_t size) {
    DateTimeElement *element = add_element(arena, pattern, ELEMENT_LITERAL, 0, 0);
    element->literal = arena_strndup(arena, text, size);
    element->literal_size = size;
}

/* ---- Joda ---- */

static bool is_numeric_letter(char letter, size_t count) {
    return letter == 'M' ? count <= 2
                         : letter != '\0' && strchr("cCYxwedyDFHhmsSKk", letter) != NULL;
}

static bool add_joda_letter(Arena *arena, DateTimePattern *pattern, char letter, int32_t count,
                            bool before_number) {
    switch (letter) {
    case 'y':
    case 'Y':
    case 'x':
        if (count == 2) {
            add_element(arena, pattern, letter == 'x' ? ELEMENT_WEEK_YEAR_2 : ELEMENT_YEAR_2, 2, 2);
        } else {
            add_element(arena, pattern, letter == 'x' ? ELEMENT_WEEK_YEAR : ELEMENT_YEAR, count,
                        before_number ? count : 9);
        }
        return true;
    case 'M':
        add_element(arena, pattern,
                    count <= 2   ? ELEMENT_MONTH
                    : count == 3 ? ELEMENT_MONTH_SHORT
                                 : ELEMENT_MONTH_NAME,
                    count, 2);
        return true;
    case 'E':
        add_element(arena, pattern, count < 4 ? ELEMENT_DAY_SHORT : ELEMENT_DAY_NAME, count, 0);
        return true;
    case 'Z':
        add_element(arena, pattern,
                    count == 1   ? ELEMENT_OFFSET
                    : count == 2 ? ELEMENT_OFFSET_COLON
                                 : ELEMENT_ZONE_ID,
                    count, 0);
        return true;
    case 'S':
        add_element(arena, pattern, ELEMENT_FRACTION, count, count);
        return true;
    default:
        break;
    }
    static const struct {
        char letter;
        ElementKind kind;
        int32_t digits_max;
    } letters[] = {
        {'G', ELEMENT_ERA, 0},     {'C', ELEMENT_CENTURY, 9},     {'w', ELEMENT_WEEK, 2},
        {'e', ELEMENT_WEEKDAY, 1}, {'D', ELEMENT_DAY_OF_YEAR, 3}, {'d', ELEMENT_DAY, 2},
        {'a', ELEMENT_HALF, 0},    {'K', ELEMENT_HOUR_11, 2},     {'h', ELEMENT_HOUR_12, 2},
        {'H', ELEMENT_HOUR, 2},    {'k', ELEMENT_HOUR_24, 2},     {'m', ELEMENT_MINUTE, 2},
        {'s', ELEMENT_SECOND, 2},  {'z', ELEMENT_ZONE_NAME, 0}};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (letters[i].letter == letter) {
            add_element(arena, pattern, letters[i].kind, count, letters[i].digits_max);
            return true;
        }
    }
    return false;
}

/* The literal that starts at text[*at]: everything up to the next letter; '' is a quote. */
static void add_joda_literal(Arena *arena, DateTimePattern *pattern, const char *text, size_t size,
                             size_t *at) {
    char *literal = arena_alloc(arena, size - *at + 1);
    size_t length = 0;
    bool quoted = false;
    for (; *at < size; (*at)++) {
        char c = text[*at];
        if (c == '\'' && *at + 1 < size && text[*at + 1] == '\'') {
            literal[length++] = c;
            (*at)++;
        } else if (c == '\'') {
            quoted = !quoted;
        } else if (!quoted && isalpha((unsigned char)c)) {
            break;
        } else {
            literal[length++] = c;
        }
    }
    add_literal(arena, pattern, literal, length);
}

DateTimePattern *pattern_of_joda(Arena *arena, const char *text, size_t size,
                                 const char **ret_problem) {
    DateTimePattern *pattern = arena_new(arena, DateTimePattern);
    if (size == 0) {
        *ret_problem = "Invalid pattern specification: Pattern is null or empty";
        return NULL;
    }
    for (size_t at = 0; at < size;) {
        if (!isalpha((unsigned char)text[at])) {
            add_joda_literal(arena, pattern, text, size, &at);
            continue;
        }
        size_t end = at;
        while (end < size && text[end] == text[at]) {
            end++;
        }
        char next = end < size ? text[end] : '\0';
        size_t next_count = 1;
        while (end + next_count < size && text[end + next_count] == next) {
            next_count++;
        }
        if (!add_joda_letter(arena, pattern, text[at], (int32_t)(end - at),
                             is_numeric_letter(next, next_count))) {
            *ret_problem =
                arena_printf(arena, "Illegal pattern component: %.*s", (int)(end - at), text + at);
            return NULL;
        }
        at = end;
    }
    return pattern;
}

/* ---- MySQL ---- */

static bool add_mysql_letter(Arena *arena, DateTimePattern *pattern, char letter) {
    static const struct {
        char letter;
        ElementKind kind;
        int32_t digits, digits_max;
    } letters[] = {
        {'a', ELEMENT_DAY_SHORT, 0, 0},   {'b', ELEMENT_MONTH_SHORT, 0, 0},
        {'c', ELEMENT_MONTH, 1, 2},       {'d', ELEMENT_DAY, 2, 2},
        {'e', ELEMENT_DAY, 1, 2},         {'f', ELEMENT_FRACTION, 6, 9},
        {'H', ELEMENT_HOUR, 2, 2},        {'h', ELEMENT_HOUR_12, 2, 2},
        {'I', ELEMENT_HOUR_12, 2, 2},     {'i', ELEMENT_MINUTE, 2, 2},
        {'j', ELEMENT_DAY_OF_YEAR, 3, 3}, {'k', ELEMENT_HOUR, 1, 2},
        {'l', ELEMENT_HOUR_12, 1, 2},     {'M', ELEMENT_MONTH_NAME, 0, 0},
        {'m', ELEMENT_MONTH, 2, 2},       {'p', ELEMENT_HALF, 0, 0},
        {'S', ELEMENT_SECOND, 2, 2},      {'s', ELEMENT_SECOND, 2, 2},
        {'v', ELEMENT_WEEK, 2, 2},        {'x', ELEMENT_WEEK_YEAR, 4, 4},
        {'W', ELEMENT_DAY_NAME, 0, 0},    {'Y', ELEMENT_YEAR, 4, 4},
        {'y', ELEMENT_YEAR_2, 2, 2},
    };
    if (letter == 'r' || letter == 'T') {
        add_element(arena, pattern, letter == 'r' ? ELEMENT_HOUR_12 : ELEMENT_HOUR, 2, 2);
        add_literal(arena, pattern, ":", 1);
        add_element(arena, pattern, ELEMENT_MINUTE, 2, 2);
        add_literal(arena, pattern, ":", 1);
        add_element(arena, pattern, ELEMENT_SECOND, 2, 2);
        if (letter == 'r') {
            add_literal(arena, pattern, " ", 1);
            add_element(arena, pattern, ELEMENT_HALF, 0, 0);
        }
        return true;
    }
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (letters[i].letter == letter) {
            add_element(arena, pattern, letters[i].kind, letters[i].digits, letters[i].digits_max);
            return true;
        }
    }
    return false;
}

DateTimePattern *pattern_of_mysql(Arena *arena, const char *text, size_t size,
                                  const char **ret_problem) {
    DateTimePattern *pattern = arena_new(arena, DateTimePattern);
    if (size == 0) {
        *ret_problem = "Both printing and parsing not supported";
        return NULL;
    }
    for (size_t at = 0; at < size; at++) {
        if (text[at] != '%' || at + 1 == size) {
            add_literal(arena, pattern, text + at, 1);
            continue;
        }
        char letter = text[++at];
        if (strchr("wUuVXD", letter) != NULL) {
            *ret_problem = arena_printf(arena, "%%%c not supported in date format string", letter);
            return NULL;
        }
        if (!add_mysql_letter(arena, pattern, letter)) {
            add_literal(arena, pattern, text + at, 1);
        }
    }
    return pattern;
}

/* ---- printing ---- */

static void print_number(ByteString *out, int64_t value, int32_t digits) {
    byte_string_printf(out, "%s%0*ld", value < 0 ? "-" : "", digits,
                       (long)(value < 0 ? -value : value));
}

static void print_offset(ByteString *out, int32_t offset, bool colon) {
    int32_t minutes = (offset < 0 ? -offset : offset) / 60;
    byte_string_printf(out, "%c%02d%s%02d", offset < 0 ? '-' : '+', minutes / 60, colon ? ":" : "",
                       minutes % 60);
}

/* Picoseconds as a fraction: at least `digits` digits, more (up to digits_max) while they are not
 * 0. */
static void print_fraction(ByteString *out, int64_t picos, int32_t digits, int32_t digits_max) {
    char text[16];
    snprintf(text, sizeof text, "%012ld", (long)picos);
    int32_t length = digits_max < 12 ? digits_max : 12;
    while (length > digits && text[length - 1] == '0') {
        length--;
    }
    byte_string_append(out, text, (size_t)length);
    for (int32_t i = 12; i < digits; i++) {
        byte_string_append_char(out, '0');
    }
}

static void print_zone(const DateTimeElement *element, const Moment *moment, bool zoned,
                       ByteString *out) {
    const char *name = zoned ? timezone_name(moment->zone) : "UTC";
    bool is_offset = name[0] == '+' || name[0] == '-';
    if (element->kind == ELEMENT_ZONE_ID || is_offset || strcmp(name, "UTC") == 0) {
        bool long_utc = element->kind == ELEMENT_ZONE_NAME && element->digits >= 4 && !is_offset;
        byte_string_append_text(out, long_utc ? "Coordinated Universal Time" : name);
        return;
    }
    zone_display_name(name, moment->seconds - moment->offset, element->digits >= 4, out);
}

static void print_element(const DateTimeElement *element, const Moment *moment, bool zoned,
                          ByteString *out) {
    /* long: one case for each kind of element */
    int64_t days = moment_day(moment), second = moment_second_of_day(moment);
    CivilDate civil = civil_from_days(days);
    int64_t hour = second / 3600;
    int32_t digits = element->digits;
    switch (element->kind) {
    case ELEMENT_LITERAL:
        byte_string_append(out, element->literal, element->literal_size);
        return;
    case ELEMENT_ERA:
        byte_string_append_text(out, civil.year > 0 ? "AD" : "BC");
        return;
    case ELEMENT_CENTURY:
        print_number(out, civil.year / 100, digits);
        return;
    case ELEMENT_YEAR:
        print_number(out, civil.year, digits);
        return;
    case ELEMENT_YEAR_2:
        print_number(out, floor_remainder(civil.year, 100), 2);
        return;
    case ELEMENT_WEEK_YEAR:
        print_number(out, iso_week_year(days), digits);
        return;
    case ELEMENT_WEEK_YEAR_2:
        print_number(out, floor_remainder(iso_week_year(days), 100), 2);
        return;
    case ELEMENT_WEEK:
        print_number(out, iso_week(days), digits);
        return;
    case ELEMENT_WEEKDAY:
        print_number(out, day_of_week(days), digits);
        return;
    case ELEMENT_DAY_SHORT:
        byte_string_append(out, day_names[day_of_week(days) - 1], 3);
        return;
    case ELEMENT_DAY_NAME:
        byte_string_append_text(out, day_names[day_of_week(days) - 1]);
        return;
    case ELEMENT_DAY_OF_YEAR:
        print_number(out, day_of_year(days), digits);
        return;
    case ELEMENT_MONTH:
        print_number(out, civil.month, digits);
        return;
    case ELEMENT_MONTH_SHORT:
        byte_string_append(out, month_names[civil.month - 1], 3);
        return;
    case ELEMENT_MONTH_NAME:
        byte_string_append_text(out, month_names[civil.month - 1]);
        return;
    case ELEMENT_DAY:
        print_number(out, civil.day, digits);
        return;
    case ELEMENT_HALF:
        byte_string_append_text(out, hour < 12 ? "AM" : "PM");
        return;
    case ELEMENT_HOUR:
        print_number(out, hour, digits);
        return;
    case ELEMENT_HOUR_11:
        print_number(out, hour % 12, digits);
        return;
    case ELEMENT_HOUR_12:
        print_number(out, hour % 12 == 0 ? 12 : hour % 12, digits);
        return;
    case ELEMENT_HOUR_24:
        print_number(out, hour == 0 ? 24 : hour, digits);
        return;
    case ELEMENT_MINUTE:
        print_number(out, second / 60 % 60, digits);
        return;
    case ELEMENT_SECOND:
        print_number(out, second % 60, digits);
        return;
    case ELEMENT_FRACTION: /* patterns see milliseconds */
        print_fraction(out, moment->picos - moment->picos % 1000000000, digits,
                       element->digits_max);
        return;
    case ELEMENT_OFFSET:
    case ELEMENT_OFFSET_COLON:
        print_offset(out, moment->offset, element->kind == ELEMENT_OFFSET_COLON);
        return;
    default:
        print_zone(element, moment, zoned, out);
    }
}

bool pattern_has_zone(const DateTimePattern *pattern) {
    for (int32_t i = 0; i < pattern->count; i++) {
        if (pattern->elements[i].kind >= ELEMENT_OFFSET) {
            return true;
        }
    }
    return false;
}

void pattern_print(const DateTimePattern *pattern, const Moment *moment, bool zoned,
                   ByteString *out) {
    for (int32_t i = 0; i < pattern->count; i++) {
        print_element(&pattern->elements[i], moment, zoned, out);
    }
}
