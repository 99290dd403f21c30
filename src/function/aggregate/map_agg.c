/*
 * map_agg, map_union, multimap_agg, histogram: the aggregates that give a map.
 *
 * Keys are a set with numbered members. map_agg and map_union keep the first value of a key at its
 * number; histogram counts there; multimap_agg keeps all values in order, each with its key's
 * number.
 */
#include "function/aggregate/value_list.h"
#include "vector/vector_hash.h"

/* Hashes of rows[0..count) of a column, into an array of the context's arena. */
static uint64_t *hash_rows(AggregateCall *call, const Vector *values, const int32_t *rows,
                           int32_t count) {
    uint64_t *hashes = arena_alloc(call->cx->arena, (size_t)count * sizeof *hashes + 1);
    if (rows != NULL) {
        vector_hash_rows(values, rows, count, hashes, false);
    } else {
        vector_hash(values, count, hashes, false);
    }
    return hashes;
}

/* Grows an array of numbers to hold index `at`. */
static void *grow_numbers(Arena *arena, void *numbers, int32_t *capacity, int32_t at,
                          size_t width) {
    if (at < *capacity) {
        return numbers;
    }
    int32_t larger = *capacity < 4 ? 4 : *capacity * 2;
    larger = at < larger ? larger : at + 1;
    void *grown = arena_alloc(arena, (size_t)larger * width);
    if (*capacity > 0) {
        memcpy(grown, numbers, (size_t)*capacity * width);
    }
    *capacity = larger;
    return grown;
}

/* ---- map_agg, map_union ---- */

typedef struct MapState {
    ValueSet keys;
    ValueList values; /* by key */
    bool present;
} MapState;

static void add_entry(AggregateCall *call, MapState *state, const Vector *keys, int32_t key,
                      uint64_t hash, const Vector *values, int32_t value) {
    bool is_new;
    value_set_add(call->arena, &state->keys, keys, key, hash, &is_new);
    if (is_new) {
        value_list_append(call->arena, &state->values, values, value);
    }
}

static Status add_map_agg(AggregateCall *call, StateRows states, const int32_t *rows,
                          int32_t count) {
    const Vector *keys = call->arguments[0];
    const uint64_t *hashes = hash_rows(call, keys, rows, count);
    for (int32_t i = 0; i < count; i++) {
        MapState *state = (MapState *)(void *)(states.states[i] + states.offset);
        int32_t row = rows != NULL ? rows[i] : i;
        if (!vector_is_null(keys, row)) {
            state->present = true;
            add_entry(call, state, keys, row, hashes[i], call->arguments[1], row);
        }
    }
    return OK;
}

static Status add_map_union(AggregateCall *call, StateRows states, const int32_t *rows,
                            int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    const Vector *keys = view.vector->children[0], *values = view.vector->children[1];
    for (int32_t i = 0; i < count; i++) {
        MapState *state = (MapState *)(void *)(states.states[i] + states.offset);
        ListEntry entry = VIEW_VALUE(&view, ListEntry, rows != NULL ? rows[i] : i);
        state->present = true;
        for (int32_t at = entry.offset; at < entry.offset + entry.length; at++) {
            uint64_t hash;
            vector_hash_rows(keys, &at, 1, &hash, false);
            add_entry(call, state, keys, at, hash, values, at);
        }
    }
    return OK;
}

static Status combine_map(AggregateCall *call, StateRows targets, StateRows sources,
                          int32_t count) {
    const Type *type = call->function->return_type;
    for (int32_t i = 0; i < count; i++) {
        MapState *target = (MapState *)(void *)(targets.states[i] + targets.offset);
        const MapState *source =
            (const MapState *)(const void *)(sources.states[i] + sources.offset);
        Vector key_scratch, value_scratch;
        const Vector *keys =
            value_list_vector(&source->keys.members, type->children[0], &key_scratch);
        const Vector *values =
            value_list_vector(&source->values, type->children[1], &value_scratch);
        for (int32_t member = 0; member < source->keys.members.count; member++) {
            add_entry(call, target, keys, member, source->keys.hashes[member], values, member);
        }
        target->present = target->present || source->present;
    }
    return OK;
}

