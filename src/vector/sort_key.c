/*
 * Normalised sort keys. A loop per value class turns values into unsigned integers of the same
 * order and stores them most significant byte first; NULLs are put in by a second pass. Bounded
 * strings that fit whole make exact keys: char padded with spaces, varchar with zeros and its
 * length behind.
 */
#include "vector/sort_key.h"

#include <assert.h>

#include "vector/value_class.h"

enum { EXACT_STRING_BYTES = 24, PREFIX_BYTES = 15, UTF8_MAX = 4 };

typedef struct KeyInput {
    VectorView view;
    const int32_t *selection;
    int32_t count, stride, width;
    bool descending;
    uint8_t present_byte, null_byte;
    bool padded; /* char */
    bool exact;
} KeyInput;

static inline int32_t key_position(const KeyInput *input, int32_t i) {
    return view_index(&input->view, input->selection != NULL ? input->selection[i] : i);
}

static inline void store64(uint8_t *out, uint64_t value, uint64_t invert) {
    value = __builtin_bswap64(value ^ invert);
    memcpy(out, &value, sizeof value);
}

static inline void store32(uint8_t *out, uint32_t value, uint64_t invert) {
    value = __builtin_bswap32(value ^ (uint32_t)invert);
    memcpy(out, &value, sizeof value);
}

static inline uint64_t ordered64(int64_t value) {
    return (uint64_t)value ^ 0x8000000000000000ULL;
}

static inline uint64_t ordered_double(double value) {
    uint64_t bits = double_canonical(value);
    return bits >> 63 ? ~bits : bits ^ 0x8000000000000000ULL;
}

static inline uint32_t ordered_real(float value) {
    uint32_t bits = real_canonical(value);
    return bits >> 31 ? ~bits : bits ^ 0x80000000U;
}

static inline void store_int16(uint8_t *out, int16_t value, uint64_t invert) {
    uint16_t ordered = __builtin_bswap16((uint16_t)((uint16_t)value ^ 0x8000U ^ (uint16_t)invert));
    memcpy(out, &ordered, sizeof ordered);
}

static inline void store_pair(uint8_t *out, int64_t first, int32_t second, uint64_t invert) {
    store64(out, ordered64(first), invert);
    store32(out + 8, (uint32_t)second, invert);
}

static inline void store128(uint8_t *out, unsigned __int128 value, uint64_t invert) {
    store64(out, (uint64_t)(value >> 64), invert);
    store64(out + 8, (uint64_t)value, invert);
}

#define SIGN128 ((unsigned __int128)1 << 127)

#define NAME encode_int8
#define T int8_t
#define STORE(out, value, invert) (*(out) = (uint8_t)((uint8_t)(value) ^ 0x80U ^ (uint8_t)(invert)))
#include "vector/sort_key_loop.inc.h"

#define NAME encode_int16
#define T int16_t
#define STORE(out, value, invert) store_int16(out, value, invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_int32
#define T int32_t
#define STORE(out, value, invert) store32(out, (uint32_t)(value) ^ 0x80000000U, invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_int64
#define T int64_t
#define STORE(out, value, invert) store64(out, ordered64(value), invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_real
#define T float
#define STORE(out, value, invert) store32(out, ordered_real(value), invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_double
#define T double
#define STORE(out, value, invert) store64(out, ordered_double(value), invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_int128
#define T __int128
#define STORE(out, value, invert) store128(out, (unsigned __int128)(value) ^ SIGN128, invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_uint128
#define T unsigned __int128
#define STORE(out, value, invert) store128(out, value, invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_timestamp12
#define T Timestamp12
#define STORE(out, value, invert) store_pair(out, (value).micros, (value).picos, invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_zoned_timestamp
#define T int64_t
#define STORE(out, value, invert) store64(out, ordered64((value) >> 12), invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_zoned_timestamp12
#define T TimestampTz12
#define STORE(out, value, invert) store_pair(out, (value).packed >> 12, (value).picos, invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_zoned_time
#define T int64_t
#define STORE(out, value, invert) store64(out, ordered64(zoned_time_instant(value)), invert)
#include "vector/sort_key_loop.inc.h"

#define NAME encode_zoned_time12
#define T TimeTz12
#define STORE(out, value, invert) store64(out, ordered64(zoned_time12_instant(value)), invert)
#include "vector/sort_key_loop.inc.h"

static void encode_strings(const KeyInput *input, uint8_t *keys) {
    const StringView *views = input->view.data;
    uint8_t invert = input->descending ? 0xff : 0;
    int32_t room = input->exact && !input->padded ? input->width - 1 : input->width;
    for (int32_t i = 0; i < input->count; i++, keys += input->stride) {
        int32_t position = key_position(input, i);
        if (input->view.nulls != NULL && bitmap_get(input->view.nulls, position)) {
            continue; /* its view may point anywhere */
        }
        const StringView *view = &views[position];
        uint8_t *out = keys + 1;
        size_t size = view->length < (uint32_t)room ? view->length : (size_t)room;
        keys[0] = input->present_byte;
        memset(out, input->padded ? ' ' : 0, (size_t)room);
        memcpy(out, string_data(view), size);
        if (room < input->width) {
            assert(view->length <= (uint32_t)room);
            out[room] = (uint8_t)size;
        }
        for (int32_t j = 0; j < input->width; j++) {
            out[j] ^= invert;
        }
    }
}

