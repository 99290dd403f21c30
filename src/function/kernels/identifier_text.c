/*
 * Text of uuids and network addresses. Addresses are parsed by the C library, which refuses leading
 * zeros as Trino does; a scope ("%1") is dropped.
 */
#include "function/kernels/identifier_text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const char HEX[] = "0123456789abcdef";

int uuid_print(uint128_t value, char *buffer) {
    char *out = buffer;
    for (int i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20) {
            *out++ = '-';
        }
        *out++ = HEX[(unsigned)(value >> (124 - 4 * i)) & 15];
    }
    *out = '\0';
    return (int)(out - buffer);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool uuid_parse(const char *text, size_t size, uint128_t *ret_value) {
    uint128_t value = 0;
    if (size != 36) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        int digit = hex_digit(text[i]);
        if (is_dash ? text[i] != '-' : digit < 0) {
            return false;
        }
        value = is_dash ? value : value << 4 | (unsigned)digit;
    }
    *ret_value = value;
    return true;
}

/* The longest run of two or more zero groups, the first of equals; -1 when there is none. */
static int longest_zeros(const uint16_t *groups, int *ret_length) {
    int best = -1;
    *ret_length = 1;
    for (int i = 0; i < 8; i++) {
        int length = 0;
        while (i + length < 8 && groups[i + length] == 0) {
            length++;
        }
        if (length > *ret_length) {
            best = i;
            *ret_length = length;
        }
        i += length;
    }
    return best;
}

int ip_address_print(uint128_t value, char *buffer) {
    if (ip_address_is_v4(value)) {
        return snprintf(buffer, IDENTIFIER_TEXT_MAX, "%u.%u.%u.%u", (unsigned)(value >> 24) & 255,
                        (unsigned)(value >> 16) & 255, (unsigned)(value >> 8) & 255,
                        (unsigned)value & 255);
    }
    uint16_t groups[8];
    for (int i = 0; i < 8; i++) {
        groups[i] = (uint16_t)(value >> (112 - 16 * i));
    }
    int zeros_length;
    int zeros = longest_zeros(groups, &zeros_length);
    char *out = buffer;
    for (int i = 0; i < 8; i++) {
        if (i == zeros) {
            out += snprintf(out, 3, "::");
            i += zeros_length - 1;
            continue;
        }
        bool needs_colon = i > 0 && !(zeros >= 0 && i == zeros + zeros_length);
        out += snprintf(out, 8, "%s%x", needs_colon ? ":" : "", groups[i]);
    }
    return (int)(out - buffer);
}

bool ip_address_parse(const char *text, size_t size, uint128_t *ret_value) {
    char copy[INET6_ADDRSTRLEN + 1];
    const char *scope = memchr(text, '%', size);
    bool has_scope = scope != NULL && scope + 1 < text + size && memchr(text, ':', size) != NULL;
    size = has_scope ? (size_t)(scope - text) : size;
    if (size > INET6_ADDRSTRLEN || memchr(text, '\0', size) != NULL) {
        return false;
    }
    memcpy(copy, text, size);
    copy[size] = '\0';
    struct in_addr v4;
    if (inet_pton(AF_INET, copy, &v4) == 1) {
        *ret_value = ip_address_of_v4(ntohl(v4.s_addr));
        return true;
    }
    struct in6_addr v6;
    if (inet_pton(AF_INET6, copy, &v6) != 1) {
        return false;
    }
    uint128_t value = 0;
    for (int i = 0; i < 16; i++) {
        value = value << 8 | v6.s6_addr[i];
    }
    *ret_value = value;
    return true;
}
