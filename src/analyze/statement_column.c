/* ALTER TABLE ... COLUMN. */
#include <string.h>

#include "analyze/statement.h"
#include "sql/formatter.h"

Status column_type(Analyzer *an, const ColumnDefinition *definition, const char *name,
                   const Type **ret_type) {
    if (analyze_type(an, definition->type, definition->type, ret_type) != OK ||
        (*ret_type)->kind == TYPE_UNKNOWN) {
        return FAIL_AT(an->cx, TYPE_NOT_FOUND, definition->node.line, definition->node.column,
                       "Unknown type '%s' for column '%s'",
                       format_type(an->arena, definition->type), name);
    }
    return OK;
}

/* The position of the column, or -1. */
static int32_t find_column(const ConnectorTable *table, const char *name) {
    for (int32_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].hidden && strcmp(table->columns[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static Status missing_column(Context *cx, const Node *position, const char *name) {
    return FAIL_AT(cx, COLUMN_NOT_FOUND, position->line, position->column,
                   "Column '%s' does not exist", name);
}

static Status run_add(Context *cx, Analysis *analysis) {
    const AddColumn *add = (const AddColumn *)analysis->statement;
    const Node *position = analysis->statement;
    ResolvedTable table;
    TRY(target_table(cx, analysis, add->name, add->table_exists, &table));
    if (table.table == NULL) {
        return OK;
    }
    Analyzer *an = task_analyzer(cx, analysis);
    ConnectorColumn column = {.name = name_suffix(an, add->column->name),
                              .not_null = add->column->not_null,
                              .comment = add->column->comment != NULL ? add->column->comment->value
                                                                      : NULL};
    TRY(column_type(an, add->column, column.name, &column.type));
    if (find_column(table.table, column.name) >= 0) {
        return add->column_not_exists
                   ? OK
                   : FAIL_AT(cx, COLUMN_ALREADY_EXISTS, position->line, position->column,
                             "Column '%s' already exists", column.name);
    }
    const ConnectorApi *api = table.catalog->api;
    TRY(check_no_properties(an, &add->column->properties, api->column_properties,
                            table.catalog_name, "column", INVALID_COLUMN_PROPERTY));
    if (api->add_column == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support adding columns");
    }
    int32_t place = -1;
    if (add->position != NULL && add->position->type == COLUMN_POSITION_FIRST) {
        place = 0;
    } else if (add->position != NULL && add->position->type == COLUMN_POSITION_AFTER) {
        const char *after = lower_case(an, add->position->column->value);
        place = find_column(table.table, after) + 1;
        if (place == 0) {
            return missing_column(cx, position, after);
        }
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return api->add_column(cx, table.catalog->connector, table.table->handle, &column, place);
}

Status analyze_add_column(Analyzer *an, const Node *statement) {
    return set_task(an, "ADD COLUMN", run_add);
}

static Status run_rename(Context *cx, Analysis *analysis) {
    const RenameColumn *rename = (const RenameColumn *)analysis->statement;
    const Node *position = analysis->statement;
    ResolvedTable table;
    TRY(target_table(cx, analysis, rename->table, rename->table_exists, &table));
    if (table.table == NULL) {
        return OK;
    }
    Analyzer *an = task_analyzer(cx, analysis);
    const char *source = name_suffix(an, rename->source),
               *target = lower_case(an, rename->target->value);
    int32_t column = find_column(table.table, source);
    if (column < 0) {
        return rename->column_exists ? OK : missing_column(cx, position, source);
    }
    if (find_column(table.table, target) >= 0) {
        return FAIL_AT(cx, COLUMN_ALREADY_EXISTS, position->line, position->column,
                       "Column '%s' already exists", target);
    }
    if (table.catalog->api->rename_column == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support renaming columns");
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return table.catalog->api->rename_column(cx, table.catalog->connector, table.table->handle,
                                             column, target);
}

Status analyze_rename_column(Analyzer *an, const Node *statement) {
    return set_task(an, "RENAME COLUMN", run_rename);
}

static Status run_drop(Context *cx, Analysis *analysis) {
    const DropColumn *drop = (const DropColumn *)analysis->statement;
    const Node *position = analysis->statement;
    ResolvedTable table;
    TRY(target_table(cx, analysis, drop->table, drop->table_exists, &table));
    if (table.table == NULL) {
        return OK;
    }
    Analyzer *an = task_analyzer(cx, analysis);
    const char *name = name_suffix(an, drop->field);
    int32_t column = find_column(table.table, name);
    if (column < 0) {
        return drop->column_exists ? OK : missing_column(cx, position, name);
    }
    if (table.table->column_count == 1) {
        return FAIL_AT(cx, NOT_SUPPORTED, position->line, position->column,
                       "Cannot drop the only column in a table");
    }
    if (table.catalog->api->drop_column == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support dropping columns");
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return table.catalog->api->drop_column(cx, table.catalog->connector, table.table->handle,
                                           column);
}

Status analyze_drop_column(Analyzer *an, const Node *statement) {
    return set_task(an, "DROP COLUMN", run_drop);
}

static Status run_set_type(Context *cx, Analysis *analysis) {
    const SetColumnType *set = (const SetColumnType *)analysis->statement;
    ResolvedTable table;
    TRY(target_table(cx, analysis, set->table, set->table_exists, &table));
    if (table.table == NULL) {
        return OK;
    }
    Analyzer *an = task_analyzer(cx, analysis);
    const char *name = name_suffix(an, set->column);
    int32_t column = find_column(table.table, name);
    if (column < 0) {
        return missing_column(cx, analysis->statement, name);
    }
    const Type *type;
    TRY(analyze_type(an, set->type, set->type, &type));
    if (table.catalog->api->set_column_type == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support setting column types");
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return table.catalog->api->set_column_type(cx, table.catalog->connector, table.table->handle,
                                               column, type);
}

Status analyze_set_column_type(Analyzer *an, const Node *statement) {
    return set_task(an, "SET COLUMN TYPE", run_set_type);
}

static Status run_drop_not_null(Context *cx, Analysis *analysis) {
    const DropNotNullConstraint *drop = (const DropNotNullConstraint *)analysis->statement;
    const Node *position = analysis->statement;
    ResolvedTable table;
    TRY(target_table(cx, analysis, drop->table, drop->table_exists, &table));
    if (table.table == NULL) {
        return OK;
    }
    const char *name = lower_case(task_analyzer(cx, analysis), drop->column->value);
    int32_t column = find_column(table.table, name);
    if (column < 0) {
        return missing_column(cx, position, name);
    }
    if (!table.table->columns[column].not_null) {
        return FAIL_AT(cx, INVALID_ARGUMENTS, position->line, position->column,
                       "Column is already nullable");
    }
    if (table.catalog->api->drop_not_null == NULL) {
        return FAIL(cx, NOT_SUPPORTED,
                    "This connector does not support dropping a not null constraint");
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return table.catalog->api->drop_not_null(cx, table.catalog->connector, table.table->handle,
                                             column);
}

Status analyze_drop_not_null(Analyzer *an, const Node *statement) {
    return set_task(an, "DROP NOT NULL", run_drop_not_null);
}
