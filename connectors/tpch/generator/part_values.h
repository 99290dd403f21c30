/*
 * What several tables compute from a part's key: its price and its suppliers.
 */
#pragma once

#include <stdint.h>

enum { SUPPLIERS_PER_PART = 4 };

/* In cents. The largest is 209900, so that a price times 50 is far inside int32_t. */
static inline int32_t part_price(int64_t part_key) {
    return (int32_t)(90000 + part_key / 10 % 20001 + part_key % 1000 * 100);
}

/* The same for keys that are int32_t, without 64-bit divisions. */
static inline int32_t part_price_narrow(int32_t part_key) {
    return 90000 + part_key / 10 % 20001 + part_key % 1000 * 100;
}

/* The key of the part's supplier j, 0 .. 3; supplier_count is positive. */
static inline int64_t part_supplier(int64_t part_key, int32_t j, int64_t supplier_count) {
    int64_t step = supplier_count / SUPPLIERS_PER_PART + (part_key - 1) / supplier_count;
    return (part_key + j * step) % supplier_count + 1;
}
