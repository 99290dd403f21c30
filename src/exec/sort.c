/*
 * Sort and TopN. Each driver keeps its rows in a store and sorts them when its input ends; the runs
 * are then put together and merged. A TopN cuts its store back to the wanted rows whenever it has
 * grown to twice that, and rows that are worse than a boundary all drivers share are dropped as
 * they come in.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/sort.h"

enum { TOP_N_SLACK_ROWS = 4096 };

/* A sorted stretch of the operator's rows. */
typedef struct SortRun {
    ColumnStore store; /* until the runs are put together */
    SortEntry *entries;
    int64_t count;
} SortRun;

typedef struct SortOperator {
    Operator base;
    MemoryPool *pool;
    int32_t column_count;
    const Type **types;
    int32_t key_count;
    const SortOrder *items;
    int32_t *key_columns;
    int64_t limit; /* -1: all rows */
    bool with_ties;
    _Atomic uint64_t boundary; /* prefixes above it are not wanted */
    pthread_mutex_t lock;
    int32_t run_count, run_capacity;
    SortRun *runs;
    ColumnStore rows; /* all of them, after finalize */
    SortEntry *order;
    int64_t order_count, next;
    int64_t reserved_bytes; /* for entries */
} SortOperator;

typedef struct SortState {
    ColumnStore store;
} SortState;

typedef struct SortSource {
    Operator base;
    SortOperator *sort;
} SortSource;

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    SortOperator *self = (SortOperator *)op;
    SortState *state = allocate_zeroed(sizeof *state);
    *ret_local = state;
    column_store_init(&state->store, self->pool, self->column_count, self->types);
    return OK;
}

static void close(Operator *op, void *local) {
    SortState *state = local;
    if (state != NULL) {
        column_store_done(&state->store);
        free(state);
    }
}

/* The key columns of a store; the array is in the arena. */
static SortKeys keys_of(Context *cx, const SortOperator *self, const ColumnStore *store) {
    Vector **columns = arena_new_array(cx->arena, Vector *, self->key_count);
    for (int32_t i = 0; i < self->key_count; i++) {
        columns[i] = store->columns[self->key_columns[i]];
    }
    return (SortKeys){.count = self->key_count, .items = self->items, .columns = columns};
}

static Status entries_create(Context *cx, SortOperator *self, int64_t count,
                             SortEntry **ret_entries) {
    int64_t bytes = count * (int64_t)sizeof(SortEntry);
    TRY(pool_reserve(cx, self->pool, bytes));
    pthread_mutex_lock(&self->lock);
    self->reserved_bytes += bytes;
    pthread_mutex_unlock(&self->lock);
    *ret_entries = allocate((size_t)bytes + 1);
    return OK;
}

static void entries_free(SortOperator *self, SortEntry *entries, int64_t count) {
    if (entries != NULL) {
        int64_t bytes = count * (int64_t)sizeof(SortEntry);
        free(entries);
        pool_release(self->pool, bytes);
        pthread_mutex_lock(&self->lock);
        self->reserved_bytes -= bytes;
        pthread_mutex_unlock(&self->lock);
    }
}

/* How many of the sorted entries are wanted: limit, and those equal to the last when ties are. */
static int64_t wanted_count(const SortOperator *self, const SortKeys *keys,
                            const SortEntry *entries, int64_t count) {
    if (self->limit < 0 || count <= self->limit) {
        return count;
    }
    int64_t wanted = self->limit;
    while (self->with_ties && wanted > 0 && wanted < count &&
           sort_compare(keys, &entries[self->limit - 1], &entries[wanted]) == 0) {
        wanted++;
    }
    return wanted;
}

static void lower_boundary(SortOperator *self, uint64_t prefix) {
    uint64_t boundary = atomic_load(&self->boundary);
    while (prefix < boundary && !atomic_compare_exchange_weak(&self->boundary, &boundary, prefix)) {
    }
}

/* Keeps the best rows of the store only. */
static Status cut_back(Context *cx, SortOperator *self, ColumnStore *store) {
    SortKeys keys = keys_of(cx, self, store);
    SortEntry *entries;
    int64_t count = store->row_count;
    TRY(entries_create(cx, self, count, &entries));
    Status status = sort_rows(cx, self->pool, &keys, 0, store->row_count, entries);
    if (status == OK) {
        int64_t wanted = wanted_count(self, &keys, entries, count);
        if (wanted > 0 && wanted >= self->limit && self->key_count > 0) {
            lower_boundary(self, entries[wanted - 1].prefix);
        }
        int32_t *rows = (int32_t *)(void *)entries; /* narrowed in place, front to back */
        for (int64_t i = 0; i < wanted; i++) {
            rows[i] = entries[i].row;
        }
        ColumnStore kept;
        column_store_init(&kept, self->pool, self->column_count, self->types);
        status = column_store_append(cx, &kept, store->columns, rows, (int32_t)wanted);
        column_store_done(status == OK ? store : &kept);
        *store = status == OK ? kept : *store;
    }
    entries_free(self, entries, count);
    return status;
}

