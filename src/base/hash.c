/*
 * Hashing of byte strings: XXH3 compiled into this file, so that short inputs are not a call
 * through the shared library.
 */
#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash_bytes(const void *bytes, size_t size) {
    return XXH3_64bits(bytes, size);
}
