/*
 * Expressions and types to text. Operators get parentheses of their own, so none from the source
 * are needed.
 */
#include "formatter_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- literals ---- */

/* As Java's pattern 0.###################E0### prints it: 1.5E2, 1E-3. */
static void put_double(Formatter *f, const char *text) {
    double value = strtod(text, NULL);
    if (isinf(value)) {
        put(f, text); /* beyond double: as it was written */
        return;
    }
    char digits[40];
    for (int precision = 0; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*e", precision, value);
        if (strtod(digits, NULL) == value) {
            break;
        }
    }
    char *exponent = strchr(digits, 'e');
    char *end = exponent;
    if (memchr(digits, '.', (size_t)(exponent - digits)) != NULL) {
        while (end[-1] == '0' || end[-1] == '.') {
            end--;
            if (*end == '.') {
                break;
            }
        }
    }
    put_bytes(f, digits, (size_t)(end - digits));
    put(f, arena_printf(f->arena, "E%ld", strtol(exponent + 1, NULL, 10)));
}

static const char *interval_word(IntervalField field) {
    static const char *const words[] = {
        [INTERVAL_YEAR] = "YEAR", [INTERVAL_MONTH] = "MONTH",   [INTERVAL_DAY] = "DAY",
        [INTERVAL_HOUR] = "HOUR", [INTERVAL_MINUTE] = "MINUTE", [INTERVAL_SECOND] = "SECOND",
    };
    return words[field];
}

static void put_interval(Formatter *f, const IntervalLiteral *interval) {
    put(f, interval->negative ? "INTERVAL - " : "INTERVAL  ");
    put_string(f, interval->value, interval->value_size);
    put(f, " ");
    put(f, interval_word(interval->start_field));
    if (interval->end_field != interval->start_field) {
        put(f, " TO ");
        put(f, interval_word(interval->end_field));
    }
}

static void put_binary_literal(Formatter *f, const BinaryLiteral *literal) {
    put(f, "X'");
    for (size_t i = 0; i < literal->value_size; i++) {
        put(f, arena_printf(f->arena, "%02X", (unsigned char)literal->value[i]));
    }
    put(f, "'");
}

static bool put_literal_expression(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_NULL_LITERAL:
        put(f, "null");
        return true;
    case NODE_BOOLEAN_LITERAL:
        put(f, NODE_CAST(BooleanLiteral, node)->value ? "true" : "false");
        return true;
    case NODE_STRING_LITERAL:
        put_literal(f, NODE_CAST(StringLiteral, node));
        return true;
    case NODE_BINARY_LITERAL:
        put_binary_literal(f, NODE_CAST(BinaryLiteral, node));
        return true;
    case NODE_LONG_LITERAL:
        put(f, NODE_CAST(LongLiteral, node)->text);
        return true;
    case NODE_DECIMAL_LITERAL:
        put(f, "DECIMAL '");
        put(f, NODE_CAST(DecimalLiteral, node)->text);
        put(f, "'");
        return true;
    case NODE_DOUBLE_LITERAL:
        put_double(f, NODE_CAST(DoubleLiteral, node)->text);
        return true;
    case NODE_GENERIC_LITERAL: {
        const GenericLiteral *literal = NODE_CAST(GenericLiteral, node);
        put(f, literal->type);
        put(f, " ");
        put_string(f, literal->value, literal->value_size);
        return true;
    }
    case NODE_INTERVAL_LITERAL:
        put_interval(f, NODE_CAST(IntervalLiteral, node));
        return true;
    default:
        return false;
    }
}

/* ---- operators and predicates ---- */

static const char *comparison_word(ComparisonOperator operator) {
    static const char *const words[] = {
        [COMPARISON_EQUAL] = "=",
        [COMPARISON_NOT_EQUAL] = "<>",
        [COMPARISON_LESS_THAN] = "<",
        [COMPARISON_LESS_THAN_OR_EQUAL] = "<=",
        [COMPARISON_GREATER_THAN] = ">",
        [COMPARISON_GREATER_THAN_OR_EQUAL] = ">=",
        [COMPARISON_IS_DISTINCT_FROM] = "IS DISTINCT FROM",
    };
    return words[operator];
}

static void put_binary(Formatter *f, const Node *left, const char *word, const Node *right) {
    put(f, "(");
    put_expression(f, left);
    put(f, " ");
    put(f, word);
    put(f, " ");
    put_expression(f, right);
    put(f, ")");
}

