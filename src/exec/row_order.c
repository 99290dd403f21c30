/* Ordering rows by comparison: a merge sort, because equal rows must keep their order. */
#include "exec/row_order.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "vector/vector_compare.h"

int row_order_compare(Vector *const *columns_a, int32_t a, Vector *const *columns_b, int32_t b,
                      const SortOrder *items, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        bool null_a = vector_is_null(columns_a[i], a), null_b = vector_is_null(columns_b[i], b);
        if (null_a || null_b) {
            if (null_a != null_b) {
                return null_a == items[i].nulls_first ? -1 : 1;
            }
            continue;
        }
        int order = vector_order(columns_a[i], a, columns_b[i], b);
        if (order != 0) {
            return items[i].descending ? -order : order;
        }
    }
    return 0;
}

typedef struct Sorting {
    Vector *const *columns;
    const SortOrder *items;
    int32_t item_count;
} Sorting;

static void merge(const Sorting *s, const int32_t *from, int32_t *to, int32_t left, int32_t middle,
                  int32_t right) {
    int32_t a = left, b = middle;
    for (int32_t i = left; i < right; i++) {
        bool takes_a =
            b >= right || (a < middle && row_order_compare(s->columns, from[a], s->columns, from[b],
                                                           s->items, s->item_count) <= 0);
        to[i] = takes_a ? from[a++] : from[b++];
    }
}

void row_order_sort(Vector *const *columns, const SortOrder *items, int32_t item_count,
                    int32_t *order, int32_t row_count) {
    Sorting sorting = {.columns = columns, .items = items, .item_count = item_count};
    int32_t *other = allocate((size_t)row_count * sizeof *other + 1);
    for (int32_t i = 0; i < row_count; i++) {
        order[i] = i;
    }
    int32_t *from = order, *to = other;
    for (int64_t width = 1; width < row_count; width *= 2) {
        for (int64_t left = 0; left < row_count; left += 2 * width) {
            int64_t middle = left + width < row_count ? left + width : row_count;
            int64_t right = left + 2 * width < row_count ? left + 2 * width : row_count;
            merge(&sorting, from, to, (int32_t)left, (int32_t)middle, (int32_t)right);
        }
        int32_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != order) {
        memcpy(order, from, (size_t)row_count * sizeof *order);
    }
    free(other);
}
