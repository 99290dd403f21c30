/*
 * The server's configuration: etc/config.properties, node.properties, log.properties, as Trino's.
 *
 * A property that Trino has and Warren does not need is accepted with one warning; an unknown or
 * malformed one refuses the start, naming file, line and the nearest known name. Strings live in
 * the arena that the configuration was read into.
 */
#pragma once

#include <stdio.h>

#include "base/properties.h"

typedef struct ServerConfig {
    /* node.properties */
    const char *node_environment, *node_id, *node_data_dir, *node_bind_address;
    /* config.properties */
    bool coordinator;
    int64_t http_port;
    const char *discovery_uri;
    const char *process_forwarded;
    const char *plugin_dir;
    const char *catalog_dir;
    const char *forced_time_zone;
    int64_t query_max_memory_bytes, query_max_memory_per_node_bytes, query_max_total_memory_bytes;
    int64_t query_max_length, query_max_history;
    int64_t query_client_timeout_nanos, query_min_expire_age_nanos;
    int64_t query_max_run_time_nanos, query_max_execution_time_nanos;
    int64_t worker_threads;
    int64_t http_threads;
    int64_t shutdown_grace_nanos;
    bool results_compression;
    bool log_console;
    /* where it came from */
    const char *etc_dir;
    int32_t warning_count;
    const char *warnings[64];
} ServerConfig;

MUST_CHECK Status server_config_read(Context *cx, const char *etc_dir, ServerConfig *ret_config);
void server_config_print_help(FILE *out); /* every property with its default */
