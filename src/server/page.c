/*
 * The members of QueryResults in the order the reference writes them; absent rather than null.
 */
#include "server/page.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/query_lifecycle.h"

static void append_member(ByteString *out, const char *name, const char *text) {
    byte_string_printf(out, ",\"%s\":", name);
    result_append_string(out, text, strlen(text));
}

/* ---- stats ---- */

static int64_t millis_between(int64_t from_micros, int64_t to_micros) {
    return from_micros > 0 && to_micros > from_micros ? (to_micros - from_micros) / 1000 : 0;
}

static void write_stage(ByteString *out, const ManagedQuery *query,
                        const ExecutionStatistics *statistics) {
    bool done = query_is_done(query);
    const char *state = query->state == QUERY_FAILED ? "FAILED" : done ? "FINISHED" : "RUNNING";
    byte_string_printf(
        out,
        ",\"rootStage\":{\"stageId\":\"0\",\"state\":\"%s\",\"done\":%s,\"nodes\":1,"
        "\"totalSplits\":%d,"
        "\"queuedSplits\":%d,\"runningSplits\":%d,\"completedSplits\":%d,\"cpuTimeMillis\":%lld,"
        "\"wallTimeMillis\":%lld,\"processedRows\":%lld,\"processedBytes\":%lld,"
        "\"physicalInputBytes\":%lld,\"failedTasks\":0,\"coordinatorOnly\":false,\"subStages\":[]}",
        state, done ? "true" : "false", statistics->splits_total, statistics->splits_queued,
        statistics->splits_running, statistics->splits_completed,
        (long long)(statistics->cpu_nanos / 1000000), (long long)(statistics->wall_nanos / 1000000),
        (long long)statistics->processed_rows, (long long)statistics->processed_bytes,
        (long long)statistics->physical_input_bytes);
}

static void write_stats(ByteString *out, ManagedQuery *query) {
    ExecutionStatistics statistics;
    query_statistics(query, &statistics);
    bool scheduled = query->execution_start_micros > 0;
    bool queued = query->state == QUERY_QUEUED;
    int64_t now = query_is_done(query) ? query->end_micros : realtime_micros();
    byte_string_printf(out, ",\"stats\":{\"state\":\"%s\",\"queued\":%s,\"scheduled\":%s",
                       query_state_name(query->state), queued ? "true" : "false",
                       scheduled ? "true" : "false");
    if (scheduled && statistics.splits_total > 0) {
        byte_string_printf(out, ",\"progressPercentage\":%.2f,\"runningPercentage\":%.2f",
                           100.0 * statistics.splits_completed / statistics.splits_total,
                           100.0 * statistics.splits_running / statistics.splits_total);
    }
    byte_string_printf(
        out,
        ",\"nodes\":%d,\"totalSplits\":%d,\"queuedSplits\":%d,\"runningSplits\":%d,"
        "\"completedSplits\":%d,\"planningTimeMillis\":%lld,\"analysisTimeMillis\":%lld,"
        "\"cpuTimeMillis\":%lld,\"wallTimeMillis\":%lld,\"queuedTimeMillis\":%lld,"
        "\"elapsedTimeMillis\":%lld,\"finishingTimeMillis\":0,\"physicalInputTimeMillis\":%lld,"
        "\"processedRows\":%lld,\"processedBytes\":%lld,\"physicalInputBytes\":%lld,"
        "\"physicalWrittenBytes\":%lld,\"internalNetworkInputBytes\":0,\"peakMemoryBytes\":%lld,"
        "\"spilledBytes\":%lld",
        scheduled ? 1 : 0, statistics.splits_total, statistics.splits_queued,
        statistics.splits_running, statistics.splits_completed,
        (long long)(query->planning_nanos / 1000000), (long long)(query->analysis_nanos / 1000000),
        (long long)(statistics.cpu_nanos / 1000000), (long long)(statistics.wall_nanos / 1000000),
        (long long)millis_between(query->created_micros, query->planning_start_micros),
        (long long)millis_between(query->created_micros, now),
        (long long)(statistics.physical_input_nanos / 1000000),
        (long long)statistics.processed_rows, (long long)statistics.processed_bytes,
        (long long)statistics.physical_input_bytes, (long long)statistics.physical_written_bytes,
        (long long)statistics.memory_bytes_peak, (long long)statistics.spilled_bytes);
    if (scheduled) {
        write_stage(out, query, &statistics);
    }
    byte_string_append_char(out, '}');
}

