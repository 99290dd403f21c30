/*
 * Splits: ranges of rows, which can be generated anywhere and in any order.
 *
 * Without tpch.splits-per-node there are as many as keep every processor busy to the end, so their
 * number follows the table's size and not the cluster's. Keys of orders at huge scales depend on
 * where splits begin (lines.h), which is one more reason for a number that is always the same.
 */
#include "tpch.h"

enum { SPLIT_ORDERS = 16384, SPLIT_ROWS = 65536, SPLIT_COUNT_MAX = 16384, USUAL_WEIGHT = 100 };

typedef struct TpchSplits {
    Arena *arena;
    int64_t first_row, row_count;
    int64_t rows_per_split; /* of all but the last */
    int32_t count, next;
} TpchSplits;

static int32_t count_splits(const TpchCatalog *catalog, const TpchTable *table, int64_t row_count) {
    bool of_orders = table->id == TABLE_ORDERS || table->id == TABLE_LINEITEM;
    if (row_count <= 0) {
        return 0;
    }
    if (!table_model(table->id)->is_scaled) {
        return 1;
    }
    if (catalog->splits_per_node > 0) {
        return catalog->splits_per_node < row_count ? catalog->splits_per_node : (int32_t)row_count;
    }
    int64_t count = row_count / (of_orders ? SPLIT_ORDERS : SPLIT_ROWS) + 1;
    return count < SPLIT_COUNT_MAX ? (int32_t)count : SPLIT_COUNT_MAX;
}

Status tpch_open_splits(Context *cx, void *connector, void *transaction, Handle handle,
                        const DynamicFilter *filter, void **ret_splits) {
    const TpchTable *table = tpch_table_of(cx, handle);
    Arena *arena = arena_create(NULL);
    TpchSplits *splits = arena_new(arena, TpchSplits);
    splits->arena = arena;
    splits->first_row = table->first_row;
    splits->row_count = table->end_row - table->first_row;
    splits->count = count_splits(connector, table, splits->row_count);
    splits->rows_per_split = splits->count > 0 ? splits->row_count / splits->count : 0;
    *ret_splits = splits;
    return OK;
}

Status tpch_next_splits(Context *cx, void *state, int32_t limit, Split *ret_splits,
                        int32_t *ret_count, bool *ret_finished) {
    TpchSplits *splits = state;
    int32_t count = 0;
    for (; count < limit && splits->next < splits->count; count++, splits->next++) {
        bool is_last = splits->next == splits->count - 1;
        int64_t offset = splits->next * splits->rows_per_split;
        int64_t end = is_last ? splits->row_count : offset + splits->rows_per_split;
        TpchSplit split = {splits->first_row + offset, splits->first_row + end};
        ret_splits[count] = (Split){
            .handle = {.data = arena_copy(cx->arena, &split, sizeof split), .size = sizeof split},
            .weight = USUAL_WEIGHT,
        };
    }
    *ret_count = count;
    *ret_finished = splits->next == splits->count;
    return OK;
}

void tpch_close_splits(void *state) {
    TpchSplits *splits = state;
    arena_free(splits->arena);
}
