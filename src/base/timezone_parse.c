/*
 * Zone ids to keys, with the accept and normalise rules of Trino: names that mean UTC, prefixes
 * before an offset (whose sign counts backwards after Etc/GMT), the offset forms of java.time, and
 * regions letter for letter.
 */
#include <stdlib.h>
#include <string.h>

#include "base/timezone.h"

enum {
    REGION_COUNT = 0
#define ZONE(name) +1
#include "base/zones.def"
#undef ZONE
};

static const char *const utc_names[] = {
    "GMT",   "GMT0",    "GMT+0", "GMT-0",     "Etc/GMT",   "Etc/GMT0", "Etc/GMT+0",     "Etc/GMT-0",
    "UT",    "UT+0",    "UT-0",  "Etc/UT",    "Etc/UT+0",  "Etc/UT-0", "UTC",           "UTC+0",
    "UTC-0", "Etc/UTC", "+0000", "+00:00",    "-0000",     "-00:00",   "Etc/UTC+0",     "Etc/UTC-0",
    "Z",     "Zulu",    "UCT",   "Greenwich", "Universal", "Etc/UCT",  "Etc/Universal",
};

static const char *const offset_prefixes[] = {"Etc/GMT", "Etc/UTC", "Etc/UT", "GMT", "UTC", "UT"};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static int two_digits(const char *text) {
    return is_digit(text[0]) && is_digit(text[1]) ? (text[0] - '0') * 10 + (text[1] - '0') : -1;
}

/* Whole minutes only: a zone id with seconds has no key. */
static bool key_of_offset(char sign, int hours, int minutes, uint16_t *ret_key) {
    if (hours < 0 || minutes < 0 || minutes > 59) {
        return false;
    }
    int total = hours * 60 + minutes;
    return timezone_of_offset(sign == '-' ? -total : total, ret_key);
}

/* +h +hh +hhmm +hh:mm +hhmmss +hh:mm:ss */
static bool parse_offset(const char *text, size_t size, uint16_t *ret_key) {
    if (size < 2 || (text[0] != '+' && text[0] != '-')) {
        return false;
    }
    switch (size) {
    case 2:
        return is_digit(text[1]) && key_of_offset(text[0], text[1] - '0', 0, ret_key);
    case 3:
        return key_of_offset(text[0], two_digits(text + 1), 0, ret_key);
    case 5:
        return key_of_offset(text[0], two_digits(text + 1), two_digits(text + 3), ret_key);
    case 6:
        return text[3] == ':' &&
               key_of_offset(text[0], two_digits(text + 1), two_digits(text + 4), ret_key);
    case 7:
        return two_digits(text + 5) == 0 &&
               key_of_offset(text[0], two_digits(text + 1), two_digits(text + 3), ret_key);
    case 9:
        return text[3] == ':' && text[6] == ':' && two_digits(text + 7) == 0 &&
               key_of_offset(text[0], two_digits(text + 1), two_digits(text + 4), ret_key);
    default:
        return false;
    }
}

/* A run of digits that is a number below 100; -1 otherwise. */
static int small_number(const char *text, size_t size) {
    int number = 0;
    for (size_t i = 0; i < size; i++) {
        if (!is_digit(text[i]) || number > 99) {
            return -1;
        }
        number = number * 10 + (text[i] - '0');
    }
    return size > 0 && number < 100 ? number : -1;
}

/*
 * What follows "UTC" and its like: +H, +HH, or +H:M with as many digits as one likes. The sign
 * belongs to the hour, so a zero hour is always positive, as it is in Trino.
 */
static bool parse_prefixed(const char *text, size_t size, bool backwards, uint16_t *ret_key) {
    if (size < 2 || (text[0] != '+' && text[0] != '-')) {
        return false;
    }
    const char *colon = memchr(text, ':', size);
    size_t hour_size = colon != NULL ? (size_t)(colon - text) : size;
    if (colon == NULL && size > 3) {
        return false;
    }
    int hours = small_number(text + 1, hour_size - 1), minutes = 0;
    if (colon != NULL) {
        const char *minute = colon + 1;
        size_t minute_size = size - hour_size - 1;
        bool plus = minute_size > 0 && *minute == '+';
        minutes = small_number(minute + plus, minute_size - plus);
    }
    bool negative = (text[0] == '-') != backwards && hours > 0;
    return key_of_offset(negative ? '-' : '+', hours, minutes, ret_key);
}

static bool find_region(const char *text, size_t size, uint16_t *ret_key) {
    int low = 0, high = REGION_COUNT;
    while (low < high) {
        int middle = low + (high - low) / 2;
        const char *name = timezone_name((uint16_t)(TIMEZONE_REGION_FIRST + middle));
        int order = strncmp(text, name, size);
        if (order == 0 && name[size] == '\0') {
            *ret_key = (uint16_t)(TIMEZONE_REGION_FIRST + middle);
            return true;
        }
        if (order > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

bool timezone_parse(const char *text, size_t size, uint16_t *ret_key) {
    if (size == 0 || size > 64 || memchr(text, '\0', size) != NULL) {
        return false;
    }
    for (size_t i = 0; i < sizeof utc_names / sizeof *utc_names; i++) {
        if (strlen(utc_names[i]) == size && memcmp(utc_names[i], text, size) == 0) {
            *ret_key = TIMEZONE_UTC;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof offset_prefixes / sizeof *offset_prefixes; i++) {
        size_t length = strlen(offset_prefixes[i]);
        if (size > length && memcmp(offset_prefixes[i], text, length) == 0) {
            return parse_prefixed(text + length, size - length, i == 0, ret_key);
        }
    }
    return parse_offset(text, size, ret_key) || find_region(text, size, ret_key);
}
