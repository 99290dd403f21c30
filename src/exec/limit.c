/*
 * Limit and Offset: counts shared by the drivers of the pipeline. A satisfied limit ends its
 * drivers, and so everything upstream in the pipeline, at their next batch.
 */
#include "exec/batch_gather.h"
#include "exec/pipeline_builder.h"

typedef struct LimitOperator {
    Operator base;
    _Atomic int64_t left;
} LimitOperator;

/* Takes up to `wanted` from a counter that all drivers share; what it gives is the caller's alone.
 */
static int64_t take(_Atomic int64_t *left, int64_t wanted) {
    int64_t have = atomic_load(left);
    int64_t taken;
    do {
        taken = have < wanted ? have : wanted;
    } while (taken > 0 && !atomic_compare_exchange_weak(left, &have, have - taken));
    return taken;
}

static Batch *keep(Batch *input, int32_t offset, int32_t count) {
    if (count == input->row_count) {
        return input;
    }
    Batch *output = batch_slice(input, offset, count);
    batch_free(input);
    return output;
}

static Status limit(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                    Progress *ret_progress) {
    LimitOperator *self = (LimitOperator *)op;
    int32_t taken = (int32_t)take(&self->left, input->row_count);
    *ret_progress = atomic_load(&self->left) <= 0 ? PROGRESS_FINISHED : PROGRESS_NEED_INPUT;
    if (taken == 0) {
        batch_free(input);
        return OK;
    }
    *ret_output = keep(input, 0, taken);
    return OK;
}

static Status offset(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                     Progress *ret_progress) {
    LimitOperator *self = (LimitOperator *)op;
    int32_t skipped = (int32_t)take(&self->left, input->row_count);
    *ret_progress = PROGRESS_NEED_INPUT;
    if (skipped == input->row_count) {
        batch_free(input);
        return OK;
    }
    *ret_output = keep(input, skipped, input->row_count - skipped);
    return OK;
}

static const OperatorType limit_type = {.name = "LimitOperator", .execute = limit};
static const OperatorType offset_type = {.name = "OffsetOperator", .execute = offset};

static Status build(Builder *builder, const PlanNode *plan, const OperatorType *type, int64_t count,
                    Stream *ret_stream) {
    TRY(build_node(builder, plan->sources[0], ret_stream));
    LimitOperator *self = operator_new(builder->execution, LimitOperator, type, plan->id);
    atomic_store(&self->left, count);
    stream_append(ret_stream, &self->base, ret_stream->layout);
    return OK;
}

Status build_limit(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    return build(builder, plan, &limit_type, ((const LimitNode *)plan)->count, ret_stream);
}

Status build_offset(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    return build(builder, plan, &offset_type, ((const OffsetNode *)plan)->count, ret_stream);
}
