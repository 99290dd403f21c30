/*
 * Typed expressions: constructors, questions and rewriting. A rewrite that changes nothing gives
 * back the very node it was given, so that rules can tell by pointer whether they did something.
 * AND and OR are kept flat by their constructors.
 */
#include <assert.h>

#include "function/cast.h"
#include "plan/expr.h"

static Expr *expr_new(Arena *arena, ExprKind kind, const Type *type, int32_t count,
                      const Expr *const *arguments) {
    Expr *expr = arena_new(arena, Expr);
    expr->kind = kind;
    expr->type = type;
    expr->argument_count = count;
    if (count > 0) {
        expr->arguments = arena_copy(arena, arguments, sizeof(Expr *) * (size_t)count);
    }
    return expr;
}

static void unref_vector(void *vector) {
    vector_unref(vector);
}

Expr *expr_constant(Arena *arena, const Vector *value) {
    assert(value->length >= 1);
    Vector *one = value->encoding == ENCODING_CONSTANT && value->length == 1
                      ? vector_ref((Vector *)value)
                      : vector_create_constant(value, 0, 1);
    Expr *expr = expr_new(arena, EXPR_CONSTANT, value->type, 0, NULL);
    expr->value = one;
    arena_on_free(arena, unref_vector, one);
    return expr;
}

static Expr *expr_own_constant(Arena *arena, Vector *value) {
    value->encoding = ENCODING_CONSTANT;
    Expr *expr = expr_new(arena, EXPR_CONSTANT, value->type, 0, NULL);
    expr->value = value;
    arena_on_free(arena, unref_vector, value);
    return expr;
}

Expr *expr_null(Arena *arena, const Type *type) {
    return expr_own_constant(arena, vector_create_null(type, 1));
}

Expr *expr_boolean(Arena *arena, bool value) {
    Vector *vector = vector_create(type_simple(TYPE_BOOLEAN), 1);
    VECTOR_DATA(vector, uint8_t)[0] = value;
    return expr_own_constant(arena, vector);
}

Expr *expr_bigint(Arena *arena, int64_t value) {
    Vector *vector = vector_create(type_simple(TYPE_BIGINT), 1);
    VECTOR_DATA(vector, int64_t)[0] = value;
    return expr_own_constant(arena, vector);
}

Expr *expr_symbol(Arena *arena, const Symbol *symbol) {
    Expr *expr = expr_new(arena, EXPR_SYMBOL, symbol->type, 0, NULL);
    expr->symbol = symbol;
    return expr;
}

Expr *expr_call(Arena *arena, const ResolvedFunction *function, int32_t count,
                const Expr *const *arguments) {
    Expr *expr = expr_new(arena, EXPR_CALL, function->return_type, count, arguments);
    expr->function = function;
    return expr;
}

Expr *expr_cast(Arena *arena, const Expr *value, const Type *type) {
    return value->type == type ? (Expr *)value : expr_new(arena, EXPR_CAST, type, 1, &value);
}

Expr *expr_comparison(Arena *arena, Comparison comparison, const Expr *left, const Expr *right) {
    Expr *expr = expr_new(arena, EXPR_COMPARISON, type_simple(TYPE_BOOLEAN), 2,
                          (const Expr *const[]){left, right});
    expr->comparison = comparison;
    return expr;
}

static void add_terms(Arena *arena, ExprKind kind, const Expr *expr, ExprList *list) {
    if (expr->kind != kind) {
        expr_list_add(arena, list, expr);
        return;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        add_terms(arena, kind, expr->arguments[i], list);
    }
}

static Expr *logic(Arena *arena, ExprKind kind, int32_t count, const Expr *const *terms) {
    ExprList list = {0};
    for (int32_t i = 0; i < count; i++) {
        add_terms(arena, kind, terms[i], &list);
    }
    if (list.count == 0) {
        return expr_boolean(arena, kind == EXPR_AND);
    }
    if (list.count == 1) {
        return (Expr *)list.items[0];
    }
    return expr_new(arena, kind, type_simple(TYPE_BOOLEAN), list.count, list.items);
}

Expr *expr_and(Arena *arena, int32_t count, const Expr *const *terms) {
    return logic(arena, EXPR_AND, count, terms);
}

Expr *expr_or(Arena *arena, int32_t count, const Expr *const *terms) {
    return logic(arena, EXPR_OR, count, terms);
}

Expr *expr_not(Arena *arena, const Expr *value) {
    return expr_new(arena, EXPR_NOT, type_simple(TYPE_BOOLEAN), 1, &value);
}

Expr *expr_is_null(Arena *arena, const Expr *value) {
    return expr_new(arena, EXPR_IS_NULL, type_simple(TYPE_BOOLEAN), 1, &value);
}

Expr *expr_special(Arena *arena, ExprKind kind, const Type *type, int32_t count,
                   const Expr *const *arguments) {
    return expr_new(arena, kind, type, count, arguments);
}

Expr *expr_with_arguments(Arena *arena, const Expr *expr, const Expr *const *arguments) {
    Expr *copy = arena_copy(arena, expr, sizeof *expr);
    if (expr->argument_count > 0) {
        copy->arguments =
            arena_copy(arena, arguments, sizeof(Expr *) * (size_t)expr->argument_count);
    }
    return copy;
}

/* ---- asking ---- */

bool expr_is_deterministic(const Expr *expr) {
    if (expr->kind == EXPR_CALL && !expr->function->deterministic) {
        return false;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        if (!expr_is_deterministic(expr->arguments[i])) {
            return false;
        }
    }
    return true;
}

