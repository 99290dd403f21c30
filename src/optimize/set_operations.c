/*
 * INTERSECT, EXCEPT and UNION DISTINCT become UNION ALL with markers and aggregation.
 *
 * Each branch's rows carry one boolean column per branch, TRUE in their own; the counts by group
 * then say in which branches a row is and how often. For ALL the row is repeated by a row number
 * against those counts.
 */
#include "optimize/rewrite.h"

static PlanNode *union_all(Optimizer *o, const SetOperationNode *node, PlanNode *const *sources,
                           const SymbolList *inputs, const SymbolList *outputs) {
    SetOperationNode *all = (SetOperationNode *)plan_node_create(o->builder, PLAN_SET_OPERATION,
                                                                 node->base.source_count);
    all->set_kind = UNION_SET;
    all->inputs.count = node->base.source_count;
    all->inputs.items =
        arena_copy(o->arena, inputs, sizeof *inputs * (size_t)node->base.source_count);
    all->base.outputs = *outputs;
    for (int32_t s = 0; s < node->base.source_count; s++) {
        all->base.sources[s] = sources[s];
    }
    return &all->base;
}

/* The branches with markers, in one: *ret_markers[s] is TRUE in branch s. */
static PlanNode *union_with_markers(Optimizer *o, const SetOperationNode *node,
                                    const Symbol **ret_markers) {
    int32_t branches = node->base.source_count;
    PlanNode **sources = arena_new_array(o->arena, PlanNode *, branches);
    SymbolList *inputs = arena_new_array(o->arena, SymbolList, branches), outputs = {0};
    for (int32_t i = 0; i < node->base.outputs.count; i++) {
        symbol_list_add(o->arena, &outputs, node->base.outputs.items[i]);
    }
    for (int32_t s = 0; s < branches; s++) {
        ret_markers[s] = plan_symbol(o->builder, "marker", type_simple(TYPE_BOOLEAN));
        symbol_list_add(o->arena, &outputs, ret_markers[s]);
    }
    for (int32_t s = 0; s < branches; s++) {
        sources[s] = node->base.sources[s];
        for (int32_t i = 0; i < node->inputs.items[s].count; i++) {
            symbol_list_add(o->arena, &inputs[s], node->inputs.items[s].items[i]);
        }
        for (int32_t m = 0; m < branches; m++) {
            const Symbol *mark = plan_symbol(o->builder, "marker", type_simple(TYPE_BOOLEAN));
            sources[s] = plan_extend(o, sources[s], mark, expr_boolean(o->arena, m == s));
            symbol_list_add(o->arena, &inputs[s], mark);
        }
    }
    return union_all(o, node, sources, inputs, &outputs);
}

static const Expr *compare_bigint(Optimizer *o, Comparison comparison, const Symbol *symbol,
                                  int64_t number) {
    return expr_comparison(o->arena, comparison, expr_symbol(o->arena, symbol),
                           expr_bigint(o->arena, number));
}

static PlanNode *distinct_operation(Optimizer *o, const SetOperationNode *node) {
    int32_t branches = node->base.source_count;
    const Symbol **markers = arena_new_array(o->arena, const Symbol *, branches);
    PlanNode *all = union_with_markers(o, node, markers);
    Aggregate *counts = arena_new_array(o->arena, Aggregate, branches);
    ExprList tests = {0};
    for (int32_t s = 0; s < branches; s++) {
        counts[s] = make_aggregate(o, "count", NULL, markers[s]);
        bool present = s == 0 || node->set_kind == INTERSECT_SET;
        expr_list_add(o->arena, &tests,
                      compare_bigint(o, present ? COMPARE_GREATER_OR_EQUAL : COMPARE_EQUAL,
                                     counts[s].symbol, present));
    }
    PlanNode *groups = plan_aggregate(o, all, &node->base.outputs, branches, counts);
    return plan_restrict(
        o, plan_filter(o->builder, groups, expr_and(o->arena, tests.count, tests.items)),
        &node->base.outputs);
}

static WindowCallNode whole_partition(const Symbol *symbol, const ResolvedFunction *function) {
    return (WindowCallNode){.symbol = symbol,
                            .function = function,
                            .unit = ROWS_FRAME,
                            .start = BOUND_UNBOUNDED_PRECEDING,
                            .end = BOUND_UNBOUNDED_FOLLOWING};
}

