/*
 * The general way to unnest: push the set of outer values down to where the subquery uses them.
 *
 * D is the distinct combinations of the outer columns that the subquery refers to, from a copy of
 * the outer plan. push(D, T) is a plan with T's rows for each row of D and D's columns beside them;
 * each operator has its rule (Neumann and Kemper, 2015, section 3). At the end the outer plan is
 * joined with push(D, T) on D's columns, NULL equal to NULL.
 */
#include "optimize/decorrelate.h"

#include <string.h>

/* D for one place of use: its plan and its columns, in the order of the outer columns. */
typedef struct OuterValues {
    PlanNode *plan;
    SymbolList plan_columns; /* as the plan gives them */
    SymbolList columns;      /* as they stand in what was pushed so far */
} OuterValues;

typedef struct Push {
    Optimizer *o;
    SymbolSet columns; /* every copy's columns: what makes a subtree correlated */
} Push;

static PlanNode *push(Push *p, PlanNode *node, OuterValues *values);

/* Another copy of D, with columns of its own. */
static OuterValues copy_values(Push *p, const OuterValues *values) {
    const Symbol **map;
    int32_t count;
    OuterValues copy = {.plan = plan_duplicate(p->o, values->plan, &map, &count)};
    for (int32_t i = 0; i < values->plan_columns.count; i++) {
        symbol_list_add(p->o->arena, &copy.columns, map[values->plan_columns.items[i]->id]);
    }
    copy.plan_columns = copy.columns;
    symbol_set_add_list(p->o->arena, &p->columns, &copy.columns);
    return copy;
}

/* The subtree with one copy's columns replaced by another's. */
static PlanNode *use_values(Push *p, PlanNode *node, const OuterValues *from,
                            const OuterValues *to) {
    int32_t count = p->o->builder->symbol_count;
    const Symbol **map = arena_new_array(p->o->arena, const Symbol *, count);
    for (int32_t i = 0; i < from->columns.count; i++) {
        map[from->columns.items[i]->id] = to->columns.items[i];
    }
    return plan_replace_symbols(p->o->builder, node, map, count);
}

/* a IS NOT DISTINCT FROM b as two equalities that a hash join can use: both NULL or not, and the
 * values or zeros. */
static void add_identical(Optimizer *o, ExprList *conditions, const Symbol *a, const Symbol *b) {
    Vector *zero = vector_create(a->type, 1);
    bool plain = a->type->layout != LAYOUT_LIST && a->type->layout != LAYOUT_ROW;
    if (!plain) {
        vector_unref(zero);
        expr_list_add(o->arena, conditions,
                      expr_comparison(o->arena, COMPARE_IDENTICAL, expr_symbol(o->arena, a),
                                      expr_symbol(o->arena, b)));
        return;
    }
    memset(zero->data, 0, a->type->width);
    const Expr *constant = expr_constant(o->arena, zero);
    const Expr *sides[2][2];
    const Symbol *symbols[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        const Expr *choices[2] = {expr_symbol(o->arena, symbols[i]), constant};
        sides[i][0] = expr_is_null(o->arena, choices[0]);
        sides[i][1] = expr_special(o->arena, EXPR_COALESCE, a->type, 2, choices);
    }
    vector_unref(zero);
    for (int k = 0; k < 2; k++) {
        expr_list_add(o->arena, conditions,
                      expr_comparison(o->arena, COMPARE_EQUAL, sides[0][k], sides[1][k]));
    }
}

static void join_on_values(Push *p, ExprList *conditions, const SymbolList *a,
                           const SymbolList *b) {
    for (int32_t i = 0; i < a->count; i++) {
        add_identical(p->o, conditions, a->items[i], b->items[i]);
    }
}

static SymbolList with_values(Push *p, const SymbolList *symbols, const OuterValues *values) {
    SymbolList list = {0};
    for (int32_t i = 0; i < symbols->count; i++) {
        symbol_list_add(p->o->arena, &list, symbols->items[i]);
    }
    for (int32_t i = 0; i < values->columns.count; i++) {
        if (!symbol_list_contains(&list, values->columns.items[i])) {
            symbol_list_add(p->o->arena, &list, values->columns.items[i]);
        }
    }
    return list;
}

