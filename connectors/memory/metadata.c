/* Schemas and tables: listing, describing, changing. Messages are the reference's. */
#include <math.h>
#include <stdlib.h>

#include "memory.h"

static MemoryTable *table_of(MemoryConnector *memory, Handle handle) {
    return table_by_id(memory, ((const TableHandle *)handle.data)->table_id);
}

static Status table_gone(Context *cx) {
    return FAIL(cx, TABLE_NOT_FOUND, "Table was dropped while it was used");
}

static int32_t find_schema(const MemoryConnector *memory, const char *schema) {
    for (int32_t i = 0; i < memory->schema_count; i++) {
        if (strcmp(memory->schemas[i], schema) == 0) {
            return i;
        }
    }
    return -1;
}

/* ---- transactions ---- */

Status memory_begin(Context *cx, void *connector, bool read_only, void **ret_transaction) {
    MemoryTransaction *transaction = calloc(1, sizeof *transaction);
    pthread_mutex_init(&transaction->lock, NULL);
    *ret_transaction = transaction;
    return OK;
}

void memory_rollback(void *connector, void *opaque) {
    MemoryTransaction *transaction = opaque;
    for (int32_t i = 0; i < transaction->count; i++) {
        version_unref(connector, transaction->pinned[i].version);
    }
    free(transaction->pinned);
    pthread_mutex_destroy(&transaction->lock);
    free(transaction);
}

Status memory_commit(Context *cx, void *connector, void *transaction) {
    memory_rollback(connector, transaction); /* writes were made visible by finish_write */
    return OK;
}

/* ---- schemas ---- */

Status memory_list_schemas(Context *cx, void *connector, StringList *ret_schemas) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    const char **names = arena_new_array(cx->arena, const char *, memory->schema_count + 1);
    for (int32_t i = 0; i < memory->schema_count; i++) {
        names[i] = arena_strdup(cx->arena, memory->schemas[i]);
    }
    *ret_schemas = (StringList){.count = memory->schema_count, .items = names};
    pthread_mutex_unlock(&memory->lock);
    return OK;
}

Status memory_create_schema(Context *cx, void *connector, const char *schema,
                            const PropertyValue *properties, int32_t property_count) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    bool exists = find_schema(memory, schema) >= 0;
    if (!exists) {
        if (memory->schema_count == memory->schema_capacity) {
            memory->schema_capacity *= 2;
            memory->schemas =
                realloc(memory->schemas, sizeof *memory->schemas * (size_t)memory->schema_capacity);
        }
        memory->schemas[memory->schema_count++] = copy_text(schema);
    }
    pthread_mutex_unlock(&memory->lock);
    return exists ? FAIL(cx, ALREADY_EXISTS, "Schema [%s] already exists", schema) : OK;
}

static bool schema_is_used(const MemoryConnector *memory, const char *schema) {
    for (int32_t i = 0; i < memory->table_count; i++) {
        if (strcmp(memory->tables[i]->schema, schema) == 0) {
            return true;
        }
    }
    for (int32_t i = 0; i < memory->view_count; i++) {
        if (strcmp(memory->views[i]->schema, schema) == 0) {
            return true;
        }
    }
    return false;
}

static void drop_contents(MemoryConnector *memory, const char *schema) {
    for (int32_t i = memory->table_count - 1; i >= 0; i--) {
        if (strcmp(memory->tables[i]->schema, schema) == 0) {
            table_remove(memory, memory->tables[i]);
        }
    }
    for (int32_t i = memory->view_count - 1; i >= 0; i--) {
        if (strcmp(memory->views[i]->schema, schema) == 0) {
            view_free(memory->views[i]);
            memory->views[i] = memory->views[--memory->view_count];
        }
    }
}

