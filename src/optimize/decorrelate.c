/*
 * Subqueries become joins: CorrelatedJoin and Apply nodes disappear.
 *
 * First way (pull): correlated predicates are pulled up through the subquery into the join
 * condition; a global aggregation is grouped by the inner sides of correlated equalities, its empty
 * groups made good by an outer join. This gives the plans a person would write. Second way
 * (dependent_join.c), for every other shape: the subquery is evaluated once for each distinct
 * combination of the outer values (Neumann and Kemper, Unnesting Arbitrary Queries, BTW 2015).
 *
 * Nodes are visited bottom-up, so a subquery's own subqueries are joins already; symbols of queries
 * further out are just free symbols in them and are pulled in turn.
 */
#include "optimize/decorrelate.h"

#include <string.h>

typedef struct Pull {
    Optimizer *o;
    const SymbolSet *outer; /* what the subquery is correlated on */
    ExprList predicates;    /* pulled conjuncts over outer and inner symbols */
    bool groups_all; /* a global aggregation was grouped: no match means its row over no input */
    int32_t deferred_count, deferred_capacity;
    const Symbol **deferred;     /* symbols to be computed above the join ... */
    const Expr **deferred_exprs; /* ... as these, in order; they may use outer symbols */
} Pull;

static PlanNode *pull(Pull *p, PlanNode *node);

static void defer(Pull *p, const Symbol *symbol, const Expr *expr) {
    if (p->deferred_count == p->deferred_capacity) {
        int32_t capacity = p->deferred_capacity * 2 + 8;
        const Symbol **symbols = arena_new_array(p->o->arena, const Symbol *, capacity);
        const Expr **exprs = arena_new_array(p->o->arena, const Expr *, capacity);
        if (p->deferred_count > 0) {
            memcpy(symbols, p->deferred, sizeof *symbols * (size_t)p->deferred_count);
            memcpy(exprs, p->deferred_exprs, sizeof *exprs * (size_t)p->deferred_count);
        }
        p->deferred = symbols;
        p->deferred_exprs = exprs;
        p->deferred_capacity = capacity;
    }
    p->deferred[p->deferred_count] = symbol;
    p->deferred_exprs[p->deferred_count++] = expr;
}

/* The expression with deferred symbols written out. */
static const Expr *write_out(Pull *p, const Expr *expr) {
    if (p->deferred_count == 0) {
        return expr;
    }
    int32_t count = p->o->builder->symbol_count;
    const Expr **map = arena_new_array(p->o->arena, const Expr *, count);
    for (int32_t i = 0; i < p->deferred_count; i++) {
        map[p->deferred[i]->id] = p->deferred_exprs[i];
    }
    return expr_replace_symbols(p->o->arena, expr, map, count);
}

static bool is_deferred(const Pull *p, const Symbol *symbol) {
    for (int32_t i = 0; i < p->deferred_count; i++) {
        if (p->deferred[i] == symbol) {
            return true;
        }
    }
    return false;
}

/* Exactly one row, whatever the input. */
bool gives_one_row(const PlanNode *node) {
    switch (node->kind) {
    case PLAN_PROJECT:
        return gives_one_row(node->sources[0]);
    case PLAN_VALUES:
        return ((const ValuesNode *)node)->row_count == 1;
    case PLAN_ENFORCE_SINGLE_ROW:
        return true;
    case PLAN_AGGREGATION:
        return ((const AggregationNode *)node)->group_keys.count == 0 &&
               ((const AggregationNode *)node)->group_id == NULL;
    case PLAN_JOIN:
        return ((const JoinNode *)node)->join_kind == INNER_JOIN &&
               ((const JoinNode *)node)->left_keys.count == 0 &&
               ((const JoinNode *)node)->filter == NULL && gives_one_row(node->sources[0]) &&
               gives_one_row(node->sources[1]);
    default:
        return false;
    }
}

/* ---- the nodes that predicates can be pulled through; each gives NULL when it cannot ---- */