/* ---- errors and warnings ---- */

static void write_location(ByteString *out, const Error *error) {
    if (error->line > 0) {
        byte_string_printf(out, ",\"errorLocation\":{\"lineNumber\":%d,\"columnNumber\":%d}",
                           error->line, error->column);
    }
}

void page_write_error(ByteString *out, const Error *error) {
    const char *name = error_code_name(error->code);
    const char *type = error_type_name(error_code_type(error->code));
    const char *message = error->message != NULL ? error->message : name;
    byte_string_append_text(out, "{\"message\":");
    result_append_string(out, message, strlen(message));
    byte_string_printf(out, ",\"errorCode\":%d,\"errorName\":\"%s\",\"errorType\":\"%s\"",
                       (int)error->code, name, type);
    write_location(out, error);
    byte_string_append_text(
        out, ",\"failureInfo\":{\"type\":\"io.trino.spi.TrinoException\",\"message\":");
    result_append_string(out, message, strlen(message));
    if (error->cause != NULL) {
        byte_string_append_text(out,
                                ",\"cause\":{\"type\":\"java.lang.RuntimeException\",\"message\":");
        result_append_string(out, error->cause, strlen(error->cause));
        byte_string_append_text(out, ",\"suppressed\":[],\"stack\":[]}");
    }
    byte_string_printf(out,
                       ",\"suppressed\":[],\"stack\":[],\"errorInfo\":{\"code\":%d,\"name\":\"%s\","
                       "\"type\":\"%s\"}",
                       (int)error->code, name, type);
    write_location(out, error);
    byte_string_append_text(out, "}}");
}

/* A warning is "CODE_NAME: message"; codes as the reference numbers its standard warnings. */
static void write_warnings(ByteString *out, const ManagedQuery *query) {
    static const struct {
        const char *name;
        int code;
    } codes[] = {
        {"TOO_MANY_STAGES", 1},
        {"REDUNDANT_ORDER_BY", 2},
        {"DEPRECATED_FUNCTION", 3},
    };
    byte_string_append_text(out, ",\"warnings\":[");
    for (int32_t i = 0; i < query->warning_count; i++) {
        const char *warning = query->warnings[i];
        const char *colon = strchr(warning, ':');
        size_t size = colon != NULL ? (size_t)(colon - warning) : 0;
        int code = 0;
        for (size_t k = 0; k < sizeof codes / sizeof codes[0]; k++) {
            code = strncmp(codes[k].name, warning, size) == 0 ? codes[k].code : code;
        }
        byte_string_printf(out, "%s{\"warningCode\":{\"code\":%d,\"name\":\"%.*s\"},\"message\":",
                           i > 0 ? "," : "", code, (int)size, warning);
        const char *message = colon != NULL ? colon + 2 : warning;
        result_append_string(out, message, strlen(message));
        byte_string_append_char(out, '}');
    }
    byte_string_append_char(out, ']');
}

/* ---- the page ---- */

