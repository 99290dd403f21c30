/*
 * Expressions by precedence: OR, AND, NOT, one predicate, then value expressions (||, + -, * / %,
 * sign, AT TIME ZONE).
 *
 * Chains of operators of one level are loops, so a thousand operands cost no stack; AND and OR are
 * n-ary nodes. Predicates do not chain: `a = b = c` is not an expression.
 */
#include "parser_internal.h"

enum { LEVEL_CONCATENATION = 1, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_SIGN, LEVEL_ZONE };

static Status parse_value(Parser *p, int min_level, Node **ret_node);

/* ---- value expressions ---- */

static int binary_level(const Parser *p) {
    switch (peek(p)) {
    case TOKEN_CONCAT:
        return LEVEL_CONCATENATION;
    case TOKEN_PLUS:
    case TOKEN_MINUS:
        return LEVEL_SUM;
    case TOKEN_ASTERISK:
    case TOKEN_SLASH:
    case TOKEN_PERCENT:
        return LEVEL_PRODUCT;
    case KEYWORD_AT:
        return peek_at(p, 1) == KEYWORD_TIME && peek_at(p, 2) == KEYWORD_ZONE ? LEVEL_ZONE : 0;
    default:
        return 0;
    }
}

static ArithmeticOperator arithmetic_operator(TokenKind kind) {
    switch (kind) {
    case TOKEN_PLUS:
        return ARITHMETIC_ADD;
    case TOKEN_MINUS:
        return ARITHMETIC_SUBTRACT;
    case TOKEN_ASTERISK:
        return ARITHMETIC_MULTIPLY;
    case TOKEN_SLASH:
        return ARITHMETIC_DIVIDE;
    default:
        return ARITHMETIC_MODULUS;
    }
}

static Status parse_time_zone(Parser *p, const Token *at, Node *value, Node **ret_node) {
    AtTimeZone *node = NODE_AT(p, AtTimeZone, at);
    node->value = value;
    if (peek(p) == KEYWORD_INTERVAL) {
        IntervalLiteral *interval;
        TRY(parse_interval(p, &interval));
        node->time_zone = &interval->node;
    } else {
        StringLiteral *zone;
        TRY(parse_string(p, &zone));
        node->time_zone = &zone->node;
    }
    *ret_node = &node->node;
    return OK;
}

/* The operator at the current token with its right operand, over `left`. */
static Status parse_binary(Parser *p, int level, Node *left, Node **ret_node) {
    const Token *at = current(p);
    advance(p);
    if (level == LEVEL_ZONE) {
        TRY(expect_two(p, KEYWORD_TIME, KEYWORD_ZONE));
        return parse_time_zone(p, at, left, ret_node);
    }
    Node *right;
    TRY(parse_value(p, level + 1, &right));
    if (at->kind == TOKEN_CONCAT) {
        FunctionCall *call = NODE_AT(p, FunctionCall, at);
        call->name = qualified_name_of(p, "concat", at);
        list_append(p, &call->arguments, left);
        list_append(p, &call->arguments, right);
        *ret_node = &call->node;
        return OK;
    }
    ArithmeticBinaryExpression *node = NODE_AT(p, ArithmeticBinaryExpression, at);
    node->operator = arithmetic_operator(at->kind);
    node->left = left;
    node->right = right;
    *ret_node = &node->node;
    return OK;
}

static bool at_number(const Parser *p) {
    TokenKind kind = peek(p) == TOKEN_MINUS ? peek_at(p, 1) : peek(p);
    return kind == TOKEN_INTEGER_VALUE || kind == TOKEN_DECIMAL_VALUE || kind == TOKEN_DOUBLE_VALUE;
}

/* A sign directly before a number belongs to the number. */
static Status parse_sign(Parser *p, Node **ret_node) {
    bool is_sign = (peek(p) == TOKEN_MINUS && !at_number(p)) || peek(p) == TOKEN_PLUS;
    if (!is_sign) {
        return parse_primary_expression(p, ret_node);
    }
    TRY(enter(p));
    ArithmeticUnaryExpression *node = NODE_AT(p, ArithmeticUnaryExpression, current(p));
    node->negative = peek(p) == TOKEN_MINUS;
    advance(p);
    TRY(parse_value(p, LEVEL_SIGN, &node->value));
    leave(p);
    *ret_node = &node->node;
    return OK;
}

static Status parse_value(Parser *p, int min_level, Node **ret_node) {
    Node *left;
    int32_t links = 0;
    TRY(parse_sign(p, &left));
    for (;;) {
        int level = binary_level(p);
        if (level == 0 || level < min_level) {
            break;
        }
        TRY(count_link(p, &links));
        TRY(parse_binary(p, level, left, &left));
    }
    *ret_node = left;
    return OK;
}

