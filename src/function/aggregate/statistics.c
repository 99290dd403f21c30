/*
 * variance, stddev, skewness, kurtosis, geometric_mean: moments of one column, updated a value at a
 * time around the running mean (Welford; Pébay for the higher moments), so that neither order nor
 * magnitude costs digits.
 */
#include <math.h>

#include "function/function.h"

static inline double number_at(const VectorView *view, bool is_bigint, int32_t row) {
    return is_bigint ? (double)VIEW_VALUE(view, int64_t, row) : VIEW_VALUE(view, double, row);
}

static bool is_bigint(const AggregateCall *call) {
    return call->arguments[0]->type->kind == TYPE_BIGINT;
}

/* ---- variance and standard deviation ---- */

typedef struct VarianceState {
    int64_t count;
    double mean, m2;
} VarianceState;

typedef enum VarianceKind { VAR_SAMP, VAR_POP, STDDEV_SAMP, STDDEV_POP } VarianceKind;

static inline void add_to_variance(VarianceState *state, double value) {
    state->count++;
    double delta = value - state->mean;
    state->mean += delta / (double)state->count;
    state->m2 += delta * (value - state->mean);
}

static Status add_variance(AggregateCall *call, StateRows states, const int32_t *rows,
                           int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    bool bigint = is_bigint(call);
    for (int32_t i = 0; i < count; i++) {
        add_to_variance((VarianceState *)(void *)(states.states[i] + states.offset),
                        number_at(&view, bigint, rows != NULL ? rows[i] : i));
    }
    return OK;
}

static Status add_single_variance(AggregateCall *call, void *opaque, const int32_t *rows,
                                  int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    bool bigint = is_bigint(call);
    VarianceState state = *(const VarianceState *)opaque;
    for (int32_t i = 0; i < count; i++) {
        add_to_variance(&state, number_at(&view, bigint, rows != NULL ? rows[i] : i));
    }
    *(VarianceState *)opaque = state;
    return OK;
}

static Status combine_variance(AggregateCall *call, StateRows targets, StateRows sources,
                               int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        VarianceState *a = (VarianceState *)(void *)(targets.states[i] + targets.offset);
        const VarianceState *b =
            (const VarianceState *)(const void *)(sources.states[i] + sources.offset);
        if (b->count == 0) {
            continue;
        }
        double n_a = (double)a->count, n_b = (double)b->count, n = n_a + n_b;
        double delta = a->mean - b->mean;
        a->m2 += b->m2 + delta * delta * n_a * n_b / n;
        a->mean = (n_a * a->mean + n_b * b->mean) / n;
        a->count += b->count;
    }
    return OK;
}

static Status output_variance(AggregateCall *call, StateRows states, int32_t count,
                              Vector *result) {
    VarianceKind kind = (VarianceKind)(intptr_t)call->function->aggregate->data;
    bool is_sample = kind == VAR_SAMP || kind == STDDEV_SAMP;
    for (int32_t i = 0; i < count; i++) {
        const VarianceState *state =
            (const VarianceState *)(const void *)(states.states[i] + states.offset);
        if (state->count < 1 + is_sample) {
            vector_set_null(result, i);
            continue;
        }
        double variance = state->m2 / (double)(state->count - is_sample);
        VECTOR_DATA(result, double)
        [i] = kind == STDDEV_SAMP || kind == STDDEV_POP ? sqrt(variance) : variance;
    }
    return OK;
}

/* ---- skewness and kurtosis ---- */

typedef struct MomentsState {
    int64_t count;
    double m1, m2, m3, m4;
} MomentsState;

typedef enum MomentsKind { SKEWNESS, KURTOSIS } MomentsKind;

static inline void add_to_moments(MomentsState *state, double value) {
    double n1 = (double)state->count, n = n1 + 1;
    double m2 = state->m2, m3 = state->m3;
    double delta = value - state->m1;
    double delta_n = delta / n;
    double delta_n2 = delta_n * delta_n;
    double dm2 = delta * delta_n * n1;
    state->count++;
    state->m1 += delta_n;
    state->m2 += dm2;
    state->m3 += dm2 * delta_n * (n - 2) - 3 * delta_n * m2;
    state->m4 += dm2 * delta_n2 * (n * n - 3 * n + 3) + 6 * delta_n2 * m2 - 4 * delta_n * m3;
}

static Status add_moments(AggregateCall *call, StateRows states, const int32_t *rows,
                          int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    bool bigint = is_bigint(call);
    for (int32_t i = 0; i < count; i++) {
        add_to_moments((MomentsState *)(void *)(states.states[i] + states.offset),
                       number_at(&view, bigint, rows != NULL ? rows[i] : i));
    }
    return OK;
}

static void combine_two_moments(MomentsState *a, const MomentsState *b) {
    double n_a = (double)a->count, n_b = (double)b->count, n = n_a + n_b;
    double delta = b->m1 - a->m1, delta2 = delta * delta;
    double m2 = a->m2 + b->m2 + delta2 * n_a * n_b / n;
    double m3 = a->m3 + b->m3 + delta2 * delta * n_a * n_b * (n_a - n_b) / (n * n) +
                3 * delta * (n_a * b->m2 - n_b * a->m2) / n;
    double m4 = a->m4 + b->m4 +
                delta2 * delta2 * n_a * n_b * (n_a * n_a - n_a * n_b + n_b * n_b) / (n * n * n) +
                6 * delta2 * (n_a * n_a * b->m2 + n_b * n_b * a->m2) / (n * n) +
                4 * delta * (n_a * b->m3 - n_b * a->m3) / n;
    *a = (MomentsState){.count = a->count + b->count,
                        .m1 = (n_a * a->m1 + n_b * b->m1) / n,
                        .m2 = m2,
                        .m3 = m3,
                        .m4 = m4};
}

