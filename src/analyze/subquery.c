/*
 * Subqueries in expressions: analysis, and their place in the plan.
 *
 * Analysis plans the subquery at once and notes it as EXPR_SUBQUERY. When the expression around it
 * is planned, the subquery joins that plan: a scalar one by a join (CorrelatedJoin when it uses
 * columns of the plan), the others by Apply. One subquery noted twice joins once; should its result
 * be gone by then (behind an aggregation), a copy with fresh symbols joins.
 */
#include "analyze/expression.h"
#include "analyze/plan_copy.h"
#include "type/coercion.h"

/* ---- analysis ---- */

/* The subquery as analyzed before in this block over this scope, so that equal subqueries are one.
 */
static const BlockSubquery *find_noted(const ExpressionContext *context, const Node *node) {
    if (context->block == NULL) {
        return NULL;
    }
    const BlockSubquery *subquery = context->block->subqueries;
    while (subquery != NULL &&
           !(subquery->scope == context->scope && node_equals(subquery->node, node))) {
        subquery = subquery->next;
    }
    return subquery;
}

static const Expr *subquery_expr(Analyzer *an, const BlockSubquery *subquery, const Node *node) {
    bool is_scalar = subquery->form == SUBQUERY_SCALAR;
    const Type *type = is_scalar ? subquery->column->type : type_simple(TYPE_BOOLEAN);
    Expr *expr = expr_special(an->arena, EXPR_SUBQUERY, type, 0, NULL);
    expr->analysis = (void *)subquery;
    return at_node(expr, node);
}

static const Expr *note_subquery(const ExpressionContext *context, const BlockSubquery *subquery) {
    BlockSubquery *noted = arena_copy(context->an->arena, subquery, sizeof *subquery);
    noted->scope = context->scope;
    if (context->block != NULL) {
        noted->next = context->block->subqueries;
        context->block->subqueries = noted;
    }
    return subquery_expr(context->an, noted, noted->node);
}

static Status plan_query_of(const ExpressionContext *context, const SubqueryExpression *node,
                            RelationPlan *ret_plan) {
    Analyzer *an = context->an;
    if (context->subquery_refusal != NULL) {
        return FAIL_NODE(an, NOT_SUPPORTED, &node->node, "%s", context->subquery_refusal);
    }
    return analyze_query(an, node->query, context->scope, ret_plan);
}

/* The columns of a subquery as one row value, which makes error messages and comparisons alike for
 * one and more. */
static const Type *row_type_of(Analyzer *an, const RelationPlan *relation) {
    const Type **types = arena_new_array(an->arena, const Type *, relation->field_count);
    const char **names = arena_new_array(an->arena, const char *, relation->field_count);
    int32_t count = 0;
    bool named = false;
    for (int32_t i = 0; i < relation->field_count; i++) {
        if (!relation->fields[i].hidden) {
            names[count] = relation->fields[i].name;
            named = named || names[count] != NULL;
            types[count++] = relation->fields[i].type;
        }
    }
    return type_row(count, types, named ? names : NULL);
}

/* The subquery's value as one expression: its column, or a row of its columns. */
static const Expr *value_of(Analyzer *an, const RelationPlan *relation, const Type *row_type,
                            bool as_row) {
    const Expr **items = arena_new_array(an->arena, const Expr *, relation->field_count);
    int32_t count = 0;
    for (int32_t i = 0; i < relation->field_count; i++) {
        if (!relation->fields[i].hidden) {
            items[count++] = expr_symbol(an->arena, relation->fields[i].symbol);
        }
    }
    return count == 1 && !as_row ? items[0]
                                 : expr_special(an->arena, EXPR_ROW, row_type, count, items);
}

static PlanNode *project_value(Analyzer *an, PlanNode *plan, const Expr *value,
                               const Symbol **ret_symbol) {
    Projection projection;
    projection_init(&projection, an, plan, false);
    *ret_symbol = projection_add(&projection, value, NULL);
    return projection_finish(&projection);
}

Status analyze_scalar_subquery(const ExpressionContext *context, const SubqueryExpression *node,
                               const Expr **ret_expr) {
    Analyzer *an = context->an;
    const BlockSubquery *noted = find_noted(context, &node->node);
    if (noted != NULL) {
        *ret_expr = subquery_expr(an, noted, &node->node);
        return OK;
    }
    RelationPlan relation;
    TRY(plan_query_of(context, node, &relation));
    const Type *row_type = row_type_of(an, &relation);
    BlockSubquery subquery = {.form = SUBQUERY_SCALAR, .node = &node->node};
    PlanNode *values = project_value(an, relation.plan, value_of(an, &relation, row_type, false),
                                     &subquery.column);
    subquery.plan = plan_node_create(an->builder, PLAN_ENFORCE_SINGLE_ROW, 1);
    subquery.plan->sources[0] = values;
    subquery.plan->outputs = values->outputs;
    *ret_expr = note_subquery(context, &subquery);
    return OK;
}

