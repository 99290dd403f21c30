/*
 * A table of flags: how each is called, where its value goes, what the help says. `--flag value`
 * and `--flag=value` are the same; a single argument without dashes is the server's URL, with
 * catalog and schema as its path.
 */
#include "options.h"

#include <ctype.h>
#include <locale.h>
#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

typedef enum FlagKind {
    FLAG_SESSION_TEXT, /* char * of Session */
    FLAG_TEXT,         /* char * of Options */
    FLAG_TRUE,         /* bool of Options */
    FLAG_NAMED,        /* NamedValues of Session, from name=value */
    FLAG_FORMAT,       /* OutputFormat of Options */
    FLAG_PROGRESS,
    FLAG_NO_PROGRESS,
    FLAG_DURATION,
    FLAG_IGNORED,      /* with a value */
    FLAG_IGNORED_TRUE, /* without */
} FlagKind;

typedef struct Flag {
    const char *name;
    FlagKind kind;
    size_t offset;
    const char *value_name, *help;
} Flag;

#define SESSION(member) offsetof(Session, member)
#define OPTION(member) offsetof(Options, member)

static const Flag FLAGS[] = {
    {"--server", FLAG_TEXT, OPTION(server), "URL", "server (default: localhost:8080)"},
    {"--catalog", FLAG_SESSION_TEXT, SESSION(catalog), "NAME", "default catalog"},
    {"--schema", FLAG_SESSION_TEXT, SESSION(schema), "NAME", "default schema"},
    {"--path", FLAG_SESSION_TEXT, SESSION(path), "LIST", "SQL path: catalog.schema,..."},
    {"--execute", FLAG_TEXT, OPTION(execute), "SQL", "run these statements and exit"},
    {"--file", FLAG_TEXT, OPTION(file), "FILE", "run the statements of a file and exit"},
    {"-f", FLAG_TEXT, OPTION(file), "FILE", "the same"},
    {"--output-format", FLAG_FORMAT, OPTION(format), "FORMAT", "in batches (default: CSV)"},
    {"--output-format-interactive", FLAG_FORMAT, OPTION(interactive_format), "FORMAT",
     "at the prompt (default: ALIGNED)"},
    {"--session", FLAG_NAMED, SESSION(properties), "NAME=VALUE", "session property, repeatable"},
    {"--user", FLAG_SESSION_TEXT, SESSION(user), "NAME", "user (default: that of the system)"},
    {"--session-user", FLAG_SESSION_TEXT, SESSION(authorization_user), "NAME",
     "user to impersonate"},
    {"--password", FLAG_TRUE, OPTION(wants_password), NULL,
     "ask for a password (or take TRINO_PASSWORD)"},
    {"--access-token", FLAG_TEXT, OPTION(http.access_token), "TOKEN", "bearer token"},
    {"--timezone", FLAG_SESSION_TEXT, SESSION(time_zone), "ZONE", "session time zone"},
    {"--source", FLAG_SESSION_TEXT, SESSION(source), "NAME", "name of this client"},
    {"--client-info", FLAG_SESSION_TEXT, SESSION(client_info), "TEXT", "told to the server"},
    {"--client-tags", FLAG_SESSION_TEXT, SESSION(client_tags), "LIST", "told to the server"},
    {"--trace-token", FLAG_SESSION_TEXT, SESSION(trace_token), "TOKEN", "told to the server"},
    {"--extra-credential", FLAG_NAMED, SESSION(extra_credentials), "NAME=VALUE", "repeatable"},
    {"--resource-estimate", FLAG_NAMED, SESSION(resource_estimates), "NAME=VALUE", "repeatable"},
    {"--client-request-timeout", FLAG_DURATION, 0, "TIME", "how long to retry (default: 2m)"},
    {"--progress", FLAG_PROGRESS, 0, NULL, "show progress in batches, too"},
    {"--no-progress", FLAG_NO_PROGRESS, 0, NULL, "never show progress"},
    {"--ignore-errors", FLAG_TRUE, OPTION(ignores_errors), NULL, "batches go on after an error"},
    {"--pager", FLAG_TEXT, OPTION(pager), "PROGRAM", "at the prompt (or TRINO_PAGER; '': none)"},
    {"--history-file", FLAG_TEXT, OPTION(history_file), "FILE",
     "(or TRINO_HISTORY_FILE; default: ~/.warren_history)"},
    {"--editing-mode", FLAG_TEXT, OPTION(editing_mode), "MODE", "EMACS (default) or VI"},
    {"--decimal-data-size", FLAG_TRUE, OPTION(is_decimal_size), NULL, "sizes by 1000, not 1024"},
    {"--disable-compression", FLAG_TRUE, OPTION(http.is_uncompressed), NULL,
     "results without gzip"},
    {"--http-proxy", FLAG_TEXT, OPTION(http.proxy), "HOST:PORT", "proxy of the connection"},
    {"--insecure", FLAG_TRUE, OPTION(http.is_insecure), NULL, "do not check certificates"},
    {"--network-logging", FLAG_IGNORED, 0, "LEVEL", "NONE, BASIC, HEADERS or BODY"},
    {"--disable-auto-suggestion", FLAG_IGNORED_TRUE, 0, NULL, "accepted"},
    {"--debug", FLAG_TRUE, OPTION(is_debug), NULL, "more detail in progress and errors"},
    {"--version", FLAG_TRUE, OPTION(wants_version), NULL, "print the version"},
    {"--help", FLAG_TRUE, OPTION(wants_help), NULL, "print this text"},
    {"-h", FLAG_TRUE, OPTION(wants_help), NULL, "the same"},
};
enum { FLAG_COUNT = sizeof FLAGS / sizeof FLAGS[0] };

