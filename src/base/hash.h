/*
 * 64-bit hashes of integers and bytes. Stable within a process and between nodes of one version
 * (partitioning relies on that); never stored. All bits are usable: tables take low bits for the
 * slot and high bits for the tag.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HASH_OF_NULL 0x9AE16A3B2F90404FULL

static inline uint64_t hash_int64(uint64_t value) {
    value = (value ^ (value >> 32)) * 0xD6E8FEB86659FD93ULL;
    value = (value ^ (value >> 32)) * 0xD6E8FEB86659FD93ULL;
    return value ^ (value >> 32);
}

/* Of two words at once: a 128-bit product folded. */
static inline uint64_t hash_two(uint64_t a, uint64_t b) {
    unsigned __int128 product =
        (unsigned __int128)(a ^ 0xA0761D6478BD642FULL) * (b ^ 0xE7037ED1A0B428DBULL);
    return hash_int64((uint64_t)product ^ (uint64_t)(product >> 64));
}

/* Order matters: the hash of a row folds its columns left to right. Both are hashes already. */
static inline uint64_t hash_combine(uint64_t left, uint64_t right) {
    uint64_t mixed = ((left << 23 | left >> 41) ^ right) * 0x9FB21C651E98DF25ULL;
    return mixed ^ (mixed >> 32);
}

/* A 128-bit integer; one that fits 64 bits hashes as that. */
static inline uint64_t hash_int128(__int128 value) {
    return value == (int64_t)value ? hash_int64((uint64_t)value)
                                   : hash_two((uint64_t)value, (uint64_t)(value >> 64));
}

uint64_t hash_bytes(const void *bytes, size_t size); /* XXH3 */
