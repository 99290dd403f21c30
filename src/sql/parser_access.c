/*
 * Roles and privileges: GRANT, REVOKE, DENY.
 *
 * `GRANT a, b TO c` grants roles, `GRANT a, b ON t TO c` privileges; which it is shows only after
 * the list.
 */
#include "parser_internal.h"

static bool is_privilege(TokenKind kind) {
    switch (kind) {
    case KEYWORD_CREATE:
    case KEYWORD_SELECT:
    case KEYWORD_DELETE:
    case KEYWORD_INSERT:
    case KEYWORD_UPDATE:
        return true;
    default:
        return is_identifier(kind);
    }
}

static Status parse_privilege(Parser *p, Node **ret_node) {
    if (!is_privilege(peek(p))) {
        return unexpected(p);
    }
    if (is_identifier(peek(p))) {
        return parse_identifier_node(p, ret_node);
    }
    Identifier *privilege = NODE_AT(p, Identifier, current(p));
    privilege->value = token_string(p, current(p));
    advance(p);
    *ret_node = &privilege->node;
    return OK;
}

/* ALL PRIVILEGES, or a list. */
static Status parse_privileges(Parser *p, bool *ret_all, NodeList *privileges) {
    *ret_all = accept_two(p, KEYWORD_ALL, KEYWORD_PRIVILEGES);
    return *ret_all ? OK : parse_list(p, parse_privilege, privileges);
}

Status parse_grantor(Parser *p, Grantor **ret_grantor) {
    Grantor *grantor = NODE_AT(p, Grantor, current(p));
    *ret_grantor = grantor;
    if (accept(p, KEYWORD_CURRENT_USER)) {
        grantor->type = GRANTOR_CURRENT_USER;
        return OK;
    }
    if (accept(p, KEYWORD_CURRENT_ROLE)) {
        grantor->type = GRANTOR_CURRENT_ROLE;
        return OK;
    }
    grantor->type = GRANTOR_PRINCIPAL;
    return parse_principal(p, &grantor->principal);
}

static Status parse_granted_by(Parser *p, Grantor **ret_grantor) {
    if (!accept(p, KEYWORD_GRANTED)) {
        return OK;
    }
    TRY(expect(p, KEYWORD_BY));
    return parse_grantor(p, ret_grantor);
}

/* [kind] name */
Status parse_grant_object(Parser *p, GrantObject **ret_object) {
    GrantObject *object = NODE_AT(p, GrantObject, current(p));
    *ret_object = object;
    bool has_kind = peek(p) == KEYWORD_TABLE ||
                    (is_identifier(peek(p)) && is_identifier(peek_at(p, 1)) &&
                     (peek_at(p, 2) == TOKEN_DOT || peek_at(p, 2) == TOKEN_END ||
                      peek_at(p, 2) == KEYWORD_TO || peek_at(p, 2) == KEYWORD_FROM));
    if (has_kind) {
        object->entity_kind = NODE_AT(p, Identifier, current(p));
        object->entity_kind->value = token_string(p, current(p));
        advance(p);
    }
    return parse_qualified_name(p, &object->name);
}

/* ---- GRANT ---- */

static Status parse_grant_privileges(Parser *p, Grant *grant) {
    TRY(expect(p, KEYWORD_ON));
    TRY(parse_grant_object(p, &grant->grant_object));
    TRY(expect(p, KEYWORD_TO));
    TRY(parse_principal(p, &grant->grantee));
    if (accept(p, KEYWORD_WITH)) {
        grant->grant_option = true;
        return expect_two(p, KEYWORD_GRANT, KEYWORD_OPTION);
    }
    return OK;
}

static Status parse_grant_roles(Parser *p, GrantRoles *grant) {
    TRY(expect(p, KEYWORD_TO));
    TRY(parse_list(p, parse_principal_node, &grant->grantees));
    if (accept(p, KEYWORD_WITH)) {
        grant->admin_option = true;
        TRY(expect_two(p, KEYWORD_ADMIN, KEYWORD_OPTION));
    }
    TRY(parse_granted_by(p, &grant->grantor));
    return parse_catalog_clause(p, &grant->catalog);
}

Status parse_grant(Parser *p, Node **ret_node) {
    const Token *start = current(p);
    advance(p);
    bool all;
    NodeList names = {0};
    TRY(parse_privileges(p, &all, &names));
    if (all || peek(p) == KEYWORD_ON) {
        Grant *grant = NODE_AT(p, Grant, start);
        grant->all_privileges = all;
        grant->privileges = names;
        *ret_node = &grant->node;
        return parse_grant_privileges(p, grant);
    }
    GrantRoles *grant = NODE_AT(p, GrantRoles, start);
    grant->roles = names;
    *ret_node = &grant->node;
    return parse_grant_roles(p, grant);
}

/* ---- REVOKE ---- */

static Status parse_revoke_privileges(Parser *p, Revoke *revoke) {
    TRY(expect(p, KEYWORD_ON));
    TRY(parse_grant_object(p, &revoke->grant_object));
    TRY(expect(p, KEYWORD_FROM));
    return parse_principal(p, &revoke->grantee);
}

static Status parse_revoke_roles(Parser *p, RevokeRoles *revoke) {
    TRY(expect(p, KEYWORD_FROM));
    TRY(parse_list(p, parse_principal_node, &revoke->grantees));
    TRY(parse_granted_by(p, &revoke->grantor));
    return parse_catalog_clause(p, &revoke->catalog);
}

Status parse_revoke(Parser *p, Node **ret_node) {
    const Token *start = current(p);
    advance(p);
    bool option = peek_at(p, 1) == KEYWORD_OPTION && peek_at(p, 2) == KEYWORD_FOR;
    bool grant_option = option && accept_two(p, KEYWORD_GRANT, KEYWORD_OPTION);
    bool admin_option = option && !grant_option && accept_two(p, KEYWORD_ADMIN, KEYWORD_OPTION);
    if (grant_option || admin_option) {
        TRY(expect(p, KEYWORD_FOR));
    }
    bool all;
    NodeList names = {0};
    TRY(parse_privileges(p, &all, &names));
    bool privileges = all || grant_option || peek(p) == KEYWORD_ON;
    if (privileges && !admin_option) {
        Revoke *revoke = NODE_AT(p, Revoke, start);
        revoke->grant_option = grant_option;
        revoke->all_privileges = all;
        revoke->privileges = names;
        *ret_node = &revoke->node;
        return parse_revoke_privileges(p, revoke);
    }
    RevokeRoles *revoke = NODE_AT(p, RevokeRoles, start);
    revoke->admin_option = admin_option;
    revoke->roles = names;
    *ret_node = &revoke->node;
    return parse_revoke_roles(p, revoke);
}

/* ---- DENY ---- */

Status parse_deny(Parser *p, Node **ret_node) {
    Deny *deny = NODE_AT(p, Deny, current(p));
    advance(p);
    TRY(parse_privileges(p, &deny->all_privileges, &deny->privileges));
    TRY(expect(p, KEYWORD_ON));
    TRY(parse_grant_object(p, &deny->grant_object));
    TRY(expect(p, KEYWORD_TO));
    *ret_node = &deny->node;
    return parse_principal(p, &deny->grantee);
}
