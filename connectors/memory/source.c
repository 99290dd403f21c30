/*
 * Page sources: slices of a chunk's columns, nothing copied. The column after the table's own is
 * the row id: chunk << 32 | row.
 */
#include <stdlib.h>

#include "memory.h"

typedef struct PageSource {
    TableVersion *version; /* the transaction's */
    int32_t chunk, chunk_end, row;
    int32_t table_columns; /* the row id's position */
    int64_t bytes, rows;
    int32_t column_count;
    const Type **types; /* of the columns, for chunks older than a column */
    int32_t columns[];
} PageSource;

Status memory_open_source(Context *cx, void *connector, void *transaction, Handle table,
                          const Split *split, const int32_t *columns, int32_t column_count,
                          const DynamicFilter *filter, void **ret_source) {
    MemoryConnector *memory = connector;
    const SplitHandle *handle = split->handle.data;
    PageSource *source = calloc(1, sizeof *source + sizeof(int32_t) * (size_t)column_count);
    int64_t table_id = ((const TableHandle *)table.data)->table_id;
    source->version = transaction_pin(memory, transaction, table_id);
    source->chunk = handle->first_chunk;
    source->chunk_end = handle->first_chunk + handle->chunk_count;
    source->column_count = column_count;
    source->types = calloc((size_t)column_count + 1, sizeof *source->types);
    pthread_mutex_lock(&memory->lock);
    const MemoryTable *definition = table_by_id(memory, table_id);
    source->table_columns = definition != NULL ? definition->column_count : 0;
    for (int32_t i = 0; i < column_count; i++) {
        source->columns[i] = columns[i];
        source->types[i] = columns[i] < source->table_columns ? definition->columns[columns[i]].type
                                                              : type_simple(TYPE_BIGINT);
    }
    pthread_mutex_unlock(&memory->lock);
    *ret_source = source;
    return OK;
}

static Vector *make_row_ids(int32_t chunk, int32_t first, int32_t count) {
    Vector *ids = vector_create(type_simple(TYPE_BIGINT), count);
    for (int32_t i = 0; i < count; i++) {
        VECTOR_DATA(ids, int64_t)[i] = (int64_t)chunk << 32 | (first + i);
    }
    return ids;
}

Status memory_read_source(Context *cx, void *opaque, Batch **ret_batch) {
    PageSource *source = opaque;
    *ret_batch = NULL;
    if (source->chunk >= source->chunk_end || source->chunk >= source->version->chunk_count) {
        return OK;
    }
    const Chunk *chunk = source->version->chunks[source->chunk];
    int32_t count = chunk->row_count - source->row;
    count = count < batch_rows() ? count : batch_rows();
    Batch *batch = batch_create(source->column_count, count);
    for (int32_t i = 0; i < source->column_count; i++) {
        int32_t column = source->columns[i];
        if (column == source->table_columns) {
            batch->columns[i] = make_row_ids(source->chunk, source->row, count);
        } else if (column < chunk->column_count) {
            batch->columns[i] = vector_slice(chunk->columns[column], source->row, count);
        } else {
            batch->columns[i] = vector_create_null(source->types[i], count);
        }
    }
    source->bytes += chunk->row_count > 0 ? chunk->bytes * count / chunk->row_count : 0;
    source->rows += count;
    source->row += count;
    if (source->row == chunk->row_count) {
        source->row = 0;
        source->chunk++;
    }
    *ret_batch = batch;
    return OK;
}

void memory_close_source(void *opaque, SourceStatistics *statistics) {
    PageSource *source = opaque;
    if (statistics != NULL) {
        statistics->physical_bytes += source->bytes;
        statistics->physical_rows += source->rows;
    }
    free(source->types);
    free(source);
}
