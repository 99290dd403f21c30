/*
 * Casts to json: values of any castable type written as canonical JSON text. Map keys are sorted;
 * the fields of a row keep their order.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "base/double_text.h"
#include "base/int128.h"
#include "function/kernels/cast_family.h"
#include "function/kernels/datetime_text.h"
#include "function/kernels/json_text.h"

static void append_value(ByteString *out, const VectorView *view, const Type *type, int32_t row);

static int64_t integer_at(const VectorView *view, const Type *type, int32_t index) {
    switch (type->layout) {
    case LAYOUT_BYTE:
        return ((const int8_t *)view->data)[index];
    case LAYOUT_SHORT:
        return ((const int16_t *)view->data)[index];
    case LAYOUT_INT:
        return ((const int32_t *)view->data)[index];
    default:
        return ((const int64_t *)view->data)[index];
    }
}

static void append_number(ByteString *out, const VectorView *view, const Type *type,
                          int32_t index) {
    char text[INT128_TEXT_MAX];
    if (type->kind == TYPE_DECIMAL) {
        int128_t value = type->layout == LAYOUT_LONG ? ((const int64_t *)view->data)[index]
                                                     : ((const int128_t *)view->data)[index];
        byte_string_append(out, text, (size_t)decimal_print(value, type->scale, text));
    } else {
        int64_t value = integer_at(view, type, index);
        byte_string_append(out, text, (size_t)int64_print(value, text));
    }
}

/* ---- maps ---- */

typedef struct Key {
    char *text;
    size_t size;
    int32_t row; /* of the child vectors */
} Key;

