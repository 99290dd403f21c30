/*
 * A catalog's properties. Names, defaults and what is accepted follow the reference; messages quote
 * the property.
 */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "tpch.h"

const ConnectorProperty tpch_config_properties[] = {
    {"tpch.column-naming", "varchar", "SIMPLIFIED",
     "Use simplified column names (custkey) or those of the standard (c_custkey)",
     .pattern = "(?i)(SIMPLIFIED|STANDARD)"},
    {"tpch.double-type-mapping", "varchar", "DOUBLE",
     "Type of quantities and money: double or decimal(12,2)", .pattern = "(?i)(DOUBLE|DECIMAL)"},
    {"tpch.max-rows-per-page", "integer", "1000000", "Largest number of rows in a page"},
    {"tpch.partitioning-enabled", "boolean", "true",
     "Read orders and lineitem partitioned and sorted by order key"},
    {"tpch.predicate-pushdown-enabled", "boolean", "true",
     "Generate only rows that pass filters on order status, container and part type"},
    {"tpch.splits-per-node", "integer", NULL,
     "Number of splits a table is read in; by default its size decides"},
    {"tpch.table-scan-redirection-catalog", "varchar", NULL,
     "Catalog that holds the same tables and is read instead"},
    {"tpch.table-scan-redirection-schema", "varchar", NULL,
     "Schema that holds the same tables and is read instead"},
    {0},
};

static Status fail_value(Context *cx, const PropertyValue *property, const char *type) {
    return FAIL(cx, GENERIC_INTERNAL_ERROR, "Invalid value '%s' for type %s (property '%s')",
                property->text, type, property->name);
}

static Status read_integer(Context *cx, const PropertyValue *property, int32_t *ret_value) {
    char *end;
    errno = 0;
    long value = strtol(property->text, &end, 10);
    if (end == property->text || *end != '\0' || errno != 0 || value != (int32_t)value) {
        return fail_value(cx, property, "int");
    }
    *ret_value = (int32_t)value;
    return OK;
}

/* Whether the text is the second of two words; neither is a failure. */
static Status read_choice(Context *cx, const PropertyValue *property, const char *type,
                          const char *first, const char *second, bool *ret_is_second) {
    *ret_is_second = strcasecmp(property->text, second) == 0;
    if (!*ret_is_second && strcasecmp(property->text, first) != 0) {
        return fail_value(cx, property, type);
    }
    return OK;
}

static Status read_property(Context *cx, TpchCatalog *catalog, const PropertyValue *property) {
    const char *name = property->name;
    bool chosen;
    if (strcmp(name, "tpch.column-naming") == 0) {
        return read_choice(cx, property, "ColumnNaming", "SIMPLIFIED", "STANDARD",
                           &catalog->standard_names);
    }
    if (strcmp(name, "tpch.double-type-mapping") == 0) {
        TRY(read_choice(cx, property, "DecimalTypeMapping", "DOUBLE", "DECIMAL", &chosen));
        catalog->money_type = chosen ? type_decimal(12, 2) : type_simple(TYPE_DOUBLE);
    } else if (strcmp(name, "tpch.max-rows-per-page") == 0) {
        int32_t rows;
        TRY(read_integer(cx, property, &rows));
        catalog->batch_rows_max = rows > 0 ? rows : catalog->batch_rows_max;
    } else if (strcmp(name, "tpch.splits-per-node") == 0) {
        TRY(read_integer(cx, property, &catalog->splits_per_node));
        if (catalog->splits_per_node < 1) {
            return FAIL(cx, GENERIC_INTERNAL_ERROR, "splitsPerNode must be at least 1");
        }
    } else if (strcmp(name, "tpch.predicate-pushdown-enabled") == 0) {
        TRY(read_choice(cx, property, "boolean", "false", "true", &catalog->predicate_pushdown));
    } else if (strcmp(name, "tpch.partitioning-enabled") == 0) {
        TRY(read_choice(cx, property, "boolean", "false", "true", &chosen));
    }
    return OK;
}

Status tpch_create(Context *cx, const char *catalog_name, const PropertyValue *config,
                   int32_t config_count, void **ret_connector) {
    Arena *arena = arena_create(NULL);
    TpchCatalog *catalog = arena_new(arena, TpchCatalog);
    catalog->arena = arena;
    catalog->name = arena_strdup(arena, catalog_name);
    catalog->money_type = type_simple(TYPE_DOUBLE);
    catalog->batch_rows_max = 1000000;
    catalog->predicate_pushdown = true;
    for (int32_t i = 0; i < config_count; i++) {
        if (read_property(cx, catalog, &config[i]) != OK) {
            arena_free(arena);
            return FAILED;
        }
    }
    dictionaries_create(&catalog->dictionaries);
    *ret_connector = catalog;
    return OK;
}

void tpch_free(void *connector) {
    TpchCatalog *catalog = connector;
    dictionaries_free(&catalog->dictionaries);
    arena_free(catalog->arena);
}
