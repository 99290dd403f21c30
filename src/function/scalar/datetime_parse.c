/*
 * Parsing by patterns. Fields are collected first, then combined as Joda-Time combines them: a
 * missing year is 2000 when a month or day is given, everything else missing is that of 1970-01-01
 * 00:00.
 */
#include <ctype.h>
#include <strings.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/timezone.h"
#include "function/scalar/datetime_elements.h"
#include "function/scalar/datetime_pattern.h"

/* Values by kind of element; those not in `seen` are not there. */
typedef struct ParsedFields {
    uint32_t seen;
    int64_t values[ELEMENT_KIND_COUNT];
    bool has_zone;
    bool has_offset;
    int32_t offset;
    uint16_t zone;
} ParsedFields;

static bool has(const ParsedFields *fields, ElementKind kind) {
    return fields->seen >> kind & 1;
}

static void set_field(ParsedFields *fields, ElementKind kind, int64_t value) {
    fields->values[kind] = value;
    fields->seen |= 1u << kind;
}

const char *invalid_format_message(Arena *arena, const char *text, size_t size, size_t at) {
    size_t sample = at + 32;
    bool whole = size <= sample + 3;
    const char *shown = whole ? arena_strndup(arena, text, size)
                              : arena_printf(arena, "%.*s...", (int)sample, text);
    return at == 0      ? arena_printf(arena, "Invalid format: \"%s\"", shown)
           : at >= size ? arena_printf(arena, "Invalid format: \"%s\" is too short", shown)
                        : arena_printf(arena, "Invalid format: \"%s\" is malformed at \"%s\"",
                                       shown, shown + at);
}

void zone_display_name(const char *zone, int64_t utc_seconds, bool is_long, ByteString *out) {
    UErrorCode status = U_ZERO_ERROR;
    UChar id[64], name[128];
    char text[256];
    u_uastrncpy(id, zone, 63);
    id[63] = 0;
    UCalendar *calendar = ucal_open(id, -1, "en_US", UCAL_GREGORIAN, &status);
    ucal_setMillis(calendar, (double)utc_seconds * 1000, &status);
    bool daylight = ucal_inDaylightTime(calendar, &status);
    UCalendarDisplayNameType type = daylight ? (is_long ? UCAL_DST : UCAL_SHORT_DST)
                                             : (is_long ? UCAL_STANDARD : UCAL_SHORT_STANDARD);
    ucal_getTimeZoneDisplayName(calendar, type, "en_US", name, 128, &status);
    u_strToUTF8(text, sizeof text, NULL, name, -1, &status);
    ucal_close(calendar);
    byte_string_append_text(out, U_SUCCESS(status) ? text : zone);
}

/* ---- pieces of text ---- */

typedef struct TextCursor {
    const char *text;
    size_t size, at;
} TextCursor;

/* Up to max digits, with a sign if it may have one. */
static bool parse_number(TextCursor *cursor, int32_t digits_max, bool is_signed,
                         int64_t *ret_value) {
    size_t at = cursor->at;
    bool negative = false;
    if (is_signed && at < cursor->size && (cursor->text[at] == '-' || cursor->text[at] == '+')) {
        negative = cursor->text[at++] == '-';
    }
    size_t start = at;
    int64_t value = 0;
    while (at < cursor->size && at - start < (size_t)digits_max &&
           isdigit((unsigned char)cursor->text[at])) {
        value = value * 10 + (cursor->text[at++] - '0');
    }
    if (at == start) {
        return false;
    }
    cursor->at = at;
    *ret_value = negative ? -value : value;
    return true;
}

/* The longest name that the text goes on with, full or cut to three letters. */
static bool parse_name(TextCursor *cursor, const char *const *names, int32_t count,
                       int64_t *ret_value) {
    for (int32_t pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < count; i++) {
            size_t length = pass == 0 ? strlen(names[i]) : 3;
            if (length <= cursor->size - cursor->at &&
                strncasecmp(cursor->text + cursor->at, names[i], length) == 0) {
                cursor->at += length;
                *ret_value = i + 1;
                return true;
            }
        }
    }
    return false;
}

