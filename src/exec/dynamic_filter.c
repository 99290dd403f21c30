/*
 * Dynamic filters over integer keys: a range, and beside it an exact bitmap of the range when that
 * is small, else a blocked Bloom filter of about 12 bits a key (one 64-bit word a key, four bits in
 * it).
 */
#include "exec/dynamic_filter.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "base/hash.h"
#include "exec/key_match.h"

enum { BITMAP_BITS_MAX = 1 << 24, BLOOM_BITS_A_KEY = 12, BLOOM_KEYS_MAX = 8 << 20 };

struct DynamicFilterValues {
    int32_t id;
    DynamicFilterValues *next;
    bool is_empty;
    int64_t low, high;
    uint64_t *bitmap; /* bit (value - low); NULL: none */
    uint64_t *bloom;  /* NULL: none */
    uint64_t bloom_mask;
    int64_t reserved_bytes;
};

struct DynamicFilterSet {
    pthread_mutex_t lock;
    MemoryPool *pool;
    DynamicFilterValues *first;
};

void dynamic_filters_free(DynamicFilterSet *set) {
    if (set == NULL) {
        return;
    }
    for (DynamicFilterValues *filter = set->first; filter != NULL;) {
        DynamicFilterValues *next = filter->next;
        if (filter->reserved_bytes > 0) {
            pool_release(set->pool, filter->reserved_bytes);
        }
        free(filter->bitmap);
        free(filter->bloom);
        free(filter);
        filter = next;
    }
    pthread_mutex_destroy(&set->lock);
    free(set);
}

static DynamicFilterSet *set_of(QueryExecution *execution) {
    pthread_mutex_lock(&execution->lock);
    if (execution->dynamic_filters == NULL) {
        execution->dynamic_filters = allocate_zeroed(sizeof *execution->dynamic_filters);
        execution->dynamic_filters->pool = execution->options.pool;
        pthread_mutex_init(&execution->dynamic_filters->lock, NULL);
    }
    pthread_mutex_unlock(&execution->lock);
    return execution->dynamic_filters;
}

static uint64_t bloom_word(uint64_t hash) {
    return (uint64_t)1 << (hash >> 58 & 63) | (uint64_t)1 << (hash >> 52 & 63) |
           (uint64_t)1 << (hash >> 46 & 63) | (uint64_t)1 << (hash >> 40 & 63);
}

static void note_range(DynamicFilterValues *filter, int64_t value) {
    filter->low = filter->is_empty || value < filter->low ? value : filter->low;
    filter->high = filter->is_empty || value > filter->high ? value : filter->high;
    filter->is_empty = false;
}

static void note_value(DynamicFilterValues *filter, int64_t value) {
    if (filter->bitmap != NULL) {
        uint64_t bit = (uint64_t)value - (uint64_t)filter->low;
        filter->bitmap[bit >> 6] |= (uint64_t)1 << (bit & 63);
    } else {
        uint64_t hash = hash_int64((uint64_t)value);
        filter->bloom[hash & filter->bloom_mask] |= bloom_word(hash);
    }
}

/* Notes the non-NULL values: in the range first, in the bits when there is room for them. */
static void fill(DynamicFilterValues *filter, const Vector *vector, bool only_range) {
    int64_t buffer[BATCH_ROWS_MAX];
    uint64_t is_null[BATCH_ROWS_MAX / 64];
    for (int32_t start = 0; start < vector->length; start += BATCH_ROWS_MAX) {
        int32_t left = vector->length - start;
        int32_t count = left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX;
        bool has_nulls;
        const int64_t *values =
            key_integers(vector, NULL, start, count, buffer, is_null, &has_nulls);
        for (int32_t i = 0; i < count; i++) {
            if (has_nulls && bitmap_get(is_null, i)) {
                continue;
            }
            if (only_range) {
                note_range(filter, values[i]);
            } else {
                note_value(filter, values[i]);
            }
        }
    }
}

static uint64_t *reserve_words(DynamicFilterSet *set, DynamicFilterValues *filter, uint64_t words) {
    int64_t bytes = (int64_t)(words * sizeof(uint64_t));
    if (set->pool != NULL && !pool_try_reserve(set->pool, bytes)) {
        return NULL; /* a filter is a help, not a need */
    }
    filter->reserved_bytes = set->pool != NULL ? bytes : 0;
    return allocate_zeroed((size_t)bytes);
}

