/*
 * Copying plans with fresh symbols, and the free symbols of plans: those that are used in it and
 * come from outside.
 */
#include "analyze/plan_copy.h"

#include <stdlib.h>

#include "analyze/query_block.h"
#include "base/allocate.h"

/* ---- fresh copies ---- */

static void rename_outputs(PlanBuilder *builder, const PlanNode *node, PlanCopy *copy) {
    for (int32_t i = 0; i < node->source_count; i++) {
        rename_outputs(builder, node->sources[i], copy);
    }
    for (int32_t i = 0; i < node->outputs.count; i++) {
        const Symbol *symbol = node->outputs.items[i];
        if (symbol->id < copy->map_count && copy->map[symbol->id] == NULL) {
            copy->map[symbol->id] = plan_symbol(builder, symbol->name, symbol->type);
        }
    }
}

typedef struct Recursions {
    int32_t count;
    int32_t from[64], to[64];
} Recursions;

static int32_t fresh_recursion(PlanBuilder *builder, Recursions *recursions, int32_t id) {
    for (int32_t i = 0; i < recursions->count; i++) {
        if (recursions->from[i] == id) {
            return recursions->to[i];
        }
    }
    if (recursions->count == 64) {
        return id;
    }
    recursions->from[recursions->count] = id;
    recursions->to[recursions->count] = builder->next_recursion_id++;
    return recursions->to[recursions->count++];
}

/* Recursion ids first below the union that defines them: the union is met before its references. */
static void renumber(PlanBuilder *builder, PlanNode *node, Recursions *recursions) {
    node->id = builder->next_node_id++;
    if (node->kind == PLAN_RECURSIVE_UNION) {
        RecursiveUnionNode *recursion = (RecursiveUnionNode *)node;
        recursion->recursion_id = fresh_recursion(builder, recursions, recursion->recursion_id);
    } else if (node->kind == PLAN_RECURSIVE_REFERENCE) {
        RecursiveReferenceNode *reference = (RecursiveReferenceNode *)node;
        for (int32_t i = 0; i < recursions->count; i++) {
            if (recursions->from[i] == reference->recursion_id) {
                reference->recursion_id = recursions->to[i];
                break;
            }
        }
    }
    for (int32_t i = 0; i < node->source_count; i++) {
        renumber(builder, node->sources[i], recursions);
    }
}

PlanCopy plan_copy_fresh(PlanBuilder *builder, const PlanNode *plan) {
    PlanCopy copy = {.map_count = builder->symbol_count};
    copy.map = arena_new_array(builder->arena, const Symbol *, copy.map_count);
    rename_outputs(builder, plan, &copy);
    copy.plan = plan_replace_symbols(builder, (PlanNode *)plan, copy.map, copy.map_count);
    Recursions recursions = {0};
    renumber(builder, copy.plan, &recursions);
    return copy;
}

const Symbol *plan_copy_symbol(const PlanCopy *copy, const Symbol *symbol) {
    const Symbol *replacement = symbol->id < copy->map_count ? copy->map[symbol->id] : NULL;
    return replacement == NULL ? symbol : replacement;
}

/* ---- free symbols ---- */

typedef struct FreeSymbols {
    const SymbolList *
        *offered; /* outputs in sight: of the sources, and of outer inputs of correlated nodes */
    int32_t offered_count, offered_capacity;
    void (*visit)(void *closure, const Symbol *symbol);
    void *closure;
} FreeSymbols;

static void offer(FreeSymbols *search, const SymbolList *list) {
    if (search->offered_count == search->offered_capacity) {
        search->offered_capacity =
            search->offered_capacity == 0 ? 16 : search->offered_capacity * 2;
        search->offered =
            reallocate(search->offered, sizeof *search->offered * (size_t)search->offered_capacity);
    }
    search->offered[search->offered_count++] = list;
}

static void use(void *closure, const Symbol *symbol) {
    const FreeSymbols *search = closure;
    for (int32_t i = search->offered_count - 1; i >= 0; i--) {
        if (symbol_list_contains(search->offered[i], symbol)) {
            return;
        }
    }
    search->visit(search->closure, symbol);
}

static void search_free(FreeSymbols *search, const PlanNode *node) {
    bool correlated = node->kind == PLAN_CORRELATED_JOIN || node->kind == PLAN_APPLY;
    for (int32_t i = 0; i < node->source_count; i++) {
        int32_t before = search->offered_count;
        if (correlated && i == 1) {
            offer(search, &node->sources[0]->outputs);
        }
        search_free(search, node->sources[i]);
        search->offered_count = before;
    }
    int32_t before = search->offered_count;
    for (int32_t i = 0; i < node->source_count; i++) {
        offer(search, &node->sources[i]->outputs);
    }
    plan_used_symbols(node, use, search);
    search->offered_count = before;
}

void plan_free_symbols(const PlanNode *plan, void (*visit)(void *closure, const Symbol *symbol),
                       void *closure) {
    FreeSymbols search = {.visit = visit, .closure = closure};
    search_free(&search, plan);
    free(search.offered);
}

typedef struct Correlation {
    Arena *arena;
    const SymbolList *offered;
    SymbolList found;
} Correlation;

static void note_correlation(void *closure, const Symbol *symbol) {
    Correlation *correlation = closure;
    if (symbol_list_contains(correlation->offered, symbol) &&
        !symbol_list_contains(&correlation->found, symbol)) {
        symbol_list_add(correlation->arena, &correlation->found, symbol);
    }
}

SymbolList plan_correlation(Analyzer *an, const PlanNode *plan, const SymbolList *offered) {
    Correlation correlation = {.arena = an->arena, .offered = offered};
    plan_free_symbols(plan, note_correlation, &correlation);
    return correlation.found;
}

void expr_free_symbols(const Expr *expr, void (*visit)(void *closure, const Symbol *symbol),
                       void *closure) {
    if (expr->kind == EXPR_SUBQUERY) {
        const BlockSubquery *subquery = expr->analysis;
        plan_free_symbols(subquery->plan, visit, closure);
        if (subquery->value != NULL) {
            expr_free_symbols(subquery->value, visit, closure);
        }
        return;
    }
    if (!expr_has_subquery(expr)) {
        expr_symbols(expr, visit, closure);
        return;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        expr_free_symbols(expr->arguments[i], visit, closure);
    }
}
