/*
 * Join order: each region of inner joins is flattened into relations and conditions and put
 * together again at least cost.
 *
 * Up to EXACT_RELATIONS_MAX relations by dynamic programming over subsets (bushy trees, no cross
 * products while an edge is left); beyond that greedily, the cheapest join next. Cost is the rows
 * that joins produce plus, dearer, the rows that their build sides hold. The smaller side becomes
 * the build side (right). Outer joins turn round when that is cheaper.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "optimize/statistics.h"

enum { EXACT_RELATIONS_MAX = 10, RELATIONS_MAX = 64 };
static const double BUILD_COST = 2, UNKNOWN_SIDE_ROWS = 1e6;

typedef struct Region {
    Optimizer *o;
    int32_t count;
    PlanNode *relations[RELATIONS_MAX];
    SymbolSet sets[RELATIONS_MAX];
    ExprList conditions;
    uint64_t *condition_relations; /* which relations each condition uses */
    int32_t *condition_class; /* equalities of symbols: their class of equal symbols; -1: no such
                                 condition */
} Region;

static PlanNode *order(Optimizer *o, PlanNode *node);

static bool is_region(const PlanNode *node) {
    return node->kind == PLAN_JOIN && ((const JoinNode *)node)->join_kind == INNER_JOIN;
}

/* Identity projections between the joins of a region do not separate it. */
static const PlanNode *skip_identities(const PlanNode *node) {
    while (node->kind == PLAN_PROJECT) {
        const ProjectNode *project = (const ProjectNode *)node;
        for (int32_t i = 0; i < project->expressions.count; i++) {
            const Expr *expr = project->expressions.items[i];
            if (expr->kind != EXPR_SYMBOL || expr->symbol != node->outputs.items[i]) {
                return node;
            }
        }
        node = node->sources[0];
    }
    return node;
}

static bool flatten(Region *region, PlanNode *node) {
    PlanNode *inner = (PlanNode *)(uintptr_t)skip_identities(node);
    if (!is_region(inner)) {
        if (region->count == RELATIONS_MAX) {
            return false;
        }
        region->relations[region->count++] = order(region->o, node);
        return true;
    }
    const JoinNode *join = (const JoinNode *)inner;
    Arena *arena = region->o->arena;
    for (int32_t i = 0; i < join->left_keys.count; i++) {
        expr_list_add(arena, &region->conditions,
                      expr_comparison(arena, COMPARE_EQUAL,
                                      expr_symbol(arena, join->left_keys.items[i]),
                                      expr_symbol(arena, join->right_keys.items[i])));
    }
    if (join->filter != NULL) {
        expr_conjuncts(arena, join->filter, &region->conditions);
    }
    return flatten(region, join->base.sources[0]) && flatten(region, join->base.sources[1]);
}

/* Every equality that follows from the others, so that any order finds its keys: a = b, b = c gives
 * a = c. */
static void close_equalities(Region *region) {
    Arena *arena = region->o->arena;
    for (int32_t i = 0; i < region->conditions.count && region->conditions.count < 200; i++) {
        const Expr *a = region->conditions.items[i];
        for (int32_t k = 0; k < i && a->kind == EXPR_COMPARISON && a->comparison == COMPARE_EQUAL;
             k++) {
            const Expr *b = region->conditions.items[k];
            if (b->kind != EXPR_COMPARISON || b->comparison != COMPARE_EQUAL) {
                continue;
            }
            for (int x = 0; x < 4; x++) {
                const Expr *shared = a->arguments[x & 1], *other = b->arguments[x >> 1];
                const Expr *left = a->arguments[1 - (x & 1)], *right = b->arguments[1 - (x >> 1)];
                if (shared->kind != EXPR_SYMBOL || other->kind != EXPR_SYMBOL ||
                    shared->symbol != other->symbol || left->kind != EXPR_SYMBOL ||
                    right->kind != EXPR_SYMBOL || left->symbol == right->symbol) {
                    continue;
                }
                const Expr *implied = expr_comparison(arena, COMPARE_EQUAL, left, right);
                const Expr *mirrored = expr_comparison(arena, COMPARE_EQUAL, right, left);
                bool known = false;
                for (int32_t n = 0; n < region->conditions.count; n++) {
                    known |= expr_equal(region->conditions.items[n], implied) ||
                             expr_equal(region->conditions.items[n], mirrored);
                }
                if (!known) {
                    expr_list_add(arena, &region->conditions, implied);
                }
            }
        }
    }
}

