/* A catalog's properties, its creation and its end. */
#include <stdlib.h>

#include "memory.h"

const ConnectorProperty memory_config_properties[] = {
    {.name = "memory.max-data-per-node",
     .type = "varchar",
     .default_value = "128MB",
     .description = "Most data that the tables may hold on a node"},
    {.name = "memory.splits-per-node",
     .type = "integer",
     .default_value = "2",
     .description = "Accepted as the reference's; splits follow the size of the data"},
    {.name = "memory.enable-lazy-dynamic-filtering",
     .type = "boolean",
     .default_value = "true",
     .description = "Accepted as the reference's; small build sides are always waited for"},
    {.name = NULL},
};

/* "128MB" in bytes; the unit is case-sensitive as in the reference. */
static bool parse_size(const char *text, int64_t *ret_bytes) {
    static const struct {
        const char *unit;
        int64_t bytes;
    } units[] = {
        {"B", 1},        {"kB", 1 << 10},          {"MB", 1 << 20},
        {"GB", 1 << 30}, {"TB", (int64_t)1 << 40}, {"PB", (int64_t)1 << 50},
    };
    char *end;
    double number = strtod(text, &end);
    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(end, units[i].unit) == 0 && end != text && number >= 0) {
            *ret_bytes = (int64_t)(number * (double)units[i].bytes);
            return true;
        }
    }
    return false;
}

static Status invalid(Context *cx, const PropertyValue *property, const char *expected) {
    return FAIL(cx, CONFIGURATION_INVALID,
                "%s:%d: Invalid value '%s' for property '%s': expected %s",
                property->file != NULL ? property->file : "catalog", property->line, property->text,
                property->name, expected);
}

static Status apply_property(Context *cx, MemoryConnector *memory, const PropertyValue *property) {
    if (strcmp(property->name, "memory.max-data-per-node") == 0) {
        return parse_size(property->text, &memory->data_bytes_max)
                   ? OK
                   : invalid(cx, property, "a data size");
    }
    if (strcmp(property->name, "memory.splits-per-node") == 0) {
        memory->splits_per_node = (int32_t)strtol(property->text, NULL, 10);
        return memory->splits_per_node > 0 ? OK : invalid(cx, property, "a positive number");
    }
    return OK;
}

char *copy_text(const char *text) {
    return text != NULL ? strdup(text) : NULL;
}

Status memory_create(Context *cx, const char *catalog, const PropertyValue *config,
                     int32_t config_count, void **ret_connector) {
    MemoryConnector *memory = calloc(1, sizeof *memory);
    memory->catalog = copy_text(catalog);
    memory->data_bytes_max = 128 << 20;
    memory->next_id = 1;
    pthread_mutex_init(&memory->lock, NULL);
    memory->schemas = malloc(sizeof *memory->schemas * 8);
    memory->schema_capacity = 8;
    memory->schemas[memory->schema_count++] = copy_text("default");
    *ret_connector = memory;
    for (int32_t i = 0; i < config_count; i++) {
        if (apply_property(cx, memory, &config[i]) != OK) {
            memory_free(memory);
            return FAILED;
        }
    }
    return OK;
}

void memory_free(void *connector) {
    MemoryConnector *memory = connector;
    while (memory->table_count > 0) {
        table_remove(memory, memory->tables[memory->table_count - 1]);
    }
    for (int32_t i = 0; i < memory->view_count; i++) {
        view_free(memory->views[i]);
    }
    for (int32_t i = 0; i < memory->schema_count; i++) {
        free(memory->schemas[i]);
    }
    free(memory->tables);
    free(memory->views);
    free(memory->schemas);
    free(memory->catalog);
    pthread_mutex_destroy(&memory->lock);
    free(memory);
}
