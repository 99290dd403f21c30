/*
 * JSON_TABLE: its columns, nested columns and plan.
 */
#include "parser_internal.h"

static Status parse_columns(Parser *p, NodeList *columns);

/* ---- columns ---- */

static Status parse_nested_columns(Parser *p, const Token *at, Node **ret_node) {
    NestedColumns *nested = NODE_AT(p, NestedColumns, at);
    advance(p);
    (void)accept(p, KEYWORD_PATH);
    TRY(parse_string(p, &nested->json_path));
    if (accept(p, KEYWORD_AS)) {
        TRY(parse_identifier(p, &nested->path_name));
    }
    *ret_node = &nested->node;
    TRY(enter(p));
    TRY(parse_columns(p, &nested->columns));
    leave(p);
    return OK;
}

static Status parse_column_path(Parser *p, StringLiteral **ret_path) {
    if (accept(p, KEYWORD_PATH)) {
        TRY(parse_string(p, ret_path));
    }
    return OK;
}

static Status parse_query_column(Parser *p, const Token *at, Identifier *name, Node *type,
                                 Node **ret_node) {
    QueryColumn *column = NODE_AT(p, QueryColumn, at);
    column->name = name;
    column->type = type;
    column->error_behavior = JSON_QUERY_UNSPECIFIED;
    *ret_node = &column->node;
    TRY(parse_json_representation(p, &column->format));
    TRY(parse_column_path(p, &column->json_path));
    return parse_json_query_behaviors(p, &column->wrapper_behavior, &column->quotes_behavior,
                                      &column->empty_behavior, &column->error_behavior);
}

static Status parse_value_column(Parser *p, const Token *at, Identifier *name, Node *type,
                                 Node **ret_node) {
    ValueColumn *column = NODE_AT(p, ValueColumn, at);
    column->name = name;
    column->type = type;
    column->error_behavior = JSON_VALUE_DEFAULT_UNSPECIFIED;
    *ret_node = &column->node;
    TRY(parse_column_path(p, &column->json_path));
    return parse_json_value_behaviors(p, &column->empty_behavior, &column->empty_default,
                                      &column->error_behavior, &column->error_default);
}

static Status parse_column(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    bool nested =
        at->kind == KEYWORD_NESTED &&
        (is_string(peek_at(p, 1)) || (peek_at(p, 1) == KEYWORD_PATH && is_string(peek_at(p, 2))));
    if (nested) {
        return parse_nested_columns(p, at, ret_node);
    }
    Identifier *name;
    TRY(parse_identifier(p, &name));
    if (accept(p, KEYWORD_FOR)) {
        OrdinalityColumn *column = NODE_AT(p, OrdinalityColumn, at);
        column->name = name;
        *ret_node = &column->node;
        return expect(p, KEYWORD_ORDINALITY);
    }
    Node *type;
    TRY(parse_type_rule(p, &type));
    if (accept(p, KEYWORD_FORMAT)) {
        return parse_query_column(p, at, name, type, ret_node);
    }
    return parse_value_column(p, at, name, type, ret_node);
}

static Status parse_columns(Parser *p, NodeList *columns) {
    TRY(expect(p, KEYWORD_COLUMNS));
    return parse_parenthesized_list(p, parse_column, columns);
}

/* ---- plans ---- */

static Status parse_plan(Parser *p, Node **ret_node);

static Status parse_plan_leaf(Parser *p, PlanLeaf **ret_leaf) {
    PlanLeaf *leaf = NODE_AT(p, PlanLeaf, current(p));
    TRY(parse_identifier(p, &leaf->name));
    *ret_leaf = leaf;
    return OK;
}

static Status parse_plan_primary(Parser *p, Node **ret_node) {
    if (accept(p, TOKEN_LEFT_PAREN)) {
        TRY(parse_plan(p, ret_node));
        return expect(p, TOKEN_RIGHT_PAREN);
    }
    PlanLeaf *leaf;
    TRY(parse_plan_leaf(p, &leaf));
    *ret_node = &leaf->node;
    return OK;
}

