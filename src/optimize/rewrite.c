/*
 * The passes' common tools (rewrite.h).
 */
#include "optimize/rewrite.h"

#include <string.h>

/* ---- symbol sets ---- */

void symbol_set_add(Arena *arena, SymbolSet *set, const Symbol *symbol) {
    int32_t word = symbol->id / 64;
    if (word >= set->word_count) {
        int32_t count = word + 1 + set->word_count;
        uint64_t *words = arena_new_array(arena, uint64_t, count);
        if (set->word_count > 0) {
            memcpy(words, set->words, sizeof *words * (size_t)set->word_count);
        }
        set->words = words;
        set->word_count = count;
    }
    set->words[word] |= (uint64_t)1 << (symbol->id % 64);
}

bool symbol_set_has(const SymbolSet *set, const Symbol *symbol) {
    int32_t word = symbol->id / 64;
    return word < set->word_count && (set->words[word] >> (symbol->id % 64) & 1) != 0;
}

void symbol_set_add_list(Arena *arena, SymbolSet *set, const SymbolList *list) {
    for (int32_t i = 0; i < list->count; i++) {
        symbol_set_add(arena, set, list->items[i]);
    }
}

SymbolSet symbol_set_of(Arena *arena, const SymbolList *list) {
    SymbolSet set = {0};
    symbol_set_add_list(arena, &set, list);
    return set;
}

typedef struct SetGrowth {
    Arena *arena;
    SymbolSet *set;
} SetGrowth;

static void add_visited(void *closure, const Symbol *symbol) {
    SetGrowth *growth = closure;
    symbol_set_add(growth->arena, growth->set, symbol);
}

void symbol_set_add_expr(Arena *arena, SymbolSet *set, const Expr *expr) {
    SetGrowth growth = {arena, set};
    expr_symbols(expr, add_visited, &growth);
}

typedef struct SetCheck {
    const SymbolSet *set;
    bool all_inside, any_inside;
} SetCheck;

static void check_visited(void *closure, const Symbol *symbol) {
    SetCheck *check = closure;
    bool inside = symbol_set_has(check->set, symbol);
    check->all_inside &= inside;
    check->any_inside |= inside;
}

bool expr_uses_only(const Expr *expr, const SymbolSet *set) {
    SetCheck check = {.set = set, .all_inside = true};
    expr_symbols(expr, check_visited, &check);
    return check.all_inside;
}

bool expr_uses_any(const Expr *expr, const SymbolSet *set) {
    SetCheck check = {.set = set};
    expr_symbols(expr, check_visited, &check);
    return check.any_inside;
}

/* ---- plans ---- */

PlanNode *plan_rewrite(Optimizer *o, PlanNode *node, PlanVisitor *visit, void *closure) {
    PlanNode **sources = arena_new_array(o->arena, PlanNode *, node->source_count + 1);
    for (int32_t i = 0; i < node->source_count; i++) {
        sources[i] = plan_rewrite(o, node->sources[i], visit, closure);
        if (sources[i] == NULL) {
            return NULL;
        }
    }
    return visit(o, closure, plan_with_sources(o->builder, node, sources));
}

bool plan_uses_any(const PlanNode *node, const SymbolSet *set) {
    SetCheck check = {.set = set};
    plan_used_symbols(node, check_visited, &check);
    for (int32_t i = 0; i < node->source_count && !check.any_inside; i++) {
        check.any_inside = plan_uses_any(node->sources[i], set);
    }
    return check.any_inside;
}

void plan_produced(Arena *arena, const PlanNode *node, SymbolSet *set) {
    symbol_set_add_list(arena, set, &node->outputs);
    for (int32_t i = 0; i < node->source_count; i++) {
        plan_produced(arena, node->sources[i], set);
    }
}

PlanNode *plan_duplicate(Optimizer *o, PlanNode *node, const Symbol ***ret_map,
                         int32_t *ret_map_count) {
    SymbolSet produced = {0};
    plan_produced(o->arena, node, &produced);
    int32_t count = o->builder->symbol_count;
    const Symbol **map = arena_new_array(o->arena, const Symbol *, count + 1);
    for (int32_t i = 0; i < count; i++) {
        const Symbol *symbol = o->builder->symbols[i];
        if (symbol_set_has(&produced, symbol)) {
            map[i] = plan_symbol(o->builder, symbol->name, symbol->type);
        }
    }
    *ret_map = map;
    *ret_map_count = count;
    return plan_replace_symbols(o->builder, node, map, count);
}

PlanNode *plan_extend(Optimizer *o, PlanNode *source, const Symbol *symbol, const Expr *expr) {
    int32_t count = source->outputs.count;
    const Symbol **symbols = arena_new_array(o->arena, const Symbol *, count + 1);
    const Expr **exprs = arena_new_array(o->arena, const Expr *, count + 1);
    for (int32_t i = 0; i < count; i++) {
        symbols[i] = source->outputs.items[i];
        exprs[i] = expr_symbol(o->arena, symbols[i]);
    }
    symbols[count] = symbol;
    exprs[count] = expr;
    return plan_project(o->builder, source, count + 1, symbols, exprs);
}

const Symbol *plan_add_column(Optimizer *o, PlanNode **source, const Expr *expr, const char *hint) {
    if (expr->kind == EXPR_SYMBOL && symbol_list_contains(&(*source)->outputs, expr->symbol)) {
        return expr->symbol;
    }
    const Symbol *symbol = plan_symbol(o->builder, hint, expr->type);
    *source = plan_extend(o, *source, symbol, expr);
    return symbol;
}

