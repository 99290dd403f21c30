/*
 * Calls: name(...) with DISTINCT, ORDER BY, FILTER, null treatment and OVER, and the functions with
 * a syntax of their own (EXTRACT, TRIM, POSITION, SUBSTRING, NORMALIZE, LISTAGG).
 *
 * Some names become nodes of their own (if, nullif, coalesce, try, format). What Trino rewrites to
 * ordinary calls while building its tree is rewritten here too, so that analyzer and formatter see
 * the same tree as Trino's.
 */
#include "parser_internal.h"

#include <string.h>
#include <strings.h>

bool at_set_quantifier(const Parser *p) {
    if (peek(p) == KEYWORD_DISTINCT) {
        return true;
    }
    if (peek(p) != KEYWORD_ALL) {
        return false;
    }
    /* ALL can be a name: it is the quantifier only if an expression (or the star of SELECT) can
     * follow. */
    if (peek_at(p, 1) == TOKEN_ASTERISK) {
        return !starts_expression(peek_at(p, 2)) || clause_starts_at(p, 2);
    }
    return starts_expression(peek_at(p, 1)) && !is_string(peek_at(p, 1));
}

static bool parse_set_quantifier(Parser *p) {
    if (!at_set_quantifier(p)) {
        return false;
    }
    bool distinct = peek(p) == KEYWORD_DISTINCT;
    advance(p);
    return distinct;
}

/* ---- what follows the arguments ---- */

bool at_over(const Parser *p) {
    return peek(p) == KEYWORD_OVER &&
           (peek_at(p, 1) == TOKEN_LEFT_PAREN || is_identifier(peek_at(p, 1)));
}

Status parse_over(Parser *p, Node **ret_window) {
    TRY(expect(p, KEYWORD_OVER));
    const Token *at = current(p);
    if (accept(p, TOKEN_LEFT_PAREN)) {
        WindowSpecification *window;
        TRY(parse_window_specification(p, &window));
        *ret_window = &window->node;
        return expect(p, TOKEN_RIGHT_PAREN);
    }
    WindowReference *reference = NODE_AT(p, WindowReference, at);
    TRY(parse_identifier(p, &reference->name));
    *ret_window = &reference->node;
    return OK;
}

static Status parse_filter(Parser *p, Node **ret_filter) {
    if (accept_two(p, KEYWORD_FILTER, TOKEN_LEFT_PAREN)) {
        TRY(expect(p, KEYWORD_WHERE));
        TRY(parse_expression_rule(p, ret_filter));
        TRY(expect(p, TOKEN_RIGHT_PAREN));
    }
    return OK;
}

static NullTreatment parse_null_treatment(Parser *p) {
    bool follows = peek_at(p, 1) == KEYWORD_NULLS && peek_at(p, 2) == KEYWORD_OVER;
    if (follows && accept_two(p, KEYWORD_IGNORE, KEYWORD_NULLS)) {
        return NULL_TREATMENT_IGNORE;
    }
    if (follows && accept_two(p, KEYWORD_RESPECT, KEYWORD_NULLS)) {
        return NULL_TREATMENT_RESPECT;
    }
    return NULL_TREATMENT_UNDEFINED;
}

static Status parse_call_tail(Parser *p, FunctionCall *call) {
    TRY(parse_filter(p, &call->filter));
    call->null_treatment = parse_null_treatment(p);
    if (at_over(p)) {
        TRY(parse_over(p, &call->window));
    }
    return OK;
}

/* ---- calls that are nodes of their own ---- */

