/*
 * Calls of functions: scalar, aggregate and window, and GROUPING().
 *
 * A call is resolved with all its arguments typed; aggregates and window calls are noted in the
 * block and become EXPR_AGGREGATE and EXPR_WINDOW. What may not nest is checked here, after the
 * arguments' own errors.
 */
#include "analyze/expression.h"
#include "analyze/inline_function.h"
#include "analyze/lambda.h"
#include "sql/formatter.h"
#include "type/coercion.h"

enum { ARGUMENTS_MAX = 127 };

/* "system.builtin.abs": the whole name in lower case. */
static const char *full_name(Analyzer *an, const QualifiedName *name) {
    const char *text = NULL;
    for (int32_t i = 0; i < name->parts.count; i++) {
        const char *part = lower_case(an, NODE_CAST(Identifier, name->parts.items[i])->value);
        text = text == NULL ? part : arena_printf(an->arena, "%s.%s", text, part);
    }
    return text;
}

/* The registry's name of a call: without system.builtin before it. */
static const char *call_name(Analyzer *an, const QualifiedName *name) {
    static const char prefix[] = "system.builtin.";
    const char *text = full_name(an, name);
    return strncmp(text, prefix, sizeof prefix - 1) == 0 ? text + sizeof prefix - 1 : text;
}

/* ---- noting aggregates ---- */

static bool sort_keys_equal(int32_t count, const SortKey *a, const SortKey *b) {
    for (int32_t i = 0; i < count; i++) {
        if (a[i].descending != b[i].descending || a[i].nulls_first != b[i].nulls_first ||
            !expr_equal(a[i].expr, b[i].expr)) {
            return false;
        }
    }
    return true;
}

static bool exprs_equal(int32_t count, const Expr **a, const Expr **b) {
    for (int32_t i = 0; i < count; i++) {
        if (!expr_equal(a[i], b[i])) {
            return false;
        }
    }
    return true;
}

static bool same_function(const ResolvedFunction *a, const ResolvedFunction *b) {
    return a->kind == b->kind && a->aggregate == b->aggregate && a->return_type == b->return_type;
}

static bool aggregates_equal(const BlockAggregate *a, const BlockAggregate *b) {
    return same_function(a->function, b->function) && a->distinct == b->distinct &&
           a->from_order_by == b->from_order_by && a->argument_count == b->argument_count &&
           a->order_count == b->order_count && (a->filter == NULL) == (b->filter == NULL) &&
           (a->filter == NULL || expr_equal(a->filter, b->filter)) &&
           exprs_equal(a->argument_count, a->arguments, b->arguments) &&
           sort_keys_equal(a->order_count, a->order, b->order);
}

static const Expr *analyzer_expr(Analyzer *an, ExprKind kind, const Type *type, void *analysis,
                                 const Node *node) {
    Expr *expr = expr_special(an->arena, kind, type, 0, NULL);
    expr->analysis = analysis;
    return at_node(expr, node);
}

const Expr *block_add_aggregate(Analyzer *an, Block *block, const BlockAggregate *aggregate) {
    BlockAggregate **slot = &block->aggregates;
    while (*slot != NULL && !aggregates_equal(*slot, aggregate)) {
        slot = &(*slot)->next;
    }
    if (*slot == NULL) {
        *slot = arena_copy(an->arena, aggregate, sizeof *aggregate);
        (*slot)->next = NULL;
    }
    return analyzer_expr(an, EXPR_AGGREGATE, aggregate->function->return_type, *slot,
                         &aggregate->node->node);
}

