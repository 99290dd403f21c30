/*
 * Limits go down: Limit over Sort is TopN; limits pass projections and enter the branches of a
 * union; a filter on a row number is a TopNRanking.
 */
#include <string.h>

#include "optimize/rewrite.h"

static PlanNode *limit_source(Optimizer *o, PlanNode *node, int64_t count);

static PlanNode *make_top_n(Optimizer *o, const SortNode *sort, int64_t count) {
    TopNNode *top = (TopNNode *)plan_node_create(o->builder, PLAN_TOP_N, 1);
    top->base.sources[0] = sort->base.sources[0];
    top->base.outputs = sort->base.outputs;
    top->count = count;
    top->order_by = sort->order_by;
    return &top->base;
}

/* The branches of UNION ALL need give no more than the limit either. */
static PlanNode *limit_union(Optimizer *o, PlanNode *node, int64_t count) {
    PlanNode **sources = arena_new_array(o->arena, PlanNode *, node->source_count);
    for (int32_t i = 0; i < node->source_count; i++) {
        sources[i] = limit_source(o, node->sources[i], count);
    }
    return plan_limit(o->builder, plan_with_sources(o->builder, node, sources), count);
}

/* `node` cut to its first `count` rows. */
static PlanNode *limit_source(Optimizer *o, PlanNode *node, int64_t count) {
    switch (node->kind) {
    case PLAN_SORT:
        return make_top_n(o, (const SortNode *)node, count);
    case PLAN_LIMIT:
        return ((LimitNode *)node)->count <= count ? node
                                                   : limit_source(o, node->sources[0], count);
    case PLAN_TOP_N:
        if (!((TopNNode *)node)->with_ties && ((TopNNode *)node)->count <= count) {
            return node;
        }
        break;
    case PLAN_PROJECT: {
        PlanNode *source = limit_source(o, node->sources[0], count);
        return plan_with_sources(o->builder, node, &source);
    }
    case PLAN_OFFSET: {
        int64_t skipped = ((OffsetNode *)node)->count;
        if (count > INT64_MAX - skipped) {
            break;
        }
        PlanNode *source = limit_source(o, node->sources[0], count + skipped);
        return plan_with_sources(o->builder, node, &source);
    }
    case PLAN_SET_OPERATION:
        if (((SetOperationNode *)node)->set_kind == UNION_SET &&
            !((SetOperationNode *)node)->distinct) {
            return limit_union(o, node, count);
        }
        break;
    default:
        break;
    }
    return plan_limit(o->builder, node, count);
}

static bool ranking_of(const ResolvedFunction *function, RankingKind *ret_kind) {
    static const char *const names[] = {"row_number", "rank", "dense_rank"};
    for (int i = 0; i < 3; i++) {
        if (function->kind == FUNCTION_WINDOW && strcmp(function->name, names[i]) == 0) {
            *ret_kind = (RankingKind)i;
            return true;
        }
    }
    return false;
}

/* rank <= k, rank < k, rank = 1: the largest rank kept; 0 when the conjunct is not of this kind. */
static int64_t largest_rank(const Expr *conjunct, const Symbol *ranking) {
    if (conjunct->kind != EXPR_COMPARISON || conjunct->arguments[0]->kind != EXPR_SYMBOL ||
        conjunct->arguments[0]->symbol != ranking ||
        conjunct->arguments[1]->kind != EXPR_CONSTANT ||
        conjunct->arguments[1]->type->kind != TYPE_BIGINT ||
        vector_is_null(conjunct->arguments[1]->value, 0)) {
        return 0;
    }
    int64_t value = VECTOR_DATA(conjunct->arguments[1]->value, int64_t)[0];
    switch (conjunct->comparison) {
    case COMPARE_LESS_OR_EQUAL:
        return value;
    case COMPARE_LESS:
        return value - 1;
    case COMPARE_EQUAL:
        return value == 1 ? 1 : 0;
    default:
        return 0;
    }
}

/* Filter(rank <= k) over a Window with that function alone. */
static PlanNode *make_top_n_ranking(Optimizer *o, FilterNode *filter) {
    const WindowNode *window = (const WindowNode *)filter->base.sources[0];
    RankingKind kind;
    if (window->base.kind != PLAN_WINDOW || window->functions.count != 1 ||
        !ranking_of(window->functions.items[0].function, &kind)) {
        return &filter->base;
    }
    const Symbol *ranking = window->functions.items[0].symbol;
    ExprList conjuncts = {0}, rest = {0};
    int64_t most = 0;
    expr_conjuncts(o->arena, filter->predicate, &conjuncts);
    for (int32_t i = 0; i < conjuncts.count; i++) {
        int64_t rank = largest_rank(conjuncts.items[i], ranking);
        if (rank > 0 && most == 0) {
            most = rank;
        } else {
            expr_list_add(o->arena, &rest, conjuncts.items[i]);
        }
    }
    if (most == 0) {
        return &filter->base;
    }
    TopNRankingNode *node = (TopNRankingNode *)plan_node_create(o->builder, PLAN_TOP_N_RANKING, 1);
    node->base.sources[0] = window->base.sources[0];
    node->base.outputs = window->base.outputs;
    node->partition_by = window->partition_by;
    node->order_by = window->order_by;
    node->ranking_kind = kind;
    node->max_rank = most;
    node->ranking = ranking;
    return rest.count == 0
               ? &node->base
               : plan_filter(o->builder, &node->base, expr_and(o->arena, rest.count, rest.items));
}

static PlanNode *visit_node(Optimizer *o, void *closure, PlanNode *node) {
    if (node->kind == PLAN_LIMIT) {
        int64_t count = ((LimitNode *)node)->count;
        return count == 0
                   ? plan_values(o->builder, node->outputs.count, node->outputs.items, 0, NULL)
                   : limit_source(o, node->sources[0], count);
    }
    return node->kind == PLAN_FILTER ? make_top_n_ranking(o, (FilterNode *)node) : node;
}

PlanNode *push_limits(Optimizer *o, PlanNode *plan) {
    return plan_rewrite(o, plan, visit_node, NULL);
}
