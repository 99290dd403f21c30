/*
 * warren: the command-line client. Statements come from --execute, --file, standard input, or the
 * prompt.
 */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "http.h"
#include "interrupt.h"
#include "options.h"
#include "session.h"

enum { EXIT_USAGE = 2, EXIT_SIGNALLED = 130 };

/* The whole of a file with `;` and an end added; NULL with errno set. */
static char *read_all(FILE *file, const char *tail) {
    char *text = NULL;
    size_t size = 0;
    FILE *memory = file ? open_memstream(&text, &size) : NULL;
    if (memory == NULL) {
        return NULL;
    }
    char block[8192];
    for (size_t count; (count = fread(block, 1, sizeof block, file)) > 0;) {
        fwrite(block, 1, count, memory);
    }
    bool is_read = !ferror(file);
    fputs(tail, memory);
    fclose(memory);
    if (!is_read) {
        free(text);
        return NULL;
    }
    return text;
}

/* What to run, or NULL for the prompt; on failure *is_good is false. */
static char *batch_text(const Options *options, bool *is_good) {
    *is_good = true;
    if (options->execute != NULL) {
        size_t size = strlen(options->execute) + 2;
        char *text = malloc(size);
        if (text != NULL) {
            snprintf(text, size, "%s;", options->execute);
        }
        return text;
    }
    if (options->file != NULL) {
        FILE *file = fopen(options->file, "r");
        char *text = read_all(file, "");
        *is_good = text != NULL;
        if (text == NULL) {
            char reason[128];
            fprintf(stderr, "Error reading from file %s: %s\n", options->file,
                    strerror_r(errno, reason, sizeof reason));
        }
        if (file != NULL) {
            fclose(file);
        }
        return text;
    }
    return isatty(STDIN_FILENO) ? NULL : read_all(stdin, ";");
}

static bool ask_password(Options *options) {
    if (!options->wants_password) {
        return true;
    }
    const char *variable = getenv("TRINO_PASSWORD");
    const char *password = variable ? variable : getpass("Password: ");
    if (password == NULL) {
        return false;
    }
    options->password = strdup(password);
    options->http.password = options->password;
    return true;
}

static int run(Options *options, Session *session) {
    bool is_good;
    char *text = batch_text(options, &is_good);
    if (!is_good || !ask_password(options)) {
        return EXIT_FAILURE;
    }
    options->http.user = session->user;
    Console console = {options, session, http_create(&options->http)};
    interrupt_install();
    if (text != NULL) {
        is_good = console_run_text(&console, text);
    } else {
        console_run_prompt(&console);
    }
    http_free(console.http);
    free(text);
    fflush(stdout);
    if (interrupt_is_pending()) {
        return EXIT_SIGNALLED;
    }
    return is_good && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv) {
    Options options;
    Session session = {0};
    int code;
    setlocale(LC_CTYPE, "");
    if (!options_read(&options, &session, argc, argv)) {
        code = EXIT_USAGE;
    } else if (options.wants_help) {
        options_print_help(stdout);
        code = EXIT_SUCCESS;
    } else if (options.wants_version) {
        puts("Warren CLI " WARREN_VERSION);
        code = EXIT_SUCCESS;
    } else {
        code = run(&options, &session);
    }
    options_done(&options);
    session_done(&session);
    return code;
}
