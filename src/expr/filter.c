/*
 * program_filter: conjuncts one after another, each on the rows that the earlier ones kept.
 * Conjuncts that cannot fail change places with their neighbours by what they cost per row they
 * remove; one that may fail keeps its place, so that no row reaches it that would not have in the
 * order written.
 */
#include <time.h>

#include "expr/run.h"
#include "function/kernels/clones.h"

enum { REORDER_INTERVAL = 16, CLOCK_ROWS_MIN = 32, DENSE_SHARE = 8 };

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

KERNEL_CLONES static int32_t intersect(uint8_t *restrict mask, const uint8_t *restrict values,
                                       int32_t count) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        mask[i] &= values[i];
        kept += mask[i];
    }
    return kept;
}

/* mask[i] &= values[i] is TRUE; gives how many stay. */
static int32_t intersect_any(uint8_t *mask, const Vector *values, int32_t count) {
    VectorView view = vector_view(values);
    const uint8_t *data = view.data;
    if (view.indices == NULL && view.mask != 0 && view.nulls == NULL) {
        return intersect(mask, data, count);
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t index = view_index(&view, i);
        bool is_null = view.nulls != NULL && bitmap_get(view.nulls, index);
        mask[i] &= (data[index] != 0) & !is_null;
        kept += mask[i];
    }
    return kept;
}

/*
 * Runs leading conjuncts that are cheap over all rows, while most rows stay: a pass over bytes
 * costs less than a list of rows. Gives how many were run; *ret_selection are the rows they keep.
 */
static Status run_dense(const Run *run, int32_t *rows, Selection *ret_selection, int32_t *ret_run) {
    ProgramState *state = run->state;
    const Program *program = state->program;
    uint8_t *mask = NULL;
    int32_t kept = run->row_count, i = 0;
    for (; i < program->conjunct_count; i++) {
        int32_t number = state->conjunct_order[i];
        const Conjunct *conjunct = &program->conjuncts[number];
        if (!conjunct->is_cheap || kept < run->row_count / DENSE_SHARE) {
            break;
        }
        int64_t start = now_nanos();
        TRY(run_block(run, &conjunct->block, (Selection){NULL, run->row_count}));
        Vector *values = run_register(run, conjunct->block.result);
        if (mask == NULL) {
            mask = arena_alloc(state->scratch, (size_t)run->row_count);
            memset(mask, 1, (size_t)run->row_count);
        }
        int32_t before = kept;
        kept = intersect_any(mask, values, run->row_count);
        int64_t passed = (int64_t)kept * run->row_count / (before > 0 ? before : 1);
        measure(&state->conjuncts[number], now_nanos() - start, run->row_count, (int32_t)passed);
    }
    *ret_run = i;
    if (mask != NULL && kept < run->row_count) {
        Vector view = {.encoding = ENCODING_FLAT, .length = run->row_count, .data = mask};
        int32_t count = rows_where_true(&view, (Selection){NULL, run->row_count}, rows);
        *ret_selection = (Selection){rows, count};
    }
    return OK;
}

static Status run_conjuncts(const Run *run, int32_t *ret_rows, int32_t *ret_count) {
    ProgramState *state = run->state;
    const Program *program = state->program;
    Selection selection = {NULL, run->row_count};
    bool is_timed = program->conjunct_count > 1;
    int32_t i = 0;
    if (is_timed) {
        TRY(run_dense(run, ret_rows, &selection, &i));
    }
    int64_t start = is_timed ? now_nanos() : 0;
    for (; i < program->conjunct_count && selection.count > 0; i++) {
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
    for (int32_t j = 0; selection.rows == NULL && j < selection.count; j++) {
        ret_rows[j] = j;
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