void options_print_help(FILE *out) {
    fputs("Usage: warren [OPTION...] [URL]\n"
          "  URL: http://host:port/catalog/schema\n\n",
          out);
    for (int i = 0; i < FLAG_COUNT; i++) {
        char head[64];
        snprintf(head, sizeof head, "%s%s%s", FLAGS[i].name, FLAGS[i].value_name ? " " : "",
                 FLAGS[i].value_name ? FLAGS[i].value_name : "");
        fprintf(out, "  %-38s %s\n", head, FLAGS[i].help);
    }
    fputs("\nFormats:", out);
    for (int i = 0; OUTPUT_FORMAT_NAMES[i] != NULL; i++) {
        fprintf(out, " %s", OUTPUT_FORMAT_NAMES[i]);
    }
    fputc('\n', out);
}

static bool complain(const char *what, const char *about) {
    fprintf(stderr, "%s: %s\nwarren --help lists the options.\n", what, about);
    return false;
}

static bool is_flag_bare(FlagKind kind) {
    return kind == FLAG_TRUE || kind == FLAG_PROGRESS || kind == FLAG_NO_PROGRESS ||
           kind == FLAG_IGNORED_TRUE;
}

/* A number and ms, s, m, h or d. */
static bool read_duration(const char *text, long *ret_milliseconds) {
    static const struct {
        const char *unit;
        double milliseconds;
    } UNITS[] = {{"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"h", 3.6e6}, {"d", 8.64e7}};
    char *end;
    double number = strtod(text, &end);
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (end != text && number > 0 && strcmp(end, UNITS[i].unit) == 0) {
            *ret_milliseconds = (long)(number * UNITS[i].milliseconds);
            return true;
        }
    }
    return false;
}

static bool set_named(NamedValues *values, const char *flag, const char *text) {
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        return complain("Expected name=value", flag);
    }
    char *name = strndup(text, (size_t)(equals - text));
    named_values_set(values, name, equals + 1);
    free(name);
    return true;
}

static bool set_flag(Options *options, Session *session, const Flag *flag, const char *value) {
    char *of_options = (char *)options + flag->offset, *of_session = (char *)session + flag->offset;
    switch (flag->kind) {
    case FLAG_SESSION_TEXT:
        session_text_set((char **)of_session, value);
        return true;
    case FLAG_TEXT:
        session_text_set((char **)of_options, value);
        return true;
    case FLAG_TRUE:
        *(bool *)of_options = true;
        return true;
    case FLAG_NAMED:
        return set_named((NamedValues *)of_session, flag->name, value);
    case FLAG_FORMAT:
        return output_format_parse(value, (OutputFormat *)of_options) ||
               complain("There is no such format", value);
    case FLAG_PROGRESS:
    case FLAG_NO_PROGRESS:
        options->progress = flag->kind == FLAG_PROGRESS;
        return true;
    case FLAG_DURATION:
        return read_duration(value, &options->http.timeout_milliseconds) ||
               complain("Not a duration", value);
    case FLAG_IGNORED:
        options->http.is_logged = strcasecmp(value, "NONE") != 0;
        return true;
    case FLAG_IGNORED_TRUE:
        return true;
    }
    return false;
}

static const Flag *find_flag(const char *argument, const char **ret_value) {
    size_t length = strcspn(argument, "=");
    *ret_value = argument[length] == '=' ? argument + length + 1 : NULL;
    for (int i = 0; i < FLAG_COUNT; i++) {
        if (strlen(FLAGS[i].name) == length && strncmp(FLAGS[i].name, argument, length) == 0) {
            return &FLAGS[i];
        }
    }
    return NULL;
}

