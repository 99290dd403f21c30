/*
 * The t-digest. A merge walks all centroids in order of their means, from the left and from the
 * right by turns, and joins neighbours as long as the joint weight is below q(1 - q) / normaliser
 * of the total, q being the share of weight so far.
 */
#include "function/aggregate/tdigest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "function/aggregate/weighted_points.h"

enum { BUFFER_FACTOR = 6, BUFFER_MORE = 10, FORMAT_TAG = 0 };

static double internal_compression(const TDigest *digest) {
    return 2 * digest->compression;
}

void tdigest_init(TDigest *digest, double compression) {
    *digest = (TDigest){.compression = compression, .min = INFINITY, .max = -INFINITY};
}

static void reserve(Arena *arena, TDigest *digest, int32_t capacity) {
    if (capacity <= digest->capacity) {
        return;
    }
    size_t bytes = (size_t)capacity * sizeof(double), used = (size_t)digest->count * sizeof(double);
    double *means = arena_alloc(arena, bytes), *weights = arena_alloc(arena, bytes);
    if (used > 0) {
        memcpy(means, digest->means, used);
        memcpy(weights, digest->weights, used);
    }
    digest->means = means;
    digest->weights = weights;
    digest->capacity = capacity;
}

/* ---- merging ---- */

/* In the direction of this merge; to be freed. */
static WeightedPoint *sorted_centroids(const TDigest *digest) {
    int32_t count = digest->count;
    WeightedPoint *centroids = allocate((size_t)count * 2 * sizeof *centroids);
    for (int32_t i = 0; i < count; i++) {
        centroids[i] = (WeightedPoint){digest->means[i], digest->weights[i]};
    }
    weighted_points_sort(centroids, centroids + count, count);
    for (int32_t i = 0, j = count - 1; digest->is_backwards && i < j; i++, j--) {
        WeightedPoint left = centroids[i];
        centroids[i] = centroids[j];
        centroids[j] = left;
    }
    return centroids;
}

static double largest_share(double quantile, double normaliser) {
    return quantile * (1 - quantile) / normaliser;
}

/* Joins neighbours in place; gives how many are left. */
static int32_t join_centroids(WeightedPoint *centroids, int32_t count, double total,
                              double compression) {
    double normaliser = compression / (4 * log(total / compression) + 24);
    double before = 0, share_here = largest_share(0, normaliser);
    int32_t last = 0;
    for (int32_t i = 1; i < count; i++) {
        WeightedPoint *current = &centroids[last], entry = centroids[i];
        double joint = current->weight + entry.weight;
        double share_after = largest_share(fmin((before + joint) / total, 1), normaliser);
        if (joint <= total * fmin(share_here, share_after)) {
            current->value += (entry.value - current->value) * entry.weight / joint;
            current->weight = joint;
            continue;
        }
        before += current->weight;
        share_here = largest_share(before / total, normaliser);
        centroids[++last] = entry;
    }
    return last + 1;
}

static void merge_centroids(TDigest *digest, double compression) {
    if (digest->count == 0) {
        return;
    }
    WeightedPoint *centroids = sorted_centroids(digest);
    int32_t count = join_centroids(centroids, digest->count, digest->total_weight, compression);
    for (int32_t i = 0; i < count; i++) {
        int32_t to = digest->is_backwards ? count - 1 - i : i;
        digest->means[to] = centroids[i].value;
        digest->weights[to] = centroids[i].weight;
    }
    free(centroids);
    digest->count = count;
    digest->is_backwards = !digest->is_backwards;
}

void tdigest_add(Arena *arena, TDigest *digest, double value, double weight) {
    int32_t capacity_max = (int32_t)(BUFFER_FACTOR * (internal_compression(digest) + BUFFER_MORE));
    if (digest->count == digest->capacity) {
        if (digest->capacity < capacity_max) {
            int32_t doubled = digest->capacity < 1 ? 1 : digest->capacity * 2;
            reserve(arena, digest, doubled < capacity_max ? doubled : capacity_max);
        } else {
            merge_centroids(digest, internal_compression(digest));
        }
    }
    digest->means[digest->count] = value;
    digest->weights[digest->count] = weight;
    digest->count++;
    digest->total_weight += weight;
    digest->min = fmin(digest->min, value);
    digest->max = fmax(digest->max, value);
    digest->needs_merge = true;
}

TDigest tdigest_copy(Arena *arena, const TDigest *source) {
    TDigest copy = *source;
    copy.capacity = 0;
    if (source->count > 0) {
        reserve(arena, &copy, source->count);
    }
    return copy;
}

