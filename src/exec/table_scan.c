/*
 * The scan operator: takes splits, reads their batches, drops the rows that dynamic filters rule
 * out. A filter that lets nearly everything through is given up by the driver that notices.
 */
#include "exec/table_scan.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "exec/batch_gather.h"

enum { FILTER_TRIAL_ROWS = 32 * 1024, FILTER_PASS_PERCENT_MAX = 85, SPLITS_A_CALL = 64 };

typedef struct ScanState {
    Driver *driver;
    ScanSource source;
    Batch *batch; /* larger than an engine's batch: handed on in slices */
    int32_t batch_offset;
    int64_t *filter_seen, *filter_kept;
    int32_t rows[BATCH_ROWS_MAX];
} ScanState;

/* ---- splits ---- */

Status table_scan_open_splits(Context *cx, TableScan *scan) {
    const ConnectorApi *api = scan->catalog->api;
    Context own = *cx;
    own.arena = scan->arena;
    if (api->open_splits(&own, scan->catalog->connector, scan->transaction, scan->table->handle,
                         &scan->dynamic_filter, &scan->splits) != OK) {
        cx->error = own.error;
        return FAILED;
    }
    return OK;
}

/* Under scan->lock. */
static Status more_splits(Context *cx, TableScan *scan) {
    Context own = *cx;
    own.arena = scan->arena;
    int32_t waiting = scan->queue_count - scan->queue_next;
    Split *queue = arena_new_array(scan->arena, Split, waiting + SPLITS_A_CALL);
    if (waiting > 0) {
        memcpy(queue, scan->queue + scan->queue_next, (size_t)waiting * sizeof *queue);
    }
    int32_t count = 0;
    bool finished = false;
    if (scan->catalog->api->next_splits(&own, scan->splits, SPLITS_A_CALL, queue + waiting, &count,
                                        &finished) != OK) {
        cx->error = own.error;
        return FAILED;
    }
    scan->queue = queue;
    scan->queue_next = 0;
    scan->queue_count = waiting + count;
    scan->is_exhausted = finished;
    atomic_fetch_add(&scan->base.execution->splits_queued, count);
    return OK;
}

static Status fill_locked(Context *cx, TableScan *scan, int32_t wanted, int32_t *ret_waiting) {
    while (!scan->is_exhausted && scan->queue_count - scan->queue_next < wanted) {
        TRY(check_cancelled(cx));
        TRY(more_splits(cx, scan));
    }
    *ret_waiting = scan->queue_count - scan->queue_next;
    return OK;
}

Status table_scan_fill(Context *cx, TableScan *scan, int32_t wanted, int32_t *ret_waiting) {
    pthread_mutex_lock(&scan->lock);
    Status status = fill_locked(cx, scan, wanted, ret_waiting);
    pthread_mutex_unlock(&scan->lock);
    return status;
}

static Status take_split(Context *cx, TableScan *scan, Split *ret_split, bool *ret_found) {
    int32_t waiting = 0;
    pthread_mutex_lock(&scan->lock);
    Status status = fill_locked(cx, scan, 1, &waiting);
    if (status == OK && waiting > 0) {
        *ret_split = scan->queue[scan->queue_next++];
        atomic_fetch_sub(&scan->base.execution->splits_queued, 1);
        atomic_fetch_add(&scan->base.execution->splits_running, 1);
    }
    pthread_mutex_unlock(&scan->lock);
    *ret_found = waiting > 0;
    return status;
}

/* ---- sources ---- */

void scan_source_init(ScanSource *source, TableScan *scan) {
    *source = (ScanSource){.scan = scan, .arena = arena_create(NULL)};
}

static void close_split(ScanSource *source) {
    QueryExecution *execution = source->scan->base.execution;
    if (source->source == NULL) {
        return;
    }
    source->scan->catalog->api->close_source(source->source, &source->statistics);
    source->source = NULL;
    atomic_fetch_sub(&execution->splits_running, 1);
    atomic_fetch_add(&execution->splits_completed, 1);
    atomic_fetch_add(&execution->physical_bytes, source->statistics.physical_bytes);
    atomic_fetch_add(&execution->physical_rows, source->statistics.physical_rows);
    atomic_fetch_add(&execution->physical_nanos, source->statistics.read_nanos);
    source->statistics = (SourceStatistics){0};
    arena_reset(source->arena);
}

void scan_source_done(ScanSource *source) {
    if (source->arena != NULL) {
        close_split(source);
        arena_free(source->arena);
        source->arena = NULL;
    }
}

static Status open_split(Context *cx, ScanSource *source, bool *ret_found) {
    TableScan *scan = source->scan;
    Split split;
    TRY(take_split(cx, scan, &split, ret_found));
    if (!*ret_found) {
        return OK;
    }
    Context own = *cx;
    own.arena = source->arena;
    if (scan->catalog->api->open_source(
            &own, scan->catalog->connector, scan->transaction, scan->table->handle, &split,
            scan->columns, scan->column_count, &scan->dynamic_filter, &source->source) != OK) {
        cx->error = own.error;
        cx->error.message = arena_strdup(cx->arena, own.error.message);
        return FAILED;
    }
    return OK;
}