Status parse_value_expression(Parser *p, Node **ret_node) {
    return parse_value(p, 0, ret_node);
}

/* ---- predicates ---- */

static bool comparison_operator(TokenKind kind, ComparisonOperator *ret_operator) {
    switch (kind) {
    case TOKEN_EQ:
        *ret_operator = COMPARISON_EQUAL;
        return true;
    case TOKEN_NEQ:
        *ret_operator = COMPARISON_NOT_EQUAL;
        return true;
    case TOKEN_LT:
        *ret_operator = COMPARISON_LESS_THAN;
        return true;
    case TOKEN_LTE:
        *ret_operator = COMPARISON_LESS_THAN_OR_EQUAL;
        return true;
    case TOKEN_GT:
        *ret_operator = COMPARISON_GREATER_THAN;
        return true;
    case TOKEN_GTE:
        *ret_operator = COMPARISON_GREATER_THAN_OR_EQUAL;
        return true;
    default:
        return false;
    }
}

/* '(' query ')' as an expression whose position is that of the query. */
static Status parse_subquery_operand(Parser *p, Node **ret_node) {
    TRY(expect(p, TOKEN_LEFT_PAREN));
    SubqueryExpression *subquery = NODE_AT(p, SubqueryExpression, current(p));
    TRY(parse_query(p, &subquery->query));
    TRY(expect(p, TOKEN_RIGHT_PAREN));
    *ret_node = &subquery->node;
    return OK;
}

static bool at_quantified_subquery(const Parser *p) {
    bool quantifier = peek(p) == KEYWORD_ALL || peek(p) == KEYWORD_ANY || peek(p) == KEYWORD_SOME;
    return quantifier && is_query_paren(p, p->position + 1);
}

static Status parse_comparison(Parser *p, Node *value, Node **ret_node) {
    const Token *at = current(p);
    ComparisonOperator operator;
    if (!comparison_operator(at->kind, &operator)) {
        return unexpected(p);
    }
    advance(p);
    if (at_quantified_subquery(p)) {
        QuantifiedComparisonExpression *node = NODE_AT(p, QuantifiedComparisonExpression, at);
        node->operator = operator;
        node->quantifier = peek(p) == KEYWORD_ALL   ? QUANTIFIER_ALL
                           : peek(p) == KEYWORD_ANY ? QUANTIFIER_ANY
                                                    : QUANTIFIER_SOME;
        advance(p);
        node->value = value;
        TRY(parse_subquery_operand(p, &node->subquery));
        *ret_node = &node->node;
        return OK;
    }
    ComparisonExpression *node = NODE_AT(p, ComparisonExpression, at);
    node->operator = operator;
    node->left = value;
    TRY(parse_value_expression(p, &node->right));
    *ret_node = &node->node;
    return OK;
}

static Status parse_between(Parser *p, const Token *at, Node *value, Node **ret_node) {
    BetweenPredicate *node = NODE_AT(p, BetweenPredicate, at);
    node->value = value;
    TRY(parse_value_expression(p, &node->min));
    TRY(expect(p, KEYWORD_AND));
    TRY(parse_value_expression(p, &node->max));
    *ret_node = &node->node;
    return OK;
}

/* `IN ((query))` is a list with one scalar subquery, as the list is tried first. */
static bool at_in_subquery(const Parser *p) {
    if (!is_query_paren(p, p->position)) {
        return false;
    }
    if (peek_at(p, 1) != TOKEN_LEFT_PAREN) {
        return true;
    }
    int32_t inner_end = p->match[p->position + 1];
    return inner_end < 0 || p->list.tokens[inner_end + 1].kind != TOKEN_RIGHT_PAREN;
}

static Status parse_in(Parser *p, const Token *at, Node *value, Node **ret_node) {
    InPredicate *node = NODE_AT(p, InPredicate, at);
    node->value = value;
    if (at_in_subquery(p)) {
        TRY(parse_subquery_operand(p, &node->value_list));
    } else {
        InListExpression *list = NODE_AT(p, InListExpression, at);
        TRY(parse_parenthesized_list(p, parse_expression_rule, &list->values));
        node->value_list = &list->node;
    }
    *ret_node = &node->node;
    return OK;
}

static Status parse_like(Parser *p, const Token *at, Node *value, Node **ret_node) {
    LikePredicate *node = NODE_AT(p, LikePredicate, at);
    node->value = value;
    TRY(parse_value_expression(p, &node->pattern));
    if (accept(p, KEYWORD_ESCAPE)) {
        TRY(parse_value_expression(p, &node->escape));
    }
    *ret_node = &node->node;
    return OK;
}

static Node *negate(Parser *p, const Token *at, Node *value) {
    NotExpression *node = NODE_AT(p, NotExpression, at);
    node->value = value;
    return &node->node;
}

