/* Hash aggregation: the sink, and the building of it. */
#include "exec/hash_aggregation.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "exec/deferred_input.h"

typedef struct AggregationState {
    GroupSet *set;
    Vector **keys;
} AggregationState;

Status group_set_create(Context *cx, HashAggregation *self, GroupSet **ret_set) {
    MemoryPool *pool = self->sink.execution->options.pool;
    GroupSet *set = allocate_zeroed(sizeof *set);
    *ret_set = set;
    group_table_init(&set->table, pool, self->key_count, self->key_types,
                     self->aggregates.state_bytes);
    set->scratch = aggregate_scratch_create(&self->aggregates, pool);
    set->deferred = deferred_inputs_create(self, pool);
    if (self->key_count == 0) {
        TRY(group_table_reserve(cx, &set->table, 1));
        set->table.group_count = 1;
        if (self->aggregates.state_bytes > 0) {
            aggregates_init(&self->aggregates, set->scratch, cx, group_state(&set->table, 0));
        }
    }
    return OK;
}

void group_set_free(HashAggregation *self, GroupSet *set) {
    if (set == NULL) {
        return;
    }
    deferred_inputs_free(self, set->deferred);
    group_table_done(&set->table);
    aggregate_scratch_free(set->scratch);
    free(set);
}

Status group_set_find(Context *cx, HashAggregation *self, GroupSet *set, Vector *const *keys,
                      const int32_t *rows, const uint64_t *hashes, int32_t count,
                      int32_t *ret_first_new) {
    GroupTable *table = &set->table;
    if (self->key_count == 0) {
        memset(set->groups, 0, (size_t)count * sizeof *set->groups);
        *ret_first_new = 1;
    } else if (hashes != NULL) {
        TRY(group_table_find_rows(cx, table, keys, rows, hashes, count, set->groups,
                                  ret_first_new));
    } else {
        TRY(group_table_find(cx, table, keys, count, set->groups, ret_first_new));
    }
    if (table->state_bytes == 0) {
        return OK;
    }
    for (int32_t i = 0; i < count; i++) {
        set->states[i] = group_state(table, set->groups[i]);
    }
    return OK;
}

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    HashAggregation *self = (HashAggregation *)op;
    AggregationState *state = allocate_zeroed(sizeof *state);
    *ret_local = state;
    state->keys = allocate_zeroed((size_t)(self->key_count + 1) * sizeof(Vector *));
    return group_set_create(cx, self, &state->set);
}

static void close(Operator *op, void *local) {
    AggregationState *state = local;
    if (state != NULL) {
        group_set_free((HashAggregation *)op, state->set);
        free(state->keys);
        free(state);
    }
}

/* Sorts the batch's rows by group, keeping their order within one. */
static void make_runs(GroupSet *set, int32_t row_count) {
    GroupRuns *runs = &set->runs;
    int32_t places[GROUP_RUNS_MAX] = {0};
    runs->count = set->table.group_count;
    for (int32_t i = 0; i < row_count; i++) {
        places[set->groups[i]]++;
    }
    int32_t end = 0;
    for (int32_t group = 0; group < runs->count; group++) {
        int32_t count = places[group];
        places[group] = end;
        end += count;
        runs->ends[group] = end;
        runs->states[group] = group_state(&set->table, group);
    }
    for (int32_t i = 0; i < row_count; i++) {
        runs->rows[places[set->groups[i]]++] = i;
    }
}

static Status add_batch(Context *cx, HashAggregation *self, AggregationState *state,
                        const Batch *input) {
    GroupSet *set = state->set;
    if (self->key_count == 0) {
        TRY(aggregates_add(cx, &self->aggregates, set->scratch, input, NULL,
                           set->table.state_bytes > 0 ? group_state(&set->table, 0) : NULL));
        return self->aggregates.has_deferred ? deferred_inputs_add(cx, self, set, input, NULL) : OK;
    }
    for (int32_t i = 0; i < self->key_count; i++) {
        state->keys[i] = input->columns[self->key_columns[i]];
    }
    int32_t first_new;
    TRY(group_set_find(cx, self, set, state->keys, NULL, NULL, input->row_count, &first_new));
    if (aggregates_need_init(&self->aggregates)) {
        for (int32_t group = first_new; group < set->table.group_count; group++) {
            aggregates_init(&self->aggregates, set->scratch, cx, group_state(&set->table, group));
        }
    }
    if (set->table.group_count <= GROUP_RUNS_MAX && set->table.state_bytes > 0) {
        make_runs(set, input->row_count);
        TRY(aggregates_add_runs(cx, &self->aggregates, set->scratch, input, set->states,
                                &set->runs));
    } else {
        TRY(aggregates_add(cx, &self->aggregates, set->scratch, input, set->states, NULL));
    }
    return self->aggregates.has_deferred ? deferred_inputs_add(cx, self, set, input, set->groups)
                                         : OK;
}

