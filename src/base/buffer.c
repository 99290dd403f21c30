/*
 * Buffers: the header and the bytes are one 64-byte aligned allocation; 64 bytes past the end are
 * readable, so that vector code may load whole registers at the tail. Recycling is the allocator's
 * job. A wrapped buffer only has the header.
 */
#include "base/buffer.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/allocate.h"

enum { ALIGNMENT = 64, PADDING = 64, HUGE_FROM = 4 << 20, SMALL_PAGE = 4096 };

static_assert(sizeof(Buffer) <= ALIGNMENT, "the header fits in front of the aligned bytes");

int64_t buffer_allocated_bytes(int64_t size) {
    return (ALIGNMENT + size + PADDING + ALIGNMENT - 1) & ~(int64_t)(ALIGNMENT - 1);
}

/*
 * Large buffers are filled from start to end soon after they are made; huge pages save most of the
 * page faults that this costs otherwise. Only advice: nothing depends on it.
 */
static void advise_huge_pages(void *memory, size_t size) {
    uintptr_t start = ((uintptr_t)memory + SMALL_PAGE - 1) & ~(uintptr_t)(SMALL_PAGE - 1);
    uintptr_t end = ((uintptr_t)memory + size) & ~(uintptr_t)(SMALL_PAGE - 1);
    madvise((void *)start, end - start, MADV_HUGEPAGE);
}

Buffer *buffer_create(int64_t size) {
    assert(size >= 0);
    size_t allocated = (size_t)buffer_allocated_bytes(size);
    Buffer *buffer = allocate_aligned(ALIGNMENT, allocated);
    if (allocated >= HUGE_FROM) {
        advise_huge_pages(buffer, allocated);
    }
    *buffer = (Buffer){.reference_count = 1, .size = size, .data = (uint8_t *)buffer + ALIGNMENT};
    memset(buffer->data + size, 0, PADDING);
    return buffer;
}

Buffer *buffer_wrap(void *data, int64_t size, void (*release)(Buffer *), void *owner) {
    Buffer *buffer = allocate(sizeof *buffer);
    *buffer = (Buffer){
        .reference_count = 1, .size = size, .data = data, .release = release, .owner = owner};
    return buffer;
}

Status buffer_reserve(Context *cx, MemoryPool *pool, int64_t size, Buffer **ret_buffer) {
    if (pool != NULL) {
        TRY(pool_reserve(cx, pool, buffer_allocated_bytes(size)));
    }
    *ret_buffer = buffer_create(size);
    (*ret_buffer)->pool = pool;
    return OK;
}

Buffer *buffer_ref(Buffer *buffer) {
    if (buffer != NULL) {
        atomic_fetch_add_explicit(&buffer->reference_count, 1, memory_order_relaxed);
    }
    return buffer;
}

void buffer_unref(Buffer *buffer) {
    if (buffer == NULL ||
        atomic_fetch_sub_explicit(&buffer->reference_count, 1, memory_order_acq_rel) > 1) {
        return;
    }
    if (buffer->pool != NULL) {
        pool_release(buffer->pool, buffer_allocated_bytes(buffer->size));
    }
    if (buffer->release != NULL) {
        buffer->release(buffer);
    }
    free(buffer);
}

void byte_string_done(ByteString *string) {
    free(string->data);
    *string = (ByteString){0};
}

void byte_string_reserve(ByteString *string, size_t more) {
    size_t needed = string->size + more;
    if (needed <= string->capacity) {
        return;
    }
    size_t capacity = string->capacity < 64 ? 64 : string->capacity * 2;
    string->capacity = capacity < needed ? needed : capacity;
    string->data = reallocate(string->data, string->capacity);
}

void byte_string_append(ByteString *string, const void *bytes, size_t size) {
    if (size == 0) {
        return;
    }
    byte_string_reserve(string, size);
    memcpy(string->data + string->size, bytes, size);
    string->size += size;
}

void byte_string_append_text(ByteString *string, const char *text) {
    byte_string_append(string, text, strlen(text));
}

void byte_string_append_char(ByteString *string, char c) {
    byte_string_append(string, &c, 1);
}

void byte_string_vprintf(ByteString *string, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    assert(length >= 0);
    byte_string_reserve(string, (size_t)length + 1);
    vsnprintf(string->data + string->size, (size_t)length + 1, format, again);
    va_end(again);
    string->size += (size_t)length;
}

void byte_string_printf(ByteString *string, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    byte_string_vprintf(string, format, arguments);
    va_end(arguments);
}

const char *byte_string_text(ByteString *string) {
    byte_string_reserve(string, 1);
    string->data[string->size] = '\0';
    return string->data;
}