static bool windows_equal(const BlockWindow *a, const BlockWindow *b) {
    const ResolvedWindow *x = a->window, *y = b->window;
    return same_function(a->function, b->function) && a->distinct == b->distinct &&
           a->ignore_nulls == b->ignore_nulls && a->from_order_by == b->from_order_by &&
           a->argument_count == b->argument_count && x->partition_count == y->partition_count &&
           x->order_count == y->order_count && x->unit == y->unit && x->start == y->start &&
           x->end == y->end && (x->start_value == NULL) == (y->start_value == NULL) &&
           (x->end_value == NULL) == (y->end_value == NULL) &&
           (x->start_value == NULL || expr_equal(x->start_value, y->start_value)) &&
           (x->end_value == NULL || expr_equal(x->end_value, y->end_value)) &&
           exprs_equal(a->argument_count, a->arguments, b->arguments) &&
           exprs_equal(x->partition_count, x->partition, y->partition) &&
           sort_keys_equal(x->order_count, x->order, y->order);
}

const Expr *block_add_window(Analyzer *an, Block *block, const BlockWindow *window) {
    BlockWindow **slot = &block->windows;
    while (*slot != NULL && !windows_equal(*slot, window)) {
        slot = &(*slot)->next;
    }
    if (*slot == NULL) {
        *slot = arena_copy(an->arena, window, sizeof *window);
        (*slot)->next = NULL;
    }
    return analyzer_expr(an, EXPR_WINDOW, window->function->return_type, *slot,
                         &window->node->node);
}

/* ---- sort items ---- */

Status analyze_sort_items(const ExpressionContext *context, const OrderBy *order_by,
                          int32_t *ret_count, SortKey **ret_keys) {
    int32_t count = order_by == NULL ? 0 : order_by->sort_items.count;
    SortKey *keys = arena_new_array(context->an->arena, SortKey, count);
    for (int32_t i = 0; i < count; i++) {
        const SortItem *item = NODE_CAST(SortItem, order_by->sort_items.items[i]);
        TRY(analyze_expression(context, item->sort_key, &keys[i].expr));
        keys[i].descending = item->ordering == SORT_DESCENDING;
        keys[i].nulls_first = item->null_ordering == NULLS_FIRST;
    }
    *ret_count = count;
    *ret_keys = keys;
    return OK;
}

/* ---- aggregates ---- */

/* Every ORDER BY expression of a DISTINCT aggregate is one of its arguments. */
static Status check_distinct_order(Analyzer *an, const BlockAggregate *aggregate) {
    for (int32_t i = 0; aggregate->distinct && i < aggregate->order_count; i++) {
        bool found = false;
        for (int32_t j = 0; j < aggregate->argument_count; j++) {
            const Expr *argument = aggregate->arguments[j];
            found = found || expr_equal(aggregate->order[i].expr, argument) ||
                    (argument->kind == EXPR_CAST &&
                     expr_equal(aggregate->order[i].expr, argument->arguments[0]));
        }
        if (!found) {
            const Node *item = aggregate->node->order_by->sort_items.items[i];
            const Node *key = NODE_CAST(SortItem, item)->sort_key;
            return FAIL_NODE(an, EXPRESSION_NOT_IN_DISTINCT, key,
                             "For aggregate function with DISTINCT, ORDER BY expressions must "
                             "appear in arguments");
        }
    }
    return OK;
}

static Status check_nesting(Analyzer *an, const FunctionCall *node, const char *name) {
    for (int32_t i = 0; i < node->arguments.count; i++) {
        FoundCalls found;
        find_calls(an, node->arguments.items[i], &found);
        if (found.aggregate_count > 0) {
            return FAIL_NODE(an, NESTED_AGGREGATION, &node->node,
                             "Cannot nest aggregations inside aggregation '%s': %s", name,
                             found.aggregates);
        }
        if (found.window_count > 0) {
            return FAIL_NODE(an, NESTED_WINDOW, &node->node,
                             "Cannot nest window functions or row pattern measures inside "
                             "aggregation '%s': %s",
                             name, found.windows);
        }
    }
    return OK;
}

/* A call as far as it is analyzed. */
typedef struct CallAnalysis {
    const ExpressionContext *context;
    const FunctionCall *node;
    const char *name;
    const Expr **arguments;
    const Expr *filter;
    int32_t order_count;
    SortKey *order;
    ResolvedFunction *function;
} CallAnalysis;

