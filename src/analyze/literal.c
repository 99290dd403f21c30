/*
 * Literals and type nodes (operators-and-coercions.md, section 1).
 *
 * Typed literals whose text a cast understands are cast when they are analyzed; what the cast
 * refuses is INVALID_LITERAL. The precision of times and the digits of decimals come from the text.
 */
#include "analyze/expression.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "analyze/coercion.h"
#include "base/timezone.h"
#include "sql/formatter.h"
#include "type/type_parse.h"

static int32_t code_points(const char *bytes, size_t size) {
    int32_t count = 0;
    for (size_t i = 0; i < size; i++) {
        count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    }
    return count;
}

/* An expression of the one value of a vector, whose reference is taken over. */
static Expr *constant_of(Analyzer *an, Vector *value) {
    Expr *expr = expr_constant(an->arena, value);
    vector_unref(value);
    return expr;
}

static Expr *string_constant(Analyzer *an, const Type *type, const char *bytes, size_t size) {
    Vector *value = vector_create(type, 1);
    vector_set_string(value, 0, bytes, size);
    return constant_of(an, value);
}

const Expr *varchar_constant(Analyzer *an, const char *bytes, size_t size) {
    return string_constant(an, type_varchar(code_points(bytes, size)), bytes, size);
}

const Expr *unbounded_varchar_constant(Analyzer *an, const char *text) {
    const Type *type = type_varchar_unbounded();
    return text == NULL ? expr_null(an->arena, type)
                        : string_constant(an, type, text, strlen(text));
}

const Expr *integer_constant(Analyzer *an, int32_t value) {
    Vector *vector = vector_create(type_simple(TYPE_INTEGER), 1);
    VECTOR_DATA(vector, int32_t)[0] = value;
    return constant_of(an, vector);
}

static Expr *long_constant(Analyzer *an, const Type *type, int64_t value) {
    Vector *vector = vector_create(type, 1);
    VECTOR_DATA(vector, int64_t)[0] = value;
    return constant_of(an, vector);
}

/* ---- numbers ---- */

/* "[-+]digits[.digits]": the digits as a number, how many count, how many follow the point. */
static bool parse_decimal(const char *text, size_t size, __int128 *ret_value,
                          int32_t *ret_precision, int32_t *ret_scale) {
    size_t at = 0;
    bool negative = size > 0 && text[0] == '-', has_point = false, leading = true;
    at += size > 0 && (text[0] == '-' || text[0] == '+');
    unsigned __int128 value = 0;
    int32_t precision = 0, scale = 0, seen = 0;
    for (; at < size; at++) {
        if (text[at] == '.' && !has_point) {
            has_point = true;
            continue;
        }
        if (text[at] == '_' && seen > 0) {
            continue;
        }
        if (text[at] < '0' || text[at] > '9') {
            return false;
        }
        leading = leading && text[at] == '0' && !has_point;
        seen++;
        precision += !leading;
        scale += has_point;
        if (precision > DECIMAL_PRECISION_MAX) {
            return false;
        }
        value = value * 10 + (unsigned)(text[at] - '0');
    }
    if (seen == 0) {
        return false;
    }
    *ret_value = negative ? -(__int128)value : (__int128)value;
    *ret_precision = precision == 0 ? 1 : precision;
    *ret_scale = scale;
    return true;
}

static Status decimal_constant(Analyzer *an, const Node *node, const char *text, size_t size,
                               const Expr **ret_expr) {
    __int128 value;
    int32_t precision, scale;
    if (!parse_decimal(text, size, &value, &precision, &scale)) {
        return FAIL_NODE(an, INVALID_LITERAL, node, "'%.*s' is not a valid DECIMAL literal",
                         (int)size, text);
    }
    const Type *type = type_decimal(precision, scale);
    Vector *vector = vector_create(type, 1);
    if (type_is_short_decimal(type)) {
        VECTOR_DATA(vector, int64_t)[0] = (int64_t)value;
    } else {
        memcpy(vector->data, &value, sizeof value);
    }
    *ret_expr = constant_of(an, vector);
    return OK;
}