typedef void EncodeLoop(const KeyInput *input, uint8_t *restrict keys);

static EncodeLoop *const loops[] = {
    [VALUE_INT8] = encode_int8,
    [VALUE_INT16] = encode_int16,
    [VALUE_INT32] = encode_int32,
    [VALUE_INT64] = encode_int64,
    [VALUE_REAL] = encode_real,
    [VALUE_DOUBLE] = encode_double,
    [VALUE_INT128] = encode_int128,
    [VALUE_UINT128] = encode_uint128,
    [VALUE_TIMESTAMP12] = encode_timestamp12,
    [VALUE_ZONED_TIMESTAMP] = encode_zoned_timestamp,
    [VALUE_ZONED_TIMESTAMP12] = encode_zoned_timestamp12,
    [VALUE_ZONED_TIME] = encode_zoned_time,
    [VALUE_ZONED_TIME12] = encode_zoned_time12,
};

static bool string_is_exact(const Type *type) {
    return type_is_string(type) && type->length <= EXACT_STRING_BYTES / UTF8_MAX;
}

static int32_t value_width(const Type *type, ValueClass class) {
    switch (class) {
    case VALUE_TIMESTAMP12:
    case VALUE_ZONED_TIMESTAMP12:
        return 12;
    case VALUE_ZONED_TIME12:
        return 8;
    case VALUE_CHAR:
        return string_is_exact(type) ? type->length * UTF8_MAX : PREFIX_BYTES;
    case VALUE_STRING:
        return string_is_exact(type) ? type->length * UTF8_MAX + 1 : PREFIX_BYTES;
    default:
        return type->width;
    }
}

SortKeyLayout *sort_key_layout_create(Arena *arena, int32_t column_count, const Type *const *types,
                                      const bool *descending, const bool *nulls_first) {
    SortKeyLayout *layout = arena_new(arena, SortKeyLayout);
    layout->columns = arena_new_array(arena, SortKeyColumn, column_count);
    layout->column_count = layout->tie_column = column_count;
    int32_t end = 0;
    for (int32_t i = 0; i < column_count; i++) {
        SortKeyColumn *column = &layout->columns[i];
        ValueClass class = value_class_of(types[i]);
        *column = (SortKeyColumn){.type = types[i],
                                  .descending = descending[i],
                                  .nulls_first = nulls_first[i],
                                  .offset = -1};
        if (layout->tie_column < i) {
            continue;
        }
        bool nested = class >= VALUE_ARRAY;
        bool string = class == VALUE_STRING || class == VALUE_CHAR;
        column->offset = end;
        column->width = nested ? 0 : value_width(types[i], class);
        end += 1 + column->width;
        if (nested || (string && !string_is_exact(types[i]))) {
            layout->tie_column = i;
        }
    }
    layout->width = (end + 7) / 8 * 8;
    return layout;
}

static void encode_nulls(const KeyInput *input, uint8_t *keys) {
    for (int32_t i = 0; i < input->count; i++, keys += input->stride) {
        if (bitmap_get(input->view.nulls, key_position(input, i))) {
            keys[0] = input->null_byte;
            memset(keys + 1, 0, (size_t)input->width);
        }
    }
}

static void encode_presence(const KeyInput *input, uint8_t *keys) {
    for (int32_t i = 0; i < input->count; i++) {
        keys[(size_t)i * (size_t)input->stride] = input->present_byte;
    }
}

void sort_key_encode(const SortKeyLayout *layout, int32_t column, const Vector *values,
                     const int32_t *selection, int32_t count, uint8_t *keys, int32_t stride) {
    const SortKeyColumn *key = &layout->columns[column];
    if (key->offset < 0) {
        return;
    }
    ValueClass class = value_class_of(key->type);
    KeyInput input = {.view = vector_view(values),
                      .selection = selection,
                      .count = count,
                      .stride = stride,
                      .width = key->width,
                      .descending = key->descending,
                      .present_byte = key->nulls_first ? 1 : 0,
                      .null_byte = key->nulls_first ? 0 : 1,
                      .padded = class == VALUE_CHAR,
                      .exact = string_is_exact(key->type)};
    uint8_t *out = keys + key->offset;
    if (class < VALUE_STRING) {
        loops[class](&input, out);
    } else if (class < VALUE_ARRAY) {
        encode_strings(&input, out);
    } else {
        encode_presence(&input, out);
    }
    if (input.view.nulls != NULL) {
        encode_nulls(&input, out);
    }
    int32_t end = key->offset + 1 + key->width;
    bool last = column + 1 == layout->column_count || layout->columns[column + 1].offset < 0;
    for (int32_t i = 0; last && end < layout->width && i < count; i++) {
        memset(keys + (size_t)i * (size_t)stride + end, 0, (size_t)(layout->width - end));
    }
}
