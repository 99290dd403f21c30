/*
 * Page sinks: rows gather in column builders; every CHUNK_ROWS_MAX of them become a chunk. Merge
 * sinks note row ids too.
 *
 * A finished sink's chunks wait in the connector, under an id that is the fragment, until
 * finish_write takes them.
 */
#include <stdlib.h>

#include "memory.h"

typedef struct PageSink {
    MemoryConnector *memory;
    PendingWrite *write;
    int32_t column_count;
    ConnectorColumn *columns; /* types and NOT NULL; names copied */
    Vector **builders;        /* NULL while empty */
    int32_t row_count;        /* in the builders */
    int32_t chunk_capacity;
    int64_t deleted_capacity;
} PageSink;

Status memory_open_sink(Context *cx, void *connector, void *transaction, Handle write,
                        void **ret_sink) {
    MemoryConnector *memory = connector;
    PageSink *sink = calloc(1, sizeof *sink);
    sink->memory = memory;
    sink->write = calloc(1, sizeof *sink->write);
    pthread_mutex_lock(&memory->lock);
    const MemoryTable *table = table_by_id(memory, ((const WriteHandle *)write.data)->table_id);
    if (table != NULL) {
        sink->column_count = table->column_count;
        sink->columns = calloc((size_t)table->column_count + 1, sizeof *sink->columns);
        for (int32_t i = 0; i < table->column_count; i++) {
            sink->columns[i] = (ConnectorColumn){.name = copy_text(table->columns[i].name),
                                                 .type = table->columns[i].type,
                                                 .not_null = table->columns[i].not_null};
        }
        sink->write->column_count = table->column_count;
        sink->write->summaries =
            calloc((size_t)table->column_count + 1, sizeof *sink->write->summaries);
    }
    sink->write->id = memory->next_id++;
    pthread_mutex_unlock(&memory->lock);
    sink->builders = calloc((size_t)sink->column_count + 1, sizeof *sink->builders);
    *ret_sink = sink;
    if (table == NULL) {
        memory_abort_sink(sink);
        return FAIL(cx, TABLE_NOT_FOUND, "Table was dropped while it was written");
    }
    return OK;
}

static Status close_chunk(Context *cx, PageSink *sink) {
    PendingWrite *write = sink->write;
    if (sink->row_count == 0) {
        return OK;
    }
    if (write->chunk_count == sink->chunk_capacity) {
        sink->chunk_capacity = sink->chunk_capacity * 2 + 8;
        write->chunks =
            realloc(write->chunks, sizeof *write->chunks * (size_t)sink->chunk_capacity);
    }
    Chunk *chunk = chunk_create(sink->memory, sink->row_count, sink->column_count, sink->builders);
    for (int32_t i = 0; i < sink->column_count; i++) {
        sink->builders[i] = NULL;
        summary_add(&write->summaries[i], chunk->columns[i]);
    }
    write->chunks[write->chunk_count++] = chunk;
    write->row_count += sink->row_count;
    sink->row_count = 0;
    if (sink->memory->data_bytes > sink->memory->data_bytes_max) {
        return FAIL(cx, MEMORY_LIMIT_EXCEEDED, "Memory limit [%lld] for memory connector exceeded",
                    (long long)sink->memory->data_bytes_max);
    }
    return OK;
}

static Status check_not_null(Context *cx, const PageSink *sink, const Batch *batch,
                             const int32_t *rows, int32_t count) {
    for (int32_t i = 0; i < sink->column_count; i++) {
        if (!sink->columns[i].not_null || !vector_may_have_nulls(batch->columns[i])) {
            continue;
        }
        for (int32_t k = 0; k < count; k++) {
            if (vector_is_null(batch->columns[i], rows != NULL ? rows[k] : k)) {
                return FAIL(cx, CONSTRAINT_VIOLATION,
                            "NULL value not allowed for NOT NULL column: %s",
                            sink->columns[i].name);
            }
        }
    }
    return OK;
}

static Status append_rows(Context *cx, PageSink *sink, const Batch *batch, const int32_t *rows,
                          int32_t count) {
    TRY(check_not_null(cx, sink, batch, rows, count));
    for (int32_t i = 0; i < sink->column_count; i++) {
        if (sink->builders[i] == NULL) {
            sink->builders[i] = vector_create(sink->columns[i].type, 0);
        }
        vector_append(sink->builders[i], batch->columns[i], rows, count);
    }
    sink->row_count += count;
    return sink->row_count >= CHUNK_ROWS_MAX ? close_chunk(cx, sink) : OK;
}

Status memory_append(Context *cx, void *sink, const Batch *batch) {
    return append_rows(cx, sink, batch, NULL, batch->row_count);
}

Status memory_merge(Context *cx, void *opaque, const Vector *changes, const Vector *row_ids,
                    const Batch *batch) {
    PageSink *sink = opaque;
    PendingWrite *write = sink->write;
    int32_t *inserted = malloc(sizeof *inserted * (size_t)(batch->row_count + 1)), count = 0;
    VectorView kinds = vector_view(changes), ids = vector_view(row_ids);
    if (write->deleted_count + batch->row_count > sink->deleted_capacity) {
        sink->deleted_capacity = (write->deleted_count + batch->row_count) * 2;
        write->deleted =
            realloc(write->deleted, sizeof *write->deleted * (size_t)sink->deleted_capacity);
    }
    for (int32_t row = 0; row < batch->row_count; row++) {
        int8_t kind = VIEW_VALUE(&kinds, int8_t, row);
        if (kind != ROW_CHANGE_INSERT) {
            write->deleted[write->deleted_count++] = VIEW_VALUE(&ids, int64_t, row);
        }
        inserted[count] = row;
        count += kind != ROW_CHANGE_DELETE;
    }
    Status status = count > 0 ? append_rows(cx, sink, batch, inserted, count) : OK;
    free(inserted);
    return status;
}

static void free_sink(PageSink *sink) {
    for (int32_t i = 0; i < sink->column_count; i++) {
        vector_unref(sink->builders[i]);
        free((void *)(uintptr_t)sink->columns[i].name);
    }
    free(sink->builders);
    free(sink->columns);
    free(sink);
}

Status memory_finish_sink(Context *cx, void *opaque, Handle *ret_fragment) {
    PageSink *sink = opaque;
    if (close_chunk(cx, sink) != OK) {
        memory_abort_sink(sink);
        return FAILED;
    }
    MemoryConnector *memory = sink->memory;
    pthread_mutex_lock(&memory->lock);
    sink->write->next = memory->pending;
    memory->pending = sink->write;
    pthread_mutex_unlock(&memory->lock);
    *ret_fragment = (Handle){arena_copy(cx->arena, &sink->write->id, sizeof sink->write->id),
                             sizeof sink->write->id};
    free_sink(sink);
    return OK;
}

void memory_abort_sink(void *opaque) {
    PageSink *sink = opaque;
    for (int32_t i = 0; i < sink->write->chunk_count; i++) {
        chunk_unref(sink->memory, sink->write->chunks[i]);
    }
    free(sink->write->chunks);
    free(sink->write->summaries);
    free(sink->write->deleted);
    free(sink->write);
    free_sink(sink);
}
