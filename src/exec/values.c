/*
 * Values: constant rows. The rows are evaluated once, when the pipeline is built, and handed out in
 * batches by one driver.
 */
#include "exec/pipeline_builder.h"

enum { TINY_ROWS_MAX = 1024 };

typedef struct ValuesOperator {
    Operator base;
    int32_t row_count, next_row, column_count;
    Vector **columns;
} ValuesOperator;

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    ValuesOperator *self = (ValuesOperator *)op;
    int32_t left = self->row_count - self->next_row;
    int32_t count = left < batch_rows() ? left : batch_rows();
    *ret_progress = count < left ? PROGRESS_MORE : PROGRESS_FINISHED;
    if (count == 0) {
        return OK;
    }
    Batch *batch = batch_create(self->column_count, count);
    for (int32_t i = 0; i < self->column_count; i++) {
        batch->columns[i] = vector_slice(self->columns[i], self->next_row, count);
    }
    self->next_row += count;
    *ret_batch = batch;
    return OK;
}

static void values_free(Operator *op) {
    ValuesOperator *self = (ValuesOperator *)op;
    for (int32_t i = 0; i < self->column_count; i++) {
        vector_unref(self->columns[i]);
    }
}

static const OperatorType values_type = {
    .name = "ValuesOperator",
    .next = next,
    .free = values_free,
};

static Status fill_column(Builder *builder, const ValuesNode *node, int32_t column,
                          Vector *vector) {
    int32_t width = node->base.outputs.count;
    for (int32_t row = 0; row < node->row_count; row++) {
        const Expr *expr = node->rows.items[(size_t)row * (size_t)width + (size_t)column];
        if (expr->kind == EXPR_CONSTANT) {
            vector_append(vector, expr->value, NULL, 1);
            continue;
        }
        Vector *value;
        TRY(expr_evaluate(builder->cx, expr, &value));
        vector_append(vector, value, NULL, 1);
        vector_unref(value);
    }
    return OK;
}

Status build_values(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const ValuesNode *node = (const ValuesNode *)plan;
    QueryExecution *execution = builder->execution;
    ValuesOperator *self = operator_new(execution, ValuesOperator, &values_type, plan->id);
    self->row_count = node->row_count;
    self->columns = arena_new_array(execution->arena, Vector *, plan->outputs.count);
    for (int32_t i = 0; i < plan->outputs.count; i++) {
        self->columns[i] = vector_create(plan->outputs.items[i]->type, 0);
        self->column_count = i + 1;
        TRY(fill_column(builder, node, i, self->columns[i]));
    }
    builder->is_tiny = builder->is_tiny && node->row_count <= TINY_ROWS_MAX;
    *ret_stream = stream_begin(builder, &self->base, plan->outputs);
    return OK;
}