static PlanNode *push_project(Push *p, const ProjectNode *node, OuterValues *values) {
    PlanNode *source = push(p, node->base.sources[0], values);
    if (source == NULL) {
        return NULL;
    }
    SymbolList symbols = with_values(p, &node->base.outputs, values);
    const Expr **exprs = arena_new_array(p->o->arena, const Expr *, symbols.count);
    for (int32_t i = 0; i < symbols.count; i++) {
        exprs[i] = i < node->expressions.count ? node->expressions.items[i]
                                               : expr_symbol(p->o->arena, symbols.items[i]);
    }
    return plan_project(p->o->builder, source, symbols.count, symbols.items, exprs);
}

/* A global aggregation has a row for each of D's rows: D outer joined with the groups, counts
 * without rows made 0. */
static PlanNode *complete_groups(Push *p, const AggregationNode *node, PlanNode *groups,
                                 const Aggregate *partial, OuterValues *values) {
    Optimizer *o = p->o;
    OuterValues all = copy_values(p, values);
    ExprList conditions = {0};
    join_on_values(p, &conditions, &all.columns, &values->columns);
    PlanNode *join = plan_join_all(o, LEFT_JOIN, all.plan, groups, &conditions);
    SymbolList symbols = {0};
    ExprList exprs = {0};
    for (int32_t i = 0; i < node->aggregates.count; i++) {
        const Symbol *result = node->aggregates.items[i].symbol;
        const Expr *value = expr_symbol(o->arena, partial[i].symbol);
        if (aggregate_counts(&partial[i])) {
            const Expr *choices[2] = {value, expr_bigint(o->arena, 0)};
            value = expr_special(o->arena, EXPR_COALESCE, result->type, 2, choices);
        }
        symbol_list_add(o->arena, &symbols, result);
        expr_list_add(o->arena, &exprs, value);
    }
    for (int32_t i = 0; i < all.columns.count; i++) {
        symbol_list_add(o->arena, &symbols, all.columns.items[i]);
        expr_list_add(o->arena, &exprs, expr_symbol(o->arena, all.columns.items[i]));
    }
    values->columns = all.columns; /* they stand for D from here on */
    return plan_project(o->builder, join, symbols.count, symbols.items, exprs.items);
}

static PlanNode *push_aggregation(Push *p, const AggregationNode *node, OuterValues *values) {
    PlanNode *source = node->group_id == NULL ? push(p, node->base.sources[0], values) : NULL;
    if (source == NULL) {
        return NULL;
    }
    SymbolList keys = with_values(p, &node->group_keys, values);
    if (node->group_keys.count > 0) {
        return plan_aggregate(p->o, source, &keys, node->aggregates.count, node->aggregates.items);
    }
    Aggregate *partial = arena_new_array(p->o->arena, Aggregate, node->aggregates.count + 1);
    for (int32_t i = 0; i < node->aggregates.count; i++) {
        partial[i] = node->aggregates.items[i];
        partial[i].symbol =
            plan_symbol(p->o->builder, partial[i].symbol->name, partial[i].symbol->type);
    }
    PlanNode *groups = plan_aggregate(p->o, source, &keys, node->aggregates.count, partial);
    return complete_groups(p, node, groups, partial, values);
}

