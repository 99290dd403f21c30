/*
 * SHOW and DESCRIBE as queries: over information_schema, or over rows known here.
 *
 * Errors of names are the reference's and come at the statement's position; LIKE patterns become
 * predicates.
 */
#include <string.h>

#include "analyze/statement.h"
#include "base/buffer.h"
#include "catalog/session_properties.h"

static char *keep(Analyzer *an, ByteString *text) {
    char *kept = arena_strdup(an->arena, byte_string_text(text));
    byte_string_done(text);
    return kept;
}

/* The catalog by name; CATALOG_NOT_FOUND at the statement. */
static Status find_catalog(Analyzer *an, const Node *statement, const char *name,
                           Catalog **ret_catalog) {
    *ret_catalog = transaction_catalog(an->host->transaction, name);
    return *ret_catalog != NULL ? OK
                                : FAIL_AT(an->cx, CATALOG_NOT_FOUND, statement->line,
                                          statement->column, "Catalog '%s' not found", name);
}

static void append_like(Analyzer *an, ByteString *sql, const char *column, const char *joiner,
                        const StringLiteral *pattern, const StringLiteral *escape) {
    if (pattern == NULL) {
        return;
    }
    byte_string_printf(sql, " %s %s LIKE %s", joiner, column, quote_string(an, pattern->value));
    if (escape != NULL) {
        byte_string_printf(sql, " ESCAPE %s", quote_string(an, escape->value));
    }
}

/* The catalog and schema a SHOW is about: from its name of one or two parts, else the session's. */
static Status resolve_schema(Analyzer *an, const Node *statement, const QualifiedName *name,
                             const char **ret_catalog, const char **ret_schema) {
    const char *catalog = an->catalog, *schema = an->schema;
    if (name != NULL && name->parts.count > 2) {
        return FAIL_AT(an->cx, SYNTAX_ERROR, statement->line, statement->column,
                       "Too many parts in schema name: %s", "schema");
    }
    if (name != NULL) {
        schema = name_suffix(an, name);
        if (name->parts.count == 2) {
            catalog = lower_case(an, ((Identifier *)name->parts.items[0])->value);
        }
    }
    if (catalog == NULL) {
        return FAIL_AT(an->cx, MISSING_CATALOG_NAME, statement->line, statement->column,
                       "Catalog must be specified when session catalog is not set");
    }
    if (schema == NULL) {
        return FAIL_AT(an->cx, MISSING_SCHEMA_NAME, statement->line, statement->column,
                       "Schema must be specified when session schema is not set");
    }
    *ret_catalog = catalog;
    *ret_schema = schema;
    return OK;
}

/* ---- catalogs, schemas, tables, columns ---- */

Status analyze_show_catalogs(Analyzer *an, const Node *statement) {
    const ShowCatalogs *show = (const ShowCatalogs *)statement;
    StringList names = catalog_names(transaction_manager(an->host->transaction), an->arena);
    ByteString sql = {0};
    byte_string_append_text(&sql, "SELECT * FROM (VALUES ");
    for (int32_t i = 0; i < names.count; i++) {
        byte_string_printf(&sql, "%s%s", i > 0 ? "," : "", quote_string(an, names.items[i]));
    }
    byte_string_append_text(&sql, ") t(\"Catalog\")");
    append_like(an, &sql, "\"Catalog\"", "WHERE", show->like_pattern, show->escape);
    byte_string_append_text(&sql, " ORDER BY 1");
    return plan_query_text(an, keep(an, &sql));
}

Status analyze_show_schemas(Analyzer *an, const Node *statement) {
    const ShowSchemas *show = (const ShowSchemas *)statement;
    const char *name = show->catalog != NULL ? lower_case(an, show->catalog->value) : an->catalog;
    Catalog *catalog;
    if (name == NULL) {
        return FAIL_AT(an->cx, MISSING_CATALOG_NAME, statement->line, statement->column,
                       "Catalog must be specified when session catalog is not set");
    }
    TRY(find_catalog(an, statement, name, &catalog));
    ByteString sql = {0};
    byte_string_printf(&sql, "SELECT schema_name AS \"Schema\" FROM %s.information_schema.schemata",
                       quote_name(an, name));
    append_like(an, &sql, "schema_name", "WHERE", show->like_pattern, show->escape);
    byte_string_append_text(&sql, " ORDER BY schema_name");
    return plan_query_text(an, keep(an, &sql));
}

