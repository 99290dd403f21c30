/*
 * Packed rows: columns in and out, matching, order, copying, absorbing; every reservation refused
 * once.
 */
#include "random_vector.h"

#include "vector/row_collection.h"
#include "vector/vector_compare.h"

enum { ROUNDS = 150, COLUMNS = 4, ROWS = 200 };

typedef struct Fixture {
    Arena *arena;
    Context context;
    MemoryPool *pool;
    const Type *types[COLUMNS];
    RowLayout *layout;
    RowCollection rows;
} Fixture;

static void set_up(Fixture *fixture, int32_t extra) {
    fixture->arena = arena_create(NULL);
    fixture->context = (Context){.arena = fixture->arena};
    fixture->pool = pool_create(NULL, "rows", 0, MEMORY_LIMIT_LOCAL);
    for (int i = 0; i < COLUMNS; i++) {
        fixture->types[i] = random_type(i == 3 ? 2 : 0);
    }
    fixture->layout = row_layout_create(fixture->arena, COLUMNS, fixture->types, extra);
    row_collection_init(&fixture->rows, fixture->layout, fixture->pool);
}

static void tear_down(Fixture *fixture) {
    row_collection_done(&fixture->rows);
    row_collection_done(&fixture->rows);
    assert_int_equal(pool_reserved_bytes(fixture->pool), 0);
    pool_free(fixture->pool);
    arena_free(fixture->arena);
}

static void make_columns(Fixture *fixture, Vector **columns, int32_t count, int null_percent) {
    for (int i = 0; i < COLUMNS; i++) {
        columns[i] = random_vector(fixture->types[i], count, null_percent);
    }
}

static void free_columns(Vector **columns) {
    for (int i = 0; i < COLUMNS; i++) {
        vector_unref(columns[i]);
    }
}

static const Vector *const *as_const(Vector **columns) {
    return (const Vector *const *)columns;
}

static void test_in_and_out(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        Fixture fixture;
        Vector *columns[COLUMNS];
        uint8_t *rows[ROWS * 2];
        int32_t selection[ROWS];
        set_up(&fixture, round % 3 * 20);
        make_columns(&fixture, columns, ROWS, round % 2 * 20);
        for (int i = 0; i < ROWS; i++) {
            selection[i] = random_below(ROWS);
        }
        assert_int_equal(row_collection_append(&fixture.context, &fixture.rows, as_const(columns),
                                               NULL, ROWS, rows),
                         OK);
        assert_int_equal(row_collection_append(&fixture.context, &fixture.rows, as_const(columns),
                                               selection, ROWS, rows + ROWS),
                         OK);
        assert_int_equal(fixture.rows.row_count, ROWS * 2);
        assert_int_equal(fixture.rows.bytes, pool_reserved_bytes(fixture.pool));
        RowCursor cursor = {0};
        uint8_t *again[ROWS * 2];
        int32_t read = 0, got;
        while ((got = row_collection_next(&fixture.rows, &cursor, 37, again + read)) > 0) {
            read += got;
        }
        assert_int_equal(read, ROWS * 2);
        assert_memory_equal(rows, again, sizeof rows);
        rows[5] = NULL;
        for (int c = 0; c < COLUMNS; c++) {
            Vector *out = row_gather(fixture.layout, c, rows, ROWS * 2);
            for (int i = 0; i < ROWS * 2; i++) {
                if (i == 5) {
                    assert_true(vector_is_null(out, i));
                } else {
                    assert_same_value(out, i, columns[c], i < ROWS ? i : selection[i - ROWS]);
                }
            }
            vector_unref(out);
        }
        assert_int_equal((uintptr_t)rows[1] % 16, 0);
        free_columns(columns);
        tear_down(&fixture);
    }
}

static void test_match(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        Fixture fixture;
        Vector *columns[COLUMNS], *keys[COLUMNS];
        uint8_t *stored[ROWS], *rows[ROWS];
        int32_t at[ROWS], selection[ROWS], misses[ROWS], missed;
        set_up(&fixture, 0);
        make_columns(&fixture, columns, ROWS, round % 2 * 20);
        make_columns(&fixture, keys, ROWS, round % 3 * 10);
        assert_int_equal(row_collection_append(&fixture.context, &fixture.rows, as_const(columns),
                                               NULL, ROWS, stored),
                         OK);
        for (int i = 0; i < ROWS; i++) {
            at[i] = random_below(ROWS);
            rows[i] = stored[at[i]];
        }
        for (int c = 0; c < COLUMNS; c++) {
            for (int kind = 0; kind < 2; kind++) {
                int32_t count = 0;
                for (int i = 0; i < ROWS; i += 1 + random_below(2)) {
                    selection[count++] = i;
                }
                int32_t all[ROWS];
                memcpy(all, selection, sizeof all);
                int32_t matched = row_match(fixture.layout, c, (RowMatch)kind, keys[c], rows,
                                            selection, count, misses, &missed);
                assert_int_equal(matched + missed, count);
                int32_t hit = 0, miss = 0;
                for (int k = 0; k < count; k++) {
                    int32_t i = all[k];
                    bool same = kind == ROW_MATCH_IDENTICAL
                                    ? vector_identical(keys[c], i, columns[c], at[i])
                                    : vector_equal(keys[c], i, columns[c], at[i]) == EQUALITY_TRUE;
                    if (same) {
                        assert_int_equal(selection[hit++], i);
                    } else {
                        assert_int_equal(misses[miss++], i);
                    }
                }
                assert_int_equal(hit, matched);
            }
        }
        free_columns(columns);
        free_columns(keys);
        tear_down(&fixture);
    }
}

