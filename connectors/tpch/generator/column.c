/*
 * Makes columns. Loops are over one column at a time and without calls, so that the compiler can
 * use vector instructions in all but the string columns.
 */
#include "generator/column.h"

#include <stdio.h>

#include "generator/text_pool.h"

enum {
    ADDRESS_AVERAGE = 25,
    ADDRESS_MAX = 40,
    CHARACTERS_PER_DRAW = 5,
    NATION_COUNT = 25,
    NUMBER_BYTES_MAX = 20,
    PHONE_BYTES = 15,
};

static const char address_alphabet[64] =
    "0123456789abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ,";

/* ---- numbers ---- */

Vector *column_key(Scan *scan, const Type *type) {
    Vector *vector = vector_create(type, scan->count);
    int64_t *keys = vector->data;
    int64_t first_key = scan->first_row + 1;
    for (int32_t k = 0; k < scan->count; k++) {
        keys[k] = first_key + scan_row(scan, k);
    }
    return vector;
}

Vector *column_bigint(const Type *type, const int32_t *values, int32_t count) {
    Vector *vector = vector_create(type, count);
    int64_t *data = vector->data;
    for (int32_t k = 0; k < count; k++) {
        data[k] = values[k];
    }
    return vector;
}

Vector *column_integer(const Type *type, const int32_t *values, int32_t count) {
    Vector *vector = vector_create(type, count);
    memcpy(vector->data, values, (size_t)count * sizeof(int32_t));
    return vector;
}

Vector *column_money(const Type *type, const int32_t *cents, int32_t count) {
    if (type->kind == TYPE_DECIMAL) {
        return column_bigint(type, cents, count);
    }
    Vector *vector = vector_create(type, count);
    double *data = vector->data;
    for (int32_t k = 0; k < count; k++) {
        data[k] = cents[k] / 100.0;
    }
    return vector;
}

Vector *column_drawn_bigint(Scan *scan, const Type *type, Stream stream, int32_t low,
                            int32_t high) {
    scan_draw(scan, stream, 1, low, high, scan->draws[0]);
    return column_bigint(type, scan->draws[0], scan->count);
}

Vector *column_drawn_integer(Scan *scan, const Type *type, Stream stream, int32_t low,
                             int32_t high) {
    Vector *vector = vector_create(type, scan->count);
    scan_draw(scan, stream, 1, low, high, vector->data);
    return vector;
}

Vector *column_drawn_money(Scan *scan, const Type *type, Stream stream, int32_t low, int32_t high) {
    scan_draw(scan, stream, 1, low, high, scan->draws[0]);
    return column_money(type, scan->draws[0], scan->count);
}

/* ---- few values ---- */

Buffer *indices_create(int32_t count) {
    return buffer_create((int64_t)count * (int64_t)sizeof(int32_t));
}

Vector *column_dictionary(const Dictionaries *dictionaries, Dictionary dictionary, Buffer *indices,
                          int32_t count) {
    return vector_create_dictionary(vector_ref(dictionaries->values[dictionary]), indices, count);
}

Vector *column_picked(Scan *scan, Dictionary dictionary, Stream stream) {
    Buffer *indices = indices_create(scan->count);
    int32_t last = dictionary_count(scan->dictionaries, dictionary) - 1;
    scan_draw(scan, stream, 1, 0, last, (int32_t *)indices->data);
    return column_dictionary(scan->dictionaries, dictionary, indices, scan->count);
}

/* ---- strings ---- */

Vector *strings_begin(const Type *type, int32_t count, size_t size, char **ret_heap) {
    Vector *vector = vector_create(type, count);
    *ret_heap = vector_reserve_string(vector, size);
    return vector;
}

void strings_end(Vector *vector, char *heap, const char *end) {
    StringView *last = &VECTOR_DATA(vector, StringView)[vector->length - 1];
    StringView kept = *last;
    vector_finish_string(vector, vector->length - 1, heap, (size_t)(end - heap));
    *last = kept;
}

static void write_digits(char *out, uint32_t number, int32_t digits) {
    for (int32_t i = digits - 1; i >= 0; i--) {
        out[i] = (char)('0' + number % 10);
        number /= 10;
    }
}

/* At least nine digits; gives the end. */
static char *write_number(char *out, int64_t number) {
    if (number < 0 || number > 999999999) {
        return out + snprintf(out, NUMBER_BYTES_MAX, "%09lld", (long long)number);
    }
    uint32_t value = (uint32_t)number;
    write_digits(out + 6, value % 1000, 3);
    write_digits(out + 3, value / 1000 % 1000, 3);
    write_digits(out, value / 1000000, 3);
    return out + 9;
}

