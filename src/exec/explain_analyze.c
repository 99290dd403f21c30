/*
 * ExplainAnalyze: swallows the rows of the query it explains; once that is complete, whoever
 * started the execution prints the plan with the statistics, and the text is the one row of the
 * result.
 */
#include "exec/pipeline_builder.h"

typedef struct ExplainSource {
    Operator base;
    const ExplainAnalyzeNode *node;
} ExplainSource;

static Status sink(Context *cx, Operator *op, void *local, Batch *input, Progress *ret_progress) {
    batch_free(input);
    *ret_progress = PROGRESS_NEED_INPUT;
    return OK;
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    const ExplainAnalyzeNode *node = ((ExplainSource *)op)->node;
    const ExecutionOptions *options = &op->execution->options;
    const char *text = "";
    if (options->explain != NULL) {
        TRY(options->explain(cx, options->closure, op->execution, node->base.sources[0],
                             node->verbose, &text));
    }
    Batch *batch = batch_create(1, 1);
    batch->columns[0] = vector_create(node->base.outputs.items[0]->type, 1);
    vector_set_string(batch->columns[0], 0, text, strlen(text));
    *ret_batch = batch;
    *ret_progress = PROGRESS_FINISHED;
    return OK;
}

static const OperatorType explain_sink_type = {.name = "ExplainAnalyzeOperator", .sink = sink};
static const OperatorType explain_source_type = {.name = "ExplainAnalyzeSource", .next = next};

Status build_explain_analyze(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    Stream stream;
    TRY(build_node(builder, plan->sources[0], &stream));
    Operator *op = operator_new(builder->execution, Operator, &explain_sink_type, plan->id);
    ExplainSource *source =
        operator_new(builder->execution, ExplainSource, &explain_source_type, plan->id);
    source->node = (const ExplainAnalyzeNode *)plan;
    *ret_stream = stream_break(builder, &stream, op, &source->base, plan->outputs);
    return OK;
}
