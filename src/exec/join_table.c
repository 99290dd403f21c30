/*
 * Building and probing the index of a join's build side. Both go over keys in batches: codes of a
 * batch are computed column by column, then looked up with prefetching, so that cache misses
 * overlap.
 */
#include "exec/join_table.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "base/hash.h"
#include "exec/key_match.h"
#include "exec/operator.h"
#include "vector/vector_compare.h"
#include "vector/vector_hash.h"

enum {
    DENSE_CODES_ALWAYS = 1 << 20, /* an array of this many codes is made for any number of rows */
    DENSE_CODES_A_ROW = 4,
    PREFETCH_DISTANCE = 16,
};

#define EXACT_CODES_MAX ((uint64_t)1 << 62)

void join_table_init(JoinTable *table, MemoryPool *pool, int32_t key_count,
                     const int32_t *key_columns) {
    *table = (JoinTable){.pool = pool, .key_count = key_count, .key_columns = key_columns};
}

void join_table_done(JoinTable *table) {
    column_store_done(&table->rows);
    free(table->lows);
    free(table->ranges);
    free(table->strides);
    free(table->row_of);
    free(table->offsets);
    free(table->row_list);
    free(table->directory);
    free(table->entries);
    if (table->reserved_bytes > 0) {
        pool_release(table->pool, table->reserved_bytes);
    }
    *table = (JoinTable){0};
}

static Status reserve(Context *cx, JoinTable *table, uint64_t count, size_t size, void **ret) {
    int64_t bytes = (int64_t)(count * size);
    if (table->pool != NULL) {
        TRY(pool_reserve(cx, table->pool, bytes));
        table->reserved_bytes += bytes;
    }
    *ret = allocate((size_t)bytes);
    return OK;
}

static void *forget(JoinTable *table, void *memory, uint64_t count, size_t size) {
    free(memory);
    if (table->pool != NULL) {
        pool_release(table->pool, (int64_t)(count * size));
        table->reserved_bytes -= (int64_t)(count * size);
    }
    return NULL;
}

/* ---- codes ---- */

/* The range of a key column's values; false when there is none. */
static bool key_range(const Vector *column, int64_t *ret_low, int64_t *ret_high) {
    int64_t buffer[BATCH_ROWS_MAX];
    uint64_t is_null[BATCH_ROWS_MAX / 64];
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (int32_t start = 0; start < column->length; start += BATCH_ROWS_MAX) {
        int32_t left = column->length - start;
        int32_t count = left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX;
        bool has_nulls;
        const int64_t *values =
            key_integers(column, NULL, start, count, buffer, is_null, &has_nulls);
        for (int32_t i = 0; i < count; i++) {
            bool counts = !has_nulls || !bitmap_get(is_null, i);
            low = counts && values[i] < low ? values[i] : low;
            high = counts && values[i] > high ? values[i] : high;
        }
    }
    *ret_low = low;
    *ret_high = high;
    return low <= high;
}

/* Whether all keys are integers of ranges small enough for exact codes. */
static bool choose_exact_codes(JoinTable *table) {
    table->lows = allocate_zeroed((size_t)table->key_count * sizeof *table->lows);
    table->ranges = allocate_zeroed((size_t)table->key_count * sizeof *table->ranges);
    table->strides = allocate_zeroed((size_t)table->key_count * sizeof *table->strides);
    uint64_t codes = 1;
    for (int32_t i = 0; i < table->key_count; i++) {
        const Vector *column = table->rows.columns[table->key_columns[i]];
        int64_t low, high;
        if (!key_is_integer(column->type)) {
            return false;
        }
        if (!key_range(column, &low, &high)) {
            low = high = 0; /* only NULLs: nothing will be indexed */
        }
        uint64_t range = (uint64_t)high - (uint64_t)low;
        if (range >= EXACT_CODES_MAX / codes) {
            return false;
        }
        table->lows[i] = low;
        table->ranges[i] = range;
        table->strides[i] = codes;
        codes *= range + 1;
    }
    table->code_count = codes;
    return true;
}

