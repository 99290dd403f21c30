/*
 * Predicates go down to where their columns come from: through projections, joins, aggregations,
 * unions, windows.
 *
 * On the way outer joins become inner ones where a predicate rejects their NULLs, marks that are
 * only tested become semi and anti joins, equal columns share their constants, and a disjunction
 * over both sides of a join gives each side its part.
 */
#include <string.h>

#include "optimize/rewrite.h"

static PlanNode *push(Optimizer *o, PlanNode *node, ExprList *conjuncts);

static PlanNode *filter_above(Optimizer *o, PlanNode *node, const ExprList *conjuncts) {
    return conjuncts->count == 0
               ? node
               : plan_filter(o->builder, node,
                             expr_and(o->arena, conjuncts->count, conjuncts->items));
}

static PlanNode *with_source(Optimizer *o, PlanNode *node, PlanNode *source) {
    return plan_with_sources(o->builder, node, &source);
}

static void add_conjunct(Optimizer *o, ExprList *list, const Expr *conjunct) {
    for (int32_t i = 0; i < list->count; i++) {
        if (expr_equal(list->items[i], conjunct)) {
            return;
        }
    }
    if (!expr_is_true(conjunct)) {
        expr_list_add(o->arena, list, conjunct);
    }
}

/* Moves the conjuncts that use only `allowed` and are deterministic from *from to *to. */
static void take_pushable(Optimizer *o, ExprList *from, const SymbolSet *allowed, ExprList *to) {
    ExprList rest = {0};
    for (int32_t i = 0; i < from->count; i++) {
        const Expr *conjunct = from->items[i];
        bool pushable = expr_uses_only(conjunct, allowed) && expr_is_deterministic(conjunct);
        expr_list_add(o->arena, pushable ? to : &rest, conjunct);
    }
    *from = rest;
}

/* ---- what a predicate says of NULLs ---- */

/* NULL whenever a symbol of the set is NULL. */
static bool is_strict(const Expr *expr, const SymbolSet *set) {
    switch (expr->kind) {
    case EXPR_SYMBOL:
        return symbol_set_has(set, expr->symbol);
    case EXPR_CALL:
        if (!expr->function->returns_null_on_null) {
            return false;
        }
        break;
    case EXPR_CAST:
    case EXPR_NOT:
    case EXPR_FIELD:
        break;
    case EXPR_COMPARISON:
        if (expr->comparison == COMPARE_DISTINCT || expr->comparison == COMPARE_IDENTICAL) {
            return false;
        }
        break;
    case EXPR_BETWEEN:
    case EXPR_IN:
        return is_strict(expr->arguments[0], set);
    default:
        return false;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        if (is_strict(expr->arguments[i], set)) {
            return true;
        }
    }
    return false;
}

/* Never TRUE when all symbols of the set are NULL. */
static bool rejects_nulls(const Expr *expr, const SymbolSet *set) {
    if (expr->kind == EXPR_NOT && expr->arguments[0]->kind == EXPR_IS_NULL) {
        return is_strict(expr->arguments[0]->arguments[0], set);
    }
    if (expr->kind == EXPR_AND || expr->kind == EXPR_OR) {
        for (int32_t i = 0; i < expr->argument_count; i++) {
            if (rejects_nulls(expr->arguments[i], set) == (expr->kind == EXPR_AND)) {
                return expr->kind == EXPR_AND;
            }
        }
        return expr->kind == EXPR_OR;
    }
    return is_strict(expr, set);
}

static bool any_rejects_nulls(const ExprList *conjuncts, const SymbolSet *set) {
    for (int32_t i = 0; i < conjuncts->count; i++) {
        if (rejects_nulls(conjuncts->items[i], set)) {
            return true;
        }
    }
    return false;
}

/* ---- equal columns ---- */

/* The part of a disjunction of conjunctions that one side alone can test: OR of what each branch
 * says of it; or NULL. */
