/*
 * UTF-8 as string functions need it: positions are counted in code points, everything else in
 * bytes. Text is assumed valid; malformed bytes count as one code point each and never lead out of
 * the buffer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t utf8_count(const char *text, size_t size);
/* Byte offset of the code point number `index`; `size` when there are not that many. */
size_t utf8_offset(const char *text, size_t size, int64_t index);
bool utf8_is_ascii(const char *text, size_t size);

/* Bytes of the code point that starts with this byte. */
static inline size_t utf8_width(unsigned char lead) {
    return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* The code point at *at, which is moved past it; -1 for a malformed one (one byte is passed). */
int32_t utf8_next(const char *text, size_t size, size_t *at);
/* Writes up to 4 bytes; gives how many. */
size_t utf8_put(int32_t code_point, char *out);
/* Start of the code point that ends before `at` (> 0). */
size_t utf8_previous(const char *text, size_t at);
/*
 * Copies text, putting `replacement` (-1: nothing) for every malformed sequence; a truncated one
 * counts once. `out` has room for 4 bytes for each of the text's. Gives the bytes written.
 */
size_t utf8_repair(const char *text, size_t size, int32_t replacement, char *out);
