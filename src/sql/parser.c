/*
 * The parser's entry points and what all its rules stand on: token access, look-ahead over
 * parentheses, lists, depth.
 *
 * The rules only say yes or no. When they say no, syntax_error.c works out from the tokens what
 * Trino would say; when they say yes, an error noted on the way (a bad literal, a wrong argument
 * count) still fails the parse.
 */
#include "parser_internal.h"

#include <stdio.h>
#include <string.h>

/* ---- tokens ---- */

bool accept_two(Parser *p, TokenKind first, TokenKind second) {
    if (peek(p) != first || peek_at(p, 1) != second) {
        return false;
    }
    advance(p);
    advance(p);
    return true;
}

Status unexpected(Parser *p) {
    (void)p;
    return FAILED;
}

Status expect(Parser *p, TokenKind kind) {
    return accept(p, kind) ? OK : unexpected(p);
}

Status expect_two(Parser *p, TokenKind first, TokenKind second) {
    TRY(expect(p, first));
    return expect(p, second);
}

bool is_identifier(TokenKind kind) {
    switch (kind) {
    case TOKEN_IDENTIFIER:
    case TOKEN_QUOTED_IDENTIFIER:
    case TOKEN_BACKQUOTED_IDENTIFIER:
    case TOKEN_DIGIT_IDENTIFIER:
        return true;
    default:
        return token_is_non_reserved(kind);
    }
}

bool starts_expression(TokenKind kind) {
    if (is_identifier(kind)) {
        return true;
    }
    switch (kind) {
    case TOKEN_STRING:
    case TOKEN_UNICODE_STRING:
    case TOKEN_BINARY_LITERAL:
    case TOKEN_INTEGER_VALUE:
    case TOKEN_DECIMAL_VALUE:
    case TOKEN_DOUBLE_VALUE:
    case TOKEN_PLUS:
    case TOKEN_MINUS:
    case TOKEN_QUESTION_MARK:
    case TOKEN_LEFT_PAREN:
    case TOKEN_LEFT_BRACKET:
    case KEYWORD_CASE:
    case KEYWORD_CAST:
    case KEYWORD_CURRENT_CATALOG:
    case KEYWORD_CURRENT_DATE:
    case KEYWORD_CURRENT_PATH:
    case KEYWORD_CURRENT_SCHEMA:
    case KEYWORD_CURRENT_TIME:
    case KEYWORD_CURRENT_TIMESTAMP:
    case KEYWORD_CURRENT_USER:
    case KEYWORD_EXISTS:
    case KEYWORD_EXTRACT:
    case KEYWORD_FALSE:
    case KEYWORD_GROUPING:
    case KEYWORD_JSON_ARRAY:
    case KEYWORD_JSON_EXISTS:
    case KEYWORD_JSON_OBJECT:
    case KEYWORD_JSON_QUERY:
    case KEYWORD_JSON_VALUE:
    case KEYWORD_LISTAGG:
    case KEYWORD_LOCALTIME:
    case KEYWORD_LOCALTIMESTAMP:
    case KEYWORD_NORMALIZE:
    case KEYWORD_NOT:
    case KEYWORD_NULL:
    case KEYWORD_TRIM:
    case KEYWORD_TRUE:
        return true;
    default:
        return false;
    }
}

bool continues_expression(const Parser *p, int32_t index) {
    switch (p->list.tokens[index].kind) {
    case TOKEN_EQ:
    case TOKEN_NEQ:
    case TOKEN_LT:
    case TOKEN_LTE:
    case TOKEN_GT:
    case TOKEN_GTE:
    case TOKEN_PLUS:
    case TOKEN_MINUS:
    case TOKEN_ASTERISK:
    case TOKEN_SLASH:
    case TOKEN_PERCENT:
    case TOKEN_CONCAT:
    case TOKEN_DOT:
    case TOKEN_LEFT_BRACKET:
    case TOKEN_ARROW:
    case KEYWORD_AND:
    case KEYWORD_OR:
    case KEYWORD_NOT:
    case KEYWORD_BETWEEN:
    case KEYWORD_IN:
    case KEYWORD_LIKE:
    case KEYWORD_IS:
        return true;
    case KEYWORD_AT:
        return p->list.tokens[index + 1].kind == KEYWORD_TIME;
    default:
        return false;
    }
}

bool is_query_paren(const Parser *p, int32_t index) {
    return p->list.tokens[index].kind == TOKEN_LEFT_PAREN && p->is_query[index];
}

