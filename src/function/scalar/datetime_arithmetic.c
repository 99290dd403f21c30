/*
 * + and - between dates, times, timestamps and intervals, and the arithmetic of intervals. Operands
 * of a sum may come in either order; a result always has the precision its signature says.
 */
#include <math.h>

#include "function/scalar/arguments.h"
#include "function/scalar/moment.h"

static int32_t interval_index(const KernelCall *call) {
    TypeKind kind = call->function->argument_types[0]->kind;
    return kind == TYPE_INTERVAL_DAY_SECOND || kind == TYPE_INTERVAL_YEAR_MONTH ? 0 : 1;
}

static bool is_subtraction(const KernelCall *call) {
    return strcmp(call->function->name, "$operator$subtract") == 0;
}

static void fail_range(KernelCall *call, int32_t row, const Moment *moment) {
    if (call->result->type->kind == TYPE_DATE) {
        kernel_fail(call, row, GENERIC_INTERNAL_ERROR, "Value %ld exceeds %s_INT for type date",
                    (long)moment_day(moment), moment->seconds > 0 ? "MAX" : "MIN");
    } else {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "timestamp out of range");
    }
}

/* ---- moments and intervals ---- */

static void add_millis(Moment *moment, int64_t millis, bool zoned) {
    int64_t picos = moment->picos + millis % 1000 * 1000000000;
    int64_t seconds = millis / 1000 + floor_divide(picos, PICOS_PER_SECOND);
    moment->picos = floor_remainder(picos, PICOS_PER_SECOND);
    if (zoned) {
        moment_set_utc(moment, moment->seconds - moment->offset + seconds);
    } else {
        moment->seconds += seconds;
    }
}

static Status add_day_second(KernelCall *call) {
    int32_t interval = interval_index(call);
    const VectorView *operand = &call->arguments[1 - interval];
    const Type *type = call->function->argument_types[1 - interval];
    bool minus = is_subtraction(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t millis = bigint_argument(call, interval, row);
        Moment moment = moment_at(operand, type, row);
        if (type->kind == TYPE_DATE && millis % 86400000 != 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Cannot %s hour, minutes or seconds %s a date", minus ? "subtract" : "add",
                        minus ? "from" : "to");
            continue;
        }
        add_millis(&moment, minus ? -millis : millis, type->kind == TYPE_TIMESTAMP_TZ);
        if (!moment_store(call->result, row, &moment)) {
            fail_range(call, row, &moment);
        }
    }
    return OK;
}

static Status add_year_month(KernelCall *call) {
    int32_t interval = interval_index(call);
    const VectorView *operand = &call->arguments[1 - interval];
    const Type *type = call->function->argument_types[1 - interval];
    int sign = is_subtraction(call) ? -1 : 1;
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t months = (int64_t)KERNEL_ARGUMENT(call, interval, int32_t, row) * sign;
        Moment moment = moment_at(operand, type, row);
        int64_t day = moment_day(&moment);
        int64_t local = moment.seconds + (add_months(day, months) - day) * SECONDS_PER_DAY;
        if (type->kind == TYPE_TIMESTAMP_TZ) {
            moment_set_local(&moment, local);
        } else {
            moment.seconds = local;
        }
        if (!moment_store(call->result, row, &moment)) {
            fail_range(call, row, &moment);
        }
    }
    return OK;
}

/* ---- differences: whole milliseconds, rounded half up ---- */

static Status subtract_moments(KernelCall *call) {
    const Type *type = call->function->argument_types[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        Moment a = moment_at(&call->arguments[0], type, row);
        Moment b = moment_at(&call->arguments[1], type, row);
        int64_t seconds = (a.seconds - a.offset) - (b.seconds - b.offset);
        if (type->kind == TYPE_TIME_TZ) {
            seconds = floor_remainder(a.seconds - a.offset, SECONDS_PER_DAY) -
                      floor_remainder(b.seconds - b.offset, SECONDS_PER_DAY);
        }
        int64_t picos = a.picos - b.picos + 500000000;
        KERNEL_RESULT(call, int64_t)[row] = seconds * 1000 + floor_divide(picos, 1000000000);
    }
    return OK;
}

