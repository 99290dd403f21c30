/*
 * Estimates of rows and of columns' values, bottom-up, cached on the nodes.
 *
 * The rules are the usual ones (Selinger et al. 1979): independence of predicates, containment of
 * join keys, uniform values. Unknown selectivities are Trino's (0.9 for an unknown filter,
 * notes-engine.md 3.1). What a connector does not know is NAN, and everything computed from it.
 */
#include "optimize/statistics.h"

#include <math.h>
#include <string.h>

enum { UNKNOWN_ROWS = 1000 };
static const double UNKNOWN_FILTER = 0.9, LIKE_FILTER = 0.1, UNNEST_FACTOR = 10;

static PlanStatistics *statistics_create(Optimizer *o, const SymbolList *outputs) {
    PlanStatistics *statistics = arena_new(o->arena, PlanStatistics);
    statistics->symbols = arena_new_array(o->arena, const Symbol *, outputs->count + 1);
    statistics->symbol_statistics = arena_new_array(o->arena, SymbolStatistics, outputs->count + 1);
    return statistics;
}

static void add_symbol(PlanStatistics *statistics, const Symbol *symbol,
                       const SymbolStatistics *values) {
    statistics->symbols[statistics->symbol_count] = symbol;
    statistics->symbol_statistics[statistics->symbol_count++] = *values;
}

static SymbolStatistics unknown_symbol(void) {
    return (SymbolStatistics){.null_fraction = NAN,
                              .distinct_count = NAN,
                              .average_bytes = NAN,
                              .low = -INFINITY,
                              .high = INFINITY};
}

const SymbolStatistics *symbol_statistics(const PlanStatistics *statistics, const Symbol *symbol) {
    for (int32_t i = 0; i < statistics->symbol_count; i++) {
        if (statistics->symbols[i] == symbol) {
            return &statistics->symbol_statistics[i];
        }
    }
    return NULL;
}

static void copy_symbols(PlanStatistics *to, const PlanStatistics *from,
                         const SymbolList *outputs) {
    for (int32_t i = 0; i < outputs->count; i++) {
        const SymbolStatistics *values = symbol_statistics(from, outputs->items[i]);
        if (values != NULL && symbol_statistics(to, outputs->items[i]) == NULL) {
            add_symbol(to, outputs->items[i], values);
        }
    }
}

/* No column has more distinct values than there are rows. */
static void cap_distinct(PlanStatistics *statistics) {
    for (int32_t i = 0; i < statistics->symbol_count; i++) {
        SymbolStatistics *values = &statistics->symbol_statistics[i];
        if (values->distinct_count > statistics->row_count) {
            values->distinct_count = fmax(statistics->row_count, 1);
        }
    }
}

/* ---- numbers of constants ---- */

/* A constant as the number that ranges are kept in; false when it has none. */
static bool constant_number(const Expr *expr, double *ret_number) {
    while (expr->kind == EXPR_CAST) {
        expr = expr->arguments[0];
    }
    if (expr->kind != EXPR_CONSTANT || vector_is_null(expr->value, 0)) {
        return false;
    }
    const Type *type = expr->type;
    switch (type->kind) {
    case TYPE_TINYINT:
        *ret_number = VECTOR_DATA(expr->value, int8_t)[0];
        return true;
    case TYPE_SMALLINT:
        *ret_number = VECTOR_DATA(expr->value, int16_t)[0];
        return true;
    case TYPE_INTEGER:
    case TYPE_DATE:
        *ret_number = VECTOR_DATA(expr->value, int32_t)[0];
        return true;
    case TYPE_REAL:
        *ret_number = VECTOR_DATA(expr->value, float)[0];
        return true;
    case TYPE_DOUBLE:
        *ret_number = VECTOR_DATA(expr->value, double)[0];
        return true;
    case TYPE_BIGINT:
        *ret_number = (double)VECTOR_DATA(expr->value, int64_t)[0];
        return true;
    case TYPE_DECIMAL:
        *ret_number =
            (type->layout == LAYOUT_LONG ? (double)VECTOR_DATA(expr->value, int64_t)[0]
                                         : (double)VECTOR_DATA(expr->value, __int128)[0]) /
            pow(10, type->scale);
        return true;
    case TYPE_TIMESTAMP:
        *ret_number = (double)VECTOR_DATA(expr->value, int64_t)[0];
        return type->layout == LAYOUT_LONG;
    default:
        return false;
    }
}

static const Symbol *plain_symbol(const Expr *expr) {
    while (expr->kind == EXPR_CAST) {
        expr = expr->arguments[0];
    }
    return expr->kind == EXPR_SYMBOL ? expr->symbol : NULL;
}

