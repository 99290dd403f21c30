/*
 * Sorting rows of whole columns. Each row gets a 64-bit prefix of its first ORDER BY key that sorts
 * as the key does; rows are radix-sorted by prefix, and only those whose prefixes are equal are
 * compared by value. Equal rows keep their order.
 */
#pragma once

#include "plan/plan.h"

typedef struct SortEntry {
    uint64_t prefix;
    int32_t row;
    int32_t unused;
} SortEntry;

/* What rows are sorted by: column i belongs to items[i]. */
typedef struct SortKeys {
    int32_t count;
    const SortOrder *items;
    Vector *const *columns;
} SortKeys;

/* Prefixes of rows first .. first+count of the first key. */
void sort_prefixes(const SortOrder *item, const Vector *column, int32_t first, int32_t count,
                   uint64_t *ret_prefixes);
int sort_compare(const SortKeys *keys, const SortEntry *a, const SortEntry *b);
/* Fills entries with rows first .. first+count, sorted. Takes as much memory again while it works,
 * charged to the pool. */
MUST_CHECK Status sort_rows(Context *cx, MemoryPool *pool, const SortKeys *keys, int32_t first,
                            int32_t count, SortEntry *entries);
/* Merges two sorted runs into `to`, which has room for both. */
MUST_CHECK Status sort_merge(Context *cx, const SortKeys *keys, const SortEntry *a, int64_t a_count,
                             const SortEntry *b, int64_t b_count, SortEntry *to);
