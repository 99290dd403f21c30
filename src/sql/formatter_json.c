/*
 * SQL/JSON functions and JSON_TABLE to text; clauses are written out even where they are defaults.
 */
#include "formatter_internal.h"

/* ---- clauses ---- */

static void put_format(Formatter *f, JsonFormat format) {
    static const char *const words[] = {
        [JSON_FORMAT_NONE] = "",
        [JSON_FORMAT_JSON] = " FORMAT JSON",
        [JSON_FORMAT_UTF8] = " FORMAT JSON ENCODING UTF8",
        [JSON_FORMAT_UTF16] = " FORMAT JSON ENCODING UTF16",
        [JSON_FORMAT_UTF32] = " FORMAT JSON ENCODING UTF32",
    };
    put(f, words[format]);
}

static void put_returning(Formatter *f, const Node *type, JsonFormat format) {
    if (type != NULL) {
        put(f, " RETURNING ");
        put_expression(f, type);
        put_format(f, format);
    }
}

void put_json_path_invocation(Formatter *f, const JsonPathInvocation *invocation) {
    put_expression(f, invocation->input_expression);
    put_format(f, invocation->input_format);
    put(f, ", ");
    put_literal(f, invocation->json_path);
    if (invocation->path_name != NULL) {
        put(f, " AS ");
        put_identifier(f, invocation->path_name);
    }
    for (int32_t i = 0; i < invocation->path_parameters.count; i++) {
        const JsonPathParameter *parameter =
            NODE_CAST(JsonPathParameter, invocation->path_parameters.items[i]);
        put(f, i == 0 ? " PASSING " : ", ");
        put_expression(f, parameter->parameter);
        put_format(f, parameter->format);
        put(f, " AS ");
        put_identifier(f, parameter->name);
    }
}

static void put_value_behavior(Formatter *f, JsonValueBehavior behavior, const Node *value,
                               const char *on) {
    switch (behavior) {
    case JSON_VALUE_NULL:
        put(f, " NULL");
        break;
    case JSON_VALUE_ERROR:
        put(f, " ERROR");
        break;
    case JSON_VALUE_DEFAULT:
        put(f, " DEFAULT ");
        put_expression(f, value);
        break;
    case JSON_VALUE_DEFAULT_UNSPECIFIED:
        return;
    }
    put(f, on);
}

static void put_query_behavior(Formatter *f, JsonQueryBehavior behavior, const char *on) {
    static const char *const words[] = {
        [JSON_QUERY_NULL] = " NULL",
        [JSON_QUERY_ERROR] = " ERROR",
        [JSON_QUERY_EMPTY_ARRAY] = " EMPTY ARRAY",
        [JSON_QUERY_EMPTY_OBJECT] = " EMPTY OBJECT",
    };
    if (behavior != JSON_QUERY_UNSPECIFIED) {
        put(f, words[behavior]);
        put(f, on);
    }
}

static void put_wrapper(Formatter *f, JsonWrapperBehavior wrapper, JsonQuotesBehavior quotes) {
    static const char *const words[] = {
        [JSON_WRAPPER_WITHOUT] = " WITHOUT ARRAY WRAPPER",
        [JSON_WRAPPER_CONDITIONAL] = " WITH CONDITIONAL ARRAY WRAPPER",
        [JSON_WRAPPER_UNCONDITIONAL] = " WITH UNCONDITIONAL ARRAY WRAPPER",
    };
    put(f, words[wrapper]);
    if (quotes == JSON_QUOTES_KEEP) {
        put(f, " KEEP QUOTES ON SCALAR STRING");
    } else if (quotes == JSON_QUOTES_OMIT) {
        put(f, " OMIT QUOTES ON SCALAR STRING");
    }
}

/* ---- functions ---- */

static void put_json_exists(Formatter *f, const JsonExists *node) {
    static const char *const words[] = {
        [JSON_EXISTS_FALSE] = " FALSE ON ERROR)",
        [JSON_EXISTS_TRUE] = " TRUE ON ERROR)",
        [JSON_EXISTS_UNKNOWN] = " UNKNOWN ON ERROR)",
        [JSON_EXISTS_ERROR] = " ERROR ON ERROR)",
    };
    put(f, "JSON_EXISTS(");
    put_json_path_invocation(f, node->json_path_invocation);
    put(f, words[node->error_behavior]);
}

static void put_json_value(Formatter *f, const JsonValue *node) {
    put(f, "JSON_VALUE(");
    put_json_path_invocation(f, node->json_path_invocation);
    put_returning(f, node->returned_type, JSON_FORMAT_NONE);
    put_value_behavior(f, node->empty_behavior, node->empty_default, " ON EMPTY");
    put_value_behavior(f, node->error_behavior, node->error_default, " ON ERROR");
    put(f, ")");
}

static void put_json_query(Formatter *f, const JsonQuery *node) {
    put(f, "JSON_QUERY(");
    put_json_path_invocation(f, node->json_path_invocation);
    put_returning(f, node->returned_type, node->output_format);
    put_wrapper(f, node->wrapper_behavior, node->quotes_behavior);
    put_query_behavior(f, node->empty_behavior, " ON EMPTY");
    put_query_behavior(f, node->error_behavior, " ON ERROR");
    put(f, ")");
}

static void put_json_object(Formatter *f, const JsonObject *node) {
    put(f, "JSON_OBJECT(");
    for (int32_t i = 0; i < node->members.count; i++) {
        const JsonObjectMember *member = NODE_CAST(JsonObjectMember, node->members.items[i]);
        put(f, i == 0 ? "" : ", ");
        put_expression(f, member->key);
        put(f, " : ");
        put_expression(f, member->value);
        put_format(f, member->format);
    }
    if (node->members.count > 0) {
        put(f, node->null_on_null ? " NULL ON NULL" : " ABSENT ON NULL");
        put(f, node->unique_keys ? " WITH UNIQUE KEYS" : " WITHOUT UNIQUE KEYS");
    }
    put_returning(f, node->returned_type, node->output_format);
    put(f, ")");
}

