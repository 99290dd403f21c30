/*
 * min, max, any_value, arbitrary, bool_and, bool_or, every: the aggregates that keep one value.
 *
 * Numbers are kept in the state; strings, and everything else, as min_by keeps its values. NaN is
 * kept only when there is nothing else (operators-and-coercions.md, section 4).
 */
#include <math.h>

#include "function/aggregate/value_list.h"
#include "function/aggregate/value_order.h"

typedef __int128 int128_t;

#define LESS(a, b) ((a) < (b))

#define NAME byte
#define T int8_t
#define BETTER(a, b) LESS(a, b)
#include "function/aggregate/min_max.inc.h"

#define NAME short
#define T int16_t
#define BETTER(a, b) LESS(a, b)
#include "function/aggregate/min_max.inc.h"

#define NAME int
#define T int32_t
#define BETTER(a, b) LESS(a, b)
#include "function/aggregate/min_max.inc.h"

#define NAME long
#define T int64_t
#define BETTER(a, b) LESS(a, b)
#include "function/aggregate/min_max.inc.h"

#define NAME wide
#define T int128_t
#define BETTER(a, b) LESS(a, b)
#include "function/aggregate/min_max.inc.h"

/* ---- floating point: templates by hand, because NaN loses to every number on both sides ---- */

typedef struct FloatState {
    double value;
    bool present;
} FloatState;

static inline void keep_float(FloatState *state, double value, bool is_max) {
    if (!state->present || isnan(state->value) ||
        (is_max ? value > state->value : value < state->value)) {
        if (!(state->present && isnan(value))) {
            state->value = value;
            state->present = true;
        }
    }
}

static void keep_floats(const VectorView *view, bool is_double, StateRows states,
                        const int32_t *rows, int32_t count, bool is_max) {
    for (int32_t i = 0; i < count; i++) {
        int32_t row = rows != NULL ? rows[i] : i;
        double value =
            is_double ? VIEW_VALUE(view, double, row) : (double)VIEW_VALUE(view, float, row);
        keep_float((FloatState *)(states.states[i] + states.offset), value, is_max);
    }
}

static void combine_floats(StateRows targets, StateRows sources, int32_t count, bool is_max) {
    for (int32_t i = 0; i < count; i++) {
        const FloatState *source = (const FloatState *)(sources.states[i] + sources.offset);
        if (source->present) {
            keep_float((FloatState *)(targets.states[i] + targets.offset), source->value, is_max);
        }
    }
}

static void output_floats(StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const FloatState *state = (const FloatState *)(states.states[i] + states.offset);
        if (!state->present) {
            vector_set_null(result, i);
        }
        if (result->type->kind == TYPE_DOUBLE) {
            VECTOR_DATA(result, double)[i] = state->value;
        } else {
            VECTOR_DATA(result, float)[i] = (float)state->value;
        }
    }
}

/* ---- everything else: kept as min_by keeps its values ---- */

static void keep_values(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count,
                        bool is_max) {
    const Vector *values = call->arguments[0];
    VectorView view = vector_view(values);
    ValueClass class = value_class_of(values->type);
    for (int32_t i = 0; i < count; i++) {
        KeptValue *kept = (KeptValue *)(void *)(states.states[i] + states.offset);
        int32_t row = rows != NULL ? rows[i] : i;
        if (kept_value_loses(kept, class, values, &view, row, is_max)) {
            kept_value_set(call->arena, kept, values, row);
        }
    }
}

static void combine_values(AggregateCall *call, StateRows targets, StateRows sources, int32_t count,
                           bool is_max) {
    const Type *type = call->function->return_type;
    ValueClass class = value_class_of(type);
    for (int32_t i = 0; i < count; i++) {
        KeptValue *target = (KeptValue *)(void *)(targets.states[i] + targets.offset);
        const KeptValue *source =
            (const KeptValue *)(const void *)(sources.states[i] + sources.offset);
        if (!source->present) {
            continue;
        }
        Vector scratch;
        const Vector *value = kept_value_vector(source, type, &scratch);
        VectorView view = vector_view(value);
        if (kept_value_loses(target, class, value, &view, 0, is_max)) {
            kept_value_share(target, source);
        }
    }
}

static void output_values(StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        kept_value_write((const KeptValue *)(const void *)(states.states[i] + states.offset),
                         result, i);
    }
}

/* ---- choosing by type ---- */

typedef enum BestKind {
    BEST_BYTE,
    BEST_SHORT,
    BEST_INT,
    BEST_LONG,
    BEST_WIDE,
    BEST_FLOAT,
    BEST_VALUE
} BestKind;

static BestKind kind_of(const Type *type) {
    switch (type->kind) {
    case TYPE_BOOLEAN:
    case TYPE_TINYINT:
        return BEST_BYTE;
    case TYPE_SMALLINT:
        return BEST_SHORT;
    case TYPE_INTEGER:
    case TYPE_DATE:
    case TYPE_INTERVAL_YEAR_MONTH:
        return BEST_INT;
    case TYPE_BIGINT:
    case TYPE_TIME:
    case TYPE_INTERVAL_DAY_SECOND:
        return BEST_LONG;
    case TYPE_DECIMAL:
        return type->layout == LAYOUT_LONG ? BEST_LONG : BEST_WIDE;
    case TYPE_TIMESTAMP:
        return type->layout == LAYOUT_LONG ? BEST_LONG : BEST_VALUE;
    case TYPE_REAL:
    case TYPE_DOUBLE:
        return BEST_FLOAT;
    default:
        return BEST_VALUE;
    }
}

