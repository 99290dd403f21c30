/*
 * approx_most_frequent: the most frequent values with about how often they come (Space-Saving,
 * Metwally et al.). So many values are counted exactly; one more takes the place of the rarest and
 * goes on from its count.
 */
#include "function/aggregate/value_list.h"
#include "vector/vector_hash.h"

typedef struct FrequentState {
    ValueSet values; /* of all numbers ever given */
    int64_t *counts; /* by number; 0: no longer counted */
    int32_t counts_capacity;
    int32_t counted;      /* how many are */
    int32_t bucket_count; /* 0: not begun */
    int32_t capacity;
} FrequentState;

enum { BUCKETS, VALUE, CAPACITY };

static FrequentState *state_at(StateRows states, int32_t i) {
    return (FrequentState *)(void *)(states.states[i] + states.offset);
}

static Status begin(AggregateCall *call, FrequentState *state, int32_t row) {
    VectorView buckets = vector_view(call->arguments[BUCKETS]);
    VectorView capacities = vector_view(call->arguments[CAPACITY]);
    int64_t bucket_count = VIEW_VALUE(&buckets, int64_t, row);
    int64_t capacity = VIEW_VALUE(&capacities, int64_t, row);
    if (bucket_count < 2) {
        return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT,
                    "approx_most_frequent bucket count must be greater than one");
    }
    if (bucket_count > INT32_MAX || capacity > INT32_MAX || capacity < 1) {
        return FAIL(call->cx, GENERIC_INTERNAL_ERROR, "integer overflow");
    }
    state->bucket_count = (int32_t)bucket_count;
    state->capacity = (int32_t)capacity;
    return OK;
}

static void reserve_count(Arena *arena, FrequentState *state, int32_t member) {
    if (member < state->counts_capacity) {
        return;
    }
    int32_t larger = state->counts_capacity < 8 ? 8 : state->counts_capacity * 2;
    int64_t *counts = arena_zalloc(arena, (size_t)larger * sizeof *counts);
    if (state->counts_capacity > 0) {
        memcpy(counts, state->counts, (size_t)state->counts_capacity * sizeof *counts);
    }
    state->counts = counts;
    state->counts_capacity = larger;
}

static int32_t rarest(const FrequentState *state) {
    int32_t found = -1;
    for (int32_t i = 0; i < state->values.members.count; i++) {
        if (state->counts[i] > 0 && (found < 0 || state->counts[i] < state->counts[found])) {
            found = i;
        }
    }
    return found;
}

/* Starts over with the values that are still counted, once most are not. */
static void forget_uncounted(AggregateCall *call, FrequentState *state) {
    if (state->values.members.count < 4 * state->capacity + 64) {
        return;
    }
    const Type *type = call->function->argument_types[VALUE];
    FrequentState fresh = {.bucket_count = state->bucket_count, .capacity = state->capacity};
    Vector scratch;
    const Vector *values = value_list_vector(&state->values.members, type, &scratch);
    for (int32_t i = 0; i < state->values.members.count; i++) {
        if (state->counts[i] > 0) {
            bool is_new;
            int32_t member = value_set_add(call->arena, &fresh.values, values, i,
                                           state->values.hashes[i], &is_new);
            reserve_count(call->arena, &fresh, member);
            fresh.counts[member] = state->counts[i];
            fresh.counted++;
        }
    }
    *state = fresh;
}

static void count_value(AggregateCall *call, FrequentState *state, const Vector *values,
                        int32_t row, uint64_t hash, int64_t times) {
    bool is_new;
    int32_t member = value_set_add(call->arena, &state->values, values, row, hash, &is_new);
    reserve_count(call->arena, state, member);
    if (state->counts[member] > 0) {
        state->counts[member] += times;
        return;
    }
    int64_t before = 0;
    if (state->counted == state->capacity) {
        int32_t replaced = rarest(state);
        before = state->counts[replaced];
        state->counts[replaced] = 0;
        state->counted--;
    }
    state->counts[member] = before + times;
    state->counted++;
    forget_uncounted(call, state);
}

static Status add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    const Vector *values = call->arguments[VALUE];
    uint64_t *hashes = arena_alloc(call->cx->arena, (size_t)count * sizeof *hashes + 1);
    if (rows != NULL) {
        vector_hash_rows(values, rows, count, hashes, false);
    } else {
        vector_hash(values, count, hashes, false);
    }
    for (int32_t i = 0; i < count; i++) {
        FrequentState *state = state_at(states, i);
        int32_t row = rows != NULL ? rows[i] : i;
        if (state->bucket_count == 0) {
            TRY(begin(call, state, row));
        }
        count_value(call, state, values, row, hashes[i], 1);
    }
    return OK;
}

/* The counted values, most frequent first. */
static int32_t *by_frequency(AggregateCall *call, const FrequentState *state) {
    int32_t *members = arena_alloc(call->cx->arena, ((size_t)state->counted + 1) * sizeof *members);
    int32_t count = 0;
    for (int32_t i = 0; i < state->values.members.count; i++) {
        if (state->counts[i] == 0) {
            continue;
        }
        int32_t at = count++;
        while (at > 0 && state->counts[members[at - 1]] < state->counts[i]) {
            members[at] = members[at - 1];
            at--;
        }
        members[at] = i;
    }
    return members;
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    const Type *type = call->function->argument_types[VALUE];
    for (int32_t i = 0; i < count; i++) {
        FrequentState *target = state_at(targets, i);
        const FrequentState *source = state_at(sources, i);
        if (source->bucket_count == 0) {
            continue;
        }
        if (target->bucket_count == 0) {
            target->bucket_count = source->bucket_count;
            target->capacity = source->capacity;
        }
        Vector scratch;
        const Vector *values = value_list_vector(&source->values.members, type, &scratch);
        const int32_t *members = by_frequency(call, source);
        for (int32_t j = 0; j < source->counted; j++) {
            count_value(call, target, values, members[j], source->values.hashes[members[j]],
                        source->counts[members[j]]);
        }
    }
    return OK;
}

static Status output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    Vector *counts = result->children[1];
    for (int32_t i = 0; i < count; i++) {
        const FrequentState *state = state_at(states, i);
        int32_t start = counts->length;
        int32_t given = state->counted < state->bucket_count ? state->counted : state->bucket_count;
        VECTOR_DATA(result, ListEntry)[i] = (ListEntry){start, given};
        if (state->bucket_count == 0) {
            vector_set_null(result, i);
            continue;
        }
        const int32_t *members = by_frequency(call, state);
        value_list_write(&state->values.members, members, given, result->children[0]);
        vector_resize(counts, start + given);
        for (int32_t j = 0; j < given; j++) {
            VECTOR_DATA(counts, int64_t)[start + j] = state->counts[members[j]];
        }
    }
    return OK;
}

#define FREQUENT(signature_)                                                                       \
    {                                                                                              \
        .name = "approx_most_frequent", .signature = signature_, .description = "",                \
        .state_size = sizeof(FrequentState), .add = add, .combine = combine, .output = output      \
    }

const AggregateFunction approx_most_frequent_aggregates[] = {
    FREQUENT("(bigint, bigint, bigint) -> map(bigint,bigint)"),
    FREQUENT("(bigint, varchar, bigint) -> map(varchar,bigint)"),
    {.name = NULL},
};
