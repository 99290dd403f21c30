/*
 * Expressions: the choice by kind of node, names, arithmetic, comparisons, logic and predicates.
 *
 * Operands are analyzed first, in text order, then the operator is resolved and its operands cast.
 * Chains of binary operators nest to the left and may be long, so their spine is walked in a loop;
 * everything else recurses under a guard.
 */
#include "analyze/expression.h"

#include "sql/formatter.h"
#include "type/coercion.h"

enum { DEPTH_MAX = 2200, CHAIN_MAX = 8000 };

Status analyzer_enter(Analyzer *an) {
    if (an->depth >= DEPTH_MAX) {
        return FAIL(an->cx, STACK_OVERFLOW,
                    "statement is too large (stack overflow during analysis)");
    }
    an->depth++;
    return OK;
}

const Expr *at_node(Expr *expr, const Node *node) {
    expr->line = node->line;
    expr->column = node->column;
    return expr;
}

const Expr *coerce(Analyzer *an, const Expr *expr, const Type *type) {
    if (expr->type == type) {
        return expr;
    }
    bool is_null = expr->kind == EXPR_CONSTANT && expr_is_constant_null(expr);
    for (DescribedParameter *p = an->described; p != NULL && is_null; p = p->next) {
        p->type = p->expr == expr ? type : p->type;
    }
    Expr *result = is_null ? expr_null(an->arena, type) : expr_cast(an->arena, expr, type);
    result->line = expr->line;
    result->column = expr->column;
    return result;
}

Status require_boolean(Analyzer *an, const Node *node, const char *what, const Expr **expr) {
    const Type *type = (*expr)->type;
    if (type->kind != TYPE_BOOLEAN && type->kind != TYPE_UNKNOWN) {
        return FAIL_NODE(an, TYPE_MISMATCH, node, "%s must evaluate to a boolean (actual: %s)",
                         what, type->name);
    }
    *expr = coerce(an, *expr, type_simple(TYPE_BOOLEAN));
    return OK;
}

Status analyze_predicate(const ExpressionContext *context, const Node *node, const char *clause,
                         const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr *expr;
    TRY(analyze_expression(context, node, &expr));
    if (expr->type->kind != TYPE_BOOLEAN && expr->type->kind != TYPE_UNKNOWN) {
        return FAIL_NODE(an, TYPE_MISMATCH, node, "%s must evaluate to a boolean: actual type %s",
                         clause, expr->type->name);
    }
    *ret_expr = coerce(an, expr, type_simple(TYPE_BOOLEAN));
    return OK;
}

/* "[integer, varchar(1)]": the types in order, each once. */
static const char *distinct_types_text(Analyzer *an, int32_t count, const Expr **exprs) {
    const char *text = "[";
    for (int32_t i = 0; i < count; i++) {
        bool seen = false;
        for (int32_t j = 0; j < i; j++) {
            seen = seen || exprs[j]->type == exprs[i]->type;
        }
        if (!seen) {
            text = arena_printf(an->arena, "%s%s%s", text, i > 0 ? ", " : "", exprs[i]->type->name);
        }
    }
    return arena_printf(an->arena, "%s]", text);
}

Status coerce_to_common(Analyzer *an, const char *what, int32_t count, const Node *const *nodes,
                        const Expr **exprs, const Type **ret_type) {
    const Type *common = type_simple(TYPE_UNKNOWN);
    for (int32_t i = 0; i < count; i++) {
        const Type *next = type_common_super(common, exprs[i]->type);
        if (next == NULL) {
            return FAIL_NODE(an, TYPE_MISMATCH, nodes[i],
                             "%s must be the same type or coercible to a common type. Cannot find "
                             "common type between %s and %s, all types (without duplicates): %s",
                             what, common->name, exprs[i]->type->name,
                             distinct_types_text(an, count, exprs));
        }
        common = next;
    }
    for (int32_t i = 0; i < count; i++) {
        exprs[i] = coerce(an, exprs[i], common);
    }
    *ret_type = common;
    return OK;
}

