/*
 * Chunks of rows and heaps of bytes. Chunks double from 8 KiB to 1 MiB, so that a group-by with
 * five groups stays small. An append first reserves all it will need, rows and heap, and only then
 * writes; so a refusal leaves nothing half done.
 */
#include "vector/row_collection.h"

#include <assert.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "base/buffer.h"
#include "vector/row_scatter.h"

enum { CHUNK_FIRST = 8 * 1024, CHUNK_MAX = 1024 * 1024 };

void row_collection_init(RowCollection *collection, const RowLayout *layout, MemoryPool *pool) {
    *collection = (RowCollection){.layout = layout, .pool = pool};
}

void row_collection_done(RowCollection *collection) {
    for (int32_t i = 0; i < collection->chunk_count; i++) {
        buffer_unref(collection->chunks[i].buffer);
    }
    for (int32_t i = 0; i < collection->heap_count; i++) {
        buffer_unref(collection->heaps[i]);
    }
    free(collection->chunks);
    free(collection->heaps);
    *collection = (RowCollection){.layout = collection->layout, .pool = collection->pool};
}

static int64_t rows_of(const RowCollection *collection, const Buffer *buffer) {
    return buffer->size / collection->layout->row_width;
}

static int64_t free_rows(const RowCollection *collection) {
    if (collection->chunk_count == 0) {
        return 0;
    }
    const RowChunk *last = &collection->chunks[collection->chunk_count - 1];
    return rows_of(collection, last->buffer) - last->row_count;
}

static void add_chunk(RowCollection *collection, RowChunk chunk) {
    if (collection->chunk_count == collection->chunk_capacity) {
        collection->chunk_capacity =
            collection->chunk_capacity < 8 ? 8 : collection->chunk_capacity * 2;
        collection->chunks = reallocate(collection->chunks, (size_t)collection->chunk_capacity *
                                                                sizeof *collection->chunks);
    }
    collection->chunks[collection->chunk_count++] = chunk;
}

static void add_heap(RowCollection *collection, Buffer *heap) {
    if (collection->heap_count == collection->heap_capacity) {
        collection->heap_capacity =
            collection->heap_capacity < 8 ? 8 : collection->heap_capacity * 2;
        collection->heaps = reallocate(collection->heaps, (size_t)collection->heap_capacity *
                                                              sizeof *collection->heaps);
    }
    collection->heaps[collection->heap_count++] = heap;
}

static int64_t next_size(int64_t last, int64_t needed) {
    int64_t size = last == 0 ? CHUNK_FIRST : last * 2;
    size = size > CHUNK_MAX ? CHUNK_MAX : size;
    return size < needed ? needed : size;
}

static Status reserve_buffer(Context *cx, RowCollection *collection, int64_t size,
                             Buffer **ret_buffer) {
    TRY(buffer_reserve(cx, collection->pool, size, ret_buffer));
    collection->bytes += buffer_allocated_bytes(size);
    return OK;
}

/* A chunk with room for what does not fit the last one; it stands behind it, still empty. */
static Status reserve_rows(Context *cx, RowCollection *collection, int64_t count) {
    int64_t missing = count - free_rows(collection);
    if (missing <= 0) {
        return OK;
    }
    int64_t last = collection->chunk_count == 0
                       ? 0
                       : collection->chunks[collection->chunk_count - 1].buffer->size;
    int32_t width = collection->layout->row_width;
    int64_t size = next_size(last, missing * width);
    Buffer *buffer;
    TRY(reserve_buffer(cx, collection, size / width * width, &buffer));
    add_chunk(collection, (RowChunk){.buffer = buffer});
    return OK;
}

Status row_heap_reserve(Context *cx, RowCollection *collection, int64_t size) {
    if (size <= collection->heap_left) {
        return OK;
    }
    int64_t last =
        collection->heap_count == 0 ? 0 : collection->heaps[collection->heap_count - 1]->size;
    Buffer *heap;
    TRY(reserve_buffer(cx, collection, next_size(last, size), &heap));
    add_heap(collection, heap);
    collection->heap_tail = (char *)heap->data;
    collection->heap_left = heap->size;
    return OK;
}

char *row_heap_take(RowCollection *collection, int64_t size) {
    assert(size <= collection->heap_left);
    char *bytes = collection->heap_tail;
    collection->heap_tail += size;
    collection->heap_left -= size;
    return bytes;
}

/* After reserve_rows: addresses in the last two chunks, the first of which gets full. */
static void take_rows(RowCollection *collection, int64_t count, uint8_t **ret_rows) {
    int32_t width = collection->layout->row_width;
    int32_t chunk = collection->chunk_count - 1;
    if (chunk > 0 && collection->chunks[chunk].row_count == 0) {
        chunk--;
    }
    for (int64_t taken = 0; taken < count; chunk++) {
        assert(chunk < collection->chunk_count);
        RowChunk *here = &collection->chunks[chunk];
        int64_t run = rows_of(collection, here->buffer) - here->row_count;
        run = run < count - taken ? run : count - taken;
        uint8_t *row = here->buffer->data + here->row_count * width;
        for (int64_t i = 0; i < run; i++, row += width) {
            ret_rows[taken + i] = row;
        }
        here->row_count += run;
        taken += run;
    }
    collection->row_count += count;
}

