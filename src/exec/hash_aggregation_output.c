/*
 * Giving out the groups of an aggregation: keys are slices of the table's columns, results are
 * computed a batch at a time. Drivers share one counter over all partitions' batches.
 */
#include "exec/hash_aggregation.h"

enum { DRIVER_GROUPS_MIN = 16 * 1024 };

typedef struct AggregationSource {
    Operator base;
    HashAggregation *aggregation;
} AggregationSource;

static int64_t morsels_of(const GroupSet *set) {
    int32_t rows = batch_rows();
    return ((int64_t)set->table.group_count + rows - 1) / rows;
}

static Status start(Context *cx, Operator *op, int32_t limit, int32_t *ret_drivers) {
    HashAggregation *self = ((AggregationSource *)op)->aggregation;
    int64_t groups = 0;
    for (int32_t i = 0; i < self->partition_count; i++) {
        groups += self->partitions[i]->table.group_count;
    }
    int64_t wanted = (groups + DRIVER_GROUPS_MIN - 1) / DRIVER_GROUPS_MIN;
    *ret_drivers = wanted < limit ? (int32_t)wanted : limit;
    return OK;
}

static Status make_batch(Context *cx, HashAggregation *self, GroupSet *set, int32_t start_group,
                         int32_t count, Batch *batch) {
    for (int32_t i = 0; i < self->key_count; i++) {
        batch->columns[i] = vector_slice(set->table.keys.columns[i], start_group, count);
    }
    uint8_t *states[BATCH_ROWS_MAX];
    for (int32_t i = 0; set->table.state_bytes > 0 && i < count; i++) {
        states[i] = group_state(&set->table, start_group + i);
    }
    AggregateScratch scratch = {.arena = cx->arena};
    for (int32_t i = 0; i < self->aggregates.count; i++) {
        TRY(aggregate_output(cx, &self->aggregates.items[i], &scratch, states, count,
                             &batch->columns[self->key_count + i]));
    }
    return OK;
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    HashAggregation *self = ((AggregationSource *)op)->aggregation;
    int64_t morsel = atomic_fetch_add(&self->next_morsel, 1);
    *ret_progress = PROGRESS_FINISHED;
    for (int32_t i = 0; i < self->partition_count; i++) {
        GroupSet *set = self->partitions[i];
        int64_t morsels = morsels_of(set);
        if (morsel >= morsels) {
            morsel -= morsels;
            continue;
        }
        int32_t first = (int32_t)(morsel * batch_rows());
        int32_t left = set->table.group_count - first;
        int32_t count = left < batch_rows() ? left : batch_rows();
        Batch *batch = batch_create(self->output_count, count);
        if (make_batch(cx, self, set, first, count, batch) != OK) {
            batch_free(batch);
            return FAILED;
        }
        *ret_batch = batch;
        *ret_progress = PROGRESS_MORE;
        return OK;
    }
    return OK;
}

static const OperatorType aggregation_source_type = {
    .name = "HashAggregationSource",
    .start = start,
    .next = next,
};

Operator *hash_aggregation_source(Builder *builder, HashAggregation *self, int32_t node_id) {
    AggregationSource *source =
        operator_new(builder->execution, AggregationSource, &aggregation_source_type, node_id);
    source->aggregation = self;
    return &source->base;
}
