/*
 * Terminal width by code point. A code point beyond the basic plane counts two, since Trino's
 * command line counts each of its two surrogates once; control characters count nothing.
 */
#include "width.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct Range {
    uint16_t first, last;
} Range;

static const Range COMBINING[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x05bf, 0x05bf}, {0x05c1, 0x05c2},
    {0x05c4, 0x05c5}, {0x05c7, 0x05c7}, {0x0600, 0x0603}, {0x0610, 0x0615}, {0x064b, 0x065e},
    {0x0670, 0x0670}, {0x06d6, 0x06e4}, {0x06e7, 0x06e8}, {0x06ea, 0x06ed}, {0x070f, 0x070f},
    {0x0711, 0x0711}, {0x0730, 0x074a}, {0x07a6, 0x07b0}, {0x07eb, 0x07f3}, {0x0901, 0x0902},
    {0x093c, 0x093c}, {0x0941, 0x0948}, {0x094d, 0x094d}, {0x0951, 0x0954}, {0x0962, 0x0963},
    {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e}, {0x1160, 0x11ff}, {0x200b, 0x200f},
    {0x202a, 0x202e}, {0x2060, 0x2063}, {0x206a, 0x206f}, {0x20d0, 0x20ef}, {0x302a, 0x302f},
    {0x3099, 0x309a}, {0xfb1e, 0xfb1e}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe23}, {0xfeff, 0xfeff},
    {0xfff9, 0xfffb},
};
static const Range WIDE[] = {
    {0x1100, 0x115f}, {0x2329, 0x232a}, {0x2e80, 0x303e}, {0x3040, 0xa4cf}, {0xac00, 0xd7a3},
    {0xf900, 0xfaff}, {0xfe10, 0xfe19}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6},
};

static bool is_among(const Range *ranges, size_t count, uint32_t code) {
    for (size_t i = 0; i < count && ranges[i].first <= code; i++) {
        if (code <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static size_t code_width(uint32_t code) {
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
        return 0;
    }
    if (code < 0x300) {
        return 1;
    }
    if (code > 0xffff) {
        return 2;
    }
    if (is_among(COMBINING, sizeof COMBINING / sizeof COMBINING[0], code)) {
        return 0;
    }
    return is_among(WIDE, sizeof WIDE / sizeof WIDE[0], code) ? 2 : 1;
}

/* The length of an escape sequence at bytes, 0 when there is none. */
static size_t escape_length(const char *bytes, size_t size) {
    if (size < 2 || bytes[0] != '\033' || bytes[1] != '[') {
        return 0;
    }
    size_t at = 2;
    while (at < size && (unsigned char)bytes[at] >= 0x20 && (unsigned char)bytes[at] < 0x40) {
        at++;
    }
    return at < size ? at + 1 : at;
}

static uint32_t read_code(const char *bytes, size_t size, size_t *ret_length) {
    unsigned char first = (unsigned char)bytes[0];
    size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    length = length > size ? size : length;
    uint32_t code = length == 1 ? first : first & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        code = code << 6 | ((unsigned char)bytes[i] & 0x3f);
    }
    *ret_length = length;
    return code;
}

size_t console_width(const char *bytes, size_t size) {
    size_t width = 0;
    for (size_t at = 0, length; at < size; at += length) {
        if (bytes[at] >= 0x20 && bytes[at] < 0x7f) {
            width++;
            length = 1;
        } else if ((length = escape_length(bytes + at, size - at)) == 0) {
            width += code_width(read_code(bytes + at, size - at, &length));
        }
    }
    return width;
}

size_t console_line_width(const char *bytes, size_t size) {
    size_t widest = 0;
    for (;;) {
        const char *end = memchr(bytes, '\n', size);
        size_t length = end ? (size_t)(end - bytes) : size;
        size_t width = console_width(bytes, length);
        widest = width > widest ? width : widest;
        if (end == NULL) {
            return widest;
        }
        bytes += length + 1;
        size -= length + 1;
    }
}
