/*
 * Running a SQL routine over the rows of a call. All rows go through the statements together: each
 * statement sees the rows that have come to it, and rows leave by RETURN, LEAVE and ITERATE. Should
 * any row fail, the rows are run again one by one, so that the failure is noted for its row alone.
 */
#include "analyze/routine.h"

#include <stdlib.h>

#include "base/allocate.h"

/* Where a row is, besides going on to the next statement. */
enum { GOES_ON = 0, HAS_RETURNED = 1 };

typedef struct RoutineRun {
    Context *cx;
    const Routine *routine;
    int32_t row_count;
    Vector **variables; /* FLAT, row_count values each */
    Vector *result;
    int32_t *status; /* GOES_ON, HAS_RETURNED, or a label: 2 * label + 2 leaving, + 3 iterating */
} RoutineRun;

static int32_t leaving(int32_t label) {
    return 2 * label + 2;
}

static int32_t iterating(int32_t label) {
    return 2 * label + 3;
}

/* The value for the rows, in their order. */
static Status evaluate(RoutineRun *run, const RoutineValue *value, const int32_t *rows,
                       int32_t count, Vector **ret_result) {
    Batch *batch = batch_create(value->input_count, count);
    for (int32_t i = 0; i < value->input_count; i++) {
        batch->columns[i] = vector_gather(run->variables[value->inputs[i]], rows, count);
    }
    ProgramState *state = program_state_create(value->program);
    Status status = program_evaluate(run->cx, state, batch, ret_result);
    program_state_free(state);
    batch_free(batch);
    return status;
}

static Status assign(RoutineRun *run, const RoutineValue *value, const int32_t *rows, int32_t count,
                     Vector *target) {
    Vector *result;
    TRY(evaluate(run, value, rows, count, &result));
    for (int32_t i = 0; i < count; i++) {
        vector_copy_value(target, rows[i], result, i);
    }
    vector_unref(result);
    return OK;
}

/* Splits the rows by a condition: NULL counts as false. */
static Status split(RoutineRun *run, const RoutineValue *condition, const int32_t *rows,
                    int32_t count, int32_t *yes, int32_t *ret_yes, int32_t *no, int32_t *ret_no) {
    Vector *result;
    TRY(evaluate(run, condition, rows, count, &result));
    VectorView view = vector_view(result);
    *ret_yes = *ret_no = 0;
    for (int32_t i = 0; i < count; i++) {
        bool is_true = !view_is_null(&view, i) && VIEW_VALUE(&view, uint8_t, i) != 0;
        if (is_true) {
            yes[(*ret_yes)++] = rows[i];
        } else {
            no[(*ret_no)++] = rows[i];
        }
    }
    vector_unref(result);
    return OK;
}

static Status run_statement(RoutineRun *run, const RoutineStatement *statement, int32_t *rows,
                            int32_t *count);

/* Keeps the rows that go on. */
static void keep_going(const RoutineRun *run, int32_t *rows, int32_t *count) {
    int32_t kept = 0;
    for (int32_t i = 0; i < *count; i++) {
        if (run->status[rows[i]] == GOES_ON) {
            rows[kept++] = rows[i];
        }
    }
    *count = kept;
}

static Status run_block(RoutineRun *run, const RoutineStatement *block, int32_t *rows,
                        int32_t *count) {
    for (int32_t i = 0; i<block->child_count && * count> 0; i++) {
        TRY(run_statement(run, block->children[i], rows, count));
    }
    return OK;
}

static Status run_if(RoutineRun *run, const RoutineStatement *statement, int32_t *rows,
                     int32_t *count) {
    int32_t *yes = allocate(sizeof *yes * 2 * (size_t)*count), *no = yes + *count;
    int32_t yes_count, no_count;
    Status status = split(run, &statement->value, rows, *count, yes, &yes_count, no, &no_count);
    if (status == OK && yes_count > 0) {
        status = run_statement(run, statement->children[0], yes, &yes_count);
    }
    if (status == OK && no_count > 0 && statement->child_count > 1) {
        status = run_statement(run, statement->children[1], no, &no_count);
    }
    free(yes);
    TRY(status);
    keep_going(run, rows, count);
    return OK;
}

/* After a round of the body: rows that iterate come round again, rows that leave this loop are done
 * with it. */
static void end_round(RoutineRun *run, int32_t label, const int32_t *started, int32_t started_count,
                      int32_t *active, int32_t *active_count) {
    *active_count = 0;
    for (int32_t i = 0; i < started_count; i++) {
        int32_t row = started[i];
        if (run->status[row] == iterating(label)) {
            run->status[row] = GOES_ON;
        }
        if (run->status[row] == GOES_ON) {
            active[(*active_count)++] = row;
        }
    }
}

static Status check_cancelled(const RoutineRun *run) {
    if (run->cx->cancelled != NULL && *run->cx->cancelled) {
        return FAIL(run->cx, USER_CANCELED, "Query was canceled");
    }
    return OK;
}

