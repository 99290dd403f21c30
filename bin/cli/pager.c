/*
 * A child with a pipe as its input. Ctrl-C belongs to the pager while it runs; the caller clears
 * the mark afterwards.
 */
#include "pager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void pager_open(Pager *pager, const char *command) {
    int ends[2];
    *pager = (Pager){0};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGINT);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    char *const arguments[] = {"sh", "-c", (char *)command, NULL};
    int failure =
        posix_spawn(&pager->process, "/bin/sh", &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(ends[0]);
    if (failure != 0) {
        close(ends[1]);
        return;
    }
    pager->input = fdopen(ends[1], "w");
}

void pager_close(Pager *pager) {
    if (pager->input == NULL) {
        return;
    }
    fclose(pager->input);
    pager->input = NULL;
    while (waitpid(pager->process, NULL, 0) < 0 && errno == EINTR) {
    }
}
