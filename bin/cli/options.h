/*
 * The command line's flags: those of Trino's.
 */
#pragma once

#include <stdbool.h>

#include "http.h"
#include "printer.h"
#include "session.h"

typedef struct Options {
    char *server; /* scheme://host:port */
    char *execute, *file;
    char *history_file, *pager;
    char *editing_mode; /* emacs or vi */
    OutputFormat format, interactive_format;
    int progress; /* 1 shown, 0 hidden, -1 not said */
    bool ignores_errors, is_debug, is_decimal_size, wants_password, wants_help, wants_version;
    char *password;
    HttpOptions http;
} Options;

/* False after a message on standard error. Fills in the session, too. */
bool options_read(Options *options, Session *session, int argc, char **argv);
void options_done(Options *options);
void options_print_help(FILE *out);
