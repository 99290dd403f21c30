/*
 * The prompt is libedit's. A statement may have many lines; the part after the last delimiter is
 * kept and continued under a shorter prompt. Lines enter the history as whole statements.
 */
#include "console.h"

#include <ctype.h>
#include <errno.h>
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "interrupt.h"
#include "query.h"
#include "splitter.h"

enum { HISTORY_MAX = 10000 };

static bool run_statement(Console *console, const SplitStatement *statement,
                          const QueryView *view) {
    char *sql = strndup(statement->text, statement->size);
    bool is_success =
        query_run(console->http, console->session, console->options->server, sql, view);
    free(sql);
    return is_success;
}

bool console_run_text(Console *console, const char *text) {
    const Options *options = console->options;
    QueryView view = {.format = options->format,
                      .out = stdout,
                      .messages = stderr,
                      .shows_progress = options->progress > 0,
                      .is_debug = options->is_debug,
                      .is_decimal_size = options->is_decimal_size};
    SplitStatement statement;
    size_t position = 0;
    bool is_success = true;
    while (split_next(text, false, &position, &statement)) {
        if (statement_is_empty(statement.text, statement.size)) {
            continue;
        }
        if (!statement.is_complete) {
            fprintf(stderr, "Non-terminated statement: %.*s\n", (int)statement.size,
                    statement.text);
            return false;
        }
        if (!run_statement(console, &statement, &view)) {
            is_success = false;
            if (!options->ignores_errors || interrupt_is_pending()) {
                return false;
            }
        }
    }
    return is_success;
}

typedef struct Prompt {
    Console *console;
    EditLine *editor;
    History *history;
    char *pending; /* text before the line being typed; "" at the start of a statement */
    char text[256];
} Prompt;

static char *prompt_text(EditLine *editor) {
    Prompt *prompt;
    el_get(editor, EL_CLIENTDATA, &prompt);
    const char *schema = prompt->console->session->schema;
    int length = snprintf(prompt->text, sizeof prompt->text, "warren%s%.200s> ", schema ? ":" : "",
                          schema ? schema : "");
    if (*prompt->pending != '\0') {
        snprintf(prompt->text, sizeof prompt->text, "%*s", length, "-> ");
    }
    return prompt->text;
}

static void open_prompt(Prompt *prompt, Console *console) {
    const Options *options = console->options;
    HistEvent event;
    prompt->console = console;
    prompt->pending = strdup("");
    prompt->history = history_init();
    history(prompt->history, &event, H_SETSIZE, HISTORY_MAX);
    history(prompt->history, &event, H_SETUNIQUE, 1);
    history(prompt->history, &event, H_LOAD, options->history_file);
    prompt->editor = el_init("warren", stdin, stdout, stderr);
    el_set(prompt->editor, EL_CLIENTDATA, prompt);
    el_set(prompt->editor, EL_PROMPT, prompt_text);
    bool is_vi = options->editing_mode != NULL && strcasecmp(options->editing_mode, "VI") == 0;
    el_set(prompt->editor, EL_EDITOR, is_vi ? "vi" : "emacs");
    el_set(prompt->editor, EL_HIST, history, prompt->history);
    el_set(prompt->editor, EL_SIGNAL, 0);
    el_source(prompt->editor, NULL);
}

static void close_prompt(Prompt *prompt) {
    HistEvent event;
    history(prompt->history, &event, H_SAVE, prompt->console->options->history_file);
    el_end(prompt->editor);
    history_end(prompt->history);
    free(prompt->pending);
}

/* One line in the history; line ends become blanks, except after a comment to the end of a line. */
static void remember(Prompt *prompt, const char *text, size_t size) {
    HistEvent event;
    char *entry = strndup(text, size);
    if (strstr(entry, "--") == NULL) {
        for (char *c = entry; *c != '\0'; c++) {
            *c = *c == '\n' ? ' ' : *c;
        }
    }
    history(prompt->history, &event, H_ENTER, entry);
    free(entry);
}

static void print_history(Prompt *prompt) {
    HistEvent event;
    int number = 1;
    for (int left = history(prompt->history, &event, H_LAST); left >= 0;
         left = history(prompt->history, &event, H_PREV)) {
        printf("%5d  %s\n", number++, event.str);
    }
}