/* Order of arrays and rows fails on NULL elements; everything else compares without failing. */
static bool comparison_may_fail(Comparison comparison, const Type *type) {
    bool ordered = comparison >= COMPARE_LESS && comparison <= COMPARE_GREATER_OR_EQUAL;
    return ordered && type->child_count > 0;
}

static bool node_may_fail(const Expr *expr) {
    switch (expr->kind) {
    case EXPR_CALL: {
        unsigned infallible = FUNCTION_INFALLIBLE | FUNCTION_INFALLIBLE_DENSE;
        return expr->function->kind != FUNCTION_SCALAR ||
               (expr->function->scalar->flags & infallible) == 0;
    }
    case EXPR_CAST:
        return cast_may_fail(expr->arguments[0]->type, expr->type);
    case EXPR_COMPARISON:
        return comparison_may_fail(expr->comparison, expr->arguments[0]->type);
    case EXPR_BETWEEN:
        return comparison_may_fail(COMPARE_LESS, expr->arguments[0]->type);
    case EXPR_SUBQUERY:
    case EXPR_AGGREGATE:
    case EXPR_WINDOW:
    case EXPR_GROUPING:
        return true;
    default:
        return false;
    }
}

bool expr_may_fail(const Expr *expr) {
    if (node_may_fail(expr)) {
        return true;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        if (expr_may_fail(expr->arguments[i])) {
            return true;
        }
    }
    return false;
}

bool expr_is_constant_null(const Expr *expr) {
    return expr->kind == EXPR_CONSTANT && vector_is_null(expr->value, 0);
}

static bool is_boolean_constant(const Expr *expr, bool value) {
    return expr->kind == EXPR_CONSTANT && expr->type->kind == TYPE_BOOLEAN &&
           !vector_is_null(expr->value, 0) && (VECTOR_DATA(expr->value, uint8_t)[0] != 0) == value;
}

bool expr_is_true(const Expr *expr) {
    return is_boolean_constant(expr, true);
}

bool expr_is_false(const Expr *expr) {
    return is_boolean_constant(expr, false);
}

/* Lambdas around the node being visited: their parameters are bound. */
typedef struct Scope {
    const struct Scope *outer;
    const SymbolList *parameters;
} Scope;

static bool scope_binds(const Scope *scope, const Symbol *symbol) {
    for (; scope != NULL; scope = scope->outer) {
        for (int32_t i = 0; i < scope->parameters->count; i++) {
            if (scope->parameters->items[i] == symbol) {
                return true;
            }
        }
    }
    return false;
}

static void visit_symbols(const Expr *expr, const Scope *scope,
                          void (*visit)(void *closure, const Symbol *symbol), void *closure) {
    if (expr->kind == EXPR_SYMBOL) {
        if (!scope_binds(scope, expr->symbol)) {
            visit(closure, expr->symbol);
        }
        return;
    }
    Scope inner = {scope, NULL};
    if (expr->kind == EXPR_LAMBDA) {
        inner.parameters = expr->parameters;
        scope = &inner;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        visit_symbols(expr->arguments[i], scope, visit, closure);
    }
}

void expr_symbols(const Expr *expr, void (*visit)(void *closure, const Symbol *symbol),
                  void *closure) {
    visit_symbols(expr, NULL, visit, closure);
}

/* ---- rewriting ---- */

enum { ARGUMENTS_ON_STACK = 4 };

const Expr *expr_rewrite(Arena *arena, const Expr *expr,
                         const Expr *(*rewrite)(Arena *arena, void *closure, const Expr *expr),
                         void *closure) {
    const Expr *few[ARGUMENTS_ON_STACK];
    int32_t count = expr->argument_count;
    const Expr **arguments =
        count <= ARGUMENTS_ON_STACK ? few : arena_new_array(arena, const Expr *, count);
    bool changed = false;
    for (int32_t i = 0; i < count; i++) {
        arguments[i] = expr_rewrite(arena, expr->arguments[i], rewrite, closure);
        changed |= arguments[i] != expr->arguments[i];
    }
    if (changed) {
        bool is_logic = expr->kind == EXPR_AND || expr->kind == EXPR_OR;
        expr = is_logic ? logic(arena, expr->kind, count, arguments)
                        : expr_with_arguments(arena, expr, arguments);
    }
    return rewrite(arena, closure, expr);
}

typedef struct SymbolMap {
    const Expr *const *map;
    int32_t count;
} SymbolMap;

static const Expr *replace_symbol(Arena *arena, void *closure, const Expr *expr) {
    const SymbolMap *symbols = closure;
    if (expr->kind != EXPR_SYMBOL || expr->symbol->id < 0 || expr->symbol->id >= symbols->count) {
        return expr;
    }
    const Expr *replacement = symbols->map[expr->symbol->id];
    return replacement != NULL ? replacement : expr;
}

const Expr *expr_replace_symbols(Arena *arena, const Expr *expr, const Expr *const *map,
                                 int32_t map_count) {
    SymbolMap symbols = {map, map_count};
    return expr_rewrite(arena, expr, replace_symbol, &symbols);
}

void expr_list_add(Arena *arena, ExprList *list, const Expr *expr) {
    if (list->count == list->capacity) {
        int32_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        const Expr **items = arena_new_array(arena, const Expr *, capacity);
        if (list->count > 0) {
            memcpy(items, list->items, sizeof(Expr *) * (size_t)list->count);
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = expr;
}

void expr_conjuncts(Arena *arena, const Expr *expr, ExprList *list) {
    add_terms(arena, EXPR_AND, expr, list);
}
