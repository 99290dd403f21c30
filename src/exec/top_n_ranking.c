/*
 * TopNRanking: the rows of each partition whose row_number, rank or dense_rank is at most a limit.
 * Rows are sorted by partition and order; one pass counts.
 */
#include "exec/window.h"
#include "vector/vector_compare.h"

typedef struct TopNRankingOperator {
    Operator base;
    Operator *sink;
    RankingKind kind;
    int64_t max_rank;
    bool adds_ranking;
    int32_t column_count;
    int32_t partition_key_count, order_key_count;
    int32_t *partition_keys, *order_keys;
    int64_t next;         /* in the order */
    int64_t number, rank; /* of the row before, in its partition */
} TopNRankingOperator;

static bool same_keys(const SortedRows *sorted, const int32_t *keys, int32_t count, int64_t a,
                      int64_t b) {
    for (int32_t i = 0; i < count; i++) {
        const Vector *key = sorted->rows->columns[keys[i]];
        if (!vector_identical(key, sorted->order[a].row, key, sorted->order[b].row)) {
            return false;
        }
    }
    return true;
}

/* Moves number and rank on to row `at`. */
static void count_row(TopNRankingOperator *self, const SortedRows *sorted, int64_t at) {
    if (at == 0 ||
        !same_keys(sorted, self->partition_keys, self->partition_key_count, at - 1, at)) {
        self->number = self->rank = 1;
        return;
    }
    self->number++;
    if (self->kind == RANKING_ROW_NUMBER) {
        self->rank = self->number;
    } else if (!same_keys(sorted, self->order_keys, self->order_key_count, at - 1, at)) {
        self->rank = self->kind == RANKING_RANK ? self->number : self->rank + 1;
    }
}

static Batch *make_batch(const TopNRankingOperator *self, const SortedRows *sorted,
                         const int32_t *rows, const int64_t *ranks, int32_t count) {
    Batch *batch = batch_create(self->column_count + self->adds_ranking, count);
    for (int32_t i = 0; i < self->column_count; i++) {
        batch->columns[i] = vector_gather(sorted->rows->columns[i], rows, count);
    }
    if (self->adds_ranking) {
        Vector *ranking = vector_create(type_simple(TYPE_BIGINT), count);
        memcpy(ranking->data, ranks, (size_t)count * sizeof *ranks);
        batch->columns[self->column_count] = ranking;
    }
    return batch;
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    TopNRankingOperator *self = (TopNRankingOperator *)op;
    SortedRows sorted = sort_sink_rows(self->sink);
    int32_t rows[BATCH_ROWS_MAX];
    int64_t ranks[BATCH_ROWS_MAX];
    int32_t count = 0, most = batch_rows();
    int64_t end = self->next + 16 * BATCH_ROWS_MAX; /* a call stays short where little is kept */
    end = end < sorted.count ? end : sorted.count;
    for (; self->next < end && count < most; self->next++) {
        count_row(self, &sorted, self->next);
        rows[count] = sorted.order[self->next].row;
        ranks[count] = self->rank;
        count += self->rank <= self->max_rank;
    }
    *ret_progress = self->next < sorted.count ? PROGRESS_MORE : PROGRESS_FINISHED;
    if (count > 0) {
        *ret_batch = make_batch(self, &sorted, rows, ranks, count);
    }
    return OK;
}

static const OperatorType top_n_ranking_type = {.name = "TopNRankingOperator", .next = next};

Status build_top_n_ranking(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const TopNRankingNode *node = (const TopNRankingNode *)plan;
    QueryExecution *execution = builder->execution;
    Stream stream;
    TRY(build_node(builder, plan->sources[0], &stream));
    TopNRankingOperator *self =
        operator_new(execution, TopNRankingOperator, &top_n_ranking_type, plan->id);
    self->kind = (RankingKind)node->ranking_kind;
    self->max_rank = node->max_rank;
    self->column_count = stream.layout.count;
    self->partition_key_count = node->partition_by.count;
    TRY(stream_columns(builder, &stream, &node->partition_by, &self->partition_keys));
    self->order_key_count = node->order_by.count;
    self->order_keys = arena_new_array(execution->arena, int32_t, node->order_by.count);
    for (int32_t i = 0; i < node->order_by.count; i++) {
        TRY(stream_column(builder, &stream, node->order_by.items[i].symbol, &self->order_keys[i]));
    }
    SortOrderArray order = window_order(execution->arena, &node->partition_by, &node->order_by);
    TRY(sort_sink_create(builder, &stream, &order, -1, false, plan->id, &self->sink));
    SymbolList layout = stream.layout;
    self->adds_ranking = node->ranking != NULL;
    if (self->adds_ranking) {
        layout_add(execution->arena, &layout, node->ranking);
    }
    *ret_stream = stream_break(builder, &stream, self->sink, &self->base, layout);
    return OK;
}
