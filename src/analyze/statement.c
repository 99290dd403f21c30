/*
 * From a statement to its analysis function; the entry points of the folder.
 */
#include "analyze/statement.h"

#include <string.h>

#include "sql/formatter.h"
#include "sql/parser.h"

typedef struct StatementKind {
    NodeKind kind;
    StatementAnalysis *analyze;
    const char *query_type; /* as /v1/query shows it */
} StatementKind;

static const StatementKind statement_kinds[] = {
    {NODE_SHOW_CATALOGS, analyze_show_catalogs, "DESCRIBE"},
    {NODE_SHOW_SCHEMAS, analyze_show_schemas, "DESCRIBE"},
    {NODE_SHOW_TABLES, analyze_show_tables, "DESCRIBE"},
    {NODE_SHOW_COLUMNS, analyze_show_columns, "DESCRIBE"},
    {NODE_SHOW_FUNCTIONS, analyze_show_functions, "DESCRIBE"},
    {NODE_SHOW_SESSION, analyze_show_session, "DESCRIBE"},
    {NODE_SHOW_ROLES, analyze_show_roles, "DESCRIBE"},
    {NODE_SHOW_ROLE_GRANTS, analyze_show_role_grants, "DESCRIBE"},
    {NODE_SHOW_GRANTS, analyze_show_grants, "DESCRIBE"},
    {NODE_SHOW_STATS, analyze_show_stats, "DESCRIBE"},
    {NODE_SHOW_CREATE, analyze_show_create, "DESCRIBE"},
    {NODE_EXPLAIN, analyze_explain, "EXPLAIN"},
    {NODE_USE, analyze_use, "DATA_DEFINITION"},
    {NODE_SET_SESSION, analyze_set_session, "DATA_DEFINITION"},
    {NODE_RESET_SESSION, analyze_reset_session, "DATA_DEFINITION"},
    {NODE_SET_TIME_ZONE, analyze_set_time_zone, "DATA_DEFINITION"},
    {NODE_SET_PATH, analyze_set_path, "DATA_DEFINITION"},
    {NODE_SET_ROLE, analyze_set_role, "DATA_DEFINITION"},
    {NODE_SET_SESSION_AUTHORIZATION, analyze_set_session_authorization, "DATA_DEFINITION"},
    {NODE_RESET_SESSION_AUTHORIZATION, analyze_reset_session_authorization, "DATA_DEFINITION"},
    {NODE_START_TRANSACTION, analyze_start_transaction, "DATA_DEFINITION"},
    {NODE_COMMIT, analyze_commit, "DATA_DEFINITION"},
    {NODE_ROLLBACK, analyze_rollback, "DATA_DEFINITION"},
    {NODE_PREPARE, analyze_prepare, "DATA_DEFINITION"},
    {NODE_DEALLOCATE, analyze_deallocate, "DATA_DEFINITION"},
    {NODE_EXECUTE, analyze_execute, NULL},
    {NODE_EXECUTE_IMMEDIATE, analyze_execute_immediate, NULL},
    {NODE_DESCRIBE_INPUT, analyze_describe_input, "DESCRIBE"},
    {NODE_DESCRIBE_OUTPUT, analyze_describe_output, "DESCRIBE"},
    {NODE_CALL, analyze_call, "DATA_DEFINITION"},
    {NODE_CREATE_CATALOG, analyze_create_catalog, "DATA_DEFINITION"},
    {NODE_DROP_CATALOG, analyze_drop_catalog, "DATA_DEFINITION"},
    {NODE_CREATE_SCHEMA, analyze_create_schema, "DATA_DEFINITION"},
    {NODE_DROP_SCHEMA, analyze_drop_schema, "DATA_DEFINITION"},
    {NODE_RENAME_SCHEMA, analyze_rename_schema, "DATA_DEFINITION"},
    {NODE_SET_AUTHORIZATION, analyze_set_authorization, "DATA_DEFINITION"},
    {NODE_CREATE_TABLE, analyze_create_table, "DATA_DEFINITION"},
    {NODE_DROP_TABLE, analyze_drop_table, "DATA_DEFINITION"},
    {NODE_RENAME_TABLE, analyze_rename_table, "DATA_DEFINITION"},
    {NODE_TRUNCATE_TABLE, analyze_truncate_table, "DATA_DEFINITION"},
    {NODE_COMMENT, analyze_comment, "DATA_DEFINITION"},
    {NODE_ANALYZE, analyze_analyze, "ANALYZE"},
    {NODE_SET_PROPERTIES, analyze_set_properties, "DATA_DEFINITION"},
    {NODE_TABLE_EXECUTE, analyze_table_execute, "ALTER_TABLE_EXECUTE"},
    {NODE_ADD_COLUMN, analyze_add_column, "DATA_DEFINITION"},
    {NODE_RENAME_COLUMN, analyze_rename_column, "DATA_DEFINITION"},
    {NODE_DROP_COLUMN, analyze_drop_column, "DATA_DEFINITION"},
    {NODE_SET_COLUMN_TYPE, analyze_set_column_type, "DATA_DEFINITION"},
    {NODE_DROP_NOT_NULL_CONSTRAINT, analyze_drop_not_null, "DATA_DEFINITION"},
    {NODE_CREATE_VIEW, analyze_create_view, "DATA_DEFINITION"},
    {NODE_DROP_VIEW, analyze_drop_view, "DATA_DEFINITION"},
    {NODE_RENAME_VIEW, analyze_rename_view, "DATA_DEFINITION"},
    {NODE_CREATE_MATERIALIZED_VIEW, analyze_create_materialized_view, "DATA_DEFINITION"},
    {NODE_DROP_MATERIALIZED_VIEW, analyze_drop_materialized_view, "DATA_DEFINITION"},
    {NODE_RENAME_MATERIALIZED_VIEW, analyze_rename_materialized_view, "DATA_DEFINITION"},
    {NODE_REFRESH_MATERIALIZED_VIEW, analyze_refresh_materialized_view, "INSERT"},
    {NODE_CREATE_FUNCTION, analyze_create_function, "DATA_DEFINITION"},
    {NODE_DROP_FUNCTION, analyze_drop_function, "DATA_DEFINITION"},
    {NODE_CREATE_ROLE, analyze_create_role, "DATA_DEFINITION"},
    {NODE_DROP_ROLE, analyze_drop_role, "DATA_DEFINITION"},
    {NODE_GRANT_ROLES, analyze_grant_roles, "DATA_DEFINITION"},
    {NODE_REVOKE_ROLES, analyze_revoke_roles, "DATA_DEFINITION"},
    {NODE_GRANT, analyze_grant, "DATA_DEFINITION"},
    {NODE_REVOKE, analyze_revoke, "DATA_DEFINITION"},
    {NODE_DENY, analyze_deny, "DATA_DEFINITION"},
};

