/*
 * Type nodes of the syntax tree to types: base name and arguments, which type_resolve understands.
 */
#include "analyze/analyzer.h"
#include "analyze/query_block.h"
#include "sql/formatter.h"
#include "type/type_parse.h"

#include <stdlib.h>

static const char *const FIELD_NAMES[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};

static Status convert(Analyzer *an, const Node *node, const Type **ret_type);

static Status resolve_generic(Analyzer *an, const GenericDataType *node, const Type **ret_type) {
    int32_t count = node->arguments.count;
    TypeArgument *arguments = arena_new_array(an->arena, TypeArgument, count);
    for (int32_t i = 0; i < count; i++) {
        const Node *argument = node->arguments.items[i];
        if (argument->kind == NODE_NUMERIC_PARAMETER) {
            arguments[i].number = strtoll(NODE_CAST(NumericParameter, argument)->value, NULL, 10);
            continue;
        }
        TRY(convert(an, argument, &arguments[i].type));
        if (arguments[i].type == NULL) {
            *ret_type = NULL;
            return OK;
        }
    }
    return type_resolve(an->cx, node->name->value, arguments, count, ret_type);
}

static Status resolve_row(Analyzer *an, const RowDataType *node, const Type **ret_type) {
    int32_t count = node->fields.count;
    const Type **types = arena_new_array(an->arena, const Type *, count);
    const char **names = arena_new_array(an->arena, const char *, count);
    bool named = false;
    for (int32_t i = 0; i < count; i++) {
        const RowField *field = NODE_CAST(RowField, node->fields.items[i]);
        TRY(convert(an, field->type, &types[i]));
        if (types[i] == NULL) {
            *ret_type = NULL;
            return OK;
        }
        names[i] = field->name == NULL ? NULL : field->name->value;
        named = named || names[i] != NULL;
    }
    *ret_type = type_row(count, types, named ? names : NULL);
    return OK;
}

static Status resolve_time(Analyzer *an, const DateTimeDataType *node, const Type **ret_type) {
    int64_t precision = 3;
    if (node->precision != NULL) {
        if (node->precision->kind != NODE_NUMERIC_PARAMETER) {
            *ret_type = NULL;
            return OK;
        }
        precision = strtoll(NODE_CAST(NumericParameter, node->precision)->value, NULL, 10);
    }
    if (precision > TIME_PRECISION_MAX) {
        *ret_type = NULL;
        return OK;
    }
    *ret_type = node->is_timestamp ? type_timestamp((int32_t)precision, node->with_time_zone)
                                   : type_time((int32_t)precision, node->with_time_zone);
    return OK;
}

/* NULL: there is no such type. */
static Status convert(Analyzer *an, const Node *node, const Type **ret_type) {
    TRY(analyzer_enter(an));
    Status status = OK;
    switch (node->kind) {
    case NODE_GENERIC_DATA_TYPE:
        status = resolve_generic(an, NODE_CAST(GenericDataType, node), ret_type);
        break;
    case NODE_ROW_DATA_TYPE:
        status = resolve_row(an, NODE_CAST(RowDataType, node), ret_type);
        break;
    case NODE_DATE_TIME_DATA_TYPE:
        status = resolve_time(an, NODE_CAST(DateTimeDataType, node), ret_type);
        break;
    case NODE_INTERVAL_DATA_TYPE: {
        const IntervalDataType *interval = NODE_CAST(IntervalDataType, node);
        bool months = interval->from == INTERVAL_YEAR && interval->to == INTERVAL_MONTH;
        bool seconds = interval->from == INTERVAL_DAY && interval->to == INTERVAL_SECOND;
        if (!months && !seconds) {
            status = FAIL(an->cx, NOT_SUPPORTED, "INTERVAL %s TO %s type not supported",
                          FIELD_NAMES[interval->from], FIELD_NAMES[interval->to]);
            break;
        }
        *ret_type = months    ? type_simple(TYPE_INTERVAL_YEAR_MONTH)
                    : seconds ? type_simple(TYPE_INTERVAL_DAY_SECOND)
                              : NULL;
        break;
    }
    default:
        *ret_type = NULL;
        break;
    }
    analyzer_leave(an);
    return status;
}

Status analyze_type(Analyzer *an, const Node *type, const Node *position, const Type **ret_type) {
    const Type *result = NULL;
    TRY(convert(an, type, &result));
    if (result == NULL) {
        return FAIL_AT(an->cx, TYPE_MISMATCH, position == NULL ? 0 : position->line,
                       position == NULL ? 0 : position->column, "Unknown type: %s",
                       format_type(an->arena, type));
    }
    *ret_type = result;
    return OK;
}
