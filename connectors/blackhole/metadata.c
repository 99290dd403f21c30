/*
 * Schemas, tables and views: listing, describing, changing. What the reference does not check
 * (whether a renamed table's or a view's schema exists) is not checked here.
 */
#include <math.h>

#include "blackhole.h"

/* ---- schemas ---- */

Status blackhole_list_schemas(Context *cx, void *connector, StringList *ret_schemas) {
    BlackholeCatalog *catalog = connector;
    pthread_mutex_lock(&catalog->lock);
    const char **names = arena_new_array(cx->arena, const char *, catalog->schema_count + 1);
    for (int32_t i = 0; i < catalog->schema_count; i++) {
        names[i] = arena_strdup(cx->arena, catalog->schemas[i]);
    }
    *ret_schemas = (StringList){.count = catalog->schema_count, .items = names};
    pthread_mutex_unlock(&catalog->lock);
    return OK;
}

Status blackhole_create_schema(Context *cx, void *connector, const char *schema,
                               const PropertyValue *properties, int32_t property_count) {
    BlackholeCatalog *catalog = connector;
    pthread_mutex_lock(&catalog->lock);
    bool exists = schema_exists(catalog, schema);
    if (!exists) {
        schema_add(catalog, schema);
    }
    pthread_mutex_unlock(&catalog->lock);
    return exists ? FAIL(cx, SCHEMA_ALREADY_EXISTS, "Schema '%s.%s' already exists", catalog->name,
                         schema)
                  : OK;
}

/* ---- reading ---- */

static bool is_listed(const char *wanted_schema, const char *schema) {
    return wanted_schema == NULL || strcmp(wanted_schema, schema) == 0;
}

Status blackhole_list_tables(Context *cx, void *connector, const char *schema,
                             TableName **ret_tables, int32_t *ret_count) {
    BlackholeCatalog *catalog = connector;
    pthread_mutex_lock(&catalog->lock);
    TableName *names =
        arena_new_array(cx->arena, TableName, catalog->table_count + catalog->view_count + 1);
    int32_t count = 0;
    for (int32_t i = 0; i < catalog->table_count; i++) {
        const BlackholeTable *table = catalog->tables[i];
        if (table->is_visible && is_listed(schema, table->schema)) {
            names[count++] = (TableName){arena_strdup(cx->arena, table->schema),
                                         arena_strdup(cx->arena, table->name), TABLE_KIND_TABLE};
        }
    }
    for (int32_t i = 0; i < catalog->view_count; i++) {
        const BlackholeView *view = catalog->views[i];
        if (is_listed(schema, view->schema)) {
            names[count++] = (TableName){arena_strdup(cx->arena, view->schema),
                                         arena_strdup(cx->arena, view->name), TABLE_KIND_VIEW};
        }
    }
    pthread_mutex_unlock(&catalog->lock);
    *ret_tables = names;
    *ret_count = count;
    return OK;
}

static ConnectorColumn *copy_columns(Arena *arena, const ConnectorColumn *columns, int32_t count) {
    ConnectorColumn *copies = arena_new_array(arena, ConnectorColumn, count + 1);
    for (int32_t i = 0; i < count; i++) {
        copies[i] = columns[i];
        copies[i].name = arena_strdup(arena, columns[i].name);
    }
    return copies;
}

static ConnectorTable *describe_table(Arena *arena, const BlackholeTable *table) {
    ConnectorTable *result = arena_new(arena, ConnectorTable);
    *result = (ConnectorTable){
        .kind = TABLE_KIND_TABLE,
        .schema = arena_strdup(arena, table->schema),
        .name = arena_strdup(arena, table->name),
        .handle = table_handle_create(arena, table),
        .column_count = table->column_count,
        .columns = copy_columns(arena, table->columns, table->column_count),
    };
    return result;
}

static ConnectorTable *describe_view(Arena *arena, const BlackholeView *view) {
    const ConnectorView *definition = &view->definition;
    ConnectorView *copy = arena_new(arena, ConnectorView);
    *copy = (ConnectorView){
        .sql = arena_strdup(arena, definition->sql),
        .catalog = arena_strdup(arena, definition->catalog),
        .schema = arena_strdup(arena, definition->schema),
        .path = arena_strdup(arena, definition->path),
        .comment = arena_strdup(arena, definition->comment),
        .owner = arena_strdup(arena, definition->owner),
        .run_as_invoker = definition->run_as_invoker,
    };
    ConnectorTable *result = arena_new(arena, ConnectorTable);
    *result = (ConnectorTable){
        .kind = TABLE_KIND_VIEW,
        .schema = arena_strdup(arena, view->schema),
        .name = arena_strdup(arena, view->name),
        .column_count = view->column_count,
        .columns = copy_columns(arena, view->columns, view->column_count),
        .comment = copy->comment,
        .view = copy,
    };
    return result;
}

