/*
 * Peers and frames of a sorted partition. ROWS bounds are arithmetic, GROUPS bounds walk peer
 * groups, RANGE bounds with a value are searched: the value is the sort key's already moved by the
 * offset, computed below the window.
 */
#include "exec/window.h"
#include "vector/vector_compare.h"

static bool is_peer(const WindowOperator *self, const WindowPartition *partition, int32_t a,
                    int32_t b) {
    for (int32_t i = 0; i < self->order_key_count; i++) {
        const Vector *key = partition->columns[self->order_keys[i]];
        if (!vector_identical(key, a, key, b)) {
            return false;
        }
    }
    return true;
}

void window_find_peers(const WindowOperator *self, WindowPartition *partition) {
    int32_t rows = partition->row_count;
    for (int32_t start = 0; start < rows;) {
        int32_t end = self->order_key_count == 0 ? rows : start + 1;
        while (end < rows && is_peer(self, partition, end - 1, end)) {
            end++;
        }
        for (int32_t i = start; i < end; i++) {
            partition->peer_start[i] = start;
            partition->peer_end[i] = end - 1;
        }
        start = end;
    }
}

/* The offset of a ROWS or GROUPS bound, at most the partition's length. */
static Status offset_at(Context *cx, const WindowPartition *partition, const WindowBound *bound,
                        int32_t row, int32_t *ret_offset) {
    VectorView view = vector_view(partition->columns[bound->value_column]);
    int64_t offset = view_is_null(&view, row) ? -1 : VIEW_VALUE(&view, int64_t, row);
    if (offset < 0) {
        return FAIL(cx, INVALID_WINDOW_FRAME,
                    "Window frame offset value must not be negative or null");
    }
    *ret_offset = offset < partition->row_count ? (int32_t)offset : partition->row_count;
    return OK;
}

static Status rows_bound(Context *cx, const WindowPartition *partition, const WindowBound *bound,
                         int32_t row, int32_t *ret_row) {
    int32_t offset = 0;
    switch (bound->kind) {
    case BOUND_UNBOUNDED_PRECEDING:
        *ret_row = 0;
        return OK;
    case BOUND_UNBOUNDED_FOLLOWING:
        *ret_row = partition->row_count - 1;
        return OK;
    case BOUND_CURRENT_ROW:
        *ret_row = row;
        return OK;
    default:
        TRY(offset_at(cx, partition, bound, row, &offset));
        *ret_row = bound->kind == BOUND_PRECEDING ? row - offset : row + offset;
        return OK;
    }
}

/* Walks peer groups; past either end of the partition it gives -1 or row_count. */
static int32_t move_groups(const WindowPartition *partition, int32_t row, int32_t offset,
                           bool backwards) {
    int32_t at = row;
    for (int32_t i = 0; i < offset && at >= 0 && at < partition->row_count; i++) {
        at = backwards ? partition->peer_start[at] - 1 : partition->peer_end[at] + 1;
    }
    return at;
}

static Status groups_bound(Context *cx, const WindowPartition *partition, const WindowBound *bound,
                           bool is_start, int32_t row, int32_t *ret_row) {
    int32_t offset = 0, at = row;
    switch (bound->kind) {
    case BOUND_UNBOUNDED_PRECEDING:
        *ret_row = 0;
        return OK;
    case BOUND_UNBOUNDED_FOLLOWING:
        *ret_row = partition->row_count - 1;
        return OK;
    case BOUND_CURRENT_ROW:
        break;
    default:
        TRY(offset_at(cx, partition, bound, row, &offset));
        at = move_groups(partition, row, offset, bound->kind == BOUND_PRECEDING);
    }
    bool is_inside = at >= 0 && at < partition->row_count;
    *ret_row = !is_inside ? at : is_start ? partition->peer_start[at] : partition->peer_end[at];
    return OK;
}

/* The rows whose sort key is not NULL are contiguous; NULLs stand at one end. */
static void find_not_null(const WindowOperator *self, const Vector *key, int32_t rows,
                          int32_t *ret_first, int32_t *ret_end) {
    int32_t first = 0, end = rows;
    if (self->order_by[0].nulls_first) {
        while (first < rows && vector_is_null(key, first)) {
            first++;
        }
    } else {
        while (end > 0 && vector_is_null(key, end - 1)) {
            end--;
        }
    }
    *ret_first = first;
    *ret_end = end;
}

/* The first row in [first, end) that comes after the value (or is equal to it, unless
 * `past_equal`). */
static int32_t search(const WindowOperator *self, const Vector *key, int32_t first, int32_t end,
                      const Vector *value, int32_t row, bool past_equal) {
    bool descending = self->order_by[0].descending;
    while (first < end) {
        int32_t middle = first + (end - first) / 2;
        int order = vector_order(key, middle, value, row);
        order = descending ? -order : order;
        if (order < 0 || (past_equal && order == 0)) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first;
}

typedef struct RangeKey {
    const Vector *key;
    int32_t first, end; /* rows that are not NULL */
} RangeKey;

static int32_t range_bound(const WindowOperator *self, const WindowPartition *partition,
                           const RangeKey *range, const WindowBound *bound, bool is_start,
                           int32_t row) {
    switch (bound->kind) {
    case BOUND_UNBOUNDED_PRECEDING:
        return 0;
    case BOUND_UNBOUNDED_FOLLOWING:
        return partition->row_count - 1;
    case BOUND_CURRENT_ROW:
        break;
    default: {
        const Vector *value = partition->columns[bound->value_column];
        if (row < range->first || row >= range->end || vector_is_null(value, row)) {
            break; /* a NULL is only in the range of NULLs */
        }
        int32_t at = search(self, range->key, range->first, range->end, value, row, !is_start);
        return is_start ? at : at - 1;
    }
    }
    return is_start ? partition->peer_start[row] : partition->peer_end[row];
}

static Status find_bound(Context *cx, const WindowOperator *self, const WindowSpec *spec,
                         const WindowPartition *partition, const RangeKey *range, bool is_start,
                         int32_t row, int32_t *ret_row) {
    const WindowBound *bound = is_start ? &spec->start : &spec->end;
    switch (spec->unit) {
    case ROWS_FRAME:
        return rows_bound(cx, partition, bound, row, ret_row);
    case GROUPS_FRAME:
        return groups_bound(cx, partition, bound, is_start, row, ret_row);
    case RANGE_FRAME:
        *ret_row = range_bound(self, partition, range, bound, is_start, row);
        return OK;
    }
    return OK;
}

Status window_find_frames(Context *cx, const WindowOperator *self, const WindowSpec *spec,
                          WindowPartition *partition) {
    int32_t rows = partition->row_count;
    RangeKey range = {0};
    if (spec->unit == RANGE_FRAME && self->order_key_count > 0) {
        range.key = partition->columns[self->order_keys[0]];
        find_not_null(self, range.key, rows, &range.first, &range.end);
    }
    for (int32_t row = 0; row < rows; row++) {
        int32_t start, end;
        TRY(find_bound(cx, self, spec, partition, &range, true, row, &start));
        TRY(find_bound(cx, self, spec, partition, &range, false, row, &end));
        bool is_empty = start > end || start >= rows || end < 0;
        partition->frame_start[row] = is_empty ? 1 : start > 0 ? start : 0;
        partition->frame_end[row] = is_empty ? 0 : end < rows ? end : rows - 1;
    }
    return OK;
}
