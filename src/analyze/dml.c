/*
 * INSERT and CREATE TABLE AS: a query whose columns are brought to the table's by store assignment,
 * under a TableWriter.
 *
 * Storing narrows where a cast can; it refuses to cut characters that are not spaces and NULL in
 * NOT NULL columns, which is planned as calls of fail() so that the right row fails at run time.
 */
#include "analyze/dml.h"

#include "analyze/coercion.h"
#include "analyze/expression.h"
#include "analyze/inline_function.h"
#include "analyze/properties.h"
#include "sql/formatter.h"

/* ---- store assignment ---- */

/* fail(code, message) as a value of the type. */
static const Expr *failure(Analyzer *an, ErrorCode code, const char *message, const Type *type) {
    const Expr *arguments[2] = {integer_constant(an, (int32_t)code),
                                unbounded_varchar_constant(an, message)};
    const Expr *call;
    Node nowhere = {0};
    if (call_function(an, "fail", 2, arguments, &nowhere, &call) != OK) {
        context_clear_error(an->cx);
        return expr_null(an->arena, type);
    }
    return coerce(an, call, type);
}

/* Text whose characters beyond the column's length are spaces, or a failure. */
static const Expr *store_text(Analyzer *an, const Expr *value, const Type *type) {
    Node nowhere = {0};
    const Expr *text = coerce(an, value, type_varchar_unbounded()), *trimmed, *length, *too_long;
    const Expr *limit = expr_bigint(an->arena, type->length);
    if (call_function(an, "rtrim", 1, &text, &nowhere, &trimmed) != OK ||
        call_function(an, "length", 1, &trimmed, &nowhere, &length) != OK ||
        compare(an, COMPARE_GREATER, length, limit, &nowhere, &too_long) != OK) {
        context_clear_error(an->cx);
        return coerce(an, value, type);
    }
    const char *message = arena_printf(
        an->arena, "Cannot truncate non-space characters when casting from %s to %s on INSERT",
        value->type->name, type->name);
    const Expr *branches[3] = {too_long, failure(an, INVALID_CAST_ARGUMENT, message, type),
                               coerce(an, value, type)};
    return expr_special(an->arena, EXPR_IF, type, 3, branches);
}

const Expr *store_value(Analyzer *an, const Expr *value, const Type *type) {
    return store_may_truncate(value->type, type) ? store_text(an, value, type)
                                                 : coerce(an, value, type);
}

const Expr *store_column(Analyzer *an, const Expr *value, const ConnectorColumn *column) {
    const Expr *stored = store_value(an, value, column->type);
    if (!column->not_null) {
        return stored;
    }
    const char *message =
        arena_printf(an->arena, "NULL value not allowed for NOT NULL column: %s", column->name);
    const Expr *either[2] = {stored, failure(an, CONSTRAINT_VIOLATION, message, column->type)};
    return expr_special(an->arena, EXPR_COALESCE, column->type, 2, either);
}

PlanNode *plan_row_count(Analyzer *an, PlanNode *writer) {
    Field *field = arena_new(an->arena, Field);
    field->name = "rows";
    field->type = type_simple(TYPE_BIGINT);
    field->symbol = plan_symbol(an->builder, "rows", field->type);
    symbol_list_add(an->arena, &writer->outputs, field->symbol);
    RelationPlan relation = {writer, 1, field};
    return plan_output(an, &relation);
}

/* ---- INSERT ---- */

typedef struct Insertion {
    Analyzer *an;
    const Insert *node;
    ResolvedTable table;
    int32_t count;    /* of the columns named */
    int32_t *columns; /* their positions in the table */
} Insertion;

static int32_t find_column(const ConnectorTable *table, const char *name) {
    for (int32_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].hidden && names_equal(table->columns[i].name, name)) {
            return i;
        }
    }
    return -1;
}