static const Expr *double_constant(Analyzer *an, const char *text) {
    double value = strtod(text, NULL);
    Vector *vector = vector_create(type_simple(TYPE_DOUBLE), 1);
    VECTOR_DATA(vector, double)[0] = value;
    return constant_of(an, vector);
}

/* ---- intervals ---- */

static const char *const INTERVAL_NAMES[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};

/* A number of the interval at *at; the fraction of seconds in *ret_millis when allowed. Numbers go
 * to 2^31 - 1. */
static bool interval_number(const char **at, int64_t *ret_number, int64_t *ret_millis) {
    const char *start = *at;
    int64_t number = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        number = number * 10 + (**at - '0');
        if (number > INT32_MAX) {
            return false;
        }
    }
    bool has_digits = *at > start;
    *ret_number = number;
    if (ret_millis != NULL && **at == '.') {
        int64_t millis = 0, unit = 100;
        for ((*at)++; **at >= '0' && **at <= '9'; (*at)++, unit /= 10) {
            millis += (**at - '0') * unit;
        }
        *ret_millis = millis;
    }
    return has_digits;
}

/* The fields from start to end of the text: "2 03:04:05.678" has the separators of Trino's ISO-like
 * form. */
static bool parse_interval(const IntervalLiteral *node, int64_t *ret_value) {
    static const int64_t units[] = {12, 1, 86400000, 3600000, 60000, 1000};
    static const char separators[] = {0, '-', 0, ' ', ':', ':'};
    const char *at = node->value;
    bool negative = *at == '-';
    at += *at == '-' || *at == '+';
    if (*at == '\0' && node->start_field == node->end_field) {
        *ret_value = 0;
        return true;
    }
    int64_t total = 0;
    for (int field = (int)node->start_field; field <= (int)node->end_field; field++) {
        int64_t number, millis = 0, part;
        if (field > (int)node->start_field && *at++ != separators[field]) {
            return false;
        }
        if (!interval_number(&at, &number, field == INTERVAL_SECOND ? &millis : NULL) ||
            __builtin_mul_overflow(number, units[field], &part) ||
            __builtin_add_overflow(total, part + millis, &total)) {
            return false;
        }
    }
    if (*at != '\0' || strlen(node->value) != node->value_size) {
        return false;
    }
    *ret_value = negative ? -total : total;
    return true;
}

static Status interval_constant(Analyzer *an, const IntervalLiteral *node, const Expr **ret_expr) {
    int start = (int)node->start_field, end = (int)node->end_field;
    bool is_months = start <= INTERVAL_MONTH;
    if (end < start || is_months != (end <= INTERVAL_MONTH)) {
        return FAIL_NODE(an, INVALID_LITERAL, &node->node, "Invalid interval qualifier: %s TO %s",
                         INTERVAL_NAMES[start], INTERVAL_NAMES[end]);
    }
    int64_t value;
    bool valid = parse_interval(node, &value);
    value = node->negative && valid ? -value : value;
    if (!valid || (is_months && (value > INT32_MAX || value < INT32_MIN))) {
        const char *qualifier =
            start == end
                ? INTERVAL_NAMES[start]
                : arena_printf(an->arena, "%s TO %s", INTERVAL_NAMES[start], INTERVAL_NAMES[end]);
        return FAIL_NODE(an, INVALID_LITERAL, &node->node, "Invalid INTERVAL %s value: %.*s",
                         qualifier, (int)node->value_size, node->value);
    }
    if (!is_months) {
        *ret_expr = long_constant(an, type_simple(TYPE_INTERVAL_DAY_SECOND), value);
        return OK;
    }
    Vector *vector = vector_create(type_simple(TYPE_INTERVAL_YEAR_MONTH), 1);
    VECTOR_DATA(vector, int32_t)[0] = (int32_t)value;
    *ret_expr = constant_of(an, vector);
    return OK;
}

/* ---- TYPE 'text' ---- */

static Status fail_literal(Analyzer *an, const GenericLiteral *node, const char *type) {
    return FAIL_NODE(an, INVALID_LITERAL, &node->node, "'%.*s' is not a valid %s literal",
                     (int)node->value_size, node->value, type);
}