/* The rows not worse than the boundary; rows are filled only when some are. */
static int32_t rows_within(const SortOperator *self, const Batch *input, int32_t *rows) {
    uint64_t boundary = atomic_load_explicit(&self->boundary, memory_order_relaxed);
    if (self->limit < 0 || boundary == UINT64_MAX || self->key_count == 0) {
        return input->row_count;
    }
    uint64_t prefixes[BATCH_ROWS_MAX];
    sort_prefixes(&self->items[0], input->columns[self->key_columns[0]], 0, input->row_count,
                  prefixes);
    int32_t count = 0;
    for (int32_t i = 0; i < input->row_count; i++) {
        rows[count] = i;
        count += prefixes[i] <= boundary;
    }
    return count;
}

static Status sink(Context *cx, Operator *op, void *local, Batch *input, Progress *ret_progress) {
    SortOperator *self = (SortOperator *)op;
    SortState *state = local;
    int32_t rows[BATCH_ROWS_MAX];
    int32_t count = rows_within(self, input, rows);
    Status status = OK;
    if (count > 0) {
        status = column_store_append(cx, &state->store, input->columns,
                                     count < input->row_count ? rows : NULL, count);
    }
    batch_free(input);
    *ret_progress = self->limit == 0 ? PROGRESS_FINISHED : PROGRESS_NEED_INPUT;
    int64_t most =
        self->limit > TOP_N_SLACK_ROWS ? 2 * self->limit : self->limit + TOP_N_SLACK_ROWS;
    if (status == OK && self->limit >= 0 && state->store.row_count > most) {
        status = cut_back(cx, self, &state->store);
    }
    return status;
}

static Status combine(Context *cx, Operator *op, void *local) {
    SortOperator *self = (SortOperator *)op;
    SortState *state = local;
    if (state->store.row_count == 0) {
        return OK;
    }
    SortRun run = {.count = state->store.row_count};
    SortKeys keys = keys_of(cx, self, &state->store);
    TRY(entries_create(cx, self, run.count, &run.entries));
    if (sort_rows(cx, self->pool, &keys, 0, state->store.row_count, run.entries) != OK) {
        entries_free(self, run.entries, run.count);
        return FAILED;
    }
    run.store = state->store;
    state->store = (ColumnStore){0};
    pthread_mutex_lock(&self->lock);
    if (self->run_count == self->run_capacity) {
        self->run_capacity = self->run_capacity > 0 ? self->run_capacity * 2 : 4;
        self->runs = reallocate(self->runs, (size_t)self->run_capacity * sizeof *self->runs);
    }
    self->runs[self->run_count++] = run;
    pthread_mutex_unlock(&self->lock);
    return OK;
}

/* All rows into one store; the entries' row numbers follow. */
static Status put_together(Context *cx, SortOperator *self) {
    for (int32_t i = 0; i < self->run_count; i++) {
        SortRun *run = &self->runs[i];
        int32_t offset = self->rows.row_count;
        for (int64_t e = 0; e < run->count; e++) {
            run->entries[e].row += offset;
        }
        TRY(column_store_take(cx, &self->rows, &run->store));
    }
    return OK;
}

/* Merges the last two runs until one is left. */
static Status merge_runs(Context *cx, SortOperator *self) {
    SortKeys keys = keys_of(cx, self, &self->rows);
    while (self->run_count > 1) {
        SortRun *a = &self->runs[self->run_count - 2], *b = &self->runs[self->run_count - 1];
        SortRun merged = {.count = a->count + b->count};
        TRY(entries_create(cx, self, merged.count, &merged.entries));
        Status status =
            sort_merge(cx, &keys, a->entries, a->count, b->entries, b->count, merged.entries);
        if (status != OK) {
            entries_free(self, merged.entries, merged.count);
            return FAILED;
        }
        entries_free(self, a->entries, a->count);
        entries_free(self, b->entries, b->count);
        b->entries = NULL;
        *a = merged;
        self->run_count--;
    }
    return OK;
}

