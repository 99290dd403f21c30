/*
 * Queries: WITH, SELECT, VALUES, TABLE, set operations, and the clauses after them.
 *
 * INTERSECT binds tighter than UNION and EXCEPT, all to the left. ORDER BY, OFFSET and LIMIT after
 * a plain SELECT are part of that SELECT, as in Trino's tree; after anything else they are the
 * query's.
 */
#include "parser_internal.h"

/* ---- WITH ---- */

Status parse_column_aliases(Parser *p, NodeList *list) {
    return parse_parenthesized_list(p, parse_identifier_node, list);
}

static Status parse_with_query(Parser *p, Node **ret_node) {
    WithQuery *query = NODE_AT(p, WithQuery, current(p));
    TRY(parse_identifier(p, &query->name));
    if (peek(p) == TOKEN_LEFT_PAREN) {
        query->has_column_names = true;
        TRY(parse_column_aliases(p, &query->column_names));
    }
    TRY(expect_two(p, KEYWORD_AS, TOKEN_LEFT_PAREN));
    TRY(parse_query(p, &query->query));
    *ret_node = &query->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

Status parse_query(Parser *p, Query **ret_query) {
    if (peek(p) != KEYWORD_WITH) {
        return parse_query_no_with(p, ret_query);
    }
    const Token *at = current(p);
    With *with = NODE_AT(p, With, at);
    advance(p);
    with->recursive = accept(p, KEYWORD_RECURSIVE);
    TRY(enter(p));
    TRY(parse_list(p, parse_with_query, &with->queries));
    Query *query;
    TRY(parse_query_no_with(p, &query));
    leave(p);
    query->with = with;
    query->node.line = at->line;
    query->node.column = at->column;
    *ret_query = query;
    return OK;
}

static Status parse_function_node(Parser *p, Node **ret_node) {
    FunctionSpecification *function;
    TRY(parse_function_specification_rule(p, &function));
    *ret_node = &function->node;
    return OK;
}

/* WITH SESSION ..., WITH FUNCTION ..., then the query: allowed for whole statements only. */
Status parse_root_query(Parser *p, Query **ret_query) {
    const Token *at = current(p);
    NodeList session_properties = {0};
    NodeList functions = {0};
    /* A CTE may be called session or function: then AS or a column list follows. */
    TokenKind third = peek_at(p, 2);
    bool is_cte = third == KEYWORD_AS || third == TOKEN_LEFT_PAREN;
    if (!is_cte && accept_two(p, KEYWORD_WITH, KEYWORD_SESSION)) {
        TRY(parse_list(p, parse_session_property_node, &session_properties));
        third = peek_at(p, 2);
        is_cte = third == KEYWORD_AS || third == TOKEN_LEFT_PAREN;
    }
    if (!is_cte && peek(p) == KEYWORD_WITH && peek_at(p, 1) == KEYWORD_FUNCTION) {
        advance(p);
        TRY(parse_list(p, parse_function_node, &functions));
    }
    Query *query;
    TRY(parse_query(p, &query));
    query->session_properties = session_properties;
    query->functions = functions;
    query->node.line = at->line;
    query->node.column = at->column;
    *ret_query = query;
    return OK;
}

/* ---- ORDER BY, OFFSET, LIMIT ---- */

static Status parse_row_count(Parser *p, Node **ret_node) {
    if (peek(p) == TOKEN_QUESTION_MARK) {
        return parse_primary_expression(p, ret_node);
    }
    LongLiteral *count;
    TRY(parse_integer(p, &count));
    *ret_node = &count->node;
    return OK;
}

static Status parse_rows_word(Parser *p) {
    return accept(p, KEYWORD_ROW) || accept(p, KEYWORD_ROWS) ? OK : unexpected(p);
}

static Status parse_fetch_first(Parser *p, Node **ret_limit) {
    FetchFirst *fetch = NODE_AT(p, FetchFirst, current(p));
    TRY(expect(p, KEYWORD_FETCH));
    if (!accept(p, KEYWORD_NEXT)) {
        TRY(expect(p, KEYWORD_FIRST));
    }
    if (peek(p) == TOKEN_INTEGER_VALUE || peek(p) == TOKEN_QUESTION_MARK) {
        TRY(parse_row_count(p, &fetch->row_count));
    }
    TRY(parse_rows_word(p));
    *ret_limit = &fetch->node;
    if (accept(p, KEYWORD_ONLY)) {
        return OK;
    }
    fetch->with_ties = true;
    return expect_two(p, KEYWORD_WITH, KEYWORD_TIES);
}

static Status parse_limit(Parser *p, Node **ret_limit) {
    const Token *at = current(p);
    if (at->kind == KEYWORD_FETCH) {
        return parse_fetch_first(p, ret_limit);
    }
    if (!accept(p, KEYWORD_LIMIT)) {
        return OK;
    }
    Limit *limit = NODE_AT(p, Limit, at);
    *ret_limit = &limit->node;
    if (peek(p) == KEYWORD_ALL) {
        limit->row_count = &NODE_AT(p, AllRows, current(p))->node;
        advance(p);
        return OK;
    }
    return parse_row_count(p, &limit->row_count);
}

static Status parse_offset(Parser *p, Offset **ret_offset) {
    if (peek(p) != KEYWORD_OFFSET) {
        return OK;
    }
    Offset *offset = NODE_AT(p, Offset, current(p));
    advance(p);
    TRY(parse_row_count(p, &offset->row_count));
    if (peek(p) == KEYWORD_ROW || peek(p) == KEYWORD_ROWS) {
        advance(p);
    }
    *ret_offset = offset;
    return OK;
}

/* ---- SELECT ---- */

/* `t.*`: a primary expression just ended the item's expression, and '.' '*' follows. */
static bool at_qualified_star(const Parser *p, int32_t start) {
    return peek(p) == TOKEN_DOT && peek_at(p, 1) == TOKEN_ASTERISK && p->primary_start == start &&
           p->primary_end == p->position;
}

static Status parse_select_item(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    int32_t start = p->position;
    if (accept(p, TOKEN_ASTERISK)) {
        *ret_node = &NODE_AT(p, AllColumns, at)->node;
        return OK;
    }
    Node *expression;
    TRY(parse_expression_rule(p, &expression));
    if (at_qualified_star(p, start)) {
        AllColumns *all = NODE_AT(p, AllColumns, at);
        advance(p);
        advance(p);
        all->target = expression;
        if (accept(p, KEYWORD_AS)) {
            TRY(parse_column_aliases(p, &all->aliases));
        }
        *ret_node = &all->node;
        return OK;
    }
    SingleColumn *column = NODE_AT(p, SingleColumn, at);
    column->expression = expression;
    if (accept(p, KEYWORD_AS) || (is_identifier(peek(p)) && !clause_starts_at(p, 0))) {
        TRY(parse_identifier(p, &column->alias));
    }
    *ret_node = &column->node;
    return OK;
}

static Status parse_select(Parser *p, Select **ret_select) {
    Select *select = NODE_AT(p, Select, current(p));
    TRY(expect(p, KEYWORD_SELECT));
    if (at_set_quantifier(p)) {
        select->distinct = peek(p) == KEYWORD_DISTINCT;
        advance(p);
    }
    *ret_select = select;
    return parse_list(p, parse_select_item, &select->select_items);
}

static Status parse_from(Parser *p, const Token *select, Node **ret_from) {
    Node *from;
    int32_t links = 0;
    TRY(parse_relation_node(p, &from));
    while (accept(p, TOKEN_COMMA)) {
        TRY(count_link(p, &links));
        Join *join = NODE_AT(p, Join, select);
        join->type = JOIN_IMPLICIT;
        join->left = from;
        TRY(parse_relation_node(p, &join->right));
        from = &join->node;
    }
    *ret_from = from;
    return OK;
}

/* ---- GROUP BY ---- */

/* Is the '(' at the current token a list of grouping expressions, not the start of one expression?
 */
static bool at_grouping_list(const Parser *p) {
    int32_t end = p->match[p->position];
    return peek(p) == TOKEN_LEFT_PAREN && !is_query_paren(p, p->position) && end >= 0 &&
           !continues_expression(p, end + 1);
}

static Status parse_grouping_columns(Parser *p, NodeList *columns) {
    if (!at_grouping_list(p)) {
        Node *column;
        TRY(parse_expression_rule(p, &column));
        list_append(p, columns, column);
        return OK;
    }
    advance(p);
    if (peek(p) != TOKEN_RIGHT_PAREN) {
        TRY(parse_list(p, parse_expression_rule, columns));
    }
    return expect(p, TOKEN_RIGHT_PAREN);
}

static Status parse_grouping_set(Parser *p, Node **ret_node) {
    GroupingSet *set = NODE_AT(p, GroupingSet, current(p));
    *ret_node = &set->node;
    return parse_grouping_columns(p, &set->columns);
}

static Status parse_grouping_sets(Parser *p, GroupingSetsType type, Node **ret_node) {
    GroupingSets *sets = NODE_AT(p, GroupingSets, current(p));
    sets->type = type;
    advance(p);
    if (type == GROUPING_SETS_EXPLICIT) {
        TRY(expect(p, KEYWORD_SETS));
    }
    TRY(expect(p, TOKEN_LEFT_PAREN));
    if (type == GROUPING_SETS_EXPLICIT || peek(p) != TOKEN_RIGHT_PAREN) {
        TRY(parse_list(p, parse_grouping_set, &sets->sets));
    }
    *ret_node = &sets->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

static Status parse_grouping_element(Parser *p, Node **ret_node) {
    switch (peek(p)) {
    case KEYWORD_ROLLUP:
        return parse_grouping_sets(p, GROUPING_SETS_ROLLUP, ret_node);
    case KEYWORD_CUBE:
        return parse_grouping_sets(p, GROUPING_SETS_CUBE, ret_node);
    case KEYWORD_GROUPING:
        if (peek_at(p, 1) == KEYWORD_SETS) {
            return parse_grouping_sets(p, GROUPING_SETS_EXPLICIT, ret_node);
        }
        break;
    default:
        break;
    }
    SimpleGroupBy *simple = NODE_AT(p, SimpleGroupBy, current(p));
    *ret_node = &simple->node;
    return parse_grouping_columns(p, &simple->columns);
}

static Status parse_group_by(Parser *p, GroupBy **ret_group_by) {
    if (peek(p) != KEYWORD_GROUP) {
        return OK;
    }
    TRY(expect_two(p, KEYWORD_GROUP, KEYWORD_BY));
    GroupBy *group_by = NODE_AT(p, GroupBy, current(p));
    *ret_group_by = group_by;
    if (accept(p, KEYWORD_AUTO)) {
        group_by->automatic = true;
        return OK;
    }
    bool quantified = at_set_quantifier(p) ||
                      (peek(p) == KEYWORD_ALL &&
                       (peek_at(p, 1) == KEYWORD_ROLLUP || peek_at(p, 1) == KEYWORD_CUBE));
    if (quantified) {
        group_by->distinct = peek(p) == KEYWORD_DISTINCT;
        advance(p);
    }
    return parse_list(p, parse_grouping_element, &group_by->grouping_elements);
}

static Status parse_window_definition(Parser *p, Node **ret_node) {
    WindowDefinition *definition = NODE_AT(p, WindowDefinition, current(p));
    TRY(parse_identifier(p, &definition->name));
    TRY(expect_two(p, KEYWORD_AS, TOKEN_LEFT_PAREN));
    TRY(parse_window_specification(p, &definition->window));
    *ret_node = &definition->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

static Status parse_query_specification(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    QuerySpecification *query = NODE_AT(p, QuerySpecification, at);
    TRY(parse_select(p, &query->select));
    if (accept(p, KEYWORD_FROM)) {
        TRY(parse_from(p, at, &query->from));
    }
    if (accept(p, KEYWORD_WHERE)) {
        TRY(parse_expression_rule(p, &query->where));
    }
    TRY(parse_group_by(p, &query->group_by));
    if (accept(p, KEYWORD_HAVING)) {
        TRY(parse_expression_rule(p, &query->having));
    }
    if (accept(p, KEYWORD_WINDOW)) {
        TRY(parse_list(p, parse_window_definition, &query->windows));
    }
    *ret_node = &query->node;
    return OK;
}

/* ---- set operations ---- */

static Status parse_query_primary(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    switch (at->kind) {
    case KEYWORD_SELECT:
        return parse_query_specification(p, ret_node);
    case KEYWORD_VALUES: {
        Values *values = NODE_AT(p, Values, at);
        advance(p);
        *ret_node = &values->node;
        return parse_list(p, parse_expression_rule, &values->rows);
    }
    case KEYWORD_TABLE: {
        TableReference *table = NODE_AT(p, TableReference, at);
        advance(p);
        *ret_node = &table->node;
        return parse_qualified_name(p, &table->name);
    }
    default: {
        TableSubquery *subquery = NODE_AT(p, TableSubquery, at);
        TRY(expect(p, TOKEN_LEFT_PAREN));
        TRY(parse_query_no_with(p, &subquery->query));
        *ret_node = &subquery->node;
        return expect(p, TOKEN_RIGHT_PAREN);
    }
    }
}

/* The operator with its quantifier and CORRESPONDING; `left` is its first input. */
static Status parse_set_operator(Parser *p, Node *left, SetOperation **ret_operation) {
    SetOperation *operation = NODE_AT(p, SetOperation, current(p));
    operation->type = peek(p) == KEYWORD_UNION       ? SET_UNION
                      : peek(p) == KEYWORD_INTERSECT ? SET_INTERSECT
                                                     : SET_EXCEPT;
    advance(p);
    operation->distinct = !accept(p, KEYWORD_ALL);
    if (operation->distinct) {
        (void)accept(p, KEYWORD_DISTINCT);
    }
    if (accept(p, KEYWORD_CORRESPONDING)) {
        operation->corresponding = true;
        if (accept(p, KEYWORD_BY)) {
            TRY(parse_column_aliases(p, &operation->corresponding_columns));
        }
    }
    list_append(p, &operation->relations, left);
    *ret_operation = operation;
    return OK;
}

static Status parse_intersection(Parser *p, Node **ret_node) {
    Node *left;
    int32_t links = 0;
    TRY(parse_query_primary(p, &left));
    while (peek(p) == KEYWORD_INTERSECT) {
        TRY(count_link(p, &links));
        SetOperation *operation;
        Node *right;
        TRY(parse_set_operator(p, left, &operation));
        TRY(parse_query_primary(p, &right));
        list_append(p, &operation->relations, right);
        left = &operation->node;
    }
    *ret_node = left;
    return OK;
}

static Status parse_query_term(Parser *p, Node **ret_node) {
    Node *left;
    int32_t links = 0;
    TRY(parse_intersection(p, &left));
    while (peek(p) == KEYWORD_UNION || peek(p) == KEYWORD_EXCEPT) {
        TRY(count_link(p, &links));
        SetOperation *operation;
        Node *right;
        TRY(parse_set_operator(p, left, &operation));
        TRY(parse_intersection(p, &right));
        list_append(p, &operation->relations, right);
        left = &operation->node;
    }
    *ret_node = left;
    return OK;
}

Status parse_query_no_with(Parser *p, Query **ret_query) {
    Query *query = NODE_AT(p, Query, current(p));
    OrderBy *order_by = NULL;
    Offset *offset = NULL;
    Node *limit = NULL;
    TRY(enter(p));
    TRY(parse_query_term(p, &query->query_body));
    TRY(parse_order_by(p, &order_by));
    TRY(parse_offset(p, &offset));
    TRY(parse_limit(p, &limit));
    leave(p);
    if (query->query_body->kind == NODE_QUERY_SPECIFICATION) {
        QuerySpecification *specification = NODE_CAST(QuerySpecification, query->query_body);
        specification->order_by = order_by;
        specification->offset = offset;
        specification->limit = limit;
    } else {
        query->order_by = order_by;
        query->offset = offset;
        query->limit = limit;
    }
    *ret_query = query;
    return OK;
}
