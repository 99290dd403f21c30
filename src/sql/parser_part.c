/*
 * Rules for the small parts that many statements share: identifiers, names, strings, principals,
 * properties.
 *
 * Strings are decoded here, so no other file knows about quotes and escapes.
 */
#include "parser_internal.h"

#include <ctype.h>
#include <string.h>

/* Copies the inside of a quoted token, doubled quotes made single. */
static const char *unquote(Parser *p, const Token *token, int32_t prefix, size_t *ret_size) {
    const char *from = p->list.text + token->offset + prefix + 1;
    const char *end = p->list.text + token->offset + token->size - 1;
    char quote = p->list.text[token->offset + prefix];
    char *value = arena_alloc(p->arena, (size_t)(end - from) + 1);
    size_t size = 0;
    for (; from < end; from++) {
        value[size++] = *from;
        if (*from == quote) {
            from++;
        }
    }
    value[size] = '\0';
    *ret_size = size;
    return value;
}

Status parse_identifier(Parser *p, Identifier **ret_identifier) {
    const Token *token = current(p);
    Identifier *identifier = NODE_AT(p, Identifier, token);
    switch (token->kind) {
    case TOKEN_QUOTED_IDENTIFIER: {
        size_t size;
        identifier->value = unquote(p, token, 0, &size);
        identifier->delimited = true;
        if (size == 0) {
            return unexpected(p);
        }
        break;
    }
    case TOKEN_BACKQUOTED_IDENTIFIER:
    case TOKEN_DIGIT_IDENTIFIER:
        return unexpected(p);
    default:
        if (!is_identifier(token->kind)) {
            return unexpected(p);
        }
        identifier->value = token_string(p, token);
        break;
    }
    advance(p);
    *ret_identifier = identifier;
    return OK;
}

Status parse_identifier_node(Parser *p, Node **ret_node) {
    Identifier *identifier;
    TRY(parse_identifier(p, &identifier));
    *ret_node = &identifier->node;
    return OK;
}

Status parse_qualified_name(Parser *p, QualifiedName **ret_name) {
    QualifiedName *name = NODE_AT(p, QualifiedName, current(p));
    do {
        Identifier *part;
        TRY(parse_identifier(p, &part));
        list_append(p, &name->parts, part);
    } while (accept(p, TOKEN_DOT));
    *ret_name = name;
    return OK;
}

Status parse_qualified_name_node(Parser *p, Node **ret_node) {
    QualifiedName *name;
    TRY(parse_qualified_name(p, &name));
    *ret_node = &name->node;
    return OK;
}

/* ---- strings ---- */

static size_t put_utf8(char *out, uint32_t code_point) {
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xc0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3f));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xe0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code_point & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code_point & 0x3f));
    return 4;
}

static bool is_hex_digit(char c) {
    return isxdigit((unsigned char)c) != 0;
}

/* One escape sequence after the escape character; gives the bytes of `text` that it took, 0 on a
 * deferred error. */
static size_t decode_escape(Parser *p, const Token *at, const char *text, size_t size, char *out,
                            size_t *out_size) {
    bool is_long = size > 0 && text[0] == '+';
    size_t start = is_long ? 1 : 0;
    size_t needed = is_long ? 6 : 4;
    if (!is_long && size > 0 && !is_hex_digit(text[0])) {
        defer_error(p, SYNTAX_ERROR, at, "Invalid hexadecimal digit: %c", text[0]);
        return 0;
    }
    size_t digits = 0;
    while (digits < needed && start + digits < size && is_hex_digit(text[start + digits])) {
        digits++;
    }
    char hex[8] = {0};
    memcpy(hex, text + start, digits);
    if (digits < needed) {
        defer_error(p, SYNTAX_ERROR, at, "Incomplete escape sequence: %s", hex);
        return 0;
    }
    uint32_t code_point = 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = tolower((unsigned char)hex[i]);
        code_point = code_point * 16 + (uint32_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    if (code_point > 0x10ffff) {
        defer_error(p, SYNTAX_ERROR, at, "Invalid escaped character: %s", hex);
        return 0;
    }
    if (code_point >= 0xd800 && code_point <= 0xdfff) {
        defer_error(p, SYNTAX_ERROR, at,
                    "Invalid escaped character: %s. Escaped character is a surrogate. "
                    "Use '\\+123456' instead.",
                    hex);
        return 0;
    }
    *out_size += put_utf8(out + *out_size, code_point);
    return start + digits;
}

/* The escape character of UESCAPE 'c'; the backslash when there is none or it is bad. */
static char parse_escape_character(Parser *p, const Token *at) {
    if (!accept(p, KEYWORD_UESCAPE)) {
        return '\\';
    }
    if (peek(p) != TOKEN_STRING) {
        return '\0';
    }
    size_t size;
    const char *text = unquote(p, current(p), 0, &size);
    advance(p);
    if (size == 0) {
        defer_error(p, SYNTAX_ERROR, at, "Empty Unicode escape character");
        return '\\';
    }
    char c = text[0];
    bool valid =
        size == 1 && c > 0x20 && c < 0x7f && !is_hex_digit(c) && c != '"' && c != '+' && c != '\'';
    if (!valid) {
        defer_error(p, SYNTAX_ERROR, at, "Invalid Unicode escape character: %s", text);
        return '\\';
    }
    return c;
}

static Status parse_unicode_string(Parser *p, StringLiteral *literal) {
    const Token *token = current(p);
    size_t size;
    const char *text = unquote(p, token, 2, &size);
    advance(p);
    char escape = parse_escape_character(p, token);
    if (escape == '\0') {
        return unexpected(p);
    }
    char *value = arena_alloc(p->arena, size + 1); /* decoding never makes it longer */
    size_t value_size = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] != escape) {
            value[value_size++] = text[i];
        } else if (i + 1 < size && text[i + 1] == escape) {
            value[value_size++] = escape;
            i++;
        } else {
            size_t taken = decode_escape(p, token, text + i + 1, size - i - 1, value, &value_size);
            if (taken == 0) {
                break;
            }
            i += taken;
        }
    }
    value[value_size] = '\0';
    literal->value = value;
    literal->value_size = value_size;
    return OK;
}

