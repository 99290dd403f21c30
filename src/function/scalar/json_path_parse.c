/*
 * The parser of the path language: recursive descent over the text, without a token list. A
 * parenthesis in a predicate may open a predicate or an operand; the predicate is tried first.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/double_text.h"
#include "function/scalar/json_path.h"
#include "function/scalar/utf8.h"

enum { SUBSCRIPTS_MAX = 64, PATH_DEPTH_MAX = 200 };

typedef struct PathParser {
    Arena *arena;
    const char *text;
    size_t size, at;
    int32_t depth;
    PathProblem problem; /* code NO_ERROR while all is well */
} PathParser;

static const PathNode *parse_expression(PathParser *p);
static const PathNode *parse_predicate(PathParser *p);

static const PathNode *fail(PathParser *p, ErrorCode code, size_t offset, const char *message) {
    if (p->problem.code == NO_ERROR) {
        p->problem = (PathProblem){code, offset, message};
    }
    return NULL;
}

static bool is_word_character(char c);

/* The token at the cursor, as messages name it. */
static const char *token_here(const PathParser *p) {
    static const char *const doubles[] = {"==", "<>", "!=", "<=", ">=", "&&", "||", ".."};
    size_t size = 1;
    if (p->at >= p->size) {
        return "<EOF>";
    }
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
        if (p->size - p->at >= 2 && memcmp(p->text + p->at, doubles[i], 2) == 0) {
            size = 2;
        }
    }
    while (is_word_character(p->text[p->at]) && p->at + size < p->size &&
           is_word_character(p->text[p->at + size])) {
        size++;
    }
    return arena_strndup(p->arena, p->text + p->at, size);
}

static const PathNode *mismatched(PathParser *p, const char *expected) {
    return fail(
        p, SYNTAX_ERROR, p->at,
        arena_printf(p->arena, "mismatched input '%s' expecting %s", token_here(p), expected));
}

/* After a token that nothing legal follows. */
static const PathNode *no_alternative(PathParser *p, const char *before) {
    return fail(p, SYNTAX_ERROR, p->at,
                arena_printf(p->arena, "no viable alternative at input '%s%s'", before,
                             p->at < p->size ? token_here(p) : ""));
}

#define EXPRESSION_STARTS                                                                          \
    "{'+', '(', '$', '@', 'false', 'last', '-', 'null', 'true', DECIMAL_VALUE, DOUBLE_VALUE, "     \
    "INTEGER_VALUE, STRING, NAMED_VARIABLE}"

static const PathNode *unexpected(PathParser *p) {
    return mismatched(p, EXPRESSION_STARTS);
}

static void skip_blanks(PathParser *p) {
    while (p->at < p->size && isspace((unsigned char)p->text[p->at])) {
        p->at++;
    }
}