static void fill_bits(DynamicFilterSet *set, DynamicFilterValues *filter, const Vector *values) {
    uint64_t range = (uint64_t)filter->high - (uint64_t)filter->low;
    uint64_t keys = (uint64_t)values->length;
    if (range < BITMAP_BITS_MAX && range / 64 < keys + 1024) {
        filter->bitmap = reserve_words(set, filter, range / 64 + 1);
    } else if (keys <= BLOOM_KEYS_MAX) {
        uint64_t words = 64;
        while (words * 64 < keys * BLOOM_BITS_A_KEY) {
            words *= 2;
        }
        filter->bloom_mask = words - 1;
        filter->bloom = reserve_words(set, filter, words);
    }
    if (filter->bitmap != NULL || filter->bloom != NULL) {
        fill(filter, values, false);
    }
}

Status dynamic_filter_publish(Context *cx, QueryExecution *execution, int32_t id,
                              const Vector *values) {
    if (!key_is_integer(values->type)) {
        return OK;
    }
    DynamicFilterSet *set = set_of(execution);
    DynamicFilterValues *filter = allocate_zeroed(sizeof *filter);
    filter->id = id;
    filter->is_empty = true;
    fill(filter, values, true);
    if (!filter->is_empty) {
        fill_bits(set, filter, values);
    }
    pthread_mutex_lock(&set->lock);
    filter->next = set->first;
    set->first = filter;
    pthread_mutex_unlock(&set->lock);
    return check_cancelled(cx);
}

const DynamicFilterValues *dynamic_filter_find(QueryExecution *execution, int32_t id) {
    DynamicFilterSet *set = set_of(execution);
    pthread_mutex_lock(&set->lock);
    const DynamicFilterValues *filter = set->first;
    while (filter != NULL && filter->id != id) {
        filter = filter->next;
    }
    pthread_mutex_unlock(&set->lock);
    return filter;
}

static int32_t keep_in_range(const DynamicFilterValues *filter, const int64_t *restrict values,
                             int32_t count, int32_t *restrict rows) {
    uint64_t low = (uint64_t)filter->low, range = (uint64_t)filter->high - low;
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        rows[kept] = i;
        kept += (uint64_t)values[i] - low <= range;
    }
    return kept;
}

static int32_t keep_in_bitmap(const DynamicFilterValues *filter, const int64_t *restrict values,
                              int32_t count, int32_t *restrict rows) {
    const uint64_t *restrict bitmap = filter->bitmap;
    uint64_t low = (uint64_t)filter->low, range = (uint64_t)filter->high - low;
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        uint64_t bit = (uint64_t)values[i] - low;
        uint64_t inside = bit <= range;
        bit = inside ? bit : 0;
        rows[kept] = i;
        kept += (int32_t)(bitmap[bit >> 6] >> (bit & 63) & inside);
    }
    return kept;
}

static int32_t keep_in_bloom(const DynamicFilterValues *filter, const int64_t *restrict values,
                             int32_t count, int32_t *restrict rows) {
    const uint64_t *restrict bloom = filter->bloom;
    uint64_t low = (uint64_t)filter->low, range = (uint64_t)filter->high - low;
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        uint64_t hash = hash_int64((uint64_t)values[i]);
        uint64_t bits = bloom_word(hash);
        rows[kept] = i;
        kept +=
            (uint64_t)values[i] - low <= range && (bloom[hash & filter->bloom_mask] & bits) == bits;
    }
    return kept;
}

int32_t dynamic_filter_apply(const DynamicFilterValues *filter, const Vector *column, int32_t count,
                             int32_t *ret_rows) {
    int64_t buffer[BATCH_ROWS_MAX];
    uint64_t is_null[BATCH_ROWS_MAX / 64];
    bool has_nulls;
    if (filter->is_empty) {
        return 0;
    }
    const int64_t *values = key_integers(column, NULL, 0, count, buffer, is_null, &has_nulls);
    int32_t kept = filter->bitmap != NULL  ? keep_in_bitmap(filter, values, count, ret_rows)
                   : filter->bloom != NULL ? keep_in_bloom(filter, values, count, ret_rows)
                                           : keep_in_range(filter, values, count, ret_rows);
    int32_t not_null = 0;
    for (int32_t i = 0; has_nulls && i < kept; i++) {
        int32_t row = ret_rows[i];
        ret_rows[not_null] = row;
        not_null += !bitmap_get(is_null, row);
    }
    return has_nulls ? not_null : kept;
}

bool dynamic_filter_range(const DynamicFilterValues *filter, int64_t *ret_low, int64_t *ret_high) {
    *ret_low = filter->low;
    *ret_high = filter->high;
    return !filter->is_empty;
}
