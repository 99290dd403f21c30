/*
 * UNION ALL: the sources become branches of one pipeline, so nothing is copied or queued between
 * them and what follows. UNION DISTINCT adds an aggregation over all columns. Exchanges within a
 * node are the same thing: rows of several sources in one stream.
 */
#include "exec/pipeline_builder.h"

static Status build_union(Builder *builder, const PlanNode *plan, const SymbolListArray *inputs,
                          Stream *ret_stream) {
    for (int32_t i = 0; i < plan->source_count; i++) {
        Stream stream;
        TRY(build_node(builder, plan->sources[i], &stream));
        TRY(stream_arrange(builder, &stream,
                           inputs->count > 0 ? &inputs->items[i] : &plan->outputs));
        stream.layout = plan->outputs;
        if (i == 0) {
            *ret_stream = stream;
        } else {
            pipeline_merge(ret_stream->pipeline, stream.pipeline);
        }
    }
    return OK;
}

Status build_set_operation(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const SetOperationNode *node = (const SetOperationNode *)plan;
    if (node->set_kind != UNION_SET) {
        return FAIL(builder->cx, NOT_SUPPORTED, "INTERSECT and EXCEPT need the optimizer");
    }
    TRY(build_union(builder, plan, &node->inputs, ret_stream));
    return node->distinct ? distinct_append(builder, ret_stream, plan->id) : OK;
}

Status build_exchange(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const ExchangeNode *node = (const ExchangeNode *)plan;
    if (node->remote) {
        return FAIL(builder->cx, NOT_SUPPORTED, "A remote exchange is not run by a pipeline");
    }
    TRY(build_union(builder, plan, &node->inputs, ret_stream));
    return node->order_by.count > 0 ? sort_append(builder, ret_stream, &node->order_by, plan->id)
                                    : OK;
}
