/*
 * From a syntax tree to a first plan, or to a task.
 *
 * analyze_statement resolves names, types, coercions, grouping and privileges, raising Trino's
 * errors with their positions, and gives either a plan (queries, DML, EXPLAIN ANALYZE) or a task: a
 * statement that changes metadata or the client's session, carried out by task_execute without an
 * executor. EXPLAIN, SHOW and DESCRIBE become plans too (Values or queries over
 * information_schema).
 */
#pragma once

#include "catalog/catalog.h"
#include "plan/plan.h"
#include "sql/ast.h"

/* What a statement changes in its client's session; sent as response headers. */
typedef struct SessionChanges {
    const char *set_catalog, *set_schema, *set_path;
    const char *set_session_name, *set_session_value, *clear_session_name;
    const char *set_role_catalog, *set_role;
    const char *added_prepare_name, *added_prepare_sql, *deallocated_prepare_name;
    const char *started_transaction_id;
    bool clear_transaction_id;
    const char *set_authorization_user;
    bool reset_authorization_user;
} SessionChanges;

typedef struct Analysis Analysis;

/* What the rest of the engine lends the analyzer, so that it need not know the optimizer or the
 * server. */
typedef struct AnalysisHost {
    Transaction *transaction;
    void *closure;
    /* EXPLAIN: optimises the plan and prints it (type LOGICAL, DISTRIBUTED, IO; format TEXT, JSON,
     * GRAPHVIZ). */
    Status (*explain)(Context *cx, void *closure, PlanBuilder *builder, PlanNode *plan,
                      const Analysis *analysis, const char *type, const char *format,
                      const char **ret_text);
    /* SHOW STATS FOR: the optimizer's statistics of a plan as Values rows. */
    Status (*show_stats)(Context *cx, void *closure, PlanBuilder *builder, PlanNode *plan,
                         PlanNode **ret_plan);
    /* START TRANSACTION, COMMIT, ROLLBACK. */
    Status (*start_transaction)(Context *cx, void *closure, bool read_only, const char *isolation,
                                const char **ret_id);
    Status (*finish_transaction)(Context *cx, void *closure, bool commit);
} AnalysisHost;

struct Analysis {
    const char *update_type; /* "INSERT", "CREATE TABLE", ...; NULL for queries */
    bool is_dml;             /* rows hold a count: updateCount */
    bool is_explain_analyze;
    const char *query_type; /* "SELECT", "INSERT", "DATA_DEFINITION", "EXPLAIN", "DESCRIBE",
                               "UTILITY" as /v1/query shows */
    PlanBuilder *builder;
    PlanNode *plan; /* an OutputNode, or NULL for a task */
    Status (*task)(Context *cx, Analysis *analysis);
    const Node *statement;
    AnalysisHost *host;
    SessionChanges changes; /* filled in when the task has run (or at analysis for statements
                               without effect on data) */
    int32_t warning_count;
    const char *const *warnings; /* "CODE_NAME: message" */
};

MUST_CHECK Status analyze_statement(Context *cx, AnalysisHost *host, const Node *statement,
                                    Analysis **ret_analysis);
MUST_CHECK Status task_execute(Context *cx, Analysis *analysis);
