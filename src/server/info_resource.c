/*
 * /v1/info, /v1/status, /v1/node and what monitors ask of a node (spec/protocol.md, section 9).
 */
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/quantity.h"
#include "server/query_lifecycle.h"
#include "server/server_state.h"

static bool is(const HttpRequest *request, const char *method, const char *path) {
    return strcmp(request->method, method) == 0 && strcmp(request->path, path) == 0;
}

static const char *uptime(const Server *server, char *buffer) {
    return duration_print((realtime_micros() - server->started_micros) * 1000, buffer);
}

static void answer_info(Server *server, HttpRequest *request) {
    ByteString body = {0};
    char buffer[QUANTITY_TEXT_MAX];
    byte_string_append_text(&body, "{\"nodeVersion\":{\"version\":\"" TRINO_VERSION
                                   "\"},\"environment\":");
    result_append_string(&body, server->config.node_environment,
                         strlen(server->config.node_environment));
    byte_string_printf(&body, ",\"coordinator\":%s,\"starting\":false,\"uptime\":\"%s\"}",
                       server->config.coordinator ? "true" : "false", uptime(server, buffer));
    respond_json(request, &body);
}

static void answer_status(Server *server, HttpRequest *request) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    long long total = (long long)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    long long reserved = pool_reserved_bytes(server->pool);
    double cpu_seconds = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec;
    double wall_seconds = (double)(realtime_micros() - server->started_micros) / 1e6 + 1;
    char buffer[QUANTITY_TEXT_MAX];
    ByteString body = {0};
    byte_string_append_text(&body, "{\"nodeId\":");
    result_append_string(&body, server->config.node_id, strlen(server->config.node_id));
    byte_string_append_text(&body, ",\"nodeVersion\":{\"version\":\"" TRINO_VERSION
                                   "\"},\"environment\":");
    result_append_string(&body, server->config.node_environment,
                         strlen(server->config.node_environment));
    byte_string_printf(
        &body,
        ",\"coordinator\":%s,\"uptime\":\"%s\",\"externalAddress\":\"127.0.0.1\","
        "\"internalAddress\":\"127.0.0.1\",\"memoryInfo\":{\"availableProcessors\":%ld,\"pool\":{"
        "\"maxBytes\":%lld,\"reservedBytes\":%lld,\"reservedRevocableBytes\":0,"
        "\"queryMemoryReservations\":{},\"queryMemoryAllocations\":{},"
        "\"queryMemoryRevocableReservations\":{},\"taskMemoryReservations\":{},"
        "\"taskMemoryRevocableReservations\":{},\"freeBytes\":%lld}},\"processors\":%ld,"
        "\"processCpuLoad\":%.4f,\"systemCpuLoad\":%.4f,\"heapUsed\":%ld,\"heapAvailable\":%lld,"
        "\"nonHeapUsed\":0}",
        server->config.coordinator ? "true" : "false", uptime(server, buffer), processors, total,
        reserved, total - reserved, processors, cpu_seconds / wall_seconds / (double)processors,
        cpu_seconds / wall_seconds / (double)processors, usage.ru_maxrss * 1024, total);
    respond_json(request, &body);
}

/* PUT /v1/info/state: a JSON string names the new state. */
static void change_state(Server *server, HttpRequest *request) {
    static const NodeState accepted[] = {NODE_ACTIVE, NODE_DRAINING, NODE_SHUTTING_DOWN};
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        const char *wanted = arena_printf(request->arena, "\"%s\"", node_state_name(accepted[i]));
        if (request->body_size == strlen(wanted) &&
            memcmp(request->body, wanted, request->body_size) == 0) {
            server->node_state = accepted[i];
            http_respond(request, 200, NULL, "", 0, NULL, 0);
            return;
        }
    }
    respond_message(request, 400, "Error 400 Bad Request: Invalid state");
}

static void answer_text(HttpRequest *request, const char *json) {
    http_respond(request, 200, "application/json", json, strlen(json), NULL, 0);
}

static void answer_services(Server *server, HttpRequest *request) {
    ByteString body = {0};
    byte_string_append_text(&body, "{\"environment\":");
    result_append_string(&body, server->config.node_environment,
                         strlen(server->config.node_environment));
    byte_string_append_text(&body, ",\"services\":[{\"id\":\"trino\",\"nodeId\":");
    result_append_string(&body, server->config.node_id, strlen(server->config.node_id));
    byte_string_printf(
        &body,
        ",\"type\":\"trino\",\"pool\":\"general\",\"location\":\"/%s\",\"properties\":{"
        "\"node_version\":\"" TRINO_VERSION "\",\"coordinator\":\"%s\",\"http\":\"%s\"}}]}",
        server->config.node_id, server->config.coordinator ? "true" : "false",
        request_base_uri(&server->statements, request));
    respond_json(request, &body);
}

bool info_resource_handle(Server *server, HttpRequest *request) {
    if (is(request, "GET", "/v1/info")) {
        answer_info(server, request);
    } else if (is(request, "GET", "/v1/info/state")) {
        answer_text(request, arena_printf(request->arena, "\"%s\"",
                                          node_state_name((NodeState)server->node_state)));
    } else if (is(request, "PUT", "/v1/info/state")) {
        change_state(server, request);
    } else if (is(request, "GET", "/v1/info/coordinator")) {
        http_respond(request, server->config.coordinator ? 200 : 404, NULL, "", 0, NULL, 0);
    } else if (is(request, "GET", "/v1/status") || is(request, "HEAD", "/v1/status")) {
        answer_status(server, request);
    } else if (is(request, "GET", "/v1/node") || is(request, "GET", "/v1/node/failed")) {
        answer_text(request, "[]");
    } else if (is(request, "GET", "/v1/service") || is(request, "GET", "/v1/service/trino")) {
        answer_services(server, request);
    } else if (strncmp(request->path, "/v1/memory", 10) == 0 ||
               strncmp(request->path, "/v1/task/", 9) == 0) {
        respond_message(request, 403, "Error 403 Forbidden: Internal only resource");
    } else {
        return false;
    }
    return true;
}
