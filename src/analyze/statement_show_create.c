/* SHOW CREATE: the statement that would make a table, view or schema, in the reference's layout. */
#include <string.h>

#include "analyze/statement.h"
#include "base/buffer.h"
#include "sql/formatter.h"
#include "sql/parser.h"
#include "type/type_text.h"

static Status plan_text(Analyzer *an, ByteString *text, const char *column) {
    const char *sql =
        arena_printf(an->arena, "SELECT %s AS %s", quote_string(an, byte_string_text(text)),
                     quote_name(an, column));
    byte_string_done(text);
    return plan_query_text(an, sql);
}

static const char *identifier(Analyzer *an, const char *name) {
    return identifier_needs_quotes(name) ? quote_name(an, name) : name;
}

static void append_name(Analyzer *an, ByteString *text, const ResolvedTable *table) {
    byte_string_printf(text, "%s.%s.%s", identifier(an, table->catalog_name),
                       identifier(an, table->schema), identifier(an, table->name));
}

/* The type as SQL text in the formatter's spelling: "decimal(5, 2)", "ROW(a integer)". */
static const char *shown_type(Analyzer *an, const Type *type) {
    Node *node;
    if (parse_type(an->cx, type->display, strlen(type->display), &node) != OK) {
        context_clear_error(an->cx);
        return type->display;
    }
    return format_type(an->arena, node);
}

static Status show_table(Analyzer *an, const Node *statement, const ResolvedTable *table) {
    ByteString text = {0};
    byte_string_append_text(&text, "CREATE TABLE ");
    append_name(an, &text, table);
    byte_string_append_text(&text, " (\n");
    bool first = true;
    for (int32_t i = 0; i < table->table->column_count; i++) {
        const ConnectorColumn *column = &table->table->columns[i];
        if (column->hidden) {
            continue;
        }
        byte_string_printf(&text, "%s   %s %s", first ? "" : ",\n", identifier(an, column->name),
                           shown_type(an, column->type));
        first = false;
        if (column->not_null) {
            byte_string_append_text(&text, " NOT NULL");
        }
        if (column->comment != NULL) {
            byte_string_printf(&text, " COMMENT %s", quote_string(an, column->comment));
        }
    }
    byte_string_append_text(&text, "\n)");
    if (table->table->comment != NULL) {
        byte_string_printf(&text, "\nCOMMENT %s", quote_string(an, table->table->comment));
    }
    for (int32_t i = 0; i < table->table->property_count; i++) {
        byte_string_printf(&text, "%s   %s = %s", i == 0 ? "\nWITH (\n" : ",\n",
                           table->table->properties[i].name, table->table->properties[i].text);
    }
    if (table->table->property_count > 0) {
        byte_string_append_text(&text, "\n)");
    }
    return plan_text(an, &text, "Create Table");
}

static Status show_view(Analyzer *an, const ResolvedTable *table) {
    const ConnectorView *view = table->table->view;
    ByteString text = {0};
    byte_string_append_text(&text, "CREATE VIEW ");
    append_name(an, &text, table);
    if (view->comment != NULL) {
        byte_string_printf(&text, " COMMENT %s", quote_string(an, view->comment));
    }
    size_t size = strlen(view->sql);
    while (size > 0 && view->sql[size - 1] == '\n') {
        size--;
    }
    byte_string_printf(&text, " SECURITY %s AS\n%.*s", view->run_as_invoker ? "INVOKER" : "DEFINER",
                       (int)size, view->sql);
    return plan_text(an, &text, "Create View");
}

static Status show_schema(Analyzer *an, const Node *statement, const QualifiedName *name) {
    const char *catalog_name = name->parts.count > 1
                                   ? lower_case(an, ((Identifier *)name->parts.items[0])->value)
                                   : an->catalog;
    const char *schema = name_suffix(an, name);
    if (catalog_name == NULL) {
        return FAIL_AT(an->cx, MISSING_CATALOG_NAME, statement->line, statement->column,
                       "Catalog must be specified when session catalog is not set");
    }
    Catalog *catalog = transaction_catalog(an->host->transaction, catalog_name);
    if (catalog == NULL) {
        return FAIL_AT(an->cx, CATALOG_NOT_FOUND, statement->line, statement->column,
                       "Catalog '%s' not found", catalog_name);
    }
    if (!metadata_schema_exists(an->cx, an->host->transaction, catalog, schema)) {
        return FAIL_AT(an->cx, SCHEMA_NOT_FOUND, statement->line, statement->column,
                       "Schema '%s.%s' does not exist", catalog_name, schema);
    }
    ByteString text = {0};
    byte_string_printf(&text, "CREATE SCHEMA %s.%s", identifier(an, catalog_name),
                       identifier(an, schema));
    return plan_text(an, &text, "Create Schema");
}

static Status missing(Analyzer *an, const Node *statement, const char *kind,
                      const ResolvedTable *table) {
    return FAIL_AT(an->cx, TABLE_NOT_FOUND, statement->line, statement->column,
                   "%s '%s.%s.%s' does not exist", kind, table->catalog_name, table->schema,
                   table->name);
}

Status analyze_show_create(Analyzer *an, const Node *statement) {
    const ShowCreate *show = (const ShowCreate *)statement;
    if (show->type == SHOW_CREATE_SCHEMA) {
        return show_schema(an, statement, show->name);
    }
    if (show->type == SHOW_CREATE_FUNCTION) {
        return FAIL_AT(an->cx, NOT_FOUND, statement->line, statement->column, "Function not found");
    }
    ResolvedTable table;
    TRY(resolve_table(an, show->name, statement, &table));
    bool is_view = table.table != NULL && table.table->kind == TABLE_KIND_VIEW;
    switch (show->type) {
    case SHOW_CREATE_VIEW:
        if (table.table != NULL && !is_view) {
            return FAIL_AT(an->cx, NOT_SUPPORTED, statement->line, statement->column,
                           "Relation '%s.%s.%s' is a table, not a view", table.catalog_name,
                           table.schema, table.name);
        }
        return is_view ? show_view(an, &table) : missing(an, statement, "View", &table);
    case SHOW_CREATE_MATERIALIZED_VIEW:
        return missing(an, statement, "Materialized view", &table);
    default:
        if (is_view) {
            return FAIL_AT(an->cx, NOT_SUPPORTED, statement->line, statement->column,
                           "Relation '%s.%s.%s' is a view, not a table", table.catalog_name,
                           table.schema, table.name);
        }
        TRY(require_table(an, &table, statement));
        return show_table(an, statement, &table);
    }
}
