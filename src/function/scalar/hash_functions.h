/* Published hash functions that no library in use provides: MurmurHash3 (x64, 128 bits) and
 * SpookyHash V2, seed 0. */
#pragma once

#include <stddef.h>
#include <stdint.h>

void murmur3_128(const void *data, size_t size, uint64_t ret_hash[2]);
uint64_t spooky_hash_v2(const void *data, size_t size); /* the low 32 bits are the 32-bit hash */
