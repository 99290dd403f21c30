/*
 * Writes as a whole: begin, then all fragments become one new version of the table, or none.
 */
#include <stdlib.h>

#include "memory.h"

static Handle make_handle(Context *cx, WriteHandle write) {
    return (Handle){arena_copy(cx->arena, &write, sizeof write), sizeof write};
}

Status memory_begin_create(Context *cx, void *connector, void *transaction,
                           const NewTable *definition, bool replace, Handle *ret_write) {
    MemoryConnector *memory = connector;
    Status status = OK;
    if (replace) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support replacing tables");
    }
    bool has_schema = false;
    pthread_mutex_lock(&memory->lock);
    for (int32_t i = 0; i < memory->schema_count; i++) {
        has_schema |= strcmp(memory->schemas[i], definition->schema) == 0;
    }
    if (!has_schema) {
        status = FAIL(cx, NOT_FOUND, "Schema %s not found", definition->schema);
    } else if (table_by_name(memory, definition->schema, definition->name) != NULL ||
               view_by_name(memory, definition->schema, definition->name) != NULL) {
        status = FAIL(cx, TABLE_ALREADY_EXISTS, "Table '%s.%s' already exists", definition->schema,
                      definition->name);
    } else {
        MemoryTable *table = table_add(memory, definition, false);
        *ret_write = make_handle(cx, (WriteHandle){.table_id = table->id, .is_create = true});
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

Status memory_begin_insert(Context *cx, void *connector, void *transaction, Handle table,
                           Handle *ret_write) {
    *ret_write =
        make_handle(cx, (WriteHandle){.table_id = ((const TableHandle *)table.data)->table_id});
    return OK;
}

Status memory_begin_merge(Context *cx, void *connector, void *transaction, Handle table,
                          Handle *ret_write) {
    int64_t table_id = ((const TableHandle *)table.data)->table_id;
    transaction_pin(connector, transaction, table_id); /* row ids are positions in this version */
    *ret_write = make_handle(cx, (WriteHandle){.table_id = table_id, .is_merge = true});
    return OK;
}

Status memory_get_row_id_column(Context *cx, void *connector, Handle table,
                                ConnectorColumn *ret_column) {
    *ret_column =
        (ConnectorColumn){.name = "$row_id", .type = type_simple(TYPE_BIGINT), .hidden = true};
    return OK;
}

/* Takes the fragment's write out of the pending ones; the lock is held. */
static PendingWrite *take_pending(MemoryConnector *memory, Handle fragment) {
    int64_t id;
    memcpy(&id, fragment.data, sizeof id);
    for (PendingWrite **link = &memory->pending; *link != NULL; link = &(*link)->next) {
        if ((*link)->id == id) {
            PendingWrite *write = *link;
            *link = write->next;
            return write;
        }
    }
    return NULL;
}

static void free_pending(PendingWrite *write) {
    free(write->chunks);
    free(write->summaries);
    free(write->deleted);
    free(write);
}

/* Bitmaps of deleted rows, by chunk of the version; NULL where none is. */
static uint64_t **collect_deleted(const TableVersion *version, PendingWrite *const *writes,
                                  int32_t count, int64_t *ret_deleted) {
    uint64_t **bitmaps = calloc((size_t)version->chunk_count + 1, sizeof *bitmaps);
    *ret_deleted = 0;
    for (int32_t i = 0; i < count; i++) {
        for (int64_t k = 0; k < writes[i]->deleted_count; k++) {
            int32_t chunk = (int32_t)(writes[i]->deleted[k] >> 32),
                    row = (int32_t)writes[i]->deleted[k];
            if (bitmaps[chunk] == NULL) {
                bitmaps[chunk] =
                    calloc(bitmap_words(version->chunks[chunk]->row_count), sizeof(uint64_t));
            }
            *ret_deleted += !bitmap_get(bitmaps[chunk], row);
            bitmap_set(bitmaps[chunk], row);
        }
    }
    return bitmaps;
}

/* The table's version with the writes' changes; the lock is held. */
static TableVersion *apply_writes(MemoryConnector *memory, MemoryTable *table,
                                  PendingWrite *const *writes, int32_t count) {
    int32_t added = 0;
    for (int32_t i = 0; i < count; i++) {
        added += writes[i]->chunk_count;
    }
    const TableVersion *old = table->current;
    int64_t deleted_count;
    uint64_t **deleted = collect_deleted(old, writes, count, &deleted_count);
    TableVersion *version = version_create(old->chunk_count + added);
    int32_t next = 0;
    for (int32_t i = 0; i < old->chunk_count; i++) {
        Chunk *chunk = old->chunks[i];
        if (deleted[i] != NULL) {
            chunk = chunk_without(memory, chunk, deleted[i]);
            free(deleted[i]);
        } else {
            chunk->references++;
        }
        if (chunk != NULL) {
            version->chunks[next++] = chunk;
        }
    }
    free(deleted);
    table->row_count -= deleted_count;
    for (int32_t i = 0; i < count; i++) {
        for (int32_t k = 0; k < writes[i]->chunk_count; k++) {
            version->chunks[next++] = writes[i]->chunks[k];
        }
        table->row_count += writes[i]->row_count;
        for (int32_t k = 0; k < writes[i]->column_count; k++) {
            summary_merge(&table->summaries[k], &writes[i]->summaries[k]);
        }
    }
    version->chunk_count = next;
    return version;
}

/* Whether the rows that a DELETE, UPDATE or MERGE read are still those of the table. */
static bool read_current(MemoryTransaction *transaction, const MemoryTable *table) {
    for (int32_t i = 0; i < transaction->count; i++) {
        if (transaction->pinned[i].table_id == table->id) {
            return transaction->pinned[i].version == table->current;
        }
    }
    return true;
}

static void drop_writes(MemoryConnector *memory, PendingWrite **writes, int32_t count,
                        bool with_chunks) {
    for (int32_t i = 0; i < count; i++) {
        for (int32_t k = 0; with_chunks && k < writes[i]->chunk_count; k++) {
            chunk_unref(memory, writes[i]->chunks[k]);
        }
        free_pending(writes[i]);
    }
}

Status memory_finish_write(Context *cx, void *connector, void *transaction, Handle handle,
                           const Handle *fragments, int32_t fragment_count) {
    MemoryConnector *memory = connector;
    const WriteHandle *write = handle.data;
    PendingWrite **writes = calloc((size_t)fragment_count + 1, sizeof *writes);
    int32_t count = 0;
    Status status = OK;
    pthread_mutex_lock(&memory->lock);
    for (int32_t i = 0; i < fragment_count; i++) {
        PendingWrite *pending = take_pending(memory, fragments[i]);
        if (pending != NULL) {
            writes[count++] = pending;
        }
    }
    MemoryTable *table = table_by_id(memory, write->table_id);
    if (table == NULL) {
        status = FAIL(cx, TABLE_NOT_FOUND, "Table was dropped while it was written");
    } else if (write->is_merge && !read_current(transaction, table)) {
        status = FAIL(cx, TRANSACTION_CONFLICT, "Table %s.%s was changed concurrently",
                      table->schema, table->name);
    } else {
        TableVersion *version = apply_writes(memory, table, writes, count);
        version_unref(memory, table->current);
        table->current = version;
        table->visible = true;
    }
    drop_writes(memory, writes, count, status != OK);
    pthread_mutex_unlock(&memory->lock);
    free(writes);
    return status;
}

void memory_abort_write(void *connector, void *transaction, Handle handle) {
    MemoryConnector *memory = connector;
    const WriteHandle *write = handle.data;
    pthread_mutex_lock(&memory->lock);
    MemoryTable *table = table_by_id(memory, write->table_id);
    if (write->is_create && table != NULL && !table->visible) {
        table_remove(memory, table);
    }
    pthread_mutex_unlock(&memory->lock);
}
