/*
 * The HTTP server over libmicrohttpd: epoll threads, suspended connections for long polls, gzip.
 *
 * A parked request is in the server's list from http_park until http_wake or the timer takes it
 * out; whoever takes it out resumes its connection, so that happens exactly once. libmicrohttpd
 * calls the handler again after a resume on the connection's own thread, never while the handler
 * still runs.
 */
#include "net/http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <zlib.h>

#include "base/allocate.h"

enum {
    BODY_BYTES_MAX = 64 << 20,
    CONNECTION_MEMORY_BYTES =
        256 << 10, /* holds a request's headers: prepared statements travel there */
    COMPRESS_BYTES_MIN = 1024,
};

typedef struct Exchange {
    HttpRequest request; /* first: the handler's view of an exchange */
    HttpServer *server;
    struct MHD_Connection *connection;
    ByteString body;
    bool answered;
    bool parked;
    int64_t deadline_nanos;
    struct Exchange *previous, *next; /* the list of parked ones */
} Exchange;

struct HttpServer {
    struct MHD_Daemon *daemon;
    HttpHandler *handler;
    void *closure;
    bool compress;
    uint16_t port;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t timer;
    bool stopping;
    Exchange parked; /* head of the ring */
};

static int64_t now_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- parking ---- */

static void unlink_parked(Exchange *exchange) {
    exchange->previous->next = exchange->next;
    exchange->next->previous = exchange->previous;
    exchange->parked = false;
}

void http_park(HttpRequest *request, int32_t milliseconds) {
    Exchange *exchange = (Exchange *)request;
    HttpServer *server = exchange->server;
    pthread_mutex_lock(&server->lock);
    bool stopping = server->stopping;
    if (!stopping) {
        exchange->deadline_nanos = now_nanos() + (int64_t)milliseconds * 1000000;
        exchange->next = &server->parked;
        exchange->previous = server->parked.previous;
        exchange->previous->next = exchange;
        server->parked.previous = exchange;
        exchange->parked = true;
        exchange->request.timed_out = false;
        MHD_suspend_connection(exchange->connection);
        if (server->parked.next == exchange) {
            pthread_cond_signal(&server->changed);
        }
    }
    pthread_mutex_unlock(&server->lock);
    if (stopping) {
        http_respond(request, 503, "text/plain", "Shutting down", 13, NULL, 0);
    }
}

void http_wake(HttpRequest *request) {
    Exchange *exchange = (Exchange *)request;
    HttpServer *server = exchange->server;
    pthread_mutex_lock(&server->lock);
    if (exchange->parked) {
        unlink_parked(exchange);
        MHD_resume_connection(exchange->connection);
    }
    pthread_mutex_unlock(&server->lock);
}

/* Wakes what has waited long enough; gives the nearest deadline, or 0. The lock is held. */
static int64_t wake_expired(HttpServer *server, int64_t now) {
    int64_t nearest = 0;
    for (Exchange *exchange = server->parked.next, *next; exchange != &server->parked;
         exchange = next) {
        next = exchange->next;
        if (exchange->deadline_nanos <= now || server->stopping) {
            unlink_parked(exchange);
            exchange->request.timed_out = true;
            MHD_resume_connection(exchange->connection);
        } else if (nearest == 0 || exchange->deadline_nanos < nearest) {
            nearest = exchange->deadline_nanos;
        }
    }
    return nearest;
}

