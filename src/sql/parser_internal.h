/*
 * What the files of the parser share: the state of one parse, token access, and the rules that
 * other files call.
 *
 * A rule function starts at the current token, consumes exactly its text and gives its node; on
 * FAILED the position is that of the token it could not accept. No rule consumes and then steps
 * back: where the grammar needs it, rules look ahead over tokens, by `match` in constant time over
 * parentheses, so that the whole parse stays linear.
 */
#pragma once

#include "ast.h"
#include "lexer.h"
#include "parser.h"
#include "syntax_error.h"

typedef struct Parser {
    Context *cx;
    Arena *arena;
    TokenList list;
    int32_t position; /* index of the current token */
    int32_t depth;    /* of nested rules */
    bool too_deep;
    int32_t parameter_count;
    /* The last complete primary expression: so that `a.b.*` can be told from `1 + a.b.*`. */
    int32_t primary_start;
    int32_t primary_end;
    /* For each '(' '[' '{' the index of its partner, or -1; a query in parentheses is marked. */
    int32_t *match;
    bool *is_query;
    /* Found while building nodes; reported if the text as a whole is well formed. */
    ErrorCode deferred_code;
    int32_t deferred_line;
    int32_t deferred_column;
    const char *deferred_message; /* NULL: none */
} Parser;

/* ---- tokens ---- */

static inline const Token *current(const Parser *p) {
    return &p->list.tokens[p->position];
}

/* The token `ahead` places on; END past the end. */
static inline TokenKind peek_at(const Parser *p, int32_t ahead) {
    int32_t index = p->position + ahead;
    return index < p->list.count ? p->list.tokens[index].kind : TOKEN_END;
}

static inline TokenKind peek(const Parser *p) {
    return p->list.tokens[p->position].kind;
}

static inline void advance(Parser *p) {
    if (p->position < p->list.count - 1) {
        p->position++;
    }
}

static inline bool accept(Parser *p, TokenKind kind) {
    if (peek(p) != kind) {
        return false;
    }
    advance(p);
    return true;
}

/* Accepts two tokens in a row or neither. */
bool accept_two(Parser *p, TokenKind first, TokenKind second);
MUST_CHECK Status unexpected(Parser *p); /* the current token cannot stand here */
MUST_CHECK Status expect(Parser *p, TokenKind kind);
MUST_CHECK Status expect_two(Parser *p, TokenKind first, TokenKind second);
bool is_identifier(TokenKind kind);
bool starts_expression(TokenKind kind);
/* Could this token go on with an expression that just ended with a primary one? */
bool continues_expression(const Parser *p, int32_t index);
/* Is the '(' at `index` that of a parenthesised query? */
bool is_query_paren(const Parser *p, int32_t index);
/* Is the non-reserved word `ahead` tokens on the start of a clause rather than an alias? */
bool clause_starts_at(const Parser *p, int32_t ahead);
/* Index after the type that starts at token `index`, or -1. */
int32_t skip_type(const Parser *p, int32_t index);

PRINTF_LIKE(4, 5)
void defer_error(Parser *p, ErrorCode code, const Token *at, const char *format, ...);

/* Every rule that can contain itself enters and leaves; entering fails when the nesting is too
 * deep. */
MUST_CHECK Status enter(Parser *p);
static inline void leave(Parser *p) {
    p->depth--;
}

/* Each further link of a left-deep chain counts, because whoever reads the tree recurses over it.
 */
MUST_CHECK Status count_link(Parser *p, int32_t *links);

/* ---- nodes ---- */

#define NODE_AT(p, Name, token) NODE_NEW((p)->arena, Name, (token)->line, (token)->column)

void list_append(Parser *p, NodeList *list, void *node);
const char *token_string(const Parser *p, const Token *token); /* the text as written */
QualifiedName *qualified_name_of(Parser *p, const char *word, const Token *at);