static bool is_word_character(char c) {
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool accept(PathParser *p, const char *token) {
    skip_blanks(p);
    size_t length = strlen(token);
    if (p->size - p->at < length || strncasecmp(p->text + p->at, token, length) != 0) {
        return false;
    }
    if (is_word_character(token[length - 1]) && p->at + length < p->size &&
        is_word_character(p->text[p->at + length])) {
        return false;
    }
    p->at += length;
    return true;
}

static bool expect(PathParser *p, const char *token) {
    if (accept(p, token)) {
        return true;
    }
    unexpected(p);
    return false;
}

static PathNode *new_node(PathParser *p, PathKind kind, const PathNode *left,
                          const PathNode *right) {
    PathNode *node = arena_new(p->arena, PathNode);
    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

/* ---- words, strings, numbers ---- */

static bool parse_word(PathParser *p, const char **ret_word, size_t *ret_size) {
    size_t start = p->at;
    if (p->at < p->size && isdigit((unsigned char)p->text[p->at])) {
        return false;
    }
    while (p->at < p->size && is_word_character(p->text[p->at])) {
        p->at++;
    }
    *ret_word = arena_strndup(p->arena, p->text + start, p->at - start);
    *ret_size = p->at - start;
    return p->at > start;
}

static int32_t hex_code(PathParser *p) {
    char digits[5] = "";
    for (int i = 0; i < 4 && p->at < p->size; i++) {
        digits[i] = p->text[p->at++];
    }
    return (int32_t)strtol(digits, NULL, 16);
}

/* After the opening quote. */
static bool parse_string(PathParser *p, const char **ret_text, size_t *ret_size) {
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char *out = arena_alloc(p->arena, p->size - p->at + 4);
    size_t length = 0;
    while (p->at < p->size && p->text[p->at] != '"') {
        char c = p->text[p->at++];
        if (c == '\\' && p->at < p->size) {
            char escaped = p->text[p->at++];
            const char *known = strchr(escapes, escaped);
            if (escaped == 'u') {
                length += utf8_put(hex_code(p), out + length);
                continue;
            }
            if (known == NULL) {
                return false;
            }
            c = meanings[known - escapes];
        }
        out[length++] = c;
    }
    if (p->at >= p->size) {
        return false;
    }
    p->at++;
    *ret_text = out;
    *ret_size = length;
    return true;
}

static const PathNode *parse_number(PathParser *p) {
    size_t start = p->at;
    bool fraction = false, exponent = false;
    while (p->at < p->size) {
        char c = p->text[p->at];
        bool sign = (c == '-' || c == '+') && (p->text[p->at - 1] | 0x20) == 'e';
        if (c == '.') {
            fraction = true;
        } else if ((c | 0x20) == 'e') {
            exponent = true;
        } else if (!isdigit((unsigned char)c) && !(exponent && sign)) {
            break;
        }
        p->at++;
    }
    PathNode *node = new_node(p, PATH_LITERAL, NULL, NULL);
    int128_t value;
    int precision, scale;
    double number;
    if (exponent && double_parse(p->text + start, p->at - start, &number)) {
        node->literal = json_item_double(p->arena, number);
    } else if (!exponent &&
               decimal_parse(p->text + start, p->at - start, &value, &precision, &scale)) {
        node->literal = fraction || value != (int64_t)value
                            ? json_item_decimal(p->arena, value, scale)
                            : json_item_integer(p->arena, (int64_t)value);
    } else {
        p->at = start;
        return unexpected(p);
    }
    return node;
}

/* ---- primaries and accessors ---- */

static const PathNode *literal(PathParser *p, const JsonItem *item) {
    PathNode *node = new_node(p, PATH_LITERAL, NULL, NULL);
    node->literal = item;
    return node;
}

static const PathNode *parse_primary(PathParser *p) {
    skip_blanks(p);
    char c = p->at < p->size ? p->text[p->at] : '\0';
    if (c == '$') {
        p->at++;
        PathNode *node = new_node(p, PATH_CONTEXT, NULL, NULL);
        if (parse_word(p, &node->name, &node->name_size)) {
            node->kind = PATH_VARIABLE;
        }
        return node;
    }
    if (c == '@') {
        p->at++;
        return new_node(p, PATH_CURRENT, NULL, NULL);
    }
    if (c == '"') {
        const char *text;
        size_t size;
        p->at++;
        return parse_string(p, &text, &size) ? literal(p, json_item_string(p->arena, text, size))
                                             : unexpected(p);
    }
    if (isdigit((unsigned char)c) ||
        (c == '.' && p->at + 1 < p->size && isdigit((unsigned char)p->text[p->at + 1]))) {
        return parse_number(p);
    }
    if (accept(p, "(")) {
        const PathNode *inner = parse_expression(p);
        return inner != NULL && expect(p, ")") ? inner : NULL;
    }
    return accept(p, "last")    ? new_node(p, PATH_LAST, NULL, NULL)
           : accept(p, "null")  ? literal(p, &json_item_null)
           : accept(p, "true")  ? literal(p, json_item_boolean(p->arena, true))
           : accept(p, "false") ? literal(p, json_item_boolean(p->arena, false))
                                : unexpected(p);
}

static bool parse_subscripts(PathParser *p, PathNode *node) {
    const PathNode *from[SUBSCRIPTS_MAX], *to[SUBSCRIPTS_MAX];
    do {
        if (node->subscript_count == SUBSCRIPTS_MAX) {
            unexpected(p);
            return false;
        }
        skip_blanks(p);
        if (p->at == p->size && node->subscript_count == 0) {
            no_alternative(p, "[");
            return false;
        }
        int32_t i = node->subscript_count++;
        from[i] = parse_expression(p);
        to[i] = from[i] != NULL && accept(p, "to") ? parse_expression(p) : NULL;
        if (p->problem.code != NO_ERROR) {
            return false;
        }
    } while (accept(p, ","));
    size_t size = sizeof *from * (size_t)node->subscript_count;
    node->from = arena_copy(p->arena, from, size);
    node->to = arena_copy(p->arena, to, size);
    return expect(p, "]");
}

/* After a dot: a method if the word is followed by parentheses. */
static const PathNode *parse_method_or_member(PathParser *p, const PathNode *left) {
    static const char *const methods[] = {"type",  "size", "double",  "ceiling",
                                          "floor", "abs",  "keyvalue"};
    PathNode *node = new_node(p, PATH_MEMBER, left, NULL);
    skip_blanks(p);
    if (accept(p, "*")) {
        return node;
    }
    if (accept(p, "\"")) {
        return parse_string(p, &node->name, &node->name_size) ? node : unexpected(p);
    }
    if (!parse_word(p, &node->name, &node->name_size)) {
        return no_alternative(p, ".");
    }
    size_t end = p->at;
    if (!accept(p, "(")) {
        return node;
    }
    if (strcasecmp(node->name, "datetime") == 0) {
        return fail(p, NOT_SUPPORTED, 0, "datetime method in JSON path is not yet supported");
    }
    for (int32_t i = 0; i <= METHOD_KEYVALUE; i++) {
        if (strcasecmp(node->name, methods[i]) == 0) {
            node->kind = PATH_METHOD;
            node->method = (PathMethod)i;
            return expect(p, ")") ? node : NULL;
        }
    }
    p->at = end; /* a member after all, and the parenthesis is wrong */
    return node;
}

static const PathNode *parse_accessors(PathParser *p) {
    const PathNode *left = parse_primary(p);
    while (left != NULL) {
        if (accept(p, "..")) {
            PathNode *node = new_node(p, PATH_DESCENDANT, left, NULL);
            skip_blanks(p);
            bool good = accept(p, "\"") ? parse_string(p, &node->name, &node->name_size)
                                        : parse_word(p, &node->name, &node->name_size);
            left = good ? node : unexpected(p);
        } else if (accept(p, ".")) {
            left = parse_method_or_member(p, left);
        } else if (accept(p, "[")) {
            PathNode *node = new_node(p, PATH_ELEMENTS, left, NULL);
            bool good = accept(p, "*") ? expect(p, "]") : parse_subscripts(p, node);
            left = good ? node : NULL;
        } else if (accept(p, "?")) {
            const PathNode *predicate = expect(p, "(") ? parse_predicate(p) : NULL;
            bool good = predicate != NULL && expect(p, ")");
            left = good ? new_node(p, PATH_FILTER, left, predicate) : NULL;
        } else {
            break;
        }
    }
    return left;
}

/* ---- arithmetic ---- */

static const PathNode *parse_signed(PathParser *p) {
    if (++p->depth > PATH_DEPTH_MAX) {
        return unexpected(p);
    }
    const PathNode *node;
    bool minus = accept(p, "-");
    if (minus || accept(p, "+")) {
        const PathNode *operand = parse_signed(p);
        node = operand != NULL ? new_node(p, minus ? PATH_MINUS : PATH_PLUS, operand, NULL) : NULL;
    } else {
        node = parse_accessors(p);
    }
    p->depth--;
    return node;
}

static const PathNode *parse_product(PathParser *p) {
    const PathNode *left = parse_signed(p);
    while (left != NULL) {
        PathKind kind = accept(p, "*")   ? PATH_MULTIPLY
                        : accept(p, "/") ? PATH_DIVIDE
                        : accept(p, "%") ? PATH_MODULUS
                                         : PATH_CONTEXT;
        if (kind == PATH_CONTEXT) {
            break;
        }
        const PathNode *right = parse_signed(p);
        left = right != NULL ? new_node(p, kind, left, right) : NULL;
    }
    return left;
}

static const PathNode *parse_expression(PathParser *p) {
    const PathNode *left = parse_product(p);
    while (left != NULL) {
        PathKind kind = accept(p, "+") ? PATH_ADD : accept(p, "-") ? PATH_SUBTRACT : PATH_CONTEXT;
        if (kind == PATH_CONTEXT) {
            break;
        }
        const PathNode *right = parse_product(p);
        left = right != NULL ? new_node(p, kind, left, right) : NULL;
    }
    return left;
}

/* ---- predicates ---- */

static bool accept_comparison(PathParser *p, PathKind *ret_kind) {
    static const struct {
        const char *text;
        PathKind kind;
    } operators[] = {
        {"==", PATH_EQUAL},         {"<>", PATH_NOT_EQUAL},        {"!=", PATH_NOT_EQUAL},
        {"<=", PATH_LESS_OR_EQUAL}, {">=", PATH_GREATER_OR_EQUAL}, {"<", PATH_LESS},
        {">", PATH_GREATER}};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (accept(p, operators[i].text)) {
            *ret_kind = operators[i].kind;
            return true;
        }
    }
    return false;
}

/* A comparison, or starts with, of operands. */
static const PathNode *parse_comparison(PathParser *p) {
    const PathNode *left = parse_expression(p);
    PathKind kind;
    if (left == NULL) {
        return NULL;
    }
    if (accept_comparison(p, &kind)) {
        const PathNode *right = parse_expression(p);
        return right != NULL ? new_node(p, kind, left, right) : NULL;
    }
    if (accept(p, "starts")) {
        const PathNode *right = expect(p, "with") ? parse_expression(p) : NULL;
        return right != NULL ? new_node(p, PATH_STARTS_WITH, left, right) : NULL;
    }
    if (accept(p, "like_regex")) {
        return fail(p, NOT_SUPPORTED, 0, "like_regex predicate in JSON path is not yet supported");
    }
    return unexpected(p);
}

/* A predicate in parentheses, if that is what they hold; *ret_matched is false to try an operand
 * instead. */
static const PathNode *parse_parenthesized(PathParser *p, bool *ret_matched) {
    PathParser saved = *p;
    const PathNode *inner = accept(p, "(") ? parse_predicate(p) : NULL;
    bool closed = inner != NULL && accept(p, ")");
    if (closed && accept(p, "is")) {
        *ret_matched = true;
        return expect(p, "unknown") ? new_node(p, PATH_IS_UNKNOWN, inner, NULL) : NULL;
    }
    *ret_matched = closed || p->problem.code == NOT_SUPPORTED;
    if (!*ret_matched) {
        *p = saved;
    }
    return closed ? inner : NULL;
}

static const PathNode *parse_unit(PathParser *p) {
    skip_blanks(p);
    if (p->at < p->size && p->text[p->at] == '!') {
        p->at++;
        bool matched = true;
        const PathNode *inner =
            accept(p, "exists") ? (p->at -= 6, parse_unit(p)) : parse_parenthesized(p, &matched);
        return inner != NULL ? new_node(p, PATH_NOT, inner, NULL) : unexpected(p);
    }
    if (accept(p, "exists")) {
        const PathNode *inner = expect(p, "(") ? parse_expression(p) : NULL;
        return inner != NULL && expect(p, ")") ? new_node(p, PATH_EXISTS, inner, NULL) : NULL;
    }
    if (p->at < p->size && p->text[p->at] == '(') {
        bool matched;
        const PathNode *inner = parse_parenthesized(p, &matched);
        if (matched) {
            return inner;
        }
    }
    return parse_comparison(p);
}

static const PathNode *parse_conjunction(PathParser *p) {
    const PathNode *left = parse_unit(p);
    while (left != NULL && accept(p, "&&")) {
        const PathNode *right = parse_unit(p);
        left = right != NULL ? new_node(p, PATH_AND, left, right) : NULL;
    }
    return left;
}

static const PathNode *parse_predicate(PathParser *p) {
    if (++p->depth > PATH_DEPTH_MAX) {
        return unexpected(p);
    }
    const PathNode *left = parse_conjunction(p);
    while (left != NULL && accept(p, "||")) {
        const PathNode *right = parse_conjunction(p);
        left = right != NULL ? new_node(p, PATH_OR, left, right) : NULL;
    }
    p->depth--;
    return left;
}

/* ---- the whole path ---- */

JsonPath2016 *json_path_parse(Arena *arena, const char *text, size_t size,
                              PathProblem *ret_problem) {
    PathParser p = {.arena = arena, .text = text, .size = size, .problem = {NO_ERROR, 0, NULL}};
    JsonPath2016 *path = arena_new(arena, JsonPath2016);
    path->is_lax = accept(&p, "lax");
    if (!path->is_lax && !accept(&p, "strict")) {
        mismatched(&p, "{'lax', 'strict'}");
    } else {
        path->root = parse_expression(&p);
        skip_blanks(&p);
        if (path->root != NULL && p.at < p.size) {
            mismatched(&p, "{<EOF>, '+', '*', '/', '%', '.', '..', '[', '?', '-'}");
        }
    }
    *ret_problem = p.problem;
    return p.problem.code == NO_ERROR && path->root != NULL ? path : NULL;
}

void json_path_variables(const PathNode *node,
                         void (*visit)(void *closure, const PathNode *variable), void *closure) {
    if (node == NULL) {
        return;
    }
    if (node->kind == PATH_VARIABLE) {
        visit(closure, node);
    }
    json_path_variables(node->left, visit, closure);
    json_path_variables(node->right, visit, closure);
    for (int32_t i = 0; i < node->subscript_count; i++) {
        json_path_variables(node->from[i], visit, closure);
        json_path_variables(node->to[i], visit, closure);
    }
}