static void add_key_conditions(Optimizer *o, const JoinNode *node, ExprList *conditions) {
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

/* Both sides see D, joined on its columns too; what only RIGHT or FULL joins preserve would lose
 * D's columns. */
static PlanNode *push_join(Push *p, const JoinNode *node, OuterValues *values) {
    if (node->join_kind != INNER_JOIN && node->join_kind != LEFT_JOIN) {
        return NULL;
    }
    ExprList conditions = {0};
    add_key_conditions(p->o, node, &conditions);
    PlanNode *right_source = node->base.sources[1];
    bool right_correlated = plan_uses_any(right_source, &p->columns);
    OuterValues right_values = {0};
    PlanNode *right = right_source;
    if (right_correlated) {
        right_values = copy_values(p, values);
        right = push(p, use_values(p, right_source, values, &right_values), &right_values);
    }
    PlanNode *left = push(p, node->base.sources[0], values);
    if (left == NULL || right == NULL) {
        return NULL;
    }
    if (right_correlated) {
        join_on_values(p, &conditions, &values->columns, &right_values.columns);
    }
    return plan_join_all(p->o, (JoinKind)node->join_kind, left, right, &conditions);
}

static PlanNode *push_set_operation(Push *p, const SetOperationNode *node, OuterValues *values) {
    int32_t sources = node->base.source_count;
    SetOperationNode *copy =
        (SetOperationNode *)plan_node_create(p->o->builder, PLAN_SET_OPERATION, sources);
    copy->set_kind = node->set_kind;
    copy->distinct = node->distinct;
    copy->inputs.count = sources;
    copy->inputs.items = arena_new_array(p->o->arena, SymbolList, sources);
    OuterValues results = *values;
    results.columns = (SymbolList){0};
    for (int32_t i = 0; i < values->columns.count; i++) {
        const Symbol *column = values->columns.items[i];
        symbol_list_add(p->o->arena, &results.columns,
                        plan_symbol(p->o->builder, column->name, column->type));
    }
    for (int32_t s = 0; s < sources; s++) {
        OuterValues branch = copy_values(p, values);
        copy->base.sources[s] =
            push(p, use_values(p, node->base.sources[s], values, &branch), &branch);
        if (copy->base.sources[s] == NULL) {
            return NULL;
        }
        copy->inputs.items[s] = with_values(p, &node->inputs.items[s], &branch);
    }
    copy->base.outputs = with_values(p, &node->base.outputs, &results);
    *values = results;
    symbol_set_add_list(p->o->arena, &p->columns, &results.columns);
    return &copy->base;
}

/* LIMIT and top-N for each row of D. */
static PlanNode *push_limit(Push *p, PlanNode *node, OuterValues *values) {
    bool sorted = node->kind == PLAN_TOP_N;
    PlanNode *source = push(p, node->sources[0], values);
    if (source == NULL || (sorted && ((TopNNode *)node)->with_ties)) {
        return NULL;
    }
    TopNRankingNode *ranking =
        (TopNRankingNode *)plan_node_create(p->o->builder, PLAN_TOP_N_RANKING, 1);
    ranking->max_rank = sorted ? ((TopNNode *)node)->count : ((LimitNode *)node)->count;
    ranking->partition_by = values->columns;
    ranking->ranking_kind = RANKING_ROW_NUMBER;
    if (sorted) {
        ranking->order_by = ((TopNNode *)node)->order_by;
    }
    ranking->base.sources[0] = source;
    ranking->base.outputs = with_values(p, &node->outputs, values);
    return &ranking->base;
}

/* Nodes whose partitions or kept columns D's columns join. */
static PlanNode *push_with_columns(Push *p, PlanNode *node, OuterValues *values) {
    PlanNode **sources = arena_new_array(p->o->arena, PlanNode *, node->source_count);
    memcpy(sources, node->sources, sizeof *sources * (size_t)node->source_count);
    sources[0] = push(p, node->sources[0], values);
    if (sources[0] == NULL) {
        return NULL;
    }
    PlanNode *copy = plan_with_sources(p->o->builder, node, sources);
    copy->outputs = with_values(p, &node->outputs, values);
    switch (copy->kind) {
    case PLAN_WINDOW:
        ((WindowNode *)copy)->partition_by =
            with_values(p, &((WindowNode *)copy)->partition_by, values);
        break;
    case PLAN_TOP_N_RANKING:
        ((TopNRankingNode *)copy)->partition_by =
            with_values(p, &((TopNRankingNode *)copy)->partition_by, values);
        break;
    case PLAN_MARK_DISTINCT:
        ((MarkDistinctNode *)copy)->keys =
            with_values(p, &((MarkDistinctNode *)copy)->keys, values);
        break;
    case PLAN_UNNEST:
        ((UnnestNode *)copy)->replicated =
            with_values(p, &((UnnestNode *)copy)->replicated, values);
        break;
    default:
        break;
    }
    return copy;
}

static PlanNode *push(Push *p, PlanNode *node, OuterValues *values) {
    if (!plan_uses_any(node, &p->columns)) {
        ExprList none = {0};
        return plan_join_all(p->o, INNER_JOIN, values->plan, node, &none);
    }
    switch (node->kind) {
    case PLAN_FILTER: {
        PlanNode *source = push(p, node->sources[0], values);
        return source != NULL ? plan_filter(p->o->builder, source, ((FilterNode *)node)->predicate)
                              : NULL;
    }
    case PLAN_PROJECT:
        return push_project(p, (const ProjectNode *)node, values);
    case PLAN_AGGREGATION:
        return push_aggregation(p, (const AggregationNode *)node, values);
    case PLAN_JOIN:
        return push_join(p, (const JoinNode *)node, values);
    case PLAN_SET_OPERATION:
        return push_set_operation(p, (const SetOperationNode *)node, values);
    case PLAN_SORT:
        return push(p, node->sources[0], values);
    case PLAN_LIMIT:
    case PLAN_TOP_N:
        return push_limit(p, node, values);
    case PLAN_WINDOW:
    case PLAN_TOP_N_RANKING:
    case PLAN_MARK_DISTINCT:
    case PLAN_UNNEST:
    case PLAN_ASSIGN_UNIQUE_ID:
        return push_with_columns(p, node, values);
    case PLAN_SEMI_JOIN:
        return plan_uses_any(node->sources[1], &p->columns) ? NULL
                                                            : push_with_columns(p, node, values);
    case PLAN_VALUES: { /* expressions over outer values: a row each, computed above one row of D */
        const ValuesNode *rows = (const ValuesNode *)node;
        if (rows->row_count != 1) {
            return NULL;
        }
        SymbolList symbols = with_values(p, &node->outputs, values);
        const Expr **exprs = arena_new_array(p->o->arena, const Expr *, symbols.count);
        for (int32_t i = 0; i < symbols.count; i++) {
            exprs[i] = i < node->outputs.count ? rows->rows.items[i]
                                               : expr_symbol(p->o->arena, symbols.items[i]);
        }
        return plan_project(p->o->builder, values->plan, symbols.count, symbols.items, exprs);
    }
    case PLAN_ENFORCE_SINGLE_ROW:
        return gives_one_row(node->sources[0]) ? push(p, node->sources[0], values) : NULL;
    default:
        return NULL;
    }
}

/* ---- the outer plan's side ---- */

typedef struct UsedColumns {
    Optimizer *o;
    const SymbolSet *outer;
    SymbolList *used;
} UsedColumns;

static void note_used(void *closure, const Symbol *symbol) {
    UsedColumns *columns = closure;
    if (symbol_set_has(columns->outer, symbol) && !symbol_list_contains(columns->used, symbol)) {
        symbol_list_add(columns->o->arena, columns->used, symbol);
    }
}

static void collect_used(const PlanNode *node, UsedColumns *columns) {
    plan_used_symbols(node, note_used, columns);
    for (int32_t i = 0; i < node->source_count; i++) {
        collect_used(node->sources[i], columns);
    }
}

PlanNode *dependent_subquery(Optimizer *o, PlanNode *left, PlanNode *subquery,
                             ExprList *conditions) {
    SymbolSet outer = symbol_set_of(o->arena, &left->outputs);
    SymbolList used = {0};
    UsedColumns columns = {o, &outer, &used};
    collect_used(subquery, &columns);
    const Symbol **map;
    int32_t count;
    PlanNode *copy = plan_duplicate(o, left, &map, &count);
    Push p = {.o = o};
    OuterValues original = {.columns = used}, values = {0};
    for (int32_t i = 0; i < used.count; i++) {
        symbol_list_add(o->arena, &values.columns, map[used.items[i]->id]);
    }
    values.plan_columns = values.columns;
    values.plan = plan_distinct(o, plan_restrict(o, copy, &values.columns));
    symbol_set_add_list(o->arena, &p.columns, &values.columns);
    PlanNode *pushed = push(&p, use_values(&p, subquery, &original, &values), &values);
    if (pushed != NULL) {
        join_on_values(&p, conditions, &used, &values.columns);
    }
    return pushed;
}

PlanNode *dependent_join(Optimizer *o, PlanNode *left, PlanNode *subquery, JoinKind kind,
                         const Expr *filter) {
    ExprList conditions = {0};
    PlanNode *right = dependent_subquery(o, left, subquery, &conditions);
    if (right == NULL || kind == RIGHT_JOIN || kind == FULL_JOIN) {
        return NULL;
    }
    if (filter != NULL && !expr_is_true(filter)) {
        expr_conjuncts(o->arena, filter, &conditions);
    }
    return plan_join_all(o, kind, left, right, &conditions);
}
