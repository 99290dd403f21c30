/*
 * Materialised rows as whole columns: what sorts, join builds and windows keep. Each column is one
 * growing FLAT vector, so rows are addressed by number and results can be dictionaries over the
 * store without copying. Memory is reserved in the pool before it grows. Not thread safe while it
 * is written.
 */
#pragma once

#include "warren/vector.h"

typedef struct ColumnStore {
    MemoryPool *pool;
    int32_t column_count;
    int32_t row_count;
    Vector **columns;
    int64_t reserved_bytes;
} ColumnStore;

/* Columns of these types; zero columns count rows only. */
void column_store_init(ColumnStore *store, MemoryPool *pool, int32_t column_count,
                       const Type *const *types);
void column_store_done(ColumnStore *store); /* zeroed or already done is legal */
/* Appends rows (NULL: the first count) of columns. A failure leaves the store to be thrown away. */
MUST_CHECK Status column_store_append(Context *cx, ColumnStore *store, Vector *const *columns,
                                      const int32_t *rows, int32_t count);
/* Moves all rows of source to the end of store; source is empty afterwards. */
MUST_CHECK Status column_store_take(Context *cx, ColumnStore *store, ColumnStore *source);
