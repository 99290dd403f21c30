/*
 * The special forms: CASE, IF, COALESCE, NULLIF, TRY, CAST, LIKE, subscripts, row and array
 * constructors, TRIM, FORMAT. Their branches are brought to a common type here, so that what is
 * planned needs no implicit coercion.
 */
#include "analyze/coercion.h"
#include "analyze/expression.h"
#include "sql/formatter.h"
#include "type/coercion.h"
#include "type/type_parse.h"

/* Operands and results of CASE in two arrays, the default last among the results. */
typedef struct Branches {
    int32_t count;
    const Expr **conditions;
    const Expr **results; /* count, or count + 1 with a default */
    const Node **condition_nodes;
    const Node **result_nodes;
    int32_t result_count;
} Branches;

static Branches branches_create(Analyzer *an, const NodeList *clauses, const Node *default_value) {
    Branches b = {.count = clauses->count};
    b.conditions = arena_new_array(an->arena, const Expr *, b.count + 1);
    b.results = arena_new_array(an->arena, const Expr *, b.count + 1);
    b.condition_nodes = arena_new_array(an->arena, const Node *, b.count + 1);
    b.result_nodes = arena_new_array(an->arena, const Node *, b.count + 1);
    for (int32_t i = 0; i < b.count; i++) {
        const WhenClause *clause = NODE_CAST(WhenClause, clauses->items[i]);
        b.condition_nodes[i] = clause->operand;
        b.result_nodes[i] = clause->result;
    }
    b.result_count = b.count;
    if (default_value != NULL) {
        b.result_nodes[b.result_count++] = default_value;
    }
    return b;
}

static Status analyze_results(const ExpressionContext *context, Branches *b,
                              const Type **ret_type) {
    for (int32_t i = 0; i < b->result_count; i++) {
        TRY(analyze_expression(context, b->result_nodes[i], &b->results[i]));
    }
    return coerce_to_common(context->an, "All CASE results", b->result_count, b->result_nodes,
                            b->results, ret_type);
}

/* The arguments in the order that EXPR_CASE and EXPR_SWITCH want: [operand] when then ... default.
 */
static const Expr *case_expr(Analyzer *an, const Node *node, ExprKind kind, const Expr *operand,
                             const Branches *b, const Type *type) {
    int32_t count = 2 * b->count + 1 + (operand != NULL), at = 0;
    const Expr **arguments = arena_new_array(an->arena, const Expr *, count);
    if (operand != NULL) {
        arguments[at++] = operand;
    }
    for (int32_t i = 0; i < b->count; i++) {
        arguments[at++] = b->conditions[i];
        arguments[at++] = b->results[i];
    }
    arguments[at] = b->result_count > b->count ? b->results[b->count] : expr_null(an->arena, type);
    return at_node(expr_special(an->arena, kind, type, count, arguments), node);
}

Status analyze_searched_case(const ExpressionContext *context, const SearchedCaseExpression *node,
                             const Expr **ret_expr) {
    Analyzer *an = context->an;
    Branches b = branches_create(an, &node->when_clauses, node->default_value);
    for (int32_t i = 0; i < b.count; i++) {
        TRY(analyze_expression(context, b.condition_nodes[i], &b.conditions[i]));
        TRY(require_boolean(an, b.condition_nodes[i], "CASE WHEN clause", &b.conditions[i]));
    }
    const Type *type;
    TRY(analyze_results(context, &b, &type));
    *ret_expr = case_expr(an, &node->node, EXPR_CASE, NULL, &b, type);
    return OK;
}

Status analyze_simple_case(const ExpressionContext *context, const SimpleCaseExpression *node,
                           const Expr **ret_expr) {
    Analyzer *an = context->an;
    Branches b = branches_create(an, &node->when_clauses, node->default_value);
    const Expr *operand;
    TRY(analyze_expression(context, node->operand, &operand));
    const Type *common = operand->type;
    for (int32_t i = 0; i < b.count; i++) {
        TRY(analyze_expression(context, b.condition_nodes[i], &b.conditions[i]));
        const Type *next = type_common_super(common, b.conditions[i]->type);
        if (next == NULL || !(next->comparable || next->kind == TYPE_UNKNOWN)) {
            return FAIL_NODE(an, TYPE_MISMATCH, b.condition_nodes[i],
                             "CASE operand type does not match WHEN clause operand type: %s vs %s",
                             operand->type->name, b.conditions[i]->type->name);
        }
        common = next;
    }
    for (int32_t i = 0; i < b.count; i++) {
        b.conditions[i] = coerce(an, b.conditions[i], common);
    }
    const Type *type;
    TRY(analyze_results(context, &b, &type));
    *ret_expr = case_expr(an, &node->node, EXPR_SWITCH, coerce(an, operand, common), &b, type);
    return OK;
}