static void *run_timer(void *closure) {
    HttpServer *server = closure;
    pthread_mutex_lock(&server->lock);
    while (!server->stopping) {
        int64_t nearest = wake_expired(server, now_nanos());
        if (nearest == 0) {
            pthread_cond_wait(&server->changed, &server->lock);
        } else {
            struct timespec until = {.tv_sec = nearest / 1000000000,
                                     .tv_nsec = nearest % 1000000000};
            pthread_cond_timedwait(&server->changed, &server->lock, &until);
        }
    }
    wake_expired(server, now_nanos());
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

/* ---- requests ---- */

typedef struct HeaderSearch {
    Exchange *exchange;
    const char *name;
    const char *value;
} HeaderSearch;

static enum MHD_Result match_header(void *closure, enum MHD_ValueKind kind, const char *name,
                                    const char *value) {
    HeaderSearch *search = closure;
    if (strcasecmp(name, search->name) == 0 && value != NULL) {
        search->value = search->value == NULL ? arena_strdup(search->exchange->request.arena, value)
                                              : arena_printf(search->exchange->request.arena,
                                                             "%s,%s", search->value, value);
    }
    return MHD_YES;
}

const char *http_request_header(HttpRequest *request, const char *name) {
    HeaderSearch search = {.exchange = (Exchange *)request, .name = name};
    MHD_get_connection_values(search.exchange->connection, MHD_HEADER_KIND, match_header, &search);
    return search.value;
}

typedef struct ParameterVisit {
    const char *name;
    void (*visit)(void *closure, const char *value);
    void *closure;
} ParameterVisit;

static enum MHD_Result visit_parameter(void *closure, enum MHD_ValueKind kind, const char *name,
                                       const char *value) {
    ParameterVisit *visit = closure;
    if (strcmp(name, visit->name) == 0) {
        visit->visit(visit->closure, value != NULL ? value : "");
    }
    return MHD_YES;
}

void http_request_parameters(HttpRequest *request, const char *name,
                             void (*visit)(void *closure, const char *value), void *closure) {
    ParameterVisit all = {.name = name, .visit = visit, .closure = closure};
    MHD_get_connection_values(((Exchange *)request)->connection, MHD_GET_ARGUMENT_KIND,
                              visit_parameter, &all);
}

/* ---- answers ---- */

static bool takes_gzip(HttpRequest *request) {
    const char *accepted = http_request_header(request, "Accept-Encoding");
    return ((Exchange *)request)->server->compress && accepted != NULL &&
           strstr(accepted, "gzip") != NULL;
}

/* The body as one gzip member at the fastest level; false when that fails. */
static bool compress_body(const void *body, size_t size, ByteString *ret_compressed) {
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return false;
    }
    uLong bound = deflateBound(&stream, (uLong)size);
    byte_string_reserve(ret_compressed, bound);
    stream.next_in = (Bytef *)(uintptr_t)body;
    stream.avail_in = (uInt)size;
    stream.next_out = (Bytef *)ret_compressed->data;
    stream.avail_out = (uInt)bound;
    int result = deflate(&stream, Z_FINISH);
    ret_compressed->size = stream.total_out;
    deflateEnd(&stream);
    return result == Z_STREAM_END;
}

static void send_response(Exchange *exchange, int status, const char *content_type,
                          ByteString *body, const HttpHeader *headers, int32_t header_count,
                          bool compressed) {
    struct MHD_Response *response =
        body->size > 0
            ? MHD_create_response_from_buffer_with_free_callback(body->size, body->data, free)
            : MHD_create_response_from_buffer(0, (char[]){""}, MHD_RESPMEM_MUST_COPY);
    if (body->size > 0) {
        *body = (ByteString){0};
    } else {
        byte_string_done(body);
    }
    if (content_type != NULL) {
        MHD_add_response_header(response, "Content-Type", content_type);
    }
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Vary", "Accept-Encoding");
    if (compressed) {
        MHD_add_response_header(response, "Content-Encoding", "gzip");
    }
    for (int32_t i = 0; i < header_count; i++) {
        MHD_add_response_header(response, headers[i].name, headers[i].value);
    }
    MHD_queue_response(exchange->connection, (unsigned)status, response);
    MHD_destroy_response(response);
    exchange->answered = true;
}

void http_respond_owned(HttpRequest *request, int status, const char *content_type,
                        ByteString *body, const HttpHeader *headers, int32_t header_count) {
    ByteString compressed = {0};
    if (body->size >= COMPRESS_BYTES_MIN && takes_gzip(request) &&
        compress_body(body->data, body->size, &compressed)) {
        byte_string_done(body);
        send_response((Exchange *)request, status, content_type, &compressed, headers, header_count,
                      true);
        return;
    }
    byte_string_done(&compressed);
    send_response((Exchange *)request, status, content_type, body, headers, header_count, false);
}

