/*
 * A page's payload back into columns. Values and string bytes are used where they lie: each buffer
 * made here holds a reference to the payload. Every size, index and length is checked against what
 * is there before it is used.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "vector/build.h"
#include "vector/page_columns.h"

enum { ARRAY_ALIGNMENT = 16 };

static Status corrupt(PageReader *reader) {
    return FAIL(reader->cx, SERIALIZATION_ERROR, "A page is corrupt at byte %lld of its payload",
                (long long)reader->position);
}

static Status read_bytes(PageReader *reader, void *out, int64_t size) {
    if (reader->payload->size - reader->position < size) {
        return corrupt(reader);
    }
    memcpy(out, reader->payload->data + reader->position, (size_t)size);
    reader->position += size;
    return OK;
}

static Status read_array(PageReader *reader, int64_t size, uint8_t **ret_array) {
    int64_t start = (reader->position + ARRAY_ALIGNMENT - 1) / ARRAY_ALIGNMENT * ARRAY_ALIGNMENT;
    int64_t available = reader->payload->size;
    if (size < 0 || start > available || available - start < size) {
        return corrupt(reader);
    }
    *ret_array = reader->payload->data + start;
    reader->position = start + size;
    return OK;
}

static void release_payload(Buffer *buffer) {
    buffer_unref(buffer->owner);
}

static Buffer *part_of_payload(PageReader *reader, uint8_t *array, int64_t size) {
    return buffer_wrap(array, size, release_payload, buffer_ref(reader->payload));
}

static Status read_nulls(PageReader *reader, Vector *vector, int32_t length) {
    uint8_t nullable, *bits;
    TRY(read_bytes(reader, &nullable, 1));
    if (nullable == 0) {
        return OK;
    }
    int64_t size = (int64_t)(bitmap_words(length) * sizeof(uint64_t));
    TRY(read_array(reader, size, &bits));
    vector->nulls_buffer = part_of_payload(reader, bits, size);
    vector->nulls = (uint64_t *)bits;
    return OK;
}

static Status read_fixed(PageReader *reader, Vector *vector, int32_t length) {
    uint8_t *values;
    int64_t size = (int64_t)length * vector->type->width;
    TRY(read_array(reader, size, &values));
    vector->data_buffer = part_of_payload(reader, values, size);
    vector->data = values;
    return OK;
}

static Status read_strings(PageReader *reader, Vector *vector, int32_t length) {
    uint8_t *array, *bytes;
    TRY(read_array(reader, (int64_t)length * 4, &array));
    const uint32_t *lengths = (const uint32_t *)array;
    int64_t total = 0;
    for (int32_t i = 0; i < length; i++) {
        total += lengths[i];
    }
    TRY(read_array(reader, total, &bytes));
    vector->data_buffer = buffer_create((int64_t)length * (int64_t)sizeof(StringView));
    vector->data = vector->data_buffer->data;
    StringView *views = vector->data;
    const char *next = (const char *)bytes;
    bool heap = false;
    for (int32_t i = 0; i < length; i++) {
        views[i] = string_view(next, lengths[i]);
        heap |= lengths[i] > 12;
        next += lengths[i];
    }
    if (heap) {
        vector->heaps = allocate(sizeof(Buffer *));
        vector->heaps[0] = part_of_payload(reader, bytes, total);
        vector->heap_count = vector->heap_capacity = 1;
    }
    return OK;
}

static Status read_lists(PageReader *reader, Vector *vector, int32_t length) {
    uint8_t *array;
    TRY(read_array(reader, (int64_t)length * 4, &array));
    const int32_t *lengths = (const int32_t *)array;
    vector->data_buffer = buffer_create((int64_t)length * (int64_t)sizeof(ListEntry));
    vector->data = vector->data_buffer->data;
    ListEntry *entries = vector->data;
    int64_t total = 0;
    for (int32_t i = 0; i < length; i++) {
        entries[i] = (ListEntry){.offset = (int32_t)total, .length = lengths[i]};
        total += lengths[i];
        if (lengths[i] < 0 || total > INT32_MAX) {
            return corrupt(reader);
        }
    }
    for (int32_t child = 0; child < vector->child_count; child++) {
        TRY(page_column_read(reader, vector->type->children[child], (int32_t)total,
                             &vector->children[child]));
    }
    return OK;
}

static Status read_flat(PageReader *reader, Vector *vector, int32_t length) {
    TRY(read_nulls(reader, vector, length));
    switch (vector->type->layout) {
    case LAYOUT_STRING:
        return read_strings(reader, vector, length);
    case LAYOUT_LIST:
        return read_lists(reader, vector, length);
    case LAYOUT_ROW:
        for (int32_t child = 0; child < vector->child_count; child++) {
            TRY(page_column_read(reader, vector->type->children[child], length,
                                 &vector->children[child]));
        }
        return OK;
    default:
        return read_fixed(reader, vector, length);
    }
}

static Status read_flat_vector(PageReader *reader, const Type *type, Encoding encoding,
                               int32_t length, Vector **ret_column) {
    int32_t stored = encoding == ENCODING_CONSTANT ? 1 : length;
    Vector *vector = vector_allocate(type, encoding, length);
    vector->capacity = stored;
    if (read_flat(reader, vector, stored) != OK) {
        vector_unref(vector);
        return FAILED;
    }
    *ret_column = vector;
    return OK;
}

static Status read_dictionary(PageReader *reader, const Type *type, int32_t length,
                              Vector **ret_column) {
    int32_t base_length;
    uint8_t *array;
    TRY(read_bytes(reader, &base_length, sizeof base_length));
    TRY(read_array(reader, (int64_t)length * 4, &array));
    const int32_t *indices = (const int32_t *)array;
    int32_t largest = -1, smallest = 0;
    for (int32_t i = 0; i < length; i++) {
        largest = indices[i] > largest ? indices[i] : largest;
        smallest = indices[i] < smallest ? indices[i] : smallest;
    }
    if (base_length < 0 || base_length > length || smallest < 0 || largest >= base_length) {
        return corrupt(reader);
    }
    Vector *base;
    TRY(read_flat_vector(reader, type, ENCODING_FLAT, base_length, &base));
    *ret_column =
        vector_create_dictionary(base, part_of_payload(reader, array, (int64_t)length * 4), length);
    return OK;
}

Status page_column_read(PageReader *reader, const Type *type, int32_t length, Vector **ret_column) {
    uint8_t encoding;
    TRY(read_bytes(reader, &encoding, 1));
    switch (encoding) {
    case ENCODING_FLAT:
    case ENCODING_CONSTANT:
        return read_flat_vector(reader, type, (Encoding)encoding, length, ret_column);
    case ENCODING_DICTIONARY:
        return read_dictionary(reader, type, length, ret_column);
    default:
        return corrupt(reader);
    }
}