static Status output_map(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    ListEntry *entries = VECTOR_DATA(result, ListEntry);
    for (int32_t i = 0; i < count; i++) {
        const MapState *state = (const MapState *)(const void *)(states.states[i] + states.offset);
        int32_t members = state->keys.members.count;
        entries[i] = (ListEntry){result->children[0]->length, members};
        if (!state->present) {
            vector_set_null(result, i);
        }
        value_list_write(&state->keys.members, NULL, members, result->children[0]);
        value_list_write(&state->values, NULL, members, result->children[1]);
    }
    return OK;
}

/* ---- multimap_agg ---- */

typedef struct MultimapState {
    ValueSet keys;
    ValueList values;
    int32_t *key_of; /* each value's key */
    int32_t key_of_capacity;
} MultimapState;

static void add_pair(AggregateCall *call, MultimapState *state, const Vector *keys, int32_t key,
                     uint64_t hash, const Vector *values, int32_t value) {
    bool is_new;
    int32_t member = value_set_add(call->arena, &state->keys, keys, key, hash, &is_new);
    int32_t at = state->values.count;
    value_list_append(call->arena, &state->values, values, value);
    state->key_of =
        grow_numbers(call->arena, state->key_of, &state->key_of_capacity, at, sizeof(int32_t));
    state->key_of[at] = member;
}

static Status add_multimap(AggregateCall *call, StateRows states, const int32_t *rows,
                           int32_t count) {
    const Vector *keys = call->arguments[0];
    const uint64_t *hashes = hash_rows(call, keys, rows, count);
    for (int32_t i = 0; i < count; i++) {
        MultimapState *state = (MultimapState *)(void *)(states.states[i] + states.offset);
        int32_t row = rows != NULL ? rows[i] : i;
        if (!vector_is_null(keys, row)) {
            add_pair(call, state, keys, row, hashes[i], call->arguments[1], row);
        }
    }
    return OK;
}

static Status combine_multimap(AggregateCall *call, StateRows targets, StateRows sources,
                               int32_t count) {
    const Type *type = call->function->return_type;
    for (int32_t i = 0; i < count; i++) {
        MultimapState *target = (MultimapState *)(void *)(targets.states[i] + targets.offset);
        const MultimapState *source =
            (const MultimapState *)(const void *)(sources.states[i] + sources.offset);
        Vector key_scratch, value_scratch;
        const Vector *keys =
            value_list_vector(&source->keys.members, type->children[0], &key_scratch);
        const Vector *values =
            value_list_vector(&source->values, type->children[1]->children[0], &value_scratch);
        for (int32_t at = 0; at < source->values.count; at++) {
            int32_t member = source->key_of[at];
            add_pair(call, target, keys, member, source->keys.hashes[member], values, at);
        }
    }
    return OK;
}

/* The values, grouped by key: one array a key, in the order the values came. */
static void write_arrays(AggregateCall *call, const MultimapState *state, Vector *arrays) {
    int32_t keys = state->keys.members.count, values = state->values.count;
    int32_t *next = arena_zalloc(call->cx->arena, (size_t)(keys + 1) * sizeof *next);
    int32_t *order = arena_alloc(call->cx->arena, (size_t)values * sizeof *order + 1);
    for (int32_t i = 0; i < values; i++) {
        next[state->key_of[i] + 1]++;
    }
    int32_t start = arrays->length, first = arrays->children[0]->length;
    vector_resize(arrays, start + keys);
    for (int32_t key = 0; key < keys; key++) {
        int32_t length = next[key + 1];
        next[key + 1] += next[key];
        VECTOR_DATA(arrays, ListEntry)[start + key] = (ListEntry){first + next[key], length};
    }
    for (int32_t i = 0; i < values; i++) {
        order[next[state->key_of[i]]++] = i;
    }
    value_list_write(&state->values, order, values, arrays->children[0]);
}

static Status output_multimap(AggregateCall *call, StateRows states, int32_t count,
                              Vector *result) {
    ListEntry *entries = VECTOR_DATA(result, ListEntry);
    for (int32_t i = 0; i < count; i++) {
        const MultimapState *state =
            (const MultimapState *)(const void *)(states.states[i] + states.offset);
        int32_t members = state->keys.members.count;
        entries[i] = (ListEntry){result->children[0]->length, members};
        if (members == 0) {
            vector_set_null(result, i);
            continue;
        }
        value_list_write(&state->keys.members, NULL, members, result->children[0]);
        write_arrays(call, state, result->children[1]);
    }
    return OK;
}

