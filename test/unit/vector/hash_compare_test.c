/*
 * Hashing and comparison: encodings do not matter, identical values hash alike, bulk agrees with
 * one by one.
 */
#include "random_vector.h"

#include "vector/vector_compare.h"
#include "vector/vector_hash.h"

enum { ROUNDS = 300, ROWS = 60 };

static int sign(int value) {
    return (value > 0) - (value < 0);
}

static void test_encodings_hash_alike(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        Vector *source = random_vector(random_type(2), 1 + random_below(3000), round % 2 * 20);
        Vector *flat = vector_flatten(source);
        int32_t count = source->length;
        uint64_t *a = calloc((size_t)count, 8), *b = calloc((size_t)count, 8);
        int32_t *rows = calloc((size_t)count, 4);
        vector_hash(source, count, a, false);
        vector_hash(flat, count, b, false);
        assert_memory_equal(a, b, (size_t)count * 8);
        for (int32_t i = 0; i < count; i++) {
            rows[i] = random_below(count);
        }
        uint64_t *c = calloc((size_t)count, 8);
        vector_hash_rows(source, rows, count, c, false);
        for (int32_t i = 0; i < count; i++) {
            assert_int_equal(c[i], a[rows[i]]);
        }
        vector_hash(source, count, a, true);
        vector_hash(flat, count, b, true);
        assert_memory_equal(a, b, (size_t)count * 8);
        free(a);
        free(b);
        free(c);
        free(rows);
        vector_unref(source);
        vector_unref(flat);
    }
}

static void test_identical_and_order(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        const Type *type = random_type(2);
        Vector *a = random_vector(type, ROWS, round % 2 * 20);
        Vector *b = random_vector(type, ROWS, round % 3 * 10);
        uint64_t hash_a[ROWS], hash_b[ROWS];
        uint8_t equal[ROWS];
        int8_t order[ROWS];
        int32_t rows_a[ROWS], rows_b[ROWS];
        vector_hash(a, ROWS, hash_a, false);
        vector_hash(b, ROWS, hash_b, false);
        for (int32_t i = 0; i < ROWS; i++) {
            rows_a[i] = random_below(ROWS);
            rows_b[i] = random_below(ROWS);
        }
        vector_identical_rows(a, rows_a, b, rows_b, ROWS, equal);
        vector_order_rows(a, rows_a, b, rows_b, ROWS, order);
        for (int32_t i = 0; i < ROWS; i++) {
            int32_t x = rows_a[i], y = rows_b[i];
            bool same = vector_identical(a, x, b, y);
            assert_int_equal(same, vector_identical(b, y, a, x));
            assert_int_equal(equal[i], same);
            assert_int_equal(sign(vector_order(a, x, b, y)), order[i]);
            assert_int_equal(sign(vector_order(b, y, a, x)), -order[i]);
            if (type->orderable) {
                assert_int_equal(order[i] == 0, same);
            }
            if (same) {
                assert_int_equal(hash_a[x], hash_b[y]);
            }
        }
        vector_identical_rows(a, NULL, a, NULL, ROWS, equal);
        for (int32_t i = 0; i < ROWS; i++) {
            assert_int_equal(equal[i], 1);
        }
        vector_unref(a);
        vector_unref(b);
    }
}

static void test_order_is_transitive(void **state) {
    for (int round = 0; round < ROUNDS / 3; round++) {
        Vector *a = random_vector(random_type(2), 20, 10);
        for (int32_t i = 0; i < 20; i++) {
            for (int32_t j = 0; j < 20; j++) {
                for (int32_t k = 0; k < 20; k++) {
                    if (vector_order(a, i, a, j) <= 0 && vector_order(a, j, a, k) <= 0) {
                        assert_true(vector_order(a, i, a, k) <= 0);
                    }
                }
            }
        }
        vector_unref(a);
    }
}

static uint64_t hash_one(const Vector *vector, int32_t row) {
    uint64_t hash = 0;
    vector_hash_rows(vector, &row, 1, &hash, false);
    return hash;
}

static Vector *strings(const Type *type, const char *a, const char *b) {
    Vector *vector = vector_create(type, 2);
    vector_set_string(vector, 0, a, strlen(a));
    vector_set_string(vector, 1, b, strlen(b));
    return vector;
}

static void check_pair(Vector *vector, int order) {
    assert_int_equal(sign(vector_order(vector, 0, vector, 1)), order);
    assert_int_equal(vector_identical(vector, 0, vector, 1), order == 0);
    if (order == 0) {
        assert_int_equal(hash_one(vector, 0), hash_one(vector, 1));
    }
    vector_unref(vector);
}

