/*
 * The analyzer from inside: what its files share, and what statements that are no queries
 * (statement_*.c) build on.
 *
 * One Analyzer serves one statement on one thread; everything it makes lives in the query's arena.
 * Analysis is one pass from syntax tree to plan: relations become a RelationPlan (a plan and the
 * fields by which names find its symbols), expressions become typed Expr without implicit
 * coercions. Until a query specification is put together, its expressions may hold the four
 * analyzer-only kinds; `analysis` of those points to the structs below.
 */
#pragma once

#include "analyze/analyze.h"
#include "expr/program.h"

typedef struct Analyzer Analyzer;
typedef struct Scope Scope;
typedef struct Block Block;
typedef struct NamedQuery NamedQuery;
typedef struct InlineFunction InlineFunction;

/* ---- names ---- */

/* A column that names can find. */
typedef struct Field {
    const char *name; /* as spelled where it was made; NULL: anonymous */
    const Type *type;
    const Symbol *symbol;
    const QualifiedName *relation; /* the alias or table name it may be qualified by; NULL: none */
    bool hidden;                   /* not part of * */
    bool is_output;                /* of ORDER BY's scope: a select item, not a column of FROM */
} Field;

struct Scope {
    const Scope *parent; /* where names not found here are looked up next */
    bool query_boundary; /* the parent belongs to an outer query: finding a name there is a
                            correlation */
    int32_t field_count;
    const Field *fields;
    const char *refusal; /* message of INVALID_COLUMN_REFERENCE for names found here; NULL: none */
    const NamedQuery
        *named; /* WITH queries visible from here, innermost first; lists share their tails */
};

typedef struct RelationPlan {
    PlanNode *plan; /* its outputs hold every field's symbol */
    int32_t field_count;
    Field *fields;
} RelationPlan;

/* A WITH query. The first reference takes its plan, others a copy, so that symbols stay unique. */
struct NamedQuery {
    const NamedQuery *next;
    const char *name;
    const WithQuery *query;
    const Scope *scope;  /* where it was defined */
    RelationPlan *first; /* made when it was checked; the first reference takes it */
    /* while the step of a recursion is analyzed: references read the previous round */
    int32_t recursion_id; /* -1: not in a step */
    RelationPlan *anchor;
    int32_t reference_count; /* so far */
};

/* ---- expressions ---- */

/* What an expression may use. Copied and changed for parts of an expression with other rules. */
typedef struct ExpressionContext {
    Analyzer *an;
    const Scope *scope;
    Block *
        block; /* where aggregates, windows and GROUPING are noted; NULL: they are refused before */
    bool in_lambda;
    const char
        *subquery_refusal; /* message of NOT_SUPPORTED for subqueries; NULL: they are allowed */
} ExpressionContext;

/* The typed expression; every error has the position and words of Trino. */
MUST_CHECK Status analyze_expression(const ExpressionContext *context, const Node *node,
                                     const Expr **ret_expr);
/* The same, and it must be a boolean (or NULL): `TYPE_MISMATCH: {what} must evaluate to a boolean{:
 * actual type / (actual)}` */
MUST_CHECK Status analyze_predicate(const ExpressionContext *context, const Node *node,
                                    const char *clause, const Expr **ret_expr);

/* `expr` as `type`: itself, a typed NULL, or a cast. The coercion must be known to be possible. */
const Expr *coerce(Analyzer *an, const Expr *expr, const Type *type);

/* The type that a type node names; TYPE_MISMATCH "Unknown type: ..." at `position`, which may be
 * NULL. */
MUST_CHECK Status analyze_type(Analyzer *an, const Node *type, const Node *position,
                               const Type **ret_type);

/* A constant expression (no columns; `?` bound) as a value of `type`, or of its own type when type
   is NULL. A value that cannot become `type` is TYPE_MISMATCH "Cannot cast type A to B" at the
   expression. ret_value is a CONSTANT vector that lives until the arena is freed. `what` names it
   in messages: "Constant expression". */
