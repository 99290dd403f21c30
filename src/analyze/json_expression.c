/*
 * JSON_EXISTS, JSON_VALUE, JSON_QUERY, JSON_OBJECT, JSON_ARRAY: their clauses become arguments of
 * hidden functions, as function/scalar/json_2016.h lists them. Results of the last three are text,
 * cast to what RETURNING says.
 */
#include "analyze/coercion.h"
#include "analyze/expression.h"
#include "analyze/json_path_parts.h"

#include "sql/formatter.h"
#include "type/coercion.h"

static const Expr *choice(Analyzer *an, int value) {
    return expr_bigint(an->arena, value);
}

static const char *const FORMAT_NAMES[] = {
    [JSON_FORMAT_NONE] = "JSON",
    [JSON_FORMAT_JSON] = "JSON",
    [JSON_FORMAT_UTF8] = "JSON ENCODING UTF8",
    [JSON_FORMAT_UTF16] = "JSON ENCODING UTF16",
    [JSON_FORMAT_UTF32] = "JSON ENCODING UTF32",
};

/* ---- the path invocation ---- */

static bool is_encoding(JsonFormat format) {
    return format == JSON_FORMAT_UTF8 || format == JSON_FORMAT_UTF16 || format == JSON_FORMAT_UTF32;
}

Status json_input(const ExpressionContext *context, const Node *node, JsonFormat format,
                  const Expr **ret_expr) {
    Analyzer *an = context->an;
    TRY(analyze_expression(context, node, ret_expr));
    const Type *type = (*ret_expr)->type;
    if (type->kind == TYPE_UNKNOWN) {
        *ret_expr = coerce(an, *ret_expr, type_varchar_unbounded());
        return OK;
    }
    bool is_text = type_is_string(type) && !is_encoding(format);
    bool is_bytes = type->kind == TYPE_VARBINARY;
    bool is_json = type->kind == TYPE_JSON && !is_encoding(format);
    if (!is_text && !is_bytes && !is_json) {
        return FAIL_NODE(an, TYPE_MISMATCH, node,
                         "Cannot read input of type %s as JSON using formatting %s", type->name,
                         FORMAT_NAMES[format]);
    }
    if (format == JSON_FORMAT_UTF16 || format == JSON_FORMAT_UTF32) {
        return FAIL_NODE(an, NOT_SUPPORTED, node, "JSON input in %s is not supported",
                         FORMAT_NAMES[format]);
    }
    return OK;
}

/* Text of these is JSON even where nothing says so. */
static bool makes_json(const Node *node) {
    return node->kind == NODE_JSON_QUERY || node->kind == NODE_JSON_OBJECT ||
           node->kind == NODE_JSON_ARRAY;
}

/* JSON text as a json value; text that is none fails as the SQL/JSON functions do. */
static Status parse_json_text(Analyzer *an, const Expr *text, const Node *node,
                              const Expr **ret_expr) {
    const Expr *arguments[7] = {text,
                                unbounded_varchar_constant(an, "lax $"),
                                expr_null(an->arena, type_simple(TYPE_UNKNOWN)),
                                choice(an, JSON_WRAPPER_WITHOUT),
                                choice(an, JSON_QUOTES_UNSPECIFIED),
                                choice(an, JSON_QUERY_NULL),
                                choice(an, JSON_QUERY_ERROR)};
    const Expr *checked;
    TRY(call_function(an, "$json_query", 7, arguments, node, &checked));
    return call_function(an, "json_parse", 1, &checked, node, ret_expr);
}

/* A value that enters a path or is stored in an object: SQL values as they are, formatted text as
 * JSON. */
