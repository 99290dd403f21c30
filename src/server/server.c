/*
 * Start, routing, stop.
 */
#include "server/server_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/log.h"
#include "server/query_lifecycle.h"

enum { PLANNER_THREADS_MAX = 32 };

static const char *const node_state_names[] = {"ACTIVE", "DRAINING", "DRAINED", "SHUTTING_DOWN"};

const char *node_state_name(NodeState state) {
    return node_state_names[state];
}

void respond_json(HttpRequest *request, ByteString *body) {
    http_respond_owned(request, 200, "application/json", body, NULL, 0);
}

void respond_message(HttpRequest *request, int status, const char *text) {
    http_respond(request, status, "text/plain", text, strlen(text), NULL, 0);
}

static bool has_prefix(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void handle_request(void *closure, HttpRequest *request) {
    Server *server = closure;
    if (has_prefix(request->path, "/v1/statement")) {
        if (server->node_state != NODE_ACTIVE && strcmp(request->method, "POST") == 0) {
            respond_message(request, 503, "Server is shutting down");
            return;
        }
        statement_resource_handle(&server->statements, request);
    } else if (!info_resource_handle(server, request) && !query_resource_handle(server, request) &&
               !ui_resource_handle(server, request)) {
        respond_message(request, 404, "Error 404 Not Found: HTTP 404 Not Found");
    }
}

static const char *plugin_folder(const Server *server, const ServerStart *options) {
    return server->config.plugin_dir != NULL ? server->config.plugin_dir : options->plugin_dir;
}

static Status start_catalogs(Context *cx, Server *server, const ServerStart *options) {
    server->catalogs = catalog_manager_create();
    TRY(catalog_load_builtin(cx, server->catalogs));
    TRY(catalog_load_plugins(cx, server->catalogs, plugin_folder(server, options)));
    return catalog_load_folder(cx, server->catalogs, server->config.catalog_dir);
}

static Status start_queries(Context *cx, Server *server) {
    const ServerConfig *config = &server->config;
    server->scheduler = scheduler_create((int32_t)config->worker_threads);
    server->pool = pool_create(NULL, "general", 0, MEMORY_LIMIT_LOCAL);
    QueryManagerOptions options = {
        .catalogs = server->catalogs,
        .scheduler = server->scheduler,
        .pool = server->pool,
        .memory_bytes_max = config->query_max_memory_bytes,
        .memory_per_node_bytes_max = config->query_max_memory_per_node_bytes,
        .total_memory_bytes_max = config->query_max_total_memory_bytes,
        .client_timeout_nanos = config->query_client_timeout_nanos,
        .min_expire_age_nanos = config->query_min_expire_age_nanos,
        .max_run_time_nanos = config->query_max_run_time_nanos,
        .max_execution_time_nanos = config->query_max_execution_time_nanos,
        .max_history = (int32_t)config->query_max_history,
        .planner_threads = PLANNER_THREADS_MAX,
        .max_length = config->query_max_length,
        .node_id = config->node_id,
        .forced_time_zone = config->forced_time_zone,
    };
    server->queries = query_manager_create(&options);
    server->statements = (StatementResource){
        .queries = server->queries,
        .process_forwarded = strcasecmp(config->process_forwarded, "ACCEPT") == 0 ||
                             strcasecmp(config->process_forwarded, "true") == 0,
    };
    register_system_tables(server);
    return OK;
}

static Status start_http(Context *cx, Server *server) {
    HttpServerOptions options = {
        .address = server->config.node_bind_address,
        .port = (uint16_t)server->config.http_port,
        .threads = (int32_t)server->config.http_threads,
        .compress = server->config.results_compression,
        .handler = handle_request,
        .closure = server,
    };
    return http_server_start(cx, &options, &server->http);
}

static void server_free(Server *server) {
    http_server_stop(server->http);
    if (server->queries != NULL) {
        query_manager_free(server->queries);
    }
    if (server->scheduler != NULL) {
        scheduler_free(server->scheduler);
    }
    pool_free(server->pool);
    catalog_manager_free(server->catalogs);
    arena_free(server->arena);
    free(server);
}

Status server_start(Context *cx, const ServerStart *options, Server **ret_server) {
    Server *server = allocate_zeroed(sizeof *server);
    server->arena = arena_create(NULL);
    server->version = options->version;
    server->started_micros = realtime_micros();
    Context reading = {.arena = server->arena};
    Status status = server_config_read(&reading, options->etc_dir, &server->config);
    status = status == OK ? start_catalogs(&reading, server, options) : status;
    status = status == OK ? start_queries(&reading, server) : status;
    status = status == OK ? start_http(&reading, server) : status;
    if (status != OK) {
        status = FAIL(cx, reading.error.code, "%s", reading.error.message);
        server_free(server);
        return status;
    }
    for (int32_t i = 0; i < server->config.warning_count; i++) {
        log_warn("io.trino.server", "%s", server->config.warnings[i]);
    }
    log_info("io.trino.server", "SERVER STARTED: Warren %s on port %d in %.1f ms", server->version,
             http_server_port(server->http),
             (double)(realtime_micros() - server->started_micros) / 1000.0);
    *ret_server = server;
    return OK;
}

uint16_t server_port(const Server *server) {
    return http_server_port(server->http);
}

/* Running queries end and are fetched by their clients, or the grace period does. */
static void wait_for_queries(Server *server) {
    int64_t give_up = realtime_micros() + server->config.shutdown_grace_nanos / 1000;
    while (query_manager_running(server->queries) > 0 && realtime_micros() < give_up) {
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
}

void server_stop(Server *server) {
    server->node_state = NODE_SHUTTING_DOWN;
    log_info("io.trino.server", "Shutting down: %d queries running",
             query_manager_running(server->queries));
    wait_for_queries(server);
    log_info("io.trino.server", "Stopped");
    server_free(server);
}
