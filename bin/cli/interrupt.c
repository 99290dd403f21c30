/*
 * Signal marks of the command line; see interrupt.h. Only the main thread exists, so plain flags
 * do.
 */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t is_pending, is_final;

static void note_signal(int number) {
    is_pending = 1;
    if (number != SIGINT) {
        is_final = 1;
    }
}

void interrupt_install(void) {
    struct sigaction action = {.sa_handler = note_signal}, ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
}

bool interrupt_is_pending(void) {
    return is_pending;
}

bool interrupt_is_final(void) {
    return is_final;
}

void interrupt_clear(void) {
    is_pending = is_final;
}
