/*
 * Tables: names completed from the session, looked up in the catalogs, and scanned. Views are
 * analyzed as queries.
 */
#include "analyze/expression.h"

#include "sql/formatter.h"

const char *lower_case(Analyzer *an, const char *text) {
    char *lower = arena_strdup(an->arena, text);
    for (char *c = lower; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    }
    return lower;
}

static const char *part(Analyzer *an, const QualifiedName *name, int32_t from_end) {
    int32_t index = name->parts.count - 1 - from_end;
    return index < 0 ? NULL
                     : lower_case(an, NODE_CAST(Identifier, name->parts.items[index])->value);
}

const char *name_suffix(Analyzer *an, const QualifiedName *name) {
    return part(an, name, 0);
}

static const char *or_session(const char *written, const char *of_session) {
    bool is_set = of_session != NULL && *of_session != '\0';
    return written != NULL ? written : is_set ? of_session : NULL;
}

Status resolve_table_name(Analyzer *an, const QualifiedName *name, const Node *position,
                          ResolvedTable *ret_table) {
    if (name->parts.count > 3) {
        const char *text = part(an, name, name->parts.count - 1);
        for (int32_t i = name->parts.count - 2; i >= 0; i--) {
            text = arena_printf(an->arena, "%s.%s", text, part(an, name, i));
        }
        return FAIL(an->cx, SYNTAX_ERROR, "Too many dots in table name: %s", text);
    }
    ResolvedTable table = {0};
    table.name = part(an, name, 0);
    table.schema = or_session(part(an, name, 1), an->schema);
    table.catalog_name = or_session(part(an, name, 2), an->catalog);
    if (table.schema == NULL) {
        return FAIL_NODE(an, MISSING_SCHEMA_NAME, position,
                         "Schema must be specified when session schema is not set");
    }
    if (table.catalog_name == NULL) {
        return FAIL_NODE(an, MISSING_CATALOG_NAME, position,
                         "Catalog must be specified when session catalog is not set");
    }
    *ret_table = table;
    return OK;
}

Status resolve_table(Analyzer *an, const QualifiedName *name, const Node *position,
                     ResolvedTable *ret_table) {
    TRY(resolve_table_name(an, name, position, ret_table));
    Transaction *transaction = an->host->transaction;
    Catalog *catalog = transaction_catalog(transaction, ret_table->catalog_name);
    if (catalog == NULL) {
        return OK;
    }
    ret_table->catalog = catalog;
    Catalog *serving = catalog;
    TRY(metadata_get_table(an->cx, transaction, catalog, ret_table->schema, ret_table->name,
                           &ret_table->table, &serving));
    if (ret_table->table != NULL) {
        ret_table->catalog = serving;
        ret_table->schema_exists = true;
    } else {
        ret_table->schema_exists =
            metadata_schema_exists(an->cx, transaction, catalog, ret_table->schema);
    }
    return OK;
}

Status require_table(Analyzer *an, const ResolvedTable *table, const Node *position) {
    if (table->catalog == NULL) {
        return FAIL_NODE(an, CATALOG_NOT_FOUND, position, "Catalog '%s' not found",
                         table->catalog_name);
    }
    if (!table->schema_exists) {
        return FAIL_NODE(an, SCHEMA_NOT_FOUND, position, "Schema '%s' does not exist",
                         table->schema);
    }
    if (table->table == NULL) {
        return FAIL_NODE(an, TABLE_NOT_FOUND, position, "Table '%s.%s.%s' does not exist",
                         table->catalog_name, table->schema, table->name);
    }
    return OK;
}

PlanNode *plan_table_scan(Analyzer *an, Catalog *catalog, ConnectorTable *table,
                          const QualifiedName *relation, int32_t *ret_field_count,
                          Field **ret_fields) {
    TableScanNode *scan = (TableScanNode *)plan_node_create(an->builder, PLAN_TABLE_SCAN, 0);
    PlanTable *planned = arena_new(an->arena, PlanTable);
    planned->catalog = catalog;
    planned->table = table;
    planned->handle = table->handle;
    scan->table = planned;
    int32_t count = table->column_count;
    scan->columns = (IntegerArray){count, arena_new_array(an->arena, int32_t, count)};
    Field *fields = arena_new_array(an->arena, Field, count);
    for (int32_t i = 0; i < count; i++) {
        const ConnectorColumn *column = &table->columns[i];
        scan->columns.items[i] = i;
        fields[i] = (Field){
            .name = column->name,
            .type = column->type,
            .symbol = plan_symbol(an->builder, column->name, column->type),
            .relation = relation,
            .hidden = column->hidden,
        };
        symbol_list_add(an->arena, &scan->base.outputs, fields[i].symbol);
    }
    *ret_field_count = count;
    *ret_fields = fields;
    return &scan->base;
}

/* FOR TIMESTAMP / VERSION AS OF: checked, then refused by connectors that keep no history. */
static Status check_period(Analyzer *an, const QueryPeriod *period) {
    if (period == NULL) {
        return OK;
    }
    ExpressionContext context = {.an = an};
    const Expr *end;
    TRY(analyze_expression(&context, period->end, &end));
    TypeKind kind = end->type->kind;
    bool is_time = kind == TYPE_DATE || kind == TYPE_TIMESTAMP || kind == TYPE_TIMESTAMP_TZ;
    if (period->range_type == QUERY_PERIOD_TIMESTAMP && !is_time) {
        return FAIL_NODE(an, TYPE_MISMATCH, &period->node,
                         "Type %s invalid. Temporal pointers must be of type Timestamp, Timestamp "
                         "with Time Zone, or Date.",
                         end->type->name);
    }
    return FAIL(an->cx, NOT_SUPPORTED, "This connector does not support versioned tables");
}

Status analyze_table_reference(Analyzer *an, const TableReference *node, const Scope *scope,
                               RelationPlan *ret_plan) {
    bool is_named;
    if (node->query_period == NULL) {
        TRY(analyze_named_reference(an, node, scope, &is_named, ret_plan));
        if (is_named) {
            return OK;
        }
    }
    ResolvedTable table;
    TRY(resolve_table(an, node->name, &node->node, &table));
    TRY(require_table(an, &table, &node->node));
    TRY(check_period(an, node->query_period));
    if (table.table->kind != TABLE_KIND_TABLE && table.table->view != NULL) {
        return analyze_view(an, node->name, &table, &node->node, ret_plan);
    }
    ret_plan->plan = plan_table_scan(an, table.catalog, table.table, node->name,
                                     &ret_plan->field_count, &ret_plan->fields);
    return OK;
}
