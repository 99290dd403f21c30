/*
 * Values of the date and time types taken apart: civil dates, rounding to a precision, zones, and
 * the one form per kind that all storage layouts load into. Rounding is half up on the time line,
 * so also before 1970. Pure functions; threads: any.
 */
#pragma once

#include "base/timezone.h"
#include "warren/vector.h"

#define MICROS_PER_SECOND INT64_C(1000000)
#define MICROS_PER_DAY INT64_C(86400000000)
#define MILLIS_PER_DAY INT64_C(86400000)
#define PICOS_PER_SECOND INT64_C(1000000000000)
#define PICOS_PER_MINUTE INT64_C(60000000000000)
#define PICOS_PER_DAY INT64_C(86400000000000000)
#define PICOS_PER_MILLI INT64_C(1000000000)
#define PICOS_PER_MICRO INT64_C(1000000)

/* timestamp: the wall clock. */
typedef struct Timestamp {
    int64_t micros;
    int32_t picos; /* of the microsecond, 0 .. 999999 */
} Timestamp;

/* timestamp with time zone. */
typedef struct ZonedTimestamp {
    int64_t millis; /* UTC */
    int32_t picos;  /* of the millisecond, 0 .. 999999999 */
    uint16_t zone;
} ZonedTimestamp;

/* time with time zone. */
typedef struct ZonedTime {
    int64_t picos; /* of the local day */
    int32_t offset_minutes;
} ZonedTime;

typedef struct CivilDate {
    int64_t year;
    int32_t month, day; /* from 1 */
} CivilDate;

static inline int64_t floor_divide(int64_t value, int64_t divisor) {
    return value / divisor - (value % divisor < 0);
}

static inline int64_t floor_remainder(int64_t value, int64_t divisor) {
    int64_t rest = value % divisor;
    return rest < 0 ? rest + divisor : rest;
}

CivilDate civil_from_days(int64_t days);
int64_t days_from_civil(int64_t year, int32_t month, int32_t day);
int32_t days_in_month(int64_t year, int32_t month);

/* ---- rounding to a precision of 0 .. 12 fraction digits ---- */

Timestamp timestamp_round(Timestamp value, int32_t precision);
ZonedTimestamp zoned_timestamp_round(ZonedTimestamp value, int32_t precision);
int64_t time_round(int64_t picos, int32_t precision); /* wraps at midnight */

/* ---- zones ---- */

/* The wall clock that a zoned value shows. */
Timestamp zoned_timestamp_local(ZonedTimestamp value);
/* A wall clock read in a zone. */
ZonedTimestamp timestamp_at_zone(Timestamp value, uint16_t zone);

/* ---- storage ---- */

Timestamp timestamp_load(const Type *type, const void *data, int32_t index);
void timestamp_store(const Type *type, void *data, int32_t index, Timestamp value);
ZonedTimestamp zoned_timestamp_load(const Type *type, const void *data, int32_t index);
/* False when the milliseconds exceed the 52 bits they are packed into. */
bool zoned_timestamp_store(const Type *type, void *data, int32_t index, ZonedTimestamp value);
ZonedTime zoned_time_load(const Type *type, const void *data, int32_t index);
void zoned_time_store(const Type *type, void *data, int32_t index, ZonedTime value);
