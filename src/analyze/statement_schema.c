/* Schemas and catalogs: CREATE, DROP, ALTER. Names are checked when the task runs, as the reference
 * does. */
#include <string.h>

#include "analyze/statement.h"

typedef struct SchemaName {
    const char *catalog_name, *schema;
    Catalog *catalog;
} SchemaName;

static Status resolve_schema_name(Analyzer *an, const Node *statement, const QualifiedName *name,
                                  SchemaName *ret_name) {
    const char *catalog = an->catalog;
    if (name->parts.count > 2) {
        return FAIL_AT(an->cx, INVALID_SCHEMA_PROPERTY, statement->line, statement->column,
                       "Too many parts in schema name");
    }
    if (name->parts.count == 2) {
        catalog = lower_case(an, ((Identifier *)name->parts.items[0])->value);
    }
    if (catalog == NULL) {
        return FAIL_AT(an->cx, MISSING_CATALOG_NAME, statement->line, statement->column,
                       "Catalog must be specified when session catalog is not set");
    }
    *ret_name = (SchemaName){catalog, name_suffix(an, name),
                             transaction_catalog(an->host->transaction, catalog)};
    return ret_name->catalog != NULL
               ? OK
               : FAIL_AT(an->cx, CATALOG_NOT_FOUND, statement->line, statement->column,
                         "Catalog '%s' not found", catalog);
}

static bool exists(Context *cx, Analysis *analysis, const SchemaName *name) {
    return metadata_schema_exists(cx, analysis->host->transaction, name->catalog, name->schema);
}

static Status run_create(Context *cx, Analysis *analysis) {
    const CreateSchema *create = (const CreateSchema *)analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    SchemaName name;
    TRY(resolve_schema_name(an, analysis->statement, create->name, &name));
    if (exists(cx, analysis, &name)) {
        return create->not_exists
                   ? OK
                   : FAIL_AT(cx, SCHEMA_ALREADY_EXISTS, create->node.line, create->node.column,
                             "Schema '%s.%s' already exists", name.catalog_name, name.schema);
    }
    if (create->properties.count > 0) {
        const Property *property = (const Property *)create->properties.items[0];
        return FAIL_AT(cx, INVALID_SCHEMA_PROPERTY, property->node.line, property->node.column,
                       "Catalog '%s' schema property '%s' does not exist", name.catalog_name,
                       lower_case(an, property->name->value));
    }
    if (name.catalog->api->create_schema == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support creating schemas");
    }
    TRY(begin_metadata_write(cx, analysis, name.catalog));
    return name.catalog->api->create_schema(cx, name.catalog->connector, name.schema, NULL, 0);
}

Status analyze_create_schema(Analyzer *an, const Node *statement) {
    return set_task(an, "CREATE SCHEMA", run_create);
}

static Status run_drop(Context *cx, Analysis *analysis) {
    const DropSchema *drop = (const DropSchema *)analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    SchemaName name;
    TRY(resolve_schema_name(an, analysis->statement, drop->name, &name));
    if (!exists(cx, analysis, &name)) {
        return drop->exists
                   ? OK
                   : FAIL_AT(cx, SCHEMA_NOT_FOUND, drop->node.line, drop->node.column,
                             "Schema '%s.%s' does not exist", name.catalog_name, name.schema);
    }
    TableName *tables;
    int32_t count;
    TRY(metadata_list_tables(cx, analysis->host->transaction, name.catalog, name.schema, &tables,
                             &count));
    if (count > 0 && !drop->cascade) {
        return FAIL_AT(cx, SCHEMA_NOT_EMPTY, drop->node.line, drop->node.column,
                       "Cannot drop non-empty schema '%s'", name.schema);
    }
    if (name.catalog->api->drop_schema == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support dropping schemas");
    }
    TRY(begin_metadata_write(cx, analysis, name.catalog));
    return name.catalog->api->drop_schema(cx, name.catalog->connector, name.schema, drop->cascade);
}

Status analyze_drop_schema(Analyzer *an, const Node *statement) {
    return set_task(an, "DROP SCHEMA", run_drop);
}

static Status run_rename(Context *cx, Analysis *analysis) {
    const RenameSchema *rename = (const RenameSchema *)analysis->statement;
    const Node *position = analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    SchemaName name;
    TRY(resolve_schema_name(an, position, rename->source, &name));
    if (!exists(cx, analysis, &name)) {
        return FAIL_AT(cx, SCHEMA_NOT_FOUND, position->line, position->column,
                       "Schema '%s.%s' does not exist", name.catalog_name, name.schema);
    }
    const char *target = lower_case(an, rename->target->value);
    if (metadata_schema_exists(cx, analysis->host->transaction, name.catalog, target)) {
        return FAIL_AT(cx, SCHEMA_ALREADY_EXISTS, position->line, position->column,
                       "Target schema '%s.%s' already exists", name.catalog_name, target);
    }
    if (name.catalog->api->rename_schema == NULL) {
        return FAIL(cx, NOT_SUPPORTED, "This connector does not support renaming schemas");
    }
    TRY(begin_metadata_write(cx, analysis, name.catalog));
    return name.catalog->api->rename_schema(cx, name.catalog->connector, name.schema, target);
}

Status analyze_rename_schema(Analyzer *an, const Node *statement) {
    return set_task(an, "RENAME SCHEMA", run_rename);
}

Status analyze_set_authorization(Analyzer *an, const Node *statement) {
    const SetAuthorization *set = (const SetAuthorization *)statement;
    const NodeList *parts = &set->source->parts;
    int32_t levels = strcasecmp(set->owned_entity_kind->value, "SCHEMA") == 0 ? 2 : 3;
    const char *catalog = parts->count >= levels
                              ? lower_case(an, ((Identifier *)parts->items[0])->value)
                              : an->catalog;
    if (set->principal->type == PRINCIPAL_ROLE) {
        return FAIL_AT(an->cx, ROLE_NOT_FOUND, statement->line, statement->column,
                       "Role '%s' does not exist", lower_case(an, set->principal->name->value));
    }
    return FAIL(an->cx, NOT_SUPPORTED, "Catalog does not support permission management: %s",
                catalog != NULL ? catalog : "");
}

/* ---- catalogs: their files decide, unless catalogs are managed dynamically ---- */

Status analyze_create_catalog(Analyzer *an, const Node *statement) {
    if (((const CreateCatalog *)statement)->principal != NULL) {
        return FAIL(an->cx, NOT_SUPPORTED,
                    "CREATE CATALOG with AUTHORIZATION is not yet supported");
    }
    return FAIL(an->cx, NOT_SUPPORTED,
                "CREATE CATALOG is not supported by the static catalog store");
}

Status analyze_drop_catalog(Analyzer *an, const Node *statement) {
    if (((const DropCatalog *)statement)->cascade) {
        return FAIL(an->cx, NOT_SUPPORTED, "CASCADE is not yet supported for DROP CATALOG");
    }
    return FAIL(an->cx, NOT_SUPPORTED, "DROP CATALOG is not supported by the static catalog store");
}
