/*
 * Prefixes, radix sort, and a merge sort for what is left equal. Prefixes of fixed-width keys of up
 * to 64 bits decide everything but ties between NULL and the extreme value; others (strings,
 * 128-bit values) only order most pairs.
 */
#include "exec/sort_rows.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "exec/operator.h"
#include "exec/row_order.h"
#include "vector/value_class.h"

enum { RADIX_ROWS_MIN = 256, CANCEL_CHECK_ROWS = 1 << 16 };

#define SIGN_BIT 0x8000000000000000ULL

static uint64_t signed_prefix(int64_t value) {
    return (uint64_t)value ^ SIGN_BIT;
}

static uint64_t double_prefix(double value) {
    uint64_t bits = double_canonical(value);
    return bits & SIGN_BIT ? ~bits : bits | SIGN_BIT;
}

/* The first 8 bytes, as if the text went on with `pad`. */
static uint64_t string_prefix(const StringView *view, unsigned char pad) {
    const char *bytes = string_data(view);
    uint64_t prefix = 0;
    for (uint32_t i = 0; i < 8; i++) {
        prefix = prefix << 8 | (i < view->length ? (unsigned char)bytes[i] : pad);
    }
    return prefix;
}

static uint64_t prefix_at(ValueClass value_class, const void *data, int32_t i) {
    switch (value_class) {
    case VALUE_INT8:
        return signed_prefix(((const int8_t *)data)[i]);
    case VALUE_INT16:
        return signed_prefix(((const int16_t *)data)[i]);
    case VALUE_INT32:
        return signed_prefix(((const int32_t *)data)[i]);
    case VALUE_INT64:
        return signed_prefix(((const int64_t *)data)[i]);
    case VALUE_REAL:
        return double_prefix((double)((const float *)data)[i]);
    case VALUE_DOUBLE:
        return double_prefix(((const double *)data)[i]);
    case VALUE_INT128:
        return signed_prefix((int64_t)(((const __int128 *)data)[i] >> 64));
    case VALUE_UINT128:
        return (uint64_t)(((const unsigned __int128 *)data)[i] >> 64);
    case VALUE_TIMESTAMP12:
        return signed_prefix(((const Timestamp12 *)data)[i].micros);
    case VALUE_ZONED_TIMESTAMP:
        return signed_prefix(((const int64_t *)data)[i] >> 12);
    case VALUE_ZONED_TIMESTAMP12:
        return signed_prefix(((const TimestampTz12 *)data)[i].packed >> 12);
    case VALUE_ZONED_TIME:
        return signed_prefix(zoned_time_instant(((const int64_t *)data)[i]));
    case VALUE_ZONED_TIME12:
        return signed_prefix(zoned_time12_instant(((const TimeTz12 *)data)[i]));
    case VALUE_STRING:
        return string_prefix(&((const StringView *)data)[i], 0);
    case VALUE_CHAR:
        return string_prefix(&((const StringView *)data)[i], ' ');
    default:
        return 0;
    }
}

static bool decides_ties(ValueClass value_class) {
    switch (value_class) {
    case VALUE_INT8:
    case VALUE_INT16:
    case VALUE_INT32:
    case VALUE_INT64:
    case VALUE_REAL:
    case VALUE_DOUBLE:
    case VALUE_ZONED_TIMESTAMP:
    case VALUE_ZONED_TIME:
        return true;
    default:
        return false;
    }
}

void sort_prefixes(const SortOrder *item, const Vector *column, int32_t first, int32_t count,
                   uint64_t *ret_prefixes) {
    VectorView view = vector_view(column);
    ValueClass value_class = value_class_of(column->type);
    uint64_t flip = item->descending ? UINT64_MAX : 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t at = view_index(&view, first + i);
        ret_prefixes[i] = prefix_at(value_class, view.data, at) ^ flip;
        if (view.nulls != NULL && bitmap_get(view.nulls, at)) {
            ret_prefixes[i] = item->nulls_first ? 0 : UINT64_MAX;
        }
    }
}

int sort_compare(const SortKeys *keys, const SortEntry *a, const SortEntry *b) {
    if (a->prefix != b->prefix) {
        return a->prefix < b->prefix ? -1 : 1;
    }
    return row_order_compare(keys->columns, a->row, keys->columns, b->row, keys->items,
                             keys->count);
}

Status sort_merge(Context *cx, const SortKeys *keys, const SortEntry *a, int64_t a_count,
                  const SortEntry *b, int64_t b_count, SortEntry *to) {
    const SortEntry *a_end = a + a_count, *b_end = b + b_count;
    for (int64_t i = 0; a < a_end && b < b_end; i++) {
        if (i % CANCEL_CHECK_ROWS == 0) {
            TRY(check_cancelled(cx));
        }
        *to++ = sort_compare(keys, a, b) <= 0 ? *a++ : *b++;
    }
    memcpy(to, a, (size_t)(a_end - a) * sizeof *to);
    memcpy(to + (a_end - a), b, (size_t)(b_end - b) * sizeof *to);
    return OK;
}

