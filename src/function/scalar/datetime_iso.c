/*
 * ISO 8601 texts of dates and timestamps, and durations as text: to_iso8601, from_iso8601_*,
 * human_readable_seconds, parse_duration.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/timezone.h"
#include "function/scalar/arguments.h"
#include "function/scalar/datetime_pattern.h"

/* ---- printing ---- */

static int print_date(char *text, size_t size, int64_t days) {
    CivilDate civil = civil_from_days(days);
    const char *sign = civil.year < 0 ? "-" : civil.year > 9999 ? "+" : "";
    return snprintf(text, size, "%s%04ld-%02d-%02d", sign,
                    (long)(civil.year < 0 ? -civil.year : civil.year), civil.month, civil.day);
}

static Status date_to_iso(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        char text[32];
        int length = print_date(text, sizeof text, KERNEL_ARGUMENT(call, 0, int32_t, row));
        return_string(call, row, text, (size_t)length);
    }
    return OK;
}

static Status timestamp_to_iso(KernelCall *call) {
    const Type *type = call->function->argument_types[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        char text[64], fraction[16];
        Moment moment = moment_at(&call->arguments[0], type, row);
        int64_t second = moment_second_of_day(&moment);
        int length = print_date(text, sizeof text, moment_day(&moment));
        length += snprintf(text + length, sizeof text - (size_t)length, "T%02d:%02d:%02d",
                           (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
        if (type->precision > 0) {
            snprintf(fraction, sizeof fraction, "%012ld", (long)moment.picos);
            length += snprintf(text + length, sizeof text - (size_t)length, ".%.*s",
                               type->precision, fraction);
        }
        if (type->kind == TYPE_TIMESTAMP_TZ) {
            int32_t minutes = abs(moment.offset) / 60;
            length += moment.zone == TIMEZONE_UTC || moment.offset == 0
                          ? snprintf(text + length, sizeof text - (size_t)length, "Z")
                          : snprintf(text + length, sizeof text - (size_t)length, "%c%02d:%02d",
                                     moment.offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
        }
        return_string(call, row, text, (size_t)length);
    }
    return OK;
}

/* ---- parsing ---- */

typedef struct IsoCursor {
    const char *text;
    size_t size, at;
} IsoCursor;

static bool peek(const IsoCursor *cursor, char c) {
    return cursor->at < cursor->size && cursor->text[cursor->at] == c;
}

static int32_t digits_ahead(const IsoCursor *cursor) {
    size_t at = cursor->at;
    while (at < cursor->size && isdigit((unsigned char)cursor->text[at])) {
        at++;
    }
    return (int32_t)(at - cursor->at);
}

/* Exactly `count` digits (more are left alone). */
static bool take_digits(IsoCursor *cursor, int32_t count, int64_t *ret_value) {
    if (count == 0 || count > 9 || digits_ahead(cursor) < count) {
        return false;
    }
    int64_t value = 0;
    for (int32_t i = 0; i < count; i++) {
        value = value * 10 + (cursor->text[cursor->at++] - '0');
    }
    *ret_value = value;
    return true;
}

static bool in_range(int64_t value, int64_t low, int64_t high) {
    return value >= low && value <= high;
}

/* Www[-D], DDD, MM[-DD] or nothing after the year. */
static bool parse_day_of_year(IsoCursor *cursor, int64_t year, int64_t *ret_days) {
    int64_t a = 1, b = 1;
    *ret_days = days_from_civil(year, 1, 1);
    if (!peek(cursor, '-')) {
        return true;
    }
    cursor->at++;
    if (peek(cursor, 'W')) {
        cursor->at++;
        if (!take_digits(cursor, 2, &a) || !in_range(a, 1, 53)) {
            return false;
        }
        if (peek(cursor, '-')) {
            cursor->at++;
            if (!take_digits(cursor, 1, &b) || !in_range(b, 1, 7)) {
                return false;
            }
        }
        int64_t fourth = days_from_civil(year, 1, 4);
        *ret_days = fourth - day_of_week(fourth) + 1 + (a - 1) * 7 + b - 1;
        return true;
    }
    int32_t digits = digits_ahead(cursor);
    if (digits == 3) {
        take_digits(cursor, 3, &a);
        *ret_days += a - 1;
        return in_range(a, 1, is_leap_year(year) ? 366 : 365);
    }
    if (!take_digits(cursor, digits > 2 ? 2 : digits, &a) || !in_range(a, 1, 12)) {
        return false;
    }
    if (peek(cursor, '-')) {
        cursor->at++;
        digits = digits_ahead(cursor);
        if (!take_digits(cursor, digits > 2 ? 2 : digits, &b) ||
            !in_range(b, 1, days_in_month(year, (int32_t)a))) {
            return false;
        }
    }
    *ret_days = days_from_civil(year, (int32_t)a, (int32_t)b);
    return true;
}

static bool parse_date(IsoCursor *cursor, int64_t *ret_days) {
    bool negative = peek(cursor, '-');
    cursor->at += negative || peek(cursor, '+');
    int64_t year;
    int32_t digits = digits_ahead(cursor);
    if (!take_digits(cursor, digits < 9 ? digits : 9, &year)) {
        return false;
    }
    return parse_day_of_year(cursor, negative ? -year : year, ret_days);
}

/* hh[:mm[:ss]] with a fraction of the last unit given. */
static bool parse_time(IsoCursor *cursor, int64_t *ret_seconds, int64_t *ret_picos) {
    static const int64_t unit_seconds[] = {3600, 60, 1};
    static const int64_t limits[] = {24, 59, 59};
    int64_t seconds = 0, picos = 0;
    for (int32_t unit = 0; unit < 3; unit++) {
        int64_t value;
        int32_t digits = digits_ahead(cursor);
        if (!take_digits(cursor, digits > 2 ? 2 : digits, &value) || value > limits[unit]) {
            return false;
        }
        seconds += value * unit_seconds[unit];
        if (peek(cursor, '.') || peek(cursor, ',')) {
            cursor->at++;
            if (digits_ahead(cursor) == 0) {
                return false;
            }
            int64_t scale = PICOS_PER_SECOND / 10;
            while (digits_ahead(cursor) > 0) {
                int64_t digit = cursor->text[cursor->at++] - '0';
                __int128 part = (__int128)digit * scale * unit_seconds[unit];
                picos += (int64_t)(part % PICOS_PER_SECOND);
                seconds += (int64_t)(part / PICOS_PER_SECOND);
                scale /= 10;
            }
            break;
        }
        if (unit == 2 || !peek(cursor, ':')) {
            break;
        }
        cursor->at++;
    }
    *ret_seconds = seconds + picos / PICOS_PER_SECOND;
    *ret_picos = picos % PICOS_PER_SECOND;
    return *ret_seconds <= SECONDS_PER_DAY;
}

/* Z, +hh, +hh:mm, +hhmm; *ret_found is false when the text ends here. */
static bool parse_offset(IsoCursor *cursor, bool *ret_found, int32_t *ret_seconds) {
    *ret_found = false;
    *ret_seconds = 0;
    if (peek(cursor, 'Z')) {
        cursor->at++;
        *ret_found = true;
        return true;
    }
    bool negative = peek(cursor, '-');
    if (!negative && !peek(cursor, '+')) {
        return true;
    }
    cursor->at++;
    int64_t hours, minutes = 0;
    if (!take_digits(cursor, 2, &hours)) {
        return false;
    }
    cursor->at += peek(cursor, ':');
    if (digits_ahead(cursor) > 0 && (!take_digits(cursor, 2, &minutes) || minutes > 59)) {
        return false;
    }
    *ret_found = true;
    *ret_seconds = (int32_t)(hours * 60 + minutes) * (negative ? -60 : 60);
    return true;
}

static bool parse_timestamp(IsoCursor *cursor, uint16_t zone, Moment *ret_moment) {
    int64_t days = 0, seconds = 0;
    Moment moment = {.zone = zone};
    bool has_offset = false;
    int32_t offset = 0;
    if (!peek(cursor, 'T') && !parse_date(cursor, &days)) {
        return false;
    }
    if (peek(cursor, 'T')) {
        cursor->at++;
        bool bare = cursor->at == cursor->size;
        if (!bare && !(peek(cursor, 'Z') || peek(cursor, '+') || peek(cursor, '-')) &&
            !parse_time(cursor, &seconds, &moment.picos)) {
            return false;
        }
        if (!parse_offset(cursor, &has_offset, &offset)) {
            return false;
        }
    }
    if (cursor->at != cursor->size) {
        return false;
    }
    int64_t local = days * SECONDS_PER_DAY + seconds;
    if (has_offset) {
        if (!timezone_of_offset(offset / 60, &moment.zone)) {
            return false;
        }
        moment_set_utc(&moment, local - offset);
    } else {
        moment_set_local(&moment, local);
    }
    *ret_moment = moment;
    return true;
}

static void fail_format(KernelCall *call, int32_t row, const IsoCursor *cursor) {
    kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s",
                invalid_format_message(call->cx->arena, cursor->text, cursor->size, cursor->at));
}

static Status timestamp_from_iso(KernelCall *call) {
    uint16_t zone = call->cx->session != NULL ? call->cx->session->time_zone_key : TIMEZONE_UTC;
    int64_t unit = call->result->type->precision == 3 ? 1000000000 : 1000;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = string_argument(call, 0, row);
        IsoCursor cursor = {string_data(text), text->length, 0};
        Moment moment;
        if (!parse_timestamp(&cursor, zone, &moment)) {
            fail_format(call, row, &cursor);
            continue;
        }
        moment.picos -= moment.picos % unit;
        if (!moment_store(call->result, row, &moment)) {
            fail_format(call, row, &cursor);
        }
    }
    return OK;
}

static Status date_from_iso(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = string_argument(call, 0, row);
        IsoCursor cursor = {string_data(text), text->length, 0};
        int64_t days = 0;
        if (!parse_date(&cursor, &days) || cursor.at != cursor.size || days != (int32_t)days) {
            fail_format(call, row, &cursor);
            continue;
        }
        KERNEL_RESULT(call, int32_t)[row] = (int32_t)days;
    }
    return OK;
}

