/*
 * What the files of this folder share: the manager's and a transaction's insides.
 *
 * A catalog lives while its manager lists it or a transaction pins it: `pins` counts both.
 */
#pragma once

#include <pthread.h>

#include "catalog/catalog.h"

typedef struct CatalogEntry {
    Catalog catalog; /* first: a Catalog * is its entry */
    Catalog
        information_schema; /* serves this catalog's information_schema; connector = this entry */
    _Atomic int32_t pins;
    Arena *arena; /* names */
    pthread_mutex_t functions_lock;
    struct RoutineList *routines; /* stored SQL routines */
} CatalogEntry;

struct CatalogManager {
    pthread_mutex_t lock;
    int32_t connector_count, connector_capacity;
    const ConnectorApi **connectors;
    int32_t catalog_count, catalog_capacity;
    CatalogEntry **catalogs; /* sorted by name */
    int32_t plugin_count;
    void **plugins; /* dlopen handles */
    int32_t provider_count;
    SystemTableProvider providers[8];
    Status (*kill_query)(Context *cx, void *closure, const char *query_id, const char *message);
    void *kill_closure;
};

/* A catalog's part in a transaction. */
typedef struct TransactionPart {
    CatalogEntry *entry;
    bool begun;
    void *handle;
} TransactionPart;

struct Transaction {
    CatalogManager *manager;
    char id[37];
    char isolation[24];
    bool auto_commit, read_only;
    int64_t created_micros;
    Catalog *written; /* the one catalog that may be written */
    pthread_mutex_t lock;
    int32_t part_count, part_capacity;
    TransactionPart *parts;
};

CatalogEntry *catalog_manager_pin(CatalogManager *manager,
                                  const char *name); /* NULL when there is none */
void catalog_entry_pin(CatalogEntry *entry);
void catalog_entry_unpin(CatalogEntry *entry); /* the last one frees it and its connector */

/* The built-in connectors. Their `transaction` is the engine's own Transaction. */
const ConnectorApi *information_schema_api(void);
const ConnectorApi *system_api(void);

const SystemTableProvider *catalog_system_table(CatalogManager *manager,
                                                const char *table); /* NULL when none */
const ConnectorApi *catalog_find_connector(CatalogManager *manager, const char *name);
void routine_list_free(struct RoutineList *routines);
