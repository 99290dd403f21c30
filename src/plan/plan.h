/*
 * The logical and physical plan: immutable nodes in an arena, made from plan.def.
 *
 * Rules replace nodes, they never change them. A node's `outputs` are the symbols it produces, in
 * order. Symbols are unique in a plan; a node passes a symbol on unless it says otherwise. `id` is
 * unique in a plan and survives rewriting where a node is replaced by its like, so that statistics
 * and EXPLAIN ANALYZE can be matched.
 */
#pragma once

#include "plan/expr.h"
#include "warren/connector.h"

struct Catalog;

typedef enum PlanKind {
#define PLAN_NODE(Name, NAME) PLAN_##NAME,
#define FIELD(Kind, name)
#define PLAN_NODE_END(Name)
#include "plan/plan.def"
#undef PLAN_NODE
#undef FIELD
#undef PLAN_NODE_END
    PLAN_KIND_COUNT,
} PlanKind;

typedef enum AggregationStep {
    AGGREGATION_SINGLE,
    AGGREGATION_PARTIAL,
    AGGREGATION_INTERMEDIATE,
    AGGREGATION_FINAL
} AggregationStep;
typedef enum JoinKind {
    INNER_JOIN,
    LEFT_JOIN,
    RIGHT_JOIN,
    FULL_JOIN
} JoinKind; /* INNER without keys and filter: cross */
typedef enum JoinDistribution {
    DISTRIBUTION_AUTOMATIC,
    DISTRIBUTION_PARTITIONED,
    DISTRIBUTION_REPLICATED
} JoinDistribution;
typedef enum SemiJoinKind { SEMI_JOIN_SEMI, SEMI_JOIN_ANTI, SEMI_JOIN_MARK } SemiJoinKind;
typedef enum ApplyKind { APPLY_EXISTS, APPLY_IN, APPLY_ANY, APPLY_ALL } ApplyKind;
typedef enum RankingKind { RANKING_ROW_NUMBER, RANKING_RANK, RANKING_DENSE_RANK } RankingKind;
typedef enum SetKind { UNION_SET, INTERSECT_SET, EXCEPT_SET } SetKind;
typedef enum ExchangeKind {
    EXCHANGE_GATHER,
    EXCHANGE_REPARTITION,
    EXCHANGE_REPLICATE,
    EXCHANGE_ROUND_ROBIN
} ExchangeKind;

/* ---- field kinds of plan.def ---- */

typedef struct ExprArray {
    int32_t count;
    const Expr **items;
} ExprArray;
typedef struct IntegerArray {
    int32_t count;
    int32_t *items;
} IntegerArray;
typedef struct TextArray {
    int32_t count;
    const char **items;
} TextArray;
typedef struct SymbolListArray {
    int32_t count;
    SymbolList *items;
} SymbolListArray;

typedef struct SortOrder {
    const Symbol *symbol;
    bool descending, nulls_first;
} SortOrder;
typedef struct SortOrderArray {
    int32_t count;
    SortOrder *items;
} SortOrderArray;

typedef struct Aggregate {
    const Symbol *symbol; /* its result */
    const ResolvedFunction *function;
    ExprArray arguments; /* symbols, constants or lambdas */
    bool distinct;
    const Symbol *filter;    /* boolean: only TRUE rows count; NULL: all */
    SortOrderArray order_by; /* array_agg(x ORDER BY y) */
} Aggregate;
typedef struct AggregateArray {
    int32_t count;
    Aggregate *items;
} AggregateArray;

typedef enum FrameUnit { ROWS_FRAME, RANGE_FRAME, GROUPS_FRAME } FrameUnit;
typedef enum FrameBoundKind {
    BOUND_UNBOUNDED_PRECEDING,
    BOUND_PRECEDING,
    BOUND_CURRENT_ROW,
    BOUND_FOLLOWING,
    BOUND_UNBOUNDED_FOLLOWING
} FrameBoundKind;

