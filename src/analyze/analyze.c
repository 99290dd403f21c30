/*
 * The way in: a statement becomes a plan here (queries, DML, EXPLAIN ANALYZE of them) or goes to
 * statement_*.c.
 */
#include "analyze/analyze.h"

#include "analyze/coercion.h"
#include "analyze/dml.h"
#include "analyze/expression.h"
#include "analyze/inline_function.h"
#include "analyze/statement.h"
#include "sql/parser.h"
#include "type/coercion.h"

Analyzer *analyzer_create(Context *cx, Analysis *analysis) {
    Analyzer *an = arena_new(cx->arena, Analyzer);
    an->cx = cx;
    an->arena = cx->arena;
    an->analysis = analysis;
    an->builder = analysis->builder;
    an->host = analysis->host;
    an->catalog = cx->session->catalog;
    an->schema = cx->session->schema;
    return an;
}

/* ---- constants ---- */

Status analyze_without_columns(Analyzer *an, const Node *node, const char *what,
                               const Expr **ret_expr) {
    ExpressionContext context = {.an = an,
                                 .subquery_refusal = "Constant expression cannot contain "
                                                     "subqueries"};
    TRY(require_scalar(an, node, what));
    if (analyze_expression(&context, node, ret_expr) == OK) {
        return OK;
    }
    if (an->cx->error.code != COLUMN_NOT_FOUND) {
        return FAILED;
    }
    int32_t line = an->cx->error.line, column = an->cx->error.column;
    context_clear_error(an->cx);
    return FAIL_AT(an->cx, EXPRESSION_NOT_CONSTANT, line, column,
                   "%s cannot contain column references", what);
}

static void unref(void *vector) {
    vector_unref(vector);
}

Status analyze_constant(Analyzer *an, const Node *node, const Type *type, const char *what,
                        const Vector **ret_value) {
    const Expr *expr;
    TRY(analyze_without_columns(an, node, what, &expr));
    if (type != NULL && !type_can_coerce(expr->type, type)) {
        return FAIL_NODE(an, TYPE_MISMATCH, node, "Cannot cast type %s to %s", expr->type->name,
                         type->name);
    }
    Vector *value;
    TRY(expr_evaluate(an->cx, type == NULL ? expr : coerce(an, expr, type), &value));
    arena_on_free(an->arena, unref, value);
    *ret_value = value;
    return OK;
}

/* ---- statements ---- */

bool statement_has_plan(const Node *statement) {
    switch (statement->kind) {
    case NODE_QUERY:
    case NODE_INSERT:
    case NODE_CREATE_TABLE_AS_SELECT:
    case NODE_DELETE:
    case NODE_UPDATE:
    case NODE_MERGE:
        return true;
    case NODE_EXPLAIN_ANALYZE:
        return statement_has_plan(NODE_CAST(ExplainAnalyze, statement)->statement);
    default:
        return false;
    }
}

/* The session with one property set. */
static const Session *session_with(Analyzer *an, const char *name, const char *value) {
    Session *session = arena_copy(an->arena, an->cx->session, sizeof *session);
    SessionValue *properties =
        arena_new_array(an->arena, SessionValue, session->property_count + 1);
    int32_t count = 0;
    for (int32_t i = 0; i < session->property_count; i++) {
        if (strcmp(session->properties[i].name, name) != 0) {
            properties[count++] = session->properties[i];
        }
    }
    properties[count++] = (SessionValue){name, value};
    session->properties = properties;
    session->property_count = count;
    return session;
}

/* WITH SESSION: each property is checked as SET SESSION does and holds for this query only. */
static Status set_properties(Analyzer *an, const NodeList *properties) {
    Analysis *analysis = an->analysis;
    for (int32_t i = 0; i < properties->count; i++) {
        const SessionProperty *property = NODE_CAST(SessionProperty, properties->items[i]);
        SetSession *set =
            NODE_NEW(an->arena, SetSession, property->node.line, property->node.column);
        set->name = property->name;
        set->value = property->value;
        TRY(analyze_set_session(an, &set->node));
        an->cx->session = session_with(an, analysis->changes.set_session_name,
                                       analysis->changes.set_session_value);
        analysis->changes = (SessionChanges){0};
        analysis->task = NULL;
        analysis->update_type = NULL;
    }
    return OK;
}

static Status analyze_query_statement(Analyzer *an, const Query *query, PlanNode **ret_plan) {
    RelationPlan relation;
    TRY(set_properties(an, &query->session_properties));
    an->analysis->query_type = "SELECT";
    TRY(analyze_inline_functions(an, &query->functions));
    TRY(analyze_query(an, query, NULL, &relation));
    *ret_plan = plan_output(an, &relation);
    return OK;
}

static Status analyze_explain_analyze(Analyzer *an, const ExplainAnalyze *explain,
                                      PlanNode **ret_plan) {
    PlanNode *plan;
    TRY(analyze_plan_statement(an, explain->statement, &plan));
    ExplainAnalyzeNode *node =
        (ExplainAnalyzeNode *)plan_node_create(an->builder, PLAN_EXPLAIN_ANALYZE, 1);
    node->base.sources[0] = plan->kind == PLAN_OUTPUT ? plan->sources[0] : plan;
    node->verbose = explain->verbose;
    Field *field = arena_new(an->arena, Field);
    field->name = "Query Plan";
    field->type = type_varchar_unbounded();
    field->symbol = plan_symbol(an->builder, "output", field->type);
    symbol_list_add(an->arena, &node->base.outputs, field->symbol);
    RelationPlan relation = {&node->base, 1, field};
    *ret_plan = plan_output(an, &relation);
    an->analysis->update_type = NULL;
    an->analysis->is_dml = false;
    an->analysis->is_explain_analyze = true;
    an->analysis->query_type = "EXPLAIN";
    return OK;
}

Status analyze_plan_statement(Analyzer *an, const Node *statement, PlanNode **ret_plan) {
    switch (statement->kind) {
    case NODE_QUERY:
        return analyze_query_statement(an, NODE_CAST(Query, statement), ret_plan);
    case NODE_EXPLAIN_ANALYZE:
        return analyze_explain_analyze(an, NODE_CAST(ExplainAnalyze, statement), ret_plan);
    default:
        return analyze_dml(an, statement, ret_plan);
    }
}

Status analyze_any_statement(Analyzer *an, const Node *statement) {
    if (!statement_has_plan(statement)) {
        return analyze_other_statement(an, statement);
    }
    TRY(analyze_plan_statement(an, statement, &an->analysis->plan));
    plan_check(an->analysis->plan);
    return OK;
}

/* Parameters have values only through EXECUTE. */
static Status refuse_parameters(Analyzer *an, const Node *statement) {
    int32_t count = statement_has_plan(statement) ? node_parameter_count(statement) : 0;
    if (count == 0) {
        return OK;
    }
    return FAIL_NODE(an, INVALID_PARAMETER_USAGE, statement,
                     "Incorrect number of parameters: expected %d but found 0", (int)count);
}

Status analyze_statement(Context *cx, AnalysisHost *host, const Node *statement,
                         Analysis **ret_analysis) {
    Analysis *analysis = arena_new(cx->arena, Analysis);
    analysis->builder = plan_builder_create(cx->arena);
    analysis->host = host;
    analysis->statement = statement;
    Analyzer *an = analyzer_create(cx, analysis);
    TRY(refuse_parameters(an, statement));
    TRY(analyze_any_statement(an, statement));
    *ret_analysis = analysis;
    return OK;
}