static bool parse_fraction(TextCursor *cursor, int32_t digits_max, int64_t *ret_picos) {
    size_t start = cursor->at;
    int64_t picos = 0, unit = PICOS_PER_SECOND / 10;
    while (cursor->at < cursor->size && cursor->at - start < (size_t)digits_max &&
           isdigit((unsigned char)cursor->text[cursor->at])) {
        picos += (cursor->text[cursor->at++] - '0') * unit;
        unit /= 10;
    }
    *ret_picos = picos - picos % 1000000000;
    return cursor->at > start;
}

/* Z, +hh, +hhmm, +hh:mm */
static bool parse_offset(TextCursor *cursor, ParsedFields *fields) {
    const char *text = cursor->text + cursor->at;
    size_t left = cursor->size - cursor->at;
    if (left > 0 && (text[0] == 'Z' || text[0] == 'z')) {
        cursor->at++;
        fields->has_offset = true;
        return true;
    }
    if (left < 3 || (text[0] != '+' && text[0] != '-')) {
        return false;
    }
    cursor->at++;
    int64_t hours, minutes = 0;
    size_t start = cursor->at;
    if (!parse_number(cursor, 2, false, &hours) || cursor->at - start != 2) {
        return false;
    }
    TextCursor more = *cursor;
    more.at += more.at < more.size && more.text[more.at] == ':';
    start = more.at;
    if (parse_number(&more, 2, false, &minutes) && more.at - start == 2) {
        *cursor = more;
    } else {
        minutes = 0;
    }
    fields->offset = (int32_t)(hours * 60 + minutes) * (text[0] == '-' ? -60 : 60);
    fields->has_offset = true;
    return true;
}

/* The longest prefix that is a zone id. */
static bool parse_zone(TextCursor *cursor, ParsedFields *fields) {
    size_t end = cursor->at;
    while (end < cursor->size && (isalnum((unsigned char)cursor->text[end]) ||
                                  strchr("/_+-:", cursor->text[end]) != NULL)) {
        end++;
    }
    for (; end > cursor->at; end--) {
        if (timezone_parse(cursor->text + cursor->at, end - cursor->at, &fields->zone)) {
            cursor->at = end;
            fields->has_zone = true;
            return true;
        }
    }
    return false;
}

static bool parse_two_digit_year(TextCursor *cursor, int64_t *ret_year) {
    size_t start = cursor->at;
    if (!parse_number(cursor, 2, false, ret_year)) {
        return false;
    }
    if (cursor->at - start == 2) {
        *ret_year += *ret_year < 70 ? 2000 : 1900;
    }
    return true;
}

static bool parse_half(TextCursor *cursor, int64_t *ret_half) {
    static const char *const halves[] = {"AM", "PM"};
    for (int64_t i = 0; i < 2; i++) {
        if (cursor->size - cursor->at >= 2 &&
            strncasecmp(cursor->text + cursor->at, halves[i], 2) == 0) {
            cursor->at += 2;
            *ret_half = i;
            return true;
        }
    }
    return false;
}

