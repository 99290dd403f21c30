/*
 * Evaluation of programs: the state of a driver, the interpreter of steps, results. Registers are
 * emptied after every batch, so that a vector nobody else took is free to be written again.
 */
#include "expr/run.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "expr/call.h"
#include "expr/lambda.h"

ProgramState *program_state_create(const Program *program) {
    ProgramState *state = allocate_zeroed(sizeof *state);
    state->program = program;
    state->registers = allocate_zeroed(sizeof(Vector *) * (size_t)(program->register_count + 1));
    state->steps = allocate_zeroed(sizeof(StepState) * (size_t)(program->step_count + 1));
    for (int32_t i = 0; i < program->step_count; i++) {
        step_state_init(&state->steps[i], program->steps[i]);
        lambda_instances_create(&state->steps[i], program->steps[i], state);
    }
    state->scratch = arena_create(NULL);
    size_t conjuncts = (size_t)program->conjunct_count + 1;
    state->conjunct_order = allocate_zeroed(sizeof(int32_t) * conjuncts);
    state->conjuncts = allocate_zeroed(sizeof(ConjunctState) * conjuncts);
    for (int32_t i = 0; i < program->conjunct_count; i++) {
        state->conjunct_order[i] = i;
        state->conjuncts[i].selectivity = 0.5;
    }
    return state;
}

void program_state_free(ProgramState *state) {
    if (state == NULL) {
        return;
    }
    const Program *program = state->program;
    for (int32_t i = 0; i < program->step_count; i++) {
        lambda_instances_free(&state->steps[i], program->steps[i]);
        step_state_done(&state->steps[i]);
    }
    for (int32_t i = 0; i < program->register_count; i++) {
        vector_unref(state->registers[i]);
    }
    arena_free(state->scratch);
    free(state->conjunct_order);
    free(state->conjuncts);
    free(state->steps);
    free(state->registers);
    free(state);
}

void run_begin(ProgramState *state, const Batch *input) {
    const Program *program = state->program;
    for (int32_t i = 0; i < program->register_count; i++) {
        state->registers[i] = vector_ref(program->constants[i]);
    }
    for (int32_t i = 0; i < program->input_count; i++) {
        state->registers[i] = vector_ref(input->columns[i]);
    }
}

void run_end(ProgramState *state) {
    for (int32_t i = 0; i < state->program->register_count; i++) {
        vector_unref(state->registers[i]);
        state->registers[i] = NULL;
    }
    arena_reset(state->scratch);
}

/* ---- steps ---- */

static Status run_step(const Run *run, const Step *step, Selection selection) {
    switch (step->kind) {
    case STEP_CALL:
        return run_call(run, step, selection);
    case STEP_AND:
    case STEP_OR:
        return run_logic(run, step, selection);
    case STEP_CASE:
        return run_case(run, step, selection);
    case STEP_COALESCE:
        return run_coalesce(run, step, selection);
    case STEP_TRY:
        return run_try(run, step, selection);
    case STEP_NULL_WHERE:
        return run_null_where(run, step, selection);
    case STEP_ROW:
        return run_row(run, step, selection);
    case STEP_ARRAY:
        return run_array(run, step, selection);
    case STEP_FIELD:
        return run_field(run, step, selection);
    }
    return OK;
}

Selection run_without_caught(const Run *run, Selection selection) {
    if (run->errors->caught_count == 0) {
        return selection;
    }
    int32_t *rows = run_rows(run, selection.count);
    int32_t count = 0;
    for (int32_t i = 0; i < selection.count; i++) {
        rows[count] = selection_row(selection, i);
        count += !row_errors_is_caught(run->errors, rows[count]);
    }
    return (Selection){rows, count};
}

/* Without rows left, a register that a later step reads still needs a vector. */
static void fill_nulls(const Run *run, const Block *block, int32_t from) {
    for (int32_t i = from; i < block->step_count; i++) {
        const Step *step = &block->steps[i];
        run_set_register(run, step->result, vector_create_null(step->type, run->row_count));
    }
}

Status run_block(const Run *run, const Block *block, Selection selection) {
    int32_t caught = run->errors->caught_count;
    if (caught > 0) {
        selection = run_without_caught(run, selection);
    }
    for (int32_t i = 0; i < block->step_count; i++) {
        if (selection.count == 0) {
            fill_nulls(run, block, i);
            return OK;
        }
        TRY(run_step(run, &block->steps[i], selection));
        if (run->errors->caught_count > caught) {
            caught = run->errors->caught_count;
            selection = run_without_caught(run, selection);
        }
    }
    return OK;
}

/* ---- programs ---- */

static void take_results(const Run *run, Vector **ret_results) {
    const Program *program = run->state->program;
    for (int32_t i = 0; i < program->result_count; i++) {
        Vector *value = run_register(run, program->results[i]);
        ret_results[i] = value->encoding == ENCODING_CONSTANT
                             ? vector_create_constant(value, 0, run->row_count)
                             : vector_ref(value);
    }
}

Status run_program(Context *cx, ProgramState *state, const Batch *input, RowErrors *errors,
                   Vector **ret_results) {
    const Program *program = state->program;
    if (input->row_count == 0) {
        for (int32_t i = 0; i < program->result_count; i++) {
            ret_results[i] = vector_create(program->result_types[i], 0);
        }
        return OK;
    }
    run_begin(state, input);
    Run run = {cx, state, input->row_count, errors};
    Status status = run_block(&run, &program->main, (Selection){NULL, input->row_count});
    if (status == OK) {
        take_results(&run, ret_results);
    }
    run_end(state);
    return status;
}

Status program_evaluate(Context *cx, ProgramState *state, const Batch *input,
                        Vector **ret_results) {
    RowErrors errors;
    row_errors_init(&errors, false);
    Status status = run_program(cx, state, input, &errors, ret_results);
    row_errors_done(&errors);
    return status;
}

Status expr_evaluate(Context *cx, const Expr *expr, Vector **ret_value) {
    Program *program;
    TRY(program_compile(cx, 1, &expr, 0, NULL, &program));
    ProgramState *state = program_state_create(program);
    Batch *row = batch_create(0, 1);
    Vector *value = NULL;
    Status status = program_evaluate(cx, state, row, &value);
    if (status == OK) {
        *ret_value = vector_create_constant(value, 0, 1);
        vector_unref(value);
    }
    batch_free(row);
    program_state_free(state);
    return status;
}
