/*
 * Buffers that a pool pays for (the public part of buffers is in warren/memory.h), and byte strings
 * that grow. What is handed out here may be freed on any thread; a ByteString belongs to one
 * thread.
 */
#pragma once

#include "warren/memory.h"

/* A buffer of `size` bytes charged to `pool` until its last release. */
MUST_CHECK Status buffer_reserve(Context *cx, MemoryPool *pool, int64_t size, Buffer **ret_buffer);
/* What buffer_create takes from malloc for `size` usable bytes; buffer_reserve charges this. */
int64_t buffer_allocated_bytes(int64_t size);

/*
 * Bytes that grow by doubling; `data` is NUL-terminated by byte_string_text only. Zero-initialised
 * is empty.
 */
typedef struct ByteString {
    char *data;
    size_t size;
    size_t capacity;
} ByteString;

void byte_string_done(ByteString *string); /* frees; leaves it empty */
void byte_string_reserve(ByteString *string, size_t more);
void byte_string_append(ByteString *string, const void *bytes, size_t size);
void byte_string_append_text(ByteString *string, const char *text);
void byte_string_append_char(ByteString *string, char c);
PRINTF_LIKE(2, 3) void byte_string_printf(ByteString *string, const char *format, ...);
PRINTF_LIKE(2, 0)
void byte_string_vprintf(ByteString *string, const char *format, va_list arguments);
const char *byte_string_text(ByteString *string); /* with a terminating NUL, not counted in size */
