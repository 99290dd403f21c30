/*
 * How values of a type are hashed and compared. Types of one layout differ in what counts as equal
 * (a zoned timestamp is its instant, NaN equals itself, -0 equals 0) and in order (uuid unsigned,
 * char padded); ValueClass names each way once, and the inline functions below give the canonical
 * form of a value. Used by hashing and comparison.
 */
#pragma once

#include "warren/vector.h"

typedef enum ValueClass {
    VALUE_INT8,
    VALUE_INT16,
    VALUE_INT32,
    VALUE_INT64,
    VALUE_REAL,
    VALUE_DOUBLE,
    VALUE_INT128,  /* signed: long decimal */
    VALUE_UINT128, /* uuid, ipaddress */
    VALUE_TIMESTAMP12,
    VALUE_ZONED_TIMESTAMP, /* packed: instant << 12 | zone */
    VALUE_ZONED_TIMESTAMP12,
    VALUE_ZONED_TIME, /* packed: local nanoseconds << 11 | offset */
    VALUE_ZONED_TIME12,
    VALUE_STRING,
    VALUE_CHAR,
    VALUE_ARRAY,
    VALUE_MAP,
    VALUE_ROW,
} ValueClass;

ValueClass value_class_of(const Type *type);

#define NANOS_PER_MINUTE 60000000000LL
#define NANOS_PER_DAY 86400000000000LL
#define PICOS_PER_MINUTE 60000000000000LL
#define PICOS_PER_DAY 86400000000000000LL

/* Bits under which equal values have equal bits: -0 is 0, all NaN are one. */
static inline uint64_t double_canonical(double value) {
    uint64_t bits;
    value += 0.0; /* -0 + 0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    return value != value ? 0x7FF8000000000000ULL : bits;
}

static inline uint32_t real_canonical(float value) {
    uint32_t bits;
    value += 0.0f;
    memcpy(&bits, &value, sizeof bits);
    return value != value ? 0x7FC00000U : bits;
}

/* Nanoseconds of the day in UTC. */
static inline int64_t zoned_time_instant(int64_t packed) {
    int64_t offset = (int64_t)((packed & 0x7ff) ^ 0x400) - 0x400;
    int64_t instant = (packed >> 11) - offset * NANOS_PER_MINUTE;
    instant = instant < 0 ? instant + NANOS_PER_DAY : instant;
    return instant >= NANOS_PER_DAY ? instant - NANOS_PER_DAY : instant;
}

/* Picoseconds of the day in UTC. */
static inline int64_t zoned_time12_instant(TimeTz12 value) {
    int64_t instant = value.picos - value.offset_minutes * PICOS_PER_MINUTE;
    instant = instant < 0 ? instant + PICOS_PER_DAY : instant;
    return instant >= PICOS_PER_DAY ? instant - PICOS_PER_DAY : instant;
}

static inline bool double_identical(double a, double b) {
    return a == b || (a != a && b != b);
}

/* NaN is largest. */
static inline int double_order(double a, double b) {
    if (a != a || b != b) {
        return (a != a) - (b != b);
    }
    return (a > b) - (a < b);
}

static inline int int64_order(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

static inline bool timestamp12_identical(Timestamp12 a, Timestamp12 b) {
    return a.micros == b.micros && a.picos == b.picos;
}

static inline bool zoned_timestamp12_identical(TimestampTz12 a, TimestampTz12 b) {
    return (a.packed >> 12) == (b.packed >> 12) && a.picos == b.picos;
}

/* As if both were padded with spaces to one length. */
int char_order(const StringView *a, const StringView *b);
