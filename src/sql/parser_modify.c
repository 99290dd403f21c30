/*
 * INSERT, DELETE, UPDATE, MERGE.
 */
#include "parser_internal.h"

static Status parse_target(Parser *p, TableReference **ret_table) {
    TableReference *table = NODE_AT(p, TableReference, current(p));
    TRY(parse_qualified_name(p, &table->name));
    *ret_table = table;
    return OK;
}

Status parse_insert(Parser *p, Node **ret_node) {
    Insert *insert = NODE_AT(p, Insert, current(p));
    TRY(expect_two(p, KEYWORD_INSERT, KEYWORD_INTO));
    TRY(parse_target(p, &insert->table));
    if (peek(p) == TOKEN_LEFT_PAREN && !is_query_paren(p, p->position)) {
        TRY(parse_column_aliases(p, &insert->columns));
    }
    *ret_node = &insert->node;
    return parse_root_query(p, &insert->query);
}

Status parse_delete(Parser *p, Node **ret_node) {
    Delete *delete = NODE_AT(p, Delete, current(p));
    TRY(expect_two(p, KEYWORD_DELETE, KEYWORD_FROM));
    TRY(parse_target(p, &delete->table));
    *ret_node = &delete->node;
    return accept(p, KEYWORD_WHERE) ? parse_expression_rule(p, &delete->where) : OK;
}

static Status parse_assignment(Parser *p, Node **ret_node) {
    UpdateAssignment *assignment = NODE_AT(p, UpdateAssignment, current(p));
    TRY(parse_identifier(p, &assignment->name));
    TRY(expect(p, TOKEN_EQ));
    *ret_node = &assignment->node;
    return parse_expression_rule(p, &assignment->value);
}

Status parse_update(Parser *p, Node **ret_node) {
    Update *update = NODE_AT(p, Update, current(p));
    advance(p);
    TRY(parse_target(p, &update->table));
    TRY(expect(p, KEYWORD_SET));
    TRY(parse_list(p, parse_assignment, &update->assignments));
    *ret_node = &update->node;
    return accept(p, KEYWORD_WHERE) ? parse_expression_rule(p, &update->where) : OK;
}

/* ---- MERGE ---- */

static Status parse_merge_insert(Parser *p, const Token *start, Node *condition, Node **ret_node) {
    MergeInsert *insert = NODE_AT(p, MergeInsert, start);
    insert->condition = condition;
    TRY(expect(p, KEYWORD_INSERT));
    if (peek(p) == TOKEN_LEFT_PAREN) {
        TRY(parse_column_aliases(p, &insert->columns));
    }
    TRY(expect(p, KEYWORD_VALUES));
    *ret_node = &insert->node;
    return parse_parenthesized_list(p, parse_expression_rule, &insert->values);
}

static Status parse_merge_change(Parser *p, const Token *start, Node *condition, Node **ret_node) {
    if (accept(p, KEYWORD_DELETE)) {
        MergeDelete *delete = NODE_AT(p, MergeDelete, start);
        delete->condition = condition;
        *ret_node = &delete->node;
        return OK;
    }
    MergeUpdate *update = NODE_AT(p, MergeUpdate, start);
    update->condition = condition;
    TRY(expect_two(p, KEYWORD_UPDATE, KEYWORD_SET));
    *ret_node = &update->node;
    return parse_list(p, parse_assignment, &update->assignments);
}

static Status parse_merge_case(Parser *p, Node **ret_node) {
    const Token *start = current(p);
    TRY(expect(p, KEYWORD_WHEN));
    bool not_matched = accept(p, KEYWORD_NOT);
    TRY(expect(p, KEYWORD_MATCHED));
    Node *condition = NULL;
    if (accept(p, KEYWORD_AND)) {
        TRY(parse_expression_rule(p, &condition));
    }
    TRY(expect(p, KEYWORD_THEN));
    return not_matched ? parse_merge_insert(p, start, condition, ret_node)
                       : parse_merge_change(p, start, condition, ret_node);
}

static Status parse_merge_target(Parser *p, Node **ret_target) {
    const Token *start = current(p);
    TableReference *table;
    TRY(parse_target(p, &table));
    *ret_target = &table->node;
    if (peek(p) != KEYWORD_AS && !is_identifier(peek(p))) {
        return OK;
    }
    AliasedRelation *aliased = NODE_AT(p, AliasedRelation, start);
    (void)accept(p, KEYWORD_AS);
    aliased->relation = &table->node;
    *ret_target = &aliased->node;
    return parse_identifier(p, &aliased->alias);
}

Status parse_merge(Parser *p, Node **ret_node) {
    Merge *merge = NODE_AT(p, Merge, current(p));
    TRY(expect_two(p, KEYWORD_MERGE, KEYWORD_INTO));
    TRY(parse_merge_target(p, &merge->target));
    TRY(expect(p, KEYWORD_USING));
    TRY(parse_relation_node(p, &merge->source));
    TRY(expect(p, KEYWORD_ON));
    TRY(parse_expression_rule(p, &merge->predicate));
    do {
        Node *merge_case;
        TRY(parse_merge_case(p, &merge_case));
        list_append(p, &merge->merge_cases, merge_case);
    } while (peek(p) == KEYWORD_WHEN);
    *ret_node = &merge->node;
    return OK;
}
