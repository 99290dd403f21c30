/*
 * SHOW, SET and RESET statements.
 */
#include "parser_internal.h"

/* ---- SHOW ---- */

/* [LIKE 'pattern' [ESCAPE 'c']] */
static Status parse_like_clause(Parser *p, StringLiteral **ret_pattern,
                                StringLiteral **ret_escape) {
    if (accept(p, KEYWORD_LIKE)) {
        TRY(parse_string(p, ret_pattern));
        if (accept(p, KEYWORD_ESCAPE)) {
            TRY(parse_string(p, ret_escape));
        }
    }
    return OK;
}

static bool accept_from_or_in(Parser *p) {
    return accept(p, KEYWORD_FROM) || accept(p, KEYWORD_IN);
}

static Status parse_from_catalog(Parser *p, Identifier **ret_catalog) {
    return accept_from_or_in(p) ? parse_identifier(p, ret_catalog) : OK;
}

static Status parse_from_schema(Parser *p, QualifiedName **ret_schema) {
    return accept_from_or_in(p) ? parse_qualified_name(p, ret_schema) : OK;
}

static Status parse_show_create(Parser *p, const Token *at, Node **ret_node) {
    ShowCreate *show = NODE_AT(p, ShowCreate, at);
    *ret_node = &show->node;
    if (accept(p, KEYWORD_TABLE)) {
        show->type = SHOW_CREATE_TABLE;
    } else if (accept(p, KEYWORD_SCHEMA)) {
        show->type = SHOW_CREATE_SCHEMA;
    } else if (accept(p, KEYWORD_VIEW)) {
        show->type = SHOW_CREATE_VIEW;
    } else if (accept(p, KEYWORD_FUNCTION)) {
        show->type = SHOW_CREATE_FUNCTION;
    } else {
        TRY(expect_two(p, KEYWORD_MATERIALIZED, KEYWORD_VIEW));
        show->type = SHOW_CREATE_MATERIALIZED_VIEW;
    }
    return parse_qualified_name(p, &show->name);
}

static Status parse_show_stats(Parser *p, const Token *at, Node **ret_node) {
    ShowStats *show = NODE_AT(p, ShowStats, at);
    *ret_node = &show->node;
    TRY(expect(p, KEYWORD_FOR));
    const Token *relation = current(p);
    if (accept(p, TOKEN_LEFT_PAREN)) {
        TableSubquery *subquery = NODE_AT(p, TableSubquery, relation);
        TRY(parse_root_query(p, &subquery->query));
        show->relation = &subquery->node;
        return expect(p, TOKEN_RIGHT_PAREN);
    }
    TableReference *table = NODE_AT(p, TableReference, relation);
    show->relation = &table->node;
    return parse_qualified_name(p, &table->name);
}

static Status parse_show_grants(Parser *p, const Token *at, Node **ret_node) {
    ShowGrants *show = NODE_AT(p, ShowGrants, at);
    *ret_node = &show->node;
    return accept(p, KEYWORD_ON) ? parse_grant_object(p, &show->grant_object) : OK;
}

static Status parse_show_roles(Parser *p, const Token *at, bool is_current, Node **ret_node) {
    ShowRoles *show = NODE_AT(p, ShowRoles, at);
    show->current = is_current;
    *ret_node = &show->node;
    return parse_from_catalog(p, &show->catalog);
}

static Status parse_show_columns(Parser *p, const Token *at, Node **ret_node) {
    ShowColumns *show = NODE_AT(p, ShowColumns, at);
    *ret_node = &show->node;
    if (!accept_from_or_in(p)) {
        return unexpected(p);
    }
    TRY(parse_qualified_name(p, &show->table));
    return parse_like_clause(p, &show->like_pattern, &show->escape);
}

static Status parse_show_listing(Parser *p, const Token *at, TokenKind what, Node **ret_node) {
    if (what == KEYWORD_CATALOGS) {
        ShowCatalogs *show = NODE_AT(p, ShowCatalogs, at);
        *ret_node = &show->node;
        return parse_like_clause(p, &show->like_pattern, &show->escape);
    }
    if (what == KEYWORD_SCHEMAS) {
        ShowSchemas *show = NODE_AT(p, ShowSchemas, at);
        *ret_node = &show->node;
        TRY(parse_from_catalog(p, &show->catalog));
        return parse_like_clause(p, &show->like_pattern, &show->escape);
    }
    if (what == KEYWORD_TABLES) {
        ShowTables *show = NODE_AT(p, ShowTables, at);
        *ret_node = &show->node;
        TRY(parse_from_schema(p, &show->schema));
        return parse_like_clause(p, &show->like_pattern, &show->escape);
    }
    if (what == KEYWORD_FUNCTIONS) {
        ShowFunctions *show = NODE_AT(p, ShowFunctions, at);
        *ret_node = &show->node;
        TRY(parse_from_schema(p, &show->schema));
        return parse_like_clause(p, &show->like_pattern, &show->escape);
    }
    ShowSession *show = NODE_AT(p, ShowSession, at);
    *ret_node = &show->node;
    return parse_like_clause(p, &show->like_pattern, &show->escape);
}

