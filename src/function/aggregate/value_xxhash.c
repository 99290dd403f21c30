/*
 * XXH64, seed 0, of values: whole numbers as 64-bit integers, floating point as its bits without
 * -0, points in time as instants, strings as bytes. Values of two words are the XOR of both hashes;
 * arrays and rows fold their elements' hashes by 31, maps add up their entries'.
 */
#include "function/aggregate/value_xxhash.h"

#include <stdlib.h>
#include <xxhash.h>

#include "base/allocate.h"
#include "vector/value_class.h"

uint64_t xxhash_of_int64(int64_t value) {
    return XXH64(&value, sizeof value, 0);
}

static uint64_t hash_words(int64_t first, int64_t second) {
    return xxhash_of_int64(first) ^ xxhash_of_int64(second);
}

static uint64_t hash_uint128(unsigned __int128 value, bool is_uuid) {
    uint64_t words[2] = {__builtin_bswap64((uint64_t)(value >> 64)),
                         __builtin_bswap64((uint64_t)value)};
    return is_uuid ? hash_words((int64_t)words[0], (int64_t)words[1])
                   : XXH64(words, sizeof words, 0);
}

static uint64_t hash_wide(const VectorView *view, ValueClass class, int32_t row) {
    switch (class) {
    case VALUE_INT128: {
        __int128 value = VIEW_VALUE(view, __int128, row);
        return hash_words((int64_t)(value >> 64), (int64_t)value);
    }
    case VALUE_UINT128:
        return hash_uint128(VIEW_VALUE(view, unsigned __int128, row),
                            view->vector->type->kind == TYPE_UUID);
    case VALUE_TIMESTAMP12: {
        Timestamp12 value = VIEW_VALUE(view, Timestamp12, row);
        return hash_words(value.micros, value.picos);
    }
    case VALUE_ZONED_TIMESTAMP12: {
        TimestampTz12 value = VIEW_VALUE(view, TimestampTz12, row);
        return hash_words(value.packed >> 12, value.picos);
    }
    default:
        return xxhash_of_int64(zoned_time12_instant(VIEW_VALUE(view, TimeTz12, row)));
    }
}

static uint64_t hash_flat(const VectorView *view, ValueClass class, int32_t row) {
    switch (class) {
    case VALUE_INT8:
        return xxhash_of_int64(VIEW_VALUE(view, int8_t, row));
    case VALUE_INT16:
        return xxhash_of_int64(VIEW_VALUE(view, int16_t, row));
    case VALUE_INT32:
        return xxhash_of_int64(VIEW_VALUE(view, int32_t, row));
    case VALUE_INT64:
        return xxhash_of_int64(VIEW_VALUE(view, int64_t, row));
    case VALUE_REAL:
        return xxhash_of_int64((int32_t)real_canonical(VIEW_VALUE(view, float, row)));
    case VALUE_DOUBLE:
        return xxhash_of_int64((int64_t)double_canonical(VIEW_VALUE(view, double, row)));
    case VALUE_ZONED_TIMESTAMP:
        return xxhash_of_int64(VIEW_VALUE(view, int64_t, row) >> 12);
    case VALUE_ZONED_TIME:
        return xxhash_of_int64(zoned_time_instant(VIEW_VALUE(view, int64_t, row)));
    case VALUE_STRING:
    case VALUE_CHAR: {
        const StringView *string = &VIEW_VALUE(view, StringView, row);
        return XXH64(string_data(string), string->length, 0);
    }
    default:
        return hash_wide(view, class, row);
    }
}

/* ---- nested values: the children of an entry are hashed together ---- */

static uint64_t *hash_children(const Vector *child, ListEntry entry) {
    uint64_t *hashes = allocate((size_t)(entry.length + 1) * (sizeof *hashes + sizeof(int32_t)));
    int32_t *rows = (int32_t *)(void *)(hashes + entry.length + 1);
    for (int32_t i = 0; i < entry.length; i++) {
        rows[i] = entry.offset + i;
    }
    vector_xxhash(child, rows, entry.length, hashes);
    return hashes;
}

static uint64_t hash_array(const Vector *elements, ListEntry entry) {
    uint64_t *hashes = hash_children(elements, entry), hash = 0;
    for (int32_t i = 0; i < entry.length; i++) {
        hash = 31 * hash + hashes[i];
    }
    free(hashes);
    return hash;
}

static uint64_t hash_map(Vector *const *children, ListEntry entry) {
    uint64_t *keys = hash_children(children[0], entry), hash = 0;
    uint64_t *values = hash_children(children[1], entry);
    for (int32_t i = 0; i < entry.length; i++) {
        hash += keys[i] ^ values[i];
    }
    free(keys);
    free(values);
    return hash;
}

static uint64_t hash_row(const Vector *row_vector, int32_t index) {
    uint64_t hash = 1;
    for (int32_t i = 0; i < row_vector->child_count; i++) {
        uint64_t field;
        vector_xxhash(row_vector->children[i], &index, 1, &field);
        hash = 31 * hash + field;
    }
    return hash;
}

void vector_xxhash(const Vector *values, const int32_t *rows, int32_t count, uint64_t *ret_hashes) {
    VectorView view = vector_view(values);
    ValueClass class = value_class_of(values->type);
    for (int32_t i = 0; i < count; i++) {
        int32_t row = rows != NULL ? rows[i] : i;
        if (view_is_null(&view, row)) {
            ret_hashes[i] = 0;
        } else if (class == VALUE_ARRAY) {
            ret_hashes[i] = hash_array(view.vector->children[0], VIEW_VALUE(&view, ListEntry, row));
        } else if (class == VALUE_MAP) {
            ret_hashes[i] = hash_map(view.vector->children, VIEW_VALUE(&view, ListEntry, row));
        } else if (class == VALUE_ROW) {
            ret_hashes[i] = hash_row(view.vector, view_index(&view, row));
        } else {
            ret_hashes[i] = hash_flat(&view, class, row);
        }
    }
}