static void put_unary(Formatter *f, const ArithmeticUnaryExpression *unary) {
    /* -1 is a number and -(1) is a sign before one. */
    put(f, unary->negative ? "-(" : "+");
    put_expression(f, unary->value);
    put(f, unary->negative ? ")" : "");
}

static void put_quantified(Formatter *f, const QuantifiedComparisonExpression *quantified) {
    static const char *const words[] = {
        [QUANTIFIER_ALL] = "ALL", [QUANTIFIER_ANY] = "ANY", [QUANTIFIER_SOME] = "SOME"};
    put(f, "(");
    put_expression(f, quantified->value);
    put(f, " ");
    put(f, comparison_word(quantified->operator));
    put(f, " ");
    put(f, words[quantified->quantifier]);
    put(f, " ");
    put_expression(f, quantified->subquery);
    put(f, ")");
}

static void put_suffixed(Formatter *f, const Node *value, const char *suffix) {
    put(f, "(");
    put_expression(f, value);
    put(f, suffix);
}

static void put_like(Formatter *f, const LikePredicate *like) {
    put_suffixed(f, like->value, " LIKE ");
    put_expression(f, like->pattern);
    if (like->escape != NULL) {
        put(f, " ESCAPE ");
        put_expression(f, like->escape);
    }
    put(f, ")");
}

static void put_between(Formatter *f, const BetweenPredicate *between) {
    put_suffixed(f, between->value, " BETWEEN ");
    put_expression(f, between->min);
    put(f, " AND ");
    put_expression(f, between->max);
    put(f, ")");
}

static void put_call(Formatter *f, const char *name, const NodeList *arguments) {
    put(f, name);
    put(f, "(");
    put_expressions(f, arguments);
    put(f, ")");
}

static bool put_operator(Formatter *f, const Node *node) {
    static const char *const arithmetic[] = {
        [ARITHMETIC_ADD] = "+",    [ARITHMETIC_SUBTRACT] = "-", [ARITHMETIC_MULTIPLY] = "*",
        [ARITHMETIC_DIVIDE] = "/", [ARITHMETIC_MODULUS] = "%",
    };
    switch (node->kind) {
    case NODE_ARITHMETIC_BINARY_EXPRESSION: {
        const ArithmeticBinaryExpression *binary = NODE_CAST(ArithmeticBinaryExpression, node);
        put_binary(f, binary->left, arithmetic[binary->operator], binary->right);
        return true;
    }
    case NODE_ARITHMETIC_UNARY_EXPRESSION:
        put_unary(f, NODE_CAST(ArithmeticUnaryExpression, node));
        return true;
    case NODE_COMPARISON_EXPRESSION: {
        const ComparisonExpression *comparison = NODE_CAST(ComparisonExpression, node);
        put_binary(f, comparison->left, comparison_word(comparison->operator), comparison->right);
        return true;
    }
    case NODE_QUANTIFIED_COMPARISON_EXPRESSION:
        put_quantified(f, NODE_CAST(QuantifiedComparisonExpression, node));
        return true;
    case NODE_LOGICAL_EXPRESSION: {
        const LogicalExpression *logical = NODE_CAST(LogicalExpression, node);
        put(f, "(");
        put_separated(f, &logical->terms, logical->operator== LOGICAL_AND ? " AND " : " OR ");
        put(f, ")");
        return true;
    }
    case NODE_NOT_EXPRESSION:
        put(f, "(NOT ");
        put_expression(f, NODE_CAST(NotExpression, node)->value);
        put(f, ")");
        return true;
    default:
        return false;
    }
}

static bool put_predicate(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_BETWEEN_PREDICATE:
        put_between(f, NODE_CAST(BetweenPredicate, node));
        return true;
    case NODE_IN_PREDICATE:
        put_suffixed(f, NODE_CAST(InPredicate, node)->value, " IN ");
        put_expression(f, NODE_CAST(InPredicate, node)->value_list);
        put(f, ")");
        return true;
    case NODE_IN_LIST_EXPRESSION:
        put_call(f, "", &NODE_CAST(InListExpression, node)->values);
        return true;
    case NODE_LIKE_PREDICATE:
        put_like(f, NODE_CAST(LikePredicate, node));
        return true;
    case NODE_IS_NULL_PREDICATE:
        put_suffixed(f, NODE_CAST(IsNullPredicate, node)->value, " IS NULL)");
        return true;
    case NODE_IS_NOT_NULL_PREDICATE:
        put_suffixed(f, NODE_CAST(IsNotNullPredicate, node)->value, " IS NOT NULL)");
        return true;
    case NODE_EXISTS_PREDICATE:
        put(f, "(EXISTS ");
        put_expression(f, NODE_CAST(ExistsPredicate, node)->subquery);
        put(f, ")");
        return true;
    case NODE_SUBQUERY_EXPRESSION:
        put(f, "(");
        put_query(f, NODE_CAST(SubqueryExpression, node)->query, 0);
        put(f, ")");
        return true;
    case NODE_AT_TIME_ZONE:
        put_expression(f, NODE_CAST(AtTimeZone, node)->value);
        put(f, " AT TIME ZONE ");
        put_expression(f, NODE_CAST(AtTimeZone, node)->time_zone);
        return true;
    default:
        return false;
    }
}