static void note_nulls(const Vector *key, int32_t first, int32_t count, uint64_t *has_null) {
    VectorView view = vector_view(key);
    for (int32_t i = 0; view.nulls != NULL && i < count; i++) {
        if (view_is_null(&view, first + i)) {
            bitmap_set(has_null, i);
        }
    }
}

static void hash_codes(const JoinTable *table, Vector *const *keys, int32_t first, int32_t count,
                       uint64_t *codes) {
    int32_t rows[BATCH_ROWS_MAX];
    for (int32_t i = 0; first > 0 && i < count; i++) {
        rows[i] = first + i;
    }
    for (int32_t k = 0; k < table->key_count; k++) {
        if (first > 0) {
            vector_hash_rows(keys[k], rows, count, codes, k > 0);
        } else {
            vector_hash(keys[k], count, codes, k > 0);
        }
    }
}

/* Codes of rows first .. first+count of the keys; an exact code out of reach becomes UINT64_MAX. */
static void make_codes(const JoinTable *table, Vector *const *keys, int32_t first, int32_t count,
                       uint64_t *codes, uint64_t *has_null) {
    memset(has_null, 0, bitmap_words(count) * sizeof *has_null);
    for (int32_t k = 0; k < table->key_count; k++) {
        note_nulls(keys[k], first, count, has_null);
    }
    if (!table->is_exact) {
        hash_codes(table, keys, first, count, codes);
        return;
    }
    int64_t buffer[BATCH_ROWS_MAX];
    uint64_t is_null[BATCH_ROWS_MAX / 64];
    for (int32_t k = 0; k < table->key_count; k++) {
        bool has_nulls;
        const int64_t *values =
            key_integers(keys[k], NULL, first, count, buffer, is_null, &has_nulls);
        uint64_t low = (uint64_t)table->lows[k], range = table->ranges[k];
        uint64_t stride = table->strides[k];
        for (int32_t i = 0; i < count; i++) {
            uint64_t offset = (uint64_t)values[i] - low;
            uint64_t code = k > 0 ? codes[i] : 0;
            bool reachable = offset <= range && code != UINT64_MAX;
            codes[i] = reachable ? code + offset * stride : UINT64_MAX;
        }
    }
}

/* ---- building ---- */

/* Codes of all rows; rows with a NULL key get UINT64_MAX when codes are exact, and are noted in
 * *ret_null_bits. */
static Status all_codes(Context *cx, JoinTable *table, uint64_t *codes, uint64_t *null_bits) {
    uint64_t has_null[BATCH_ROWS_MAX / 64];
    Vector **keys = arena_new_array(cx->arena, Vector *, table->key_count);
    for (int32_t k = 0; k < table->key_count; k++) {
        keys[k] = table->rows.columns[table->key_columns[k]];
    }
    for (int32_t start = 0; start < table->rows.row_count; start += BATCH_ROWS_MAX) {
        int32_t left = table->rows.row_count - start;
        int32_t count = left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX;
        TRY(check_cancelled(cx));
        make_codes(table, keys, start, count, codes + start, has_null);
        memcpy(null_bits + start / 64, has_null, bitmap_words(count) * sizeof *has_null);
        for (size_t w = 0; w < bitmap_words(count); w++) {
            table->has_null_key = table->has_null_key || has_null[w] != 0;
        }
    }
    return OK;
}

static Status build_unique(Context *cx, JoinTable *table, const uint64_t *codes,
                           const uint64_t *null_bits, bool *ret_unique) {
    void *memory;
    TRY(reserve(cx, table, table->code_count, sizeof(int32_t), &memory));
    int32_t *row_of = memory;
    memset(row_of, 0xFF, (size_t)table->code_count * sizeof(int32_t));
    *ret_unique = true;
    for (int32_t row = 0; row < table->rows.row_count; row++) {
        if (table->has_null_key && bitmap_get(null_bits, row)) {
            continue;
        }
        if (row_of[codes[row]] >= 0) {
            *ret_unique = false;
            forget(table, memory, table->code_count, sizeof(int32_t));
            return OK;
        }
        row_of[codes[row]] = row;
    }
    table->row_of = row_of;
    table->kind = JOIN_INDEX_UNIQUE;
    return OK;
}