Status call_function(Analyzer *an, const char *name, int32_t count, const Expr *const *arguments,
                     const Node *node, const Expr **ret_expr) {
    const Type **types = arena_new_array(an->arena, const Type *, count);
    const Expr **coerced = arena_new_array(an->arena, const Expr *, count);
    for (int32_t i = 0; i < count; i++) {
        types[i] = arguments[i]->type;
    }
    ResolvedFunction *function;
    TRY(function_resolve(an->cx, name, 1u << FUNCTION_SCALAR, count, types, node->line,
                         node->column, &function));
    for (int32_t i = 0; i < count; i++) {
        coerced[i] = coerce(an, arguments[i], function->argument_types[i]);
    }
    *ret_expr = at_node(expr_call(an->arena, function, count, coerced), node);
    return OK;
}

/* ---- names ---- */

static Status use_field(const ExpressionContext *context, const Node *node, ResolvedName name,
                        const Expr **ret_expr) {
    Analyzer *an = context->an;
    if (!name.is_local && an->correlation_refused) {
        return FAIL_NODE(an, NOT_SUPPORTED, node,
                         "Reference to column '%s' from outer scope not allowed in this context",
                         format_expression(an->arena, node));
    }
    *ret_expr = at_node(expr_symbol(an->arena, name.field->symbol), node);
    return OK;
}

Status analyze_identifier(const ExpressionContext *context, const Identifier *node,
                          const Expr **ret_expr) {
    NameChain chain = {.count = 1, .parts = {node->value}};
    ResolvedName name;
    TRY(scope_resolve(context->an, context->scope, &node->node, &chain, &name));
    if (name.field == NULL) {
        return FAIL_NODE(context->an, COLUMN_NOT_FOUND, &node->node,
                         "Column '%s' cannot be resolved", name_chain_text(context->an, &chain));
    }
    return use_field(context, &node->node, name, ret_expr);
}

const Expr *row_field(Analyzer *an, const Expr *row, int32_t index) {
    if (row->kind == EXPR_ROW) {
        return row->arguments[index];
    }
    Expr *expr = expr_special(an->arena, EXPR_FIELD, row->type->children[index], 1, &row);
    expr->field_index = index;
    expr->line = row->line;
    expr->column = row->column;
    return expr;
}

static Status find_row_field(Analyzer *an, const DereferenceExpression *node, const Expr *base,
                             const Expr **ret_expr) {
    const Type *type = base->type;
    if (type->kind != TYPE_ROW) {
        return FAIL_NODE(an, TYPE_MISMATCH, node->base, "Expression %s is not of type ROW",
                         format_expression(an->arena, node->base));
    }
    int32_t found = -1;
    for (int32_t i = 0; i < type->child_count; i++) {
        const char *name = type->field_names == NULL ? NULL : type->field_names[i];
        if (name == NULL || !names_equal(name, node->field->value)) {
            continue;
        }
        if (found >= 0) {
            return FAIL_NODE(an, AMBIGUOUS_NAME, &node->field->node,
                             "Ambiguous row field reference: %s", node->field->value);
        }
        found = i;
    }
    if (found < 0) {
        NameChain chain;
        const char *name =
            name_chain_of(&node->node, &chain) ? name_chain_text(an, &chain) : node->field->value;
        return FAIL_NODE(an, INVALID_COLUMN_REFERENCE, &node->node,
                         "Column reference '%s' is invalid", name);
    }
    *ret_expr = at_node((Expr *)row_field(an, base, found), &node->node);
    return OK;
}

Status analyze_dereference(const ExpressionContext *context, const DereferenceExpression *node,
                           const Expr **ret_expr) {
    Analyzer *an = context->an;
    if (node->field == NULL) {
        return FAIL_NODE(an, NOT_SUPPORTED, &node->node,
                         "<identifier>.* not allowed in this context");
    }
    NameChain chain;
    if (name_chain_of(&node->node, &chain)) {
        ResolvedName name;
        TRY(scope_resolve(an, context->scope, &node->node, &chain, &name));
        if (name.field != NULL) {
            return use_field(context, &node->node, name, ret_expr);
        }
        if (!scope_has_prefix(context->scope, &chain)) {
            return FAIL_NODE(an, COLUMN_NOT_FOUND, &node->node, "Column '%s' cannot be resolved",
                             name_chain_text(an, &chain));
        }
    }
    const Expr *base;
    TRY(analyze_expression(context, node->base, &base));
    return find_row_field(an, node, base, ret_expr);
}

/* ---- arithmetic ---- */

