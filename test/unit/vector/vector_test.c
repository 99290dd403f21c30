/*
 * Vectors in every encoding against the row-at-a-time model: constants, dictionaries, gather,
 * slice, append, flatten.
 */
#include "random_vector.h"

#include "vector/batch.h"
#include "vector/reshape.h"

enum { ROUNDS = 300 };

static void random_rows(int32_t *rows, int32_t count, int32_t bound) {
    for (int32_t i = 0; i < count; i++) {
        rows[i] = random_below(bound);
    }
}

static void test_gather_and_select(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        int32_t length = 1 + random_below(200), count = random_below(300);
        Vector *source = random_vector(random_type(2), length, round % 2 * 20);
        Buffer *indices = buffer_create(count * 4);
        int32_t *rows = (int32_t *)indices->data;
        random_rows(rows, count, length);
        Vector *gathered = vector_gather(source, rows, count);
        Vector *selected = vector_select(source, indices, count);
        assert_int_equal(gathered->length, count);
        assert_int_equal(selected->length, count);
        for (int32_t i = 0; i < count; i++) {
            assert_same_value(gathered, i, source, rows[i]);
            assert_same_value(selected, i, source, rows[i]);
        }
        Vector *flat = vector_flatten(selected);
        assert_int_equal(flat->encoding, ENCODING_FLAT);
        vector_unref(source);
        for (int32_t i = 0; i < count; i++) {
            assert_same_value(flat, i, gathered, i);
        }
        vector_unref(gathered);
        vector_unref(selected);
        vector_unref(flat);
        buffer_unref(indices);
    }
}

static void test_gather_or_null(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        int32_t length = 1 + random_below(20), rows[100];
        Vector *source = random_vector(random_type(1), length, 10);
        for (int32_t i = 0; i < 100; i++) {
            rows[i] = random_below(4) == 0 ? -1 : random_below(length);
        }
        Vector *gathered = vector_gather_or_null(source, rows, 100);
        for (int32_t i = 0; i < 100; i++) {
            if (rows[i] < 0) {
                assert_true(vector_is_null(gathered, i));
            } else {
                assert_same_value(gathered, i, source, rows[i]);
            }
        }
        vector_unref(source);
        vector_unref(gathered);
    }
}

static void test_slice(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        int32_t length = 1 + random_below(300);
        Vector *source = random_vector(random_type(2), length, round % 2 * 20);
        int32_t offset = round % 3 == 0 ? length / 2 / 64 * 64 : random_below(length);
        int32_t count = random_below(length - offset + 1);
        Vector *slice = vector_slice(source, offset, count);
        assert_int_equal(slice->length, count);
        for (int32_t i = 0; i < count; i++) {
            assert_same_value(slice, i, source, offset + i);
        }
        Vector *inner = vector_slice(slice, count / 3, count / 3);
        vector_unref(slice);
        for (int32_t i = 0; i < count / 3; i++) {
            assert_same_value(inner, i, source, offset + count / 3 + i);
        }
        vector_unref(inner);
        vector_unref(source);
    }
}

static void test_append(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        const Type *type = random_type(2);
        Vector *target = vector_create(type, 0);
        Vector *sources[4];
        int32_t rows[4][400], counts[4];
        for (int i = 0; i < 4; i++) {
            int32_t length = 1 + random_below(100);
            sources[i] = random_vector(type, length, i % 2 * 20);
            counts[i] = i == 0 ? length : random_below(400);
            random_rows(rows[i], counts[i], length);
            vector_append(target, sources[i], i == 0 ? NULL : rows[i], counts[i]);
            vector_append_value(target, sources[i], length - 1);
        }
        int32_t position = 0;
        for (int i = 0; i < 4; i++) {
            for (int32_t j = 0; j < counts[i]; j++) {
                assert_same_value(target, position++, sources[i], i == 0 ? j : rows[i][j]);
            }
            assert_same_value(target, position++, sources[i], sources[i]->length - 1);
        }
        assert_int_equal(target->length, position);
        vector_copy_value(target, 0, sources[3], 0);
        assert_same_value(target, 0, sources[3], 0);
        for (int i = 0; i < 4; i++) {
            vector_unref(sources[i]);
        }
        assert_same_value(target, 0, target, 0);
        vector_unref(target);
    }
}