static const Expr *side_of_disjunction(Optimizer *o, const Expr *expr, const SymbolSet *side) {
    if (expr->kind != EXPR_OR) {
        return NULL;
    }
    const Expr **branches = arena_new_array(o->arena, const Expr *, expr->argument_count);
    for (int32_t i = 0; i < expr->argument_count; i++) {
        ExprList terms = {0}, own = {0};
        expr_conjuncts(o->arena, expr->arguments[i], &terms);
        for (int32_t k = 0; k < terms.count; k++) {
            if (expr_uses_only(terms.items[k], side) && expr_is_deterministic(terms.items[k])) {
                expr_list_add(o->arena, &own, terms.items[k]);
            }
        }
        if (own.count == 0) {
            return NULL;
        }
        branches[i] = expr_and(o->arena, own.count, own.items);
    }
    return expr_or(o->arena, expr->argument_count, branches);
}

/* For each equality a = b of symbols and each other conjunct over a alone, the same conjunct over
 * b. */
static void infer_equalities(Optimizer *o, ExprList *conjuncts) {
    int32_t count = conjuncts->count;
    for (int32_t i = 0; i < count; i++) {
        const Expr *equality = conjuncts->items[i];
        if (equality->kind != EXPR_COMPARISON || equality->comparison != COMPARE_EQUAL ||
            equality->arguments[0]->kind != EXPR_SYMBOL ||
            equality->arguments[1]->kind != EXPR_SYMBOL) {
            continue;
        }
        for (int side = 0; side < 2; side++) {
            const Symbol *from = equality->arguments[side]->symbol;
            SymbolList alone = {.count = 1, .items = &from};
            SymbolSet set = symbol_set_of(o->arena, &alone);
            const Expr **map = arena_new_array(o->arena, const Expr *, o->builder->symbol_count);
            map[from->id] = equality->arguments[1 - side];
            for (int32_t k = 0; k < count; k++) {
                const Expr *conjunct = conjuncts->items[k];
                if (k != i && expr_uses_any(conjunct, &set) && expr_uses_only(conjunct, &set) &&
                    expr_is_deterministic(conjunct) && !expr_may_fail(conjunct)) {
                    add_conjunct(
                        o, conjuncts,
                        expr_replace_symbols(o->arena, conjunct, map, o->builder->symbol_count));
                }
            }
        }
    }
}

/* ---- joins ---- */

static void join_conditions(Optimizer *o, const JoinNode *node, ExprList *conditions) {
    for (int32_t i = 0; i < node->left_keys.count; i++) {
        expr_list_add(o->arena, conditions,
                      expr_comparison(o->arena, COMPARE_EQUAL,
                                      expr_symbol(o->arena, node->left_keys.items[i]),
                                      expr_symbol(o->arena, node->right_keys.items[i])));
    }
    if (node->filter != NULL) {
        expr_conjuncts(o->arena, node->filter, conditions);
    }
}

/* The join with pushed sides and these conditions, its outputs as before. */
static PlanNode *rebuild_join(Optimizer *o, const JoinNode *node, JoinKind kind, PlanNode *left,
                              PlanNode *right, const ExprList *conditions) {
    return plan_restrict(o, plan_join_all(o, kind, left, right, conditions), &node->base.outputs);
}

static PlanNode *push_inner_join(Optimizer *o, const JoinNode *node, ExprList *conjuncts) {
    PlanNode *left = node->base.sources[0], *right = node->base.sources[1];
    SymbolSet left_set = symbol_set_of(o->arena, &left->outputs),
              right_set = symbol_set_of(o->arena, &right->outputs);
    ExprList all = {0}, left_list = {0}, right_list = {0};
    join_conditions(o, node, &all);
    for (int32_t i = 0; i < conjuncts->count; i++) {
        add_conjunct(o, &all, conjuncts->items[i]);
    }
    infer_equalities(o, &all);
    for (int32_t i = 0; i < all.count; i++) {
        const Expr *left_part = side_of_disjunction(o, all.items[i], &left_set);
        const Expr *right_part = side_of_disjunction(o, all.items[i], &right_set);
        if (left_part != NULL && !expr_uses_only(all.items[i], &left_set)) {
            expr_list_add(o->arena, &left_list, left_part);
        }
        if (right_part != NULL && !expr_uses_only(all.items[i], &right_set)) {
            expr_list_add(o->arena, &right_list, right_part);
        }
    }
    take_pushable(o, &all, &left_set, &left_list);
    take_pushable(o, &all, &right_set, &right_list);
    left = push(o, left, &left_list);
    right = push(o, right, &right_list);
    return rebuild_join(o, node, INNER_JOIN, left, right, &all);
}

