/*
 * Rows of information_schema, system.metadata and system.jdbc, read from the catalogs' metadata.
 */
#include "catalog/system_rows.h"

#include "base/buffer.h"
#include "type/signature_json.h"

/* ---- walking ---- */

Status visit_tables(RowBuffer *rows, Catalog *catalog, TableVisitor *visit) {
    StringList schemas;
    TRY(metadata_list_schemas(rows->cx, rows->transaction, catalog, &schemas));
    for (int32_t i = 0; i < schemas.count; i++) {
        TableName *names;
        int32_t count;
        TRY(metadata_list_tables(rows->cx, rows->transaction, catalog, schemas.items[i], &names,
                                 &count));
        for (int32_t k = 0; k < count; k++) {
            TRY(visit(rows, catalog, &names[k]));
        }
    }
    return OK;
}

Status visit_catalogs(RowBuffer *rows, Status (*visit)(RowBuffer *rows, Catalog *catalog)) {
    StringList names = catalog_names(transaction_manager(rows->transaction), rows->cx->arena);
    for (int32_t i = 0; i < names.count; i++) {
        Catalog *catalog = transaction_catalog(rows->transaction, names.items[i]);
        if (catalog != NULL) {
            TRY(visit(rows, catalog));
        }
    }
    return OK;
}

static Status describe(RowBuffer *rows, Catalog *catalog, const TableName *name,
                       ConnectorTable **ret_table) {
    Catalog *server;
    return metadata_get_table(rows->cx, rows->transaction, catalog, name->schema, name->name,
                              ret_table, &server);
}

/* ---- information_schema ---- */

static Status add_schemata(RowBuffer *rows, Catalog *catalog) {
    StringList schemas;
    TRY(metadata_list_schemas(rows->cx, rows->transaction, catalog, &schemas));
    for (int32_t i = 0; i < schemas.count; i++) {
        row_add(rows, catalog->name);
        row_add(rows, schemas.items[i]);
    }
    return OK;
}

static Status add_table(RowBuffer *rows, Catalog *catalog, const TableName *name) {
    row_add(rows, catalog->name);
    row_add(rows, name->schema);
    row_add(rows, name->name);
    row_add(rows, name->kind == TABLE_KIND_VIEW ? "VIEW" : "BASE TABLE");
    return OK;
}

static Status add_tables(RowBuffer *rows, Catalog *catalog) {
    return visit_tables(rows, catalog, add_table);
}

static Status add_table_columns(RowBuffer *rows, Catalog *catalog, const TableName *name) {
    ConnectorTable *table;
    TRY(describe(rows, catalog, name, &table));
    for (int32_t i = 0, position = 1; table != NULL && i < table->column_count; i++) {
        const ConnectorColumn *column = &table->columns[i];
        if (column->hidden) {
            continue;
        }
        row_add(rows, catalog->name);
        row_add(rows, name->schema);
        row_add(rows, name->name);
        row_add(rows, column->name);
        row_add_number(rows, position++);
        row_add(rows, NULL);
        row_add(rows, column->not_null ? "NO" : "YES");
        row_add(rows, column->type->name);
    }
    return OK;
}

static Status add_columns(RowBuffer *rows, Catalog *catalog) {
    return visit_tables(rows, catalog, add_table_columns);
}

static Status add_view(RowBuffer *rows, Catalog *catalog, const TableName *name) {
    ConnectorTable *table;
    if (name->kind != TABLE_KIND_VIEW) {
        return OK;
    }
    TRY(describe(rows, catalog, name, &table));
    if (table != NULL && table->view != NULL) {
        row_add(rows, catalog->name);
        row_add(rows, name->schema);
        row_add(rows, name->name);
        row_add(rows, table->view->sql);
    }
    return OK;
}

static Status add_views(RowBuffer *rows, Catalog *catalog) {
    return visit_tables(rows, catalog, add_view);
}

/* ---- system.metadata ---- */