Status analyze_if(const ExpressionContext *context, const IfExpression *node,
                  const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr *arguments[3];
    TRY(analyze_expression(context, node->condition, &arguments[0]));
    TRY(require_boolean(an, node->condition, "IF condition", &arguments[0]));
    TRY(analyze_expression(context, node->true_value, &arguments[1]));
    const Type *type = arguments[1]->type;
    if (node->false_value != NULL) {
        TRY(analyze_expression(context, node->false_value, &arguments[2]));
        type = type_common_super(arguments[1]->type, arguments[2]->type);
        if (type == NULL) {
            return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                             "Result types for IF must be the same: %s vs %s",
                             arguments[1]->type->name, arguments[2]->type->name);
        }
        arguments[2] = coerce(an, arguments[2], type);
    } else {
        arguments[2] = expr_null(an->arena, type);
    }
    arguments[1] = coerce(an, arguments[1], type);
    *ret_expr = at_node(expr_special(an->arena, EXPR_IF, type, 3, arguments), &node->node);
    return OK;
}

static Status analyze_list(const ExpressionContext *context, const NodeList *list,
                           const Expr ***ret_exprs) {
    const Expr **exprs = arena_new_array(context->an->arena, const Expr *, list->count + 1);
    for (int32_t i = 0; i < list->count; i++) {
        TRY(analyze_expression(context, list->items[i], &exprs[i]));
    }
    *ret_exprs = exprs;
    return OK;
}

Status analyze_coalesce(const ExpressionContext *context, const CoalesceExpression *node,
                        const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr **operands;
    TRY(analyze_list(context, &node->operands, &operands));
    const Type *type;
    TRY(coerce_to_common(an, "All COALESCE operands", node->operands.count,
                         (const Node *const *)node->operands.items, operands, &type));
    *ret_expr = at_node(
        expr_special(an->arena, EXPR_COALESCE, type, node->operands.count, operands), &node->node);
    return OK;
}

Status analyze_nullif(const ExpressionContext *context, const NullIfExpression *node,
                      const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr *operands[2];
    TRY(analyze_expression(context, node->first, &operands[0]));
    TRY(analyze_expression(context, node->second, &operands[1]));
    const Type *common = type_common_super(operands[0]->type, operands[1]->type);
    if (common == NULL) {
        return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                         "Types are not comparable with NULLIF: %s vs %s", operands[0]->type->name,
                         operands[1]->type->name);
    }
    Expr *expr = expr_special(an->arena, EXPR_NULLIF, operands[0]->type, 2, operands);
    expr->comparison_type = common;
    *ret_expr = at_node(expr, &node->node);
    return OK;
}

Status analyze_try(const ExpressionContext *context, const TryExpression *node,
                   const Expr **ret_expr) {
    const Expr *value;
    TRY(analyze_expression(context, node->inner_expression, &value));
    *ret_expr =
        at_node(expr_special(context->an->arena, EXPR_TRY, value->type, 1, &value), &node->node);
    return OK;
}

/* ---- casts ---- */

Status analyze_cast(const ExpressionContext *context, const Cast *node, const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Type *type;
    TRY(analyze_type(an, node->type, &node->node, &type));
    if (type->kind == TYPE_UNKNOWN) {
        return FAIL_NODE(an, TYPE_MISMATCH, node->type, "UNKNOWN is not a valid type");
    }
    const Expr *value;
    TRY(analyze_expression(context, node->expression, &value));
    if (!can_cast(value->type, type)) {
        return FAIL_NODE(an, TYPE_MISMATCH, &node->node, "Cannot cast %s to %s", value->type->name,
                         type->name);
    }
    if (value->type == type) {
        *ret_expr = value;
        return OK;
    }
    Expr *expr = expr_cast(an->arena, value, type);
    expr->is_try = node->safe;
    *ret_expr = at_node(expr, &node->node);
    return OK;
}

/* ---- LIKE ---- */

static Status like_operand(const ExpressionContext *context, const Node *node, const char *what,
                           bool may_be_char, const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr *expr;
    TRY(analyze_expression(context, node, &expr));
    TypeKind kind = expr->type->kind;
    if (kind != TYPE_VARCHAR && kind != TYPE_UNKNOWN && !(may_be_char && kind == TYPE_CHAR)) {
        return FAIL_NODE(an, TYPE_MISMATCH, node,
                         "%s expression must evaluate to a varchar (actual: %s)", what,
                         expr->type->name);
    }
    bool is_varchar = expr->type->kind == TYPE_VARCHAR;
    *ret_expr = is_varchar ? expr : coerce(an, expr, type_varchar_unbounded());
    return OK;
}

