/*
 * Quantile digest (Shrivastava et al.): counts in a binary tree over 64-bit integers, whose thin
 * branches are folded into their parents, so that ranks are off by at most max_error. Floating
 * point values are mapped to integers of the same order by whoever adds them.
 */
#pragma once

#include "base/buffer.h"

#define QDIGEST_ERROR 0.01

typedef struct QDigestNode {
    double count;
    uint64_t bits;       /* of a value below it */
    int32_t left, right; /* -1: none; left links free nodes */
    int32_t level;       /* 0: a leaf */
} QDigestNode;

typedef struct QDigest {
    QDigestNode *nodes;
    double max_error; /* 0: not begun */
    double count;     /* of all weights */
    int64_t min, max;
    int32_t root, node_count, node_capacity, free_count, first_free;
} QDigest;

void qdigest_init(QDigest *digest, double max_error);
void qdigest_add(Arena *arena, QDigest *digest, int64_t value, double weight);
/* Source is not changed. */
void qdigest_merge(Arena *arena, QDigest *target, const QDigest *source);
/* The value at a quantile in [0, 1] (the upper end of what it may be). */
int64_t qdigest_value_at(const QDigest *digest, double quantile);
/* The weight of what is less than the value. */
double qdigest_weight_below(const QDigest *digest, int64_t value);
void qdigest_write(Arena *arena, const QDigest *digest, ByteString *out);
/* False: these bytes are no quantile digest. */
bool qdigest_read(Arena *arena, const char *bytes, size_t size, QDigest *ret_digest);

/* Integers in the order of floating point values, and back. */
int64_t qdigest_from_double(double value);
double qdigest_to_double(int64_t value);
int64_t qdigest_from_real(float value);
float qdigest_to_real(int64_t value);
