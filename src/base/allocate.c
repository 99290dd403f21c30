/*
 * Allocation that aborts instead of failing. One place for it, so that no caller carries a branch
 * that can never be tested.
 */
#include "base/allocate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory, size_t size) {
    if (memory == NULL) {
        fprintf(stderr, "out of memory: %zu bytes\n", size);
        abort();
    }
    return memory;
}

void *allocate(size_t size) {
    return checked(malloc(size > 0 ? size : 1), size);
}

void *allocate_zeroed(size_t size) {
    return checked(calloc(1, size > 0 ? size : 1), size);
}

void *allocate_aligned(size_t alignment, size_t size) {
    size_t rounded = (size + alignment - 1) & ~(alignment - 1);
    return checked(aligned_alloc(alignment, rounded), rounded);
}

void *reallocate(void *memory, size_t size) {
    return checked(realloc(memory, size > 0 ? size : 1), size);
}

char *allocate_copy_of(const char *text) {
    if (text == NULL) {
        return NULL;
    }
    size_t size = strlen(text) + 1;
    return memcpy(allocate(size), text, size);
}