static Status build_ranges(Context *cx, JoinTable *table, const uint64_t *codes,
                           const uint64_t *null_bits) {
    void *offsets_memory, *rows_memory;
    int32_t row_count = table->rows.row_count;
    TRY(reserve(cx, table, table->code_count + 2, sizeof(uint32_t), &offsets_memory));
    uint32_t *offsets = table->offsets = offsets_memory;
    TRY(reserve(cx, table, (uint64_t)row_count, sizeof(int32_t), &rows_memory));
    int32_t *rows = table->row_list = rows_memory;
    memset(offsets, 0, (size_t)(table->code_count + 2) * sizeof(uint32_t));
    for (int32_t row = 0; row < row_count; row++) {
        if (!bitmap_get(null_bits, row)) {
            offsets[codes[row] + 2]++;
        }
    }
    for (uint64_t code = 2; code < table->code_count + 2; code++) {
        offsets[code] += offsets[code - 1];
    }
    /* offsets[code + 1] is where the code's next row goes; when all are placed it is where the next
     * code starts. */
    for (int32_t row = 0; row < row_count; row++) {
        if (!bitmap_get(null_bits, row)) {
            rows[offsets[codes[row] + 1]++] = row;
        }
    }
    table->kind = JOIN_INDEX_RANGES;
    return OK;
}

static inline uint64_t code_hash(const JoinTable *table, uint64_t code) {
    return table->is_exact ? hash_int64(code) : code;
}

static inline uint64_t tag_of(uint64_t hash) {
    return (uint64_t)1 << (hash & 15);
}

static Status build_buckets(Context *cx, JoinTable *table, const uint64_t *codes,
                            const uint64_t *null_bits) {
    int32_t row_count = table->rows.row_count;
    int32_t bits = 10;
    while (((int64_t)1 << bits) < row_count) {
        bits++;
    }
    void *memory;
    uint64_t buckets = (uint64_t)1 << bits;
    TRY(reserve(cx, table, buckets + 2, sizeof(uint64_t), &memory));
    uint64_t *directory = table->directory = memory;
    TRY(reserve(cx, table, (uint64_t)row_count, sizeof(JoinEntry), &memory));
    table->entries = memory;
    table->bucket_shift = 64 - bits;
    memset(directory, 0, (size_t)(buckets + 2) * sizeof(uint64_t));
    for (int32_t row = 0; row < row_count; row++) {
        if (!bitmap_get(null_bits, row)) {
            uint64_t bucket = code_hash(table, codes[row]) >> table->bucket_shift;
            directory[bucket + 2] += (uint64_t)1 << 16;
        }
    }
    TRY(check_cancelled(cx));
    for (uint64_t bucket = 2; bucket < buckets + 2; bucket++) {
        directory[bucket] += directory[bucket - 1];
    }
    /* As in build_ranges, directory[bucket + 1] moves from the bucket's start to its end. */
    for (int32_t row = 0; row < row_count; row++) {
        if (!bitmap_get(null_bits, row)) {
            uint64_t bucket = code_hash(table, codes[row]) >> table->bucket_shift;
            uint64_t entry = directory[bucket + 1] >> 16;
            table->entries[entry] = (JoinEntry){.code = codes[row], .row = row};
            directory[bucket + 1] += (uint64_t)1 << 16;
        }
    }
    for (uint64_t bucket = 0; bucket < buckets; bucket++) {
        for (uint64_t e = directory[bucket] >> 16; e < directory[bucket + 1] >> 16; e++) {
            directory[bucket] |= tag_of(code_hash(table, table->entries[e].code));
        }
    }
    table->kind = JOIN_INDEX_BUCKETS;
    return OK;
}

