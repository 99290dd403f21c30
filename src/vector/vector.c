/*
 * Making, sharing and ending vectors. A vector is one small struct that holds references to
 * buffers; everything here either fills in such a struct or takes references. Data is only copied
 * when a vector grows or must become exclusive.
 */
#include "warren/vector.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "vector/build.h"

Vector *vector_allocate(const Type *type, Encoding encoding, int32_t length) {
    assert(length >= 0);
    Vector *vector = allocate_zeroed(sizeof *vector);
    vector->reference_count = 1;
    vector->encoding = encoding;
    vector->type = type;
    vector->length = length;
    bool nested = type->layout == LAYOUT_LIST || type->layout == LAYOUT_ROW;
    if (nested && encoding != ENCODING_DICTIONARY) {
        vector->child_count = type->child_count;
        vector->children = allocate_zeroed((size_t)type->child_count * sizeof(Vector *));
    }
    return vector;
}

Vector *vector_create(const Type *type, int32_t length) {
    Vector *vector = vector_allocate(type, ENCODING_FLAT, length);
    vector->capacity = length;
    for (int32_t i = 0; i < vector->child_count; i++) {
        vector->children[i] =
            vector_create(type->children[i], type->layout == LAYOUT_ROW ? length : 0);
        if (type->layout == LAYOUT_ROW && type->children[i]->width > 0) {
            /* fields of null rows are never set, but must be readable */
            memset(vector->children[i]->data, 0, (size_t)length * type->children[i]->width);
        }
    }
    if (type->layout != LAYOUT_ROW) {
        vector->data_buffer = buffer_create((int64_t)length * type->width);
        vector->data = vector->data_buffer->data;
    }
    return vector;
}

Buffer *nulls_create(int32_t capacity) {
    size_t size = bitmap_words(capacity) * sizeof(uint64_t);
    Buffer *buffer = buffer_create((int64_t)size);
    memset(buffer->data, 0, size);
    return buffer;
}

static void set_nulls_buffer(Vector *vector, Buffer *nulls) {
    vector->nulls_buffer = nulls;
    vector->nulls = nulls != NULL ? (uint64_t *)nulls->data : NULL;
}

Vector *vector_create_null(const Type *type, int32_t length) {
    Vector *vector = vector_create(type, 1);
    vector->encoding = ENCODING_CONSTANT;
    vector->length = length;
    if (type->width > 0) {
        memset(vector->data, 0, type->width);
    }
    for (int32_t i = 0; type->layout == LAYOUT_ROW && i < vector->child_count; i++) {
        vector_unref(vector->children[i]);
        vector->children[i] = vector_create_null(type->children[i], 1);
    }
    set_nulls_buffer(vector, nulls_create(1));
    bitmap_set(vector->nulls, 0);
    return vector;
}

Vector *vector_create_constant(const Vector *source, int32_t row, int32_t length) {
    assert(row >= 0 && row < source->length);
    if (source->encoding == ENCODING_CONSTANT) {
        return vector_constant_of_length(source, length);
    }
    VectorView view = vector_view(source);
    int32_t index = view_index(&view, row);
    if (view.nulls != NULL && bitmap_get(view.nulls, index)) {
        return vector_create_null(source->type, length);
    }
    const Vector *base = view.vector;
    Vector *vector = vector_allocate(source->type, ENCODING_CONSTANT, length);
    vector->capacity = 1;
    for (int32_t i = 0; i < vector->child_count; i++) {
        vector->children[i] = vector->type->layout == LAYOUT_ROW
                                  ? vector_create_constant(base->children[i], index, 1)
                                  : vector_ref(base->children[i]);
    }
    if (vector->type->layout == LAYOUT_ROW) {
        return vector;
    }
    size_t width = source->type->width;
    vector->data_buffer = buffer_create((int64_t)width);
    vector->data = vector->data_buffer->data;
    const char *value = (const char *)base->data + (size_t)index * width;
    memcpy(vector->data, value, width);
    if (source->type->layout == LAYOUT_STRING) {
        const StringView *text = (const StringView *)value;
        vector_set_first_string(vector, string_data(text), text->length);
    }
    return vector;
}

Vector *vector_constant_of_length(const Vector *source, int32_t length) {
    assert(source->encoding == ENCODING_CONSTANT);
    if (length == source->length) {
        return vector_ref((Vector *)source);
    }
    Vector *vector = vector_share(source);
    vector->length = length;
    return vector;
}

/* indices[i] = base->indices[indices[i]], in a new buffer; takes over `indices`. */
static Buffer *compose_indices(const int32_t *inner, Buffer *indices, int32_t length) {
    Buffer *composed = buffer_create((int64_t)length * (int64_t)sizeof(int32_t));
    gather_values(composed->data, inner, (const int32_t *)indices->data, length, sizeof(int32_t));
    buffer_unref(indices);
    return composed;
}

Vector *vector_create_dictionary(Vector *base, Buffer *indices, int32_t length) {
    assert(indices->size >= (int64_t)length * (int64_t)sizeof(int32_t));
    Vector *vector;
    if (base->encoding == ENCODING_CONSTANT) {
        vector = vector_constant_of_length(base, length);
        buffer_unref(indices);
        vector_unref(base);
        return vector;
    }
    vector = vector_allocate(base->type, ENCODING_DICTIONARY, length);
    vector->base = base;
    vector->indices_buffer = indices;
    if (base->encoding == ENCODING_DICTIONARY) {
        vector->indices_buffer = compose_indices(base->indices, indices, length);
        vector->base = vector_ref(base->base);
        vector_unref(base);
    }
    vector->indices = (const int32_t *)vector->indices_buffer->data;
    return vector;
}