Status analyze_show_tables(Analyzer *an, const Node *statement) {
    const ShowTables *show = (const ShowTables *)statement;
    const char *catalog_name, *schema;
    Catalog *catalog;
    TRY(resolve_schema(an, statement, show->schema, &catalog_name, &schema));
    TRY(find_catalog(an, statement, catalog_name, &catalog));
    if (!metadata_schema_exists(an->cx, an->host->transaction, catalog, schema)) {
        return FAIL_AT(an->cx, SCHEMA_NOT_FOUND, statement->line, statement->column,
                       "Schema '%s' does not exist", schema);
    }
    ByteString sql = {0};
    byte_string_printf(
        &sql,
        "SELECT table_name AS \"Table\" FROM %s.information_schema.tables WHERE table_schema = %s",
        quote_name(an, catalog_name), quote_string(an, schema));
    append_like(an, &sql, "table_name", "AND", show->like_pattern, show->escape);
    byte_string_append_text(&sql, " ORDER BY table_name");
    return plan_query_text(an, keep(an, &sql));
}

static void append_cell(Analyzer *an, ByteString *sql, const char *text, bool last) {
    byte_string_printf(sql, "CAST(%s AS varchar)%s", quote_string(an, text != NULL ? text : ""),
                       last ? ")" : ",");
}

Status analyze_show_columns(Analyzer *an, const Node *statement) {
    const ShowColumns *show = (const ShowColumns *)statement;
    ResolvedTable table;
    TRY(resolve_table(an, show->table, statement, &table));
    TRY(require_table(an, &table, statement));
    ByteString sql = {0};
    byte_string_append_text(&sql,
                            "SELECT \"Column\", \"Type\", \"Extra\", \"Comment\" FROM (VALUES ");
    int32_t count = 0;
    for (int32_t i = 0; i < table.table->column_count; i++) {
        const ConnectorColumn *column = &table.table->columns[i];
        if (column->hidden) {
            continue;
        }
        byte_string_printf(&sql, "%s(%d,", count > 0 ? "," : "", count);
        count++;
        append_cell(an, &sql, column->name, false);
        append_cell(an, &sql, column->type->name, false);
        append_cell(an, &sql, column->extra, false);
        append_cell(an, &sql, column->comment, true);
    }
    byte_string_append_text(&sql, ") t(ordinal, \"Column\", \"Type\", \"Extra\", \"Comment\")");
    append_like(an, &sql, "\"Column\"", "WHERE", show->like_pattern, show->escape);
    byte_string_append_text(&sql, " ORDER BY ordinal");
    return plan_query_text(an, keep(an, &sql));
}

Status analyze_show_stats(Analyzer *an, const Node *statement) {
    const ShowStats *show = (const ShowStats *)statement;
    Query *query = NODE_NEW(an->arena, Query, statement->line, statement->column);
    if (show->relation->kind == NODE_TABLE_SUBQUERY) {
        query = ((const TableSubquery *)show->relation)->query;
    } else {
        query->query_body = show->relation; /* TABLE t */
    }
    RelationPlan relation;
    TRY(analyze_query(an, query, NULL, &relation));
    return an->host->show_stats(an->cx, an->host->closure, an->builder, plan_output(an, &relation),
                                &an->analysis->plan);
}

/* ---- functions ---- */

typedef struct FunctionRows {
    Analyzer *an;
    ByteString *sql;
    int32_t count;
} FunctionRows;

static void add_function(void *closure, const FunctionDescription *description) {
    FunctionRows *rows = closure;
    byte_string_printf(
        rows->sql, "%s(%s,%s,%s,%s,%s,%s)", rows->count > 0 ? "," : "",
        quote_string(rows->an, description->name), quote_string(rows->an, description->return_type),
        quote_string(rows->an, description->argument_types),
        quote_string(rows->an, description->kind), description->deterministic ? "true" : "false",
        quote_string(rows->an, description->description != NULL ? description->description : ""));
    rows->count++;
}

