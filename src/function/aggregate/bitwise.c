/* bitwise_and_agg, bitwise_or_agg, bitwise_xor_agg: the bits of all values joined; NULL for none.
 */
#include "function/function.h"

typedef struct BitsState {
    int64_t bits;
    bool present;
} BitsState;

typedef enum BitsKind { BITS_AND, BITS_OR, BITS_XOR } BitsKind;

static inline void join(BitsState *state, BitsKind kind, int64_t value) {
    if (!state->present) {
        state->bits = value;
        state->present = true;
        return;
    }
    state->bits = kind == BITS_AND  ? state->bits & value
                  : kind == BITS_OR ? state->bits | value
                                    : state->bits ^ value;
}

static BitsKind kind_of(const AggregateCall *call) {
    return (BitsKind)(intptr_t)call->function->aggregate->data;
}

static Status add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    BitsKind kind = kind_of(call);
    for (int32_t i = 0; i < count; i++) {
        join((BitsState *)(void *)(states.states[i] + states.offset), kind,
             VIEW_VALUE(&view, int64_t, rows != NULL ? rows[i] : i));
    }
    return OK;
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    BitsKind kind = kind_of(call);
    for (int32_t i = 0; i < count; i++) {
        const BitsState *source =
            (const BitsState *)(const void *)(sources.states[i] + sources.offset);
        if (source->present) {
            join((BitsState *)(void *)(targets.states[i] + targets.offset), kind, source->bits);
        }
    }
    return OK;
}

static Status output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const BitsState *state =
            (const BitsState *)(const void *)(states.states[i] + states.offset);
        if (!state->present) {
            vector_set_null(result, i);
        }
        VECTOR_DATA(result, int64_t)[i] = state->bits;
    }
    return OK;
}

#define BITWISE(name_, kind)                                                                       \
    {                                                                                              \
        .name = name_, .signature = "(bigint) -> bigint", .description = "",                       \
        .state_size = sizeof(BitsState), .add = add, .combine = combine, .output = output,         \
        .duplicate_insensitive = (kind) != BITS_XOR, .data = (const void *)(intptr_t)(kind)        \
    }

const AggregateFunction bitwise_aggregates[] = {
    BITWISE("bitwise_and_agg", BITS_AND),
    BITWISE("bitwise_or_agg", BITS_OR),
    BITWISE("bitwise_xor_agg", BITS_XOR),
    {.name = NULL},
};
