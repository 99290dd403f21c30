/*
 * Zones and instants: now(), AT TIME ZONE, with_timezone, Unix time.
 */
#include <math.h>

#include "base/timezone.h"
#include "function/cast.h"
#include "function/scalar/arguments.h"
#include "function/scalar/decimal_values.h"
#include "function/scalar/moment.h"

static uint16_t session_zone(const KernelCall *call) {
    return call->cx->session != NULL ? call->cx->session->time_zone_key : TIMEZONE_UTC;
}

static void store_or_fail(KernelCall *call, int32_t row, const Moment *moment) {
    if (!moment_store(call->result, row, moment)) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Millis overflow: %ld",
                    (long)((moment->seconds - moment->offset) * 1000));
    }
}

/* The statement's start, in the session's zone. */
static Moment session_start(const KernelCall *call) {
    int64_t micros = call->cx->session != NULL ? call->cx->session->start_micros : 0;
    Moment moment = {.zone = session_zone(call),
                     .picos = floor_remainder(micros, 1000000) * 1000000};
    moment_set_utc(&moment, floor_divide(micros, 1000000));
    return moment;
}

static Status now(KernelCall *call) {
    Moment moment = session_start(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        store_or_fail(call, row, &moment);
    }
    return OK;
}

static Status current_timezone(KernelCall *call) {
    const char *name = timezone_name(session_zone(call));
    KERNEL_FOR_EACH_ROW(call, row) {
        return_string(call, row, name, strlen(name));
    }
    return OK;
}

/* ---- zones as arguments: a name or an interval ---- */

static bool zone_argument(KernelCall *call, int32_t index, int32_t row, uint16_t *ret_zone) {
    if (call->function->argument_types[index]->kind == TYPE_INTERVAL_DAY_SECOND) {
        int64_t millis = bigint_argument(call, index, row);
        if (millis % 60000 != 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Invalid time zone offset interval: interval contains seconds");
            return false;
        }
        if (!timezone_of_offset((int32_t)(millis / 60000), ret_zone)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid offset minutes %ld",
                        (long)(millis / 60000));
            return false;
        }
        return true;
    }
    const StringView *name = string_argument(call, index, row);
    if (!timezone_parse(string_data(name), name->length, ret_zone)) {
        bool is_unixtime = name->length > 0 && call->result->type->kind == TYPE_TIMESTAMP_TZ &&
                           call->function->argument_types[0]->kind == TYPE_DOUBLE;
        if (is_unixtime) {
            kernel_fail(call, row, NOT_SUPPORTED, "Time zone not supported: %.*s",
                        (int)name->length, string_data(name));
        } else {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        name->length == 0 ? "Zone id is an empty string%.*s"
                                          : "'%.*s' is not a valid time zone",
                        (int)name->length, string_data(name));
        }
        return false;
    }
    return true;
}

static Status at_timezone(KernelCall *call) {
    const Type *type = call->result->type;
    KERNEL_FOR_EACH_ROW(call, row) {
        uint16_t zone;
        if (zone_argument(call, 1, row, &zone)) {
            Moment moment = moment_at(&call->arguments[0], type, row);
            moment.zone = zone;
            moment_set_utc(&moment, moment.seconds - moment.offset);
            store_or_fail(call, row, &moment);
        }
    }
    return OK;
}

static Status time_at_timezone(KernelCall *call) {
    const Type *type = call->result->type;
    int64_t start = call->cx->session != NULL ? call->cx->session->start_micros / 1000000 : 0;
    KERNEL_FOR_EACH_ROW(call, row) {
        uint16_t zone;
        if (zone_argument(call, 1, row, &zone)) {
            Moment moment = moment_at(&call->arguments[0], type, row);
            int32_t offset = timezone_offset_at(zone, start);
            moment.seconds += offset - moment.offset;
            moment.offset = offset;
            store_or_fail(call, row, &moment);
        }
    }
    return OK;
}

static Status with_timezone(KernelCall *call) {
    const Type *type = call->function->argument_types[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        uint16_t zone;
        if (zone_argument(call, 1, row, &zone)) {
            Moment moment = moment_at(&call->arguments[0], type, row);
            moment.zone = zone;
            moment_set_local(&moment, moment.seconds);
            store_or_fail(call, row, &moment);
        }
    }
    return OK;
}

/* ---- Unix time ---- */

static int64_t rounded_millis(double seconds) {
    double millis = floor(seconds * 1000 + 0.5);
    return isnan(millis)       ? 0
           : millis >= 0x1p63  ? INT64_MAX
           : millis <= -0x1p63 ? INT64_MIN
                               : (int64_t)millis;
}

static void store_millis(KernelCall *call, int32_t row, int64_t millis, uint16_t zone) {
    if (millis != (int64_t)((uint64_t)millis << 12) >> 12) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Millis overflow: %ld", (long)millis);
        return;
    }
    Moment moment = {.zone = zone, .picos = floor_remainder(millis, 1000) * 1000000000};
    moment_set_utc(&moment, floor_divide(millis, 1000));
    store_or_fail(call, row, &moment);
}

