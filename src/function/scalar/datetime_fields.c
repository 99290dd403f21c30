/*
 * Fields of dates, times, timestamps and intervals: year, month, ... timezone_minute. EXTRACT is
 * these functions.
 */
#include "base/timezone.h"
#include "function/scalar/arguments.h"
#include "function/scalar/moment.h"

typedef int64_t (*MomentField)(const Moment *moment);

static Status moment_field(KernelCall *call) {
    MomentField field = *(const MomentField *)call->function->scalar->data;
    const Type *type = call->function->argument_types[0];
    int64_t *result = KERNEL_RESULT(call, int64_t);
    KERNEL_FOR_EACH_ROW(call, row) {
        Moment moment = moment_at(&call->arguments[0], type, row);
        result[row] = field(&moment);
    }
    return OK;
}

static int64_t year_of(const Moment *m) {
    return civil_from_days(moment_day(m)).year;
}

static int64_t quarter_of(const Moment *m) {
    return (civil_from_days(moment_day(m)).month + 2) / 3;
}

static int64_t month_of(const Moment *m) {
    return civil_from_days(moment_day(m)).month;
}

static int64_t week_of(const Moment *m) {
    return iso_week(moment_day(m));
}

static int64_t day_of(const Moment *m) {
    return civil_from_days(moment_day(m)).day;
}

static int64_t day_of_week_of(const Moment *m) {
    return day_of_week(moment_day(m));
}

static int64_t day_of_year_of(const Moment *m) {
    return day_of_year(moment_day(m));
}

static int64_t year_of_week_of(const Moment *m) {
    return iso_week_year(moment_day(m));
}

static int64_t hour_of(const Moment *m) {
    return moment_second_of_day(m) / 3600;
}

static int64_t minute_of(const Moment *m) {
    return moment_second_of_day(m) / 60 % 60;
}

static int64_t second_of(const Moment *m) {
    return moment_second_of_day(m) % 60;
}

static int64_t millisecond_of(const Moment *m) {
    return m->picos / 1000000000;
}

static int64_t timezone_hour_of(const Moment *m) {
    return m->offset / 3600;
}

static int64_t timezone_minute_of(const Moment *m) {
    return m->offset / 60 % 60;
}

static const MomentField year_f = year_of, quarter_f = quarter_of, month_f = month_of,
                         week_f = week_of, day_f = day_of, dow_f = day_of_week_of,
                         doy_f = day_of_year_of, yow_f = year_of_week_of, hour_f = hour_of,
                         minute_f = minute_of, second_f = second_of, millisecond_f = millisecond_of,
                         timezone_hour_f = timezone_hour_of, timezone_minute_f = timezone_minute_of;

/* ---- intervals: value / divisor % modulus, keeping the sign ---- */

typedef struct IntervalField {
    int64_t divisor, modulus;
} IntervalField;

static Status interval_field(KernelCall *call) {
    const IntervalField *field = call->function->scalar->data;
    bool months = call->function->argument_types[0]->kind == TYPE_INTERVAL_YEAR_MONTH;
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t value =
            months ? KERNEL_ARGUMENT(call, 0, int32_t, row) : bigint_argument(call, 0, row);
        KERNEL_RESULT(call, int64_t)[row] = value / field->divisor % field->modulus;
    }
    return OK;
}

static const IntervalField interval_year = {12, INT64_MAX}, interval_month = {1, 12},
                           interval_day = {86400000, INT64_MAX}, interval_hour = {3600000, 24},
                           interval_minute = {60000, 60}, interval_second = {1000, 60},
                           interval_millisecond = {1, 1000}, interval_whole = {1, INT64_MAX};

/* ---- names of zones, last day of month ---- */

static Status timezone_of(KernelCall *call) {
    const Type *type = call->function->argument_types[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        Moment moment = moment_at(&call->arguments[0], type, row);
        uint16_t zone = moment.zone;
        if (type->kind == TYPE_TIME_TZ && !timezone_of_offset(moment.offset / 60, &zone)) {
            zone = TIMEZONE_UTC;
        }
        bool is_zero_offset = type->kind == TYPE_TIME_TZ && zone == TIMEZONE_UTC;
        const char *name = is_zero_offset ? "+00:00" : timezone_name(zone);
        return_string(call, row, name, strlen(name));
    }
    return OK;
}

static Status last_day_of_month(KernelCall *call) {
    const Type *type = call->function->argument_types[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        Moment moment = moment_at(&call->arguments[0], type, row);
        CivilDate civil = civil_from_days(moment_day(&moment));
        KERNEL_RESULT(call, int32_t)
        [row] = (int32_t)days_from_civil(civil.year, civil.month,
                                         days_in_month(civil.year, civil.month));
    }
    return OK;
}

