/*
 * The SQL/JSON functions and JSON_TABLE.
 *
 * Clauses that are not written get the standard's defaults in the tree, so the analyzer sees one
 * form.
 */
#include "parser_internal.h"

/* ---- parts ---- */

Status parse_json_representation(Parser *p, JsonFormat *ret_format) {
    TRY(expect(p, KEYWORD_JSON));
    *ret_format = JSON_FORMAT_JSON;
    if (!accept(p, KEYWORD_ENCODING)) {
        return OK;
    }
    switch (peek(p)) {
    case KEYWORD_UTF8:
        *ret_format = JSON_FORMAT_UTF8;
        break;
    case KEYWORD_UTF16:
        *ret_format = JSON_FORMAT_UTF16;
        break;
    case KEYWORD_UTF32:
        *ret_format = JSON_FORMAT_UTF32;
        break;
    default:
        return unexpected(p);
    }
    advance(p);
    return OK;
}

static Status parse_format(Parser *p, JsonFormat *ret_format) {
    if (accept(p, KEYWORD_FORMAT)) {
        TRY(parse_json_representation(p, ret_format));
    }
    return OK;
}

static Status parse_json_argument(Parser *p, Node **ret_node) {
    JsonPathParameter *parameter = NODE_AT(p, JsonPathParameter, current(p));
    TRY(parse_expression_rule(p, &parameter->parameter));
    TRY(parse_format(p, &parameter->format));
    TRY(expect(p, KEYWORD_AS));
    *ret_node = &parameter->node;
    return parse_identifier(p, &parameter->name);
}

Status parse_json_path_invocation(Parser *p, JsonPathInvocation **ret_invocation) {
    JsonPathInvocation *invocation = NODE_AT(p, JsonPathInvocation, current(p));
    TRY(parse_expression_rule(p, &invocation->input_expression));
    invocation->input_format = JSON_FORMAT_JSON;
    TRY(parse_format(p, &invocation->input_format));
    TRY(expect(p, TOKEN_COMMA));
    TRY(parse_string(p, &invocation->json_path));
    if (accept(p, KEYWORD_AS)) {
        TRY(parse_identifier(p, &invocation->path_name));
    }
    if (accept(p, KEYWORD_PASSING)) {
        TRY(parse_list(p, parse_json_argument, &invocation->path_parameters));
    }
    *ret_invocation = invocation;
    return OK;
}

/* RETURNING type [FORMAT JSON ...], or nothing */
static Status parse_returning(Parser *p, Node **ret_type, JsonFormat *ret_format) {
    if (accept(p, KEYWORD_RETURNING)) {
        TRY(parse_type_rule(p, ret_type));
        if (ret_format != NULL) {
            TRY(parse_format(p, ret_format));
        }
    }
    return OK;
}

static Status parse_json_value_behavior(Parser *p, JsonValueBehavior *ret_behavior,
                                        Node **ret_default) {
    switch (peek(p)) {
    case KEYWORD_ERROR:
        *ret_behavior = JSON_VALUE_ERROR;
        break;
    case KEYWORD_NULL:
        *ret_behavior = JSON_VALUE_NULL;
        break;
    case KEYWORD_DEFAULT:
        *ret_behavior = JSON_VALUE_DEFAULT;
        advance(p);
        return parse_expression_rule(p, ret_default);
    default:
        return unexpected(p);
    }
    advance(p);
    return OK;
}

static bool at_json_value_behavior(const Parser *p) {
    return peek(p) == KEYWORD_ERROR || peek(p) == KEYWORD_NULL || peek(p) == KEYWORD_DEFAULT;
}

/* [behavior ON EMPTY] [behavior ON ERROR]; what is not written stays as it was. */
Status parse_json_value_behaviors(Parser *p, JsonValueBehavior *empty, Node **empty_default,
                                  JsonValueBehavior *error, Node **error_default) {
    if (!at_json_value_behavior(p)) {
        return OK;
    }
    JsonValueBehavior behavior;
    Node *value = NULL;
    TRY(parse_json_value_behavior(p, &behavior, &value));
    TRY(expect(p, KEYWORD_ON));
    if (accept(p, KEYWORD_EMPTY)) {
        *empty = behavior;
        *empty_default = value;
        if (!at_json_value_behavior(p)) {
            return OK;
        }
        value = NULL;
        TRY(parse_json_value_behavior(p, &behavior, &value));
        TRY(expect(p, KEYWORD_ON));
    }
    *error = behavior;
    *error_default = value;
    return expect(p, KEYWORD_ERROR);
}