static void map_conditions(Region *region) {
    region->condition_relations =
        arena_new_array(region->o->arena, uint64_t, region->conditions.count + 1);
    for (int32_t r = 0; r < region->count; r++) {
        region->sets[r] = symbol_set_of(region->o->arena, &region->relations[r]->outputs);
        for (int32_t i = 0; i < region->conditions.count; i++) {
            if (expr_uses_any(region->conditions.items[i], &region->sets[r])) {
                region->condition_relations[i] |= (uint64_t)1 << r;
            }
        }
    }
}

/* Numbers the classes of symbols that the conditions make equal. Joining two sides takes one
   equality of each class: members on one side are equal already. */
static void number_classes(Region *region) {
    Arena *arena = region->o->arena;
    int32_t *class_of = arena_new_array(arena, int32_t, region->o->builder->symbol_count + 1);
    region->condition_class = arena_new_array(arena, int32_t, region->conditions.count + 1);
    int32_t next = 1;
    for (int32_t i = 0; i < region->conditions.count; i++) {
        const Expr *expr = region->conditions.items[i];
        region->condition_class[i] = -1;
        if (expr->kind != EXPR_COMPARISON || expr->comparison != COMPARE_EQUAL ||
            expr->arguments[0]->kind != EXPR_SYMBOL || expr->arguments[1]->kind != EXPR_SYMBOL) {
            continue;
        }
        int32_t *a = &class_of[expr->arguments[0]->symbol->id],
                *b = &class_of[expr->arguments[1]->symbol->id];
        int32_t to = *a != 0 ? *a : *b != 0 ? *b : next++;
        int32_t from = *a != 0 && *b != 0 ? *b : 0;
        for (int32_t k = 0; from != 0 && k < region->o->builder->symbol_count; k++) {
            class_of[k] = class_of[k] == from ? to : class_of[k];
        }
        *a = *b = to;
        region->condition_class[i] = 0;
    }
    for (int32_t i = 0; i < region->conditions.count; i++) {
        if (region->condition_class[i] == 0) {
            region->condition_class[i] =
                class_of[region->conditions.items[i]->arguments[0]->symbol->id];
        }
    }
}

/* ---- putting together ---- */

typedef struct Candidate {
    PlanNode *plan;
    double cost;
    uint64_t relations;
} Candidate;

/* What joins the two: conditions over both and nothing else. */
static void conditions_between(const Region *region, uint64_t a, uint64_t b, ExprList *list) {
    for (int32_t i = 0; i < region->conditions.count; i++) {
        uint64_t used = region->condition_relations[i];
        bool joins = (used & a) != 0 && (used & b) != 0 && (used & ~(a | b)) == 0;
        for (int32_t k = 0; k < i && joins && region->condition_class[i] >= 0; k++) {
            uint64_t earlier = region->condition_relations[k];
            joins = region->condition_class[k] != region->condition_class[i] ||
                    (earlier & a) == 0 || (earlier & b) == 0 || (earlier & ~(a | b)) != 0;
        }
        if (joins) {
            expr_list_add(region->o->arena, list, region->conditions.items[i]);
        }
    }
}

static bool are_connected(const Region *region, uint64_t a, uint64_t b) {
    for (int32_t i = 0; i < region->conditions.count; i++) {
        uint64_t used = region->condition_relations[i];
        if ((used & a) != 0 && (used & b) != 0 && (used & ~(a | b)) == 0) {
            return true;
        }
    }
    return false;
}

static double known_rows(double rows) {
    return isnan(rows) ? UNKNOWN_SIDE_ROWS : rows;
}

/* The cheaper of the two ways round; its plan is made only when it beats `best`. */
static void try_join(Region *region, const Candidate *a, const Candidate *b, Candidate *best) {
    Optimizer *o = region->o;
    double rows_a = known_rows(statistics_of(o, a->plan)->row_count);
    double rows_b = known_rows(statistics_of(o, b->plan)->row_count);
    const Candidate *probe = rows_a >= rows_b ? a : b, *build = rows_a >= rows_b ? b : a;
    double least = a->cost + b->cost + BUILD_COST * fmin(rows_a, rows_b);
    if (best->plan != NULL && least >= best->cost) {
        return;
    }
    ExprList conditions = {0};
    conditions_between(region, a->relations, b->relations, &conditions);
    PlanNode *plan = plan_join_all(o, INNER_JOIN, probe->plan, build->plan, &conditions);
    double cost = least + known_rows(statistics_of(o, plan)->row_count);
    if (best->plan == NULL || cost < best->cost) {
        *best = (Candidate){plan, cost, a->relations | b->relations};
    }
}

