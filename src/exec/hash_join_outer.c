/* The source of build rows that no probe row matched (RIGHT and FULL joins), once all probing has
 * ended. */
#include "exec/hash_join.h"

enum { DRIVER_ROWS_MIN = 64 * 1024 };

typedef struct HashJoinOuter {
    Operator base;
    HashJoin *join;
} HashJoinOuter;

static Status start(Context *cx, Operator *op, int32_t limit, int32_t *ret_drivers) {
    const HashJoin *join = ((HashJoinOuter *)op)->join;
    int32_t wanted = (join->table.rows.row_count + DRIVER_ROWS_MIN - 1) / DRIVER_ROWS_MIN;
    *ret_drivers = wanted < limit ? wanted : limit;
    return OK;
}

static Batch *unmatched(const HashJoin *join, const int32_t *rows, int32_t count) {
    Batch *output = batch_create(join->output_count, count);
    for (int32_t i = 0; i < join->output_count; i++) {
        const JoinColumn *column = &join->outputs[i];
        output->columns[i] =
            column->is_build ? vector_gather(join->table.rows.columns[column->index], rows, count)
                             : vector_create_null(join->output_types[i], count);
    }
    return output;
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    HashJoin *join = ((HashJoinOuter *)op)->join;
    int32_t rows[BATCH_ROWS_MAX];
    int32_t span = batch_rows(), count = 0;
    int64_t first = atomic_fetch_add(&join->next_outer, span);
    *ret_progress = first < join->table.rows.row_count ? PROGRESS_MORE : PROGRESS_FINISHED;
    for (int64_t row = first; row < first + span && row < join->table.rows.row_count; row++) {
        rows[count] = (int32_t)row;
        count += !__atomic_load_n(&join->matched[row], __ATOMIC_RELAXED);
    }
    if (count > 0) {
        *ret_batch = unmatched(join, rows, count);
    }
    return OK;
}

static const OperatorType hash_join_outer_type = {
    .name = "LookupOuterOperator",
    .start = start,
    .next = next,
};

Operator *hash_join_outer_create(Builder *builder, HashJoin *join, int32_t node_id) {
    HashJoinOuter *outer =
        operator_new(builder->execution, HashJoinOuter, &hash_join_outer_type, node_id);
    outer->join = join;
    return &outer->base;
}
