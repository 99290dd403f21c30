/*
 * /ui: one plain page of what the node does, and the statistics it is made of. Redirects as the
 * reference's.
 */
#include "server/query_lifecycle.h"
#include "server/server_state.h"

static const char page_head[] =
    "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Warren</title><style>"
    "body{font:14px/1.5 "
    "system-ui,sans-serif;margin:2rem;color:#222}table{border-collapse:collapse;width:100%}"
    "td,th{padding:.3rem .6rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}"
    "code{white-space:pre-wrap;word-break:break-word}.FAILED{color:#b00}.FINISHED{color:#070}</"
    "style></head><body>"
    "<h1>Warren</h1>";

static void append_html(ByteString *out, const char *text, size_t limit) {
    for (size_t i = 0; text[i] != '\0' && i < limit; i++) {
        switch (text[i]) {
        case '<':
            byte_string_append_text(out, "&lt;");
            break;
        case '>':
            byte_string_append_text(out, "&gt;");
            break;
        case '&':
            byte_string_append_text(out, "&amp;");
            break;
        case '"':
            byte_string_append_text(out, "&quot;");
            break;
        default:
            byte_string_append_char(out, text[i]);
        }
    }
}

static void append_query_row(ByteString *out, ManagedQuery *query) {
    ExecutionStatistics statistics;
    pthread_mutex_lock(&query->lock);
    query_statistics(query, &statistics);
    int64_t end = query_is_done(query) ? query->end_micros : realtime_micros();
    const char *state = query_state_name(query->state);
    byte_string_printf(out, "<tr><td>%s</td><td class=\"%s\">%s</td><td>", query->id, state, state);
    append_html(out, query->session.user, 100);
    byte_string_printf(out, "</td><td>%.3f s</td><td>%lld</td><td><code>",
                       (double)(end - query->created_micros) / 1e6,
                       (long long)statistics.processed_rows);
    append_html(out, query->sql, 300);
    byte_string_append_text(out, "</code>");
    if (query->state == QUERY_FAILED && query->error.message != NULL) {
        byte_string_append_text(out, "<br>");
        append_html(out, query->error.message, 500);
    }
    byte_string_append_text(out, "</td></tr>");
    pthread_mutex_unlock(&query->lock);
}

static void answer_page(Server *server, HttpRequest *request) {
    ManagedQuery **queries;
    int32_t count = query_manager_list(server->queries, request->arena, &queries);
    ByteString body = {0};
    byte_string_append_text(&body, page_head);
    byte_string_printf(&body, "<p>Version %s, speaking Trino " TRINO_VERSION ". Node ",
                       server->version);
    append_html(&body, server->config.node_id, 100);
    byte_string_printf(
        &body,
        ", %s. Running queries: %d.</p><table><tr><th>Query</th><th>State</th><th>User</th>"
        "<th>Elapsed</th><th>Rows read</th><th>Statement</th></tr>",
        node_state_name((NodeState)server->node_state), query_manager_running(server->queries));
    for (int32_t i = 0; i < count; i++) {
        append_query_row(&body, queries[i]);
        query_unref(queries[i]);
    }
    byte_string_append_text(&body, "</table></body></html>");
    http_respond_owned(request, 200, "text/html; charset=utf-8", &body, NULL, 0);
}

static void redirect(HttpRequest *request, const char *location) {
    HttpHeader header = {"Location", location};
    http_respond(request, 303, NULL, "", 0, &header, 1);
}

static void answer_stats(Server *server, HttpRequest *request) {
    ByteString body = {0};
    byte_string_printf(
        &body,
        "{\"runningQueries\":%d,\"blockedQueries\":0,\"queuedQueries\":0,\"activeCoordinators\":1,"
        "\"activeWorkers\":1,\"reservedMemory\":%lld}",
        query_manager_running(server->queries), (long long)pool_reserved_bytes(server->pool));
    respond_json(request, &body);
}

bool ui_resource_handle(Server *server, HttpRequest *request) {
    const char *path = request->path;
    if (strcmp(path, "/") == 0 || strcmp(path, "/ui") == 0) {
        redirect(request, "/ui/");
    } else if (strcmp(path, "/ui/") == 0 || strcmp(path, "/ui/query.html") == 0) {
        answer_page(server, request);
    } else if (strcmp(path, "/ui/api/stats") == 0 || strcmp(path, "/ui/api/cluster") == 0) {
        answer_stats(server, request);
    } else {
        return false;
    }
    return true;
}
