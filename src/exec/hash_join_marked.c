/*
 * Semi-joins whose first input is the table, because it is the smaller one: rows of the filtering
 * input mark the build rows they match, and the table's rows come out by their marks.
 */
#include "exec/hash_join.h"

enum { DRIVER_ROWS_MIN = 64 * 1024 };

typedef struct MarkSink {
    Operator base;
    HashJoin *join;
} MarkSink;

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    *ret_local = join_probe_create(((MarkSink *)op)->join);
    return OK;
}

static void close(Operator *op, void *local) {
    join_probe_free(local);
}

static Status sink(Context *cx, Operator *op, void *local, Batch *input, Progress *ret_progress) {
    const HashJoin *join = ((MarkSink *)op)->join;
    JoinProbe *probe = local;
    bool is_empty = join->table.rows.row_count == 0;
    *ret_progress = is_empty ? PROGRESS_FINISHED : PROGRESS_NEED_INPUT;
    join_probe_begin(join, probe, input);
    int32_t count = is_empty ? 0 : 1;
    while (count > 0) {
        TRY(join_probe_next(cx, join, probe, &count));
        join_note_matched(join, probe->build_rows, count);
    }
    join_probe_end(probe);
    return OK;
}

static const OperatorType mark_sink_type = {
    .name = "SemiJoinMarkOperator", .open = open, .close = close, .sink = sink};

static Status start(Context *cx, Operator *op, int32_t limit, int32_t *ret_drivers) {
    const HashJoin *join = ((MarkSink *)op)->join;
    int32_t wanted = (join->table.rows.row_count + DRIVER_ROWS_MIN - 1) / DRIVER_ROWS_MIN;
    *ret_drivers = wanted < limit ? wanted : limit;
    return OK;
}

static Vector *marks_of(const HashJoin *join, const int32_t *rows, int32_t count) {
    Vector *marks = vector_create(type_simple(TYPE_BOOLEAN), count);
    for (int32_t i = 0; i < count; i++) {
        VECTOR_DATA(marks, int8_t)[i] = (int8_t)join->matched[rows[i]];
    }
    return marks;
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    HashJoin *join = ((MarkSink *)op)->join;
    int32_t rows[BATCH_ROWS_MAX];
    int32_t span = batch_rows(), count = 0;
    int64_t first = atomic_fetch_add(&join->next_outer, span);
    *ret_progress = first < join->table.rows.row_count ? PROGRESS_MORE : PROGRESS_FINISHED;
    uint8_t wanted = join->form == JOIN_FORM_SEMI;
    for (int64_t row = first; row < first + span && row < join->table.rows.row_count; row++) {
        rows[count] = (int32_t)row;
        count += join->form == JOIN_FORM_MARK || join->matched[row] == wanted;
    }
    if (count == 0) {
        return OK;
    }
    Batch *output = batch_create(join->output_count, count);
    for (int32_t i = 0; i < join->output_count; i++) {
        int32_t column = join->outputs[i].index;
        output->columns[i] = column < 0
                                 ? marks_of(join, rows, count)
                                 : vector_gather(join->table.rows.columns[column], rows, count);
    }
    *ret_batch = output;
    return OK;
}

static const OperatorType marked_source_type = {
    .name = "SemiJoinMarkedSource", .start = start, .next = next};

static Operator *create(Builder *builder, const OperatorType *type, HashJoin *join,
                        int32_t node_id) {
    MarkSink *op = operator_new(builder->execution, MarkSink, type, node_id);
    op->join = join;
    return &op->base;
}

Operator *hash_join_mark_sink_create(Builder *builder, HashJoin *join, int32_t node_id) {
    return create(builder, &mark_sink_type, join, node_id);
}

Operator *hash_join_marked_source_create(Builder *builder, HashJoin *join, int32_t node_id) {
    return create(builder, &marked_source_type, join, node_id);
}
