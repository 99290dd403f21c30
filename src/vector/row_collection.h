/*
 * A growing set of packed rows (row_layout.h). Rows never move, so tables may keep pointers to
 * them; strings longer than 12 bytes lie in heaps that the collection owns. All memory is charged
 * to the pool given. One thread at a time, but for reading.
 */
#pragma once

#include "vector/row_layout.h"

typedef struct RowChunk {
    Buffer *buffer;
    int64_t row_count;
} RowChunk;

typedef struct RowCollection {
    const RowLayout *layout;
    MemoryPool *pool; /* may be NULL: not charged */
    int64_t row_count;
    int32_t chunk_count, chunk_capacity;
    RowChunk *chunks;
    int32_t heap_count, heap_capacity;
    Buffer **heaps;
    char *heap_tail;
    int64_t heap_left;
    int64_t bytes; /* allocated, as charged */
} RowCollection;

void row_collection_init(RowCollection *collection, const RowLayout *layout, MemoryPool *pool);
void row_collection_done(
    RowCollection *collection); /* gives everything back; legal on zeroed memory, and twice */

/*
 * Appends `count` rows: row i from columns[c] at selection[i] (i when selection is NULL), one
 * vector per column of the layout. The addresses go to ret_rows. The extra part of new rows is
 * zero. On failure nothing was appended.
 */
MUST_CHECK Status row_collection_append(Context *cx, RowCollection *collection,
                                        const Vector *const *columns, const int32_t *selection,
                                        int32_t count, uint8_t **ret_rows);

/*
 * Copies rows of the same layout, extra parts included; ret_rows may be NULL. On failure nothing
 * was appended.
 */
MUST_CHECK Status row_collection_append_rows(Context *cx, RowCollection *collection,
                                             uint8_t *const *rows, int64_t count,
                                             uint8_t **ret_rows);

/*
 * Overwrites column `column` of existing rows with value i (at selection[i]) of `values`: for
 * aggregates that keep a value, such as max. What a replaced string held is only freed with the
 * collection.
 */
MUST_CHECK Status row_collection_store(Context *cx, RowCollection *collection, int32_t column,
                                       const Vector *values, const int32_t *selection,
                                       int32_t count, uint8_t *const *rows);

/* Takes over all rows of `source`, which is left empty; addresses stay. Layouts must be equal. */
void row_collection_absorb(RowCollection *collection, RowCollection *source);

/*
 * Reading all rows in order of appending. Start with a zeroed cursor; gives how many addresses were
 * written, 0 at the end.
 */
typedef struct RowCursor {
    int32_t chunk;
    int64_t row;
} RowCursor;

int32_t row_collection_next(const RowCollection *collection, RowCursor *cursor, int32_t limit,
                            uint8_t **ret_rows);