/* ---- durations ---- */

static Status human_readable_seconds(KernelCall *call) {
    static const struct {
        const char *name;
        int64_t seconds;
    } units[] = {{"week", 604800}, {"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}};
    KERNEL_FOR_EACH_ROW(call, row) {
        double value = KERNEL_ARGUMENT(call, 0, double, row);
        if (!isfinite(value)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid argument found: %s",
                        isnan(value) ? "NaN"
                        : value > 0  ? "Infinity"
                                     : "-Infinity");
            continue;
        }
        char text[160] = "";
        size_t length = 0;
        double rounded = floor(fabs(value) + 0.5);
        int64_t rest = rounded >= 0x1p63 ? INT64_MAX : (int64_t)rounded;
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
            int64_t count = rest / units[i].seconds;
            rest %= units[i].seconds;
            bool is_only = units[i].seconds == 1 && length == 0;
            if (count > 0 || is_only) {
                length += (size_t)snprintf(text + length, sizeof text - length, "%s%ld %s%s",
                                           length > 0 ? ", " : "", (long)count, units[i].name,
                                           count == 1 ? "" : "s");
            }
        }
        return_string(call, row, text, length);
    }
    return OK;
}

/* "3.5 m": NULL on success, else which part is wrong. */
static const char *parse_duration_text(const char *text, double *ret_millis,
                                       const char **ret_unit) {
    static const struct {
        const char *name;
        double millis;
    } units[] = {{"ns", 1e-6}, {"us", 1e-3}, {"ms", 1},   {"s", 1e3},
                 {"m", 6e4},   {"h", 36e5},  {"d", 864e5}};
    const char *at = text;
    while (isspace((unsigned char)*at)) {
        at++;
    }
    char *end;
    double value = isdigit((unsigned char)*at) ? strtod(at, &end) : -1;
    if (value < 0) {
        return "duration is not a valid data duration string: %s";
    }
    while (isspace((unsigned char)*end)) {
        end++;
    }
    size_t length = 0;
    while (isalpha((unsigned char)end[length])) {
        length++;
    }
    if (length == 0 || end[length + strspn(end + length, " ")] != '\0') {
        return "duration is not a valid data duration string: %s";
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strlen(units[i].name) == length && strncmp(units[i].name, end, length) == 0) {
            *ret_millis = value * units[i].millis;
            return NULL;
        }
    }
    *ret_unit = end;
    return "Unknown time unit: %s";
}

