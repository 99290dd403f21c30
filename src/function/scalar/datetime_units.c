/*
 * date_trunc, date_add and date_diff. Units of a day and more work on the local calendar, smaller
 * ones on the time line; differences count completed units, as Joda-Time counts them.
 */
#include <ctype.h>

#include "base/int128.h"
#include "function/scalar/arguments.h"
#include "function/scalar/moment.h"

typedef enum Unit {
    UNIT_MILLISECOND,
    UNIT_SECOND,
    UNIT_MINUTE,
    UNIT_HOUR,
    UNIT_DAY,
    UNIT_WEEK,
    UNIT_MONTH,
    UNIT_QUARTER,
    UNIT_YEAR,
    UNIT_NONE,
} Unit;

static const char *const unit_names[] = {"millisecond", "second", "minute",  "hour", "day",
                                         "week",        "month",  "quarter", "year"};

static bool unit_is_legal(Unit unit, TypeKind kind) {
    switch (kind) {
    case TYPE_DATE:
        return unit >= UNIT_DAY && unit < UNIT_NONE;
    case TYPE_TIME:
    case TYPE_TIME_TZ:
        return unit <= UNIT_HOUR;
    default:
        return unit < UNIT_NONE;
    }
}

/* The unit named by argument 0; UNIT_NONE when the row has failed. */
static Unit unit_argument(KernelCall *call, int32_t row, const Type *type) {
    const StringView *view = string_argument(call, 0, row);
    const char *text = string_data(view);
    char name[16] = "";
    for (uint32_t i = 0; i < view->length && i < sizeof name - 1; i++) {
        name[i] = (char)tolower((unsigned char)text[i]);
    }
    for (Unit unit = 0; unit < UNIT_NONE; unit++) {
        if (strcmp(name, unit_names[unit]) == 0 && view->length == strlen(name) &&
            unit_is_legal(unit, type->kind)) {
            return unit;
        }
    }
    bool is_time = type->kind == TYPE_TIME || type->kind == TYPE_TIME_TZ;
    kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "'%s' is not a valid %s field", name,
                type->kind == TYPE_DATE ? "DATE"
                : is_time               ? "TIME"
                                        : "TIMESTAMP");
    return UNIT_NONE;
}

/* ---- date_trunc ---- */

static int64_t truncated_day(int64_t day, Unit unit) {
    CivilDate civil = civil_from_days(day);
    switch (unit) {
    case UNIT_DAY:
        return day;
    case UNIT_WEEK:
        return day - day_of_week(day) + 1;
    case UNIT_MONTH:
        return days_from_civil(civil.year, civil.month, 1);
    case UNIT_QUARTER:
        return days_from_civil(civil.year, (civil.month - 1) / 3 * 3 + 1, 1);
    default:
        return days_from_civil(civil.year, 1, 1);
    }
}

static void truncate_moment(Moment *moment, Unit unit, bool zoned) {
    static const int64_t seconds[] = {1, 1, 60, 3600};
    if (unit == UNIT_MILLISECOND) {
        moment->picos -= moment->picos % 1000000000;
        return;
    }
    moment->picos = 0;
    if (unit <= UNIT_HOUR) {
        moment->seconds -= floor_remainder(moment->seconds, seconds[unit]);
        return;
    }
    int64_t local = truncated_day(moment_day(moment), unit) * SECONDS_PER_DAY;
    if (zoned) {
        moment_set_local(moment, local);
    } else {
        moment->seconds = local;
    }
}

static Status date_trunc(KernelCall *call) {
    const Type *type = call->result->type;
    KERNEL_FOR_EACH_ROW(call, row) {
        Unit unit = unit_argument(call, row, type);
        if (unit == UNIT_NONE) {
            continue;
        }
        Moment moment = moment_at(&call->arguments[1], type, row);
        truncate_moment(&moment, unit, type->kind == TYPE_TIMESTAMP_TZ);
        if (!moment_store(call->result, row, &moment)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "timestamp out of range");
        }
    }
    return OK;
}

/* ---- date_add ---- */

static void add_seconds(Moment *moment, int64_t seconds, TypeKind kind) {
    if (kind == TYPE_TIMESTAMP_TZ) {
        moment_set_utc(moment, moment->seconds - moment->offset + seconds);
    } else {
        moment->seconds += seconds;
    }
}