void tdigest_merge(Arena *arena, TDigest *target, const TDigest *source) {
    TDigest other = *source;
    if (target->count == 0) {
        *target = tdigest_copy(arena, source);
        return;
    }
    if (target->count + other.count > target->capacity) {
        other = tdigest_copy(arena, source);
        merge_centroids(target, internal_compression(target));
        merge_centroids(&other, internal_compression(&other));
        reserve(arena, target, target->count + other.count);
    }
    if (other.count > 0) {
        size_t bytes = (size_t)other.count * sizeof(double);
        memcpy(target->means + target->count, other.means, bytes);
        memcpy(target->weights + target->count, other.weights, bytes);
    }
    target->count += other.count;
    target->total_weight += other.total_weight;
    target->min = fmin(target->min, other.min);
    target->max = fmax(target->max, other.max);
    target->needs_merge = true;
}

/* ---- quantiles ---- */

/* How far y is from y0 at x, on the line from (x0, y0) to (x1, y1). */
static double rise(double x, double x0, double y0, double x1, double y1) {
    return (x - x0) / (x1 - x0) * (y1 - y0);
}

/* Between the middles of two neighbouring centroids; one of weight 1 is its value, not a range. */
static double value_between(const TDigest *digest, int32_t left, double offset) {
    const double *means = digest->means, *weights = digest->weights;
    double half = weights[left] / 2, length = (weights[left] + weights[left + 1]) / 2;
    if (weights[left] == 1 && offset < half) {
        return means[left];
    }
    if (weights[left + 1] == 1 && offset >= half) {
        return means[left + 1];
    }
    if (weights[left] == 1) {
        offset -= half;
        length = weights[left + 1] / 2;
    } else if (weights[left + 1] == 1) {
        length = half;
    }
    return means[left] + rise(offset, 0, means[left], length, means[left + 1]);
}

/* Beyond the middle of the last centroid. */
static double value_at_top(const TDigest *digest, double rank) {
    int32_t last = digest->count - 1;
    double half = digest->weights[last] / 2, total = digest->total_weight;
    if (rank <= total - 1 && half > 1) {
        return digest->max + rise(total - rank, 1, digest->max, half, digest->means[last]);
    }
    return digest->max;
}

static double value_at_rank(const TDigest *digest, double rank) {
    const double *weights = digest->weights;
    int32_t last = digest->count - 1;
    double total = digest->total_weight, half = weights[last] / 2;
    if (rank < 1) {
        return digest->min;
    }
    if (rank < weights[0] / 2) {
        return digest->min + rise(rank, 1, digest->min, weights[0] / 2, digest->means[0]);
    }
    if (rank >= total - 1 || (total - rank <= half && half > 1)) {
        return value_at_top(digest, rank);
    }
    double before = weights[0] / 2;
    for (int32_t left = 0; left < last; left++) {
        double length = (weights[left] + weights[left + 1]) / 2;
        if (before + length > rank) {
            return value_between(digest, left, rank - before);
        }
        before += length;
    }
    return value_at_top(digest, rank);
}

void tdigest_values_at(TDigest *digest, const double *quantiles, int32_t count,
                       double *ret_values) {
    if (digest->needs_merge) {
        merge_centroids(digest, internal_compression(digest));
    }
    for (int32_t i = 0; i < count; i++) {
        ret_values[i] = digest->count == 0 ? NAN
                        : digest->count == 1
                            ? digest->means[0]
                            : value_at_rank(digest, quantiles[i] * digest->total_weight);
    }
}

/* ---- serialised ---- */

void tdigest_write(Arena *arena, const TDigest *digest, ByteString *out) {
    TDigest copy = tdigest_copy(arena, digest);
    merge_centroids(&copy, copy.compression);
    double numbers[] = {copy.min, copy.max, copy.compression, copy.total_weight};
    byte_string_append_char(out, FORMAT_TAG);
    byte_string_append(out, numbers, sizeof numbers);
    byte_string_append(out, &copy.count, sizeof copy.count);
    byte_string_append(out, copy.means, (size_t)copy.count * sizeof(double));
    byte_string_append(out, copy.weights, (size_t)copy.count * sizeof(double));
}

bool tdigest_read(Arena *arena, const char *bytes, size_t size, TDigest *ret_digest) {
    double numbers[4];
    int32_t count;
    size_t head = 1 + sizeof numbers + sizeof count;
    if (size < head || bytes[0] != FORMAT_TAG) {
        return false;
    }
    memcpy(numbers, bytes + 1, sizeof numbers);
    memcpy(&count, bytes + 1 + sizeof numbers, sizeof count);
    if (count < 0 || size != head + (size_t)count * 2 * sizeof(double) || !(numbers[2] >= 10)) {
        return false;
    }
    tdigest_init(ret_digest, numbers[2]);
    ret_digest->min = numbers[0];
    ret_digest->max = numbers[1];
    ret_digest->total_weight = numbers[3];
    reserve(arena, ret_digest, count);
    if (count > 0) {
        memcpy(ret_digest->means, bytes + head, (size_t)count * sizeof(double));
        memcpy(ret_digest->weights, bytes + head + (size_t)count * sizeof(double),
               (size_t)count * sizeof(double));
    }
    ret_digest->count = count;
    return true;
}
