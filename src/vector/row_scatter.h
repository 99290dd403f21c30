/*
 * Columns into packed rows, a column at a time, for row_collection.c. Preparing finds out how many
 * heap bytes the strings need and reserves them (nested values are turned into bytes then);
 * scattering cannot fail.
 */
#pragma once

#include "base/buffer.h"
#include "vector/row_collection.h"

typedef struct RowScatter {
    RowCollection *collection;
    const int32_t *selection;
    int32_t count;
    ByteString nested; /* bytes of nested values, in the order they will be scattered */
    StringView *nested_views;
    int64_t nested_next;
} RowScatter;

MUST_CHECK Status row_scatter_prepare(Context *cx, RowScatter *scatter,
                                      const Vector *const *columns, int32_t column_count);
void row_scatter_column(RowScatter *scatter, int32_t column, const Vector *values,
                        uint8_t *const *rows);
void row_scatter_done(RowScatter *scatter);

/* The collection's heap: after a reservation, that many bytes can be taken. */
MUST_CHECK Status row_heap_reserve(Context *cx, RowCollection *collection, int64_t size);
char *row_heap_take(RowCollection *collection, int64_t size);