/* ---- histogram ---- */

typedef struct HistogramState {
    ValueSet values;
    int64_t *counts;
    int32_t capacity;
} HistogramState;

static void count_value(AggregateCall *call, HistogramState *state, const Vector *values,
                        int32_t row, uint64_t hash, int64_t times) {
    bool is_new;
    int32_t member = value_set_add(call->arena, &state->values, values, row, hash, &is_new);
    state->counts =
        grow_numbers(call->arena, state->counts, &state->capacity, member, sizeof(int64_t));
    state->counts[member] = times + (is_new ? 0 : state->counts[member]);
}

static Status add_histogram(AggregateCall *call, StateRows states, const int32_t *rows,
                            int32_t count) {
    const Vector *values = call->arguments[0];
    const uint64_t *hashes = hash_rows(call, values, rows, count);
    for (int32_t i = 0; i < count; i++) {
        HistogramState *state = (HistogramState *)(void *)(states.states[i] + states.offset);
        count_value(call, state, values, rows != NULL ? rows[i] : i, hashes[i], 1);
    }
    return OK;
}

static Status combine_histogram(AggregateCall *call, StateRows targets, StateRows sources,
                                int32_t count) {
    const Type *type = call->function->argument_types[0];
    for (int32_t i = 0; i < count; i++) {
        HistogramState *target = (HistogramState *)(void *)(targets.states[i] + targets.offset);
        const HistogramState *source =
            (const HistogramState *)(const void *)(sources.states[i] + sources.offset);
        Vector scratch;
        const Vector *values = value_list_vector(&source->values.members, type, &scratch);
        for (int32_t member = 0; member < source->values.members.count; member++) {
            count_value(call, target, values, member, source->values.hashes[member],
                        source->counts[member]);
        }
    }
    return OK;
}

static Status output_histogram(AggregateCall *call, StateRows states, int32_t count,
                               Vector *result) {
    ListEntry *entries = VECTOR_DATA(result, ListEntry);
    Vector *counts = result->children[1];
    for (int32_t i = 0; i < count; i++) {
        const HistogramState *state =
            (const HistogramState *)(const void *)(states.states[i] + states.offset);
        int32_t members = state->values.members.count, start = counts->length;
        entries[i] = (ListEntry){start, members};
        if (members == 0) {
            vector_set_null(result, i);
            continue;
        }
        value_list_write(&state->values.members, NULL, members, result->children[0]);
        vector_resize(counts, start + members);
        memcpy(VECTOR_DATA(counts, int64_t) + start, state->counts,
               (size_t)members * sizeof(int64_t));
    }
    return OK;
}

const AggregateFunction map_aggregates[] = {
    {.name = "map_agg",
     .signature = "<K:comparable,V>(K, V) -> map(K,V)",
     .flags = FUNCTION_CALLED_WITH_NULL,
     .description = "Aggregates all the rows (key/value pairs) into a single map",
     .state_size = sizeof(MapState),
     .add = add_map_agg,
     .combine = combine_map,
     .output = output_map,
     .order_sensitive = true},
    {.name = "map_union",
     .signature = "<K:comparable,V>(map(K,V)) -> map(K,V)",
     .description = "Aggregate all the maps into a single map",
     .state_size = sizeof(MapState),
     .add = add_map_union,
     .combine = combine_map,
     .output = output_map,
     .order_sensitive = true},
    {.name = "multimap_agg",
     .signature = "<K:comparable,V>(K, V) -> map(K,array(V))",
     .flags = FUNCTION_CALLED_WITH_NULL,
     .description = "Aggregates all the rows (key/value pairs) into a single multimap",
     .state_size = sizeof(MultimapState),
     .add = add_multimap,
     .combine = combine_multimap,
     .output = output_multimap,
     .order_sensitive = true},
    {.name = "histogram",
     .signature = "<T:comparable>(T) -> map(T,bigint)",
     .description = "Count the number of times each value occurs",
     .state_size = sizeof(HistogramState),
     .add = add_histogram,
     .combine = combine_histogram,
     .output = output_histogram},
    {.name = NULL},
};