static const char HELP[] = "\nSupported commands:\n"
                           "QUIT\n"
                           "CLEAR\n"
                           "HISTORY\n"
                           "EXPLAIN [ ( option [, ...] ) ] <query>\n"
                           "    options: FORMAT { TEXT | GRAPHVIZ | JSON }\n"
                           "             TYPE { LOGICAL | DISTRIBUTED | VALIDATE | IO }\n"
                           "DESCRIBE <table>\n"
                           "SHOW COLUMNS FROM <table>\n"
                           "SHOW FUNCTIONS\n"
                           "SHOW CATALOGS [LIKE <pattern>]\n"
                           "SHOW SCHEMAS [FROM <catalog>] [LIKE <pattern>]\n"
                           "SHOW TABLES [FROM <schema>] [LIKE <pattern>]\n"
                           "USE [<catalog>.]<schema>\n\n";

typedef enum Command { COMMAND_NONE, COMMAND_DONE, COMMAND_QUIT } Command;

/* A word by itself, with or without a semicolon. */
static Command run_command(Prompt *prompt, const char *line) {
    char word[16];
    size_t length = strlen(line);
    while (length > 0 && (line[length - 1] == ';' || isspace((unsigned char)line[length - 1]))) {
        length--;
    }
    while (length > 0 && isspace((unsigned char)*line)) {
        line++;
        length--;
    }
    if (length == 0 || length >= sizeof word) {
        return COMMAND_NONE;
    }
    snprintf(word, sizeof word, "%.*s", (int)length, line);
    if (strcasecmp(word, "quit") == 0 || strcasecmp(word, "exit") == 0) {
        return COMMAND_QUIT;
    }
    if (strcasecmp(word, "help") == 0) {
        fputs(HELP, stdout);
    } else if (strcasecmp(word, "history") == 0) {
        print_history(prompt);
    } else if (strcasecmp(word, "clear") == 0) {
        fputs("\033[H\033[2J", stdout);
    } else {
        return COMMAND_NONE;
    }
    return COMMAND_DONE;
}

static void set_pending(Prompt *prompt, char *text) {
    free(prompt->pending);
    prompt->pending = text;
}

/* Runs what is complete of the pending text and keeps the rest. */
static void run_complete(Prompt *prompt) {
    const Options *options = prompt->console->options;
    QueryView view = {.out = stdout,
                      .messages = stdout,
                      .pager = isatty(STDOUT_FILENO) && *options->pager ? options->pager : NULL,
                      .shows_progress = options->progress != 0,
                      .is_debug = options->is_debug,
                      .is_decimal_size = options->is_decimal_size};
    SplitStatement statement = {0};
    size_t position = 0;
    char *rest = NULL;
    while (split_next(prompt->pending, true, &position, &statement)) {
        if (!statement.is_complete) {
            rest = strndup(statement.text, statement.size);
            break;
        }
        size_t before = (size_t)(statement.text - prompt->pending);
        remember(prompt, statement.text, position - before);
        view.format = statement.is_vertical ? FORMAT_VERTICAL : options->interactive_format;
        if (!statement_is_empty(statement.text, statement.size)) {
            run_statement(prompt->console, &statement, &view);
        }
        if (interrupt_is_pending()) {
            interrupt_clear();
            break;
        }
    }
    set_pending(prompt, rest ? rest : strdup(""));
}

static void take_line(Prompt *prompt, const char *line) {
    size_t size = strlen(prompt->pending) + strlen(line) + 2;
    char *text = malloc(size);
    if (text == NULL) {
        abort();
    }
    snprintf(text, size, "%s%s%s", prompt->pending, *prompt->pending ? "\n" : "", line);
    set_pending(prompt, text);
    run_complete(prompt);
}

void console_run_prompt(Console *console) {
    Prompt prompt;
    open_prompt(&prompt, console);
    while (!interrupt_is_final()) {
        int count;
        errno = 0;
        const char *line = el_gets(prompt.editor, &count);
        if (interrupt_is_pending()) {
            interrupt_clear();
            set_pending(&prompt, strdup(""));
            el_set(prompt.editor, EL_UNBUFFERED, 0);
            el_reset(prompt.editor);
            fputs("^C\n", stdout);
            continue;
        }
        if (line == NULL || count <= 0) {
            fputc('\n', stdout);
            break;
        }
        Command command = *prompt.pending == '\0' ? run_command(&prompt, line) : COMMAND_NONE;
        if (command == COMMAND_QUIT) {
            break;
        }
        if (command == COMMAND_NONE) {
            take_line(&prompt, line);
        }
    }
    close_prompt(&prompt);
}
