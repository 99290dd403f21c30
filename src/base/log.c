/*
 * Formatting and filtering of log lines.
 */
#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/buffer.h"

enum { LOGGERS_MAX = 64, MESSAGE_BYTES_MAX = 4096 };

static struct {
    const char *name;
    LogLevel level;
} loggers[LOGGERS_MAX];
static int logger_count;
static bool console = true;

void log_set_level(const char *logger, LogLevel level)
{
    if (logger_count < LOGGERS_MAX) {
        loggers[logger_count].name = allocate_copy_of(logger);
        loggers[logger_count++].level = level;
    }
}

void log_set_console(bool enabled)
{
    console = enabled;
}

bool log_is_enabled(const char *logger, LogLevel level)
{
    LogLevel threshold = LOG_INFO;
    size_t longest = 0;
    for (int i = 0; i < logger_count; i++) {
        size_t size = strlen(loggers[i].name);
        bool matches = strncmp(logger, loggers[i].name, size) == 0 && (logger[size] == '.' || logger[size] == '\0');
        if (matches && size >= longest) {
            longest = size;
            threshold = loggers[i].level;
        }
    }
    return console && level >= threshold;
}

static void append_json_text(ByteString *line, const char *text)
{
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

static void write_line(const char *logger, LogLevel level, const char *format, va_list arguments)
{
    static const char *const names[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"};
    if (!log_is_enabled(logger, level)) {
        return;
    }
    char message[MESSAGE_BYTES_MAX];
    vsnprintf(message, sizeof message, format, arguments);
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    ByteString line = {0};
    byte_string_printf(&line, "{\"timestamp\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\",\"level\":\"%s\",\"logger\":\"%s\","
                              "\"message\":\"", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                       utc.tm_sec, now.tv_nsec / 1000000, names[level], logger);
    append_json_text(&line, message);
    byte_string_append_text(&line, "\"}\n");
    if (write(STDERR_FILENO, line.data, line.size) < 0) {
        console = false; /* nobody reads */
    }
    byte_string_done(&line);
}

#define LOG_FUNCTION(name, level)                                                                                      \
    void name(const char *logger, const char *format, ...)                                                             \
    {                                                                                                                  \
        va_list arguments;                                                                                             \
        va_start(arguments, format);                                                                                   \
        write_line(logger, level, format, arguments);                                                                  \
        va_end(arguments);                                                                                             \
    }
LOG_FUNCTION(log_info, LOG_INFO)
LOG_FUNCTION(log_warn, LOG_WARN)
LOG_FUNCTION(log_error, LOG_ERROR)