/* Clauses that an ordinary call may have and `name`, a special form, may not. */
static void refuse_clauses(Parser *p, const FunctionCall *call, const char *name, const Token *at) {
    if (call->window != NULL) {
        defer_error(p, SYNTAX_ERROR, at, "OVER clause not valid for '%s' function", name);
    }
    if (call->distinct) {
        defer_error(p, SYNTAX_ERROR, at, "DISTINCT not valid for '%s' function", name);
    }
    if (call->null_treatment != NULL_TREATMENT_UNDEFINED) {
        defer_error(p, SYNTAX_ERROR, at, "Null treatment clause not valid for '%s' function", name);
    }
    if (call->processing_mode != PROCESSING_UNDEFINED) {
        defer_error(p, SYNTAX_ERROR, at, "Running or final semantics not valid for '%s' function",
                    name);
    }
    if (call->filter != NULL) {
        defer_error(p, SYNTAX_ERROR, at, "FILTER not valid for '%s' function", name);
    }
}

static Node *make_if(Parser *p, const FunctionCall *call, const Token *at) {
    IfExpression *node = NODE_AT(p, IfExpression, at);
    node->condition = call->arguments.items[0];
    node->true_value = call->arguments.items[1];
    node->false_value = call->arguments.count == 3 ? call->arguments.items[2] : NULL;
    return &node->node;
}

static Node *make_special(Parser *p, const FunctionCall *call, const char *name, const Token *at) {
    if (strcmp(name, "if") == 0) {
        return make_if(p, call, at);
    }
    if (strcmp(name, "nullif") == 0) {
        NullIfExpression *node = NODE_AT(p, NullIfExpression, at);
        node->first = call->arguments.items[0];
        node->second = call->arguments.items[1];
        return &node->node;
    }
    if (strcmp(name, "coalesce") == 0) {
        CoalesceExpression *node = NODE_AT(p, CoalesceExpression, at);
        node->operands = call->arguments;
        return &node->node;
    }
    if (strcmp(name, "try") == 0) {
        TryExpression *node = NODE_AT(p, TryExpression, at);
        node->inner_expression = call->arguments.items[0];
        return &node->node;
    }
    Format *node = NODE_AT(p, Format, at);
    node->arguments = call->arguments;
    return &node->node;
}

typedef struct SpecialForm {
    const char *name;
    int32_t arguments_min;
    int32_t arguments_max;
    const char *complaint;
} SpecialForm;

static const SpecialForm special_forms[] = {
    {"if", 2, 3, "Invalid number of arguments for 'if' function"},
    {"nullif", 2, 2, "Invalid number of arguments for 'nullif' function"},
    {"coalesce", 2, INT32_MAX, "The 'coalesce' function must have at least two arguments"},
    {"try", 1, 1, "The 'try' function must have exactly one argument"},
    {"format", 2, INT32_MAX, "The 'format' function must have at least two arguments"},
};

/* The node for a finished call: the call itself unless its name is a special form's. */
static Node *finish_call(Parser *p, FunctionCall *call, const Token *at) {
    if (call->name->parts.count > 1 || call->star) {
        return &call->node;
    }
    const char *name = ((const Identifier *)call->name->parts.items[0])->value;
    for (size_t i = 0; i < sizeof special_forms / sizeof special_forms[0]; i++) {
        const SpecialForm *form = &special_forms[i];
        if (strcasecmp(name, form->name) != 0) {
            continue;
        }
        if (call->arguments.count < form->arguments_min ||
            call->arguments.count > form->arguments_max) {
            defer_error(p, SYNTAX_ERROR, at, "%s", form->complaint);
            return &call->node;
        }
        refuse_clauses(p, call, form->name, at);
        return make_special(p, call, form->name, at);
    }
    return &call->node;
}

/* ---- ordinary calls ---- */

/* `*` or `label.*` before the closing parenthesis; false if the arguments are ordinary. */
static Status parse_star_argument(Parser *p, FunctionCall *call, bool *ret_star) {
    *ret_star = true;
    if (accept(p, TOKEN_ASTERISK)) {
        call->star = true;
        return OK;
    }
    bool labelled = is_identifier(peek(p)) && peek_at(p, 1) == TOKEN_DOT &&
                    peek_at(p, 2) == TOKEN_ASTERISK && peek_at(p, 3) == TOKEN_RIGHT_PAREN;
    if (!labelled) {
        *ret_star = false;
        return OK;
    }
    DereferenceExpression *all = NODE_AT(p, DereferenceExpression, current(p));
    TRY(parse_identifier_node(p, &all->base));
    TRY(expect_two(p, TOKEN_DOT, TOKEN_ASTERISK));
    list_append(p, &call->arguments, all);
    return OK;
}

