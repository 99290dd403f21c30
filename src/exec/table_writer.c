/*
 * TableWriter and MergeWriter: every driver has a sink of the connector; their fragments are handed
 * over together at the end, so that the write becomes visible as a whole or not at all. Whatever
 * ends the query before that aborts the write.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/group_table.h"
#include "exec/pipeline_builder.h"

typedef struct TableWriterOperator {
    Operator base;
    const PlanWriteTarget *target;
    const ConnectorApi *api;
    bool is_merge, checks_multiple;
    int32_t column_count;
    int32_t *columns;
    int32_t change_column, row_id_column; /* merges */

    pthread_mutex_t lock;
    Arena *arena; /* the write handle and fragments */
    bool is_begun, is_finished;
    void *transaction;
    Handle write;
    int32_t fragment_count, fragment_capacity;
    Handle *fragments;
    GroupTable changed; /* row ids that were changed; checks_multiple only */
    _Atomic int64_t row_count;
} TableWriterOperator;

typedef struct WriterState {
    Arena *arena; /* lives as long as the connector's sink */
    void *sink;   /* NULL once finished */
} WriterState;

typedef struct WriterSource {
    Operator base;
    TableWriterOperator *writer;
} WriterSource;

static Status begin_locked(Context *cx, TableWriterOperator *self) {
    const PlanWriteTarget *target = self->target;
    void *connector = target->catalog->connector;
    Transaction *transaction = self->base.execution->options.transaction;
    TRY(transaction_handle(cx, transaction, target->catalog, true, &self->transaction));
    switch (target->kind) {
    case WRITE_CREATE:
        TRY(self->api->begin_create(cx, connector, self->transaction, target->new_table,
                                    target->replace, &self->write));
        break;
    case WRITE_INSERT:
        TRY(self->api->begin_insert(cx, connector, self->transaction, target->table->handle,
                                    &self->write));
        break;
    case WRITE_MERGE:
        TRY(self->api->begin_merge(cx, connector, self->transaction, target->table->handle,
                                   &self->write));
        break;
    }
    self->is_begun = true;
    return OK;
}

/* Begins the write once, whichever driver comes first. */
static Status begin(Context *cx, TableWriterOperator *self) {
    pthread_mutex_lock(&self->lock);
    Context own = *cx;
    own.arena = self->arena;
    Status status = self->is_begun ? OK : begin_locked(&own, self);
    cx->error = own.error;
    pthread_mutex_unlock(&self->lock);
    return status;
}

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    TableWriterOperator *self = (TableWriterOperator *)op;
    WriterState *state = allocate_zeroed(sizeof *state);
    *ret_local = state;
    state->arena = arena_create(NULL);
    TRY(begin(cx, self));
    Context own = *cx;
    own.arena = state->arena;
    Status status = self->api->open_sink(&own, self->target->catalog->connector, self->transaction,
                                         self->write, &state->sink);
    if (status != OK) {
        state->sink = NULL;
        cx->error = own.error;
        cx->error.message = arena_strdup(cx->arena, own.error.message);
    }
    return status;
}

static void close(Operator *op, void *local) {
    WriterState *state = local;
    if (state == NULL) {
        return;
    }
    if (state->sink != NULL) {
        ((TableWriterOperator *)op)->api->abort_sink(state->sink);
    }
    arena_free(state->arena);
    free(state);
}

static Batch *table_columns(const TableWriterOperator *self, const Batch *input) {
    Batch *batch = batch_create(self->column_count, input->row_count);
    for (int32_t i = 0; i < self->column_count; i++) {
        batch->columns[i] = vector_ref(input->columns[self->columns[i]]);
    }
    return batch;
}

/* Each row of the target may be changed once. */
static Status check_multiple(Context *cx, TableWriterOperator *self, const Batch *input) {
    Vector *row_ids = input->columns[self->row_id_column];
    VectorView changes = vector_view(input->columns[self->change_column]);
    int32_t rows[BATCH_ROWS_MAX], groups[BATCH_ROWS_MAX];
    int32_t count = 0, first_new;
    for (int32_t row = 0; row < input->row_count; row++) {
        rows[count] = row;
        count += VIEW_VALUE(&changes, int8_t, row) != ROW_CHANGE_INSERT;
    }
    Vector *changed = vector_gather(row_ids, rows, count);
    pthread_mutex_lock(&self->lock);
    Status status = group_table_find(cx, &self->changed, &changed, count, groups, &first_new);
    bool is_repeated = status == OK && self->changed.group_count - first_new != count;
    pthread_mutex_unlock(&self->lock);
    vector_unref(changed);
    if (is_repeated) {
        return FAIL(cx, MERGE_TARGET_ROW_MULTIPLE_MATCHES,
                    "One MERGE target table row matched more than one source row");
    }
    return status;
}

static Status write_batch(Context *cx, TableWriterOperator *self, void *sink_state,
                          const Batch *input) {
    Batch *rows = table_columns(self, input);
    Status status = OK;
    atomic_fetch_add(&self->base.execution->written_bytes, batch_payload_bytes(rows));
    if (!self->is_merge) {
        status = self->api->append(cx, sink_state, rows);
    } else {
        Vector *changes = vector_flatten(input->columns[self->change_column]);
        status =
            self->api->merge(cx, sink_state, changes, input->columns[self->row_id_column], rows);
        vector_unref(changes);
    }
    batch_free(rows);
    return status;
}

