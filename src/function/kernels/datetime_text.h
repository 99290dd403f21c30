/*
 * Dates, times, timestamps and intervals as text: what CAST to varchar gives, what CAST from
 * varchar and literals accept. Printers fill a buffer of DATETIME_TEXT_MAX bytes, NUL-terminated,
 * and give the length. Threads: any.
 */
#pragma once

#include "function/kernels/datetime.h"

enum { DATETIME_TEXT_MAX = 128 };

int date_print(int64_t days, char *buffer);                     /* "2024-02-29", "+12345-01-01" */
int time_print(int64_t picos, int32_t precision, char *buffer); /* "01:02:03.456" */
int zoned_time_print(ZonedTime value, int32_t precision, char *buffer); /* "01:02:03+05:30" */
int timestamp_print(Timestamp value, int32_t precision, char *buffer);
int zoned_timestamp_print(ZonedTimestamp value, int32_t precision, char *buffer);
int interval_year_month_print(int32_t months, char *buffer); /* "-0-3" */
int interval_day_second_print(int64_t millis, char *buffer); /* "-0 00:00:01.500" */
/* A value of any of these types (at data[index]) as a result page shows it. */
int datetime_print(const Type *type, const void *data, int32_t index, char *buffer);
/* As CAST to varchar and json give it: a date of a long year has no plus sign. */
int datetime_print_cast(const Type *type, const void *data, int32_t index, char *buffer);

/*
 * What a text said, with up to 12 fraction digits; picos may be PICOS_PER_DAY or more after
 * rounding up.
 */
typedef struct DateTimeParts {
    int64_t days;
    int64_t picos;           /* of the day */
    int32_t fraction_digits; /* written */
    bool rounds_up;          /* the 13th fraction digit is 5 or more */
    const char *zone;        /* what follows, NULL when nothing does */
    size_t zone_size;
} DateTimeParts;

/* year-month-day with spaces around it. */
bool date_parse(const char *text, size_t size, int64_t *ret_days);
/* date[ time][ zone], spaces around it; the date has at least four digits of year. */
bool timestamp_parse(const char *text, size_t size, DateTimeParts *ret_parts);
/* hour:minute[:second[.fraction]][+hour[:minute]], the offset as `zone`. */
bool time_parse(const char *text, size_t size, DateTimeParts *ret_parts);
bool zone_offset_parse(const char *text, size_t size, int32_t *ret_minutes); /* "+05:30", "-08" */
/* The parts on the time line, rounded to a precision. */
Timestamp parts_timestamp(const DateTimeParts *parts, int32_t precision);
int64_t parts_time(const DateTimeParts *parts, int32_t precision);
