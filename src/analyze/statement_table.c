/* CREATE TABLE and the statements that change a table as a whole. */
#include <string.h>

#include "analyze/statement.h"
#include "type/type_parse.h"

/* ---- CREATE TABLE ---- */

typedef struct ColumnList {
    int32_t count, capacity;
    ConnectorColumn *items;
} ColumnList;

static Status add_column(Analyzer *an, ColumnList *list, const ConnectorColumn *column,
                         const Node *position) {
    for (int32_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].name, column->name) == 0) {
            return FAIL_AT(an->cx, DUPLICATE_COLUMN_NAME, position->line, position->column,
                           "Column name '%s' specified more than once", column->name);
        }
    }
    if (list->count == list->capacity) {
        int32_t capacity = list->capacity * 2 + 16;
        ConnectorColumn *items = arena_new_array(an->arena, ConnectorColumn, capacity);
        if (list->count > 0) {
            memcpy(items, list->items, sizeof *items * (size_t)list->count);
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = *column;
    return OK;
}

static Status add_definition(Analyzer *an, ColumnList *list, const ColumnDefinition *definition) {
    const char *name = name_suffix(an, definition->name);
    ConnectorColumn column = {.name = name,
                              .not_null = definition->not_null,
                              .comment =
                                  definition->comment != NULL ? definition->comment->value : NULL};
    if (column_type(an, definition, name, &column.type) != OK) {
        return FAILED;
    }
    return add_column(an, list, &column, &definition->node);
}

static Status add_like(Analyzer *an, ColumnList *list, const LikeClause *like) {
    ResolvedTable table;
    TRY(resolve_table(an, like->table_name, &like->node, &table));
    if (table.table == NULL) {
        return FAIL_AT(an->cx, TABLE_NOT_FOUND, like->node.line, like->node.column,
                       "LIKE table '%s.%s.%s' does not exist", table.catalog_name, table.schema,
                       table.name);
    }
    for (int32_t i = 0; i < table.table->column_count; i++) {
        ConnectorColumn column = table.table->columns[i];
        column.handle = (Handle){0};
        if (!column.hidden) {
            TRY(add_column(an, list, &column, &like->node));
        }
    }
    return OK;
}

Status check_no_properties(Analyzer *an, const NodeList *properties, const ConnectorProperty *known,
                           const char *catalog, const char *kind, ErrorCode code) {
    for (int32_t i = 0; i < properties->count; i++) {
        const Property *property = (const Property *)properties->items[i];
        const char *name = lower_case(an, property->name->value);
        const ConnectorProperty *found = known;
        while (found != NULL && found->name != NULL && strcmp(found->name, name) != 0) {
            found++;
        }
        if (found == NULL || found->name == NULL) {
            return FAIL_AT(an->cx, code, property->node.line, property->node.column,
                           "Catalog '%s' %s property '%s' does not exist", catalog, kind, name);
        }
    }
    return OK;
}

Status evaluate_properties(Analyzer *an, const NodeList *nodes, const ConnectorProperty *known,
                           PropertyValue **ret_values, int32_t *ret_count) {
    PropertyValue *values = arena_new_array(an->arena, PropertyValue, nodes->count + 1);
    int32_t count = 0;
    for (int32_t i = 0; i < nodes->count; i++) {
        const Property *property = (const Property *)nodes->items[i];
        const char *name = lower_case(an, property->name->value);
        const ConnectorProperty *found = known;
        while (found != NULL && found->name != NULL && strcmp(found->name, name) != 0) {
            found++;
        }
        if (found == NULL || found->name == NULL || property->value == NULL) {
            continue;
        }
        const Type *type;
        const Vector *value;
        TRY(type_parse(an->cx, found->type, &type));
        TRY(analyze_constant(an, property->value, type, "Property", &value));
        values[count++] = (PropertyValue){.name = found->name, .value = value};
    }
    *ret_values = values;
    *ret_count = count;
    return OK;
}

static Status run_create(Context *cx, Analysis *analysis) {
    const CreateTable *create = (const CreateTable *)analysis->statement;
    const Node *position = analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    ResolvedTable table;
    TRY(resolve_table(an, create->name, position, &table));
    if (table.catalog == NULL) {
        return FAIL_AT(cx, CATALOG_NOT_FOUND, position->line, position->column,
                       "Catalog '%s' not found", table.catalog_name);
    }
    if (table.table != NULL && create->save_mode != SAVE_MODE_REPLACE) {
        return create->save_mode == SAVE_MODE_IGNORE
                   ? OK
                   : FAIL_AT(cx, TABLE_ALREADY_EXISTS, position->line, position->column,
                             "Table '%s.%s.%s' already exists", table.catalog_name, table.schema,
                             table.name);
    }
    ColumnList columns = {0};
    for (int32_t i = 0; i < create->elements.count; i++) {
        const Node *element = create->elements.items[i];
        TRY(element->kind == NODE_COLUMN_DEFINITION
                ? add_definition(an, &columns, (const ColumnDefinition *)element)
                : add_like(an, &columns, (const LikeClause *)element));
    }
    const ConnectorApi *api = table.catalog->api;
    TRY(check_no_properties(an, &create->properties, api->table_properties, table.catalog_name,
                            "table", INVALID_TABLE_PROPERTY));
    if (api->create_table == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support creating tables");
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    PropertyValue *properties;
    int32_t property_count;
    TRY(evaluate_properties(an, &create->properties, api->table_properties, &properties,
                            &property_count));
    NewTable definition = {.schema = table.schema,
                           .name = table.name,
                           .column_count = columns.count,
                           .columns = columns.items,
                           .comment = create->comment != NULL ? create->comment->value : NULL,
                           .property_count = property_count,
                           .properties = properties};
    return api->create_table(cx, table.catalog->connector, &definition,
                             create->save_mode == SAVE_MODE_IGNORE,
                             create->save_mode == SAVE_MODE_REPLACE);
}

Status analyze_create_table(Analyzer *an, const Node *statement) {
    return set_task(an, "CREATE TABLE", run_create);
}

/* ---- tables that must be there ---- */

/* The table; NULL with OK when it is missing and that is allowed. Views are refused with `verb`. */
Status target_table(Context *cx, Analysis *analysis, const QualifiedName *name, bool if_exists,
                    ResolvedTable *ret_table) {
    const Node *position = analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    TRY(resolve_table(an, name, position, ret_table));
    if (ret_table->catalog == NULL && !if_exists) {
        return FAIL_AT(cx, CATALOG_NOT_FOUND, position->line, position->column,
                       "Catalog '%s' not found", ret_table->catalog_name);
    }
    if (ret_table->table == NULL) {
        return if_exists ? OK
                         : FAIL_AT(cx, TABLE_NOT_FOUND, position->line, position->column,
                                   "Table '%s.%s.%s' does not exist", ret_table->catalog_name,
                                   ret_table->schema, ret_table->name);
    }
    return OK;
}

static Status run_drop(Context *cx, Analysis *analysis) {
    const DropTable *drop = (const DropTable *)analysis->statement;
    ResolvedTable table;
    TRY(target_table(cx, analysis, drop->name, drop->exists, &table));
    if (table.table == NULL) {
        return OK;
    }
    if (table.table->kind == TABLE_KIND_VIEW) {
        return FAIL_AT(cx, GENERIC_USER_ERROR, drop->node.line, drop->node.column,
                       "Table '%s.%s.%s' does not exist, but a view with that name exists. Did you "
                       "mean DROP VIEW "
                       "%s.%s.%s?",
                       table.catalog_name, table.schema, table.name, table.catalog_name,
                       table.schema, table.name);
    }
    if (table.catalog->api->drop_table == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support dropping tables");
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return table.catalog->api->drop_table(cx, table.catalog->connector, table.table->handle);
}

Status analyze_drop_table(Analyzer *an, const Node *statement) {
    return set_task(an, "DROP TABLE", run_drop);
}

static Status run_rename(Context *cx, Analysis *analysis) {
    const RenameTable *rename = (const RenameTable *)analysis->statement;
    const Node *position = analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    ResolvedTable table, target;
    TRY(target_table(cx, analysis, rename->source, rename->exists, &table));
    if (table.table == NULL) {
        return OK;
    }
    if (table.table->kind == TABLE_KIND_VIEW) {
        return FAIL_AT(cx, NOT_SUPPORTED, position->line, position->column,
                       "Cannot rename %s.%s.%s as it is a view", table.catalog_name, table.schema,
                       table.name);
    }
    TRY(resolve_table(an, rename->target, position, &target));
    if (rename->target->parts.count == 1) { /* the table's own schema, not the session's */
        target.catalog_name = table.catalog_name;
        target.schema = table.schema;
        target.catalog = table.catalog;
        Catalog *server;
        TRY(metadata_get_table(cx, analysis->host->transaction, table.catalog, table.schema,
                               target.name, &target.table, &server));
    } else if (rename->target->parts.count == 2) {
        target.catalog_name = table.catalog_name;
        target.catalog = table.catalog;
    }
    if (target.catalog == NULL) {
        return FAIL_AT(cx, CATALOG_NOT_FOUND, position->line, position->column,
                       "Target catalog '%s' not found", target.catalog_name);
    }
    if (target.table != NULL && target.catalog == table.catalog) {
        return FAIL_AT(cx, TABLE_ALREADY_EXISTS, position->line, position->column,
                       "Target table '%s.%s.%s' already exists", target.catalog_name, target.schema,
                       target.name);
    }
    if (target.catalog != table.catalog) {
        return FAIL_AT(cx, NOT_SUPPORTED, position->line, position->column,
                       "Table rename across catalogs is not supported");
    }
    if (table.catalog->api->rename_table == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support renaming tables");
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return table.catalog->api->rename_table(cx, table.catalog->connector, table.table->handle,
                                            target.schema, target.name);
}

Status analyze_rename_table(Analyzer *an, const Node *statement) {
    return set_task(an, "RENAME TABLE", run_rename);
}

static Status run_truncate(Context *cx, Analysis *analysis) {
    const TruncateTable *truncate = (const TruncateTable *)analysis->statement;
    ResolvedTable table;
    TRY(target_table(cx, analysis, truncate->table_name, false, &table));
    if (table.table->kind == TABLE_KIND_VIEW) {
        return FAIL(cx, NOT_SUPPORTED, "Cannot truncate a view");
    }
    if (table.catalog->api->truncate_table == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support truncating tables");
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return table.catalog->api->truncate_table(cx, table.catalog->connector, table.table->handle);
}

Status analyze_truncate_table(Analyzer *an, const Node *statement) {
    return set_task(an, "TRUNCATE TABLE", run_truncate);
}

/* ---- COMMENT ---- */

static Status comment_column(Context *cx, Analysis *analysis, const Comment *comment,
                             const char *text) {
    const Node *position = analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    const NodeList *parts = &comment->name->parts;
    if (parts->count < 2) {
        return FAIL_AT(cx, MISSING_TABLE, position->line, position->column,
                       "Table must be specified");
    }
    QualifiedName prefix = *comment->name;
    prefix.parts.count--;
    const char *column_name = name_suffix(an, comment->name);
    ResolvedTable table;
    TRY(resolve_table(an, &prefix, position, &table));
    if (table.table == NULL) {
        return FAIL_AT(cx, TABLE_NOT_FOUND, position->line, position->column,
                       "Table does not exist: %s.%s.%s", table.catalog_name, table.schema,
                       table.name);
    }
    for (int32_t i = 0; i < table.table->column_count; i++) {
        if (strcmp(table.table->columns[i].name, column_name) != 0) {
            continue;
        }
        const ConnectorApi *api = table.catalog->api;
        bool view = table.table->kind == TABLE_KIND_VIEW;
        if (view ? api->set_view_column_comment == NULL : api->set_column_comment == NULL) {
            return FAIL(cx, NOT_SUPPORTED,
                        "This connector does not support setting column comments");
        }
        TRY(begin_metadata_write(cx, analysis, table.catalog));
        return view ? api->set_view_column_comment(cx, table.catalog->connector, table.schema,
                                                   table.name, i, text)
                    : api->set_column_comment(cx, table.catalog->connector, table.table->handle, i,
                                              text);
    }
    return FAIL_AT(cx, COLUMN_NOT_FOUND, position->line, position->column,
                   "Column does not exist: %s", column_name);
}

static Status run_comment(Context *cx, Analysis *analysis) {
    const Comment *comment = (const Comment *)analysis->statement;
    const Node *position = analysis->statement;
    const char *text = comment->comment != NULL ? comment->comment->value : NULL;
    if (comment->type == COMMENT_COLUMN) {
        return comment_column(cx, analysis, comment, text);
    }
    Analyzer *an = task_analyzer(cx, analysis);
    bool view = comment->type == COMMENT_VIEW;
    ResolvedTable table;
    TRY(resolve_table(an, comment->name, position, &table));
    if (table.table == NULL || (table.table->kind == TABLE_KIND_VIEW) != view) {
        const char *kind = view ? "View" : "Table";
        if (table.table != NULL && !view) {
            return FAIL_AT(cx, TABLE_NOT_FOUND, position->line, position->column,
                           "Table '%s.%s.%s' does not exist, but a view with that name exists. Did "
                           "you mean COMMENT ON "
                           "VIEW %s.%s.%s IS ...?",
                           table.catalog_name, table.schema, table.name, table.catalog_name,
                           table.schema, table.name);
        }
        return FAIL_AT(cx, TABLE_NOT_FOUND, position->line, position->column,
                       "%s does not exist: %s.%s.%s", kind, table.catalog_name, table.schema,
                       table.name);
    }
    const ConnectorApi *api = table.catalog->api;
    if (view ? api->set_view_comment == NULL : api->set_table_comment == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support setting %s comments",
                    view ? "view" : "table");
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return view
               ? api->set_view_comment(cx, table.catalog->connector, table.schema, table.name, text)
               : api->set_table_comment(cx, table.catalog->connector, table.table->handle, text);
}

Status analyze_comment(Analyzer *an, const Node *statement) {
    return set_task(an, "COMMENT", run_comment);
}

/* ---- ANALYZE, SET PROPERTIES, EXECUTE ---- */

Status analyze_analyze(Analyzer *an, const Node *statement) {
    const Analyze *analyze = (const Analyze *)statement;
    ResolvedTable table;
    TRY(resolve_table(an, analyze->table_name, statement, &table));
    TRY(require_table(an, &table, statement));
    TRY(check_no_properties(an, &analyze->properties, table.catalog->api->analyze_properties,
                            table.catalog_name, "analyze", INVALID_ANALYZE_PROPERTY));
    return FAIL(an->cx, NOT_SUPPORTED, "This connector does not support analyze");
}

Status analyze_set_properties(Analyzer *an, const Node *statement) {
    const SetProperties *set = (const SetProperties *)statement;
    ResolvedTable table;
    TRY(resolve_table(an, set->name, statement, &table));
    if (set->type == SET_PROPERTIES_MATERIALIZED_VIEW) {
        return FAIL_AT(an->cx, TABLE_NOT_FOUND, statement->line, statement->column,
                       "Materialized view '%s.%s.%s' does not exist", table.catalog_name,
                       table.schema, table.name);
    }
    TRY(require_table(an, &table, statement));
    TRY(check_no_properties(an, &set->properties, table.catalog->api->table_properties,
                            table.catalog_name, "table", INVALID_TABLE_PROPERTY));
    return FAIL(an->cx, NOT_SUPPORTED, "This connector does not support setting table properties");
}

Status analyze_table_execute(Analyzer *an, const Node *statement) {
    const TableExecute *execute = (const TableExecute *)statement;
    ResolvedTable table;
    TRY(resolve_table(an, execute->table->name, statement, &table));
    TRY(require_table(an, &table, statement));
    char *name = arena_strdup(an->arena, execute->procedure_name->value);
    for (char *c = name; *c != '\0'; c++) {
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    }
    return FAIL(an->cx, PROCEDURE_NOT_FOUND, "Table procedure not registered: %s", name);
}