/* kept is the preserved side, other the one that may be NULL. */
static PlanNode *push_outer_join(Optimizer *o, const JoinNode *node, ExprList *conjuncts,
                                 bool keeps_left) {
    PlanNode *kept = node->base.sources[keeps_left ? 0 : 1],
             *other = node->base.sources[keeps_left ? 1 : 0];
    SymbolSet kept_set = symbol_set_of(o->arena, &kept->outputs),
              other_set = symbol_set_of(o->arena, &other->outputs);
    ExprList kept_list = {0}, other_list = {0}, conditions = {0}, inferred = {0};
    join_conditions(o, node, &conditions);
    take_pushable(o, conjuncts, &kept_set, &kept_list);
    for (int32_t i = 0; i < conditions.count; i++) {
        expr_list_add(o->arena, &inferred, conditions.items[i]);
    }
    for (int32_t i = 0; i < kept_list.count; i++) {
        expr_list_add(o->arena, &inferred, kept_list.items[i]);
    }
    infer_equalities(o, &inferred);
    take_pushable(o, &inferred, &other_set, &other_list);
    ExprList already = {0};
    take_pushable(o, &conditions, &other_set, &already); /* they are in other_list */
    kept = push(o, kept, &kept_list);
    other = push(o, other, &other_list);
    return filter_above(o,
                        rebuild_join(o, node, keeps_left ? LEFT_JOIN : RIGHT_JOIN,
                                     keeps_left ? kept : other, keeps_left ? other : kept,
                                     &conditions),
                        conjuncts);
}

static PlanNode *push_join(Optimizer *o, const JoinNode *node, ExprList *conjuncts) {
    SymbolSet left_set = symbol_set_of(o->arena, &node->base.sources[0]->outputs);
    SymbolSet right_set = symbol_set_of(o->arena, &node->base.sources[1]->outputs);
    bool keeps_left = node->join_kind == LEFT_JOIN || node->join_kind == FULL_JOIN;
    bool keeps_right = node->join_kind == RIGHT_JOIN || node->join_kind == FULL_JOIN;
    /* unmatched left rows have NULLs on the right: a predicate that rejects them makes keeping left
     * rows pointless */
    keeps_left = keeps_left && !any_rejects_nulls(conjuncts, &right_set);
    keeps_right = keeps_right && !any_rejects_nulls(conjuncts, &left_set);
    if (!keeps_left && !keeps_right) {
        return push_inner_join(o, node, conjuncts);
    }
    if (!keeps_left || !keeps_right) {
        return push_outer_join(o, node, conjuncts, keeps_left);
    }
    ExprList none = {0}, none_either = {0}, conditions = {0};
    join_conditions(o, node, &conditions);
    PlanNode *left = push(o, node->base.sources[0], &none),
             *right = push(o, node->base.sources[1], &none_either);
    return filter_above(o, rebuild_join(o, node, FULL_JOIN, left, right, &conditions), conjuncts);
}

/* ---- semi joins ---- */

/* Finds and removes the conjunct `mark` or NOT mark; false when there is none. */
static bool take_mark_test(Optimizer *o, ExprList *conjuncts, const Symbol *mark,
                           bool *ret_negated) {
    for (int32_t i = 0; i < conjuncts->count; i++) {
        const Expr *conjunct = conjuncts->items[i];
        bool negated = conjunct->kind == EXPR_NOT;
        const Expr *tested = negated ? conjunct->arguments[0] : conjunct;
        if (tested->kind == EXPR_SYMBOL && tested->symbol == mark) {
            conjuncts->items[i] = conjuncts->items[--conjuncts->count];
            *ret_negated = negated;
            return true;
        }
    }
    return false;
}

static bool uses_symbol(Optimizer *o, const ExprList *conjuncts, const Symbol *symbol) {
    SymbolList alone = {.count = 1, .items = &symbol};
    SymbolSet set = symbol_set_of(o->arena, &alone);
    for (int32_t i = 0; i < conjuncts->count; i++) {
        if (expr_uses_any(conjuncts->items[i], &set)) {
            return true;
        }
    }
    return false;
}

/* A mark that is only tested: SEMI or ANTI. In a SEMI join NULL marks count as FALSE, so IN needs
 * no null awareness. */
