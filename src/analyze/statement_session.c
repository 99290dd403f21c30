/*
 * USE, SET SESSION, SET TIME ZONE, SET PATH, SET ROLE, SET SESSION AUTHORIZATION: what the client
 * is told to remember.
 *
 * Nothing is stored here; the changes go out as response headers when the statement ends.
 */
#include <string.h>

#include "analyze/statement.h"
#include "base/timezone.h"
#include "catalog/session_properties.h"
#include "sql/formatter.h"
#include "type/type_parse.h"

/* The changes were noted at analysis. */
static Status no_effect(Context *cx, Analysis *analysis) {
    return OK;
}

/* ---- USE ---- */

static Status run_use(Context *cx, Analysis *analysis) {
    const Use *use = (const Use *)analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    const char *name = use->catalog != NULL ? lower_case(an, use->catalog->value) : an->catalog;
    const char *schema = lower_case(an, use->schema->value);
    Catalog *catalog = transaction_catalog(analysis->host->transaction, name);
    if (catalog == NULL) {
        return FAIL(cx, CATALOG_NOT_FOUND, "Catalog '%s' not found", name);
    }
    if (!metadata_schema_exists(cx, analysis->host->transaction, catalog, schema)) {
        return FAIL(cx, NOT_FOUND, "Schema does not exist: %s.%s", name, schema);
    }
    analysis->changes.set_catalog = use->catalog != NULL ? name : NULL;
    analysis->changes.set_schema = schema;
    return OK;
}

Status analyze_use(Analyzer *an, const Node *statement) {
    if (((const Use *)statement)->catalog == NULL && an->catalog == NULL) {
        return FAIL_AT(an->cx, MISSING_CATALOG_NAME, statement->line, statement->column,
                       "Catalog must be specified when session catalog is not set");
    }
    return set_task(an, "USE", run_use);
}

/* ---- session properties ---- */

typedef struct NamedProperty {
    const char *name; /* as the client keeps it */
    const char *type; /* NULL: the catalog's connector declares none of that name */
} NamedProperty;

static Status unknown_property(Analyzer *an, const Node *position, const char *name) {
    return FAIL_AT(an->cx, INVALID_SESSION_PROPERTY, position->line, position->column,
                   "Session property '%s' does not exist", name);
}

static Status find_property(Analyzer *an, const QualifiedName *name, const Node *position,
                            NamedProperty *ret_property) {
    const char *last = name_suffix(an, name);
    if (name->parts.count == 1) {
        const SessionPropertyDefinition *definition = session_property_find(last);
        *ret_property = (NamedProperty){last, definition != NULL ? definition->type : NULL};
        return definition != NULL ? OK : unknown_property(an, position, last);
    }
    const char *catalog_name = lower_case(an, ((Identifier *)name->parts.items[0])->value);
    const char *full = arena_printf(an->arena, "%s.%s", catalog_name, last);
    if (name->parts.count > 2) {
        return FAIL_AT(an->cx, INVALID_SESSION_PROPERTY, position->line, position->column,
                       "Invalid session property '%s'", full);
    }
    Catalog *catalog = transaction_catalog(an->host->transaction, catalog_name);
    if (catalog == NULL) {
        return FAIL_AT(an->cx, CATALOG_NOT_FOUND, position->line, position->column,
                       "Catalog '%s' not found", catalog_name);
    }
    const ConnectorProperty *property = catalog->api->session_properties;
    for (; property != NULL && property->name != NULL; property++) {
        if (strcmp(property->name, last) == 0) {
            *ret_property = (NamedProperty){full, property->type};
            return OK;
        }
    }
    return unknown_property(an, position, full);
}

/* The value as the header carries it: text, numbers in decimal, booleans as words. */
static const char *value_text(Analyzer *an, const Vector *value) {
    switch (value->type->kind) {
    case TYPE_BOOLEAN:
        return VECTOR_DATA(value, uint8_t)[0] ? "true" : "false";
    case TYPE_INTEGER:
        return arena_printf(an->arena, "%d", VECTOR_DATA(value, int32_t)[0]);
    case TYPE_BIGINT:
        return arena_printf(an->arena, "%lld", (long long)VECTOR_DATA(value, int64_t)[0]);
    case TYPE_DOUBLE:
        return arena_printf(an->arena, "%.17g", VECTOR_DATA(value, double)[0]);
    case TYPE_VARCHAR: {
        const StringView *view = &VECTOR_DATA(value, StringView)[0];
        return arena_strndup(an->arena, string_data(view), view->length);
    }
    default:
        return NULL;
    }
}