Status analyze_show_functions(Analyzer *an, const Node *statement) {
    const ShowFunctions *show = (const ShowFunctions *)statement;
    ByteString sql = {0};
    FunctionRows rows = {an, &sql, 0};
    byte_string_append_text(&sql, "SELECT * FROM (VALUES ");
    function_list(add_function, &rows);
    byte_string_append_text(
        &sql, ") t(\"Function\", \"Return Type\", \"Argument Types\", \"Function Type\", "
              "\"Deterministic\", \"Description\")");
    if (show->schema != NULL) {
        const char *catalog, *schema;
        TRY(resolve_schema(an, statement, show->schema, &catalog, &schema));
        byte_string_append_text(&sql,
                                strcmp(catalog, "system") == 0 && strcmp(schema, "builtin") == 0
                                    ? " WHERE true"
                                    : " WHERE false");
    }
    append_like(an, &sql, "\"Function\"", show->schema != NULL ? "AND" : "WHERE",
                show->like_pattern, show->escape);
    byte_string_append_text(&sql,
                            " ORDER BY lower(\"Function\"), \"Return Type\", \"Argument Types\"");
    return plan_query_text(an, keep(an, &sql));
}

/* ---- session properties ---- */

Status analyze_show_session(Analyzer *an, const Node *statement) {
    const ShowSession *show = (const ShowSession *)statement;
    ByteString sql = {0};
    byte_string_append_text(&sql, "SELECT * FROM (VALUES ");
    int32_t count;
    const SessionPropertyDefinition *definitions = session_property_definitions(&count);
    int32_t written = 0;
    for (int32_t i = 0; i < count; i++) {
        const SessionPropertyDefinition *definition = &definitions[i];
        if (definition->hidden) {
            continue;
        }
        const char *value = session_property_text(an->cx->session, definition->name);
        byte_string_printf(&sql, "%s(%s,%s,%s,%s,%s)", written++ > 0 ? "," : "",
                           quote_string(an, definition->name),
                           quote_string(an, value != NULL ? value : definition->default_value),
                           quote_string(an, definition->default_value),
                           quote_string(an, definition->type),
                           quote_string(an, session_property_description(definition->name)));
    }
    byte_string_append_text(&sql,
                            ") t(\"Name\", \"Value\", \"Default\", \"Type\", \"Description\")");
    append_like(an, &sql, "\"Name\"", "WHERE", show->like_pattern, show->escape);
    byte_string_append_text(&sql, " ORDER BY \"Name\"");
    return plan_query_text(an, keep(an, &sql));
}

/* ---- roles and grants: the default security knows none ---- */

static Status refuse_catalog_roles(Analyzer *an, const Node *statement, const Identifier *name) {
    Catalog *catalog;
    if (name == NULL) {
        return OK;
    }
    TRY(find_catalog(an, statement, lower_case(an, name->value), &catalog));
    return FAIL_AT(an->cx, NOT_SUPPORTED, statement->line, statement->column,
                   "Catalog '%s' does not support role management", catalog->name);
}

Status analyze_show_roles(Analyzer *an, const Node *statement) {
    TRY(refuse_catalog_roles(an, statement, ((const ShowRoles *)statement)->catalog));
    return plan_query_text(an,
                           "SELECT * FROM (VALUES CAST(NULL AS varchar)) t(\"Role\") WHERE false");
}

Status analyze_show_role_grants(Analyzer *an, const Node *statement) {
    TRY(refuse_catalog_roles(an, statement, ((const ShowRoleGrants *)statement)->catalog));
    return plan_query_text(
        an, "SELECT * FROM (VALUES CAST(NULL AS varchar)) t(\"Role Grants\") WHERE false");
}

Status analyze_show_grants(Analyzer *an, const Node *statement) {
    const ShowGrants *show = (const ShowGrants *)statement;
    const char *catalog = an->catalog;
    if (show->grant_object != NULL) {
        ResolvedTable table;
        TRY(resolve_table(an, show->grant_object->name, statement, &table));
        TRY(require_table(an, &table, statement));
        catalog = table.catalog_name;
    }
    if (catalog == NULL) {
        return FAIL_AT(an->cx, MISSING_CATALOG_NAME, statement->line, statement->column,
                       "Catalog must be specified when session catalog is not set");
    }
    ByteString sql = {0};
    byte_string_printf(&sql,
                       "SELECT grantor \"Grantor\", grantor_type \"Grantor Type\", grantee "
                       "\"Grantee\", grantee_type "
                       "\"Grantee Type\", table_catalog \"Catalog\", table_schema \"Schema\", "
                       "table_name \"Table\", "
                       "privilege_type \"Privilege\", is_grantable \"Grantable\", with_hierarchy "
                       "\"With Hierarchy\" "
                       "FROM %s.information_schema.table_privileges",
                       quote_name(an, catalog));
    return plan_query_text(an, keep(an, &sql));
}