Status analyze_other_statement(Analyzer *an, const Node *statement) {
    for (size_t i = 0; i < sizeof statement_kinds / sizeof statement_kinds[0]; i++) {
        if (statement_kinds[i].kind == statement->kind) {
            an->analysis->statement = statement; /* a prepared one, behind EXECUTE */
            if (statement_kinds[i].query_type != NULL) {
                an->analysis->query_type = statement_kinds[i].query_type;
            }
            return statement_kinds[i].analyze(an, statement);
        }
    }
    return FAIL_AT(an->cx, NOT_SUPPORTED, statement->line, statement->column, "%s is not supported",
                   node_kind_name(statement->kind));
}

Status task_execute(Context *cx, Analysis *analysis) {
    return analysis->task(cx, analysis);
}

Status set_task(Analyzer *an, const char *update_type,
                Status (*task)(Context *cx, Analysis *analysis)) {
    an->analysis->update_type = update_type;
    an->analysis->task = task;
    return OK;
}

Analyzer *task_analyzer(Context *cx, Analysis *analysis) {
    return analyzer_create(cx, analysis);
}

Status begin_metadata_write(Context *cx, Analysis *analysis, Catalog *catalog) {
    void *handle;
    const char *id = cx->session->transaction_id;
    if (id != NULL && strcmp(id, "NONE") != 0) {
        return FAIL(cx, AUTOCOMMIT_WRITE_CONFLICT,
                    "Catalog only supports writes using autocommit: %s", catalog->name);
    }
    return transaction_handle(cx, analysis->host->transaction, catalog, true, &handle);
}

/* ---- statements as queries ---- */

Status plan_query_text(Analyzer *an, const char *sql) {
    Node *statement;
    TRY(parse_statement(an->cx, sql, strlen(sql), &statement));
    RelationPlan relation;
    TRY(analyze_query(an, NODE_CAST(Query, statement), NULL, &relation));
    an->analysis->plan = plan_output(an, &relation);
    return OK;
}

static const char *quote(Analyzer *an, const char *text, char mark) {
    char *quoted = arena_alloc(an->arena, strlen(text) * 2 + 3), *out = quoted;
    *out++ = mark;
    for (; *text != '\0'; text++) {
        if (*text == mark) {
            *out++ = mark;
        }
        *out++ = *text;
    }
    *out++ = mark;
    *out = '\0';
    return quoted;
}

const char *quote_string(Analyzer *an, const char *text) {
    return quote(an, text, '\'');
}

const char *quote_name(Analyzer *an, const char *name) {
    return quote(an, name, '"');
}