/* Half up to `precision` digits of the second. */
static void round_picos(Moment *moment, int32_t precision, TypeKind kind) {
    int64_t unit = (int64_t)int128_powers_of_ten[12 - precision];
    int64_t picos = (moment->picos + unit / 2) / unit * unit;
    moment->picos = picos % PICOS_PER_SECOND;
    add_seconds(moment, picos / PICOS_PER_SECOND, kind);
}

static void add_units(Moment *moment, Unit unit, int64_t value, TypeKind kind) {
    static const int64_t seconds[] = {0, 1, 60, 3600};
    static const int64_t months[] = {[UNIT_MONTH] = 1, [UNIT_QUARTER] = 3, [UNIT_YEAR] = 12};
    if (unit == UNIT_MILLISECOND) {
        int64_t picos = moment->picos + value % 1000 * 1000000000;
        moment->picos = floor_remainder(picos, PICOS_PER_SECOND);
        add_seconds(moment, value / 1000 + floor_divide(picos, PICOS_PER_SECOND), kind);
    } else if (unit <= UNIT_HOUR) {
        add_seconds(moment, value * seconds[unit], kind);
    } else {
        int64_t day = moment_day(moment);
        int64_t new_day = unit == UNIT_DAY    ? day + value
                          : unit == UNIT_WEEK ? day + value * 7
                                              : add_months(day, value * months[unit]);
        int64_t local = moment->seconds + (new_day - day) * SECONDS_PER_DAY;
        if (kind == TYPE_TIMESTAMP_TZ) {
            moment_set_local(moment, local);
        } else {
            moment->seconds = local;
        }
    }
}

static Status date_add(KernelCall *call) {
    const Type *type = call->result->type;
    KERNEL_FOR_EACH_ROW(call, row) {
        Unit unit = unit_argument(call, row, type);
        int64_t value = bigint_argument(call, 1, row);
        if (unit == UNIT_NONE) {
            continue;
        }
        if (value != (int32_t)value) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "integer overflow");
            continue;
        }
        Moment moment = moment_at(&call->arguments[2], type, row);
        add_units(&moment, unit, value, type->kind);
        if (unit == UNIT_MILLISECOND && type->precision < 3) {
            round_picos(&moment, type->precision, type->kind);
        }
        if (!moment_store(call->result, row, &moment)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "timestamp out of range");
        }
    }
    return OK;
}

/* ---- date_diff: b minus a in completed units; values are (local) milliseconds ---- */

#define DAY_MILLIS INT64_C(86400000)

static int64_t month_difference(int64_t later, int64_t earlier) {
    int64_t later_day = floor_divide(later, DAY_MILLIS);
    int64_t earlier_day = floor_divide(earlier, DAY_MILLIS);
    CivilDate a = civil_from_days(later_day), b = civil_from_days(earlier_day);
    int64_t months = (a.year - b.year) * 12 + a.month - b.month;
    int32_t day = b.day;
    if (a.day == days_in_month(a.year, a.month) && day > a.day) {
        day = a.day; /* adding months would have ended up here too */
    }
    int64_t later_rest = (a.day - 1) * DAY_MILLIS + floor_remainder(later, DAY_MILLIS);
    int64_t earlier_rest = (day - 1) * DAY_MILLIS + floor_remainder(earlier, DAY_MILLIS);
    return months - (later_rest < earlier_rest);
}

static int64_t year_difference(int64_t later, int64_t earlier) {
    enum { FEBRUARY_29 = 31 + 28 };
    int64_t years[2], rests[2], values[2] = {later, earlier};
    for (int i = 0; i < 2; i++) {
        int64_t day = floor_divide(values[i], DAY_MILLIS);
        years[i] = civil_from_days(day).year;
        rests[i] = values[i] - days_from_civil(years[i], 1, 1) * DAY_MILLIS;
    }
    if (rests[1] >= FEBRUARY_29 * DAY_MILLIS) {
        if (is_leap_year(years[1])) {
            rests[1] -= is_leap_year(years[0]) ? 0 : DAY_MILLIS;
        } else if (rests[0] >= FEBRUARY_29 * DAY_MILLIS && is_leap_year(years[0])) {
            rests[0] -= DAY_MILLIS;
        }
    }
    return years[0] - years[1] - (rests[0] < rests[1]);
}