static Status keep_best(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count,
                        bool is_max) {
    const Type *type = call->arguments[0]->type;
    VectorView view = vector_view(call->arguments[0]);
    switch (kind_of(type)) {
    case BEST_BYTE:
        keep_byte(&view, states, rows, count, is_max);
        break;
    case BEST_SHORT:
        keep_short(&view, states, rows, count, is_max);
        break;
    case BEST_INT:
        keep_int(&view, states, rows, count, is_max);
        break;
    case BEST_LONG:
        keep_long(&view, states, rows, count, is_max);
        break;
    case BEST_WIDE:
        keep_wide(&view, states, rows, count, is_max);
        break;
    case BEST_FLOAT:
        keep_floats(&view, type->kind == TYPE_DOUBLE, states, rows, count, is_max);
        break;
    case BEST_VALUE:
        keep_values(call, states, rows, count, is_max);
        break;
    }
    return OK;
}

static Status combine_best(AggregateCall *call, StateRows targets, StateRows sources, int32_t count,
                           bool is_max) {
    switch (kind_of(call->function->return_type)) {
    case BEST_BYTE:
        combine_byte(targets, sources, count, is_max);
        break;
    case BEST_SHORT:
        combine_short(targets, sources, count, is_max);
        break;
    case BEST_INT:
        combine_int(targets, sources, count, is_max);
        break;
    case BEST_LONG:
        combine_long(targets, sources, count, is_max);
        break;
    case BEST_WIDE:
        combine_wide(targets, sources, count, is_max);
        break;
    case BEST_FLOAT:
        combine_floats(targets, sources, count, is_max);
        break;
    case BEST_VALUE:
        combine_values(call, targets, sources, count, is_max);
        break;
    }
    return OK;
}

static Status output_best(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    switch (kind_of(result->type)) {
    case BEST_BYTE:
        output_byte(states, count, result);
        break;
    case BEST_SHORT:
        output_short(states, count, result);
        break;
    case BEST_INT:
        output_int(states, count, result);
        break;
    case BEST_LONG:
        output_long(states, count, result);
        break;
    case BEST_WIDE:
        output_wide(states, count, result);
        break;
    case BEST_FLOAT:
        output_floats(states, count, result);
        break;
    case BEST_VALUE:
        output_values(states, count, result);
        break;
    }
    return OK;
}

static Status add_min(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    return keep_best(call, states, rows, count, false);
}

static Status combine_min(AggregateCall *call, StateRows targets, StateRows sources,
                          int32_t count) {
    return combine_best(call, targets, sources, count, false);
}

static Status add_max(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    return keep_best(call, states, rows, count, true);
}

static Status combine_max(AggregateCall *call, StateRows targets, StateRows sources,
                          int32_t count) {
    return combine_best(call, targets, sources, count, true);
}

/* ---- any value: the first that comes ---- */

static Status add_any(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        KeptValue *kept = (KeptValue *)(void *)(states.states[i] + states.offset);
        if (!kept->present) {
            kept_value_set(call->arena, kept, call->arguments[0], rows != NULL ? rows[i] : i);
        }
    }
    return OK;
}

static Status combine_any(AggregateCall *call, StateRows targets, StateRows sources,
                          int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        KeptValue *target = (KeptValue *)(void *)(targets.states[i] + targets.offset);
        if (!target->present) {
            kept_value_share(target,
                             (const KeptValue *)(const void *)(sources.states[i] + sources.offset));
        }
    }
    return OK;
}

static Status output_any(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    output_values(states, count, result);
    return OK;
}

#define BEST(name_, direction, description_)                                                       \
    {                                                                                              \
        .name = name_, .signature = "<T:orderable>(T) -> T", .description = description_,          \
        .state_size = sizeof(KeptValue), .add = add_##direction, .combine = combine_##direction,   \
        .output = output_best, .duplicate_insensitive = true                                       \
    }
#define LOGIC(name_, direction)                                                                    \
    {                                                                                              \
        .name = name_, .signature = "(boolean) -> boolean", .description = "",                     \
        .state_size = sizeof(BestState_byte), .add = add_##direction,                              \
        .combine = combine_##direction, .output = output_best, .duplicate_insensitive = true       \
    }
#define ANY(name_)                                                                                 \
    {                                                                                              \
        .name = name_, .signature = "<T>(T) -> T",                                                 \
        .description = "Return an arbitrary non-null input value",                                 \
        .state_size = sizeof(KeptValue), .add = add_any, .combine = combine_any,                   \
        .output = output_any, .duplicate_insensitive = true                                        \
    }

const AggregateFunction min_max_aggregates[] = {
    BEST("min", min, "Returns the minimum value of the argument"),
    BEST("max", max, "Returns the maximum value of the argument"),
    LOGIC("bool_and", min),
    LOGIC("every", min),
    LOGIC("bool_or", max),
    ANY("any_value"),
    ANY("arbitrary"),
    {.name = NULL},
};