static PlanNode *pull_filter(Pull *p, const FilterNode *node) {
    PlanNode *source = pull(p, node->base.sources[0]);
    if (source == NULL) {
        return NULL;
    }
    ExprList conjuncts = {0}, inner = {0};
    expr_conjuncts(p->o->arena, node->predicate, &conjuncts);
    for (int32_t i = 0; i < conjuncts.count; i++) {
        const Expr *conjunct = write_out(p, conjuncts.items[i]);
        if (p->groups_all) {
            return NULL; /* HAVING without GROUP BY: the row over no input must be tested too */
        }
        expr_list_add(p->o->arena, expr_uses_any(conjunct, p->outer) ? &p->predicates : &inner,
                      conjunct);
    }
    return inner.count == 0 ? source
                            : plan_filter(p->o->builder, source,
                                          expr_and(p->o->arena, inner.count, inner.items));
}

typedef struct NeededSymbols {
    Pull *p;
    const PlanNode *source;
    SymbolList *outputs;
} NeededSymbols;

static void need_symbol(void *closure, const Symbol *symbol) {
    NeededSymbols *needed = closure;
    if (symbol_list_contains(&needed->source->outputs, symbol) &&
        !symbol_list_contains(needed->outputs, symbol)) {
        symbol_list_add(needed->p->o->arena, needed->outputs, symbol);
    }
}

/* Everything of `source` that pulled predicates and deferred expressions use. */
static void add_needed(Pull *p, const PlanNode *source, SymbolList *outputs) {
    NeededSymbols needed = {p, source, outputs};
    for (int32_t i = 0; i < p->predicates.count; i++) {
        expr_symbols(p->predicates.items[i], need_symbol, &needed);
    }
    for (int32_t i = 0; i < p->deferred_count; i++) {
        expr_symbols(p->deferred_exprs[i], need_symbol, &needed);
    }
}

static PlanNode *pull_project(Pull *p, const ProjectNode *node) {
    PlanNode *source = pull(p, node->base.sources[0]);
    if (source == NULL) {
        return NULL;
    }
    SymbolList symbols = {0};
    ExprList exprs = {0};
    for (int32_t i = 0; i < node->expressions.count; i++) {
        const Symbol *symbol = node->base.outputs.items[i];
        const Expr *expr = write_out(p, node->expressions.items[i]);
        bool identity = expr->kind == EXPR_SYMBOL && expr->symbol == symbol;
        if (expr_uses_any(expr, p->outer) || (p->groups_all && !identity)) {
            defer(p, symbol, expr);
        } else {
            symbol_list_add(p->o->arena, &symbols, symbol);
            expr_list_add(p->o->arena, &exprs, expr);
        }
    }
    SymbolList needed = {0};
    add_needed(p, source, &needed);
    for (int32_t i = 0; i < needed.count; i++) {
        if (!symbol_list_contains(&symbols, needed.items[i])) {
            symbol_list_add(p->o->arena, &symbols, needed.items[i]);
            expr_list_add(p->o->arena, &exprs, expr_symbol(p->o->arena, needed.items[i]));
        }
    }
    return plan_project(p->o->builder, source, symbols.count, symbols.items, exprs.items);
}

/* One row of expressions over outer columns: they are computed above the join. */
static PlanNode *pull_values(Pull *p, ValuesNode *node) {
    if (node->row_count != 1) {
        return NULL;
    }
    SymbolList symbols = {0};
    ExprList exprs = {0};
    for (int32_t i = 0; i < node->base.outputs.count; i++) {
        if (expr_uses_any(node->rows.items[i], p->outer)) {
            defer(p, node->base.outputs.items[i], node->rows.items[i]);
        } else {
            symbol_list_add(p->o->arena, &symbols, node->base.outputs.items[i]);
            expr_list_add(p->o->arena, &exprs, node->rows.items[i]);
        }
    }
    return plan_values(p->o->builder, symbols.count, symbols.items, 1, exprs.items);
}

/* The inner side of `inner = outer`, or NULL for any other predicate. */
static const Expr *inner_side(const Pull *p, const Expr *predicate, const SymbolSet *inner) {
    if (predicate->kind != EXPR_COMPARISON || predicate->comparison != COMPARE_EQUAL) {
        return NULL;
    }
    for (int32_t i = 0; i < 2; i++) {
        const Expr *a = predicate->arguments[i], *b = predicate->arguments[1 - i];
        if (expr_uses_only(a, inner) && expr_uses_any(a, inner) && !expr_uses_any(b, inner) &&
            !expr_uses_any(a, p->outer)) {
            return a;
        }
    }
    return NULL;
}

