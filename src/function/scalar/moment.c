/*
 * Conversion between stored date/time values and Moments, and questions to the calendar
 * (kernels/datetime.h).
 */
#include "function/scalar/moment.h"

#include <assert.h>

#include "base/timezone.h"

enum { MICROS = 1000000, MILLIS = 1000 };
#define PICOS_PER_NANO INT64_C(1000)

static Moment from_micros(int64_t micros, int64_t picos_of_micro) {
    return (Moment){.seconds = floor_divide(micros, MICROS),
                    .picos = floor_remainder(micros, MICROS) * PICOS_PER_MICRO + picos_of_micro};
}

static Moment from_packed(int64_t packed, int64_t picos_of_milli) {
    int64_t millis = packed >> 12;
    Moment moment = {.zone = (uint16_t)(packed & 0xFFF),
                     .picos = floor_remainder(millis, MILLIS) * PICOS_PER_MILLI + picos_of_milli};
    moment_set_utc(&moment, floor_divide(millis, MILLIS));
    return moment;
}

static Moment from_time_picos(int64_t picos, int32_t offset_minutes) {
    return (Moment){.seconds = picos / PICOS_PER_SECOND,
                    .picos = picos % PICOS_PER_SECOND,
                    .offset = offset_minutes * 60};
}

static int32_t packed_offset(int64_t packed) {
    int32_t minutes = (int32_t)(packed & 0x7FF);
    return minutes >= 0x400 ? minutes - 0x800 : minutes;
}

Moment moment_at(const VectorView *view, const Type *type, int32_t row) {
    switch (type->kind) {
    case TYPE_DATE:
        return (Moment){.seconds = VIEW_VALUE(view, int32_t, row) * SECONDS_PER_DAY};
    case TYPE_TIME:
        return from_time_picos(VIEW_VALUE(view, int64_t, row), 0);
    case TYPE_TIME_TZ:
        if (type->precision <= 9) {
            int64_t packed = VIEW_VALUE(view, int64_t, row);
            return from_time_picos((packed >> 11) * PICOS_PER_NANO, packed_offset(packed));
        } else {
            TimeTz12 value = VIEW_VALUE(view, TimeTz12, row);
            return from_time_picos(value.picos, value.offset_minutes);
        }
    case TYPE_TIMESTAMP:
        if (type->precision <= 6) {
            return from_micros(VIEW_VALUE(view, int64_t, row), 0);
        } else {
            Timestamp12 value = VIEW_VALUE(view, Timestamp12, row);
            return from_micros(value.micros, value.picos);
        }
    default:
        assert(type->kind == TYPE_TIMESTAMP_TZ);
        if (type->precision <= 3) {
            return from_packed(VIEW_VALUE(view, int64_t, row), 0);
        } else {
            TimestampTz12 value = VIEW_VALUE(view, TimestampTz12, row);
            return from_packed(value.packed, value.picos);
        }
    }
}

static bool store_timestamp(Vector *result, int32_t row, const Moment *moment) {
    int64_t micros;
    if (__builtin_mul_overflow(moment->seconds, (int64_t)MICROS, &micros) ||
        __builtin_add_overflow(micros, moment->picos / PICOS_PER_MICRO, &micros)) {
        return false;
    }
    if (result->type->precision <= 6) {
        VECTOR_DATA(result, int64_t)[row] = micros;
    } else {
        VECTOR_DATA(result, Timestamp12)
        [row] =
            (Timestamp12){.micros = micros, .picos = (int32_t)(moment->picos % PICOS_PER_MICRO)};
    }
    return true;
}

static bool store_timestamp_tz(Vector *result, int32_t row, const Moment *moment) {
    int64_t millis;
    if (__builtin_mul_overflow(moment->seconds - moment->offset, (int64_t)MILLIS, &millis) ||
        __builtin_add_overflow(millis, moment->picos / PICOS_PER_MILLI, &millis) ||
        millis != (int64_t)((uint64_t)millis << 12) >> 12) {
        return false;
    }
    int64_t packed = (int64_t)((uint64_t)millis << 12) | moment->zone;
    if (result->type->precision <= 3) {
        VECTOR_DATA(result, int64_t)[row] = packed;
    } else {
        VECTOR_DATA(result, TimestampTz12)
        [row] =
            (TimestampTz12){.packed = packed, .picos = (int32_t)(moment->picos % PICOS_PER_MILLI)};
    }
    return true;
}

static void store_time_tz(Vector *result, int32_t row, const Moment *moment) {
    int64_t second = moment_second_of_day(moment);
    int32_t minutes = moment->offset / 60;
    if (result->type->precision <= 9) {
        int64_t nanos = second * 1000000000 + moment->picos / PICOS_PER_NANO;
        VECTOR_DATA(result, int64_t)[row] = nanos << 11 | (minutes & 0x7FF);
    } else {
        VECTOR_DATA(result, TimeTz12)
        [row] = (TimeTz12){.picos = second * PICOS_PER_SECOND + moment->picos,
                           .offset_minutes = minutes};
    }
}

bool moment_store(Vector *result, int32_t row, const Moment *moment) {
    switch (result->type->kind) {
    case TYPE_DATE: {
        int64_t day = moment_day(moment);
        VECTOR_DATA(result, int32_t)[row] = (int32_t)day;
        return day == (int32_t)day;
    }
    case TYPE_TIME:
        VECTOR_DATA(result, int64_t)
        [row] = moment_second_of_day(moment) * PICOS_PER_SECOND + moment->picos;
        return true;
    case TYPE_TIME_TZ:
        store_time_tz(result, row, moment);
        return true;
    case TYPE_TIMESTAMP:
        return store_timestamp(result, row, moment);
    default:
        assert(result->type->kind == TYPE_TIMESTAMP_TZ);
        return store_timestamp_tz(result, row, moment);
    }
}

void moment_set_utc(Moment *moment, int64_t utc_seconds) {
    moment->offset = timezone_offset_at(moment->zone, utc_seconds);
    moment->seconds = utc_seconds + moment->offset;
}

void moment_set_local(Moment *moment, int64_t local_seconds) {
    moment_set_utc(moment, local_seconds - timezone_offset_at_local(moment->zone, local_seconds));
}

/* ---- the calendar ---- */

int32_t day_of_week(int64_t days) {
    return (int32_t)floor_remainder(days + 3, 7) + 1;
}

int32_t day_of_year(int64_t days) {
    return (int32_t)(days - days_from_civil(civil_from_days(days).year, 1, 1)) + 1;
}

/* A week belongs to the year of its Thursday. */
static int64_t thursday_of(int64_t days) {
    return days - day_of_week(days) + 4;
}

int64_t iso_week_year(int64_t days) {
    return civil_from_days(thursday_of(days)).year;
}

int32_t iso_week(int64_t days) {
    return (day_of_year(thursday_of(days)) - 1) / 7 + 1;
}

int64_t add_months(int64_t days, int64_t months) {
    CivilDate civil = civil_from_days(days);
    int64_t month = civil.year * 12 + civil.month - 1 + months;
    int64_t year = floor_divide(month, 12);
    int32_t month_of_year = (int32_t)floor_remainder(month, 12) + 1;
    int32_t last = days_in_month(year, month_of_year);
    return days_from_civil(year, month_of_year, civil.day < last ? civil.day : last);
}
