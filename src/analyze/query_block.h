/*
 * What a query specification collects while its expressions are analyzed, and how they are planned
 * afterwards.
 *
 * EXPR_AGGREGATE, EXPR_WINDOW, EXPR_GROUPING and EXPR_SUBQUERY carry one of the structs here in
 * `analysis`. Equal calls of one block share one struct, so that comparing expressions structurally
 * compares them too.
 */
#pragma once

#include "analyze/scope.h"

typedef struct SortKey {
    const Expr *expr;
    bool descending, nulls_first;
} SortKey;

typedef struct BlockAggregate {
    struct BlockAggregate *next;
    const FunctionCall *node;
    const ResolvedFunction *function;
    int32_t argument_count;
    const Expr **arguments;
    bool distinct;
    const Expr *filter; /* NULL: none */
    int32_t order_count;
    SortKey *order;
    bool from_order_by;   /* analyzed over ORDER BY's scope */
    const Symbol *symbol; /* once planned */
} BlockAggregate;

typedef struct ResolvedWindow {
    const Node *node; /* WindowSpecification or WindowReference of the call */
    int32_t partition_count;
    const Expr **partition;
    int32_t order_count;
    SortKey *order;
    const WindowFrame *frame; /* NULL: default */
    FrameUnit unit;
    FrameBoundKind start, end;
    const Expr *start_value, *end_value; /* NULL: none */
} ResolvedWindow;

/* What OVER or WINDOW says, with references to named windows followed. */
typedef struct WindowParts {
    const NodeList *partition_by; /* NULL: none */
    const OrderBy *order_by;
    const WindowFrame *frame;
} WindowParts;

typedef struct WindowName {
    const char *name;
    WindowParts parts;
} WindowName;

typedef struct BlockWindow {
    struct BlockWindow *next;
    const FunctionCall *node;
    const ResolvedFunction *function;
    int32_t argument_count;
    const Expr **arguments;
    bool ignore_nulls;
    bool distinct;
    bool from_order_by;
    ResolvedWindow *window;
    const Symbol *symbol;
} BlockWindow;

typedef struct BlockGrouping {
    struct BlockGrouping *next;
    const GroupingOperation *node;
    int32_t column_count;
    const Expr **columns;
} BlockGrouping;

typedef enum SubqueryForm {
    SUBQUERY_SCALAR,
    SUBQUERY_EXISTS,
    SUBQUERY_IN,
    SUBQUERY_QUANTIFIED
} SubqueryForm;

typedef struct BlockSubquery {
    struct BlockSubquery *next;
    SubqueryForm form;
    const Node *node;   /* the whole expression */
    const Scope *scope; /* it was analyzed in */
    PlanNode *plan;
    const Symbol *column; /* its value column, of the type compared; NULL for EXISTS */
    const Expr *value;    /* IN, quantified: coerced to the column's type */
    Comparison comparison;
    bool is_all;
    bool attached;
    const Symbol *result; /* once attached */
} BlockSubquery;

struct Block {
    const QuerySpecification *specification;
    const Scope *source; /* of FROM */
    BlockAggregate *aggregates;
    BlockWindow *windows;
    BlockGrouping *groupings;
    BlockSubquery *subqueries;
    int32_t window_name_count;
    WindowName *window_names; /* of the WINDOW clause */
    bool in_order_by;         /* new calls come from ORDER BY */
};

/* ---- aggregate and window calls, as they are met (function_call.c, window.c) ---- */

MUST_CHECK Status analyze_sort_items(const ExpressionContext *context, const OrderBy *order_by,
                                     int32_t *ret_count, SortKey **ret_keys);
const Expr *block_add_aggregate(Analyzer *an, Block *block, const BlockAggregate *aggregate);
const Expr *block_add_window(Analyzer *an, Block *block, const BlockWindow *window);
MUST_CHECK Status analyze_window(const ExpressionContext *context, const Node *window,
                                 ResolvedWindow **ret_window);
MUST_CHECK Status check_window_call(const ExpressionContext *context, const FunctionCall *call,
                                    const ResolvedFunction *function, const ResolvedWindow *window);
MUST_CHECK Status check_window_definitions(const ExpressionContext *context);

/* EXPRESSION_NOT_SCALAR when the expression has aggregates, windows or GROUPING outside of
 * subqueries. */
MUST_CHECK Status require_scalar(Analyzer *an, const Node *node, const char *clause);
/* The calls found in an expression, formatted: "[count(*), sum(x)]"; NULL when there are none. */
typedef struct FoundCalls {
    int32_t aggregate_count, window_count, grouping_count;
    const Node *first_aggregate, *first_window;
    const char *aggregates, *windows, *all;
} FoundCalls;
void find_calls(Analyzer *an, const Node *node, FoundCalls *ret_calls);

