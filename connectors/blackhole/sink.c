/*
 * Writing: rows are waited for and forgotten. Only a table made by CREATE TABLE AS changes
 * anything: it becomes visible when the write is finished.
 */
#include <stdlib.h>

#include "blackhole.h"

typedef struct Sink {
    int64_t delay_nanos;
} Sink;

static Handle write_handle(Context *cx, WriteHandle write) {
    return (Handle){.data = arena_copy(cx->arena, &write, sizeof write), .size = sizeof write};
}

static WriteHandle read_write_handle(Handle handle) {
    WriteHandle write;
    memcpy(&write, handle.data, sizeof write);
    return write;
}

static Status check_columns(Context *cx, const BlackholeCatalog *catalog,
                            const NewTable *definition) {
    for (int32_t i = 0; i < definition->column_count; i++) {
        if (definition->columns[i].not_null) {
            return FAIL(cx, NOT_SUPPORTED,
                        "Catalog '%s' does not support non-null column for column name '%s'",
                        catalog->name, definition->columns[i].name);
        }
    }
    return OK;
}

Status blackhole_begin_create(Context *cx, void *connector, void *transaction,
                              const NewTable *definition, bool replace, Handle *ret_write) {
    BlackholeCatalog *catalog = connector;
    BlackholeProperties properties;
    Status status = OK;
    TRY(check_columns(cx, catalog, definition));
    TRY(blackhole_read_properties(cx, catalog, definition, &properties));
    pthread_mutex_lock(&catalog->lock);
    bool exists = table_by_name(catalog, definition->schema, definition->name) != NULL;
    if (!schema_exists(catalog, definition->schema)) {
        status = FAIL(cx, NOT_FOUND, "Schema %s not found", definition->schema);
    } else if (view_by_name(catalog, definition->schema, definition->name) != NULL ||
               (exists && !replace)) {
        status = FAIL(cx, TABLE_ALREADY_EXISTS, "Table '%s.%s.%s' already exists", catalog->name,
                      definition->schema, definition->name);
    } else {
        const BlackholeTable *table = table_add(catalog, definition, &properties);
        *ret_write = write_handle(cx, (WriteHandle){.table_id = table->id,
                                                    .is_create = true,
                                                    .delay_nanos = properties.delay_nanos});
    }
    pthread_mutex_unlock(&catalog->lock);
    return status;
}

Status blackhole_begin_insert(Context *cx, void *connector, void *transaction, Handle handle,
                              Handle *ret_write) {
    const TableHandle *table = table_handle_open(cx->arena, handle);
    *ret_write = write_handle(
        cx, (WriteHandle){.table_id = table->id, .delay_nanos = table->properties.delay_nanos});
    return OK;
}

Status blackhole_begin_merge(Context *cx, void *connector, void *transaction, Handle handle,
                             Handle *ret_write) {
    return blackhole_begin_insert(cx, connector, transaction, handle, ret_write);
}

Status blackhole_open_sink(Context *cx, void *connector, void *transaction, Handle write,
                           void **ret_sink) {
    Sink *sink = malloc(sizeof *sink);
    if (sink == NULL) {
        abort();
    }
    sink->delay_nanos = read_write_handle(write).delay_nanos;
    *ret_sink = sink;
    return OK;
}

Status blackhole_append(Context *cx, void *state, const Batch *batch) {
    const Sink *sink = state;
    blackhole_delay(cx, sink->delay_nanos);
    return OK;
}

Status blackhole_merge(Context *cx, void *state, const Vector *changes, const Vector *row_ids,
                       const Batch *rows) {
    return blackhole_append(cx, state, rows);
}

Status blackhole_finish_sink(Context *cx, void *state, Handle *ret_fragment) {
    free(state);
    *ret_fragment = (Handle){.data = "", .size = 0};
    return OK;
}

void blackhole_abort_sink(void *state) {
    free(state);
}

Status blackhole_finish_write(Context *cx, void *connector, void *transaction, Handle handle,
                              const Handle *fragments, int32_t fragment_count) {
    BlackholeCatalog *catalog = connector;
    WriteHandle write = read_write_handle(handle);
    if (!write.is_create) {
        return OK;
    }
    pthread_mutex_lock(&catalog->lock);
    BlackholeTable *table = table_by_id(catalog, write.table_id);
    if (table != NULL) {
        BlackholeTable *replaced = table_by_name(catalog, table->schema, table->name);
        if (replaced != NULL) {
            table_remove(catalog, replaced);
        }
        table->is_visible = true;
    }
    pthread_mutex_unlock(&catalog->lock);
    return OK;
}

void blackhole_abort_write(void *connector, void *transaction, Handle handle) {
    BlackholeCatalog *catalog = connector;
    WriteHandle write = read_write_handle(handle);
    pthread_mutex_lock(&catalog->lock);
    BlackholeTable *table = table_by_id(catalog, write.table_id);
    if (write.is_create && table != NULL) {
        table_remove(catalog, table);
    }
    pthread_mutex_unlock(&catalog->lock);
}

Status blackhole_get_row_id_column(Context *cx, void *connector, Handle table,
                                   ConnectorColumn *ret_column) {
    *ret_column =
        (ConnectorColumn){.name = "row_id", .type = type_simple(TYPE_BIGINT), .hidden = true};
    return OK;
}
