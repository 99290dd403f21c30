/*
 * The syntax tree of a statement: what the parser makes and the analyzer and the formatter read.
 *
 * Nodes are described in ast.def; each is a struct whose first member is `Node node`. The tree
 * lives in the arena it was parsed into and nothing changes it afterwards. Identifiers keep their
 * spelling: lookups fold case.
 */
#pragma once

#include <assert.h>

#include "warren/memory.h"
#include "warren/status.h"

typedef enum NodeKind {
#define NODE(KIND, Name, CLASS, fields) NODE_##KIND,
#include "ast.def"
    NODE_KIND_COUNT,
} NodeKind;

typedef enum NodeClass {
    NODE_CLASS_EXPRESSION,
    NODE_CLASS_TYPE,
    NODE_CLASS_RELATION,
    NODE_CLASS_PATTERN,
    NODE_CLASS_STATEMENT,
    NODE_CLASS_CONTROL_STATEMENT,
    NODE_CLASS_PART,
} NodeClass;

/* line and column are 1-based; column counts code points. Nodes made without a text have 0, 0. */
typedef struct Node {
    NodeKind kind;
    int32_t line;
    int32_t column;
} Node;

typedef struct NodeList {
    int32_t count;
    Node **items;
} NodeList;

/* ---- choices ---- */

typedef enum ArithmeticOperator {
    ARITHMETIC_ADD,
    ARITHMETIC_SUBTRACT,
    ARITHMETIC_MULTIPLY,
    ARITHMETIC_DIVIDE,
    ARITHMETIC_MODULUS,
} ArithmeticOperator;

typedef enum ComparisonOperator {
    COMPARISON_EQUAL,
    COMPARISON_NOT_EQUAL,
    COMPARISON_LESS_THAN,
    COMPARISON_LESS_THAN_OR_EQUAL,
    COMPARISON_GREATER_THAN,
    COMPARISON_GREATER_THAN_OR_EQUAL,
    COMPARISON_IS_DISTINCT_FROM,
} ComparisonOperator;

typedef enum LogicalOperator { LOGICAL_AND, LOGICAL_OR } LogicalOperator;
typedef enum Quantifier { QUANTIFIER_ALL, QUANTIFIER_ANY, QUANTIFIER_SOME } Quantifier;
typedef enum TrimSpecification { TRIM_BOTH, TRIM_LEADING, TRIM_TRAILING } TrimSpecification;

typedef enum IntervalField {
    INTERVAL_YEAR,
    INTERVAL_MONTH,
    INTERVAL_DAY,
    INTERVAL_HOUR,
    INTERVAL_MINUTE,
    INTERVAL_SECOND,
} IntervalField;

typedef enum NullTreatment {
    NULL_TREATMENT_UNDEFINED,
    NULL_TREATMENT_IGNORE,
    NULL_TREATMENT_RESPECT
} NullTreatment;
typedef enum ProcessingMode {
    PROCESSING_UNDEFINED,
    PROCESSING_RUNNING,
    PROCESSING_FINAL
} ProcessingMode;
typedef enum SortOrdering { SORT_ASCENDING, SORT_DESCENDING } SortOrdering;
typedef enum NullOrdering { NULLS_UNDEFINED, NULLS_FIRST, NULLS_LAST } NullOrdering;
typedef enum FrameType { FRAME_RANGE, FRAME_ROWS, FRAME_GROUPS } FrameType;

typedef enum FrameBoundType {
    FRAME_UNBOUNDED_PRECEDING,
    FRAME_PRECEDING,
    FRAME_CURRENT_ROW,
    FRAME_FOLLOWING,
    FRAME_UNBOUNDED_FOLLOWING,
} FrameBoundType;

typedef enum GroupingSetsType {
    GROUPING_SETS_EXPLICIT,
    GROUPING_SETS_ROLLUP,
    GROUPING_SETS_CUBE,
} GroupingSetsType;

typedef enum SetOperationType { SET_UNION, SET_INTERSECT, SET_EXCEPT } SetOperationType;
typedef enum JoinType {
    JOIN_CROSS,
    JOIN_INNER,
    JOIN_LEFT,
    JOIN_RIGHT,
    JOIN_FULL,
    JOIN_IMPLICIT
} JoinType;
typedef enum SampleType { SAMPLE_BERNOULLI, SAMPLE_SYSTEM } SampleType;
typedef enum QueryPeriodType { QUERY_PERIOD_TIMESTAMP, QUERY_PERIOD_VERSION } QueryPeriodType;
typedef enum EmptyTableTreatment {
    EMPTY_TABLE_UNDEFINED,
    EMPTY_TABLE_PRUNE,
    EMPTY_TABLE_KEEP
} EmptyTableTreatment;