/* ---- subqueries (subquery.c) ---- */

MUST_CHECK Status analyze_scalar_subquery(const ExpressionContext *context,
                                          const SubqueryExpression *node, const Expr **ret_expr);
MUST_CHECK Status analyze_exists(const ExpressionContext *context, const ExistsPredicate *node,
                                 const Expr **ret_expr);
MUST_CHECK Status analyze_in_subquery(const ExpressionContext *context, const InPredicate *node,
                                      const Expr **ret_expr);
MUST_CHECK Status analyze_quantified(const ExpressionContext *context,
                                     const QuantifiedComparisonExpression *node,
                                     const Expr **ret_expr);
/* The expression with symbols for its subqueries; what computes them is added to *plan. */
const Expr *plan_subqueries(Analyzer *an, PlanNode **plan, const Expr *expr);
bool expr_has_subquery(const Expr *expr);
/* Visits the symbols that an expression needs from outside, those of its subqueries included. */
void expr_free_symbols(const Expr *expr, void (*visit)(void *closure, const Symbol *symbol),
                       void *closure);
/* The symbols that a plan uses but does not produce. */
void plan_free_symbols(const PlanNode *plan, void (*visit)(void *closure, const Symbol *symbol),
                       void *closure);
/* Those of a plan that another offers: what its join is correlated by. */
SymbolList plan_correlation(Analyzer *an, const PlanNode *plan, const SymbolList *offered);

/* ---- planning ---- */

/* Expressions that have become symbols of the plan, by structure. */
typedef struct Translation {
    int32_t count, capacity;
    const Expr **from;
    const Symbol **to;
} Translation;

void translation_add(Analyzer *an, Translation *translation, const Expr *from, const Symbol *to);
const Expr *translate(Analyzer *an, const Translation *translation, const Expr *expr);

/* Symbols for expressions, added to *plan by a Project where they are not symbols already.
 * Subqueries are planned. */
typedef struct Projection {
    Analyzer *an;
    PlanNode *plan;
    int32_t count, capacity;
    const Symbol **symbols;
    const Expr **expressions;
} Projection;

/* A projection over the plan that passes on all its outputs (keep_all), or only what is added. */
void projection_init(Projection *projection, Analyzer *an, PlanNode *plan, bool keep_all);
const Symbol *projection_add(Projection *projection, const Expr *expr, const char *hint);
/* A symbol of its own even if the expression is a symbol that is already an output. */
const Symbol *projection_add_distinct(Projection *projection, const Expr *expr, const char *hint);
/* `symbol` as the expression. */
void projection_assign(Projection *projection, const Symbol *symbol, const Expr *expr);
PlanNode *projection_finish(Projection *projection); /* the plan itself when nothing was added */
/* What a symbol for the expression is called: the column's, the function's name, or "expr". */
const char *expr_hint(const Expr *expr);

/* GROUP BY as analyzed. Sets are lists of numbers of keys. */
typedef struct KeySet {
    int32_t count;
    int32_t *keys;
} KeySet;

typedef struct GroupByAnalysis {
    bool is_aggregation;
    int32_t key_count;
    const Expr **keys; /* distinct */
    int32_t set_count; /* 1: no GroupId is needed */
    KeySet *sets;
} GroupByAnalysis;

/* A select item, expanded. */
typedef struct OutputItem {
    const Expr *expr;
    const Node *node; /* its expression; NULL: a field of * */
    const Field *star_field;
    const char *name;      /* NULL: anonymous */
    const Symbol *symbol;  /* what ORDER BY finds it by; NULL without ORDER BY */
    const Symbol *planned; /* its column of the plan */
} OutputItem;

MUST_CHECK Status analyze_group_by(const ExpressionContext *context,
                                   const QuerySpecification *specification, int32_t output_count,
                                   const OutputItem *outputs, GroupByAnalysis *ret_analysis);
/* EXPRESSION_NOT_AGGREGATE unless the expression is made of keys, aggregates and what does not vary
 * in a group. */
MUST_CHECK Status verify_aggregation(Analyzer *an, const Block *block,
                                     const GroupByAnalysis *group_by, const Expr *expr,
                                     const Node *node, const Field *star_field);
/* Adds Project, GroupId and Aggregation, and fills the translation. */
MUST_CHECK Status plan_aggregation(Analyzer *an, Block *block, const GroupByAnalysis *group_by,
                                   PlanNode **plan, Translation *translation);
/* Adds the windows of the block that are not planned yet (of ORDER BY or not). */
MUST_CHECK Status plan_windows(Analyzer *an, Block *block, bool from_order_by, PlanNode **plan,
                               Translation *translation);
