/*
 * Metadata calls: a catalog's connector, with the catalog's information_schema beside it.
 */
#include <math.h>
#include <stdlib.h>

#include "catalog/catalog_state.h"

static const char INFORMATION_SCHEMA[] = "information_schema";

static Catalog *information_schema_of(Catalog *catalog) {
    return &((CatalogEntry *)catalog)->information_schema;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

Status metadata_list_schemas(Context *cx, Transaction *transaction, Catalog *catalog,
                             StringList *ret_schemas) {
    StringList listed = {0};
    if (catalog->api->list_schemas != NULL) {
        TRY(catalog->api->list_schemas(cx, catalog->connector, &listed));
    }
    const char **names = arena_new_array(cx->arena, const char *, listed.count + 1);
    int32_t count = 0;
    for (int32_t i = 0; i < listed.count; i++) {
        if (strcmp(listed.items[i], INFORMATION_SCHEMA) != 0) {
            names[count++] = listed.items[i];
        }
    }
    names[count++] = INFORMATION_SCHEMA;
    qsort(names, (size_t)count, sizeof *names, compare_names);
    *ret_schemas = (StringList){.count = count, .items = names};
    return OK;
}

bool metadata_schema_exists(Context *cx, Transaction *transaction, Catalog *catalog,
                            const char *schema) {
    StringList schemas;
    if (metadata_list_schemas(cx, transaction, catalog, &schemas) != OK) {
        return false;
    }
    for (int32_t i = 0; i < schemas.count; i++) {
        if (strcmp(schemas.items[i], schema) == 0) {
            return true;
        }
    }
    return false;
}

static int compare_tables(const void *a, const void *b) {
    return strcmp(((const TableName *)a)->name, ((const TableName *)b)->name);
}

Status metadata_list_tables(Context *cx, Transaction *transaction, Catalog *catalog,
                            const char *schema, TableName **ret_tables, int32_t *ret_count) {
    Catalog *server =
        strcmp(schema, INFORMATION_SCHEMA) == 0 ? information_schema_of(catalog) : catalog;
    *ret_tables = NULL;
    *ret_count = 0;
    if (server->api->list_tables == NULL) {
        return OK;
    }
    TRY(server->api->list_tables(cx, server->connector, schema, ret_tables, ret_count));
    if (*ret_count > 1) {
        qsort(*ret_tables, (size_t)*ret_count, sizeof **ret_tables, compare_tables);
    }
    return OK;
}

Status metadata_get_table(Context *cx, Transaction *transaction, Catalog *catalog,
                          const char *schema, const char *name, ConnectorTable **ret_table,
                          Catalog **ret_catalog) {
    Catalog *server =
        strcmp(schema, INFORMATION_SCHEMA) == 0 ? information_schema_of(catalog) : catalog;
    *ret_table = NULL;
    *ret_catalog = server;
    if (server->api->get_table == NULL) {
        return OK;
    }
    return server->api->get_table(cx, server->connector, schema, name, ret_table);
}

Status metadata_get_statistics(Context *cx, Catalog *catalog, const ConnectorTable *table,
                               Handle handle, TableStatistics *ret_statistics) {
    ret_statistics->row_count = NAN;
    ret_statistics->columns = arena_new_array(cx->arena, ColumnStatistics, table->column_count + 1);
    for (int32_t i = 0; i < table->column_count; i++) {
        ret_statistics->columns[i] = (ColumnStatistics){.null_fraction = NAN,
                                                        .distinct_count = NAN,
                                                        .data_bytes = NAN,
                                                        .low = NAN,
                                                        .high = NAN};
    }
    if (catalog->api->get_statistics == NULL) {
        return OK;
    }
    return catalog->api->get_statistics(cx, catalog->connector, handle, ret_statistics);
}
