/*
 * Hashing column by column, in chunks that stay in the first-level cache: a loop without branches
 * hashes the values, a second pass puts in the nulls, a third folds into what stands there. A
 * dictionary smaller than the column is hashed once per entry. Nested values are hashed bottom up,
 * all elements of a chunk in one go.
 */
#include "vector/vector_hash.h"

#include <assert.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "base/hash.h"
#include "vector/value_class.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { CHUNK = 1024 };

typedef void HashLoop(const void *restrict values, const int32_t *restrict positions, int32_t count,
                      uint64_t *restrict hashes);

static inline uint64_t hash_string(const StringView *view) {
    if (view->length > 12) {
        return XXH3_64bits(view->pointer, view->length);
    }
    uint64_t words[2];
    memcpy(words, view, sizeof words);
    return hash_two(words[0], words[1]);
}

/*
 * Trailing spaces do not count; char is stored without them, so this costs nothing when the
 * contract holds.
 */
static inline uint64_t hash_char(const StringView *view) {
    const char *bytes = string_data(view);
    uint32_t length = view->length;
    while (length > 0 && bytes[length - 1] == ' ') {
        length--;
    }
    StringView trimmed = string_view(bytes, length);
    return hash_string(&trimmed);
}

static inline uint64_t hash_with_picos(int64_t value, int32_t picos) {
    return picos == 0 ? hash_int64((uint64_t)value) : hash_two((uint64_t)value, (uint64_t)picos);
}

#define NAME hash_int8_values
#define T int8_t
#define HASH(value) hash_int64((uint64_t)(int64_t)(value))
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_int16_values
#define T int16_t
#define HASH(value) hash_int64((uint64_t)(int64_t)(value))
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_int32_values
#define T int32_t
#define HASH(value) hash_int64((uint64_t)(int64_t)(value))
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_int64_values
#define T uint64_t
#define HASH(value) hash_int64(value)
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_real_values
#define T float
#define HASH(value) hash_int64(double_canonical((double)(value)))
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_double_values
#define T double
#define HASH(value) hash_int64(double_canonical(value))
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_int128_values
#define T __int128
#define HASH(value) hash_int128(value)
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_timestamp12_values
#define T Timestamp12
#define HASH(value) hash_with_picos((value).micros, (value).picos)
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_zoned_timestamp_values
#define T int64_t
#define HASH(value) hash_int64((uint64_t)((value) >> 12))
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_zoned_timestamp12_values
#define T TimestampTz12
#define HASH(value) hash_with_picos((value).packed >> 12, (value).picos)
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_zoned_time_values
#define T int64_t
#define HASH(value) hash_int64((uint64_t)zoned_time_instant(value))
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_zoned_time12_values
#define T TimeTz12
#define HASH(value) hash_int64((uint64_t)zoned_time12_instant(value))
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_string_values
#define T StringView
#define HASH(value) hash_string(&(value))
#include "vector/vector_hash_loop.inc.h"

#define NAME hash_char_values
#define T StringView
#define HASH(value) hash_char(&(value))
#include "vector/vector_hash_loop.inc.h"

static HashLoop *const loops[] = {
    [VALUE_INT8] = hash_int8_values,
    [VALUE_INT16] = hash_int16_values,
    [VALUE_INT32] = hash_int32_values,
    [VALUE_INT64] = hash_int64_values,
    [VALUE_REAL] = hash_real_values,
    [VALUE_DOUBLE] = hash_double_values,
    [VALUE_INT128] = hash_int128_values,
    [VALUE_UINT128] = hash_int128_values,
    [VALUE_TIMESTAMP12] = hash_timestamp12_values,
    [VALUE_ZONED_TIMESTAMP] = hash_zoned_timestamp_values,
    [VALUE_ZONED_TIMESTAMP12] = hash_zoned_timestamp12_values,
    [VALUE_ZONED_TIME] = hash_zoned_time_values,
    [VALUE_ZONED_TIME12] = hash_zoned_time12_values,
    [VALUE_STRING] = hash_string_values,
    [VALUE_CHAR] = hash_char_values,
};

/* A null's view may point anywhere, so nullable strings cannot take the loop without branches. */
static void hash_nullable_strings(const Vector *base, const int32_t *positions, int32_t first,
                                  int32_t count, bool padded, uint64_t *restrict hashes) {
    const StringView *views = base->data;
    for (int32_t i = 0; i < count; i++) {
        int32_t position = positions != NULL ? positions[i] : first + i;
        hashes[i] = bitmap_get(base->nulls, position) ? HASH_OF_NULL
                    : padded                          ? hash_char(&views[position])
                                                      : hash_string(&views[position]);
    }
}

