/*
 * Tables, versions, chunks: who owns what. A version owns references to its chunks, a table one to
 * its current version.
 */
#include <stdlib.h>

#include "memory.h"

/* ---- chunks ---- */

Chunk *chunk_create(MemoryConnector *memory, int32_t row_count, int32_t column_count,
                    Vector **columns) {
    Chunk *chunk = calloc(1, sizeof *chunk);
    chunk->references = 1;
    chunk->row_count = row_count;
    chunk->column_count = column_count;
    chunk->columns = malloc(sizeof *chunk->columns * (size_t)(column_count + 1));
    for (int32_t i = 0; i < column_count; i++) {
        Vector *column = columns[i];
        if (column->type->layout == LAYOUT_STRING && column->encoding == ENCODING_FLAT) {
            column = compact_strings(column);
        }
        chunk->columns[i] = column;
        chunk->bytes += vector_bytes(column);
    }
    memory->data_bytes += chunk->bytes;
    return chunk;
}

void chunk_unref(MemoryConnector *memory, Chunk *chunk) {
    if (--chunk->references > 0) {
        return;
    }
    memory->data_bytes -= chunk->bytes;
    for (int32_t i = 0; i < chunk->column_count; i++) {
        vector_unref(chunk->columns[i]);
    }
    free(chunk->columns);
    free(chunk);
}

/* The rows whose bit is clear; NULL when none is left. */
Chunk *chunk_without(MemoryConnector *memory, const Chunk *chunk, const uint64_t *deleted) {
    int32_t *rows = malloc(sizeof *rows * (size_t)(chunk->row_count + 1)), count = 0;
    for (int32_t row = 0; row < chunk->row_count; row++) {
        rows[count] = row;
        count += !bitmap_get(deleted, row);
    }
    Chunk *rest = NULL;
    if (count > 0) {
        Vector **columns = malloc(sizeof *columns * (size_t)(chunk->column_count + 1));
        for (int32_t i = 0; i < chunk->column_count; i++) {
            columns[i] = vector_gather(chunk->columns[i], rows, count);
        }
        rest = chunk_create(memory, count, chunk->column_count, columns);
        free(columns);
    }
    free(rows);
    return rest;
}

/* ---- versions ---- */

TableVersion *version_create(int32_t chunk_count) {
    TableVersion *version = calloc(1, sizeof *version);
    version->references = 1;
    version->chunk_count = chunk_count;
    version->chunks = calloc((size_t)chunk_count + 1, sizeof *version->chunks);
    return version;
}

TableVersion *version_ref(TableVersion *version) {
    version->references++;
    return version;
}

void version_unref(MemoryConnector *memory, TableVersion *version) {
    if (--version->references > 0) {
        return;
    }
    for (int32_t i = 0; i < version->chunk_count; i++) {
        chunk_unref(memory, version->chunks[i]);
    }
    free(version->chunks);
    free(version);
}

/* ---- tables ---- */

MemoryTable *table_by_id(MemoryConnector *memory, int64_t id) {
    for (int32_t i = 0; i < memory->table_count; i++) {
        if (memory->tables[i]->id == id) {
            return memory->tables[i];
        }
    }
    return NULL;
}

MemoryTable *table_by_name(MemoryConnector *memory, const char *schema, const char *name) {
    for (int32_t i = 0; i < memory->table_count; i++) {
        MemoryTable *table = memory->tables[i];
        if (table->visible && strcmp(table->schema, schema) == 0 &&
            strcmp(table->name, name) == 0) {
            return table;
        }
    }
    return NULL;
}

MemoryView *view_by_name(MemoryConnector *memory, const char *schema, const char *name) {
    for (int32_t i = 0; i < memory->view_count; i++) {
        if (strcmp(memory->views[i]->schema, schema) == 0 &&
            strcmp(memory->views[i]->name, name) == 0) {
            return memory->views[i];
        }
    }
    return NULL;
}

MemoryTable *table_add(MemoryConnector *memory, const NewTable *definition, bool visible) {
    MemoryTable *table = calloc(1, sizeof *table);
    table->id = memory->next_id++;
    table->visible = visible;
    table->schema = copy_text(definition->schema);
    table->name = copy_text(definition->name);
    table->comment = copy_text(definition->comment);
    table->column_count = definition->column_count;
    table->columns = calloc((size_t)definition->column_count + 1, sizeof *table->columns);
    table->summaries = calloc((size_t)definition->column_count + 1, sizeof *table->summaries);
    for (int32_t i = 0; i < definition->column_count; i++) {
        const ConnectorColumn *column = &definition->columns[i];
        table->columns[i] = (ConnectorColumn){.name = copy_text(column->name),
                                              .type = column->type,
                                              .not_null = column->not_null,
                                              .comment = copy_text(column->comment)};
    }
    table->current = version_create(0);
    if (memory->table_count == memory->table_capacity) {
        memory->table_capacity = memory->table_capacity * 2 + 8;
        memory->tables =
            realloc(memory->tables, sizeof *memory->tables * (size_t)memory->table_capacity);
    }
    memory->tables[memory->table_count++] = table;
    return table;
}

void table_remove(MemoryConnector *memory, MemoryTable *table) {
    for (int32_t i = 0; i < memory->table_count; i++) {
        if (memory->tables[i] == table) {
            memory->tables[i] = memory->tables[--memory->table_count];
            break;
        }
    }
    version_unref(memory, table->current);
    table_free(table);
}

void table_free(MemoryTable *table) {
    for (int32_t i = 0; i < table->column_count; i++) {
        free((void *)(uintptr_t)table->columns[i].name);
        free((void *)(uintptr_t)table->columns[i].comment);
    }
    free(table->columns);
    free(table->summaries);
    free(table->schema);
    free(table->name);
    free(table->comment);
    free(table);
}

void view_free(MemoryView *view) {
    arena_free(view->arena);
    free(view->schema);
    free(view->name);
    free(view);
}
