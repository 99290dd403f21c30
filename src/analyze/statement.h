/*
 * Statements that are no plans of their own: each kind has an analysis function, found by node kind
 * in statement.c.
 *
 * An analysis function sets an->analysis->plan (SHOW, DESCRIBE, EXPLAIN: a query of their own) or
 * ->task (a change of metadata or session, carried out by task_execute), and update_type. A task
 * reads what it needs from the statement again; checks that Trino makes while it executes are made
 * there.
 */
#pragma once

#include "analyze/analyzer.h"

typedef Status StatementAnalysis(Analyzer *an, const Node *statement);

/* statement_show.c */
StatementAnalysis analyze_show_catalogs, analyze_show_schemas, analyze_show_tables,
    analyze_show_columns, analyze_show_functions, analyze_show_session, analyze_show_roles,
    analyze_show_role_grants, analyze_show_grants, analyze_show_stats;
/* statement_show_create.c */
StatementAnalysis analyze_show_create;
/* statement_explain.c */
StatementAnalysis analyze_explain;
/* statement_session.c */
StatementAnalysis analyze_use, analyze_set_session, analyze_reset_session, analyze_set_time_zone,
    analyze_set_path, analyze_set_role, analyze_set_session_authorization,
    analyze_reset_session_authorization;
/* statement_transaction.c */
StatementAnalysis analyze_start_transaction, analyze_commit, analyze_rollback;
/* statement_prepared.c */
StatementAnalysis analyze_prepare, analyze_deallocate, analyze_execute, analyze_execute_immediate,
    analyze_describe_input, analyze_describe_output;
/* statement_call.c */
StatementAnalysis analyze_call;
/* statement_schema.c */
StatementAnalysis analyze_create_schema, analyze_drop_schema, analyze_rename_schema,
    analyze_set_authorization, analyze_create_catalog, analyze_drop_catalog;
/* statement_table.c */
StatementAnalysis analyze_create_table, analyze_drop_table, analyze_rename_table,
    analyze_truncate_table, analyze_comment, analyze_analyze, analyze_set_properties,
    analyze_table_execute;
/* statement_column.c */
StatementAnalysis analyze_add_column, analyze_rename_column, analyze_drop_column,
    analyze_set_column_type, analyze_drop_not_null;
/* statement_view.c */
StatementAnalysis analyze_create_view, analyze_drop_view, analyze_rename_view,
    analyze_create_materialized_view, analyze_drop_materialized_view,
    analyze_rename_materialized_view, analyze_refresh_materialized_view;
/* statement_function.c */
StatementAnalysis analyze_create_function, analyze_drop_function;
/* statement_role.c */
StatementAnalysis analyze_create_role, analyze_drop_role, analyze_grant_roles, analyze_revoke_roles,
    analyze_grant, analyze_revoke, analyze_deny;

/* ---- shared ---- */

/* A statement that is another query: its text is parsed and planned in `an`'s place. Errors in it
 * are programming errors. */
MUST_CHECK Status plan_query_text(Analyzer *an, const char *sql);
/* 'text' with quotes doubled, "name" with quotes doubled; in the arena. */
const char *quote_string(Analyzer *an, const char *text);
const char *quote_name(Analyzer *an, const char *name);
/* A task of the analysis with its update type. */
Status set_task(Analyzer *an, const char *update_type,
                Status (*task)(Context *cx, Analysis *analysis));
/* The analyzer of a task that runs: same session, same host. */
Analyzer *task_analyzer(Context *cx, Analysis *analysis);
/* Writes need the catalog's transaction handle; autocommit only where the connector has no
 * transactions. */
MUST_CHECK Status begin_metadata_write(Context *cx, Analysis *analysis, Catalog *catalog);

/* Properties that the connector does not declare fail with `code`: "Catalog 'c' table property 'p'
 * does not exist". */
MUST_CHECK Status check_no_properties(Analyzer *an, const NodeList *properties,
                                      const ConnectorProperty *known, const char *catalog,
                                      const char *kind, ErrorCode code);
MUST_CHECK Status evaluate_properties(Analyzer *an, const NodeList *nodes,
                                      const ConnectorProperty *known, PropertyValue **ret_values,
                                      int32_t *ret_count);
/* The table of a task; *ret_table has table NULL when it is missing and if_exists. */
MUST_CHECK Status target_table(Context *cx, Analysis *analysis, const QualifiedName *name,
                               bool if_exists, ResolvedTable *ret_table);
/* A column definition's type; TYPE_NOT_FOUND "Unknown type 'x' for column 'y'". */
MUST_CHECK Status column_type(Analyzer *an, const ColumnDefinition *definition, const char *name,
                              const Type **ret_type);
