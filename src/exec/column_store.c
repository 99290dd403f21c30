/*
 * Column stores. Vectors double their capacity by themselves; the store reserves what a doubling
 * will need beforehand and settles with the exact figure afterwards (string heaps are only known
 * then).
 */
#include "exec/column_store.h"

#include <stdlib.h>

#include "base/allocate.h"

void column_store_init(ColumnStore *store, MemoryPool *pool, int32_t column_count,
                       const Type *const *types) {
    *store = (ColumnStore){.pool = pool, .column_count = column_count};
    store->columns =
        allocate_zeroed((size_t)(column_count > 0 ? column_count : 1) * sizeof(Vector *));
    for (int32_t i = 0; i < column_count; i++) {
        store->columns[i] = vector_create(types[i], 0);
    }
}

void column_store_done(ColumnStore *store) {
    for (int32_t i = 0; i < store->column_count && store->columns != NULL; i++) {
        vector_unref(store->columns[i]);
    }
    free(store->columns);
    if (store->reserved_bytes > 0) {
        pool_release(store->pool, store->reserved_bytes);
    }
    *store = (ColumnStore){0};
}

static Status set_reserved(Context *cx, ColumnStore *store, int64_t bytes) {
    if (store->pool == NULL || bytes == store->reserved_bytes) {
        return OK;
    }
    if (bytes > store->reserved_bytes) {
        TRY(pool_reserve(cx, store->pool, bytes - store->reserved_bytes));
    } else {
        pool_release(store->pool, store->reserved_bytes - bytes);
    }
    store->reserved_bytes = bytes;
    return OK;
}

static int64_t value_bytes(const Vector *column) {
    return column->type->width > 0 ? column->type->width : 8 * column->child_count;
}

/* What appending `count` rows may allocate, strings aside. */
static int64_t growth_bytes(const ColumnStore *store, int32_t count) {
    int64_t bytes = 0;
    for (int32_t i = 0; i < store->column_count; i++) {
        const Vector *column = store->columns[i];
        int64_t length = (int64_t)column->length + count;
        if (length > column->capacity) {
            int64_t capacity =
                length > 2 * (int64_t)column->capacity ? length : 2 * (int64_t)column->capacity;
            bytes += capacity * value_bytes(column);
        }
    }
    return bytes;
}

static Status settle(Context *cx, ColumnStore *store) {
    int64_t bytes = 0;
    for (int32_t i = 0; i < store->column_count; i++) {
        bytes += vector_bytes(store->columns[i]);
    }
    return set_reserved(cx, store, bytes);
}

static int32_t heap_count(const ColumnStore *store) {
    int32_t count = 0;
    for (int32_t i = 0; i < store->column_count; i++) {
        count += store->columns[i]->heap_count;
        if (store->columns[i]->child_count > 0) {
            return -1; /* nested values: always settle */
        }
    }
    return count;
}

Status column_store_append(Context *cx, ColumnStore *store, Vector *const *columns,
                           const int32_t *rows, int32_t count) {
    if (count > INT32_MAX - store->row_count) {
        return FAIL(cx, GENERIC_INSUFFICIENT_RESOURCES, "Too many rows in one operator: %lld",
                    (long long)store->row_count + count);
    }
    int64_t growth = growth_bytes(store, count);
    int32_t heaps = heap_count(store);
    if (growth > 0) {
        TRY(set_reserved(cx, store, store->reserved_bytes + growth));
    }
    for (int32_t i = 0; i < store->column_count; i++) {
        vector_append(store->columns[i], columns[i], rows, count);
    }
    store->row_count += count;
    if (growth > 0 || heaps < 0 || heaps != heap_count(store)) {
        return settle(cx, store);
    }
    return OK;
}

Status column_store_take(Context *cx, ColumnStore *store, ColumnStore *source) {
    if (source->row_count == 0) {
        column_store_done(source);
        return OK;
    }
    if (store->row_count == 0) {
        ColumnStore empty = *store;
        *store = *source;
        *source = empty;
        column_store_done(source);
        return OK;
    }
    TRY(column_store_append(cx, store, source->columns, NULL, source->row_count));
    column_store_done(source);
    return OK;
}
