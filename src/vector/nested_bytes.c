/*
 * Values as bytes, depth first: a byte that says whether it is NULL, then the value; strings and
 * lists start with their length. Value by value, since nested columns in hash tables are rare and
 * never wide.
 */
#include "vector/nested_bytes.h"

#include <assert.h>

#include "vector/build.h"

void nested_bytes_append(ByteString *bytes, const Vector *source, int32_t row) {
    VectorView view = vector_view(source);
    bool null = view_is_null(&view, row);
    byte_string_append_char(bytes, (char)null);
    if (null) {
        return;
    }
    int32_t position = view_index(&view, row);
    const Vector *base = view.vector;
    switch (source->type->layout) {
    case LAYOUT_STRING: {
        const StringView *text = &VECTOR_DATA(base, const StringView)[position];
        byte_string_append(bytes, &text->length, sizeof text->length);
        byte_string_append(bytes, string_data(text), text->length);
        return;
    }
    case LAYOUT_LIST: {
        ListEntry entry = VECTOR_DATA(base, const ListEntry)[position];
        byte_string_append(bytes, &entry.length, sizeof entry.length);
        for (int32_t child = 0; child < base->child_count; child++) {
            for (int32_t i = 0; i < entry.length; i++) {
                nested_bytes_append(bytes, base->children[child], entry.offset + i);
            }
        }
        return;
    }
    case LAYOUT_ROW:
        for (int32_t child = 0; child < base->child_count; child++) {
            nested_bytes_append(bytes, base->children[child], position);
        }
        return;
    default: {
        size_t width = source->type->width;
        byte_string_append(bytes, (const char *)base->data + (size_t)position * width, width);
    }
    }
}

/*
 * The row's fields get a value even when the row is NULL, so that all children stay of one length.
 */
static void append_null(Vector *target) {
    vector_resize(target, target->length + 1);
    vector_set_null(target, target->length - 1);
}

const char *nested_bytes_read(const char *bytes, Vector *target) {
    if (*bytes++ != 0) {
        append_null(target);
        return bytes;
    }
    const Type *type = target->type;
    int32_t row = target->length;
    if (type->layout == LAYOUT_ROW) {
        for (int32_t child = 0; child < target->child_count; child++) {
            vector_make_writable(&target->children[child]);
            bytes = nested_bytes_read(bytes, target->children[child]);
        }
        vector_resize(target, row + 1);
        return bytes;
    }
    vector_resize(target, row + 1);
    if (type->layout == LAYOUT_STRING) {
        uint32_t length;
        memcpy(&length, bytes, sizeof length);
        vector_set_string(target, row, bytes + sizeof length, length);
        return bytes + sizeof length + length;
    }
    if (type->layout == LAYOUT_LIST) {
        ListEntry entry = {.offset = target->children[0]->length};
        memcpy(&entry.length, bytes, sizeof entry.length);
        bytes += sizeof entry.length;
        for (int32_t child = 0; child < target->child_count; child++) {
            vector_make_writable(&target->children[child]);
            for (int32_t i = 0; i < entry.length; i++) {
                bytes = nested_bytes_read(bytes, target->children[child]);
            }
        }
        VECTOR_DATA(target, ListEntry)[row] = entry;
        return bytes;
    }
    memcpy((char *)target->data + (size_t)row * type->width, bytes, type->width);
    return bytes + type->width;
}
