/*
 * The statement protocol: POST a statement, follow nextUri, cancel.
 *
 * A page is made once and kept until the next one is asked for, so that a repeated request gets the
 * same answer. Tokens count up; a slug is an HMAC over context and token, so a URI cannot be
 * guessed. A GET that has nothing to say waits, parked, for at most a second.
 */
#include "server/statement_resource.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "server/page.h"
#include "server/query_lifecycle.h"

enum {
    WAIT_MILLISECONDS = 1000,
    PAGE_BYTES_TARGET = 1 << 20, /* spec/protocol.md, section 1: result page target */
};

typedef enum SlugContext { SLUG_QUEUED = 0, SLUG_EXECUTING = 1 } SlugContext;

/* "y" and 40 hex digits: HMAC-SHA1 over the context (4 bytes) and the token (8 bytes), little
 * endian. */
static void make_slug(const ManagedQuery *query, SlugContext context, int64_t token,
                      char slug[42]) {
    uint8_t message[12], digest[EVP_MAX_MD_SIZE];
    int32_t context_number = (int32_t)context;
    unsigned size;
    memcpy(message, &context_number, 4);
    memcpy(message + 4, &token, 8);
    HMAC(EVP_sha1(), query->slug_key, sizeof query->slug_key, message, sizeof message, digest,
         &size);
    slug[0] = 'y';
    for (unsigned i = 0; i < 20; i++) {
        snprintf(slug + 1 + 2 * i, 3, "%02x", digest[i]);
    }
}

const char *request_base_uri(const StatementResource *resource, HttpRequest *request) {
    const char *host = http_request_header(request, "Host");
    const char *scheme = "http";
    if (resource->process_forwarded) {
        const char *forwarded_host = http_request_header(request, "X-Forwarded-Host");
        const char *forwarded_scheme = http_request_header(request, "X-Forwarded-Proto");
        host = forwarded_host != NULL ? forwarded_host : host;
        scheme = forwarded_scheme != NULL ? forwarded_scheme : scheme;
    }
    return arena_printf(request->arena, "%s://%s", scheme, host != NULL ? host : "localhost");
}

static void respond_text(HttpRequest *request, int status, const char *text) {
    http_respond(request, status, "text/plain", text, strlen(text), NULL, 0);
}

static void respond_gone(HttpRequest *request, const char *reason) {
    respond_text(request, 410, arena_printf(request->arena, "Error 410 Gone: %s", reason));
}

static void respond_not_found(HttpRequest *request) {
    respond_text(request, 404, "Error 404 Not Found: Query not found");
}

/* ---- paths ---- */

typedef struct StatementPath {
    char context[12]; /* "queued", "executing" */
    char id[40];
    char slug[48];
    int64_t token;
    bool partial_cancel;
} StatementPath;

/* /v1/statement/{queued,executing}[/partialCancel]/ID[/STAGE]/SLUG/TOKEN */
static bool parse_path_parts(const char *path, StatementPath *ret_path) {
    long long token;
    int end = 0, stage;
    ret_path->partial_cancel = false;
    if (sscanf(path, "/v1/statement/executing/partialCancel/%39[^/]/%d/%47[^/]/%lld%n",
               ret_path->id, &stage, ret_path->slug, &token, &end) == 4 &&
        path[end] == '\0') {
        ret_path->partial_cancel = true;
        snprintf(ret_path->context, sizeof ret_path->context, "executing");
    } else if (sscanf(path, "/v1/statement/%11[a-z]/%39[^/]/%47[^/]/%lld%n", ret_path->context,
                      ret_path->id, ret_path->slug, &token, &end) != 4 ||
               path[end] != '\0') {
        return false;
    }
    ret_path->token = token;
    return strcmp(ret_path->context, "queued") == 0 || strcmp(ret_path->context, "executing") == 0;
}

/* The query of a path whose slug fits, or NULL. */
static ManagedQuery *query_of_path(StatementResource *resource, const StatementPath *path) {
    ManagedQuery *query = query_find(resource->queries, path->id);
    if (query == NULL) {
        return NULL;
    }
    char slug[42];
    make_slug(query, strcmp(path->context, "queued") == 0 ? SLUG_QUEUED : SLUG_EXECUTING,
              path->token, slug);
    if (strcmp(slug, path->slug) != 0) {
        query_unref(query);
        return NULL;
    }
    return query;
}

static const char *make_uri(HttpRequest *request, const char *base, const ManagedQuery *query,
                            SlugContext context, int64_t token) {
    char slug[42];
    make_slug(query, context, token, slug);
    return arena_printf(request->arena, "%s/v1/statement/%s/%s/%s/%lld", base,
                        context == SLUG_QUEUED ? "queued" : "executing", query->id, slug,
                        (long long)token);
}

/* ---- answers ---- */

static void respond_page(HttpRequest *request, ManagedQuery *query, ByteString *body) {
    HttpHeader headers[16];
    int32_t count = page_headers(request->arena, query, headers, 16);
    http_respond_owned(request, 200, "application/json", body, headers, count);
}

/* A page without data that points at the next queued or the first executing token. Under the lock.
 */