static SemiJoinNode *test_mark(Optimizer *o, SemiJoinNode *node, bool negated) {
    SemiJoinNode *copy = arena_copy(o->arena, node, sizeof *node);
    copy->semi_kind = negated ? SEMI_JOIN_ANTI : SEMI_JOIN_SEMI;
    copy->null_aware = negated && node->null_aware;
    if (!copy->null_aware && node->null_aware && node->filter != NULL) {
        ExprList conditions = {0}, rest = {0};
        PlanNode *sources[2] = {node->base.sources[0], node->base.sources[1]};
        expr_conjuncts(o->arena, node->filter, &conditions);
        copy->left_keys = (SymbolList){0};
        copy->right_keys = (SymbolList){0};
        symbol_list_add(o->arena, &copy->left_keys, node->left_keys.items[0]);
        symbol_list_add(o->arena, &copy->right_keys, node->right_keys.items[0]);
        split_join_conditions(o, &sources[0], &sources[1], &conditions, &copy->left_keys,
                              &copy->right_keys, &rest);
        copy->filter = rest.count > 0 ? expr_and(o->arena, rest.count, rest.items) : NULL;
        copy->base.sources = arena_copy(o->arena, sources, sizeof sources);
    }
    return copy;
}

static PlanNode *push_semi_join(Optimizer *o, SemiJoinNode *node, ExprList *conjuncts) {
    SymbolList outputs = node->base.outputs;
    const Symbol *mark = node->mark;
    bool negated, tested = false;
    if (node->semi_kind == SEMI_JOIN_MARK && take_mark_test(o, conjuncts, mark, &negated)) {
        tested = !uses_symbol(o, conjuncts, mark);
        if (tested) {
            node = test_mark(o, node, negated);
        } else {
            const Expr *symbol = expr_symbol(o->arena, mark);
            expr_list_add(o->arena, conjuncts, negated ? expr_not(o->arena, symbol) : symbol);
        }
    }
    SymbolSet left_set = symbol_set_of(o->arena, &node->base.sources[0]->outputs);
    ExprList left_list = {0}, none = {0};
    take_pushable(o, conjuncts, &left_set, &left_list);
    PlanNode *sources[2] = {push(o, node->base.sources[0], &left_list),
                            push(o, node->base.sources[1], &none)};
    PlanNode *copy = plan_with_sources(o->builder, &node->base, sources);
    if (tested) {
        ((SemiJoinNode *)copy)->mark = NULL;
        copy->outputs = (SymbolList){0};
        for (int32_t i = 0; i < sources[0]->outputs.count; i++) {
            symbol_list_add(o->arena, &copy->outputs, sources[0]->outputs.items[i]);
        }
        copy = plan_extend(o, copy, mark,
                           expr_boolean(o->arena, !negated)); /* pruned when nobody wants it */
        copy = plan_restrict(o, copy, &outputs);
    }
    return filter_above(o, copy, conjuncts);
}

/* ---- other nodes ---- */

static PlanNode *push_project(Optimizer *o, const ProjectNode *node, ExprList *conjuncts) {
    int32_t count = o->builder->symbol_count;
    const Expr **map = arena_new_array(o->arena, const Expr *, count);
    SymbolSet allowed = {0};
    for (int32_t i = 0; i < node->expressions.count; i++) {
        if (expr_is_deterministic(node->expressions.items[i])) {
            map[node->base.outputs.items[i]->id] = node->expressions.items[i];
            symbol_set_add(o->arena, &allowed, node->base.outputs.items[i]);
        }
    }
    ExprList below = {0}, written = {0};
    take_pushable(o, conjuncts, &allowed, &below);
    for (int32_t i = 0; i < below.count; i++) {
        expr_conjuncts(o->arena, expr_replace_symbols(o->arena, below.items[i], map, count),
                       &written);
    }
    PlanNode *source = push(o, node->base.sources[0], &written);
    return filter_above(o, with_source(o, (PlanNode *)(uintptr_t)&node->base, source), conjuncts);
}

