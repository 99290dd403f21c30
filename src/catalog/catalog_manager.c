/*
 * The list of catalogs and the connectors they are made of.
 *
 * One mutex guards the list; a catalog in use is pinned, so that DROP CATALOG never frees a
 * connector under a query.
 */
#include <stdlib.h>

#include "catalog/catalog_state.h"

CatalogManager *catalog_manager_create(void) {
    CatalogManager *manager = calloc(1, sizeof *manager);
    pthread_mutex_init(&manager->lock, NULL);
    return manager;
}

void catalog_entry_pin(CatalogEntry *entry) {
    entry->pins++;
}

void catalog_entry_unpin(CatalogEntry *entry) {
    if (--entry->pins > 0) {
        return;
    }
    if (entry->catalog.api->free != NULL) {
        entry->catalog.api->free(entry->catalog.connector);
    }
    routine_list_free(entry->routines);
    pthread_mutex_destroy(&entry->functions_lock);
    arena_free(entry->arena);
    free(entry);
}

void catalog_add_connector(CatalogManager *manager, const ConnectorApi *api) {
    pthread_mutex_lock(&manager->lock);
    if (manager->connector_count == manager->connector_capacity) {
        manager->connector_capacity = manager->connector_capacity * 2 + 8;
        manager->connectors = realloc(manager->connectors, sizeof *manager->connectors *
                                                               (size_t)manager->connector_capacity);
    }
    manager->connectors[manager->connector_count++] = api;
    pthread_mutex_unlock(&manager->lock);
}

const ConnectorApi *catalog_find_connector(CatalogManager *manager, const char *name) {
    const ConnectorApi *found = NULL;
    pthread_mutex_lock(&manager->lock);
    for (int32_t i = 0; i < manager->connector_count; i++) {
        if (strcmp(manager->connectors[i]->name, name) == 0) {
            found = manager->connectors[i];
        }
    }
    pthread_mutex_unlock(&manager->lock);
    return found;
}

/* The position of `name` in the sorted list, or where it would stand; the lock is held. */
static int32_t find_position(const CatalogManager *manager, const char *name, bool *ret_found) {
    int32_t low = 0, high = manager->catalog_count;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        int order = strcmp(manager->catalogs[middle]->catalog.name, name);
        if (order == 0) {
            *ret_found = true;
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret_found = false;
    return low;
}

static CatalogEntry *entry_create(CatalogManager *manager, const char *name,
                                  const ConnectorApi *api, void *connector) {
    CatalogEntry *entry = calloc(1, sizeof *entry);
    entry->arena = arena_create(NULL);
    entry->pins = 1;
    pthread_mutex_init(&entry->functions_lock, NULL);
    entry->catalog = (Catalog){
        .name = arena_strdup(entry->arena, name),
        .connector_name = api->name,
        .api = api,
        .connector = connector,
        .is_internal = api == system_api(),
        .manager = manager,
    };
    entry->information_schema = entry->catalog;
    entry->information_schema.api = information_schema_api();
    entry->information_schema.connector = entry;
    entry->information_schema.is_internal = true;
    return entry;
}

Status catalog_create(Context *cx, CatalogManager *manager, const char *name, const char *connector,
                      const PropertyValue *properties, int32_t property_count) {
    const ConnectorApi *api = catalog_find_connector(manager, connector);
    if (api == NULL) {
        return FAIL(cx, CATALOG_NOT_AVAILABLE,
                    "No factory for connector '%s'. Available factories: %s", connector,
                    "see the plugin folder");
    }
    void *instance = NULL;
    if (api->create != NULL) {
        TRY(api->create(cx, name, properties, property_count, &instance));
    }
    pthread_mutex_lock(&manager->lock);
    bool found;
    int32_t position = find_position(manager, name, &found);
    if (!found) {
        if (manager->catalog_count == manager->catalog_capacity) {
            manager->catalog_capacity = manager->catalog_capacity * 2 + 8;
            manager->catalogs = realloc(manager->catalogs, sizeof *manager->catalogs *
                                                               (size_t)manager->catalog_capacity);
        }
        memmove(manager->catalogs + position + 1, manager->catalogs + position,
                sizeof *manager->catalogs * (size_t)(manager->catalog_count - position));
        manager->catalogs[position] = entry_create(manager, name, api, instance);
        manager->catalog_count++;
    }
    pthread_mutex_unlock(&manager->lock);
    if (found) {
        if (api->free != NULL) {
            api->free(instance);
        }
        return FAIL(cx, ALREADY_EXISTS, "Catalog '%s' already exists", name);
    }
    return OK;
}

StringList catalog_names(CatalogManager *manager, Arena *arena) {
    pthread_mutex_lock(&manager->lock);
    const char **names = arena_new_array(arena, const char *, manager->catalog_count + 1);
    for (int32_t i = 0; i < manager->catalog_count; i++) {
        names[i] = arena_strdup(arena, manager->catalogs[i]->catalog.name);
    }
    StringList list = {.count = manager->catalog_count, .items = names};
    pthread_mutex_unlock(&manager->lock);
    return list;
}

void catalog_set_system_table(CatalogManager *manager, const SystemTableProvider *provider) {
    int32_t capacity = (int32_t)(sizeof manager->providers / sizeof manager->providers[0]);
    if (manager->provider_count < capacity) {
        manager->providers[manager->provider_count++] = *provider;
    }
}

const SystemTableProvider *catalog_system_table(CatalogManager *manager, const char *table) {
    for (int32_t i = 0; i < manager->provider_count; i++) {
        if (strcmp(manager->providers[i].table, table) == 0) {
            return &manager->providers[i];
        }
    }
    return NULL;
}

void catalog_set_kill_query(CatalogManager *manager,
                            Status (*kill)(Context *cx, void *closure, const char *query_id,
                                           const char *message),
                            void *closure) {
    manager->kill_query = kill;
    manager->kill_closure = closure;
}

CatalogEntry *catalog_manager_pin(CatalogManager *manager, const char *name) {
    pthread_mutex_lock(&manager->lock);
    bool found;
    int32_t position = find_position(manager, name, &found);
    CatalogEntry *entry = found ? manager->catalogs[position] : NULL;
    if (entry != NULL) {
        catalog_entry_pin(entry);
    }
    pthread_mutex_unlock(&manager->lock);
    return entry;
}