static const char *const ARITHMETIC_FUNCTIONS[] = {
    [ARITHMETIC_ADD] = "$operator$add",           [ARITHMETIC_SUBTRACT] = "$operator$subtract",
    [ARITHMETIC_MULTIPLY] = "$operator$multiply", [ARITHMETIC_DIVIDE] = "$operator$divide",
    [ARITHMETIC_MODULUS] = "$operator$modulus",
};

static Status analyze_arithmetic(const ExpressionContext *context, const Node *node,
                                 const Expr **ret_expr) {
    Analyzer *an = context->an;
    int32_t count = 0, capacity = 8;
    const ArithmeticBinaryExpression **spine =
        arena_new_array(an->arena, const ArithmeticBinaryExpression *, capacity);
    while (node->kind == NODE_ARITHMETIC_BINARY_EXPRESSION) {
        if (count == CHAIN_MAX) {
            return FAIL(an->cx, STACK_OVERFLOW,
                        "statement is too large (stack overflow during analysis)");
        }
        if (count == capacity) {
            const ArithmeticBinaryExpression **larger =
                arena_new_array(an->arena, const ArithmeticBinaryExpression *, 2 * capacity);
            memcpy(larger, spine, sizeof *spine * (size_t)count);
            spine = larger;
            capacity *= 2;
        }
        spine[count++] = NODE_CAST(ArithmeticBinaryExpression, node);
        node = spine[count - 1]->left;
    }
    const Expr *operands[2];
    TRY(analyze_expression(context, node, &operands[0]));
    while (count-- > 0) {
        TRY(analyze_expression(context, spine[count]->right, &operands[1]));
        TRY(call_function(an, ARITHMETIC_FUNCTIONS[spine[count]->operator], 2, operands,
                          &spine[count]->node, &operands[0]));
    }
    *ret_expr = operands[0];
    return OK;
}

/* Unary plus is for fewer types than minus. */
static bool takes_plus(const Type *type) {
    return type->kind >= TYPE_TINYINT && type->kind <= TYPE_DOUBLE;
}

static Status analyze_unary(const ExpressionContext *context, const ArithmeticUnaryExpression *node,
                            const Expr **ret_expr) {
    const Expr *value;
    TRY(analyze_expression(context, node->value, &value));
    if (node->negative) {
        return call_function(context->an, "$operator$negation", 1, &value, &node->node, ret_expr);
    }
    if (!takes_plus(value->type)) {
        return FAIL_NODE(context->an, TYPE_MISMATCH, &node->node,
                         "Unary '+' operator cannot by applied to %s type", value->type->name);
    }
    *ret_expr = value;
    return OK;
}

/* ---- comparisons ---- */

const char *comparison_symbol(Comparison comparison) {
    static const char *const symbols[] = {"=", "<>", "<", "<=", ">", ">=", "", ""};
    return symbols[comparison];
}

Comparison comparison_of(ComparisonOperator operator) {
    static const Comparison comparisons[] = {
        [COMPARISON_EQUAL] = COMPARE_EQUAL,
        [COMPARISON_NOT_EQUAL] = COMPARE_NOT_EQUAL,
        [COMPARISON_LESS_THAN] = COMPARE_LESS,
        [COMPARISON_LESS_THAN_OR_EQUAL] = COMPARE_LESS_OR_EQUAL,
        [COMPARISON_GREATER_THAN] = COMPARE_GREATER,
        [COMPARISON_GREATER_THAN_OR_EQUAL] = COMPARE_GREATER_OR_EQUAL,
        [COMPARISON_IS_DISTINCT_FROM] = COMPARE_DISTINCT,
    };
    return comparisons[operator];
}

static bool is_ordering(Comparison comparison) {
    return comparison >= COMPARE_LESS && comparison <= COMPARE_GREATER_OR_EQUAL;
}

Status compare(Analyzer *an, Comparison comparison, const Expr *left, const Expr *right,
               const Node *node, const Expr **ret_expr) {
    const Type *common = type_common_super(left->type, right->type);
    bool legal =
        common != NULL && (common->kind == TYPE_UNKNOWN ||
                           (is_ordering(comparison) ? common->orderable : common->comparable));
    if (!legal && comparison >= COMPARE_DISTINCT) {
        return FAIL_NODE(an, TYPE_MISMATCH, node, "Cannot check if %s is identical to %s",
                         left->type->name, right->type->name);
    }
    if (!legal) {
        return FAIL_NODE(an, TYPE_MISMATCH, node, "Cannot apply operator: %s %s %s",
                         left->type->name, comparison_symbol(comparison), right->type->name);
    }
    *ret_expr = at_node(
        expr_comparison(an->arena, comparison, coerce(an, left, common), coerce(an, right, common)),
        node);
    return OK;
}

