/*
 * malloc for what must not fail. Sizes that grow with data are reserved in a pool before they are
 * allocated, so a failure here means that the machine broke its promise: the process says so and
 * aborts. Never returns NULL. Threads: any.
 */
#pragma once

#include <stddef.h>

void *allocate(size_t size); /* uninitialised; size 0 is legal; free() ends it */
void *allocate_zeroed(size_t size);
void *allocate_aligned(size_t alignment, size_t size); /* size is rounded up to the alignment */
void *reallocate(void *memory, size_t size);
char *allocate_copy_of(const char *text); /* NULL gives NULL */