/* ---- intervals alone ---- */

static int64_t interval_value(const KernelCall *call, int32_t index, int32_t row) {
    return call->function->argument_types[index]->width == 4
               ? KERNEL_ARGUMENT(call, index, int32_t, row)
               : bigint_argument(call, index, row);
}

static void return_interval(KernelCall *call, int32_t row, int64_t value) {
    if (call->result->type->width == 8) {
        KERNEL_RESULT(call, int64_t)[row] = value;
        return;
    }
    if (value != (int32_t)value) {
        kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE, "interval year to month overflow");
        return;
    }
    KERNEL_RESULT(call, int32_t)[row] = (int32_t)value;
}

static Status add_intervals(KernelCall *call) {
    bool minus = is_subtraction(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        uint64_t a = (uint64_t)interval_value(call, 0, row);
        uint64_t b = (uint64_t)interval_value(call, 1, row);
        return_interval(call, row, (int64_t)(minus ? a - b : a + b));
    }
    return OK;
}

/* As Java converts: towards zero, saturating, NaN is 0. */
static int64_t saturated(double value) {
    return isnan(value)       ? 0
           : value >= 0x1p63  ? INT64_MAX
           : value <= -0x1p63 ? INT64_MIN
                              : (int64_t)value;
}

static void return_scaled(KernelCall *call, int32_t row, double value) {
    int64_t whole = saturated(value);
    if (call->result->type->width == 4) {
        whole = whole > INT32_MAX ? INT32_MAX : whole < INT32_MIN ? INT32_MIN : whole;
    }
    return_interval(call, row, whole);
}

static Status multiply_by_double(KernelCall *call) {
    int32_t interval = interval_index(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        double factor = KERNEL_ARGUMENT(call, 1 - interval, double, row);
        return_scaled(call, row, (double)interval_value(call, interval, row) * factor);
    }
    return OK;
}

static Status multiply_by_bigint(KernelCall *call) {
    int32_t interval = interval_index(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        uint64_t factor = (uint64_t)bigint_argument(call, 1 - interval, row);
        return_interval(call, row,
                        (int64_t)((uint64_t)interval_value(call, interval, row) * factor));
    }
    return OK;
}

static Status divide_by_double(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        double divisor = KERNEL_ARGUMENT(call, 1, double, row);
        if (divisor == 0 || isnan(divisor)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Cannot divide by double %s",
                        isnan(divisor)     ? "NaN"
                        : signbit(divisor) ? "-0.0"
                                           : "0.0");
            continue;
        }
        return_scaled(call, row, (double)interval_value(call, 0, row) / divisor);
    }
    return OK;
}

static Status negate_interval(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        return_interval(call, row, (int64_t) - (uint64_t)interval_value(call, 0, row));
    }
    return OK;
}

#define H FUNCTION_HIDDEN
#define DS "interval day to second"
#define YM "interval year to month"
#define TZ " with time zone"
#define ADD "$operator$add"
#define SUBTRACT "$operator$subtract"
#define MULTIPLY "$operator$multiply"
#define LATER "max(3,p)"

