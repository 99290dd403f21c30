/*
 * WITH RECURSIVE: round 0 is the anchor; each further round runs the step over the rows of the
 * round before, until one gives none. The step's pipelines are built anew for every round, when the
 * round before is complete; the pipeline that reads the whole result waits for a last one that
 * reports the end.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/batch_gather.h"
#include "exec/column_store.h"
#include "exec/pipeline_builder.h"

typedef struct RecursionSource RecursionSource;

typedef struct Recursion {
    QueryExecution *execution;
    const RecursiveUnionNode *node;
    Pipeline *reader; /* of the whole result: depends on every round */
    int32_t column_count;
    const Type **types;
    ColumnStore rows;     /* of all rounds so far */
    int32_t round;        /* that is running */
    int32_t round_start;  /* first row of the round before */
    int32_t round_end;    /* one past its last */
    pthread_mutex_t lock; /* rows, while a round's drivers add to it */
} Recursion;

/* The sink of one round. */
typedef struct RecursionSink {
    Operator base;
    Recursion *recursion;
    Pipeline *pipeline;
} RecursionSink;

/* Gives rows next .. end of the recursion: a round's for the step, all for the reader. */
struct RecursionSource {
    Operator base;
    Recursion *recursion;
    bool reads_all;
    int32_t next;
};

static Status build_round(Context *cx, Recursion *self, const PlanNode *plan,
                          const SymbolList *inputs, bool *ret_tiny);

static Status sink(Context *cx, Operator *op, void *local, Batch *input, Progress *ret_progress) {
    Recursion *self = ((RecursionSink *)op)->recursion;
    pthread_mutex_lock(&self->lock);
    Status status = column_store_append(cx, &self->rows, input->columns, NULL, input->row_count);
    pthread_mutex_unlock(&self->lock);
    batch_free(input);
    *ret_progress = PROGRESS_NEED_INPUT;
    return status;
}

/* A round is complete: the rows it added feed the next one. */
static Status finalize(Context *cx, Operator *op) {
    Recursion *self = ((RecursionSink *)op)->recursion;
    self->round_start = self->round_end;
    self->round_end = self->rows.row_count;
    if (self->round_start == self->round_end) {
        return OK;
    }
    if (self->round >= self->node->max_depth) {
        return FAIL(cx, NOT_SUPPORTED,
                    "Recursion depth limit exceeded (%d). Use 'max_recursion_depth' session "
                    "property to modify the limit.",
                    self->node->max_depth);
    }
    self->round++;
    bool tiny;
    return build_round(cx, self, self->node->base.sources[1], &self->node->step_inputs, &tiny);
}

static const OperatorType recursion_sink_type = {
    .name = "RecursiveUnionSink", .sink = sink, .finalize = finalize};

static Status start(Context *cx, Operator *op, int32_t limit, int32_t *ret_drivers) {
    RecursionSource *source = (RecursionSource *)op;
    source->next = source->reads_all ? 0 : source->recursion->round_start;
    *ret_drivers = 1;
    return OK;
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    RecursionSource *source = (RecursionSource *)op;
    Recursion *self = source->recursion;
    int32_t left = self->round_end - source->next;
    int32_t count = left < batch_rows() ? left : batch_rows();
    *ret_progress = count < left ? PROGRESS_MORE : PROGRESS_FINISHED;
    if (count <= 0) {
        return OK;
    }
    int32_t rows[BATCH_ROWS_MAX];
    for (int32_t i = 0; i < count; i++) {
        rows[i] = source->next + i;
    }
    source->next += count;
    Batch *batch = batch_create(self->column_count, count);
    pthread_mutex_lock(&self->lock); /* the round being made may move the columns */
    for (int32_t i = 0; i < self->column_count; i++) {
        batch->columns[i] = vector_create(self->types[i], 0);
        vector_append(batch->columns[i], self->rows.columns[i], rows, count);
    }
    pthread_mutex_unlock(&self->lock);
    *ret_batch = batch;
    return OK;
}

static void source_free(Operator *op) {
    RecursionSource *source = (RecursionSource *)op;
    if (source->reads_all) {
        column_store_done(&source->recursion->rows);
        pthread_mutex_destroy(&source->recursion->lock);
    }
}

static const OperatorType recursion_source_type = {
    .name = "RecursiveUnionSource", .start = start, .next = next, .free = source_free};

