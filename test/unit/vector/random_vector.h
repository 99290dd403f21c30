/*
 * Random types and vectors in every encoding, and a plain row-at-a-time rendering of a value: the
 * model that vector code is tested against. Seeds are fixed, so a failure repeats.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "warren/vector.h"

static uint64_t random_state = 88172645463325252u;

static inline uint64_t random_next(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static inline int32_t random_below(int32_t bound) {
    return (int32_t)(random_next() % (uint64_t)bound);
}

static inline const Type *random_type(int depth) {
    const Type *fields[3];
    int32_t kinds = depth > 0 ? 19 : 16;
    switch (random_below(kinds)) {
    case 0:
        return type_simple(TYPE_BOOLEAN);
    case 1:
        return type_simple(TYPE_TINYINT);
    case 2:
        return type_simple(TYPE_SMALLINT);
    case 3:
        return type_simple(TYPE_INTEGER);
    case 4:
        return type_simple(TYPE_BIGINT);
    case 5:
        return type_simple(TYPE_REAL);
    case 6:
        return type_simple(TYPE_DOUBLE);
    case 7:
        return type_decimal(12, 2);
    case 8:
        return type_decimal(38, 5);
    case 9:
        return type_varchar_unbounded();
    case 10:
        return type_char(10);
    case 11:
        return type_simple(TYPE_UUID);
    case 12:
        return type_timestamp(9, false);
    case 13:
        return type_timestamp(3, true);
    case 14:
        return type_timestamp(9, true);
    case 15:
        return type_time(6, true);
    case 16:
        return type_array(random_type(depth - 1));
    case 17:
        return type_map(type_simple(TYPE_BIGINT), random_type(depth - 1));
    default:
        for (int i = 0; i < 3; i++) {
            fields[i] = random_type(depth - 1);
        }
        return type_row(3, fields, NULL);
    }
}

static inline void random_wide(const Type *type, void *out) {
    int64_t small = random_below(5) - 2;
    int64_t zone = random_below(4) + 1;
    if (type->kind == TYPE_TIMESTAMP) {
        Timestamp12 value = {small * 1000000, random_below(3), 0};
        memcpy(out, &value, sizeof value);
    } else if (type->kind == TYPE_TIMESTAMP_TZ) {
        TimestampTz12 value = {(int64_t)((uint64_t)small << 12) | zone, random_below(3), 0};
        memcpy(out, &value, sizeof value);
    } else {
        __int128 value = random_below(3) == 0 ? (__int128)random_next() << 60 : small;
        memcpy(out, &value, sizeof value);
    }
}

static inline void random_number(const Type *type, void *out) {
    static const double doubles[] = {0.0, -0.0, 1.5, -2.25, 1e300, -1e-300};
    int64_t value = random_below(4) == 0 ? (int64_t)random_next() : random_below(7) - 3;
    double number = random_below(4) == 0 ? __builtin_nan("") : doubles[random_below(6)];
    float single = (float)number;
    switch (type->kind) {
    case TYPE_BOOLEAN:
        *(uint8_t *)out = value & 1;
        return;
    case TYPE_REAL:
        memcpy(out, &single, 4);
        return;
    case TYPE_DOUBLE:
        memcpy(out, &number, 8);
        return;
    case TYPE_TIMESTAMP_TZ:
        value = (int64_t)((uint64_t)value << 12) | (random_below(3) + 1);
        break;
    case TYPE_TIME_TZ:
        value = (3600000000000LL * (10 + random_below(3)) << 11) |
                ((60 * (random_below(5) - 2)) & 0x7ff);
        break;
    default:
        break;
    }
    memcpy(out, &value, type->width);
}

static inline Vector *random_flat(const Type *type, int32_t length, int null_percent) {
    Vector *vector = vector_create(type, length);
    char text[64];
    int32_t element_count = 0;
    for (int32_t i = 0; i < length; i++) {
        void *slot = (char *)vector->data + (size_t)i * type->width;
        if (type->layout == LAYOUT_STRING) {
            int size = random_below(3) == 0 ? random_below(40) : random_below(4);
            for (int j = 0; j < size; j++) {
                text[j] = (char)('a' + random_below(size > 20 ? 26 : 2));
            }
            vector_set_string(vector, i, text, (size_t)size);
        } else if (type->layout == LAYOUT_LIST) {
            ListEntry entry = {element_count, random_below(4)};
            element_count += entry.length;
            memcpy(slot, &entry, sizeof entry);
        } else if (type->layout == LAYOUT_WIDE) {
            random_wide(type, slot);
        } else if (type->layout != LAYOUT_ROW) {
            random_number(type, slot);
        }
    }
    for (int32_t i = 0; i < vector->child_count; i++) {
        vector_unref(vector->children[i]);
        int32_t count = type->layout == LAYOUT_ROW ? length : element_count;
        bool key = type->kind == TYPE_MAP && i == 0;
        vector->children[i] = random_flat(type->children[i], count, key ? 0 : null_percent);
        for (int32_t j = 0; key && j < count; j++) {
            VECTOR_DATA(vector->children[0], int64_t)[j] = j % 7;
        }
    }
    for (int32_t i = 0; i < length; i++) {
        if (random_below(100) < null_percent) {
            vector_set_null(vector, i);
        }
    }
    return vector;
}

/* Any encoding. */
static inline Vector *random_vector(const Type *type, int32_t length, int null_percent) {
    int32_t kind = random_below(4);
    if (kind >= 2) {
        return random_flat(type, length, null_percent);
    }
    int32_t base_length = 1 + random_below(length + 3);
    Vector *base = random_flat(type, base_length, null_percent);
    if (kind == 0) {
        Vector *constant = vector_create_constant(base, random_below(base_length), length);
        vector_unref(base);
        return constant;
    }
    Buffer *indices = buffer_create((int64_t)length * 4);
    for (int32_t i = 0; i < length; i++) {
        ((int32_t *)indices->data)[i] = random_below(base_length);
    }
    return vector_create_dictionary(base, indices, length);
}

