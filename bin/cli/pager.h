/*
 * The program that shows long results screen by screen.
 */
#pragma once

#include <stdio.h>
#include <sys/types.h>

typedef struct Pager {
    FILE *input; /* where rows are written; NULL when no pager runs */
    pid_t process;
} Pager;

/* Starts the command by the shell. On failure input is NULL and the caller writes to its own
 * output. */
void pager_open(Pager *pager, const char *command);

/* Waits until the user leaves it. */
void pager_close(Pager *pager);
