/*
 * program_filter: conjuncts one after another, each on the rows that the earlier ones kept.
 * Conjuncts that cannot fail change places with their neighbours by what they cost per row they
 * remove; one that may fail keeps its place, so that no row reaches it that would not have in the
 * order written.
 */
#include <time.h>

#include "expr/run.h"

enum { REORDER_INTERVAL = 16, CLOCK_ROWS_MIN = 32 };

static int64_t now_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void measure(ConjunctState *state, int64_t nanos, int32_t rows_in, int32_t rows_out) {
    if (rows_in < CLOCK_ROWS_MIN) {
        return;
    }
    double cost = (double)nanos / rows_in, selectivity = (double)rows_out / rows_in;
    state->cost = state->cost == 0 ? cost : state->cost * 0.75 + cost * 0.25;
    state->selectivity = state->selectivity * 0.75 + selectivity * 0.25;
}

/* Cost of removing a row: small is first. */
static double rank(const ConjunctState *state) {
    double removed = 1 - state->selectivity;
    return state->cost / (removed > 0.001 ? removed : 0.001);
}

static void reorder(ProgramState *state) {
    const Program *program = state->program;
    int32_t *order = state->conjunct_order;
    for (int32_t i = 1; i < program->conjunct_count; i++) {
        int32_t moving = order[i];
        int32_t j = i;
        while (j > 0 && !program->conjuncts[moving].may_fail &&
               !program->conjuncts[order[j - 1]].may_fail &&
               rank(&state->conjuncts[moving]) < rank(&state->conjuncts[order[j - 1]])) {
            order[j] = order[j - 1];
            j--;
        }
        order[j] = moving;
    }
}

static Status run_conjuncts(const Run *run, int32_t *ret_rows, int32_t *ret_count) {
    ProgramState *state = run->state;
    const Program *program = state->program;
    Selection selection = {NULL, run->row_count};
    bool is_timed = program->conjunct_count > 1;
    int64_t start = is_timed ? now_nanos() : 0;
    for (int32_t i = 0; i < program->conjunct_count && selection.count > 0; i++) {
        int32_t number = state->conjunct_order[i];
        const Block *block = &program->conjuncts[number].block;
        TRY(run_block(run, block, selection));
        int32_t count = rows_where_true(run_register(run, block->result), selection, ret_rows);
        if (is_timed) {
            int64_t end = now_nanos();
            measure(&state->conjuncts[number], end - start, selection.count, count);
            start = end;
        }
        if (count < run->row_count) {
            selection = (Selection){ret_rows, count};
        }
    }
    for (int32_t i = 0; selection.rows == NULL && i < selection.count; i++) {
        ret_rows[i] = i;
    }
    *ret_count = selection.count;
    return OK;
}

Status program_filter(Context *cx, ProgramState *state, const Batch *input, int32_t *ret_rows,
                      int32_t *ret_count) {
    if (input->row_count == 0) {
        *ret_count = 0;
        return OK;
    }
    if (++state->filtered_batches % REORDER_INTERVAL == 0) {
        reorder(state);
    }
    RowErrors errors;
    row_errors_init(&errors, false);
    run_begin(state, input);
    Run run = {cx, state, input->row_count, &errors};
    Status status = run_conjuncts(&run, ret_rows, ret_count);
    run_end(state);
    row_errors_done(&errors);
    return status;
}
