/*
 * uuid and ipaddress as text. Values are numbers whose first byte is the most significant. Printers
 * fill a buffer of IDENTIFIER_TEXT_MAX bytes, NUL-terminated, and give the length. Pure functions.
 */
#pragma once

#include "base/int128.h"

enum { IDENTIFIER_TEXT_MAX = 64 };

int uuid_print(uint128_t value, char *buffer);       /* "12151fd2-7586-11e9-8f9e-2a86e4085a59" */
int ip_address_print(uint128_t value, char *buffer); /* RFC 5952; mapped IPv4 addresses as IPv4 */
bool uuid_parse(const char *text, size_t size, uint128_t *ret_value);
bool ip_address_parse(const char *text, size_t size, uint128_t *ret_value);

/* An IPv4 address as an IPv6 one: ::ffff:a.b.c.d. */
static inline uint128_t ip_address_of_v4(uint32_t address) {
    return (uint128_t)0xffff << 32 | address;
}
static inline bool ip_address_is_v4(uint128_t value) {
    return value >> 32 == 0xffff;
}