/* Data sizes, durations, properties of few legal values; the reference's texts. */
static Status check_value(Analyzer *an, const char *name, const char *text, const Node *position) {
    static const struct {
        const char *name, *values;
    } choices[] = {
        {"join_distribution_type", "BROADCAST, PARTITIONED, AUTOMATIC"},
        {"join_reordering_strategy", "NONE, ELIMINATE_CROSS_JOINS, AUTOMATIC"},
        {"retry_policy", "TASK, QUERY, NONE"},
    };
    const SessionPropertyDefinition *definition = session_property_find(name);
    const char *fault =
        definition != NULL ? session_property_fault(an->arena, definition, text) : NULL;
    if (fault != NULL) {
        return FAIL_AT(an->cx, INVALID_SESSION_PROPERTY, position->line, position->column, "%s",
                       fault);
    }
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (strcmp(choices[i].name, name) != 0) {
            continue;
        }
        size_t size = strlen(text);
        for (const char *value = choices[i].values; value != NULL; value = strchr(value, ',')) {
            value += strspn(value, ", ");
            if (strncasecmp(value, text, size) == 0 &&
                (value[size] == ',' || value[size] == '\0')) {
                return OK;
            }
        }
        return FAIL_AT(an->cx, INVALID_SESSION_PROPERTY, position->line, position->column,
                       "Invalid value [%s]. Valid values: [%s]", text, choices[i].values);
    }
    return OK;
}

Status analyze_set_session(Analyzer *an, const Node *statement) {
    const SetSession *set = (const SetSession *)statement;
    NamedProperty property;
    TRY(find_property(an, set->name, set->value, &property));
    const char *shown = format_expression(an->arena, set->value);
    const Type *type;
    TRY(type_parse(an->cx, property.type, &type));
    const Vector *value;
    if (analyze_constant(an, set->value, type, "Session property", &value) != OK) {
        const char *reason = an->cx->error.message;
        const char *cast = strstr(reason, "Cannot cast type");
        return FAIL(an->cx, INVALID_SESSION_PROPERTY,
                    "Unable to set session property '%s' to '%s': %s", property.name, shown,
                    cast != NULL ? cast : reason);
    }
    if (vector_is_null(value, 0)) {
        return FAIL(
            an->cx, INVALID_SESSION_PROPERTY,
            "Unable to set session property '%s' to '%s': Session property value must not be null",
            property.name, "null");
    }
    const char *text = value_text(an, value);
    TRY(check_value(an, property.name, text, set->value));
    an->analysis->changes.set_session_name = property.name;
    an->analysis->changes.set_session_value = text;
    return set_task(an, "SET SESSION", no_effect);
}

Status analyze_reset_session(Analyzer *an, const Node *statement) {
    NamedProperty property;
    TRY(find_property(an, ((const ResetSession *)statement)->name, statement, &property));
    an->analysis->changes.clear_session_name = property.name;
    return set_task(an, "RESET SESSION", no_effect);
}

/* ---- time zone ---- */

static Status zone_of_value(Analyzer *an, const Vector *value, const Node *position,
                            const char **ret_zone) {
    uint16_t key;
    if (vector_is_null(value, 0)) {
        return FAIL_AT(an->cx, TYPE_MISMATCH, position->line, position->column,
                       "Expected expression of varchar or interval day-time type, but 'null' has "
                       "unknown type");
    }
    if (value->type->kind == TYPE_INTERVAL_DAY_SECOND) {
        int64_t millis = VECTOR_DATA(value, int64_t)[0];
        if (millis % 60000 != 0) {
            return FAIL(an->cx, INVALID_FUNCTION_ARGUMENT,
                        "Invalid time zone offset interval: interval contains seconds");
        }
        if (millis / 60000 > TIMEZONE_OFFSET_MINUTES_MAX ||
            millis / 60000 < -TIMEZONE_OFFSET_MINUTES_MAX ||
            !timezone_of_offset((int32_t)(millis / 60000), &key)) {
            return FAIL(an->cx, INVALID_FUNCTION_ARGUMENT, "Invalid offset minutes %lld",
                        (long long)(millis / 60000));
        }
        *ret_zone = timezone_name(key);
        return OK;
    }
    if (value->type->kind != TYPE_VARCHAR) {
        return FAIL_AT(
            an->cx, TYPE_MISMATCH, position->line, position->column,
            "Expected expression of varchar or interval day-time type, but '%s' has %s type",
            format_expression(an->arena, position), value->type->name);
    }
    const char *text = value_text(an, value);
    if (!timezone_parse(text, strlen(text), &key)) {
        return FAIL(an->cx, NOT_SUPPORTED, "Time zone not supported: %s", text);
    }
    *ret_zone = timezone_name(key);
    return OK;
}

