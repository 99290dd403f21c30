/*
 * Projections become few: one over another is written out into one unless that repeats work,
 * identities disappear.
 */
#include "optimize/rewrite.h"

typedef struct UseCount {
    int32_t *counts;
} UseCount;

static void count_use(void *closure, const Symbol *symbol) {
    ((UseCount *)closure)->counts[symbol->id]++;
}

/* Whether each computed (not merely passed) column of `inner` is used once at most and computes
 * nothing uncertain. */
static bool can_write_out(Optimizer *o, const ProjectNode *outer, const ProjectNode *inner) {
    UseCount uses = {arena_new_array(o->arena, int32_t, o->builder->symbol_count + 1)};
    for (int32_t i = 0; i < outer->expressions.count; i++) {
        expr_symbols(outer->expressions.items[i], count_use, &uses);
    }
    for (int32_t i = 0; i < inner->expressions.count; i++) {
        const Expr *expr = inner->expressions.items[i];
        bool simple = expr->kind == EXPR_SYMBOL || expr->kind == EXPR_CONSTANT;
        if (!simple &&
            (uses.counts[inner->base.outputs.items[i]->id] > 1 || !expr_is_deterministic(expr))) {
            return false;
        }
    }
    return true;
}

/* Inside TRY, CASE and the like an expression is not always evaluated: moving one there could hide
 * its error. */
static bool has_conditional(const Expr *expr) {
    switch (expr->kind) {
    case EXPR_IF:
    case EXPR_CASE:
    case EXPR_SWITCH:
    case EXPR_COALESCE:
    case EXPR_TRY:
    case EXPR_AND:
    case EXPR_OR:
    case EXPR_LAMBDA:
    case EXPR_NULLIF:
        return true;
    default:
        for (int32_t i = 0; i < expr->argument_count; i++) {
            if (has_conditional(expr->arguments[i])) {
                return true;
            }
        }
        return expr->kind == EXPR_CAST && expr->is_try;
    }
}

static bool moves_errors(const ProjectNode *outer, const ProjectNode *inner) {
    bool fails = false, conditional = false;
    for (int32_t i = 0; i < inner->expressions.count; i++) {
        fails |= expr_may_fail(inner->expressions.items[i]);
    }
    for (int32_t i = 0; i < outer->expressions.count && fails; i++) {
        conditional |= has_conditional(outer->expressions.items[i]);
    }
    return fails && conditional;
}

static bool is_identity(const ProjectNode *node) {
    const SymbolList *source = &node->base.sources[0]->outputs;
    if (source->count != node->expressions.count) {
        return false;
    }
    for (int32_t i = 0; i < source->count; i++) {
        const Expr *expr = node->expressions.items[i];
        if (expr->kind != EXPR_SYMBOL || expr->symbol != source->items[i] ||
            expr->symbol != node->base.outputs.items[i]) {
            return false;
        }
    }
    return true;
}

static PlanNode *visit_node(Optimizer *o, void *closure, PlanNode *node) {
    if (node->kind != PLAN_PROJECT) {
        return node;
    }
    ProjectNode *outer = (ProjectNode *)node;
    if (is_identity(outer)) {
        return node->sources[0];
    }
    const ProjectNode *inner = (const ProjectNode *)node->sources[0];
    if (inner->base.kind != PLAN_PROJECT || !can_write_out(o, outer, inner) ||
        moves_errors(outer, inner)) {
        return node;
    }
    int32_t symbols = o->builder->symbol_count;
    const Expr **map = arena_new_array(o->arena, const Expr *, symbols + 1);
    for (int32_t i = 0; i < inner->expressions.count; i++) {
        map[inner->base.outputs.items[i]->id] = inner->expressions.items[i];
    }
    const Expr **exprs = arena_new_array(o->arena, const Expr *, outer->expressions.count + 1);
    for (int32_t i = 0; i < outer->expressions.count; i++) {
        exprs[i] = expr_replace_symbols(o->arena, outer->expressions.items[i], map, symbols);
    }
    PlanNode *merged = plan_project(o->builder, inner->base.sources[0], outer->expressions.count,
                                    outer->base.outputs.items, exprs);
    return visit_node(o, closure, merged);
}

PlanNode *merge_projections(Optimizer *o, PlanNode *plan) {
    return plan_rewrite(o, plan, visit_node, NULL);
}
