/* Table functions of the engine: sequence(start, stop, step), the numbers from start up or down to
 * stop. */
#include "catalog/catalog.h"
#include "exec/pipeline_builder.h"

typedef struct SequenceOperator {
    Operator base;
    int64_t next, step;
    uint64_t left; /* numbers still to be given, less one */
    bool is_done;
} SequenceOperator;

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    SequenceOperator *self = (SequenceOperator *)op;
    *ret_progress = PROGRESS_FINISHED;
    if (self->is_done) {
        return OK;
    }
    uint64_t most = (uint64_t)batch_rows() - 1;
    int32_t count = (int32_t)(self->left < most ? self->left : most) + 1;
    Vector *numbers = vector_create(type_simple(TYPE_BIGINT), count);
    uint64_t value = (uint64_t)self->next, step = (uint64_t)self->step;
    for (int32_t i = 0; i < count; i++) {
        VECTOR_DATA(numbers, int64_t)[i] = (int64_t)(value + (uint64_t)i * step);
    }
    self->is_done = self->left < (uint64_t)count;
    self->left -= (uint64_t)count;
    self->next = (int64_t)(value + (uint64_t)count * step);
    *ret_progress = self->is_done ? PROGRESS_FINISHED : PROGRESS_MORE;
    *ret_batch = batch_create(1, count);
    (*ret_batch)->columns[0] = numbers;
    return OK;
}

static const OperatorType sequence_type = {.name = "SequenceFunction", .next = next};

/* The value of a bigint argument; NULL is an error. */
static Status integer_argument(Builder *builder, const Expr *expr, const char *name,
                               int64_t *ret_value) {
    Vector *value;
    TRY(expr_evaluate(builder->cx, expr, &value));
    bool is_null = vector_is_null(value, 0);
    *ret_value = is_null ? 0 : VECTOR_DATA(value, int64_t)[0];
    vector_unref(value);
    if (is_null) {
        return FAIL(builder->cx, INVALID_FUNCTION_ARGUMENT, "%s is null", name);
    }
    return OK;
}

Status build_table_function(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    static const char *const NAMES[] = {"Start", "Stop", "Step"};
    const TableFunctionNode *node = (const TableFunctionNode *)plan;
    int64_t values[3] = {0, 0, 1};
    if (strcmp(node->name, "sequence") != 0) {
        return FAIL(builder->cx, NOT_SUPPORTED, "Table function %s cannot be executed", node->name);
    }
    for (int32_t i = 0; i < node->arguments.count && i < 3; i++) {
        TRY(integer_argument(builder, node->arguments.items[i], NAMES[i], &values[i]));
    }
    int64_t start = values[0], stop = values[1], step = values[2];
    if (start != stop && (start < stop ? step <= 0 : step >= 0)) {
        return FAIL(builder->cx, INVALID_FUNCTION_ARGUMENT,
                    "Step must be %s for sequence [%lld, %lld]",
                    start < stop ? "positive" : "negative", (long long)start, (long long)stop);
    }
    SequenceOperator *self =
        operator_new(builder->execution, SequenceOperator, &sequence_type, plan->id);
    self->next = start;
    self->step = step;
    self->left = start == stop ? 0
                 : step > 0    ? ((uint64_t)stop - (uint64_t)start) / (uint64_t)step
                               : ((uint64_t)start - (uint64_t)stop) / (0 - (uint64_t)step);
    builder->is_tiny = builder->is_tiny && self->left < 10000;
    *ret_stream = stream_begin(builder, &self->base, plan->outputs);
    return OK;
}
