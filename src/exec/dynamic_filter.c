/*
 * Dynamic filters over integer keys: a range, and beside it an exact bitmap of the range when that is small, else a blocked
 * Bloom filter of about 12 bits a key (one 64-bit word a key, four bits in it).
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

/* Calls for the non-NULL values, a batch at a time: range first, then bits. */
static void fill(DynamicFilterValues *filter, const Vector *values, bool only_range) {
    int64_t integers[BATCH_ROWS_MAX];
    uint64_t is_null[BATCH_ROWS_MAX / 64];
    int32_t rows[BATCH_ROWS_MAX];
    for (int32_t start = 0; start < values->length; start += BATCH_ROWS_MAX) {
        int32_t left = values->length - start;
        int32_t count = left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX;
        for (int32_t i = 0; i < count; i++) {
            rows[i] = start + i;
        }
        bool has_nulls = key_integers(values, rows, count, integers, is_null);
        for (int32_t i = 0; i < count; i++) {
            if (has_nulls && bitmap_get(is_null, i)) {
                continue;
            }
            if (only_range) {
                filter->low =
                    filter->is_empty || integers[i] < filter->low ? integers[i] : filter->low;
                filter->high =
                    filter->is_empty || integers[i] > filter->high ? integers[i] : filter->high;
                filter->is_empty = false;
            } else if (filter->bitmap != NULL) {
                uint64_t bit = (uint64_t)integers[i] - (uint64_t)filter->low;
                filter->bitmap[bit >> 6] |= (uint64_t)1 << (bit & 63);
            } else {
                uint64_t hash = hash_int64((uint64_t)integers[i]);
                filter->bloom[hash & filter->bloom_mask] |= bloom_word(hash);
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

static inline bool may_match(const DynamicFilterValues *filter, int64_t value) {
    if (value < filter->low || value > filter->high) {
        return false;
    }
    if (filter->bitmap != NULL) {
        uint64_t bit = (uint64_t)value - (uint64_t)filter->low;
        return (filter->bitmap[bit >> 6] >> (bit & 63)) & 1;
    }
    if (filter->bloom != NULL) {
        uint64_t hash = hash_int64((uint64_t)value);
        uint64_t bits = bloom_word(hash);
        return (filter->bloom[hash & filter->bloom_mask] & bits) == bits;
    }
    return true;
}

int32_t dynamic_filter_apply(const DynamicFilterValues *filter, const Vector *column,
                             const int32_t *rows, int32_t count, int32_t *ret_rows) {
    int64_t values[BATCH_ROWS_MAX];
    uint64_t is_null[BATCH_ROWS_MAX / 64];
    if (filter->is_empty) {
        return 0;
    }
    bool has_nulls = key_integers(column, rows, count, values, is_null);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        ret_rows[kept] = rows != NULL ? rows[i] : i;
        kept += may_match(filter, values[i]) && !(has_nulls && bitmap_get(is_null, i));
    }
    return kept;
}

bool dynamic_filter_range(const DynamicFilterValues *filter, int64_t *ret_low, int64_t *ret_high) {
    *ret_low = filter->low;
    *ret_high = filter->high;
    return !filter->is_empty;
}