#define DENSE FUNCTION_INFALLIBLE_DENSE
#define ALIAS FUNCTION_ALIAS
#define OF_DATE "(date) -> bigint"
#define OF_TIMESTAMP "(timestamp(p)) -> bigint"
#define OF_TIMESTAMP_TZ "(timestamp(p) with time zone) -> bigint"
#define OF_TIME "(time(p)) -> bigint"
#define OF_TIME_TZ "(time(p) with time zone) -> bigint"
#define OF_DAY_SECOND "(interval day to second) -> bigint"
#define OF_YEAR_MONTH "(interval year to month) -> bigint"
#define MF moment_field
#define IF interval_field
#define YEAR "Year of the given "
#define QUARTER "Quarter of the year of the given "
#define MONTH "Month of the year of the given "
#define WEEK "Week of the year of the given "
#define DAY "Day of the month of the given "
#define DOW "Day of the week of the given "
#define DOY "Day of the year of the given "
#define YOW "Year of the ISO week of the given "
#define LAST "Last day of the month of the given "
#define HOUR "Hour of the day of the given "
#define MINUTE "Minute of the hour of the given "
#define SECOND "Second of the minute of the given "
#define MILLI "Millisecond of the second of the given "

const ScalarFunction datetime_field_functions[] = {
    {"year", OF_DATE, MF, DENSE, YEAR "date", NULL, &year_f},
    {"year", OF_TIMESTAMP, MF, 0, YEAR "timestamp", NULL, &year_f},
    {"year", OF_TIMESTAMP_TZ, MF, 0, YEAR "timestamp", NULL, &year_f},
    {"year", OF_YEAR_MONTH, IF, DENSE, YEAR "interval", NULL, &interval_year},
    {"quarter", OF_DATE, MF, DENSE, QUARTER "date", NULL, &quarter_f},
    {"quarter", OF_TIMESTAMP, MF, 0, QUARTER "timestamp", NULL, &quarter_f},
    {"quarter", OF_TIMESTAMP_TZ, MF, 0, QUARTER "timestamp", NULL, &quarter_f},
    {"month", OF_DATE, MF, DENSE, MONTH "date", NULL, &month_f},
    {"month", OF_TIMESTAMP, MF, 0, MONTH "timestamp", NULL, &month_f},
    {"month", OF_TIMESTAMP_TZ, MF, 0, MONTH "timestamp", NULL, &month_f},
    {"month", OF_YEAR_MONTH, IF, DENSE, MONTH "interval", NULL, &interval_month},
    {"week", OF_DATE, MF, DENSE, WEEK "date", NULL, &week_f},
    {"week", OF_TIMESTAMP, MF, 0, WEEK "timestamp", NULL, &week_f},
    {"week", OF_TIMESTAMP_TZ, MF, 0, WEEK "timestamp", NULL, &week_f},
    {"week_of_year", OF_DATE, MF, DENSE | ALIAS, WEEK "date", NULL, &week_f},
    {"week_of_year", OF_TIMESTAMP, MF, ALIAS, WEEK "timestamp", NULL, &week_f},
    {"week_of_year", OF_TIMESTAMP_TZ, MF, ALIAS, WEEK "timestamp", NULL, &week_f},
    {"day", OF_DATE, MF, DENSE, DAY "date", NULL, &day_f},
    {"day", OF_TIMESTAMP, MF, 0, DAY "timestamp", NULL, &day_f},
    {"day", OF_TIMESTAMP_TZ, MF, 0, DAY "timestamp", NULL, &day_f},
    {"day", OF_DAY_SECOND, IF, DENSE, DAY "interval", NULL, &interval_day},
    {"day_of_month", OF_DATE, MF, DENSE | ALIAS, DAY "date", NULL, &day_f},
    {"day_of_month", OF_TIMESTAMP, MF, ALIAS, DAY "timestamp", NULL, &day_f},
    {"day_of_month", OF_TIMESTAMP_TZ, MF, ALIAS, DAY "timestamp", NULL, &day_f},
    {"day_of_month", OF_DAY_SECOND, IF, DENSE | ALIAS, DAY "interval", NULL, &interval_day},
    {"day_of_week", OF_DATE, MF, DENSE, DOW "date", NULL, &dow_f},
    {"day_of_week", OF_TIMESTAMP, MF, 0, DOW "timestamp", NULL, &dow_f},
    {"day_of_week", OF_TIMESTAMP_TZ, MF, 0, DOW "timestamp", NULL, &dow_f},
    {"dow", OF_DATE, MF, DENSE | ALIAS, DOW "date", NULL, &dow_f},
    {"dow", OF_TIMESTAMP, MF, ALIAS, DOW "timestamp", NULL, &dow_f},
    {"dow", OF_TIMESTAMP_TZ, MF, ALIAS, DOW "timestamp", NULL, &dow_f},
    {"day_of_year", OF_DATE, MF, DENSE, DOY "date", NULL, &doy_f},
    {"day_of_year", OF_TIMESTAMP, MF, 0, DOY "timestamp", NULL, &doy_f},
    {"day_of_year", OF_TIMESTAMP_TZ, MF, 0, DOY "timestamp", NULL, &doy_f},
    {"doy", OF_DATE, MF, DENSE | ALIAS, DOY "date", NULL, &doy_f},
    {"doy", OF_TIMESTAMP, MF, ALIAS, DOY "timestamp", NULL, &doy_f},
    {"doy", OF_TIMESTAMP_TZ, MF, ALIAS, DOY "timestamp", NULL, &doy_f},
    {"year_of_week", OF_DATE, MF, DENSE, YOW "date", NULL, &yow_f},
    {"year_of_week", OF_TIMESTAMP, MF, 0, YOW "timestamp", NULL, &yow_f},
    {"year_of_week", OF_TIMESTAMP_TZ, MF, 0, YOW "timestamp", NULL, &yow_f},
    {"yow", OF_DATE, MF, DENSE | ALIAS, YOW "date", NULL, &yow_f},
    {"yow", OF_TIMESTAMP, MF, ALIAS, YOW "timestamp", NULL, &yow_f},
    {"yow", OF_TIMESTAMP_TZ, MF, ALIAS, YOW "timestamp", NULL, &yow_f},
    {"hour", OF_TIMESTAMP, MF, 0, HOUR "timestamp", NULL, &hour_f},
    {"hour", OF_TIMESTAMP_TZ, MF, 0, HOUR "timestamp", NULL, &hour_f},
    {"hour", OF_TIME, MF, 0, HOUR "time", NULL, &hour_f},
    {"hour", OF_TIME_TZ, MF, 0, HOUR "time", NULL, &hour_f},
    {"hour", OF_DAY_SECOND, IF, DENSE, HOUR "interval", NULL, &interval_hour},
    {"minute", OF_TIMESTAMP, MF, 0, MINUTE "timestamp", NULL, &minute_f},
    {"minute", OF_TIMESTAMP_TZ, MF, 0, MINUTE "timestamp", NULL, &minute_f},
    {"minute", OF_TIME, MF, 0, MINUTE "time", NULL, &minute_f},
    {"minute", OF_TIME_TZ, MF, 0, MINUTE "time", NULL, &minute_f},
    {"minute", OF_DAY_SECOND, IF, DENSE, MINUTE "interval", NULL, &interval_minute},
    {"second", OF_TIMESTAMP, MF, 0, SECOND "timestamp", NULL, &second_f},
    {"second", OF_TIMESTAMP_TZ, MF, 0, SECOND "timestamp", NULL, &second_f},
    {"second", OF_TIME, MF, 0, SECOND "time", NULL, &second_f},
    {"second", OF_TIME_TZ, MF, 0, SECOND "time", NULL, &second_f},
    {"second", OF_DAY_SECOND, IF, DENSE, SECOND "interval", NULL, &interval_second},
    {"millisecond", OF_TIMESTAMP, MF, 0, MILLI "timestamp", NULL, &millisecond_f},
    {"millisecond", OF_TIMESTAMP_TZ, MF, 0, MILLI "timestamp", NULL, &millisecond_f},
    {"millisecond", OF_TIME, MF, 0, MILLI "time", NULL, &millisecond_f},
    {"millisecond", OF_TIME_TZ, MF, 0, MILLI "time", NULL, &millisecond_f},
    {"millisecond", OF_DAY_SECOND, IF, DENSE, MILLI "interval", NULL, &interval_millisecond},
    {"to_milliseconds", OF_DAY_SECOND, IF, DENSE, NULL, NULL, &interval_whole},
    {"timezone_hour", OF_TIMESTAMP_TZ, MF, 0, "Time zone hour of the given timestamp", NULL,
     &timezone_hour_f},
    {"timezone_hour", OF_TIME_TZ, MF, 0, "Time zone hour of the given time", NULL,
     &timezone_hour_f},
    {"timezone_minute", OF_TIMESTAMP_TZ, MF, 0, "Time zone minute of the given timestamp", NULL,
     &timezone_minute_f},
    {"timezone_minute", OF_TIME_TZ, MF, 0, "Time zone minute of the given time", NULL,
     &timezone_minute_f},
    {"timezone", "(timestamp(p) with time zone) -> varchar", timezone_of, 0,
     "Time zone of the given timestamp"},
    {"timezone", "(time(p) with time zone) -> varchar", timezone_of, 0,
     "Time zone of the given time"},
    {"last_day_of_month", "(date) -> date", last_day_of_month, 0, LAST "date"},
    {"last_day_of_month", "(timestamp(p)) -> date", last_day_of_month, 0, LAST "timestamp"},
    {"last_day_of_month", "(timestamp(p) with time zone) -> date", last_day_of_month, 0,
     LAST "timestamp"},
    {NULL},
};
