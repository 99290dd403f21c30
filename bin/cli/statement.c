/*
 * The rows of an answer are kept as text (see value.h) and the rest of it read by jansson. Response
 * headers change the session as they come: the server sends them once a statement has taken effect.
 */
#include "statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

static void take_header(void *argument, const char *name, const char *value) {
    session_take_header(((Statement *)argument)->session, name, value);
}

static void call_on_wait(void *argument) {
    Statement *statement = argument;
    if (statement->on_wait != NULL) {
        statement->on_wait(statement->on_wait_argument);
    }
}

static void fail(Statement *statement, StatementState state, const char *failure) {
    statement->state = state;
    statement->failure = arena_strdup(statement->arena, failure);
}

/* jansson gets the answer with the rows' text blanked out: null and white space. */
static json_t *parse_without_data(Statement *statement, const HttpResponse *response) {
    size_t start, size;
    bool has_data =
        json_find_member(response->body, response->body_bytes, "data", &start, &size) && size >= 4;
    statement->data = has_data ? response->body + start : NULL;
    statement->data_size = has_data ? size : 0;
    if (!has_data) {
        return json_loadb(response->body, response->body_bytes, 0, NULL);
    }
    size_t tail_start = start + size, tail_size = response->body_bytes - tail_start;
    if (strncmp(statement->data, "null", 4) == 0) {
        statement->data = NULL;
    }
    char *text = malloc(start + 4 + tail_size);
    if (text == NULL) {
        abort();
    }
    memcpy(text, response->body, start);
    memcpy(text + start, "null", 4);
    memcpy(text + start + 4, response->body + tail_start, tail_size);
    json_t *results = json_loadb(text, start + 4 + tail_size, 0, NULL);
    free(text);
    return results;
}

static void take_results(Statement *statement, const HttpResponse *response) {
    json_t *results = response->status == 200 ? parse_without_data(statement, response) : NULL;
    if (!json_is_object(results)) {
        json_decref(results);
        const char *body = response->body_bytes > 0 ? response->body : "empty answer";
        fail(statement, STATEMENT_GONE,
             arena_printf(statement->arena, "HTTP status %ld: %.2000s", response->status, body));
        return;
    }
    if (statement->results != NULL) {
        /* An answer may leave out what an earlier one told. */
        json_object_update_missing(results, statement->results);
    }
    const char *next = NULL;
    size_t start, size;
    if (json_find_member(response->body, response->body_bytes, "nextUri", &start, &size)) {
        next = json_string_value(json_object_get(results, "nextUri"));
    }
    statement->next_uri = arena_strdup(statement->arena, next);
    json_decref(statement->results);
    statement->results = results;
    statement->state = next != NULL ? STATEMENT_RUNNING : STATEMENT_FINISHED;
}

static void send(Statement *statement, const HttpRequest *request, HttpResponse *response) {
    statement->data = NULL;
    switch (http_send(statement->http, request, response)) {
    case HTTP_INTERRUPTED:
        statement_cancel(statement);
        statement->state = STATEMENT_ABORTED;
        break;
    case HTTP_FAILED:
        fail(statement, STATEMENT_FAILED, response->failure);
        break;
    case HTTP_ANSWERED:
        take_results(statement, response);
        break;
    }
}

void statement_start(Statement *statement) {
    HttpResponse response;
    statement->state = STATEMENT_RUNNING;
    HttpRequest request = {.method = "POST",
                           .url =
                               arena_printf(statement->arena, "%s/v1/statement", statement->server),
                           .body = statement->sql,
                           .headers = session_headers(statement->session, statement->arena),
                           .on_header = take_header,
                           .on_wait = call_on_wait,
                           .argument = statement};
    send(statement, &request, &response);
    if (statement->state == STATEMENT_GONE) {
        statement->state = STATEMENT_FAILED;
    }
    if (statement->state == STATEMENT_FAILED) {
        statement->failure = arena_printf(statement->arena, "Error starting query at %s: %s",
                                          request.url, statement->failure);
    }
}

static const char *const *user_header(Statement *statement) {
    const Session *session = statement->session;
    const char **headers = arena_new_array(statement->arena, const char *, 2);
    const char *user = session->authorization_user ? session->authorization_user : session->user;
    headers[0] = arena_printf(statement->arena, "X-Trino-User: %s", user);
    return headers;
}

void statement_advance(Statement *statement) {
    HttpResponse response;
    HttpRequest request = {.method = "GET",
                           .url = statement->next_uri,
                           .headers = user_header(statement),
                           .on_header = take_header,
                           .on_wait = call_on_wait,
                           .argument = statement};
    send(statement, &request, &response);
    if (statement->state == STATEMENT_FAILED) {
        statement->state = STATEMENT_GONE;
    }
}

void statement_cancel(Statement *statement) {
    if (statement->state != STATEMENT_RUNNING) {
        return;
    }
    statement->state = STATEMENT_ABORTED;
    statement->data = NULL;
    if (statement->next_uri != NULL) {
        HttpResponse response;
        HttpRequest request = {.method = "DELETE",
                               .url = statement->next_uri,
                               .headers = user_header(statement),
                               .is_uninterruptible = true};
        http_send(statement->http, &request, &response);
    }
}

void statement_done(Statement *statement) {
    statement_cancel(statement);
    json_decref(statement->results);
    statement->results = NULL;
}

const json_t *statement_member(const Statement *statement, const char *member) {
    return json_object_get(statement->results, member);
}

const char *statement_text(const Statement *statement, const char *member) {
    const char *text = json_string_value(statement_member(statement, member));
    return text ? text : "";
}

const json_t *statement_error(const Statement *statement) {
    return statement_member(statement, "error");
}