static int key_order(const void *a, const void *b) {
    const Key *x = a, *y = b;
    size_t shorter = x->size < y->size ? x->size : y->size;
    int order = memcmp(x->text, y->text, shorter);
    if (order == 0) {
        order = (x->size > y->size) - (x->size < y->size);
    }
    return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

static bool same_key(const Key *a, const Key *b) {
    return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

/* The text of a key: numbers as Java prints them, booleans by name. */
static void append_key(ByteString *out, const VectorView *view, const Type *type, int32_t row) {
    int32_t index = view_index(view, row);
    char text[DOUBLE_TEXT_MAX];
    switch (type->kind) {
    case TYPE_BOOLEAN:
        byte_string_append_text(out, ((const uint8_t *)view->data)[index] ? "true" : "false");
        break;
    case TYPE_REAL:
        byte_string_append(out, text, (size_t)real_print(((const float *)view->data)[index], text));
        break;
    case TYPE_DOUBLE:
        byte_string_append(out, text,
                           (size_t)double_print(((const double *)view->data)[index], text));
        break;
    case TYPE_VARCHAR: {
        const StringView *key = (const StringView *)view->data + index;
        byte_string_append(out, string_data(key), key->length);
        break;
    }
    default:
        append_number(out, view, type, index);
        break;
    }
}

static void append_map(ByteString *out, const VectorView *view, const Type *type, int32_t index) {
    ListEntry entry = ((const ListEntry *)view->data)[index];
    VectorView keys = vector_view(view->vector->children[0]);
    VectorView values = vector_view(view->vector->children[1]);
    Key *sorted = allocate_zeroed(sizeof(Key) * ((size_t)entry.length + 1));
    for (int32_t i = 0; i < entry.length; i++) {
        ByteString text = {0};
        byte_string_reserve(&text, 1);
        append_key(&text, &keys, type->children[0], entry.offset + i);
        sorted[i] = (Key){text.data, text.size, entry.offset + i};
    }
    qsort(sorted, (size_t)entry.length, sizeof(Key), key_order);
    byte_string_append_char(out, '{');
    bool is_first = true;
    for (int32_t i = 0; i < entry.length; i++) {
        if (i + 1 < entry.length && same_key(&sorted[i], &sorted[i + 1])) {
            continue;
        }
        if (!is_first) {
            byte_string_append_char(out, ',');
        }
        is_first = false;
        json_append_string(out, sorted[i].text, sorted[i].size);
        byte_string_append_char(out, ':');
        append_value(out, &values, type->children[1], sorted[i].row);
    }
    byte_string_append_char(out, '}');
    for (int32_t i = 0; i < entry.length; i++) {
        free(sorted[i].text);
    }
    free(sorted);
}

/* ---- arrays and rows ---- */

static void append_array(ByteString *out, const VectorView *view, const Type *type, int32_t index) {
    ListEntry entry = ((const ListEntry *)view->data)[index];
    VectorView elements = vector_view(view->vector->children[0]);
    byte_string_append_char(out, '[');
    for (int32_t i = 0; i < entry.length; i++) {
        if (i > 0) {
            byte_string_append_char(out, ',');
        }
        append_value(out, &elements, type->children[0], entry.offset + i);
    }
    byte_string_append_char(out, ']');
}

static void append_row(ByteString *out, const VectorView *view, const Type *type, int32_t index) {
    byte_string_append_char(out, '{');
    for (int32_t i = 0; i < type->child_count; i++) {
        const char *name = type->field_names != NULL ? type->field_names[i] : NULL;
        name = name != NULL ? name : "";
        if (i > 0) {
            byte_string_append_char(out, ',');
        }
        json_append_string(out, name, strlen(name));
        byte_string_append_char(out, ':');
        VectorView field = vector_view(view->vector->children[i]);
        append_value(out, &field, type->children[i], index);
    }
    byte_string_append_char(out, '}');
}

/* ---- any value ---- */

static void append_value(ByteString *out, const VectorView *view, const Type *type, int32_t row) {
    if (type->kind == TYPE_UNKNOWN || view_is_null(view, row)) {
        byte_string_append(out, "null", 4);
        return;
    }
    int32_t index = view_index(view, row);
    switch (type->kind) {
    case TYPE_BOOLEAN:
        byte_string_append_text(out, ((const uint8_t *)view->data)[index] ? "true" : "false");
        break;
    case TYPE_REAL:
        json_append_real(out, ((const float *)view->data)[index]);
        break;
    case TYPE_DOUBLE:
        json_append_double(out, ((const double *)view->data)[index]);
        break;
    case TYPE_VARCHAR: {
        const StringView *text = (const StringView *)view->data + index;
        json_append_string(out, string_data(text), text->length);
        break;
    }
    case TYPE_JSON: {
        const StringView *text = (const StringView *)view->data + index;
        byte_string_append(out, string_data(text), text->length);
        break;
    }
    case TYPE_DATE:
    case TYPE_TIMESTAMP: {
        char text[DATETIME_TEXT_MAX];
        int size = datetime_print_cast(type, view->data, index, text);
        json_append_string(out, text, (size_t)size);
        break;
    }
    case TYPE_ARRAY:
        append_array(out, view, type, index);
        break;
    case TYPE_MAP:
        append_map(out, view, type, index);
        break;
    case TYPE_ROW:
        append_row(out, view, type, index);
        break;
    default:
        append_number(out, view, type, index);
        break;
    }
}

static Status any_to_json(KernelCall *call) {
    const CastPair *pair = call->state;
    ByteString text = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        text.size = 0;
        append_value(&text, &call->arguments[0], pair->from, row);
        vector_set_string(call->result, row, text.data, text.size);
    }
    byte_string_done(&text);
    return OK;
}

static bool has_json_keys(const Type *type) {
    if (type->kind == TYPE_MAP && !cast_is_json_key(type->children[0])) {
        return false;
    }
    for (int32_t i = 0; i < type->child_count; i++) {
        if (!has_json_keys(type->children[i])) {
            return false;
        }
    }
    return true;
}

Status cast_to_json(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    if (to->kind == TYPE_JSON && !has_json_keys(from)) {
        return FAIL(cx, INVALID_CAST_ARGUMENT, "Cannot cast %s to JSON", from->name);
    }
    if (to->kind == TYPE_JSON) {
        *ret_cast = (Cast){
            .kernel = any_to_json,
            .flags = FUNCTION_INFALLIBLE,
            .state = cast_pair(cx, from, to),
        };
    }
    return OK;
}
