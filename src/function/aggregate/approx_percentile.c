/*
 * approx_percentile: of a t-digest; with an accuracy (deprecated by the reference, but there), of a
 * quantile digest. The last row's percentile counts, but the first row's array of percentiles.
 */
#include <math.h>

#include "base/double_text.h"
#include "function/aggregate/qdigest.h"
#include "function/aggregate/tdigest.h"
#include "function/function.h"

typedef struct PercentileState {
    TDigest digest;
    double percentile;
    double *percentiles; /* NULL: no row yet, or the one above */
    int32_t percentile_count;
} PercentileState;

static PercentileState *state_at(StateRows states, int32_t i) {
    return (PercentileState *)(void *)(states.states[i] + states.offset);
}

static Status check_percentile(Context *cx, double percentile) {
    return percentile >= 0 && percentile <= 1
               ? OK
               : FAIL(cx, INVALID_FUNCTION_ARGUMENT, "Percentile must be between 0 and 1");
}

/* ---- input ---- */

static Status number_at(AggregateCall *call, const VectorView *view, int32_t row,
                        double *ret_number) {
    switch (call->arguments[0]->type->kind) {
    case TYPE_BIGINT: {
        int64_t value = VIEW_VALUE(view, int64_t, row);
        *ret_number = (double)value;
        return *ret_number < 0x1p63 && (int64_t)*ret_number == value
                   ? OK
                   : FAIL(call->cx, INVALID_FUNCTION_ARGUMENT,
                          "no exact double representation for long: %lld", (long long)value);
    }
    case TYPE_REAL:
        *ret_number = VIEW_VALUE(view, float, row);
        break;
    default:
        *ret_number = VIEW_VALUE(view, double, row);
    }
    if (!isfinite(*ret_number)) {
        return FAIL(call->cx, GENERIC_INTERNAL_ERROR,
                    isnan(*ret_number) ? "value is NaN" : "value must be finite");
    }
    return OK;
}

static Status weight_at(AggregateCall *call, const VectorView *view, int32_t row,
                        double *ret_weight) {
    *ret_weight = VIEW_VALUE(view, double, row);
    if (!(*ret_weight >= 1)) {
        char text[DOUBLE_TEXT_MAX];
        double_print(*ret_weight, text);
        return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT, "weight must be >= 1, was %s", text);
    }
    return isfinite(*ret_weight) ? OK
                                 : FAIL(call->cx, GENERIC_INTERNAL_ERROR, "weight must be finite");
}

static Status keep_percentiles(AggregateCall *call, PercentileState *state, int32_t argument,
                               int32_t row) {
    VectorView view = vector_view(call->arguments[argument]);
    if (call->arguments[argument]->type->kind == TYPE_DOUBLE) {
        state->percentile = VIEW_VALUE(&view, double, row);
        return OK;
    }
    if (state->percentiles != NULL) {
        return OK;
    }
    ListEntry entry = VIEW_VALUE(&view, ListEntry, row);
    VectorView elements = vector_view(view.vector->children[0]);
    double *percentiles = arena_alloc(call->arena, (size_t)entry.length * sizeof(double) + 1);
    for (int32_t i = 0; i < entry.length; i++) {
        if (view_is_null(&elements, entry.offset + i)) {
            return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT, "Percentile cannot be null");
        }
        percentiles[i] = VIEW_VALUE(&elements, double, entry.offset + i);
        TRY(check_percentile(call->cx, percentiles[i]));
    }
    state->percentiles = percentiles;
    state->percentile_count = entry.length;
    return OK;
}

static Status add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    VectorView values = vector_view(call->arguments[0]), weights = {0};
    int32_t last = call->argument_count - 1;
    if (last == 2) {
        weights = vector_view(call->arguments[1]);
    }
    for (int32_t i = 0; i < count; i++) {
        PercentileState *state = state_at(states, i);
        int32_t row = rows != NULL ? rows[i] : i;
        double value, weight = 1;
        if (last == 2) {
            TRY(weight_at(call, &weights, row, &weight));
        }
        TRY(number_at(call, &values, row, &value));
        TRY(keep_percentiles(call, state, last, row));
        if (state->digest.compression == 0) {
            tdigest_init(&state->digest, TDIGEST_COMPRESSION);
        }
        tdigest_add(call->arena, &state->digest, value, weight);
    }
    return OK;
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        PercentileState *target = state_at(targets, i);
        const PercentileState *source = state_at(sources, i);
        if (source->digest.count == 0) {
            continue;
        }
        tdigest_merge(call->arena, &target->digest, &source->digest);
        target->percentile = source->percentile;
        target->percentiles = source->percentiles;
        target->percentile_count = source->percentile_count;
    }
    return OK;
}

/* ---- output ---- */

static void put_number(Vector *vector, int32_t row, double value) {
    switch (vector->type->kind) {
    case TYPE_BIGINT:
        VECTOR_DATA(vector, int64_t)[row] = (int64_t)floor(value + 0.5);
        break;
    case TYPE_REAL:
        VECTOR_DATA(vector, float)[row] = (float)value;
        break;
    default:
        VECTOR_DATA(vector, double)[row] = value;
    }
}

static Status output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        PercentileState *state = state_at(states, i);
        if (state->digest.count == 0) {
            vector_set_null(result, i);
            continue;
        }
        double value;
        TRY(check_percentile(call->cx, state->percentile));
        tdigest_values_at(&state->digest, &state->percentile, 1, &value);
        put_number(result, i, value);
    }
    return OK;
}

