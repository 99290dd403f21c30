/*
 * Relations: tables, derived tables, joins, UNNEST, LATERAL, TABLE(function(...)), samples and
 * aliases.
 *
 * Joins nest to the left; the right side of a join with a condition is itself a relation, so `a
 * JOIN b JOIN c ON x ON y` reads as a JOIN (b JOIN c ON x) ON y.
 */
#include "parser_internal.h"

/* ---- aliases ---- */

static Status parse_alias(Parser *p, const Token *start, Node *relation, Node **ret_node) {
    bool has_alias = peek(p) == KEYWORD_AS || (is_identifier(peek(p)) && !clause_starts_at(p, 0));
    if (!has_alias) {
        *ret_node = relation;
        return OK;
    }
    AliasedRelation *aliased = NODE_AT(p, AliasedRelation, start);
    aliased->relation = relation;
    (void)accept(p, KEYWORD_AS);
    TRY(parse_identifier(p, &aliased->alias));
    if (peek(p) == TOKEN_LEFT_PAREN) {
        aliased->has_column_names = true;
        TRY(parse_column_aliases(p, &aliased->column_names));
    }
    *ret_node = &aliased->node;
    return OK;
}

/* ---- table functions ---- */

/* TABLE(t) or TABLE(query) as an argument, with what may follow it. */
static Status parse_table_argument(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    TableFunctionTableArgument *argument = NODE_AT(p, TableFunctionTableArgument, at);
    advance(p);
    Node *table;
    bool is_query = is_query_paren(p, p->position);
    TRY(expect(p, TOKEN_LEFT_PAREN));
    if (is_query) {
        TableSubquery *subquery = NODE_AT(p, TableSubquery, current(p));
        TRY(parse_query(p, &subquery->query));
        table = &subquery->node;
    } else {
        TableReference *reference = NODE_AT(p, TableReference, at);
        TRY(parse_qualified_name(p, &reference->name));
        table = &reference->node;
    }
    TRY(expect(p, TOKEN_RIGHT_PAREN));
    TRY(parse_alias(p, at, table, &argument->table));
    if (accept_two(p, KEYWORD_PARTITION, KEYWORD_BY)) {
        argument->has_partition_by = true;
        int32_t end = p->match[p->position];
        bool is_list = peek(p) == TOKEN_LEFT_PAREN && end >= 0 && !continues_expression(p, end + 1);
        if (!is_list) {
            Node *expression;
            TRY(parse_expression_rule(p, &expression));
            list_append(p, &argument->partition_by, expression);
        } else if (!accept_two(p, TOKEN_LEFT_PAREN, TOKEN_RIGHT_PAREN)) {
            TRY(parse_parenthesized_list(p, parse_expression_rule, &argument->partition_by));
        }
    }
    if (peek(p) == KEYWORD_PRUNE || peek(p) == KEYWORD_KEEP) {
        argument->empty_table_treatment =
            peek(p) == KEYWORD_PRUNE ? EMPTY_TABLE_PRUNE : EMPTY_TABLE_KEEP;
        advance(p);
        TRY(expect_two(p, KEYWORD_WHEN, KEYWORD_EMPTY));
    }
    *ret_node = &argument->node;
    if (peek(p) != KEYWORD_ORDER) {
        return OK;
    }
    argument->order_by = NODE_AT(p, OrderBy, current(p));
    TRY(expect_two(p, KEYWORD_ORDER, KEYWORD_BY));
    int32_t end = p->match[p->position];
    bool is_list = peek(p) == TOKEN_LEFT_PAREN && end >= 0 &&
                   (p->list.tokens[end + 1].kind == TOKEN_COMMA ||
                    p->list.tokens[end + 1].kind == TOKEN_RIGHT_PAREN);
    if (is_list) {
        return parse_parenthesized_list(p, parse_sort_item_node, &argument->order_by->sort_items);
    }
    Node *item;
    TRY(parse_sort_item_node(p, &item));
    list_append(p, &argument->order_by->sort_items, item);
    return OK;
}

static Status parse_descriptor_field(Parser *p, Node **ret_node) {
    DescriptorField *field = NODE_AT(p, DescriptorField, current(p));
    TRY(parse_identifier(p, &field->name));
    if (is_identifier(peek(p))) {
        TRY(parse_type_rule(p, &field->type));
    }
    *ret_node = &field->node;
    return OK;
}

static bool at_null_descriptor(const Parser *p) {
    return peek(p) == KEYWORD_CAST && peek_at(p, 1) == TOKEN_LEFT_PAREN &&
           peek_at(p, 2) == KEYWORD_NULL && peek_at(p, 3) == KEYWORD_AS &&
           peek_at(p, 4) == KEYWORD_DESCRIPTOR;
}