/* From after the first argument, if there is one, to the end of the call. */
static Status parse_call_rest(Parser *p, FunctionCall *call) {
    if (call->arguments.count > 0 && accept(p, TOKEN_COMMA)) {
        TRY(parse_list(p, parse_expression_rule, &call->arguments));
    }
    TRY(parse_order_by(p, &call->order_by));
    TRY(expect(p, TOKEN_RIGHT_PAREN));
    return parse_call_tail(p, call);
}

Status parse_function_call(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    FunctionCall *call = NODE_AT(p, FunctionCall, at);
    bool has_mode =
        (peek(p) == KEYWORD_FINAL || peek(p) == KEYWORD_RUNNING) && is_identifier(peek_at(p, 1));
    if (has_mode) {
        call->processing_mode = peek(p) == KEYWORD_FINAL ? PROCESSING_FINAL : PROCESSING_RUNNING;
        advance(p);
    }
    TRY(parse_qualified_name(p, &call->name));
    TRY(expect(p, TOKEN_LEFT_PAREN));
    bool star;
    TRY(parse_star_argument(p, call, &star));
    if (star) {
        TRY(expect(p, TOKEN_RIGHT_PAREN));
        TRY(parse_call_tail(p, call));
        *ret_node = finish_call(p, call, at);
        return OK;
    }
    bool quantified = at_set_quantifier(p);
    call->distinct = parse_set_quantifier(p);
    if (quantified || (peek(p) != TOKEN_RIGHT_PAREN && peek(p) != KEYWORD_ORDER)) {
        Node *first;
        TRY(parse_expression_rule(p, &first));
        list_append(p, &call->arguments, first);
    }
    TRY(parse_call_rest(p, call));
    *ret_node = finish_call(p, call, at);
    return OK;
}

/* ---- functions with words between their arguments ---- */

/* A call with these arguments, as Trino builds it for a special syntax. */
static FunctionCall *rewritten_call(Parser *p, const Token *at, const char *name) {
    FunctionCall *call = NODE_AT(p, FunctionCall, at);
    call->name = qualified_name_of(p, name, at);
    return call;
}

/* POSITION(a IN b), SUBSTRING(a FROM b [FOR c]); without the word it is the ordinary call of that
 * name. */
static Status parse_position_or_substring(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    bool is_position = at->kind == KEYWORD_POSITION;
    FunctionCall *call = rewritten_call(p, at, token_string(p, at));
    advance(p);
    advance(p);
    int32_t start = p->position;
    TRY(enter(p));
    Node *first;
    TRY(parse_value_expression(p, &first));
    if (!accept(p, is_position ? KEYWORD_IN : KEYWORD_FROM)) {
        TRY(parse_expression_after_value(p, start, first, &first));
        leave(p);
        list_append(p, &call->arguments, first);
        *ret_node = &call->node;
        return parse_call_rest(p, call);
    }
    Node *second;
    TRY(parse_value_expression(p, &second));
    leave(p);
    call->name = qualified_name_of(p, is_position ? "strpos" : "substr", at);
    list_append(p, &call->arguments, is_position ? second : first);
    list_append(p, &call->arguments, is_position ? first : second);
    if (!is_position && accept(p, KEYWORD_FOR)) {
        Node *length;
        TRY(parse_value_expression(p, &length));
        list_append(p, &call->arguments, length);
    }
    *ret_node = &call->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

static bool is_extract_field(const char *field) {
    static const char *const fields[] = {
        "YEAR",          "QUARTER",      "MONTH",        "WEEK",
        "DAY",           "DAY_OF_MONTH", "DAY_OF_WEEK",  "DOW",
        "DAY_OF_YEAR",   "DOY",          "YEAR_OF_WEEK", "YOW",
        "HOUR",          "MINUTE",       "SECOND",       "TIMEZONE_MINUTE",
        "TIMEZONE_HOUR",
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(field, fields[i]) == 0) {
            return true;
        }
    }
    return false;
}