static Status json_item(const ExpressionContext *context, const Node *node, JsonFormat format,
                        const Expr **ret_expr) {
    Analyzer *an = context->an;
    if (format == JSON_FORMAT_NONE && makes_json(node)) {
        format = JSON_FORMAT_JSON;
    }
    if (format != JSON_FORMAT_NONE) {
        TRY(json_input(context, node, format, ret_expr));
        if ((*ret_expr)->type->kind == TYPE_JSON) {
            return OK;
        }
        return parse_json_text(an, *ret_expr, node, ret_expr);
    }
    TRY(analyze_expression(context, node, ret_expr));
    const Type *type = (*ret_expr)->type;
    switch (type->kind) {
    case TYPE_UNKNOWN:
        *ret_expr = coerce(an, *ret_expr, type_varchar_unbounded());
        return OK;
    case TYPE_BOOLEAN:
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
    case TYPE_REAL:
    case TYPE_DOUBLE:
    case TYPE_DECIMAL:
    case TYPE_VARCHAR:
    case TYPE_CHAR:
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIME_TZ:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_TZ:
        return OK;
    default:
        if (can_cast(type, type_varchar_unbounded())) {
            *ret_expr = coerce(an, *ret_expr, type_varchar_unbounded());
            return OK;
        }
        return FAIL_NODE(an, NOT_SUPPORTED, node, "Unsupported type of JSON path parameter: %s",
                         type->name);
    }
}

const char *canonical_name(Analyzer *an, const Identifier *name) {
    char *upper = arena_strdup(an->arena, name->value);
    for (char *c = upper; *c != '\0' && !name->delimited; c++) {
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    }
    return upper;
}

Status json_path_parameters(const ExpressionContext *context, const JsonPathInvocation *node,
                            const Expr **ret_row, const char *const **ret_names) {
    Analyzer *an = context->an;
    int32_t count = node->path_parameters.count;
    const Expr **items = arena_new_array(an->arena, const Expr *, count);
    const Type **types = arena_new_array(an->arena, const Type *, count);
    const char **names = arena_new_array(an->arena, const char *, count + 1);
    for (int32_t i = 0; i < count; i++) {
        const JsonPathParameter *parameter =
            NODE_CAST(JsonPathParameter, node->path_parameters.items[i]);
        TRY(json_item(context, parameter->parameter, parameter->format, &items[i]));
        types[i] = items[i]->type;
        names[i] = canonical_name(an, parameter->name);
        for (int32_t j = 0; j < i; j++) {
            if (strcmp(names[i], names[j]) == 0) {
                return FAIL_NODE(an, DUPLICATE_PARAMETER_NAME, &parameter->name->node,
                                 "%s JSON path parameter is specified more than once", names[i]);
            }
        }
    }
    *ret_row = count == 0
                   ? expr_null(an->arena, type_simple(TYPE_UNKNOWN))
                   : expr_special(an->arena, EXPR_ROW, type_row(count, types, names), count, items);
    *ret_names = names;
    return OK;
}

/* input, path, parameters: the first three arguments. */
static Status path_arguments(const ExpressionContext *context, const JsonPathInvocation *node,
                             const Expr **arguments) {
    Analyzer *an = context->an;
    const char *const *names;
    TRY(json_input(context, node->input_expression, node->input_format, &arguments[0]));
    const StringLiteral *path = node->json_path;
    TRY(json_path_parameters(context, node, &arguments[2], &names));
    TRY(check_json_path(an->cx, path->value, path->value_size, path->node.line,
                        path->node.column + 1, node->path_parameters.count, names));
    arguments[1] =
        unbounded_varchar_constant(an, arena_strndup(an->arena, path->value, path->value_size));
    return OK;
}

/* ---- the functions ---- */

static Status analyze_json_exists(const ExpressionContext *context, const JsonExists *node,
                                  const Expr **ret_expr) {
    const Expr *arguments[4];
    TRY(path_arguments(context, node->json_path_invocation, arguments));
    arguments[3] = choice(context->an, (int)node->error_behavior);
    return call_function(context->an, "$json_exists", 4, arguments, &node->node, ret_expr);
}

