/*
 * Formatting and filtering of log lines. A line is built whole and written by one call, so lines of
 * different threads do not mix; when nobody reads any more, logging stops instead of failing again
 * and again.
 */
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/buffer.h"

enum { LOGGERS_MAX = 64 };

static const char *const level_names[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"};

static struct {
    const char *name;
    LogLevel level;
} loggers[LOGGERS_MAX];
static int logger_count;
static _Atomic bool console = true;

void log_set_level(const char *logger, LogLevel level) {
    if (logger_count < LOGGERS_MAX) {
        loggers[logger_count].name = allocate_copy_of(logger);
        loggers[logger_count++].level = level;
    }
}

bool log_level_parse(const char *text, LogLevel *ret_level) {
    for (int level = LOG_TRACE; level <= LOG_OFF; level++) {
        if (strcasecmp(text, level_names[level]) == 0) {
            *ret_level = (LogLevel)level;
            return true;
        }
    }
    return false;
}

void log_set_console(bool enabled) {
    atomic_store(&console, enabled);
}

bool log_is_enabled(const char *logger, LogLevel level) {
    LogLevel threshold = LOG_INFO;
    size_t longest = 0;
    for (int i = 0; i < logger_count; i++) {
        size_t size = strlen(loggers[i].name);
        bool matches = strncmp(logger, loggers[i].name, size) == 0 &&
                       (size == 0 || logger[size] == '.' || logger[size] == '\0');
        if (matches && size >= longest) {
            longest = size;
            threshold = loggers[i].level;
        }
    }
    return atomic_load_explicit(&console, memory_order_relaxed) && level >= threshold;
}

static void append_json_text(ByteString *line, const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            byte_string_append_char(line, '\\');
            byte_string_append_char(line, (char)*c);
        } else if (*c < 0x20) {
            byte_string_printf(line, "\\u%04X", *c);
        } else {
            byte_string_append_char(line, (char)*c);
        }
    }
}

static void append_head(ByteString *line, const char *logger, LogLevel level) {
    struct timespec now;
    struct tm utc;
    char thread[32] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    pthread_getname_np(pthread_self(), thread, sizeof thread);
    byte_string_printf(line, "{\"timestamp\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\"",
                       utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                       utc.tm_sec, now.tv_nsec / 1000000);
    byte_string_printf(line, ",\"level\":\"%s\",\"logger\":\"%s\",\"thread\":\"",
                       level_names[level], logger);
    append_json_text(line, thread);
    byte_string_append_text(line, "\",\"message\":\"");
}

static void write_line(const char *logger, LogLevel level, const char *format, va_list arguments) {
    if (!log_is_enabled(logger, level)) {
        return;
    }
    ByteString message = {0}, line = {0};
    byte_string_vprintf(&message, format, arguments);
    append_head(&line, logger, level);
    append_json_text(&line, byte_string_text(&message));
    byte_string_append_text(&line, "\"}\n");
    if (write(STDERR_FILENO, line.data, line.size) < 0) {
        log_set_console(false);
    }
    byte_string_done(&message);
    byte_string_done(&line);
}

void log_debug(const char *logger, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_line(logger, LOG_DEBUG, format, arguments);
    va_end(arguments);
}

void log_info(const char *logger, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_line(logger, LOG_INFO, format, arguments);
    va_end(arguments);
}

void log_warn(const char *logger, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_line(logger, LOG_WARN, format, arguments);
    va_end(arguments);
}

void log_error(const char *logger, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_line(logger, LOG_ERROR, format, arguments);
    va_end(arguments);
}