static Status finish_aggregate(const CallAnalysis *call, const Expr **ret_expr) {
    Analyzer *an = call->context->an;
    Block *block = call->context->block;
    const FunctionCall *node = call->node;
    TRY(check_nesting(an, node, call->name));
    if (block == NULL) {
        return FAIL_NODE(an, EXPRESSION_NOT_SCALAR, &node->node,
                         "Expression cannot contain aggregations, window functions or grouping "
                         "operations: [%s]",
                         format_expression(an->arena, &node->node));
    }
    BlockAggregate aggregate = {
        .node = node,
        .function = call->function,
        .argument_count = node->arguments.count,
        .arguments = call->arguments,
        .distinct = node->distinct,
        .filter = call->filter,
        .order_count = call->order_count,
        .order = call->order,
        .from_order_by = block->in_order_by,
    };
    TRY(check_distinct_order(an, &aggregate));
    *ret_expr = block_add_aggregate(an, block, &aggregate);
    return OK;
}

static Status finish_window(const CallAnalysis *call, ResolvedWindow *window,
                            const Expr **ret_expr) {
    Analyzer *an = call->context->an;
    Block *block = call->context->block;
    if (block == NULL) {
        return FAIL_NODE(an, EXPRESSION_NOT_SCALAR, &call->node->node,
                         "Expression cannot contain aggregations, window functions or grouping "
                         "operations: [%s]",
                         format_expression(an->arena, &call->node->node));
    }
    TRY(check_window_call(call->context, call->node, call->function, window));
    BlockWindow noted = {
        .node = call->node,
        .function = call->function,
        .argument_count = call->node->arguments.count,
        .arguments = call->arguments,
        .ignore_nulls = call->node->null_treatment == NULL_TREATMENT_IGNORE,
        .distinct = call->node->distinct,
        .from_order_by = block->in_order_by,
        .window = window,
    };
    *ret_expr = block_add_window(an, block, &noted);
    return OK;
}

static Status finish_scalar(const CallAnalysis *call, const Expr **ret_expr) {
    Analyzer *an = call->context->an;
    const FunctionCall *node = call->node;
    if (node->filter != NULL) {
        return FAIL_NODE(an, FUNCTION_NOT_AGGREGATE, &node->node,
                         "Filter is only valid for aggregation functions");
    }
    if (node->order_by != NULL) {
        return FAIL_NODE(an, FUNCTION_NOT_AGGREGATE, &node->node,
                         "ORDER BY is only valid for aggregation functions");
    }
    if (node->null_treatment != NULL_TREATMENT_UNDEFINED) {
        return FAIL_NODE(an, NULL_TREATMENT_NOT_ALLOWED, &node->node,
                         "Cannot specify null treatment clause for %s function", call->name);
    }
    *ret_expr = at_node(
        expr_call(an->arena, call->function, node->arguments.count, call->arguments), &node->node);
    return OK;
}

/* ---- the parts of a call ---- */

static Status refuse_row_pattern_parts(Analyzer *an, const FunctionCall *node) {
    for (int32_t i = 0; i < node->arguments.count; i++) {
        const Node *argument = node->arguments.items[i];
        if (argument->kind == NODE_DEREFERENCE_EXPRESSION &&
            NODE_CAST(DereferenceExpression, argument)->field == NULL) {
            return FAIL_NODE(an, INVALID_FUNCTION_ARGUMENT, argument,
                             "label.* syntax is only supported as the only argument of row "
                             "pattern count function");
        }
    }
    if (node->processing_mode != PROCESSING_UNDEFINED) {
        return FAIL_NODE(an, INVALID_PROCESSING_MODE, &node->node,
                         "%s semantics is not supported out of pattern recognition context",
                         node->processing_mode == PROCESSING_FINAL ? "FINAL" : "RUNNING");
    }
    return OK;
}

