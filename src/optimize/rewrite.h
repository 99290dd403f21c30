/*
 * What the passes share: walking a plan, asking which symbols are produced or free in it, small
 * constructions.
 *
 * A pass is a function from a plan to a plan. Plans are trees of immutable nodes; what does not
 * change is shared.
 */
#pragma once

#include "optimize/optimizer.h"

/* What every pass works with. */
typedef struct Optimizer {
    Context *cx;
    PlanBuilder *builder;
    Arena *arena; /* the builder's */
    const OptimizerOptions *options;
} Optimizer;

/* A set of symbols by id; grows as needed. Zero-initialised is empty. */
typedef struct SymbolSet {
    uint64_t *words;
    int32_t word_count;
} SymbolSet;

void symbol_set_add(Arena *arena, SymbolSet *set, const Symbol *symbol);
void symbol_set_add_list(Arena *arena, SymbolSet *set, const SymbolList *list);
bool symbol_set_has(const SymbolSet *set, const Symbol *symbol);
void symbol_set_add_expr(Arena *arena, SymbolSet *set, const Expr *expr); /* its free symbols */
SymbolSet symbol_set_of(Arena *arena, const SymbolList *list);
bool expr_uses_only(const Expr *expr, const SymbolSet *set);
bool expr_uses_any(const Expr *expr, const SymbolSet *set);

/* Rewrites sources first, then the node itself; `visit` gives the node or its replacement, NULL
 * after a failure. */
typedef PlanNode *PlanVisitor(Optimizer *o, void *closure, PlanNode *node);
PlanNode *plan_rewrite(Optimizer *o, PlanNode *node, PlanVisitor *visit, void *closure);
/* Whether any node of the subtree refers to a symbol of the set. */
bool plan_uses_any(const PlanNode *node, const SymbolSet *set);
/* Adds every symbol that the subtree's nodes produce. */
void plan_produced(Arena *arena, const PlanNode *node, SymbolSet *set);
/* A copy of the subtree in which every produced symbol is new; *ret_map[id] is the new symbol or
 * NULL. */
PlanNode *plan_duplicate(Optimizer *o, PlanNode *node, const Symbol ***ret_map,
                         int32_t *ret_map_count);

/* source with a column for the expression: its symbol if it is one, else through a Project that
 * keeps all outputs. */
const Symbol *plan_add_column(Optimizer *o, PlanNode **source, const Expr *expr, const char *hint);
/* Only these symbols (a Project of identities), or the source itself when they are its outputs. */
PlanNode *plan_restrict(Optimizer *o, PlanNode *source, const SymbolList *symbols);
/* A Project that keeps all outputs of the source and adds one column. */
PlanNode *plan_extend(Optimizer *o, PlanNode *source, const Symbol *symbol, const Expr *expr);
PlanNode *plan_join_all(Optimizer *o, JoinKind kind, PlanNode *left, PlanNode *right,
                        const ExprList *conditions);
/* Splits equalities between one side's expressions and the other's into keys (columns are added to
 * the sides). */
void split_join_conditions(Optimizer *o, PlanNode **left, PlanNode **right,
                           const ExprList *conditions, SymbolList *left_keys,
                           SymbolList *right_keys, ExprList *rest);
/* Resolves a function by name; types as given. Does not fail for the built-in names used by rules.
 */
const ResolvedFunction *resolve_builtin(Optimizer *o, const char *name, FunctionKind kind,
                                        int32_t count, const Type *const *types);
/* A global or grouped aggregation in front of `source` with one aggregate; its symbol. */
Aggregate make_aggregate(Optimizer *o, const char *function, const Symbol *argument,
                         const Symbol *filter);
PlanNode *plan_aggregate(Optimizer *o, PlanNode *source, const SymbolList *keys, int32_t count,
                         const Aggregate *aggregates);
PlanNode *plan_distinct(Optimizer *o, PlanNode *source);

/* ---- the passes, in files of their names ---- */
PlanNode *decorrelate(Optimizer *o, PlanNode *plan);
PlanNode *simplify_expressions(Optimizer *o, PlanNode *plan);
PlanNode *rewrite_set_operations(Optimizer *o, PlanNode *plan);
PlanNode *push_predicates(Optimizer *o, PlanNode *plan);
PlanNode *prune_columns(Optimizer *o, PlanNode *plan);
PlanNode *order_joins(Optimizer *o, PlanNode *plan);
PlanNode *push_limits(Optimizer *o, PlanNode *plan);
PlanNode *merge_projections(Optimizer *o, PlanNode *plan);
PlanNode *push_into_connectors(Optimizer *o, PlanNode *plan);
PlanNode *add_dynamic_filters(Optimizer *o, PlanNode *plan);
