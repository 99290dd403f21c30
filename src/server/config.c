/*
 * Reading the configuration: one table of the properties Warren uses, one of those it only knows.
 */
#include "server/config.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/log.h"
#include "base/quantity.h"
#include "base/timezone.h"

typedef enum ValueKind {
    VALUE_TEXT,
    VALUE_BOOLEAN,
    VALUE_INTEGER,
    VALUE_SIZE,
    VALUE_DURATION
} ValueKind;

typedef struct ConfigEntry {
    const char *name;
    ValueKind kind;
    size_t offset;
    const char *default_text; /* NULL: none */
    const char *description;
} ConfigEntry;

#define ENTRY(name, kind, member, default_text, description)                                       \
    { name, kind, offsetof(ServerConfig, member), default_text, description }

static const ConfigEntry node_entries[] = {
    ENTRY("node.environment", VALUE_TEXT, node_environment, "production",
          "Name of the cluster: [a-z0-9][_a-z0-9]*"),
    ENTRY("node.id", VALUE_TEXT, node_id, NULL, "Unique name of this node; random when absent"),
    ENTRY("node.data-dir", VALUE_TEXT, node_data_dir, NULL, "Folder for data of this node"),
    ENTRY("node.bind-ip", VALUE_TEXT, node_bind_address, "0.0.0.0", "Address to listen on"),
};

static const ConfigEntry config_entries[] = {
    ENTRY("coordinator", VALUE_BOOLEAN, coordinator, "true",
          "Whether this node plans queries and serves clients"),
    ENTRY("http-server.http.port", VALUE_INTEGER, http_port, "8080",
          "Port of the HTTP server; 0: any free one"),
    ENTRY("discovery.uri", VALUE_TEXT, discovery_uri, NULL, "Where the coordinator is"),
    ENTRY("http-server.process-forwarded", VALUE_TEXT, process_forwarded, "REJECT",
          "ACCEPT: base URIs follow X-Forwarded-* headers"),
    ENTRY("http-server.threads.event-loops", VALUE_INTEGER, http_threads, "2",
          "Threads that serve HTTP"),
    ENTRY("plugin.dir", VALUE_TEXT, plugin_dir, NULL,
          "Folder of the plugins; beside the program when absent"),
    ENTRY("catalog.config-dir", VALUE_TEXT, catalog_dir, NULL,
          "Folder of the catalog files; ETC/catalog when absent"),
    ENTRY("sql.forced-session-time-zone", VALUE_TEXT, forced_time_zone, NULL,
          "Time zone of every session"),
    ENTRY("query.max-memory", VALUE_SIZE, query_max_memory_bytes, "20GB",
          "User memory of a query in the cluster"),
    ENTRY("query.max-memory-per-node", VALUE_SIZE, query_max_memory_per_node_bytes, NULL,
          "User memory of a query on a node; 30% of the machine's when absent"),
    ENTRY("query.max-total-memory", VALUE_SIZE, query_max_total_memory_bytes, "40GB",
          "All memory of a query"),
    ENTRY("query.max-length", VALUE_INTEGER, query_max_length, "1000000",
          "Longest statement, in characters"),
    ENTRY("query.max-history", VALUE_INTEGER, query_max_history, "100",
          "Finished queries kept for display"),
    ENTRY("query.client.timeout", VALUE_DURATION, query_client_timeout_nanos, "5m",
          "A query that its client does not ask about for so long is abandoned"),
    ENTRY("query.min-expire-age", VALUE_DURATION, query_min_expire_age_nanos, "15m",
          "Finished queries are kept so long"),
    ENTRY("query.max-run-time", VALUE_DURATION, query_max_run_time_nanos, "100d",
          "Longest time from creation to end"),
    ENTRY("query.max-execution-time", VALUE_DURATION, query_max_execution_time_nanos, "100d",
          "Longest execution"),
    ENTRY("task.max-worker-threads", VALUE_INTEGER, worker_threads, NULL,
          "Threads that run queries; one a core when absent"),
    ENTRY("shutdown.grace-period", VALUE_DURATION, shutdown_grace_nanos, "2m",
          "How long SIGTERM waits for running queries"),
    ENTRY("query-results.compression-enabled", VALUE_BOOLEAN, results_compression, "true",
          "gzip for clients that take it"),
    ENTRY("log.enable-console", VALUE_BOOLEAN, log_console, "true", "Log to standard error"),
};

enum {
    NODE_ENTRIES = sizeof node_entries / sizeof node_entries[0],
    CONFIG_ENTRIES = sizeof config_entries / sizeof config_entries[0]
};