/* Turns every pulled predicate from `first` on into key = outer with the inner side a column of
 * *source. */
static bool make_equality_keys(Pull *p, int32_t first, PlanNode **source, SymbolList *keys) {
    SymbolSet inner = symbol_set_of(p->o->arena, &(*source)->outputs);
    for (int32_t i = first; i < p->predicates.count; i++) {
        const Expr *predicate = p->predicates.items[i];
        const Expr *side = inner_side(p, predicate, &inner);
        if (side == NULL) {
            return false;
        }
        const Expr *other = predicate->arguments[predicate->arguments[0] == side];
        const Symbol *key = plan_add_column(p->o, source, side, "key");
        if (!symbol_list_contains(keys, key)) {
            symbol_list_add(p->o->arena, keys, key);
        }
        p->predicates.items[i] =
            expr_comparison(p->o->arena, COMPARE_EQUAL, expr_symbol(p->o->arena, key), other);
    }
    return true;
}

/* The value of an aggregate over no rows is 0 for counts, NULL for all else that is grouped here.
 */
bool aggregate_counts(const Aggregate *aggregate) {
    const char *name = aggregate->function->name;
    return strcmp(name, "count") == 0 || strcmp(name, "count_if") == 0 ||
           strcmp(name, "approx_distinct") == 0;
}

static bool aggregates_use_outer(Pull *p, const AggregationNode *node) {
    for (int32_t i = 0; i < node->aggregates.count; i++) {
        const Aggregate *aggregate = &node->aggregates.items[i];
        for (int32_t k = 0; k < aggregate->arguments.count; k++) {
            if (expr_uses_any(aggregate->arguments.items[k], p->outer)) {
                return true;
            }
        }
        if (aggregate->filter != NULL && symbol_set_has(p->outer, aggregate->filter)) {
            return true;
        }
        if (is_deferred(p, aggregate->filter != NULL ? aggregate->filter : aggregate->symbol)) {
            return true;
        }
    }
    return false;
}

static PlanNode *pull_aggregation(Pull *p, const AggregationNode *node) {
    if (node->group_id != NULL) {
        return NULL;
    }
    int32_t first = p->predicates.count;
    PlanNode *source = pull(p, node->base.sources[0]);
    if (source == NULL || p->groups_all || p->deferred_count > 0 || aggregates_use_outer(p, node)) {
        return NULL;
    }
    SymbolList keys = {0};
    for (int32_t i = 0; i < node->group_keys.count; i++) {
        symbol_list_add(p->o->arena, &keys, node->group_keys.items[i]);
    }
    if (!make_equality_keys(p, first, &source, &keys)) {
        return NULL;
    }
    bool global = node->group_keys.count == 0;
    Aggregate *aggregates = arena_new_array(p->o->arena, Aggregate, node->aggregates.count + 1);
    for (int32_t i = 0; i < node->aggregates.count; i++) {
        aggregates[i] = node->aggregates.items[i];
        if (global && aggregate_counts(&aggregates[i])) {
            const Symbol *result = aggregates[i].symbol;
            aggregates[i].symbol = plan_symbol(p->o->builder, result->name, result->type);
            const Expr *choices[2] = {expr_symbol(p->o->arena, aggregates[i].symbol),
                                      expr_bigint(p->o->arena, 0)};
            defer(p, result, expr_special(p->o->arena, EXPR_COALESCE, result->type, 2, choices));
        }
    }
    p->groups_all = global;
    return plan_aggregate(p->o, source, &keys, node->aggregates.count, aggregates);
}

