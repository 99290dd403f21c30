/* Scans, filters, limits and hash aggregation over plans made by hand; expectations are computed
 * here by brute force. */
#include "plan_fixture.h"

enum { ROWS = 30000 };

static const Symbol *out(const PlanNode *node, int32_t index) {
    return node->outputs.items[index];
}

static void scan_gives_all_rows(void **state) {
    Fixture *f = *state;
    Rows rows = run_ok(f, scan_numbers(f, ROWS));
    rows_sort(&rows);
    assert_int_equal(rows.count, ROWS);
    for (int64_t i = 0; i < ROWS; i++) {
        assert_int_equal(cell(&rows, i, 0), i);
        assert_int_equal(cell(&rows, i, 3), i % 13);
    }
    rows_free(&rows);
}

static void blocking_sources_are_read(void **state) {
    Fixture *f = *state;
    Rows rows = run_ok(f, scan_of(f, "slow", ROWS, 700));
    assert_int_equal(rows.count, ROWS);
    rows_free(&rows);
    rows = run_ok(f, plan_limit(f->builder, scan_of(f, "slow", ROWS * 20, 700), 10));
    assert_int_equal(rows.count, 10);
    rows_free(&rows);
}

static void filter_and_limit(void **state) {
    Fixture *f = *state;
    PlanNode *scan = scan_numbers(f, ROWS);
    PlanNode *filter = plan_filter(
        f->builder, scan, compare(f, COMPARE_EQUAL, out(scan, 1), expr_bigint(f->arena, 5)));
    Rows rows = run_ok(f, filter);
    int64_t expected = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        expected += i % 97 == 5;
    }
    assert_int_equal(rows.count, expected);
    for (int64_t i = 0; i < rows.count; i++) {
        assert_int_equal(cell(&rows, i, 0) % 97, 5);
        assert_int_equal(cell(&rows, i, 3), cell(&rows, i, 0) % 13);
    }
    rows_free(&rows);
    rows = run_ok(f, plan_limit(f->builder, filter, 100));
    assert_int_equal(rows.count, 100);
    rows_free(&rows);
}

static void global_aggregation(void **state) {
    Fixture *f = *state;
    for (int64_t count = 0; count <= ROWS; count += ROWS) {
        PlanNode *scan = scan_numbers(f, count);
        Aggregate aggregates[] = {aggregate_of(f, &count_function, NULL),
                                  aggregate_of(f, &sum_function, out(scan, 0)),
                                  aggregate_of(f, &count_function, out(scan, 2))};
        Rows rows = run_ok(f, aggregation(f, scan, (SymbolList){0}, 3, aggregates));
        assert_int_equal(rows.count, 1);
        assert_int_equal(cell(&rows, 0, 0), count);
        assert_int_equal(cell(&rows, 0, 1), count * (count - 1) / 2);
        assert_int_equal(cell(&rows, 0, 2), count - (count + 10) / 11);
        rows_free(&rows);
    }
}

/* Groups by the columns `first` and (unless negative) `second`, compared with sums over all rows.
 */
static void check_groups(Fixture *f, int64_t row_count, int32_t first, int32_t second) {
    PlanNode *scan = scan_numbers(f, row_count);
    SymbolList keys = second < 0 ? symbols_of(f, 1, out(scan, first))
                                 : symbols_of(f, 2, out(scan, first), out(scan, second));
    Aggregate aggregates[] = {aggregate_of(f, &count_function, NULL),
                              aggregate_of(f, &sum_function, out(scan, 0))};
    PlanNode *plan = aggregation(f, scan, keys, 2, aggregates);
    Rows groups = run_ok(f, plan), all = run_ok(f, scan);
    rows_sort(&groups);
    int64_t count = 0, sum = 0;
    for (int64_t i = 0; i < groups.count; i++) {
        if (i > 0) {
            assert_true(cell(&groups, i, 0) != cell(&groups, i - 1, 0) ||
                        (second >= 0 && cell(&groups, i, 1) != cell(&groups, i - 1, 1)));
        }
        count += cell(&groups, i, keys.count);
        sum += cell(&groups, i, keys.count + 1);
    }
    assert_int_equal(count, row_count);
    assert_int_equal(sum, row_count * (row_count - 1) / 2);
    for (int64_t g = 0; g < groups.count; g += groups.count / 20 + 1) {
        count = sum = 0;
        for (int64_t i = 0; i < all.count; i++) {
            bool same = cell(&all, i, first) == cell(&groups, g, 0) &&
                        (second < 0 || cell(&all, i, second) == cell(&groups, g, 1));
            count += same;
            sum += same ? cell(&all, i, 0) : 0;
        }
        assert_int_equal(cell(&groups, g, keys.count), count);
        assert_int_equal(cell(&groups, g, keys.count + 1), sum);
    }
    rows_free(&groups);
    rows_free(&all);
}