static Status analyze_filter(CallAnalysis *call) {
    if (call->node->filter == NULL) {
        return OK;
    }
    TRY(analyze_expression(call->context, call->node->filter, &call->filter));
    return require_boolean(call->context->an, call->node->filter, "Filter expression",
                           &call->filter);
}

static Status analyze_arguments(CallAnalysis *call) {
    const NodeList *list = &call->node->arguments;
    call->arguments = arena_new_array(call->context->an->arena, const Expr *, list->count + 1);
    for (int32_t i = 0; i < list->count; i++) {
        if (list->items[i]->kind != NODE_LAMBDA_EXPRESSION) {
            TRY(analyze_expression(call->context, list->items[i], &call->arguments[i]));
        }
    }
    return OK;
}

static Status resolve(CallAnalysis *call) {
    Analyzer *an = call->context->an;
    const FunctionCall *node = call->node;
    unsigned kinds = 1u << FUNCTION_SCALAR | 1u << FUNCTION_AGGREGATE | 1u << FUNCTION_WINDOW;
    int32_t count = node->arguments.count;
    if (node->name->parts.count > 3) {
        return FAIL(an->cx, FUNCTION_NOT_FOUND, "Invalid function name: %s",
                    full_name(an, node->name));
    }
    if (!function_exists(call->name, kinds)) {
        return FAIL_NODE(an, FUNCTION_NOT_FOUND, &node->node, "Function '%s' not registered",
                         full_name(an, node->name));
    }
    if (has_lambda(&node->arguments)) {
        return resolve_with_lambdas(call->context, node, call->name, kinds, call->arguments,
                                    &call->function);
    }
    const Type **types = arena_new_array(an->arena, const Type *, count + 1);
    for (int32_t i = 0; i < count; i++) {
        types[i] = call->arguments[i]->type;
    }
    return function_resolve(an->cx, call->name, kinds, count, types, node->node.line,
                            node->node.column, &call->function);
}

/* ORDER BY inside the call, then DISTINCT and the arguments' coercions. */
static Status complete_arguments(CallAnalysis *call) {
    Analyzer *an = call->context->an;
    const FunctionCall *node = call->node;
    TRY(analyze_sort_items(call->context, node->order_by, &call->order_count, &call->order));
    for (int32_t i = 0; i < call->order_count; i++) {
        const Type *type = call->order[i].expr->type;
        if (!type->orderable && type->kind != TYPE_UNKNOWN) {
            return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                             "ORDER BY can only be applied to orderable types (actual: %s)",
                             type->name);
        }
    }
    for (int32_t i = 0; i < node->arguments.count; i++) {
        const Type *expected = call->function->argument_types[i];
        if (node->distinct && !expected->comparable) {
            return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                             "DISTINCT can only be applied to comparable types (actual: %s)",
                             expected->name);
        }
        if (call->arguments[i]->kind != EXPR_LAMBDA) {
            call->arguments[i] = coerce(an, call->arguments[i], expected);
        }
    }
    return OK;
}

/* listagg's value must already be a varchar. */
static Status check_listagg(const CallAnalysis *call) {
    if (strcmp(call->name, "listagg") != 0 || call->node->arguments.count == 0 ||
        call->arguments[0] == NULL || call->arguments[0]->type->kind == TYPE_VARCHAR ||
        call->arguments[0]->type->kind == TYPE_UNKNOWN) {
        return OK;
    }
    Analyzer *an = call->context->an;
    return FAIL_NODE(an, TYPE_MISMATCH, &call->node->node,
                     "Expected expression of varchar, but '%s' has %s type",
                     format_expression(an->arena, call->node->arguments.items[0]),
                     call->arguments[0]->type->name);
}