Status analyze_exists(const ExpressionContext *context, const ExistsPredicate *node,
                      const Expr **ret_expr) {
    const BlockSubquery *noted = find_noted(context, &node->node);
    if (noted != NULL) {
        *ret_expr = subquery_expr(context->an, noted, &node->node);
        return OK;
    }
    RelationPlan relation;
    TRY(plan_query_of(context, NODE_CAST(SubqueryExpression, node->subquery), &relation));
    BlockSubquery subquery = {.form = SUBQUERY_EXISTS, .node = &node->node, .plan = relation.plan};
    *ret_expr = note_subquery(context, &subquery);
    return OK;
}

/* The value and the subquery's column brought to one type, for IN and quantified comparisons. */
static Status match_value(const ExpressionContext *context, const Node *node, const Node *value,
                          const Node *query_node, BlockSubquery *subquery) {
    Analyzer *an = context->an;
    TRY(analyze_expression(context, value, &subquery->value));
    RelationPlan relation;
    TRY(plan_query_of(context, NODE_CAST(SubqueryExpression, query_node), &relation));
    const Type *declared = subquery->value->type;
    bool is_row = declared->kind == TYPE_ROW;
    const Type *value_type = is_row ? declared : type_row(1, &declared, NULL);
    const Type *row_type = row_type_of(an, &relation);
    /* A single column that is itself a row stands for the row. */
    bool unwrapped =
        is_row && row_type->child_count == 1 && row_type->children[0]->kind == TYPE_ROW;
    const Type *query_type = unwrapped ? row_type->children[0] : row_type;
    const Type *common = value_type->child_count == query_type->child_count
                             ? type_common_super(value_type, query_type)
                             : NULL;
    if (common == NULL) {
        return FAIL_NODE(an, TYPE_MISMATCH, node,
                         "Value expression and result of subquery must be of the same type: %s vs "
                         "%s",
                         value_type->name, row_type->name);
    }
    const Expr *column = value_of(an, &relation, row_type, is_row && !unwrapped);
    const Type *compared = is_row ? common : common->children[0];
    subquery->plan =
        project_value(an, relation.plan, coerce(an, column, compared), &subquery->column);
    subquery->value = coerce(an, subquery->value, compared);
    return OK;
}

Status analyze_in_subquery(const ExpressionContext *context, const InPredicate *node,
                           const Expr **ret_expr) {
    const BlockSubquery *noted = find_noted(context, &node->node);
    if (noted != NULL) {
        *ret_expr = subquery_expr(context->an, noted, &node->node);
        return OK;
    }
    BlockSubquery subquery = {.form = SUBQUERY_IN, .node = &node->node};
    TRY(match_value(context, &node->node, node->value, node->value_list, &subquery));
    *ret_expr = note_subquery(context, &subquery);
    return OK;
}

Status analyze_quantified(const ExpressionContext *context,
                          const QuantifiedComparisonExpression *node, const Expr **ret_expr) {
    Analyzer *an = context->an;
    BlockSubquery subquery = {.form = SUBQUERY_QUANTIFIED, .node = &node->node};
    subquery.comparison = comparison_of(node->operator);
    subquery.is_all = node->quantifier == QUANTIFIER_ALL;
    TRY(match_value(context, &node->node, node->value, node->subquery, &subquery));
    const Type *type = subquery.value->type;
    bool needs_equality =
        subquery.comparison == COMPARE_EQUAL || subquery.comparison == COMPARE_NOT_EQUAL;
    if (type->kind != TYPE_UNKNOWN && !(needs_equality ? type->comparable : type->orderable)) {
        return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                         "Type [%s] must be %s in order to be used in quantified comparison",
                         type->name, needs_equality ? "comparable" : "orderable");
    }
    bool is_negated_in = subquery.is_all && subquery.comparison == COMPARE_NOT_EQUAL;
    if (is_negated_in || (!subquery.is_all && subquery.comparison == COMPARE_EQUAL)) {
        subquery.form = SUBQUERY_IN;
    }
    const Expr *expr = note_subquery(context, &subquery);
    *ret_expr = is_negated_in ? at_node(expr_not(an->arena, expr), &node->node) : expr;
    return OK;
}

/* ---- planning ---- */

bool expr_has_subquery(const Expr *expr) {
    if (expr->kind == EXPR_SUBQUERY) {
        return true;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        if (expr_has_subquery(expr->arguments[i])) {
            return true;
        }
    }
    return false;
}

static const Node *query_position(const BlockSubquery *subquery) {
    const Node *node = subquery->node;
    switch (node->kind) {
    case NODE_EXISTS_PREDICATE:
        node = NODE_CAST(ExistsPredicate, node)->subquery;
        break;
    case NODE_IN_PREDICATE:
        node = NODE_CAST(InPredicate, node)->value_list;
        break;
    case NODE_QUANTIFIED_COMPARISON_EXPRESSION:
        node = NODE_CAST(QuantifiedComparisonExpression, node)->subquery;
        break;
    default:
        break;
    }
    return &NODE_CAST(SubqueryExpression, node)->query->node;
}