Status analyze_like(const ExpressionContext *context, const LikePredicate *node,
                    const Expr **ret_expr) {
    const Expr *operands[3];
    TRY(like_operand(context, node->value, "Left side of LIKE", true, &operands[0]));
    TRY(like_operand(context, node->pattern, "Pattern for LIKE", false, &operands[1]));
    if (node->escape != NULL) {
        TRY(like_operand(context, node->escape, "Escape for LIKE", false, &operands[2]));
    }
    return call_function(context->an, "$like", node->escape != NULL ? 3 : 2, operands, &node->node,
                         ret_expr);
}

/* ---- rows, arrays, subscripts ---- */

Status analyze_row(const ExpressionContext *context, const RowConstructor *node,
                   const Expr **ret_expr) {
    Analyzer *an = context->an;
    int32_t count = node->items.count;
    const Expr **items;
    TRY(analyze_list(context, &node->items, &items));
    const Type **types = arena_new_array(an->arena, const Type *, count);
    for (int32_t i = 0; i < count; i++) {
        types[i] = items[i]->type;
    }
    const Type *type = type_row(count, types, NULL);
    *ret_expr = at_node(expr_special(an->arena, EXPR_ROW, type, count, items), &node->node);
    return OK;
}

Status analyze_array(const ExpressionContext *context, const ArrayConstructor *node,
                     const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr **items;
    TRY(analyze_list(context, &node->values, &items));
    const Type *element;
    TRY(coerce_to_common(an, "All ARRAY elements", node->values.count,
                         (const Node *const *)node->values.items, items, &element));
    *ret_expr =
        at_node(expr_special(an->arena, EXPR_ARRAY, type_array(element), node->values.count, items),
                &node->node);
    return OK;
}

static Status row_subscript(Analyzer *an, const SubscriptExpression *node, const Expr *base,
                            const Expr **ret_expr) {
    if (node->index->kind != NODE_LONG_LITERAL) {
        return FAIL_NODE(an, EXPRESSION_NOT_CONSTANT, node->index,
                         "Subscript expression on ROW requires a constant index");
    }
    int64_t index = NODE_CAST(LongLiteral, node->index)->value;
    if (index <= 0) {
        return FAIL_NODE(an, INVALID_FUNCTION_ARGUMENT, node->index,
                         "Invalid subscript index: %lld. ROW indices start at 1", (long long)index);
    }
    if (index > base->type->child_count) {
        return FAIL_NODE(an, INVALID_FUNCTION_ARGUMENT, node->index,
                         "Subscript index out of bounds: %lld, max value is %d", (long long)index,
                         (int)base->type->child_count);
    }
    *ret_expr = at_node((Expr *)row_field(an, base, (int32_t)index - 1), &node->node);
    return OK;
}

Status analyze_subscript(const ExpressionContext *context, const SubscriptExpression *node,
                         const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr *operands[2];
    TRY(analyze_expression(context, node->base, &operands[0]));
    if (operands[0]->type->kind == TYPE_ROW) {
        return row_subscript(an, node, operands[0], ret_expr);
    }
    TRY(analyze_expression(context, node->index, &operands[1]));
    return call_function(an, "$operator$subscript", 2, operands, &node->node, ret_expr);
}

/* ---- functions with a syntax of their own ---- */

Status analyze_trim(const ExpressionContext *context, const Trim *node, const Expr **ret_expr) {
    static const char *const names[] = {
        [TRIM_BOTH] = "trim", [TRIM_LEADING] = "ltrim", [TRIM_TRAILING] = "rtrim"};
    const Expr *operands[2];
    TRY(analyze_expression(context, node->value, &operands[0]));
    int32_t count = 1;
    if (node->trim_character != NULL) {
        TRY(analyze_expression(context, node->trim_character, &operands[count++]));
    }
    return call_function(context->an, names[node->specification], count, operands, &node->node,
                         ret_expr);
}

/* format(pattern, values...): the values travel as one row. */
Status analyze_format(const ExpressionContext *context, const Format *node, const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr **arguments;
    TRY(analyze_list(context, &node->arguments, &arguments));
    if (arguments[0]->type->kind != TYPE_VARCHAR) {
        return FAIL_NODE(an, TYPE_MISMATCH, node->arguments.items[0],
                         "Type of first argument to format() must be VARCHAR (actual: %s)",
                         arguments[0]->type->name);
    }
    int32_t count = node->arguments.count - 1;
    const Type **types = arena_new_array(an->arena, const Type *, count);
    for (int32_t i = 0; i < count; i++) {
        types[i] = arguments[i + 1]->type;
    }
    const Expr *operands[2] = {arguments[0]};
    operands[1] =
        expr_special(an->arena, EXPR_ROW, type_row(count, types, NULL), count, arguments + 1);
    return call_function(an, "$format", 2, operands, &node->node, ret_expr);
}