static Status add_catalog(RowBuffer *rows, Catalog *catalog) {
    row_add(rows, catalog->name);
    row_add(rows, catalog->name);
    row_add(rows, catalog->connector_name);
    return OK;
}

static Status add_catalogs(RowBuffer *rows, Catalog *none) {
    return visit_catalogs(rows, add_catalog);
}

static Status add_comment(RowBuffer *rows, Catalog *catalog, const TableName *name) {
    ConnectorTable *table;
    TRY(describe(rows, catalog, name, &table));
    row_add(rows, catalog->name);
    row_add(rows, name->schema);
    row_add(rows, name->name);
    row_add(rows, table != NULL ? table->comment : NULL);
    return OK;
}

static Status add_catalog_comments(RowBuffer *rows, Catalog *catalog) {
    return visit_tables(rows, catalog, add_comment);
}

static Status add_comments(RowBuffer *rows, Catalog *none) {
    return visit_catalogs(rows, add_catalog_comments);
}

static Status add_properties(RowBuffer *rows, const Catalog *catalog,
                             const ConnectorProperty *properties) {
    for (; properties != NULL && properties->name != NULL; properties++) {
        if (!properties->hidden) {
            row_add(rows, catalog->name);
            row_add(rows, properties->name);
            row_add(rows, properties->default_value != NULL ? properties->default_value : "");
            row_add(rows, properties->type);
            row_add(rows, properties->description);
        }
    }
    return OK;
}

static Status add_table_properties(RowBuffer *rows, Catalog *catalog) {
    return add_properties(rows, catalog, catalog->api->table_properties);
}

static Status add_schema_properties(RowBuffer *rows, Catalog *catalog) {
    return add_properties(rows, catalog, catalog->api->schema_properties);
}

static Status add_column_properties(RowBuffer *rows, Catalog *catalog) {
    return add_properties(rows, catalog, catalog->api->column_properties);
}

static Status add_analyze_properties(RowBuffer *rows, Catalog *catalog) {
    return add_properties(rows, catalog, catalog->api->analyze_properties);
}

static Status all_table_properties(RowBuffer *rows, Catalog *none) {
    return visit_catalogs(rows, add_table_properties);
}
static Status all_schema_properties(RowBuffer *rows, Catalog *none) {
    return visit_catalogs(rows, add_schema_properties);
}
static Status all_column_properties(RowBuffer *rows, Catalog *none) {
    return visit_catalogs(rows, add_column_properties);
}
static Status all_analyze_properties(RowBuffer *rows, Catalog *none) {
    return visit_catalogs(rows, add_analyze_properties);
}

/* ---- system.jdbc ---- */

static Status add_jdbc_catalog(RowBuffer *rows, Catalog *catalog) {
    row_add(rows, catalog->name);
    return OK;
}

static Status add_jdbc_catalogs(RowBuffer *rows, Catalog *none) {
    return visit_catalogs(rows, add_jdbc_catalog);
}

static Status add_jdbc_schema(RowBuffer *rows, Catalog *catalog) {
    StringList schemas;
    TRY(metadata_list_schemas(rows->cx, rows->transaction, catalog, &schemas));
    for (int32_t i = 0; i < schemas.count; i++) {
        row_add(rows, schemas.items[i]);
        row_add(rows, catalog->name);
    }
    return OK;
}

static Status add_jdbc_schemas(RowBuffer *rows, Catalog *none) {
    return visit_catalogs(rows, add_jdbc_schema);
}

static void add_nulls(RowBuffer *rows, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        row_add(rows, NULL);
    }
}

static Status add_jdbc_table(RowBuffer *rows, Catalog *catalog, const TableName *name) {
    row_add(rows, catalog->name);
    row_add(rows, name->schema);
    row_add(rows, name->name);
    row_add(rows, name->kind == TABLE_KIND_VIEW ? "VIEW" : "TABLE");
    add_nulls(rows, 6);
    return OK;
}

static Status add_jdbc_catalog_tables(RowBuffer *rows, Catalog *catalog) {
    return visit_tables(rows, catalog, add_jdbc_table);
}

