/*
 * Where statements come from: a text (batch) or the prompt.
 */
#pragma once

#include <stdbool.h>

#include "http.h"
#include "options.h"
#include "session.h"

typedef struct Console {
    const Options *options;
    Session *session;
    Http *http;
} Console;

/* Runs the statements of the text; false when one failed. */
bool console_run_text(Console *console, const char *text);

/* Reads statements until quit or the end of input. */
void console_run_prompt(Console *console);
