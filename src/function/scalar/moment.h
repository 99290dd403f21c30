/*
 * Dates, times and timestamps of every kind and precision as one struct, so that each date/time
 * function is written once. Seconds are local: of a zoned value, what its own clock shows. Times
 * count from midnight of 1970-01-01.
 */
#pragma once

#include "function/kernels/datetime.h"

typedef struct Moment {
    int64_t seconds; /* local, since 1970-01-01 00:00:00 */
    int64_t picos;   /* of the second, 0 .. 10^12 - 1 */
    int32_t offset;  /* local minus UTC, in seconds; 0 without zone */
    uint16_t zone;   /* zone key; of time with time zone unused */
} Moment;

#define SECONDS_PER_DAY INT64_C(86400)

Moment moment_at(const VectorView *view, const Type *type, int32_t row);
/* What the result's type cannot hold is cut off. False: out of the type's range. */
bool moment_store(Vector *result, int32_t row, const Moment *moment);

/* For zoned timestamps: places the moment at an instant, or at a local time (a gap is skipped), in
 * its zone. */
void moment_set_utc(Moment *moment, int64_t utc_seconds);
void moment_set_local(Moment *moment, int64_t local_seconds);

/* ---- the calendar (proleptic Gregorian) ---- */

int32_t day_of_week(int64_t days); /* Monday 1 .. Sunday 7 */
int32_t day_of_year(int64_t days);
int64_t iso_week_year(int64_t days); /* the year that the ISO week belongs to */
int32_t iso_week(int64_t days);
int64_t add_months(int64_t days, int64_t months); /* the day is cut to the month's end */

static inline int64_t moment_day(const Moment *moment) {
    return floor_divide(moment->seconds, SECONDS_PER_DAY);
}
static inline int64_t moment_second_of_day(const Moment *moment) {
    return floor_remainder(moment->seconds, SECONDS_PER_DAY);
}
static inline bool is_leap_year(int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}
