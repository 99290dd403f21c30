/*
 * Expressions made simpler: constants folded, logic reduced, common factors of disjunctions taken
 * out.
 *
 * Folding evaluates with the engine itself. What fails keeps its form, so that the error comes
 * when, and only if, the row is evaluated. Filters that are never true become empty Values.
 */
#include <string.h>

#include "expr/program.h"
#include "optimize/rewrite.h"

static bool all_constant(const Expr *expr) {
    for (int32_t i = 0; i < expr->argument_count; i++) {
        if (expr->arguments[i]->kind != EXPR_CONSTANT) {
            return false;
        }
    }
    return expr->argument_count > 0 || expr->kind == EXPR_CALL;
}

static bool is_foldable(const Expr *expr) {
    switch (expr->kind) {
    case EXPR_CONSTANT:
    case EXPR_SYMBOL:
    case EXPR_LAMBDA:
    case EXPR_TRY:
        return false;
    case EXPR_CALL:
        return expr->function->kind == FUNCTION_SCALAR && expr->function->deterministic &&
               all_constant(expr);
    default:
        return expr->kind < EXPR_LAMBDA && all_constant(expr);
    }
}

static const Expr *fold(Optimizer *o, const Expr *expr) {
    Context cx = {.arena = arena_create(NULL),
                  .pool = o->cx->pool,
                  .session = o->cx->session,
                  .cancelled = o->cx->cancelled};
    Vector *value;
    const Expr *result = expr;
    if (expr_evaluate(&cx, expr, &value) == OK) {
        result = expr_constant(o->arena, value);
        vector_unref(value);
    }
    arena_free(cx.arena);
    return result;
}

/* AND or OR without the terms that do not matter; the deciding constant ends it if no failing term
 * comes before. */
static const Expr *reduce_logic(Optimizer *o, const Expr *expr) {
    bool is_and = expr->kind == EXPR_AND;
    ExprList terms = {0};
    bool may_fail = false;
    for (int32_t i = 0; i < expr->argument_count; i++) {
        const Expr *term = expr->arguments[i];
        if (is_and ? expr_is_false(term) : expr_is_true(term)) {
            if (!may_fail) {
                return term;
            }
            expr_list_add(o->arena, &terms, term);
            continue;
        }
        if (is_and ? expr_is_true(term) : expr_is_false(term)) {
            continue;
        }
        bool repeated = false;
        for (int32_t k = 0; k < terms.count && !repeated; k++) {
            repeated = expr_equal(terms.items[k], term);
        }
        if (!repeated) {
            expr_list_add(o->arena, &terms, term);
            may_fail |= expr_may_fail(term);
        }
    }
    return is_and             ? expr_and(o->arena, terms.count, terms.items)
           : terms.count == 0 ? expr_boolean(o->arena, false)
                              : expr_or(o->arena, terms.count, terms.items);
}

/* (a AND b) OR (a AND c) is a AND (b OR c). */
static const Expr *take_out_common(Optimizer *o, const Expr *expr) {
    ExprList first = {0}, common = {0};
    expr_conjuncts(o->arena, expr->arguments[0], &first);
    ExprList *branches = arena_new_array(o->arena, ExprList, expr->argument_count);
    for (int32_t i = 0; i < expr->argument_count; i++) {
        expr_conjuncts(o->arena, expr->arguments[i], &branches[i]);
    }
    for (int32_t t = 0; t < first.count; t++) {
        bool everywhere = expr_is_deterministic(first.items[t]);
        for (int32_t i = 1; i < expr->argument_count && everywhere; i++) {
            bool here = false;
            for (int32_t k = 0; k < branches[i].count && !here; k++) {
                here = expr_equal(branches[i].items[k], first.items[t]);
            }
            everywhere = here;
        }
        if (everywhere) {
            expr_list_add(o->arena, &common, first.items[t]);
        }
    }
    if (common.count == 0) {
        return expr;
    }
    const Expr **rests = arena_new_array(o->arena, const Expr *, expr->argument_count);
    for (int32_t i = 0; i < expr->argument_count; i++) {
        ExprList rest = {0};
        for (int32_t k = 0; k < branches[i].count; k++) {
            bool shared = false;
            for (int32_t t = 0; t < common.count && !shared; t++) {
                shared = expr_equal(common.items[t], branches[i].items[k]);
            }
            if (!shared) {
                expr_list_add(o->arena, &rest, branches[i].items[k]);
            }
        }
        rests[i] = expr_and(o->arena, rest.count, rest.items);
    }
    const Expr *disjunction = expr_or(o->arena, expr->argument_count, rests);
    if (disjunction->kind == EXPR_OR) {
        disjunction = reduce_logic(o, disjunction);
    }
    expr_list_add(o->arena, &common, disjunction);
    return expr_and(o->arena, common.count, common.items);
}

static const Expr *simplify_if(const Expr *expr) {
    const Expr *condition = expr->arguments[0];
    if (condition->kind != EXPR_CONSTANT) {
        return expr;
    }
    return expr_is_true(condition) ? expr->arguments[1] : expr->arguments[2];
}

static const Expr *simplify_not(Optimizer *o, const Expr *expr) {
    static const Comparison opposites[] = {
        [COMPARE_EQUAL] = COMPARE_NOT_EQUAL,
        [COMPARE_NOT_EQUAL] = COMPARE_EQUAL,
        [COMPARE_DISTINCT] = COMPARE_IDENTICAL,
        [COMPARE_IDENTICAL] = COMPARE_DISTINCT,
    };
    const Expr *inner = expr->arguments[0];
    if (inner->kind == EXPR_NOT) {
        return inner->arguments[0];
    }
    bool flips = inner->kind == EXPR_COMPARISON &&
                 (inner->comparison == COMPARE_EQUAL || inner->comparison == COMPARE_NOT_EQUAL ||
                  inner->comparison == COMPARE_DISTINCT || inner->comparison == COMPARE_IDENTICAL);
    return flips ? expr_comparison(o->arena, opposites[inner->comparison], inner->arguments[0],
                                   inner->arguments[1])
                 : expr;
}

static const Expr *simplify_node(Arena *arena, void *closure, const Expr *expr) {
    Optimizer *o = closure;
    switch (expr->kind) {
    case EXPR_AND:
        return reduce_logic(o, expr);
    case EXPR_OR:
        expr = reduce_logic(o, expr);
        return expr->kind == EXPR_OR ? take_out_common(o, expr) : expr;
    case EXPR_IF:
        expr = simplify_if(expr);
        break;
    case EXPR_NOT:
        expr = simplify_not(o, expr);
        break;
    default:
        break;
    }
    return is_foldable(expr) ? fold(o, expr) : expr;
}

static const Expr *simplify(void *closure, const Expr *expr) {
    Optimizer *o = closure;
    return expr_rewrite(o->arena, expr, simplify_node, o);
}

static PlanNode *empty_like(Optimizer *o, const PlanNode *node) {
    return plan_values(o->builder, node->outputs.count, node->outputs.items, 0, NULL);
}

static PlanNode *visit_node(Optimizer *o, void *closure, PlanNode *node) {
    node = plan_rewrite_expressions(o->builder, node, simplify, o);
    if (node->kind == PLAN_FILTER) {
        const Expr *predicate = ((FilterNode *)node)->predicate;
        if (expr_is_true(predicate)) {
            return node->sources[0];
        }
        if (expr_is_false(predicate) || expr_is_constant_null(predicate)) {
            return empty_like(o, node);
        }
    }
    return node;
}

PlanNode *simplify_expressions(Optimizer *o, PlanNode *plan) {
    return plan_rewrite(o, plan, visit_node, NULL);
}