bool clause_starts_at(const Parser *p, int32_t ahead) {
    TokenKind next = peek_at(p, ahead + 1);
    switch (peek_at(p, ahead)) {
    case KEYWORD_LIMIT:
        return next == TOKEN_INTEGER_VALUE || next == TOKEN_QUESTION_MARK || next == KEYWORD_ALL;
    case KEYWORD_OFFSET:
        return next == TOKEN_INTEGER_VALUE || next == TOKEN_QUESTION_MARK;
    case KEYWORD_FETCH:
        return next == KEYWORD_FIRST || next == KEYWORD_NEXT;
    case KEYWORD_WINDOW:
        return is_identifier(next) && peek_at(p, ahead + 2) == KEYWORD_AS &&
               peek_at(p, ahead + 3) == TOKEN_LEFT_PAREN;
    case KEYWORD_TABLESAMPLE:
        return (next == KEYWORD_BERNOULLI || next == KEYWORD_SYSTEM) &&
               peek_at(p, ahead + 2) == TOKEN_LEFT_PAREN;
    case KEYWORD_MATCH_RECOGNIZE:
        return match_recognize_starts_at(p, ahead);
    case KEYWORD_PARTITION:
        return next == KEYWORD_BY;
    case KEYWORD_PRUNE:
    case KEYWORD_KEEP:
        return next == KEYWORD_WHEN;
    case KEYWORD_COPARTITION:
        return next == TOKEN_LEFT_PAREN && is_identifier(peek_at(p, ahead + 2));
    default:
        return false;
    }
}