/* ---- filters ---- */

typedef struct FilterEstimate {
    Optimizer *o;
    PlanStatistics *statistics; /* changed: ranges narrow, distinct counts fall */
} FilterEstimate;

static double selectivity(FilterEstimate *f, const Expr *predicate);

static SymbolStatistics *find_symbol(FilterEstimate *f, const Symbol *symbol) {
    return symbol != NULL ? (SymbolStatistics *)(uintptr_t)symbol_statistics(f->statistics, symbol)
                          : NULL;
}

static double not_null(const SymbolStatistics *values) {
    return isnan(values->null_fraction) ? 1 : 1 - values->null_fraction;
}

/* The share of a column's values within [low, high]; narrows the column to it. */
static double range_selectivity(SymbolStatistics *values, double low, double high) {
    low = fmax(low, values->low);
    high = fmin(high, values->high);
    if (low > high) {
        return 0;
    }
    double width = values->high - values->low, share = UNKNOWN_FILTER / 3;
    if (isfinite(width)) {
        share = width > 0 ? (high - low) / width : 1;
        if (high == low && !isnan(values->distinct_count) && values->distinct_count > 0) {
            share = 1 / values->distinct_count;
        }
    }
    double kept = not_null(values) * share;
    values->low = low;
    values->high = high;
    values->distinct_count = fmax(1, values->distinct_count * share);
    values->null_fraction = 0;
    return kept;
}

static double equality_selectivity(SymbolStatistics *values) {
    if (isnan(values->distinct_count) || values->distinct_count <= 0) {
        return 0.1;
    }
    double kept = not_null(values) / values->distinct_count;
    values->distinct_count = 1;
    values->null_fraction = 0;
    return kept;
}

static double compare_constant(SymbolStatistics *values, Comparison comparison, bool has_number,
                               double number) {
    switch (comparison) {
    case COMPARE_EQUAL:
    case COMPARE_IDENTICAL: {
        if (has_number && (number < values->low || number > values->high)) {
            return 0;
        }
        double kept = equality_selectivity(values);
        if (has_number) {
            values->low = values->high = number;
        }
        return kept;
    }
    case COMPARE_NOT_EQUAL:
    case COMPARE_DISTINCT:
        return isnan(values->distinct_count)
                   ? UNKNOWN_FILTER
                   : not_null(values) * (1 - 1 / fmax(values->distinct_count, 1));
    case COMPARE_LESS:
    case COMPARE_LESS_OR_EQUAL:
        return has_number ? range_selectivity(values, -INFINITY, number) : UNKNOWN_FILTER / 3;
    default:
        return has_number ? range_selectivity(values, number, INFINITY) : UNKNOWN_FILTER / 3;
    }
}

static Comparison flip(Comparison comparison) {
    switch (comparison) {
    case COMPARE_LESS:
        return COMPARE_GREATER;
    case COMPARE_LESS_OR_EQUAL:
        return COMPARE_GREATER_OR_EQUAL;
    case COMPARE_GREATER:
        return COMPARE_LESS;
    case COMPARE_GREATER_OR_EQUAL:
        return COMPARE_LESS_OR_EQUAL;
    default:
        return comparison;
    }
}

static double comparison_selectivity(FilterEstimate *f, const Expr *predicate) {
    Comparison comparison = predicate->comparison;
    const Expr *a = predicate->arguments[0], *b = predicate->arguments[1];
    if (plain_symbol(a) == NULL) {
        const Expr *swap = a;
        a = b;
        b = swap;
        comparison = flip(comparison);
    }
    SymbolStatistics *left = find_symbol(f, plain_symbol(a)),
                     *right = find_symbol(f, plain_symbol(b));
    double number = 0;
    if (left != NULL && right != NULL) {
        double distinct = fmax(left->distinct_count, right->distinct_count);
        return comparison == COMPARE_EQUAL ? (isnan(distinct) ? 0.1 : 1 / fmax(distinct, 1)) : 0.5;
    }
    if (left != NULL) {
        bool has_number = constant_number(b, &number);
        return compare_constant(left, comparison, has_number, number);
    }
    return comparison == COMPARE_EQUAL       ? 0.1
           : comparison == COMPARE_NOT_EQUAL ? UNKNOWN_FILTER
                                             : UNKNOWN_FILTER / 3;
}

