/*
 * What aggregates keep in their states: value lists and sets, and the sketches. Serialised bytes
 * and quantiles expected here are those the reference server returned.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "function/aggregate/hyperloglog.h"
#include "function/aggregate/qdigest.h"
#include "function/aggregate/set_digest.h"
#include "function/aggregate/tdigest.h"
#include "function/aggregate/value_list.h"
#include "function/aggregate/value_xxhash.h"
#include "function/aggregate/weighted_points.h"
#include "vector/vector_hash.h"

static Vector *bigints(int32_t count, int64_t modulus) {
    Vector *vector = vector_create(type_simple(TYPE_BIGINT), count);
    for (int32_t i = 0; i < count; i++) {
        VECTOR_DATA(vector, int64_t)[i] = i % modulus;
    }
    return vector;
}

static void add_number(Arena *arena, HyperLogLog *hll, int64_t value) {
    hyperloglog_add_hash(arena, hll, hyperloglog_hash(&value, sizeof value));
}

static void test_value_list(void **state) {
    Arena *arena = arena_create(NULL);
    Vector *source = bigints(100, 7);
    vector_set_null(source, 50);
    ValueList list = {0}, twice = {0};
    for (int32_t i = 0; i < 100; i++) {
        value_list_append(arena, &list, source, i);
    }
    value_list_extend(arena, source->type, &twice, &list);
    value_list_extend(arena, source->type, &twice, &list);
    Vector *target = vector_create(source->type, 0);
    value_list_write(&twice, NULL, twice.count, target);
    assert_int_equal(target->length, 200);
    for (int32_t i = 0; i < 200; i++) {
        assert_int_equal(vector_is_null(target, i), i % 100 == 50);
        assert_true(i % 100 == 50 || VECTOR_DATA(target, int64_t)[i] == i % 100 % 7);
    }
    vector_unref(target);
    vector_unref(source);
    arena_free(arena);
}

static void test_value_set(void **state) {
    Arena *arena = arena_create(NULL);
    Vector *source = bigints(3000, 1000);
    uint64_t hashes[3000];
    vector_hash(source, 3000, hashes, false);
    ValueSet set = {0};
    for (int32_t i = 0; i < 3000; i++) {
        bool is_new;
        int32_t member = value_set_add(arena, &set, source, i, hashes[i], &is_new);
        assert_int_equal(member, i % 1000);
        assert_int_equal(is_new, i < 1000);
    }
    assert_int_equal(set.members.count, 1000);
    vector_unref(source);
    arena_free(arena);
}

/* approx_set(x) over 1, 2, 3. */
static void test_hyperloglog_bytes(void **state) {
    static const uint8_t expected[] = {0x02, 0x0C, 0x03, 0x00, 0x80, 0x03, 0x44, 0x00,
                                       0x00, 0x58, 0x3D, 0x5B, 0x80, 0x20, 0x08, 0xDE};
    Arena *arena = arena_create(NULL);
    HyperLogLog hll;
    ByteString bytes = {0};
    hyperloglog_init(arena, &hll, 12);
    for (int64_t value = 1; value <= 3; value++) {
        add_number(arena, &hll, value);
    }
    hyperloglog_write(&hll, &bytes);
    assert_int_equal(bytes.size, sizeof expected);
    assert_memory_equal(bytes.data, expected, sizeof expected);
    byte_string_done(&bytes);
    arena_free(arena);
}

/* Halves merged are the whole; what is read back is what was written; estimates are near. */
static void check_hyperloglog(int64_t count, int bits) {
    Arena *arena = arena_create(NULL);
    HyperLogLog whole, left, right, again;
    hyperloglog_init(arena, &whole, bits);
    hyperloglog_init(arena, &left, bits);
    hyperloglog_init(arena, &right, bits);
    for (int64_t i = 0; i < count; i++) {
        add_number(arena, &whole, i);
        add_number(arena, i % 3 == 0 ? &left : &right, i);
    }
    int64_t size = hyperloglog_cardinality(&whole);
    assert_true(hyperloglog_merge(arena, &left, &right));
    HyperLogLog dense = whole; /* a merged sketch may stay sparse longer */
    hyperloglog_make_dense(arena, &dense);
    hyperloglog_make_dense(arena, &left);
    assert_int_equal(hyperloglog_cardinality(&left), hyperloglog_cardinality(&dense));
    assert_in_range(size, count - count / 12, count + count / 12);
    ByteString bytes = {0};
    hyperloglog_write(&whole, &bytes);
    assert_true(hyperloglog_read(arena, bytes.data, bytes.size, &again));
    assert_int_equal(hyperloglog_cardinality(&again), size);
    assert_false(hyperloglog_read(arena, bytes.data, bytes.size - 1, &again));
    byte_string_done(&bytes);
    arena_free(arena);
}

static void test_hyperloglog_sizes(void **state) {
    static const int64_t counts[] = {0, 1, 100, 251, 252, 600, 2000, 3000, 5000, 9000, 200000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        check_hyperloglog(counts[i], 11);
    }
}