MUST_CHECK Status analyze_constant(Analyzer *an, const Node *node, const Type *type,
                                   const char *what, const Vector **ret_value);

/* ---- statements ---- */

/* A `?` of a statement being described, and the type it was brought to (unknown: none). */
typedef struct DescribedParameter {
    struct DescribedParameter *next;
    int64_t position;
    const Expr *expr;
    const Type *type;
} DescribedParameter;

struct Analyzer {
    Context *cx;
    Arena *arena; /* cx->arena */
    PlanBuilder *builder;
    AnalysisHost *host;
    Analysis *analysis;
    const char *catalog, *schema; /* of the session, or of the view being analyzed; NULL: none */
    int32_t depth;                /* of recursion, against stack overflow */
    int32_t parameter_count;      /* `?` values: expressions of EXECUTE ... USING */
    Node *const *parameters;
    bool is_describing;       /* DESCRIBE INPUT/OUTPUT: unbound `?` are of type unknown */
    bool correlation_refused; /* in ON of an outer join: names of outer queries are NOT_SUPPORTED */
    int32_t view_depth;
    struct DescribedParameter *described; /* the `?` met while describing */
    const InlineFunction *functions;      /* WITH FUNCTION */
    const ConnectorView *views[32];       /* being analyzed, against views that use themselves */
};

/* DESCRIBE INPUT: the type that parameter `position` of the analyzed statement must have. */
const Type *described_parameter_type(const Analyzer *an, int64_t position);

/* An analyzer for the statement of `analysis` (whose builder and host are set), in the session of
 * cx. */
Analyzer *analyzer_create(Context *cx, Analysis *analysis);

/* A query on its own: the root scope is empty. Names of output columns are the fields'. */
MUST_CHECK Status analyze_query(Analyzer *an, const Query *query, const Scope *outer,
                                RelationPlan *ret_plan);
/* An OutputNode over the visible fields, named as a client sees them. */
PlanNode *plan_output(Analyzer *an, const RelationPlan *relation);

/* Whether a statement is one that becomes a plan here: Query, Insert, CreateTableAsSelect, Delete,
   Update, Merge, RefreshMaterializedView, TableExecute with rows, ExplainAnalyze of these. */
bool statement_has_plan(const Node *statement);
/* Its plan (an OutputNode); sets update_type, is_dml, query_type of an->analysis. */
MUST_CHECK Status analyze_plan_statement(Analyzer *an, const Node *statement, PlanNode **ret_plan);

/* Everything else (statement_*.c): sets plan or task of an->analysis. */
MUST_CHECK Status analyze_other_statement(Analyzer *an, const Node *statement);
/* One or the other; EXECUTE comes back here with the prepared statement, its parameters set in
 * `an`. */
MUST_CHECK Status analyze_any_statement(Analyzer *an, const Node *statement);

/* ---- tables ---- */

typedef struct ResolvedTable {
    const char *catalog_name, *schema, *name; /* lower case */
    Catalog *catalog;                         /* NULL: no such catalog */
    bool schema_exists;
    ConnectorTable *table; /* NULL: no such table */
} ResolvedTable;

/* Completes a name of one to three parts from the session; MISSING_CATALOG_NAME,
 * MISSING_SCHEMA_NAME at the position. */
MUST_CHECK Status resolve_table_name(Analyzer *an, const QualifiedName *name, const Node *position,
                                     ResolvedTable *ret_table);
/* Looks it up too; what is missing is noted, not an error. */
MUST_CHECK Status resolve_table(Analyzer *an, const QualifiedName *name, const Node *position,
                                ResolvedTable *ret_table);
/* CATALOG_NOT_FOUND, SCHEMA_NOT_FOUND or TABLE_NOT_FOUND in Trino's words unless the table is
 * there. */
MUST_CHECK Status require_table(Analyzer *an, const ResolvedTable *table, const Node *position);
/* The last part of a qualified name, in lower case. */
const char *name_suffix(Analyzer *an, const QualifiedName *name);
const char *lower_case(Analyzer *an, const char *text);
