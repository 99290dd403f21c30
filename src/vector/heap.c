/*
 * The bytes of strings. A vector being built copies long strings to the tail of its last heap;
 * heaps grow with the vector, so even a large one has few of them, which keeps sharing them (one
 * reference each) cheap.
 */
#include <assert.h>

#include "base/allocate.h"
#include "vector/build.h"

enum { HEAP_FIRST = 1024, HEAP_MAX = 16 << 20, RECENT_HEAPS = 8 };

static void add_heap(Vector *vector, Buffer *heap) {
    if (vector->heap_count == vector->heap_capacity) {
        vector->heap_capacity = vector->heap_capacity < 4 ? 4 : vector->heap_capacity * 2;
        vector->heaps = reallocate(vector->heaps, (size_t)vector->heap_capacity * sizeof(Buffer *));
    }
    vector->heaps[vector->heap_count++] = heap;
}

/*
 * Doubles with what the vector was built with so far; the first heap follows the expected number of
 * rows.
 */
static size_t next_heap_size(const Vector *vector, size_t size) {
    size_t next = (size_t)vector->capacity * 8;
    if (vector->heap_tail != NULL) {
        next = (size_t)vector->heaps[vector->heap_count - 1]->size * 2;
    }
    next = next < HEAP_FIRST ? HEAP_FIRST : next > HEAP_MAX ? HEAP_MAX : next;
    return next < size ? size : next;
}

char *vector_reserve_string(Vector *vector, size_t size) {
    assert(vector->encoding == ENCODING_FLAT && vector->type->layout == LAYOUT_STRING);
    if (size > vector->heap_left || vector->heap_tail == NULL) {
        Buffer *heap = buffer_create((int64_t)next_heap_size(vector, size));
        add_heap(vector, heap);
        vector->heap_tail = (char *)heap->data;
        vector->heap_left = (size_t)heap->size;
    }
    return vector->heap_tail;
}

void vector_finish_string(Vector *vector, int32_t row, const char *bytes, size_t final_size) {
    assert(row >= 0 && row < vector->length);
    VECTOR_DATA(vector, StringView)[row] = string_view(bytes, final_size);
    if (final_size > 12 && bytes == vector->heap_tail) {
        assert(final_size <= vector->heap_left);
        vector->heap_tail += final_size;
        vector->heap_left -= final_size;
    }
}

void vector_set_string(Vector *vector, int32_t row, const char *bytes, size_t size) {
    assert(row >= 0 && row < vector->length);
    assert(vector->encoding == ENCODING_FLAT && vector->type->layout == LAYOUT_STRING);
    StringView *view = &VECTOR_DATA(vector, StringView)[row];
    if (size <= 12) {
        *view = string_view(bytes, size);
        return;
    }
    char *copy = vector_reserve_string(vector, size);
    memcpy(copy, bytes, size);
    *view = string_view(copy, size);
    vector->heap_tail += size;
    vector->heap_left -= size;
}

void vector_set_first_string(Vector *vector, const char *bytes, size_t size) {
    if (size > 12) {
        Buffer *heap = buffer_create((int64_t)size);
        bytes = memcpy(heap->data, bytes, size);
        add_heap(vector, heap);
    }
    *VECTOR_DATA(vector, StringView) = string_view(bytes, size);
}

static bool recently_added(const Vector *vector, const Buffer *heap) {
    int32_t first = vector->heap_count > RECENT_HEAPS ? vector->heap_count - RECENT_HEAPS : 0;
    for (int32_t i = vector->heap_count - 1; i >= first; i--) {
        if (vector->heaps[i] == heap) {
            return true;
        }
    }
    return false;
}

void vector_share_heaps(Vector *vector, const Vector *source) {
    const Vector *base = source->encoding == ENCODING_DICTIONARY ? source->base : source;
    bool check = vector->heap_count > 0;
    for (int32_t i = 0; i < base->heap_count; i++) {
        if (!check || !recently_added(vector, base->heaps[i])) {
            add_heap(vector, buffer_ref(base->heaps[i]));
        }
    }
}