/* The text cast to the type; a refusal that is about the value becomes INVALID_LITERAL. */
static Status cast_literal(Analyzer *an, const GenericLiteral *node, const Type *type,
                           const char *type_name, const Expr **ret_expr) {
    const Expr *text = string_constant(an, type_varchar_unbounded(), node->value, node->value_size);
    const Expr *cast = expr_cast(an->arena, text, type);
    Vector *value;
    if (expr_evaluate(an->cx, cast, &value) == OK) {
        *ret_expr = at_node(constant_of(an, value), &node->node);
        return OK;
    }
    if (an->cx->error.code == NOT_SUPPORTED) {
        const char *message = an->cx->error.message;
        context_clear_error(an->cx);
        return FAIL_NODE(an, NOT_SUPPORTED, &node->node, "%s", message);
    }
    context_clear_error(an->cx);
    return fail_literal(an, node, type_name);
}

/* How many digits follow the seconds, and the zone that follows the time; NULL: none. */
static void scan_time(const char *text, bool has_date, int32_t *ret_precision,
                      const char **ret_zone) {
    const char *time = text;
    while (*time == ' ') {
        time++;
    }
    if (has_date) {
        const char *space = strchr(time, ' ');
        time = space == NULL ? time + strlen(time) : space + 1;
    }
    const char *point = strchr(time, '.');
    *ret_precision = point == NULL ? 0 : (int32_t)strspn(point + 1, "0123456789");
    const char *end = time + strspn(time, "0123456789:.");
    while (*end == ' ') {
        end++;
    }
    *ret_zone = *end != '\0' ? end : NULL;
}

/* Offsets that can be written; more is no offset at all. */
enum { OFFSET_MINUTES_MAX = 18 * 60 };

/* "+14:30": an offset that is written well but that no zone has. */
static bool is_far_offset(const char *zone) {
    int hours = 0, minutes = 0, length = 0;
    bool is_offset = sscanf(zone + 1, "%2d:%2d%n", &hours, &minutes, &length) == 2 && length == 5 &&
                     zone[6] == '\0' && (*zone == '+' || *zone == '-');
    int total = hours * 60 + minutes;
    return is_offset && total > TIMEZONE_OFFSET_MINUTES_MAX && total <= OFFSET_MINUTES_MAX;
}

/* Whether the zone's clocks skip the local time: the instant then reads differently from the text.
 */
static bool is_in_gap(Analyzer *an, const GenericLiteral *node, const Expr *value) {
    const Type *local = type_timestamp(value->type->precision, false);
    const Expr *text = string_constant(an, type_varchar_unbounded(), node->value, node->value_size);
    const Expr *written = fold_constant(an, expr_cast(an->arena, text, local));
    const Expr *shown = fold_constant(an, expr_cast(an->arena, value, local));
    return written->kind == EXPR_CONSTANT && shown->kind == EXPR_CONSTANT &&
           !expr_equal(written, shown);
}

static Status time_literal(Analyzer *an, const GenericLiteral *node, bool is_timestamp,
                           const Expr **ret_expr) {
    int32_t precision;
    const char *zone;
    scan_time(node->value, is_timestamp, &precision, &zone);
    const char *name = is_timestamp ? "TIMESTAMP" : "TIME";
    if (precision > TIME_PRECISION_MAX) {
        return FAIL_NODE(an, NUMERIC_VALUE_OUT_OF_RANGE, &node->node,
                         "%s%s precision must be in range [0, 12]: %d", name,
                         zone != NULL ? " WITH TIME ZONE" : "", (int)precision);
    }
    if (is_timestamp && zone != NULL && is_far_offset(zone)) {
        return FAIL_NODE(an, NOT_SUPPORTED, &node->node, "Time zone not supported: %s", zone);
    }
    const Type *type =
        is_timestamp ? type_timestamp(precision, zone != NULL) : type_time(precision, zone != NULL);
    TRY(cast_literal(an, node, type, name, ret_expr));
    if (is_timestamp && zone != NULL && is_in_gap(an, node, *ret_expr)) {
        return fail_literal(an, node, name);
    }
    return OK;
}