static bool is_value_type(const Type *type) {
    return type->child_count == 0 && type->kind != TYPE_JSON && type->kind != TYPE_VARBINARY &&
           type->kind != TYPE_UUID && type->kind != TYPE_IPADDRESS &&
           type->kind < TYPE_INTERVAL_YEAR_MONTH && type->kind != TYPE_UNKNOWN;
}

static Status json_default(const ExpressionContext *context, const Node *node, const Type *type,
                           const char *clause, const Expr **ret_expr) {
    Analyzer *an = context->an;
    if (node == NULL) {
        *ret_expr = expr_null(an->arena, type);
        return OK;
    }
    TRY(analyze_expression(context, node, ret_expr));
    if (!type_can_coerce((*ret_expr)->type, type)) {
        return FAIL_NODE(an, TYPE_MISMATCH, node,
                         "Function JSON_VALUE default %s result must evaluate to a %s (actual: "
                         "%s)",
                         clause, type->name, (*ret_expr)->type->name);
    }
    *ret_expr = coerce(an, *ret_expr, type);
    return OK;
}

static Status analyze_json_value(const ExpressionContext *context, const JsonValue *node,
                                 const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr *arguments[7];
    const Type *type = type_varchar_unbounded();
    TRY(path_arguments(context, node->json_path_invocation, arguments));
    if (node->returned_type != NULL) {
        TRY(analyze_type(an, node->returned_type, &node->node, &type));
    }
    if (!is_value_type(type)) {
        return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                         "Invalid return type of function JSON_VALUE: %s", type->name);
    }
    arguments[3] = choice(an, (int)node->empty_behavior);
    arguments[5] = choice(an, (int)node->error_behavior);
    TRY(json_default(context, node->empty_default, type, "ON EMPTY", &arguments[4]));
    TRY(json_default(context, node->error_default, type, "ON ERROR", &arguments[6]));
    return call_function(an, "$json_value", 7, arguments, &node->node, ret_expr);
}

/* JSON text as the type that RETURNING asks for. */
Status json_returning(const ExpressionContext *context, const Node *node, const Node *returned_type,
                      JsonFormat format, const Expr **expr) {
    Analyzer *an = context->an;
    const Type *type = type_varchar_unbounded();
    if (returned_type == NULL) {
        return OK;
    }
    TRY(analyze_type(an, returned_type, node, &type));
    if (format == JSON_FORMAT_UTF16 || format == JSON_FORMAT_UTF32) {
        return FAIL_NODE(an, NOT_SUPPORTED, node, "JSON output in %s is not supported",
                         FORMAT_NAMES[format]);
    }
    if (type->kind == TYPE_VARBINARY) {
        return call_function(an, "to_utf8", 1, expr, node, expr);
    }
    if (!type_is_string(type) || is_encoding(format)) {
        return FAIL_NODE(an, TYPE_MISMATCH, node,
                         "Cannot output JSON value as %s using formatting %s", type->name,
                         FORMAT_NAMES[format]);
    }
    *expr = coerce(an, *expr, type);
    return OK;
}

static Status check_quotes(Analyzer *an, const JsonQuery *node) {
    if (node->quotes_behavior == JSON_QUOTES_UNSPECIFIED ||
        node->wrapper_behavior == JSON_WRAPPER_WITHOUT) {
        return OK;
    }
    return FAIL_NODE(an, INVALID_FUNCTION_ARGUMENT, &node->node,
                     "%s QUOTES behavior specified with WITH %s ARRAY WRAPPER behavior",
                     node->quotes_behavior == JSON_QUOTES_OMIT ? "OMIT" : "KEEP",
                     node->wrapper_behavior == JSON_WRAPPER_CONDITIONAL ? "CONDITIONAL"
                                                                        : "UNCONDITIONAL");
}

