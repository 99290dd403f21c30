/*
 * Plugins: shared objects with one entry point, given the host's table of functions.
 *
 * A plugin stays loaded until the manager is freed; its connectors' tables are used in place.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>

#include "base/properties.h"
#include "catalog/catalog_state.h"

#define WARREN_HOST_SIDE
#include "warren/plugin.h"

static const WarrenHost host_table = {
    .size = sizeof(WarrenHost),
#define HOST_FUNCTION(result, name, parameters) .name = name,
#include "warren/host_functions.def"
#undef HOST_FUNCTION
};

typedef Status PluginEntry(int32_t version, const WarrenHost *host, WarrenPlugin *ret_plugin);

static Status load_plugin(Context *cx, CatalogManager *manager, const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        return FAIL(cx, GENERIC_INTERNAL_ERROR, "Plugin %s cannot be loaded: %s", path, dlerror());
    }
    PluginEntry *entry = (PluginEntry *)dlsym(library, "warren_plugin");
    WarrenPlugin plugin = {.size = sizeof plugin};
    if (entry == NULL || entry(WARREN_INTERFACE_VERSION, &host_table, &plugin) != OK) {
        dlclose(library);
        return FAIL(cx, GENERIC_INTERNAL_ERROR, "Plugin %s does not serve interface version %d",
                    path, WARREN_INTERFACE_VERSION);
    }
    manager->plugins =
        realloc(manager->plugins, sizeof(void *) * (size_t)(manager->plugin_count + 1));
    manager->plugins[manager->plugin_count++] = library;
    for (int32_t i = 0; i < plugin.connector_count; i++) {
        catalog_add_connector(manager, plugin.connectors[i]);
    }
    return OK;
}

static int only_libraries(const struct dirent *entry) {
    size_t size = strlen(entry->d_name);
    return size > 3 && strcmp(entry->d_name + size - 3, ".so") == 0;
}

static int only_properties(const struct dirent *entry) {
    size_t size = strlen(entry->d_name);
    return size > 11 && strcmp(entry->d_name + size - 11, ".properties") == 0;
}

Status catalog_load_plugins(Context *cx, CatalogManager *manager, const char *folder) {
    struct dirent **entries;
    int count = scandir(folder, &entries, only_libraries, alphasort);
    if (count < 0) {
        return FAIL(cx, GENERIC_INTERNAL_ERROR, "Plugin folder %s cannot be read", folder);
    }
    Status status = OK;
    for (int i = 0; i < count; i++) {
        if (status == OK) {
            status = load_plugin(cx, manager,
                                 arena_printf(cx->arena, "%s/%s", folder, entries[i]->d_name));
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

/* One etc/catalog/NAME.properties: connector.name chooses the connector, the rest is the
 * connector's. */
static Status load_catalog_file(Context *cx, CatalogManager *manager, const char *folder,
                                const char *file_name) {
    const char *path = arena_printf(cx->arena, "%s/%s", folder, file_name);
    Properties properties;
    TRY(properties_read_file(cx, path, &properties));
    PropertyValue *values = arena_new_array(cx->arena, PropertyValue, properties.count + 1);
    int32_t count = 0;
    const char *connector = NULL;
    for (int32_t i = 0; i < properties.count; i++) {
        const FileProperty *property = &properties.items[i];
        if (strcmp(property->name, "connector.name") == 0) {
            connector = property->value;
            continue;
        }
        values[count++] = (PropertyValue){.name = property->name,
                                          .text = property->value,
                                          .file = property->file,
                                          .line = property->line};
    }
    if (connector == NULL) {
        return FAIL(cx, CONFIGURATION_INVALID,
                    "%s: Catalog configuration does not contain 'connector.name'", path);
    }
    char *name = arena_strndup(cx->arena, file_name, strlen(file_name) - strlen(".properties"));
    const ConnectorApi *api = catalog_find_connector(manager, connector);
    if (api == NULL) {
        return FAIL(cx, CONFIGURATION_INVALID, "%s: No plugin offers connector.name=%s", path,
                    connector);
    }
    return catalog_create(cx, manager, name, connector, values, count);
}

Status catalog_load_folder(Context *cx, CatalogManager *manager, const char *folder) {
    struct dirent **entries;
    int count = scandir(folder, &entries, only_properties, alphasort);
    if (count < 0) {
        return OK; /* a server without catalogs is legal */
    }
    Status status = OK;
    for (int i = 0; i < count; i++) {
        if (status == OK) {
            status = load_catalog_file(cx, manager, folder, entries[i]->d_name);
        }
        free(entries[i]);
    }
    free(entries);
    return status;
}

void catalog_manager_free(CatalogManager *manager) {
    if (manager == NULL) {
        return;
    }
    for (int32_t i = 0; i < manager->catalog_count; i++) {
        catalog_entry_unpin(manager->catalogs[i]);
    }
    for (int32_t i = 0; i < manager->plugin_count; i++) {
        dlclose(manager->plugins[i]);
    }
    free(manager->catalogs);
    free(manager->connectors);
    free(manager->plugins);
    pthread_mutex_destroy(&manager->lock);
    free(manager);
}