static double in_selectivity(FilterEstimate *f, const Expr *predicate) {
    SymbolStatistics *values = find_symbol(f, plain_symbol(predicate->arguments[0]));
    double count = predicate->argument_count - 1;
    if (values == NULL || isnan(values->distinct_count)) {
        return fmin(1, 0.1 * count);
    }
    double kept = not_null(values) * fmin(1, count / fmax(values->distinct_count, 1));
    values->distinct_count = fmin(values->distinct_count, count);
    return kept;
}

/* Branches see the columns as they were before: an OR does not narrow them. */
static double or_selectivity(FilterEstimate *f, const Expr *predicate) {
    double missed = 1;
    int32_t count = f->statistics->symbol_count;
    SymbolStatistics *before = arena_copy(f->o->arena, f->statistics->symbol_statistics,
                                          sizeof *before * (size_t)(count + 1));
    for (int32_t i = 0; i < predicate->argument_count; i++) {
        missed *= 1 - selectivity(f, predicate->arguments[i]);
        memcpy(f->statistics->symbol_statistics, before, sizeof *before * (size_t)count);
    }
    return 1 - missed;
}

static double not_selectivity(FilterEstimate *f, const Expr *inner) {
    int32_t count = f->statistics->symbol_count;
    SymbolStatistics *before = arena_copy(f->o->arena, f->statistics->symbol_statistics,
                                          sizeof *before * (size_t)(count + 1));
    double kept = 1 - selectivity(f, inner);
    memcpy(f->statistics->symbol_statistics, before, sizeof *before * (size_t)count);
    return kept;
}

static double between_selectivity(FilterEstimate *f, const Expr *predicate) {
    SymbolStatistics *values = find_symbol(f, plain_symbol(predicate->arguments[0]));
    double low, high;
    if (values == NULL || !constant_number(predicate->arguments[1], &low) ||
        !constant_number(predicate->arguments[2], &high)) {
        return UNKNOWN_FILTER / 4;
    }
    return range_selectivity(values, low, high);
}

static double selectivity(FilterEstimate *f, const Expr *predicate) {
    switch (predicate->kind) {
    case EXPR_CONSTANT:
        return expr_is_true(predicate) ? 1 : 0;
    case EXPR_AND: {
        double all = 1;
        for (int32_t i = 0; i < predicate->argument_count; i++) {
            all *= selectivity(f, predicate->arguments[i]);
        }
        return all;
    }
    case EXPR_OR:
        return or_selectivity(f, predicate);
    case EXPR_NOT:
        return not_selectivity(f, predicate->arguments[0]);
    case EXPR_COMPARISON:
        return comparison_selectivity(f, predicate);
    case EXPR_BETWEEN:
        return between_selectivity(f, predicate);
    case EXPR_IN:
        return in_selectivity(f, predicate);
    case EXPR_IS_NULL: {
        const SymbolStatistics *values = find_symbol(f, plain_symbol(predicate->arguments[0]));
        return values != NULL && !isnan(values->null_fraction) ? values->null_fraction : 0.1;
    }
    case EXPR_CALL:
        return strcmp(predicate->function->name, "$like") == 0 ? LIKE_FILTER : UNKNOWN_FILTER;
    default:
        return UNKNOWN_FILTER;
    }
}

static void apply_filter(Optimizer *o, PlanStatistics *statistics, const Expr *predicate) {
    FilterEstimate f = {o, statistics};
    statistics->row_count *= fmin(1, fmax(0, selectivity(&f, predicate)));
    cap_distinct(statistics);
}

/* ---- nodes ---- */

static PlanStatistics *of_scan(Optimizer *o, const TableScanNode *node) {
    PlanStatistics *result = statistics_create(o, &node->base.outputs);
    TableStatistics table;
    const PlanTable *scanned = node->table;
    result->row_count = NAN;
    if (scanned->table == NULL) {
        return result; /* a handle alone: nothing is known of its columns */
    }
    if (metadata_get_statistics(o->cx, scanned->catalog, scanned->table, scanned->handle, &table) !=
        OK) {
        context_clear_error(o->cx);
        result->row_count = NAN;
        return result;
    }
    result->row_count = table.row_count;
    for (int32_t i = 0; i < node->base.outputs.count; i++) {
        SymbolStatistics values = unknown_symbol();
        if (node->columns.items[i] < scanned->table->column_count) {
            const ColumnStatistics *column = &table.columns[node->columns.items[i]];
            values.null_fraction = column->null_fraction;
            values.distinct_count = column->distinct_count;
            values.average_bytes = column->data_bytes / table.row_count;
            if (column->has_range) {
                values.low = column->low;
                values.high = column->high;
            }
        }
        add_symbol(result, node->base.outputs.items[i], &values);
    }
    return result;
}

