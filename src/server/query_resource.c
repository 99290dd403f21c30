/*
 * /v1/query and its relatives: what runs, what ran, and how to end it (spec/protocol.md, section
 * 9).
 */
#include <stdio.h>
#include <time.h>

#include "base/quantity.h"
#include "server/page.h"
#include "server/query_lifecycle.h"
#include "server/server_state.h"

/* ISO 8601 with milliseconds and Z, as in Trino's JSON. */
static const char *iso_time(int64_t micros, char buffer[32]) {
    time_t seconds = (time_t)(micros / 1000000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    size_t size = strftime(buffer, 32, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(buffer + size, 32 - size, ".%03uZ", (unsigned)(micros / 1000 % 1000) % 1000);
    return buffer;
}

static void member(ByteString *out, const char *name, const char *text) {
    if (text != NULL) {
        byte_string_printf(out, ",\"%s\":", name);
        result_append_string(out, text, strlen(text));
    }
}

static void duration_member(ByteString *out, const char *name, int64_t nanos) {
    char buffer[QUANTITY_TEXT_MAX];
    byte_string_printf(out, ",\"%s\":\"%s\"", name, duration_print(nanos > 0 ? nanos : 0, buffer));
}

static void size_member(ByteString *out, const char *name, int64_t bytes) {
    char buffer[QUANTITY_TEXT_MAX];
    byte_string_printf(out, ",\"%s\":\"%s\"", name, data_size_print(bytes, buffer));
}

static void write_session(ByteString *out, const ManagedQuery *query) {
    const Session *session = &query->session;
    byte_string_printf(out, ",\"session\":{\"queryId\":\"%s\"", query->id);
    member(out, "user", session->user);
    member(out, "originalUser", session->original_user);
    member(out, "source", session->source);
    member(out, "catalog", session->catalog);
    member(out, "schema", session->schema);
    member(out, "timeZone", session->time_zone);
    member(out, "clientInfo", session->client_info);
    byte_string_append_text(out, "}");
}

static void write_statistics(ByteString *out, ManagedQuery *query) {
    char buffer[32];
    ExecutionStatistics statistics;
    query_statistics(query, &statistics);
    int64_t end = query_is_done(query) ? query->end_micros : realtime_micros();
    byte_string_printf(out, ",\"queryStats\":{\"createTime\":\"%s\"",
                       iso_time(query->created_micros, buffer));
    if (query->execution_start_micros > 0) {
        member(out, "executionStartTime", iso_time(query->execution_start_micros, buffer));
    }
    if (query_is_done(query)) {
        member(out, "endTime", iso_time(query->end_micros, buffer));
    }
    duration_member(out, "elapsedTime", (end - query->created_micros) * 1000);
    duration_member(out, "queuedTime",
                    query->planning_start_micros > 0
                        ? (query->planning_start_micros - query->created_micros) * 1000
                        : 0);
    duration_member(out, "analysisTime", query->analysis_nanos);
    duration_member(out, "planningTime", query->planning_nanos);
    duration_member(out, "totalCpuTime", statistics.cpu_nanos);
    duration_member(out, "totalScheduledTime", statistics.wall_nanos);
    byte_string_printf(
        out,
        ",\"totalDrivers\":%d,\"queuedDrivers\":%d,\"runningDrivers\":%d,\"completedDrivers\":%d",
        statistics.splits_total, statistics.splits_queued, statistics.splits_running,
        statistics.splits_completed);
    byte_string_printf(
        out,
        ",\"rawInputPositions\":%lld,\"processedInputPositions\":%lld,\"outputPositions\":%lld",
        (long long)statistics.processed_rows, (long long)statistics.processed_rows,
        (long long)statistics.output_rows);
    size_member(out, "rawInputDataSize", statistics.processed_bytes);
    size_member(out, "physicalInputDataSize", statistics.physical_input_bytes);
    size_member(out, "userMemoryReservation", statistics.memory_bytes);
    size_member(out, "peakUserMemoryReservation", statistics.memory_bytes_peak);
    size_member(out, "spilledDataSize", statistics.spilled_bytes);
    if (statistics.splits_total > 0) {
        byte_string_printf(out, ",\"progressPercentage\":%.2f",
                           100.0 * statistics.splits_completed / statistics.splits_total);
    }
    byte_string_append_char(out, '}');
}

static void write_query(ByteString *out, ManagedQuery *query, const char *base_uri, bool full) {
    pthread_mutex_lock(&query->lock);
    byte_string_printf(out, "{\"queryId\":\"%s\"", query->id);
    write_session(out, query);
    byte_string_printf(out, ",\"resourceGroupId\":[\"global\"],\"state\":\"%s\",\"scheduled\":%s",
                       query_state_name(query->state),
                       query->execution_start_micros > 0 ? "true" : "false");
    member(out, "self", "");
    out->size -= 1;
    byte_string_printf(out, "%s/v1/query/%s\"", base_uri, query->id);
    member(out, "query", query->sql);
    write_statistics(out, query);
    member(out, "queryType", query->query_type);
    member(out, "updateType", query->update_type);
    byte_string_append_text(out, ",\"retryPolicy\":\"NONE\"");
    if (query->state == QUERY_FAILED) {
        const char *name = error_code_name(query->error.code);
        member(out, "errorType", error_type_name(error_code_type(query->error.code)));
        byte_string_printf(out, ",\"errorCode\":{\"code\":%d,\"name\":\"%s\",\"type\":\"%s\"}",
                           (int)query->error.code, name,
                           error_type_name(error_code_type(query->error.code)));
    }
    if (full) {
        byte_string_append_text(
            out, ",\"warnings\":[],\"inputs\":[],\"referencedTables\":[],\"routines\":[]");
        byte_string_printf(out, ",\"finalQueryInfo\":%s,\"pruned\":false,\"version\":1",
                           query_is_done(query) ? "true" : "false");
        if (query->state == QUERY_FAILED) {
            byte_string_append_text(out, ",\"failureInfo\":");
            page_write_error(out, &query->error);
        }
    }
    byte_string_append_char(out, '}');
    pthread_mutex_unlock(&query->lock);
}

typedef struct StateFilter {
    bool any, matches;
    const char *state;
} StateFilter;

static void match_state(void *closure, const char *value) {
    StateFilter *filter = closure;
    filter->any = true;
    filter->matches |= strcasecmp(filter->state, value) == 0;
}

static void answer_list(Server *server, HttpRequest *request) {
    ManagedQuery **queries;
    int32_t count = query_manager_list(server->queries, request->arena, &queries), written = 0;
    const char *base_uri = request_base_uri(&server->statements, request);
    ByteString body = {0};
    byte_string_append_char(&body, '[');
    for (int32_t i = 0; i < count; i++) {
        StateFilter filter = {.state = query_state_name(queries[i]->state)};
        http_request_parameters(request, "state", match_state, &filter);
        if (!filter.any || filter.matches) {
            if (written++ > 0) {
                byte_string_append_char(&body, ',');
            }
            write_query(&body, queries[i], base_uri, false);
        }
        query_unref(queries[i]);
    }
    byte_string_append_char(&body, ']');
    respond_json(request, &body);
}

static void answer_one(Server *server, HttpRequest *request, const char *id) {
    ManagedQuery *query = query_find(server->queries, id);
    if (query == NULL) {
        respond_message(request, 410, "Error 410 Gone: HTTP 410 Gone");
        return;
    }
    ByteString body = {0};
    write_query(&body, query, request_base_uri(&server->statements, request), true);
    query_unref(query);
    respond_json(request, &body);
}

static void cancel_one(Server *server, HttpRequest *request, const char *id) {
    ManagedQuery *query = query_find(server->queries, id);
    if (query != NULL) {
        query_fail(query, USER_CANCELED, "Query was canceled");
        query_unref(query);
    }
    http_respond(request, 204, NULL, "", 0, NULL, 0);
}

/* PUT /v1/query/ID/killed or /preempted; the body is the message. */
static void kill_one(Server *server, HttpRequest *request, const char *id, bool preempted) {
    ManagedQuery *query = query_find(server->queries, id);
    if (query == NULL) {
        respond_message(request, 410, "Error 410 Gone: HTTP 410 Gone");
        return;
    }
    pthread_mutex_lock(&query->lock);
    bool done = query_is_done(query);
    pthread_mutex_unlock(&query->lock);
    if (!done) {
        query_fail(query, preempted ? ADMINISTRATIVELY_PREEMPTED : ADMINISTRATIVELY_KILLED,
                   arena_printf(request->arena, "Query %s. Message: %s",
                                preempted ? "preempted" : "killed", request->body));
    }
    query_unref(query);
    http_respond(request, done ? 409 : 202, NULL, "", 0, NULL, 0);
}

bool query_resource_handle(Server *server, HttpRequest *request) {
    char id[40], action[16] = "";
    bool get = strcmp(request->method, "GET") == 0;
    if (strcmp(request->path, "/v1/query") == 0 && get) {
        answer_list(server, request);
        return true;
    }
    if (sscanf(request->path, "/v1/query/%39[^/]/%15s", id, action) < 1) {
        return false;
    }
    if (http_request_header(request, "X-Trino-User") == NULL &&
        http_request_header(request, "Authorization") == NULL) {
        respond_message(
            request, 401,
            "Basic authentication or X-Trino-Original-User or X-Trino-User must be sent");
    } else if (get && action[0] == '\0') {
        answer_one(server, request, id);
    } else if (strcmp(request->method, "DELETE") == 0) {
        cancel_one(server, request, id);
    } else if (strcmp(request->method, "PUT") == 0 && strcmp(action, "killed") == 0) {
        kill_one(server, request, id, false);
    } else if (strcmp(request->method, "PUT") == 0 && strcmp(action, "preempted") == 0) {
        kill_one(server, request, id, true);
    } else {
        return false;
    }
    return true;
}
