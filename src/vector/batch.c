/*
 * Batches: an array of column references and a row count. A batch has one owner; its columns may be
 * shared with others.
 */
#include "vector/batch.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/allocate.h"

static _Atomic int32_t configured_rows = BATCH_ROWS_MAX;

int32_t batch_rows(void) {
    return atomic_load_explicit(&configured_rows, memory_order_relaxed);
}

void batch_set_rows(int32_t rows) {
    assert(rows >= 1 && rows <= BATCH_ROWS_MAX);
    atomic_store_explicit(&configured_rows, rows, memory_order_relaxed);
}

Batch *batch_create(int32_t column_count, int32_t row_count) {
    assert(column_count >= 0 && row_count >= 0);
    Batch *batch = allocate_zeroed(sizeof *batch + (size_t)column_count * sizeof(Vector *));
    batch->column_count = column_count;
    batch->row_count = row_count;
    return batch;
}

void batch_free(Batch *batch) {
    if (batch == NULL) {
        return;
    }
    for (int32_t i = 0; i < batch->column_count; i++) {
        vector_unref(batch->columns[i]);
    }
    free(batch);
}

int64_t batch_bytes(const Batch *batch) {
    int64_t bytes = 0;
    for (int32_t i = 0; i < batch->column_count; i++) {
        bytes += vector_bytes(batch->columns[i]);
    }
    return bytes;
}
