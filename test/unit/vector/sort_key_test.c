/*
 * Normalised keys: memcmp must give the order of vector_order with direction and NULL placement;
 * ties where announced.
 */
#include "random_vector.h"

#include "vector/sort_key.h"
#include "vector/vector_compare.h"

enum { ROUNDS = 300, ROWS = 60, COLUMNS = 3 };

static const Type *random_key_type(void) {
    switch (random_below(4)) {
    case 0:
        return type_varchar(random_below(6) + 1);
    case 1:
        return type_char(random_below(6) + 1);
    default:
        return random_type(1);
    }
}

static Vector *random_column(const Type *type) {
    if (!type_is_string(type) || type->length > 6) {
        return random_vector(type, ROWS, 20);
    }
    Vector *vector = vector_create(type, ROWS);
    for (int32_t i = 0; i < ROWS; i++) {
        ByteString text = {0};
        int length = random_below(type->length + 1);
        for (int j = 0; j < length; j++) {
            static const char *const characters[] = {"a", "b", "\x01", " ", "\xf0\x9f\x98\x80"};
            byte_string_append_text(&text, characters[random_below(5)]);
        }
        vector_set_string(vector, i, byte_string_text(&text), text.size);
        byte_string_done(&text);
        if (random_below(5) == 0) {
            vector_set_null(vector, i);
        }
    }
    return vector;
}

static int expected_order(const Vector *values, const SortKeyColumn *column, int32_t a, int32_t b) {
    bool null_a = vector_is_null(values, a), null_b = vector_is_null(values, b);
    if (null_a || null_b) {
        return column->nulls_first ? null_b - null_a : null_a - null_b;
    }
    int order = vector_order(values, a, values, b);
    order = (order > 0) - (order < 0);
    return column->descending ? -order : order;
}

static void test_keys(void **state) {
    Arena *arena = arena_create(NULL);
    for (int round = 0; round < ROUNDS; round++) {
        const Type *types[COLUMNS];
        Vector *columns[COLUMNS];
        bool descending[COLUMNS], nulls_first[COLUMNS];
        int32_t selection[ROWS];
        for (int c = 0; c < COLUMNS; c++) {
            types[c] = random_key_type();
            columns[c] = random_column(types[c]);
            descending[c] = random_below(2);
            nulls_first[c] = random_below(2);
        }
        for (int i = 0; i < ROWS; i++) {
            selection[i] = random_below(ROWS);
        }
        SortKeyLayout *layout =
            sort_key_layout_create(arena, COLUMNS, types, descending, nulls_first);
        int32_t stride = layout->width + 8;
        uint8_t *keys = arena_alloc(arena, (size_t)(stride * ROWS));
        memset(keys, 0xab, (size_t)(stride * ROWS));
        for (int c = 0; c < COLUMNS; c++) {
            sort_key_encode(layout, c, columns[c], selection, ROWS, keys, stride);
        }
        for (int i = 0; i < ROWS * 20; i++) {
            int32_t a = random_below(ROWS), b = random_below(ROWS), expected = 0;
            for (int c = 0; c < COLUMNS && expected == 0; c++) {
                expected =
                    expected_order(columns[c], &layout->columns[c], selection[a], selection[b]);
            }
            const uint8_t *key_a = keys + a * stride, *key_b = keys + b * stride;
            int order = sort_key_compare(key_a, key_b, layout->width);
            int bytes = memcmp(key_a, key_b, (size_t)layout->width);
            assert_int_equal(order, (bytes > 0) - (bytes < 0));
            if (order == 0 && layout->tie_column < COLUMNS) {
                for (int c = 0; c < layout->tie_column; c++) {
                    assert_int_equal(
                        expected_order(columns[c], &layout->columns[c], selection[a], selection[b]),
                        0);
                }
            } else {
                assert_int_equal(order, expected);
            }
        }
        for (int c = 0; c < COLUMNS; c++) {
            vector_unref(columns[c]);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

static void test_layout(void **state) {
    Arena *arena = arena_create(NULL);
    const Type *types[] = {type_varchar(1), type_char(1), type_simple(TYPE_BIGINT)};
    const bool no[3] = {false, false, false};
    SortKeyLayout *layout = sort_key_layout_create(arena, 3, types, no, no);
    assert_int_equal(layout->tie_column, 3);
    assert_int_equal(layout->width, 24); /* 1+5, 1+4, 1+8 */
    types[1] = type_varchar_unbounded();
    layout = sort_key_layout_create(arena, 3, types, no, no);
    assert_int_equal(layout->tie_column, 1);
    assert_int_equal(layout->columns[2].offset, -1);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_layout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