static void test_tdigest(void **state) {
    Arena *arena = arena_create(NULL);
    TDigest whole, left, right, again;
    double quantiles[] = {0, 0.25, 0.5, 1}, values[4];
    tdigest_init(&whole, TDIGEST_COMPRESSION);
    tdigest_init(&left, TDIGEST_COMPRESSION);
    tdigest_init(&right, TDIGEST_COMPRESSION);
    for (int32_t i = 0; i <= 10000; i++) {
        tdigest_add(arena, &whole, (i * 7919) % 10001, 1);
        tdigest_add(arena, i % 2 == 0 ? &left : &right, i, 1);
    }
    tdigest_merge(arena, &left, &right);
    ByteString bytes = {0};
    tdigest_write(arena, &whole, &bytes);
    assert_true(tdigest_read(arena, bytes.data, bytes.size, &again));
    TDigest *digests[] = {&whole, &left, &again};
    for (int i = 0; i < 3; i++) {
        tdigest_values_at(digests[i], quantiles, 4, values);
        assert_true(values[0] == 0 && values[3] == 10000);
        assert_true(values[1] > 2400 && values[1] < 2600 && values[2] > 4900 && values[2] < 5100);
    }
    byte_string_done(&bytes);
    arena_free(arena);
}

/* value_at_quantile(tdigest_agg(x, w), 0.5) over (1, 1), (2, 9). */
static void test_tdigest_weights(void **state) {
    Arena *arena = arena_create(NULL);
    TDigest digest;
    double half = 0.5, value;
    tdigest_init(&digest, TDIGEST_COMPRESSION);
    tdigest_add(arena, &digest, 1, 1);
    tdigest_add(arena, &digest, 2, 9);
    tdigest_values_at(&digest, &half, 1, &value);
    assert_true(value > 1.88888888 && value < 1.88888889);
    arena_free(arena);
}

static void test_qdigest(void **state) {
    Arena *arena = arena_create(NULL);
    QDigest whole, left, right, again;
    qdigest_init(&whole, QDIGEST_ERROR);
    qdigest_init(&left, QDIGEST_ERROR);
    qdigest_init(&right, QDIGEST_ERROR);
    for (int64_t i = -5000; i <= 5000; i++) {
        qdigest_add(arena, &whole, i * 7919 % 5001, 1);
        qdigest_add(arena, i % 2 == 0 ? &left : &right, i, 1);
    }
    qdigest_merge(arena, &left, &right);
    ByteString bytes = {0};
    qdigest_write(arena, &whole, &bytes);
    assert_true(qdigest_read(arena, bytes.data, bytes.size, &again));
    assert_false(qdigest_read(arena, bytes.data, bytes.size - 1, &right));
    const QDigest *digests[] = {&whole, &left, &again};
    for (int i = 0; i < 3; i++) {
        int64_t middle = qdigest_value_at(digests[i], 0.5);
        assert_true(middle >= -250 && middle <= 250);
        assert_int_equal(digests[i]->min, -5000);
        assert_int_equal(digests[i]->count, 10001);
    }
    assert_true(qdigest_to_double(qdigest_from_double(-1.5)) == -1.5);
    assert_true(qdigest_from_double(-1.5) < qdigest_from_double(-0.5));
    assert_true(qdigest_from_real(-0.5f) < qdigest_from_real(0.25f));
    byte_string_done(&bytes);
    arena_free(arena);
}

static void test_set_digest(void **state) {
    Arena *arena = arena_create(NULL);
    SetDigest a, b, again;
    set_digest_init(arena, &a);
    set_digest_init(arena, &b);
    for (int64_t i = 0; i < 20000; i++) {
        set_digest_add(arena, i < 12000 ? &a : &b, &i, sizeof i);
    }
    assert_false(set_digest_is_exact(&a));
    assert_true(set_digest_is_exact(&b));
    assert_int_equal(set_digest_cardinality(&b), 8000);
    assert_int_equal(set_digest_common(&a, &b, INT64_MAX), 0);
    ByteString bytes = {0};
    set_digest_write(&a, &bytes);
    assert_true(set_digest_read(arena, bytes.data, bytes.size, &again));
    assert_true(set_digest_jaccard_index(&a, &again) == 1.0);
    assert_true(set_digest_merge(arena, &a, &b));
    assert_int_equal(a.count, SET_DIGEST_HASHES_MAX);
    byte_string_done(&bytes);
    arena_free(arena);
}

static void test_sort(void **state) {
    WeightedPoint points[1000], scratch[1000];
    for (int32_t i = 0; i < 1000; i++) {
        points[i] = (WeightedPoint){i * 7919 % 100, i};
    }
    points[500].value = __builtin_nan("");
    weighted_points_sort(points, scratch, 1000);
    for (int32_t i = 1; i < 999; i++) {
        bool is_stable =
            points[i - 1].value != points[i].value || points[i - 1].weight < points[i].weight;
        assert_true(points[i - 1].value <= points[i].value && is_stable);
    }
    assert_true(points[999].weight == 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_value_list),
        cmocka_unit_test(test_value_set),
        cmocka_unit_test(test_hyperloglog_bytes),
        cmocka_unit_test(test_hyperloglog_sizes),
        cmocka_unit_test(test_tdigest),
        cmocka_unit_test(test_tdigest_weights),
        cmocka_unit_test(test_qdigest),
        cmocka_unit_test(test_set_digest),
        cmocka_unit_test(test_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
