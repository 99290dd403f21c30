/*
 * PREPARE, EXECUTE, EXECUTE IMMEDIATE, DEALLOCATE, DESCRIBE INPUT and OUTPUT.
 *
 * Prepared statements are the client's: it sends their texts with every request. EXECUTE analyzes
 * the text anew with its values bound to the `?`.
 */
#include <string.h>

#include "analyze/statement.h"
#include "base/buffer.h"
#include "sql/formatter.h"
#include "sql/parser.h"

static Status no_effect(Context *cx, Analysis *analysis) {
    return OK;
}

static Status check_preparable(Analyzer *an, const Node *statement) {
    switch (statement->kind) {
    case NODE_PREPARE:
    case NODE_EXECUTE:
    case NODE_EXECUTE_IMMEDIATE:
    case NODE_DEALLOCATE:
        return FAIL(an->cx, NOT_SUPPORTED, "Invalid statement type for prepared statement: %s",
                    node_kind_name(statement->kind));
    default:
        return OK;
    }
}

Status analyze_prepare(Analyzer *an, const Node *statement) {
    const Prepare *prepare = (const Prepare *)statement;
    TRY(check_preparable(an, prepare->statement));
    an->analysis->changes.added_prepare_name = prepare->name->value;
    an->analysis->changes.added_prepare_sql = format_statement(an->arena, prepare->statement);
    return set_task(an, "PREPARE", no_effect);
}

static Status find_prepared(Analyzer *an, const char *name, const char **ret_sql) {
    const Session *session = an->cx->session;
    for (int32_t i = 0; i < session->prepared_count; i++) {
        if (strcmp(session->prepared[i].name, name) == 0) {
            *ret_sql = session->prepared[i].value;
            return OK;
        }
    }
    return FAIL(an->cx, NOT_FOUND, "Prepared statement not found: %s", name);
}

Status analyze_deallocate(Analyzer *an, const Node *statement) {
    const char *name = ((const Deallocate *)statement)->name->value, *sql;
    TRY(find_prepared(an, name, &sql));
    an->analysis->changes.deallocated_prepare_name = name;
    return set_task(an, "DEALLOCATE", no_effect);
}

static Status execute_text(Analyzer *an, const Node *position, const char *sql,
                           const NodeList *parameters) {
    Node *statement;
    TRY(parse_statement(an->cx, sql, strlen(sql), &statement));
    if (statement->kind == NODE_EXECUTE || statement->kind == NODE_EXECUTE_IMMEDIATE) {
        return FAIL(an->cx, NOT_SUPPORTED, "Unsupported statement type: %s",
                    node_kind_name(statement->kind));
    }
    int32_t expected = node_parameter_count(statement);
    if (expected != parameters->count) {
        return FAIL_AT(an->cx, INVALID_PARAMETER_USAGE, position->line, position->column,
                       "Incorrect number of parameters: expected %d but found %d", expected,
                       parameters->count);
    }
    an->parameter_count = parameters->count;
    an->parameters = parameters->items;
    return analyze_any_statement(an, statement);
}

Status analyze_execute(Analyzer *an, const Node *statement) {
    const Execute *execute = (const Execute *)statement;
    const char *sql;
    TRY(find_prepared(an, execute->name->value, &sql));
    return execute_text(an, statement, sql, &execute->parameters);
}

Status analyze_execute_immediate(Analyzer *an, const Node *statement) {
    const ExecuteImmediate *execute = (const ExecuteImmediate *)statement;
    return execute_text(an, statement, execute->statement->value, &execute->parameters);
}

/* ---- DESCRIBE ---- */

static Status parse_prepared(Analyzer *an, const char *name, Node **ret_statement) {
    const char *sql;
    TRY(find_prepared(an, name, &sql));
    TRY(parse_statement(an->cx, sql, strlen(sql), ret_statement));
    an->is_describing = true;
    return OK;
}