/* The model: a value as text, with nothing but view_index, bit tests and recursion. */
static inline void render(ByteString *out, const Vector *vector, int32_t row) {
    VectorView view = vector_view(vector);
    int32_t index = view_index(&view, row);
    assert_true(row >= 0 && row < vector->length);
    assert_true(index >= 0 &&
                (vector->encoding == ENCODING_CONSTANT || index < view.vector->length));
    if (view.nulls != NULL && bitmap_get(view.nulls, index)) {
        byte_string_append_text(out, "NULL");
        return;
    }
    const Vector *base = view.vector;
    const uint8_t *bytes = (const uint8_t *)base->data + (size_t)index * vector->type->width;
    switch (vector->type->layout) {
    case LAYOUT_STRING: {
        const StringView *text = (const StringView *)bytes;
        byte_string_printf(out, "'%.*s'", (int)text->length, string_data(text));
        break;
    }
    case LAYOUT_LIST: {
        ListEntry entry = *(const ListEntry *)bytes;
        byte_string_append_char(out, '[');
        for (int32_t i = entry.offset; i < entry.offset + entry.length; i++) {
            for (int32_t c = 0; c < base->child_count; c++) {
                render(out, base->children[c], i);
                byte_string_append_char(out, c == 0 && base->child_count > 1 ? ':' : ',');
            }
        }
        byte_string_append_char(out, ']');
        break;
    }
    case LAYOUT_ROW:
        byte_string_append_char(out, '(');
        for (int32_t c = 0; c < base->child_count; c++) {
            render(out, base->children[c], index);
            byte_string_append_char(out, ',');
        }
        byte_string_append_char(out, ')');
        break;
    default:
        for (int i = 0; i < vector->type->width; i++) {
            byte_string_printf(out, "%02x", bytes[i]);
        }
    }
}

static inline char *rendered(const Vector *vector, int32_t row) {
    ByteString out = {0};
    render(&out, vector, row);
    byte_string_text(&out);
    return out.data;
}

static inline void assert_same_value(const Vector *a, int32_t row_a, const Vector *b,
                                     int32_t row_b) {
    char *text_a = rendered(a, row_a), *text_b = rendered(b, row_b);
    assert_string_equal(text_a, text_b);
    free(text_a);
    free(text_b);
}
