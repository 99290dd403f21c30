/* EnforceSingleRow: a scalar subquery gives exactly one row, of NULLs when it found none; a second
 * row is an error. */
#include "exec/pipeline_builder.h"

typedef struct SingleRow {
    Operator base;
    pthread_mutex_t lock;
    Batch *row;
    int32_t column_count;
    const Type **types;
} SingleRow;

typedef struct SingleRowSource {
    Operator base;
    SingleRow *single;
} SingleRowSource;

static Status sink(Context *cx, Operator *op, void *local, Batch *input, Progress *ret_progress) {
    SingleRow *self = (SingleRow *)op;
    pthread_mutex_lock(&self->lock);
    bool fits = self->row == NULL && input->row_count == 1;
    if (fits) {
        self->row = input;
    }
    pthread_mutex_unlock(&self->lock);
    *ret_progress = PROGRESS_NEED_INPUT;
    if (!fits) {
        batch_free(input);
        return FAIL(cx, SUBQUERY_MULTIPLE_ROWS, "Scalar sub-query has returned multiple rows");
    }
    return OK;
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    SingleRow *self = ((SingleRowSource *)op)->single;
    *ret_progress = PROGRESS_FINISHED;
    if (self->row == NULL) {
        self->row = batch_create(self->column_count, 1);
        for (int32_t i = 0; i < self->column_count; i++) {
            self->row->columns[i] = vector_create_null(self->types[i], 1);
        }
    }
    *ret_batch = self->row;
    self->row = NULL;
    return OK;
}

static void single_free(Operator *op) {
    SingleRow *self = (SingleRow *)op;
    batch_free(self->row);
    pthread_mutex_destroy(&self->lock);
}

static const OperatorType single_row_type = {
    .name = "EnforceSingleRowOperator", .sink = sink, .free = single_free};
static const OperatorType single_row_source_type = {.name = "EnforceSingleRowSource", .next = next};

Status build_enforce_single_row(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    QueryExecution *execution = builder->execution;
    Stream stream;
    TRY(build_node(builder, plan->sources[0], &stream));
    SingleRow *self = operator_new(execution, SingleRow, &single_row_type, plan->id);
    pthread_mutex_init(&self->lock, NULL);
    self->column_count = stream.layout.count;
    self->types = arena_new_array(execution->arena, const Type *, self->column_count);
    for (int32_t i = 0; i < self->column_count; i++) {
        self->types[i] = stream.layout.items[i]->type;
    }
    SingleRowSource *source =
        operator_new(execution, SingleRowSource, &single_row_source_type, plan->id);
    source->single = self;
    *ret_stream = stream_break(builder, &stream, &self->base, &source->base, stream.layout);
    return OK;
}