static PlanNode *push_set_operation(Optimizer *o, const SetOperationNode *node,
                                    ExprList *conjuncts) {
    SymbolSet allowed = symbol_set_of(o->arena, &node->base.outputs);
    ExprList below = {0};
    take_pushable(o, conjuncts, &allowed, &below);
    int32_t count = o->builder->symbol_count;
    PlanNode **sources = arena_new_array(o->arena, PlanNode *, node->base.source_count);
    for (int32_t s = 0; s < node->base.source_count; s++) {
        const Expr **map = arena_new_array(o->arena, const Expr *, count);
        for (int32_t i = 0; i < node->base.outputs.count; i++) {
            map[node->base.outputs.items[i]->id] =
                expr_symbol(o->arena, node->inputs.items[s].items[i]);
        }
        ExprList branch = {0};
        for (int32_t i = 0; i < below.count; i++) {
            expr_list_add(o->arena, &branch,
                          expr_replace_symbols(o->arena, below.items[i], map, count));
        }
        sources[s] = push(o, node->base.sources[s], &branch);
    }
    return filter_above(o, plan_with_sources(o->builder, &node->base, sources), conjuncts);
}

/* Pushes what uses only these symbols below a node with one source. */
static PlanNode *push_through(Optimizer *o, PlanNode *node, const SymbolList *symbols,
                              ExprList *conjuncts) {
    SymbolSet allowed = symbol_set_of(o->arena, symbols);
    ExprList below = {0};
    take_pushable(o, conjuncts, &allowed, &below);
    return filter_above(o, with_source(o, node, push(o, node->sources[0], &below)), conjuncts);
}

static PlanNode *push_nowhere(Optimizer *o, PlanNode *node, ExprList *conjuncts) {
    PlanNode **sources = arena_new_array(o->arena, PlanNode *, node->source_count + 1);
    for (int32_t i = 0; i < node->source_count; i++) {
        ExprList none = {0};
        sources[i] = push(o, node->sources[i], &none);
    }
    return filter_above(o, plan_with_sources(o->builder, node, sources), conjuncts);
}

static PlanNode *push(Optimizer *o, PlanNode *node, ExprList *conjuncts) {
    switch (node->kind) {
    case PLAN_FILTER: {
        ExprList own = {0};
        expr_conjuncts(o->arena, ((FilterNode *)node)->predicate, &own);
        for (int32_t i = 0; i < conjuncts->count; i++) {
            add_conjunct(o, &own, conjuncts->items[i]);
        }
        return push(o, node->sources[0], &own);
    }
    case PLAN_PROJECT:
        return push_project(o, (const ProjectNode *)node, conjuncts);
    case PLAN_JOIN:
        return push_join(o, (const JoinNode *)node, conjuncts);
    case PLAN_SEMI_JOIN:
        return push_semi_join(o, (SemiJoinNode *)node, conjuncts);
    case PLAN_SET_OPERATION:
        return ((SetOperationNode *)node)->set_kind == UNION_SET
                   ? push_set_operation(o, (const SetOperationNode *)node, conjuncts)
                   : push_nowhere(o, node, conjuncts);
    case PLAN_AGGREGATION: {
        const AggregationNode *aggregation = (const AggregationNode *)node;
        bool grouped = aggregation->group_keys.count > 0 && aggregation->group_id == NULL &&
                       aggregation->global_group_ids.count == 0;
        return grouped ? push_through(o, node, &aggregation->group_keys, conjuncts)
                       : push_nowhere(o, node, conjuncts);
    }
    case PLAN_WINDOW:
        return push_through(o, node, &((WindowNode *)node)->partition_by, conjuncts);
    case PLAN_TOP_N_RANKING:
        return push_through(o, node, &((TopNRankingNode *)node)->partition_by, conjuncts);
    case PLAN_MARK_DISTINCT:
        return push_through(o, node, &((MarkDistinctNode *)node)->keys, conjuncts);
    case PLAN_UNNEST:
        return push_through(o, node, &((UnnestNode *)node)->replicated, conjuncts);
    case PLAN_SORT:
    case PLAN_ASSIGN_UNIQUE_ID:
        return push_through(o, node, &node->sources[0]->outputs, conjuncts);
    default:
        return push_nowhere(o, node, conjuncts);
    }
}

PlanNode *push_predicates(Optimizer *o, PlanNode *plan) {
    ExprList none = {0};
    return push(o, plan, &none);
}
