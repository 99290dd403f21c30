/*
 * Primary expressions: literals, names, constructors, CASE, CAST, subqueries, lambdas, and what
 * follows them: [i] and .f
 *
 * A '(' may open a query, a lambda's arguments, a row or just an expression; look-ahead decides
 * which before anything is consumed.
 */
#include "parser_internal.h"

#include <strings.h>

/* ---- lambdas ---- */

/* Is the '(' at the current token the start of `(a, b) -> ...`? */
static bool at_lambda_arguments(const Parser *p) {
    int32_t end = p->match[p->position];
    if (end < 0 || p->list.tokens[end + 1].kind != TOKEN_ARROW) {
        return false;
    }
    for (int32_t i = p->position + 1; i < end; i++) {
        bool is_name = (i - p->position) % 2 == 1;
        TokenKind kind = p->list.tokens[i].kind;
        if (is_name ? !is_identifier(kind) : kind != TOKEN_COMMA) {
            return false;
        }
    }
    return true;
}

static Status parse_lambda_argument(Parser *p, Node **ret_node) {
    LambdaArgumentDeclaration *argument = NODE_AT(p, LambdaArgumentDeclaration, current(p));
    TRY(parse_identifier(p, &argument->name));
    *ret_node = &argument->node;
    return OK;
}

static Status parse_lambda(Parser *p, Node **ret_node) {
    LambdaExpression *lambda = NODE_AT(p, LambdaExpression, current(p));
    if (peek(p) != TOKEN_LEFT_PAREN) {
        TRY(parse_list(p, parse_lambda_argument, &lambda->arguments));
    } else if (!accept_two(p, TOKEN_LEFT_PAREN, TOKEN_RIGHT_PAREN)) {
        TRY(parse_parenthesized_list(p, parse_lambda_argument, &lambda->arguments));
    }
    TRY(expect(p, TOKEN_ARROW));
    TRY(parse_expression_rule(p, &lambda->body));
    *ret_node = &lambda->node;
    return OK;
}

/* ---- parentheses ---- */

