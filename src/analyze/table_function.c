/*
 * Table functions of the engine: sequence and exclude_columns. Others are not registered.
 */
#include "analyze/expression.h"

#include "sql/formatter.h"
#include "type/coercion.h"

/* What a function takes, in order. */
typedef struct Argument {
    const char *name;
    bool is_required;
    const Node *value; /* NULL: not given */
} Argument;

static const char *function_name(Analyzer *an, const QualifiedName *name) {
    const char *text = NULL;
    for (int32_t i = 0; i < name->parts.count; i++) {
        const char *part = lower_case(an, NODE_CAST(Identifier, name->parts.items[i])->value);
        text = text == NULL ? part : arena_printf(an->arena, "%s.%s", text, part);
    }
    return text;
}

static const char *upper_case(Analyzer *an, const char *text) {
    char *upper = arena_strdup(an->arena, text);
    for (char *c = upper; *c != '\0'; c++) {
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    }
    return upper;
}

static Status bind_named(Analyzer *an, const TableFunctionInvocation *node, Argument *arguments,
                         int32_t count) {
    for (int32_t i = 0; i < node->arguments.count; i++) {
        const TableFunctionArgument *given =
            NODE_CAST(TableFunctionArgument, node->arguments.items[i]);
        int32_t at = 0;
        while (at < count && !names_equal(arguments[at].name, given->name->value)) {
            at++;
        }
        if (at == count) {
            return FAIL_NODE(an, INVALID_FUNCTION_ARGUMENT, &given->node,
                             "Unexpected argument name: %s", upper_case(an, given->name->value));
        }
        if (arguments[at].value != NULL) {
            return FAIL_NODE(an, INVALID_FUNCTION_ARGUMENT, &given->node,
                             "Duplicate argument name: %s", upper_case(an, given->name->value));
        }
        arguments[at].value = given->value;
    }
    return OK;
}

static Status bind_arguments(Analyzer *an, const TableFunctionInvocation *node, Argument *arguments,
                             int32_t count) {
    int32_t named = 0, given_count = node->arguments.count;
    for (int32_t i = 0; i < given_count; i++) {
        named += NODE_CAST(TableFunctionArgument, node->arguments.items[i])->name != NULL;
    }
    if (given_count > count) {
        return FAIL_NODE(an, INVALID_ARGUMENTS, &node->node,
                         "Too many arguments. Expected at most %d arguments, got %d arguments",
                         (int)count, (int)given_count);
    }
    const Node *position = given_count > 0 ? node->arguments.items[0] : &node->node;
    if (named > 0 && named < given_count) {
        return FAIL_NODE(an, INVALID_ARGUMENTS, position,
                         "All arguments must be passed by name or all must be passed positionally");
    }
    if (named > 0) {
        TRY(bind_named(an, node, arguments, count));
    }
    for (int32_t i = 0; named == 0 && i < given_count; i++) {
        arguments[i].value = NODE_CAST(TableFunctionArgument, node->arguments.items[i])->value;
    }
    for (int32_t i = 0; i < count; i++) {
        if (arguments[i].is_required && arguments[i].value == NULL) {
            return FAIL_NODE(an, MISSING_ARGUMENT, position, "Missing argument: %s",
                             upper_case(an, arguments[i].name));
        }
    }
    return OK;
}

/* ---- sequence ---- */

static Status sequence_argument(Analyzer *an, const Argument *argument, int64_t default_value,
                                const char *what, const Expr **ret_expr) {
    const Type *bigint = type_simple(TYPE_BIGINT);
    if (argument->value == NULL) {
        *ret_expr = expr_bigint(an->arena, default_value);
        return OK;
    }
    if (argument->value->kind == NODE_TABLE_FUNCTION_TABLE_ARGUMENT ||
        argument->value->kind == NODE_TABLE_FUNCTION_DESCRIPTOR_ARGUMENT) {
        return FAIL_NODE(
            an, INVALID_FUNCTION_ARGUMENT, argument->value,
            "Invalid argument %s. Expected expression, got %s", upper_case(an, argument->name),
            argument->value->kind == NODE_TABLE_FUNCTION_TABLE_ARGUMENT ? "table" : "descriptor");
    }
    const Vector *value;
    TRY(analyze_constant(an, argument->value, bigint, "Constant expression", &value));
    if (vector_is_null(value, 0)) {
        return FAIL(an->cx, INVALID_FUNCTION_ARGUMENT, "%s is null", what);
    }
    *ret_expr = expr_constant(an->arena, value);
    return OK;
}

static int64_t bigint_of(const Expr *expr) {
    return VECTOR_DATA(expr->value, int64_t)[0];
}

static Status analyze_sequence(Analyzer *an, const TableFunctionInvocation *node,
                               RelationPlan *ret_plan) {
    Argument arguments[3] = {{"start", false, NULL}, {"stop", true, NULL}, {"step", false, NULL}};
    TRY(bind_arguments(an, node, arguments, 3));
    const Expr *values[3];
    TRY(sequence_argument(an, &arguments[0], 0, "Start", &values[0]));
    TRY(sequence_argument(an, &arguments[1], 0, "Stop", &values[1]));
    TRY(sequence_argument(an, &arguments[2], 1, "Step", &values[2]));
    int64_t start = bigint_of(values[0]), stop = bigint_of(values[1]), step = bigint_of(values[2]);
    if (start < stop && step <= 0) {
        return FAIL(an->cx, INVALID_FUNCTION_ARGUMENT,
                    "Step must be positive for sequence [%lld, %lld]", (long long)start,
                    (long long)stop);
    }
    if (start > stop && step >= 0) {
        return FAIL(an->cx, INVALID_FUNCTION_ARGUMENT,
                    "Step must be negative for sequence [%lld, %lld]", (long long)start,
                    (long long)stop);
    }
    TableFunctionNode *plan =
        (TableFunctionNode *)plan_node_create(an->builder, PLAN_TABLE_FUNCTION, 0);
    plan->name = "sequence";
    plan->arguments.count = 3;
    plan->arguments.items = arena_copy(an->arena, values, sizeof values);
    Field *field = arena_new(an->arena, Field);
    field->name = "sequential_number";
    field->type = type_simple(TYPE_BIGINT);
    field->symbol = plan_symbol(an->builder, field->name, field->type);
    symbol_list_add(an->arena, &plan->base.outputs, field->symbol);
    *ret_plan = (RelationPlan){&plan->base, 1, field};
    return OK;
}