Vector *column_numbered(const Type *type, const char *prefix, const int64_t *numbers,
                        int32_t count) {
    size_t prefix_length = strlen(prefix);
    char *heap;
    size_t room = (size_t)count * (prefix_length + NUMBER_BYTES_MAX);
    Vector *vector = strings_begin(type, count, room, &heap);
    StringView *views = vector->data;
    char *out = heap;
    for (int32_t k = 0; k < count; k++) {
        memcpy(out, prefix, prefix_length);
        char *end = write_number(out + prefix_length, numbers[k]);
        views[k] = string_view(out, (size_t)(end - out));
        out = end;
    }
    strings_end(vector, heap, out);
    return vector;
}

Vector *column_named_key(Scan *scan, const Type *type, const char *prefix) {
    int64_t keys[SCAN_ROWS_MAX];
    for (int32_t k = 0; k < scan->count; k++) {
        keys[k] = scan->first_row + scan_row(scan, k) + 1;
    }
    return column_numbered(type, prefix, keys, scan->count);
}

/* The stream is before the row's first step; gives the end. */
static char *write_address(char *out, uint32_t seed) {
    seed = random_multiply(seed, RANDOM_MULTIPLIER);
    int32_t low = (int32_t)(ADDRESS_AVERAGE * 0.4), high = (int32_t)(ADDRESS_AVERAGE * 1.6);
    int32_t length = random_bounded(seed, low, high);
    int32_t bits = 0;
    for (int32_t i = 0; i < length; i++) {
        if (i % CHARACTERS_PER_DRAW == 0) {
            seed = random_multiply(seed, RANDOM_MULTIPLIER);
            bits = random_bounded(seed, 0, INT32_MAX);
        }
        out[i] = address_alphabet[bits & 63];
        bits >>= 6;
    }
    return out + length;
}

Vector *column_address(Scan *scan, const Type *type, Stream stream) {
    char *heap;
    Vector *vector = strings_begin(type, scan->count, (size_t)scan->count * ADDRESS_MAX, &heap);
    StringView *views = vector->data;
    uint32_t start = scan_start(scan, stream);
    char *out = heap;
    for (int32_t k = 0; k < scan->count; k++) {
        uint32_t step = stream.allotment * (uint32_t)scan_row(scan, k);
        char *end = write_address(out, random_multiply(start, random_powers[step]));
        views[k] = string_view(out, (size_t)(end - out));
        out = end;
    }
    strings_end(vector, heap, out);
    return vector;
}

Vector *column_phone(Scan *scan, const Type *type, Stream stream, Stream nation_stream) {
    int32_t *nations = scan->draws[0];
    scan_draw(scan, nation_stream, 1, 0, NATION_COUNT - 1, nations);
    char *heap;
    Vector *vector = strings_begin(type, scan->count, (size_t)scan->count * PHONE_BYTES, &heap);
    StringView *views = vector->data;
    uint32_t start = scan_start(scan, stream);
    char *out = heap;
    for (int32_t k = 0; k < scan->count; k++) {
        const uint32_t *powers = &random_powers[stream.allotment * (uint32_t)scan_row(scan, k)];
        int32_t area = random_bounded(random_multiply(start, powers[1]), 100, 999);
        int32_t exchange = random_bounded(random_multiply(start, powers[2]), 100, 999);
        int32_t number = random_bounded(random_multiply(start, powers[3]), 1000, 9999);
        memcpy(out, "NN-NNN-NNN-NNNN", PHONE_BYTES);
        write_digits(out, (uint32_t)(10 + nations[k] % 90), 2);
        write_digits(out + 3, (uint32_t)area, 3);
        write_digits(out + 7, (uint32_t)exchange, 3);
        write_digits(out + 11, (uint32_t)number, 4);
        views[k] = string_view(out, PHONE_BYTES);
        out += PHONE_BYTES;
    }
    strings_end(vector, heap, out);
    return vector;
}

Vector *column_text(Scan *scan, const Type *type, Stream stream, int32_t average_length) {
    TextRange range = text_range(average_length);
    int32_t *offsets = scan->draws[0], *lengths = scan->draws[1];
    scan_draw(scan, stream, 1, 0, range.offset_max, offsets);
    scan_draw(scan, stream, 2, range.length_min, range.length_max, lengths);
    return text_pool_vector(type, offsets, lengths, scan->count);
}