static PlanStatistics *of_project(Optimizer *o, const ProjectNode *node,
                                  const PlanStatistics *source) {
    PlanStatistics *result = statistics_create(o, &node->base.outputs);
    result->row_count = source->row_count;
    for (int32_t i = 0; i < node->expressions.count; i++) {
        const Symbol *symbol = plain_symbol(node->expressions.items[i]);
        const SymbolStatistics *values = symbol != NULL ? symbol_statistics(source, symbol) : NULL;
        SymbolStatistics unknown = unknown_symbol();
        add_symbol(result, node->base.outputs.items[i], values != NULL ? values : &unknown);
    }
    return result;
}

static double distinct_of(const PlanStatistics *statistics, const Symbol *symbol) {
    const SymbolStatistics *values = symbol_statistics(statistics, symbol);
    return values != NULL ? values->distinct_count : NAN;
}

double estimate_groups(const PlanStatistics *source, const SymbolList *keys) {
    double groups = 1;
    for (int32_t i = 0; i < keys->count; i++) {
        double distinct = distinct_of(source, keys->items[i]);
        groups *= isnan(distinct) ? fmax(1, source->row_count * 0.1) : distinct;
    }
    return fmin(groups, fmax(source->row_count, 1));
}

static PlanStatistics *of_aggregation(Optimizer *o, const AggregationNode *node,
                                      const PlanStatistics *source) {
    PlanStatistics *result = statistics_create(o, &node->base.outputs);
    copy_symbols(result, source, &node->group_keys);
    result->row_count =
        node->group_keys.count == 0 ? 1 : estimate_groups(source, &node->group_keys);
    for (int32_t i = 0; i < node->aggregates.count; i++) {
        SymbolStatistics unknown = unknown_symbol();
        add_symbol(result, node->aggregates.items[i].symbol, &unknown);
    }
    cap_distinct(result);
    return result;
}

double estimate_join_rows(const PlanStatistics *left, const PlanStatistics *right,
                          int32_t key_count, const Symbol *const *left_keys,
                          const Symbol *const *right_keys) {
    double rows = left->row_count * right->row_count, best = 1, others = 1;
    for (int32_t i = 0; i < key_count; i++) {
        double distinct = fmax(distinct_of(left, left_keys[i]), distinct_of(right, right_keys[i]));
        if (isnan(distinct)) {
            distinct = fmax(
                1, fmin(left->row_count, right->row_count)); /* as if a key of the smaller side */
        }
        if (distinct > best) {
            others *= sqrt(best); /* further keys are seldom independent */
            best = distinct;
        } else {
            others *= sqrt(distinct);
        }
    }
    return rows / fmax(best * others, 1);
}

static PlanStatistics *of_join(Optimizer *o, const JoinNode *node, const PlanStatistics *left,
                               const PlanStatistics *right) {
    SymbolList all = {0};
    for (int32_t s = 0; s < 2; s++) {
        for (int32_t i = 0; i < node->base.sources[s]->outputs.count; i++) {
            symbol_list_add(o->arena, &all, node->base.sources[s]->outputs.items[i]);
        }
    }
    PlanStatistics *result = statistics_create(o, &all);
    copy_symbols(result, left, &all);
    copy_symbols(result, right, &all);
    result->row_count = estimate_join_rows(left, right, node->left_keys.count,
                                           node->left_keys.items, node->right_keys.items);
    for (int32_t i = 0; i < node->left_keys.count && node->join_kind == INNER_JOIN; i++) {
        SymbolStatistics *a =
            (SymbolStatistics *)(uintptr_t)symbol_statistics(result, node->left_keys.items[i]);
        SymbolStatistics *b =
            (SymbolStatistics *)(uintptr_t)symbol_statistics(result, node->right_keys.items[i]);
        if (a != NULL && b != NULL) {
            a->distinct_count = b->distinct_count = fmin(a->distinct_count, b->distinct_count);
        }
    }
    if (node->filter != NULL) {
        apply_filter(o, result, node->filter);
    }
    if (node->join_kind == LEFT_JOIN || node->join_kind == FULL_JOIN) {
        result->row_count = fmax(result->row_count, left->row_count);
    }
    if (node->join_kind == RIGHT_JOIN || node->join_kind == FULL_JOIN) {
        result->row_count = fmax(result->row_count, right->row_count);
    }
    cap_distinct(result);
    return result;
}

