/*
 * The server's log: one JSON object a line on standard error: timestamp, level, logger, thread,
 * message.
 *
 * Loggers have the reference's names (io.trino.server), so that log.properties applies: the longest
 * configured prefix decides, INFO without one. Threads: any; a line is written whole. Nothing
 * secret is ever passed here.
 */
#pragma once

#include "warren/memory.h"

typedef enum LogLevel { LOG_TRACE, LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF } LogLevel;

/* At most 64 loggers; before other threads log. Names are copied; a later level for a name wins. */
void log_set_level(const char *logger, LogLevel level);
bool log_level_parse(const char *text, LogLevel *ret_level); /* "INFO", any case */
void log_set_console(bool enabled);
bool log_is_enabled(const char *logger, LogLevel level);
PRINTF_LIKE(2, 3) void log_debug(const char *logger, const char *format, ...);
PRINTF_LIKE(2, 3) void log_info(const char *logger, const char *format, ...);
PRINTF_LIKE(2, 3) void log_warn(const char *logger, const char *format, ...);
PRINTF_LIKE(2, 3) void log_error(const char *logger, const char *format, ...);
