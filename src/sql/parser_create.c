/*
 * CREATE statements: tables, views, schemas, catalogs, roles, functions. What follows the name of a
 * table in parentheses tells CREATE TABLE from CREATE TABLE AS.
 */
#include "parser_internal.h"

/* ---- tables ---- */

Status parse_column_definition(Parser *p, ColumnDefinition **ret_column) {
    ColumnDefinition *column = NODE_AT(p, ColumnDefinition, current(p));
    TRY(parse_qualified_name(p, &column->name));
    TRY(parse_type_rule(p, &column->type));
    if (accept(p, KEYWORD_NOT)) {
        TRY(expect(p, KEYWORD_NULL));
        column->not_null = true;
    }
    TRY(parse_comment(p, &column->comment));
    TRY(parse_properties(p, &column->properties));
    *ret_column = column;
    return OK;
}

static Status parse_table_element(Parser *p, Node **ret_node) {
    if (peek(p) != KEYWORD_LIKE) {
        ColumnDefinition *column;
        TRY(parse_column_definition(p, &column));
        *ret_node = &column->node;
        return OK;
    }
    LikeClause *like = NODE_AT(p, LikeClause, current(p));
    advance(p);
    TRY(parse_qualified_name(p, &like->table_name));
    *ret_node = &like->node;
    if (accept(p, KEYWORD_INCLUDING)) {
        like->properties_option = PROPERTIES_INCLUDING;
        return expect(p, KEYWORD_PROPERTIES);
    }
    if (accept(p, KEYWORD_EXCLUDING)) {
        like->properties_option = PROPERTIES_EXCLUDING;
        return expect(p, KEYWORD_PROPERTIES);
    }
    return OK;
}

/* AS query | AS (query), then [WITH [NO] DATA] */
static Status parse_as_query(Parser *p, CreateTableAsSelect *create) {
    TRY(expect(p, KEYWORD_AS));
    /* `AS (query) WITH DATA`: the parentheses are the statement's, not a subquery's. */
    int32_t end = p->match[p->position];
    TokenKind after = end < 0 ? TOKEN_COMMA : p->list.tokens[end + 1].kind;
    bool parenthesized =
        is_query_paren(p, p->position) &&
        (after == TOKEN_END || after == KEYWORD_WITH || after == TOKEN_RIGHT_PAREN);
    if (parenthesized) {
        advance(p);
        TRY(parse_root_query(p, &create->query));
        TRY(expect(p, TOKEN_RIGHT_PAREN));
    } else {
        TRY(parse_root_query(p, &create->query));
    }
    create->with_data = true;
    if (accept(p, KEYWORD_WITH)) {
        create->with_data = !accept(p, KEYWORD_NO);
        return expect(p, KEYWORD_DATA);
    }
    return OK;
}

/* `(a, b)` before AS: names only. */
static bool at_column_aliases(const Parser *p) {
    return peek(p) == TOKEN_LEFT_PAREN && is_identifier(peek_at(p, 1)) &&
           (peek_at(p, 2) == TOKEN_COMMA || peek_at(p, 2) == TOKEN_RIGHT_PAREN);
}

Status parse_create_table(Parser *p, const Token *start, bool replace, Node **ret_node) {
    TRY(expect(p, KEYWORD_TABLE));
    bool not_exists;
    QualifiedName *name;
    TRY(parse_if_not_exists(p, &not_exists));
    TRY(parse_qualified_name(p, &name));
    if (replace && not_exists) {
        defer_error(p, SYNTAX_ERROR, start,
                    "'OR REPLACE' and 'IF NOT EXISTS' clauses can not be used together");
    }
    SaveMode mode = replace ? SAVE_MODE_REPLACE : not_exists ? SAVE_MODE_IGNORE : SAVE_MODE_FAIL;
    if (peek(p) == TOKEN_LEFT_PAREN && !at_column_aliases(p)) {
        CreateTable *create = NODE_AT(p, CreateTable, start);
        create->name = name;
        create->save_mode = mode;
        TRY(parse_parenthesized_list(p, parse_table_element, &create->elements));
        TRY(parse_comment(p, &create->comment));
        *ret_node = &create->node;
        return parse_properties(p, &create->properties);
    }
    CreateTableAsSelect *create = NODE_AT(p, CreateTableAsSelect, start);
    create->name = name;
    create->save_mode = mode;
    create->has_column_aliases = peek(p) == TOKEN_LEFT_PAREN;
    if (create->has_column_aliases) {
        TRY(parse_column_aliases(p, &create->column_aliases));
    }
    TRY(parse_comment(p, &create->comment));
    TRY(parse_properties(p, &create->properties));
    *ret_node = &create->node;
    return parse_as_query(p, create);
}

/* ---- views ---- */