static Status sink(Context *cx, Operator *op, void *local, Batch *input, Progress *ret_progress) {
    Status status = add_batch(cx, (HashAggregation *)op, local, input);
    batch_free(input);
    *ret_progress = PROGRESS_NEED_INPUT;
    return status;
}

static Status combine(Context *cx, Operator *op, void *local) {
    HashAggregation *self = (HashAggregation *)op;
    AggregationState *state = local;
    pthread_mutex_lock(&self->lock);
    state->set->next = self->sets;
    self->sets = state->set;
    pthread_mutex_unlock(&self->lock);
    state->set = NULL;
    return OK;
}

static void free_sets(HashAggregation *self, GroupSet *set) {
    while (set != NULL) {
        GroupSet *next = set->next;
        group_set_free(self, set);
        set = next;
    }
}

static void aggregation_free(Operator *op) {
    HashAggregation *self = (HashAggregation *)op;
    /* States of the partitions may point into the arenas of the sets they were merged from. */
    for (int32_t i = 0; i < self->partition_count && self->partitions != NULL; i++) {
        group_set_free(self, self->partitions[i]);
    }
    free(self->partitions);
    free_sets(self, self->sets);
    free_sets(self, self->sources);
    aggregate_set_done(&self->aggregates);
    pthread_mutex_destroy(&self->lock);
}

static const OperatorType hash_aggregation_type = {
    .name = "HashAggregationOperator",
    .open = open,
    .close = close,
    .sink = sink,
    .combine = combine,
    .prepare_finish = hash_aggregation_prepare_finish,
    .finish_task = hash_aggregation_finish_task,
    .finalize = hash_aggregation_finalize,
    .free = aggregation_free,
};

/* An aggregation of the stream's rows over the keys; aggregates are still to be added. */
static Status create(Builder *builder, const Stream *stream, const SymbolList *keys,
                     int32_t node_id, HashAggregation **ret_self) {
    QueryExecution *execution = builder->execution;
    HashAggregation *self =
        operator_new(execution, HashAggregation, &hash_aggregation_type, node_id);
    pthread_mutex_init(&self->lock, NULL);
    self->key_count = keys->count;
    TRY(stream_columns(builder, stream, keys, &self->key_columns));
    self->key_types = arena_new_array(execution->arena, const Type *, self->key_count);
    for (int32_t i = 0; i < self->key_count; i++) {
        self->key_types[i] = keys->items[i]->type;
    }
    self->group_id_key = -1;
    *ret_self = self;
    return OK;
}

static void append(Builder *builder, HashAggregation *self, int32_t node_id, SymbolList layout,
                   Stream *stream) {
    self->output_count = layout.count;
    Operator *source = hash_aggregation_source(builder, self, node_id);
    *stream = stream_break(builder, stream, &self->sink, source, layout);
}

Status distinct_append(Builder *builder, Stream *stream, int32_t node_id) {
    HashAggregation *self;
    TRY(create(builder, stream, &stream->layout, node_id, &self));
    append(builder, self, node_id, stream->layout, stream);
    return OK;
}

Status build_aggregation(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const AggregationNode *node = (const AggregationNode *)plan;
    Arena *arena = builder->execution->arena;
    HashAggregation *self;
    TRY(build_node(builder, plan->sources[0], ret_stream));
    TRY(create(builder, ret_stream, &node->group_keys, plan->id, &self));
    self->group_id_key =
        node->group_id != NULL ? layout_find(&node->group_keys, node->group_id) : -1;
    self->global_id_count = node->global_group_ids.count;
    self->global_ids = node->global_group_ids.items;
    TRY(aggregate_set_build(builder, ret_stream, &node->aggregates, node->step, &self->aggregates));
    SymbolList layout = {0};
    for (int32_t i = 0; i < self->key_count; i++) {
        layout_add(arena, &layout, node->group_keys.items[i]);
    }
    for (int32_t i = 0; i < node->aggregates.count; i++) {
        layout_add(arena, &layout, node->aggregates.items[i].symbol);
    }
    append(builder, self, plan->id, layout, ret_stream);
    return OK;
}