static void test_rules(void **state) {
    check_pair(strings(type_varchar(9), "ab", "ab "), -1);
    check_pair(strings(type_varchar(9), "f", "\xc3\xa9"), -1);
    check_pair(strings(type_varchar(50), "the same long string", "the same long strinG"), 1);
    check_pair(strings(type_char(9), "ab", "ab "), 0);
    check_pair(strings(type_char(3), "a", "a\001"), 1);
    check_pair(strings(type_char(30), "a string of twenty ch", "a string of twenty ch     "), 0);
    Vector *doubles = vector_create(type_simple(TYPE_DOUBLE), 2);
    VECTOR_DATA(doubles, double)[0] = -0.0;
    VECTOR_DATA(doubles, double)[1] = 0.0;
    check_pair(doubles, 0);
    doubles = vector_create(type_simple(TYPE_DOUBLE), 2);
    VECTOR_DATA(doubles, double)[0] = __builtin_nan("");
    VECTOR_DATA(doubles, double)[1] = __builtin_inf();
    check_pair(doubles, 1);
    Vector *zoned = vector_create(type_timestamp(3, true), 2);
    VECTOR_DATA(zoned, int64_t)[0] = 1000 << 12 | 5;
    VECTOR_DATA(zoned, int64_t)[1] = 1000 << 12 | 77;
    check_pair(zoned, 0);
    Vector *times = vector_create(type_time(3, true), 2); /* 01:00+01:00 and 00:00+00:00 */
    VECTOR_DATA(times, int64_t)[0] = 3600000000000LL << 11 | 60;
    VECTOR_DATA(times, int64_t)[1] = 0;
    check_pair(times, 0);
    times =
        vector_create(type_time(3, true), 2); /* 00:00+01:00 is 23:00 UTC, 23:00-01:00 is 00:00 */
    VECTOR_DATA(times, int64_t)[0] = 60;
    VECTOR_DATA(times, int64_t)[1] = 23LL * 3600000000000LL << 11 | (-60 & 0x7ff);
    check_pair(times, 1);
    Vector *ids = vector_create(type_simple(TYPE_UUID), 2);
    VECTOR_DATA(ids, __int128)[0] = -1;
    VECTOR_DATA(ids, __int128)[1] = 1;
    check_pair(ids, 1);
}

static void test_integers_of_any_width(void **state) {
    Vector *small = vector_create(type_simple(TYPE_TINYINT), 1);
    Vector *large = vector_create(type_simple(TYPE_BIGINT), 1);
    Vector *wide = vector_create(type_decimal(38, 0), 1);
    VECTOR_DATA(small, int8_t)[0] = -7;
    VECTOR_DATA(large, int64_t)[0] = -7;
    VECTOR_DATA(wide, __int128)[0] = -7;
    assert_int_equal(hash_one(small, 0), hash_one(large, 0));
    assert_int_equal(hash_one(wide, 0), hash_one(large, 0));
    vector_unref(small);
    vector_unref(large);
    vector_unref(wide);
}

static void test_maps_in_any_order(void **state) {
    const Type *bigint = type_simple(TYPE_BIGINT);
    Vector *maps = vector_create(type_map(bigint, bigint), 2);
    int64_t keys[] = {1, 2, 3, 3, 1, 2}, values[] = {10, 20, 30, 30, 10, 20};
    for (int i = 0; i < 2; i++) {
        vector_resize(maps->children[i], 6);
        memcpy(maps->children[i]->data, i == 0 ? keys : values, sizeof keys);
        VECTOR_DATA(maps, ListEntry)[i] = (ListEntry){.offset = 3 * i, .length = 3};
    }
    assert_true(vector_identical(maps, 0, maps, 1));
    assert_int_equal(hash_one(maps, 0), hash_one(maps, 1));
    VECTOR_DATA(maps->children[1], int64_t)[5] = 21;
    assert_false(vector_identical(maps, 0, maps, 1));
    vector_unref(maps);
}

static void test_null_strings_are_not_read(void **state) {
    Vector *vector = vector_create(type_varchar_unbounded(), 70);
    uint64_t hashes[70];
    uint8_t equal[70];
    memset(vector->data, 0xff, 70 * sizeof(StringView)); /* views that point nowhere */
    memset(vector_writable_nulls(vector), 0xff, 16);
    vector_hash(vector, 70, hashes, false);
    vector_identical_rows(vector, NULL, vector, NULL, 70, equal);
    assert_int_equal(hashes[0], hashes[69]);
    assert_int_equal(equal[69], 1);
    vector_unref(vector);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encodings_hash_alike),
        cmocka_unit_test(test_identical_and_order),
        cmocka_unit_test(test_order_is_transitive),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_integers_of_any_width),
        cmocka_unit_test(test_maps_in_any_order),
        cmocka_unit_test(test_null_strings_are_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
