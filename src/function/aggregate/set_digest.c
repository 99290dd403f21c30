/*
 * Set digests. The least hashes are a sorted array: once it is full, most values are turned away by
 * one comparison with its end.
 */
#include "function/aggregate/set_digest.h"

#include <string.h>

enum { FORMAT_TAG = 1, ENTRY_BYTES = sizeof(int64_t) + sizeof(int16_t) };

void set_digest_init(Arena *arena, SetDigest *digest) {
    *digest = (SetDigest){.hashes_max = SET_DIGEST_HASHES_MAX};
    hyperloglog_init(arena, &digest->hll, SET_DIGEST_INDEX_BITS);
}

static void reserve(Arena *arena, SetDigest *digest, int32_t count) {
    if (count <= digest->capacity) {
        return;
    }
    int32_t capacity = digest->capacity < 4 ? 4 : digest->capacity * 2;
    capacity = capacity < count ? count : capacity;
    int64_t *hashes = arena_alloc(arena, (size_t)capacity * sizeof *hashes);
    int16_t *counts = arena_alloc(arena, (size_t)capacity * sizeof *counts);
    if (digest->count > 0) {
        memcpy(hashes, digest->hashes, (size_t)digest->count * sizeof *hashes);
        memcpy(counts, digest->counts, (size_t)digest->count * sizeof *counts);
    }
    digest->hashes = hashes;
    digest->counts = counts;
    digest->capacity = capacity;
}

static int32_t find(const SetDigest *digest, int64_t hash) {
    int32_t low = 0, high = digest->count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (digest->hashes[middle] < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void add_hash(Arena *arena, SetDigest *digest, int64_t hash, int32_t times) {
    int32_t at = find(digest, hash);
    if (at < digest->count && digest->hashes[at] == hash) {
        int32_t sum = digest->counts[at] + times;
        digest->counts[at] = (int16_t)(sum < INT16_MAX ? sum : INT16_MAX);
        return;
    }
    if (at == digest->hashes_max) {
        return;
    }
    reserve(arena, digest, digest->count + 1);
    size_t moved = (size_t)(digest->count - at);
    memmove(digest->hashes + at + 1, digest->hashes + at, moved * sizeof *digest->hashes);
    memmove(digest->counts + at + 1, digest->counts + at, moved * sizeof *digest->counts);
    digest->hashes[at] = hash;
    digest->counts[at] = (int16_t)times;
    digest->count += digest->count < digest->hashes_max;
}

void set_digest_add(Arena *arena, SetDigest *digest, const void *bytes, size_t size) {
    uint64_t hash = hyperloglog_hash(bytes, size);
    add_hash(arena, digest, (int64_t)hash, 1);
    hyperloglog_add_hash(arena, &digest->hll, hash);
}

bool set_digest_merge(Arena *arena, SetDigest *target, const SetDigest *source) {
    if (!hyperloglog_merge(arena, &target->hll, &source->hll)) {
        return false;
    }
    for (int32_t i = 0; i < source->count; i++) {
        add_hash(arena, target, source->hashes[i], source->counts[i]);
    }
    return true;
}

bool set_digest_is_exact(const SetDigest *digest) {
    return digest->count < digest->hashes_max;
}

int64_t set_digest_cardinality(const SetDigest *digest) {
    return set_digest_is_exact(digest) ? digest->count : hyperloglog_cardinality(&digest->hll);
}

int64_t set_digest_common(const SetDigest *a, const SetDigest *b, int64_t limit) {
    int64_t common = 0;
    int32_t i = 0, j = 0;
    for (int64_t seen = 0; seen < limit && i < a->count && j < b->count; seen++) {
        int64_t x = a->hashes[i], y = b->hashes[j];
        common += x == y;
        i += x <= y;
        j += y <= x;
    }
    return common;
}

double set_digest_jaccard_index(const SetDigest *a, const SetDigest *b) {
    int32_t smaller = a->count < b->count ? a->count : b->count;
    return (double)set_digest_common(a, b, smaller) / smaller;
}

/* ---- serialised ---- */

void set_digest_write(const SetDigest *digest, ByteString *out) {
    byte_string_append_char(out, FORMAT_TAG);
    size_t length_at = out->size;
    int32_t length = 0;
    byte_string_append(out, &length, sizeof length);
    hyperloglog_write(&digest->hll, out);
    length = (int32_t)(out->size - length_at - sizeof length);
    memcpy(out->data + length_at, &length, sizeof length);
    byte_string_append(out, &digest->hashes_max, sizeof digest->hashes_max);
    byte_string_append(out, &digest->count, sizeof digest->count);
    byte_string_append(out, digest->hashes, (size_t)digest->count * sizeof *digest->hashes);
    byte_string_append(out, digest->counts, (size_t)digest->count * sizeof *digest->counts);
}

bool set_digest_read(Arena *arena, const char *bytes, size_t size, SetDigest *ret_digest) {
    int32_t length, count;
    size_t head = 1 + sizeof length;
    if (size < head || bytes[0] != FORMAT_TAG) {
        return false;
    }
    memcpy(&length, bytes + 1, sizeof length);
    if (length < 0 || size < head + (size_t)length + 2 * sizeof(int32_t)) {
        return false;
    }
    *ret_digest = (SetDigest){0};
    if (!hyperloglog_read(arena, bytes + head, (size_t)length, &ret_digest->hll)) {
        return false;
    }
    const char *at = bytes + head + length;
    memcpy(&ret_digest->hashes_max, at, sizeof(int32_t));
    memcpy(&count, at + sizeof(int32_t), sizeof count);
    at += 2 * sizeof(int32_t);
    if (count < 0 || count > ret_digest->hashes_max ||
        size != (size_t)(at - bytes) + (size_t)count * ENTRY_BYTES) {
        return false;
    }
    reserve(arena, ret_digest, count);
    if (count > 0) {
        memcpy(ret_digest->hashes, at, (size_t)count * sizeof(int64_t));
        memcpy(ret_digest->counts, at + (size_t)count * sizeof(int64_t),
               (size_t)count * sizeof(int16_t));
    }
    ret_digest->count = count;
    return true;
}
