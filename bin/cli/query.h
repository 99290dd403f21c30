/*
 * One statement for the user: run it, show rows, progress, warnings and errors.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "http.h"
#include "printer.h"
#include "session.h"

typedef struct QueryView {
    OutputFormat format;
    FILE *out, *messages;
    const char *pager; /* NULL: rows go to out */
    bool shows_progress, is_debug, is_decimal_size;
} QueryView;

/* False when the statement failed or was cancelled; everything has been said then. */
bool query_run(Http *http, Session *session, const char *server, const char *sql,
               const QueryView *view);
