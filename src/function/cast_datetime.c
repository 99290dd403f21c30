/*
 * Casts among dates, times and timestamps. What lacks a zone is read in the session's, what lacks a
 * date gets the day on which the statement started there; precision is reduced by rounding half up.
 */
#include "function/kernels/cast_family.h"
#include "function/kernels/datetime.h"
#include "warren/session.h"

typedef struct DateTimeCast {
    const Type *from, *to;
    uint16_t zone;          /* of the session */
    int32_t offset_minutes; /* of the session's zone when the statement started */
    int64_t today;          /* there, in days */
} DateTimeCast;

/* What a value says, as far as its type does. */
typedef struct Moment {
    Timestamp local;
    int64_t time; /* picoseconds of the local day */
    uint16_t zone;
    int32_t offset_minutes;
    ZonedTimestamp zoned; /* of zoned timestamps */
} Moment;

static int64_t time_of_day(Timestamp value) {
    return floor_remainder(value.micros, MICROS_PER_DAY) * PICOS_PER_MICRO + value.picos;
}

static Timestamp on_day(int64_t days, int64_t picos) {
    int64_t micros = (int64_t)((uint64_t)days * (uint64_t)MICROS_PER_DAY);
    return (Timestamp){micros + picos / PICOS_PER_MICRO, (int32_t)(picos % PICOS_PER_MICRO)};
}

static Moment load_moment(const DateTimeCast *cast, const void *data, int32_t index) {
    Moment moment = {.zone = cast->zone, .offset_minutes = cast->offset_minutes};
    switch (cast->from->kind) {
    case TYPE_DATE:
        moment.local = on_day(((const int32_t *)data)[index], 0);
        break;
    case TYPE_TIME:
        moment.time = ((const int64_t *)data)[index];
        moment.local = on_day(cast->today, moment.time);
        break;
    case TYPE_TIME_TZ: {
        ZonedTime value = zoned_time_load(cast->from, data, index);
        moment.time = value.picos;
        moment.offset_minutes = value.offset_minutes;
        timezone_of_offset(value.offset_minutes, &moment.zone);
        moment.local = on_day(cast->today, moment.time);
        break;
    }
    case TYPE_TIMESTAMP:
        moment.local = timestamp_load(cast->from, data, index);
        moment.time = time_of_day(moment.local);
        break;
    default:
        moment.zoned = zoned_timestamp_load(cast->from, data, index);
        moment.zone = moment.zoned.zone;
        moment.local = zoned_timestamp_local(moment.zoned);
        moment.time = time_of_day(moment.local);
        break;
    }
    return moment;
}

static bool store_zoned(const DateTimeCast *cast, void *data, int32_t row, const Moment *moment,
                        int64_t days) {
    ZonedTimestamp value;
    int32_t precision = cast->to->precision;
    if (cast->from->kind == TYPE_TIMESTAMP_TZ) {
        value = zoned_timestamp_round(moment->zoned, precision);
    } else if (cast->from->kind == TYPE_DATE) {
        int64_t offset = timezone_offset_at_local(moment->zone, days * 86400);
        value = (ZonedTimestamp){days * MILLIS_PER_DAY - offset * 1000, 0, moment->zone};
    } else {
        value = timestamp_at_zone(timestamp_round(moment->local, precision), moment->zone);
    }
    return zoned_timestamp_store(cast->to, data, row, value);
}

/* Trino asks the zone for the offset at the wall clock taken as UTC; near a change of the clocks it
 * shows. */
static int32_t offset_of(const DateTimeCast *cast, const Moment *moment) {
    if (cast->from->kind != TYPE_TIMESTAMP_TZ) {
        return moment->offset_minutes;
    }
    int64_t local_seconds = floor_divide(moment->local.micros, MICROS_PER_SECOND);
    return timezone_offset_at(moment->zone, local_seconds) / 60;
}

