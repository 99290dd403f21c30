/* Stored views: their text and columns, copied into an arena each. */
#include <stdlib.h>

#include "memory.h"

static void copy_definition(MemoryView *entry, const ConnectorView *view, int32_t column_count,
                            const ConnectorColumn *columns) {
    Arena *arena = arena_create(NULL);
    entry->view = (ConnectorView){
        .sql = arena_strdup(arena, view->sql),
        .catalog = arena_strdup(arena, view->catalog),
        .schema = arena_strdup(arena, view->schema),
        .path = arena_strdup(arena, view->path),
        .comment = arena_strdup(arena, view->comment),
        .owner = arena_strdup(arena, view->owner),
        .run_as_invoker = view->run_as_invoker,
    };
    entry->column_count = column_count;
    entry->columns = arena_new_array(arena, ConnectorColumn, column_count + 1);
    for (int32_t i = 0; i < column_count; i++) {
        entry->columns[i] = columns[i];
        entry->columns[i].name = arena_strdup(arena, columns[i].name);
        entry->columns[i].comment = arena_strdup(arena, columns[i].comment);
    }
    entry->arena = arena;
}

static MemoryView *add_view(MemoryConnector *memory, const char *schema, const char *name) {
    MemoryView *entry = calloc(1, sizeof *entry);
    entry->schema = copy_text(schema);
    entry->name = copy_text(name);
    if (memory->view_count == memory->view_capacity) {
        memory->view_capacity = memory->view_capacity * 2 + 8;
        memory->views =
            realloc(memory->views, sizeof *memory->views * (size_t)memory->view_capacity);
    }
    memory->views[memory->view_count++] = entry;
    return entry;
}

Status memory_create_view(Context *cx, void *connector, const char *schema, const char *name,
                          const ConnectorView *view, int32_t column_count,
                          const ConnectorColumn *columns, bool replace) {
    MemoryConnector *memory = connector;
    Status status = OK;
    pthread_mutex_lock(&memory->lock);
    MemoryView *existing = view_by_name(memory, schema, name);
    bool has_schema = false;
    for (int32_t i = 0; i < memory->schema_count; i++) {
        has_schema |= strcmp(memory->schemas[i], schema) == 0;
    }
    if (!has_schema) {
        status = FAIL(cx, NOT_FOUND, "Schema %s not found", schema);
    } else if (table_by_name(memory, schema, name) != NULL || (existing != NULL && !replace)) {
        status = FAIL(cx, TABLE_ALREADY_EXISTS, "View already exists: %s.%s", schema, name);
    } else {
        if (existing == NULL) {
            existing = add_view(memory, schema, name);
        } else {
            arena_free(existing->arena);
        }
        copy_definition(existing, view, column_count, columns);
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

/* Runs with the lock held and the view found, or fails. */
static Status with_view(Context *cx, MemoryConnector *memory, const char *schema, const char *name,
                        MemoryView **ret_view) {
    pthread_mutex_lock(&memory->lock);
    *ret_view = view_by_name(memory, schema, name);
    if (*ret_view == NULL) {
        pthread_mutex_unlock(&memory->lock);
        return FAIL(cx, TABLE_NOT_FOUND, "View '%s.%s' not found", schema, name);
    }
    return OK;
}

Status memory_drop_view(Context *cx, void *connector, const char *schema, const char *name) {
    MemoryConnector *memory = connector;
    MemoryView *view;
    TRY(with_view(cx, memory, schema, name, &view));
    for (int32_t i = 0; i < memory->view_count; i++) {
        if (memory->views[i] == view) {
            memory->views[i] = memory->views[--memory->view_count];
            break;
        }
    }
    view_free(view);
    pthread_mutex_unlock(&memory->lock);
    return OK;
}

Status memory_rename_view(Context *cx, void *connector, const char *schema, const char *name,
                          const char *new_schema, const char *new_name) {
    MemoryConnector *memory = connector;
    MemoryView *view;
    TRY(with_view(cx, memory, schema, name, &view));
    Status status = OK;
    if (table_by_name(memory, new_schema, new_name) != NULL ||
        view_by_name(memory, new_schema, new_name) != NULL) {
        status = FAIL(cx, TABLE_ALREADY_EXISTS, "View already exists: %s.%s", new_schema, new_name);
    } else {
        free(view->schema);
        free(view->name);
        view->schema = copy_text(new_schema);
        view->name = copy_text(new_name);
    }
    pthread_mutex_unlock(&memory->lock);
    return status;
}

Status memory_set_view_comment(Context *cx, void *connector, const char *schema, const char *name,
                               const char *comment) {
    MemoryConnector *memory = connector;
    MemoryView *view;
    TRY(with_view(cx, memory, schema, name, &view));
    view->view.comment = arena_strdup(view->arena, comment);
    pthread_mutex_unlock(&memory->lock);
    return OK;
}

Status memory_set_view_column_comment(Context *cx, void *connector, const char *schema,
                                      const char *name, int32_t column, const char *comment) {
    MemoryConnector *memory = connector;
    MemoryView *view;
    TRY(with_view(cx, memory, schema, name, &view));
    view->columns[column].comment = arena_strdup(view->arena, comment);
    pthread_mutex_unlock(&memory->lock);
    return OK;
}

Status memory_view_as_table(Context *cx, const MemoryView *entry, ConnectorTable **ret_table) {
    MemoryView copy = {0};
    copy_definition(&copy, &entry->view, entry->column_count, entry->columns);
    arena_on_free(cx->arena, (void (*)(void *))arena_free, copy.arena);
    ConnectorTable *table = arena_new(cx->arena, ConnectorTable);
    *table = (ConnectorTable){
        .kind = TABLE_KIND_VIEW,
        .schema = arena_strdup(cx->arena, entry->schema),
        .name = arena_strdup(cx->arena, entry->name),
        .column_count = copy.column_count,
        .columns = copy.columns,
        .comment = copy.view.comment,
        .view = arena_copy(cx->arena, &copy.view, sizeof copy.view),
    };
    *ret_table = table;
    return OK;
}