static Status analyze_comparison(const ExpressionContext *context, const ComparisonExpression *node,
                                 const Expr **ret_expr) {
    const Expr *left, *right;
    TRY(analyze_expression(context, node->left, &left));
    TRY(analyze_expression(context, node->right, &right));
    return compare(context->an, comparison_of(node->operator), left, right, &node->node, ret_expr);
}

static Status analyze_between(const ExpressionContext *context, const BetweenPredicate *node,
                              const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr *operands[3];
    TRY(analyze_expression(context, node->value, &operands[0]));
    TRY(analyze_expression(context, node->min, &operands[1]));
    TRY(analyze_expression(context, node->max, &operands[2]));
    const Type *common = type_common_super(operands[0]->type, operands[1]->type);
    common = common == NULL ? NULL : type_common_super(common, operands[2]->type);
    if (common == NULL || !(common->orderable || common->kind == TYPE_UNKNOWN)) {
        return FAIL_NODE(an, TYPE_MISMATCH, &node->node, "Cannot check if %s is BETWEEN %s and %s",
                         operands[0]->type->name, operands[1]->type->name, operands[2]->type->name);
    }
    for (int i = 0; i < 3; i++) {
        operands[i] = coerce(an, operands[i], common);
    }
    *ret_expr = at_node(
        expr_special(an->arena, EXPR_BETWEEN, type_simple(TYPE_BOOLEAN), 3, operands), &node->node);
    return OK;
}

static Status analyze_in(const ExpressionContext *context, const InPredicate *node,
                         const Expr **ret_expr) {
    if (node->value_list->kind != NODE_IN_LIST_EXPRESSION) {
        return analyze_in_subquery(context, node, ret_expr);
    }
    Analyzer *an = context->an;
    const NodeList *list = &NODE_CAST(InListExpression, node->value_list)->values;
    int32_t count = list->count + 1;
    const Expr **operands = arena_new_array(an->arena, const Expr *, count);
    const Node **nodes = arena_new_array(an->arena, const Node *, count);
    nodes[0] = node->value;
    memcpy(nodes + 1, list->items, sizeof(Node *) * (size_t)list->count);
    for (int32_t i = 0; i < count; i++) {
        TRY(analyze_expression(context, nodes[i], &operands[i]));
    }
    const Type *common;
    TRY(coerce_to_common(an, "IN value and list items", count, nodes, operands, &common));
    if (!common->comparable && common->kind != TYPE_UNKNOWN) {
        return FAIL_NODE(an, TYPE_MISMATCH, &node->node, "Cannot apply operator: %s = %s",
                         common->name, common->name);
    }
    *ret_expr = at_node(
        expr_special(an->arena, EXPR_IN, type_simple(TYPE_BOOLEAN), count, operands), &node->node);
    return OK;
}

/* ---- logic ---- */

static Status analyze_logical(const ExpressionContext *context, const LogicalExpression *node,
                              const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr **terms = arena_new_array(an->arena, const Expr *, node->terms.count);
    for (int32_t i = 0; i < node->terms.count; i++) {
        const Node *term = node->terms.items[i];
        TRY(analyze_expression(context, term, &terms[i]));
        TRY(require_boolean(an, term, "Logical expression term", &terms[i]));
    }
    Expr *expr = node->operator== LOGICAL_AND ? expr_and(an->arena, node->terms.count, terms)
                                              : expr_or(an->arena, node->terms.count, terms);
    *ret_expr = at_node(expr, &node->node);
    return OK;
}

static Status analyze_not(const ExpressionContext *context, const NotExpression *node,
                          const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr *value;
    TRY(analyze_expression(context, node->value, &value));
    TRY(require_boolean(an, node->value, "Value of logical NOT expression", &value));
    if (value->kind == EXPR_COMPARISON && value->comparison == COMPARE_DISTINCT) {
        *ret_expr = at_node(
            expr_comparison(an->arena, COMPARE_IDENTICAL, value->arguments[0], value->arguments[1]),
            &node->node);
        return OK;
    }
    *ret_expr = at_node(expr_not(an->arena, value), &node->node);
    return OK;
}