typedef enum RowsPerMatch {
    ROWS_PER_MATCH_UNDEFINED, /* nothing written; means ONE */
    ROWS_PER_MATCH_ONE,
    ROWS_PER_MATCH_ALL_SHOW_EMPTY, /* ALL ROWS PER MATCH [SHOW EMPTY MATCHES] */
    ROWS_PER_MATCH_ALL_OMIT_EMPTY,
    ROWS_PER_MATCH_ALL_WITH_UNMATCHED,
} RowsPerMatch;

typedef enum PatternSearchMode {
    SEARCH_MODE_UNDEFINED,
    SEARCH_MODE_INITIAL,
    SEARCH_MODE_SEEK
} PatternSearchMode;
typedef enum SkipToPosition {
    SKIP_PAST_LAST,
    SKIP_TO_NEXT,
    SKIP_TO_FIRST,
    SKIP_TO_LAST
} SkipToPosition;

typedef enum PatternQuantifierType {
    QUANTIFIER_ZERO_OR_MORE,
    QUANTIFIER_ONE_OR_MORE,
    QUANTIFIER_ZERO_OR_ONE,
    QUANTIFIER_RANGE,
} PatternQuantifierType;

typedef enum JsonFormat {
    JSON_FORMAT_NONE, /* no FORMAT clause */
    JSON_FORMAT_JSON,
    JSON_FORMAT_UTF8,
    JSON_FORMAT_UTF16,
    JSON_FORMAT_UTF32,
} JsonFormat;

typedef enum JsonExistsErrorBehavior {
    JSON_EXISTS_FALSE,
    JSON_EXISTS_TRUE,
    JSON_EXISTS_UNKNOWN,
    JSON_EXISTS_ERROR,
} JsonExistsErrorBehavior;

typedef enum JsonValueBehavior {
    JSON_VALUE_NULL,
    JSON_VALUE_ERROR,
    JSON_VALUE_DEFAULT,             /* the value is in ..._default */
    JSON_VALUE_DEFAULT_UNSPECIFIED, /* nothing written on ERROR in a JSON_TABLE column: the table's
                                       behaviour */
} JsonValueBehavior;

typedef enum JsonQueryBehavior {
    JSON_QUERY_NULL,
    JSON_QUERY_ERROR,
    JSON_QUERY_EMPTY_ARRAY,
    JSON_QUERY_EMPTY_OBJECT,
    JSON_QUERY_UNSPECIFIED, /* as JSON_VALUE_DEFAULT_UNSPECIFIED */
} JsonQueryBehavior;

typedef enum JsonWrapperBehavior {
    JSON_WRAPPER_WITHOUT,
    JSON_WRAPPER_CONDITIONAL,
    JSON_WRAPPER_UNCONDITIONAL,
} JsonWrapperBehavior;

typedef enum JsonQuotesBehavior {
    JSON_QUOTES_UNSPECIFIED,
    JSON_QUOTES_KEEP,
    JSON_QUOTES_OMIT
} JsonQuotesBehavior;

typedef enum JsonTableErrorBehavior {
    JSON_TABLE_UNSPECIFIED,
    JSON_TABLE_ERROR,
    JSON_TABLE_EMPTY,
} JsonTableErrorBehavior;

typedef enum JsonTablePlanType {
    JSON_TABLE_PLAN_OUTER,
    JSON_TABLE_PLAN_INNER,
    JSON_TABLE_PLAN_UNION,
    JSON_TABLE_PLAN_CROSS,
} JsonTablePlanType;

