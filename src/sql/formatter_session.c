/*
 * SHOW, SET, RESET, USE and transaction statements to text.
 */
#include "formatter_internal.h"

/* ---- SHOW ---- */

static void put_like(Formatter *f, const StringLiteral *pattern, const StringLiteral *escape) {
    if (pattern != NULL) {
        put(f, " LIKE ");
        put_literal(f, pattern);
    }
    if (escape != NULL) {
        put(f, " ESCAPE ");
        put_literal(f, escape);
    }
}

static void put_from_name(Formatter *f, const QualifiedName *name) {
    if (name != NULL) {
        put(f, " FROM ");
        put_name(f, name);
    }
}

static void put_optional(Formatter *f, const char *before, const Identifier *identifier) {
    if (identifier != NULL) {
        put(f, before);
        put_identifier(f, identifier);
    }
}

static bool put_show_listing(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_SHOW_CATALOGS: {
        const ShowCatalogs *show = NODE_CAST(ShowCatalogs, node);
        put(f, "SHOW CATALOGS");
        put_like(f, show->like_pattern, show->escape);
        return true;
    }
    case NODE_SHOW_SCHEMAS: {
        const ShowSchemas *show = NODE_CAST(ShowSchemas, node);
        put(f, "SHOW SCHEMAS");
        put_optional(f, " FROM ", show->catalog);
        put_like(f, show->like_pattern, show->escape);
        return true;
    }
    case NODE_SHOW_TABLES: {
        const ShowTables *show = NODE_CAST(ShowTables, node);
        put(f, "SHOW TABLES");
        put_from_name(f, show->schema);
        put_like(f, show->like_pattern, show->escape);
        return true;
    }
    case NODE_SHOW_COLUMNS: {
        const ShowColumns *show = NODE_CAST(ShowColumns, node);
        put(f, "SHOW COLUMNS");
        put_from_name(f, show->table);
        put_like(f, show->like_pattern, show->escape);
        return true;
    }
    case NODE_SHOW_FUNCTIONS: {
        const ShowFunctions *show = NODE_CAST(ShowFunctions, node);
        put(f, "SHOW FUNCTIONS");
        put_from_name(f, show->schema);
        put_like(f, show->like_pattern, show->escape);
        return true;
    }
    case NODE_SHOW_SESSION: {
        const ShowSession *show = NODE_CAST(ShowSession, node);
        put(f, "SHOW SESSION");
        put_like(f, show->like_pattern, show->escape);
        return true;
    }
    default:
        return false;
    }
}

static bool put_show(Formatter *f, const Node *node) {
    static const char *const created[] = {
        [SHOW_CREATE_TABLE] = "TABLE ",
        [SHOW_CREATE_SCHEMA] = "SCHEMA ",
        [SHOW_CREATE_VIEW] = "VIEW ",
        [SHOW_CREATE_MATERIALIZED_VIEW] = "MATERIALIZED VIEW ",
        [SHOW_CREATE_FUNCTION] = "FUNCTION ",
    };
    switch (node->kind) {
    case NODE_SHOW_CREATE:
        put(f, "SHOW CREATE ");
        put(f, created[NODE_CAST(ShowCreate, node)->type]);
        put_name(f, NODE_CAST(ShowCreate, node)->name);
        return true;
    case NODE_SHOW_STATS:
        put(f, "SHOW STATS FOR ");
        put_relation(f, NODE_CAST(ShowStats, node)->relation, 0);
        return true;
    case NODE_SHOW_ROLES:
        put(f, NODE_CAST(ShowRoles, node)->current ? "SHOW CURRENT ROLES" : "SHOW ROLES");
        put_optional(f, " FROM ", NODE_CAST(ShowRoles, node)->catalog);
        return true;
    case NODE_SHOW_ROLE_GRANTS:
        put(f, "SHOW ROLE GRANTS");
        put_optional(f, " FROM ", NODE_CAST(ShowRoleGrants, node)->catalog);
        return true;
    default:
        return put_show_listing(f, node);
    }
}

