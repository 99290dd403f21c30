/*
 * Questions to digests: quantiles of t-digests and quantile digests, sizes and overlaps of set
 * digests. A digest that is the same in every row is read once.
 */
#include <math.h>

#include "base/double_text.h"
#include "function/aggregate/qdigest.h"
#include "function/aggregate/set_digest.h"
#include "function/aggregate/tdigest.h"
#include "function/scalar/arguments.h"

/* A digest of one of the kinds, as the last row had it. */
typedef struct DigestReader {
    Arena *arena;
    const char *bytes; /* it was read from */
    union {
        TDigest tdigest;
        QDigest qdigest;
        SetDigest set;
    };
} DigestReader;

static bool read_digest(DigestReader *reader, TypeKind kind, const StringView *bytes) {
    if (reader->bytes != NULL && bytes->length > 12 && reader->bytes == bytes->pointer) {
        return true;
    }
    reader->bytes = NULL;
    arena_reset(reader->arena);
    const char *data = string_data(bytes);
    bool is_read =
        kind == TYPE_TDIGEST   ? tdigest_read(reader->arena, data, bytes->length, &reader->tdigest)
        : kind == TYPE_QDIGEST ? qdigest_read(reader->arena, data, bytes->length, &reader->qdigest)
                               : set_digest_read(reader->arena, data, bytes->length, &reader->set);
    reader->bytes = is_read ? data : NULL;
    return is_read;
}

/* The digest of an argument; fails the row when the bytes are none. */
static bool digest_argument(KernelCall *call, DigestReader *reader, int32_t argument, int32_t row) {
    TypeKind kind = call->function->argument_types[argument]->kind;
    if (read_digest(reader, kind, string_argument(call, argument, row))) {
        return true;
    }
    kernel_fail(call, row, GENERIC_INTERNAL_ERROR, "Invalid format");
    return false;
}

/* ---- quantiles ---- */

static bool check_quantile(KernelCall *call, int32_t row, double quantile) {
    if (quantile >= 0 && quantile <= 1) {
        return true;
    }
    char text[DOUBLE_TEXT_MAX];
    double_print(quantile, text);
    kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                "Quantile should be within bounds [0, 1], was: %s", text);
    return false;
}

static void put_quantile(KernelCall *call, DigestReader *reader, double quantile, Vector *values,
                         int32_t row) {
    if (call->function->argument_types[0]->kind == TYPE_TDIGEST) {
        tdigest_values_at(&reader->tdigest, &quantile, 1, &VECTOR_DATA(values, double)[row]);
        return;
    }
    int64_t value = qdigest_value_at(&reader->qdigest, quantile);
    switch (values->type->kind) {
    case TYPE_BIGINT:
        VECTOR_DATA(values, int64_t)[row] = value;
        break;
    case TYPE_REAL:
        VECTOR_DATA(values, float)[row] = qdigest_to_real(value);
        break;
    default:
        VECTOR_DATA(values, double)[row] = qdigest_to_double(value);
    }
}

static Status value_at_quantile(KernelCall *call) {
    DigestReader reader = {.arena = arena_create(NULL)};
    KERNEL_FOR_EACH_ROW(call, row) {
        double quantile = KERNEL_ARGUMENT(call, 1, double, row);
        if (digest_argument(call, &reader, 0, row) && check_quantile(call, row, quantile)) {
            put_quantile(call, &reader, quantile, call->result, row);
        }
    }
    arena_free(reader.arena);
    return OK;
}

static Status values_at_quantiles(KernelCall *call) {
    DigestReader reader = {.arena = arena_create(NULL)};
    Vector *values = call->result->children[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry entry = KERNEL_ARGUMENT(call, 1, ListEntry, row);
        VectorView quantiles = vector_view(call->arguments[1].vector->children[0]);
        int32_t start = values->length;
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){start, entry.length};
        if (!digest_argument(call, &reader, 0, row)) {
            continue;
        }
        vector_resize(values, start + entry.length);
        for (int32_t i = 0; i < entry.length; i++) {
            double quantile = VIEW_VALUE(&quantiles, double, entry.offset + i);
            if (view_is_null(&quantiles, entry.offset + i)) {
                quantile = 0;
            }
            if (!check_quantile(call, row, quantile)) {
                break;
            }
            put_quantile(call, &reader, quantile, values, start + i);
        }
    }
    arena_free(reader.arena);
    return OK;
}

static Status quantile_at_value(KernelCall *call) {
    DigestReader reader = {.arena = arena_create(NULL)};
    TypeKind kind = call->function->argument_types[1]->kind;
    KERNEL_FOR_EACH_ROW(call, row) {
        if (!digest_argument(call, &reader, 0, row)) {
            continue;
        }
        int64_t value = kind == TYPE_BIGINT ? KERNEL_ARGUMENT(call, 1, int64_t, row)
                        : kind == TYPE_REAL
                            ? qdigest_from_real(KERNEL_ARGUMENT(call, 1, float, row))
                            : qdigest_from_double(KERNEL_ARGUMENT(call, 1, double, row));
        const QDigest *digest = &reader.qdigest;
        if (digest->count == 0 || value < digest->min || value > digest->max) {
            vector_set_null(call->result, row);
            continue;
        }
        KERNEL_RESULT(call, double)[row] = qdigest_weight_below(digest, value) / digest->count;
    }
    arena_free(reader.arena);
    return OK;
}

