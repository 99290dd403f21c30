/*
 * Probing: looks a batch up, then gives its pairs in batches of the usual size, and at the end of
 * the batch, for LEFT and FULL joins, the probe rows that found none.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/hash_join.h"

typedef struct HashJoinProbe {
    Operator base;
    HashJoin *join;
} HashJoinProbe;

JoinProbe *join_probe_create(const HashJoin *join) {
    JoinProbe *probe = allocate_zeroed(sizeof *probe);
    probe->keys = allocate_zeroed((size_t)(join->key_count + 1) * sizeof(Vector *));
    if (join->filter != NULL) {
        probe->filter = program_state_create(join->filter);
    }
    return probe;
}

void join_probe_free(JoinProbe *probe) {
    if (probe != NULL) {
        batch_free(probe->input);
        program_state_free(probe->filter);
        free(probe->keys);
        free(probe);
    }
}

void join_probe_begin(const HashJoin *join, JoinProbe *probe, Batch *input) {
    probe->input = input;
    probe->pairs_done = false;
    for (int32_t i = 0; i < join->key_count; i++) {
        probe->keys[i] = input->columns[join->probe_keys[i]];
    }
    join_table_probe(&join->table, probe->keys, input->row_count, &probe->matches);
    if (join->keeps_probe || join->form != JOIN_FORM_PAIRS) {
        memset(probe->matched, 0, (size_t)input->row_count);
    }
}

Status join_probe_next(Context *cx, const HashJoin *join, JoinProbe *probe, int32_t *ret_count) {
    int32_t rows = probe->input->row_count;
    int32_t limit = batch_rows();
    *ret_count = 0;
    while (*ret_count == 0 && !probe->pairs_done) {
        TRY(check_cancelled(cx));
        int32_t count = join_matches_next(&join->table, &probe->matches, rows, limit,
                                          probe->probe_rows, probe->build_rows);
        probe->pairs_done = probe->matches.next_row >= rows;
        count = join_table_verify(&join->table, probe->keys, count, probe->probe_rows,
                                  probe->build_rows);
        TRY(join_filter_pairs(cx, join, probe->filter, probe->input, probe->probe_rows,
                              probe->build_rows, &count));
        *ret_count = count;
    }
    return OK;
}

void join_probe_end(JoinProbe *probe) {
    batch_free(probe->input);
    probe->input = NULL;
}

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    *ret_local = join_probe_create(((HashJoinProbe *)op)->join);
    return OK;
}

static void close(Operator *op, void *local) {
    join_probe_free(local);
}

static void note_matches(const HashJoin *join, JoinProbe *state, int32_t count) {
    if (join->keeps_probe) {
        for (int32_t i = 0; i < count; i++) {
            state->matched[state->probe_rows[i]] = 1;
        }
    }
    if (join->keeps_build) {
        join_note_matched(join, state->build_rows, count);
    }
}

/* The rows that found no partner, with NULLs for the build side; ends the batch. */
static Batch *unmatched(const HashJoin *join, JoinProbe *state) {
    int32_t count = 0;
    for (int32_t row = 0; row < state->input->row_count; row++) {
        state->probe_rows[count] = row;
        count += !state->matched[row];
    }
    Batch *output = NULL;
    if (count > 0) {
        output = join_pairs(join, join->output_count, join->outputs, state->input,
                            state->probe_rows, NULL, count);
    }
    return output;
}

static Status execute(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                      Progress *ret_progress) {
    const HashJoin *join = ((HashJoinProbe *)op)->join;
    JoinProbe *state = local;
    *ret_progress = PROGRESS_NEED_INPUT;
    if (input != NULL) {
        if (join->table.rows.row_count == 0 && !join->keeps_probe) {
            batch_free(input);
            *ret_progress = join->keeps_build ? PROGRESS_NEED_INPUT : PROGRESS_FINISHED;
            return OK;
        }
        join_probe_begin(join, state, input);
    }
    int32_t count = 0;
    if (!state->pairs_done) {
        TRY(join_probe_next(cx, join, state, &count));
    }
    if (count > 0) {
        note_matches(join, state, count);
        *ret_output = join_pairs(join, join->output_count, join->outputs, state->input,
                                 state->probe_rows, state->build_rows, count);
        if (!state->pairs_done || join->keeps_probe) {
            *ret_progress = PROGRESS_MORE;
            return OK;
        }
    } else if (join->keeps_probe) {
        *ret_output = unmatched(join, state);
    }
    join_probe_end(state);
    return OK;
}