static Status loop_rounds(RoutineRun *run, const RoutineStatement *loop, int32_t *active,
                          int32_t active_count, int32_t *started, int32_t *ended) {
    int32_t no_count, round_count;
    while (active_count > 0) {
        TRY(check_cancelled(run));
        if (loop->kind == ROUTINE_WHILE) {
            TRY(split(run, &loop->value, active, active_count, started, &round_count, ended,
                      &no_count));
            active_count = round_count;
            memcpy(active, started, sizeof *active * (size_t)active_count);
        }
        int32_t started_count = active_count;
        memcpy(started, active, sizeof *started * (size_t)started_count);
        if (active_count > 0) {
            TRY(run_statement(run, loop->children[0], active, &active_count));
        }
        end_round(run, loop->label, started, started_count, active, &active_count);
        if (loop->kind == ROUTINE_REPEAT && active_count > 0) {
            TRY(split(run, &loop->value, active, active_count, ended, &no_count, started,
                      &round_count));
            active_count = round_count;
            memcpy(active, started, sizeof *active * (size_t)active_count);
        }
    }
    return OK;
}

static Status run_loop(RoutineRun *run, const RoutineStatement *loop, int32_t *rows,
                       int32_t *count) {
    int32_t *active = allocate(sizeof *active * 3 * (size_t)*count);
    memcpy(active, rows, sizeof *active * (size_t)*count);
    Status status = loop_rounds(run, loop, active, *count, active + *count, active + 2 * *count);
    free(active);
    TRY(status);
    for (int32_t i = 0; i < *count; i++) {
        if (run->status[rows[i]] == leaving(loop->label)) {
            run->status[rows[i]] = GOES_ON;
        }
    }
    keep_going(run, rows, count);
    return OK;
}

static void mark(RoutineRun *run, const int32_t *rows, int32_t *count, int32_t status) {
    for (int32_t i = 0; i < *count; i++) {
        run->status[rows[i]] = status;
    }
    *count = 0;
}

static Status run_statement(RoutineRun *run, const RoutineStatement *statement, int32_t *rows,
                            int32_t *count) {
    switch (statement->kind) {
    case ROUTINE_SET:
        return assign(run, &statement->value, rows, *count, run->variables[statement->variable]);
    case ROUTINE_RETURN:
        TRY(assign(run, &statement->value, rows, *count, run->result));
        mark(run, rows, count, HAS_RETURNED);
        return OK;
    case ROUTINE_BLOCK:
        return run_block(run, statement, rows, count);
    case ROUTINE_IF:
        return run_if(run, statement, rows, count);
    case ROUTINE_LEAVE:
        mark(run, rows, count, leaving(statement->label));
        return OK;
    case ROUTINE_ITERATE:
        mark(run, rows, count, iterating(statement->label));
        return OK;
    default:
        return run_loop(run, statement, rows, count);
    }
}

/* ---- calls ---- */

static void start_variables(RoutineRun *run, const KernelCall *call, const int32_t *rows) {
    const Routine *routine = run->routine;
    run->variables =
        allocate_zeroed(sizeof *run->variables * (size_t)(routine->variable_count + 1));
    for (int32_t v = 0; v < routine->variable_count; v++) {
        Vector *variable = vector_create(routine->variables[v]->type, run->row_count);
        for (int32_t i = 0; i < run->row_count; i++) {
            if (v < routine->parameter_count) {
                const VectorView *view = &call->arguments[v];
                vector_copy_value(variable, i, view->vector, view_index(view, rows[i]));
            } else {
                vector_set_null(variable, i);
            }
        }
        run->variables[v] = variable;
    }
}

/* Runs the routine for the call's rows[0..count). */
static Status run_rows(KernelCall *call, const int32_t *rows, int32_t count) {
    RoutineRun run = {.cx = call->cx, .routine = call->function->scalar->data, .row_count = count};
    start_variables(&run, call, rows);
    run.result = vector_create(call->function->return_type, count);
    run.status = allocate_zeroed(sizeof *run.status * (size_t)count);
    int32_t *active = allocate(sizeof *active * (size_t)count), active_count = count;
    for (int32_t i = 0; i < count; i++) {
        vector_set_null(run.result, i);
        active[i] = i;
    }
    Status status = run_statement(&run, run.routine->body, active, &active_count);
    for (int32_t i = 0; status == OK && i < count; i++) {
        vector_copy_value(call->result, rows[i], run.result, i);
    }
    for (int32_t v = 0; v < run.routine->variable_count; v++) {
        vector_unref(run.variables[v]);
    }
    vector_unref(run.result);
    free(run.variables);
    free(run.status);
    free(active);
    return status;
}

Status routine_kernel(KernelCall *call) {
    int32_t count = call->row_count;
    int32_t *rows = allocate(sizeof *rows * (size_t)(count + 1));
    for (int32_t i = 0; i < count; i++) {
        rows[i] = call->rows != NULL ? call->rows[i] : i;
    }
    Status status = run_rows(call, rows, count);
    for (int32_t i = 0; status != OK && i < count; i++) {
        context_clear_error(call->cx);
        if (run_rows(call, &rows[i], 1) != OK) {
            ErrorCode code = call->cx->error.code;
            kernel_fail(call, rows[i], code, "%s", call->cx->error.message);
        }
    }
    context_clear_error(call->cx);
    free(rows);
    return OK;
}