/* LIMIT n for each outer row: the first n of each group of the correlated keys. */
static PlanNode *pull_limit(Pull *p, PlanNode *node) {
    bool sorted = node->kind == PLAN_TOP_N;
    int32_t first = p->predicates.count;
    PlanNode *source = pull(p, node->sources[0]);
    if (source == NULL || p->groups_all || (sorted && ((TopNNode *)node)->with_ties)) {
        return NULL;
    }
    TopNRankingNode *ranking =
        (TopNRankingNode *)plan_node_create(p->o->builder, PLAN_TOP_N_RANKING, 1);
    ranking->max_rank = sorted ? ((TopNNode *)node)->count : ((LimitNode *)node)->count;
    if (!make_equality_keys(p, first, &source, &ranking->partition_by)) {
        return NULL;
    }
    if (sorted) {
        ranking->order_by = ((TopNNode *)node)->order_by;
        for (int32_t i = 0; i < ranking->order_by.count; i++) {
            if (is_deferred(p, ranking->order_by.items[i].symbol)) {
                return NULL;
            }
        }
    }
    ranking->ranking_kind = RANKING_ROW_NUMBER;
    ranking->base.sources[0] = source;
    ranking->base.outputs = source->outputs;
    return &ranking->base;
}

static PlanNode *pull_join(Pull *p, const JoinNode *node) {
    bool right_correlated = plan_uses_any(node->base.sources[1], p->outer);
    bool filter_correlated = node->filter != NULL && expr_uses_any(node->filter, p->outer);
    if (node->join_kind != INNER_JOIN &&
        (node->join_kind != LEFT_JOIN || right_correlated || filter_correlated)) {
        return NULL;
    }
    PlanNode *left = pull(p, node->base.sources[0]);
    PlanNode *right = left != NULL && !p->groups_all && p->deferred_count == 0
                          ? pull(p, node->base.sources[1])
                          : NULL;
    if (right == NULL || p->groups_all || p->deferred_count > 0) {
        return NULL;
    }
    ExprList conditions = {0}, inner = {0};
    for (int32_t i = 0; i < node->left_keys.count; i++) {
        expr_list_add(p->o->arena, &inner,
                      expr_comparison(p->o->arena, COMPARE_EQUAL,
                                      expr_symbol(p->o->arena, node->left_keys.items[i]),
                                      expr_symbol(p->o->arena, node->right_keys.items[i])));
    }
    if (node->filter != NULL) {
        expr_conjuncts(p->o->arena, node->filter, &conditions);
    }
    for (int32_t i = 0; i < conditions.count; i++) {
        bool outer = expr_uses_any(conditions.items[i], p->outer);
        expr_list_add(p->o->arena, outer ? &p->predicates : &inner, conditions.items[i]);
    }
    return plan_join_all(p->o, (JoinKind)node->join_kind, left, right, &inner);
}

/* Keeps the left side's extra columns, which pulled predicates need. */
static PlanNode *pull_semi_join(Pull *p, const SemiJoinNode *node) {
    if (plan_uses_any(node->base.sources[1], p->outer) ||
        (node->filter != NULL && expr_uses_any(node->filter, p->outer))) {
        return NULL;
    }
    PlanNode *left = pull(p, node->base.sources[0]);
    if (left == NULL || p->groups_all || p->deferred_count > 0) {
        return NULL;
    }
    PlanNode *sources[2] = {left, node->base.sources[1]};
    PlanNode *copy = plan_with_sources(p->o->builder, &node->base, sources);
    copy->outputs = (SymbolList){0};
    for (int32_t i = 0; i < left->outputs.count; i++) {
        symbol_list_add(p->o->arena, &copy->outputs, left->outputs.items[i]);
    }
    if (node->mark != NULL) {
        symbol_list_add(p->o->arena, &copy->outputs, node->mark);
    }
    return copy;
}

/* The subtree without correlation, its correlated conjuncts in p->predicates; NULL when it has
 * another shape. */
static PlanNode *pull(Pull *p, PlanNode *node) {
    if (!plan_uses_any(node, p->outer)) {
        return node;
    }
    switch (node->kind) {
    case PLAN_FILTER:
        return pull_filter(p, (const FilterNode *)node);
    case PLAN_PROJECT:
        return pull_project(p, (const ProjectNode *)node);
    case PLAN_VALUES:
        return pull_values(p, (ValuesNode *)node);
    case PLAN_AGGREGATION:
        return pull_aggregation(p, (const AggregationNode *)node);
    case PLAN_JOIN:
        return pull_join(p, (const JoinNode *)node);
    case PLAN_SEMI_JOIN:
        return pull_semi_join(p, (const SemiJoinNode *)node);
    case PLAN_SORT:
        return pull(p, node->sources[0]); /* a subquery's order means nothing without a limit */
    case PLAN_LIMIT:
    case PLAN_TOP_N:
        return pull_limit(p, node);
    case PLAN_ENFORCE_SINGLE_ROW:
        return gives_one_row(node->sources[0]) ? pull(p, node->sources[0]) : NULL;
    default:
        return NULL;
    }
}