static const OperatorType hash_join_probe_type = {
    .name = "LookupJoinOperator",
    .open = open,
    .close = close,
    .execute = execute,
};

Operator *hash_join_probe_create(Builder *builder, HashJoin *join, int32_t node_id) {
    HashJoinProbe *probe =
        operator_new(builder->execution, HashJoinProbe, &hash_join_probe_type, node_id);
    probe->join = join;
    return &probe->base;
}

/* ---- semi-joins ---- */

static Status find_matched(Context *cx, const HashJoin *join, JoinProbe *state) {
    for (;;) {
        int32_t count;
        TRY(join_probe_next(cx, join, state, &count));
        if (count == 0) {
            return OK;
        }
        for (int32_t i = 0; i < count; i++) {
            state->matched[state->probe_rows[i]] = 1;
        }
    }
}

/* With exact codes and no filter, having a candidate is having a match: no pairs need be made. */
static bool find_matched_directly(const HashJoin *join, JoinProbe *state) {
    const JoinTable *table = &join->table;
    if (join->filter != NULL || !table->is_exact || table->kind == JOIN_INDEX_EMPTY) {
        return false;
    }
    const JoinMatches *m = &state->matches;
    int32_t rows = state->input->row_count;
    for (int32_t row = 0; row < rows; row++) {
        bool found = m->last[row] > m->first[row];
        if (found && table->kind == JOIN_INDEX_BUCKETS) {
            found = false;
            for (uint32_t c = m->first[row]; c < m->last[row] && !found; c++) {
                found = table->entries[c].code == m->codes[row];
            }
        }
        state->matched[row] = found;
    }
    return true;
}

/* x IN (set): unknown when nothing matched, the set is not empty, and x or something in the set is
 * NULL. */
static bool is_unknown(const HashJoin *join, const JoinProbe *state, int32_t row) {
    return join->null_aware && !state->matched[row] && join->table.rows.row_count > 0 &&
           (join->table.has_null_key || bitmap_get(state->matches.has_null, row));
}

static Batch *marked(const HashJoin *join, JoinProbe *state, int32_t column_count) {
    int32_t rows = state->input->row_count;
    Batch *output = batch_create(column_count, rows);
    for (int32_t i = 0; i < join->output_count; i++) {
        if (join->outputs[i].index >= 0) {
            output->columns[i] = vector_ref(state->input->columns[join->outputs[i].index]);
            continue;
        }
        Vector *mark = vector_create(type_simple(TYPE_BOOLEAN), rows);
        for (int32_t row = 0; row < rows; row++) {
            VECTOR_DATA(mark, int8_t)[row] = (int8_t)state->matched[row];
            if (is_unknown(join, state, row)) {
                vector_set_null(mark, row);
            }
        }
        output->columns[i] = mark;
    }
    return output;
}

static Batch *selected(const HashJoin *join, JoinProbe *state) {
    int32_t count = 0;
    bool wanted = join->form == JOIN_FORM_SEMI;
    for (int32_t row = 0; row < state->input->row_count; row++) {
        state->probe_rows[count] = row;
        count +=
            wanted ? state->matched[row] : !state->matched[row] && !is_unknown(join, state, row);
    }
    return count == 0 ? NULL
                      : join_pairs(join, join->output_count, join->outputs, state->input,
                                   state->probe_rows, NULL, count);
}

static Status execute_semi(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                           Progress *ret_progress) {
    const HashJoin *join = ((HashJoinProbe *)op)->join;
    JoinProbe *state = local;
    *ret_progress = PROGRESS_NEED_INPUT;
    join_probe_begin(join, state, input);
    if (!find_matched_directly(join, state)) {
        TRY(find_matched(cx, join, state));
    }
    *ret_output = join->form == JOIN_FORM_MARK ? marked(join, state, join->output_count)
                                               : selected(join, state);
    join_probe_end(state);
    return OK;
}

static const OperatorType hash_join_semi_type = {
    .name = "HashSemiJoinOperator",
    .open = open,
    .close = close,
    .execute = execute_semi,
};

Operator *hash_join_semi_create(Builder *builder, HashJoin *join, int32_t node_id) {
    HashJoinProbe *probe =
        operator_new(builder->execution, HashJoinProbe, &hash_join_semi_type, node_id);
    probe->join = join;
    return &probe->base;
}