static Status name_columns(Insertion *insertion) {
    const ConnectorTable *table = insertion->table.table;
    const Insert *node = insertion->node;
    Analyzer *an = insertion->an;
    insertion->columns =
        arena_new_array(an->arena, int32_t, table->column_count + node->columns.count);
    for (int32_t i = 0; i < node->columns.count; i++) {
        const char *name = NODE_CAST(Identifier, node->columns.items[i])->value;
        int32_t column = find_column(table, name);
        if (column < 0) {
            return FAIL_NODE(an, COLUMN_NOT_FOUND, &node->node,
                             "Insert column name does not exist in target table: %s",
                             lower_case(an, name));
        }
        for (int32_t j = 0; j < insertion->count; j++) {
            if (insertion->columns[j] == column) {
                return FAIL_NODE(an, DUPLICATE_COLUMN_NAME, &node->node,
                                 "Insert column name is specified more than once: %s",
                                 lower_case(an, name));
            }
        }
        insertion->columns[insertion->count++] = column;
    }
    for (int32_t i = 0; node->columns.count == 0 && i < table->column_count; i++) {
        if (!table->columns[i].hidden) {
            insertion->columns[insertion->count++] = i;
        }
    }
    return OK;
}

static const char *join_names(Analyzer *an, const char *list, const Type *type) {
    return list == NULL ? type->name : arena_printf(an->arena, "%s, %s", list, type->name);
}

static Status match_types(const Insertion *insertion, const RelationPlan *query) {
    Analyzer *an = insertion->an;
    const ConnectorTable *table = insertion->table.table;
    bool matching = insertion->count == query->field_count;
    const char *table_types = NULL, *query_types = NULL;
    for (int32_t i = 0; i < insertion->count; i++) {
        const Type *type = table->columns[insertion->columns[i]].type;
        table_types = join_names(an, table_types, type);
        matching = matching && can_store(query->fields[i].type, type);
    }
    for (int32_t i = 0; i < query->field_count; i++) {
        query_types = join_names(an, query_types, query->fields[i].type);
    }
    if (matching) {
        return OK;
    }
    return FAIL_NODE(an, TYPE_MISMATCH, &insertion->node->node,
                     "Insert query has mismatched column types: Table: [%s], Query: [%s]",
                     table_types == NULL ? "" : table_types,
                     query_types == NULL ? "" : query_types);
}

/* Every visible column of the table in order; those that are not named are NULL. */
static PlanNode *plan_insertion(const Insertion *insertion, const RelationPlan *query) {
    Analyzer *an = insertion->an;
    const ConnectorTable *table = insertion->table.table;
    TableWriterNode *writer =
        (TableWriterNode *)plan_node_create(an->builder, PLAN_TABLE_WRITER, 1);
    Projection projection;
    projection_init(&projection, an, query->plan, false);
    for (int32_t c = 0; c < table->column_count; c++) {
        const ConnectorColumn *column = &table->columns[c];
        if (column->hidden) {
            continue;
        }
        const Expr *value = expr_null(an->arena, column->type);
        for (int32_t i = 0; i < insertion->count; i++) {
            if (insertion->columns[i] == c) {
                value = expr_symbol(an->arena, query->fields[i].symbol);
            }
        }
        symbol_list_add(
            an->arena, &writer->input,
            projection_add_distinct(&projection, store_column(an, value, column), column->name));
    }
    PlanWriteTarget *target = arena_new(an->arena, PlanWriteTarget);
    target->kind = WRITE_INSERT;
    target->catalog = insertion->table.catalog;
    target->table = table;
    writer->target = target;
    writer->base.sources[0] = projection_finish(&projection);
    return &writer->base;
}

static Status check_insert_target(Insertion *insertion) {
    Analyzer *an = insertion->an;
    const Node *node = &insertion->node->node;
    TRY(resolve_table(an, insertion->node->table->name, node, &insertion->table));
    const ConnectorTable *table = insertion->table.table;
    if (table != NULL && table->kind != TABLE_KIND_TABLE) {
        return FAIL_NODE(an, NOT_SUPPORTED, node, "Inserting into %s is not supported",
                         table->kind == TABLE_KIND_VIEW ? "views" : "materialized views");
    }
    return OK;
}

