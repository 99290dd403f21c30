/*
 * The reference's XX_HASH_64 operator: the hash that checksum shows and approx_distinct counts
 * with, the same on every node and in every version. Values that are equal hash alike.
 */
#pragma once

#include "warren/vector.h"

uint64_t xxhash_of_int64(int64_t value);
/* Of values at rows[0..count) (0..count when rows is NULL); a NULL's is 0. */
void vector_xxhash(const Vector *values, const int32_t *rows, int32_t count, uint64_t *ret_hashes);
