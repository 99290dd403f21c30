/*
 * count, count_if, sum, avg: the aggregates that add.
 *
 * Sums of bigint and intervals are checked at every step, as the reference does; decimals add in
 * 128 bits.
 */
#include "base/int128.h"
#include "function/function.h"

static Status sum_overflow(Context *cx, __int128 sum, __int128 value) {
    if (sum > INT64_MAX || sum < INT64_MIN || value > INT64_MAX || value < INT64_MIN) {
        return FAIL(cx, NUMERIC_VALUE_OUT_OF_RANGE, "Decimal overflow");
    }
    return FAIL(cx, NUMERIC_VALUE_OUT_OF_RANGE, "bigint addition overflow: %lld + %lld",
                (long long)sum, (long long)value);
}

static inline bool add_float(double *sum, double value) {
    *sum += value;
    return false;
}

#define NAME bigint
#define T int64_t
#define ACCUMULATOR int64_t
#define ADD(sum, value) __builtin_add_overflow(sum, value, &(sum))
#include "function/aggregate/sum.inc.h"

#define NAME interval_month
#define T int32_t
#define ACCUMULATOR int64_t
#define ADD(sum, value) __builtin_add_overflow(sum, value, &(sum))
#include "function/aggregate/sum.inc.h"

#define NAME short_decimal
#define T int64_t
#define ACCUMULATOR int128_t
#define ADD(sum, value) __builtin_add_overflow(sum, value, &(sum))
#include "function/aggregate/sum.inc.h"

#define NAME long_decimal
#define T int128_t
#define ACCUMULATOR int128_t
#define ADD(sum, value) __builtin_add_overflow(sum, value, &(sum))
#include "function/aggregate/sum.inc.h"

#define NAME double
#define T double
#define ACCUMULATOR double
#define ADD(sum, value) add_float(&(sum), value)
#include "function/aggregate/sum.inc.h"

#define NAME real
#define T float
#define ACCUMULATOR double
#define ADD(sum, value) add_float(&(sum), value)
#include "function/aggregate/sum.inc.h"

#define NAME bigint_as_double
#define T int64_t
#define ACCUMULATOR double
#define ADD(sum, value) add_float(&(sum), (double)(value))
#include "function/aggregate/sum.inc.h"

/* ---- sums' results ---- */

static Status output_sum_bigint(AggregateCall *call, StateRows states, int32_t count,
                                Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const SumState_bigint *state = (const SumState_bigint *)(states.states[i] + states.offset);
        if (state->count == 0) {
            vector_set_null(result, i);
        }
        VECTOR_DATA(result, int64_t)[i] = state->sum;
    }
    return OK;
}

static Status output_sum_month(AggregateCall *call, StateRows states, int32_t count,
                               Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const SumState_interval_month *state =
            (const SumState_interval_month *)(states.states[i] + states.offset);
        if (state->count == 0) {
            vector_set_null(result, i);
        } else if (state->sum > INT32_MAX || state->sum < INT32_MIN) {
            return FAIL(call->cx, NUMERIC_VALUE_OUT_OF_RANGE, "integer addition overflow");
        }
        VECTOR_DATA(result, int32_t)[i] = (int32_t)state->sum;
    }
    return OK;
}

static Status output_sum_decimal(AggregateCall *call, StateRows states, int32_t count,
                                 Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const SumState_long_decimal *state =
            (const SumState_long_decimal *)(states.states[i] + states.offset);
        if (state->count == 0) {
            vector_set_null(result, i);
        } else if (!int128_fits_precision(state->sum, 38)) {
            return FAIL(call->cx, NUMERIC_VALUE_OUT_OF_RANGE, "Decimal overflow");
        }
        VECTOR_DATA(result, int128_t)[i] = state->sum;
    }
    return OK;
}

static Status output_sum_double(AggregateCall *call, StateRows states, int32_t count,
                                Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const SumState_double *state = (const SumState_double *)(states.states[i] + states.offset);
        if (state->count == 0) {
            vector_set_null(result, i);
        }
        VECTOR_DATA(result, double)[i] = state->sum;
    }
    return OK;
}

static Status output_sum_real(AggregateCall *call, StateRows states, int32_t count,
                              Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const SumState_real *state = (const SumState_real *)(states.states[i] + states.offset);
        if (state->count == 0) {
            vector_set_null(result, i);
        }
        VECTOR_DATA(result, float)[i] = (float)state->sum;
    }
    return OK;
}

/* ---- averages ---- */

static Status output_avg_double(AggregateCall *call, StateRows states, int32_t count,
                                Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const SumState_double *state = (const SumState_double *)(states.states[i] + states.offset);
        if (state->count == 0) {
            vector_set_null(result, i);
        }
        VECTOR_DATA(result, double)[i] = state->sum / (double)(state->count > 0 ? state->count : 1);
    }
    return OK;
}

static Status output_avg_real(AggregateCall *call, StateRows states, int32_t count,
                              Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const SumState_real *state = (const SumState_real *)(states.states[i] + states.offset);
        if (state->count == 0) {
            vector_set_null(result, i);
        }
        VECTOR_DATA(result, float)
        [i] = (float)(state->sum / (double)(state->count > 0 ? state->count : 1));
    }
    return OK;
}