/* Listed before decimals and timestamps, as messages about ambiguous calls list them. */
const ScalarFunction interval_functions[] = {
    {ADD, "(" DS ", " DS ") -> " DS, add_intervals, H},
    {ADD, "(" YM ", " YM ") -> " YM, add_intervals, H},
    {ADD, "(date, " YM ") -> date", add_year_month, H},
    {ADD, "(date, " DS ") -> date", add_day_second, H},
    {ADD, "(" DS ", date) -> date", add_day_second, H},
    {ADD, "(" YM ", date) -> date", add_year_month, H},
    {SUBTRACT, "(" DS ", " DS ") -> " DS, add_intervals, H},
    {SUBTRACT, "(" YM ", " YM ") -> " YM, add_intervals, H},
    {SUBTRACT, "(date, " DS ") -> date", add_day_second, H},
    {SUBTRACT, "(date, " YM ") -> date", add_year_month, H},
    {MULTIPLY, "(" DS ", bigint) -> " DS, multiply_by_bigint, H},
    {MULTIPLY, "(" DS ", double) -> " DS, multiply_by_double, H},
    {MULTIPLY, "(bigint, " DS ") -> " DS, multiply_by_bigint, H},
    {MULTIPLY, "(double, " DS ") -> " DS, multiply_by_double, H},
    {MULTIPLY, "(" YM ", bigint) -> " YM, multiply_by_bigint, H},
    {MULTIPLY, "(" YM ", double) -> " YM, multiply_by_double, H},
    {MULTIPLY, "(bigint, " YM ") -> " YM, multiply_by_bigint, H},
    {MULTIPLY, "(double, " YM ") -> " YM, multiply_by_double, H},
    {"$operator$divide", "(" DS ", double) -> " DS, divide_by_double, H},
    {"$operator$divide", "(" YM ", double) -> " YM, divide_by_double, H},
    {"$operator$negation", "(" DS ") -> " DS, negate_interval, H},
    {"$operator$negation", "(" YM ") -> " YM, negate_interval, H},
    {NULL},
};

const ScalarFunction datetime_arithmetic_functions[] = {
    {ADD, "(timestamp(p), " DS ") -> timestamp(" LATER ")", add_day_second, H},
    {ADD, "(" DS ", timestamp(p)) -> timestamp(" LATER ")", add_day_second, H},
    {ADD, "(timestamp(p), " YM ") -> timestamp(p)", add_year_month, H},
    {ADD, "(" YM ", timestamp(p)) -> timestamp(p)", add_year_month, H},
    {ADD, "(timestamp(p)" TZ ", " DS ") -> timestamp(" LATER ")" TZ, add_day_second, H},
    {ADD, "(" DS ", timestamp(p)" TZ ") -> timestamp(" LATER ")" TZ, add_day_second, H},
    {ADD, "(timestamp(p)" TZ ", " YM ") -> timestamp(p)" TZ, add_year_month, H},
    {ADD, "(" YM ", timestamp(p)" TZ ") -> timestamp(p)" TZ, add_year_month, H},
    {ADD, "(time(p), " DS ") -> time(" LATER ")", add_day_second, H},
    {ADD, "(" DS ", time(p)) -> time(" LATER ")", add_day_second, H},
    {ADD, "(time(p)" TZ ", " DS ") -> time(" LATER ")" TZ, add_day_second, H},
    {ADD, "(" DS ", time(p)" TZ ") -> time(" LATER ")" TZ, add_day_second, H},
    {SUBTRACT, "(timestamp(p), " DS ") -> timestamp(" LATER ")", add_day_second, H},
    {SUBTRACT, "(timestamp(p), " YM ") -> timestamp(p)", add_year_month, H},
    {SUBTRACT, "(timestamp(p), timestamp(p)) -> " DS, subtract_moments, H},
    {SUBTRACT, "(timestamp(p)" TZ ", " DS ") -> timestamp(" LATER ")" TZ, add_day_second, H},
    {SUBTRACT, "(timestamp(p)" TZ ", " YM ") -> timestamp(p)" TZ, add_year_month, H},
    {SUBTRACT, "(timestamp(p)" TZ ", timestamp(p)" TZ ") -> " DS, subtract_moments, H},
    {SUBTRACT, "(time(p), time(p)) -> " DS, subtract_moments, H},
    {SUBTRACT, "(time(p), " DS ") -> time(" LATER ")", add_day_second, H},
    {SUBTRACT, "(time(p)" TZ ", " DS ") -> time(" LATER ")" TZ, add_day_second, H},
    {SUBTRACT, "(time(p)" TZ ", time(p)" TZ ") -> " DS, subtract_moments, H},
    {NULL},
};
