/*
 * An HTTP server for many small requests and long polls, over libmicrohttpd.
 *
 * The handler is called with the whole request read, on one of a few event threads; it must not
 * block. It either answers (http_respond) or parks the request (http_park): a parked request is
 * handed to the handler again after http_wake or at its deadline. Requests belong to the server;
 * `state` is the handler's own and is released with the request.
 */
#pragma once

#include "base/buffer.h"
#include "warren/memory.h"

typedef struct HttpServer HttpServer;
typedef struct HttpRequest HttpRequest;

typedef struct HttpHeader {
    const char *name, *value;
} HttpHeader;

struct HttpRequest {
    Arena *arena;       /* lives as long as the request */
    const char *method; /* "GET" */
    const char *path;   /* without query, percent-decoded by the library: "/v1/info" */
    const char *body;
    size_t body_size;
    bool timed_out; /* handed over again because its deadline passed */
    void *state;    /* the handler's own, kept while parked */
    void (*release_state)(void *state);
    char remote_address[64];
};

typedef void HttpHandler(void *closure, HttpRequest *request);

typedef struct HttpServerOptions {
    const char *address; /* "0.0.0.0", "127.0.0.1" */
    uint16_t port;       /* 0: any free one */
    int32_t threads;     /* event threads; 0: two */
    bool compress;       /* gzip for clients that take it */
    HttpHandler *handler;
    void *closure;
} HttpServerOptions;

MUST_CHECK Status http_server_start(Context *cx, const HttpServerOptions *options,
                                    HttpServer **ret_server);
uint16_t http_server_port(const HttpServer *server);
void http_server_stop(HttpServer *server); /* answers what is parked, then ends; NULL is legal */

/* A request header's value (names in any case), or NULL. Several of one name are joined by ",". */
const char *http_request_header(HttpRequest *request, const char *name);
/* Calls visit for each value of a repeatable query parameter. */
void http_request_parameters(HttpRequest *request, const char *name,
                             void (*visit)(void *closure, const char *value), void *closure);

/* Answers. The body is copied, or compressed with gzip when the client takes it. Exactly once a
 * request. */
void http_respond(HttpRequest *request, int status, const char *content_type, const void *body,
                  size_t size, const HttpHeader *headers, int32_t header_count);
/* The same with a body that is handed over: release(closure) is called once it is sent. */
void http_respond_owned(HttpRequest *request, int status, const char *content_type,
                        ByteString *body, const HttpHeader *headers, int32_t header_count);

/* Parks the request until http_wake or for at most `milliseconds`. The caller may hold locks; the
   handler is not re-entered before it returns. */
void http_park(HttpRequest *request, int32_t milliseconds);
void http_wake(
    HttpRequest *request); /* any thread; only for a parked request, at most once a parking */