/* ---- SET, RESET, USE ---- */

static void put_path(Formatter *f, const PathSpecification *path) {
    for (int32_t i = 0; i < path->path.count; i++) {
        const PathElement *element = NODE_CAST(PathElement, path->path.items[i]);
        put(f, i == 0 ? "" : ", ");
        if (element->catalog != NULL) {
            put_identifier(f, element->catalog);
            put(f, ".");
        }
        put_identifier(f, element->schema);
    }
}

static void put_set_role(Formatter *f, const SetRole *set) {
    put(f, "SET ROLE ");
    if (set->type == SET_ROLE_ROLE) {
        put_identifier(f, set->role);
    } else {
        put(f, set->type == SET_ROLE_ALL ? "ALL" : "NONE");
    }
    put_optional(f, " IN ", set->catalog);
}

static bool put_set(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_SET_SESSION:
        put(f, "SET SESSION ");
        put_name(f, NODE_CAST(SetSession, node)->name);
        put(f, " = ");
        put_expression(f, NODE_CAST(SetSession, node)->value);
        return true;
    case NODE_RESET_SESSION:
        put(f, "RESET SESSION ");
        put_name(f, NODE_CAST(ResetSession, node)->name);
        return true;
    case NODE_SET_SESSION_AUTHORIZATION:
        put(f, "SET SESSION AUTHORIZATION ");
        put_expression(f, NODE_CAST(SetSessionAuthorization, node)->user);
        return true;
    case NODE_RESET_SESSION_AUTHORIZATION:
        put(f, "RESET SESSION AUTHORIZATION");
        return true;
    case NODE_SET_ROLE:
        put_set_role(f, NODE_CAST(SetRole, node));
        return true;
    case NODE_SET_PATH:
        put(f, "SET PATH ");
        put_path(f, NODE_CAST(SetPath, node)->path_specification);
        return true;
    case NODE_SET_TIME_ZONE:
        put(f, "SET TIME ZONE ");
        if (NODE_CAST(SetTimeZone, node)->time_zone == NULL) {
            put(f, "LOCAL");
        } else {
            put_expression(f, NODE_CAST(SetTimeZone, node)->time_zone);
        }
        return true;
    case NODE_USE:
        put_optional(f, "USE ", NODE_CAST(Use, node)->catalog);
        put_optional(f, NODE_CAST(Use, node)->catalog == NULL ? "USE " : ".",
                     NODE_CAST(Use, node)->schema);
        return true;
    default:
        return false;
    }
}

/* ---- transactions ---- */

static void put_transaction_mode(Formatter *f, const Node *node) {
    static const char *const levels[] = {
        [ISOLATION_SERIALIZABLE] = "ISOLATION LEVEL SERIALIZABLE",
        [ISOLATION_REPEATABLE_READ] = "ISOLATION LEVEL REPEATABLE READ",
        [ISOLATION_READ_COMMITTED] = "ISOLATION LEVEL READ COMMITTED",
        [ISOLATION_READ_UNCOMMITTED] = "ISOLATION LEVEL READ UNCOMMITTED",
    };
    if (node->kind == NODE_ISOLATION) {
        put(f, levels[NODE_CAST(Isolation, node)->level]);
    } else {
        put(f, NODE_CAST(TransactionAccessMode, node)->read_only ? "READ ONLY" : "READ WRITE");
    }
}

bool put_session_statement(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_START_TRANSACTION: {
        const NodeList *modes = &NODE_CAST(StartTransaction, node)->transaction_modes;
        put(f, "START TRANSACTION");
        for (int32_t i = 0; i < modes->count; i++) {
            put(f, i == 0 ? " " : ", ");
            put_transaction_mode(f, modes->items[i]);
        }
        return true;
    }
    case NODE_COMMIT:
        put(f, "COMMIT");
        return true;
    case NODE_ROLLBACK:
        put(f, "ROLLBACK");
        return true;
    default:
        return put_show(f, node) || put_set(f, node);
    }
}