static bool lists_equal(const SymbolList *a, const SymbolList *b) {
    return a->count == b->count &&
           (a->count == 0 || memcmp(a->items, b->items, sizeof *a->items * (size_t)a->count) == 0);
}

PlanNode *plan_restrict(Optimizer *o, PlanNode *source, const SymbolList *symbols) {
    if (lists_equal(&source->outputs, symbols)) {
        return source;
    }
    const Expr **exprs = arena_new_array(o->arena, const Expr *, symbols->count + 1);
    for (int32_t i = 0; i < symbols->count; i++) {
        exprs[i] = expr_symbol(o->arena, symbols->items[i]);
    }
    return plan_project(o->builder, source, symbols->count, symbols->items, exprs);
}

/* Whether values that are identical (as in GROUP BY) are always equal: not NaN, nor arrays and rows
 * with NULLs inside. */
static bool hashes_as_equal(const Type *type) {
    return type->kind != TYPE_DOUBLE && type->kind != TYPE_REAL && type->layout != LAYOUT_LIST &&
           type->layout != LAYOUT_ROW;
}

void split_join_conditions(Optimizer *o, PlanNode **left, PlanNode **right,
                           const ExprList *conditions, SymbolList *left_keys,
                           SymbolList *right_keys, ExprList *rest) {
    SymbolSet left_set = symbol_set_of(o->arena, &(*left)->outputs);
    SymbolSet right_set = symbol_set_of(o->arena, &(*right)->outputs);
    for (int32_t i = 0; i < conditions->count; i++) {
        const Expr *condition = conditions->items[i];
        const Expr *a = NULL, *b = NULL;
        if (condition->kind == EXPR_COMPARISON && condition->comparison == COMPARE_EQUAL) {
            a = condition->arguments[0];
            b = condition->arguments[1];
            if (expr_uses_any(a, &right_set)) {
                const Expr *swap = a;
                a = b;
                b = swap;
            }
        }
        bool is_key = a != NULL && expr_uses_any(a, &left_set) && expr_uses_only(a, &left_set) &&
                      expr_uses_any(b, &right_set) && expr_uses_only(b, &right_set) &&
                      expr_is_deterministic(a) && expr_is_deterministic(b);
        if (is_key && !hashes_as_equal(a->type)) {
            expr_list_add(o->arena, rest,
                          condition); /* the hash table finds candidates, the condition decides */
        }
        if (is_key) {
            symbol_list_add(o->arena, left_keys, plan_add_column(o, left, a, "expr"));
            symbol_list_add(o->arena, right_keys, plan_add_column(o, right, b, "expr"));
        } else {
            expr_list_add(o->arena, rest, condition);
        }
    }
}

PlanNode *plan_join_all(Optimizer *o, JoinKind kind, PlanNode *left, PlanNode *right,
                        const ExprList *conditions) {
    SymbolList left_keys = {0}, right_keys = {0}, outputs = {0};
    ExprList rest = {0};
    for (int32_t i = 0; i < left->outputs.count; i++) {
        symbol_list_add(o->arena, &outputs, left->outputs.items[i]);
    }
    for (int32_t i = 0; i < right->outputs.count; i++) {
        symbol_list_add(o->arena, &outputs, right->outputs.items[i]);
    }
    split_join_conditions(o, &left, &right, conditions, &left_keys, &right_keys, &rest);
    return plan_join(o->builder, kind, left, right, left_keys.count, left_keys.items,
                     right_keys.items,
                     rest.count > 0 ? expr_and(o->arena, rest.count, rest.items) : NULL,
                     outputs.count, outputs.items);
}

/* ---- aggregations ---- */

const ResolvedFunction *resolve_builtin(Optimizer *o, const char *name, FunctionKind kind,
                                        int32_t count, const Type *const *types) {
    ResolvedFunction *function = NULL;
    return function_resolve(o->cx, name, 1u << kind, count, types, 0, 0, &function) == OK ? function
                                                                                          : NULL;
}

Aggregate make_aggregate(Optimizer *o, const char *function, const Symbol *argument,
                         const Symbol *filter) {
    Aggregate aggregate = {.filter = filter};
    if (argument != NULL) {
        aggregate.arguments.count = 1;
        aggregate.arguments.items = arena_new_array(o->arena, const Expr *, 1);
        aggregate.arguments.items[0] = expr_symbol(o->arena, argument);
    }
    const Type *type = argument != NULL ? argument->type : NULL;
    aggregate.function =
        resolve_builtin(o, function, FUNCTION_AGGREGATE, aggregate.arguments.count, &type);
    if (aggregate.function != NULL) {
        aggregate.symbol = plan_symbol(o->builder, function, aggregate.function->return_type);
    }
    return aggregate;
}

PlanNode *plan_aggregate(Optimizer *o, PlanNode *source, const SymbolList *keys, int32_t count,
                         const Aggregate *aggregates) {
    AggregationNode *node = (AggregationNode *)plan_node_create(o->builder, PLAN_AGGREGATION, 1);
    node->base.sources[0] = source;
    for (int32_t i = 0; i < keys->count; i++) {
        symbol_list_add(o->arena, &node->group_keys, keys->items[i]);
        symbol_list_add(o->arena, &node->base.outputs, keys->items[i]);
    }
    node->aggregates.count = count;
    node->aggregates.items = arena_copy(o->arena, aggregates, sizeof *aggregates * (size_t)count);
    for (int32_t i = 0; i < count; i++) {
        symbol_list_add(o->arena, &node->base.outputs, aggregates[i].symbol);
    }
    return &node->base;
}

PlanNode *plan_distinct(Optimizer *o, PlanNode *source) {
    return plan_aggregate(o, source, &source->outputs, 0, NULL);
}
