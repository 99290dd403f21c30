/*
 * min_by, max_by: the value that stands beside the least or greatest key. Rows whose key is NULL do
 * not count; NaN is taken only when there is nothing else; of equal keys the first stays.
 */
#include "function/aggregate/value_list.h"
#include "function/aggregate/value_order.h"

typedef struct BesideState {
    KeptValue key, value;
} BesideState;

static bool is_max_of(const AggregateCall *call) {
    return call->function->aggregate->data != NULL;
}

static Status add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    const Vector *keys = call->arguments[1];
    VectorView view = vector_view(keys);
    ValueClass class = value_class_of(keys->type);
    bool is_max = is_max_of(call);
    for (int32_t i = 0; i < count; i++) {
        BesideState *state = (BesideState *)(void *)(states.states[i] + states.offset);
        int32_t row = rows != NULL ? rows[i] : i;
        if (!view_is_null(&view, row) &&
            kept_value_loses(&state->key, class, keys, &view, row, is_max)) {
            kept_value_set(call->arena, &state->key, keys, row);
            kept_value_set(call->arena, &state->value, call->arguments[0], row);
        }
    }
    return OK;
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    const Type *type = call->function->argument_types[1];
    ValueClass class = value_class_of(type);
    bool is_max = is_max_of(call);
    for (int32_t i = 0; i < count; i++) {
        BesideState *target = (BesideState *)(void *)(targets.states[i] + targets.offset);
        const BesideState *source =
            (const BesideState *)(const void *)(sources.states[i] + sources.offset);
        if (!source->key.present) {
            continue;
        }
        Vector scratch;
        const Vector *key = kept_value_vector(&source->key, type, &scratch);
        VectorView view = vector_view(key);
        if (kept_value_loses(&target->key, class, key, &view, 0, is_max)) {
            kept_value_share(&target->key, &source->key);
            kept_value_share(&target->value, &source->value);
        }
    }
    return OK;
}

static Status output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const BesideState *state =
            (const BesideState *)(const void *)(states.states[i] + states.offset);
        kept_value_write(&state->value, result, i);
    }
    return OK;
}

#define BESIDE(name_, is_max, description_)                                                        \
    {                                                                                              \
        .name = name_, .signature = "<V,K:orderable>(V, K) -> V",                                  \
        .flags = FUNCTION_CALLED_WITH_NULL, .description = description_,                           \
        .state_size = sizeof(BesideState), .add = add, .combine = combine, .output = output,       \
        .data = (is_max) ? name_ : NULL                                                            \
    }

const AggregateFunction min_by_aggregates[] = {
    BESIDE("min_by", false,
           "Returns the value of the first argument, associated with the minimum value of the "
           "second argument"),
    BESIDE("max_by", true,
           "Returns the value of the first argument, associated with the maximum value of the "
           "second argument"),
    {.name = NULL},
};
