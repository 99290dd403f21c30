/*
 * Calls of lambdas. The body is a program of its own; its inputs are the captured columns, repeated
 * for each element of the row they belong to, and the elements. Errors are moved from elements to
 * the rows they belong to.
 */
#include "expr/lambda.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "expr/run.h"

static Vector *capture(const Vector *column, const int32_t *parent_rows, int32_t count) {
    if (column->encoding == ENCODING_CONSTANT) {
        return vector_create_constant(column, 0, count);
    }
    return parent_rows != NULL ? vector_gather(column, parent_rows, count)
                               : vector_ref((Vector *)column);
}

static void move_errors(const RowErrors *from, RowErrors *to, const int32_t *parent_rows,
                        int32_t count) {
    if (from->row >= 0) {
        int32_t row = parent_rows != NULL ? parent_rows[from->row] : from->row;
        row_errors_note(to, row, from->code, from->message);
    }
    for (int32_t i = 0; from->caught_count > 0 && i < count; i++) {
        if (row_errors_is_caught(from, i)) {
            row_errors_mark(to, parent_rows != NULL ? parent_rows[i] : i);
        }
    }
}

static Batch *lambda_inputs(const LambdaInstance *instance, Vector *const *arguments,
                            int32_t argument_count, const int32_t *parent_rows, int32_t count) {
    const LambdaBody *body = instance->body;
    Batch *batch = batch_create(body->capture_count + argument_count, count);
    for (int32_t i = 0; i < body->capture_count; i++) {
        const Vector *column = instance->outer->registers[body->captures[i]];
        batch->columns[i] = capture(column, parent_rows, count);
    }
    for (int32_t i = 0; i < argument_count; i++) {
        batch->columns[body->capture_count + i] = vector_ref(arguments[i]);
    }
    return batch;
}

static Status call_lambda(const Lambda *lambda, Context *cx, RowErrors *errors,
                          Vector *const *arguments, int32_t argument_count,
                          const int32_t *parent_rows, int32_t count, Vector **ret_result) {
    const LambdaInstance *instance = (const LambdaInstance *)lambda;
    Batch *batch = lambda_inputs(instance, arguments, argument_count, parent_rows, count);
    RowErrors inner;
    row_errors_init(&inner, errors->catching);
    inner.catches_all = errors->catches_all;
    Status status = run_program(cx, instance->state, batch, &inner, ret_result);
    if (status == OK) {
        move_errors(&inner, errors, parent_rows, count);
    }
    row_errors_done(&inner);
    batch_free(batch);
    return status;
}

void lambda_instances_create(StepState *state, const Step *step, ProgramState *outer) {
    if (step->lambdas == NULL) {
        return;
    }
    size_t count = (size_t)step->argument_count;
    state->instances = allocate_zeroed(count * sizeof *state->instances);
    state->lambdas = allocate_zeroed(count * sizeof *state->lambdas);
    for (size_t i = 0; i < count; i++) {
        const LambdaBody *body = step->lambdas[i];
        if (body != NULL) {
            state->instances[i] = (LambdaInstance){
                .lambda = {call_lambda},
                .body = body,
                .outer = outer,
                .state = program_state_create(body->program),
            };
            state->lambdas[i] = &state->instances[i].lambda;
        }
    }
}

void lambda_instances_free(StepState *state, const Step *step) {
    for (int32_t i = 0; state->instances != NULL && i < step->argument_count; i++) {
        program_state_free(state->instances[i].state);
    }
    free(state->instances);
    free(state->lambdas);
}
