/*
 * Status, error codes and the Context every fallible function takes first.
 *
 * A function that can fail returns a must-check Status; what went wrong (code, message, SQL
 * position, cause) is in the Context. Two verbs only: TRY(call) passes a failure on, `return
 * FAIL(cx, CODE, "...")` starts one. The code and its numbers are Trino's (error_codes.def). A
 * Context belongs to one thread at a time.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, first) __attribute__((format(printf, format_index, first)))

typedef enum Status { OK = 0, FAILED = 1 } Status;

typedef enum ErrorType {
    ERROR_TYPE_USER_ERROR,
    ERROR_TYPE_INTERNAL_ERROR,
    ERROR_TYPE_INSUFFICIENT_RESOURCES,
    ERROR_TYPE_EXTERNAL,
} ErrorType;

typedef enum ErrorCode {
#define ERROR_CODE(name, code, type) name = code,
#include "warren/error_codes.def"
#undef ERROR_CODE
    NO_ERROR = -1,
} ErrorCode;

typedef struct Arena Arena;
typedef struct MemoryPool MemoryPool;
typedef struct Session Session;

/* Why a call failed. Strings live in the context's arena. line and column are 1-based; 0 means no
 * position. */
typedef struct Error {
    ErrorCode code;
    int32_t line;
    int32_t column;
    const char *message;
    const char *cause; /* text of an underlying failure, or NULL */
} Error;

/*
 * What a call works with: where results are allocated, which pool big state is charged to, for whom
 * it runs, and where its failure is noted. `session` may be NULL below the analyzer; `cancelled`
 * may be NULL.
 */
typedef struct Context {
    Arena *arena;
    MemoryPool *pool;
    const Session *session;
    const _Atomic bool *cancelled;
    Error error;
} Context;

#define TRY(call)                                                                                  \
    do {                                                                                           \
        if ((call) != OK) {                                                                        \
            return FAILED;                                                                         \
        }                                                                                          \
    } while (0)

/* Notes the failure in cx and is FAILED. The message gets no position; FAIL_AT prefixes "line L:C:
 * " as Trino does. */
#define FAIL(cx, code, ...) context_fail((cx), (code), 0, 0, __VA_ARGS__)
#define FAIL_AT(cx, code, line, column, ...)                                                       \
    context_fail((cx), (code), (line), (column), __VA_ARGS__)