static Status add_jdbc_tables(RowBuffer *rows, Catalog *none) {
    return visit_catalogs(rows, add_jdbc_catalog_tables);
}

static Status add_jdbc_table_types(RowBuffer *rows, Catalog *none) {
    row_add(rows, "TABLE");
    row_add(rows, "VIEW");
    return OK;
}

/* -1: NULL (types.md, "JSON types in system.jdbc"). */
static int64_t column_size(const Type *type) {
    switch (type->kind) {
    case TYPE_TINYINT:
        return 3;
    case TYPE_SMALLINT:
        return 5;
    case TYPE_INTEGER:
        return 10;
    case TYPE_BIGINT:
        return 19;
    case TYPE_REAL:
        return 24;
    case TYPE_DOUBLE:
        return 53;
    case TYPE_DECIMAL:
        return type->precision;
    case TYPE_VARCHAR:
    case TYPE_CHAR:
        return type->length;
    case TYPE_VARBINARY:
        return VARCHAR_UNBOUNDED;
    case TYPE_DATE:
        return 14;
    case TYPE_TIME:
        return 8 + (type->precision > 0 ? type->precision + 1 : 0);
    case TYPE_TIME_TZ:
        return 14 + (type->precision > 0 ? type->precision + 1 : 0);
    case TYPE_TIMESTAMP:
        return 21 + (type->precision > 0 ? type->precision + 1 : 0);
    case TYPE_TIMESTAMP_TZ:
        return 55 + (type->precision > 0 ? type->precision + 1 : 0);
    default:
        return -1;
    }
}

static int64_t decimal_digits(const Type *type) {
    switch (type->kind) {
    case TYPE_DECIMAL:
        return type->scale;
    case TYPE_TIME:
    case TYPE_TIME_TZ:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_TZ:
        return type->precision;
    default:
        return -1;
    }
}

static int64_t radix(const Type *type) {
    switch (type->kind) {
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
    case TYPE_DECIMAL:
        return 10;
    case TYPE_REAL:
    case TYPE_DOUBLE:
        return 2;
    default:
        return -1;
    }
}

static void add_optional_number(RowBuffer *rows, int64_t number) {
    if (number < 0) {
        row_add(rows, NULL);
    } else {
        row_add_number(rows, number);
    }
}

static void add_jdbc_column(RowBuffer *rows, const Catalog *catalog, const TableName *name,
                            const ConnectorColumn *column, int32_t position) {
    const Type *type = column->type;
    row_add(rows, catalog->name);
    row_add(rows, name->schema);
    row_add(rows, name->name);
    row_add(rows, column->name);
    row_add_number(rows, type_jdbc_code(type));
    row_add(rows, type->name);
    add_optional_number(rows, column_size(type));
    row_add_number(rows, 0);
    add_optional_number(rows, decimal_digits(type));
    add_optional_number(rows, radix(type));
    row_add_number(rows, column->not_null ? 0 : 1);
    row_add(rows, column->comment);
    add_nulls(rows, 3); /* column_def, sql_data_type, sql_datetime_sub */
    add_optional_number(rows, type_is_string(type)           ? type->length
                              : type->kind == TYPE_VARBINARY ? VARCHAR_UNBOUNDED
                                                             : -1);
    row_add_number(rows, position);
    row_add(rows, column->not_null ? "NO" : "YES");
    add_nulls(rows,
              6); /* scope_catalog .. source_data_type, is_autoincrement, is_generatedcolumn */
}

static Status add_jdbc_table_columns(RowBuffer *rows, Catalog *catalog, const TableName *name) {
    ConnectorTable *table;
    TRY(describe(rows, catalog, name, &table));
    for (int32_t i = 0, position = 1; table != NULL && i < table->column_count; i++) {
        if (!table->columns[i].hidden) {
            add_jdbc_column(rows, catalog, name, &table->columns[i], position++);
        }
    }
    return OK;
}