static Operator *create_source(void *closure) {
    Recursion *self = closure;
    RecursionSource *source =
        operator_new(self->execution, RecursionSource, &recursion_source_type, -1);
    source->recursion = self;
    return &source->base;
}

static Status build_stream(Context *cx, Recursion *self, const PlanNode *plan,
                           const SymbolList *inputs, Pipeline **ret_first, bool *ret_tiny) {
    QueryExecution *execution = self->execution;
    Context own = *cx;
    own.arena = execution->arena;
    RecursionScope scope = {
        .recursion_id = self->node->recursion_id, .create_source = create_source, .closure = self};
    Builder builder = {.cx = &own, .execution = execution, .is_tiny = true, .recursion = &scope};
    Stream stream;
    *ret_first = execution->pipelines; /* those made from here on come before it in the list */
    Status status = build_node(&builder, plan, &stream);
    if (status == OK) {
        status = stream_arrange(&builder, &stream, inputs);
    }
    cx->error = own.error;
    TRY(status);
    RecursionSink *round = operator_new(execution, RecursionSink, &recursion_sink_type, -1);
    round->recursion = self;
    stream_end(&stream, &round->base);
    pipeline_depend(self->reader, stream.pipeline);
    *ret_tiny = builder.is_tiny;
    return OK;
}

/* Starts those of the round's pipelines that wait for nothing. */
static Status start_round(Context *cx, QueryExecution *execution, Pipeline *newest,
                          const Pipeline *end) {
    int32_t count = 0;
    for (Pipeline *p = newest; p != end; p = p->next_in_execution) {
        count++;
    }
    Pipeline **ready = arena_new_array(cx->arena, Pipeline *, count);
    count = 0;
    for (Pipeline *p = newest; p != end; p = p->next_in_execution) {
        if (p->pending == 0 && p->branch_count > 0) {
            ready[count++] = p;
        }
    }
    for (int32_t i = 0; i < count; i++) {
        TRY(pipeline_start(cx, ready[i]));
    }
    return OK;
}

static Status build_round(Context *cx, Recursion *self, const PlanNode *plan,
                          const SymbolList *inputs, bool *ret_tiny) {
    QueryExecution *execution = self->execution;
    Pipeline *first;
    pthread_mutex_lock(&execution->build_lock);
    Status status = build_stream(cx, self, plan, inputs, &first, ret_tiny);
    Pipeline *newest = execution->pipelines;
    pthread_mutex_unlock(&execution->build_lock);
    TRY(status);
    return start_round(cx, execution, newest, first);
}

Status build_recursive_union(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const RecursiveUnionNode *node = (const RecursiveUnionNode *)plan;
    QueryExecution *execution = builder->execution;
    Recursion *self = arena_new(execution->arena, Recursion);
    pthread_mutex_init(&self->lock, NULL);
    self->execution = execution;
    self->node = node;
    self->column_count = plan->outputs.count;
    self->types = arena_new_array(execution->arena, const Type *, self->column_count);
    for (int32_t i = 0; i < self->column_count; i++) {
        self->types[i] = plan->outputs.items[i]->type;
    }
    column_store_init(&self->rows, execution->options.pool, self->column_count, self->types);
    RecursionSource *source =
        operator_new(execution, RecursionSource, &recursion_source_type, plan->id);
    source->recursion = self;
    source->reads_all = true;
    *ret_stream = stream_begin(builder, &source->base, plan->outputs);
    self->reader = ret_stream->pipeline;
    Pipeline *first;
    bool is_tiny;
    TRY(build_stream(builder->cx, self, plan->sources[0], &node->anchor_inputs, &first, &is_tiny));
    builder->is_tiny = builder->is_tiny && is_tiny;
    return OK;
}

Status build_recursive_reference(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const RecursiveReferenceNode *node = (const RecursiveReferenceNode *)plan;
    const RecursionScope *scope = builder->recursion;
    while (scope != NULL && scope->recursion_id != node->recursion_id) {
        scope = scope->outer;
    }
    if (scope == NULL) {
        return FAIL(builder->cx, GENERIC_INTERNAL_ERROR,
                    "A recursive reference outside its recursion");
    }
    Operator *source = scope->create_source(scope->closure);
    *ret_stream = stream_begin(builder, source, plan->outputs);
    return OK;
}
