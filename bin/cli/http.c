/*
 * The multi interface of libcurl drives a single easy handle: its poll returns every tenth of a
 * second, which is where an interrupt is noticed and the progress line redrawn. The connection is
 * kept between requests.
 */
#include "http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "interrupt.h"

enum { WAIT_MILLISECONDS = 100, CANCEL_MILLISECONDS = 5000 };

struct Http {
    const HttpOptions *options;
    CURL *easy;
    CURLM *multi;
    char *body;
    size_t body_bytes, body_capacity;
    char failure[CURL_ERROR_SIZE];
    const HttpRequest *request; /* the one under way */
};

static long now_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *argument) {
    Http *http = argument;
    size_t added = size * count;
    if (http->body_bytes + added + 1 > http->body_capacity) {
        http->body_capacity = (http->body_bytes + added + 1) * 2;
        http->body = realloc(http->body, http->body_capacity);
        if (http->body == NULL) {
            abort();
        }
    }
    memcpy(http->body + http->body_bytes, bytes, added);
    http->body_bytes += added;
    http->body[http->body_bytes] = '\0';
    return added;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *argument) {
    Http *http = argument;
    size_t total = size * count, length = total;
    while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r')) {
        length--;
    }
    char *line = strndup(bytes, length);
    char *colon = line ? strchr(line, ':') : NULL;
    if (colon != NULL && http->request->on_header != NULL) {
        *colon = '\0';
        http->request->on_header(http->request->argument, line, colon + 1 + strspn(colon + 1, " "));
    }
    free(line);
    return total;
}

Http *http_create(const HttpOptions *options) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    Http *http = calloc(1, sizeof *http);
    if (http == NULL) {
        abort();
    }
    http->options = options;
    http->easy = curl_easy_init();
    http->multi = curl_multi_init();
    take_body("", 1, 0, http);
    return http;
}

void http_free(Http *http) {
    if (http != NULL) {
        curl_easy_cleanup(http->easy);
        curl_multi_cleanup(http->multi);
        free(http->body);
        free(http);
        curl_global_cleanup();
    }
}

static void set_connection_options(Http *http) {
    const HttpOptions *options = http->options;
    CURL *easy = http->easy;
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, http->failure);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "warren/" WARREN_VERSION);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (!options->is_uncompressed) {
        curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    }
    if (options->proxy != NULL) {
        curl_easy_setopt(easy, CURLOPT_PROXY, options->proxy);
    }
    if (options->is_insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (options->password != NULL) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(easy, CURLOPT_USERNAME, options->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, options->password);
    } else if (options->access_token != NULL) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, options->access_token);
    }
}

static struct curl_slist *prepare(Http *http, const HttpRequest *request) {
    CURL *easy = http->easy;
    curl_easy_reset(easy);
    set_connection_options(http);
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, http);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, http);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     request->is_uninterruptible ? (long)CANCEL_MILLISECONDS
                                                 : http->options->timeout_milliseconds);
    struct curl_slist *headers = NULL;
    for (const char *const *header = request->headers; header && *header; header++) {
        headers = curl_slist_append(headers, *header);
    }
    if (strcmp(request->method, "POST") == 0) {
        headers = curl_slist_append(headers, "Content-Type: text/plain; charset=utf-8");
        headers = curl_slist_append(headers, "Expect:");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(request->body));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
    } else if (strcmp(request->method, "GET") != 0) {
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    return headers;
}

/* The interrupt stays pending: the caller decides what it means. */
static HttpOutcome transfer(Http *http, const HttpRequest *request) {
    int running = 1;
    HttpOutcome outcome = HTTP_FAILED;
    curl_multi_add_handle(http->multi, http->easy);
    while (running) {
        if (curl_multi_perform(http->multi, &running) != CURLM_OK) {
            break;
        }
        if (running) {
            curl_multi_poll(http->multi, NULL, 0, WAIT_MILLISECONDS, NULL);
            if (request->on_wait != NULL) {
                request->on_wait(request->argument);
            }
        }
        if (interrupt_is_pending() && !request->is_uninterruptible) {
            curl_multi_remove_handle(http->multi, http->easy);
            return HTTP_INTERRUPTED;
        }
    }
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(http->multi, &left)) != NULL;) {
        if (message->msg == CURLMSG_DONE) {
            outcome = message->data.result == CURLE_OK ? HTTP_ANSWERED : HTTP_FAILED;
            if (outcome == HTTP_FAILED && http->failure[0] == '\0') {
                snprintf(http->failure, sizeof http->failure, "%s",
                         curl_easy_strerror(message->data.result));
            }
        }
    }
    curl_multi_remove_handle(http->multi, http->easy);
    return outcome;
}

static HttpOutcome send_once(Http *http, const HttpRequest *request, HttpResponse *response) {
    http->request = request;
    http->body_bytes = 0;
    http->body[0] = http->failure[0] = '\0';
    *response = (HttpResponse){0};
    struct curl_slist *headers = prepare(http, request);
    HttpOutcome outcome = transfer(http, request);
    curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &response->status);
    curl_easy_setopt(http->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    response->body = http->body;
    response->body_bytes = http->body_bytes;
    response->failure = http->failure;
    if (http->options->is_logged) {
        fprintf(stderr, "%s %s -> %ld (%zu bytes)\n", request->method, request->url,
                response->status, response->body_bytes);
    }
    return outcome;
}

HttpOutcome http_send(Http *http, const HttpRequest *request, HttpResponse *ret_response) {
    long end = now_milliseconds() + http->options->timeout_milliseconds;
    bool is_get = strcmp(request->method, "GET") == 0;
    for (int attempt = 1;; attempt++) {
        HttpOutcome outcome = send_once(http, request, ret_response);
        long status = ret_response->status;
        bool is_unavailable =
            outcome == HTTP_ANSWERED && (status == 502 || status == 503 || status == 504);
        bool is_retried = is_unavailable || (outcome == HTTP_FAILED && is_get);
        long pause = 100L * (attempt < 20 ? attempt : 20);
        if (!is_retried || request->is_uninterruptible || now_milliseconds() + pause > end) {
            return outcome;
        }
        for (long slept = 0; slept < pause; slept += WAIT_MILLISECONDS) {
            usleep(WAIT_MILLISECONDS * 1000);
            if (interrupt_is_pending()) {
                return HTTP_INTERRUPTED;
            }
        }
    }
}