static int64_t unit_difference(Unit unit, int64_t from, int64_t to) {
    static const int64_t millis[] = {1, 1000, 60000, 3600000, DAY_MILLIS, 7 * DAY_MILLIS};
    if (unit <= UNIT_WEEK) {
        return (to - from) / millis[unit];
    }
    bool backwards = to < from;
    int64_t later = backwards ? from : to, earlier = backwards ? to : from;
    int64_t units = unit == UNIT_YEAR
                        ? year_difference(later, earlier)
                        : month_difference(later, earlier) / (unit == UNIT_QUARTER ? 3 : 1);
    return backwards ? -units : units;
}

static int64_t local_millis(const Moment *moment) {
    return moment->seconds * 1000 + moment->picos / 1000000000;
}

static Status date_diff(KernelCall *call) {
    const Type *type = call->function->argument_types[1];
    KERNEL_FOR_EACH_ROW(call, row) {
        Unit unit = unit_argument(call, row, type);
        if (unit == UNIT_NONE) {
            continue;
        }
        Moment from = moment_at(&call->arguments[1], type, row);
        Moment to = moment_at(&call->arguments[2], type, row);
        bool zoned = type->kind == TYPE_TIMESTAMP_TZ;
        if (zoned && unit >= UNIT_DAY) {
            to.zone = from.zone; /* the calendar of the first argument counts */
            moment_set_utc(&to, to.seconds - to.offset);
        } else if (zoned || type->kind == TYPE_TIME_TZ) {
            from.seconds -= from.offset;
            to.seconds -= to.offset;
            if (!zoned) { /* instants of one day */
                from.seconds = floor_remainder(from.seconds, SECONDS_PER_DAY);
                to.seconds = floor_remainder(to.seconds, SECONDS_PER_DAY);
            }
        }
        KERNEL_RESULT(call, int64_t)
        [row] = unit_difference(unit, local_millis(&from), local_millis(&to));
    }
    return OK;
}

#define TRUNC "Truncate to the specified precision "
#define ADD "Add the specified amount of "
#define DIFF "Difference of the given "
#define TZ " with time zone"

const ScalarFunction datetime_unit_functions[] = {
    {"date_trunc", "(varchar(x), date) -> date", date_trunc, 0, TRUNC "in the session timezone"},
    {"date_trunc", "(varchar(x), time(p)) -> time(p)", date_trunc, 0, TRUNC},
    {"date_trunc", "(varchar(x), time(p)" TZ ") -> time(p)" TZ, date_trunc, 0, TRUNC},
    {"date_trunc", "(varchar(x), timestamp(p)) -> timestamp(p)", date_trunc, 0, TRUNC},
    {"date_trunc", "(varchar(x), timestamp(p)" TZ ") -> timestamp(p)" TZ, date_trunc, 0, TRUNC},
    {"date_add", "(varchar(x), bigint, date) -> date", date_add, 0, ADD "date to the given date"},
    {"date_add", "(varchar(x), bigint, time(p)) -> time(p)", date_add, 0,
     ADD "time to the given time"},
    {"date_add", "(varchar(x), bigint, time(p)" TZ ") -> time(p)" TZ, date_add, 0,
     ADD "time to the given time"},
    {"date_add", "(varchar(x), bigint, timestamp(p)) -> timestamp(p)", date_add, 0,
     ADD "time to the given timestamp"},
    {"date_add", "(varchar(x), bigint, timestamp(p)" TZ ") -> timestamp(p)" TZ, date_add, 0,
     ADD "time to the given timestamp"},
    {"date_diff", "(varchar(x), date, date) -> bigint", date_diff, 0,
     DIFF "dates in the given unit"},
    {"date_diff", "(varchar(x), time(p), time(p)) -> bigint", date_diff, 0,
     DIFF "times in the given unit"},
    {"date_diff", "(varchar(x), time(p)" TZ ", time(p)" TZ ") -> bigint", date_diff, 0,
     DIFF "times in the given unit"},
    {"date_diff", "(varchar(x), timestamp(p), timestamp(p)) -> bigint", date_diff, 0,
     DIFF "times in the given unit"},
    {"date_diff", "(varchar(x), timestamp(p)" TZ ", timestamp(p)" TZ ") -> bigint", date_diff, 0,
     DIFF "times in the given unit"},
    {NULL},
};