static PlanStatistics *of_semi_join(Optimizer *o, const SemiJoinNode *node,
                                    const PlanStatistics *left, const PlanStatistics *right) {
    PlanStatistics *result = statistics_create(o, &node->base.outputs);
    copy_symbols(result, left, &node->base.outputs);
    double share = 0.5;
    if (node->left_keys.count > 0) {
        double a = distinct_of(left, node->left_keys.items[0]),
               b = distinct_of(right, node->right_keys.items[0]);
        share = isnan(a) || isnan(b) ? 0.5 : fmin(1, b / fmax(a, 1));
    }
    double factor = node->semi_kind == SEMI_JOIN_MARK   ? 1
                    : node->semi_kind == SEMI_JOIN_SEMI ? share
                                                        : 1 - share;
    result->row_count = left->row_count * fmax(factor, 0.01);
    cap_distinct(result);
    return result;
}

static PlanStatistics *of_set_operation(Optimizer *o, const PlanNode *node,
                                        const SymbolListArray *inputs) {
    PlanStatistics *result = statistics_create(o, &node->outputs);
    for (int32_t s = 0; s < node->source_count; s++) {
        result->row_count += statistics_of(o, node->sources[s])->row_count;
    }
    for (int32_t i = 0; i < node->outputs.count; i++) {
        const SymbolStatistics *first =
            symbol_statistics(statistics_of(o, node->sources[0]), inputs->items[0].items[i]);
        SymbolStatistics unknown = unknown_symbol();
        add_symbol(result, node->outputs.items[i], first != NULL ? first : &unknown);
    }
    return result;
}

/* The source's columns, its rows times a factor or at most a limit. */
static PlanStatistics *of_passing(Optimizer *o, const PlanNode *node, double factor, double limit) {
    const PlanStatistics *source = statistics_of(o, node->sources[0]);
    PlanStatistics *result = statistics_create(o, &node->outputs);
    copy_symbols(result, source, &node->outputs);
    result->row_count = fmin(source->row_count * factor, limit);
    cap_distinct(result);
    return result;
}

static PlanStatistics *compute(Optimizer *o, const PlanNode *node) {
    switch (node->kind) {
    case PLAN_TABLE_SCAN:
        return of_scan(o, (const TableScanNode *)node);
    case PLAN_VALUES: {
        PlanStatistics *result = statistics_create(o, &node->outputs);
        result->row_count = ((const ValuesNode *)node)->row_count;
        return result;
    }
    case PLAN_FILTER: {
        PlanStatistics *result = of_passing(o, node, 1, INFINITY);
        apply_filter(o, result, ((const FilterNode *)node)->predicate);
        return result;
    }
    case PLAN_PROJECT:
        return of_project(o, (const ProjectNode *)node, statistics_of(o, node->sources[0]));
    case PLAN_AGGREGATION:
        return of_aggregation(o, (const AggregationNode *)node, statistics_of(o, node->sources[0]));
    case PLAN_JOIN:
        return of_join(o, (const JoinNode *)node, statistics_of(o, node->sources[0]),
                       statistics_of(o, node->sources[1]));
    case PLAN_SEMI_JOIN:
        return of_semi_join(o, (const SemiJoinNode *)node, statistics_of(o, node->sources[0]),
                            statistics_of(o, node->sources[1]));
    case PLAN_SET_OPERATION:
        return of_set_operation(o, node, &((const SetOperationNode *)node)->inputs);
    case PLAN_LIMIT:
        return of_passing(o, node, 1, (double)((const LimitNode *)node)->count);
    case PLAN_TOP_N:
        return of_passing(o, node, 1, (double)((const TopNNode *)node)->count);
    case PLAN_UNNEST:
        return of_passing(o, node, UNNEST_FACTOR, INFINITY);
    case PLAN_SAMPLE:
        return of_passing(o, node, ((const SampleNode *)node)->ratio, INFINITY);
    case PLAN_ENFORCE_SINGLE_ROW:
        return of_passing(o, node, 1, 1);
    case PLAN_GROUP_ID:
        return of_passing(o, node, ((const GroupIdNode *)node)->grouping_sets.count, INFINITY);
    default:
        if (node->source_count > 0) {
            return of_passing(o, node, 1, INFINITY);
        }
        PlanStatistics *unknown = statistics_create(o, &node->outputs);
        unknown->row_count = UNKNOWN_ROWS;
        return unknown;
    }
}

const PlanStatistics *statistics_of(Optimizer *o, PlanNode *node) {
    if (node->statistics == NULL) {
        node->statistics = compute(o, node);
    }
    return node->statistics;
}

Status plan_statistics(Context *cx, PlanBuilder *builder, PlanNode *node,
                       const PlanStatistics **ret_statistics) {
    Optimizer o = {.cx = cx, .builder = builder, .arena = builder->arena};
    *ret_statistics = statistics_of(&o, node);
    return OK;
}
