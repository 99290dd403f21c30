/*
 * Views: the stored text parsed and analyzed in the session it was made in, then cast to the
 * columns it was made with.
 */
#include "analyze/query_block.h"
#include "sql/parser.h"
#include "type/coercion.h"

enum { VIEW_DEPTH_MAX = 32 };

static Status fail_view(Analyzer *an, const ResolvedTable *table, const Node *position,
                        const char *message) {
    return FAIL_NODE(an, INVALID_VIEW, position, "Failed analyzing stored view '%s.%s.%s': %s",
                     table->catalog_name, table->schema, table->name, message);
}

static bool is_being_analyzed(const Analyzer *an, const ConnectorView *view) {
    for (int32_t i = 0; i < an->view_depth; i++) {
        if (an->views[i] == view) {
            return true;
        }
    }
    return false;
}

static Status analyze_text(Analyzer *an, const ConnectorView *view, RelationPlan *ret_plan) {
    const char *catalog = an->catalog, *schema = an->schema;
    an->catalog = view->catalog;
    an->schema = view->schema;
    an->views[an->view_depth++] = view;
    Node *statement;
    Status status = parse_statement(an->cx, view->sql, strlen(view->sql), &statement);
    if (status == OK && statement->kind != NODE_QUERY) {
        status = FAIL(an->cx, INVALID_VIEW, "the stored text is not a query");
    }
    if (status == OK) {
        status = analyze_query(an, NODE_CAST(Query, statement), NULL, ret_plan);
    }
    an->view_depth--;
    an->catalog = catalog;
    an->schema = schema;
    return status;
}

static Status fail_stale(Analyzer *an, const ResolvedTable *table, const Node *position,
                         const char *reason) {
    return FAIL_NODE(an, VIEW_IS_STALE, position,
                     "View '%s.%s.%s' is stale or in invalid state: %s", table->catalog_name,
                     table->schema, table->name, reason);
}

static Status match_columns(Analyzer *an, const ResolvedTable *table, const Node *position,
                            RelationPlan *relation) {
    const ConnectorTable *stored = table->table;
    int32_t count = stored->column_count;
    if (count != relation->field_count) {
        return fail_stale(an, table, position,
                          arena_printf(an->arena,
                                       "stored view column count (%d) does not match column count "
                                       "derived from the view query analysis (%d)",
                                       (int)count, (int)relation->field_count));
    }
    const Type **types = arena_new_array(an->arena, const Type *, count);
    for (int32_t i = 0; i < count; i++) {
        types[i] = stored->columns[i].type;
        if (!type_can_coerce(relation->fields[i].type, types[i])) {
            const char *reason = arena_printf(
                an->arena,
                "column [%s] of type %s projected from query view at position %d cannot be coerced "
                "to column [%s] of type %s stored in view definition",
                relation->fields[i].name == NULL ? "" : relation->fields[i].name,
                relation->fields[i].type->name, (int)i, stored->columns[i].name, types[i]->name);
            return fail_stale(an, table, position, reason);
        }
    }
    plan_coerce_columns(an, relation, types);
    for (int32_t i = 0; i < count; i++) {
        relation->fields[i].name = stored->columns[i].name;
    }
    return OK;
}

Status analyze_view(Analyzer *an, const QualifiedName *name, const ResolvedTable *table,
                    const Node *position, RelationPlan *ret_plan) {
    const ConnectorView *view = table->table->view;
    if (is_being_analyzed(an, view) || an->view_depth == VIEW_DEPTH_MAX) {
        return FAIL_NODE(an, VIEW_IS_RECURSIVE, position,
                         "Statement would create a recursive view");
    }
    if (analyze_text(an, view, ret_plan) != OK) {
        const char *message = an->cx->error.message;
        context_clear_error(an->cx);
        return fail_view(an, table, position, message);
    }
    plan_visible(an, ret_plan);
    TRY(match_columns(an, table, position, ret_plan));
    for (int32_t i = 0; i < ret_plan->field_count; i++) {
        ret_plan->fields[i].relation = name;
    }
    return OK;
}
