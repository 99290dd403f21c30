/*
 * Civil dates by the usual arithmetic on eras of 400 years (proleptic Gregorian calendar, year 0
 * exists), and conversions between what is stored and what is computed with.
 */
#include "function/kernels/datetime.h"

#include "base/int128.h"

CivilDate civil_from_days(int64_t days) {
    int64_t shifted = days + 719468; /* since 0000-03-01 */
    int64_t era = floor_divide(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t month_from_march = (int32_t)((5 * day_of_year + 2) / 153);
    CivilDate date;
    date.day = (int32_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    date.month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    date.year = year_of_era + era * 400 + (date.month <= 2);
    return date;
}

int64_t days_from_civil(int64_t year, int32_t month, int32_t day) {
    year -= month <= 2;
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

int32_t days_in_month(int64_t year, int32_t month) {
    static const int8_t DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return DAYS[month - 1] + (month == 2 && is_leap);
}

/* ---- rounding ---- */

static int64_t round_to(int64_t value, int64_t unit) {
    return floor_divide(value + unit / 2, unit) * unit;
}

Timestamp timestamp_round(Timestamp value, int32_t precision) {
    if (precision > 6) {
        int64_t picos = round_to(value.picos, int64_powers_of_ten[12 - precision]);
        bool carries = picos == PICOS_PER_MICRO;
        return (Timestamp){value.micros + carries, carries ? 0 : (int32_t)picos};
    }
    if (precision == 6) {
        return (Timestamp){value.micros + (value.picos >= PICOS_PER_MICRO / 2), 0};
    }
    return (Timestamp){round_to(value.micros, int64_powers_of_ten[6 - precision]), 0};
}

ZonedTimestamp zoned_timestamp_round(ZonedTimestamp value, int32_t precision) {
    if (precision > 3) {
        int64_t picos = round_to(value.picos, int64_powers_of_ten[12 - precision]);
        bool carries = picos == PICOS_PER_MILLI;
        value.millis += carries;
        value.picos = carries ? 0 : (int32_t)picos;
        return value;
    }
    value.millis = precision == 3 ? value.millis + (value.picos >= PICOS_PER_MILLI / 2)
                                  : round_to(value.millis, int64_powers_of_ten[3 - precision]);
    value.picos = 0;
    return value;
}

int64_t time_round(int64_t picos, int32_t precision) {
    return precision >= 12 ? picos
                           : round_to(picos, int64_powers_of_ten[12 - precision]) % PICOS_PER_DAY;
}

/* ---- zones ---- */

Timestamp zoned_timestamp_local(ZonedTimestamp value) {
    int64_t seconds = floor_divide(value.millis, 1000);
    int64_t millis = value.millis;
    if (value.zone != TIMEZONE_UTC) {
        millis += (int64_t)timezone_offset_at(value.zone, seconds) * 1000;
    }
    return (Timestamp){millis * 1000 + value.picos / PICOS_PER_MICRO,
                       (int32_t)(value.picos % PICOS_PER_MICRO)};
}

ZonedTimestamp timestamp_at_zone(Timestamp value, uint16_t zone) {
    int64_t millis = floor_divide(value.micros, 1000);
    int64_t micros_left = floor_remainder(value.micros, 1000);
    if (zone != TIMEZONE_UTC) {
        millis -= (int64_t)timezone_offset_at_local(zone, floor_divide(millis, 1000)) * 1000;
    }
    int32_t picos = (int32_t)(micros_left * PICOS_PER_MICRO) + value.picos;
    return (ZonedTimestamp){millis, picos, zone};
}

/* ---- storage ---- */

Timestamp timestamp_load(const Type *type, const void *data, int32_t index) {
    if (type->layout == LAYOUT_LONG) {
        return (Timestamp){((const int64_t *)data)[index], 0};
    }
    const Timestamp12 *value = (const Timestamp12 *)data + index;
    return (Timestamp){value->micros, value->picos};
}

void timestamp_store(const Type *type, void *data, int32_t index, Timestamp value) {
    if (type->layout == LAYOUT_LONG) {
        ((int64_t *)data)[index] = value.micros;
    } else {
        ((Timestamp12 *)data)[index] = (Timestamp12){value.micros, value.picos, 0};
    }
}

ZonedTimestamp zoned_timestamp_load(const Type *type, const void *data, int32_t index) {
    if (type->layout == LAYOUT_LONG) {
        int64_t packed = ((const int64_t *)data)[index];
        return (ZonedTimestamp){packed >> 12, 0, (uint16_t)(packed & 0xfff)};
    }
    const TimestampTz12 *value = (const TimestampTz12 *)data + index;
    return (ZonedTimestamp){value->packed >> 12, value->picos, (uint16_t)(value->packed & 0xfff)};
}

bool zoned_timestamp_store(const Type *type, void *data, int32_t index, ZonedTimestamp value) {
    int64_t packed = (int64_t)((uint64_t)value.millis << 12) | value.zone;
    if (packed >> 12 != value.millis) {
        return false;
    }
    if (type->layout == LAYOUT_LONG) {
        ((int64_t *)data)[index] = packed;
    } else {
        ((TimestampTz12 *)data)[index] = (TimestampTz12){packed, value.picos, 0};
    }
    return true;
}

ZonedTime zoned_time_load(const Type *type, const void *data, int32_t index) {
    if (type->layout == LAYOUT_LONG) {
        int64_t packed = ((const int64_t *)data)[index];
        int32_t offset = (int32_t)((int64_t)((uint64_t)packed << 53) >> 53);
        return (ZonedTime){(packed >> 11) * 1000, offset};
    }
    const TimeTz12 *value = (const TimeTz12 *)data + index;
    return (ZonedTime){value->picos, value->offset_minutes};
}

void zoned_time_store(const Type *type, void *data, int32_t index, ZonedTime value) {
    if (type->layout == LAYOUT_LONG) {
        uint64_t nanos = (uint64_t)(value.picos / 1000);
        uint64_t offset = (uint64_t)value.offset_minutes & 0x7ff;
        ((int64_t *)data)[index] = (int64_t)(nanos << 11 | offset);
    } else {
        ((TimeTz12 *)data)[index] = (TimeTz12){value.picos, value.offset_minutes, 0};
    }
}