static const struct ReferenceProperty {
    const char *name;
    const char *type;
} reference_properties[] = {
#define REFERENCE_PROPERTY(name, type) {name, #type},
#include "server/reference_properties.def"
#undef REFERENCE_PROPERTY
};

enum { REFERENCE_PROPERTIES = sizeof reference_properties / sizeof reference_properties[0] };

static bool parse_integer(const char *text, int64_t *ret_value) {
    char *end;
    *ret_value = strtoll(text, &end, 10);
    return end != text && *end == '\0';
}

/* Checks a text against a type of the reference's ("boolean", "int", "DataSize", ...). */
static bool is_well_formed(const char *type, const char *text) {
    int64_t number;
    if (strcmp(type, "boolean") == 0) {
        return strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0;
    }
    if (strcmp(type, "int") == 0 || strcmp(type, "long") == 0) {
        return parse_integer(text, &number);
    }
    if (strcmp(type, "DataSize") == 0) {
        return data_size_parse(text, &number);
    }
    return strcmp(type, "Duration") != 0 || duration_parse(text, &number);
}

static bool set_value(const ConfigEntry *entry, const char *text, ServerConfig *config) {
    char *member = (char *)config + entry->offset;
    switch (entry->kind) {
    case VALUE_TEXT:
        *(const char **)member = text;
        return true;
    case VALUE_BOOLEAN:
        *(bool *)member = strcasecmp(text, "true") == 0;
        return is_well_formed("boolean", text);
    case VALUE_INTEGER:
        return parse_integer(text, (int64_t *)member);
    case VALUE_SIZE:
        return data_size_parse(text, (int64_t *)member);
    case VALUE_DURATION:
        return duration_parse(text, (int64_t *)member);
    }
    return false;
}

static const char *kind_name(ValueKind kind) {
    static const char *const names[] = {"a text", "true or false", "a number",
                                        "a data size such as 16MB", "a duration such as 5m"};
    return names[kind];
}

static const ConfigEntry *find_entry(const ConfigEntry *entries, int32_t count, const char *name) {
    for (int32_t i = 0; i < count; i++) {
        if (strcmp(entries[i].name, name) == 0) {
            return &entries[i];
        }
    }
    return NULL;
}

static const char *nearest_property(Arena *arena, const char *name, const ConfigEntry *entries,
                                    int32_t count) {
    const char **names = arena_new_array(arena, const char *, count + REFERENCE_PROPERTIES);
    for (int32_t i = 0; i < count; i++) {
        names[i] = entries[i].name;
    }
    for (int32_t i = 0; i < REFERENCE_PROPERTIES; i++) {
        names[count + i] = reference_properties[i].name;
    }
    return nearest_name(name, names, count + REFERENCE_PROPERTIES);
}

static Status check_reference_property(Context *cx, const FileProperty *property,
                                       const ConfigEntry *entries, int32_t count,
                                       ServerConfig *config) {
    for (int32_t i = 0; i < REFERENCE_PROPERTIES; i++) {
        if (strcmp(reference_properties[i].name, property->name) != 0) {
            continue;
        }
        if (!is_well_formed(reference_properties[i].type, property->value)) {
            return FAIL(cx, CONFIGURATION_INVALID,
                        "%s:%d: Invalid value '%s' for type %s (property '%s')", property->file,
                        property->line, property->value, reference_properties[i].type,
                        property->name);
        }
        if (config->warning_count <
            (int32_t)(sizeof config->warnings / sizeof config->warnings[0])) {
            config->warnings[config->warning_count++] =
                arena_printf(cx->arena, "%s:%d: property '%s' has no effect here", property->file,
                             property->line, property->name);
        }
        return OK;
    }
    const char *nearest = nearest_property(cx->arena, property->name, entries, count);
    return FAIL(cx, CONFIGURATION_INVALID, "%s:%d: Configuration property '%s' was not used%s%s%s",
                property->file, property->line, property->name,
                nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "'?" : "");
}

