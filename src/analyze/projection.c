/*
 * From expressions to symbols: projections that give expressions symbols, and translations that
 * replace expressions by the symbols they have become.
 */
#include "analyze/query_block.h"

/* ---- projections ---- */

static void grow(Projection *projection) {
    int32_t capacity = projection->capacity == 0 ? 16 : projection->capacity * 2;
    Arena *arena = projection->an->arena;
    const Symbol **symbols = arena_new_array(arena, const Symbol *, capacity);
    const Expr **expressions = arena_new_array(arena, const Expr *, capacity);
    if (projection->count > 0) {
        memcpy(symbols, projection->symbols, sizeof *symbols * (size_t)projection->count);
        memcpy(expressions, projection->expressions,
               sizeof *expressions * (size_t)projection->count);
    }
    projection->symbols = symbols;
    projection->expressions = expressions;
    projection->capacity = capacity;
}

static void assign(Projection *projection, const Symbol *symbol, const Expr *expr) {
    if (projection->count == projection->capacity) {
        grow(projection);
    }
    projection->symbols[projection->count] = symbol;
    projection->expressions[projection->count++] = expr;
}

void projection_init(Projection *projection, Analyzer *an, PlanNode *plan, bool keep_all) {
    *projection = (Projection){.an = an, .plan = plan};
    for (int32_t i = 0; keep_all && i < plan->outputs.count; i++) {
        const Symbol *symbol = plan->outputs.items[i];
        assign(projection, symbol, expr_symbol(an->arena, symbol));
    }
}

const char *expr_hint(const Expr *expr) {
    switch (expr->kind) {
    case EXPR_SYMBOL:
        return expr->symbol->name;
    case EXPR_CALL:
        return expr->function->name[0] == '$' ? "expr" : expr->function->name;
    case EXPR_CAST:
        return expr_hint(expr->arguments[0]);
    default:
        return "expr";
    }
}

/* What the plan of the projection had before; added columns are found by their expression. */
static const Symbol *find(const Projection *projection, const Expr *expr) {
    for (int32_t i = 0; i < projection->count; i++) {
        const Expr *assigned = projection->expressions[i];
        if (expr->kind == EXPR_SYMBOL && projection->symbols[i] == expr->symbol) {
            return expr->symbol;
        }
        if (assigned->kind == expr->kind && assigned->type == expr->type &&
            expr_equal(assigned, expr)) {
            return projection->symbols[i];
        }
    }
    return NULL;
}

/* Subqueries join the plan below; under a projection that keeps everything, their results are
 * passed on too. */
static const Expr *without_subqueries(Projection *projection, const Expr *expr) {
    return expr_has_subquery(expr) ? plan_subqueries(projection->an, &projection->plan, expr)
                                   : expr;
}

/* A column of the plan below, as opposed to one of an outer query, which needs a symbol of its own
 * here. */
static bool is_output(const Projection *projection, const Expr *expr) {
    return expr->kind == EXPR_SYMBOL &&
           symbol_list_contains(&projection->plan->outputs, expr->symbol);
}

static const Symbol *new_symbol(Projection *projection, const Expr *expr, const char *hint) {
    return plan_symbol(projection->an->builder, hint != NULL ? hint : expr_hint(expr), expr->type);
}

/* The column `symbol` as the expression, under a name chosen before. */
void projection_assign(Projection *projection, const Symbol *symbol, const Expr *expr) {
    assign(projection, symbol, without_subqueries(projection, expr));
}

const Symbol *projection_add(Projection *projection, const Expr *expr, const char *hint) {
    expr = without_subqueries(projection, expr);
    const Symbol *symbol = find(projection, expr);
    if (symbol == NULL) {
        symbol = is_output(projection, expr) ? expr->symbol : new_symbol(projection, expr, hint);
        assign(projection, symbol, expr);
    }
    return symbol;
}

const Symbol *projection_add_distinct(Projection *projection, const Expr *expr, const char *hint) {
    expr = without_subqueries(projection, expr);
    bool is_free = is_output(projection, expr) && find(projection, expr) == NULL;
    const Symbol *symbol = is_free ? expr->symbol : new_symbol(projection, expr, hint);
    assign(projection, symbol, expr);
    return symbol;
}

PlanNode *projection_finish(Projection *projection) {
    bool same = projection->count == projection->plan->outputs.count;
    for (int32_t i = 0; same && i < projection->count; i++) {
        same = projection->symbols[i] == projection->plan->outputs.items[i] &&
               projection->expressions[i]->kind == EXPR_SYMBOL &&
               projection->expressions[i]->symbol == projection->symbols[i];
    }
    return same ? projection->plan
                : plan_project(projection->an->builder, projection->plan, projection->count,
                               projection->symbols, projection->expressions);
}