static PlanNode *order_exactly(Region *region) {
    uint64_t full = ((uint64_t)1 << region->count) - 1;
    Candidate *best = arena_new_array(region->o->arena, Candidate, full + 1);
    for (int32_t r = 0; r < region->count; r++) {
        best[(uint64_t)1 << r] = (Candidate){region->relations[r], 0, (uint64_t)1 << r};
    }
    for (int with_cross = 0; with_cross < 2 && best[full].plan == NULL; with_cross++) {
        for (uint64_t set = 3; set <= full; set++) {
            if ((set & (set - 1)) == 0 || best[set].plan != NULL) {
                continue;
            }
            for (uint64_t part = (set - 1) & set; part > (set ^ part); part = (part - 1) & set) {
                const Candidate *a = &best[part], *b = &best[set ^ part];
                if (a->plan != NULL && b->plan != NULL &&
                    (with_cross || are_connected(region, part, set ^ part))) {
                    try_join(region, a, b, &best[set]);
                }
            }
        }
    }
    return best[full].plan;
}

static PlanNode *order_greedily(Region *region) {
    Candidate parts[RELATIONS_MAX];
    int32_t count = region->count;
    for (int32_t r = 0; r < count; r++) {
        parts[r] = (Candidate){region->relations[r], 0, (uint64_t)1 << r};
    }
    while (count > 1) {
        Candidate best = {0};
        int32_t first = 0, second = 1;
        for (int with_cross = 0; with_cross < 2 && best.plan == NULL; with_cross++) {
            for (int32_t a = 0; a < count; a++) {
                for (int32_t b = a + 1; b < count; b++) {
                    Candidate joined = {0};
                    if (with_cross ||
                        are_connected(region, parts[a].relations, parts[b].relations)) {
                        try_join(region, &parts[a], &parts[b], &joined);
                    }
                    if (joined.plan != NULL && (best.plan == NULL || joined.cost < best.cost)) {
                        best = joined;
                        first = a;
                        second = b;
                    }
                }
            }
        }
        parts[first] = best;
        parts[second] = parts[--count];
    }
    return parts[0].plan;
}

/* Conditions over one relation or none were pushed down before; what is left of them is tested on
 * top. */
static PlanNode *add_unplaced(const Region *region, PlanNode *plan) {
    ExprList rest = {0};
    for (int32_t i = 0; i < region->conditions.count; i++) {
        uint64_t used = region->condition_relations[i];
        if ((used & (used - 1)) == 0) {
            expr_list_add(region->o->arena, &rest, region->conditions.items[i]);
        }
    }
    return rest.count == 0 ? plan
                           : plan_filter(region->o->builder, plan,
                                         expr_and(region->o->arena, rest.count, rest.items));
}

static PlanNode *order_region(Optimizer *o, PlanNode *node) {
    Region *region = arena_new(o->arena, Region);
    region->o = o;
    if (!flatten(region, node) || region->count < 2) {
        PlanNode *sources[2] = {order(o, node->sources[0]), order(o, node->sources[1])};
        return plan_with_sources(o->builder, node, sources);
    }
    close_equalities(region);
    map_conditions(region);
    number_classes(region);
    PlanNode *plan =
        region->count <= EXACT_RELATIONS_MAX ? order_exactly(region) : order_greedily(region);
    return plan_restrict(o, add_unplaced(region, plan), &node->outputs);
}

/* LEFT with a big build side and a small probe side is RIGHT the other way round. */
static PlanNode *turn_outer_join(Optimizer *o, JoinNode *node) {
    double left = known_rows(statistics_of(o, node->base.sources[0])->row_count);
    double right = known_rows(statistics_of(o, node->base.sources[1])->row_count);
    if (node->join_kind == INNER_JOIN || left * 2 > right || node->left_keys.count == 0) {
        return &node->base;
    }
    JoinNode *turned = arena_copy(o->arena, node, sizeof *node);
    PlanNode *sources[2] = {node->base.sources[1], node->base.sources[0]};
    turned->base.sources = arena_copy(o->arena, sources, sizeof sources);
    turned->left_keys = node->right_keys;
    turned->right_keys = node->left_keys;
    turned->join_kind = node->join_kind == LEFT_JOIN    ? RIGHT_JOIN
                        : node->join_kind == RIGHT_JOIN ? LEFT_JOIN
                                                        : FULL_JOIN;
    return &turned->base;
}

static PlanNode *order(Optimizer *o, PlanNode *node) {
    if (is_region(node)) {
        return order_region(o, node);
    }
    PlanNode **sources = arena_new_array(o->arena, PlanNode *, node->source_count + 1);
    for (int32_t i = 0; i < node->source_count; i++) {
        sources[i] = order(o, node->sources[i]);
    }
    PlanNode *result = plan_with_sources(o->builder, node, sources);
    return result->kind == PLAN_JOIN ? turn_outer_join(o, (JoinNode *)result) : result;
}

PlanNode *order_joins(Optimizer *o, PlanNode *plan) {
    return order(o, plan);
}