static SymbolList outputs_of_both(Analyzer *an, const PlanNode *left, const PlanNode *right) {
    SymbolList outputs = {0};
    for (int32_t i = 0; i < left->outputs.count; i++) {
        symbol_list_add(an->arena, &outputs, left->outputs.items[i]);
    }
    for (int32_t i = 0; i < right->outputs.count; i++) {
        symbol_list_add(an->arena, &outputs, right->outputs.items[i]);
    }
    return outputs;
}

static void attach_scalar(Analyzer *an, PlanNode **plan, BlockSubquery *subquery) {
    SymbolList outputs = outputs_of_both(an, *plan, subquery->plan);
    SymbolList correlation = plan_correlation(an, subquery->plan, &(*plan)->outputs);
    if (correlation.count == 0) {
        *plan = plan_join(an->builder, INNER_JOIN, *plan, subquery->plan, 0, NULL, NULL, NULL,
                          outputs.count, outputs.items);
    } else {
        CorrelatedJoinNode *join =
            (CorrelatedJoinNode *)plan_node_create(an->builder, PLAN_CORRELATED_JOIN, 2);
        join->base.sources[0] = *plan;
        join->base.sources[1] = subquery->plan;
        join->base.outputs = outputs;
        join->join_kind = INNER_JOIN;
        join->correlation = correlation;
        join->filter = expr_boolean(an->arena, true);
        join->line = query_position(subquery)->line;
        join->column = query_position(subquery)->column;
        *plan = &join->base;
    }
    subquery->result = subquery->column;
}

static ApplyKind apply_kind(const BlockSubquery *subquery) {
    switch (subquery->form) {
    case SUBQUERY_EXISTS:
        return APPLY_EXISTS;
    case SUBQUERY_IN:
        return APPLY_IN;
    default:
        return subquery->is_all ? APPLY_ALL : APPLY_ANY;
    }
}

static void attach_apply(Analyzer *an, PlanNode **plan, BlockSubquery *subquery) {
    const Symbol *value = NULL;
    if (subquery->value != NULL) {
        Projection projection;
        projection_init(&projection, an, *plan, true);
        const Expr *expr = plan_subqueries(an, &projection.plan, subquery->value);
        if (projection.plan != *plan) {
            projection_init(&projection, an, projection.plan, true);
        }
        value = projection_add(&projection, expr, NULL);
        *plan = projection_finish(&projection);
    }
    ApplyNode *apply = (ApplyNode *)plan_node_create(an->builder, PLAN_APPLY, 2);
    apply->base.sources[0] = *plan;
    apply->base.sources[1] = subquery->plan;
    apply->apply_kind = (int32_t)apply_kind(subquery);
    apply->comparison = (int32_t)subquery->comparison;
    apply->value = value;
    apply->subquery_symbol = subquery->column;
    apply->result = plan_symbol(an->builder, subquery->form == SUBQUERY_EXISTS ? "exists" : "expr",
                                type_simple(TYPE_BOOLEAN));
    apply->correlation = plan_correlation(an, subquery->plan, &(*plan)->outputs);
    apply->line = query_position(subquery)->line;
    apply->column = query_position(subquery)->column;
    for (int32_t i = 0; i < (*plan)->outputs.count; i++) {
        symbol_list_add(an->arena, &apply->base.outputs, (*plan)->outputs.items[i]);
    }
    symbol_list_add(an->arena, &apply->base.outputs, apply->result);
    subquery->result = apply->result;
    *plan = &apply->base;
}

/* A subquery whose plan is already somewhere else joins as a copy. */
static void refresh(Analyzer *an, BlockSubquery *subquery) {
    PlanCopy copy = plan_copy_fresh(an->builder, subquery->plan);
    subquery->plan = copy.plan;
    if (subquery->column != NULL) {
        subquery->column = plan_copy_symbol(&copy, subquery->column);
    }
}

typedef struct Attachment {
    Analyzer *an;
    PlanNode **plan;
} Attachment;

static const Expr *attach(Arena *arena, void *closure, const Expr *expr) {
    if (expr->kind != EXPR_SUBQUERY) {
        return expr;
    }
    Attachment *attachment = closure;
    BlockSubquery *subquery = expr->analysis;
    PlanNode **plan = attachment->plan;
    bool is_there =
        subquery->result != NULL && symbol_list_contains(&(*plan)->outputs, subquery->result);
    if (!is_there) {
        if (subquery->attached) {
            refresh(attachment->an, subquery);
        }
        subquery->attached = true;
        if (subquery->form == SUBQUERY_SCALAR) {
            attach_scalar(attachment->an, plan, subquery);
        } else {
            attach_apply(attachment->an, plan, subquery);
        }
    }
    Expr *symbol = expr_symbol(arena, subquery->result);
    symbol->line = expr->line;
    symbol->column = expr->column;
    return symbol;
}

const Expr *plan_subqueries(Analyzer *an, PlanNode **plan, const Expr *expr) {
    if (!expr_has_subquery(expr)) {
        return expr;
    }
    Attachment attachment = {an, plan};
    return expr_rewrite(an->arena, expr, attach, &attachment);
}
