/* CREATE, DROP and ALTER VIEW; materialized views, which no connector here supports yet. */
#include <string.h>

#include "analyze/statement.h"
#include "sql/formatter.h"

/* ---- CREATE VIEW: the query is analyzed at once, stored when the task runs ---- */

typedef struct CreateViewTask {
    ResolvedTable table;
    ConnectorView view;
    int32_t column_count;
    ConnectorColumn *columns;
} CreateViewTask;

static Status describe_columns(Analyzer *an, const Node *statement, const RelationPlan *relation,
                               CreateViewTask *task) {
    task->columns = arena_new_array(an->arena, ConnectorColumn, relation->field_count + 1);
    for (int32_t i = 0; i < relation->field_count; i++) {
        const Field *field = &relation->fields[i];
        if (field->hidden) {
            continue;
        }
        if (field->name == NULL) {
            return FAIL_AT(an->cx, MISSING_COLUMN_NAME, statement->line, statement->column,
                           "Column name not specified at position %d", task->column_count + 1);
        }
        const char *name = lower_case(an, field->name);
        for (int32_t k = 0; k < task->column_count; k++) {
            if (strcmp(task->columns[k].name, name) == 0) {
                return FAIL_AT(an->cx, DUPLICATE_COLUMN_NAME, statement->line, statement->column,
                               "Column name '%s' specified more than once", name);
            }
        }
        if (field->type->kind == TYPE_UNKNOWN) {
            return FAIL_AT(an->cx, COLUMN_TYPE_UNKNOWN, statement->line, statement->column,
                           "Column type is unknown: %s", name);
        }
        task->columns[task->column_count++] = (ConnectorColumn){.name = name, .type = field->type};
    }
    return OK;
}

static Status prepare_view(Analyzer *an, const CreateView *create, CreateViewTask *task) {
    RelationPlan relation;
    TRY(resolve_table(an, create->name, &create->node, &task->table));
    TRY(analyze_query(an, create->query, NULL, &relation));
    TRY(describe_columns(an, &create->node, &relation, task));
    task->view = (ConnectorView){
        .sql = format_statement(an->arena, (const Node *)create->query),
        .catalog = an->catalog,
        .schema = an->schema,
        .path = an->cx->session->path,
        .comment = create->comment != NULL ? create->comment->value : NULL,
        .owner = create->security == SECURITY_INVOKER ? NULL : an->cx->session->user,
        .run_as_invoker = create->security == SECURITY_INVOKER,
    };
    return OK;
}

static Status run_create(Context *cx, Analysis *analysis) {
    const CreateView *create = (const CreateView *)analysis->statement;
    const Node *position = analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    CreateViewTask task = {0};
    TRY(prepare_view(an, create, &task));
    const ResolvedTable *table = &task.table;
    if (table->catalog == NULL) {
        return FAIL_AT(cx, CATALOG_NOT_FOUND, position->line, position->column,
                       "Catalog '%s' not found", table->catalog_name);
    }
    if (table->table != NULL && (table->table->kind != TABLE_KIND_VIEW || !create->replace)) {
        return FAIL_AT(cx, TABLE_ALREADY_EXISTS, position->line, position->column,
                       "%s already exists: '%s.%s.%s'",
                       table->table->kind == TABLE_KIND_VIEW ? "View" : "Table",
                       table->catalog_name, table->schema, table->name);
    }
    TRY(check_no_properties(an, &create->properties, NULL, table->catalog_name, "view",
                            INVALID_VIEW_PROPERTY));
    if (table->catalog->api->create_view == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support creating views");
    }
    TRY(begin_metadata_write(cx, analysis, table->catalog));
    return table->catalog->api->create_view(cx, table->catalog->connector, table->schema,
                                            table->name, &task.view, task.column_count,
                                            task.columns, create->replace);
}

Status analyze_create_view(Analyzer *an, const Node *statement) {
    CreateViewTask task = {0};
    TRY(prepare_view(an, (const CreateView *)statement, &task));
    return set_task(an, "CREATE VIEW", run_create);
}

/* ---- views that must be there ---- */