Status analyze_insert(Analyzer *an, const Insert *node, PlanNode **ret_plan) {
    Insertion insertion = {.an = an, .node = node};
    TRY(check_insert_target(&insertion));
    RelationPlan query;
    TRY(analyze_inline_functions(an, &node->query->functions));
    TRY(analyze_query(an, node->query, NULL, &query));
    plan_visible(an, &query);
    TRY(require_table(an, &insertion.table, &node->node));
    TRY(name_columns(&insertion));
    TRY(match_types(&insertion, &query));
    if (insertion.table.catalog->api->begin_insert == NULL) {
        return FAIL(an->cx, NOT_SUPPORTED, "This connector does not support inserts");
    }
    *ret_plan = plan_row_count(an, plan_insertion(&insertion, &query));
    return OK;
}

/* ---- CREATE TABLE AS ---- */

static Status check_aliases(Analyzer *an, const CreateTableAsSelect *node,
                            const RelationPlan *query) {
    const NodeList *aliases = &node->column_aliases;
    if (aliases->count != query->field_count) {
        return FAIL_NODE(an, MISMATCHED_COLUMN_ALIASES, aliases->items[0],
                         "Column alias list has %d entries but relation has %d columns",
                         (int)aliases->count, (int)query->field_count);
    }
    for (int32_t i = 0; i < aliases->count; i++) {
        const char *name = NODE_CAST(Identifier, aliases->items[i])->value;
        for (int32_t j = 0; j < i; j++) {
            if (names_equal(name, NODE_CAST(Identifier, aliases->items[j])->value)) {
                return FAIL_NODE(an, DUPLICATE_COLUMN_NAME, aliases->items[i],
                                 "Column name '%s' specified more than once", name);
            }
        }
    }
    for (int32_t i = 0; i < aliases->count; i++) {
        if (query->fields[i].type->kind == TYPE_UNKNOWN) {
            return FAIL_NODE(an, COLUMN_TYPE_UNKNOWN, &node->node,
                             "Column type is unknown at position %d", (int)i + 1);
        }
    }
    return OK;
}

static Status check_names(Analyzer *an, const Node *node, const RelationPlan *query) {
    for (int32_t i = 0; i < query->field_count; i++) {
        const char *name = query->fields[i].name;
        if (name == NULL) {
            return FAIL_NODE(an, MISSING_COLUMN_NAME, node,
                             "Column name not specified at position %d", (int)i + 1);
        }
        for (int32_t j = 0; j < i; j++) {
            if (names_equal(name, query->fields[j].name)) {
                return FAIL_NODE(an, DUPLICATE_COLUMN_NAME, node,
                                 "Column name '%s' specified more than once", lower_case(an, name));
            }
        }
        if (query->fields[i].type->kind == TYPE_UNKNOWN) {
            return FAIL_NODE(an, COLUMN_TYPE_UNKNOWN, node, "Column type is unknown: %s", name);
        }
    }
    return OK;
}

static Status new_table_of(Analyzer *an, const CreateTableAsSelect *node,
                           const ResolvedTable *table, const RelationPlan *query,
                           const NewTable **ret_table) {
    NewTable *created = arena_new(an->arena, NewTable);
    ConnectorColumn *columns = arena_new_array(an->arena, ConnectorColumn, query->field_count);
    for (int32_t i = 0; i < query->field_count; i++) {
        const char *name = node->has_column_aliases
                               ? NODE_CAST(Identifier, node->column_aliases.items[i])->value
                               : query->fields[i].name;
        columns[i].name = lower_case(an, name);
        columns[i].type = query->fields[i].type;
    }
    created->schema = table->schema;
    created->name = table->name;
    created->column_count = query->field_count;
    created->columns = columns;
    created->comment = node->comment == NULL ? NULL : node->comment->value;
    TRY(analyze_properties(an, table->catalog, "table", table->catalog->api->table_properties,
                           &node->properties, &created->properties, &created->property_count));
    *ret_table = created;
    return OK;
}