static Status parse_siblings(Parser *p, const Token *at, Node *first, Node **ret_node) {
    PlanSiblings *siblings = NODE_AT(p, PlanSiblings, at);
    TokenKind keyword = peek(p);
    siblings->type = keyword == KEYWORD_UNION ? JSON_TABLE_PLAN_UNION : JSON_TABLE_PLAN_CROSS;
    list_append(p, &siblings->siblings, first);
    while (accept(p, keyword)) {
        Node *sibling;
        TRY(parse_plan_primary(p, &sibling));
        list_append(p, &siblings->siblings, sibling);
    }
    *ret_node = &siblings->node;
    return OK;
}

static Status parse_parent_child(Parser *p, Node **ret_node) {
    PlanParentChild *node = NODE_AT(p, PlanParentChild, current(p));
    TRY(parse_plan_leaf(p, &node->parent));
    node->type = peek(p) == KEYWORD_OUTER ? JSON_TABLE_PLAN_OUTER : JSON_TABLE_PLAN_INNER;
    advance(p);
    *ret_node = &node->node;
    return parse_plan_primary(p, &node->child);
}

static Status parse_plan(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    TRY(enter(p));
    if (peek_at(p, 1) == KEYWORD_OUTER || peek_at(p, 1) == KEYWORD_INNER) {
        TRY(parse_parent_child(p, ret_node));
    } else {
        Node *first;
        TRY(parse_plan_primary(p, &first));
        *ret_node = first;
        if (peek(p) == KEYWORD_UNION || peek(p) == KEYWORD_CROSS) {
            TRY(parse_siblings(p, at, first, ret_node));
        }
    }
    leave(p);
    return OK;
}

/* OUTER | INNER | UNION | CROSS, false for anything else */
static bool parse_plan_word(Parser *p, JsonTableDefaultPlan *plan, bool *ret_is_sibling) {
    switch (peek(p)) {
    case KEYWORD_OUTER:
        plan->parent_child = JSON_TABLE_PLAN_OUTER;
        break;
    case KEYWORD_INNER:
        plan->parent_child = JSON_TABLE_PLAN_INNER;
        break;
    case KEYWORD_UNION:
        plan->siblings = JSON_TABLE_PLAN_UNION;
        break;
    case KEYWORD_CROSS:
        plan->siblings = JSON_TABLE_PLAN_CROSS;
        break;
    default:
        return false;
    }
    *ret_is_sibling = peek(p) == KEYWORD_UNION || peek(p) == KEYWORD_CROSS;
    advance(p);
    return true;
}

static Status parse_default_plan(Parser *p, const Token *at, Node **ret_node) {
    JsonTableDefaultPlan *plan = NODE_AT(p, JsonTableDefaultPlan, at);
    plan->parent_child = JSON_TABLE_PLAN_OUTER;
    plan->siblings = JSON_TABLE_PLAN_UNION;
    bool first_is_sibling;
    bool second_is_sibling;
    TRY(expect(p, TOKEN_LEFT_PAREN));
    if (!parse_plan_word(p, plan, &first_is_sibling)) {
        return unexpected(p);
    }
    if (accept(p, TOKEN_COMMA)) {
        int32_t position = p->position;
        if (!parse_plan_word(p, plan, &second_is_sibling) ||
            first_is_sibling == second_is_sibling) {
            p->position = position;
            return unexpected(p);
        }
    }
    *ret_node = &plan->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

/* ---- the whole ---- */

Status parse_json_table(Parser *p, Node **ret_node) {
    JsonTable *table = NODE_AT(p, JsonTable, current(p));
    TRY(expect_two(p, KEYWORD_JSON_TABLE, TOKEN_LEFT_PAREN));
    TRY(parse_json_path_invocation(p, &table->json_path_invocation));
    TRY(parse_columns(p, &table->columns));
    const Token *at = current(p);
    if (accept(p, KEYWORD_PLAN)) {
        if (accept(p, KEYWORD_DEFAULT)) {
            TRY(parse_default_plan(p, at, &table->plan));
        } else {
            TRY(expect(p, TOKEN_LEFT_PAREN));
            TRY(parse_plan(p, &table->plan));
            TRY(expect(p, TOKEN_RIGHT_PAREN));
        }
    }
    if (peek(p) == KEYWORD_ERROR || peek(p) == KEYWORD_EMPTY) {
        table->error_behavior = peek(p) == KEYWORD_ERROR ? JSON_TABLE_ERROR : JSON_TABLE_EMPTY;
        advance(p);
        TRY(expect_two(p, KEYWORD_ON, KEYWORD_ERROR));
    }
    *ret_node = &table->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}
