/*
 * Role and privilege statements to text.
 */
#include "formatter_internal.h"

static void put_words(Formatter *f, const char *words, const NodeList *list) {
    put(f, words);
    for (int32_t i = 0; i < list->count; i++) {
        const Identifier *word = NODE_CAST(Identifier, list->items[i]);
        put(f, i == 0 ? "" : ", ");
        if (word->delimited) {
            put_identifier(f, word);
        } else {
            put(f, word->value); /* privileges are reserved words, unquoted */
        }
    }
}

static void put_privileges(Formatter *f, bool all, const NodeList *privileges) {
    put_words(f, all ? "ALL PRIVILEGES" : "", privileges);
}

static void put_object(Formatter *f, const GrantObject *object) {
    put(f, " ON ");
    if (object->entity_kind != NULL) {
        put(f, object->entity_kind->value);
        put(f, " ");
    }
    put_name(f, object->name);
}

static void put_principals(Formatter *f, const char *before, const NodeList *principals) {
    for (int32_t i = 0; i < principals->count; i++) {
        put(f, i == 0 ? before : ", ");
        put_principal(f, NODE_CAST(Principal, principals->items[i]));
    }
}

static void put_one_principal(Formatter *f, const char *before, const Principal *principal) {
    put(f, before);
    put_principal(f, principal);
}

static void put_grantor(Formatter *f, const char *before, const Grantor *grantor) {
    if (grantor == NULL) {
        return;
    }
    put(f, before);
    if (grantor->type == GRANTOR_PRINCIPAL) {
        put_principal(f, grantor->principal);
    } else {
        put(f, grantor->type == GRANTOR_CURRENT_USER ? "CURRENT_USER" : "CURRENT_ROLE");
    }
}

static void put_catalog(Formatter *f, const Identifier *catalog) {
    if (catalog != NULL) {
        put(f, " IN ");
        put_identifier(f, catalog);
    }
}

/* ---- roles ---- */

static bool put_role_statement(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_CREATE_ROLE: {
        const CreateRole *create = NODE_CAST(CreateRole, node);
        put(f, "CREATE ROLE ");
        put_identifier(f, create->name);
        put_grantor(f, " WITH ADMIN ", create->grantor);
        put_catalog(f, create->catalog);
        return true;
    }
    case NODE_DROP_ROLE: {
        const DropRole *drop = NODE_CAST(DropRole, node);
        put(f, drop->exists ? "DROP ROLE IF EXISTS " : "DROP ROLE ");
        put_identifier(f, drop->name);
        put_catalog(f, drop->catalog);
        return true;
    }
    case NODE_GRANT_ROLES: {
        const GrantRoles *grant = NODE_CAST(GrantRoles, node);
        put_words(f, "GRANT ", &grant->roles);
        put_principals(f, " TO ", &grant->grantees);
        put(f, grant->admin_option ? " WITH ADMIN OPTION" : "");
        put_grantor(f, " GRANTED BY ", grant->grantor);
        put_catalog(f, grant->catalog);
        return true;
    }
    case NODE_REVOKE_ROLES: {
        const RevokeRoles *revoke = NODE_CAST(RevokeRoles, node);
        put_words(f, revoke->admin_option ? "REVOKE ADMIN OPTION FOR " : "REVOKE ", &revoke->roles);
        put_principals(f, " FROM ", &revoke->grantees);
        put_grantor(f, " GRANTED BY ", revoke->grantor);
        put_catalog(f, revoke->catalog);
        return true;
    }
    default:
        return false;
    }
}

/* ---- privileges ---- */

bool put_access_statement(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_GRANT: {
        const Grant *grant = NODE_CAST(Grant, node);
        put(f, "GRANT ");
        put_privileges(f, grant->all_privileges, &grant->privileges);
        put_object(f, grant->grant_object);
        put_one_principal(f, " TO ", grant->grantee);
        put(f, grant->grant_option ? " WITH GRANT OPTION" : "");
        return true;
    }
    case NODE_REVOKE: {
        const Revoke *revoke = NODE_CAST(Revoke, node);
        put(f, revoke->grant_option ? "REVOKE GRANT OPTION FOR " : "REVOKE ");
        put_privileges(f, revoke->all_privileges, &revoke->privileges);
        put_object(f, revoke->grant_object);
        put_one_principal(f, " FROM ", revoke->grantee);
        return true;
    }
    case NODE_DENY: {
        const Deny *deny = NODE_CAST(Deny, node);
        put(f, "DENY ");
        put_privileges(f, deny->all_privileges, &deny->privileges);
        put_object(f, deny->grant_object);
        put_one_principal(f, " TO ", deny->grantee);
        return true;
    }
    case NODE_SHOW_GRANTS: {
        const ShowGrants *show = NODE_CAST(ShowGrants, node);
        put(f, "SHOW GRANTS");
        if (show->grant_object != NULL) {
            put_object(f, show->grant_object);
        }
        return true;
    }
    default:
        return put_role_statement(f, node);
    }
}
