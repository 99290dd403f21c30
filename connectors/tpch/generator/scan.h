/*
 * A scan: a range of one table's generator rows, given out block by block as columns.
 *
 * A block is up to SCAN_ROWS_MAX rows that follow each other, or those of them that a pushed-down
 * filter leaves. What a column draws depends on the rows' numbers only, so any scan of the same
 * rows gives the same values.
 */
#pragma once

#include "generator/dictionary.h"
#include "generator/random.h"
#include "warren/plugin.h"

enum { SCAN_ROWS_MAX = BATCH_ROWS_MAX };

typedef struct TableModel TableModel;
typedef struct Scan Scan;

/* Values that a filter leaves, one bit each, by position in the dictionary. Kept in table handles:
   plain data. */
typedef struct ValueFilter {
    uint64_t order_statuses;
    uint64_t containers;
    uint64_t part_types[3];
} ValueFilter;

void value_filter_init(ValueFilter *filter); /* everything passes */

struct Scan {
    const TableModel *table;
    const Dictionaries *dictionaries;
    double scale;
    ValueFilter filter;
    uint32_t wanted;  /* bit c: column c will be made */
    int64_t next_row; /* of the next block */
    int64_t end_row;
    void *state; /* the table's own, in arena */
    Arena *arena;

    /* the block: */
    int64_t first_row;
    uint32_t jump;     /* A^first_row */
    int32_t row_count; /* generator rows gone through */
    int32_t count;     /* values in each of its columns */
    const int32_t
        *rows; /* the generator rows chosen, relative to first_row; NULL: 0 .. count - 1 */

    int32_t chosen[SCAN_ROWS_MAX]; /* what rows points to, where a filter chose */
    int32_t draws[2][SCAN_ROWS_MAX];
    uint32_t powers[SCAN_ROWS_MAX];
};

/* In `arena`, where it stays valid until the arena is freed. The text pool has to be open if a
   wanted column needs it. */
Scan *scan_create(Arena *arena, const TableModel *table, double scale, const ValueFilter *filter,
                  const Dictionaries *dictionaries, int64_t first_row, int64_t end_row,
                  uint32_t wanted);
/* Goes to the next block that has a row; false at the end. */
bool scan_next(Scan *scan);

/* ret_values[k] for each row of the block: what the stream's step `step` (1 is the first) of that
   row says. */
void scan_draw(Scan *scan, Stream stream, uint32_t step, int32_t low, int32_t high,
               int32_t *ret_values);
/* The stream's state before the block's first row. */
uint32_t scan_start(const Scan *scan, Stream stream);

static inline int32_t scan_row(const Scan *scan, int32_t k) {
    return scan->rows != NULL ? scan->rows[k] : k;
}
