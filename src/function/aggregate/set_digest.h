/*
 * A set's sketch for asking how two sets overlap: a HyperLogLog, and the 8192 least hashes with how
 * often each came (MinHash, Broder). While there are fewer the digest is exact. The serialised form
 * is the reference's.
 */
#pragma once

#include "function/aggregate/hyperloglog.h"

enum { SET_DIGEST_INDEX_BITS = 11, SET_DIGEST_HASHES_MAX = 8192 };

typedef struct SetDigest {
    HyperLogLog hll;
    int64_t *hashes; /* ascending */
    int16_t *counts;
    int32_t count, capacity;
    int32_t hashes_max; /* 0: not begun */
} SetDigest;

void set_digest_init(Arena *arena, SetDigest *digest);
void set_digest_add(Arena *arena, SetDigest *digest, const void *bytes, size_t size);
/* Source is not changed. False: their HyperLogLogs do not fit together. */
bool set_digest_merge(Arena *arena, SetDigest *target, const SetDigest *source);
bool set_digest_is_exact(const SetDigest *digest);
int64_t set_digest_cardinality(const SetDigest *digest);
/* How many hashes both have, of the `limit` least of their union. */
int64_t set_digest_common(const SetDigest *a, const SetDigest *b, int64_t limit);
double set_digest_jaccard_index(const SetDigest *a, const SetDigest *b);
void set_digest_write(const SetDigest *digest, ByteString *out);
/* False: these bytes are no set digest. */
bool set_digest_read(Arena *arena, const char *bytes, size_t size, SetDigest *ret_digest);
