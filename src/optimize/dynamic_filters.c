/*
 * Dynamic filters: what a join's build side holds bounds the scans of its probe side.
 *
 * For every key of a join that drops probe rows without a match (INNER, RIGHT, SEMI) the probe key
 * is followed down to the scan that produces it, through whatever passes the column on unchanged;
 * the scan then applies the filter that the build makes. A Project that renames is followed by its
 * source symbol.
 */
#include "optimize/rewrite.h"

static void add_use(Optimizer *o, DynamicFilterArray *array, int32_t id, const Symbol *symbol) {
    DynamicFilterUse *items = arena_new_array(o->arena, DynamicFilterUse, array->count + 1);
    for (int32_t i = 0; i < array->count; i++) {
        items[i] = array->items[i];
    }
    items[array->count] = (DynamicFilterUse){id, symbol};
    array->items = items;
    array->count++;
}

static PlanNode *follow(Optimizer *o, PlanNode *node, const Symbol *symbol, int32_t id,
                        bool *ret_found);

static PlanNode *follow_source(Optimizer *o, PlanNode *node, int32_t source, const Symbol *symbol,
                               int32_t id, bool *ret_found) {
    PlanNode **sources =
        arena_copy(o->arena, node->sources, sizeof *sources * (size_t)node->source_count);
    sources[source] = follow(o, sources[source], symbol, id, ret_found);
    return plan_with_sources(o->builder, node, sources);
}

static PlanNode *follow_join(Optimizer *o, PlanNode *node, const Symbol *symbol, int32_t id,
                             bool *ret_found) {
    const JoinNode *join = (const JoinNode *)node;
    bool left = symbol_list_contains(&node->sources[0]->outputs, symbol);
    bool passes = join->join_kind == INNER_JOIN ||
                  (left ? join->join_kind == LEFT_JOIN : join->join_kind == RIGHT_JOIN);
    return passes ? follow_source(o, node, left ? 0 : 1, symbol, id, ret_found) : node;
}

static PlanNode *follow_union(Optimizer *o, PlanNode *node, const Symbol *symbol, int32_t id,
                              bool *ret_found) {
    const SetOperationNode *operation = (const SetOperationNode *)node;
    int32_t index = symbol_list_index(&node->outputs, symbol);
    for (int32_t s = 0; s < node->source_count && index >= 0; s++) {
        node = follow_source(o, node, s, operation->inputs.items[s].items[index], id, ret_found);
    }
    return node;
}

/* The subtree whose scan of `symbol` applies filter `id`; *ret_found is set when there is one. */
static PlanNode *follow(Optimizer *o, PlanNode *node, const Symbol *symbol, int32_t id,
                        bool *ret_found) {
    switch (node->kind) {
    case PLAN_TABLE_SCAN: {
        if (!symbol_list_contains(&node->outputs, symbol)) {
            return node;
        }
        TableScanNode *scan = arena_copy(o->arena, node, sizeof *scan);
        add_use(o, &scan->dynamic_filters, id, symbol);
        *ret_found = true;
        return &scan->base;
    }
    case PLAN_PROJECT: {
        int32_t index = symbol_list_index(&node->outputs, symbol);
        const Expr *expr =
            index >= 0 ? ((const ProjectNode *)node)->expressions.items[index] : NULL;
        return expr != NULL && expr->kind == EXPR_SYMBOL
                   ? follow_source(o, node, 0, expr->symbol, id, ret_found)
                   : node;
    }
    case PLAN_FILTER:
        return follow_source(o, node, 0, symbol, id, ret_found);
    case PLAN_SEMI_JOIN:
    case PLAN_ASSIGN_UNIQUE_ID:
        return symbol_list_contains(&node->sources[0]->outputs, symbol)
                   ? follow_source(o, node, 0, symbol, id, ret_found)
                   : node;
    case PLAN_AGGREGATION: {
        const AggregationNode *aggregation = (const AggregationNode *)node;
        bool key =
            symbol_list_contains(&aggregation->group_keys, symbol) && aggregation->group_id == NULL;
        return key ? follow_source(o, node, 0, symbol, id, ret_found) : node;
    }
    case PLAN_JOIN:
        return follow_join(o, node, symbol, id, ret_found);
    case PLAN_SET_OPERATION:
        return ((const SetOperationNode *)node)->set_kind == UNION_SET
                   ? follow_union(o, node, symbol, id, ret_found)
                   : node;
    default:
        return node;
    }
}

static bool has_filterable_layout(const Symbol *symbol) {
    return symbol->type->layout != LAYOUT_LIST && symbol->type->layout != LAYOUT_ROW;
}

static PlanNode *add_to_join(Optimizer *o, PlanNode *node, const SymbolList *left_keys,
                             const SymbolList *right_keys, DynamicFilterArray *produced) {
    PlanNode *probe = node->sources[0];
    for (int32_t i = 0; i < left_keys->count; i++) {
        bool found = false;
        int32_t id = o->builder->next_dynamic_filter_id;
        if (has_filterable_layout(left_keys->items[i])) {
            probe = follow(o, probe, left_keys->items[i], id, &found);
        }
        if (found) {
            o->builder->next_dynamic_filter_id++;
            add_use(o, produced, id, right_keys->items[i]);
        }
    }
    return probe;
}

static PlanNode *visit_node(Optimizer *o, void *closure, PlanNode *node) {
    DynamicFilterArray produced = {0};
    PlanNode *probe = NULL;
    if (node->kind == PLAN_JOIN) {
        const JoinNode *join = (const JoinNode *)node;
        if (join->join_kind == INNER_JOIN || join->join_kind == RIGHT_JOIN) {
            probe = add_to_join(o, node, &join->left_keys, &join->right_keys, &produced);
        }
    } else if (node->kind == PLAN_SEMI_JOIN &&
               ((SemiJoinNode *)node)->semi_kind == SEMI_JOIN_SEMI) {
        const SemiJoinNode *semi = (const SemiJoinNode *)node;
        probe = add_to_join(o, node, &semi->left_keys, &semi->right_keys, &produced);
    }
    if (produced.count == 0) {
        return node;
    }
    PlanNode *copy = arena_copy(o->arena, node, plan_node_size(node->kind));
    PlanNode *sources[2] = {probe, node->sources[1]};
    copy->sources = arena_copy(o->arena, sources, sizeof sources);
    if (copy->kind == PLAN_JOIN) {
        ((JoinNode *)copy)->dynamic_filters = produced;
    } else {
        ((SemiJoinNode *)copy)->dynamic_filters = produced;
    }
    return copy;
}

PlanNode *add_dynamic_filters(Optimizer *o, PlanNode *plan) {
    return plan_rewrite(o, plan, visit_node, NULL);
}