static Status parse_create_view(Parser *p, const Token *start, bool replace, Node **ret_node) {
    CreateView *create = NODE_AT(p, CreateView, start);
    create->replace = replace;
    TRY(expect(p, KEYWORD_VIEW));
    TRY(parse_qualified_name(p, &create->name));
    TRY(parse_comment(p, &create->comment));
    if (accept(p, KEYWORD_SECURITY)) {
        create->security = peek(p) == KEYWORD_DEFINER ? SECURITY_DEFINER : SECURITY_INVOKER;
        TRY(accept(p, KEYWORD_DEFINER) ? OK : expect(p, KEYWORD_INVOKER));
    }
    TRY(parse_properties(p, &create->properties));
    TRY(expect(p, KEYWORD_AS));
    *ret_node = &create->node;
    return parse_root_query(p, &create->query);
}

static Status parse_create_materialized_view(Parser *p, const Token *start, bool replace,
                                             Node **ret_node) {
    CreateMaterializedView *create = NODE_AT(p, CreateMaterializedView, start);
    create->replace = replace;
    TRY(expect_two(p, KEYWORD_MATERIALIZED, KEYWORD_VIEW));
    TRY(parse_if_not_exists(p, &create->not_exists));
    if (replace && create->not_exists) {
        defer_error(p, SYNTAX_ERROR, start,
                    "'OR REPLACE' and 'IF NOT EXISTS' clauses can not be used together");
    }
    TRY(parse_qualified_name(p, &create->name));
    if (accept(p, KEYWORD_GRACE)) {
        TRY(expect(p, KEYWORD_PERIOD));
        TRY(parse_interval(p, &create->grace_period));
    }
    TRY(parse_comment(p, &create->comment));
    TRY(parse_properties(p, &create->properties));
    TRY(expect(p, KEYWORD_AS));
    *ret_node = &create->node;
    return parse_root_query(p, &create->query);
}

/* ---- schemas, catalogs, roles, functions ---- */

static Status parse_authorization(Parser *p, Principal **ret_principal) {
    return accept(p, KEYWORD_AUTHORIZATION) ? parse_principal(p, ret_principal) : OK;
}

static Status parse_create_schema(Parser *p, const Token *start, Node **ret_node) {
    CreateSchema *create = NODE_AT(p, CreateSchema, start);
    TRY(expect(p, KEYWORD_SCHEMA));
    TRY(parse_if_not_exists(p, &create->not_exists));
    TRY(parse_qualified_name(p, &create->name));
    TRY(parse_authorization(p, &create->principal));
    *ret_node = &create->node;
    return parse_properties(p, &create->properties);
}

static Status parse_create_catalog(Parser *p, const Token *start, Node **ret_node) {
    CreateCatalog *create = NODE_AT(p, CreateCatalog, start);
    TRY(expect(p, KEYWORD_CATALOG));
    TRY(parse_if_not_exists(p, &create->not_exists));
    TRY(parse_identifier(p, &create->name));
    TRY(expect(p, KEYWORD_USING));
    TRY(parse_identifier(p, &create->connector_name));
    TRY(parse_comment(p, &create->comment));
    TRY(parse_authorization(p, &create->principal));
    *ret_node = &create->node;
    return parse_properties(p, &create->properties);
}

static Status parse_create_role(Parser *p, const Token *start, Node **ret_node) {
    CreateRole *create = NODE_AT(p, CreateRole, start);
    TRY(expect(p, KEYWORD_ROLE));
    TRY(parse_identifier(p, &create->name));
    if (accept(p, KEYWORD_WITH)) {
        TRY(expect(p, KEYWORD_ADMIN));
        TRY(parse_grantor(p, &create->grantor));
    }
    *ret_node = &create->node;
    return parse_catalog_clause(p, &create->catalog);
}

static Status parse_create_function(Parser *p, const Token *start, bool replace, Node **ret_node) {
    CreateFunction *create = NODE_AT(p, CreateFunction, start);
    create->replace = replace;
    *ret_node = &create->node;
    return parse_function_specification_rule(p, &create->specification);
}

Status parse_create(Parser *p, Node **ret_node) {
    const Token *start = current(p);
    advance(p);
    bool replace = accept(p, KEYWORD_OR);
    if (replace) {
        TRY(expect(p, KEYWORD_REPLACE));
    }
    switch (peek(p)) {
    case KEYWORD_TABLE:
        return parse_create_table(p, start, replace, ret_node);
    case KEYWORD_VIEW:
        return parse_create_view(p, start, replace, ret_node);
    case KEYWORD_MATERIALIZED:
        return parse_create_materialized_view(p, start, replace, ret_node);
    case KEYWORD_FUNCTION:
        return parse_create_function(p, start, replace, ret_node);
    default:
        break;
    }
    if (replace) {
        return unexpected(p);
    }
    switch (peek(p)) {
    case KEYWORD_SCHEMA:
        return parse_create_schema(p, start, ret_node);
    case KEYWORD_CATALOG:
        return parse_create_catalog(p, start, ret_node);
    case KEYWORD_ROLE:
        return parse_create_role(p, start, ret_node);
    default:
        return unexpected(p);
    }
}
