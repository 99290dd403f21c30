/*
 * Columns that nobody above uses are not produced: scans read only what is needed, joins carry only
 * what is needed.
 */
#include <string.h>

#include "optimize/rewrite.h"

typedef struct Need {
    Optimizer *o;
    SymbolSet *set;
} Need;

static void need_symbol(void *closure, const Symbol *symbol) {
    Need *need = closure;
    symbol_set_add(need->o->arena, need->set, symbol);
}

static PlanNode *prune(Optimizer *o, PlanNode *node, const SymbolSet *wanted);

static SymbolList keep_wanted(Optimizer *o, const SymbolList *list, const SymbolSet *wanted) {
    SymbolList kept = {0};
    for (int32_t i = 0; i < list->count; i++) {
        if (symbol_set_has(wanted, list->items[i])) {
            symbol_list_add(o->arena, &kept, list->items[i]);
        }
    }
    return kept;
}

/* A source pruned to `wanted` and what the node itself uses. */
static PlanNode *prune_source(Optimizer *o, PlanNode *node, int32_t source,
                              const SymbolSet *wanted) {
    SymbolSet set = {0};
    Need need = {o, &set};
    plan_used_symbols(node, need_symbol, &need);
    for (int32_t i = 0; i < node->sources[source]->outputs.count; i++) {
        const Symbol *symbol = node->sources[source]->outputs.items[i];
        if (symbol_set_has(wanted, symbol)) {
            symbol_set_add(o->arena, &set, symbol);
        }
    }
    return prune(o, node->sources[source], &set);
}

static PlanNode *prune_sources(Optimizer *o, PlanNode *node, const SymbolSet *wanted) {
    PlanNode **sources = arena_new_array(o->arena, PlanNode *, node->source_count + 1);
    for (int32_t i = 0; i < node->source_count; i++) {
        sources[i] = prune_source(o, node, i, wanted);
    }
    return plan_with_sources(o->builder, node, sources);
}

static PlanNode *prune_scan(Optimizer *o, TableScanNode *node, const SymbolSet *wanted) {
    TableScanNode *copy = arena_copy(o->arena, node, sizeof *node);
    copy->base.outputs = (SymbolList){0};
    copy->columns.items = arena_new_array(o->arena, int32_t, node->columns.count + 1);
    copy->columns.count = 0;
    for (int32_t i = 0; i < node->columns.count; i++) {
        if (symbol_set_has(wanted, node->base.outputs.items[i])) {
            symbol_list_add(o->arena, &copy->base.outputs, node->base.outputs.items[i]);
            copy->columns.items[copy->columns.count++] = node->columns.items[i];
        }
    }
    return copy->columns.count == node->columns.count ? &node->base : &copy->base;
}

static PlanNode *prune_project(Optimizer *o, ProjectNode *node, const SymbolSet *wanted) {
    SymbolList symbols = {0};
    ExprList exprs = {0};
    SymbolSet used = {0};
    for (int32_t i = 0; i < node->expressions.count; i++) {
        if (symbol_set_has(wanted, node->base.outputs.items[i])) {
            symbol_list_add(o->arena, &symbols, node->base.outputs.items[i]);
            expr_list_add(o->arena, &exprs, node->expressions.items[i]);
            symbol_set_add_expr(o->arena, &used, node->expressions.items[i]);
        }
    }
    PlanNode *source = prune(o, node->base.sources[0], &used);
    if (symbols.count == node->expressions.count) {
        return plan_with_sources(o->builder, &node->base, &source);
    }
    return plan_project(o->builder, source, symbols.count, symbols.items, exprs.items);
}