static Status find_view(Context *cx, Analysis *analysis, const QualifiedName *name, bool if_exists,
                        const char *verb, ResolvedTable *ret_table) {
    const Node *position = analysis->statement;
    TRY(resolve_table(task_analyzer(cx, analysis), name, position, ret_table));
    if (ret_table->table == NULL) {
        return if_exists ? OK
                         : FAIL_AT(cx, TABLE_NOT_FOUND, position->line, position->column,
                                   "View '%s.%s.%s' does not exist", ret_table->catalog_name,
                                   ret_table->schema, ret_table->name);
    }
    if (ret_table->table->kind != TABLE_KIND_VIEW) {
        return FAIL_AT(cx, GENERIC_USER_ERROR, position->line, position->column,
                       "View '%s.%s.%s' does not exist, but a table with that name exists. Did you "
                       "mean %s TABLE "
                       "%s.%s.%s?",
                       ret_table->catalog_name, ret_table->schema, ret_table->name, verb,
                       ret_table->catalog_name, ret_table->schema, ret_table->name);
    }
    return OK;
}

static Status run_drop(Context *cx, Analysis *analysis) {
    const DropView *drop = (const DropView *)analysis->statement;
    ResolvedTable table;
    TRY(find_view(cx, analysis, drop->name, drop->exists, "DROP", &table));
    if (table.table == NULL) {
        return OK;
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return table.catalog->api->drop_view(cx, table.catalog->connector, table.schema, table.name);
}

Status analyze_drop_view(Analyzer *an, const Node *statement) {
    return set_task(an, "DROP VIEW", run_drop);
}

static Status run_rename(Context *cx, Analysis *analysis) {
    const RenameView *rename = (const RenameView *)analysis->statement;
    const Node *position = analysis->statement;
    ResolvedTable table, target;
    TRY(find_view(cx, analysis, rename->source, false, "ALTER", &table));
    Analyzer *an = task_analyzer(cx, analysis);
    an->catalog = table.catalog_name; /* the target is beside the view unless it says otherwise */
    an->schema = table.schema;
    TRY(resolve_table(an, rename->target, position, &target));
    if (target.catalog != table.catalog) {
        return FAIL_AT(cx, NOT_SUPPORTED, position->line, position->column,
                       "View rename across catalogs is not supported");
    }
    if (target.table != NULL) {
        return FAIL_AT(cx, TABLE_ALREADY_EXISTS, position->line, position->column,
                       "Target view '%s.%s.%s' already exists", target.catalog_name, target.schema,
                       target.name);
    }
    if (table.catalog->api->rename_view == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support renaming views");
    }
    TRY(begin_metadata_write(cx, analysis, table.catalog));
    return table.catalog->api->rename_view(cx, table.catalog->connector, table.schema, table.name,
                                           target.schema, target.name);
}

Status analyze_rename_view(Analyzer *an, const Node *statement) {
    return set_task(an, "RENAME VIEW", run_rename);
}

/* ---- materialized views ---- */

Status analyze_create_materialized_view(Analyzer *an, const Node *statement) {
    RelationPlan relation;
    TRY(analyze_query(an, ((const CreateMaterializedView *)statement)->query, NULL, &relation));
    return FAIL(an->cx, NOT_SUPPORTED,
                "This connector does not support creating materialized views");
}

static Status missing_materialized_view(Analyzer *an, const Node *statement,
                                        const QualifiedName *name, bool if_exists,
                                        const char *update_type) {
    ResolvedTable table;
    TRY(resolve_table(an, name, statement, &table));
    if (if_exists) {
        an->analysis->changes = (SessionChanges){0};
        return set_task(an, update_type, NULL);
    }
    return FAIL_AT(an->cx, TABLE_NOT_FOUND, statement->line, statement->column,
                   "Materialized view '%s.%s.%s' does not exist", table.catalog_name, table.schema,
                   table.name);
}

Status analyze_drop_materialized_view(Analyzer *an, const Node *statement) {
    const DropMaterializedView *drop = (const DropMaterializedView *)statement;
    return missing_materialized_view(an, statement, drop->name, drop->exists,
                                     "DROP MATERIALIZED VIEW");
}

Status analyze_rename_materialized_view(Analyzer *an, const Node *statement) {
    const RenameMaterializedView *rename = (const RenameMaterializedView *)statement;
    return missing_materialized_view(an, statement, rename->source, rename->exists,
                                     "RENAME MATERIALIZED VIEW");
}

Status analyze_refresh_materialized_view(Analyzer *an, const Node *statement) {
    const RefreshMaterializedView *refresh = (const RefreshMaterializedView *)statement;
    return missing_materialized_view(an, statement, refresh->table->name, false,
                                     "REFRESH MATERIALIZED VIEW");
}
