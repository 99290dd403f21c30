/*
 * HTTP for the command line: one request at a time over a kept connection.
 * A request ends early when the user interrupts; the wait calls back so that a progress line stays
 * alive.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct Http Http;

typedef struct HttpOptions {
    const char *proxy;         /* as libcurl takes it; NULL without */
    const char *user;          /* with password: HTTP Basic */
    const char *password;      /* NULL without */
    const char *access_token;  /* NULL without */
    long timeout_milliseconds; /* how long retries go on */
    bool is_insecure;          /* certificates are not checked */
    bool is_uncompressed;      /* do not ask for gzip */
    bool is_logged;            /* a line per request on standard error */
} HttpOptions;

/* Name and value of a response header, NUL-terminated, valid during the call. */
typedef void (*HttpHeaderHandler)(void *argument, const char *name, const char *value);

typedef struct HttpRequest {
    const char *method; /* GET, POST, DELETE */
    const char *url;
    const char *body;           /* of a POST */
    const char *const *headers; /* "Name: value", NULL at the end; may itself be NULL */
    HttpHeaderHandler on_header;
    void (*on_wait)(void *argument); /* about ten times a second; may be NULL */
    void *argument;                  /* of both handlers */
    bool is_uninterruptible;         /* a cancellation itself must go through */
} HttpRequest;

typedef enum HttpOutcome { HTTP_ANSWERED, HTTP_FAILED, HTTP_INTERRUPTED } HttpOutcome;

/* The body belongs to the Http and lives until its next request; it is NUL-terminated. */
typedef struct HttpResponse {
    long status;
    const char *body;
    size_t body_bytes;
    const char *failure; /* with HTTP_FAILED: why */
} HttpResponse;

/* The options must outlive it. */
Http *http_create(const HttpOptions *options);
void http_free(Http *http);

/* Retries 502, 503 and 504 with growing pauses; a GET also after a broken or refused connection. */
HttpOutcome http_send(Http *http, const HttpRequest *request, HttpResponse *ret_response);
