/*
 * Date and time: EXTRACT, AT TIME ZONE, CURRENT_TIMESTAMP and its kin, and what a session answers
 * about itself.
 *
 * The current time is one constant in a statement: the session's start, as a timestamp with time
 * zone, from which the others are cast.
 */
#include "analyze/expression.h"

#include <strings.h>

Status analyze_extract(const ExpressionContext *context, const Extract *node,
                       const Expr **ret_expr) {
    static const char *const functions[][2] = {
        {"YEAR", "year"},
        {"QUARTER", "quarter"},
        {"MONTH", "month"},
        {"WEEK", "week"},
        {"DAY", "day"},
        {"DAY_OF_MONTH", "day"},
        {"DAY_OF_WEEK", "day_of_week"},
        {"DOW", "day_of_week"},
        {"DAY_OF_YEAR", "day_of_year"},
        {"DOY", "day_of_year"},
        {"YEAR_OF_WEEK", "year_of_week"},
        {"YOW", "year_of_week"},
        {"HOUR", "hour"},
        {"MINUTE", "minute"},
        {"SECOND", "second"},
        {"TIMEZONE_MINUTE", "timezone_minute"},
        {"TIMEZONE_HOUR", "timezone_hour"},
    };
    Analyzer *an = context->an;
    const Expr *value;
    TRY(analyze_expression(context, node->expression, &value));
    const char *function = NULL;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcasecmp(functions[i][0], node->field) == 0) {
            function = functions[i][1];
        }
    }
    if (function == NULL) {
        return FAIL_NODE(an, SYNTAX_ERROR, &node->node, "Invalid EXTRACT field: %s", node->field);
    }
    TypeKind kind = value->type->kind;
    if (kind < TYPE_DATE || kind > TYPE_INTERVAL_DAY_SECOND) {
        return FAIL_NODE(an, TYPE_MISMATCH, node->expression,
                         "Type of argument to extract must be DATE, TIME, TIMESTAMP, or INTERVAL "
                         "(actual %s)",
                         value->type->name);
    }
    bool is_interval = kind >= TYPE_INTERVAL_YEAR_MONTH;
    bool is_alias = strcasecmp(node->field, "DAY_OF_MONTH") == 0;
    if (!(is_interval && is_alias) &&
        call_function(an, function, 1, &value, &node->node, ret_expr) == OK &&
        (*ret_expr)->arguments[0]->type->kind == kind) {
        return OK;
    }
    context_clear_error(an->cx);
    return FAIL_NODE(an, TYPE_MISMATCH, node->expression, "Cannot extract %s from %s", node->field,
                     value->type->name);
}

Status analyze_at_time_zone(const ExpressionContext *context, const AtTimeZone *node,
                            const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr *operands[2];
    TRY(analyze_expression(context, node->value, &operands[0]));
    const Type *type = operands[0]->type;
    TypeKind kind = type->kind;
    bool is_time = kind == TYPE_TIME || kind == TYPE_TIME_TZ;
    bool is_timestamp = kind == TYPE_TIMESTAMP || kind == TYPE_TIMESTAMP_TZ;
    if (!is_time && !is_timestamp) {
        return FAIL_NODE(an, TYPE_MISMATCH, node->value,
                         "Type of value must be a time or timestamp with or without time zone "
                         "(actual %s)",
                         type->name);
    }
    TRY(analyze_expression(context, node->time_zone, &operands[1]));
    if (kind == TYPE_TIME) {
        operands[0] = coerce(an, operands[0], type_time(type->precision, true));
    } else if (kind == TYPE_TIMESTAMP) {
        operands[0] = coerce(an, operands[0], type_timestamp(type->precision, true));
    }
    return call_function(an, is_time ? "$at_timezone" : "at_timezone", 2, operands, &node->node,
                         ret_expr);
}

/* ---- now ---- */

/* The start of the statement in the session's zone, to the nanosecond. */
static const Expr *now_constant(Analyzer *an) {
    const Session *session = an->cx->session;
    int64_t micros = session->start_micros;
    int64_t millis = micros >= 0 ? micros / 1000 : -((-micros + 999) / 1000);
    Vector *value = vector_create(type_timestamp(12, true), 1);
    TimestampTz12 *now = VECTOR_DATA(value, TimestampTz12);
    now->packed = (int64_t)((uint64_t)millis << 12 | session->time_zone_key);
    now->picos =
        (int32_t)((micros - millis * 1000) * 1000000 + session->start_nanos_of_micro * 1000);
    now->zero = 0;
    Expr *expr = expr_constant(an->arena, value);
    vector_unref(value);
    return expr;
}

static Status precision_of(Analyzer *an, const LongLiteral *node, const char *type,
                           int32_t *ret_precision) {
    int64_t precision = node == NULL ? 3 : node->value;
    if (precision < 0 || precision > TIME_PRECISION_MAX) {
        return FAIL(an->cx, NUMERIC_VALUE_OUT_OF_RANGE,
                    "%s precision must be in range [0, 12]: %lld", type, (long long)precision);
    }
    *ret_precision = (int32_t)precision;
    return OK;
}

static Status current_type(Analyzer *an, const Node *node, const Type **ret_type) {
    int32_t precision = 0;
    switch (node->kind) {
    case NODE_CURRENT_TIME:
        TRY(precision_of(an, NODE_CAST(CurrentTime, node)->precision, "TIME WITH TIME ZONE",
                         &precision));
        *ret_type = type_time(precision, true);
        return OK;
    case NODE_CURRENT_TIMESTAMP:
        TRY(precision_of(an, NODE_CAST(CurrentTimestamp, node)->precision,
                         "TIMESTAMP WITH TIME ZONE", &precision));
        *ret_type = type_timestamp(precision, true);
        return OK;
    case NODE_LOCAL_TIME:
        TRY(precision_of(an, NODE_CAST(LocalTime, node)->precision, "TIME", &precision));
        *ret_type = type_time(precision, false);
        return OK;
    case NODE_LOCAL_TIMESTAMP:
        TRY(precision_of(an, NODE_CAST(LocalTimestamp, node)->precision, "TIMESTAMP", &precision));
        *ret_type = type_timestamp(precision, false);
        return OK;
    default:
        *ret_type = type_simple(TYPE_DATE);
        return OK;
    }
}

Status analyze_current(Analyzer *an, const Node *node, const Expr **ret_expr) {
    const Session *session = an->cx->session;
    switch (node->kind) {
    case NODE_CURRENT_USER:
        *ret_expr = unbounded_varchar_constant(an, session->user);
        return OK;
    case NODE_CURRENT_CATALOG:
        *ret_expr = unbounded_varchar_constant(an, session->catalog);
        return OK;
    case NODE_CURRENT_SCHEMA:
        *ret_expr = unbounded_varchar_constant(an, session->schema);
        return OK;
    case NODE_CURRENT_PATH:
        *ret_expr = unbounded_varchar_constant(an, session->path == NULL ? "" : session->path);
        return OK;
    default: {
        const Type *type;
        TRY(current_type(an, node, &type));
        *ret_expr = fold_constant(an, coerce(an, now_constant(an), type));
        return OK;
    }
    }
}