static void grouped_aggregation(void **state) {
    Fixture *f = *state;
    int64_t rows = batch_rows() < 100 ? ROWS / 10 : ROWS * 4;
    check_groups(f, rows, 1, -1); /* few groups, one integer */
    check_groups(f, rows, 0, -1); /* as many groups as rows: merged by partition */
    check_groups(f, rows, 2, -1); /* with NULL */
    check_groups(f, rows, 3, -1); /* strings */
    check_groups(f, rows, 2, 3);
    check_groups(f, rows, 0, 3);
}

static void distinct_and_filtered(void **state) {
    Fixture *f = *state;
    PlanNode *scan = scan_numbers(f, ROWS);
    Aggregate aggregates[] = {aggregate_of(f, &count_function, out(scan, 2)),
                              aggregate_of(f, &sum_function, out(scan, 1))};
    aggregates[0].distinct = true;
    aggregates[1].distinct = true;
    Rows rows = run_ok(f, aggregation(f, scan, (SymbolList){0}, 2, aggregates));
    assert_int_equal(cell(&rows, 0, 0), 1000);
    assert_int_equal(cell(&rows, 0, 1), 97 * 96 / 2);
    rows_free(&rows);
    rows = run_ok(f, aggregation(f, scan, symbols_of(f, 1, out(scan, 3)), 2, aggregates));
    assert_int_equal(rows.count, 13);
    for (int64_t i = 0; i < 13; i++) {
        assert_int_equal(cell(&rows, i, 2), 97 * 96 / 2);
    }
    rows_free(&rows);
}

static void memory_limit_fails_the_query(void **state) {
    Fixture *f = *state;
    MemoryPool *pool = f->pool;
    f->pool = pool_create(NULL, "small", 64 * 1024, MEMORY_LIMIT_LOCAL);
    PlanNode *scan = scan_numbers(f, ROWS);
    Aggregate count = aggregate_of(f, &count_function, NULL);
    Rows rows;
    assert_int_equal(run(f, aggregation(f, scan, symbols_of(f, 1, out(scan, 0)), 1, &count), &rows),
                     FAILED);
    assert_int_equal(f->error.code, EXCEEDED_LOCAL_MEMORY_LIMIT);
    assert_int_equal(pool_reserved_bytes(f->pool), 0);
    pool_free(f->pool);
    f->pool = pool;
}

static void cancelled_query_ends(void **state) {
    Fixture *f = *state;
    PlanNode *scan = scan_numbers(f, 1000000000000);
    Aggregate count = aggregate_of(f, &count_function, NULL);
    QueryExecution *execution;
    ExecutionOptions options = options_of(f);
    PlanNode *plan = aggregation(f, scan, (SymbolList){0}, 1, &count);
    assert_int_equal(query_execution_start(&f->cx, &options, plan, &execution), OK);
    query_execution_cancel(execution, USER_CANCELED, "enough");
    query_execution_wait(execution);
    Batch *batch;
    assert_int_equal(query_execution_poll(execution, &batch), EXECUTION_FAILED);
    assert_string_equal(query_execution_error(execution)->message, "enough");
    query_execution_free(execution);
}

static int setup(void **state) {
    *state = fixture_create();
    return 0;
}

static int teardown(void **state) {
    fixture_free(*state);
    return 0;
}

static int all_tests(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(scan_gives_all_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(blocking_sources_are_read, setup, teardown),
        cmocka_unit_test_setup_teardown(filter_and_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(global_aggregation, setup, teardown),
        cmocka_unit_test_setup_teardown(grouped_aggregation, setup, teardown),
        cmocka_unit_test_setup_teardown(distinct_and_filtered, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_limit_fails_the_query, setup, teardown),
        cmocka_unit_test_setup_teardown(cancelled_query_ends, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void) {
    return run_with_small_batches(all_tests);
}
