/*
 * corr, covar_pop, covar_samp, regr_slope, regr_intercept: moments of two columns around their
 * running means. The first argument is y, the dependent value; the second is x.
 */
#include <math.h>

#include "function/function.h"

typedef struct RegressionState {
    int64_t count;
    double mean_x, mean_y;
    double c2;         /* sum of (x - mean x)(y - mean y) */
    double m2_x, m2_y; /* sums of squared differences from the means */
} RegressionState;

typedef enum RegressionKind {
    CORR,
    COVAR_POP,
    COVAR_SAMP,
    REGR_SLOPE,
    REGR_INTERCEPT
} RegressionKind;

static inline void add_pair(RegressionState *state, double y, double x) {
    state->count++;
    double n = (double)state->count;
    double delta_x = x - state->mean_x, delta_y = y - state->mean_y;
    state->mean_x += delta_x / n;
    state->mean_y += delta_y / n;
    state->c2 += delta_x * (y - state->mean_y);
    state->m2_x += delta_x * (x - state->mean_x);
    state->m2_y += delta_y * (y - state->mean_y);
}

static Status add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    VectorView y = vector_view(call->arguments[0]), x = vector_view(call->arguments[1]);
    bool is_real = call->arguments[0]->type->kind == TYPE_REAL;
    for (int32_t i = 0; i < count; i++) {
        RegressionState *state = (RegressionState *)(void *)(states.states[i] + states.offset);
        int32_t row = rows != NULL ? rows[i] : i;
        if (is_real) {
            add_pair(state, VIEW_VALUE(&y, float, row), VIEW_VALUE(&x, float, row));
        } else {
            add_pair(state, VIEW_VALUE(&y, double, row), VIEW_VALUE(&x, double, row));
        }
    }
    return OK;
}

static void combine_two(RegressionState *a, const RegressionState *b) {
    double n_a = (double)a->count, n_b = (double)b->count, n = n_a + n_b;
    double delta_x = b->mean_x - a->mean_x, delta_y = b->mean_y - a->mean_y;
    double weight = n_a * n_b / n;
    a->c2 += b->c2 + delta_x * delta_y * weight;
    a->m2_x += b->m2_x + delta_x * delta_x * weight;
    a->m2_y += b->m2_y + delta_y * delta_y * weight;
    a->mean_x += delta_x * n_b / n;
    a->mean_y += delta_y * n_b / n;
    a->count += b->count;
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const RegressionState *source =
            (const RegressionState *)(const void *)(sources.states[i] + sources.offset);
        if (source->count > 0) {
            combine_two((RegressionState *)(void *)(targets.states[i] + targets.offset), source);
        }
    }
    return OK;
}

/* NaN stands for NULL: no result of these is a NaN otherwise. */
static double result_of(const RegressionState *state, RegressionKind kind) {
    double n = (double)state->count, slope = state->c2 / state->m2_x;
    switch (kind) {
    case CORR:
        return state->c2 / sqrt(state->m2_x) / sqrt(state->m2_y);
    case COVAR_POP:
        return state->c2 / n;
    case COVAR_SAMP:
        return state->c2 / (n - 1);
    case REGR_SLOPE:
        return slope;
    case REGR_INTERCEPT:
        return state->mean_y - slope * state->mean_x;
    }
    return NAN;
}

static Status output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    RegressionKind kind = (RegressionKind)(intptr_t)call->function->aggregate->data;
    bool is_covariance = kind == COVAR_POP || kind == COVAR_SAMP;
    for (int32_t i = 0; i < count; i++) {
        const RegressionState *state =
            (const RegressionState *)(const void *)(states.states[i] + states.offset);
        double value = result_of(state, kind);
        bool is_null = state->count < 1 + (kind == COVAR_SAMP);
        if (is_null || (!is_covariance && !isfinite(value))) {
            vector_set_null(result, i);
        } else if (result->type->kind == TYPE_REAL) {
            VECTOR_DATA(result, float)[i] = (float)value;
        } else {
            VECTOR_DATA(result, double)[i] = value;
        }
    }
    return OK;
}

#define PAIRED(name_, kind, signature_)                                                            \
    {                                                                                              \
        .name = name_, .signature = signature_, .description = "",                                 \
        .state_size = sizeof(RegressionState), .add = add, .combine = combine, .output = output,   \
        .data = (const void *)(intptr_t)(kind)                                                     \
    }
#define REGRESSION(name, kind)                                                                     \
    PAIRED(name, kind, "(double, double) -> double"), PAIRED(name, kind, "(real, real) -> real")

const AggregateFunction regression_aggregates[] = {
    REGRESSION("corr", CORR),
    REGRESSION("covar_pop", COVAR_POP),
    REGRESSION("covar_samp", COVAR_SAMP),
    REGRESSION("regr_slope", REGR_SLOPE),
    REGRESSION("regr_intercept", REGR_INTERCEPT),
    {.name = NULL},
};