static Status parse_is(Parser *p, const Token *at, Node *value, Node **ret_node) {
    bool negated = accept(p, KEYWORD_NOT);
    if (accept(p, KEYWORD_NULL)) {
        if (negated) {
            IsNotNullPredicate *node = NODE_AT(p, IsNotNullPredicate, at);
            node->value = value;
            *ret_node = &node->node;
        } else {
            IsNullPredicate *node = NODE_AT(p, IsNullPredicate, at);
            node->value = value;
            *ret_node = &node->node;
        }
        return OK;
    }
    TRY(expect_two(p, KEYWORD_DISTINCT, KEYWORD_FROM));
    ComparisonExpression *node = NODE_AT(p, ComparisonExpression, at);
    node->operator = COMPARISON_IS_DISTINCT_FROM;
    node->left = value;
    TRY(parse_value_expression(p, &node->right));
    *ret_node = negated ? negate(p, at, &node->node) : &node->node;
    return OK;
}

static Status parse_negatable(Parser *p, const Token *at, Node *value, Node **ret_node) {
    switch (peek(p)) {
    case KEYWORD_BETWEEN:
        advance(p);
        return parse_between(p, at, value, ret_node);
    case KEYWORD_IN:
        advance(p);
        return parse_in(p, at, value, ret_node);
    case KEYWORD_LIKE:
        advance(p);
        return parse_like(p, at, value, ret_node);
    default:
        return unexpected(p);
    }
}

/* The predicate after `value`, if one follows. */
static Status parse_predicate(Parser *p, Node *value, Node **ret_node) {
    const Token *at = current(p);
    ComparisonOperator operator;
    switch (at->kind) {
    case KEYWORD_NOT:
        advance(p);
        TRY(parse_negatable(p, at, value, ret_node));
        *ret_node = negate(p, at, *ret_node);
        return OK;
    case KEYWORD_IN:
        /* POSITION(a IN b): the IN is not a predicate's unless a parenthesis follows. */
    case KEYWORD_BETWEEN:
    case KEYWORD_LIKE:
        return parse_negatable(p, at, value, ret_node);
    case KEYWORD_IS:
        advance(p);
        return parse_is(p, at, value, ret_node);
    default:
        if (comparison_operator(at->kind, &operator)) {
            return parse_comparison(p, value, ret_node);
        }
        *ret_node = value;
        return OK;
    }
}

/* ---- logic ---- */

/* One operand of AND: NOT ... or a predicate. `value`, when not NULL, is its first value
 * expression. */
static Status parse_not(Parser *p, Node *value, Node **ret_node) {
    if (value == NULL && peek(p) == KEYWORD_NOT) {
        TRY(enter(p));
        const Token *at = current(p);
        advance(p);
        TRY(parse_not(p, NULL, ret_node));
        leave(p);
        *ret_node = negate(p, at, *ret_node);
        return OK;
    }
    if (value == NULL) {
        TRY(parse_value_expression(p, &value));
    }
    return parse_predicate(p, value, ret_node);
}

typedef Status (*LogicalOperand)(Parser *p, int32_t start, Node *value, Node **ret_node);

/* operand (keyword operand)*, one flat node if there are two or more. Its position is that of token
 * `start`. */
static Status parse_logical(Parser *p, LogicalOperator operator, TokenKind keyword,
                            LogicalOperand operand, int32_t start, Node *value, Node **ret_node) {
    Node *first;
    TRY(operand(p, start, value, &first));
    if (peek(p) != keyword) {
        *ret_node = first;
        return OK;
    }
    LogicalExpression *node = NODE_AT(p, LogicalExpression, &p->list.tokens[start]);
    node->operator = operator;
    list_append(p, &node->terms, first);
    while (accept(p, keyword)) {
        Node *term;
        TRY(operand(p, p->position, NULL, &term));
        list_append(p, &node->terms, term);
    }
    *ret_node = &node->node;
    return OK;
}

static Status parse_and_operand(Parser *p, int32_t start, Node *value, Node **ret_node) {
    (void)start;
    return parse_not(p, value, ret_node);
}

static Status parse_or_operand(Parser *p, int32_t start, Node *value, Node **ret_node) {
    return parse_logical(p, LOGICAL_AND, KEYWORD_AND, parse_and_operand, start, value, ret_node);
}

Status parse_expression_after_value(Parser *p, int32_t start, Node *value, Node **ret_node) {
    return parse_logical(p, LOGICAL_OR, KEYWORD_OR, parse_or_operand, start, value, ret_node);
}

Status parse_expression_rule(Parser *p, Node **ret_node) {
    TRY(enter(p));
    TRY(parse_expression_after_value(p, p->position, NULL, ret_node));
    leave(p);
    return OK;
}