static Status output_array(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    Vector *elements = result->children[0];
    for (int32_t i = 0; i < count; i++) {
        PercentileState *state = state_at(states, i);
        int32_t length = state->percentile_count, start = elements->length;
        VECTOR_DATA(result, ListEntry)[i] = (ListEntry){start, length};
        if (state->digest.count == 0) {
            vector_set_null(result, i);
            continue;
        }
        double *values = arena_alloc(call->cx->arena, (size_t)length * sizeof(double) + 1);
        tdigest_values_at(&state->digest, state->percentiles, length, values);
        vector_resize(elements, start + length);
        for (int32_t j = 0; j < length; j++) {
            put_number(elements, start + j, values[j]);
        }
    }
    return OK;
}

/* ---- with an accuracy ---- */

typedef struct AccurateState {
    QDigest digest;
    double percentile;
} AccurateState;

enum { VALUE, WEIGHT, PERCENTILE, ACCURACY };

static AccurateState *accurate_at(StateRows states, int32_t i) {
    return (AccurateState *)(void *)(states.states[i] + states.offset);
}

static Status begin_accurate(AggregateCall *call, AccurateState *state, int32_t row) {
    VectorView view = vector_view(call->arguments[ACCURACY]);
    double accuracy = VIEW_VALUE(&view, double, row);
    if (!(accuracy > 0 && accuracy < 1)) {
        return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT,
                    "Percentile accuracy must be strictly between 0 and 1");
    }
    qdigest_init(&state->digest, accuracy);
    return OK;
}

static int64_t sortable_at(const VectorView *view, TypeKind kind, int32_t row) {
    return kind == TYPE_BIGINT ? VIEW_VALUE(view, int64_t, row)
           : kind == TYPE_REAL ? qdigest_from_real(VIEW_VALUE(view, float, row))
                               : qdigest_from_double(VIEW_VALUE(view, double, row));
}

static Status add_accurate(AggregateCall *call, StateRows states, const int32_t *rows,
                           int32_t count) {
    VectorView values = vector_view(call->arguments[VALUE]);
    VectorView weights = vector_view(call->arguments[WEIGHT]);
    VectorView percentiles = vector_view(call->arguments[PERCENTILE]);
    TypeKind kind = call->arguments[VALUE]->type->kind;
    for (int32_t i = 0; i < count; i++) {
        AccurateState *state = accurate_at(states, i);
        int32_t row = rows != NULL ? rows[i] : i;
        double weight = VIEW_VALUE(&weights, double, row);
        if (!(weight > 0)) {
            return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT, "percentile weight must be > 0");
        }
        if (state->digest.max_error == 0) {
            TRY(begin_accurate(call, state, row));
        }
        qdigest_add(call->arena, &state->digest, sortable_at(&values, kind, row), weight);
        state->percentile = VIEW_VALUE(&percentiles, double, row);
    }
    return OK;
}

static Status combine_accurate(AggregateCall *call, StateRows targets, StateRows sources,
                               int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        AccurateState *target = accurate_at(targets, i);
        const AccurateState *source = accurate_at(sources, i);
        if (source->digest.max_error == 0) {
            continue;
        }
        if (target->digest.max_error == 0) {
            qdigest_init(&target->digest, source->digest.max_error);
        }
        qdigest_merge(call->arena, &target->digest, &source->digest);
        target->percentile = source->percentile;
    }
    return OK;
}

static Status output_accurate(AggregateCall *call, StateRows states, int32_t count,
                              Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const AccurateState *state = accurate_at(states, i);
        if (state->digest.max_error == 0) {
            vector_set_null(result, i);
            continue;
        }
        TRY(check_percentile(call->cx, state->percentile));
        int64_t value = qdigest_value_at(&state->digest, state->percentile);
        if (result->type->kind == TYPE_BIGINT) {
            VECTOR_DATA(result, int64_t)[i] = value;
        } else {
            put_number(result, i,
                       result->type->kind == TYPE_REAL ? qdigest_to_real(value)
                                                       : qdigest_to_double(value));
        }
    }
    return OK;
}

#define PERCENTILE_OF(signature_, output_)                                                         \
    {                                                                                              \
        .name = "approx_percentile", .signature = signature_, .description = "",                   \
        .state_size = sizeof(PercentileState), .add = add, .combine = combine, .output = output_   \
    }
#define ACCURATE(signature_)                                                                       \
    {                                                                                              \
        .name = "approx_percentile", .signature = signature_,                                      \
        .description = "(DEPRECATED) Use approx_percentile(x, weight, percentile) instead",        \
        .state_size = sizeof(AccurateState), .add = add_accurate, .combine = combine_accurate,     \
        .output = output_accurate                                                                  \
    }

const AggregateFunction percentile_aggregates[] = {
    PERCENTILE_OF("(bigint, double) -> bigint", output),
    PERCENTILE_OF("(bigint, double, double) -> bigint", output),
    PERCENTILE_OF("(bigint, array(double)) -> array(bigint)", output_array),
    PERCENTILE_OF("(bigint, double, array(double)) -> array(bigint)", output_array),
    PERCENTILE_OF("(double, double) -> double", output),
    PERCENTILE_OF("(double, double, double) -> double", output),
    PERCENTILE_OF("(double, array(double)) -> array(double)", output_array),
    PERCENTILE_OF("(double, double, array(double)) -> array(double)", output_array),
    PERCENTILE_OF("(real, double) -> real", output),
    PERCENTILE_OF("(real, double, double) -> real", output),
    PERCENTILE_OF("(real, array(double)) -> array(real)", output_array),
    PERCENTILE_OF("(real, double, array(double)) -> array(real)", output_array),
    ACCURATE("(bigint, double, double, double) -> bigint"),
    ACCURATE("(double, double, double, double) -> double"),
    ACCURATE("(real, double, double, double) -> real"),
    {.name = NULL},
};