Status scan_source_read(Context *cx, ScanSource *source, Batch **ret_batch) {
    *ret_batch = NULL;
    for (;;) {
        if (source->source == NULL) {
            bool found;
            TRY(open_split(cx, source, &found));
            if (!found) {
                return OK;
            }
        }
        TRY(source->scan->catalog->api->read_source(cx, source->source, ret_batch));
        if (*ret_batch != NULL) {
            QueryExecution *execution = source->scan->base.execution;
            atomic_fetch_add(&execution->processed_rows, (*ret_batch)->row_count);
            atomic_fetch_add(&execution->processed_bytes, batch_payload_bytes(*ret_batch));
            return OK;
        }
        close_split(source);
        TRY(check_cancelled(cx));
    }
}

/* ---- the operator ---- */

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    TableScan *scan = (TableScan *)op;
    ScanState *state = allocate_zeroed(sizeof *state);
    *ret_local = state;
    state->driver = driver;
    state->filter_seen = allocate_zeroed((size_t)(scan->filter_count + 1) * sizeof(int64_t) * 2);
    state->filter_kept = state->filter_seen + scan->filter_count + 1;
    scan_source_init(&state->source, scan);
    return OK;
}

static void close(Operator *op, void *local) {
    ScanState *state = local;
    if (state == NULL) {
        return;
    }
    TableScan *scan = (TableScan *)op;
    if (scan->reader != NULL) {
        blocking_reader_leave(scan->reader);
    }
    scan_source_done(&state->source);
    batch_free(state->batch);
    free(state->filter_seen);
    free(state);
}

static Batch *apply_filters(TableScan *scan, ScanState *state, Batch *batch) {
    for (int32_t i = 0; i < scan->filter_count; i++) {
        ScanFilter *filter = &scan->filters[i];
        int64_t *seen = &state->filter_seen[i], *kept = &state->filter_kept[i];
        bool is_useless =
            *seen > FILTER_TRIAL_ROWS && *kept * 100 > *seen * FILTER_PASS_PERCENT_MAX;
        if (filter->values == NULL || is_useless) {
            continue;
        }
        int32_t count = dynamic_filter_apply(filter->values, batch->columns[filter->column],
                                             batch->row_count, state->rows);
        *seen += batch->row_count;
        *kept += count;
        if (count == 0) {
            batch_free(batch);
            return NULL;
        }
        if (count < batch->row_count) {
            batch = batch_gather(batch, state->rows, count);
        }
    }
    return batch;
}

/* The next slice of a batch that is larger than the engine's. */
static Batch *next_slice(ScanState *state) {
    int32_t left = state->batch->row_count - state->batch_offset;
    int32_t count = left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX;
    Batch *slice = batch_slice(state->batch, state->batch_offset, count);
    state->batch_offset += count;
    if (count == left) {
        batch_free(state->batch);
        state->batch = NULL;
    }
    return slice;
}

static Status read_batch(Context *cx, TableScan *scan, ScanState *state, Batch **ret_batch,
                         Progress *ret_progress) {
    bool finished = false;
    *ret_progress = PROGRESS_MORE;
    if (scan->reader != NULL) {
        TRY(blocking_reader_take(cx, scan->reader, state->driver, ret_batch, &finished));
        if (*ret_batch == NULL) {
            *ret_progress = finished ? PROGRESS_FINISHED : PROGRESS_BLOCKED;
        }
        return OK;
    }
    TRY(scan_source_read(cx, &state->source, ret_batch));
    if (*ret_batch == NULL) {
        *ret_progress = PROGRESS_FINISHED;
    }
    return OK;
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    TableScan *scan = (TableScan *)op;
    ScanState *state = local;
    Batch *batch = NULL;
    *ret_progress = PROGRESS_MORE;
    if (state->batch == NULL) {
        TRY(read_batch(cx, scan, state, &batch, ret_progress));
    }
    if (batch != NULL && batch->row_count > BATCH_ROWS_MAX) {
        state->batch = batch;
        state->batch_offset = 0;
    }
    if (state->batch != NULL) {
        batch = next_slice(state);
    }
    *ret_batch = batch != NULL ? apply_filters(scan, state, batch) : NULL;
    return OK;
}

/* ---- dynamic filters ---- */

static const TupleDomain *current_domain(const DynamicFilter *filter) {
    const TableScan *scan =
        (const TableScan *)((const char *)filter - offsetof(TableScan, dynamic_filter));
    return scan->domain.count > 0 || scan->domain.none ? &scan->domain : NULL;
}

static bool is_complete(const DynamicFilter *filter) {
    return true; /* builds end before the scans that use them begin */
}

static const Vector *integer_value(TableScan *scan, const Type *type, int64_t value) {
    Vector *vector = vector_create(type, 1);
    switch (type->width) {
    case 1:
        VECTOR_DATA(vector, int8_t)[0] = (int8_t)value;
        break;
    case 2:
        VECTOR_DATA(vector, int16_t)[0] = (int16_t)value;
        break;
    case 4:
        VECTOR_DATA(vector, int32_t)[0] = (int32_t)value;
        break;
    default:
        VECTOR_DATA(vector, int64_t)[0] = value;
    }
    arena_on_free(scan->arena, (void (*)(void *))vector_unref, vector);
    return vector;
}