/* WITH [CONDITIONAL | UNCONDITIONAL] [ARRAY] WRAPPER, WITHOUT [ARRAY] WRAPPER, or nothing */
static Status parse_wrapper(Parser *p, JsonWrapperBehavior *ret_wrapper) {
    if (accept(p, KEYWORD_WITHOUT)) {
        *ret_wrapper = JSON_WRAPPER_WITHOUT;
    } else if (accept(p, KEYWORD_WITH)) {
        *ret_wrapper = JSON_WRAPPER_UNCONDITIONAL;
        if (accept(p, KEYWORD_CONDITIONAL)) {
            *ret_wrapper = JSON_WRAPPER_CONDITIONAL;
        } else {
            (void)accept(p, KEYWORD_UNCONDITIONAL);
        }
    } else {
        return OK;
    }
    (void)accept(p, KEYWORD_ARRAY);
    return expect(p, KEYWORD_WRAPPER);
}

static Status parse_quotes(Parser *p, JsonQuotesBehavior *ret_quotes) {
    if (peek(p) != KEYWORD_KEEP && peek(p) != KEYWORD_OMIT) {
        return OK;
    }
    *ret_quotes = peek(p) == KEYWORD_KEEP ? JSON_QUOTES_KEEP : JSON_QUOTES_OMIT;
    advance(p);
    TRY(expect(p, KEYWORD_QUOTES));
    if (accept_two(p, KEYWORD_ON, KEYWORD_SCALAR)) {
        return expect(p, KEYWORD_STRING);
    }
    return OK;
}

static Status parse_json_query_behavior(Parser *p, JsonQueryBehavior *ret_behavior) {
    if (accept(p, KEYWORD_ERROR)) {
        *ret_behavior = JSON_QUERY_ERROR;
    } else if (accept(p, KEYWORD_NULL)) {
        *ret_behavior = JSON_QUERY_NULL;
    } else {
        TRY(expect(p, KEYWORD_EMPTY));
        if (accept(p, KEYWORD_ARRAY)) {
            *ret_behavior = JSON_QUERY_EMPTY_ARRAY;
        } else {
            TRY(expect(p, KEYWORD_OBJECT));
            *ret_behavior = JSON_QUERY_EMPTY_OBJECT;
        }
    }
    return expect(p, KEYWORD_ON);
}

static bool at_json_query_behavior(const Parser *p) {
    return peek(p) == KEYWORD_ERROR || peek(p) == KEYWORD_NULL || peek(p) == KEYWORD_EMPTY;
}

Status parse_json_query_behaviors(Parser *p, JsonWrapperBehavior *wrapper,
                                  JsonQuotesBehavior *quotes, JsonQueryBehavior *empty,
                                  JsonQueryBehavior *error) {
    TRY(parse_wrapper(p, wrapper));
    TRY(parse_quotes(p, quotes));
    if (!at_json_query_behavior(p)) {
        return OK;
    }
    JsonQueryBehavior behavior;
    TRY(parse_json_query_behavior(p, &behavior));
    if (accept(p, KEYWORD_EMPTY)) {
        *empty = behavior;
        if (!at_json_query_behavior(p)) {
            return OK;
        }
        TRY(parse_json_query_behavior(p, &behavior));
    }
    *error = behavior;
    return expect(p, KEYWORD_ERROR);
}

/* ---- functions ---- */

static Status parse_json_exists(Parser *p, const Token *at, Node **ret_node) {
    JsonExists *node = NODE_AT(p, JsonExists, at);
    *ret_node = &node->node;
    TRY(parse_json_path_invocation(p, &node->json_path_invocation));
    switch (peek(p)) {
    case KEYWORD_TRUE:
        node->error_behavior = JSON_EXISTS_TRUE;
        break;
    case KEYWORD_FALSE:
        node->error_behavior = JSON_EXISTS_FALSE;
        break;
    case KEYWORD_UNKNOWN:
        node->error_behavior = JSON_EXISTS_UNKNOWN;
        break;
    case KEYWORD_ERROR:
        node->error_behavior = JSON_EXISTS_ERROR;
        break;
    default:
        return OK;
    }
    advance(p);
    return expect_two(p, KEYWORD_ON, KEYWORD_ERROR);
}

static Status parse_json_value(Parser *p, const Token *at, Node **ret_node) {
    JsonValue *node = NODE_AT(p, JsonValue, at);
    *ret_node = &node->node;
    TRY(parse_json_path_invocation(p, &node->json_path_invocation));
    TRY(parse_returning(p, &node->returned_type, NULL));
    return parse_json_value_behaviors(p, &node->empty_behavior, &node->empty_default,
                                      &node->error_behavior, &node->error_default);
}

static Status parse_json_query(Parser *p, const Token *at, Node **ret_node) {
    JsonQuery *node = NODE_AT(p, JsonQuery, at);
    *ret_node = &node->node;
    TRY(parse_json_path_invocation(p, &node->json_path_invocation));
    TRY(parse_returning(p, &node->returned_type, &node->output_format));
    return parse_json_query_behaviors(p, &node->wrapper_behavior, &node->quotes_behavior,
                                      &node->empty_behavior, &node->error_behavior);
}