/* The value of an expression without symbols, if it can be had without failing; else the
 * expression. */
const Expr *fold_constant(Analyzer *an, const Expr *expr);

/* ---- relations (relation.c, join.c, set_operation.c, view.c) ---- */

MUST_CHECK Status analyze_relation(Analyzer *an, const Node *relation, const Scope *scope,
                                   RelationPlan *ret_plan);
MUST_CHECK Status analyze_join(Analyzer *an, const Join *join, const Scope *outer,
                               RelationPlan *ret_plan);
/* The relation of UNNEST over `source` (single row when it stands alone), whose outputs are kept.
 */
MUST_CHECK Status analyze_unnest(Analyzer *an, const Unnest *unnest, const Scope *scope,
                                 PlanNode *source, JoinKind kind, RelationPlan *ret_plan);
/* The same for JSON_TABLE. */
MUST_CHECK Status analyze_json_table(Analyzer *an, const JsonTable *node, const Scope *scope,
                                     PlanNode *source, JoinKind kind, RelationPlan *ret_plan);
MUST_CHECK Status analyze_named_reference(Analyzer *an, const TableReference *node,
                                          const Scope *scope, bool *ret_found,
                                          RelationPlan *ret_plan);
SymbolList field_symbols(Analyzer *an, const RelationPlan *left, const RelationPlan *right);
MUST_CHECK Status apply_alias(Analyzer *an, const AliasedRelation *alias, RelationPlan *relation);
MUST_CHECK Status analyze_set_operation(Analyzer *an, const SetOperation *node, const Scope *scope,
                                        RelationPlan *ret_plan);
MUST_CHECK Status analyze_values(Analyzer *an, const Values *node, const Scope *scope,
                                 RelationPlan *ret_plan);
MUST_CHECK Status analyze_table_reference(Analyzer *an, const TableReference *node,
                                          const Scope *outer, RelationPlan *ret_plan);
MUST_CHECK Status analyze_table_function(Analyzer *an, const TableFunctionInvocation *node,
                                         const Scope *scope, RelationPlan *ret_plan);
MUST_CHECK Status analyze_view(Analyzer *an, const QualifiedName *name, const ResolvedTable *table,
                               const Node *position, RelationPlan *ret_plan);
/* A scan of every column; extra_column: a hidden column the connector gave (row id), after the
 * table's. */
PlanNode *plan_table_scan(Analyzer *an, Catalog *catalog, ConnectorTable *table,
                          const QualifiedName *relation, int32_t *ret_field_count,
                          Field **ret_fields);
MUST_CHECK Status analyze_with(Analyzer *an, const With *with, const Scope *scope,
                               const Scope **ret_scope);
MUST_CHECK Status analyze_query_body(Analyzer *an, const Node *body, const Scope *scope,
                                     bool is_top, RelationPlan *ret_plan);
MUST_CHECK Status analyze_query_in(Analyzer *an, const Query *query, const Scope *outer,
                                   bool is_top, RelationPlan *ret_plan);
MUST_CHECK Status analyze_query_specification(Analyzer *an, const QuerySpecification *node,
                                              const Scope *scope, bool is_top,
                                              RelationPlan *ret_plan);
/* ORDER BY, OFFSET, LIMIT over a plan whose order keys are symbols. */
typedef struct RowLimits {
    int64_t offset, limit; /* limit -1: none */
    bool with_ties;
} RowLimits;
MUST_CHECK Status analyze_limits(Analyzer *an, const Offset *offset, const Node *limit,
                                 bool has_order_by, RowLimits *ret_limits);
PlanNode *plan_order(Analyzer *an, PlanNode *plan, int32_t order_count, const SortOrder *order,
                     const RowLimits *limits);
PlanNode *plan_distinct_rows(Analyzer *an, PlanNode *plan);
/* A projection to the visible fields, each with a symbol of its own. */
PlanNode *plan_visible(Analyzer *an, RelationPlan *relation);
PlanNode *plan_single_row(Analyzer *an); /* Values of one row without columns */
/* Columns cast to `types`; fields get the new symbols. */
void plan_coerce_columns(Analyzer *an, RelationPlan *relation, const Type *const *types);

/* ---- recursion guard ---- */

MUST_CHECK Status analyzer_enter(Analyzer *an);
static inline void analyzer_leave(Analyzer *an) {
    an->depth--;
}

/* `return FAIL_NODE(an, CODE, node, "...")` */
#define FAIL_NODE(an, code, node, ...)                                                             \
    FAIL_AT((an)->cx, (code), (node)->line, (node)->column, __VA_ARGS__)
