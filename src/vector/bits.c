/*
 * Bulk moves of values and null bits: the innermost loops of gather, slice, append and flatten.
 * Values are moved by width, never by type; bitmaps are written a word at a time.
 */
#include <assert.h>

#include "vector/build.h"

static inline __attribute__((always_inline)) void gather_width(char *restrict out,
                                                               const char *restrict in,
                                                               const int32_t *restrict rows,
                                                               int32_t count, size_t width) {
    for (int32_t i = 0; i < count; i++) {
        memcpy(out + (size_t)i * width, in + (size_t)rows[i] * width, width);
    }
}

void gather_values(void *restrict out, const void *restrict in, const int32_t *restrict rows,
                   int32_t count, int32_t width) {
    switch (width) {
    case 1:
        gather_width(out, in, rows, count, 1);
        break;
    case 2:
        gather_width(out, in, rows, count, 2);
        break;
    case 4:
        gather_width(out, in, rows, count, 4);
        break;
    case 8:
        gather_width(out, in, rows, count, 8);
        break;
    case 16:
        gather_width(out, in, rows, count, 16);
        break;
    default:
        assert(width == 0);
    }
}

static inline __attribute__((always_inline)) void
fill_width(char *restrict out, const char *restrict in, int32_t count, size_t width) {
    char value[16];
    memcpy(value, in, width);
    for (int32_t i = 0; i < count; i++) {
        memcpy(out + (size_t)i * width, value, width);
    }
}

void fill_values(void *restrict out, const void *restrict in, int32_t count, int32_t width) {
    switch (width) {
    case 1:
        if (count > 0) {
            memset(out, *(const uint8_t *)in, (size_t)count);
        }
        break;
    case 2:
        fill_width(out, in, count, 2);
        break;
    case 4:
        fill_width(out, in, count, 4);
        break;
    case 8:
        fill_width(out, in, count, 8);
        break;
    case 16:
        fill_width(out, in, count, 16);
        break;
    default:
        assert(width == 0);
    }
}

bool gather_bits(uint64_t *restrict out, const uint64_t *restrict in, const int32_t *restrict rows,
                 int32_t count) {
    uint64_t any = 0;
    for (int32_t start = 0; start < count; start += 64) {
        int32_t bits = count - start < 64 ? count - start : 64;
        const int32_t *word_rows = rows + start;
        uint64_t word = 0;
        for (int32_t i = 0; i < bits; i++) {
            word |= (uint64_t)bitmap_get(in, word_rows[i]) << i;
        }
        out[start >> 6] = word;
        any |= word;
    }
    return any != 0;
}

void fill_bits(uint64_t *bits, int32_t from, int32_t count, bool value) {
    int32_t end = from + count;
    while (from < end) {
        int32_t shift = from & 63;
        int32_t run = 64 - shift < end - from ? 64 - shift : end - from;
        uint64_t mask = (run == 64 ? ~(uint64_t)0 : ((uint64_t)1 << run) - 1) << shift;
        bits[from >> 6] = value ? bits[from >> 6] | mask : bits[from >> 6] & ~mask;
        from += run;
    }
}

/* 1 to 64 bits from bit `from`, in the low bits of the result. */
static uint64_t read_bits(const uint64_t *in, int32_t from, int32_t count) {
    int32_t shift = from & 63;
    uint64_t word = in[from >> 6] >> shift;
    if (shift + count > 64) {
        word |= in[(from >> 6) + 1] << (64 - shift);
    }
    return count == 64 ? word : word & (((uint64_t)1 << count) - 1);
}

void copy_bits(uint64_t *restrict out, int32_t to, const uint64_t *restrict in, int32_t from,
               int32_t count) {
    while (count > 0) {
        int32_t shift = to & 63;
        int32_t run = 64 - shift < count ? 64 - shift : count;
        uint64_t mask = (run == 64 ? ~(uint64_t)0 : ((uint64_t)1 << run) - 1) << shift;
        out[to >> 6] = (out[to >> 6] & ~mask) | (read_bits(in, from, run) << shift);
        to += run;
        from += run;
        count -= run;
    }
}
