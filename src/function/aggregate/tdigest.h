/*
 * Merging t-digest (Dunning): a distribution as weighted centroids, finer towards its ends. New
 * values are buffered beside the centroids and folded in when the buffer is full; what quantiles
 * come out, and the serialised form, are the reference's.
 */
#pragma once

#include "base/buffer.h"

#define TDIGEST_COMPRESSION 100.0

typedef struct TDigest {
    double *means, *weights;
    int32_t count, capacity;
    double compression; /* 0: not begun */
    double total_weight, min, max;
    bool is_backwards; /* the next merge goes from the right */
    bool needs_merge;
} TDigest;

void tdigest_init(TDigest *digest, double compression);
/* Value and weight are finite. */
void tdigest_add(Arena *arena, TDigest *digest, double value, double weight);
/* Source is not changed. */
void tdigest_merge(Arena *arena, TDigest *target, const TDigest *source);
/* ret_values[i] is the value at quantiles[i], ascending and in [0, 1]; NaN when it is empty. */
void tdigest_values_at(TDigest *digest, const double *quantiles, int32_t count, double *ret_values);
void tdigest_write(Arena *arena, const TDigest *digest, ByteString *out);
/* False: these bytes are no t-digest. */
bool tdigest_read(Arena *arena, const char *bytes, size_t size, TDigest *ret_digest);
/* An independent copy, which may be merged and asked. */
TDigest tdigest_copy(Arena *arena, const TDigest *source);
