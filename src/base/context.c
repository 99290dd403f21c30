/*
 * How a failure is noted: the message is formatted into the context's arena, with Trino's "line
 * L:C: " in front when the position in the statement is known. The first failure wins only in the
 * sense that each call overwrites the previous one; callers propagate with TRY, so nothing is
 * overwritten by accident.
 */
#include <stdio.h>

#include "warren/memory.h"

Status context_fail(Context *cx, ErrorCode code, int32_t line, int32_t column, const char *format,
                    ...) {
    va_list arguments;
    va_start(arguments, format);
    char *message = arena_vprintf(cx->arena, format, arguments);
    va_end(arguments);
    if (line > 0) {
        message = arena_printf(cx->arena, "line %d:%d: %s", line, column, message);
    }
    cx->error = (Error){.code = code, .line = line, .column = column, .message = message};
    return FAILED;
}

void context_clear_error(Context *cx) {
    cx->error = (Error){.code = NO_ERROR};
}