static Status parse_extract(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    Extract *extract = NODE_AT(p, Extract, at);
    advance(p);
    TRY(expect(p, TOKEN_LEFT_PAREN));
    Identifier *field;
    TRY(parse_identifier(p, &field));
    char *upper = arena_strdup(p->arena, field->value);
    for (char *c = upper; *c != '\0'; c++) {
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    }
    if (!is_extract_field(upper)) {
        defer_error(p, SYNTAX_ERROR, at,
                    "Invalid EXTRACT field %s, valid fields are: YEAR, QUARTER, MONTH, WEEK, DAY, "
                    "DAY_OF_MONTH, DAY_OF_WEEK, DOW, DAY_OF_YEAR, DOY, YEAR_OF_WEEK, YOW, HOUR, "
                    "MINUTE, SECOND, TIMEZONE_MINUTE, TIMEZONE_HOUR",
                    field->value);
    }
    extract->field = upper;
    TRY(expect(p, KEYWORD_FROM));
    TRY(parse_value_expression(p, &extract->expression));
    *ret_node = &extract->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

static Status parse_normalize(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    FunctionCall *call = rewritten_call(p, at, "normalize");
    advance(p);
    TRY(expect(p, TOKEN_LEFT_PAREN));
    Node *value;
    TRY(parse_value_expression(p, &value));
    StringLiteral *form = NODE_AT(p, StringLiteral, at);
    form->value = "NFC";
    if (accept(p, TOKEN_COMMA)) {
        switch (peek(p)) {
        case KEYWORD_NFC:
        case KEYWORD_NFD:
        case KEYWORD_NFKC:
        case KEYWORD_NFKD:
            form->value = token_kind_text(peek(p));
            advance(p);
            break;
        default:
            return unexpected(p);
        }
    }
    form->value_size = strlen(form->value);
    list_append(p, &call->arguments, value);
    list_append(p, &call->arguments, form);
    *ret_node = &call->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

/* Does the parenthesis at the current token hold a FROM of its own, not inside another parenthesis?
 */
static bool has_from_inside(const Parser *p) {
    int32_t end = p->match[p->position];
    for (int32_t i = p->position + 1; i < end; i++) {
        if (p->list.tokens[i].kind == KEYWORD_FROM) {
            return true;
        }
        if (p->match[i] >= 0) {
            i = p->match[i];
        }
    }
    return false;
}

static bool parse_trim_specification(Parser *p, TrimSpecification *ret_specification) {
    switch (peek(p)) {
    case KEYWORD_BOTH:
        *ret_specification = TRIM_BOTH;
        break;
    case KEYWORD_LEADING:
        *ret_specification = TRIM_LEADING;
        break;
    case KEYWORD_TRAILING:
        *ret_specification = TRIM_TRAILING;
        break;
    default:
        return false;
    }
    advance(p);
    return true;
}

static Status parse_trim(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    Trim *trim = NODE_AT(p, Trim, at);
    *ret_node = &trim->node;
    advance(p);
    if (peek(p) == TOKEN_LEFT_PAREN && has_from_inside(p)) {
        advance(p);
        bool has_specification = parse_trim_specification(p, &trim->specification);
        if (peek(p) != KEYWORD_FROM) {
            TRY(parse_value_expression(p, &trim->trim_character));
        } else if (!has_specification) {
            defer_error(p, SYNTAX_ERROR, at,
                        "The 'trim' function must have specification, char or both arguments "
                        "when it takes FROM");
        }
        TRY(expect(p, KEYWORD_FROM));
        TRY(parse_value_expression(p, &trim->value));
        return expect(p, TOKEN_RIGHT_PAREN);
    }
    TRY(expect(p, TOKEN_LEFT_PAREN));
    TRY(parse_value_expression(p, &trim->value));
    if (accept(p, TOKEN_COMMA)) {
        TRY(parse_value_expression(p, &trim->trim_character));
    }
    return expect(p, TOKEN_RIGHT_PAREN);
}

Status parse_special_function(Parser *p, Node **ret_node, bool *ret_special) {
    *ret_special = true;
    switch (peek(p)) {
    case KEYWORD_EXTRACT:
        return parse_extract(p, ret_node);
    case KEYWORD_NORMALIZE:
        return parse_normalize(p, ret_node);
    case KEYWORD_TRIM:
        return parse_trim(p, ret_node);
    case KEYWORD_POSITION:
    case KEYWORD_SUBSTRING:
        if (starts_expression(peek_at(p, 2)) && peek_at(p, 2) != KEYWORD_NOT &&
            peek_at(p, 2) != KEYWORD_ALL) {
            return parse_position_or_substring(p, ret_node);
        }
        break;
    default:
        break;
    }
    *ret_special = false;
    return OK;
}

/* ---- LISTAGG ---- */

static StringLiteral *string_node(Parser *p, const Token *at, const char *text) {
    StringLiteral *literal = NODE_AT(p, StringLiteral, at);
    literal->value = text;
    literal->value_size = strlen(text);
    return literal;
}

static Status parse_count_indication(Parser *p, bool *ret_count) {
    if (peek(p) != KEYWORD_WITH && peek(p) != KEYWORD_WITHOUT) {
        return unexpected(p);
    }
    *ret_count = peek(p) == KEYWORD_WITH;
    advance(p);
    return expect(p, KEYWORD_COUNT);
}

Status parse_listagg(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    FunctionCall *call = rewritten_call(p, at, "listagg");
    advance(p);
    TRY(expect(p, TOKEN_LEFT_PAREN));
    call->distinct = parse_set_quantifier(p);
    Node *value;
    TRY(parse_expression_rule(p, &value));
    StringLiteral *separator = string_node(p, at, "");
    StringLiteral *filler = string_node(p, at, "...");
    BooleanLiteral *overflow_error = NODE_AT(p, BooleanLiteral, at);
    BooleanLiteral *count = NODE_AT(p, BooleanLiteral, at);
    overflow_error->value = true;
    if (accept(p, TOKEN_COMMA)) {
        TRY(parse_string(p, &separator));
    }
    if (accept_two(p, KEYWORD_ON, KEYWORD_OVERFLOW) && !accept(p, KEYWORD_ERROR)) {
        TRY(expect(p, KEYWORD_TRUNCATE));
        overflow_error->value = false;
        if (is_string(peek(p))) {
            TRY(parse_string(p, &filler));
        }
        TRY(parse_count_indication(p, &count->value));
    }
    TRY(expect(p, TOKEN_RIGHT_PAREN));
    TRY(expect_two(p, KEYWORD_WITHIN, KEYWORD_GROUP));
    TRY(expect(p, TOKEN_LEFT_PAREN));
    if (peek(p) != KEYWORD_ORDER) {
        return unexpected(p);
    }
    TRY(parse_order_by(p, &call->order_by));
    TRY(expect(p, TOKEN_RIGHT_PAREN));
    list_append(p, &call->arguments, value);
    list_append(p, &call->arguments, separator);
    list_append(p, &call->arguments, overflow_error);
    list_append(p, &call->arguments, filler);
    list_append(p, &call->arguments, count);
    TRY(parse_filter(p, &call->filter));
    if (at_over(p)) {
        TRY(parse_over(p, &call->window));
    }
    *ret_node = &call->node;
    return OK;
}
