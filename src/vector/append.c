/*
 * Appending and copying values into a writable vector. Strings are copied into the vector's own
 * heap, so that the result keeps no source alive; elements of lists go to the end of the child
 * vectors in runs as long as possible.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "vector/build.h"

/*
 * Resolves rows of an encoded source to positions of its flat or constant base, for at most this
 * many rows at a time.
 */
enum { CHUNK = 1024 };

static void copy_strings(Vector *vector, int32_t row, const Vector *base, const int32_t *rows,
                         int32_t count) {
    const StringView *restrict in = base->data;
    StringView *restrict out = VECTOR_DATA(vector, StringView) + row;
    size_t total = 0;
    for (int32_t i = 0; i < count; i++) {
        StringView view = in[rows[i]];
        bool null = base->nulls != NULL && bitmap_get(base->nulls, rows[i]);
        out[i] = null ? (StringView){0} : view;
        total += out[i].length > 12 ? out[i].length : 0;
    }
    if (total == 0) {
        return;
    }
    char *bytes = vector_reserve_string(vector, total);
    for (int32_t i = 0; i < count; i++) {
        if (out[i].length > 12) {
            memcpy(bytes, out[i].pointer, out[i].length);
            out[i].pointer = bytes;
            bytes += out[i].length;
        }
    }
    vector->heap_tail += total;
    vector->heap_left -= total;
}

/*
 * Element rows of all lists at rows, in order, go to the end of every child; entries are set to
 * where they came to lie.
 */
static void copy_lists(Vector *vector, int32_t row, const Vector *base, const int32_t *rows,
                       int32_t count) {
    const ListEntry *in = base->data;
    ListEntry *out = VECTOR_DATA(vector, ListEntry) + row;
    int32_t offset = vector->children[0]->length;
    int64_t total = 0;
    for (int32_t i = 0; i < count; i++) {
        bool null = base->nulls != NULL && bitmap_get(base->nulls, rows[i]);
        int32_t length = null ? 0 : in[rows[i]].length;
        out[i] = (ListEntry){.offset = offset, .length = length};
        offset += length;
        total += length;
    }
    assert(total <= INT32_MAX);
    int32_t *elements = allocate((size_t)total * sizeof *elements);
    int32_t position = 0;
    for (int32_t i = 0; i < count; i++) {
        for (int32_t j = 0; j < out[i].length; j++) {
            elements[position++] = in[rows[i]].offset + j;
        }
    }
    for (int32_t i = 0; i < vector->child_count; i++) {
        vector_make_writable(&vector->children[i]);
        vector_append(vector->children[i], base->children[i], elements, position);
    }
    free(elements);
}

static void copy_nulls(Vector *vector, int32_t row, const Vector *base, const int32_t *rows,
                       int32_t count) {
    if (base->nulls == NULL) {
        if (vector->nulls != NULL) {
            fill_bits(vector->nulls, row, count, false);
        }
        return;
    }
    uint64_t bits[CHUNK / 64];
    if (gather_bits(bits, base->nulls, rows, count) || vector->nulls != NULL) {
        copy_bits(vector_writable_nulls(vector), row, bits, 0, count);
    }
}

static void copy_rows(Vector *vector, int32_t row, const Vector *base, const int32_t *rows,
                      int32_t count);

/* Rows of base (FLAT or CONSTANT, as positions in its data) onto vector's rows from `row`. */
static void copy_chunk(Vector *vector, int32_t row, const Vector *base, const int32_t *rows,
                       int32_t count) {
    assert(count <= CHUNK);
    size_t width = vector->type->width;
    copy_nulls(vector, row, base, rows, count);
    switch (vector->type->layout) {
    case LAYOUT_STRING:
        copy_strings(vector, row, base, rows, count);
        break;
    case LAYOUT_LIST:
        copy_lists(vector, row, base, rows, count);
        break;
    case LAYOUT_ROW:
        for (int32_t i = 0; i < vector->child_count; i++) {
            vector_make_writable(&vector->children[i]);
            copy_rows(vector->children[i], row, base->children[i], rows, count);
        }
        break;
    default:
        gather_values((char *)vector->data + (size_t)row * width, base->data, rows, count,
                      (int32_t)width);
    }
}

/* Any encoding of source; rows NULL means rows 0 .. count. */
static void copy_rows(Vector *vector, int32_t row, const Vector *source, const int32_t *rows,
                      int32_t count) {
    assert(vector->type->layout == source->type->layout);
    VectorView view = vector_view(source);
    for (int32_t start = 0; start < count; start += CHUNK) {
        int32_t chunk = count - start < CHUNK ? count - start : CHUNK;
        int32_t positions[CHUNK];
        if (view.indices == NULL && view.mask != 0 && rows != NULL) {
            copy_chunk(vector, row + start, view.vector, rows + start, chunk);
            continue;
        }
        for (int32_t i = 0; i < chunk; i++) {
            positions[i] = view_index(&view, rows != NULL ? rows[start + i] : start + i);
        }
        copy_chunk(vector, row + start, view.vector, positions, chunk);
    }
}

/* Whole flat columns of plain values need no positions: one memcpy. */
static bool append_whole(Vector *vector, int32_t row, const Vector *source, int32_t count) {
    if (source->encoding != ENCODING_FLAT || vector->type->layout >= LAYOUT_STRING) {
        return false;
    }
    size_t width = vector->type->width;
    memcpy((char *)vector->data + (size_t)row * width, source->data, (size_t)count * width);
    if (source->nulls != NULL) {
        copy_bits(vector_writable_nulls(vector), row, source->nulls, 0, count);
    }
    return true;
}

void vector_append(Vector *vector, const Vector *source, const int32_t *rows, int32_t count) {
    int32_t row = vector->length;
    vector_resize(vector, row + count);
    if (count == 0 || (rows == NULL && append_whole(vector, row, source, count))) {
        return;
    }
    copy_rows(vector, row, source, rows, count);
}

void vector_append_value(Vector *vector, const Vector *source, int32_t source_row) {
    vector_append(vector, source, &source_row, 1);
}

void vector_copy_value(Vector *vector, int32_t row, const Vector *source, int32_t source_row) {
    assert(row >= 0 && row < vector->length);
    assert(vector_is_writable(vector));
    copy_rows(vector, row, source, &source_row, 1);
}