static Status analyze_json_query(const ExpressionContext *context, const JsonQuery *node,
                                 const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Expr *arguments[7];
    TRY(check_quotes(an, node));
    TRY(path_arguments(context, node->json_path_invocation, arguments));
    arguments[3] = choice(an, (int)node->wrapper_behavior);
    arguments[4] = choice(an, (int)node->quotes_behavior);
    arguments[5] = choice(an, (int)node->empty_behavior);
    arguments[6] = choice(an, (int)node->error_behavior);
    TRY(call_function(an, "$json_query", 7, arguments, &node->node, ret_expr));
    return json_returning(context, &node->node, node->returned_type, node->output_format, ret_expr);
}

static const Expr *row_of(Analyzer *an, int32_t count, const Expr **items) {
    const Type **types = arena_new_array(an->arena, const Type *, count);
    for (int32_t i = 0; i < count; i++) {
        types[i] = items[i]->type;
    }
    return expr_special(an->arena, EXPR_ROW, type_row(count, types, NULL), count, items);
}

static Status analyze_json_object(const ExpressionContext *context, const JsonObject *node,
                                  const Expr **ret_expr) {
    Analyzer *an = context->an;
    int32_t count = node->members.count;
    const Expr **items = arena_new_array(an->arena, const Expr *, 2 * count);
    for (int32_t i = 0; i < count; i++) {
        const JsonObjectMember *member = NODE_CAST(JsonObjectMember, node->members.items[i]);
        const Expr *key;
        TRY(analyze_expression(context, member->key, &key));
        if (!type_is_string(key->type) && key->type->kind != TYPE_UNKNOWN) {
            return FAIL_NODE(an, INVALID_FUNCTION_ARGUMENT, member->key,
                             "Invalid type of JSON object key: %s", key->type->name);
        }
        items[2 * i] = coerce(an, key, type_varchar_unbounded());
        TRY(json_item(context, member->value, member->format, &items[2 * i + 1]));
    }
    const Expr *arguments[3] = {
        count == 0 ? expr_null(an->arena, type_simple(TYPE_UNKNOWN)) : row_of(an, 2 * count, items),
        expr_boolean(an->arena, node->null_on_null), expr_boolean(an->arena, node->unique_keys)};
    TRY(call_function(an, "$json_object", 3, arguments, &node->node, ret_expr));
    return json_returning(context, &node->node, node->returned_type, node->output_format, ret_expr);
}

static Status analyze_json_array(const ExpressionContext *context, const JsonArray *node,
                                 const Expr **ret_expr) {
    Analyzer *an = context->an;
    int32_t count = node->elements.count;
    const Expr **items = arena_new_array(an->arena, const Expr *, count);
    for (int32_t i = 0; i < count; i++) {
        const JsonArrayElement *element = NODE_CAST(JsonArrayElement, node->elements.items[i]);
        TRY(json_item(context, element->value, element->format, &items[i]));
    }
    const Expr *arguments[2] = {count == 0 ? expr_null(an->arena, type_simple(TYPE_UNKNOWN))
                                           : row_of(an, count, items),
                                expr_boolean(an->arena, node->null_on_null)};
    TRY(call_function(an, "$json_array", 2, arguments, &node->node, ret_expr));
    return json_returning(context, &node->node, node->returned_type, node->output_format, ret_expr);
}

Status analyze_json(const ExpressionContext *context, const Node *node, const Expr **ret_expr) {
    switch (node->kind) {
    case NODE_JSON_EXISTS:
        return analyze_json_exists(context, NODE_CAST(JsonExists, node), ret_expr);
    case NODE_JSON_VALUE:
        return analyze_json_value(context, NODE_CAST(JsonValue, node), ret_expr);
    case NODE_JSON_QUERY:
        return analyze_json_query(context, NODE_CAST(JsonQuery, node), ret_expr);
    case NODE_JSON_OBJECT:
        return analyze_json_object(context, NODE_CAST(JsonObject, node), ret_expr);
    default:
        return analyze_json_array(context, NODE_CAST(JsonArray, node), ret_expr);
    }
}