static Status finalize(Context *cx, Operator *op) {
    SortOperator *self = (SortOperator *)op;
    if (self->run_count == 0) {
        return OK;
    }
    TRY(put_together(cx, self));
    TRY(merge_runs(cx, self));
    SortKeys keys = keys_of(cx, self, &self->rows);
    self->order = self->runs[0].entries;
    self->order_count = wanted_count(self, &keys, self->order, self->runs[0].count);
    return OK;
}

static void sort_free(Operator *op) {
    SortOperator *self = (SortOperator *)op;
    for (int32_t i = 0; i < self->run_count; i++) {
        column_store_done(&self->runs[i].store);
        free(self->runs[i].entries);
    }
    free(self->runs);
    column_store_done(&self->rows);
    if (self->reserved_bytes > 0) {
        pool_release(self->pool, self->reserved_bytes);
    }
    pthread_mutex_destroy(&self->lock);
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    SortOperator *self = ((SortSource *)op)->sort;
    int32_t rows[BATCH_ROWS_MAX];
    int64_t left = self->order_count - self->next;
    int32_t count = (int32_t)(left < batch_rows() ? left : batch_rows());
    *ret_progress = count < left ? PROGRESS_MORE : PROGRESS_FINISHED;
    if (count == 0) {
        return OK;
    }
    for (int32_t i = 0; i < count; i++) {
        rows[i] = self->order[self->next + i].row;
    }
    self->next += count;
    Batch *batch = batch_create(self->column_count, count);
    for (int32_t i = 0; i < self->column_count; i++) {
        batch->columns[i] = vector_gather(self->rows.columns[i], rows, count);
    }
    *ret_batch = batch;
    return OK;
}

static const OperatorType sort_type = {
    .name = "OrderByOperator",
    .open = open,
    .close = close,
    .sink = sink,
    .combine = combine,
    .finalize = finalize,
    .free = sort_free,
};
static const OperatorType sort_source_type = {.name = "OrderBySource", .next = next};

SortedRows sort_sink_rows(const Operator *sink_op) {
    const SortOperator *self = (const SortOperator *)sink_op;
    return (SortedRows){.rows = &self->rows, .order = self->order, .count = self->order_count};
}

Status sort_sink_create(Builder *builder, const Stream *stream, const SortOrderArray *order_by,
                        int64_t limit, bool with_ties, int32_t node_id, Operator **ret_sink) {
    QueryExecution *execution = builder->execution;
    SortOperator *self = operator_new(execution, SortOperator, &sort_type, node_id);
    pthread_mutex_init(&self->lock, NULL);
    self->pool = execution->options.pool;
    self->limit = limit;
    self->with_ties = with_ties;
    atomic_store(&self->boundary, UINT64_MAX);
    self->column_count = stream->layout.count;
    self->types = arena_new_array(execution->arena, const Type *, self->column_count);
    for (int32_t i = 0; i < self->column_count; i++) {
        self->types[i] = stream->layout.items[i]->type;
    }
    self->key_count = order_by->count;
    self->items = order_by->items;
    self->key_columns = arena_new_array(execution->arena, int32_t, order_by->count);
    column_store_init(&self->rows, self->pool, self->column_count, self->types);
    for (int32_t i = 0; i < order_by->count; i++) {
        TRY(stream_column(builder, stream, order_by->items[i].symbol, &self->key_columns[i]));
    }
    *ret_sink = &self->base;
    return OK;
}

static Status append(Builder *builder, Stream *stream, const SortOrderArray *order_by,
                     int64_t limit, bool with_ties, int32_t node_id) {
    Operator *sink_op;
    TRY(sort_sink_create(builder, stream, order_by, limit, with_ties, node_id, &sink_op));
    SortSource *source = operator_new(builder->execution, SortSource, &sort_source_type, node_id);
    source->sort = (SortOperator *)sink_op;
    *stream = stream_break(builder, stream, sink_op, &source->base, stream->layout);
    return OK;
}

Status sort_append(Builder *builder, Stream *stream, const SortOrderArray *order_by,
                   int32_t node_id) {
    return append(builder, stream, order_by, -1, false, node_id);
}

Status build_sort(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const SortNode *node = (const SortNode *)plan;
    TRY(build_node(builder, plan->sources[0], ret_stream));
    return append(builder, ret_stream, &node->order_by, -1, false, plan->id);
}

Status build_top_n(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const TopNNode *node = (const TopNNode *)plan;
    TRY(build_node(builder, plan->sources[0], ret_stream));
    return append(builder, ret_stream, &node->order_by, node->count, node->with_ties, plan->id);
}