static Status add_jdbc_catalog_columns(RowBuffer *rows, Catalog *catalog) {
    return visit_tables(rows, catalog, add_jdbc_table_columns);
}

static Status add_jdbc_columns(RowBuffer *rows, Catalog *none) {
    return visit_catalogs(rows, add_jdbc_catalog_columns);
}

/* Parametric types report data_type 2000 (system-tables.md). */
static Status add_jdbc_types(RowBuffer *rows, Catalog *none) {
    static const TypeKind simple[] = {
        TYPE_UNKNOWN,
        TYPE_BOOLEAN,
        TYPE_TINYINT,
        TYPE_SMALLINT,
        TYPE_INTEGER,
        TYPE_BIGINT,
        TYPE_REAL,
        TYPE_DOUBLE,
        TYPE_VARBINARY,
        TYPE_DATE,
        TYPE_INTERVAL_YEAR_MONTH,
        TYPE_INTERVAL_DAY_SECOND,
        TYPE_JSON,
        TYPE_UUID,
        TYPE_IPADDRESS,
        TYPE_HYPERLOGLOG,
        TYPE_P4HYPERLOGLOG,
        TYPE_SETDIGEST,
        TYPE_TDIGEST,
        TYPE_COLOR,
    };
    static const char *const parametric[] = {
        "decimal",
        "varchar",
        "char",
        "time",
        "time with time zone",
        "timestamp",
        "timestamp with time zone",
        "array",
        "map",
        "row",
        "qdigest",
        "function",
    };
    for (size_t i = 0;
         i < sizeof simple / sizeof simple[0] + sizeof parametric / sizeof parametric[0]; i++) {
        bool plain = i < sizeof simple / sizeof simple[0];
        const Type *type = plain ? type_simple(simple[i]) : NULL;
        bool array =
            !plain && strcmp(parametric[i - sizeof simple / sizeof simple[0]], "array") == 0;
        row_add(rows, plain ? type->name : parametric[i - sizeof simple / sizeof simple[0]]);
        row_add_number(rows, plain ? type_jdbc_code(type) : array ? 2003 : 2000);
        add_optional_number(rows, plain ? column_size(type) : -1);
        add_nulls(rows, 3);
        row_add_number(rows, 1);
        row_add(rows, "false");
        row_add_number(rows, plain && type->comparable ? (type->orderable ? 3 : 2) : 0);
        add_nulls(rows, 1);
        row_add(rows, "false");
        add_nulls(rows, 6);
        add_optional_number(rows, plain ? radix(type) : -1);
    }
    return OK;
}

/* ---- tables by name ---- */

typedef struct NamedProducer {
    const char *table;
    RowProducer *producer;
} NamedProducer;

static RowProducer *find_producer(const NamedProducer *producers, const char *table) {
    for (; producers->table != NULL; producers++) {
        if (strcmp(producers->table, table) == 0) {
            return producers->producer;
        }
    }
    return NULL;
}

RowProducer *information_schema_rows(const char *table) {
    static const NamedProducer producers[] = {
        {"schemata", add_schemata}, {"tables", add_tables}, {"columns", add_columns},
        {"views", add_views},       {NULL, NULL},
    };
    return find_producer(producers, table);
}

RowProducer *metadata_rows(const char *table) {
    static const NamedProducer producers[] = {
        {"catalogs", add_catalogs},
        {"table_comments", add_comments},
        {"table_properties", all_table_properties},
        {"schema_properties", all_schema_properties},
        {"column_properties", all_column_properties},
        {"analyze_properties", all_analyze_properties},
        {NULL, NULL},
    };
    return find_producer(producers, table);
}

RowProducer *jdbc_rows(const char *table) {
    static const NamedProducer producers[] = {
        {"catalogs", add_jdbc_catalogs},
        {"schemas", add_jdbc_schemas},
        {"tables", add_jdbc_tables},
        {"columns", add_jdbc_columns},
        {"table_types", add_jdbc_table_types},
        {"types", add_jdbc_types},
        {NULL, NULL},
    };
    return find_producer(producers, table);
}
