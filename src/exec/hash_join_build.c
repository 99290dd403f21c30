/*
 * The build side of joins: each driver collects its rows in a store of its own; at the end the
 * stores are put together, column by column in parallel, indexed, and dynamic filters are
 * published.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/dynamic_filter.h"
#include "exec/hash_join.h"

typedef struct BuildState {
    ColumnStore store;
    Vector **columns;
} BuildState;

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    HashJoin *join = (HashJoin *)op;
    BuildState *state = allocate_zeroed(sizeof *state);
    *ret_local = state;
    state->columns = allocate_zeroed((size_t)(join->build_column_count + 1) * sizeof(Vector *));
    column_store_init(&state->store, op->execution->options.pool, join->build_column_count,
                      join->build_types);
    return OK;
}

static void close(Operator *op, void *local) {
    BuildState *state = local;
    if (state != NULL) {
        column_store_done(&state->store);
        free(state->columns);
        free(state);
    }
}

static Status sink(Context *cx, Operator *op, void *local, Batch *input, Progress *ret_progress) {
    HashJoin *join = (HashJoin *)op;
    BuildState *state = local;
    for (int32_t i = 0; i < join->build_column_count; i++) {
        state->columns[i] = input->columns[join->build_columns[i]];
    }
    Status status = column_store_append(cx, &state->store, state->columns, NULL, input->row_count);
    batch_free(input);
    *ret_progress = PROGRESS_NEED_INPUT;
    return status;
}

static Status combine(Context *cx, Operator *op, void *local) {
    HashJoin *join = (HashJoin *)op;
    BuildState *state = local;
    pthread_mutex_lock(&join->lock);
    if (join->store_count == join->store_capacity) {
        join->store_capacity = join->store_capacity > 0 ? join->store_capacity * 2 : 4;
        join->stores =
            reallocate(join->stores, (size_t)join->store_capacity * sizeof *join->stores);
    }
    join->stores[join->store_count++] = state->store;
    pthread_mutex_unlock(&join->lock);
    state->store = (ColumnStore){0};
    return OK;
}

/* Puts the largest store first: it is the one that the others are appended to. */
static void largest_first(HashJoin *join) {
    for (int32_t i = 1; i < join->store_count; i++) {
        if (join->stores[i].row_count > join->stores[0].row_count) {
            ColumnStore swap = join->stores[0];
            join->stores[0] = join->stores[i];
            join->stores[i] = swap;
        }
    }
}

static Status put_together(Context *cx, HashJoin *join) {
    if (join->store_count == 0) {
        column_store_init(&join->table.rows, join->sink.execution->options.pool,
                          join->build_column_count, join->build_types);
        return OK;
    }
    largest_first(join);
    for (int32_t i = 1; i < join->store_count; i++) {
        TRY(column_store_take(cx, &join->stores[0], &join->stores[i]));
    }
    join->table.rows = join->stores[0];
    join->stores[0] = (ColumnStore){0};
    return OK;
}

static Status finalize(Context *cx, Operator *op) {
    HashJoin *join = (HashJoin *)op;
    TRY(put_together(cx, join));
    TRY(join_table_build(cx, &join->table));
    if (join->keeps_build) {
        size_t rows = (size_t)join->table.rows.row_count;
        TRY(pool_reserve(cx, join->table.pool, (int64_t)rows));
        join->table.reserved_bytes += (int64_t)rows;
        join->matched = allocate_zeroed(rows + 1);
    }
    for (int32_t i = 0; i < join->dynamic_filter_count; i++) {
        const JoinFilterId *filter = &join->dynamic_filters[i];
        TRY(dynamic_filter_publish(cx, op->execution, filter->id,
                                   join->table.rows.columns[filter->build_column]));
    }
    return OK;
}

static void join_free(Operator *op) {
    HashJoin *join = (HashJoin *)op;
    for (int32_t i = 0; i < join->store_count; i++) {
        column_store_done(&join->stores[i]);
    }
    free(join->stores);
    join_table_done(&join->table);
    free(join->matched);
    pthread_mutex_destroy(&join->lock);
}

const OperatorType hash_join_build_type = {
    .name = "HashBuilderOperator",
    .open = open,
    .close = close,
    .sink = sink,
    .combine = combine,
    .finalize = finalize,
    .free = join_free,
};