/* ---- calls ---- */

static void put_listagg(Formatter *f, const FunctionCall *call) {
    const Node *const *arguments = (const Node *const *)call->arguments.items;
    put(f, call->distinct ? "LISTAGG(DISTINCT " : "LISTAGG(");
    put_expression(f, arguments[0]);
    put(f, ", ");
    put_expression(f, arguments[1]);
    put(f, " ON OVERFLOW ");
    if (NODE_CAST(BooleanLiteral, arguments[2])->value) {
        put(f, " ERROR");
    } else {
        put(f, " TRUNCATE ");
        put_expression(f, arguments[3]);
        put(f, NODE_CAST(BooleanLiteral, arguments[4])->value ? " WITH COUNT" : " WITHOUT COUNT");
    }
    put(f, ")");
    if (call->order_by != NULL) {
        put(f, " WITHIN GROUP (");
        put_sort_items(f, call->order_by);
        put(f, ")");
    }
}

/* What follows the closing parenthesis of any call. */
static void put_call_tail(Formatter *f, const FunctionCall *call) {
    if (call->filter != NULL) {
        put(f, " FILTER (WHERE ");
        put_expression(f, call->filter);
        put(f, ")");
    }
    if (call->null_treatment == NULL_TREATMENT_IGNORE) {
        put(f, " IGNORE NULLS");
    } else if (call->null_treatment == NULL_TREATMENT_RESPECT) {
        put(f, " RESPECT NULLS");
    }
    if (call->window != NULL) {
        put(f, " OVER ");
        put_window(f, call->window);
    }
}

static bool is_listagg(const FunctionCall *call) {
    const Identifier *name = NODE_CAST(Identifier, call->name->parts.items[0]);
    return call->name->parts.count == 1 && !name->delimited && call->arguments.count == 5 &&
           strcasecmp(name->value, "listagg") == 0;
}

static void put_function_call(Formatter *f, const FunctionCall *call) {
    if (is_listagg(call)) {
        put_listagg(f, call);
        put_call_tail(f, call);
        return;
    }
    if (call->processing_mode != PROCESSING_UNDEFINED) {
        put(f, call->processing_mode == PROCESSING_RUNNING ? "RUNNING " : "FINAL ");
    }
    put_name(f, call->name);
    put(f, call->distinct ? "(DISTINCT " : "(");
    put(f, call->star ? "*" : "");
    put_expressions(f, &call->arguments);
    if (call->order_by != NULL) {
        put(f, " ");
        put_sort_items(f, call->order_by);
    }
    put(f, ")");
    put_call_tail(f, call);
}

static void put_trim(Formatter *f, const Trim *trim) {
    static const char *const words[] = {
        [TRIM_BOTH] = "BOTH", [TRIM_LEADING] = "LEADING", [TRIM_TRAILING] = "TRAILING"};
    put(f, "trim(");
    put(f, words[trim->specification]);
    if (trim->trim_character != NULL) {
        put(f, " ");
        put_expression(f, trim->trim_character);
    }
    put(f, " FROM ");
    put_expression(f, trim->value);
    put(f, ")");
}

static void put_if(Formatter *f, const IfExpression *node) {
    put(f, "IF(");
    put_expression(f, node->condition);
    put(f, ", ");
    put_expression(f, node->true_value);
    if (node->false_value != NULL) {
        put(f, ", ");
        put_expression(f, node->false_value);
    }
    put(f, ")");
}

