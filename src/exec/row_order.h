/* Comparing and ordering rows of columns by ORDER BY items, value by value: for what is too small
 * or rare for sort keys. */
#pragma once

#include "plan/plan.h"

/* Order of row a of columns_a and row b of columns_b under the items; columns[i] belongs to
 * items[i]. */
int row_order_compare(Vector *const *columns_a, int32_t a, Vector *const *columns_b, int32_t b,
                      const SortOrder *items, int32_t count);
/* Fills order with 0..row_count in sorted order; equal rows keep theirs. */
void row_order_sort(Vector *const *columns, const SortOrder *items, int32_t item_count,
                    int32_t *order, int32_t row_count);
