/* Roles and privileges: the default security has none, and says so in the reference's words. */
#include "analyze/statement.h"

static Status refuse_roles(Analyzer *an, const Node *statement, const Identifier *catalog) {
    if (catalog != NULL) {
        const char *name = lower_case(an, catalog->value);
        if (transaction_catalog(an->host->transaction, name) == NULL) {
            return FAIL_AT(an->cx, CATALOG_NOT_FOUND, statement->line, statement->column,
                           "Catalog '%s' not found", name);
        }
        return FAIL_AT(an->cx, NOT_SUPPORTED, statement->line, statement->column,
                       "Catalog '%s' does not support role management", name);
    }
    return FAIL(an->cx, NOT_SUPPORTED, "System roles are not enabled");
}

static Status refuse_privileges(Analyzer *an, const Node *statement, const GrantObject *object) {
    ResolvedTable table;
    bool schema =
        object->entity_kind != NULL && strcasecmp(object->entity_kind->value, "SCHEMA") == 0;
    if (schema) {
        const NodeList *parts = &object->name->parts;
        const char *catalog =
            parts->count > 1 ? lower_case(an, ((Identifier *)parts->items[0])->value) : an->catalog;
        return FAIL(an->cx, NOT_SUPPORTED, "Catalog does not support permission management: %s",
                    catalog != NULL ? catalog : "");
    }
    TRY(resolve_table(an, object->name, statement, &table));
    TRY(require_table(an, &table, statement));
    return FAIL(an->cx, NOT_SUPPORTED, "Catalog does not support permission management: %s",
                table.catalog_name);
}

Status analyze_create_role(Analyzer *an, const Node *statement) {
    return refuse_roles(an, statement, ((const CreateRole *)statement)->catalog);
}

Status analyze_drop_role(Analyzer *an, const Node *statement) {
    return refuse_roles(an, statement, ((const DropRole *)statement)->catalog);
}

Status analyze_grant_roles(Analyzer *an, const Node *statement) {
    return refuse_roles(an, statement, ((const GrantRoles *)statement)->catalog);
}

Status analyze_revoke_roles(Analyzer *an, const Node *statement) {
    return refuse_roles(an, statement, ((const RevokeRoles *)statement)->catalog);
}

Status analyze_grant(Analyzer *an, const Node *statement) {
    return refuse_privileges(an, statement, ((const Grant *)statement)->grant_object);
}

Status analyze_revoke(Analyzer *an, const Node *statement) {
    return refuse_privileges(an, statement, ((const Revoke *)statement)->grant_object);
}

Status analyze_deny(Analyzer *an, const Node *statement) {
    return refuse_privileges(an, statement, ((const Deny *)statement)->grant_object);
}
