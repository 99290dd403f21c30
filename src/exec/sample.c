/* TABLESAMPLE: BERNOULLI keeps each row with the given probability, SYSTEM each batch. */
#include <stdlib.h>

#include "base/allocate.h"
#include "base/hash.h"
#include "exec/batch_gather.h"
#include "exec/pipeline_builder.h"

typedef struct SampleOperator {
    Operator base;
    double ratio;
    bool is_system;
} SampleOperator;

typedef struct SampleState {
    uint64_t seed;
} SampleState;

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    SampleState *state = allocate_zeroed(sizeof *state);
    state->seed = hash_two((uint64_t)scheduler_now_nanos(), (uint64_t)(uintptr_t)driver);
    *ret_local = state;
    return OK;
}

static void close(Operator *op, void *local) {
    free(local);
}

static bool keeps(SampleState *state, double ratio) {
    state->seed += 0x9E3779B97F4A7C15ULL;
    return (double)(hash_int64(state->seed) >> 11) * 0x1.0p-53 < ratio;
}

static Status execute(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                      Progress *ret_progress) {
    const SampleOperator *self = (SampleOperator *)op;
    SampleState *state = local;
    int32_t rows[BATCH_ROWS_MAX];
    int32_t count = 0;
    *ret_progress = PROGRESS_NEED_INPUT;
    if (self->is_system) {
        count = keeps(state, self->ratio) ? input->row_count : 0;
    } else {
        for (int32_t row = 0; row < input->row_count; row++) {
            rows[count] = row;
            count += keeps(state, self->ratio);
        }
    }
    if (count == input->row_count) {
        *ret_output = input;
    } else if (count == 0) {
        batch_free(input);
    } else {
        *ret_output = batch_gather(input, rows, count);
    }
    return OK;
}

static const OperatorType sample_type = {
    .name = "SampleOperator", .open = open, .close = close, .execute = execute};

Status build_sample(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const SampleNode *node = (const SampleNode *)plan;
    TRY(build_node(builder, plan->sources[0], ret_stream));
    SampleOperator *self = operator_new(builder->execution, SampleOperator, &sample_type, plan->id);
    self->ratio = node->ratio;
    self->is_system = node->system;
    stream_append(ret_stream, &self->base, ret_stream->layout);
    return OK;
}