static void collect_domains(TableScan *scan) {
    ColumnDomain *domains = arena_new_array(scan->arena, ColumnDomain, scan->filter_count);
    int32_t count = 0;
    for (int32_t i = 0; i < scan->filter_count; i++) {
        ScanFilter *filter = &scan->filters[i];
        filter->values = dynamic_filter_find(scan->base.execution, filter->id);
        if (filter->values == NULL) {
            continue;
        }
        int64_t low, high;
        if (!dynamic_filter_range(filter->values, &low, &high)) {
            scan->domain.none = true;
            return;
        }
        const Type *type = scan->column_types[filter->column];
        Range *range = arena_new(scan->arena, Range);
        *range = (Range){.low = integer_value(scan, type, low),
                         .high = integer_value(scan, type, high),
                         .low_inclusive = true,
                         .high_inclusive = true};
        Domain *domain = arena_new(scan->arena, Domain);
        *domain = (Domain){.range_count = 1, .ranges = range};
        domains[count++] = (ColumnDomain){.column = filter->table_column, .domain = domain};
    }
    scan->domain.count = count;
    scan->domain.domains = domains;
}

static Status start(Context *cx, Operator *op, int32_t limit, int32_t *ret_drivers) {
    TableScan *scan = (TableScan *)op;
    *ret_drivers = 0;
    collect_domains(scan);
    if (scan->domain.none) {
        return OK;
    }
    TRY(transaction_handle(cx, op->execution->options.transaction, scan->catalog, false,
                           &scan->transaction));
    if (scan->catalog->api->blocking_sources) {
        *ret_drivers = limit;
        scan->reader = blocking_reader_create(scan, limit);
        return OK;
    }
    TRY(table_scan_open_splits(cx, scan));
    int32_t waiting;
    TRY(table_scan_fill(cx, scan, limit, &waiting));
    *ret_drivers = waiting < limit ? waiting : limit;
    return OK;
}

static void scan_free(Operator *op) {
    TableScan *scan = (TableScan *)op;
    blocking_reader_free(scan->reader);
    if (scan->splits != NULL && scan->catalog->api->close_splits != NULL) {
        scan->catalog->api->close_splits(scan->splits);
    }
    arena_free(scan->arena);
    pthread_mutex_destroy(&scan->lock);
}

static const OperatorType table_scan_type = {
    .name = "TableScanOperator",
    .open = open,
    .close = close,
    .start = start,
    .next = next,
    .free = scan_free,
};

static void bind_filter(const TableScanNode *node, TableScan *scan, int32_t id,
                        const Symbol *symbol) {
    int32_t column = layout_find(&node->base.outputs, symbol);
    if (column >= 0) {
        scan->filters[scan->filter_count++] =
            (ScanFilter){.id = id, .column = column, .table_column = node->columns.items[column]};
    }
}

static void bind_filters(Builder *builder, const TableScanNode *node, TableScan *scan) {
    int32_t count = node->dynamic_filters.count;
    for (const ReverseFilter *f = builder->reverse_filters; f != NULL; f = f->next) {
        count += f->scan == &node->base;
    }
    scan->filters = arena_new_array(builder->execution->arena, ScanFilter, count);
    for (int32_t i = 0; i < node->dynamic_filters.count; i++) {
        const DynamicFilterUse *use = &node->dynamic_filters.items[i];
        bind_filter(node, scan, use->id, use->symbol);
    }
    for (const ReverseFilter *f = builder->reverse_filters; f != NULL; f = f->next) {
        if (f->scan == &node->base) {
            bind_filter(node, scan, f->id, f->symbol);
        }
    }
}

Status build_table_scan(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const TableScanNode *node = (const TableScanNode *)plan;
    Arena *arena = builder->execution->arena;
    TableScan *scan = operator_new(builder->execution, TableScan, &table_scan_type, plan->id);
    pthread_mutex_init(&scan->lock, NULL);
    scan->arena = arena_create(NULL);
    scan->table = node->table;
    scan->catalog = node->table->catalog;
    scan->dynamic_filter = (DynamicFilter){.current = current_domain, .is_complete = is_complete};
    scan->column_count = node->columns.count;
    scan->columns = node->columns.items;
    scan->column_types = arena_new_array(arena, const Type *, plan->outputs.count);
    for (int32_t i = 0; i < plan->outputs.count; i++) {
        scan->column_types[i] = plan->outputs.items[i]->type;
    }
    bind_filters(builder, node, scan);
    builder->is_tiny = false;
    *ret_stream = stream_begin(builder, &scan->base, plan->outputs);
    for (int32_t i = 0; i < scan->filter_count; i++) {
        const FilterProducer *producer = builder->filter_producers;
        while (producer != NULL && producer->id != scan->filters[i].id) {
            producer = producer->next;
        }
        if (producer != NULL) {
            pipeline_depend(ret_stream->pipeline, producer->pipeline);
        }
    }
    return OK;
}