static void respond_status(StatementResource *resource, HttpRequest *request, ManagedQuery *query,
                           const char *next_uri) {
    ByteString body = {0};
    PageLinks links = {.base_uri = request_base_uri(resource, request), .next_uri = next_uri};
    page_write(&body, query, &links, NULL, 0);
    respond_page(request, query, &body);
}

static void handle_post(StatementResource *resource, HttpRequest *request) {
    if (request->body_size == 0) {
        respond_text(request, 400, "Error 400 Bad Request: SQL statement is empty");
        return;
    }
    ManagedQuery *query = query_create(resource->queries, request->body, request->body_size);
    if (session_from_headers(request, query)) {
        query_list(query);
        pthread_mutex_lock(&query->lock);
        const char *next =
            make_uri(request, request_base_uri(resource, request), query, SLUG_QUEUED, 1);
        respond_status(resource, request, query, next);
        pthread_mutex_unlock(&query->lock);
    }
    query_unref(query);
}

/* A parked request and its query. */
typedef struct Waiting {
    ManagedQuery *query; /* owned reference */
    HttpRequest *request;
} Waiting;

/* The request is over, perhaps because its client has gone: nobody may wake it any more. */
static void release_waiting(void *state) {
    Waiting *waiting = state;
    pthread_mutex_lock(&waiting->query->lock);
    if (waiting->query->waiter == waiting->request) {
        waiting->query->waiter = NULL;
    }
    pthread_mutex_unlock(&waiting->query->lock);
    query_unref(waiting->query);
}

/* Parks the request with the query, unless it has waited already. Under the lock. */
static bool park(HttpRequest *request, ManagedQuery *query) {
    if (request->timed_out) {
        return false;
    }
    if (request->state == NULL) {
        Waiting *waiting = arena_new(request->arena, Waiting);
        *waiting = (Waiting){query, request};
        query->references++;
        request->state = waiting;
        request->release_state = release_waiting;
    }
    if (query->waiter != NULL) {
        http_wake(query->waiter); /* an earlier request of the same client: answered as it stands */
    }
    query->waiter = request;
    http_park(request, WAIT_MILLISECONDS);
    return true;
}

static bool is_dispatched(const ManagedQuery *query) {
    return query_is_done(query) || query->state >= QUERY_RUNNING;
}

static void handle_queued(StatementResource *resource, HttpRequest *request, ManagedQuery *query,
                          int64_t token) {
    if (!query->submitted && token == query->queued_token && !query_is_done(query)) {
        query->submitted = true;
        pthread_mutex_unlock(&query->lock);
        query_submit(query);
        pthread_mutex_lock(&query->lock);
    }
    if (token < query->queued_token - 1 || token > query->queued_token) {
        respond_gone(request, "Invalid token");
        return;
    }
    if (!is_dispatched(query) && park(request, query)) {
        return;
    }
    const char *base = request_base_uri(resource, request);
    if (query->state == QUERY_FAILED && query->token == 0 && query->columns_json == NULL) {
        respond_status(resource, request, query, NULL);
    } else if (is_dispatched(query)) {
        respond_status(resource, request, query, make_uri(request, base, query, SLUG_EXECUTING, 0));
    } else {
        query->queued_token = (int32_t)token + 1;
        respond_status(resource, request, query,
                       make_uri(request, base, query, SLUG_QUEUED, token + 1));
    }
}

/* ---- result pages ---- */

/* Rows taken for one page. */
typedef struct PageRows {
    ByteString text;
    int64_t row_count;
    ExecutionState state;
} PageRows;

static void take_update_count(ManagedQuery *query, const Batch *batch) {
    if (query->has_update_count && batch->row_count == 1 &&
        batch->columns[0]->type->kind == TYPE_BIGINT && !vector_is_null(batch->columns[0], 0)) {
        VectorView view = vector_view(batch->columns[0]);
        query->update_count = VIEW_VALUE(&view, int64_t, 0);
    }
}

/* Takes waiting batches until the page is full. No lock held; query->fetching keeps others out. */
static void take_rows(ManagedQuery *query, PageRows *rows) {
    Context cx = {.arena = arena_create(NULL),
                  .pool = query->pool,
                  .session = &query->session,
                  .cancelled = &query->cancelled};
    do {
        Batch *batch;
        rows->state = query_execution_poll(query->execution, &batch);
        if (batch == NULL) {
            break;
        }
        take_update_count(query, batch);
        if (result_encode_rows(&cx, query->encoder, batch, &rows->text, &rows->row_count) != OK) {
            query_execution_cancel(query->execution, cx.error.code, cx.error.message);
        }
        batch_free(batch);
    } while (rows->text.size < PAGE_BYTES_TARGET);
    if (rows->state == EXECUTION_RUNNING && rows->text.size > 0 &&
        rows->text.size < PAGE_BYTES_TARGET) {
        Batch *none;
        rows->state = query_execution_poll(query->execution, &none);
        if (none != NULL) { /* arrived in between: it goes into this page too */
            take_update_count(query, none);
            if (result_encode_rows(&cx, query->encoder, none, &rows->text, &rows->row_count) !=
                OK) {
                query_execution_cancel(query->execution, cx.error.code, cx.error.message);
            }
            batch_free(none);
            rows->state = EXECUTION_RUNNING;
        }
    }
    arena_free(cx.arena);
}

