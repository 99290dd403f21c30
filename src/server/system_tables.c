/*
 * The rows of system.runtime: queries, nodes, tasks, transactions; and CALL
 * system.runtime.kill_query.
 *
 * Cells are texts that the system connector converts to the columns' types; times are "YYYY-MM-DD
 * HH:MM:SS.mmm UTC".
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "server/query_lifecycle.h"
#include "server/server_state.h"

static const char *time_text(Arena *arena, int64_t micros) {
    if (micros == 0) {
        return NULL;
    }
    time_t seconds = (time_t)(micros / 1000000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    return arena_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d.%03d UTC", utc.tm_year + 1900,
                        utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                        (int)(micros / 1000 % 1000));
}

static const char *number_text(Arena *arena, int64_t number) {
    return arena_printf(arena, "%lld", (long long)number);
}

static int64_t millis(int64_t from_micros, int64_t to_micros) {
    return from_micros > 0 && to_micros > from_micros ? (to_micros - from_micros) / 1000 : 0;
}

/* query_id, state, user, source, query, resource_group_id, queued_time_ms, analysis_time_ms,
   planning_time_ms, created, started, last_heartbeat, end, error_type, error_code */
static void query_cells(Arena *arena, ManagedQuery *query, const char **cells) {
    pthread_mutex_lock(&query->lock);
    bool failed = query->state == QUERY_FAILED;
    const char *row[] = {
        arena_strdup(arena, query->id),
        query_state_name(query->state),
        arena_strdup(arena, query->session.user),
        arena_strdup(arena, query->session.source),
        arena_strdup(arena, query->sql),
        "[\"global\"]",
        number_text(arena, millis(query->created_micros, query->planning_start_micros)),
        number_text(arena, query->analysis_nanos / 1000000),
        number_text(arena, query->planning_nanos / 1000000),
        time_text(arena, query->created_micros),
        time_text(arena, query->execution_start_micros),
        time_text(arena, query->heartbeat_micros),
        time_text(arena, query->end_micros),
        failed ? error_type_name(error_code_type(query->error.code)) : NULL,
        failed ? error_code_name(query->error.code) : NULL,
    };
    pthread_mutex_unlock(&query->lock);
    memcpy(cells, row, sizeof row);
}

static Status query_rows(Context *cx, void *closure, int32_t column_count, const char ***ret_cells,
                         int32_t *ret_row_count) {
    Server *server = closure;
    ManagedQuery **queries;
    int32_t count = query_manager_list(server->queries, cx->arena, &queries);
    *ret_cells = arena_new_array(cx->arena, const char *, (size_t)count *(size_t)column_count + 1);
    for (int32_t i = 0; i < count; i++) {
        query_cells(cx->arena, queries[i], *ret_cells + (size_t)i * (size_t)column_count);
        query_unref(queries[i]);
    }
    *ret_row_count = count;
    return OK;
}

static Status node_rows(Context *cx, void *closure, int32_t column_count, const char ***ret_cells,
                        int32_t *ret_row_count) {
    static const char *const states[] = {"active", "draining", "drained", "shutting_down"};
    Server *server = closure;
    *ret_cells = arena_new_array(cx->arena, const char *, column_count);
    const char *row[] = {
        server->config.node_id,
        arena_printf(cx->arena, "http://127.0.0.1:%d", server_port(server)),
        TRINO_VERSION,
        server->config.coordinator ? "true" : "false",
        states[server->node_state],
    };
    memcpy(*ret_cells, row, sizeof row);
    *ret_row_count = 1;
    return OK;
}

static Status no_rows(Context *cx, void *closure, int32_t column_count, const char ***ret_cells,
                      int32_t *ret_row_count) {
    *ret_cells = NULL;
    *ret_row_count = 0;
    return OK;
}

static Status kill_query(Context *cx, void *closure, const char *query_id, const char *message) {
    Server *server = closure;
    ManagedQuery *query = query_find(server->queries, query_id);
    if (query == NULL) {
        return FAIL(cx, NOT_FOUND, "Target query not found: %s", query_id);
    }
    pthread_mutex_lock(&query->lock);
    bool done = query_is_done(query);
    pthread_mutex_unlock(&query->lock);
    if (!done) {
        query_fail(query, ADMINISTRATIVELY_KILLED,
                   message != NULL && *message != '\0'
                       ? arena_printf(cx->arena, "Query killed. Message: %s", message)
                       : "Query killed. No message provided.");
    }
    query_unref(query);
    return done ? FAIL(cx, NOT_SUPPORTED, "Target query is not running: %s", query_id) : OK;
}

void register_system_tables(Server *server) {
    const SystemTableProvider providers[] = {
        {"queries", query_rows, server},
        {"nodes", node_rows, server},
        {"tasks", no_rows, server},
        {"transactions", no_rows, server},
        {"optimizer_rule_stats", no_rows, server},
    };
    for (size_t i = 0; i < sizeof providers / sizeof providers[0]; i++) {
        catalog_set_system_table(server->catalogs, &providers[i]);
    }
    catalog_set_kill_query(server->catalogs, kill_query, server);
}