/* sum / count rounded half up. */
static int128_t divide_rounded(int128_t sum, int64_t count) {
    int128_t quotient = sum / count, rest = sum % count;
    if (int128_magnitude(rest) * 2 >= (uint128_t)count) {
        quotient += sum < 0 ? -1 : 1;
    }
    return quotient;
}

static Status output_avg_decimal(AggregateCall *call, StateRows states, int32_t count,
                                 Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const SumState_long_decimal *state =
            (const SumState_long_decimal *)(states.states[i] + states.offset);
        int128_t average = state->count > 0 ? divide_rounded(state->sum, state->count) : 0;
        if (state->count == 0) {
            vector_set_null(result, i);
        }
        if (result->type->layout == LAYOUT_LONG) {
            VECTOR_DATA(result, int64_t)[i] = (int64_t)average;
        } else {
            VECTOR_DATA(result, int128_t)[i] = average;
        }
    }
    return OK;
}

static Status output_avg_interval(AggregateCall *call, StateRows states, int32_t count,
                                  Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const SumState_bigint *state = (const SumState_bigint *)(states.states[i] + states.offset);
        int64_t average = state->count > 0 ? (int64_t)divide_rounded(state->sum, state->count) : 0;
        if (state->count == 0) {
            vector_set_null(result, i);
        }
        if (result->type->layout == LAYOUT_LONG) {
            VECTOR_DATA(result, int64_t)[i] = average;
        } else {
            VECTOR_DATA(result, int32_t)[i] = (int32_t)average;
        }
    }
    return OK;
}

/* Decimals come in two layouts under one signature. */
static Status add_decimal(AggregateCall *call, StateRows states, const int32_t *rows,
                          int32_t count) {
    return call->arguments[0]->type->layout == LAYOUT_LONG
               ? add_short_decimal(call, states, rows, count)
               : add_long_decimal(call, states, rows, count);
}

static Status add_single_decimal(AggregateCall *call, void *state, const int32_t *rows,
                                 int32_t count) {
    return call->arguments[0]->type->layout == LAYOUT_LONG
               ? add_single_short_decimal(call, state, rows, count)
               : add_single_long_decimal(call, state, rows, count);
}

/* ---- counts ---- */

static Status add_count(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        ++*(int64_t *)(states.states[i] + states.offset);
    }
    return OK;
}

static Status add_single_count(AggregateCall *call, void *state, const int32_t *rows,
                               int32_t count) {
    *(int64_t *)state += count;
    return OK;
}

static Status add_count_if(AggregateCall *call, StateRows states, const int32_t *rows,
                           int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    for (int32_t i = 0; i < count; i++) {
        *(int64_t *)(states.states[i] + states.offset) +=
            VIEW_VALUE(&view, uint8_t, rows != NULL ? rows[i] : i) != 0;
    }
    return OK;
}

static Status combine_count(AggregateCall *call, StateRows targets, StateRows sources,
                            int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        *(int64_t *)(targets.states[i] + targets.offset) +=
            *(const int64_t *)(sources.states[i] + sources.offset);
    }
    return OK;
}

static Status output_count(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        VECTOR_DATA(result, int64_t)[i] = *(const int64_t *)(states.states[i] + states.offset);
    }
    return OK;
}

#define ADDING(name_, signature_, kernel, output_, state)                                          \
    {                                                                                              \
        .name = name_, .signature = signature_, .description = "",                                 \
        .state_size = sizeof(SumState_##state), .add = add_##kernel,                               \
        .add_single = add_single_##kernel, .combine = combine_##state, .output = output_           \
    }

const AggregateFunction sum_aggregates[] = {
    {.name = "count",
     .signature = "() -> bigint",
     .description = "",
     .state_size = sizeof(int64_t),
     .add = add_count,
     .add_single = add_single_count,
     .combine = combine_count,
     .output = output_count},
    {.name = "count",
     .signature = "<T>(T) -> bigint",
     .description = "Counts the non-null values",
     .state_size = sizeof(int64_t),
     .add = add_count,
     .add_single = add_single_count,
     .combine = combine_count,
     .output = output_count},
    {.name = "count_if",
     .signature = "(boolean) -> bigint",
     .description = "",
     .state_size = sizeof(int64_t),
     .add = add_count_if,
     .combine = combine_count,
     .output = output_count},
    ADDING("sum", "(bigint) -> bigint", bigint, output_sum_bigint, bigint),
    ADDING("sum", "(double) -> double", double, output_sum_double, double),
    ADDING("sum", "(real) -> real", real, output_sum_real, real),
    ADDING("sum", "(decimal(p,s)) -> decimal(38,s)", decimal, output_sum_decimal, long_decimal),
    ADDING("sum", "(interval day to second) -> interval day to second", bigint, output_sum_bigint,
           bigint),
    ADDING("sum", "(interval year to month) -> interval year to month", interval_month,
           output_sum_month, interval_month),
    ADDING("avg", "(bigint) -> double", bigint_as_double, output_avg_double, bigint_as_double),
    ADDING("avg", "(double) -> double", double, output_avg_double, double),
    ADDING("avg", "(real) -> real", real, output_avg_real, real),
    ADDING("avg", "(decimal(p,s)) -> decimal(p,s)", decimal, output_avg_decimal, long_decimal),
    ADDING("avg", "(interval day to second) -> interval day to second", bigint, output_avg_interval,
           bigint),
    ADDING("avg", "(interval year to month) -> interval year to month", interval_month,
           output_avg_interval, interval_month),
    {.name = NULL},
};