static bool put_call_expression(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_FUNCTION_CALL:
        put_function_call(f, NODE_CAST(FunctionCall, node));
        return true;
    case NODE_WINDOW_OPERATION:
        put_identifier(f, NODE_CAST(WindowOperation, node)->name);
        put(f, " OVER ");
        put_window(f, NODE_CAST(WindowOperation, node)->window);
        return true;
    case NODE_IF_EXPRESSION:
        put_if(f, NODE_CAST(IfExpression, node));
        return true;
    case NODE_COALESCE_EXPRESSION:
        put_call(f, "COALESCE", &NODE_CAST(CoalesceExpression, node)->operands);
        return true;
    case NODE_NULLIF_EXPRESSION:
        put(f, "NULLIF(");
        put_expression(f, NODE_CAST(NullIfExpression, node)->first);
        put(f, ", ");
        put_expression(f, NODE_CAST(NullIfExpression, node)->second);
        put(f, ")");
        return true;
    case NODE_TRY_EXPRESSION:
        put(f, "TRY(");
        put_expression(f, NODE_CAST(TryExpression, node)->inner_expression);
        put(f, ")");
        return true;
    case NODE_FORMAT:
        put_call(f, "FORMAT", &NODE_CAST(Format, node)->arguments);
        return true;
    case NODE_GROUPING_OPERATION:
        put_call(f, "GROUPING ", &NODE_CAST(GroupingOperation, node)->columns);
        return true;
    case NODE_EXTRACT:
        put(f, "EXTRACT(");
        put(f, NODE_CAST(Extract, node)->field);
        put(f, " FROM ");
        put_expression(f, NODE_CAST(Extract, node)->expression);
        put(f, ")");
        return true;
    case NODE_TRIM:
        put_trim(f, NODE_CAST(Trim, node));
        return true;
    default:
        return false;
    }
}

/* ---- constructors, CASE, names ---- */

static void put_cast(Formatter *f, const Cast *cast) {
    put(f, cast->safe ? "TRY_CAST(" : "CAST(");
    put_expression(f, cast->expression);
    put(f, " AS ");
    put_expression(f, cast->type);
    put(f, ")");
}

static void put_case(Formatter *f, const Node *operand, const NodeList *when_clauses,
                     const Node *default_value) {
    put(f, "(CASE ");
    if (operand != NULL) {
        put_expression(f, operand);
        put(f, " ");
    }
    for (int32_t i = 0; i < when_clauses->count; i++) {
        const WhenClause *when = NODE_CAST(WhenClause, when_clauses->items[i]);
        put(f, "WHEN ");
        put_expression(f, when->operand);
        put(f, " THEN ");
        put_expression(f, when->result);
        put(f, " ");
    }
    if (default_value != NULL) {
        put(f, "ELSE ");
        put_expression(f, default_value);
        put(f, " ");
    }
    put(f, "END)");
}

static void put_dereference(Formatter *f, const DereferenceExpression *dereference) {
    put_expression(f, dereference->base);
    put(f, ".");
    if (dereference->field != NULL) {
        put_identifier(f, dereference->field);
    } else {
        put(f, "*");
    }
}

static void put_lambda(Formatter *f, const LambdaExpression *lambda) {
    put(f, "(");
    for (int32_t i = 0; i < lambda->arguments.count; i++) {
        put(f, i == 0 ? "" : ", ");
        put_identifier(f, NODE_CAST(LambdaArgumentDeclaration, lambda->arguments.items[i])->name);
    }
    put(f, ") -> ");
    put_expression(f, lambda->body);
}

static bool put_primary(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_IDENTIFIER:
        put_identifier(f, NODE_CAST(Identifier, node));
        return true;
    case NODE_QUALIFIED_NAME:
        put_name(f, NODE_CAST(QualifiedName, node));
        return true;
    case NODE_DEREFERENCE_EXPRESSION:
        put_dereference(f, NODE_CAST(DereferenceExpression, node));
        return true;
    case NODE_SUBSCRIPT_EXPRESSION:
        put_expression(f, NODE_CAST(SubscriptExpression, node)->base);
        put(f, "[");
        put_expression(f, NODE_CAST(SubscriptExpression, node)->index);
        put(f, "]");
        return true;
    case NODE_ARRAY_CONSTRUCTOR:
        put(f, "ARRAY[");
        put_separated(f, &NODE_CAST(ArrayConstructor, node)->values, ",");
        put(f, "]");
        return true;
    case NODE_ROW_CONSTRUCTOR:
        put_call(f, "ROW ", &NODE_CAST(RowConstructor, node)->items);
        return true;
    case NODE_CAST:
        put_cast(f, NODE_CAST(Cast, node));
        return true;
    case NODE_SIMPLE_CASE_EXPRESSION: {
        const SimpleCaseExpression *simple = NODE_CAST(SimpleCaseExpression, node);
        put_case(f, simple->operand, &simple->when_clauses, simple->default_value);
        return true;
    }
    case NODE_SEARCHED_CASE_EXPRESSION: {
        const SearchedCaseExpression *searched = NODE_CAST(SearchedCaseExpression, node);
        put_case(f, NULL, &searched->when_clauses, searched->default_value);
        return true;
    }
    case NODE_LAMBDA_EXPRESSION:
        put_lambda(f, NODE_CAST(LambdaExpression, node));
        return true;
    case NODE_PARAMETER:
        put(f, "?");
        return true;
    case NODE_ALL_ROWS:
        put(f, "ALL");
        return true;
    default:
        return false;
    }
}