static PlanNode *plan_creation(Analyzer *an, const CreateTableAsSelect *node,
                               const ResolvedTable *table, const NewTable *created,
                               const RelationPlan *query) {
    TableWriterNode *writer =
        (TableWriterNode *)plan_node_create(an->builder, PLAN_TABLE_WRITER, 1);
    PlanWriteTarget *target = arena_new(an->arena, PlanWriteTarget);
    target->kind = WRITE_CREATE;
    target->catalog = table->catalog;
    target->new_table = created;
    target->replace = node->save_mode == SAVE_MODE_REPLACE;
    target->if_not_exists = node->save_mode == SAVE_MODE_IGNORE;
    writer->target = target;
    for (int32_t i = 0; i < query->field_count; i++) {
        symbol_list_add(an->arena, &writer->input, query->fields[i].symbol);
    }
    writer->base.sources[0] =
        node->with_data ? query->plan : plan_limit(an->builder, query->plan, 0);
    return &writer->base;
}

/* CREATE TABLE IF NOT EXISTS of a table that exists: nothing happens, no rows are counted. */
static PlanNode *plan_nothing(Analyzer *an) {
    Field *field = arena_new(an->arena, Field);
    field->name = "rows";
    field->type = type_simple(TYPE_BIGINT);
    field->symbol = plan_symbol(an->builder, "rows", field->type);
    const Expr *zero = expr_bigint(an->arena, 0);
    RelationPlan relation = {plan_values(an->builder, 1, &field->symbol, 1, &zero), 1, field};
    return plan_output(an, &relation);
}

Status analyze_create_as(Analyzer *an, const CreateTableAsSelect *node, PlanNode **ret_plan) {
    ResolvedTable table;
    TRY(resolve_table(an, node->name, &node->node, &table));
    if (table.catalog == NULL) {
        return FAIL_NODE(an, CATALOG_NOT_FOUND, &node->node, "Catalog '%s' not found",
                         table.catalog_name);
    }
    if (table.table != NULL && node->save_mode == SAVE_MODE_IGNORE) {
        *ret_plan = plan_nothing(an);
        return OK;
    }
    if (table.table != NULL && node->save_mode == SAVE_MODE_FAIL) {
        return FAIL_NODE(an, TABLE_ALREADY_EXISTS, &node->node,
                         "Destination table '%s.%s.%s' already exists", table.catalog_name,
                         table.schema, table.name);
    }
    RelationPlan query;
    TRY(analyze_inline_functions(an, &node->query->functions));
    TRY(analyze_query(an, node->query, NULL, &query));
    plan_visible(an, &query);
    TRY(node->has_column_aliases ? check_aliases(an, node, &query)
                                 : check_names(an, &node->node, &query));
    const NewTable *created;
    TRY(new_table_of(an, node, &table, &query, &created));
    if (table.catalog->api->begin_create == NULL) {
        return FAIL(an->cx, NOT_SUPPORTED,
                    "This connector does not support creating tables with data");
    }
    *ret_plan = plan_row_count(an, plan_creation(an, node, &table, created, &query));
    return OK;
}

/* ---- the choice ---- */

Status analyze_dml(Analyzer *an, const Node *statement, PlanNode **ret_plan) {
    Analysis *analysis = an->analysis;
    analysis->is_dml = true;
    switch (statement->kind) {
    case NODE_INSERT:
        analysis->update_type = "INSERT";
        analysis->query_type = "INSERT";
        return analyze_insert(an, NODE_CAST(Insert, statement), ret_plan);
    case NODE_CREATE_TABLE_AS_SELECT:
        analysis->update_type = "CREATE TABLE";
        analysis->query_type = "INSERT";
        return analyze_create_as(an, NODE_CAST(CreateTableAsSelect, statement), ret_plan);
    case NODE_DELETE:
        analysis->update_type = "DELETE";
        analysis->query_type = "DELETE";
        return analyze_delete(an, NODE_CAST(Delete, statement), ret_plan);
    case NODE_UPDATE:
        analysis->update_type = "UPDATE";
        analysis->query_type = "UPDATE";
        return analyze_update(an, NODE_CAST(Update, statement), ret_plan);
    default:
        analysis->update_type = "MERGE";
        analysis->query_type = "MERGE";
        return analyze_merge(an, NODE_CAST(Merge, statement), ret_plan);
    }
}
