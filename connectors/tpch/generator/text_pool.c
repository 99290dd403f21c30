/*
 * The lazily made text pool.
 *
 * A chunk can be made alone because the build notes, for the start of every lane (a fourth of a chunk), which sentence it
 * lies in and the random state there (text_pool_index.c). The four lanes of a chunk are written side by side. A chunk's
 * state only moves from MISSING over BUSY to READY; bytes are published by the release store of READY.
 */
#include "generator/text_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "generator/random.h"
#include "generator/sentence.h"
#include "generator/text_pool_index.h"

enum {
    CHUNK_BYTES = SENTENCE_LANES * TEXT_LANE_BYTES,
    CHUNK_COUNT = TEXT_POOL_BYTES / CHUNK_BYTES,
    PADDING = 64, /* readable behind the last byte */
};

typedef enum ChunkState { CHUNK_MISSING, CHUNK_BUSY, CHUNK_READY } ChunkState;

static const uint32_t lane_seeds[TEXT_LANE_COUNT] = {
#define LANE(seed, skip) seed,
#include "text_pool_index.inc"
#undef LANE
};
static const uint8_t lane_skips[TEXT_LANE_COUNT] = {
#define LANE(seed, skip) skip,
#include "text_pool_index.inc"
#undef LANE
};

static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static char *pool; /* NULL until opened */
static _Atomic uint8_t chunk_states[CHUNK_COUNT];
static _Atomic int32_t chunks_ready;

TextRange text_range(int32_t average_length) {
    int32_t length_max = (int32_t)(average_length * 1.6);
    return (TextRange){.offset_max = TEXT_POOL_BYTES - length_max,
                       .length_min = (int32_t)(average_length * 0.4),
                       .length_max = length_max};
}

Status text_pool_open(Context *cx) {
    bool failed = false;
    pthread_mutex_lock(&open_lock);
    if (pool == NULL) {
        void *memory = mmap(NULL, TEXT_POOL_BYTES + PADDING, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        failed = memory == MAP_FAILED;
        pool = failed ? NULL : memory;
    }
    pthread_mutex_unlock(&open_lock);
    if (failed) {
        return FAIL(cx, GENERIC_INSUFFICIENT_RESOURCES, "No room for %d bytes of comment text",
                    TEXT_POOL_BYTES);
    }
    return OK;
}

static void make_chunk(int32_t chunk) {
    char scratch[SENTENCE_LANES][TEXT_LANE_BYTES + UINT8_MAX + SENTENCE_OVERRUN];
    Walk walks[SENTENCE_LANES];
    int32_t first_lane = chunk * SENTENCE_LANES;
    for (int32_t i = 0; i < SENTENCE_LANES; i++) {
        walks[i] = (Walk){
            .seed = lane_seeds[first_lane + i],
            .state = SENTENCE_BEGIN,
            .out = scratch[i],
            .end = scratch[i] + lane_skips[first_lane + i] + TEXT_LANE_BYTES,
        };
    }
    sentence_fill(walks);
    char *out = pool + (size_t)chunk * CHUNK_BYTES;
    for (int32_t i = 0; i < SENTENCE_LANES; i++) {
        memcpy(out + i * TEXT_LANE_BYTES, scratch[i] + lane_skips[first_lane + i], TEXT_LANE_BYTES);
    }
}

static void require_chunk(int32_t chunk) {
    _Atomic uint8_t *state = &chunk_states[chunk];
    while (atomic_load_explicit(state, memory_order_acquire) != CHUNK_READY) {
        uint8_t expected = CHUNK_MISSING;
        if (atomic_compare_exchange_strong(state, &expected, CHUNK_BUSY)) {
            make_chunk(chunk);
            atomic_store_explicit(state, CHUNK_READY, memory_order_release);
            atomic_fetch_add_explicit(&chunks_ready, 1, memory_order_release);
        } else if (expected == CHUNK_BUSY) {
            sched_yield(); /* another thread needs some microseconds for it */
        }
    }
}

static inline void require_piece(int32_t offset, int32_t length) {
    int32_t first = offset / CHUNK_BYTES;
    int32_t last = (offset + length - 1) / CHUNK_BYTES;
    if (atomic_load_explicit(&chunk_states[first], memory_order_acquire) != CHUNK_READY) {
        require_chunk(first);
    }
    if (last != first) {
        require_chunk(last);
    }
}

const char *text_pool_piece(int32_t offset, int32_t length) {
    require_piece(offset, length);
    return pool + offset;
}

/* A view of at least 5 bytes, made without a branch on the length: two words, as string_view lays them out. */
static inline void set_view(StringView *view, const char *bytes, uint32_t length) {
    uint32_t prefix;
    uint64_t rest;
    memcpy(&prefix, bytes, sizeof prefix);
    memcpy(&rest, bytes + sizeof prefix, sizeof rest);
    uint32_t unused_bits = length < 12 ? 8 * (12 - length) : 0;
    rest = rest << unused_bits >> unused_bits;
    uint64_t words[2] = {(uint64_t)prefix << 32 | length,
                         length > 12 ? (uint64_t)(uintptr_t)bytes : rest};
    memcpy(view, words, sizeof *view);
}

Vector *text_pool_vector(const Type *type, const int32_t *offsets, const int32_t *lengths,
                         int32_t count) {
    enum { AHEAD = 24 };
    if (atomic_load_explicit(&chunks_ready, memory_order_acquire) < CHUNK_COUNT) {
        for (int32_t k = 0; k < count; k++) {
            require_piece(offsets[k], lengths[k]);
        }
    }
    Vector *vector = vector_create(type, count);
    StringView *views = vector->data;
    for (int32_t k = 0; k < count; k++) {
        if (k + AHEAD < count) {
            __builtin_prefetch(pool + offsets[k + AHEAD]);
        }
        set_view(&views[k], pool + offsets[k], (uint32_t)lengths[k]);
    }
    return vector;
}