static void put_json_array(Formatter *f, const JsonArray *node) {
    put(f, "JSON_ARRAY(");
    for (int32_t i = 0; i < node->elements.count; i++) {
        const JsonArrayElement *element = NODE_CAST(JsonArrayElement, node->elements.items[i]);
        put(f, i == 0 ? "" : ", ");
        put_expression(f, element->value);
        put_format(f, element->format);
    }
    if (node->elements.count > 0) {
        put(f, node->null_on_null ? " NULL ON NULL" : " ABSENT ON NULL");
    }
    put_returning(f, node->returned_type, node->output_format);
    put(f, ")");
}

void put_json_expression(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_JSON_EXISTS:
        put_json_exists(f, NODE_CAST(JsonExists, node));
        break;
    case NODE_JSON_VALUE:
        put_json_value(f, NODE_CAST(JsonValue, node));
        break;
    case NODE_JSON_QUERY:
        put_json_query(f, NODE_CAST(JsonQuery, node));
        break;
    case NODE_JSON_OBJECT:
        put_json_object(f, NODE_CAST(JsonObject, node));
        break;
    case NODE_JSON_ARRAY:
        put_json_array(f, NODE_CAST(JsonArray, node));
        break;
    default:
        assert(false && "not an expression");
        break;
    }
}

/* ---- JSON_TABLE ---- */

static void put_path(Formatter *f, const StringLiteral *path) {
    if (path != NULL) {
        put(f, " PATH ");
        put_literal(f, path);
    }
}

static void put_value_column(Formatter *f, const ValueColumn *column) {
    put_identifier(f, column->name);
    put(f, " ");
    put_expression(f, column->type);
    put_path(f, column->json_path);
    put_value_behavior(f, column->empty_behavior, column->empty_default, " ON EMPTY");
    put_value_behavior(f, column->error_behavior, column->error_default, " ON ERROR");
}

static void put_query_column(Formatter *f, const QueryColumn *column) {
    put_identifier(f, column->name);
    put(f, " ");
    put_expression(f, column->type);
    put_format(f, column->format);
    put_path(f, column->json_path);
    put_wrapper(f, column->wrapper_behavior, column->quotes_behavior);
    put_query_behavior(f, column->empty_behavior, " ON EMPTY");
    put_query_behavior(f, column->error_behavior, " ON ERROR");
}

static void put_nested_columns(Formatter *f, const NestedColumns *nested) {
    put(f, "NESTED PATH ");
    put_literal(f, nested->json_path);
    if (nested->path_name != NULL) {
        put(f, " AS ");
        put_identifier(f, nested->path_name);
    }
    put(f, " COLUMNS (");
    for (int32_t i = 0; i < nested->columns.count; i++) {
        put(f, i == 0 ? "" : ", ");
        put_json_column(f, nested->columns.items[i]);
    }
    put(f, ")");
}

void put_json_column(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_ORDINALITY_COLUMN:
        put_identifier(f, NODE_CAST(OrdinalityColumn, node)->name);
        put(f, " FOR ORDINALITY");
        break;
    case NODE_VALUE_COLUMN:
        put_value_column(f, NODE_CAST(ValueColumn, node));
        break;
    case NODE_QUERY_COLUMN:
        put_query_column(f, NODE_CAST(QueryColumn, node));
        break;
    default:
        put_nested_columns(f, NODE_CAST(NestedColumns, node));
        break;
    }
}

static const char *plan_word(JsonTablePlanType type) {
    static const char *const words[] = {
        [JSON_TABLE_PLAN_OUTER] = "OUTER",
        [JSON_TABLE_PLAN_INNER] = "INNER",
        [JSON_TABLE_PLAN_UNION] = "UNION",
        [JSON_TABLE_PLAN_CROSS] = "CROSS",
    };
    return words[type];
}

/* A part of a plan: in parentheses unless it is a name. */
static void put_plan_operand(Formatter *f, const Node *node) {
    bool is_leaf = node->kind == NODE_PLAN_LEAF;
    put(f, is_leaf ? "" : "(");
    put_json_plan(f, node);
    put(f, is_leaf ? "" : ")");
}

void put_json_plan(Formatter *f, const Node *node) {
    if (node->kind == NODE_PLAN_LEAF) {
        put_identifier(f, NODE_CAST(PlanLeaf, node)->name);
        return;
    }
    if (node->kind == NODE_PLAN_PARENT_CHILD) {
        const PlanParentChild *plan = NODE_CAST(PlanParentChild, node);
        put_identifier(f, plan->parent->name);
        put(f, " ");
        put(f, plan_word(plan->type));
        put(f, " ");
        put_plan_operand(f, plan->child);
        return;
    }
    if (node->kind == NODE_PLAN_SIBLINGS) {
        const PlanSiblings *plan = NODE_CAST(PlanSiblings, node);
        for (int32_t i = 0; i < plan->siblings.count; i++) {
            if (i > 0) {
                put(f, " ");
                put(f, plan_word(plan->type));
                put(f, " ");
            }
            put_plan_operand(f, plan->siblings.items[i]);
        }
        return;
    }
    const JsonTableDefaultPlan *plan = NODE_CAST(JsonTableDefaultPlan, node);
    put(f, plan_word(plan->parent_child));
    put(f, ", ");
    put(f, plan_word(plan->siblings));
}