static Status analyze_registered_call(CallAnalysis *call, const Expr **ret_expr) {
    const FunctionCall *node = call->node;
    Analyzer *an = call->context->an;
    ResolvedWindow *window = NULL;
    if (node->window != NULL) {
        TRY(analyze_window(call->context, node->window, &window));
    } else if (node->distinct && !function_exists(call->name, 1u << FUNCTION_AGGREGATE)) {
        return FAIL_NODE(an, FUNCTION_NOT_AGGREGATE, &node->node,
                         "DISTINCT is not supported for non-aggregation functions");
    }
    TRY(analyze_filter(call));
    TRY(analyze_arguments(call));
    TRY(check_listagg(call));
    TRY(resolve(call));
    if (node->arguments.count > ARGUMENTS_MAX) {
        return FAIL_NODE(an, TOO_MANY_ARGUMENTS, &node->node,
                         "Too many arguments for function call %s()", call->name);
    }
    TRY(complete_arguments(call));
    if (window != NULL) {
        return finish_window(call, window, ret_expr);
    }
    if (call->function->kind == FUNCTION_AGGREGATE) {
        return finish_aggregate(call, ret_expr);
    }
    if (call->function->kind == FUNCTION_WINDOW) {
        return FAIL_NODE(an, MISSING_OVER, &node->node,
                         "Window function system.builtin.%s requires an OVER clause", call->name);
    }
    return finish_scalar(call, ret_expr);
}

Status analyze_function_call(const ExpressionContext *context, const FunctionCall *node,
                             const Expr **ret_expr) {
    Analyzer *an = context->an;
    TRY(refuse_row_pattern_parts(an, node));
    CallAnalysis call = {.context = context, .node = node, .name = call_name(an, node->name)};
    bool is_inline;
    TRY(analyze_inline_call(context, node, call.name, &is_inline, ret_expr));
    return is_inline ? OK : analyze_registered_call(&call, ret_expr);
}

/* ---- GROUPING ---- */

static const Expr *block_add_grouping(Analyzer *an, Block *block, const BlockGrouping *grouping) {
    BlockGrouping **slot = &block->groupings;
    while (*slot != NULL &&
           !((*slot)->column_count == grouping->column_count &&
             exprs_equal(grouping->column_count, (*slot)->columns, grouping->columns))) {
        slot = &(*slot)->next;
    }
    if (*slot == NULL) {
        *slot = arena_copy(an->arena, grouping, sizeof *grouping);
    }
    TypeKind kind = grouping->column_count <= 31 ? TYPE_INTEGER : TYPE_BIGINT;
    return analyzer_expr(an, EXPR_GROUPING, type_simple(kind), *slot, &grouping->node->node);
}

Status analyze_grouping(const ExpressionContext *context, const GroupingOperation *node,
                        const Expr **ret_expr) {
    Analyzer *an = context->an;
    int32_t count = node->columns.count;
    if (count > 63) {
        return FAIL_NODE(an, TOO_MANY_ARGUMENTS, &node->node,
                         "GROUPING supports up to 63 column arguments");
    }
    BlockGrouping grouping = {.node = node, .column_count = count};
    grouping.columns = arena_new_array(an->arena, const Expr *, count);
    for (int32_t i = 0; i < count; i++) {
        const QualifiedName *name = NODE_CAST(QualifiedName, node->columns.items[i]);
        NameChain chain = {.count = 0};
        for (int32_t j = 0; j < name->parts.count && j < NAME_PARTS_MAX; j++) {
            chain.parts[chain.count++] = NODE_CAST(Identifier, name->parts.items[j])->value;
        }
        ResolvedName resolved;
        TRY(scope_resolve(an, context->scope, &name->node, &chain, &resolved));
        if (resolved.field == NULL) {
            return FAIL_NODE(an, COLUMN_NOT_FOUND, &name->node, "Column '%s' cannot be resolved",
                             name_chain_text(an, &chain));
        }
        grouping.columns[i] = expr_symbol(an->arena, resolved.field->symbol);
    }
    if (context->block == NULL) {
        return FAIL_NODE(an, MISSING_GROUP_BY, &node->node,
                         "A GROUPING() operation can only be used with a corresponding GROUPING "
                         "SET/CUBE/ROLLUP/GROUP BY clause");
    }
    *ret_expr = block_add_grouping(an, context->block, &grouping);
    return OK;
}
