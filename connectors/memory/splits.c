/* Splits: a chunk each, of the version that the query's transaction pinned. */
#include <stdlib.h>

#include "memory.h"

typedef struct SplitSource {
    TableVersion *version; /* the transaction's */
    int32_t next;
} SplitSource;

TableVersion *transaction_pin(MemoryConnector *memory, MemoryTransaction *transaction,
                              int64_t table_id) {
    TableVersion *version = NULL;
    pthread_mutex_lock(&transaction->lock);
    for (int32_t i = 0; i < transaction->count && version == NULL; i++) {
        if (transaction->pinned[i].table_id == table_id) {
            version = transaction->pinned[i].version;
        }
    }
    if (version == NULL) {
        pthread_mutex_lock(&memory->lock);
        const MemoryTable *table = table_by_id(memory, table_id);
        version = table != NULL ? version_ref(table->current) : version_create(0);
        pthread_mutex_unlock(&memory->lock);
        if (transaction->count == transaction->capacity) {
            transaction->capacity = transaction->capacity * 2 + 4;
            transaction->pinned = realloc(transaction->pinned, sizeof *transaction->pinned *
                                                                   (size_t)transaction->capacity);
        }
        transaction->pinned[transaction->count++] = (PinnedVersion){table_id, version};
    }
    pthread_mutex_unlock(&transaction->lock);
    return version;
}

Status memory_open_splits(Context *cx, void *connector, void *transaction, Handle table,
                          const DynamicFilter *filter, void **ret_splits) {
    SplitSource *source = calloc(1, sizeof *source);
    source->version =
        transaction_pin(connector, transaction, ((const TableHandle *)table.data)->table_id);
    *ret_splits = source;
    return OK;
}

Status memory_next_splits(Context *cx, void *splits, int32_t limit, Split *ret_splits,
                          int32_t *ret_count, bool *ret_finished) {
    SplitSource *source = splits;
    int32_t count = 0;
    for (; count < limit && source->next < source->version->chunk_count; count++) {
        SplitHandle handle = {.first_chunk = source->next++, .chunk_count = 1};
        ret_splits[count] = (Split){
            .handle = {arena_copy(cx->arena, &handle, sizeof handle), sizeof handle},
            .weight = 100,
        };
    }
    *ret_count = count;
    *ret_finished = source->next == source->version->chunk_count;
    return OK;
}

void memory_close_splits(void *splits) {
    free(splits);
}