void defer_error(Parser *p, ErrorCode code, const Token *at, const char *format, ...) {
    if (p->deferred_message != NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    p->deferred_message = arena_vprintf(p->arena, format, arguments);
    va_end(arguments);
    p->deferred_code = code;
    p->deferred_line = at->line;
    p->deferred_column = at->column;
}

Status enter(Parser *p) {
    if (++p->depth > PARSER_DEPTH_MAX) {
        p->too_deep = true;
        return FAILED;
    }
    return OK;
}

Status count_link(Parser *p, int32_t *links) {
    if (++*links > PARSER_CHAIN_MAX) {
        p->too_deep = true;
        return FAILED;
    }
    return OK;
}

/* ---- nodes ---- */

void list_append(Parser *p, NodeList *list, void *node) {
    enum { FIRST_CAPACITY = 4 };
    int32_t count = list->count;
    bool full = count == 0 || (count >= FIRST_CAPACITY && (count & (count - 1)) == 0);
    if (full) {
        int32_t capacity = count == 0 ? FIRST_CAPACITY : count * 2;
        Node **items = arena_new_array(p->arena, Node *, capacity);
        if (count > 0) {
            memcpy(items, list->items, sizeof(Node *) * (size_t)count);
        }
        list->items = items;
    }
    list->items[list->count++] = node;
}

const char *token_string(const Parser *p, const Token *token) {
    return arena_strndup(p->arena, p->list.text + token->offset, (size_t)token->size);
}

QualifiedName *qualified_name_of(Parser *p, const char *word, const Token *at) {
    QualifiedName *name = NODE_AT(p, QualifiedName, at);
    Identifier *identifier = NODE_AT(p, Identifier, at);
    identifier->value = word;
    list_append(p, &name->parts, identifier);
    return name;
}

Status parse_list(Parser *p, Rule rule, NodeList *list) {
    do {
        Node *node;
        TRY(rule(p, &node));
        list_append(p, list, node);
    } while (accept(p, TOKEN_COMMA));
    return OK;
}

Status parse_parenthesized_list(Parser *p, Rule rule, NodeList *list) {
    TRY(expect(p, TOKEN_LEFT_PAREN));
    TRY(parse_list(p, rule, list));
    return expect(p, TOKEN_RIGHT_PAREN);
}

/* ---- parentheses ---- */

static TokenKind closing_of(TokenKind kind) {
    switch (kind) {
    case TOKEN_LEFT_PAREN:
        return TOKEN_RIGHT_PAREN;
    case TOKEN_LEFT_BRACKET:
        return TOKEN_RIGHT_BRACKET;
    default:
        return TOKEN_END;
    }
}

/* Partners of '(' and '['. A closing one that fits nothing is left alone; the rules will stumble
 * over it. */
static void match_parentheses(Parser *p) {
    int32_t count = p->list.count;
    p->match = arena_new_array(p->arena, int32_t, count);
    int32_t *open = arena_new_array(p->arena, int32_t, count);
    int32_t open_count = 0;
    for (int32_t i = 0; i < count; i++) {
        TokenKind kind = p->list.tokens[i].kind;
        p->match[i] = -1;
        if (closing_of(kind) != TOKEN_END) {
            open[open_count++] = i;
        } else if (kind == TOKEN_RIGHT_PAREN || kind == TOKEN_RIGHT_BRACKET) {
            if (open_count > 0 && closing_of(p->list.tokens[open[open_count - 1]].kind) == kind) {
                p->match[open[--open_count]] = i;
            }
        }
    }
}

static bool goes_on_as_query(TokenKind kind) {
    switch (kind) {
    case TOKEN_RIGHT_PAREN:
    case KEYWORD_UNION:
    case KEYWORD_INTERSECT:
    case KEYWORD_EXCEPT:
    case KEYWORD_ORDER:
    case KEYWORD_OFFSET:
    case KEYWORD_LIMIT:
    case KEYWORD_FETCH:
        return true;
    default:
        return false;
    }
}

/*
 * Marks the parentheses around queries, from the innermost: one holds a query if it starts with a
 * query's word, or with a query's parenthesis after which the text goes on as a query does and an
 * expression or relation does not.
 */
static void mark_query_parentheses(Parser *p) {
    p->is_query = arena_new_array(p->arena, bool, p->list.count);
    for (int32_t i = p->list.count - 2; i >= 0; i--) {
        if (p->list.tokens[i].kind != TOKEN_LEFT_PAREN) {
            continue;
        }
        switch (p->list.tokens[i + 1].kind) {
        case KEYWORD_SELECT:
        case KEYWORD_VALUES:
        case KEYWORD_WITH:
            p->is_query[i] = true;
            break;
        case KEYWORD_TABLE:
            p->is_query[i] = p->list.tokens[i + 2].kind != TOKEN_LEFT_PAREN;
            break;
        case TOKEN_LEFT_PAREN: {
            int32_t end = p->match[i + 1];
            p->is_query[i] =
                p->is_query[i + 1] && (end < 0 || goes_on_as_query(p->list.tokens[end + 1].kind));
            break;
        }
        default:
            break;
        }
    }
}

/* ---- entry points ---- */

static Status parser_start(Context *cx, const char *text, size_t size, Parser *p) {
    *p = (Parser){.cx = cx, .arena = cx->arena};
    TRY(tokenize(cx, text, size, &p->list));
    match_parentheses(p);
    mark_query_parentheses(p);
    return OK;
}

static Status parser_finish(Parser *p, Status status, StartRule start, const char *what) {
    if (p->too_deep) {
        /* Trino puts the position into the text but reports no error location. */
        return FAIL(p->cx, SYNTAX_ERROR, "line 1:1: %s is too large (stack overflow while parsing)",
                    what);
    }
    if (status != OK || peek(p) != TOKEN_END) {
        return syntax_error(p->cx, &p->list, start, p->position);
    }
    if (p->deferred_message != NULL) {
        return FAIL_AT(p->cx, p->deferred_code, p->deferred_line, p->deferred_column, "%s",
                       p->deferred_message);
    }
    return OK;
}

Status parse_statement(Context *cx, const char *text, size_t size, Node **ret_statement) {
    Parser p;
    Node *statement = NULL;
    TRY(parser_start(cx, text, size, &p));
    TRY(parser_finish(&p, parse_statement_rule(&p, &statement), START_STATEMENT, "statement"));
    *ret_statement = statement;
    return OK;
}

Status parse_expression(Context *cx, const char *text, size_t size, Node **ret_expression) {
    Parser p;
    Node *expression = NULL;
    TRY(parser_start(cx, text, size, &p));
    TRY(parser_finish(&p, parse_expression_rule(&p, &expression), START_EXPRESSION, "expression"));
    *ret_expression = expression;
    return OK;
}

Status parse_type(Context *cx, const char *text, size_t size, Node **ret_type) {
    Parser p;
    Node *type = NULL;
    TRY(parser_start(cx, text, size, &p));
    TRY(parser_finish(&p, parse_type_rule(&p, &type), START_TYPE, "type"));
    *ret_type = type;
    return OK;
}

Status parse_path(Context *cx, const char *text, size_t size, PathSpecification **ret_path) {
    Parser p;
    PathSpecification *path = NULL;
    TRY(parser_start(cx, text, size, &p));
    TRY(parser_finish(&p, parse_path_specification(&p, &path), START_PATH, "path specification"));
    *ret_path = path;
    return OK;
}

Status parse_function_specification(Context *cx, const char *text, size_t size,
                                    FunctionSpecification **ret_function) {
    Parser p;
    FunctionSpecification *function = NULL;
    TRY(parser_start(cx, text, size, &p));
    TRY(parser_finish(&p, parse_function_specification_rule(&p, &function), START_FUNCTION,
                      "function specification"));
    *ret_function = function;
    return OK;
}

bool parser_is_reserved_word(const char *word) {
    return keyword_is_reserved(keyword_find(word, strlen(word)));
}