/* ---- sets ---- */

static Status set_cardinality(KernelCall *call) {
    DigestReader reader = {.arena = arena_create(NULL)};
    KERNEL_FOR_EACH_ROW(call, row) {
        if (digest_argument(call, &reader, 0, row)) {
            KERNEL_RESULT(call, int64_t)[row] = set_digest_cardinality(&reader.set);
        }
    }
    arena_free(reader.arena);
    return OK;
}

/* The first digest is merged into when only an estimate is left. */
static int64_t intersection_size(Arena *arena, SetDigest *a, const SetDigest *b) {
    if (set_digest_is_exact(a) && set_digest_is_exact(b)) {
        return set_digest_common(a, b, INT64_MAX);
    }
    int64_t size_a = set_digest_cardinality(a), size_b = set_digest_cardinality(b);
    double jaccard = set_digest_jaccard_index(a, b);
    set_digest_merge(arena, a, b);
    int64_t size = (int64_t)floor(jaccard * (double)set_digest_cardinality(a) + 0.5);
    int64_t smaller = size_a < size_b ? size_a : size_b;
    return size < smaller ? size : smaller;
}

static Status intersection_cardinality(KernelCall *call) {
    DigestReader a = {.arena = arena_create(NULL)}, b = {.arena = arena_create(NULL)};
    KERNEL_FOR_EACH_ROW(call, row) {
        a.bytes = NULL; /* it is changed below */
        if (digest_argument(call, &a, 0, row) && digest_argument(call, &b, 1, row)) {
            KERNEL_RESULT(call, int64_t)[row] = intersection_size(a.arena, &a.set, &b.set);
        }
    }
    arena_free(a.arena);
    arena_free(b.arena);
    return OK;
}

static Status jaccard_index(KernelCall *call) {
    DigestReader a = {.arena = arena_create(NULL)}, b = {.arena = arena_create(NULL)};
    KERNEL_FOR_EACH_ROW(call, row) {
        if (digest_argument(call, &a, 0, row) && digest_argument(call, &b, 1, row)) {
            KERNEL_RESULT(call, double)[row] = set_digest_jaccard_index(&a.set, &b.set);
        }
    }
    arena_free(a.arena);
    arena_free(b.arena);
    return OK;
}

static Status hash_counts(KernelCall *call) {
    DigestReader reader = {.arena = arena_create(NULL)};
    Vector *keys = call->result->children[0], *values = call->result->children[1];
    KERNEL_FOR_EACH_ROW(call, row) {
        if (!digest_argument(call, &reader, 0, row)) {
            continue;
        }
        int32_t start = keys->length, count = reader.set.count;
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){start, count};
        vector_resize(keys, start + count);
        vector_resize(values, start + count);
        for (int32_t i = 0; i < count; i++) {
            VECTOR_DATA(keys, int64_t)[start + i] = reader.set.hashes[i];
            VECTOR_DATA(values, int16_t)[start + i] = reader.set.counts[i];
        }
    }
    arena_free(reader.arena);
    return OK;
}

static const char value_words[] =
    "Given an input q between [0, 1], find the value whose rank in the sorted sequence of the n "
    "values represented by the digest is qn.";
static const char values_words[] =
    "For each input q between [0, 1], find the value whose rank in the sorted sequence of the n "
    "values represented by the digest is qn.";
static const char quantile_words[] =
    "Given an input x between min/max values of qdigest, find which quantile is represented by "
    "that value";

#define NULLABLE FUNCTION_MAY_RETURN_NULL

const ScalarFunction digest_functions[] = {
    {"value_at_quantile", "(tdigest, double) -> double", value_at_quantile, 0, value_words},
    {"value_at_quantile", "(qdigest(double), double) -> double", value_at_quantile, 0, value_words},
    {"value_at_quantile", "(qdigest(real), double) -> real", value_at_quantile, 0, value_words},
    {"value_at_quantile", "(qdigest(bigint), double) -> bigint", value_at_quantile, 0, value_words},
    {"values_at_quantiles", "(tdigest, array(double)) -> array(double)", values_at_quantiles, 0,
     values_words},
    {"values_at_quantiles", "(qdigest(double), array(double)) -> array(double)",
     values_at_quantiles, 0, values_words},
    {"values_at_quantiles", "(qdigest(real), array(double)) -> array(real)", values_at_quantiles, 0,
     values_words},
    {"values_at_quantiles", "(qdigest(bigint), array(double)) -> array(bigint)",
     values_at_quantiles, 0, values_words},
    {"quantile_at_value", "(qdigest(double), double) -> double", quantile_at_value, NULLABLE,
     quantile_words},
    {"quantile_at_value", "(qdigest(real), real) -> double", quantile_at_value, NULLABLE,
     quantile_words},
    {"quantile_at_value", "(qdigest(bigint), bigint) -> double", quantile_at_value, NULLABLE,
     quantile_words},
    {"cardinality", "(setdigest) -> bigint", set_cardinality, 0, ""},
    {"intersection_cardinality", "(setdigest, setdigest) -> bigint", intersection_cardinality, 0,
     ""},
    {"jaccard_index", "(setdigest, setdigest) -> double", jaccard_index, 0, ""},
    {"hash_counts", "(setdigest) -> map(bigint,smallint)", hash_counts, 0, ""},
    {NULL},
};