/* ---- scalar and lateral subqueries ---- */

/* One row at most for each outer row, or Trino's error: a second match of the same outer row fails.
 */
static PlanNode *check_single_match(Optimizer *o, PlanNode *join, const Symbol *unique_id) {
    MarkDistinctNode *mark =
        (MarkDistinctNode *)plan_node_create(o->builder, PLAN_MARK_DISTINCT, 1);
    mark->base.sources[0] = join;
    symbol_list_add(o->arena, &mark->keys, unique_id);
    mark->marker = plan_symbol(o->builder, "is_distinct", type_simple(TYPE_BOOLEAN));
    for (int32_t i = 0; i < join->outputs.count; i++) {
        symbol_list_add(o->arena, &mark->base.outputs, join->outputs.items[i]);
    }
    symbol_list_add(o->arena, &mark->base.outputs, mark->marker);
    const Expr *failure =
        make_failure(o, SUBQUERY_MULTIPLE_ROWS, "Scalar sub-query has returned multiple rows",
                     type_simple(TYPE_BOOLEAN));
    if (failure == NULL) {
        return NULL;
    }
    const Expr *parts[3] = {expr_symbol(o->arena, mark->marker), expr_boolean(o->arena, true),
                            failure};
    const Expr *check = expr_special(o->arena, EXPR_IF, type_simple(TYPE_BOOLEAN), 3, parts);
    return plan_filter(o->builder, &mark->base, check);
}

static PlanNode *assign_unique_id(Optimizer *o, PlanNode *source, const Symbol **ret_id) {
    AssignUniqueIdNode *node =
        (AssignUniqueIdNode *)plan_node_create(o->builder, PLAN_ASSIGN_UNIQUE_ID, 1);
    node->base.sources[0] = source;
    node->unique_id = plan_symbol(o->builder, "unique", type_simple(TYPE_BIGINT));
    for (int32_t i = 0; i < source->outputs.count; i++) {
        symbol_list_add(o->arena, &node->base.outputs, source->outputs.items[i]);
    }
    symbol_list_add(o->arena, &node->base.outputs, node->unique_id);
    *ret_id = node->unique_id;
    return &node->base;
}

/* Computes what was deferred above the join; where there was no match it is NULL unless the
 * subquery always has a row. */
static PlanNode *compute_deferred(Pull *p, PlanNode *join, const Symbol *matched,
                                  const SymbolList *outputs) {
    const Expr **exprs = arena_new_array(p->o->arena, const Expr *, outputs->count + 1);
    for (int32_t i = 0; i < outputs->count; i++) {
        const Expr *expr = write_out(p, expr_symbol(p->o->arena, outputs->items[i]));
        if (matched != NULL && is_deferred(p, outputs->items[i])) {
            const Expr *parts[3] = {expr_symbol(p->o->arena, matched), expr,
                                    expr_null(p->o->arena, expr->type)};
            expr = expr_special(p->o->arena, EXPR_IF, expr->type, 3, parts);
        }
        exprs[i] = expr;
    }
    return plan_project(p->o->builder, join, outputs->count, outputs->items, exprs);
}

static PlanNode *join_pulled(Pull *p, const CorrelatedJoinNode *node, PlanNode *right,
                             bool enforce) {
    Optimizer *o = p->o;
    PlanNode *left = node->base.sources[0];
    bool outer = enforce || p->groups_all || node->join_kind == LEFT_JOIN;
    const Symbol *unique_id = NULL, *matched = NULL;
    if (node->filter != NULL && !expr_is_true(node->filter)) {
        if (p->groups_all) {
            return NULL;
        }
        expr_list_add(o->arena, &p->predicates, write_out(p, node->filter));
    }
    if (enforce && !p->groups_all) {
        left = assign_unique_id(o, left, &unique_id);
    }
    if (outer && !p->groups_all && p->deferred_count > 0) {
        matched = plan_symbol(o->builder, "matched", type_simple(TYPE_BOOLEAN));
        right = plan_extend(o, right, matched, expr_boolean(o->arena, true));
    }
    PlanNode *join = plan_join_all(o, outer ? LEFT_JOIN : INNER_JOIN, left, right, &p->predicates);
    if (unique_id != NULL) {
        join = check_single_match(o, join, unique_id);
        if (join == NULL) {
            return NULL;
        }
    }
    return compute_deferred(p, join, matched, &node->base.outputs);
}