static Status combine_moments(AggregateCall *call, StateRows targets, StateRows sources,
                              int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const MomentsState *source =
            (const MomentsState *)(const void *)(sources.states[i] + sources.offset);
        if (source->count > 0) {
            combine_two_moments((MomentsState *)(void *)(targets.states[i] + targets.offset),
                                source);
        }
    }
    return OK;
}

static double kurtosis_of(const MomentsState *state) {
    double n = (double)state->count, rest = (n - 2) * (n - 3);
    return (n - 1) * n * (n + 1) / rest * state->m4 / (state->m2 * state->m2) -
           3 * ((n - 1) * (n - 1)) / rest;
}

static Status output_moments(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    bool is_kurtosis = (MomentsKind)(intptr_t)call->function->aggregate->data == KURTOSIS;
    for (int32_t i = 0; i < count; i++) {
        const MomentsState *state =
            (const MomentsState *)(const void *)(states.states[i] + states.offset);
        if (state->count < (is_kurtosis ? 4 : 3)) {
            vector_set_null(result, i);
        } else if (is_kurtosis) {
            VECTOR_DATA(result, double)[i] = kurtosis_of(state);
        } else {
            VECTOR_DATA(result, double)
            [i] = sqrt((double)state->count) * state->m3 / pow(state->m2, 1.5);
        }
    }
    return OK;
}

/* ---- geometric mean ---- */

typedef struct GeometricState {
    double log_sum;
    int64_t count;
} GeometricState;

static Status add_geometric(AggregateCall *call, StateRows states, const int32_t *rows,
                            int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    TypeKind kind = call->arguments[0]->type->kind;
    for (int32_t i = 0; i < count; i++) {
        GeometricState *state = (GeometricState *)(void *)(states.states[i] + states.offset);
        int32_t row = rows != NULL ? rows[i] : i;
        double value = kind == TYPE_REAL ? (double)VIEW_VALUE(&view, float, row)
                                         : number_at(&view, kind == TYPE_BIGINT, row);
        state->log_sum += log(value);
        state->count++;
    }
    return OK;
}

static Status combine_geometric(AggregateCall *call, StateRows targets, StateRows sources,
                                int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        GeometricState *target = (GeometricState *)(void *)(targets.states[i] + targets.offset);
        const GeometricState *source =
            (const GeometricState *)(const void *)(sources.states[i] + sources.offset);
        target->log_sum += source->log_sum;
        target->count += source->count;
    }
    return OK;
}

static Status output_geometric(AggregateCall *call, StateRows states, int32_t count,
                               Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const GeometricState *state =
            (const GeometricState *)(const void *)(states.states[i] + states.offset);
        if (state->count == 0) {
            vector_set_null(result, i);
            continue;
        }
        double mean = exp(state->log_sum / (double)state->count);
        if (result->type->kind == TYPE_REAL) {
            VECTOR_DATA(result, float)[i] = (float)mean;
        } else {
            VECTOR_DATA(result, double)[i] = mean;
        }
    }
    return OK;
}

#define STATISTIC(name_, signature_, description_, family, State, kind)                            \
    .name = name_, .signature = signature_, .description = description_,                           \
    .state_size = sizeof(State), .add = add_##family, .combine = combine_##family,                 \
    .output = output_##family, .data = (const void *)(intptr_t)(kind)
#define VARIANCE(name, description, kind)                                                          \
    {STATISTIC(name, "(bigint) -> double", description, variance, VarianceState, kind),            \
     .add_single = add_single_variance},                                                           \
    {                                                                                              \
        STATISTIC(name, "(double) -> double", description, variance, VarianceState, kind),         \
            .add_single = add_single_variance                                                      \
    }
#define MOMENTS(name, description, kind)                                                           \
    {STATISTIC(name, "(bigint) -> double", description, moments, MomentsState, kind)}, {           \
        STATISTIC(name, "(double) -> double", description, moments, MomentsState, kind)            \
    }
#define GEOMETRIC(signature)                                                                       \
    {                                                                                              \
        STATISTIC("geometric_mean", signature, "Calculate geometric mean", geometric,              \
                  GeometricState, 0)                                                               \
    }

const AggregateFunction statistics_aggregates[] = {
    VARIANCE("variance", "Returns the sample variance of the argument", VAR_SAMP),
    VARIANCE("var_samp", "Returns the sample variance of the argument", VAR_SAMP),
    VARIANCE("var_pop", "Returns the population variance of the argument", VAR_POP),
    VARIANCE("stddev", "Returns the sample standard deviation of the argument", STDDEV_SAMP),
    VARIANCE("stddev_samp", "Returns the sample standard deviation of the argument", STDDEV_SAMP),
    VARIANCE("stddev_pop", "Returns the population standard deviation of the argument", STDDEV_POP),
    MOMENTS("skewness", "Returns the skewness of the argument", SKEWNESS),
    MOMENTS("kurtosis", "Returns the (excess) kurtosis of the argument", KURTOSIS),
    GEOMETRIC("(bigint) -> double"),
    GEOMETRIC("(double) -> double"),
    GEOMETRIC("(real) -> real"),
    {.name = NULL},
};