/* Trino takes a second too many off a timestamp before 1970 that has a fraction of a second. */
static int64_t time_of(const DateTimeCast *cast, const Moment *moment) {
    bool is_short = cast->from->kind == TYPE_TIMESTAMP && moment->local.micros < 0 &&
                    moment->local.micros % MICROS_PER_SECOND != 0;
    return is_short ? floor_remainder(moment->time - PICOS_PER_SECOND, PICOS_PER_DAY)
                    : moment->time;
}

static Status cast_kernel(KernelCall *call) {
    const DateTimeCast *cast = call->state;
    const VectorView *view = &call->arguments[0];
    void *result = call->result->data;
    int32_t precision = cast->to->precision;
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t index = view_index(view, row);
        Moment moment = load_moment(cast, view->data, index);
        switch (cast->to->kind) {
        case TYPE_DATE:
            ((int32_t *)result)[row] = (int32_t)floor_divide(moment.local.micros, MICROS_PER_DAY);
            break;
        case TYPE_TIME:
            ((int64_t *)result)[row] = time_round(time_of(cast, &moment), precision);
            break;
        case TYPE_TIME_TZ:
            zoned_time_store(
                cast->to, result, row,
                (ZonedTime){time_round(moment.time, precision), offset_of(cast, &moment)});
            break;
        case TYPE_TIMESTAMP:
            timestamp_store(cast->to, result, row, timestamp_round(moment.local, precision));
            break;
        default: {
            int64_t days = cast->from->kind == TYPE_DATE ? ((const int32_t *)view->data)[index] : 0;
            if (!store_zoned(cast, result, row, &moment, days)) {
                kernel_fail(call, row, GENERIC_INTERNAL_ERROR, "Millis overflow");
            }
            break;
        }
        }
    }
    return OK;
}

/* The commonest of them, wherever a date column meets a timestamp. */
static Status date_to_short_timestamp(KernelCall *call) {
    const VectorView *view = &call->arguments[0];
    int64_t *restrict result = KERNEL_RESULT(call, int64_t);
    if (call->rows == NULL && view->indices == NULL && view->mask != 0) {
        const int32_t *restrict days = view->data;
        for (int32_t i = 0; i < call->row_count; i++) {
            result[i] = (int64_t)((uint64_t)days[i] * (uint64_t)MICROS_PER_DAY);
        }
        return OK;
    }
    KERNEL_FOR_EACH_ROW(call, row) {
        uint64_t days = (uint64_t)VIEW_VALUE(view, int32_t, row);
        result[row] = (int64_t)(days * (uint64_t)MICROS_PER_DAY);
    }
    return OK;
}

static bool is_datetime(const Type *type) {
    return type->kind >= TYPE_DATE && type->kind <= TYPE_TIMESTAMP_TZ;
}

Status cast_among_datetimes(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    if (!is_datetime(from) || !is_datetime(to)) {
        return OK;
    }
    if (from->kind == TYPE_DATE && to->kind == TYPE_TIMESTAMP && to->layout == LAYOUT_LONG) {
        *ret_cast = (Cast){.kernel = date_to_short_timestamp, .flags = FUNCTION_INFALLIBLE_DENSE};
        return OK;
    }
    DateTimeCast *cast = arena_new(cx->arena, DateTimeCast);
    *cast = (DateTimeCast){.from = from, .to = to};
    if (cx->session != NULL) {
        int64_t seconds = floor_divide(cx->session->start_micros, MICROS_PER_SECOND);
        cast->zone = cx->session->time_zone_key;
        int64_t offset = timezone_offset_at(cast->zone, seconds);
        cast->offset_minutes = (int32_t)(offset / 60);
        cast->today = floor_divide(seconds + offset, 86400);
    }
    unsigned flags = cast_may_fail(from, to) ? 0 : FUNCTION_INFALLIBLE;
    *ret_cast = (Cast){.kernel = cast_kernel, .flags = flags, .state = cast};
    return OK;
}
