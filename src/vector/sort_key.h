/*
 * Normalised sort keys: each row's ORDER BY columns as bytes whose memcmp order is the row order.
 *
 * Per column: a byte that places NULLs, then the value, most significant byte first, inverted for
 * DESC. Long strings and nested values only have a prefix (or nothing) there, so the key ends with
 * the first such column, and rows whose keys tie are to be compared in full from `tie_column` on
 * (row_order, vector_order). Keys are padded to a multiple of 8 bytes.
 */
#pragma once

#include "warren/vector.h"

typedef struct SortKeyColumn {
    const Type *type;
    bool descending, nulls_first;
    int32_t offset; /* of its null byte; -1: not in the key */
    int32_t width;  /* of the value */
} SortKeyColumn;

typedef struct SortKeyLayout {
    int32_t column_count;
    SortKeyColumn *columns;
    int32_t width;      /* of a key, a multiple of 8 */
    int32_t tie_column; /* column_count: equal keys are equal rows */
} SortKeyLayout;

SortKeyLayout *sort_key_layout_create(Arena *arena, int32_t column_count, const Type *const *types,
                                      const bool *descending, const bool *nulls_first);

/*
 * Writes column `column` of count rows into keys lying `stride` bytes apart; row i is value
 * selection[i] (i when NULL). Does nothing for a column that is not in the key. The last column in
 * the key also clears the padding.
 */
void sort_key_encode(const SortKeyLayout *layout, int32_t column, const Vector *values,
                     const int32_t *selection, int32_t count, uint8_t *keys, int32_t stride);

/* memcmp of two keys, by words. */
static inline int sort_key_compare(const uint8_t *a, const uint8_t *b, int32_t width) {
    for (int32_t i = 0; i < width; i += 8) {
        uint64_t x, y;
        memcpy(&x, a + i, 8);
        memcpy(&y, b + i, 8);
        if (x != y) {
            return __builtin_bswap64(x) < __builtin_bswap64(y) ? -1 : 1;
        }
    }
    return 0;
}
