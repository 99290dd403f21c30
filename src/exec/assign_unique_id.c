/* AssignUniqueId: adds a number unique among all rows of the query, from one counter of the
 * execution. */
#include "exec/pipeline_builder.h"

static Status execute(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                      Progress *ret_progress) {
    int32_t count = input->row_count;
    int64_t first = atomic_fetch_add(&op->execution->next_unique_id, count);
    Batch *output = batch_create(input->column_count + 1, count);
    for (int32_t i = 0; i < input->column_count; i++) {
        output->columns[i] = vector_ref(input->columns[i]);
    }
    Vector *ids = vector_create(type_simple(TYPE_BIGINT), count);
    for (int32_t i = 0; i < count; i++) {
        VECTOR_DATA(ids, int64_t)[i] = first + i;
    }
    output->columns[input->column_count] = ids;
    batch_free(input);
    *ret_output = output;
    *ret_progress = PROGRESS_NEED_INPUT;
    return OK;
}

static const OperatorType assign_unique_id_type = {.name = "AssignUniqueIdOperator",
                                                   .execute = execute};

Status build_assign_unique_id(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const AssignUniqueIdNode *node = (const AssignUniqueIdNode *)plan;
    TRY(build_node(builder, plan->sources[0], ret_stream));
    Operator *op = operator_new(builder->execution, Operator, &assign_unique_id_type, plan->id);
    SymbolList layout = ret_stream->layout;
    layout_add(builder->execution->arena, &layout, node->unique_id);
    stream_append(ret_stream, op, layout);
    return OK;
}