typedef MUST_CHECK Status (*Rule)(Parser *p, Node **ret_node);
/* rule (',' rule)* */
MUST_CHECK Status parse_list(Parser *p, Rule rule, NodeList *list);
/* '(' rule (',' rule)* ')' */
MUST_CHECK Status parse_parenthesized_list(Parser *p, Rule rule, NodeList *list);

/* ---- names and parts: parser_part.c ---- */

MUST_CHECK Status parse_identifier(Parser *p, Identifier **ret_identifier);
MUST_CHECK Status parse_identifier_node(Parser *p, Node **ret_node);
MUST_CHECK Status parse_qualified_name(Parser *p, QualifiedName **ret_name);
MUST_CHECK Status parse_qualified_name_node(Parser *p, Node **ret_node);
MUST_CHECK Status parse_string(Parser *p, StringLiteral **ret_string);
bool is_string(TokenKind kind);
MUST_CHECK Status parse_principal(Parser *p, Principal **ret_principal);
MUST_CHECK Status parse_principal_node(Parser *p, Node **ret_node);
MUST_CHECK Status parse_properties(Parser *p, NodeList *list); /* WITH (a = b, ...), or nothing */
MUST_CHECK Status parse_property_node(Parser *p, Node **ret_node);
MUST_CHECK Status parse_session_property_node(Parser *p, Node **ret_node);
MUST_CHECK Status parse_comment(Parser *p,
                                StringLiteral **ret_comment); /* COMMENT 'text', or nothing */
MUST_CHECK Status parse_call_argument_node(Parser *p, Node **ret_node);
MUST_CHECK Status parse_if_exists(Parser *p, bool *ret_exists); /* IF EXISTS, or nothing */
MUST_CHECK Status parse_if_not_exists(Parser *p, bool *ret_not_exists);
MUST_CHECK Status parse_path_specification(Parser *p, PathSpecification **ret_path);
MUST_CHECK Status parse_catalog_clause(Parser *p,
                                       Identifier **ret_catalog); /* IN catalog, or nothing */

/* ---- expressions ---- */

MUST_CHECK Status parse_expression_rule(Parser *p, Node **ret_node);
MUST_CHECK Status parse_value_expression(Parser *p, Node **ret_node);
/* The rest of an expression whose first value expression is already there and began at token
 * `start`. */
MUST_CHECK Status parse_expression_after_value(Parser *p, int32_t start, Node *value,
                                               Node **ret_node);
MUST_CHECK Status parse_primary_expression(Parser *p, Node **ret_node);
MUST_CHECK Status parse_interval(Parser *p, IntervalLiteral **ret_interval);
MUST_CHECK Status parse_interval_field(Parser *p, IntervalField *ret_field);
MUST_CHECK Status parse_integer(Parser *p, LongLiteral **ret_integer);
MUST_CHECK Status parse_number(Parser *p, Node **ret_node);
MUST_CHECK Status parse_binary_literal(Parser *p, Node **ret_node);
MUST_CHECK Status parse_function_call(Parser *p, Node **ret_node);
MUST_CHECK Status parse_special_function(Parser *p, Node **ret_node, bool *ret_special);
MUST_CHECK Status parse_listagg(Parser *p, Node **ret_node);
MUST_CHECK Status parse_json_function(Parser *p, Node **ret_node);
MUST_CHECK Status parse_over(Parser *p, Node **ret_window); /* after OVER */
bool at_over(const Parser *p);
MUST_CHECK Status parse_window_specification(Parser *p, WindowSpecification **ret_window);
MUST_CHECK Status parse_order_by(Parser *p, OrderBy **ret_order_by); /* ORDER BY ..., or nothing */
MUST_CHECK Status parse_sort_item_node(Parser *p, Node **ret_node);
bool at_set_quantifier(const Parser *p); /* DISTINCT, or ALL that is not a name */

/* ---- row patterns ---- */

