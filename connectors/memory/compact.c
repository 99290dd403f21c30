/*
 * Strings at rest: a dictionary when there are few distinct values, else one heap for the whole
 * chunk.
 *
 * Batches that arrive carry their own heaps; a chunk that kept them would keep everything that
 * their memory was part of.
 */
#include <stdlib.h>

#include "memory.h"

enum {
    DICTIONARY_VALUES_MAX = 4096,
    DICTIONARY_SLOTS = 16384, /* a quarter full at most */
    DICTIONARY_ROWS_PER_VALUE = 8,
};

static uint64_t hash_bytes(const char *bytes, uint32_t size) {
    uint64_t hash = size * 0x9E3779B97F4A7C15u;
    while (size >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
        hash ^= hash >> 32;
        bytes += 8;
        size -= 8;
    }
    uint64_t word = 0;
    memcpy(&word, bytes, size);
    hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
    return hash ^ hash >> 32;
}

/* One heap that holds the bytes of all the views that are not inline. */
static void move_to_one_heap(Vector *values) {
    StringView *views = values->data;
    size_t total = 0;
    for (int32_t i = 0; i < values->length; i++) {
        bool null = values->nulls != NULL && bitmap_get(values->nulls, i);
        if (null) {
            views[i].length = 0;
        }
        total += views[i].length > 12 ? views[i].length : 0;
    }
    Buffer *heap = buffer_create((int64_t)total + 1);
    char *next = (char *)heap->data;
    for (int32_t i = 0; i < values->length; i++) {
        if (views[i].length > 12) {
            memcpy(next, views[i].pointer, views[i].length);
            views[i].pointer = next;
            next += views[i].length;
        }
    }
    for (int32_t i = 0; i < values->heap_count; i++) {
        buffer_unref(values->heaps[i]);
    }
    if (values->heap_capacity == 0) {
        values->heaps = malloc(sizeof *values->heaps);
        values->heap_capacity = 1;
    }
    values->heaps[0] = heap;
    values->heap_count = 1;
    values->heap_tail = NULL;
    values->heap_left = 0;
}

/* The rows of the distinct values and each row's index among them; -1 when there are too many.
 * Nulls are one value. */
static int32_t find_distinct(const Vector *values, int32_t *indices, int32_t *distinct_rows) {
    int32_t limit = values->length / DICTIONARY_ROWS_PER_VALUE, count = 0, null_index = -1;
    limit = limit < DICTIONARY_VALUES_MAX ? limit : DICTIONARY_VALUES_MAX;
    const StringView *views = values->data;
    int16_t *slots = malloc(sizeof *slots * DICTIONARY_SLOTS);
    memset(slots, 0xFF, sizeof *slots * DICTIONARY_SLOTS);
    for (int32_t i = 0; i < values->length && count <= limit; i++) {
        if (values->nulls != NULL && bitmap_get(values->nulls, i)) {
            if (null_index < 0) {
                null_index = count;
                distinct_rows[count++] = i;
            }
            indices[i] = null_index;
            continue;
        }
        uint64_t slot = hash_bytes(string_data(&views[i]), views[i].length) % DICTIONARY_SLOTS;
        while (slots[slot] >= 0 && !string_equal(&views[distinct_rows[slots[slot]]], &views[i])) {
            slot = (slot + 1) % DICTIONARY_SLOTS;
        }
        if (slots[slot] < 0) {
            slots[slot] = (int16_t)count;
            distinct_rows[count++] = i;
        }
        indices[i] = slots[slot];
    }
    free(slots);
    return count <= limit ? count : -1;
}

Vector *compact_strings(Vector *values) {
    Buffer *indices = buffer_create((int64_t)sizeof(int32_t) * values->length + 4);
    int32_t *distinct_rows = malloc(sizeof *distinct_rows * (DICTIONARY_VALUES_MAX + 2));
    int32_t count = find_distinct(values, (int32_t *)indices->data, distinct_rows);
    Vector *result = values;
    if (count >= 0) {
        Vector *base = vector_gather(values, distinct_rows, count);
        move_to_one_heap(base);
        result = vector_create_dictionary(base, indices, values->length);
        vector_unref(values);
    } else {
        buffer_unref(indices);
        move_to_one_heap(values);
    }
    free(distinct_rows);
    return result;
}