static void test_order(void **state) {
    for (int round = 0; round < ROUNDS / 3; round++) {
        Fixture fixture;
        Vector *columns[COLUMNS];
        uint8_t *rows[ROWS];
        set_up(&fixture, 8);
        make_columns(&fixture, columns, ROWS, 10);
        assert_int_equal(row_collection_append(&fixture.context, &fixture.rows, as_const(columns),
                                               NULL, ROWS, rows),
                         OK);
        for (int i = 0; i < 300; i++) {
            int32_t a = random_below(ROWS), b = random_below(ROWS), c = random_below(COLUMNS);
            int order = row_order(fixture.layout, c, rows[a], rows[b]);
            int expected = vector_order(columns[c], a, columns[c], b);
            assert_int_equal((order > 0) - (order < 0), (expected > 0) - (expected < 0));
        }
        free_columns(columns);
        tear_down(&fixture);
    }
}

static void test_copy_absorb_store(void **state) {
    for (int round = 0; round < ROUNDS / 3; round++) {
        Fixture fixture;
        RowCollection other, third;
        Vector *columns[COLUMNS];
        uint8_t *rows[ROWS], *copies[ROWS];
        set_up(&fixture, 24);
        row_collection_init(&other, fixture.layout, fixture.pool);
        row_collection_init(&third, fixture.layout, NULL);
        make_columns(&fixture, columns, ROWS, 10);
        assert_int_equal(row_collection_append(&fixture.context, &fixture.rows, as_const(columns),
                                               NULL, ROWS, rows),
                         OK);
        for (int i = 0; i < ROWS; i++) {
            memset(rows[i] + fixture.layout->extra_offset, i, 24);
        }
        assert_int_equal(row_collection_append_rows(&fixture.context, &other, rows, ROWS, copies),
                         OK);
        assert_int_equal(row_collection_append_rows(&fixture.context, &third, rows, ROWS, NULL),
                         OK);
        row_collection_done(&third);
        row_collection_done(&fixture.rows);
        assert_int_equal(copies[7][fixture.layout->extra_offset + 23], 7);
        row_collection_absorb(&fixture.rows, &other);
        assert_int_equal(other.row_count, 0);
        assert_int_equal(fixture.rows.row_count, ROWS);
        int32_t selection[ROWS];
        for (int i = 0; i < ROWS; i++) {
            selection[i] = ROWS - 1 - i;
        }
        for (int c = 0; c < COLUMNS; c++) {
            Vector *out = row_gather(fixture.layout, c, copies, ROWS);
            for (int i = 0; i < ROWS; i++) {
                assert_same_value(out, i, columns[c], i);
            }
            vector_unref(out);
            assert_int_equal(row_collection_store(&fixture.context, &fixture.rows, c, columns[c],
                                                  selection, ROWS, copies),
                             OK);
            out = row_gather(fixture.layout, c, copies, ROWS);
            for (int i = 0; i < ROWS; i++) {
                assert_same_value(out, i, columns[c], ROWS - 1 - i);
            }
            vector_unref(out);
        }
        free_columns(columns);
        tear_down(&fixture);
    }
}

/* With every limit from nothing to enough: a refused append changes nothing and says why. */
static void test_refused(void **state) {
    for (int round = 0; round < 10; round++) {
        Fixture fixture;
        Vector *columns[COLUMNS];
        uint8_t *rows[ROWS];
        set_up(&fixture, 0);
        make_columns(&fixture, columns, ROWS, 10);
        MemoryPool *pool = NULL;
        int64_t limit = 1, done = 0;
        for (; done < 20; limit += 900) {
            pool = pool_create(NULL, "limited", limit, MEMORY_LIMIT_LOCAL);
            RowCollection limited;
            row_collection_init(&limited, fixture.layout, pool);
            for (done = 0; done < 20; done++) {
                int64_t before = limited.row_count;
                if (row_collection_append(&fixture.context, &limited, as_const(columns), NULL, ROWS,
                                          rows) != OK) {
                    assert_int_equal(fixture.context.error.code, EXCEEDED_LOCAL_MEMORY_LIMIT);
                    assert_int_equal(limited.row_count, before);
                    break;
                }
            }
            RowCursor cursor = {0};
            int64_t read = 0;
            int32_t got;
            while ((got = row_collection_next(&limited, &cursor, ROWS, rows)) > 0) {
                read += got;
            }
            assert_int_equal(read, limited.row_count);
            row_collection_done(&limited);
            assert_int_equal(pool_reserved_bytes(pool), 0);
            pool_free(pool);
        }
        free_columns(columns);
        tear_down(&fixture);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_and_out), cmocka_unit_test(test_match),
        cmocka_unit_test(test_order),      cmocka_unit_test(test_copy_absorb_store),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
