/*
 * warren-server: starts a server from a Trino configuration folder and runs it until SIGTERM or
 * SIGINT.
 */
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/config.h"
#include "server/server.h"

#if defined(__SANITIZE_THREAD__)
/* The C library guards its time zone by a lock that the thread sanitizer does not see. */
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void) { return "race:tzset_internal\n"; }
#endif

static void print_usage(FILE *out) {
    fprintf(out, "Usage: warren-server [--etc-dir DIR] [--plugin-dir DIR] [--version] [--help]\n"
                 "  --etc-dir DIR     a Trino configuration folder (default: etc)\n"
                 "  --plugin-dir DIR  folder of the connector plugins (default: plugin beside the "
                 "program's folder)\n\n"
                 "Properties and their defaults:\n");
    server_config_print_help(out);
}

/* BUILD/bin/warren-server has its plugins in BUILD/plugin. */
static const char *default_plugin_dir(Arena *arena) {
    char program[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size <= 0) {
        return "plugin";
    }
    program[size] = '\0';
    return arena_printf(arena, "%s/../plugin", dirname(program));
}

/* The signals that end the server are taken by this thread only. */
static void wait_for_end(void) {
    sigset_t signals;
    int signal_number;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigwait(&signals, &signal_number);
}

static void block_signals(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv) {
    Context cx = {.arena = arena_create(NULL)};
    ServerStart start = {
        .etc_dir = "etc", .plugin_dir = default_plugin_dir(cx.arena), .version = WARREN_VERSION};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--etc-dir") == 0 && i + 1 < argc) {
            start.etc_dir = argv[++i];
        } else if (strcmp(argv[i], "--plugin-dir") == 0 && i + 1 < argc) {
            start.plugin_dir = argv[++i];
        } else if (strcmp(argv[i], "--version") == 0) {
            printf("warren-server %s (Trino 476)\n", WARREN_VERSION);
            return EXIT_SUCCESS;
        } else {
            bool help = strcmp(argv[i], "--help") == 0;
            print_usage(help ? stdout : stderr);
            return help ? EXIT_SUCCESS : 2;
        }
    }
    block_signals();
    Server *server;
    if (server_start(&cx, &start, &server) != OK) {
        fprintf(stderr, "warren-server: %s\n", cx.error.message);
        return EXIT_FAILURE;
    }
    wait_for_end();
    server_stop(server);
    arena_free(cx.arena);
    return EXIT_SUCCESS;
}