static void test_constants_and_nulls(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        const Type *type = random_type(2);
        Vector *source = random_vector(type, 10, 20);
        Vector *constant = vector_create_constant(source, 7, 5);
        Vector *flat = vector_flatten(constant);
        for (int32_t i = 0; i < 5; i++) {
            assert_same_value(constant, i, source, 7);
            assert_same_value(flat, i, source, 7);
        }
        Vector *null = vector_create_null(type, 3);
        assert_true(vector_is_null(null, 2));
        assert_true(vector_may_have_nulls(null));
        Vector *again = vector_create_constant(null, 1, 70);
        assert_true(vector_is_null(again, 69));
        assert_true(vector_bytes(source) > 0);
        vector_unref(again);
        vector_unref(null);
        vector_unref(flat);
        vector_unref(constant);
        vector_unref(source);
    }
}

static void test_strings_in_place(void **state) {
    Vector *vector = vector_create(type_varchar_unbounded(), 3);
    char *room = vector_reserve_string(vector, 100);
    memset(room, 'x', 100);
    vector_finish_string(vector, 0, room, 50);
    room = vector_reserve_string(vector, 100);
    memset(room, 'y', 100);
    vector_finish_string(vector, 1, room, 5);
    room = vector_reserve_string(vector, 1 << 20);
    memset(room, 'z', 1 << 20);
    vector_finish_string(vector, 2, room, 1 << 20);
    const StringView *views = VECTOR_DATA(vector, StringView);
    assert_int_equal(views[0].length, 50);
    assert_int_equal(string_data(&views[0])[49], 'x');
    assert_memory_equal(string_data(&views[1]), "yyyyy", 5);
    assert_int_equal(string_data(&views[2])[(1 << 20) - 1], 'z');
    vector_unref(vector);
}

static void test_resize_clears_nulls(void **state) {
    Vector *vector = vector_create(type_simple(TYPE_BIGINT), 100);
    vector_set_null(vector, 70);
    vector_resize(vector, 50);
    vector_resize(vector, 1000);
    for (int32_t i = 0; i < 1000; i++) {
        assert_false(vector_is_null(vector, i));
    }
    vector_set_null(vector, 999);
    assert_true(vector_is_null(vector, 999));
    vector_unref(vector);
}

static void test_retype(void **state) {
    const Type *from = type_array(type_varchar(3)), *to = type_array(type_varchar(5));
    Vector *source = random_vector(from, 10, 10);
    Vector *retyped = vector_retype(source, to);
    assert_ptr_equal(retyped->type, to);
    for (int32_t i = 0; i < 10; i++) {
        assert_same_value(source, i, retyped, i);
    }
    vector_unref(source);
    vector_unref(retyped);
}

static void test_batch(void **state) {
    Batch *batch = batch_create(2, 10);
    batch->columns[0] = random_vector(type_simple(TYPE_BIGINT), 10, 0);
    batch->columns[1] = vector_ref(batch->columns[0]);
    assert_true(batch_bytes(batch) > 0);
    batch_free(batch);
    batch_free(NULL);
    assert_int_equal(batch_rows(), BATCH_ROWS_MAX);
    batch_set_rows(3);
    assert_int_equal(batch_rows(), 3);
    batch_set_rows(BATCH_ROWS_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gather_and_select),
        cmocka_unit_test(test_gather_or_null),
        cmocka_unit_test(test_slice),
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_constants_and_nulls),
        cmocka_unit_test(test_strings_in_place),
        cmocka_unit_test(test_resize_clears_nulls),
        cmocka_unit_test(test_retype),
        cmocka_unit_test(test_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