static Status analyze_is_null(const ExpressionContext *context, const Node *node,
                              const Expr **ret_expr) {
    Analyzer *an = context->an;
    bool negated = node->kind == NODE_IS_NOT_NULL_PREDICATE;
    const Node *operand = negated ? NODE_CAST(IsNotNullPredicate, node)->value
                                  : NODE_CAST(IsNullPredicate, node)->value;
    const Expr *value;
    TRY(analyze_expression(context, operand, &value));
    const Expr *expr = at_node(expr_is_null(an->arena, value), node);
    *ret_expr = negated ? at_node(expr_not(an->arena, expr), node) : expr;
    return OK;
}

/* ---- parameters ---- */

const Type *described_parameter_type(const Analyzer *an, int64_t position) {
    const Type *type = type_simple(TYPE_UNKNOWN);
    for (const DescribedParameter *p = an->described; p != NULL; p = p->next) {
        type = p->position == position && p->type->kind != TYPE_UNKNOWN ? p->type : type;
    }
    return type;
}

static Status analyze_parameter(const ExpressionContext *context, const Parameter *node,
                                const Expr **ret_expr) {
    Analyzer *an = context->an;
    if (an->is_describing) {
        DescribedParameter *described = arena_new(an->arena, DescribedParameter);
        described->position = node->position;
        described->type = type_simple(TYPE_UNKNOWN);
        described->expr = at_node(expr_null(an->arena, described->type), &node->node);
        described->next = an->described;
        an->described = described;
        *ret_expr = described->expr;
        return OK;
    }
    if (node->position >= an->parameter_count) {
        return FAIL_NODE(an, INVALID_PARAMETER_USAGE, &node->node,
                         "Incorrect number of parameters: expected %d but found %d",
                         (int)node->position + 1, (int)an->parameter_count);
    }
    return analyze_without_columns(an, an->parameters[node->position], "Constant expression",
                                   ret_expr);
}

/* ---- the choice ---- */

static Status analyze_special(const ExpressionContext *context, const Node *node,
                              const Expr **ret_expr) {
    switch (node->kind) {
    case NODE_SIMPLE_CASE_EXPRESSION:
        return analyze_simple_case(context, NODE_CAST(SimpleCaseExpression, node), ret_expr);
    case NODE_SEARCHED_CASE_EXPRESSION:
        return analyze_searched_case(context, NODE_CAST(SearchedCaseExpression, node), ret_expr);
    case NODE_IF_EXPRESSION:
        return analyze_if(context, NODE_CAST(IfExpression, node), ret_expr);
    case NODE_COALESCE_EXPRESSION:
        return analyze_coalesce(context, NODE_CAST(CoalesceExpression, node), ret_expr);
    case NODE_NULLIF_EXPRESSION:
        return analyze_nullif(context, NODE_CAST(NullIfExpression, node), ret_expr);
    case NODE_TRY_EXPRESSION:
        return analyze_try(context, NODE_CAST(TryExpression, node), ret_expr);
    case NODE_SUBSCRIPT_EXPRESSION:
        return analyze_subscript(context, NODE_CAST(SubscriptExpression, node), ret_expr);
    case NODE_ROW_CONSTRUCTOR:
        return analyze_row(context, NODE_CAST(RowConstructor, node), ret_expr);
    case NODE_ARRAY_CONSTRUCTOR:
        return analyze_array(context, NODE_CAST(ArrayConstructor, node), ret_expr);
    case NODE_EXTRACT:
        return analyze_extract(context, NODE_CAST(Extract, node), ret_expr);
    case NODE_AT_TIME_ZONE:
        return analyze_at_time_zone(context, NODE_CAST(AtTimeZone, node), ret_expr);
    case NODE_TRIM:
        return analyze_trim(context, NODE_CAST(Trim, node), ret_expr);
    case NODE_FORMAT:
        return analyze_format(context, NODE_CAST(Format, node), ret_expr);
    case NODE_GROUPING_OPERATION:
        return analyze_grouping(context, NODE_CAST(GroupingOperation, node), ret_expr);
    case NODE_PARAMETER:
        return analyze_parameter(context, NODE_CAST(Parameter, node), ret_expr);
    case NODE_JSON_EXISTS:
    case NODE_JSON_VALUE:
    case NODE_JSON_QUERY:
    case NODE_JSON_OBJECT:
    case NODE_JSON_ARRAY:
        return analyze_json(context, node, ret_expr);
    case NODE_CURRENT_DATE:
    case NODE_CURRENT_TIME:
    case NODE_CURRENT_TIMESTAMP:
    case NODE_LOCAL_TIME:
    case NODE_LOCAL_TIMESTAMP:
    case NODE_CURRENT_USER:
    case NODE_CURRENT_CATALOG:
    case NODE_CURRENT_SCHEMA:
    case NODE_CURRENT_PATH:
        return analyze_current(context->an, node, ret_expr);
    case NODE_LAMBDA_EXPRESSION:
        return FAIL_NODE(context->an, TYPE_MISMATCH, node,
                         "Lambda expression should always be used inside a function");
    case NODE_WINDOW_OPERATION:
        return FAIL_NODE(context->an, NOT_SUPPORTED, node,
                         "Row pattern measures are not supported");
    default:
        return FAIL_NODE(context->an, NOT_SUPPORTED, node, "not yet implemented: %s",
                         node_kind_name(node->kind));
    }
}