static bool parse_element(const DateTimeElement *element, TextCursor *cursor,
                          ParsedFields *fields) {
    int64_t value = 0;
    bool good;
    ElementKind kind = element->kind;
    switch (kind) {
    case ELEMENT_LITERAL:
        good = element->literal_size <= cursor->size - cursor->at &&
               strncasecmp(cursor->text + cursor->at, element->literal, element->literal_size) == 0;
        cursor->at += good ? element->literal_size : 0;
        return good;
    case ELEMENT_YEAR_2:
    case ELEMENT_WEEK_YEAR_2:
        good = parse_two_digit_year(cursor, &value);
        kind = kind == ELEMENT_YEAR_2 ? ELEMENT_YEAR : ELEMENT_WEEK_YEAR;
        break;
    case ELEMENT_DAY_SHORT:
    case ELEMENT_DAY_NAME:
        good = parse_name(cursor, day_names, 7, &value);
        kind = ELEMENT_WEEKDAY;
        break;
    case ELEMENT_MONTH_SHORT:
    case ELEMENT_MONTH_NAME:
        good = parse_name(cursor, month_names, 12, &value);
        kind = ELEMENT_MONTH;
        break;
    case ELEMENT_HALF:
        good = parse_half(cursor, &value);
        break;
    case ELEMENT_FRACTION:
        good = parse_fraction(cursor, element->digits_max, &value);
        break;
    case ELEMENT_OFFSET:
    case ELEMENT_OFFSET_COLON:
        return parse_offset(cursor, fields);
    case ELEMENT_ZONE_ID:
    case ELEMENT_ZONE_NAME:
        return parse_zone(cursor, fields);
    case ELEMENT_ERA:
        good = cursor->size - cursor->at >= 2;
        cursor->at += good ? 2 : 0;
        break;
    default:
        good = parse_number(cursor, element->digits_max, kind == ELEMENT_YEAR, &value);
    }
    if (good) {
        set_field(fields, kind, value);
    }
    return good;
}

/* ---- combination ---- */

static const struct {
    ElementKind kind;
    const char *name;
    int32_t low, high;
} ranges[] = {
    {ELEMENT_MONTH, "monthOfYear", 1, 12},
    {ELEMENT_DAY_OF_YEAR, "dayOfYear", 1, 366},
    {ELEMENT_WEEKDAY, "dayOfWeek", 1, 7},
    {ELEMENT_WEEK, "weekOfWeekyear", 1, 53},
    {ELEMENT_HOUR, "hourOfDay", 0, 23},
    {ELEMENT_HOUR_24, "clockhourOfDay", 1, 24},
    {ELEMENT_HOUR_12, "clockhourOfHalfday", 1, 12},
    {ELEMENT_HOUR_11, "hourOfHalfday", 0, 11},
    {ELEMENT_MINUTE, "minuteOfHour", 0, 59},
    {ELEMENT_SECOND, "secondOfMinute", 0, 59},
};

static const char *range_problem(Arena *arena, const char *text, size_t size, int64_t value,
                                 const char *name, int32_t low, int32_t high) {
    return arena_printf(arena,
                        "Cannot parse \"%.*s\": Value %ld for %s must be in the range [%d,%d]",
                        (int)size, text, (long)value, name, low, high);
}

static int64_t hour_of_fields(const ParsedFields *fields) {
    int64_t half = has(fields, ELEMENT_HALF) ? fields->values[ELEMENT_HALF] * 12 : 0;
    return has(fields, ELEMENT_HOUR)      ? fields->values[ELEMENT_HOUR]
           : has(fields, ELEMENT_HOUR_24) ? fields->values[ELEMENT_HOUR_24] % 24
           : has(fields, ELEMENT_HOUR_12) ? fields->values[ELEMENT_HOUR_12] % 12 + half
           : has(fields, ELEMENT_HOUR_11) ? fields->values[ELEMENT_HOUR_11] + half
                                          : half;
}

static int64_t day_of_fields(const ParsedFields *fields, int64_t year) {
    if (has(fields, ELEMENT_DAY_OF_YEAR)) {
        return days_from_civil(year, 1, 1) + fields->values[ELEMENT_DAY_OF_YEAR] - 1;
    }
    bool by_week = has(fields, ELEMENT_WEEK) || has(fields, ELEMENT_WEEK_YEAR);
    if (by_week) {
        int64_t week_year =
            has(fields, ELEMENT_WEEK_YEAR) ? fields->values[ELEMENT_WEEK_YEAR] : year;
        int64_t fourth = days_from_civil(week_year, 1, 4);
        int64_t week = has(fields, ELEMENT_WEEK) ? fields->values[ELEMENT_WEEK] : 1;
        int64_t weekday = has(fields, ELEMENT_WEEKDAY) ? fields->values[ELEMENT_WEEKDAY] : 1;
        return fourth - day_of_week(fourth) + 1 + (week - 1) * 7 + weekday - 1;
    }
    int32_t month = has(fields, ELEMENT_MONTH) ? (int32_t)fields->values[ELEMENT_MONTH] : 1;
    int32_t day = has(fields, ELEMENT_DAY) ? (int32_t)fields->values[ELEMENT_DAY] : 1;
    int64_t days = days_from_civil(year, month, day);
    if (has(fields, ELEMENT_WEEKDAY) && !has(fields, ELEMENT_DAY)) {
        days += fields->values[ELEMENT_WEEKDAY] - day_of_week(days);
    }
    return days;
}