/* n of a row: INTERSECT ALL the least count over the branches, EXCEPT ALL the first's less all
 * others'. */
static const Expr *repetitions(Optimizer *o, const SetOperationNode *node,
                               const Symbol *const *counts) {
    const Type *types[2] = {type_simple(TYPE_BIGINT), type_simple(TYPE_BIGINT)};
    bool intersect = node->set_kind == INTERSECT_SET;
    const ResolvedFunction *combine =
        resolve_builtin(o, intersect ? "least" : "$operator$subtract", FUNCTION_SCALAR, 2, types);
    const Expr *result = expr_symbol(o->arena, counts[0]);
    for (int32_t s = 1; s < node->base.source_count && combine != NULL; s++) {
        const Expr *arguments[2] = {result, expr_symbol(o->arena, counts[s])};
        result = expr_call(o->arena, combine, 2, arguments);
        if (!intersect) {
            const Expr *bounded[2] = {result, expr_bigint(o->arena, 0)};
            result = expr_call(o->arena, resolve_builtin(o, "greatest", FUNCTION_SCALAR, 2, types),
                               2, bounded);
        }
    }
    return result;
}

static PlanNode *bag_operation(Optimizer *o, const SetOperationNode *node) {
    int32_t branches = node->base.source_count;
    const Symbol **markers = arena_new_array(o->arena, const Symbol *, branches);
    PlanNode *all = union_with_markers(o, node, markers);
    const ResolvedFunction *row_number = resolve_builtin(o, "row_number", FUNCTION_WINDOW, 0, NULL);
    if (row_number == NULL) {
        return NULL;
    }
    const Symbol **counts = arena_new_array(o->arena, const Symbol *, branches);
    WindowNode *window = (WindowNode *)plan_node_create(o->builder, PLAN_WINDOW, 1);
    window->functions.items = arena_new_array(o->arena, WindowCallNode, branches + 1);
    const Type *boolean = type_simple(TYPE_BOOLEAN);
    const ResolvedFunction *count_if =
        resolve_builtin(o, "count_if", FUNCTION_AGGREGATE, 1, &boolean);
    window->partition_by = node->base.outputs;
    window->base.sources[0] = all;
    for (int32_t i = 0; i < all->outputs.count; i++) {
        symbol_list_add(o->arena, &window->base.outputs, all->outputs.items[i]);
    }
    const Symbol *number = plan_symbol(o->builder, "row_number", type_simple(TYPE_BIGINT));
    for (int32_t s = 0; s < branches; s++) {
        counts[s] = plan_symbol(o->builder, "count", type_simple(TYPE_BIGINT));
        WindowCallNode call = whole_partition(counts[s], count_if);
        call.arguments.items = arena_new_array(o->arena, const Expr *, 1);
        call.arguments.items[0] = expr_symbol(o->arena, markers[s]);
        call.arguments.count = 1;
        window->functions.items[window->functions.count++] = call;
        symbol_list_add(o->arena, &window->base.outputs, counts[s]);
    }
    window->functions.items[window->functions.count++] = whole_partition(number, row_number);
    symbol_list_add(o->arena, &window->base.outputs, number);
    const Expr *test = expr_comparison(o->arena, COMPARE_LESS_OR_EQUAL,
                                       expr_symbol(o->arena, number), repetitions(o, node, counts));
    return plan_restrict(o, plan_filter(o->builder, &window->base, test), &node->base.outputs);
}

static PlanNode *visit_node(Optimizer *o, void *closure, PlanNode *node) {
    const SetOperationNode *operation = (const SetOperationNode *)node;
    if (node->kind != PLAN_SET_OPERATION) {
        return node;
    }
    if (operation->set_kind != UNION_SET) {
        return operation->distinct ? distinct_operation(o, operation) : bag_operation(o, operation);
    }
    return operation->distinct
               ? plan_distinct(o, union_all(o, operation, node->sources, operation->inputs.items,
                                            &node->outputs))
               : node;
}

PlanNode *rewrite_set_operations(Optimizer *o, PlanNode *plan) {
    return plan_rewrite(o, plan, visit_node, NULL);
}
