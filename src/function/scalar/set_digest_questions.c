/*
 * Questions to set digests: their size, how often each hash came, and how two sets overlap.
 */
#include <math.h>

#include "function/aggregate/set_digest.h"
#include "function/scalar/arguments.h"

/* The digest of an argument, in the arena; fails the row when the bytes are none. */
static bool digest_argument(KernelCall *call, Arena *arena, int32_t argument, int32_t row,
                            SetDigest *ret_digest) {
    const StringView *bytes = string_argument(call, argument, row);
    if (set_digest_read(arena, string_data(bytes), bytes->length, ret_digest)) {
        return true;
    }
    kernel_fail(call, row, GENERIC_INTERNAL_ERROR, "Unexpected version");
    return false;
}

static Status set_cardinality(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        SetDigest digest;
        if (digest_argument(call, arena, 0, row, &digest)) {
            KERNEL_RESULT(call, int64_t)[row] = set_digest_cardinality(&digest);
        }
        arena_reset(arena);
    }
    arena_free(arena);
    return OK;
}

/* The first digest is merged into when only an estimate is left. */
static int64_t intersection_size(Arena *arena, SetDigest *a, const SetDigest *b) {
    if (set_digest_is_exact(a) && set_digest_is_exact(b)) {
        return set_digest_common(a, b, INT64_MAX);
    }
    int64_t size_a = set_digest_cardinality(a), size_b = set_digest_cardinality(b);
    double jaccard = set_digest_jaccard_index(a, b);
    if (!set_digest_merge(arena, a, b)) {
        return 0;
    }
    int64_t size = (int64_t)floor(jaccard * (double)set_digest_cardinality(a) + 0.5);
    int64_t smaller = size_a < size_b ? size_a : size_b;
    return size < smaller ? size : smaller;
}

static Status intersection_cardinality(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        SetDigest a, b;
        if (digest_argument(call, arena, 0, row, &a) && digest_argument(call, arena, 1, row, &b)) {
            KERNEL_RESULT(call, int64_t)[row] = intersection_size(arena, &a, &b);
        }
        arena_reset(arena);
    }
    arena_free(arena);
    return OK;
}

static Status jaccard_index(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        SetDigest a, b;
        if (digest_argument(call, arena, 0, row, &a) && digest_argument(call, arena, 1, row, &b)) {
            KERNEL_RESULT(call, double)[row] = set_digest_jaccard_index(&a, &b);
        }
        arena_reset(arena);
    }
    arena_free(arena);
    return OK;
}

static Status hash_counts(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    Vector *keys = call->result->children[0], *values = call->result->children[1];
    KERNEL_FOR_EACH_ROW(call, row) {
        SetDigest digest;
        if (!digest_argument(call, arena, 0, row, &digest)) {
            continue;
        }
        int32_t start = keys->length, count = digest.count;
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){start, count};
        vector_resize(keys, start + count);
        vector_resize(values, start + count);
        for (int32_t i = 0; i < count; i++) {
            VECTOR_DATA(keys, int64_t)[start + i] = digest.hashes[i];
            VECTOR_DATA(values, int16_t)[start + i] = digest.counts[i];
        }
        arena_reset(arena);
    }
    arena_free(arena);
    return OK;
}

const ScalarFunction set_digest_functions[] = {
    {"cardinality", "(SetDigest) -> bigint", set_cardinality, 0, ""},
    {"intersection_cardinality", "(SetDigest, SetDigest) -> bigint", intersection_cardinality, 0,
     ""},
    {"jaccard_index", "(SetDigest, SetDigest) -> double", jaccard_index, 0, ""},
    {"hash_counts", "(SetDigest) -> map(bigint,smallint)", hash_counts, 0, ""},
    {NULL},
};
