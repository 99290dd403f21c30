/*
 * Printing and parsing of dates, times and intervals. Parsers accept what Trino's patterns accept:
 * one or two digits for everything but the year, any number of fraction digits, a zone after the
 * time.
 */
#include "function/kernels/datetime_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/int128.h"

/* ---- printing ---- */

static char *put_digits(char *out, uint64_t value, int width) {
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

static char *put_date(char *out, int64_t days) {
    CivilDate date = civil_from_days(days);
    if (date.year >= 0 && date.year <= 9999) {
        out = put_digits(out, (uint64_t)date.year, 4);
    } else {
        out += snprintf(out, 24, "%c%04lld", date.year < 0 ? '-' : '+', llabs(date.year));
    }
    *out++ = '-';
    out = put_digits(out, (uint64_t)date.month, 2);
    *out++ = '-';
    return put_digits(out, (uint64_t)date.day, 2);
}

static char *put_time(char *out, int64_t picos, int32_t precision) {
    int64_t seconds = picos / PICOS_PER_SECOND, fraction = picos % PICOS_PER_SECOND;
    out = put_digits(out, (uint64_t)(seconds / 3600), 2);
    *out++ = ':';
    out = put_digits(out, (uint64_t)(seconds / 60 % 60), 2);
    *out++ = ':';
    out = put_digits(out, (uint64_t)(seconds % 60), 2);
    if (precision > 0) {
        *out++ = '.';
        uint64_t digits = (uint64_t)(fraction / int64_powers_of_ten[12 - precision]);
        out = put_digits(out, digits, precision);
    }
    return out;
}

static int finish(const char *buffer, char *end) {
    *end = '\0';
    return (int)(end - buffer);
}

int date_print(int64_t days, char *buffer) {
    return finish(buffer, put_date(buffer, days));
}

int time_print(int64_t picos, int32_t precision, char *buffer) {
    return finish(buffer, put_time(buffer, picos, precision));
}

int zoned_time_print(ZonedTime value, int32_t precision, char *buffer) {
    char *out = put_time(buffer, value.picos, precision);
    int32_t minutes = abs(value.offset_minutes);
    *out++ = value.offset_minutes < 0 ? '-' : '+';
    out = put_digits(out, (uint64_t)(minutes / 60), 2);
    *out++ = ':';
    return finish(buffer, put_digits(out, (uint64_t)(minutes % 60), 2));
}

static char *put_timestamp(char *out, Timestamp value, int32_t precision) {
    out = put_date(out, floor_divide(value.micros, MICROS_PER_DAY));
    *out++ = ' ';
    int64_t micros = floor_remainder(value.micros, MICROS_PER_DAY);
    return put_time(out, micros * PICOS_PER_MICRO + value.picos, precision);
}

int timestamp_print(Timestamp value, int32_t precision, char *buffer) {
    return finish(buffer, put_timestamp(buffer, value, precision));
}

int zoned_timestamp_print(ZonedTimestamp value, int32_t precision, char *buffer) {
    char *out = put_timestamp(buffer, zoned_timestamp_local(value), precision);
    const char *name = timezone_name(value.zone);
    int size = snprintf(out, DATETIME_TEXT_MAX - (size_t)(out - buffer), " %s",
                        name != NULL ? name : "UTC");
    return (int)(out - buffer) + size;
}

int interval_year_month_print(int32_t months, char *buffer) {
    int64_t magnitude = llabs((long long)months);
    return snprintf(buffer, DATETIME_TEXT_MAX, "%s%lld-%lld", months < 0 ? "-" : "",
                    (long long)(magnitude / 12), (long long)(magnitude % 12));
}

int interval_day_second_print(int64_t millis, char *buffer) {
    if (millis == INT64_MIN) {
        return snprintf(buffer, DATETIME_TEXT_MAX, "-106751991167 07:12:55.808");
    }
    int64_t magnitude = llabs(millis);
    return snprintf(buffer, DATETIME_TEXT_MAX, "%s%lld %02d:%02d:%02d.%03d", millis < 0 ? "-" : "",
                    (long long)(magnitude / MILLIS_PER_DAY), (int)(magnitude / 3600000 % 24),
                    (int)(magnitude / 60000 % 60), (int)(magnitude / 1000 % 60),
                    (int)(magnitude % 1000));
}

int datetime_print(const Type *type, const void *data, int32_t index, char *buffer) {
    switch (type->kind) {
    case TYPE_DATE:
        return date_print(((const int32_t *)data)[index], buffer);
    case TYPE_TIME:
        return time_print(((const int64_t *)data)[index], type->precision, buffer);
    case TYPE_TIME_TZ:
        return zoned_time_print(zoned_time_load(type, data, index), type->precision, buffer);
    case TYPE_TIMESTAMP:
        return timestamp_print(timestamp_load(type, data, index), type->precision, buffer);
    case TYPE_TIMESTAMP_TZ:
        return zoned_timestamp_print(zoned_timestamp_load(type, data, index), type->precision,
                                     buffer);
    case TYPE_INTERVAL_YEAR_MONTH:
        return interval_year_month_print(((const int32_t *)data)[index], buffer);
    default:
        return interval_day_second_print(((const int64_t *)data)[index], buffer);
    }
}

int datetime_print_cast(const Type *type, const void *data, int32_t index, char *buffer) {
    int size = datetime_print(type, data, index, buffer);
    bool drops_plus = type->kind == TYPE_DATE && buffer[0] == '+';
    memmove(buffer, buffer + drops_plus, (size_t)size + 1 - drops_plus);
    return size - drops_plus;
}

/* ---- parsing ---- */

typedef struct Cursor {
    const char *at, *end;
} Cursor;

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static Cursor trimmed(const char *text, size_t size) {
    Cursor cursor = {text, text + size};
    while (cursor.at < cursor.end && is_space(*cursor.at)) {
        cursor.at++;
    }
    while (cursor.end > cursor.at && is_space(cursor.end[-1])) {
        cursor.end--;
    }
    return cursor;
}

static bool take(Cursor *cursor, char c) {
    if (cursor->at < cursor->end && *cursor->at == c) {
        cursor->at++;
        return true;
    }
    return false;
}

static bool is_digit_at(const Cursor *cursor) {
    return cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
}

/* Between `least` and `most` digits. */
static bool take_number(Cursor *cursor, int least, int most, int64_t *ret_value) {
    int64_t value = 0;
    int count = 0;
    while (count < most && is_digit_at(cursor)) {
        value = value * 10 + (*cursor->at++ - '0');
        count++;
    }
    *ret_value = value;
    return count >= least;
}

static bool take_date(Cursor *cursor, int year_digits, int64_t *ret_days) {
    int sign = take(cursor, '-') ? -1 : (take(cursor, '+'), 1);
    int64_t year, month, day;
    if (!take_number(cursor, year_digits, 9, &year) || !take(cursor, '-') ||
        !take_number(cursor, 1, 2, &month) || !take(cursor, '-') ||
        !take_number(cursor, 1, 2, &day)) {
        return false;
    }
    year *= sign;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, (int32_t)month)) {
        return false;
    }
    *ret_days = days_from_civil(year, (int32_t)month, (int32_t)day);
    return true;
}

