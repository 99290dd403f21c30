/*
 * Rows are collected for three seconds or ten thousand rows, as in Trino's command line: a table's
 * columns are as wide as what is printed at once needs. The progress lines stay until the first
 * rows are shown.
 */
#include "query.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "interrupt.h"
#include "pager.h"
#include "progress.h"
#include "statement.h"

enum { BUFFERED_ROWS_MAX = 10000, BUFFERED_SECONDS_MAX = 3 };

typedef struct Query {
    Statement statement;
    Progress progress;
    const QueryView *view;
    size_t warning_count; /* shown so far */
} Query;

static void print_warnings(Query *query) {
    const json_t *warnings = statement_member(&query->statement, "warnings");
    size_t count = json_array_size(warnings);
    if (count <= query->warning_count) {
        return;
    }
    progress_erase(&query->progress);
    fputc('\n', query->view->messages);
    for (; query->warning_count < count; query->warning_count++) {
        const json_t *warning = json_array_get(warnings, query->warning_count);
        const char *message = json_string_value(json_object_get(warning, "message"));
        fprintf(query->view->messages, "WARNING: %s\n", message ? message : "");
    }
    fputc('\n', query->view->messages);
}

static size_t output_width(void) {
    struct winsize size;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

typedef struct Output {
    Printer printer;
    Pager pager;
    Rows rows;
    time_t since;
} Output;

/* False when nobody reads any more. */
static bool flush_rows(Query *query, Output *output, bool is_last) {
    progress_erase(&query->progress);
    query->progress.is_live = false;
    if (output->pager.input == NULL && query->view->pager != NULL && !output->printer.has_header &&
        output->printer.row_count == 0) {
        pager_open(&output->pager, query->view->pager);
        if (output->pager.input != NULL) {
            output->printer.out = output->pager.input;
        }
    }
    printer_print(&output->printer, &output->rows, is_last);
    rows_reset(&output->rows);
    output->since = time(NULL);
    return !ferror(output->printer.out);
}

static bool collect_page(Query *query, Output *output) {
    Statement *statement = &query->statement;
    if (statement->data == NULL) {
        return true;
    }
    if (!rows_append(&output->rows, output->printer.columns, statement->data,
                     statement->data_size)) {
        fputs("The server's answer is no table of rows\n", query->view->messages);
        return false;
    }
    return true;
}

static void print_results(Query *query) {
    Statement *statement = &query->statement;
    Output output = {.printer = {.format = query->view->format,
                                 .out = query->view->out,
                                 .terminal_width = output_width()},
                     .since = time(NULL)};
    output.printer.columns = columns_read(statement->arena, statement_member(statement, "columns"),
                                          &output.printer.column_count);
    output.rows = (Rows){.arena = arena_create(statement->arena),
                         .column_count = output.printer.column_count};
    bool goes_on = collect_page(query, &output);
    while (goes_on && statement->state == STATEMENT_RUNNING) {
        if (output.rows.count >= BUFFERED_ROWS_MAX ||
            (output.rows.count > 0 && time(NULL) - output.since >= BUFFERED_SECONDS_MAX)) {
            goes_on = flush_rows(query, &output, false);
        }
        if (goes_on) {
            statement_advance(statement);
            goes_on = collect_page(query, &output);
        }
    }
    if (goes_on) {
        goes_on = flush_rows(query, &output, true);
        printer_finish(&output.printer);
    }
    bool had_pager = output.pager.input != NULL;
    pager_close(&output.pager);
    if (!goes_on) {
        statement_cancel(statement);
    }
    if (had_pager) {
        interrupt_clear();
    }
}

static void discard_rows(Query *query) {
    while (query->statement.state == STATEMENT_RUNNING) {
        statement_advance(&query->statement);
    }
}

static void print_update(Query *query, const char *update) {
    const json_t *count = statement_member(&query->statement, "updateCount");
    progress_erase(&query->progress);
    if (json_is_integer(count)) {
        long long rows = json_integer_value(count);
        fprintf(query->view->messages, "%s: %lld row%s\n", update, rows, rows == 1 ? "" : "s");
    } else {
        fprintf(query->view->messages, "%s\n", update);
        if (json_array_size(statement_member(&query->statement, "columns")) > 0) {
            print_results(query);
        }
    }
    discard_rows(query);
}

/* The line of the statement and a caret below the place; columns count code points. */
static void print_location(FILE *out, const char *sql, long line, long column) {
    for (long i = 1; i < line && sql != NULL; i++) {
        sql = strchr(sql, '\n');
        sql = sql ? sql + 1 : NULL;
    }
    if (sql == NULL || line < 1 || column < 1) {
        return;
    }
    int indent = fprintf(out, "LINE %ld: ", line);
    fprintf(out, "%.*s\n", (int)strcspn(sql, "\n"), sql);
    fprintf(out, "%*s^\n", indent + (int)column - 1, "");
}

static void print_stack(FILE *out, const json_t *failure) {
    const char *type = json_string_value(json_object_get(failure, "type"));
    const char *message = json_string_value(json_object_get(failure, "message"));
    fprintf(out, "%s: %s\n", type ? type : "", message ? message : "");
    size_t index;
    json_t *line;
    json_array_foreach(json_object_get(failure, "stack"), index, line) {
        fprintf(out, "\tat %s\n", json_string_value(line) ? json_string_value(line) : "");
    }
    const json_t *cause = json_object_get(failure, "cause");
    if (json_is_object(cause)) {
        fputs("Caused by: ", out);
        print_stack(out, cause);
    }
}

static void print_failure(Query *query, const json_t *error) {
    FILE *out = query->view->messages;
    const char *message = json_string_value(json_object_get(error, "message"));
    fprintf(out, "Query %s failed: %s\n", statement_text(&query->statement, "id"),
            message ? message : "null");
    const json_t *failure = json_object_get(error, "failureInfo");
    if (query->view->is_debug && json_is_object(failure)) {
        print_stack(out, failure);
    }
    const json_t *location = json_object_get(error, "errorLocation");
    if (location != NULL) {
        print_location(out, query->statement.sql,
                       (long)json_integer_value(json_object_get(location, "lineNumber")),
                       (long)json_integer_value(json_object_get(location, "columnNumber")));
    }
    fputc('\n', out);
}

/* Until rows come, the statement ends, or (for a statement without rows) its kind is known. */
static void await_rows(Query *query) {
    while (query->statement.state == STATEMENT_RUNNING && query->statement.data == NULL) {
        statement_advance(&query->statement);
    }
}

static bool print_end(Query *query) {
    FILE *messages = query->view->messages;
    const json_t *error = statement_error(&query->statement);
    progress_erase(&query->progress);
    print_warnings(query);
    if (query->view->shows_progress && query->statement.results != NULL) {
        progress_print_summary(&query->progress);
    }
    switch (query->statement.state) {
    case STATEMENT_ABORTED:
        fputs("Query aborted by user\n", messages);
        return false;
    case STATEMENT_GONE:
        fputs("Query is gone (server restarted?)\n", messages);
        if (query->view->is_debug && query->statement.failure != NULL) {
            fprintf(messages, "%s\n", query->statement.failure);
        }
        return false;
    case STATEMENT_FAILED:
        fprintf(messages, "Error running command: %s\n", query->statement.failure);
        return false;
    default:
        break;
    }
    if (error != NULL) {
        print_failure(query, error);
        return false;
    }
    return true;
}

bool query_run(Http *http, Session *session, const char *server, const char *sql,
               const QueryView *view) {
    Query query = {.statement = {.http = http,
                                 .session = session,
                                 .server = server,
                                 .sql = sql,
                                 .arena = arena_create(NULL)},
                   .view = view};
    Statement *statement = &query.statement;
    query.progress = (Progress){.statement = statement,
                                .out = view->messages,
                                .is_live = view->shows_progress && isatty(fileno(view->messages)),
                                .is_debug = view->is_debug,
                                .is_decimal_size = view->is_decimal_size};
    progress_start(&query.progress);
    statement->on_wait = progress_tick;
    statement->on_wait_argument = &query.progress;
    statement_start(statement);
    await_rows(&query);
    bool is_success = true;
    if (statement->state == STATEMENT_RUNNING ||
        (statement->state == STATEMENT_FINISHED && statement_error(statement) == NULL)) {
        const char *update = statement_text(statement, "updateType");
        if (*update != '\0') {
            print_update(&query, update);
        } else if (statement_member(statement, "columns") != NULL) {
            print_results(&query);
        } else {
            fprintf(view->messages, "Query %s has no columns\n", statement_text(statement, "id"));
            is_success = false;
        }
    }
    is_success = print_end(&query) && is_success;
    statement_done(statement);
    arena_free(statement->arena);
    fflush(view->messages);
    return is_success;
}
