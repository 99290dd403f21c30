/*
 * Joins without equality: every pair of rows, a run of pairs at a time. A run is one row of one
 * side against many of the other, the longer side taking the many, so columns are passed on, sliced
 * or constant and never gathered per pair; the filter then picks rows of the run.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/batch_gather.h"
#include "exec/hash_join.h"

typedef struct NestedLoopJoin {
    Operator base;
    HashJoin *join;
} NestedLoopJoin;

typedef struct LoopState {
    ProgramState *filter;
    Batch *input;
    int32_t next_probe; /* runs of one probe row: which, and where in the build side */
    int64_t next_build; /* runs of one build row: which */
    bool is_done;       /* no more runs for this batch */
    uint8_t matched[BATCH_ROWS_MAX];
    int32_t rows[BATCH_ROWS_MAX];
} LoopState;

/* Rows first .. first+count of one side against row `single` of the other. */
typedef struct Run {
    bool is_build_run; /* many build rows against one probe row */
    int32_t first, count, single;
} Run;

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    const HashJoin *join = ((NestedLoopJoin *)op)->join;
    LoopState *state = allocate_zeroed(sizeof *state);
    *ret_local = state;
    if (join->filter != NULL) {
        state->filter = program_state_create(join->filter);
    }
    return OK;
}

static void close(Operator *op, void *local) {
    LoopState *state = local;
    if (state != NULL) {
        batch_free(state->input);
        program_state_free(state->filter);
        free(state);
    }
}

static Vector *run_column(Vector *column, bool is_many, const Run *run) {
    return is_many ? vector_slice(column, run->first, run->count)
                   : vector_create_constant(column, run->single, run->count);
}

static Batch *run_batch(const HashJoin *join, int32_t column_count, const JoinColumn *columns,
                        const Batch *probe, const Run *run) {
    Batch *batch = batch_create(column_count, run->count);
    for (int32_t i = 0; i < column_count; i++) {
        Vector *column = columns[i].is_build ? join->table.rows.columns[columns[i].index]
                                             : probe->columns[columns[i].index];
        batch->columns[i] = run_column(column, columns[i].is_build == run->is_build_run, run);
    }
    return batch;
}

static Run next_run(const HashJoin *join, LoopState *state) {
    int32_t probe_rows = state->input->row_count, build_rows = join->table.rows.row_count;
    Run run = {.is_build_run = build_rows > probe_rows};
    if (run.is_build_run) {
        int64_t left = build_rows - state->next_build;
        run.single = state->next_probe;
        run.first = (int32_t)state->next_build;
        run.count = (int32_t)(left < batch_rows() ? left : batch_rows());
        state->next_build += run.count;
        if (state->next_build == build_rows) {
            state->next_build = 0;
            state->next_probe++;
        }
        state->is_done = state->next_probe == probe_rows;
    } else {
        run.single = (int32_t)state->next_build++;
        run.count = probe_rows;
        state->is_done = state->next_build >= build_rows;
    }
    return run;
}

/* The rows of the run that pass the filter, as positions in it. */
static Status filter_run(Context *cx, const HashJoin *join, LoopState *state, const Run *run,
                         int32_t *ret_count) {
    *ret_count = run->count;
    if (join->filter == NULL) {
        return OK;
    }
    Batch *batch =
        run_batch(join, join->filter_column_count, join->filter_columns, state->input, run);
    Status status = program_filter(cx, state->filter, batch, state->rows, ret_count);
    batch_free(batch);
    return status;
}

static void note_matched(const HashJoin *join, LoopState *state, const Run *run, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        int32_t many = run->first + (join->filter != NULL ? state->rows[i] : i);
        int32_t build_row = run->is_build_run ? many : run->single;
        state->matched[run->is_build_run ? run->single : many] = 1;
        if (join->keeps_build) {
            __atomic_store_n(&join->matched[build_row], 1, __ATOMIC_RELAXED);
        }
    }
}

static Status next_output(Context *cx, const HashJoin *join, LoopState *state, Batch **ret_output) {
    while (*ret_output == NULL && !state->is_done) {
        TRY(check_cancelled(cx));
        int32_t count;
        Run run = next_run(join, state);
        TRY(filter_run(cx, join, state, &run, &count));
        note_matched(join, state, &run, count);
        if (count == 0 || join->form != JOIN_FORM_PAIRS) {
            continue;
        }
        Batch *batch = run_batch(join, join->output_count, join->outputs, state->input, &run);
        *ret_output = count == run.count ? batch : batch_gather(batch, state->rows, count);
    }
    return OK;
}

/* What comes out after all runs of a batch: unmatched rows of LEFT and FULL, the answer of
 * semi-joins. */
static Batch *last_output(const HashJoin *join, LoopState *state) {
    int32_t rows = state->input->row_count, count = 0;
    if (join->form == JOIN_FORM_MARK) {
        Batch *output = batch_create(join->output_count, rows);
        for (int32_t i = 0; i < join->output_count; i++) {
            if (join->outputs[i].index >= 0) {
                output->columns[i] = vector_ref(state->input->columns[join->outputs[i].index]);
            } else {
                output->columns[i] = vector_create(type_simple(TYPE_BOOLEAN), rows);
                memcpy(output->columns[i]->data, state->matched, (size_t)rows);
            }
        }
        return output;
    }
    uint8_t wanted = join->form == JOIN_FORM_SEMI;
    for (int32_t row = 0; row < rows; row++) {
        state->rows[count] = row;
        count += state->matched[row] == wanted;
    }
    return count == 0 ? NULL
                      : join_pairs(join, join->output_count, join->outputs, state->input,
                                   state->rows, NULL, count);
}

static Status execute(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                      Progress *ret_progress) {
    const HashJoin *join = ((NestedLoopJoin *)op)->join;
    LoopState *state = local;
    bool has_last = join->form != JOIN_FORM_PAIRS || join->keeps_probe;
    *ret_progress = PROGRESS_NEED_INPUT;
    if (input != NULL) {
        state->input = input;
        state->next_probe = 0;
        state->next_build = 0;
        state->is_done = join->table.rows.row_count == 0;
        memset(state->matched, 0, (size_t)input->row_count);
    }
    TRY(next_output(cx, join, state, ret_output));
    if (*ret_output != NULL && (!state->is_done || has_last)) {
        *ret_progress = PROGRESS_MORE;
        return OK;
    }
    if (has_last) {
        *ret_output = last_output(join, state);
    }
    batch_free(state->input);
    state->input = NULL;
    return OK;
}

static const OperatorType nested_loop_join_type = {
    .name = "NestedLoopJoinOperator",
    .open = open,
    .close = close,
    .execute = execute,
};

Operator *nested_loop_join_create(Builder *builder, HashJoin *join, int32_t node_id) {
    NestedLoopJoin *loop =
        operator_new(builder->execution, NestedLoopJoin, &nested_loop_join_type, node_id);
    loop->join = join;
    return &loop->base;
}