static PlanNode *prune_aggregation(Optimizer *o, AggregationNode *node, const SymbolSet *wanted) {
    AggregationNode *copy = arena_copy(o->arena, node, sizeof *node);
    copy->aggregates.items = arena_new_array(o->arena, Aggregate, node->aggregates.count + 1);
    copy->aggregates.count = 0;
    copy->base.outputs = (SymbolList){0};
    for (int32_t i = 0; i < node->group_keys.count; i++) {
        symbol_list_add(o->arena, &copy->base.outputs, node->group_keys.items[i]);
    }
    for (int32_t i = 0; i < node->aggregates.count; i++) {
        if (symbol_set_has(wanted, node->aggregates.items[i].symbol)) {
            copy->aggregates.items[copy->aggregates.count++] = node->aggregates.items[i];
            symbol_list_add(o->arena, &copy->base.outputs, node->aggregates.items[i].symbol);
        }
    }
    SymbolSet none = {0};
    return prune_sources(o, &copy->base, &none);
}

static PlanNode *prune_values(Optimizer *o, ValuesNode *node, const SymbolSet *wanted) {
    ValuesNode *copy = arena_copy(o->arena, node, sizeof *node);
    int32_t width = node->base.outputs.count;
    copy->base.outputs = keep_wanted(o, &node->base.outputs, wanted);
    copy->rows.items = arena_new_array(o->arena, const Expr *, node->rows.count + 1);
    copy->rows.count = 0;
    for (int32_t i = 0; i < node->rows.count; i++) {
        if (symbol_set_has(wanted, node->base.outputs.items[i % width])) {
            copy->rows.items[copy->rows.count++] = node->rows.items[i];
        }
    }
    return &copy->base;
}

static PlanNode *prune_set_operation(Optimizer *o, SetOperationNode *node,
                                     const SymbolSet *wanted) {
    bool all = node->set_kind == UNION_SET && !node->distinct;
    SetOperationNode *copy = arena_copy(o->arena, node, sizeof *node);
    PlanNode **sources = arena_new_array(o->arena, PlanNode *, node->base.source_count);
    copy->base.outputs = all ? keep_wanted(o, &node->base.outputs, wanted) : node->base.outputs;
    copy->inputs.items = arena_new_array(o->arena, SymbolList, node->inputs.count);
    for (int32_t s = 0; s < node->base.source_count; s++) {
        copy->inputs.items[s] = (SymbolList){0};
        for (int32_t i = 0; i < node->base.outputs.count; i++) {
            if (!all || symbol_set_has(wanted, node->base.outputs.items[i])) {
                symbol_list_add(o->arena, &copy->inputs.items[s], node->inputs.items[s].items[i]);
            }
        }
        SymbolSet used = symbol_set_of(o->arena, &copy->inputs.items[s]);
        sources[s] = prune(o, node->base.sources[s], &used);
    }
    return plan_with_sources(o->builder, &copy->base, sources);
}

/* Window functions and marks that nobody wants go; the rest passes its source's columns on. */
static PlanNode *prune_window(Optimizer *o, WindowNode *node, const SymbolSet *wanted) {
    WindowNode *copy = arena_copy(o->arena, node, sizeof *node);
    copy->functions.items = arena_new_array(o->arena, WindowCallNode, node->functions.count + 1);
    copy->functions.count = 0;
    for (int32_t i = 0; i < node->functions.count; i++) {
        if (symbol_set_has(wanted, node->functions.items[i].symbol)) {
            copy->functions.items[copy->functions.count++] = node->functions.items[i];
        }
    }
    if (copy->functions.count == 0) {
        return prune(o, node->base.sources[0], wanted);
    }
    PlanNode *result = prune_sources(o, &copy->base, wanted);
    result->outputs = (SymbolList){0};
    for (int32_t i = 0; i < result->sources[0]->outputs.count; i++) {
        symbol_list_add(o->arena, &result->outputs, result->sources[0]->outputs.items[i]);
    }
    for (int32_t i = 0; i < copy->functions.count; i++) {
        symbol_list_add(o->arena, &result->outputs, copy->functions.items[i].symbol);
    }
    return result;
}

