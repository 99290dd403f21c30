/* Lambdas of aggregates are programs over their parameters alone: nothing of the input is captured.
 */
#include "exec/aggregate_lambda.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "function/kernels/lambda.h"

typedef struct AggregateLambda {
    Lambda lambda; /* first: kernels call through it */
    ProgramState *state;
} AggregateLambda;

static Status call(const Lambda *lambda, Context *cx, struct RowErrors *errors,
                   Vector *const *arguments, int32_t argument_count, const int32_t *parent_rows,
                   int32_t count, Vector **ret_result) {
    const AggregateLambda *self = (const AggregateLambda *)lambda;
    Batch *batch = batch_create(argument_count, count);
    for (int32_t i = 0; i < argument_count; i++) {
        batch->columns[i] = vector_ref(arguments[i]);
    }
    Status status = program_evaluate(cx, self->state, batch, ret_result);
    batch_free(batch);
    return status;
}

Status aggregate_lambda_compile(Builder *builder, AggregateSpec *spec, int32_t index,
                                const Expr *lambda) {
    if (spec->lambda_programs == NULL) {
        spec->lambda_programs =
            arena_new_array(builder->execution->arena, Program *, spec->argument_count);
    }
    return program_compile(builder->cx, 1, &lambda->arguments[0], lambda->parameters->count,
                           lambda->parameters->items, &spec->lambda_programs[index]);
}

static int32_t count_lambdas(const AggregateSet *set) {
    int32_t count = 0;
    for (int32_t i = 0; i < set->count; i++) {
        const AggregateSpec *spec = &set->items[i];
        for (int32_t j = 0; spec->lambda_programs != NULL && j < spec->argument_count; j++) {
            count += spec->lambda_programs[j] != NULL;
        }
    }
    return count;
}

void aggregate_lambdas_create(const AggregateSet *set, AggregateScratch *scratch) {
    int32_t count = count_lambdas(set), made = 0;
    if (count == 0) {
        return;
    }
    scratch->lambda_count = count;
    scratch->lambda_instances = allocate_zeroed((size_t)count * sizeof(AggregateLambda));
    scratch->lambdas = arena_new_array(scratch->arena, const Lambda **, set->count);
    for (int32_t i = 0; i < set->count; i++) {
        const AggregateSpec *spec = &set->items[i];
        scratch->lambdas[i] = arena_new_array(scratch->arena, const Lambda *, spec->argument_count);
        for (int32_t j = 0; spec->lambda_programs != NULL && j < spec->argument_count; j++) {
            if (spec->lambda_programs[j] != NULL) {
                AggregateLambda *instance = &scratch->lambda_instances[made++];
                instance->lambda.call = call;
                instance->state = program_state_create(spec->lambda_programs[j]);
                scratch->lambdas[i][j] = &instance->lambda;
            }
        }
    }
}

void aggregate_lambdas_free(AggregateScratch *scratch) {
    for (int32_t i = 0; i < scratch->lambda_count; i++) {
        program_state_free(scratch->lambda_instances[i].state);
    }
    free(scratch->lambda_instances);
    scratch->lambda_instances = NULL;
    scratch->lambda_count = 0;
}