typedef struct WindowCallNode {
    const Symbol *symbol;
    const ResolvedFunction *function; /* window or aggregate */
    ExprArray arguments;              /* symbols, constants or lambdas */
    bool ignore_nulls;
    bool distinct;
    FrameUnit unit;
    FrameBoundKind start, end;
    const Symbol *start_value,
        *end_value; /* ROWS, GROUPS: bigint offset column. RANGE: the sort key minus/plus the
                       offset, computed below the window, compared with the sort key */
} WindowCallNode;
typedef struct WindowCallArray {
    int32_t count;
    WindowCallNode *items;
} WindowCallArray;

typedef struct DynamicFilterUse {
    int32_t id;
    const Symbol *symbol;
} DynamicFilterUse;
typedef struct DynamicFilterArray {
    int32_t count;
    DynamicFilterUse *items;
} DynamicFilterArray;

/* A table as planned: where it is, what the connector said of it, the handle after push-downs. */
typedef struct PlanTable {
    struct Catalog *catalog; /* referenced by the query's transaction while it runs */
    const ConnectorTable
        *table; /* columns by position; hidden row id column, if asked for, comes after them */
    Handle handle;
    TupleDomain enforced; /* what push-down took over, for EXPLAIN and statistics */
} PlanTable;

typedef enum WriteKind { WRITE_INSERT, WRITE_CREATE, WRITE_MERGE } WriteKind;

typedef struct PlanWriteTarget {
    WriteKind kind;
    struct Catalog *catalog;
    const ConnectorTable *table; /* INSERT, MERGE */
    const NewTable *new_table;   /* CREATE */
    bool replace;
    bool if_not_exists;
} PlanWriteTarget;

typedef const Expr *ExpressionField;
typedef const Symbol *SymbolRefField;
typedef SymbolList SymbolsField;
typedef SymbolListArray SymbolListsField;
typedef ExprArray ExprsField;
typedef int32_t IntegerField;
typedef int64_t BigIntegerField;
typedef double RealField;
typedef bool BooleanField;
typedef const char *TextField;
typedef TextArray TextsField;
typedef IntegerArray IntegersField;
typedef SortOrderArray SortOrdersField;
typedef AggregateArray AggregatesField;
typedef WindowCallArray WindowCallsField;
typedef DynamicFilterArray DynamicFiltersField;
typedef const PlanTable *TableField;
typedef const PlanWriteTarget *WriteTargetField;

/* ---- nodes ---- */

/* What the optimizer knows of a node's rows; attached by statistics.c. NAN: unknown. */
struct PlanStatistics;

typedef struct PlanNode {
    PlanKind kind;
    int32_t id;
    int32_t source_count;
    struct PlanNode **sources;
    SymbolList outputs;
    const struct PlanStatistics *statistics; /* a cache, NULL until asked for */
} PlanNode;

#define PLAN_NODE(Name, NAME)                                                                      \
    typedef struct Name##Node {                                                                    \
        PlanNode base;
#define FIELD(Kind, name) Kind##Field name;
#define PLAN_NODE_END(Name)                                                                        \
    }                                                                                              \
    Name##Node;
#include "plan/plan.def"
#undef PLAN_NODE
#undef FIELD
#undef PLAN_NODE_END

/* ---- the plan under construction ---- */

/* Hands out ids and symbols; one per statement. */
typedef struct PlanBuilder {
    Arena *arena;
    int32_t next_node_id;
    int32_t next_dynamic_filter_id;
    int32_t next_recursion_id;
    int32_t symbol_count, symbol_capacity;
    const Symbol **symbols; /* by id */
    int32_t next_name;      /* the number that makes the next taken name unique */
    int32_t name_capacity;
    int32_t *names; /* open addressing over names: symbol id + 1, 0 empty */
} PlanBuilder;

PlanBuilder *plan_builder_create(Arena *arena);
/* A new symbol named after `hint` ("name", then "name_1", ...), Trino's way: lower case,
 * [a-z0-9_$], "expr" when empty. */
