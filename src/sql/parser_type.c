/*
 * Types as CAST, column definitions and signatures write them.
 *
 * In `row(x ...)` and in parameter lists a name may or may not stand before the type; skip_type,
 * which walks the tokens of a type without building it, tells.
 */
#include "parser_internal.h"

/* ---- look-ahead ---- */

static TokenKind kind_at(const Parser *p, int32_t index) {
    return index < p->list.count ? p->list.tokens[index].kind : TOKEN_END;
}

static bool is_interval_field(TokenKind kind) {
    return kind == KEYWORD_YEAR || kind == KEYWORD_MONTH || kind == KEYWORD_DAY ||
           kind == KEYWORD_HOUR || kind == KEYWORD_MINUTE || kind == KEYWORD_SECOND;
}

/* After an optional parenthesis. */
static int32_t skip_parenthesis(const Parser *p, int32_t index) {
    if (kind_at(p, index) == TOKEN_LEFT_PAREN && p->match[index] >= 0) {
        return p->match[index] + 1;
    }
    return index;
}

/* ARRAY<x> and MAP<x, y>: after the matching '>', or -1. */
static int32_t skip_angle(const Parser *p, int32_t index) {
    int32_t depth = 0;
    for (; index < p->list.count; index++) {
        TokenKind kind = p->list.tokens[index].kind;
        if (kind == TOKEN_LT) {
            depth++;
        } else if (kind == TOKEN_GT && --depth == 0) {
            return index + 1;
        } else if (kind == TOKEN_LEFT_PAREN && p->match[index] >= 0) {
            index = p->match[index];
        } else if (kind == TOKEN_RIGHT_PAREN) {
            return -1;
        }
    }
    return -1;
}

static int32_t skip_base_type(const Parser *p, int32_t index) {
    TokenKind next = kind_at(p, index + 1);
    switch (kind_at(p, index)) {
    case KEYWORD_INTERVAL:
        if (!is_interval_field(next)) {
            break;
        }
        if (kind_at(p, index + 2) == KEYWORD_TO && is_interval_field(kind_at(p, index + 3))) {
            return index + 4;
        }
        return index + 2;
    case KEYWORD_TIME:
    case KEYWORD_TIMESTAMP:
        index = skip_parenthesis(p, index + 1);
        if ((kind_at(p, index) == KEYWORD_WITH || kind_at(p, index) == KEYWORD_WITHOUT) &&
            kind_at(p, index + 1) == KEYWORD_TIME && kind_at(p, index + 2) == KEYWORD_ZONE) {
            return index + 3;
        }
        return index;
    case KEYWORD_DOUBLE:
        if (next == KEYWORD_PRECISION) {
            return index + 2;
        }
        break;
    case KEYWORD_ARRAY:
    case KEYWORD_MAP:
        if (next == TOKEN_LT) {
            return skip_angle(p, index + 1);
        }
        break;
    default:
        break;
    }
    return is_identifier(kind_at(p, index)) ? skip_parenthesis(p, index + 1) : -1;
}

int32_t skip_type(const Parser *p, int32_t index) {
    index = skip_base_type(p, index);
    while (index >= 0 && kind_at(p, index) == KEYWORD_ARRAY) {
        index++;
        if (kind_at(p, index) == TOKEN_LEFT_BRACKET && p->match[index] >= 0) {
            index = p->match[index] + 1;
        }
    }
    return index;
}

/* ---- rules ---- */

static GenericDataType *generic_type(Parser *p, const Token *at, const char *name) {
    GenericDataType *type = NODE_AT(p, GenericDataType, at);
    type->name = NODE_AT(p, Identifier, at);
    type->name->value = name;
    return type;
}

static Status parse_type_parameter(Parser *p, Node **ret_node) {
    if (peek(p) == TOKEN_INTEGER_VALUE) {
        NumericParameter *parameter = NODE_AT(p, NumericParameter, current(p));
        parameter->value = token_string(p, current(p));
        advance(p);
        *ret_node = &parameter->node;
        return OK;
    }
    return parse_type_rule(p, ret_node);
}

static Status parse_row_field(Parser *p, Node **ret_node) {
    RowField *field = NODE_AT(p, RowField, current(p));
    int32_t end = skip_type(p, p->position);
    TokenKind after = end < 0 ? TOKEN_END : kind_at(p, end);
    if (after != TOKEN_COMMA && after != TOKEN_RIGHT_PAREN) {
        TRY(parse_identifier(p, &field->name));
    }
    *ret_node = &field->node;
    return parse_type_rule(p, &field->type);
}