static Status build_index(Context *cx, JoinTable *table, const uint64_t *codes,
                          const uint64_t *null_bits) {
    uint64_t rows = (uint64_t)table->rows.row_count;
    bool is_dense = table->is_exact && (table->code_count <= DENSE_CODES_ALWAYS ||
                                        table->code_count / DENSE_CODES_A_ROW <= rows);
    if (!is_dense) {
        return build_buckets(cx, table, codes, null_bits);
    }
    if (rows <= table->code_count) {
        bool unique;
        TRY(build_unique(cx, table, codes, null_bits, &unique));
        if (unique) {
            return OK;
        }
    }
    return build_ranges(cx, table, codes, null_bits);
}

Status join_table_build(Context *cx, JoinTable *table) {
    int32_t row_count = table->rows.row_count;
    table->kind = JOIN_INDEX_EMPTY;
    if (row_count == 0 || table->key_count == 0) {
        return OK;
    }
    table->is_exact = choose_exact_codes(table);
    void *codes, *null_bits;
    uint64_t words = bitmap_words(row_count) + BATCH_ROWS_MAX / 64;
    TRY(reserve(cx, table, (uint64_t)row_count, sizeof(uint64_t), &codes));
    Status status = reserve(cx, table, words, sizeof(uint64_t), &null_bits);
    if (status == OK) {
        memset(null_bits, 0, words * sizeof(uint64_t));
        status = all_codes(cx, table, codes, null_bits);
        if (status == OK) {
            status = build_index(cx, table, codes, null_bits);
        }
        forget(table, null_bits, words, sizeof(uint64_t));
    }
    forget(table, codes, (uint64_t)row_count, sizeof(uint64_t));
    return status;
}

/* ---- probing ---- */

static void probe_unique(const JoinTable *table, int32_t count, JoinMatches *m) {
    for (int32_t i = 0; i < count; i++) {
        uint64_t code = m->codes[i];
        int32_t row = code < table->code_count ? table->row_of[code] : -1;
        m->first[i] = row >= 0 ? (uint32_t)row : 0;
        m->last[i] = (uint32_t)(row + 1);
    }
}

static void probe_ranges(const JoinTable *table, int32_t count, JoinMatches *m) {
    for (int32_t i = 0; i < count; i++) {
        uint64_t code = m->codes[i];
        bool found = code < table->code_count;
        m->first[i] = found ? table->offsets[code] : 0;
        m->last[i] = found ? table->offsets[code + 1] : 0;
    }
}

static void probe_buckets(const JoinTable *table, int32_t count, JoinMatches *m) {
    const uint64_t *directory = table->directory;
    uint64_t hashes[BATCH_ROWS_MAX];
    for (int32_t i = 0; i < count; i++) {
        hashes[i] = code_hash(table, m->codes[i]);
    }
    for (int32_t i = 0; i < count && i < PREFETCH_DISTANCE; i++) {
        __builtin_prefetch(&directory[hashes[i] >> table->bucket_shift]);
    }
    for (int32_t i = 0; i < count; i++) {
        if (i + PREFETCH_DISTANCE < count) {
            __builtin_prefetch(&directory[hashes[i + PREFETCH_DISTANCE] >> table->bucket_shift]);
        }
        const uint64_t *bucket = &directory[hashes[i] >> table->bucket_shift];
        bool found = (bucket[0] & tag_of(hashes[i])) != 0;
        m->first[i] = found ? (uint32_t)(bucket[0] >> 16) : 0;
        m->last[i] = found ? (uint32_t)(bucket[1] >> 16) : 0;
        __builtin_prefetch(&table->entries[m->first[i]]);
    }
}