Status parse_show(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    advance(p);
    TokenKind what = peek(p);
    switch (what) {
    case KEYWORD_CATALOGS:
    case KEYWORD_SCHEMAS:
    case KEYWORD_TABLES:
    case KEYWORD_FUNCTIONS:
    case KEYWORD_SESSION:
        advance(p);
        return parse_show_listing(p, at, what, ret_node);
    case KEYWORD_COLUMNS:
        advance(p);
        return parse_show_columns(p, at, ret_node);
    case KEYWORD_CREATE:
        advance(p);
        return parse_show_create(p, at, ret_node);
    case KEYWORD_STATS:
        advance(p);
        return parse_show_stats(p, at, ret_node);
    case KEYWORD_GRANTS:
        advance(p);
        return parse_show_grants(p, at, ret_node);
    case KEYWORD_ROLES:
        advance(p);
        return parse_show_roles(p, at, false, ret_node);
    case KEYWORD_CURRENT:
        TRY(expect_two(p, KEYWORD_CURRENT, KEYWORD_ROLES));
        return parse_show_roles(p, at, true, ret_node);
    case KEYWORD_ROLE: {
        TRY(expect_two(p, KEYWORD_ROLE, KEYWORD_GRANTS));
        ShowRoleGrants *show = NODE_AT(p, ShowRoleGrants, at);
        *ret_node = &show->node;
        return parse_from_catalog(p, &show->catalog);
    }
    default:
        return unexpected(p);
    }
}

/* ---- SET and RESET ---- */

/* SESSION AUTHORIZATION, rather than a property called authorization. */
static bool accept_session_authorization(Parser *p) {
    bool is_property = peek_at(p, 2) == TOKEN_EQ || peek_at(p, 2) == TOKEN_DOT;
    return !is_property && accept_two(p, KEYWORD_SESSION, KEYWORD_AUTHORIZATION);
}

static Status parse_set_session(Parser *p, const Token *at, Node **ret_node) {
    if (accept_session_authorization(p)) {
        SetSessionAuthorization *set = NODE_AT(p, SetSessionAuthorization, at);
        *ret_node = &set->node;
        if (is_identifier(peek(p))) {
            return parse_identifier_node(p, &set->user);
        }
        StringLiteral *user;
        TRY(parse_string(p, &user));
        set->user = &user->node;
        return OK;
    }
    SetSession *set = NODE_AT(p, SetSession, at);
    advance(p);
    TRY(parse_qualified_name(p, &set->name));
    TRY(expect(p, TOKEN_EQ));
    *ret_node = &set->node;
    return parse_expression_rule(p, &set->value);
}

static Status parse_set_role(Parser *p, const Token *at, Node **ret_node) {
    SetRole *set = NODE_AT(p, SetRole, at);
    advance(p);
    if (accept(p, KEYWORD_ALL)) {
        set->type = SET_ROLE_ALL;
    } else if (accept(p, KEYWORD_NONE)) {
        set->type = SET_ROLE_NONE;
    } else {
        set->type = SET_ROLE_ROLE;
        TRY(parse_identifier(p, &set->role));
    }
    *ret_node = &set->node;
    return parse_catalog_clause(p, &set->catalog);
}

Status parse_set(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    advance(p);
    switch (peek(p)) {
    case KEYWORD_SESSION:
        return parse_set_session(p, at, ret_node);
    case KEYWORD_ROLE:
        return parse_set_role(p, at, ret_node);
    case KEYWORD_PATH: {
        SetPath *set = NODE_AT(p, SetPath, at);
        advance(p);
        *ret_node = &set->node;
        return parse_path_specification(p, &set->path_specification);
    }
    default: {
        SetTimeZone *set = NODE_AT(p, SetTimeZone, at);
        TRY(expect_two(p, KEYWORD_TIME, KEYWORD_ZONE));
        *ret_node = &set->node;
        if (peek(p) == KEYWORD_LOCAL && peek_at(p, 1) == TOKEN_END) {
            advance(p);
            return OK;
        }
        return parse_expression_rule(p, &set->time_zone);
    }
    }
}

Status parse_reset(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    advance(p);
    if (accept_session_authorization(p)) {
        *ret_node = &NODE_AT(p, ResetSessionAuthorization, at)->node;
        return OK;
    }
    ResetSession *reset = NODE_AT(p, ResetSession, at);
    TRY(expect(p, KEYWORD_SESSION));
    *ret_node = &reset->node;
    return parse_qualified_name(p, &reset->name);
}