bool is_string(TokenKind kind) {
    return kind == TOKEN_STRING || kind == TOKEN_UNICODE_STRING;
}

Status parse_string(Parser *p, StringLiteral **ret_string) {
    const Token *token = current(p);
    StringLiteral *literal = NODE_AT(p, StringLiteral, token);
    if (token->kind == TOKEN_STRING) {
        literal->value = unquote(p, token, 0, &literal->value_size);
        advance(p);
    } else if (token->kind == TOKEN_UNICODE_STRING) {
        TRY(parse_unicode_string(p, literal));
    } else {
        return unexpected(p);
    }
    *ret_string = literal;
    return OK;
}

/* ---- clauses ---- */

Status parse_principal(Parser *p, Principal **ret_principal) {
    Principal *principal = NODE_AT(p, Principal, current(p));
    if (peek(p) == KEYWORD_USER && is_identifier(peek_at(p, 1))) {
        principal->type = PRINCIPAL_USER;
        advance(p);
    } else if (peek(p) == KEYWORD_ROLE && is_identifier(peek_at(p, 1))) {
        principal->type = PRINCIPAL_ROLE;
        advance(p);
    }
    TRY(parse_identifier(p, &principal->name));
    *ret_principal = principal;
    return OK;
}

Status parse_principal_node(Parser *p, Node **ret_node) {
    Principal *principal;
    TRY(parse_principal(p, &principal));
    *ret_node = &principal->node;
    return OK;
}

Status parse_property_node(Parser *p, Node **ret_node) {
    Property *property = NODE_AT(p, Property, current(p));
    TRY(parse_identifier(p, &property->name));
    TRY(expect(p, TOKEN_EQ));
    bool is_default = peek(p) == KEYWORD_DEFAULT &&
                      (peek_at(p, 1) == TOKEN_COMMA || peek_at(p, 1) == TOKEN_RIGHT_PAREN ||
                       peek_at(p, 1) == TOKEN_END);
    if (is_default) {
        advance(p);
    } else {
        TRY(parse_expression_rule(p, &property->value));
    }
    *ret_node = &property->node;
    return OK;
}

Status parse_properties(Parser *p, NodeList *list) {
    if (peek(p) != KEYWORD_WITH || peek_at(p, 1) != TOKEN_LEFT_PAREN) {
        return OK;
    }
    advance(p);
    return parse_parenthesized_list(p, parse_property_node, list);
}

Status parse_session_property_node(Parser *p, Node **ret_node) {
    SessionProperty *property = NODE_AT(p, SessionProperty, current(p));
    TRY(parse_qualified_name(p, &property->name));
    TRY(expect(p, TOKEN_EQ));
    TRY(parse_expression_rule(p, &property->value));
    *ret_node = &property->node;
    return OK;
}

Status parse_comment(Parser *p, StringLiteral **ret_comment) {
    if (accept(p, KEYWORD_COMMENT)) {
        TRY(parse_string(p, ret_comment));
    }
    return OK;
}

Status parse_call_argument_node(Parser *p, Node **ret_node) {
    CallArgument *argument = NODE_AT(p, CallArgument, current(p));
    if (is_identifier(peek(p)) && peek_at(p, 1) == TOKEN_DOUBLE_ARROW) {
        TRY(parse_identifier(p, &argument->name));
        advance(p);
    }
    TRY(parse_expression_rule(p, &argument->value));
    *ret_node = &argument->node;
    return OK;
}

Status parse_if_exists(Parser *p, bool *ret_exists) {
    *ret_exists = accept_two(p, KEYWORD_IF, KEYWORD_EXISTS);
    return OK;
}

Status parse_if_not_exists(Parser *p, bool *ret_not_exists) {
    *ret_not_exists = false;
    if (accept_two(p, KEYWORD_IF, KEYWORD_NOT)) {
        TRY(expect(p, KEYWORD_EXISTS));
        *ret_not_exists = true;
    }
    return OK;
}

Status parse_path_specification(Parser *p, PathSpecification **ret_path) {
    PathSpecification *path = NODE_AT(p, PathSpecification, current(p));
    do {
        PathElement *element = NODE_AT(p, PathElement, current(p));
        TRY(parse_identifier(p, &element->schema));
        if (accept(p, TOKEN_DOT)) {
            element->catalog = element->schema;
            TRY(parse_identifier(p, &element->schema));
        }
        list_append(p, &path->path, element);
    } while (accept(p, TOKEN_COMMA));
    *ret_path = path;
    return OK;
}

Status parse_catalog_clause(Parser *p, Identifier **ret_catalog) {
    if (accept(p, KEYWORD_IN)) {
        TRY(parse_identifier(p, ret_catalog));
    }
    return OK;
}