/* ---- translations ---- */

void translation_add(Analyzer *an, Translation *translation, const Expr *from, const Symbol *to) {
    if (translation->count == translation->capacity) {
        int32_t capacity = translation->capacity == 0 ? 8 : translation->capacity * 2;
        const Expr **froms = arena_new_array(an->arena, const Expr *, capacity);
        const Symbol **tos = arena_new_array(an->arena, const Symbol *, capacity);
        if (translation->count > 0) {
            memcpy(froms, translation->from, sizeof *froms * (size_t)translation->count);
            memcpy(tos, translation->to, sizeof *tos * (size_t)translation->count);
        }
        translation->from = froms;
        translation->to = tos;
        translation->capacity = capacity;
    }
    translation->from[translation->count] = from;
    translation->to[translation->count++] = to;
}

static const Symbol *translated(const Translation *translation, const Expr *expr) {
    for (int32_t i = 0; i < translation->count; i++) {
        const Expr *from = translation->from[i];
        if (from->kind == expr->kind && from->type == expr->type && expr_equal(from, expr)) {
            return translation->to[i];
        }
    }
    return NULL;
}

/* A subquery whose outer columns have become other symbols. */
static const Expr *translate_subquery(Analyzer *an, const Translation *translation,
                                      const Expr *expr) {
    const BlockSubquery *subquery = expr->analysis;
    int32_t count = an->builder->symbol_count;
    const Symbol **map = arena_new_array(an->arena, const Symbol *, count);
    bool changes = false;
    for (int32_t i = 0; i < translation->count; i++) {
        const Expr *from = translation->from[i];
        if (from->kind == EXPR_SYMBOL && from->symbol != translation->to[i]) {
            map[from->symbol->id] = translation->to[i];
            changes = true;
        }
    }
    const Expr *value =
        subquery->value == NULL ? NULL : translate(an, translation, subquery->value);
    if (!changes && value == subquery->value) {
        return expr;
    }
    BlockSubquery *copy = arena_copy(an->arena, subquery, sizeof *subquery);
    copy->value = value;
    if (changes) {
        copy->plan = plan_replace_symbols(an->builder, subquery->plan, map, count);
    }
    Expr *result = arena_copy(an->arena, expr, sizeof *expr);
    result->analysis = copy;
    return result;
}

const Expr *translate(Analyzer *an, const Translation *translation, const Expr *expr) {
    const Symbol *symbol = translated(translation, expr);
    if (symbol != NULL) {
        Expr *result = expr_symbol(an->arena, symbol);
        result->line = expr->line;
        result->column = expr->column;
        return result;
    }
    if (expr->kind == EXPR_SUBQUERY) {
        return translate_subquery(an, translation, expr);
    }
    const Expr **arguments = NULL;
    for (int32_t i = 0; i < expr->argument_count; i++) {
        const Expr *argument = translate(an, translation, expr->arguments[i]);
        if (argument != expr->arguments[i] && arguments == NULL) {
            arguments = arena_copy(an->arena, expr->arguments,
                                   sizeof(const Expr *) * (size_t)expr->argument_count);
        }
        if (arguments != NULL) {
            arguments[i] = argument;
        }
    }
    return arguments == NULL ? expr : expr_with_arguments(an->arena, expr, arguments);
}

/* ---- constants ---- */

static void note_symbol(void *closure, const Symbol *symbol) {
    *(bool *)closure = true;
}

static bool is_of_analyzer(const Expr *expr) {
    if (expr->kind >= EXPR_SUBQUERY) {
        return true;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        if (is_of_analyzer(expr->arguments[i])) {
            return true;
        }
    }
    return false;
}

const Expr *fold_constant(Analyzer *an, const Expr *expr) {
    bool has_symbols = false;
    if (expr->kind == EXPR_CONSTANT || expr->kind == EXPR_LAMBDA || is_of_analyzer(expr) ||
        !expr_is_deterministic(expr)) {
        return expr;
    }
    expr_symbols(expr, note_symbol, &has_symbols);
    if (has_symbols) {
        return expr;
    }
    Vector *value;
    if (expr_evaluate(an->cx, expr, &value) != OK) {
        context_clear_error(an->cx);
        return expr;
    }
    Expr *constant = expr_constant(an->arena, value);
    vector_unref(value);
    constant->line = expr->line;
    constant->column = expr->column;
    return constant;
}
