/*
 * Typed expressions: what the analyzer makes of SQL, what rules rewrite, what src/expr compiles.
 *
 * Immutable, in the plan's arena, shared freely. Columns are Symbols: a query-wide name with a
 * type, produced by exactly one plan node (a node that passes a column on passes its symbol on). No
 * implicit coercion is left: casts are explicit. EXPR_SUBQUERY, EXPR_AGGREGATE, EXPR_WINDOW and
 * EXPR_GROUPING exist only inside the analyzer, before a query's plan is built.
 */
#pragma once

#include "function/function.h"
#include "function/kernels/compare.h"

/* A column of the plan. Compared by pointer. */
typedef struct Symbol {
    int32_t id; /* dense, per plan */
    const char
        *name; /* unique in the plan: "name", "name_3", "expr", "sum_1": what EXPLAIN prints */
    const Type *type;
} Symbol;

typedef struct SymbolList {
    int32_t count;
    const Symbol **items;
    int32_t capacity; /* slots behind items that symbol_list_add may fill, 0 when unknown; unused
                         ones are NULL */
} SymbolList;

typedef enum ExprKind {
    EXPR_CONSTANT,   /* value */
    EXPR_SYMBOL,     /* symbol */
    EXPR_CALL,       /* function(arguments) */
    EXPR_CAST,       /* arguments[0] to type; is_try: TRY_CAST */
    EXPR_COMPARISON, /* comparison of arguments[0], arguments[1], of one type */
    EXPR_BETWEEN,    /* arguments: value, low, high */
    EXPR_IN,         /* arguments[0] in arguments[1..] */
    EXPR_IS_NULL,    /* arguments[0] */
    EXPR_NOT,
    EXPR_AND, /* two or more arguments */
    EXPR_OR,
    EXPR_IF,     /* condition, then, else (a NULL constant when SQL had none) */
    EXPR_CASE,   /* searched: when1, then1, when2, then2, ..., default (always present) */
    EXPR_SWITCH, /* simple: operand, when1, then1, ..., default */
    EXPR_COALESCE,
    EXPR_NULLIF, /* value, compared value; both are compared as comparison_type */
    EXPR_TRY,
    EXPR_ROW,    /* row constructor: arguments are the fields of type */
    EXPR_ARRAY,  /* array constructor: arguments are the elements */
    EXPR_FIELD,  /* field `field_index` (0-based) of row arguments[0] */
    EXPR_LAMBDA, /* parameters -> arguments[0]; free symbols are captured */
    /* analyzer only */
    EXPR_SUBQUERY, /* form, plan */
    EXPR_AGGREGATE,
    EXPR_WINDOW,
    EXPR_GROUPING,
} ExprKind;

typedef struct Expr Expr;

struct Expr {
    ExprKind kind;
    const Type *type;
    int32_t argument_count;
    const Expr *const *arguments;
    int32_t line, column; /* of the SQL it came from, 0 when none */
    union {
        const Vector *value; /* CONSTANT vector of length 1 */
        const Symbol *symbol;
        const ResolvedFunction *function;
        Comparison comparison;
        bool is_try;
        int32_t field_index;
        const SymbolList *parameters; /* EXPR_LAMBDA */
        const Type *comparison_type;  /* EXPR_NULLIF: type both sides are compared as */
        void *analysis;               /* analyzer-only kinds: its own struct */
    };
};

/* ---- making expressions (in `arena`) ---- */

Expr *expr_constant(Arena *arena,
                    const Vector *value); /* value is referenced until the arena is freed */
Expr *expr_null(Arena *arena, const Type *type);
Expr *expr_boolean(Arena *arena, bool value);
Expr *expr_bigint(Arena *arena, int64_t value);
Expr *expr_symbol(Arena *arena, const Symbol *symbol);
Expr *expr_call(Arena *arena, const ResolvedFunction *function, int32_t count,
                const Expr *const *arguments);
Expr *expr_cast(Arena *arena, const Expr *value,
                const Type *type); /* value itself when it has the type */
Expr *expr_comparison(Arena *arena, Comparison comparison, const Expr *left, const Expr *right);
Expr *expr_and(Arena *arena, int32_t count,
               const Expr *const *terms); /* flattens; TRUE for none; the term for one */
Expr *expr_or(Arena *arena, int32_t count, const Expr *const *terms);
Expr *expr_not(Arena *arena, const Expr *value);
Expr *expr_is_null(Arena *arena, const Expr *value);
Expr *expr_special(Arena *arena, ExprKind kind, const Type *type, int32_t count,
                   const Expr *const *arguments);
Expr *expr_with_arguments(Arena *arena, const Expr *expr,
                          const Expr *const *arguments); /* a copy with others */

/* ---- asking and rewriting ---- */

bool expr_equal(const Expr *a,
                const Expr *b); /* structurally; nondeterministic calls are never equal */
uint64_t expr_hash(const Expr *expr);
bool expr_is_deterministic(const Expr *expr);
bool expr_may_fail(const Expr *expr); /* could raise an error for some input */
bool expr_is_constant_null(const Expr *expr);
bool expr_is_true(const Expr *expr);
bool expr_is_false(const Expr *expr);
/* Visits the free symbols (lambda parameters are bound). */
void expr_symbols(const Expr *expr, void (*visit)(void *closure, const Symbol *symbol),
                  void *closure);
/* Bottom-up: `rewrite` gets each node with rewritten arguments and gives it or its replacement. */
const Expr *expr_rewrite(Arena *arena, const Expr *expr,
                         const Expr *(*rewrite)(Arena *arena, void *closure, const Expr *expr),
                         void *closure);
/* Replaces symbols: map[symbol->id] is the replacement or NULL; map has map_count entries. */
const Expr *expr_replace_symbols(Arena *arena, const Expr *expr, const Expr *const *map,
                                 int32_t map_count);
/* The conjuncts of an expression (itself when it is no AND), appended to *list. */
typedef struct ExprList {
    int32_t count, capacity;
    const Expr **items;
} ExprList;
void expr_list_add(Arena *arena, ExprList *list, const Expr *expr);
void expr_conjuncts(Arena *arena, const Expr *expr, ExprList *list);
/* As EXPLAIN prints it, in Trino's form: `(name = varchar(25) 'FRANCE')`. */
const char *expr_format(Arena *arena, const Expr *expr);