MUST_CHECK Status parse_row_pattern(Parser *p, Node **ret_node);
MUST_CHECK Status parse_measure_node(Parser *p, Node **ret_node);
MUST_CHECK Status parse_subset_node(Parser *p, Node **ret_node);
MUST_CHECK Status parse_variable_definition_node(Parser *p, Node **ret_node);
MUST_CHECK Status parse_skip_to(Parser *p, SkipTo **ret_skip_to); /* AFTER MATCH ..., or nothing */
PatternSearchMode parse_search_mode(Parser *p);
MUST_CHECK Status parse_match_recognize(Parser *p, const Token *start, Node *input,
                                        Node **ret_node);
bool match_recognize_starts_at(const Parser *p, int32_t ahead);

/* ---- types ---- */

MUST_CHECK Status parse_type_rule(Parser *p, Node **ret_node);

/* ---- queries and relations ---- */

MUST_CHECK Status parse_query(Parser *p, Query **ret_query);
MUST_CHECK Status parse_root_query(Parser *p, Query **ret_query);
MUST_CHECK Status parse_query_no_with(Parser *p, Query **ret_query);
MUST_CHECK Status parse_relation_node(Parser *p, Node **ret_node);
MUST_CHECK Status parse_column_aliases(Parser *p, NodeList *list);
MUST_CHECK Status parse_json_table(Parser *p, Node **ret_node);
MUST_CHECK Status parse_json_path_invocation(Parser *p, JsonPathInvocation **ret_invocation);
MUST_CHECK Status parse_json_representation(Parser *p, JsonFormat *ret_format); /* after FORMAT */
MUST_CHECK Status parse_json_value_behaviors(Parser *p, JsonValueBehavior *empty,
                                             Node **empty_default, JsonValueBehavior *error,
                                             Node **error_default);
MUST_CHECK Status parse_json_query_behaviors(Parser *p, JsonWrapperBehavior *wrapper,
                                             JsonQuotesBehavior *quotes, JsonQueryBehavior *empty,
                                             JsonQueryBehavior *error);
MUST_CHECK Status parse_table_function(Parser *p, Node **ret_node); /* after TABLE ( */

/* ---- statements ---- */

MUST_CHECK Status parse_statement_rule(Parser *p, Node **ret_node);
MUST_CHECK Status parse_show(Parser *p, Node **ret_node);
MUST_CHECK Status parse_set(Parser *p, Node **ret_node);
MUST_CHECK Status parse_reset(Parser *p, Node **ret_node);
MUST_CHECK Status parse_create(Parser *p, Node **ret_node);
MUST_CHECK Status parse_create_table(Parser *p, const Token *start, bool replace, Node **ret_node);
MUST_CHECK Status parse_column_definition(Parser *p, ColumnDefinition **ret_column);
MUST_CHECK Status parse_drop(Parser *p, Node **ret_node);
MUST_CHECK Status parse_alter(Parser *p, Node **ret_node);
MUST_CHECK Status parse_grant(Parser *p, Node **ret_node);
MUST_CHECK Status parse_revoke(Parser *p, Node **ret_node);
MUST_CHECK Status parse_deny(Parser *p, Node **ret_node);
MUST_CHECK Status parse_grantor(Parser *p, Grantor **ret_grantor);
MUST_CHECK Status parse_grant_object(Parser *p, GrantObject **ret_object);
MUST_CHECK Status parse_insert(Parser *p, Node **ret_node);
MUST_CHECK Status parse_delete(Parser *p, Node **ret_node);
MUST_CHECK Status parse_update(Parser *p, Node **ret_node);
MUST_CHECK Status parse_merge(Parser *p, Node **ret_node);
MUST_CHECK Status parse_function_specification_rule(Parser *p,
                                                    FunctionSpecification **ret_function);
MUST_CHECK Status parse_parameter_declaration_node(Parser *p, Node **ret_node);
