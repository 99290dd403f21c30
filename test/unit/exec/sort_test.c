/* Sort and TopN over plans made by hand: order, ties, NULLs at either end, several keys. */
#include "plan_fixture.h"

enum { ROWS = 20000 };

static const Symbol *out(const PlanNode *node, int32_t index) {
    return node->outputs.items[index];
}

static SortOrderArray order_of(Fixture *f, const PlanNode *scan, int32_t first, bool descending,
                               bool nulls_first, int32_t second) {
    SortOrderArray order = {.count = second < 0 ? 1 : 2};
    order.items = arena_new_array(f->arena, SortOrder, 2);
    order.items[0] = (SortOrder){out(scan, first), descending, nulls_first};
    if (second >= 0) {
        order.items[1] = (SortOrder){out(scan, second), !descending, false};
    }
    return order;
}

static PlanNode *sort_plan(Fixture *f, PlanNode *scan, SortOrderArray order) {
    SortNode *node = (SortNode *)plan_node_create(f->builder, PLAN_SORT, 1);
    node->base.sources[0] = scan;
    node->base.outputs = scan->outputs;
    node->order_by = order;
    return &node->base;
}

static PlanNode *top_n_plan(Fixture *f, PlanNode *scan, SortOrderArray order, int64_t count,
                            bool with_ties) {
    TopNNode *node = (TopNNode *)plan_node_create(f->builder, PLAN_TOP_N, 1);
    node->base.sources[0] = scan;
    node->base.outputs = scan->outputs;
    node->order_by = order;
    node->count = count;
    node->with_ties = with_ties;
    return &node->base;
}

/* Negative when the first cell comes before the second. */
static int order_cells(int64_t a, int64_t b, bool descending, bool nulls_first) {
    if (a == b) {
        return 0;
    }
    if (a == NULL_CELL || b == NULL_CELL) {
        return (a == NULL_CELL) == nulls_first ? -1 : 1;
    }
    return (a < b) == !descending ? -1 : 1;
}

static void check_order(const Rows *rows, int32_t first, bool descending, bool nulls_first,
                        int32_t second) {
    for (int64_t i = 1; i < rows->count; i++) {
        int order =
            order_cells(cell(rows, i - 1, first), cell(rows, i, first), descending, nulls_first);
        assert_true(order <= 0);
        if (order == 0 && second >= 0) {
            assert_true(order_cells(cell(rows, i - 1, second), cell(rows, i, second), !descending,
                                    false) <= 0);
        }
    }
}

static void check_sort(Fixture *f, int32_t first, bool descending, bool nulls_first,
                       int32_t second) {
    PlanNode *scan = scan_numbers(f, ROWS);
    SortOrderArray order = order_of(f, scan, first, descending, nulls_first, second);
    Rows rows = run_ok(f, sort_plan(f, scan, order));
    assert_int_equal(rows.count, ROWS);
    if (first != 3 && second != 3) { /* text order is not that of the number in it */
        check_order(&rows, first, descending, nulls_first, second);
    }
    int64_t sum = 0;
    for (int64_t i = 0; i < ROWS; i++) {
        sum += cell(&rows, i, 0);
    }
    assert_int_equal(sum, (int64_t)ROWS * (ROWS - 1) / 2);
    for (int64_t count = 0; count <= 9000; count = count * 3 + 100) {
        Rows top = run_ok(f, top_n_plan(f, scan, order, count, false));
        assert_int_equal(top.count, count);
        for (int64_t i = 0; i < count; i++) {
            assert_int_equal(cell(&top, i, first), cell(&rows, i, first));
        }
        rows_free(&top);
    }
    rows_free(&rows);
}

static void sorts(void **state) {
    check_sort(*state, 0, false, false, -1);
    check_sort(*state, 0, true, false, -1);
    check_sort(*state, 1, false, false, 0);
    check_sort(*state, 2, false, true, 0);
    check_sort(*state, 2, true, false, 1);
    check_sort(*state, 3, true, false, 0);
}

static void ties(void **state) {
    Fixture *f = *state;
    PlanNode *scan = scan_numbers(f, ROWS);
    Rows rows = run_ok(f, top_n_plan(f, scan, order_of(f, scan, 1, false, false, -1), 10, true));
    assert_int_equal(rows.count, (ROWS + 96) / 97);
    for (int64_t i = 0; i < rows.count; i++) {
        assert_int_equal(cell(&rows, i, 1), 0);
    }
    rows_free(&rows);
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
        cmocka_unit_test_setup_teardown(sorts, setup, teardown),
        cmocka_unit_test_setup_teardown(ties, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void) {
    return run_with_small_batches(all_tests);
}