Status blackhole_get_table(Context *cx, void *connector, const char *schema, const char *name,
                           ConnectorTable **ret_table) {
    BlackholeCatalog *catalog = connector;
    *ret_table = NULL;
    pthread_mutex_lock(&catalog->lock);
    const BlackholeTable *table = table_by_name(catalog, schema, name);
    const BlackholeView *view = view_by_name(catalog, schema, name);
    if (table != NULL) {
        *ret_table = describe_table(cx->arena, table);
    } else if (view != NULL) {
        *ret_table = describe_view(cx->arena, view);
    }
    pthread_mutex_unlock(&catalog->lock);
    return OK;
}

static bool is_number(int32_t kind) {
    return (kind >= TYPE_TINYINT && kind <= TYPE_DOUBLE) || kind == TYPE_DECIMAL;
}

/* Every value is the same one. */
Status blackhole_get_statistics(Context *cx, void *connector, Handle handle,
                                TableStatistics *ret_statistics) {
    const TableHandle *table = table_handle_open(cx->arena, handle);
    const BlackholeProperties *properties = &table->properties;
    TableStatistics statistics = {
        .row_count = (double)properties->split_count * properties->pages_per_split *
                     properties->rows_per_page,
        .columns = arena_new_array(cx->arena, ColumnStatistics, table->column_count + 1),
    };
    for (int32_t i = 0; i < table->column_count; i++) {
        bool has_range = is_number(table->columns[i].kind);
        statistics.columns[i] = (ColumnStatistics){
            .null_fraction = 0,
            .distinct_count = 1,
            .data_bytes = NAN,
            .has_range = has_range,
            .low = has_range ? 0 : NAN,
            .high = has_range ? 0 : NAN,
        };
    }
    *ret_statistics = statistics;
    return OK;
}

Status blackhole_print_handle(Context *cx, void *connector, Handle handle, const char **ret_text) {
    const BlackholeCatalog *catalog = connector;
    const TableHandle *table = table_handle_open(cx->arena, handle);
    *ret_text = arena_printf(cx->arena, "%s:%s:%s", catalog->name,
                             table_handle_text(table, table->schema_offset),
                             table_handle_text(table, table->name_offset));
    return OK;
}

/* ---- changing tables ---- */

/* Locks and finds the handle's table; when that fails nothing is locked. */
static Status lock_table(Context *cx, BlackholeCatalog *catalog, Handle handle,
                         BlackholeTable **ret_table) {
    const TableHandle *table = table_handle_open(cx->arena, handle);
    pthread_mutex_lock(&catalog->lock);
    *ret_table = table_by_id(catalog, table->id);
    if (*ret_table == NULL) {
        pthread_mutex_unlock(&catalog->lock);
        return FAIL(cx, TABLE_NOT_FOUND, "Table '%s.%s.%s' does not exist", catalog->name,
                    table_handle_text(table, table->schema_offset),
                    table_handle_text(table, table->name_offset));
    }
    return OK;
}

Status blackhole_create_table(Context *cx, void *connector, const NewTable *definition,
                              bool if_not_exists, bool replace) {
    BlackholeCatalog *catalog = connector;
    Handle write;
    if (if_not_exists) {
        ConnectorTable *existing;
        TRY(blackhole_get_table(cx, connector, definition->schema, definition->name, &existing));
        if (existing != NULL) {
            return OK;
        }
    }
    TRY(blackhole_begin_create(cx, catalog, NULL, definition, replace, &write));
    return blackhole_finish_write(cx, catalog, NULL, write, NULL, 0);
}

Status blackhole_drop_table(Context *cx, void *connector, Handle handle) {
    BlackholeCatalog *catalog = connector;
    BlackholeTable *table;
    TRY(lock_table(cx, catalog, handle, &table));
    table_remove(catalog, table);
    pthread_mutex_unlock(&catalog->lock);
    return OK;
}

Status blackhole_rename_table(Context *cx, void *connector, Handle handle, const char *new_schema,
                              const char *new_name) {
    BlackholeCatalog *catalog = connector;
    BlackholeTable *table;
    TRY(lock_table(cx, catalog, handle, &table));
    bool is_taken = table_by_name(catalog, new_schema, new_name) != NULL ||
                    view_by_name(catalog, new_schema, new_name) != NULL;
    if (!is_taken) {
        table->schema = arena_strdup(table->arena, new_schema);
        table->name = arena_strdup(table->arena, new_name);
    }
    pthread_mutex_unlock(&catalog->lock);
    return is_taken ? FAIL(cx, TABLE_ALREADY_EXISTS, "Target table '%s.%s.%s' already exists",
                           catalog->name, new_schema, new_name)
                    : OK;
}

