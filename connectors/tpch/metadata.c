/*
 * Schemas, tables and columns. Nothing is stored: a schema exists when its name is a scale factor,
 * and every schema has the same tables.
 */
#include <stddef.h>

#include "scale.h"
#include "tpch.h"

static const char *const listed_schemas[] = {
    "tiny", "sf1", "sf100", "sf300", "sf1000", "sf3000", "sf10000", "sf30000", "sf100000",
};

enum { LISTED_SCHEMA_COUNT = sizeof listed_schemas / sizeof listed_schemas[0] };

const TpchTable *tpch_table_of(Context *cx, Handle handle) {
    return arena_copy(cx->arena, handle.data, (size_t)handle.size);
}

Handle tpch_table_handle(Context *cx, const TpchTable *table) {
    size_t size = sizeof *table + strlen(table->schema) + 1;
    return (Handle){.data = arena_copy(cx->arena, table, size), .size = (int64_t)size};
}

const Type *tpch_column_type(const TpchCatalog *catalog, const ColumnModel *column) {
    switch (column->kind) {
    case COLUMN_BIGINT:
        return type_simple(TYPE_BIGINT);
    case COLUMN_INTEGER:
        return type_simple(TYPE_INTEGER);
    case COLUMN_MONEY:
        return catalog->money_type;
    case COLUMN_DATE:
        return type_simple(TYPE_DATE);
    default:
        return type_varchar(column->length);
    }
}

Status tpch_list_schemas(Context *cx, void *connector, StringList *ret_schemas) {
    *ret_schemas = (StringList){.count = LISTED_SCHEMA_COUNT, .items = listed_schemas};
    return OK;
}

/* The tables of one schema, or of all listed ones when `schema` is NULL. */
Status tpch_list_tables(Context *cx, void *connector, const char *schema, TableName **ret_tables,
                        int32_t *ret_count) {
    double scale;
    const char *const *schemas = schema != NULL ? &schema : listed_schemas;
    int32_t schema_count = schema != NULL ? scale_parse(schema, &scale) : LISTED_SCHEMA_COUNT;
    TableName *tables = arena_new_array(cx->arena, TableName, schema_count * TABLE_COUNT + 1);
    int32_t count = 0;
    for (int32_t i = 0; i < schema_count; i++) {
        const char *name = arena_strdup(cx->arena, schemas[i]);
        for (int32_t id = 0; id < TABLE_COUNT; id++) {
            tables[count++] = (TableName){.schema = name, .name = table_model((TableId)id)->name};
        }
    }
    *ret_tables = tables;
    *ret_count = count;
    return OK;
}

static ConnectorColumn *list_columns(Context *cx, const TpchCatalog *catalog,
                                     const TableModel *model) {
    int32_t count = model->column_count + 1;
    ConnectorColumn *columns = arena_new_array(cx->arena, ConnectorColumn, count);
    for (int32_t i = 0; i < count; i++) {
        const ColumnModel *column = &model->columns[i];
        bool is_hidden = i == model->column_count;
        int32_t skipped = is_hidden || catalog->standard_names ? 0 : model->prefix_length;
        columns[i] = (ConnectorColumn){
            .name = column->name + skipped,
            .type = tpch_column_type(catalog, column),
            .not_null = true,
            .hidden = is_hidden,
        };
    }
    return columns;
}

Status tpch_get_table(Context *cx, void *connector, const char *schema, const char *name,
                      ConnectorTable **ret_table) {
    double scale;
    TableId id = table_find(name);
    *ret_table = NULL;
    if (id == TABLE_COUNT || !scale_parse(schema, &scale)) {
        return OK;
    }
    const TableModel *model = table_model(id);
    size_t schema_size = strlen(schema) + 1;
    TpchTable *table = arena_zalloc(cx->arena, sizeof *table + schema_size);
    table->id = id;
    table->scale = scale;
    table->end_row = table_rows(model, scale);
    value_filter_init(&table->filter);
    memcpy(table->schema, schema, schema_size);

    ConnectorTable *found = arena_new(cx->arena, ConnectorTable);
    found->kind = TABLE_KIND_TABLE;
    found->schema = table->schema;
    found->name = model->name;
    found->handle = tpch_table_handle(cx, table);
    found->column_count = model->column_count + 1;
    found->columns = list_columns(cx, connector, model);
    *ret_table = found;
    return OK;
}

Status tpch_print_handle(Context *cx, void *connector, Handle handle, const char **ret_text) {
    const TpchCatalog *catalog = connector;
    const TpchTable *table = tpch_table_of(cx, handle);
    *ret_text = arena_printf(cx->arena, "%s:%s:%s", catalog->name, table->schema,
                             table_model(table->id)->name);
    return OK;
}
