/*
 * MurmurHash3_x64_128 and SpookyHash V2 after their public-domain descriptions (Austin Appleby; Bob
 * Jenkins).
 */
#include "function/scalar/hash_functions.h"

#include <string.h>

static uint64_t rotate(uint64_t x, int bits) {
    return x << bits | x >> (64 - bits);
}

static uint64_t load(const unsigned char *at) {
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

/* ---- MurmurHash3 ---- */

static uint64_t murmur_finish(uint64_t k) {
    k = (k ^ k >> 33) * 0xFF51AFD7ED558CCDu;
    k = (k ^ k >> 33) * 0xC4CEB9FE1A85EC53u;
    return k ^ k >> 33;
}

void murmur3_128(const void *data, size_t size, uint64_t ret_hash[2]) {
    static const uint64_t c1 = 0x87C37B91114253D5u, c2 = 0x4CF5AD432745937Fu;
    const unsigned char *at = data, *end = at + size / 16 * 16;
    uint64_t h1 = 0, h2 = 0;
    for (; at < end; at += 16) {
        h1 ^= rotate(load(at) * c1, 31) * c2;
        h1 = (rotate(h1, 27) + h2) * 5 + 0x52DCE729;
        h2 ^= rotate(load(at + 8) * c2, 33) * c1;
        h2 = (rotate(h2, 31) + h1) * 5 + 0x38495AB5;
    }
    unsigned char tail[16] = {0};
    memcpy(tail, end, size % 16);
    if (size % 16 > 8) {
        h2 ^= rotate(load(tail + 8) * c2, 33) * c1;
    }
    if (size % 16 > 0) {
        h1 ^= rotate(load(tail) * c1, 31) * c2;
    }
    h1 ^= size;
    h2 ^= size;
    h1 += h2;
    h2 += h1;
    h1 = murmur_finish(h1);
    h2 = murmur_finish(h2);
    h1 += h2;
    h2 += h1;
    ret_hash[0] = h1;
    ret_hash[1] = h2;
}

/* ---- SpookyHash V2 ---- */

enum { SPOOKY_VARIABLES = 12, SPOOKY_BLOCK = 96, SPOOKY_SHORT_MAX = 192 };
static const uint64_t spooky_constant = 0xDEADBEEFDEADBEEFu;

static void short_mix(uint64_t h[4]) {
    static const int rotations[] = {50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36};
    for (int i = 0; i < 12; i++) {
        int a = (i + 2) % 4, b = (i + 3) % 4, c = i % 4;
        h[a] = rotate(h[a], rotations[i]);
        h[a] += h[b];
        h[c] ^= h[a];
    }
}

static void short_end(uint64_t h[4]) {
    static const int rotations[] = {15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63};
    for (int i = 0; i < 11; i++) {
        int a = (i + 3) % 4, b = (i + 2) % 4;
        h[a] ^= h[b];
        h[b] = rotate(h[b], rotations[i]);
        h[a] += h[b];
    }
}

static uint64_t spooky_short(const unsigned char *at, size_t size) {
    uint64_t h[4] = {0, 0, spooky_constant, spooky_constant};
    size_t rest = size % 32;
    if (size > 15) {
        for (const unsigned char *end = at + size / 32 * 32; at < end; at += 32) {
            h[2] += load(at);
            h[3] += load(at + 8);
            short_mix(h);
            h[0] += load(at + 16);
            h[1] += load(at + 24);
        }
        if (rest >= 16) {
            h[2] += load(at);
            h[3] += load(at + 8);
            short_mix(h);
            at += 16;
            rest -= 16;
        }
    }
    h[3] += (uint64_t)size << 56;
    if (rest == 0) {
        h[2] += spooky_constant;
        h[3] += spooky_constant;
    } else {
        unsigned char tail[16] = {0};
        memcpy(tail, at, rest);
        h[2] += load(tail);
        h[3] += load(tail + 8);
    }
    short_end(h);
    return h[0];
}

static void long_mix(const unsigned char *block, uint64_t s[SPOOKY_VARIABLES]) {
    static const int rotations[] = {11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46};
    for (int i = 0; i < SPOOKY_VARIABLES; i++) {
        s[i] += load(block + 8 * i);
        s[(i + 2) % 12] ^= s[(i + 10) % 12];
        s[(i + 11) % 12] ^= s[i];
        s[i] = rotate(s[i], rotations[i]);
        s[(i + 11) % 12] += s[(i + 1) % 12];
    }
}

static void end_partial(uint64_t h[SPOOKY_VARIABLES]) {
    static const int rotations[] = {44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54};
    for (int i = 0; i < SPOOKY_VARIABLES; i++) {
        h[(i + 11) % 12] += h[(i + 1) % 12];
        h[(i + 2) % 12] ^= h[(i + 11) % 12];
        h[(i + 1) % 12] = rotate(h[(i + 1) % 12], rotations[i]);
    }
}

uint64_t spooky_hash_v2(const void *data, size_t size) {
    const unsigned char *at = data;
    if (size < SPOOKY_SHORT_MAX) {
        return spooky_short(at, size);
    }
    uint64_t h[SPOOKY_VARIABLES];
    for (int i = 0; i < SPOOKY_VARIABLES; i++) {
        h[i] = i % 3 == 2 ? spooky_constant : 0;
    }
    for (const unsigned char *end = at + size / SPOOKY_BLOCK * SPOOKY_BLOCK; at < end;
         at += SPOOKY_BLOCK) {
        long_mix(at, h);
    }
    unsigned char tail[SPOOKY_BLOCK] = {0};
    memcpy(tail, at, size % SPOOKY_BLOCK);
    tail[SPOOKY_BLOCK - 1] = (unsigned char)(size % SPOOKY_BLOCK);
    for (int i = 0; i < SPOOKY_VARIABLES; i++) {
        h[i] += load(tail + 8 * i);
    }
    end_partial(h);
    end_partial(h);
    end_partial(h);
    return h[0];
}