Status memory_drop_schema(Context *cx, void *connector, const char *schema, bool cascade) {
    MemoryConnector *memory = connector;
    Status status = OK;
    pthread_mutex_lock(&memory->lock);
    int32_t index = find_schema(memory, schema);
    if (index < 0) {
        status = FAIL(cx, NOT_FOUND, "Schema [%s] does not exist", schema);
    } else if (!cascade && schema_is_used(memory, schema)) {
        status = FAIL(cx, SCHEMA_NOT_EMPTY, "Schema not empty: %s", schema);
    } else {
        drop_contents(memory, schema);
        free(memory->schemas[index]);
        memory->schemas[index] = memory->schemas[--memory->schema_count];
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

static void replace_text(char **text, const char *value) {
    free(*text);
    *text = copy_text(value);
}

Status memory_rename_schema(Context *cx, void *connector, const char *schema,
                            const char *new_name) {
    MemoryConnector *memory = connector;
    Status status = OK;
    pthread_mutex_lock(&memory->lock);
    int32_t index = find_schema(memory, schema);
    if (index < 0) {
        status = FAIL(cx, NOT_FOUND, "Schema [%s] does not exist", schema);
    } else if (find_schema(memory, new_name) >= 0) {
        status = FAIL(cx, ALREADY_EXISTS, "Schema [%s] already exists", new_name);
    } else {
        replace_text(&memory->schemas[index], new_name);
        for (int32_t i = 0; i < memory->table_count; i++) {
            if (strcmp(memory->tables[i]->schema, schema) == 0) {
                replace_text(&memory->tables[i]->schema, new_name);
            }
        }
        for (int32_t i = 0; i < memory->view_count; i++) {
            if (strcmp(memory->views[i]->schema, schema) == 0) {
                replace_text(&memory->views[i]->schema, new_name);
            }
        }
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

/* ---- reading ---- */

Status memory_list_tables(Context *cx, void *connector, const char *schema, TableName **ret_tables,
                          int32_t *ret_count) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    TableName *names =
        arena_new_array(cx->arena, TableName, memory->table_count + memory->view_count + 1);
    int32_t count = 0;
    for (int32_t i = 0; i < memory->table_count; i++) {
        const MemoryTable *table = memory->tables[i];
        if (table->visible && strcmp(table->schema, schema) == 0) {
            names[count++] = (TableName){arena_strdup(cx->arena, table->schema),
                                         arena_strdup(cx->arena, table->name), TABLE_KIND_TABLE};
        }
    }
    for (int32_t i = 0; i < memory->view_count; i++) {
        const MemoryView *view = memory->views[i];
        if (strcmp(view->schema, schema) == 0) {
            names[count++] = (TableName){arena_strdup(cx->arena, view->schema),
                                         arena_strdup(cx->arena, view->name), TABLE_KIND_VIEW};
        }
    }
    *ret_tables = names;
    *ret_count = count;
    pthread_mutex_unlock(&memory->lock);
    return OK;
}

static ConnectorTable *describe_table(Arena *arena, const MemoryTable *table) {
    ConnectorTable *result = arena_new(arena, ConnectorTable);
    TableHandle handle = {.table_id = table->id};
    ConnectorColumn *columns = arena_new_array(arena, ConnectorColumn, table->column_count + 1);
    for (int32_t i = 0; i < table->column_count; i++) {
        columns[i] = table->columns[i];
        columns[i].name = arena_strdup(arena, columns[i].name);
        columns[i].comment = arena_strdup(arena, columns[i].comment);
    }
    *result = (ConnectorTable){
        .kind = TABLE_KIND_TABLE,
        .schema = arena_strdup(arena, table->schema),
        .name = arena_strdup(arena, table->name),
        .handle = {arena_copy(arena, &handle, sizeof handle), sizeof handle},
        .column_count = table->column_count,
        .columns = columns,
        .comment = arena_strdup(arena, table->comment),
    };
    return result;
}

Status memory_get_table(Context *cx, void *connector, const char *schema, const char *name,
                        ConnectorTable **ret_table) {
    MemoryConnector *memory = connector;
    *ret_table = NULL;
    Status status = OK;
    pthread_mutex_lock(&memory->lock);
    const MemoryTable *table = table_by_name(memory, schema, name);
    const MemoryView *view = table == NULL ? view_by_name(memory, schema, name) : NULL;
    if (table != NULL) {
        *ret_table = describe_table(cx->arena, table);
    } else if (view != NULL) {
        status = memory_view_as_table(cx, view, ret_table);
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

Status memory_get_statistics(Context *cx, void *connector, Handle handle,
                             TableStatistics *ret_statistics) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    const MemoryTable *table = table_of(memory, handle);
    if (table != NULL) {
        double rows = (double)table->row_count;
        ret_statistics->row_count = rows;
        for (int32_t i = 0; i < table->column_count; i++) {
            const ColumnSummary *summary = &table->summaries[i];
            double distinct = summary_distinct(summary);
            bool counted = table->columns[i].type->layout < LAYOUT_WIDE ||
                           table->columns[i].type->layout == LAYOUT_STRING;
            ret_statistics->columns[i] = (ColumnStatistics){
                .null_fraction = rows > 0 ? (double)summary->null_count / rows : 0,
                .distinct_count = !counted          ? NAN
                                  : distinct < rows ? distinct
                                                    : rows,
                .data_bytes = NAN,
                .has_range = summary->has_range,
                .low = summary->low,
                .high = summary->high,
            };
        }
    }
    pthread_mutex_unlock(&memory->lock);
    return OK;
}

Status memory_print_handle(Context *cx, void *connector, Handle handle, const char **ret_text) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    const MemoryTable *table = table_of(memory, handle);
    *ret_text = table != NULL ? arena_printf(cx->arena, "%s:%s:%s", memory->catalog, table->schema,
                                             table->name)
                              : "memory";
    pthread_mutex_unlock(&memory->lock);
    return OK;
}

/* ---- changing tables ---- */

Status memory_create_table(Context *cx, void *connector, const NewTable *definition,
                           bool if_not_exists, bool replace) {
    MemoryConnector *memory = connector;
    Status status = OK;
    if (replace) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support replacing tables");
    }
    pthread_mutex_lock(&memory->lock);
    if (find_schema(memory, definition->schema) < 0) {
        status = FAIL(cx, NOT_FOUND, "Schema %s not found", definition->schema);
    } else if (table_by_name(memory, definition->schema, definition->name) != NULL ||
               view_by_name(memory, definition->schema, definition->name) != NULL) {
        status = if_not_exists ? OK
                               : FAIL(cx, TABLE_ALREADY_EXISTS, "Table '%s.%s' already exists",
                                      definition->schema, definition->name);
    } else {
        table_add(memory, definition, true);
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

Status memory_drop_table(Context *cx, void *connector, Handle handle) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    MemoryTable *table = table_of(memory, handle);
    if (table != NULL) {
        table_remove(memory, table);
    }
    pthread_mutex_unlock(&memory->lock);
    return table != NULL ? OK : table_gone(cx);
}

Status memory_rename_table(Context *cx, void *connector, Handle handle, const char *new_schema,
                           const char *new_name) {
    MemoryConnector *memory = connector;
    Status status = OK;
    pthread_mutex_lock(&memory->lock);
    MemoryTable *table = table_of(memory, handle);
    if (table == NULL) {
        status = table_gone(cx);
    } else if (find_schema(memory, new_schema) < 0) {
        status = FAIL(cx, NOT_FOUND, "Schema %s not found", new_schema);
    } else if (table_by_name(memory, new_schema, new_name) != NULL ||
               view_by_name(memory, new_schema, new_name) != NULL) {
        status =
            FAIL(cx, TABLE_ALREADY_EXISTS, "Table '%s.%s' already exists", new_schema, new_name);
    } else {
        replace_text(&table->schema, new_schema);
        replace_text(&table->name, new_name);
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

Status memory_truncate_table(Context *cx, void *connector, Handle handle) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    MemoryTable *table = table_of(memory, handle);
    if (table != NULL) {
        version_unref(memory, table->current);
        table->current = version_create(0);
        table->row_count = 0;
        memset(table->summaries, 0, sizeof *table->summaries * (size_t)table->column_count);
    }
    pthread_mutex_unlock(&memory->lock);
    return table != NULL ? OK : table_gone(cx);
}

Status memory_set_table_comment(Context *cx, void *connector, Handle handle, const char *comment) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    MemoryTable *table = table_of(memory, handle);
    if (table != NULL) {
        replace_text(&table->comment, comment);
    }
    pthread_mutex_unlock(&memory->lock);
    return table != NULL ? OK : table_gone(cx);
}

static void replace_const_text(const char **text, const char *value) {
    free((void *)(uintptr_t)*text);
    *text = copy_text(value);
}

Status memory_set_column_comment(Context *cx, void *connector, Handle handle, int32_t column,
                                 const char *comment) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    MemoryTable *table = table_of(memory, handle);
    if (table != NULL) {
        replace_const_text(&table->columns[column].comment, comment);
    }
    pthread_mutex_unlock(&memory->lock);
    return table != NULL ? OK : table_gone(cx);
}

Status memory_rename_column(Context *cx, void *connector, Handle handle, int32_t column,
                            const char *new_name) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    MemoryTable *table = table_of(memory, handle);
    if (table != NULL) {
        replace_const_text(&table->columns[column].name, new_name);
    }
    pthread_mutex_unlock(&memory->lock);
    return table != NULL ? OK : table_gone(cx);
}

Status memory_drop_not_null(Context *cx, void *connector, Handle handle, int32_t column) {
    MemoryConnector *memory = connector;
    pthread_mutex_lock(&memory->lock);
    MemoryTable *table = table_of(memory, handle);
    if (table != NULL) {
        table->columns[column].not_null = false;
    }
    pthread_mutex_unlock(&memory->lock);
    return table != NULL ? OK : table_gone(cx);
}

/* Existing chunks lack the new column: sources give NULL for it. */
Status memory_add_column(Context *cx, void *connector, Handle handle, const ConnectorColumn *column,
                         int32_t position) {
    MemoryConnector *memory = connector;
    Status status = OK;
    pthread_mutex_lock(&memory->lock);
    MemoryTable *table = table_of(memory, handle);
    if (table == NULL) {
        status = table_gone(cx);
    } else if (position >= 0) {
        status =
            FAIL(cx, NOT_SUPPORTED, "This connector does not support adding columns with %s clause",
                 position == 0 ? "FIRST" : "AFTER");
    } else if (column->not_null && table->row_count > 0) {
        status =
            FAIL(cx, NOT_SUPPORTED, "Unable to add NOT NULL column '%s' for non-empty table: %s.%s",
                 column->name, table->schema, table->name);
    } else {
        size_t count = (size_t)table->column_count + 1;
        table->columns = realloc(table->columns, sizeof *table->columns * (count + 1));
        table->summaries = realloc(table->summaries, sizeof *table->summaries * (count + 1));
        table->columns[count - 1] = (ConnectorColumn){.name = copy_text(column->name),
                                                      .type = column->type,
                                                      .not_null = column->not_null,
                                                      .comment = copy_text(column->comment)};
        memset(&table->summaries[count - 1], 0, sizeof *table->summaries);
        table->summaries[count - 1].null_count = table->row_count;
        table->column_count++;
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}