static Status sink(Context *cx, Operator *op, void *local, Batch *input, Progress *ret_progress) {
    TableWriterOperator *self = (TableWriterOperator *)op;
    WriterState *state = local;
    *ret_progress = PROGRESS_NEED_INPUT;
    Status status = self->checks_multiple ? check_multiple(cx, self, input) : OK;
    if (status == OK) {
        status = write_batch(cx, self, state->sink, input);
    }
    atomic_fetch_add(&self->row_count, input->row_count);
    batch_free(input);
    return status;
}

static Status combine(Context *cx, Operator *op, void *local) {
    TableWriterOperator *self = (TableWriterOperator *)op;
    WriterState *state = local;
    Handle fragment = {0};
    void *finishing = state->sink;
    state->sink = NULL; /* finish_sink frees it, also when it fails */
    TRY(self->api->finish_sink(cx, finishing, &fragment));
    pthread_mutex_lock(&self->lock);
    if (self->fragment_count == self->fragment_capacity) {
        self->fragment_capacity = self->fragment_capacity > 0 ? self->fragment_capacity * 2 : 4;
        self->fragments =
            reallocate(self->fragments, (size_t)self->fragment_capacity * sizeof *self->fragments);
    }
    self->fragments[self->fragment_count++] =
        (Handle){.data = arena_copy(self->arena, fragment.data, (size_t)fragment.size),
                 .size = fragment.size};
    pthread_mutex_unlock(&self->lock);
    return OK;
}

static Status finalize(Context *cx, Operator *op) {
    TableWriterOperator *self = (TableWriterOperator *)op;
    TRY(begin(cx, self)); /* without input no driver has */
    TRY(check_cancelled(cx));
    self->is_finished = true;
    return self->api->finish_write(cx, self->target->catalog->connector, self->transaction,
                                   self->write, self->fragments, self->fragment_count);
}

static void writer_free(Operator *op) {
    TableWriterOperator *self = (TableWriterOperator *)op;
    if (self->is_begun && !self->is_finished && self->api->abort_write != NULL) {
        self->api->abort_write(self->target->catalog->connector, self->transaction, self->write);
    }
    if (self->checks_multiple) {
        group_table_done(&self->changed);
    }
    free(self->fragments);
    arena_free(self->arena);
    pthread_mutex_destroy(&self->lock);
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    Batch *batch = batch_create(1, 1);
    batch->columns[0] = vector_create(type_simple(TYPE_BIGINT), 1);
    VECTOR_DATA(batch->columns[0], int64_t)
    [0] = atomic_load(&((WriterSource *)op)->writer->row_count);
    *ret_batch = batch;
    *ret_progress = PROGRESS_FINISHED;
    return OK;
}

static const OperatorType table_writer_type = {
    .name = "TableWriterOperator",
    .open = open,
    .close = close,
    .sink = sink,
    .combine = combine,
    .finalize = finalize,
    .free = writer_free,
};
static const OperatorType writer_source_type = {.name = "TableFinishOperator", .next = next};

static TableWriterOperator *create(Builder *builder, const PlanNode *plan,
                                   const PlanWriteTarget *target) {
    TableWriterOperator *self =
        operator_new(builder->execution, TableWriterOperator, &table_writer_type, plan->id);
    pthread_mutex_init(&self->lock, NULL);
    self->arena = arena_create(NULL);
    self->target = target;
    self->api = target->catalog->api;
    builder->is_tiny = false;
    return self;
}

static Stream end_with_count(Builder *builder, const PlanNode *plan, TableWriterOperator *self,
                             Stream *stream) {
    WriterSource *source =
        operator_new(builder->execution, WriterSource, &writer_source_type, plan->id);
    source->writer = self;
    return stream_break(builder, stream, &self->base, &source->base, plan->outputs);
}

static Status bind_input(Builder *builder, const Stream *stream, const SymbolList *input,
                         TableWriterOperator *self) {
    if (self->api->open_sink == NULL) {
        return FAIL(builder->cx, NOT_SUPPORTED, "This connector does not support inserts");
    }
    self->column_count = input->count;
    return stream_columns(builder, stream, input, &self->columns);
}

Status build_table_writer(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const TableWriterNode *node = (const TableWriterNode *)plan;
    Stream stream;
    TRY(build_node(builder, plan->sources[0], &stream));
    TableWriterOperator *self = create(builder, plan, node->target);
    TRY(bind_input(builder, &stream, &node->input, self));
    *ret_stream = end_with_count(builder, plan, self, &stream);
    return OK;
}

Status build_merge_writer(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const MergeWriterNode *node = (const MergeWriterNode *)plan;
    Stream stream;
    TRY(build_node(builder, plan->sources[0], &stream));
    TableWriterOperator *self = create(builder, plan, node->target);
    TRY(bind_input(builder, &stream, &node->input, self));
    self->is_merge = true;
    TRY(stream_column(builder, &stream, node->change, &self->change_column));
    TRY(stream_column(builder, &stream, node->row_id, &self->row_id_column));
    self->checks_multiple = node->check_multiple;
    if (self->checks_multiple) {
        group_table_init(&self->changed, builder->execution->options.pool, 1, &node->row_id->type,
                         0);
    }
    *ret_stream = end_with_count(builder, plan, self, &stream);
    return OK;
}