/* Null bits and the extra part start as zero; slots are written by scattering. */
static void clear_rows(const RowLayout *layout, uint8_t *const *rows, int64_t count) {
    size_t null_bytes = (size_t)(layout->column_count + 7) / 8;
    size_t extra = (size_t)(layout->row_width - layout->extra_offset);
    for (int64_t i = 0; i < count; i++) {
        memset(rows[i], 0, null_bytes);
        memset(rows[i] + layout->extra_offset, 0, extra);
    }
}

Status row_collection_append(Context *cx, RowCollection *collection, const Vector *const *columns,
                             const int32_t *selection, int32_t count, uint8_t **ret_rows) {
    const RowLayout *layout = collection->layout;
    RowScatter scatter = {.collection = collection, .selection = selection, .count = count};
    Status status = row_scatter_prepare(cx, &scatter, columns, layout->column_count);
    if (status == OK) {
        status = reserve_rows(cx, collection, count);
    }
    if (status == OK) {
        take_rows(collection, count, ret_rows);
        clear_rows(layout, ret_rows, count);
        for (int32_t column = 0; column < layout->column_count; column++) {
            row_scatter_column(&scatter, column, columns[column], ret_rows);
        }
    }
    row_scatter_done(&scatter);
    return status;
}

Status row_collection_store(Context *cx, RowCollection *collection, int32_t column,
                            const Vector *values, const int32_t *selection, int32_t count,
                            uint8_t *const *rows) {
    RowScatter scatter = {.collection = collection, .selection = selection, .count = count};
    Status status = row_scatter_prepare(cx, &scatter, &values, 1);
    if (status == OK) {
        for (int32_t i = 0; i < count; i++) {
            rows[i][column >> 3] &= (uint8_t) ~(1 << (column & 7));
        }
        row_scatter_column(&scatter, column, values, rows);
    }
    row_scatter_done(&scatter);
    return status;
}

/* Bytes that the long strings of a row take in a heap. */
static int64_t heap_bytes_of(const RowLayout *layout, const uint8_t *row) {
    int64_t bytes = 0;
    for (int32_t column = 0; column < layout->column_count; column++) {
        if (row_slot_is_string(layout->types[column]) && !row_is_null(row, column)) {
            StringView view;
            memcpy(&view, row + layout->offsets[column], sizeof view);
            bytes += view.length > 12 ? view.length : 0;
        }
    }
    return bytes;
}

static void own_strings(RowCollection *collection, uint8_t *row) {
    const RowLayout *layout = collection->layout;
    for (int32_t column = 0; column < layout->column_count; column++) {
        if (!row_slot_is_string(layout->types[column]) || row_is_null(row, column)) {
            continue;
        }
        StringView view;
        memcpy(&view, row + layout->offsets[column], sizeof view);
        if (view.length > 12) {
            view.pointer =
                memcpy(row_heap_take(collection, view.length), view.pointer, view.length);
            memcpy(row + layout->offsets[column], &view, sizeof view);
        }
    }
}

Status row_collection_append_rows(Context *cx, RowCollection *collection, uint8_t *const *rows,
                                  int64_t count, uint8_t **ret_rows) {
    const RowLayout *layout = collection->layout;
    int64_t heap_bytes = 0;
    for (int64_t i = 0; layout->has_strings && i < count; i++) {
        heap_bytes += heap_bytes_of(layout, rows[i]);
    }
    TRY(row_heap_reserve(cx, collection, heap_bytes));
    TRY(reserve_rows(cx, collection, count));
    uint8_t **copies = ret_rows != NULL ? ret_rows : allocate((size_t)count * sizeof *copies);
    take_rows(collection, count, copies);
    for (int64_t i = 0; i < count; i++) {
        memcpy(copies[i], rows[i], (size_t)layout->row_width);
        if (layout->has_strings) {
            own_strings(collection, copies[i]);
        }
    }
    if (ret_rows == NULL) {
        free(copies);
    }
    return OK;
}

void row_collection_absorb(RowCollection *collection, RowCollection *source) {
    assert(collection->layout->row_width == source->layout->row_width);
    for (int32_t i = 0; i < source->chunk_count; i++) {
        add_chunk(collection, source->chunks[i]);
    }
    for (int32_t i = 0; i < source->heap_count; i++) {
        add_heap(collection, source->heaps[i]);
    }
    collection->row_count += source->row_count;
    collection->bytes += source->bytes;
    if (source->heap_left > collection->heap_left) {
        collection->heap_tail = source->heap_tail;
        collection->heap_left = source->heap_left;
    }
    source->chunk_count = source->heap_count = 0;
    row_collection_done(source);
}

int32_t row_collection_next(const RowCollection *collection, RowCursor *cursor, int32_t limit,
                            uint8_t **ret_rows) {
    int32_t width = collection->layout->row_width, count = 0;
    while (count < limit && cursor->chunk < collection->chunk_count) {
        const RowChunk *chunk = &collection->chunks[cursor->chunk];
        uint8_t *row = chunk->buffer->data + cursor->row * width;
        for (; count < limit && cursor->row < chunk->row_count; cursor->row++, row += width) {
            ret_rows[count++] = row;
        }
        if (cursor->row == chunk->row_count) {
            cursor->chunk++;
            cursor->row = 0;
        }
    }
    return count;
}