/* Decides the query's fate by its execution's state. Under the lock. */
static void settle(ManagedQuery *query, ExecutionState state) {
    if (query_is_done(query)) {
        return;
    }
    if (state == EXECUTION_FINISHED) {
        query_finish(query);
    } else if (state == EXECUTION_FAILED) {
        Error error = *query_execution_error(query->execution);
        pthread_mutex_unlock(&query->lock);
        query_fail(query, error.code, error.message);
        pthread_mutex_lock(&query->lock);
    }
}

static void send_made_page(HttpRequest *request, ManagedQuery *query) {
    ByteString copy = {0};
    byte_string_append(&copy, query->last_page.data, query->last_page.size);
    respond_page(request, query, &copy);
}

/* Writes the page of the current token and keeps it. Under the lock. */
static void make_page(StatementResource *resource, HttpRequest *request, ManagedQuery *query,
                      PageRows *rows) {
    bool done = query_is_done(query);
    const char *base = request_base_uri(resource, request);
    PageLinks links = {.base_uri = base};
    if (!done) {
        links.next_uri = make_uri(request, base, query, SLUG_EXECUTING, query->token + 1);
        char slug[42];
        make_slug(query, SLUG_EXECUTING, query->token + 1, slug);
        links.partial_cancel_uri =
            arena_printf(request->arena, "%s/v1/statement/executing/partialCancel/%s/0/%s/%lld",
                         base, query->id, slug, (long long)query->token + 1);
    }
    query->last_page.size = 0;
    page_write(&query->last_page, query, &links, &rows->text, rows->row_count);
    query->rows_sent += rows->row_count;
    query->last_page_is_final = done;
    query->token++;
    send_made_page(request, query);
}

static void handle_executing(StatementResource *resource, HttpRequest *request, ManagedQuery *query,
                             int64_t token) {
    if (token == query->token - 1 && query->token > 0) {
        send_made_page(request, query);
        return;
    }
    if (token < query->token) {
        respond_gone(request, "HTTP 410 Gone");
        return;
    }
    if (token > query->token || query->last_page_is_final) {
        respond_not_found(request);
        return;
    }
    if (query->fetching) {
        if (!park(request, query)) {
            respond_gone(request, "Another request for the same page is running");
        }
        return;
    }
    PageRows rows = {.state = EXECUTION_RUNNING};
    int64_t changes;
    do { /* again when something arrived after the rows were taken: its notification woke nobody */
        changes = query->change_count;
        if (query->execution != NULL && !query_is_done(query)) {
            query->fetching = true;
            pthread_mutex_unlock(&query->lock);
            take_rows(query, &rows);
            pthread_mutex_lock(&query->lock);
            query->fetching = false;
            settle(query, rows.state);
        }
    } while (rows.text.size == 0 && !query_is_done(query) && query->change_count != changes);
    bool empty = rows.text.size == 0 && !query_is_done(query);
    if (!empty || !park(request, query)) {
        make_page(resource, request, query, &rows);
    }
    byte_string_done(&rows.text);
}

static void handle_follow(StatementResource *resource, HttpRequest *request) {
    StatementPath path;
    ManagedQuery *query =
        parse_path_parts(request->path, &path) ? query_of_path(resource, &path) : NULL;
    if (query == NULL) {
        respond_not_found(request);
        return;
    }
    bool release = false;
    pthread_mutex_lock(&query->lock);
    if (query->waiter == request) {
        query->waiter = NULL;
    }
    query_heartbeat(query);
    if (strcmp(request->method, "DELETE") == 0) {
        pthread_mutex_unlock(&query->lock);
        query_fail(query, USER_CANCELED, "Query was canceled");
        pthread_mutex_lock(&query->lock);
        http_respond(request, 204, NULL, "", 0, NULL, 0);
    } else if (strcmp(request->method, "HEAD") == 0) {
        http_respond(request, 200, "application/json", "", 0, NULL, 0);
    } else if (strcmp(path.context, "queued") == 0) {
        handle_queued(resource, request, query, path.token);
    } else {
        handle_executing(resource, request, query, path.token);
        release = query->last_page_is_final;
    }
    pthread_mutex_unlock(&query->lock);
    if (release) {
        query_release_execution(query);
    }
    query_unref(query);
}

void statement_resource_handle(StatementResource *resource, HttpRequest *request) {
    bool is_root = strcmp(request->path, "/v1/statement") == 0;
    if (is_root && strcmp(request->method, "POST") == 0) {
        handle_post(resource, request);
    } else if (is_root && strcmp(request->method, "HEAD") == 0) {
        http_respond(request, 200, "application/json", "", 0, NULL, 0);
    } else if (is_root) {
        respond_text(request, 405, "Error 405 Method Not Allowed: HTTP 405 Method Not Allowed");
    } else {
        handle_follow(resource, request);
    }
}