static Status json_literal(Analyzer *an, const GenericLiteral *node, const Expr **ret_expr) {
    const Expr *text = varchar_constant(an, node->value, node->value_size), *call;
    TRY(call_function(an, "json_parse", 1, &text, &node->node, &call));
    Vector *value;
    if (expr_evaluate(an->cx, call, &value) != OK) {
        context_clear_error(an->cx);
        return fail_literal(an, node, "JSON");
    }
    *ret_expr = constant_of(an, value);
    return OK;
}

static const char *upper_case(Analyzer *an, const char *text) {
    char *upper = arena_strdup(an->arena, text);
    for (char *c = upper; *c != '\0'; c++) {
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    }
    return upper;
}

static Status generic_literal(Analyzer *an, const GenericLiteral *node, const Expr **ret_expr) {
    if (strcasecmp(node->type, "timestamp") == 0) {
        return time_literal(an, node, true, ret_expr);
    }
    if (strcasecmp(node->type, "time") == 0) {
        return time_literal(an, node, false, ret_expr);
    }
    if (strcasecmp(node->type, "decimal") == 0) {
        return decimal_constant(an, &node->node, node->value, node->value_size, ret_expr);
    }
    const Type *type;
    TRY(type_resolve(an->cx, node->type, NULL, 0, &type));
    if (type == NULL) {
        return FAIL(an->cx, TYPE_NOT_FOUND,
                    "io.trino.spi.TrinoException: line %d:%d: Unknown resolvedType: %s",
                    (int)node->node.line, (int)node->node.column, node->type);
    }
    if (type->kind == TYPE_VARCHAR) {
        *ret_expr = string_constant(an, type, node->value, node->value_size);
        return OK;
    }
    if (type->kind == TYPE_CHAR) {
        type = type_char(code_points(node->value, node->value_size));
    }
    if (type->kind == TYPE_JSON) {
        return json_literal(an, node, ret_expr);
    }
    if (!can_cast(type_varchar_unbounded(), type)) {
        return FAIL(an->cx, OPERATOR_NOT_FOUND,
                    "io.trino.metadata.OperatorNotFoundException: Cannot cast varchar to %s",
                    type->name);
    }
    return cast_literal(an, node, type, upper_case(an, node->type), ret_expr);
}

Status analyze_literal(Analyzer *an, const Node *node, const Expr **ret_expr) {
    switch (node->kind) {
    case NODE_NULL_LITERAL:
        *ret_expr = expr_null(an->arena, type_simple(TYPE_UNKNOWN));
        break;
    case NODE_BOOLEAN_LITERAL:
        *ret_expr = expr_boolean(an->arena, NODE_CAST(BooleanLiteral, node)->value);
        break;
    case NODE_STRING_LITERAL: {
        const StringLiteral *literal = NODE_CAST(StringLiteral, node);
        *ret_expr = varchar_constant(an, literal->value, literal->value_size);
        break;
    }
    case NODE_BINARY_LITERAL: {
        const BinaryLiteral *literal = NODE_CAST(BinaryLiteral, node);
        *ret_expr =
            string_constant(an, type_simple(TYPE_VARBINARY), literal->value, literal->value_size);
        break;
    }
    case NODE_LONG_LITERAL: {
        int64_t value = NODE_CAST(LongLiteral, node)->value;
        bool is_integer = value >= INT32_MIN && value <= INT32_MAX;
        *ret_expr = is_integer ? integer_constant(an, (int32_t)value)
                               : long_constant(an, type_simple(TYPE_BIGINT), value);
        break;
    }
    case NODE_DECIMAL_LITERAL: {
        const char *text = NODE_CAST(DecimalLiteral, node)->text;
        TRY(decimal_constant(an, node, text, strlen(text), ret_expr));
        break;
    }
    case NODE_DOUBLE_LITERAL:
        *ret_expr = double_constant(an, NODE_CAST(DoubleLiteral, node)->text);
        break;
    case NODE_INTERVAL_LITERAL:
        TRY(interval_constant(an, NODE_CAST(IntervalLiteral, node), ret_expr));
        break;
    default:
        TRY(generic_literal(an, NODE_CAST(GenericLiteral, node), ret_expr));
        break;
    }
    at_node((Expr *)*ret_expr, node);
    return OK;
}