static const char *const upper_months[12] = {"JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
                                             "MAY",       "JUNE",     "JULY",     "AUGUST",
                                             "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER"};

static const char *combine(const ParsedFields *fields, Arena *arena, const char *text, size_t size,
                           bool instant, Moment *moment) {
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        int64_t value = fields->values[ranges[i].kind];
        if (has(fields, ranges[i].kind) && (value < ranges[i].low || value > ranges[i].high)) {
            return range_problem(arena, text, size, value, ranges[i].name, ranges[i].low,
                                 ranges[i].high);
        }
    }
    bool has_day = has(fields, ELEMENT_MONTH) || has(fields, ELEMENT_DAY) ||
                   has(fields, ELEMENT_DAY_OF_YEAR) || has(fields, ELEMENT_WEEKDAY);
    int64_t year = has(fields, ELEMENT_YEAR) ? fields->values[ELEMENT_YEAR] : has_day ? 2000 : 1970;
    if (has(fields, ELEMENT_DAY)) {
        int32_t month = has(fields, ELEMENT_MONTH) ? (int32_t)fields->values[ELEMENT_MONTH] : 1;
        int32_t last = days_in_month(year, month);
        if (fields->values[ELEMENT_DAY] < 1 || fields->values[ELEMENT_DAY] > last) {
            int64_t day = fields->values[ELEMENT_DAY];
            return !instant && day >= 1 && day <= 31
                       ? arena_printf(arena, "Invalid date '%s %ld'", upper_months[month - 1],
                                      (long)day)
                       : range_problem(arena, text, size, day, "dayOfMonth", 1, last);
        }
    }
    int64_t seconds = hour_of_fields(fields) * 3600 + fields->values[ELEMENT_MINUTE] * 60 +
                      fields->values[ELEMENT_SECOND];
    int64_t local = day_of_fields(fields, year) * SECONDS_PER_DAY + seconds;
    moment->picos = fields->values[ELEMENT_FRACTION];
    if (fields->has_zone) {
        moment->zone = fields->zone;
    }
    if (!instant) {
        moment->seconds = local - fields->offset;
    } else if (fields->has_offset) {
        if (!timezone_of_offset(fields->offset / 60, &moment->zone)) {
            return invalid_format_message(arena, text, size, 0);
        }
        moment_set_utc(moment, local - fields->offset);
    } else {
        if (timezone_is_gap(moment->zone, local)) {
            return arena_printf(arena,
                                "Cannot parse \"%.*s\": Illegal instant due to time zone offset "
                                "transition (%s)",
                                (int)size, text, timezone_name(moment->zone));
        }
        moment_set_local(moment, local);
    }
    return NULL;
}

const char *pattern_parse(const DateTimePattern *pattern, Arena *arena, const char *text,
                          size_t size, bool instant, Moment *moment) {
    TextCursor cursor = {.text = text, .size = size};
    ParsedFields fields = {0};
    for (int32_t i = 0; i < pattern->count; i++) {
        size_t before = cursor.at;
        if (!parse_element(&pattern->elements[i], &cursor, &fields)) {
            return invalid_format_message(arena, text, size, before);
        }
    }
    if (cursor.at < size) {
        return invalid_format_message(arena, text, size, cursor.at);
    }
    return combine(&fields, arena, text, size, instant, moment);
}
