/*
 * Quantified comparisons as aggregations: x < ALL (q) holds when q is empty, or x < min(q) and q
 * has no NULL.
 *
 * Three-valued logic: with m the deciding bound (min or max), n rows and k non-null values, ALL is
 * TRUE for n = 0, FALSE when the comparison with m is false, NULL when it is NULL or k < n, else
 * TRUE; ANY is its dual.
 */
#include "optimize/decorrelate.h"

#include <string.h>

/* Which bounds decide: for = ALL and <> ANY both, since all values must be one. */
static void choose_bounds(Comparison comparison, bool is_all, bool *ret_min, bool *ret_max) {
    bool less = comparison == COMPARE_LESS || comparison == COMPARE_LESS_OR_EQUAL;
    bool equality = comparison == COMPARE_EQUAL || comparison == COMPARE_NOT_EQUAL;
    *ret_min = equality || less == is_all;
    *ret_max = equality || less != is_all;
}

static const Expr *compare(Optimizer *o, const ApplyNode *node, const Symbol *bound) {
    return expr_comparison(o->arena, (Comparison)node->comparison,
                           expr_symbol(o->arena, node->value), expr_symbol(o->arena, bound));
}

/* The comparison with the deciding bound. = ALL and <> ANY look at whether all values are one
   first, as the reference does: NULL <> ANY (1, 3) is TRUE. */
static const Expr *compare_bounds(Optimizer *o, const ApplyNode *node, const Symbol *min,
                                  const Symbol *max, bool is_all) {
    if (min == NULL || max == NULL) {
        return compare(o, node, min != NULL ? min : max);
    }
    const Expr *terms[2] = {
        expr_comparison(o->arena, (Comparison)node->comparison, expr_symbol(o->arena, min),
                        expr_symbol(o->arena, max)),
        compare(o, node, min),
    };
    return is_all ? expr_and(o->arena, 2, terms) : expr_or(o->arena, 2, terms);
}

static const Expr *make_if(Optimizer *o, const Expr *condition, const Expr *then,
                           const Expr *otherwise) {
    const Expr *parts[3] = {condition, then, otherwise};
    return expr_special(o->arena, EXPR_IF, then->type, 3, parts);
}

PlanNode *quantified_as_aggregation(Optimizer *o, const ApplyNode *node) {
    bool is_all = node->apply_kind == APPLY_ALL, use_min, use_max;
    choose_bounds((Comparison)node->comparison, is_all, &use_min, &use_max);
    const Symbol *column = node->subquery_symbol;
    Aggregate aggregates[4];
    int32_t count = 0;
    Aggregate rows = aggregates[count++] = make_aggregate(o, "count", NULL, NULL);
    Aggregate values = aggregates[count++] = make_aggregate(o, "count", column, NULL);
    const Symbol *min = NULL, *max = NULL;
    if (use_min) {
        aggregates[count] = make_aggregate(o, "min", column, NULL);
        min = aggregates[count++].symbol;
    }
    if (use_max) {
        aggregates[count] = make_aggregate(o, "max", column, NULL);
        max = aggregates[count++].symbol;
    }
    for (int32_t i = 0; i < count; i++) {
        if (aggregates[i].function == NULL) {
            return NULL;
        }
    }
    SymbolList none = {0};
    PlanNode *aggregation = plan_aggregate(o, node->base.sources[1], &none, count, aggregates);
    CorrelatedJoinNode *join =
        (CorrelatedJoinNode *)plan_node_create(o->builder, PLAN_CORRELATED_JOIN, 2);
    join->base.sources[0] = node->base.sources[0];
    join->base.sources[1] = aggregation;
    join->join_kind = INNER_JOIN;
    join->correlation = node->correlation;
    for (int32_t s = 0; s < 2; s++) {
        for (int32_t i = 0; i < join->base.sources[s]->outputs.count; i++) {
            symbol_list_add(o->arena, &join->base.outputs, join->base.sources[s]->outputs.items[i]);
        }
    }
    const Type *boolean = type_simple(TYPE_BOOLEAN);
    const Expr *empty = expr_comparison(o->arena, COMPARE_EQUAL, expr_symbol(o->arena, rows.symbol),
                                        expr_bigint(o->arena, 0));
    const Expr *has_null =
        expr_comparison(o->arena, COMPARE_NOT_EQUAL, expr_symbol(o->arena, rows.symbol),
                        expr_symbol(o->arena, values.symbol));
    const Expr *unknown =
        make_if(o, has_null, expr_null(o->arena, boolean), expr_boolean(o->arena, is_all));
    const Expr *decided = compare_bounds(o, node, min, max, is_all);
    const Expr *parts[2] = {decided, unknown};
    const Expr *combined = is_all ? expr_and(o->arena, 2, parts) : expr_or(o->arena, 2, parts);
    const Expr *result = make_if(o, empty, expr_boolean(o->arena, is_all), combined);
    const Expr **exprs = arena_new_array(o->arena, const Expr *, node->base.outputs.count);
    for (int32_t i = 0; i < node->base.outputs.count; i++) {
        const Symbol *symbol = node->base.outputs.items[i];
        exprs[i] = symbol == node->result ? result : expr_symbol(o->arena, symbol);
    }
    return plan_project(o->builder, &join->base, node->base.outputs.count, node->base.outputs.items,
                        exprs);
}

const Expr *make_failure(Optimizer *o, ErrorCode code, const char *message, const Type *type) {
    const Type *types[2] = {type_simple(TYPE_INTEGER), type_varchar_unbounded()};
    const ResolvedFunction *fail = resolve_builtin(o, "fail", FUNCTION_SCALAR, 2, types);
    if (fail == NULL) {
        return NULL;
    }
    Vector *number = vector_create(types[0], 1), *text = vector_create(types[1], 1);
    VECTOR_DATA(number, int32_t)[0] = (int32_t)code;
    vector_set_string(text, 0, message, strlen(message));
    const Expr *arguments[2] = {expr_constant(o->arena, number), expr_constant(o->arena, text)};
    vector_unref(number);
    vector_unref(text);
    return expr_cast(o->arena, expr_call(o->arena, fail, 2, arguments), type);
}