void http_respond(HttpRequest *request, int status, const char *content_type, const void *body,
                  size_t size, const HttpHeader *headers, int32_t header_count) {
    ByteString response = {0};
    if (size >= COMPRESS_BYTES_MIN && takes_gzip(request) && compress_body(body, size, &response)) {
        send_response((Exchange *)request, status, content_type, &response, headers, header_count,
                      true);
        return;
    }
    response.size = 0;
    byte_string_append(&response, body, size);
    send_response((Exchange *)request, status, content_type, &response, headers, header_count,
                  false);
}

/* ---- libmicrohttpd's callbacks ---- */

static Exchange *exchange_create(HttpServer *server, struct MHD_Connection *connection,
                                 const char *path, const char *method) {
    Exchange *exchange = allocate_zeroed(sizeof *exchange);
    exchange->server = server;
    exchange->connection = connection;
    exchange->request.arena = arena_create(NULL);
    exchange->request.method = arena_strdup(exchange->request.arena, method);
    exchange->request.path = arena_strdup(exchange->request.arena, path);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info != NULL && info->client_addr != NULL) {
        const struct sockaddr_in *address = (const struct sockaddr_in *)info->client_addr;
        if (address->sin_family == AF_INET) {
            inet_ntop(AF_INET, &address->sin_addr, exchange->request.remote_address,
                      sizeof exchange->request.remote_address);
        }
    }
    return exchange;
}

static enum MHD_Result handle_access(void *closure, struct MHD_Connection *connection,
                                     const char *path, const char *method, const char *version,
                                     const char *upload, size_t *upload_size, void **state) {
    Exchange *exchange = *state;
    if (exchange == NULL) {
        *state = exchange_create(closure, connection, path, method);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        if (exchange->body.size + *upload_size > BODY_BYTES_MAX) {
            return MHD_NO;
        }
        byte_string_append(&exchange->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (!exchange->answered) {
        exchange->request.body = byte_string_text(&exchange->body);
        exchange->request.body_size = exchange->body.size;
        exchange->server->handler(exchange->server->closure, &exchange->request);
    }
    return MHD_YES;
}

static void handle_completed(void *closure, struct MHD_Connection *connection, void **state,
                             enum MHD_RequestTerminationCode code) {
    Exchange *exchange = *state;
    if (exchange == NULL) {
        return;
    }
    if (exchange->request.release_state != NULL) {
        exchange->request.release_state(exchange->request.state);
    }
    byte_string_done(&exchange->body);
    arena_free(exchange->request.arena);
    free(exchange);
    *state = NULL;
}

/* Paths and parameters are left as sent, but for %XX. */
static size_t unescape(void *closure, struct MHD_Connection *connection, char *text) {
    return MHD_http_unescape(text);
}

Status http_server_start(Context *cx, const HttpServerOptions *options, HttpServer **ret_server) {
    HttpServer *server = allocate_zeroed(sizeof *server);
    server->handler = options->handler;
    server->closure = options->closure;
    server->compress = options->compress;
    server->parked.next = server->parked.previous = &server->parked;
    pthread_mutex_init(&server->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&server->changed, &monotonic);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(options->port)};
    unsigned threads = options->threads > 0 ? (unsigned)options->threads : 2;
    if (inet_pton(AF_INET, options->address, &address.sin_addr) == 1) {
        server->daemon = MHD_start_daemon(
            MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, options->port,
            NULL, NULL, handle_access, server, MHD_OPTION_SOCK_ADDR, &address,
            MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_NOTIFY_COMPLETED, handle_completed,
            NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_BYTES,
            MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
            MHD_OPTION_END);
    }
    if (server->daemon == NULL) {
        char reason[128];
        const char *text = strerror_r(errno, reason, sizeof reason);
        free(server);
        return FAIL(cx, GENERIC_INTERNAL_ERROR, "Cannot listen on %s:%d: %s", options->address,
                    options->port, text);
    }
    server->port = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    pthread_create(&server->timer, NULL, run_timer, server);
    *ret_server = server;
    return OK;
}

uint16_t http_server_port(const HttpServer *server) {
    return server->port;
}

void http_server_stop(HttpServer *server) {
    if (server == NULL) {
        return;
    }
    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_cond_signal(&server->changed);
    pthread_mutex_unlock(&server->lock);
    pthread_join(server->timer, NULL);
    MHD_stop_daemon(server->daemon);
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
