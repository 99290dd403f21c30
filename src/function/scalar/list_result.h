/*
 * Building array and map results: elements are appended to the children of the result, then the
 * row's entry is set to them. Children grow by doubling; a kernel that fails a row may leave
 * elements that no row refers to.
 */
#pragma once

#include "function/function.h"

/* Where the next element of child `index` will be. */
static inline int32_t list_position(const KernelCall *call, int32_t index) {
    return call->result->children[index]->length;
}

/* Makes room for one more element of a child; gives its row, which is to be set. */
static inline int32_t list_grow(Vector *child) {
    int32_t row = child->length;
    vector_resize(child, row + 1);
    return row;
}

static inline void list_append_string(Vector *child, const char *bytes, size_t size) {
    int32_t row = list_grow(child);
    vector_set_string(child, row, bytes, size);
}

/* The row's entry: everything from `start` to the end of the first child. */
static inline void list_finish(KernelCall *call, int32_t row, int32_t start) {
    KERNEL_RESULT(call, ListEntry)
    [row] = (ListEntry){start, call->result->children[0]->length - start};
}