static Status apply_file(Context *cx, const char *path, const ConfigEntry *entries, int32_t count,
                         ServerConfig *config) {
    for (int32_t i = 0; i < count; i++) {
        if (entries[i].default_text != NULL &&
            !set_value(&entries[i], entries[i].default_text, config)) {
            return FAIL(cx, CONFIGURATION_INVALID, "default of %s", entries[i].name);
        }
    }
    if (access(path, R_OK) != 0) {
        return OK;
    }
    Properties properties;
    TRY(properties_read_file(cx, path, &properties));
    for (int32_t i = 0; i < properties.count; i++) {
        const FileProperty *property = &properties.items[i];
        const ConfigEntry *entry = find_entry(entries, count, property->name);
        if (entry == NULL) {
            TRY(check_reference_property(cx, property, entries, count, config));
        } else if (!set_value(entry, property->value, config)) {
            return FAIL(cx, CONFIGURATION_INVALID,
                        "%s:%d: Invalid value '%s' for property '%s': expected %s", property->file,
                        property->line, property->value, property->name, kind_name(entry->kind));
        }
    }
    return OK;
}

static bool is_environment_name(const char *name) {
    if (!((*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= '9'))) {
        return false;
    }
    for (; *name != '\0'; name++) {
        if (!((*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= '9') || *name == '_')) {
            return false;
        }
    }
    return true;
}

/* Levels by logger; a level that is none refuses the start. */
static Status apply_log_levels(Context *cx, const char *etc_dir) {
    const char *path = arena_printf(cx->arena, "%s/log.properties", etc_dir);
    if (access(path, R_OK) != 0) {
        return OK;
    }
    Properties properties;
    TRY(properties_read_file(cx, path, &properties));
    for (int32_t i = 0; i < properties.count; i++) {
        const FileProperty *property = &properties.items[i];
        LogLevel level;
        if (!log_level_parse(property->value, &level)) {
            return FAIL(cx, CONFIGURATION_INVALID, "%s:%d: Invalid level '%s' for logger '%s'",
                        path, property->line, property->value, property->name);
        }
        log_set_level(property->name, level);
    }
    return OK;
}

static const char *random_node_id(Arena *arena) {
    unsigned char bytes[8];
    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        abort();
    }
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return arena_printf(arena, "%016llx", (unsigned long long)number);
}

Status server_config_read(Context *cx, const char *etc_dir, ServerConfig *ret_config) {
    *ret_config = (ServerConfig){.etc_dir = etc_dir};
    TRY(apply_file(cx, arena_printf(cx->arena, "%s/node.properties", etc_dir), node_entries,
                   NODE_ENTRIES, ret_config));
    TRY(apply_file(cx, arena_printf(cx->arena, "%s/config.properties", etc_dir), config_entries,
                   CONFIG_ENTRIES, ret_config));
    TRY(apply_log_levels(cx, etc_dir));
    log_set_console(ret_config->log_console);
    if (!is_environment_name(ret_config->node_environment)) {
        return FAIL(cx, CONFIGURATION_INVALID,
                    "%s/node.properties: node.environment '%s' is malformed", etc_dir,
                    ret_config->node_environment);
    }
    uint16_t zone;
    if (ret_config->forced_time_zone != NULL &&
        !timezone_parse(ret_config->forced_time_zone, strlen(ret_config->forced_time_zone),
                        &zone)) {
        return FAIL(cx, CONFIGURATION_INVALID,
                    "%s/config.properties: sql.forced-session-time-zone '%s' is no time zone",
                    etc_dir, ret_config->forced_time_zone);
    }
    if (ret_config->node_id == NULL) {
        ret_config->node_id = random_node_id(cx->arena);
    }
    if (ret_config->catalog_dir == NULL) {
        ret_config->catalog_dir = arena_printf(cx->arena, "%s/catalog", etc_dir);
    }
    if (ret_config->query_max_memory_per_node_bytes == 0) {
        ret_config->query_max_memory_per_node_bytes =
            (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) * 3 / 10;
    }
    if (ret_config->http_port < 0 || ret_config->http_port > 65535) {
        return FAIL(cx, CONFIGURATION_INVALID,
                    "http-server.http.port must be in range [0, 65535]: %lld",
                    (long long)ret_config->http_port);
    }
    return OK;
}

void server_config_print_help(FILE *out) {
    fprintf(out, "etc/node.properties\n");
    for (int32_t i = 0; i < NODE_ENTRIES; i++) {
        fprintf(out, "  %-36s %-12s %s\n", node_entries[i].name,
                node_entries[i].default_text != NULL ? node_entries[i].default_text : "-",
                node_entries[i].description);
    }
    fprintf(out, "etc/config.properties\n");
    for (int32_t i = 0; i < CONFIG_ENTRIES; i++) {
        fprintf(out, "  %-36s %-12s %s\n", config_entries[i].name,
                config_entries[i].default_text != NULL ? config_entries[i].default_text : "-",
                config_entries[i].description);
    }
}