/* ---- exclude_columns ---- */

static Status excluded_fields(Analyzer *an, const TableFunctionDescriptorArgument *columns,
                              const RelationPlan *input, bool *excluded) {
    const char *missing = NULL;
    for (int32_t i = 0; i < columns->fields.count; i++) {
        const DescriptorField *field = NODE_CAST(DescriptorField, columns->fields.items[i]);
        bool found = false;
        for (int32_t j = 0; j < input->field_count; j++) {
            const char *name = input->fields[j].name;
            if (name != NULL && names_equal(name, field->name->value)) {
                excluded[j] = found = true;
            }
        }
        if (!found) {
            const char *name = lower_case(an, field->name->value);
            missing = missing == NULL ? name : arena_printf(an->arena, "%s, %s", missing, name);
        }
    }
    if (missing != NULL) {
        return FAIL(an->cx, INVALID_FUNCTION_ARGUMENT,
                    "Excluded columns: [%s] not present in the table", missing);
    }
    return OK;
}

static Status check_exclusion_arguments(Analyzer *an, const Argument *arguments) {
    const Node *input = arguments[0].value, *columns = arguments[1].value;
    if (input->kind != NODE_TABLE_FUNCTION_TABLE_ARGUMENT) {
        return FAIL_NODE(
            an, INVALID_FUNCTION_ARGUMENT, input, "Invalid argument INPUT. Expected table, got %s",
            input->kind == NODE_TABLE_FUNCTION_DESCRIPTOR_ARGUMENT ? "descriptor" : "expression");
    }
    if (columns->kind != NODE_TABLE_FUNCTION_DESCRIPTOR_ARGUMENT) {
        return FAIL_NODE(an, INVALID_FUNCTION_ARGUMENT, columns,
                         "Invalid argument COLUMNS. Expected descriptor, got %s",
                         columns->kind == NODE_TABLE_FUNCTION_TABLE_ARGUMENT ? "table"
                                                                             : "expression");
    }
    const TableFunctionDescriptorArgument *descriptor =
        NODE_CAST(TableFunctionDescriptorArgument, columns);
    if (descriptor->is_null) {
        return FAIL(an->cx, INVALID_FUNCTION_ARGUMENT, "COLUMNS descriptor is null");
    }
    for (int32_t i = 0; i < descriptor->fields.count; i++) {
        if (NODE_CAST(DescriptorField, descriptor->fields.items[i])->type != NULL) {
            return FAIL(an->cx, INVALID_FUNCTION_ARGUMENT, "COLUMNS descriptor contains types");
        }
    }
    return OK;
}

static Status analyze_exclude_columns(Analyzer *an, const TableFunctionInvocation *node,
                                      const Scope *scope, RelationPlan *ret_plan) {
    Argument arguments[2] = {{"input", true, NULL}, {"columns", true, NULL}};
    TRY(bind_arguments(an, node, arguments, 2));
    TRY(check_exclusion_arguments(an, arguments));
    const TableFunctionTableArgument *table =
        NODE_CAST(TableFunctionTableArgument, arguments[0].value);
    RelationPlan input;
    TRY(analyze_relation(an, table->table, scope, &input));
    plan_visible(an, &input);
    bool *excluded = arena_new_array(an->arena, bool, input.field_count);
    TRY(excluded_fields(an, NODE_CAST(TableFunctionDescriptorArgument, arguments[1].value), &input,
                        excluded));
    Field *fields = arena_new_array(an->arena, Field, input.field_count);
    int32_t count = 0;
    for (int32_t i = 0; i < input.field_count; i++) {
        if (!excluded[i]) {
            fields[count] = input.fields[i];
            fields[count++].relation = NULL;
        }
    }
    if (count == 0) {
        return FAIL(an->cx, INVALID_FUNCTION_ARGUMENT, "All columns are excluded");
    }
    *ret_plan = (RelationPlan){input.plan, count, fields};
    return OK;
}

Status analyze_table_function(Analyzer *an, const TableFunctionInvocation *node, const Scope *scope,
                              RelationPlan *ret_plan) {
    const char *name = function_name(an, node->name);
    static const char prefix[] = "system.builtin.";
    const char *bare =
        strncmp(name, prefix, sizeof prefix - 1) == 0 ? name + sizeof prefix - 1 : name;
    if (strcmp(bare, "sequence") == 0) {
        return analyze_sequence(an, node, ret_plan);
    }
    if (strcmp(bare, "exclude_columns") == 0) {
        return analyze_exclude_columns(an, node, scope, ret_plan);
    }
    return FAIL_NODE(an, FUNCTION_NOT_FOUND, &node->node, "Table function '%s' not registered",
                     name);
}