static bool put_current(Formatter *f, const Node *node) {
    static const char *const words[NODE_KIND_COUNT] = {
        [NODE_CURRENT_DATE] = "CURRENT_DATE",           [NODE_CURRENT_TIME] = "CURRENT_TIME",
        [NODE_CURRENT_TIMESTAMP] = "CURRENT_TIMESTAMP", [NODE_LOCAL_TIME] = "LOCALTIME",
        [NODE_LOCAL_TIMESTAMP] = "LOCALTIMESTAMP",      [NODE_CURRENT_USER] = "CURRENT_USER",
        [NODE_CURRENT_CATALOG] = "CURRENT_CATALOG",     [NODE_CURRENT_SCHEMA] = "CURRENT_SCHEMA",
        [NODE_CURRENT_PATH] = "CURRENT_PATH",
    };
    if (words[node->kind] == NULL) {
        return false;
    }
    put(f, words[node->kind]);
    bool has_precision = node->kind == NODE_CURRENT_TIME || node->kind == NODE_CURRENT_TIMESTAMP ||
                         node->kind == NODE_LOCAL_TIME || node->kind == NODE_LOCAL_TIMESTAMP;
    /* The four have one shape; the parser relies on it too. */
    const LongLiteral *precision = has_precision ? ((const LocalTime *)node)->precision : NULL;
    if (precision != NULL) {
        put(f, "(");
        put(f, precision->text);
        put(f, ")");
    }
    return true;
}

/* ---- types ---- */

static void put_date_time_type(Formatter *f, const DateTimeDataType *type) {
    put(f, type->is_timestamp ? "timestamp" : "time");
    if (type->precision != NULL) {
        put(f, "(");
        put_expression(f, type->precision);
        put(f, ")");
    }
    put(f, type->with_time_zone ? " with time zone" : "");
}

static void put_row_type(Formatter *f, const RowDataType *type) {
    put(f, "ROW(");
    for (int32_t i = 0; i < type->fields.count; i++) {
        const RowField *field = NODE_CAST(RowField, type->fields.items[i]);
        put(f, i == 0 ? "" : ", ");
        if (field->name != NULL) {
            put_identifier(f, field->name);
            put(f, " ");
        }
        put_expression(f, field->type);
    }
    put(f, ")");
}

static bool put_type(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_GENERIC_DATA_TYPE: {
        const GenericDataType *type = NODE_CAST(GenericDataType, node);
        put_identifier(f, type->name);
        if (type->arguments.count > 0) {
            put_call(f, "", &type->arguments);
        }
        return true;
    }
    case NODE_NUMERIC_PARAMETER:
        put(f, NODE_CAST(NumericParameter, node)->value);
        return true;
    case NODE_ROW_DATA_TYPE:
        put_row_type(f, NODE_CAST(RowDataType, node));
        return true;
    case NODE_DATE_TIME_DATA_TYPE:
        put_date_time_type(f, NODE_CAST(DateTimeDataType, node));
        return true;
    case NODE_INTERVAL_DATA_TYPE: {
        const IntervalDataType *type = NODE_CAST(IntervalDataType, node);
        put(f, "INTERVAL ");
        put(f, interval_word(type->from));
        if (type->from != type->to) {
            put(f, " TO ");
            put(f, interval_word(type->to));
        }
        return true;
    }
    default:
        return false;
    }
}

void put_expression(Formatter *f, const Node *node) {
    bool done = put_literal_expression(f, node) || put_primary(f, node) || put_operator(f, node) ||
                put_predicate(f, node) || put_call_expression(f, node) || put_current(f, node) ||
                put_type(f, node);
    if (!done) {
        put_json_expression(f, node);
    }
}
