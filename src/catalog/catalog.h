/*
 * Catalogs: named connector instances, loaded from plugins and properties files; transactions; the
 * metadata calls of the engine. The only caller of connectors' metadata, besides exec's sources and
 * sinks.
 *
 * CatalogManager is shared by all threads. A Transaction belongs to a query (or to a client's
 * explicit transaction) and keeps the catalogs it touched alive. Names are looked up in lower case.
 * Strings and tables returned live in cx->arena.
 */
#pragma once

#include "warren/connector.h"

typedef struct Catalog {
    const char *name;
    const char *connector_name;
    const ConnectorApi *api;
    void *connector;
    bool is_internal; /* system; every catalog's information_schema is served beside it */
    struct CatalogManager *manager;
} Catalog;

typedef struct CatalogManager CatalogManager;
typedef struct Transaction Transaction;

/* ---- the manager ---- */

CatalogManager *catalog_manager_create(void);
void catalog_manager_free(CatalogManager *manager);
/* Loads every plugin of a folder (NAME.so). */
MUST_CHECK Status catalog_load_plugins(Context *cx, CatalogManager *manager, const char *folder);
/* Registers the connectors that are linked in and makes the catalog `system`. */
MUST_CHECK Status catalog_load_builtin(Context *cx, CatalogManager *manager);
/* Registers one connector (tests). */
void catalog_add_connector(CatalogManager *manager, const ConnectorApi *api);
/* Makes a catalog of `connector` with its properties; unknown properties fail naming file, line and
 * nearest known name. */
MUST_CHECK Status catalog_create(Context *cx, CatalogManager *manager, const char *name,
                                 const char *connector, const PropertyValue *properties,
                                 int32_t property_count);
/* Reads every etc/catalog/NAME.properties. */
MUST_CHECK Status catalog_load_folder(Context *cx, CatalogManager *manager, const char *folder);
StringList catalog_names(CatalogManager *manager, Arena *arena); /* sorted */

/* ---- transactions ---- */

Transaction *transaction_begin(CatalogManager *manager, bool auto_commit, bool read_only,
                               const char *isolation_level);
MUST_CHECK Status transaction_commit(Context *cx,
                                     Transaction *transaction); /* frees it, also on failure */
void transaction_rollback(Transaction *transaction);            /* frees it */
const char *transaction_id(const Transaction *transaction);
/* The catalog, or NULL when there is none; pinned until the transaction ends. */
Catalog *transaction_catalog(Transaction *transaction, const char *name);
/* The connector's transaction handle (NULL where it has none); write: fails on READ ONLY or a
 * second written catalog. */
MUST_CHECK Status transaction_handle(Context *cx, Transaction *transaction, Catalog *catalog,
                                     bool write, void **ret_handle);
CatalogManager *transaction_manager(Transaction *transaction);

/* ---- metadata (information_schema of every catalog included) ---- */

MUST_CHECK Status metadata_list_schemas(Context *cx, Transaction *transaction, Catalog *catalog,
                                        StringList *ret_schemas);
bool metadata_schema_exists(Context *cx, Transaction *transaction, Catalog *catalog,
                            const char *schema);
MUST_CHECK Status metadata_list_tables(Context *cx, Transaction *transaction, Catalog *catalog,
                                       const char *schema, TableName **ret_tables,
                                       int32_t *ret_count);
/* NULL when there is none. ret_catalog is the catalog whose api serves the table
 * (information_schema is internal). */
MUST_CHECK Status metadata_get_table(Context *cx, Transaction *transaction, Catalog *catalog,
                                     const char *schema, const char *name,
                                     ConnectorTable **ret_table, Catalog **ret_catalog);
MUST_CHECK Status metadata_get_statistics(Context *cx, Catalog *catalog,
                                          const ConnectorTable *table, Handle handle,
                                          TableStatistics *ret_statistics);

/* ---- stored SQL routines, by catalog.schema.name; in memory ---- */

typedef struct StoredFunction {
    const char *name, *schema, *signature,
        *sql; /* signature "(bigint)", sql the whole CREATE text formatted */
} StoredFunction;
MUST_CHECK Status metadata_create_function(Context *cx, Catalog *catalog,
                                           const StoredFunction *function, bool replace);
MUST_CHECK Status metadata_drop_function(Context *cx, Catalog *catalog, const char *schema,
                                         const char *name, const char *signature,
                                         bool *ret_existed);
int32_t metadata_list_functions(Context *cx, Catalog *catalog, const char *schema,
                                const StoredFunction **ret_functions);

/* ---- what the system catalog shows of the server; the server registers it ---- */

/* Rows of a system.runtime table as text cells, converted to the column types; NULL cell: NULL. */
typedef struct SystemTableProvider {
    const char *table; /* "queries", "nodes", "tasks", "transactions", "optimizer_rule_stats" */
    Status (*rows)(Context *cx, void *closure, int32_t column_count, const char ***ret_cells,
                   int32_t *ret_row_count);
    void *closure;
} SystemTableProvider;
void catalog_set_system_table(CatalogManager *manager, const SystemTableProvider *provider);
/* CALL system.runtime.kill_query. */
void catalog_set_kill_query(CatalogManager *manager,
                            Status (*kill)(Context *cx, void *closure, const char *query_id,
                                           const char *message),
                            void *closure);