static Status parse_duration(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = arena_strndup(call->cx->arena, string_data(view), view->length);
        const char *unit = NULL;
        double millis;
        const char *problem = parse_duration_text(text, &millis, &unit);
        if (problem == NULL) {
            KERNEL_RESULT(call, int64_t)[row] = (int64_t)floor(millis + 0.5);
        } else if (unit != NULL) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Unknown time unit: %s", unit);
        } else {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "duration is not a valid data duration string: %s", text);
        }
    }
    return OK;
}

const ScalarFunction datetime_iso_functions[] = {
    {"to_iso8601", "(date) -> varchar(16)", date_to_iso, 0},
    {"to_iso8601", "<n = 1 + 6 + 15 + min(p, 1) + p>(timestamp(p)) -> varchar(n)",
     timestamp_to_iso},
    {"to_iso8601",
     "<n = 1 + 6 + 15 + min(p, 1) + p + 6>(timestamp(p) with time zone) -> varchar(n)",
     timestamp_to_iso},
    {"from_iso8601_date", "(varchar(x)) -> date", date_from_iso, 0},
    {"from_iso8601_timestamp", "(varchar(x)) -> timestamp(3) with time zone", timestamp_from_iso,
     FUNCTION_SESSION_DEPENDENT},
    {"from_iso8601_timestamp_nanos", "(varchar(x)) -> timestamp(9) with time zone",
     timestamp_from_iso, FUNCTION_SESSION_DEPENDENT},
    {"human_readable_seconds", "(double) -> varchar", human_readable_seconds, 0,
     "Convert numeric value in seconds to a human readable string"},
    {"parse_duration", "(varchar(x)) -> interval day to second", parse_duration, 0,
     "Convert duration string to an interval"},
    {NULL},
};
