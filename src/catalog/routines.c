/*
 * Stored SQL routines: CREATE FUNCTION's texts, kept in memory by catalog, schema, name and
 * signature.
 */
#include <stdlib.h>

#include "catalog/catalog_state.h"

typedef struct RoutineList {
    Arena *arena; /* texts; replaced ones stay until the catalog goes */
    int32_t count, capacity;
    StoredFunction *items;
} RoutineList;

void routine_list_free(RoutineList *routines) {
    if (routines != NULL) {
        arena_free(routines->arena);
        free(routines->items);
        free(routines);
    }
}

static StoredFunction *find_routine(RoutineList *routines, const char *schema, const char *name,
                                    const char *signature) {
    for (int32_t i = 0; routines != NULL && i < routines->count; i++) {
        StoredFunction *item = &routines->items[i];
        if (strcmp(item->schema, schema) == 0 && strcmp(item->name, name) == 0 &&
            (signature == NULL || strcmp(item->signature, signature) == 0)) {
            return item;
        }
    }
    return NULL;
}

static void add_routine(CatalogEntry *entry, const StoredFunction *function) {
    if (entry->routines == NULL) {
        entry->routines = calloc(1, sizeof *entry->routines);
        entry->routines->arena = arena_create(NULL);
    }
    RoutineList *routines = entry->routines;
    if (routines->count == routines->capacity) {
        routines->capacity = routines->capacity * 2 + 4;
        routines->items =
            realloc(routines->items, sizeof *routines->items * (size_t)routines->capacity);
    }
    routines->items[routines->count++] = (StoredFunction){
        .name = arena_strdup(routines->arena, function->name),
        .schema = arena_strdup(routines->arena, function->schema),
        .signature = arena_strdup(routines->arena, function->signature),
        .sql = arena_strdup(routines->arena, function->sql),
    };
}

Status metadata_create_function(Context *cx, Catalog *catalog, const StoredFunction *function,
                                bool replace) {
    CatalogEntry *entry = (CatalogEntry *)catalog;
    Status status = OK;
    pthread_mutex_lock(&entry->functions_lock);
    StoredFunction *existing =
        find_routine(entry->routines, function->schema, function->name, function->signature);
    if (existing != NULL && !replace) {
        status = FAIL(cx, ALREADY_EXISTS, "Function already exists");
    } else if (existing != NULL) {
        existing->sql = arena_strdup(entry->routines->arena, function->sql);
    } else {
        add_routine(entry, function);
    }
    pthread_mutex_unlock(&entry->functions_lock);
    return status;
}

Status metadata_drop_function(Context *cx, Catalog *catalog, const char *schema, const char *name,
                              const char *signature, bool *ret_existed) {
    CatalogEntry *entry = (CatalogEntry *)catalog;
    pthread_mutex_lock(&entry->functions_lock);
    StoredFunction *existing = find_routine(entry->routines, schema, name, signature);
    *ret_existed = existing != NULL;
    if (existing != NULL) {
        *existing = entry->routines->items[--entry->routines->count];
    }
    pthread_mutex_unlock(&entry->functions_lock);
    return OK;
}

int32_t metadata_list_functions(Context *cx, Catalog *catalog, const char *schema,
                                const StoredFunction **ret_functions) {
    CatalogEntry *entry = (CatalogEntry *)catalog;
    pthread_mutex_lock(&entry->functions_lock);
    int32_t total = entry->routines != NULL ? entry->routines->count : 0, count = 0;
    StoredFunction *functions = arena_new_array(cx->arena, StoredFunction, total + 1);
    for (int32_t i = 0; i < total; i++) {
        if (schema == NULL || strcmp(entry->routines->items[i].schema, schema) == 0) {
            functions[count++] = entry->routines->items[i];
        }
    }
    pthread_mutex_unlock(&entry->functions_lock);
    *ret_functions = functions;
    return count;
}