static Status parse_date_time_type(Parser *p, Node **ret_node) {
    DateTimeDataType *type = NODE_AT(p, DateTimeDataType, current(p));
    type->is_timestamp = peek(p) == KEYWORD_TIMESTAMP;
    advance(p);
    if (accept(p, TOKEN_LEFT_PAREN)) {
        TRY(parse_type_parameter(p, &type->precision));
        TRY(expect(p, TOKEN_RIGHT_PAREN));
    }
    bool has_zone_clause =
        (peek(p) == KEYWORD_WITH || peek(p) == KEYWORD_WITHOUT) && peek_at(p, 1) == KEYWORD_TIME;
    if (has_zone_clause) {
        type->with_time_zone = peek(p) == KEYWORD_WITH;
        advance(p);
        TRY(expect_two(p, KEYWORD_TIME, KEYWORD_ZONE));
    }
    *ret_node = &type->node;
    return OK;
}

static Status parse_interval_type(Parser *p, Node **ret_node) {
    IntervalDataType *type = NODE_AT(p, IntervalDataType, current(p));
    advance(p);
    TRY(parse_interval_field(p, &type->from));
    type->to = type->from;
    if (accept(p, KEYWORD_TO)) {
        TRY(parse_interval_field(p, &type->to));
    }
    *ret_node = &type->node;
    return OK;
}

/* ARRAY<x> and MAP<x, y> */
static Status parse_angle_type(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    bool is_map = at->kind == KEYWORD_MAP;
    GenericDataType *type = generic_type(p, at, is_map ? "map" : "array");
    advance(p);
    advance(p);
    Node *argument;
    TRY(parse_type_rule(p, &argument));
    list_append(p, &type->arguments, argument);
    if (is_map) {
        TRY(expect(p, TOKEN_COMMA));
        TRY(parse_type_rule(p, &argument));
        list_append(p, &type->arguments, argument);
    }
    *ret_node = &type->node;
    return expect(p, TOKEN_GT);
}

static Status parse_row_type(Parser *p, Node **ret_node) {
    RowDataType *type = NODE_AT(p, RowDataType, current(p));
    advance(p);
    *ret_node = &type->node;
    return parse_parenthesized_list(p, parse_row_field, &type->fields);
}

static Status parse_generic_type(Parser *p, Node **ret_node) {
    GenericDataType *type = NODE_AT(p, GenericDataType, current(p));
    TRY(parse_identifier(p, &type->name));
    if (peek(p) == TOKEN_LEFT_PAREN) {
        TRY(parse_parenthesized_list(p, parse_type_parameter, &type->arguments));
    }
    *ret_node = &type->node;
    return OK;
}

static Status parse_base_type(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    TokenKind next = peek_at(p, 1);
    switch (at->kind) {
    case KEYWORD_ROW:
        if (next == TOKEN_LEFT_PAREN) {
            return parse_row_type(p, ret_node);
        }
        break;
    case KEYWORD_INTERVAL:
        if (is_interval_field(next)) {
            return parse_interval_type(p, ret_node);
        }
        break;
    case KEYWORD_TIME:
    case KEYWORD_TIMESTAMP:
        return parse_date_time_type(p, ret_node);
    case KEYWORD_DOUBLE:
        if (accept_two(p, KEYWORD_DOUBLE, KEYWORD_PRECISION)) {
            *ret_node = &generic_type(p, at, "double")->node;
            return OK;
        }
        break;
    case KEYWORD_ARRAY:
    case KEYWORD_MAP:
        if (next == TOKEN_LT) {
            return parse_angle_type(p, ret_node);
        }
        break;
    default:
        break;
    }
    return parse_generic_type(p, ret_node);
}

Status parse_type_rule(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    Node *type;
    int32_t links = 0;
    TRY(enter(p));
    TRY(parse_base_type(p, &type));
    while (accept(p, KEYWORD_ARRAY)) {
        TRY(count_link(p, &links));
        GenericDataType *array = generic_type(p, at, "array");
        list_append(p, &array->arguments, type);
        type = &array->node;
        if (accept(p, TOKEN_LEFT_BRACKET)) {
            TRY(expect(p, TOKEN_INTEGER_VALUE));
            TRY(expect(p, TOKEN_RIGHT_BRACKET));
            if (p->deferred_message == NULL) {
                /* Trino fails with this and without a position. */
                p->deferred_message = "Explicit array size not supported";
                p->deferred_code = GENERIC_INTERNAL_ERROR;
            }
        }
    }
    leave(p);
    *ret_node = type;
    return OK;
}