/* Puts scheme and port to a server's address and takes catalog and schema from its path. */
static void read_server(Options *options, Session *session) {
    char *given = strdup(options->server ? options->server : "localhost:8080");
    char *scheme_end = strstr(given, "://"), *host = scheme_end ? scheme_end + 3 : given;
    host[strcspn(host, "?#")] = '\0';
    bool is_secure = strncasecmp(given, "https://", 8) == 0;
    char *path = strchr(host, '/');
    if (path != NULL) {
        *path++ = '\0';
        char *schema = strchr(path, '/');
        if (schema != NULL) {
            *schema++ = '\0';
            schema[strcspn(schema, "/")] = '\0';
        }
        if (*path != '\0') {
            session_text_set(&session->catalog, path);
        }
        if (schema != NULL && *schema != '\0') {
            session_text_set(&session->schema, schema);
        }
    }
    size_t size = strlen(host) + 16;
    char *server = malloc(size);
    if (server == NULL) {
        abort();
    }
    snprintf(server, size, "%s://%s", is_secure ? "https" : "http", host);
    free(options->server);
    options->server = server;
    free(given);
}

/* The zone's name: TZ, or where /etc/localtime points to; NULL leaves it to the server. */
static char *system_time_zone(void) {
    char path[512];
    const char *variable = getenv("TZ"), *mark = "zoneinfo/";
    if (variable != NULL && *variable != '\0' && *variable != ':' && *variable != '/') {
        return strdup(variable);
    }
    ssize_t size = readlink("/etc/localtime", path, sizeof path - 1);
    path[size > 0 ? size : 0] = '\0';
    const char *zone = strstr(path, mark);
    return zone ? strdup(zone + strlen(mark)) : NULL;
}

/* en_US.UTF-8 is en-US; C and POSIX have none. */
static char *system_language(void) {
    const char *locale = setlocale(LC_CTYPE, NULL);
    if (locale == NULL || strcmp(locale, "POSIX") == 0 || locale[0] == 'C') {
        return NULL;
    }
    char *language = strndup(locale, strcspn(locale, ".@"));
    for (char *c = language; c != NULL && *c != '\0'; c++) {
        *c = *c == '_' ? '-' : *c;
    }
    return language;
}

static void set_defaults(Options *options, Session *session) {
    const struct passwd *account = getpwuid(getuid());
    const char *history = getenv("TRINO_HISTORY_FILE"), *pager = getenv("TRINO_PAGER");
    const char *home = getenv("HOME");
    char path[4096];
    snprintf(path, sizeof path, "%s/.warren_history", home ? home : ".");
    *options =
        (Options){.format = FORMAT_CSV, .interactive_format = FORMAT_ALIGNED, .progress = -1};
    options->http.timeout_milliseconds = 120000;
    options->history_file = strdup(history ? history : path);
    options->pager = strdup(pager ? pager : "less -FRSX");
    session_text_set(&session->user, account ? account->pw_name : getenv("USER"));
    session_text_set(&session->source, "trino-cli");
    session->time_zone = system_time_zone();
    session->language = system_language();
}

static bool check(const Options *options, const Session *session) {
    if (session->schema != NULL && session->catalog == NULL) {
        return complain("Schema is set but catalog is not", session->schema);
    }
    if (options->execute != NULL && options->file != NULL) {
        fputs("both --execute and --file specified\n", stderr);
        return false;
    }
    bool is_secure = strncmp(options->server, "https:", 6) == 0;
    if (!is_secure && (options->wants_password || options->http.access_token != NULL)) {
        fputs("TLS/SSL is required for authentication with username and password\n", stderr);
        return false;
    }
    return true;
}

bool options_read(Options *options, Session *session, int argc, char **argv) {
    set_defaults(options, session);
    for (int i = 1; i < argc; i++) {
        const char *value;
        if (argv[i][0] != '-') {
            session_text_set(&options->server, argv[i]);
            continue;
        }
        const Flag *flag = find_flag(argv[i], &value);
        if (flag == NULL) {
            return complain("Unknown option", argv[i]);
        }
        if (value == NULL && !is_flag_bare(flag->kind)) {
            if (i + 1 == argc) {
                return complain("Missing value of option", argv[i]);
            }
            value = argv[++i];
        }
        if (!set_flag(options, session, flag, value)) {
            return false;
        }
    }
    read_server(options, session);
    return options->wants_help || options->wants_version || check(options, session);
}

void options_done(Options *options) {
    char **texts[] = {&options->server,
                      &options->execute,
                      &options->file,
                      &options->history_file,
                      &options->pager,
                      &options->editing_mode,
                      &options->password,
                      (char **)&options->http.proxy,
                      (char **)&options->http.access_token};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        session_text_set(texts[i], NULL);
    }
}
