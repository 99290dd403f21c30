/*
 * The keys of orders: of each 32 numbers the first 8 are used, in step with the order's number.
 */
#pragma once

#include <stdint.h>

/* `number` counts from 1. */
static inline int64_t order_key(int64_t number) {
    return (number >> 3 << 5) + (number & 7);
}

/* How many orders have a key of at most `key`; 0 when it is negative. */
static inline int64_t orders_up_to(int64_t key) {
    if (key < 0) {
        return 0;
    }
    int64_t rest = key & 31;
    return (key >> 5 << 3) + (rest < 7 ? rest : 7);
}