void join_table_probe(const JoinTable *table, Vector *const *keys, int32_t count, JoinMatches *m) {
    m->next_row = 0;
    m->next_candidate = 0;
    make_codes(table, keys, 0, count, m->codes, m->has_null);
    switch (table->kind) {
    case JOIN_INDEX_EMPTY:
        memset(m->first, 0, (size_t)count * sizeof *m->first);
        memset(m->last, 0, (size_t)count * sizeof *m->last);
        return;
    case JOIN_INDEX_UNIQUE:
        probe_unique(table, count, m);
        break;
    case JOIN_INDEX_RANGES:
        probe_ranges(table, count, m);
        break;
    case JOIN_INDEX_BUCKETS:
        probe_buckets(table, count, m);
        break;
    }
    for (size_t w = 0; w < bitmap_words(count); w++) {
        for (uint64_t bits = m->has_null[w]; bits != 0; bits &= bits - 1) {
            int32_t row = (int32_t)w * 64 + __builtin_ctzll(bits);
            m->first[row] = m->last[row] = 0;
        }
    }
}

static int32_t next_unique(JoinMatches *m, int32_t count, int32_t limit, int32_t *probe_rows,
                           int32_t *build_rows) {
    int32_t found = 0, row = m->next_row;
    for (; row < count && found < limit; row++) {
        probe_rows[found] = row;
        build_rows[found] = (int32_t)m->first[row];
        found += m->last[row] > m->first[row];
    }
    m->next_row = row;
    return found;
}

static int32_t next_ranges(const JoinTable *table, JoinMatches *m, int32_t count, int32_t limit,
                           int32_t *probe_rows, int32_t *build_rows) {
    int32_t found = 0, row = m->next_row;
    uint32_t skip = m->next_candidate;
    for (; row < count; row++, skip = 0) {
        for (uint32_t c = m->first[row] + skip; c < m->last[row]; c++) {
            if (found == limit) {
                m->next_row = row;
                m->next_candidate = c - m->first[row];
                return found;
            }
            probe_rows[found] = row;
            build_rows[found++] = table->row_list[c];
        }
    }
    m->next_row = row;
    return found;
}

static int32_t next_buckets(const JoinTable *table, JoinMatches *m, int32_t count, int32_t limit,
                            int32_t *probe_rows, int32_t *build_rows) {
    int32_t found = 0, row = m->next_row;
    uint32_t skip = m->next_candidate;
    for (; row < count; row++, skip = 0) {
        uint64_t code = m->codes[row];
        for (uint32_t c = m->first[row] + skip; c < m->last[row]; c++) {
            if (found == limit) {
                m->next_row = row;
                m->next_candidate = c - m->first[row];
                return found;
            }
            probe_rows[found] = row;
            build_rows[found] = table->entries[c].row;
            found += table->entries[c].code == code;
        }
    }
    m->next_row = row;
    return found;
}

int32_t join_matches_next(const JoinTable *table, JoinMatches *m, int32_t count, int32_t limit,
                          int32_t *ret_probe_rows, int32_t *ret_build_rows) {
    switch (table->kind) {
    case JOIN_INDEX_EMPTY:
        break;
    case JOIN_INDEX_UNIQUE:
        return next_unique(m, count, limit, ret_probe_rows, ret_build_rows);
    case JOIN_INDEX_RANGES:
        return next_ranges(table, m, count, limit, ret_probe_rows, ret_build_rows);
    case JOIN_INDEX_BUCKETS:
        return next_buckets(table, m, count, limit, ret_probe_rows, ret_build_rows);
    }
    m->next_row = count;
    return 0;
}

int32_t join_table_verify(const JoinTable *table, Vector *const *keys, int32_t count,
                          int32_t *probe_rows, int32_t *build_rows) {
    if (table->is_exact) {
        return count;
    }
    uint8_t equal[BATCH_ROWS_MAX];
    for (int32_t k = 0; k < table->key_count && count > 0; k++) {
        vector_identical_rows(keys[k], probe_rows, table->rows.columns[table->key_columns[k]],
                              build_rows, count, equal);
        int32_t kept = 0;
        for (int32_t i = 0; i < count; i++) {
            probe_rows[kept] = probe_rows[i];
            build_rows[kept] = build_rows[i];
            kept += equal[i];
        }
        count = kept;
    }
    return count;
}