static Status from_unixtime(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t millis = rounded_millis(KERNEL_ARGUMENT(call, 0, double, row));
        uint16_t zone = session_zone(call);
        if (call->argument_count == 3) {
            int64_t minutes = bigint_argument(call, 1, row) * 60 + bigint_argument(call, 2, row);
            if (minutes != (int32_t)minutes || !timezone_of_offset((int32_t)minutes, &zone)) {
                kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid offset minutes %ld",
                            (long)minutes);
                continue;
            }
        } else if (call->argument_count == 2 && !zone_argument(call, 1, row, &zone)) {
            continue;
        }
        store_millis(call, row, millis, zone);
    }
    return OK;
}

static Status from_unixtime_nanos(KernelCall *call) {
    const Type *type = call->function->argument_types[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t nanos = type->kind == TYPE_BIGINT ? bigint_argument(call, 0, row)
                                                   : decimal_at(&call->arguments[0], type, row);
        if (type->kind == TYPE_DECIMAL) {
            nanos = int128_divide_rounded(nanos, int128_powers_of_ten[type->scale]);
        }
        int128_t seconds = nanos / 1000000000 - (nanos % 1000000000 < 0);
        if (seconds != (int64_t)(seconds * 4096 * 1000) / 4096 / 1000) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "long overflow");
            continue;
        }
        Moment moment = {.zone = session_zone(call),
                         .picos = (int64_t)(nanos - seconds * 1000000000) * 1000};
        moment_set_utc(&moment, (int64_t)seconds);
        store_or_fail(call, row, &moment);
    }
    return OK;
}

static Status to_unixtime(KernelCall *call) {
    const Type *type = call->function->argument_types[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        Moment moment = moment_at(&call->arguments[0], type, row);
        int64_t millis = (moment.seconds - moment.offset) * 1000 + moment.picos / 1000000000;
        double seconds = (double)millis / 1000.0;
        KERNEL_RESULT(call, double)
        [row] = seconds + (double)(moment.picos % 1000000000) / 1e12;
    }
    return OK;
}

/* ---- date(): a cast ---- */

static Status prepare_date(Context *cx, const FunctionBinding *binding, void **ret_state) {
    Cast *cast = arena_new(cx->arena, Cast);
    *ret_state = cast;
    return cast_create(cx, binding->function->argument_types[0], binding->function->return_type,
                       cast);
}

static Status date_of(KernelCall *call) {
    const Cast *cast = call->state;
    KernelCall inner = *call;
    inner.state = cast->state;
    return cast->kernel(&inner);
}

#define SESSION FUNCTION_SESSION_DEPENDENT
#define TZ " with time zone"
#define DS "interval day to second"
#define UNIX3 "timestamp(3) with time zone"

const ScalarFunction datetime_zone_functions[] = {
    {"now", "() -> timestamp(3)" TZ, now, SESSION, "Current timestamp with time zone"},
    {"current_date", "() -> date", now, SESSION, "Current date"},
    {"current_timezone", "() -> varchar", current_timezone, SESSION, "Current time zone"},
    {"at_timezone", "(timestamp(p)" TZ ", varchar(x)) -> timestamp(p)" TZ, at_timezone, 0},
    {"at_timezone", "(timestamp(p)" TZ ", " DS ") -> timestamp(p)" TZ, at_timezone,
     FUNCTION_HIDDEN},
    {"$at_timezone", "(time(p)" TZ ", varchar(x)) -> time(p)" TZ, time_at_timezone,
     FUNCTION_HIDDEN | SESSION},
    {"$at_timezone", "(time(p)" TZ ", " DS ") -> time(p)" TZ, time_at_timezone,
     FUNCTION_HIDDEN | SESSION},
    {"with_timezone", "(timestamp(p), varchar(x)) -> timestamp(p)" TZ, with_timezone, 0},
    {"from_unixtime", "(double) -> " UNIX3, from_unixtime, SESSION},
    {"from_unixtime", "(double, bigint, bigint) -> " UNIX3, from_unixtime, 0},
    {"from_unixtime", "(double, varchar(x)) -> " UNIX3, from_unixtime, 0},
    {"from_unixtime_nanos", "(bigint) -> timestamp(9)" TZ, from_unixtime_nanos, SESSION},
    {"from_unixtime_nanos", "(decimal(p,s)) -> timestamp(9)" TZ, from_unixtime_nanos, SESSION},
    {"to_unixtime", "(timestamp(p)" TZ ") -> double", to_unixtime, 0},
    {"date", "(timestamp(p)) -> date", date_of, 0, NULL, prepare_date},
    {"date", "(timestamp(p)" TZ ") -> date", date_of, 0, NULL, prepare_date},
    {"date", "(varchar(x)) -> date", date_of, 0, NULL, prepare_date},
    {NULL},
};
