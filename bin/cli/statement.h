/*
 * One statement on the server, page by page: POST /v1/statement, then GET nextUri until there is
 * none.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "http.h"
#include "session.h"

typedef enum StatementState {
    STATEMENT_RUNNING,
    STATEMENT_FINISHED, /* also with an error of the server */
    STATEMENT_ABORTED,  /* by the user */
    STATEMENT_GONE,     /* the server does not know it, or speaks something else */
    STATEMENT_FAILED,   /* never reached the server; see failure */
} StatementState;

typedef struct Statement {
    Http *http;
    Session *session;
    Arena *arena;
    const char *server; /* scheme://host:port */
    const char *sql;
    StatementState state;
    char *next_uri;   /* NULL at the end */
    json_t *results;  /* the last answer without its data; NULL before the first */
    const char *data; /* text of the page's rows, NULL without; valid until the next advance */
    size_t data_size;
    const char *failure;
    void (*on_wait)(void *argument); /* while an answer is awaited; may be NULL */
    void *on_wait_argument;
} Statement;

void statement_start(Statement *statement);
void statement_advance(Statement *statement);

/* DELETE of the current page; the state is ABORTED afterwards if the statement was running. */
void statement_cancel(Statement *statement);
void statement_done(Statement *statement);

/* A text of the last answer, "" without it. */
const char *statement_text(const Statement *statement, const char *member);
const json_t *statement_member(const Statement *statement, const char *member);
const json_t *statement_error(const Statement *statement); /* NULL without */
