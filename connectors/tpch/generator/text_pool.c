/*
 * The lazily made text pool.
 *
 * A lane can be made alone because the build notes which sentence its first byte lies in and the
 * random state there (text_pool_index.c). A batch of comments first claims the missing lanes it
 * needs, and makes them several at a time. A lane's state only moves from MISSING over BUSY to
 * READY; its bytes are published by the release store of READY.
 */
#include "generator/text_pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "generator/random.h"
#include "generator/sentence.h"
#include "generator/text_pool_index.h"

enum { PADDING = 64 }; /* readable behind the pool's last byte */

typedef enum LaneState { LANE_MISSING, LANE_BUSY, LANE_READY } LaneState;

/* Lanes that this thread has to make, and whether others are at work on some that it needs. */
typedef struct Claims {
    int32_t lanes[SENTENCE_LANES];
    int32_t count;
    bool others_work;
} Claims;

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
static _Atomic uint8_t lane_states[TEXT_LANE_COUNT];
static _Atomic int32_t lanes_ready;

TextRange text_range(int32_t average_length) {
    int32_t length_max = (int32_t)(average_length * 1.6);
    return (TextRange){.offset_max = TEXT_POOL_BYTES - length_max,
                       .length_min = (int32_t)(average_length * 0.4),
                       .length_max = length_max};
}

/* Ordinary pages on purpose: large ones are faster once they are there, but the first process to
   ask waits longer for them than it gains. */
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

/* Makes the claimed lanes side by side; where there are fewer than fit, one is made several times.
 */
static void make_lanes(Claims *claims) {
    char scratch[SENTENCE_LANES][TEXT_LANE_BYTES + UINT8_MAX + SENTENCE_OVERRUN];
    Walk walks[SENTENCE_LANES];
    for (int32_t i = 0; i < SENTENCE_LANES; i++) {
        int32_t lane = claims->lanes[i < claims->count ? i : 0];
        walks[i] = (Walk){
            .seed = lane_seeds[lane],
            .state = SENTENCE_BEGIN,
            .out = scratch[i],
            .end = scratch[i] + lane_skips[lane] + TEXT_LANE_BYTES,
        };
    }
    sentence_fill(walks);
    for (int32_t i = 0; i < claims->count; i++) {
        int32_t lane = claims->lanes[i];
        memcpy(pool + (size_t)lane * TEXT_LANE_BYTES, scratch[i] + lane_skips[lane],
               TEXT_LANE_BYTES);
        atomic_store_explicit(&lane_states[lane], LANE_READY, memory_order_release);
    }
    atomic_fetch_add_explicit(&lanes_ready, claims->count, memory_order_release);
    claims->count = 0;
}

static inline bool lane_is_ready(int32_t lane) {
    return atomic_load_explicit(&lane_states[lane], memory_order_acquire) == LANE_READY;
}

static void claim_lane(Claims *claims, int32_t lane) {
    uint8_t expected = LANE_MISSING;
    if (lane_is_ready(lane)) {
        return;
    }
    if (!atomic_compare_exchange_strong(&lane_states[lane], &expected, LANE_BUSY)) {
        claims->others_work = true;
        return;
    }
    claims->lanes[claims->count++] = lane;
    if (claims->count == SENTENCE_LANES) {
        make_lanes(claims);
    }
}

/* Others need some microseconds for a lane. */
static void await_lane(int32_t lane) {
    while (!lane_is_ready(lane)) {
        sched_yield();
    }
}

static inline int32_t first_lane(int32_t offset) {
    return offset / TEXT_LANE_BYTES;
}

static inline int32_t last_lane(int32_t offset, int32_t length) {
    return (offset + length - 1) / TEXT_LANE_BYTES;
}

/* Makes the text of all pieces; a piece lies in one lane or two. */
static void make_pieces(const int32_t *offsets, const int32_t *lengths, int32_t count) {
    Claims claims = {.count = 0};
    for (int32_t k = 0; k < count; k++) {
        claim_lane(&claims, first_lane(offsets[k]));
        claim_lane(&claims, last_lane(offsets[k], lengths[k]));
    }
    if (claims.count > 0) {
        make_lanes(&claims);
    }
    for (int32_t k = 0; k < count && claims.others_work; k++) {
        await_lane(first_lane(offsets[k]));
        await_lane(last_lane(offsets[k], lengths[k]));
    }
}

/* A view of at least 5 bytes, made without a branch on the length: two words, as string_view lays
   them out. */
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
    if (atomic_load_explicit(&lanes_ready, memory_order_acquire) < TEXT_LANE_COUNT) {
        make_pieces(offsets, lengths, count);
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
