/*
 * min(x, n), max(x, n), min_by(x, y, n), max_by(x, y, n): the n best, best first.
 *
 * A state collects up to twice what is wanted and then drops the worse half by selecting; values
 * that lose to the n-th best so far are not even collected, so sorted and random input both stay
 * cheap.
 */
#include <stdlib.h>

#include "function/aggregate/value_list.h"
#include "function/aggregate/value_order.h"

enum { WANTED_MAX = 10000 };

typedef struct TopState {
    ValueList keys;
    ValueList values;   /* beside the keys; unused by min and max */
    KeptValue boundary; /* the n-th best when it was last looked for */
    int32_t wanted;     /* 0: no row yet */
} TopState;

/* How the four functions differ. */
typedef struct TopKind {
    bool is_max, has_values;
    const char *argument, *function; /* in messages */
    bool is_integer_in_message;
} TopKind;

static const TopKind top_min = {false, false, "second", "min_n", false};
static const TopKind top_max = {true, false, "second", "max_n", false};
static const TopKind top_min_by = {false, true, "third", "min_by", true};
static const TopKind top_max_by = {true, true, "third", "max_by", true};

typedef struct TopSort {
    const Vector *keys;
    ValueClass class;
    bool is_max;
} TopSort;

static int compare_members(const void *a, const void *b, void *closure) {
    const TopSort *sort = closure;
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    int order = value_order_from(sort->keys, sort->class, x, y, sort->is_max);
    return order != 0 ? order : (x > y) - (x < y);
}

/* The members, best first, in the context's arena. */
static int32_t *sort_members(AggregateCall *call, const TopKind *kind, const TopState *state) {
    const Type *type = call->function->argument_types[kind->has_values];
    int32_t *members =
        arena_alloc(call->cx->arena, (size_t)state->keys.count * sizeof *members + 1);
    for (int32_t i = 0; i < state->keys.count; i++) {
        members[i] = i;
    }
    Vector scratch;
    TopSort sort = {.keys = value_list_vector(&state->keys, type, &scratch),
                    .class = value_class_of(type),
                    .is_max = kind->is_max};
    qsort_r(members, (size_t)state->keys.count, sizeof *members, compare_members, &sort);
    return members;
}

/* The list without all but its first `count` members of an order. */
static void keep_members(Arena *arena, const Type *type, ValueList *list, const int32_t *members,
                         int32_t count) {
    Vector scratch;
    const Vector *values = value_list_vector(list, type, &scratch);
    ValueList kept = {0};
    for (int32_t i = 0; i < count; i++) {
        value_list_append(arena, &kept, values, members[i]);
    }
    *list = kept;
}

static void drop_worse(AggregateCall *call, const TopKind *kind, TopState *state) {
    if (state->keys.count < 2 * state->wanted + 16) {
        return;
    }
    const int32_t *members = sort_members(call, kind, state);
    const Type *key_type = call->function->argument_types[kind->has_values];
    Vector scratch;
    kept_value_set(call->arena, &state->boundary,
                   value_list_vector(&state->keys, key_type, &scratch), members[state->wanted - 1]);
    keep_members(call->arena, key_type, &state->keys, members, state->wanted);
    if (kind->has_values) {
        keep_members(call->arena, call->function->argument_types[0], &state->values, members,
                     state->wanted);
    }
}

static Status begin(AggregateCall *call, const TopKind *kind, TopState *state, int64_t wanted) {
    if (wanted <= 0) {
        return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT, "%s argument of %s must be %s",
                    kind->argument, kind->function,
                    kind->is_integer_in_message ? "a positive integer" : "positive");
    }
    if (wanted > WANTED_MAX) {
        return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT,
                    "%s argument of %s must be less than or equal to %d; found %lld",
                    kind->argument, kind->function, WANTED_MAX, (long long)wanted);
    }
    state->wanted = (int32_t)wanted;
    return OK;
}

static void add_entry(AggregateCall *call, const TopKind *kind, TopState *state, const Vector *keys,
                      const Vector *values, int32_t row) {
    value_list_append(call->arena, &state->keys, keys, row);
    if (kind->has_values) {
        value_list_append(call->arena, &state->values, values, row);
    }
    drop_worse(call, kind, state);
}

static Status add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    const TopKind *kind = call->function->aggregate->data;
    const Vector *keys = call->arguments[kind->has_values];
    VectorView view = vector_view(keys);
    VectorView wanted = vector_view(call->arguments[kind->has_values + 1]);
    ValueClass class = value_class_of(keys->type);
    for (int32_t i = 0; i < count; i++) {
        TopState *state = (TopState *)(void *)(states.states[i] + states.offset);
        int32_t row = rows != NULL ? rows[i] : i;
        if (view_is_null(&view, row) || view_is_null(&wanted, row)) {
            continue;
        }
        if (state->wanted == 0) {
            TRY(begin(call, kind, state, VIEW_VALUE(&wanted, int64_t, row)));
        }
        if (kept_value_loses(&state->boundary, class, keys, &view, row, kind->is_max)) {
            add_entry(call, kind, state, keys, call->arguments[0], row);
        }
    }
    return OK;
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    const TopKind *kind = call->function->aggregate->data;
    const Type *const *types = call->function->argument_types;
    for (int32_t i = 0; i < count; i++) {
        TopState *target = (TopState *)(void *)(targets.states[i] + targets.offset);
        const TopState *source =
            (const TopState *)(const void *)(sources.states[i] + sources.offset);
        target->wanted = target->wanted == 0 ? source->wanted : target->wanted;
        Vector key_scratch, value_scratch;
        const Vector *keys =
            value_list_vector(&source->keys, types[kind->has_values], &key_scratch);
        const Vector *values = value_list_vector(&source->values, types[0], &value_scratch);
        for (int32_t member = 0; member < source->keys.count; member++) {
            add_entry(call, kind, target, keys, values, member);
        }
    }
    return OK;
}

static Status output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    const TopKind *kind = call->function->aggregate->data;
    ListEntry *entries = VECTOR_DATA(result, ListEntry);
    Vector *elements = result->children[0];
    for (int32_t i = 0; i < count; i++) {
        const TopState *state = (const TopState *)(const void *)(states.states[i] + states.offset);
        int32_t given = state->keys.count < state->wanted ? state->keys.count : state->wanted;
        entries[i] = (ListEntry){elements->length, given};
        if (state->wanted == 0) {
            vector_set_null(result, i);
            continue;
        }
        value_list_write(kind->has_values ? &state->values : &state->keys,
                         sort_members(call, kind, state), given, elements);
    }
    return OK;
}

#define TOP(name_, signature_, kind, description_)                                                 \
    {                                                                                              \
        .name = name_, .signature = signature_, .flags = FUNCTION_CALLED_WITH_NULL,                \
        .description = description_, .state_size = sizeof(TopState), .add = add,                   \
        .combine = combine, .output = output, .data = &(kind)                                      \
    }

const AggregateFunction top_values_aggregates[] = {
    TOP("min", "<E:orderable>(E, bigint) -> array(E)", top_min,
        "Returns the minimum values of the argument"),
    TOP("max", "<E:orderable>(E, bigint) -> array(E)", top_max,
        "Returns the maximum values of the argument"),
    TOP("min_by", "<V,K:orderable>(V, K, bigint) -> array(V)", top_min_by,
        "Returns the values of the first argument associated with the minimum values of the "
        "second argument"),
    TOP("max_by", "<V,K:orderable>(V, K, bigint) -> array(V)", top_max_by,
        "Returns the values of the first argument associated with the maximum values of the "
        "second argument"),
    {.name = NULL},
};
