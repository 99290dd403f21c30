/*
 * Ctrl-C: a signal leaves a mark, and whoever waits looks at it. SIGTERM does the same and also
 * asks the program to end.
 */
#pragma once

#include <stdbool.h>

/* Installs the handlers; system calls return EINTR. SIGPIPE is ignored: writers look at their
 * results. */
void interrupt_install(void);
bool interrupt_is_pending(void);
bool interrupt_is_final(void); /* SIGTERM or SIGHUP came */
void interrupt_clear(void);
