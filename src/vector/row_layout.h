/*
 * Packed rows: all columns of a row side by side, for hash tables, joins and sorts.
 *
 * A row is null bits (one per column, set = NULL), then a slot per column at offsets[column], then
 * `extra_bytes` for the owner (aggregate states, a hash, a next pointer). Slots have the width of
 * the type; strings keep their 16-byte view, whose long bytes lie in the row collection's heap;
 * nested values are strings too, of their serialised bytes. Slots are aligned to their width, at
 * most 8; the extra part to 16.
 */
#pragma once

#include "warren/vector.h"

typedef struct RowLayout {
    int32_t column_count;
    const Type *const *types;
    const int32_t *offsets; /* of slots */
    int32_t extra_offset;
    int32_t row_width; /* a multiple of 16 */
    bool has_strings;  /* some slot may point into a heap */
} RowLayout;

RowLayout *row_layout_create(Arena *arena, int32_t column_count, const Type *const *types,
                             int32_t extra_bytes);

static inline bool row_is_null(const uint8_t *row, int32_t column) {
    return row[column >> 3] >> (column & 7) & 1;
}

static inline void row_set_null(uint8_t *row, int32_t column) {
    row[column >> 3] |= (uint8_t)(1 << (column & 7));
}

static inline bool row_slot_is_string(const Type *type) {
    return type->layout >= LAYOUT_STRING;
}

/*
 * Column `column` of the rows as a new FLAT vector; strings are copied, so it outlives the rows. A
 * NULL row pointer gives NULL (the missing side of an outer join).
 */
Vector *row_gather(const RowLayout *layout, int32_t column, uint8_t *const *rows, int32_t count);

typedef enum RowMatch {
    ROW_MATCH_IDENTICAL, /* GROUP BY, DISTINCT: NULLs match, NaNs match */
    ROW_MATCH_EQUAL,     /* joins: SQL's =, which NULL and NaN never satisfy */
} RowMatch;

/*
 * Compares value i of `keys` with the slot of rows[i], for the count values of i in `selection`.
 * Those that match stay in `selection`, in order, and their number is returned; the others go to
 * `mismatches` (room for count; may be NULL) and their number to *ret_mismatch_count.
 */
int32_t row_match(const RowLayout *layout, int32_t column, RowMatch kind, const Vector *keys,
                  uint8_t *const *rows, int32_t *selection, int32_t count, int32_t *mismatches,
                  int32_t *ret_mismatch_count);

/* Order of two rows by one column as vector_order has it (NULL last). */
int row_order(const RowLayout *layout, int32_t column, const uint8_t *a, const uint8_t *b);
