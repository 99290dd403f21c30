/*
 * Gather, select, slice, flatten, retype: new vectors out of old ones. Whatever can be shared is
 * shared (heaps, children of lists, dictionaries' bases); only values of fixed width, indices and
 * null bits are moved, in bulk.
 */
#include "vector/reshape.h"

#include <assert.h>
#include <stdlib.h>

#include "vector/build.h"

static void set_nulls(Vector *vector, Buffer *nulls) {
    vector->nulls_buffer = nulls;
    vector->nulls = (uint64_t *)nulls->data;
}

/* A FLAT vector with value buffer, but children and heaps still to be set. */
static Vector *flat_shell(const Type *type, int32_t length) {
    Vector *vector = vector_allocate(type, ENCODING_FLAT, length);
    vector->capacity = length;
    if (type->layout != LAYOUT_ROW) {
        vector->data_buffer = buffer_create((int64_t)length * type->width);
        vector->data = vector->data_buffer->data;
    }
    return vector;
}

static Vector *gather_flat(const Vector *source, const int32_t *rows, int32_t count) {
    Vector *vector = flat_shell(source->type, count);
    gather_values(vector->data, source->data, rows, count, source->type->width);
    if (source->nulls != NULL) {
        Buffer *nulls = nulls_create(count);
        if (gather_bits((uint64_t *)nulls->data, source->nulls, rows, count)) {
            set_nulls(vector, nulls);
        } else {
            buffer_unref(nulls);
        }
    }
    for (int32_t i = 0; i < vector->child_count; i++) {
        vector->children[i] = source->type->layout == LAYOUT_ROW
                                  ? vector_gather(source->children[i], rows, count)
                                  : vector_ref(source->children[i]);
    }
    vector_share_heaps(vector, source);
    return vector;
}

Vector *vector_gather(const Vector *source, const int32_t *rows, int32_t count) {
    switch (source->encoding) {
    case ENCODING_CONSTANT:
        return vector_constant_of_length(source, count);
    case ENCODING_DICTIONARY: {
        Buffer *indices = buffer_create((int64_t)count * (int64_t)sizeof(int32_t));
        gather_values(indices->data, source->indices, rows, count, sizeof(int32_t));
        return vector_create_dictionary(vector_ref(source->base), indices, count);
    }
    case ENCODING_FLAT:
        break;
    }
    return gather_flat(source, rows, count);
}

Vector *vector_gather_or_null(const Vector *source, const int32_t *rows, int32_t count) {
    int32_t missing = 0;
    for (int32_t i = 0; i < count; i++) {
        missing += rows[i] < 0;
    }
    if (missing == 0) {
        return vector_gather(source, rows, count);
    }
    if (missing == count) {
        return vector_create_null(source->type, count);
    }
    Buffer *present = buffer_create((int64_t)count * (int64_t)sizeof(int32_t));
    int32_t *present_rows = (int32_t *)present->data;
    int32_t stand_in = -1;
    for (int32_t i = 0; stand_in < 0; i++) {
        stand_in = rows[i];
    }
    for (int32_t i = 0; i < count; i++) {
        present_rows[i] = rows[i] < 0 ? stand_in : rows[i];
    }
    Vector *gathered = vector_gather(source, present_rows, count);
    Vector *vector = vector_flatten(gathered);
    vector_unref(gathered);
    buffer_unref(present);
    uint64_t *nulls = vector_writable_nulls(vector);
    for (int32_t i = 0; i < count; i++) {
        nulls[i >> 6] |= (uint64_t)(rows[i] < 0) << (i & 63);
    }
    return vector;
}

Vector *vector_select(Vector *source, Buffer *indices, int32_t count) {
    return vector_create_dictionary(vector_ref(source), buffer_ref(indices), count);
}

static Vector *slice_flat(Vector *source, int32_t offset, int32_t length) {
    Vector *vector = vector_share(source);
    vector->length = length;
    vector->capacity = length;
    if (source->data != NULL) {
        vector->data = (char *)source->data + (size_t)offset * source->type->width;
    }
    if (source->nulls != NULL && (offset & 63) == 0) {
        vector->nulls = source->nulls + (offset >> 6);
    } else if (source->nulls != NULL) {
        buffer_unref(vector->nulls_buffer);
        set_nulls(vector, nulls_create(length));
        copy_bits(vector->nulls, 0, source->nulls, offset, length);
    }
    for (int32_t i = 0; source->type->layout == LAYOUT_ROW && i < vector->child_count; i++) {
        vector_unref(vector->children[i]);
        vector->children[i] = vector_slice(source->children[i], offset, length);
    }
    return vector;
}

Vector *vector_slice(Vector *source, int32_t offset, int32_t length) {
    assert(offset >= 0 && length >= 0);
    assert(offset + length <= source->length);
    if (length == source->length) {
        return vector_ref(source);
    }
    switch (source->encoding) {
    case ENCODING_CONSTANT:
        return vector_constant_of_length(source, length);
    case ENCODING_DICTIONARY: {
        Vector *vector = vector_share(source);
        vector->indices = source->indices + offset;
        vector->length = length;
        return vector;
    }
    case ENCODING_FLAT:
        break;
    }
    return slice_flat(source, offset, length);
}

static Vector *flatten_constant(const Vector *source) {
    int32_t length = source->length;
    Vector *vector = flat_shell(source->type, length);
    fill_values(vector->data, source->data, length, source->type->width);
    if (source->nulls != NULL && bitmap_get(source->nulls, 0)) {
        set_nulls(vector, nulls_create(length));
        fill_bits(vector->nulls, 0, length, true);
    }
    for (int32_t i = 0; i < vector->child_count; i++) {
        vector->children[i] = source->type->layout == LAYOUT_ROW
                                  ? vector_create_constant(source->children[i], 0, length)
                                  : vector_ref(source->children[i]);
    }
    vector_share_heaps(vector, source);
    return vector;
}

Vector *vector_flatten(Vector *source) {
    switch (source->encoding) {
    case ENCODING_CONSTANT:
        return flatten_constant(source);
    case ENCODING_DICTIONARY:
        return gather_flat(source->base, source->indices, source->length);
    case ENCODING_FLAT:
        break;
    }
    return vector_ref(source);
}

Vector *vector_retype(Vector *source, const Type *type) {
    assert(source->type->layout == type->layout);
    if (source->type == type) {
        return vector_ref(source);
    }
    Vector *vector = vector_share(source);
    vector->type = type;
    if (vector->base != NULL) {
        vector_unref(vector->base);
        vector->base = vector_retype(source->base, type);
    }
    for (int32_t i = 0; i < vector->child_count; i++) {
        vector_unref(vector->children[i]);
        vector->children[i] = vector_retype(source->children[i], type->children[i]);
    }
    return vector;
}

static int64_t buffer_bytes(const Buffer *buffer) {
    return buffer != NULL ? buffer->size : 0;
}

int64_t vector_bytes(const Vector *vector) {
    int64_t bytes = (int64_t)sizeof *vector + buffer_bytes(vector->data_buffer) +
                    buffer_bytes(vector->nulls_buffer) + buffer_bytes(vector->indices_buffer);
    for (int32_t i = 0; i < vector->heap_count; i++) {
        bytes += buffer_bytes(vector->heaps[i]);
    }
    for (int32_t i = 0; i < vector->child_count; i++) {
        bytes += vector_bytes(vector->children[i]);
    }
    return vector->base != NULL ? bytes + vector_bytes(vector->base) : bytes;
}