static Status parse_table_function_value(Parser *p, Node **ret_node) {
    if (peek(p) == KEYWORD_TABLE && peek_at(p, 1) == TOKEN_LEFT_PAREN) {
        return parse_table_argument(p, ret_node);
    }
    if (at_null_descriptor(p)) {
        TableFunctionDescriptorArgument *null =
            NODE_AT(p, TableFunctionDescriptorArgument, current(p));
        null->is_null = true;
        p->position += 5;
        *ret_node = &null->node;
        return expect(p, TOKEN_RIGHT_PAREN);
    }
    if (peek(p) == KEYWORD_DESCRIPTOR && peek_at(p, 1) == TOKEN_LEFT_PAREN) {
        TableFunctionDescriptorArgument *descriptor =
            NODE_AT(p, TableFunctionDescriptorArgument, current(p));
        advance(p);
        *ret_node = &descriptor->node;
        return parse_parenthesized_list(p, parse_descriptor_field, &descriptor->fields);
    }
    return parse_expression_rule(p, ret_node);
}

static Status parse_table_function_argument(Parser *p, Node **ret_node) {
    TableFunctionArgument *argument = NODE_AT(p, TableFunctionArgument, current(p));
    if (is_identifier(peek(p)) && peek_at(p, 1) == TOKEN_DOUBLE_ARROW) {
        TRY(parse_identifier(p, &argument->name));
        advance(p);
    }
    *ret_node = &argument->node;
    return parse_table_function_value(p, &argument->value);
}