const Symbol *plan_symbol(PlanBuilder *builder, const char *hint, const Type *type);
/* A zeroed node of the kind with room for source_count sources; outputs to be filled in by the
 * caller. */
PlanNode *plan_node_create(PlanBuilder *builder, PlanKind kind, int32_t source_count);
size_t plan_node_size(PlanKind kind);
const char *plan_kind_name(PlanKind kind); /* "TableScan" */
/* A copy with other sources (itself when they are the same); keeps the id. */
PlanNode *plan_with_sources(PlanBuilder *builder, const PlanNode *node, PlanNode *const *sources);
bool plan_equal(const PlanNode *a, const PlanNode *b);
typedef enum PlanFieldKind {
    FIELD_Expression,
    FIELD_SymbolRef,
    FIELD_Symbols,
    FIELD_SymbolLists,
    FIELD_Exprs,
    FIELD_Integer,
    FIELD_BigInteger,
    FIELD_Real,
    FIELD_Boolean,
    FIELD_Text,
    FIELD_Texts,
    FIELD_Integers,
    FIELD_SortOrders,
    FIELD_Aggregates,
    FIELD_WindowCalls,
    FIELD_DynamicFilters,
    FIELD_Table,
    FIELD_WriteTarget,
} PlanFieldKind;
/* Calls visit with the address of every field of the node, in the order of plan.def; `name` as
   there. For copies, printing and serialisation; `field` points to the Kind##Field of the kind. */
typedef void PlanFieldVisitor(void *closure, PlanFieldKind kind, const char *name, void *field);
void plan_visit_fields(PlanNode *node, PlanFieldVisitor *visit, void *closure);
/* Calls visit for every expression of the node itself (not of its sources). */
void plan_expressions(const PlanNode *node, void (*visit)(void *closure, const Expr *expr),
                      void *closure);
/* A copy of the node whose expressions are replaced by rewrite(expr); sources and outputs stay. */
PlanNode *plan_rewrite_expressions(PlanBuilder *builder, const PlanNode *node,
                                   const Expr *(*rewrite)(void *closure, const Expr *expr),
                                   void *closure);
/* Every symbol the node itself refers to: expressions, keys, order, arguments. */
void plan_used_symbols(const PlanNode *node, void (*visit)(void *closure, const Symbol *symbol),
                       void *closure);
/* Replaces symbols throughout a plan (outputs too): map[id] or NULL. */
PlanNode *plan_replace_symbols(PlanBuilder *builder, PlanNode *node, const Symbol *const *map,
                               int32_t map_count);

/* ---- convenience constructors; lists are copied ---- */

PlanNode *plan_filter(PlanBuilder *builder, PlanNode *source,
                      const Expr *predicate); /* source itself for TRUE */
PlanNode *plan_project(PlanBuilder *builder, PlanNode *source, int32_t count,
                       const Symbol *const *symbols, const Expr *const *expressions);
PlanNode *plan_limit(PlanBuilder *builder, PlanNode *source, int64_t count);
PlanNode *plan_values(PlanBuilder *builder, int32_t column_count, const Symbol *const *symbols,
                      int32_t row_count, const Expr *const *rows);
PlanNode *plan_join(PlanBuilder *builder, JoinKind kind, PlanNode *left, PlanNode *right,
                    int32_t key_count, const Symbol *const *left_keys,
                    const Symbol *const *right_keys, const Expr *filter, int32_t output_count,
                    const Symbol *const *outputs);
bool symbol_list_contains(const SymbolList *list, const Symbol *symbol);
int32_t symbol_list_index(const SymbolList *list, const Symbol *symbol); /* -1 when absent */
void symbol_list_add(Arena *arena, SymbolList *list,
                     const Symbol *symbol); /* amortised growth; no duplicates check */

/* Debug builds: every symbol used is produced below, outputs are consistent, analyzer-only
 * expressions are gone. */
void plan_check(const PlanNode *root);