/* Lists of a chunk: all their elements in order, hashed by child, then folded list by list. */
static void hash_lists(const Vector *base, const int32_t *positions, int32_t count,
                       uint64_t *hashes) {
    const ListEntry *entries = base->data;
    int64_t total = 0;
    for (int32_t i = 0; i < count; i++) {
        bool null = base->nulls != NULL && bitmap_get(base->nulls, positions[i]);
        total += null ? 0 : entries[positions[i]].length;
    }
    assert(total <= INT32_MAX);
    int32_t *elements = allocate((size_t)total * sizeof *elements);
    int32_t element_count = 0;
    for (int32_t i = 0; i < count; i++) {
        bool null = base->nulls != NULL && bitmap_get(base->nulls, positions[i]);
        ListEntry entry = null ? (ListEntry){0} : entries[positions[i]];
        for (int32_t j = 0; j < entry.length; j++) {
            elements[element_count++] = entry.offset + j;
        }
    }
    uint64_t *element_hashes = allocate((size_t)total * sizeof *element_hashes);
    for (int32_t child = 0; child < base->child_count; child++) {
        vector_hash_rows(base->children[child], elements, element_count, element_hashes, child > 0);
    }
    bool map = base->type->kind == TYPE_MAP;
    const uint64_t *next = element_hashes;
    for (int32_t i = 0; i < count; i++) {
        bool null = base->nulls != NULL && bitmap_get(base->nulls, positions[i]);
        int32_t length = null ? 0 : entries[positions[i]].length;
        uint64_t hash = hash_int64((uint64_t)length);
        for (int32_t j = 0; j < length; j++, next++) {
            hash = map ? hash + *next : hash_combine(hash, *next);
        }
        hashes[i] = hash;
    }
    free(elements);
    free(element_hashes);
}

static void hash_fields(const Vector *base, const int32_t *positions, int32_t count,
                        uint64_t *hashes) {
    for (int32_t i = 0; i < count; i++) {
        hashes[i] = HASH_OF_NULL + 1;
    }
    for (int32_t child = 0; child < base->child_count; child++) {
        vector_hash_rows(base->children[child], positions, count, hashes, true);
    }
}

/* Up to CHUNK values of base, FLAT or CONSTANT, at positions (NULL: 0 .. count of a FLAT base). */
static void hash_chunk(const Vector *base, const int32_t *positions, int32_t first, int32_t count,
                       uint64_t *restrict hashes) {
    ValueClass class = value_class_of(base->type);
    int32_t numbered[CHUNK];
    if (positions == NULL && class >= VALUE_ARRAY) {
        for (int32_t i = 0; i < count; i++) {
            numbered[i] = first + i;
        }
        positions = numbered;
    }
    if (base->nulls != NULL && (class == VALUE_STRING || class == VALUE_CHAR)) {
        hash_nullable_strings(base, positions, first, count, class == VALUE_CHAR, hashes);
        return;
    }
    if (class == VALUE_ROW) {
        hash_fields(base, positions, count, hashes);
    } else if (class >= VALUE_ARRAY) {
        hash_lists(base, positions, count, hashes);
    } else {
        size_t skipped = positions == NULL ? (size_t)first * base->type->width : 0;
        loops[class]((const char *)base->data + skipped, positions, count, hashes);
    }
    if (base->nulls != NULL) {
        for (int32_t i = 0; i < count; i++) {
            int32_t position = positions != NULL ? positions[i] : first + i;
            hashes[i] = bitmap_get(base->nulls, position) ? HASH_OF_NULL : hashes[i];
        }
    }
}

/* positions NULL: rows 0 .. count of base. */
static void hash_positions(const Vector *base, const int32_t *positions, int32_t count,
                           uint64_t *hashes, bool combine) {
    uint64_t fresh[CHUNK];
    for (int32_t start = 0; start < count; start += CHUNK) {
        int32_t chunk = count - start < CHUNK ? count - start : CHUNK;
        const int32_t *here = positions != NULL ? positions + start : NULL;
        uint64_t *out = hashes + start;
        if (!combine) {
            hash_chunk(base, here, start, chunk, out);
            continue;
        }
        hash_chunk(base, here, start, chunk, fresh);
        for (int32_t i = 0; i < chunk; i++) {
            out[i] = hash_combine(out[i], fresh[i]);
        }
    }
}

static void spread_constant(const Vector *v, int32_t count, uint64_t *hashes, bool combine) {
    int32_t zero = 0;
    uint64_t hash;
    hash_positions(v, &zero, 1, &hash, false);
    for (int32_t i = 0; i < count; i++) {
        hashes[i] = combine ? hash_combine(hashes[i], hash) : hash;
    }
}

static void spread_dictionary(const Vector *v, const int32_t *rows, int32_t count, uint64_t *hashes,
                              bool combine) {
    uint64_t *entries = allocate((size_t)v->base->length * sizeof *entries);
    hash_positions(v->base, NULL, v->base->length, entries, false);
    for (int32_t i = 0; i < count; i++) {
        uint64_t hash = entries[v->indices[rows != NULL ? rows[i] : i]];
        hashes[i] = combine ? hash_combine(hashes[i], hash) : hash;
    }
    free(entries);
}

void vector_hash_rows(const Vector *v, const int32_t *rows, int32_t count, uint64_t *hashes,
                      bool combine) {
    if (count == 0) {
        return;
    }
    if (v->encoding == ENCODING_CONSTANT) {
        spread_constant(v, count, hashes, combine);
    } else if (v->encoding == ENCODING_FLAT) {
        hash_positions(v, rows, count, hashes, combine);
    } else if (v->base->length < count) {
        spread_dictionary(v, rows, count, hashes, combine);
    } else if (rows == NULL) {
        hash_positions(v->base, v->indices, count, hashes, combine);
    } else {
        int32_t positions[CHUNK];
        for (int32_t start = 0; start < count; start += CHUNK) {
            int32_t chunk = count - start < CHUNK ? count - start : CHUNK;
            for (int32_t i = 0; i < chunk; i++) {
                positions[i] = v->indices[rows[start + i]];
            }
            hash_positions(v->base, positions, chunk, hashes + start, combine);
        }
    }
}

void vector_hash(const Vector *v, int32_t count, uint64_t *hashes, bool combine) {
    assert(count <= v->length);
    vector_hash_rows(v, NULL, count, hashes, combine);
}
