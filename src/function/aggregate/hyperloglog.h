/*
 * HyperLogLog in the form that Trino's clients exchange. A small set keeps 26 bits of each hash
 * (sparse) and is all but exact; a larger one keeps the longest run of zeros per bucket (dense).
 * When it changes over, and every byte of the serialised form, are as the reference has them.
 */
#pragma once

#include "base/buffer.h"

typedef struct HyperLogLog {
    union {
        uint32_t *entries;  /* sparse: bucket << 6 | zeros, ascending */
        uint8_t *registers; /* dense: one a bucket */
    };
    int32_t entry_count, entry_capacity;
    int32_t reference_length; /* of the reference's array of entries, which decides the change */
    uint8_t index_bits;       /* 0: not begun */
    bool is_dense;
} HyperLogLog;

enum { HYPERLOGLOG_INDEX_BITS_MAX = 16 };

void hyperloglog_init(Arena *arena, HyperLogLog *hll, int index_bits);
void hyperloglog_add_hash(Arena *arena, HyperLogLog *hll, uint64_t hash);
/* The lower 64 bits of MurmurHash3's 128: what values are hashed with before they are added. */
uint64_t hyperloglog_hash(const void *bytes, size_t size);
/* Source is not changed. False: they have different numbers of buckets. */
bool hyperloglog_merge(Arena *arena, HyperLogLog *target, const HyperLogLog *source);
void hyperloglog_make_dense(Arena *arena, HyperLogLog *hll);
int64_t hyperloglog_cardinality(const HyperLogLog *hll);
void hyperloglog_write(const HyperLogLog *hll, ByteString *out);
/* False: these bytes are no HyperLogLog. */
bool hyperloglog_read(Arena *arena, const char *bytes, size_t size, HyperLogLog *ret_hll);