/* Bottom-up merge sort; `other` is as large as entries. */
static Status merge_sort(Context *cx, const SortKeys *keys, SortEntry *entries, SortEntry *other,
                         int64_t count) {
    SortEntry *from = entries, *to = other;
    for (int64_t width = 1; width < count; width *= 2) {
        for (int64_t left = 0; left < count; left += 2 * width) {
            int64_t middle = left + width < count ? left + width : count;
            int64_t right = left + 2 * width < count ? left + 2 * width : count;
            TRY(sort_merge(cx, keys, from + left, middle - left, from + middle, right - middle,
                           to + left));
        }
        SortEntry *swap = from;
        from = to;
        to = swap;
    }
    if (from != entries) {
        memcpy(entries, from, (size_t)count * sizeof *entries);
    }
    return OK;
}

/* Least significant byte first, so that it is stable; bytes that are the same everywhere are passed
 * over. */
static Status radix_sort(Context *cx, SortEntry *entries, SortEntry *other, int64_t count) {
    static const int DIGITS = 8;
    uint32_t counts[8][256];
    memset(counts, 0, sizeof counts);
    for (int64_t i = 0; i < count; i++) {
        for (int d = 0; d < DIGITS; d++) {
            counts[d][entries[i].prefix >> (8 * d) & 255]++;
        }
    }
    SortEntry *from = entries, *to = other;
    for (int d = 0; d < DIGITS; d++) {
        if (counts[d][from[0].prefix >> (8 * d) & 255] == (uint32_t)count) {
            continue;
        }
        TRY(check_cancelled(cx));
        uint32_t starts[256], sum = 0;
        for (int i = 0; i < 256; i++) {
            starts[i] = sum;
            sum += counts[d][i];
        }
        for (int64_t i = 0; i < count; i++) {
            to[starts[from[i].prefix >> (8 * d) & 255]++] = from[i];
        }
        SortEntry *swap = from;
        from = to;
        to = swap;
    }
    if (from != entries) {
        memcpy(entries, from, (size_t)count * sizeof *entries);
    }
    return OK;
}

/* Sorts each run of equal prefixes by value. */
static Status sort_ties(Context *cx, const SortKeys *keys, SortEntry *entries, SortEntry *other,
                        int64_t count) {
    for (int64_t start = 0; start < count;) {
        int64_t end = start + 1;
        while (end < count && entries[end].prefix == entries[start].prefix) {
            end++;
        }
        if (end - start > 1) {
            TRY(merge_sort(cx, keys, entries + start, other + start, end - start));
        }
        start = end;
    }
    return OK;
}

static Status sort_entries(Context *cx, const SortKeys *keys, SortEntry *entries, SortEntry *other,
                           int64_t count) {
    if (count < RADIX_ROWS_MIN) {
        return merge_sort(cx, keys, entries, other, count);
    }
    TRY(radix_sort(cx, entries, other, count));
    const Vector *column = keys->columns[0];
    bool is_decided = keys->count == 1 && decides_ties(value_class_of(column->type)) &&
                      !vector_may_have_nulls(column);
    return is_decided ? OK : sort_ties(cx, keys, entries, other, count);
}

Status sort_rows(Context *cx, MemoryPool *pool, const SortKeys *keys, int32_t first, int32_t count,
                 SortEntry *entries) {
    uint64_t prefixes[BATCH_ROWS_MAX];
    for (int32_t start = 0; start < count; start += BATCH_ROWS_MAX) {
        int32_t chunk = count - start < BATCH_ROWS_MAX ? count - start : BATCH_ROWS_MAX;
        if (keys->count > 0) {
            sort_prefixes(&keys->items[0], keys->columns[0], first + start, chunk, prefixes);
        }
        for (int32_t i = 0; i < chunk; i++) {
            entries[start + i] =
                (SortEntry){.prefix = keys->count > 0 ? prefixes[i] : 0, .row = first + start + i};
        }
    }
    if (keys->count == 0 || count < 2) {
        return OK;
    }
    int64_t bytes = (int64_t)count * (int64_t)sizeof(SortEntry);
    if (pool != NULL) {
        TRY(pool_reserve(cx, pool, bytes));
    }
    SortEntry *other = allocate((size_t)bytes);
    Status status = sort_entries(cx, keys, entries, other, count);
    free(other);
    if (pool != NULL) {
        pool_release(pool, bytes);
    }
    return status;
}