static PlanNode *uncorrelated_join(Optimizer *o, const CorrelatedJoinNode *node) {
    ExprList conditions = {0};
    if (node->filter != NULL && !expr_is_true(node->filter)) {
        expr_conjuncts(o->arena, node->filter, &conditions);
    }
    return plan_restrict(o,
                         plan_join_all(o, (JoinKind)node->join_kind, node->base.sources[0],
                                       node->base.sources[1], &conditions),
                         &node->base.outputs);
}

static PlanNode *rewrite_correlated_join(Optimizer *o, const CorrelatedJoinNode *node) {
    SymbolSet outer = symbol_set_of(o->arena, &node->base.sources[0]->outputs);
    PlanNode *right = node->base.sources[1];
    if (!plan_uses_any(right, &outer)) {
        return uncorrelated_join(o, node);
    }
    bool enforce = right->kind == PLAN_ENFORCE_SINGLE_ROW;
    Pull p = {.o = o, .outer = &outer};
    PlanNode *pulled = node->join_kind == INNER_JOIN || node->join_kind == LEFT_JOIN
                           ? pull(&p, enforce ? right->sources[0] : right)
                           : NULL;
    PlanNode *result = pulled != NULL ? join_pulled(&p, node, pulled, enforce) : NULL;
    if (result == NULL) {
        const Symbol *unique_id = NULL;
        PlanNode *left = node->base.sources[0];
        if (enforce) {
            left = assign_unique_id(o, left, &unique_id);
        }
        result = dependent_join(o, left, enforce ? right->sources[0] : right,
                                enforce ? LEFT_JOIN : (JoinKind)node->join_kind, node->filter);
        if (result != NULL && unique_id != NULL) {
            result = check_single_match(o, result, unique_id);
        }
        result = result != NULL ? plan_restrict(o, result, &node->base.outputs) : NULL;
    }
    return result;
}

/* ---- EXISTS, IN, quantified comparisons ---- */

static PlanNode *mark_join(Optimizer *o, const ApplyNode *node, PlanNode *left, PlanNode *right,
                           bool null_aware, const ExprList *conditions) {
    SemiJoinNode *semi = (SemiJoinNode *)plan_node_create(o->builder, PLAN_SEMI_JOIN, 2);
    ExprList rest = {0};
    semi->semi_kind = SEMI_JOIN_MARK;
    semi->null_aware = null_aware;
    semi->mark = node->result;
    if (null_aware) {
        symbol_list_add(o->arena, &semi->left_keys, node->value);
        symbol_list_add(o->arena, &semi->right_keys, node->subquery_symbol);
        rest = *conditions;
    } else {
        split_join_conditions(o, &left, &right, conditions, &semi->left_keys, &semi->right_keys,
                              &rest);
    }
    semi->filter = rest.count > 0 ? expr_and(o->arena, rest.count, rest.items) : NULL;
    semi->base.sources[0] = left;
    semi->base.sources[1] = right;
    for (int32_t i = 0; i < left->outputs.count; i++) {
        symbol_list_add(o->arena, &semi->base.outputs, left->outputs.items[i]);
    }
    symbol_list_add(o->arena, &semi->base.outputs, semi->mark);
    return plan_restrict(o, &semi->base, &node->base.outputs);
}

/* What EXISTS does not look at: the columns' values, order, and limits other than 0. */
static PlanNode *strip_for_exists(PlanNode *node) {
    for (;;) {
        bool limit = (node->kind == PLAN_LIMIT && ((LimitNode *)node)->count > 0) ||
                     (node->kind == PLAN_TOP_N && ((TopNNode *)node)->count > 0);
        if (!limit && node->kind != PLAN_SORT) {
            return node;
        }
        node = node->sources[0];
    }
}