/* The node over its pruned source; it gives what the source gives and adds what it added before. */
static PlanNode *prune_passing(Optimizer *o, PlanNode *node, const SymbolSet *wanted) {
    SymbolSet before = symbol_set_of(o->arena, &node->sources[0]->outputs);
    PlanNode *result = prune_sources(o, node, wanted);
    if (result == node) {
        result = arena_copy(o->arena, node, plan_node_size(node->kind));
    }
    SymbolList outputs = {0};
    for (int32_t i = 0; i < result->sources[0]->outputs.count; i++) {
        symbol_list_add(o->arena, &outputs, result->sources[0]->outputs.items[i]);
    }
    for (int32_t i = 0; i < node->outputs.count; i++) {
        if (!symbol_set_has(&before, node->outputs.items[i])) {
            symbol_list_add(o->arena, &outputs, node->outputs.items[i]);
        }
    }
    result->outputs = outputs;
    return result;
}

/* Joins give any columns of both sides, unnests any of the replicated ones. */
static PlanNode *prune_join(Optimizer *o, PlanNode *node, const SymbolSet *wanted) {
    PlanNode *copy = arena_copy(o->arena, node, plan_node_size(node->kind));
    copy->outputs = keep_wanted(o, &node->outputs, wanted);
    return prune_sources(o, copy, wanted);
}

static PlanNode *prune_unnest(Optimizer *o, UnnestNode *node, const SymbolSet *wanted) {
    UnnestNode *copy = arena_copy(o->arena, node, sizeof *node);
    copy->replicated = keep_wanted(o, &node->replicated, wanted);
    SymbolSet replicated = symbol_set_of(o->arena, &node->replicated);
    copy->base.outputs = (SymbolList){0};
    for (int32_t i = 0; i < node->base.outputs.count; i++) {
        const Symbol *symbol = node->base.outputs.items[i];
        if (!symbol_set_has(&replicated, symbol) || symbol_set_has(wanted, symbol)) {
            symbol_list_add(o->arena, &copy->base.outputs, symbol);
        }
    }
    SymbolSet none = {0};
    return prune_sources(o, &copy->base, &none);
}

static PlanNode *prune(Optimizer *o, PlanNode *node, const SymbolSet *wanted) {
    switch (node->kind) {
    case PLAN_TABLE_SCAN:
        return prune_scan(o, (TableScanNode *)node, wanted);
    case PLAN_PROJECT:
        return prune_project(o, (ProjectNode *)node, wanted);
    case PLAN_AGGREGATION:
        return prune_aggregation(o, (AggregationNode *)node, wanted);
    case PLAN_VALUES:
        return prune_values(o, (ValuesNode *)node, wanted);
    case PLAN_SET_OPERATION:
        return prune_set_operation(o, (SetOperationNode *)node, wanted);
    case PLAN_WINDOW:
        return prune_window(o, (WindowNode *)node, wanted);
    case PLAN_JOIN:
        return prune_join(o, node, wanted);
    case PLAN_UNNEST:
        return prune_unnest(o, (UnnestNode *)node, wanted);
    case PLAN_FILTER:
    case PLAN_SORT:
    case PLAN_TOP_N:
    case PLAN_LIMIT:
    case PLAN_OFFSET:
    case PLAN_SAMPLE:
    case PLAN_SEMI_JOIN:
    case PLAN_ASSIGN_UNIQUE_ID:
    case PLAN_MARK_DISTINCT:
    case PLAN_TOP_N_RANKING:
    case PLAN_ENFORCE_SINGLE_ROW:
        return prune_passing(o, node, wanted);
    default: { /* the others need every column of their sources */
        PlanNode **sources = arena_new_array(o->arena, PlanNode *, node->source_count + 1);
        for (int32_t i = 0; i < node->source_count; i++) {
            SymbolSet all = symbol_set_of(o->arena, &node->sources[i]->outputs);
            sources[i] = prune(o, node->sources[i], &all);
        }
        return plan_with_sources(o->builder, node, sources);
    }
    }
}

PlanNode *prune_columns(Optimizer *o, PlanNode *plan) {
    SymbolSet wanted = symbol_set_of(o->arena, &plan->outputs);
    PlanNode *source = prune_source(o, plan, 0, &wanted);
    return plan_with_sources(o->builder, plan, &source);
}