typedef enum SecurityMode { SECURITY_UNDEFINED, SECURITY_INVOKER, SECURITY_DEFINER } SecurityMode;
typedef enum PrincipalType { PRINCIPAL_UNSPECIFIED, PRINCIPAL_USER, PRINCIPAL_ROLE } PrincipalType;
typedef enum GrantorType {
    GRANTOR_PRINCIPAL,
    GRANTOR_CURRENT_USER,
    GRANTOR_CURRENT_ROLE
} GrantorType;
typedef enum PropertiesOption {
    PROPERTIES_UNDEFINED,
    PROPERTIES_INCLUDING,
    PROPERTIES_EXCLUDING
} PropertiesOption;
typedef enum ColumnPositionType {
    COLUMN_POSITION_FIRST,
    COLUMN_POSITION_AFTER,
    COLUMN_POSITION_LAST
} ColumnPositionType;
typedef enum SaveMode {
    SAVE_MODE_FAIL,
    SAVE_MODE_IGNORE,
    SAVE_MODE_REPLACE
} SaveMode; /* IGNORE: IF NOT EXISTS */
typedef enum SetPropertiesType {
    SET_PROPERTIES_TABLE,
    SET_PROPERTIES_MATERIALIZED_VIEW
} SetPropertiesType;
typedef enum CommentType { COMMENT_TABLE, COMMENT_VIEW, COMMENT_COLUMN } CommentType;
typedef enum SetRoleType { SET_ROLE_ALL, SET_ROLE_NONE, SET_ROLE_ROLE } SetRoleType;

typedef enum ShowCreateType {
    SHOW_CREATE_TABLE,
    SHOW_CREATE_SCHEMA,
    SHOW_CREATE_VIEW,
    SHOW_CREATE_MATERIALIZED_VIEW,
    SHOW_CREATE_FUNCTION,
} ShowCreateType;

typedef enum ExplainTypeKind {
    EXPLAIN_TYPE_LOGICAL,
    EXPLAIN_TYPE_DISTRIBUTED,
    EXPLAIN_TYPE_VALIDATE,
    EXPLAIN_TYPE_IO,
} ExplainTypeKind;

typedef enum ExplainFormatKind {
    EXPLAIN_FORMAT_TEXT,
    EXPLAIN_FORMAT_GRAPHVIZ,
    EXPLAIN_FORMAT_JSON
} ExplainFormatKind;

typedef enum IsolationLevel {
    ISOLATION_SERIALIZABLE,
    ISOLATION_REPEATABLE_READ,
    ISOLATION_READ_COMMITTED,
    ISOLATION_READ_UNCOMMITTED,
} IsolationLevel;

/* ---- the nodes ---- */

#define NODE(KIND, Name, CLASS, fields) typedef struct Name Name;
#include "ast.def"

#define NODE(KIND, Name, CLASS, fields)                                                            \
    struct Name {                                                                                  \
        Node node;                                                                                 \
        fields                                                                                     \
    };
#define CHILD(name) Node *name;
#define OPTIONAL(name) Node *name;
#define CHILD_OF(Type, name) Type *name;
#define OPTIONAL_OF(Type, name) Type *name;
#define LIST(name) NodeList name;
#define TEXT(name) const char *name;
#define BYTES(name)                                                                                \
    const char *name;                                                                              \
    size_t name##_size;
#define FLAG(name) bool name;
#define CHOICE(Type, name) Type name;
#define LONG(name) int64_t name;
#include "ast.def"

/* The kind of a struct by its name, for node_cast. */
enum {
#define NODE(KIND, Name, CLASS, fields) KIND_OF_##Name = NODE_##KIND,
#include "ast.def"
};

/* NODE_CAST(Query, node): the struct behind a node whose kind is known. NULL stays NULL. */
#define NODE_CAST(Name, pointer) ((Name *)node_check((Node *)(pointer), (NodeKind)KIND_OF_##Name))

static inline Node *node_check(Node *node, NodeKind kind) {
    assert(node == NULL || node->kind == kind);
    (void)kind;
    return node;
}

const char *node_kind_name(NodeKind kind); /* "ComparisonExpression" */
NodeClass node_kind_class(NodeKind kind);

/* Calls `visit` with each child that is there, in the order of ast.def (text order but for a few
 * clauses). */
void node_visit_children(const Node *node, void (*visit)(void *argument, Node *child),
                         void *argument);

/*
 * The same tree? Positions do not count, nor the case and quotes of identifiers; literals compare
 * as they are written. NULL equals NULL only. Any depth is fine.
 */
bool node_equals(const Node *left, const Node *right);

/* How many `?` the tree has; they are numbered in text order. Any depth is fine. */
int32_t node_parameter_count(const Node *node);

/* A new zeroed node of a kind, at a position; `size` is the struct's. NODE_NEW(arena, Query, line,
 * column). */
Node *node_create(Arena *arena, NodeKind kind, size_t size, int32_t line, int32_t column);
#define NODE_NEW(arena, Name, line, column)                                                        \
    ((Name *)node_create((arena), (NodeKind)KIND_OF_##Name, sizeof(Name), (line), (column)))
