/*
 * Literals: numbers, hexadecimal strings, intervals.
 *
 * A literal that is well formed as a token but has no value (an integer beyond bigint, odd
 * hexadecimal digits) is noted as a deferred error, because a syntax error elsewhere in the text
 * comes first.
 */
#include "parser_internal.h"

#include <ctype.h>
#include <string.h>

/* The token's text without underscores, '-' in front if negative. */
static const char *number_text(Parser *p, bool negative, const Token *token) {
    char *text = arena_alloc(p->arena, (size_t)token->size + 2);
    size_t size = 0;
    if (negative) {
        text[size++] = '-';
    }
    for (int32_t i = 0; i < token->size; i++) {
        char c = p->list.text[token->offset + i];
        if (c != '_') {
            text[size++] = c;
        }
    }
    text[size] = '\0';
    return text;
}

static int digit_value(char c) {
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* What an integer token says; false if it is beyond bigint. */
static bool integer_value(const char *text, int64_t *ret_value) {
    bool negative = *text == '-';
    text += negative ? 1 : 0;
    int base = 10;
    if (text[0] == '0' && text[1] != '\0' && !isdigit((unsigned char)text[1])) {
        char kind = (char)tolower((unsigned char)text[1]);
        base = kind == 'x' ? 16 : kind == 'o' ? 8 : 2;
        text += 2;
    }
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t value = 0;
    for (; *text != '\0'; text++) {
        uint64_t digit = (uint64_t)digit_value(*text);
        if (value > (limit - digit) / (uint64_t)base) {
            return false;
        }
        value = value * (uint64_t)base + digit;
    }
    *ret_value = negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

static LongLiteral *integer_literal(Parser *p, const Token *at, bool negative, const Token *token) {
    LongLiteral *literal = NODE_AT(p, LongLiteral, at);
    literal->text = number_text(p, negative, token);
    if (!integer_value(literal->text, &literal->value)) {
        defer_error(p, SYNTAX_ERROR, at, "Invalid numeric literal: %s%s", negative ? "-" : "",
                    token_string(p, token));
    }
    return literal;
}

Status parse_integer(Parser *p, LongLiteral **ret_integer) {
    if (peek(p) != TOKEN_INTEGER_VALUE) {
        return unexpected(p);
    }
    *ret_integer = integer_literal(p, current(p), false, current(p));
    advance(p);
    return OK;
}

Status parse_number(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    bool negative = accept(p, TOKEN_MINUS);
    const Token *token = current(p);
    switch (token->kind) {
    case TOKEN_INTEGER_VALUE:
        *ret_node = &integer_literal(p, at, negative, token)->node;
        break;
    case TOKEN_DECIMAL_VALUE: {
        DecimalLiteral *literal = NODE_AT(p, DecimalLiteral, at);
        literal->text = number_text(p, negative, token);
        *ret_node = &literal->node;
        break;
    }
    case TOKEN_DOUBLE_VALUE: {
        DoubleLiteral *literal = NODE_AT(p, DoubleLiteral, at);
        literal->text = number_text(p, negative, token);
        *ret_node = &literal->node;
        break;
    }
    default:
        return unexpected(p);
    }
    advance(p);
    return OK;
}

Status parse_binary_literal(Parser *p, Node **ret_node) {
    const Token *token = current(p);
    BinaryLiteral *literal = NODE_AT(p, BinaryLiteral, token);
    const char *text = p->list.text + token->offset + 2; /* after X' */
    size_t size = (size_t)token->size - 3;
    char *value = arena_alloc(p->arena, size / 2 + 1);
    size_t digits = 0;
    int high = 0;
    for (size_t i = 0; i < size; i++) {
        if (strchr(" \t\r\n", text[i]) != NULL && text[i] != '\0') {
            continue;
        }
        if (!isxdigit((unsigned char)text[i])) {
            defer_error(p, SYNTAX_ERROR, token,
                        "Binary literal can only contain hexadecimal digits");
            break;
        }
        if (digits % 2 == 0) {
            high = digit_value(text[i]);
        } else {
            value[digits / 2] = (char)(high * 16 + digit_value(text[i]));
        }
        digits++;
    }
    if (digits % 2 != 0) {
        defer_error(p, SYNTAX_ERROR, token, "Binary literal must contain an even number of digits");
    }
    value[digits / 2] = '\0';
    literal->value = value;
    literal->value_size = digits / 2;
    advance(p);
    *ret_node = &literal->node;
    return OK;
}

/* ---- intervals ---- */

Status parse_interval_field(Parser *p, IntervalField *ret_field) {
    switch (peek(p)) {
    case KEYWORD_YEAR:
        *ret_field = INTERVAL_YEAR;
        break;
    case KEYWORD_MONTH:
        *ret_field = INTERVAL_MONTH;
        break;
    case KEYWORD_DAY:
        *ret_field = INTERVAL_DAY;
        break;
    case KEYWORD_HOUR:
        *ret_field = INTERVAL_HOUR;
        break;
    case KEYWORD_MINUTE:
        *ret_field = INTERVAL_MINUTE;
        break;
    case KEYWORD_SECOND:
        *ret_field = INTERVAL_SECOND;
        break;
    default:
        return unexpected(p);
    }
    advance(p);
    return OK;
}

Status parse_interval(Parser *p, IntervalLiteral **ret_interval) {
    IntervalLiteral *interval = NODE_AT(p, IntervalLiteral, current(p));
    TRY(expect(p, KEYWORD_INTERVAL));
    if (accept(p, TOKEN_MINUS)) {
        interval->negative = true;
    } else {
        (void)accept(p, TOKEN_PLUS);
    }
    StringLiteral *text;
    TRY(parse_string(p, &text));
    interval->value = text->value;
    interval->value_size = text->value_size;
    TRY(parse_interval_field(p, &interval->start_field));
    interval->end_field = interval->start_field;
    if (accept(p, KEYWORD_TO)) {
        TRY(parse_interval_field(p, &interval->end_field));
    }
    *ret_interval = interval;
    return OK;
}
