/*
 * Columns into a page's payload. A dictionary larger than the column, and elements of lists that
 * lie scattered, are gathered first; everything else is copied as it stands. The values of NULLs
 * are written as zero, so equal batches give equal bytes.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "vector/page_columns.h"

enum { ARRAY_ALIGNMENT = 16 };

/* Room for an array of `size` bytes at an aligned position; gives where. */
static char *append_array(ByteString *payload, size_t size) {
    static const char zeros[ARRAY_ALIGNMENT] = {0};
    byte_string_append(payload, zeros, (size_t)-payload->size % ARRAY_ALIGNMENT);
    byte_string_reserve(payload, size);
    char *array = payload->data + payload->size;
    payload->size += size;
    return array;
}

static bool null_at(const Vector *vector, int32_t row) {
    return vector->nulls != NULL && bitmap_get(vector->nulls, row);
}

static void append_fixed(ByteString *payload, const Vector *vector, int32_t length) {
    size_t width = vector->type->width;
    char *values = append_array(payload, (size_t)length * width);
    if (length > 0) {
        memcpy(values, vector->data, (size_t)length * width);
    }
    for (int32_t i = 0; vector->nulls != NULL && i < length; i++) {
        if (bitmap_get(vector->nulls, i)) {
            memset(values + (size_t)i * width, 0, width);
        }
    }
}

static void append_strings(ByteString *payload, const Vector *vector, int32_t length) {
    const StringView *views = vector->data;
    size_t total = 0;
    char *lengths = append_array(payload, (size_t)length * 4);
    for (int32_t i = 0; i < length; i++) {
        uint32_t size = null_at(vector, i) ? 0 : views[i].length;
        memcpy(lengths + (size_t)i * 4, &size, 4);
        total += size;
    }
    char *bytes = append_array(payload, total);
    for (int32_t i = 0; i < length; i++) {
        if (!null_at(vector, i) && views[i].length > 0) {
            memcpy(bytes, string_data(&views[i]), views[i].length);
            bytes += views[i].length;
        }
    }
}

/* The elements of all lists in order; a slice of the child when they lie so already. */
static Vector *elements_of(const Vector *vector, int32_t child, int32_t length, int32_t total) {
    const ListEntry *entries = vector->data;
    Vector *elements = vector->children[child];
    int32_t first = -1, next = -1;
    bool in_order = true;
    for (int32_t i = 0; i < length && in_order; i++) {
        if (null_at(vector, i) || entries[i].length == 0) {
            continue;
        }
        in_order = next < 0 || entries[i].offset == next;
        first = first < 0 ? entries[i].offset : first;
        next = entries[i].offset + entries[i].length;
    }
    if (in_order) {
        return vector_slice(elements, first < 0 ? 0 : first, total);
    }
    int32_t *rows = allocate((size_t)total * sizeof *rows);
    int32_t count = 0;
    for (int32_t i = 0; i < length; i++) {
        for (int32_t j = 0; !null_at(vector, i) && j < entries[i].length; j++) {
            rows[count++] = entries[i].offset + j;
        }
    }
    Vector *gathered = vector_gather(elements, rows, count);
    free(rows);
    return gathered;
}

static void append_lists(ByteString *payload, const Vector *vector, int32_t length) {
    const ListEntry *entries = vector->data;
    int32_t total = 0;
    char *lengths = append_array(payload, (size_t)length * 4);
    for (int32_t i = 0; i < length; i++) {
        int32_t size = null_at(vector, i) ? 0 : entries[i].length;
        memcpy(lengths + (size_t)i * 4, &size, 4);
        total += size;
    }
    for (int32_t child = 0; child < vector->child_count; child++) {
        Vector *elements = elements_of(vector, child, length, total);
        page_column_append(payload, elements, total);
        vector_unref(elements);
    }
}

static void append_flat(ByteString *payload, const Vector *vector, int32_t length) {
    bool nullable = vector->nulls != NULL;
    byte_string_append_char(payload, (char)nullable);
    if (nullable) {
        size_t size = bitmap_words(length) * sizeof(uint64_t);
        char *bits = append_array(payload, size);
        memcpy(bits, vector->nulls, size);
        if ((length & 63) != 0) { /* bits behind the end are unspecified */
            uint64_t last;
            memcpy(&last, bits + size - 8, 8);
            last &= ((uint64_t)1 << (length & 63)) - 1;
            memcpy(bits + size - 8, &last, 8);
        }
    }
    switch (vector->type->layout) {
    case LAYOUT_STRING:
        append_strings(payload, vector, length);
        break;
    case LAYOUT_LIST:
        append_lists(payload, vector, length);
        break;
    case LAYOUT_ROW:
        for (int32_t child = 0; child < vector->child_count; child++) {
            page_column_append(payload, vector->children[child], length);
        }
        break;
    default:
        append_fixed(payload, vector, length);
    }
}

void page_column_append(ByteString *payload, const Vector *column, int32_t length) {
    Encoding encoding = column->encoding;
    if (encoding == ENCODING_DICTIONARY && column->base->length > length) {
        Vector *slice = vector_slice((Vector *)column, 0, length);
        Vector *flat = vector_flatten(slice);
        page_column_append(payload, flat, length);
        vector_unref(flat);
        vector_unref(slice);
        return;
    }
    byte_string_append_char(payload, (char)encoding);
    switch (encoding) {
    case ENCODING_FLAT:
        append_flat(payload, column, length);
        break;
    case ENCODING_CONSTANT:
        append_flat(payload, column, 1);
        break;
    case ENCODING_DICTIONARY: {
        int32_t base_length = column->base->length;
        byte_string_append(payload, &base_length, sizeof base_length);
        size_t size = (size_t)length * sizeof(int32_t);
        memcpy(append_array(payload, size), column->indices, size);
        append_flat(payload, column->base, base_length);
        break;
    }
    }
}
