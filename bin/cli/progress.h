/*
 * What a user sees of a running query: two lines redrawn in place, and a summary at the end.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "statement.h"

typedef struct Progress {
    const Statement *statement;
    FILE *out;
    bool is_live;         /* out is a terminal: redraw while waiting */
    bool is_debug;        /* more lines */
    bool is_decimal_size; /* sizes by 1000 in place of 1024 */
    long start_milliseconds, drawn_milliseconds;
    int line_count; /* on the screen now */
} Progress;

void progress_start(Progress *progress);
void progress_tick(void *progress); /* redraws twice a second */
void progress_erase(Progress *progress);
void progress_print_summary(Progress *progress);