static Status parse_parenthesis(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    if (at_lambda_arguments(p)) {
        return parse_lambda(p, ret_node);
    }
    if (is_query_paren(p, p->position)) {
        SubqueryExpression *subquery = NODE_AT(p, SubqueryExpression, at);
        advance(p);
        TRY(parse_query(p, &subquery->query));
        *ret_node = &subquery->node;
        return expect(p, TOKEN_RIGHT_PAREN);
    }
    advance(p);
    Node *first;
    TRY(parse_expression_rule(p, &first));
    if (accept(p, TOKEN_RIGHT_PAREN)) {
        *ret_node = first;
        return OK;
    }
    RowConstructor *row = NODE_AT(p, RowConstructor, at);
    list_append(p, &row->items, first);
    TRY(expect(p, TOKEN_COMMA));
    TRY(parse_list(p, parse_expression_rule, &row->items));
    *ret_node = &row->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

static Status parse_row(Parser *p, Node **ret_node) {
    RowConstructor *row = NODE_AT(p, RowConstructor, current(p));
    advance(p);
    TRY(parse_parenthesized_list(p, parse_expression_rule, &row->items));
    *ret_node = &row->node;
    return OK;
}

/* ARRAY[...] and [...] */
static Status parse_array(Parser *p, Node **ret_node) {
    ArrayConstructor *array = NODE_AT(p, ArrayConstructor, current(p));
    (void)accept(p, KEYWORD_ARRAY);
    TRY(expect(p, TOKEN_LEFT_BRACKET));
    if (peek(p) != TOKEN_RIGHT_BRACKET) {
        TRY(parse_list(p, parse_expression_rule, &array->values));
    }
    *ret_node = &array->node;
    return expect(p, TOKEN_RIGHT_BRACKET);
}

/* ---- CASE, CAST, EXISTS, GROUPING ---- */

static Status parse_when_clauses(Parser *p, NodeList *when_clauses, Node **ret_default) {
    do {
        WhenClause *when = NODE_AT(p, WhenClause, current(p));
        TRY(expect(p, KEYWORD_WHEN));
        TRY(parse_expression_rule(p, &when->operand));
        TRY(expect(p, KEYWORD_THEN));
        TRY(parse_expression_rule(p, &when->result));
        list_append(p, when_clauses, when);
    } while (peek(p) == KEYWORD_WHEN);
    if (accept(p, KEYWORD_ELSE)) {
        TRY(parse_expression_rule(p, ret_default));
    }
    return expect(p, KEYWORD_END);
}

static Status parse_case(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    advance(p);
    if (peek(p) == KEYWORD_WHEN) {
        SearchedCaseExpression *searched = NODE_AT(p, SearchedCaseExpression, at);
        *ret_node = &searched->node;
        return parse_when_clauses(p, &searched->when_clauses, &searched->default_value);
    }
    SimpleCaseExpression *simple = NODE_AT(p, SimpleCaseExpression, at);
    TRY(parse_expression_rule(p, &simple->operand));
    *ret_node = &simple->node;
    return parse_when_clauses(p, &simple->when_clauses, &simple->default_value);
}

static Status parse_cast(Parser *p, Node **ret_node) {
    Cast *cast = NODE_AT(p, Cast, current(p));
    cast->safe = peek(p) == KEYWORD_TRY_CAST;
    advance(p);
    TRY(expect(p, TOKEN_LEFT_PAREN));
    TRY(parse_expression_rule(p, &cast->expression));
    TRY(expect(p, KEYWORD_AS));
    TRY(parse_type_rule(p, &cast->type));
    *ret_node = &cast->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

static Status parse_exists(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    ExistsPredicate *exists = NODE_AT(p, ExistsPredicate, at);
    SubqueryExpression *subquery = NODE_AT(p, SubqueryExpression, at);
    advance(p);
    TRY(expect(p, TOKEN_LEFT_PAREN));
    TRY(parse_query(p, &subquery->query));
    exists->subquery = &subquery->node;
    *ret_node = &exists->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

static Status parse_grouping(Parser *p, Node **ret_node) {
    GroupingOperation *grouping = NODE_AT(p, GroupingOperation, current(p));
    advance(p);
    TRY(expect(p, TOKEN_LEFT_PAREN));
    if (peek(p) != TOKEN_RIGHT_PAREN) {
        TRY(parse_list(p, parse_qualified_name_node, &grouping->columns));
    }
    *ret_node = &grouping->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

/* ---- CURRENT_... ---- */

/* LOCALTIME(3) and the like: all these nodes have the same shape. */
static Status parse_with_precision(Parser *p, NodeKind kind, Node **ret_node) {
    const Token *at = current(p);
    LocalTime *node =
        (LocalTime *)node_create(p->arena, kind, sizeof(LocalTime), at->line, at->column);
    advance(p);
    if (accept(p, TOKEN_LEFT_PAREN)) {
        TRY(parse_integer(p, &node->precision));
        TRY(expect(p, TOKEN_RIGHT_PAREN));
    }
    *ret_node = &node->node;
    return OK;
}

_Static_assert(sizeof(LocalTime) == sizeof(CurrentTime) &&
                   sizeof(LocalTime) == sizeof(LocalTimestamp) &&
                   sizeof(LocalTime) == sizeof(CurrentTimestamp),
               "parse_with_precision makes all four");

static Status parse_bare(Parser *p, NodeKind kind, Node **ret_node) {
    const Token *at = current(p);
    *ret_node = node_create(p->arena, kind, sizeof(Node), at->line, at->column);
    advance(p);
    return OK;
}

/* ---- literals ---- */

static Status parse_generic_literal(Parser *p, int32_t type_tokens, Node **ret_node) {
    GenericLiteral *literal = NODE_AT(p, GenericLiteral, current(p));
    Identifier *type;
    TRY(parse_identifier(p, &type));
    for (int32_t i = 1; i < type_tokens; i++) {
        advance(p);
    }
    StringLiteral *text;
    TRY(parse_string(p, &text));
    literal->type = type->value;
    literal->value = text->value;
    literal->value_size = text->value_size;
    *ret_node = &literal->node;
    return OK;
}

static bool at_interval(const Parser *p) {
    if (peek(p) != KEYWORD_INTERVAL) {
        return false;
    }
    bool is_signed = peek_at(p, 1) == TOKEN_PLUS || peek_at(p, 1) == TOKEN_MINUS;
    int32_t string = is_signed ? 2 : 1;
    if (!is_string(peek_at(p, string))) {
        return false;
    }
    int32_t field = peek_at(p, string + 1) == KEYWORD_UESCAPE ? string + 3 : string + 1;
    switch (peek_at(p, field)) {
    case KEYWORD_YEAR:
    case KEYWORD_MONTH:
    case KEYWORD_DAY:
    case KEYWORD_HOUR:
    case KEYWORD_MINUTE:
    case KEYWORD_SECOND:
        return true;
    default:
        return false;
    }
}

static Status parse_parameter(Parser *p, Node **ret_node) {
    Parameter *parameter = NODE_AT(p, Parameter, current(p));
    parameter->position = p->parameter_count++;
    advance(p);
    *ret_node = &parameter->node;
    return OK;
}

static Status parse_string_node(Parser *p, Node **ret_node) {
    StringLiteral *literal;
    TRY(parse_string(p, &literal));
    *ret_node = &literal->node;
    return OK;
}

static Status parse_boolean(Parser *p, Node **ret_node) {
    BooleanLiteral *literal = NODE_AT(p, BooleanLiteral, current(p));
    literal->value = peek(p) == KEYWORD_TRUE;
    advance(p);
    *ret_node = &literal->node;
    return OK;
}

/* ---- names and calls ---- */

/* Is the current token the start of `a.b.c(`? */
static bool at_call(const Parser *p) {
    int32_t ahead = 0;
    while (is_identifier(peek_at(p, ahead)) && peek_at(p, ahead + 1) == TOKEN_DOT) {
        ahead += 2;
    }
    return is_identifier(peek_at(p, ahead)) && peek_at(p, ahead + 1) == TOKEN_LEFT_PAREN;
}

/* FINAL or RUNNING before a call. */
static bool at_processing_mode(const Parser *p) {
    return (peek(p) == KEYWORD_FINAL || peek(p) == KEYWORD_RUNNING) && is_identifier(peek_at(p, 1));
}

static Status parse_measure_over(Parser *p, Node **ret_node) {
    WindowOperation *node = NODE_AT(p, WindowOperation, current(p));
    TRY(parse_identifier(p, &node->name));
    *ret_node = &node->node;
    return parse_over(p, &node->window);
}

/* ROW(a, ...); but ROW() and ROW(t.*) are calls of a function by that name. */
static bool at_row(const Parser *p) {
    return peek(p) == KEYWORD_ROW && peek_at(p, 1) == TOKEN_LEFT_PAREN &&
           peek_at(p, 2) != TOKEN_RIGHT_PAREN &&
           !(peek_at(p, 3) == TOKEN_DOT && peek_at(p, 4) == TOKEN_ASTERISK);
}

static Status parse_name(Parser *p, Node **ret_node) {
    if (at_interval(p)) {
        IntervalLiteral *interval;
        TRY(parse_interval(p, &interval));
        *ret_node = &interval->node;
        return OK;
    }
    bool is_double_precision = peek(p) == KEYWORD_DOUBLE && peek_at(p, 1) == KEYWORD_PRECISION;
    if (is_double_precision && is_string(peek_at(p, 2))) {
        return parse_generic_literal(p, 2, ret_node);
    }
    if (is_string(peek_at(p, 1))) {
        return parse_generic_literal(p, 1, ret_node);
    }
    if (peek_at(p, 1) == TOKEN_ARROW) {
        return parse_lambda(p, ret_node);
    }
    if (peek(p) == KEYWORD_ARRAY && peek_at(p, 1) == TOKEN_LEFT_BRACKET) {
        return parse_array(p, ret_node);
    }
    if (at_row(p)) {
        return parse_row(p, ret_node);
    }
    bool special = false;
    if (peek_at(p, 1) == TOKEN_LEFT_PAREN) {
        if (peek(p) == KEYWORD_TRY_CAST) {
            return parse_cast(p, ret_node);
        }
        TRY(parse_special_function(p, ret_node, &special));
    }
    if (special) {
        return OK;
    }
    if (at_processing_mode(p) || at_call(p)) {
        return parse_function_call(p, ret_node);
    }
    advance(p);
    bool measure = at_over(p);
    p->position--;
    return measure ? parse_measure_over(p, ret_node) : parse_identifier_node(p, ret_node);
}

static Status parse_keyword(Parser *p, Node **ret_node) {
    bool special = false;
    switch (peek(p)) {
    case KEYWORD_NULL:
        return parse_bare(p, NODE_NULL_LITERAL, ret_node);
    case KEYWORD_TRUE:
    case KEYWORD_FALSE:
        return parse_boolean(p, ret_node);
    case KEYWORD_CASE:
        return parse_case(p, ret_node);
    case KEYWORD_CAST:
        return parse_cast(p, ret_node);
    case KEYWORD_EXISTS:
        return parse_exists(p, ret_node);
    case KEYWORD_GROUPING:
        return parse_grouping(p, ret_node);
    case KEYWORD_LISTAGG:
        return parse_listagg(p, ret_node);
    case KEYWORD_EXTRACT:
    case KEYWORD_NORMALIZE:
    case KEYWORD_TRIM:
        TRY(parse_special_function(p, ret_node, &special));
        return special ? OK : unexpected(p);
    case KEYWORD_JSON_ARRAY:
    case KEYWORD_JSON_EXISTS:
    case KEYWORD_JSON_OBJECT:
    case KEYWORD_JSON_QUERY:
    case KEYWORD_JSON_VALUE:
        return parse_json_function(p, ret_node);
    case KEYWORD_CURRENT_DATE:
        return parse_bare(p, NODE_CURRENT_DATE, ret_node);
    case KEYWORD_CURRENT_TIME:
        return parse_with_precision(p, NODE_CURRENT_TIME, ret_node);
    case KEYWORD_CURRENT_TIMESTAMP:
        return parse_with_precision(p, NODE_CURRENT_TIMESTAMP, ret_node);
    case KEYWORD_LOCALTIME:
        return parse_with_precision(p, NODE_LOCAL_TIME, ret_node);
    case KEYWORD_LOCALTIMESTAMP:
        return parse_with_precision(p, NODE_LOCAL_TIMESTAMP, ret_node);
    case KEYWORD_CURRENT_USER:
        return parse_bare(p, NODE_CURRENT_USER, ret_node);
    case KEYWORD_CURRENT_CATALOG:
        return parse_bare(p, NODE_CURRENT_CATALOG, ret_node);
    case KEYWORD_CURRENT_SCHEMA:
        return parse_bare(p, NODE_CURRENT_SCHEMA, ret_node);
    case KEYWORD_CURRENT_PATH:
        return parse_bare(p, NODE_CURRENT_PATH, ret_node);
    default:
        return unexpected(p);
    }
}

static Status parse_base(Parser *p, Node **ret_node) {
    switch (peek(p)) {
    case TOKEN_STRING:
    case TOKEN_UNICODE_STRING:
        return parse_string_node(p, ret_node);
    case TOKEN_BINARY_LITERAL:
        return parse_binary_literal(p, ret_node);
    case TOKEN_MINUS:
    case TOKEN_INTEGER_VALUE:
    case TOKEN_DECIMAL_VALUE:
    case TOKEN_DOUBLE_VALUE:
        return parse_number(p, ret_node);
    case TOKEN_QUESTION_MARK:
        return parse_parameter(p, ret_node);
    case TOKEN_LEFT_PAREN:
        return parse_parenthesis(p, ret_node);
    case TOKEN_LEFT_BRACKET:
        return parse_array(p, ret_node);
    default:
        return is_identifier(peek(p)) ? parse_name(p, ret_node) : parse_keyword(p, ret_node);
    }
}

Status parse_primary_expression(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    int32_t start = p->position;
    Node *node;
    int32_t links = 0;
    TRY(enter(p));
    TRY(parse_base(p, &node));
    for (;;) {
        TRY(count_link(p, &links));
        if (peek(p) == TOKEN_LEFT_BRACKET) {
            SubscriptExpression *subscript = NODE_AT(p, SubscriptExpression, at);
            advance(p);
            subscript->base = node;
            TRY(parse_value_expression(p, &subscript->index));
            TRY(expect(p, TOKEN_RIGHT_BRACKET));
            node = &subscript->node;
        } else if (peek(p) == TOKEN_DOT && peek_at(p, 1) != TOKEN_ASTERISK) {
            DereferenceExpression *dereference = NODE_AT(p, DereferenceExpression, at);
            advance(p);
            dereference->base = node;
            TRY(parse_identifier(p, &dereference->field));
            node = &dereference->node;
        } else {
            break;
        }
    }
    leave(p);
    p->primary_start = start;
    p->primary_end = p->position;
    *ret_node = node;
    return OK;
}