Status blackhole_truncate_table(Context *cx, void *connector, Handle handle) {
    BlackholeCatalog *catalog = connector;
    BlackholeTable *table;
    TRY(lock_table(cx, catalog, handle, &table));
    pthread_mutex_unlock(&catalog->lock); /* there are no rows */
    return OK;
}

Status blackhole_add_column(Context *cx, void *connector, Handle handle,
                            const ConnectorColumn *column, int32_t position) {
    BlackholeCatalog *catalog = connector;
    BlackholeTable *table;
    Status status = OK;
    TRY(lock_table(cx, catalog, handle, &table));
    if (position >= 0) {
        status =
            FAIL(cx, NOT_SUPPORTED, "This connector does not support adding columns with %s clause",
                 position == 0 ? "FIRST" : "AFTER");
    } else if (column->not_null) {
        status = FAIL(cx, NOT_SUPPORTED, "Catalog '%s' does not support NOT NULL for column '%s'",
                      catalog->name, column->name);
    } else {
        int32_t count = table->column_count;
        ConnectorColumn *columns = arena_new_array(table->arena, ConnectorColumn, count + 1);
        memcpy(columns, table->columns, (size_t)count * sizeof *columns);
        columns[count] = (ConnectorColumn){.name = arena_strdup(table->arena, column->name),
                                           .type = column->type};
        table->columns = columns;
        table->column_count = count + 1;
    }
    pthread_mutex_unlock(&catalog->lock);
    return status;
}

Status blackhole_drop_column(Context *cx, void *connector, Handle handle, int32_t column) {
    BlackholeCatalog *catalog = connector;
    BlackholeTable *table;
    TRY(lock_table(cx, catalog, handle, &table));
    size_t behind = (size_t)(table->column_count - column - 1);
    memmove(&table->columns[column], &table->columns[column + 1], behind * sizeof *table->columns);
    table->column_count--;
    pthread_mutex_unlock(&catalog->lock);
    return OK;
}

Status blackhole_rename_column(Context *cx, void *connector, Handle handle, int32_t column,
                               const char *new_name) {
    BlackholeCatalog *catalog = connector;
    BlackholeTable *table;
    TRY(lock_table(cx, catalog, handle, &table));
    table->columns[column].name = arena_strdup(table->arena, new_name);
    pthread_mutex_unlock(&catalog->lock);
    return OK;
}

Status blackhole_set_column_type(Context *cx, void *connector, Handle handle, int32_t column,
                                 const Type *type) {
    BlackholeCatalog *catalog = connector;
    BlackholeTable *table;
    TRY(lock_table(cx, catalog, handle, &table));
    table->columns[column].type = type;
    pthread_mutex_unlock(&catalog->lock);
    return OK;
}

/* ---- views ---- */

Status blackhole_create_view(Context *cx, void *connector, const char *schema, const char *name,
                             const ConnectorView *definition, int32_t column_count,
                             const ConnectorColumn *columns, bool replace) {
    BlackholeCatalog *catalog = connector;
    pthread_mutex_lock(&catalog->lock);
    BlackholeView *existing = view_by_name(catalog, schema, name);
    const char *obstacle = table_by_name(catalog, schema, name) != NULL ? "Table"
                           : existing != NULL && !replace               ? "View"
                                                                        : NULL;
    if (obstacle == NULL) {
        if (existing != NULL) {
            view_remove(catalog, existing);
        }
        view_add(catalog, schema, name, definition, column_count, columns);
    }
    pthread_mutex_unlock(&catalog->lock);
    return obstacle != NULL ? FAIL(cx, TABLE_ALREADY_EXISTS, "%s already exists: '%s.%s.%s'",
                                   obstacle, catalog->name, schema, name)
                            : OK;
}

Status blackhole_drop_view(Context *cx, void *connector, const char *schema, const char *name) {
    BlackholeCatalog *catalog = connector;
    pthread_mutex_lock(&catalog->lock);
    BlackholeView *view = view_by_name(catalog, schema, name);
    bool found = view != NULL;
    if (found) {
        view_remove(catalog, view);
    }
    pthread_mutex_unlock(&catalog->lock);
    return found ? OK
                 : FAIL(cx, TABLE_NOT_FOUND, "View '%s.%s.%s' does not exist", catalog->name,
                        schema, name);
}