Status analyze_describe_input(Analyzer *an, const Node *statement) {
    Node *prepared;
    TRY(parse_prepared(an, ((const DescribeInput *)statement)->name->value, &prepared));
    int32_t count = node_parameter_count(prepared);
    if (statement_has_plan(prepared)) {
        PlanNode *plan;
        TRY(analyze_plan_statement(an, prepared, &plan));
        an->analysis->update_type = NULL;
        an->analysis->is_dml = false;
    }
    an->analysis->query_type = "DESCRIBE";
    ByteString sql = {0};
    if (count == 0) {
        byte_string_append_text(
            &sql, "SELECT CAST(NULL AS bigint) AS \"Position\", CAST(NULL AS varchar) AS \"Type\" "
                  "WHERE false");
    } else {
        byte_string_append_text(&sql, "SELECT * FROM (VALUES ");
        for (int32_t i = 0; i < count; i++) {
            byte_string_printf(&sql, "%s(%d,'%s')", i > 0 ? "," : "", i,
                               described_parameter_type(an, i)->display);
        }
        byte_string_append_text(&sql, ") t(\"Position\", \"Type\") ORDER BY 1");
    }
    const char *text = arena_strdup(an->arena, byte_string_text(&sql));
    byte_string_done(&sql);
    return plan_query_text(an, text);
}

/* The scan that an output column comes from unchanged, and the column's symbol there; NULL: none.
 */
static const TableScanNode *find_scan(const PlanNode *node, const Symbol **symbol) {
    if (node->kind == PLAN_TABLE_SCAN) {
        return symbol_list_contains(&node->outputs, *symbol) ? (const TableScanNode *)node : NULL;
    }
    if (node->kind == PLAN_PROJECT) {
        int32_t column = symbol_list_index(&node->outputs, *symbol);
        const Expr *expr =
            column < 0 ? NULL : ((const ProjectNode *)node)->expressions.items[column];
        if (expr == NULL || expr->kind != EXPR_SYMBOL) {
            return NULL;
        }
        *symbol = expr->symbol;
    }
    const TableScanNode *scan = NULL;
    for (int32_t i = 0; i < node->source_count && scan == NULL; i++) {
        scan = find_scan(node->sources[i], symbol);
    }
    return scan;
}

static void append_described(Analyzer *an, ByteString *sql, int32_t index, const char *name,
                             const PlanNode *source, const Symbol *symbol, bool aliased) {
    const char *catalog = "", *schema = "", *table = "";
    const Symbol *found = symbol;
    const TableScanNode *scan = find_scan(source, &found);
    if (scan != NULL) {
        catalog = scan->table->catalog->name;
        schema = scan->table->table->schema;
        table = scan->table->table->name;
    }
    int32_t size = symbol->type->layout <= LAYOUT_WIDE ? symbol->type->width : 0;
    byte_string_printf(sql, "%s(%s,%s,%s,%s,%s,%d,%s)", index > 0 ? "," : "",
                       quote_string(an, name), quote_string(an, catalog), quote_string(an, schema),
                       quote_string(an, table), quote_string(an, symbol->type->name), size,
                       aliased ? "true" : "false");
}

static bool is_aliased(const Node *prepared, int32_t index) {
    const Node *body = prepared->kind == NODE_QUERY ? ((const Query *)prepared)->query_body : NULL;
    if (body == NULL || body->kind != NODE_QUERY_SPECIFICATION) {
        return false;
    }
    const NodeList *items = &((const QuerySpecification *)body)->select->select_items;
    return index < items->count && items->items[index]->kind == NODE_SINGLE_COLUMN &&
           ((const SingleColumn *)items->items[index])->alias != NULL;
}

Status analyze_describe_output(Analyzer *an, const Node *statement) {
    static const char COLUMNS[] = ") t(\"Column Name\", \"Catalog\", \"Schema\", \"Table\", "
                                  "\"Type\", \"Type Size\", \"Aliased\")";
    Node *prepared;
    TRY(parse_prepared(an, ((const DescribeOutput *)statement)->name->value, &prepared));
    if (!statement_has_plan(prepared)) {
        return plan_query_text(
            an, "SELECT * FROM (VALUES ('','','','','',0,false)) t(\"Column Name\", \"Catalog\", "
                "\"Schema\", \"Table\", \"Type\", \"Type Size\", \"Aliased\") WHERE false");
    }
    PlanNode *plan;
    TRY(analyze_plan_statement(an, prepared, &plan));
    const OutputNode *output = (const OutputNode *)plan;
    an->analysis->update_type = NULL;
    an->analysis->is_dml = false;
    an->analysis->query_type = "DESCRIBE";
    ByteString sql = {0};
    byte_string_append_text(&sql, "SELECT * FROM (VALUES ");
    for (int32_t i = 0; i < plan->outputs.count; i++) {
        append_described(an, &sql, i, output->column_names.items[i], plan, plan->outputs.items[i],
                         is_aliased(prepared, i));
    }
    byte_string_append_text(&sql, COLUMNS);
    const char *text = arena_strdup(an->arena, byte_string_text(&sql));
    byte_string_done(&sql);
    return plan_query_text(an, text);
}
