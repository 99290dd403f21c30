/*
 * The definitions: short lists that are searched from the front. Each table and view has an arena
 * of its own, so that it goes as a whole.
 */
#include <stdlib.h>

#include "blackhole.h"

/* Makes room for one more entry in a list that has `count`: lists grow when the count reaches a
 * power of two. */
static void *list_grow(void *list, int32_t count) {
    if (count > 0 && (count & (count - 1)) != 0) {
        return list;
    }
    list = realloc(list, (size_t)(count > 0 ? count * 2 : 1) * sizeof(void *));
    if (list == NULL) {
        abort();
    }
    return list;
}

bool schema_exists(const BlackholeCatalog *catalog, const char *schema) {
    for (int32_t i = 0; i < catalog->schema_count; i++) {
        if (strcmp(catalog->schemas[i], schema) == 0) {
            return true;
        }
    }
    return false;
}

void schema_add(BlackholeCatalog *catalog, const char *schema) {
    catalog->schemas = list_grow(catalog->schemas, catalog->schema_count);
    catalog->schemas[catalog->schema_count++] = strdup(schema);
}

BlackholeTable *table_by_name(const BlackholeCatalog *catalog, const char *schema,
                              const char *name) {
    for (int32_t i = 0; i < catalog->table_count; i++) {
        BlackholeTable *table = catalog->tables[i];
        if (table->is_visible && strcmp(table->name, name) == 0 &&
            strcmp(table->schema, schema) == 0) {
            return table;
        }
    }
    return NULL;
}

BlackholeTable *table_by_id(const BlackholeCatalog *catalog, int64_t id) {
    for (int32_t i = 0; i < catalog->table_count; i++) {
        if (catalog->tables[i]->id == id) {
            return catalog->tables[i];
        }
    }
    return NULL;
}

BlackholeView *view_by_name(const BlackholeCatalog *catalog, const char *schema, const char *name) {
    for (int32_t i = 0; i < catalog->view_count; i++) {
        BlackholeView *view = catalog->views[i];
        if (strcmp(view->name, name) == 0 && strcmp(view->schema, schema) == 0) {
            return view;
        }
    }
    return NULL;
}

/* Names and types; the reference keeps no comments. */
static ConnectorColumn *copy_columns(Arena *arena, const ConnectorColumn *columns, int32_t count) {
    ConnectorColumn *copies = arena_new_array(arena, ConnectorColumn, count + 1);
    for (int32_t i = 0; i < count; i++) {
        copies[i] = (ConnectorColumn){.name = arena_strdup(arena, columns[i].name),
                                      .type = columns[i].type};
    }
    return copies;
}

BlackholeTable *table_add(BlackholeCatalog *catalog, const NewTable *definition,
                          const BlackholeProperties *properties) {
    Arena *arena = arena_create(NULL);
    BlackholeTable *table = arena_new(arena, BlackholeTable);
    table->id = catalog->next_id++;
    table->arena = arena;
    table->schema = arena_strdup(arena, definition->schema);
    table->name = arena_strdup(arena, definition->name);
    table->column_count = definition->column_count;
    table->columns = copy_columns(arena, definition->columns, definition->column_count);
    table->properties = *properties;
    catalog->tables = list_grow(catalog->tables, catalog->table_count);
    catalog->tables[catalog->table_count++] = table;
    return table;
}

void table_remove(BlackholeCatalog *catalog, BlackholeTable *table) {
    int32_t i = 0;
    while (catalog->tables[i] != table) {
        i++;
    }
    /* the list's room follows from its count: the last entry moves, the room stays at least that of
     * the count */
    catalog->tables[i] = catalog->tables[--catalog->table_count];
    arena_free(table->arena);
}

void view_add(BlackholeCatalog *catalog, const char *schema, const char *name,
              const ConnectorView *definition, int32_t column_count,
              const ConnectorColumn *columns) {
    Arena *arena = arena_create(NULL);
    BlackholeView *view = arena_new(arena, BlackholeView);
    view->arena = arena;
    view->schema = arena_strdup(arena, schema);
    view->name = arena_strdup(arena, name);
    view->definition = (ConnectorView){
        .sql = arena_strdup(arena, definition->sql),
        .catalog = arena_strdup(arena, definition->catalog),
        .schema = arena_strdup(arena, definition->schema),
        .path = arena_strdup(arena, definition->path),
        .comment = arena_strdup(arena, definition->comment),
        .owner = arena_strdup(arena, definition->owner),
        .run_as_invoker = definition->run_as_invoker,
    };
    view->column_count = column_count;
    view->columns = copy_columns(arena, columns, column_count);
    catalog->views = list_grow(catalog->views, catalog->view_count);
    catalog->views[catalog->view_count++] = view;
}

void view_remove(BlackholeCatalog *catalog, BlackholeView *view) {
    int32_t i = 0;
    while (catalog->views[i] != view) {
        i++;
    }
    catalog->views[i] = catalog->views[--catalog->view_count];
    arena_free(view->arena);
}