Vector *vector_wrap(const Type *type, int32_t length, Buffer *data, Buffer *nulls) {
    Vector *vector = vector_allocate(type, ENCODING_FLAT, length);
    vector->capacity = length;
    vector->data_buffer = data;
    vector->data = data != NULL ? data->data : NULL;
    set_nulls_buffer(vector, nulls);
    return vector;
}

Vector *vector_ref(Vector *vector) {
    if (vector != NULL) {
        atomic_fetch_add_explicit(&vector->reference_count, 1, memory_order_relaxed);
    }
    return vector;
}

void vector_unref(Vector *vector) {
    if (vector == NULL ||
        atomic_fetch_sub_explicit(&vector->reference_count, 1, memory_order_acq_rel) > 1) {
        return;
    }
    vector_unref(vector->base);
    for (int32_t i = 0; i < vector->child_count; i++) {
        vector_unref(vector->children[i]);
    }
    for (int32_t i = 0; i < vector->heap_count; i++) {
        buffer_unref(vector->heaps[i]);
    }
    buffer_unref(vector->data_buffer);
    buffer_unref(vector->nulls_buffer);
    buffer_unref(vector->indices_buffer);
    free(vector->children);
    free(vector->heaps);
    free(vector);
}

Vector *vector_share(const Vector *source) {
    Vector *vector = allocate(sizeof *vector);
    memcpy(vector, source, sizeof *vector);
    vector->reference_count = 1;
    vector->heap_tail = NULL;
    vector->heap_left = 0;
    vector_ref(vector->base);
    buffer_ref(vector->data_buffer);
    buffer_ref(vector->nulls_buffer);
    buffer_ref(vector->indices_buffer);
    if (source->children != NULL) {
        size_t size = (size_t)source->child_count * sizeof(Vector *);
        vector->children = memcpy(allocate(size), source->children, size);
        for (int32_t i = 0; i < source->child_count; i++) {
            vector_ref(vector->children[i]);
        }
    }
    vector->heaps = NULL;
    vector->heap_count = vector->heap_capacity = 0;
    if (source->encoding != ENCODING_DICTIONARY) {
        vector_share_heaps(vector, source);
    }
    return vector;
}

bool vector_is_writable(const Vector *vector) {
    return vector->encoding == ENCODING_FLAT && vector->reference_count == 1 &&
           (vector->data_buffer == NULL || vector->data_buffer->reference_count == 1) &&
           (vector->nulls_buffer == NULL || vector->nulls_buffer->reference_count == 1);
}

void vector_make_writable(Vector **slot) {
    if (vector_is_writable(*slot)) {
        return;
    }
    Vector *copy = vector_create((*slot)->type, 0);
    vector_append(copy, *slot, NULL, (*slot)->length);
    vector_unref(*slot);
    *slot = copy;
}

uint64_t *vector_writable_nulls(Vector *vector) {
    assert(vector_is_writable(vector));
    if (vector->nulls == NULL) {
        set_nulls_buffer(vector, nulls_create(vector->capacity));
    }
    return vector->nulls;
}

void vector_set_null(Vector *vector, int32_t row) {
    assert(row >= 0 && row < vector->length);
    bitmap_set(vector_writable_nulls(vector), row);
    if (vector->type->width > 0) {
        size_t width = vector->type->width;
        memset((char *)vector->data + (size_t)row * width, 0, width);
    }
    for (int32_t i = 0; vector->type->layout == LAYOUT_ROW && i < vector->child_count; i++) {
        if (vector_is_writable(vector->children[i])) { /* else it holds values of another vector */
            vector_set_null(vector->children[i], row);
        }
    }
}

/* New buffers of `capacity` rows with the old contents. */
static void grow(Vector *vector, int32_t capacity) {
    size_t width = vector->type->width;
    if (width > 0) {
        Buffer *data = buffer_create((int64_t)capacity * (int64_t)width);
        if (vector->length > 0) {
            memcpy(data->data, vector->data, (size_t)vector->length * width);
        }
        buffer_unref(vector->data_buffer);
        vector->data_buffer = data;
        vector->data = data->data;
    }
    if (vector->nulls != NULL) {
        Buffer *nulls = nulls_create(capacity);
        size_t words = bitmap_words(vector->length);
        memcpy(nulls->data, vector->nulls, words * sizeof(uint64_t));
        buffer_unref(vector->nulls_buffer);
        set_nulls_buffer(vector, nulls);
    }
    vector->capacity = capacity;
}

void vector_resize(Vector *vector, int32_t length) {
    assert(length >= 0);
    assert(vector_is_writable(vector));
    if (length > vector->capacity) {
        int64_t doubled = (int64_t)vector->capacity * 2;
        int64_t capacity = doubled > length ? doubled : length;
        capacity = capacity < 16 ? 16 : capacity;
        grow(vector, capacity > INT32_MAX ? INT32_MAX : (int32_t)capacity);
    }
    if (length > vector->length && vector->nulls != NULL) {
        fill_bits(vector->nulls, vector->length, length - vector->length, false);
    }
    for (int32_t i = 0; vector->type->layout == LAYOUT_ROW && i < vector->child_count; i++) {
        vector_make_writable(&vector->children[i]);
        vector_resize(vector->children[i], length);
    }
    vector->length = length;
}

bool vector_may_have_nulls(const Vector *vector) {
    const Vector *base = vector->encoding == ENCODING_DICTIONARY ? vector->base : vector;
    return base->nulls != NULL;
}