static Status parse_copartition(Parser *p, Node **ret_node) {
    CopartitionTables *tables = NODE_AT(p, CopartitionTables, current(p));
    TRY(expect(p, TOKEN_LEFT_PAREN));
    Node *first;
    TRY(parse_qualified_name_node(p, &first));
    list_append(p, &tables->names, first);
    TRY(expect(p, TOKEN_COMMA));
    TRY(parse_list(p, parse_qualified_name_node, &tables->names));
    *ret_node = &tables->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

Status parse_table_function(Parser *p, Node **ret_node) {
    TableFunctionInvocation *invocation = NODE_AT(p, TableFunctionInvocation, current(p));
    TRY(parse_qualified_name(p, &invocation->name));
    TRY(expect(p, TOKEN_LEFT_PAREN));
    bool at_copartition = peek(p) == KEYWORD_COPARTITION && clause_starts_at(p, 0);
    if (peek(p) != TOKEN_RIGHT_PAREN && !at_copartition) {
        TRY(parse_list(p, parse_table_function_argument, &invocation->arguments));
    }
    if (accept(p, KEYWORD_COPARTITION)) {
        TRY(parse_list(p, parse_copartition, &invocation->copartitioning));
    }
    *ret_node = &invocation->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

/* ---- primary relations ---- */

static Status parse_table_name(Parser *p, Node **ret_node) {
    TableReference *table = NODE_AT(p, TableReference, current(p));
    TRY(parse_qualified_name(p, &table->name));
    if (peek(p) == KEYWORD_FOR) {
        QueryPeriod *period = NODE_AT(p, QueryPeriod, current(p));
        advance(p);
        if (accept(p, KEYWORD_VERSION)) {
            period->range_type = QUERY_PERIOD_VERSION;
        } else {
            TRY(expect(p, KEYWORD_TIMESTAMP));
        }
        TRY(expect_two(p, KEYWORD_AS, KEYWORD_OF));
        TRY(parse_value_expression(p, &period->end));
        table->query_period = period;
    }
    *ret_node = &table->node;
    return OK;
}

static Status parse_unnest(Parser *p, Node **ret_node) {
    Unnest *unnest = NODE_AT(p, Unnest, current(p));
    advance(p);
    TRY(parse_parenthesized_list(p, parse_expression_rule, &unnest->expressions));
    if (accept(p, KEYWORD_WITH)) {
        TRY(expect(p, KEYWORD_ORDINALITY));
        unnest->with_ordinality = true;
    }
    *ret_node = &unnest->node;
    return OK;
}

static Status parse_relation_parenthesis(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    if (is_query_paren(p, p->position)) {
        TableSubquery *subquery = NODE_AT(p, TableSubquery, at);
        advance(p);
        TRY(parse_query(p, &subquery->query));
        *ret_node = &subquery->node;
    } else {
        advance(p);
        TRY(parse_relation_node(p, ret_node));
    }
    return expect(p, TOKEN_RIGHT_PAREN);
}

static Status parse_lateral(Parser *p, Node **ret_node) {
    Lateral *lateral = NODE_AT(p, Lateral, current(p));
    advance(p);
    TRY(expect(p, TOKEN_LEFT_PAREN));
    TRY(parse_query(p, &lateral->query));
    *ret_node = &lateral->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

static Status parse_relation_primary(Parser *p, Node **ret_node) {
    switch (peek(p)) {
    case TOKEN_LEFT_PAREN:
        return parse_relation_parenthesis(p, ret_node);
    case KEYWORD_UNNEST:
        return parse_unnest(p, ret_node);
    case KEYWORD_TABLE:
        TRY(expect_two(p, KEYWORD_TABLE, TOKEN_LEFT_PAREN));
        TRY(parse_table_function(p, ret_node));
        return expect(p, TOKEN_RIGHT_PAREN);
    case KEYWORD_JSON_TABLE:
        return parse_json_table(p, ret_node);
    case KEYWORD_LATERAL:
        if (peek_at(p, 1) == TOKEN_LEFT_PAREN) {
            return parse_lateral(p, ret_node);
        }
        break;
    default:
        break;
    }
    return parse_table_name(p, ret_node);
}

static Status parse_sampled_relation(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    Node *relation;
    TRY(parse_relation_primary(p, &relation));
    TRY(parse_alias(p, at, relation, &relation));
    if (match_recognize_starts_at(p, 0)) {
        TRY(parse_match_recognize(p, at, relation, &relation));
        TRY(parse_alias(p, at, relation, &relation));
    }
    if (accept(p, KEYWORD_TABLESAMPLE)) {
        SampledRelation *sample = NODE_AT(p, SampledRelation, at);
        sample->relation = relation;
        if (accept(p, KEYWORD_SYSTEM)) {
            sample->type = SAMPLE_SYSTEM;
        } else {
            TRY(expect(p, KEYWORD_BERNOULLI));
        }
        TRY(expect(p, TOKEN_LEFT_PAREN));
        TRY(parse_expression_rule(p, &sample->sampled_percentage));
        TRY(expect(p, TOKEN_RIGHT_PAREN));
        relation = &sample->node;
    }
    *ret_node = relation;
    return OK;
}

/* ---- joins ---- */

/* [INNER] | LEFT [OUTER] | RIGHT [OUTER] | FULL [OUTER], then JOIN */
static Status parse_join_type(Parser *p, JoinType *ret_type) {
    switch (peek(p)) {
    case KEYWORD_LEFT:
        *ret_type = JOIN_LEFT;
        break;
    case KEYWORD_RIGHT:
        *ret_type = JOIN_RIGHT;
        break;
    case KEYWORD_FULL:
        *ret_type = JOIN_FULL;
        break;
    default:
        *ret_type = JOIN_INNER;
        (void)accept(p, KEYWORD_INNER);
        return expect(p, KEYWORD_JOIN);
    }
    advance(p);
    (void)accept(p, KEYWORD_OUTER);
    return expect(p, KEYWORD_JOIN);
}

static Status parse_join_criteria(Parser *p, Node **ret_criteria) {
    const Token *at = current(p);
    if (accept(p, KEYWORD_USING)) {
        JoinUsing *using = NODE_AT(p, JoinUsing, at);
        *ret_criteria = &using->node;
        return parse_parenthesized_list(p, parse_identifier_node, &using->columns);
    }
    TRY(expect(p, KEYWORD_ON));
    JoinOn *on = NODE_AT(p, JoinOn, at);
    *ret_criteria = &on->node;
    return parse_expression_rule(p, &on->expression);
}

static Status parse_join(Parser *p, Join *join) {
    if (accept(p, KEYWORD_CROSS)) {
        join->type = JOIN_CROSS;
        TRY(expect(p, KEYWORD_JOIN));
        return parse_sampled_relation(p, &join->right);
    }
    if (peek(p) == KEYWORD_NATURAL) {
        join->criteria = &NODE_AT(p, NaturalJoin, current(p))->node;
        advance(p);
        TRY(parse_join_type(p, &join->type));
        return parse_sampled_relation(p, &join->right);
    }
    TRY(parse_join_type(p, &join->type));
    TRY(parse_relation_node(p, &join->right));
    return parse_join_criteria(p, &join->criteria);
}

static bool at_join(TokenKind kind) {
    switch (kind) {
    case KEYWORD_CROSS:
    case KEYWORD_NATURAL:
    case KEYWORD_JOIN:
    case KEYWORD_INNER:
    case KEYWORD_LEFT:
    case KEYWORD_RIGHT:
    case KEYWORD_FULL:
        return true;
    default:
        return false;
    }
}

Status parse_relation_node(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    Node *left;
    int32_t links = 0;
    TRY(enter(p));
    TRY(parse_sampled_relation(p, &left));
    while (at_join(peek(p))) {
        TRY(count_link(p, &links));
        Join *join = NODE_AT(p, Join, at);
        join->left = left;
        TRY(parse_join(p, join));
        left = &join->node;
    }
    leave(p);
    *ret_node = left;
    return OK;
}