Status analyze_set_time_zone(Analyzer *an, const Node *statement) {
    const SetTimeZone *set = (const SetTimeZone *)statement;
    if (set->time_zone == NULL) {
        an->analysis->changes.clear_session_name = "time_zone_id";
    } else {
        const Vector *value;
        TRY(analyze_constant(an, set->time_zone, NULL, "Time zone", &value));
        TRY(zone_of_value(an, value, set->time_zone, &an->analysis->changes.set_session_value));
        an->analysis->changes.set_session_name = "time_zone_id";
    }
    return set_task(an, "SET TIME ZONE", no_effect);
}

/* ---- path, role, authorization ---- */

Status analyze_set_path(Analyzer *an, const Node *statement) {
    const SetPath *set = (const SetPath *)statement;
    if (!an->cx->session->path_capability) {
        return FAIL(an->cx, NOT_SUPPORTED, "SET PATH not supported by client");
    }
    const PathSpecification *path = set->path_specification;
    const char *text = "";
    for (int32_t i = 0; i < path->path.count; i++) {
        const PathElement *element = (const PathElement *)path->path.items[i];
        if (element->catalog == NULL && an->catalog == NULL) {
            return FAIL_AT(
                an->cx, MISSING_CATALOG_NAME, statement->line, statement->column,
                "Catalog must be specified for each path element when session catalog is not set");
        }
        if (element->catalog != NULL) {
            const char *name = lower_case(an, element->catalog->value);
            if (transaction_catalog(an->host->transaction, name) == NULL) {
                return FAIL_AT(an->cx, CATALOG_NOT_FOUND, statement->line, statement->column,
                               "Catalog '%s' not found", name);
            }
            text = arena_printf(an->arena, "%s%s%s.", text, i > 0 ? "," : "", name);
            text = arena_printf(an->arena, "%s%s", text, lower_case(an, element->schema->value));
        } else {
            text = arena_printf(an->arena, "%s%s%s", text, i > 0 ? "," : "",
                                lower_case(an, element->schema->value));
        }
    }
    an->analysis->changes.set_path = text;
    return set_task(an, "SET PATH", no_effect);
}

Status analyze_set_role(Analyzer *an, const Node *statement) {
    const SetRole *set = (const SetRole *)statement;
    const char *catalog = set->catalog != NULL ? lower_case(an, set->catalog->value) : NULL;
    if (catalog != NULL && transaction_catalog(an->host->transaction, catalog) == NULL) {
        return FAIL_AT(an->cx, CATALOG_NOT_FOUND, statement->line, statement->column,
                       "Catalog '%s' not found", catalog);
    }
    if (set->type == SET_ROLE_ROLE) {
        const char *role = lower_case(an, set->role->value);
        return FAIL_AT(an->cx, ROLE_NOT_FOUND, statement->line, statement->column,
                       "Role '%s' does not exist", role);
    }
    an->analysis->changes.set_role_catalog = catalog != NULL ? catalog : "system";
    an->analysis->changes.set_role = set->type == SET_ROLE_ALL ? "ALL" : "NONE";
    return set_task(an, "SET ROLE", no_effect);
}

Status analyze_set_session_authorization(Analyzer *an, const Node *statement) {
    const Node *user = ((const SetSessionAuthorization *)statement)->user;
    const Session *session = an->cx->session;
    if (!session->session_authorization_capability) {
        return FAIL(an->cx, NOT_SUPPORTED, "SET SESSION AUTHORIZATION not supported by client");
    }
    const char *name = user->kind == NODE_IDENTIFIER ? ((const Identifier *)user)->value
                                                     : ((const StringLiteral *)user)->value;
    if (strcmp(name, session->original_user) != 0) {
        return FAIL(an->cx, PERMISSION_DENIED, "Access Denied: User %s cannot impersonate user %s",
                    session->original_user, name);
    }
    an->analysis->changes.set_authorization_user = name;
    return set_task(an, "SET SESSION AUTHORIZATION", no_effect);
}

Status analyze_reset_session_authorization(Analyzer *an, const Node *statement) {
    if (!an->cx->session->session_authorization_capability) {
        return FAIL(an->cx, NOT_SUPPORTED, "RESET SESSION AUTHORIZATION not supported by client");
    }
    an->analysis->changes.reset_authorization_user = true;
    return set_task(an, "RESET SESSION AUTHORIZATION", no_effect);
}