/* Uncorrelated EXISTS: whether one row can be had, joined to every row. */
static PlanNode *exists_once(Optimizer *o, const ApplyNode *node, PlanNode *right) {
    Aggregate count = make_aggregate(o, "count", NULL, NULL);
    SymbolList none = {0};
    PlanNode *counted = plan_aggregate(o, plan_limit(o->builder, right, 1), &none, 1, &count);
    const Expr *exists = expr_comparison(
        o->arena, COMPARE_GREATER, expr_symbol(o->arena, count.symbol), expr_bigint(o->arena, 0));
    PlanNode *value = plan_project(o->builder, counted, 1, &node->result, &exists);
    ExprList conditions = {0};
    return plan_restrict(o, plan_join_all(o, INNER_JOIN, node->base.sources[0], value, &conditions),
                         &node->base.outputs);
}

static PlanNode *rewrite_exists(Optimizer *o, const ApplyNode *node, const SymbolSet *outer) {
    PlanNode *left = node->base.sources[0], *right = strip_for_exists(node->base.sources[1]);
    if (gives_one_row(right)) {
        return plan_restrict(o, plan_extend(o, left, node->result, expr_boolean(o->arena, true)),
                             &node->base.outputs);
    }
    if (!plan_uses_any(right, outer)) {
        return exists_once(o, node, right);
    }
    Pull p = {.o = o, .outer = outer};
    PlanNode *pulled = pull(&p, right);
    if (pulled != NULL && !p.groups_all) {
        return mark_join(o, node, left, pulled, false, &p.predicates);
    }
    ExprList conditions = {0};
    PlanNode *dependent = dependent_subquery(o, left, right, &conditions);
    return dependent != NULL ? mark_join(o, node, left, dependent, false, &conditions) : NULL;
}

static PlanNode *rewrite_in(Optimizer *o, const ApplyNode *node, const SymbolSet *outer) {
    PlanNode *left = node->base.sources[0], *right = node->base.sources[1];
    ExprList conditions = {0};
    if (!plan_uses_any(right, outer)) {
        return mark_join(o, node, left, right, true, &conditions);
    }
    Pull p = {.o = o, .outer = outer};
    PlanNode *pulled = pull(&p, right);
    if (pulled != NULL && !p.groups_all && !is_deferred(&p, node->subquery_symbol)) {
        return mark_join(o, node, left, pulled, true, &p.predicates);
    }
    PlanNode *dependent = dependent_subquery(o, left, right, &conditions);
    return dependent != NULL ? mark_join(o, node, left, dependent, true, &conditions) : NULL;
}

static PlanNode *rewrite_apply(Optimizer *o, const ApplyNode *node) {
    SymbolSet outer = symbol_set_of(o->arena, &node->base.sources[0]->outputs);
    switch ((ApplyKind)node->apply_kind) {
    case APPLY_EXISTS:
        return rewrite_exists(o, node, &outer);
    case APPLY_IN:
        return rewrite_in(o, node, &outer);
    default: {
        PlanNode *join = quantified_as_aggregation(o, node);
        return join != NULL && join->kind == PLAN_PROJECT &&
                       join->sources[0]->kind == PLAN_CORRELATED_JOIN
                   ? plan_with_sources(o->builder, join,
                                       (PlanNode *[]){rewrite_correlated_join(
                                           o, (const CorrelatedJoinNode *)join->sources[0])})
                   : join;
    }
    }
}

static PlanNode *visit_node(Optimizer *o, void *closure, PlanNode *node) {
    if (node->kind == PLAN_CORRELATED_JOIN) {
        return rewrite_correlated_join(o, (const CorrelatedJoinNode *)node);
    }
    if (node->kind == PLAN_APPLY) {
        return rewrite_apply(o, (const ApplyNode *)node);
    }
    return node;
}

PlanNode *decorrelate(Optimizer *o, PlanNode *plan) {
    PlanNode *result = plan_rewrite(o, plan, visit_node, NULL);
    if (result == NULL && o->cx->error.message == NULL) {
        (void)!FAIL(o->cx, NOT_SUPPORTED, "Given correlated subquery is not supported");
    }
    return result;
}