static Status choose(const ExpressionContext *context, const Node *node, const Expr **ret_expr) {
    switch (node->kind) {
    case NODE_IDENTIFIER:
        return analyze_identifier(context, NODE_CAST(Identifier, node), ret_expr);
    case NODE_DEREFERENCE_EXPRESSION:
        return analyze_dereference(context, NODE_CAST(DereferenceExpression, node), ret_expr);
    case NODE_NULL_LITERAL:
    case NODE_BOOLEAN_LITERAL:
    case NODE_STRING_LITERAL:
    case NODE_BINARY_LITERAL:
    case NODE_LONG_LITERAL:
    case NODE_DECIMAL_LITERAL:
    case NODE_DOUBLE_LITERAL:
    case NODE_GENERIC_LITERAL:
    case NODE_INTERVAL_LITERAL:
        return analyze_literal(context->an, node, ret_expr);
    case NODE_ARITHMETIC_BINARY_EXPRESSION:
        return analyze_arithmetic(context, node, ret_expr);
    case NODE_ARITHMETIC_UNARY_EXPRESSION:
        return analyze_unary(context, NODE_CAST(ArithmeticUnaryExpression, node), ret_expr);
    case NODE_COMPARISON_EXPRESSION:
        return analyze_comparison(context, NODE_CAST(ComparisonExpression, node), ret_expr);
    case NODE_QUANTIFIED_COMPARISON_EXPRESSION:
        return analyze_quantified(context, NODE_CAST(QuantifiedComparisonExpression, node),
                                  ret_expr);
    case NODE_LOGICAL_EXPRESSION:
        return analyze_logical(context, NODE_CAST(LogicalExpression, node), ret_expr);
    case NODE_NOT_EXPRESSION:
        return analyze_not(context, NODE_CAST(NotExpression, node), ret_expr);
    case NODE_BETWEEN_PREDICATE:
        return analyze_between(context, NODE_CAST(BetweenPredicate, node), ret_expr);
    case NODE_IN_PREDICATE:
        return analyze_in(context, NODE_CAST(InPredicate, node), ret_expr);
    case NODE_LIKE_PREDICATE:
        return analyze_like(context, NODE_CAST(LikePredicate, node), ret_expr);
    case NODE_IS_NULL_PREDICATE:
    case NODE_IS_NOT_NULL_PREDICATE:
        return analyze_is_null(context, node, ret_expr);
    case NODE_EXISTS_PREDICATE:
        return analyze_exists(context, NODE_CAST(ExistsPredicate, node), ret_expr);
    case NODE_SUBQUERY_EXPRESSION:
        return analyze_scalar_subquery(context, NODE_CAST(SubqueryExpression, node), ret_expr);
    case NODE_CAST:
        return analyze_cast(context, NODE_CAST(Cast, node), ret_expr);
    case NODE_FUNCTION_CALL:
        return analyze_function_call(context, NODE_CAST(FunctionCall, node), ret_expr);
    default:
        return analyze_special(context, node, ret_expr);
    }
}

Status analyze_expression(const ExpressionContext *context, const Node *node,
                          const Expr **ret_expr) {
    TRY(analyzer_enter(context->an));
    Status status = choose(context, node, ret_expr);
    analyzer_leave(context->an);
    return status;
}