bool date_parse(const char *text, size_t size, int64_t *ret_days) {
    Cursor cursor = trimmed(text, size);
    return take_date(&cursor, 1, ret_days) && cursor.at == cursor.end && *ret_days >= INT32_MIN &&
           *ret_days <= INT32_MAX;
}

static bool take_fraction(Cursor *cursor, DateTimeParts *parts) {
    int64_t picos = 0;
    int32_t count = 0;
    while (is_digit_at(cursor)) {
        int digit = *cursor->at++ - '0';
        if (count < 12) {
            picos += digit * int64_powers_of_ten[11 - count];
        } else if (count == 12) {
            parts->rounds_up = digit >= 5;
        }
        count++;
    }
    parts->picos += picos;
    parts->fraction_digits = count;
    return count > 0;
}

static bool take_time(Cursor *cursor, DateTimeParts *parts) {
    int64_t hour, minute, second = 0;
    if (!take_number(cursor, 1, 2, &hour) || !take(cursor, ':') ||
        !take_number(cursor, 1, 2, &minute)) {
        return false;
    }
    bool has_second = take(cursor, ':');
    if (has_second && !take_number(cursor, 1, 2, &second)) {
        return false;
    }
    if (hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    parts->picos = ((hour * 60 + minute) * 60 + second) * PICOS_PER_SECOND;
    return !(has_second && take(cursor, '.')) || take_fraction(cursor, parts);
}

static void take_zone(Cursor *cursor, DateTimeParts *parts) {
    while (cursor->at < cursor->end && is_space(*cursor->at)) {
        cursor->at++;
    }
    if (cursor->at < cursor->end) {
        parts->zone = cursor->at;
        parts->zone_size = (size_t)(cursor->end - cursor->at);
    }
}

bool timestamp_parse(const char *text, size_t size, DateTimeParts *ret_parts) {
    Cursor cursor = trimmed(text, size);
    DateTimeParts parts = {0};
    if (!take_date(&cursor, 4, &parts.days)) {
        return false;
    }
    if (cursor.at < cursor.end) {
        if (!take(&cursor, ' ')) {
            return false;
        }
        Cursor start = cursor;
        if (is_digit_at(&cursor) && !take_time(&cursor, &parts)) {
            return false;
        }
        if (start.at == cursor.at && cursor.at == cursor.end) {
            return false;
        }
        take_zone(&cursor, &parts);
    }
    *ret_parts = parts;
    return true;
}

bool time_parse(const char *text, size_t size, DateTimeParts *ret_parts) {
    Cursor cursor = trimmed(text, size);
    DateTimeParts parts = {0};
    if (!take_time(&cursor, &parts)) {
        return false;
    }
    take_zone(&cursor, &parts);
    *ret_parts = parts;
    return true;
}

bool zone_offset_parse(const char *text, size_t size, int32_t *ret_minutes) {
    Cursor cursor = {text, text + size};
    int sign = take(&cursor, '-') ? -1 : 1;
    int64_t hour, minute = 0;
    if ((sign > 0 && !take(&cursor, '+')) || !take_number(&cursor, 2, 2, &hour)) {
        return false;
    }
    if (cursor.at < cursor.end) {
        take(&cursor, ':');
        if (!take_number(&cursor, 2, 2, &minute)) {
            return false;
        }
    }
    int64_t minutes = hour * 60 + minute;
    if (cursor.at != cursor.end || minute > 59 || minutes > TIMEZONE_OFFSET_MINUTES_MAX) {
        return false;
    }
    *ret_minutes = (int32_t)(sign * minutes);
    return true;
}

Timestamp parts_timestamp(const DateTimeParts *parts, int32_t precision) {
    int64_t picos = parts->picos + (precision == 12 && parts->rounds_up);
    Timestamp value = {parts->days * MICROS_PER_DAY + picos / PICOS_PER_MICRO,
                       (int32_t)(picos % PICOS_PER_MICRO)};
    return timestamp_round(value, precision);
}

int64_t parts_time(const DateTimeParts *parts, int32_t precision) {
    int64_t picos = parts->picos + (precision == 12 && parts->rounds_up);
    return time_round(picos % PICOS_PER_DAY, precision);
}
