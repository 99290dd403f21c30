/*
 * Counting and stepping through UTF-8. Counting looks only at lead bytes, in loops that the
 * compiler vectorises.
 */
#include "function/scalar/utf8.h"

#include <string.h>

#include "function/kernels/clones.h"

KERNEL_CLONES
int64_t utf8_count(const char *text, size_t size) {
    int64_t count = 0;
    for (size_t i = 0; i < size; i++) {
        count += (signed char)text[i] > -65; /* not 10xxxxxx */
    }
    return count;
}

KERNEL_CLONES
bool utf8_is_ascii(const char *text, size_t size) {
    unsigned char all = 0;
    for (size_t i = 0; i < size; i++) {
        all |= (unsigned char)text[i];
    }
    return all < 0x80;
}

size_t utf8_offset(const char *text, size_t size, int64_t index) {
    size_t at = 0;
    while (index > 0 && at < size) {
        at += utf8_width((unsigned char)text[at]);
        index--;
    }
    return at < size ? at : size;
}

int32_t utf8_next(const char *text, size_t size, size_t *at) {
    unsigned char lead = (unsigned char)text[*at];
    size_t width = utf8_width(lead);
    if (lead < 0x80) {
        *at += 1;
        return lead;
    }
    if (width == 1 || lead > 0xF4 || *at + width > size) {
        *at += 1;
        return -1;
    }
    int32_t code_point = lead & (0x7F >> width);
    for (size_t i = 1; i < width; i++) {
        unsigned char next = (unsigned char)text[*at + i];
        if ((next & 0xC0) != 0x80) {
            *at += 1;
            return -1;
        }
        code_point = code_point << 6 | (next & 0x3F);
    }
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code_point < least[width] || code_point > 0x10FFFF ||
        (code_point >= 0xD800 && code_point <= 0xDFFF)) {
        *at += 1;
        return -1;
    }
    *at += width;
    return code_point;
}

size_t utf8_put(int32_t code_point, char *out) {
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

size_t utf8_previous(const char *text, size_t at) {
    do {
        at--;
    } while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80);
    return at;
}

static size_t malformed_width(const char *text, size_t size) {
    unsigned char lead = (unsigned char)text[0];
    size_t width = lead >= 0xC2 && lead <= 0xF4 ? utf8_width(lead) : 1, length = 1;
    while (length < width && length < size && ((unsigned char)text[length] & 0xC0) == 0x80) {
        length++;
    }
    return length < width ? length : 1;
}

size_t utf8_repair(const char *text, size_t size, int32_t replacement, char *out) {
    size_t written = 0;
    for (size_t at = 0; at < size;) {
        size_t start = at;
        if (utf8_next(text, size, &at) >= 0) {
            memcpy(out + written, text + start, at - start);
            written += at - start;
        } else {
            at = start + malformed_width(text + start, size - start);
            written += replacement >= 0 ? utf8_put(replacement, out + written) : 0;
        }
    }
    return written;
}
