/*
 * Time zones by key: UTC, fixed offsets of whole minutes up to 14 hours, and regions. A key is 12
 * bits, because zoned timestamps carry it beside 52 bits of milliseconds; keys are the same in
 * every process of one version. Only asking a region for an offset loads ICU. Threads: any; what is
 * returned lives as long as the process.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TIMEZONE_UTC = 0,
    TIMEZONE_REGION_FIRST = 2048,
    TIMEZONE_KEY_COUNT = 4096,
    TIMEZONE_OFFSET_MINUTES_MAX = 14 * 60,
};

/*
 * Trino's zone ids, case-sensitive; what means UTC is UTC, "Etc/GMT+5" and "UTC-05:00" are
 * "-05:00".
 */
bool timezone_parse(const char *text, size_t size, uint16_t *ret_key);
bool timezone_of_offset(int32_t minutes, uint16_t *ret_key); /* false: beyond 14 hours */
const char *
timezone_name(uint16_t key); /* "UTC", "+05:30", "Europe/Berlin"; NULL when the key is none */

/* Offset from UTC in seconds at an instant (seconds since the epoch). */
int32_t timezone_offset_at(uint16_t key, int64_t utc_seconds);
/*
 * The offset with which a local time is read (seconds since the epoch, as if it were UTC): in the
 * hour that is skipped and in the one that happens twice it is the offset before the change, so
 * 02:30 becomes 03:30 and the earlier instant.
 */
int32_t timezone_offset_at_local(uint16_t key, int64_t local_seconds);
bool timezone_is_gap(uint16_t key, int64_t local_seconds); /* no clock ever showed this time */