void page_write(ByteString *out, ManagedQuery *query, const PageLinks *links,
                const ByteString *rows, int64_t row_count) {
    byte_string_printf(out, "{\"id\":\"%s\",\"infoUri\":\"%s/ui/query.html?%s\"", query->id,
                       links->base_uri, query->id);
    if (links->partial_cancel_uri != NULL) {
        append_member(out, "partialCancelUri", links->partial_cancel_uri);
    }
    if (links->next_uri != NULL) {
        append_member(out, "nextUri", links->next_uri);
    }
    if (query->columns_json != NULL) {
        byte_string_append_char(out, ',');
        byte_string_append_text(out, query->columns_json);
    }
    if (row_count > 0) {
        byte_string_append_text(out, ",\"data\":[");
        byte_string_append(out, rows->data, rows->size);
        byte_string_append_char(out, ']');
    }
    write_stats(out, query);
    if (query->state == QUERY_FAILED) {
        byte_string_append_text(out, ",\"error\":");
        page_write_error(out, &query->error);
    }
    write_warnings(out, query);
    if (query->update_type != NULL) {
        append_member(out, "updateType", query->update_type);
        if (query->has_update_count && query->state == QUERY_FINISHED) {
            byte_string_printf(out, ",\"updateCount\":%lld", (long long)query->update_count);
        }
    }
    byte_string_append_char(out, '}');
}

/* ---- headers ---- */

/* As java.net.URLEncoder: letters, digits and .-*_ stay, a space becomes +. */
static const char *url_encode(Arena *arena, const char *text) {
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = arena_alloc(arena, strlen(text) * 3 + 1), *out = encoded;
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr(".-*_", *c) != NULL;
        if (plain) {
            *out++ = (char)*c;
        } else if (*c == ' ') {
            *out++ = '+';
        } else {
            *out++ = '%';
            *out++ = digits[*c >> 4];
            *out++ = digits[*c & 15];
        }
    }
    *out = '\0';
    return encoded;
}

typedef struct HeaderWriter {
    Arena *arena;
    HttpHeader *headers;
    int32_t count, capacity;
} HeaderWriter;

static void add_header(HeaderWriter *writer, const char *name, const char *value) {
    if (value != NULL && writer->count < writer->capacity) {
        writer->headers[writer->count++] = (HttpHeader){name, value};
    }
}

static void add_pair(HeaderWriter *writer, const char *name, const char *key, const char *value) {
    if (key != NULL && value != NULL) {
        add_header(writer, name,
                   arena_printf(writer->arena, "%s=%s", key, url_encode(writer->arena, value)));
    }
}

int32_t page_headers(Arena *arena, ManagedQuery *query, HttpHeader *headers, int32_t capacity) {
    HeaderWriter writer = {.arena = arena, .headers = headers, .capacity = capacity};
    if (query->state != QUERY_FINISHED) {
        return writer.count;
    }
    const SessionChanges *changes = &query->changes;
    add_header(&writer, "X-Trino-Set-Catalog", changes->set_catalog);
    add_header(&writer, "X-Trino-Set-Schema", changes->set_schema);
    add_header(&writer, "X-Trino-Set-Path", changes->set_path);
    add_pair(&writer, "X-Trino-Set-Session", changes->set_session_name, changes->set_session_value);
    add_header(&writer, "X-Trino-Clear-Session", changes->clear_session_name);
    add_pair(&writer, "X-Trino-Set-Role", changes->set_role_catalog, changes->set_role);
    add_pair(&writer, "X-Trino-Added-Prepare",
             changes->added_prepare_name != NULL ? url_encode(arena, changes->added_prepare_name)
                                                 : NULL,
             changes->added_prepare_sql);
    add_header(&writer, "X-Trino-Deallocated-Prepare",
               changes->deallocated_prepare_name != NULL
                   ? url_encode(arena, changes->deallocated_prepare_name)
                   : NULL);
    add_header(&writer, "X-Trino-Started-Transaction-Id", changes->started_transaction_id);
    add_header(&writer, "X-Trino-Clear-Transaction-Id",
               changes->clear_transaction_id ? "true" : NULL);
    add_header(&writer, "X-Trino-Set-Authorization-User", changes->set_authorization_user);
    add_header(&writer, "X-Trino-Reset-Authorization-User",
               changes->reset_authorization_user ? "true" : NULL);
    return writer.count;
}