/* KEY in front of a member's key, rather than a column or function of that name: VALUE has to come
 * after the key. */
static bool at_key_word(const Parser *p) {
    if (peek(p) != KEYWORD_KEY || !starts_expression(peek_at(p, 1))) {
        return false;
    }
    int32_t start = p->position + (peek_at(p, 1) == KEYWORD_VALUE ? 2 : 1);
    for (int32_t i = start; i < p->list.count; i++) {
        switch (p->list.tokens[i].kind) {
        case KEYWORD_VALUE:
            return true;
        case TOKEN_COLON:
        case TOKEN_COMMA:
        case TOKEN_RIGHT_PAREN:
            return false;
        default:
            i = p->match[i] >= 0 ? p->match[i] : i;
            break;
        }
    }
    return false;
}

static Status parse_json_member(Parser *p, Node **ret_node) {
    JsonObjectMember *member = NODE_AT(p, JsonObjectMember, current(p));
    bool keyed = at_key_word(p);
    if (keyed) {
        advance(p);
    }
    TRY(parse_expression_rule(p, &member->key));
    if (keyed || peek(p) == KEYWORD_VALUE) {
        TRY(expect(p, KEYWORD_VALUE));
    } else {
        TRY(expect(p, TOKEN_COLON));
    }
    TRY(parse_expression_rule(p, &member->value));
    *ret_node = &member->node;
    return parse_format(p, &member->format);
}

static bool parse_on_null(Parser *p, bool null_on_null) {
    bool clause = (peek(p) == KEYWORD_NULL || peek(p) == KEYWORD_ABSENT) &&
                  peek_at(p, 1) == KEYWORD_ON && peek_at(p, 2) == KEYWORD_NULL;
    if (!clause) {
        return null_on_null;
    }
    null_on_null = peek(p) == KEYWORD_NULL;
    p->position += 3;
    return null_on_null;
}

static Status parse_json_object(Parser *p, const Token *at, Node **ret_node) {
    JsonObject *node = NODE_AT(p, JsonObject, at);
    *ret_node = &node->node;
    node->null_on_null = true;
    bool empty = peek(p) == TOKEN_RIGHT_PAREN ||
                 (peek(p) == KEYWORD_RETURNING && is_identifier(peek_at(p, 1)) &&
                  peek_at(p, 1) != KEYWORD_VALUE);
    if (!empty) {
        TRY(parse_list(p, parse_json_member, &node->members));
        node->null_on_null = parse_on_null(p, true);
        if (peek(p) == KEYWORD_WITH || peek(p) == KEYWORD_WITHOUT) {
            node->unique_keys = peek(p) == KEYWORD_WITH;
            advance(p);
            TRY(expect(p, KEYWORD_UNIQUE));
            (void)accept(p, KEYWORD_KEYS);
        }
    }
    return parse_returning(p, &node->returned_type, &node->output_format);
}

static Status parse_json_element(Parser *p, Node **ret_node) {
    JsonArrayElement *element = NODE_AT(p, JsonArrayElement, current(p));
    TRY(parse_expression_rule(p, &element->value));
    *ret_node = &element->node;
    return parse_format(p, &element->format);
}

static Status parse_json_array(Parser *p, const Token *at, Node **ret_node) {
    JsonArray *node = NODE_AT(p, JsonArray, at);
    *ret_node = &node->node;
    bool empty = peek(p) == TOKEN_RIGHT_PAREN ||
                 (peek(p) == KEYWORD_RETURNING && is_identifier(peek_at(p, 1)));
    if (!empty) {
        TRY(parse_list(p, parse_json_element, &node->elements));
        node->null_on_null = parse_on_null(p, false);
    }
    return parse_returning(p, &node->returned_type, &node->output_format);
}

Status parse_json_function(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    advance(p);
    TRY(expect(p, TOKEN_LEFT_PAREN));
    TRY(enter(p));
    switch (at->kind) {
    case KEYWORD_JSON_EXISTS:
        TRY(parse_json_exists(p, at, ret_node));
        break;
    case KEYWORD_JSON_VALUE:
        TRY(parse_json_value(p, at, ret_node));
        break;
    case KEYWORD_JSON_QUERY:
        TRY(parse_json_query(p, at, ret_node));
        break;
    case KEYWORD_JSON_OBJECT:
        TRY(parse_json_object(p, at, ret_node));
        break;
    default:
        TRY(parse_json_array(p, at, ret_node));
        break;
    }
    leave(p);
    return expect(p, TOKEN_RIGHT_PAREN);
}
