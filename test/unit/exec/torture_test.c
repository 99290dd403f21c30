/*
 * Torture: plans of all kinds under memory limits that refuse some reservation, and cancelled at
 * some moment. Whatever happens, the error is the right one, nothing stays reserved and nothing
 * leaks (the sanitizers look on).
 */
#include <unistd.h>

#include "plan_fixture.h"

enum { ROWS = 6000, PLANS = 5 };

static const Symbol *out(const PlanNode *node, int32_t index) {
    return node->outputs.items[index];
}

static PlanNode *sorted(Fixture *f, PlanNode *source, int32_t column) {
    SortNode *node = (SortNode *)plan_node_create(f->builder, PLAN_SORT, 1);
    node->base.sources[0] = source;
    node->base.outputs = source->outputs;
    node->order_by.count = 1;
    node->order_by.items = arena_new_array(f->arena, SortOrder, 1);
    node->order_by.items[0] = (SortOrder){.symbol = out(source, column)};
    return &node->base;
}

static PlanNode *joined(Fixture *f, JoinKind kind, int32_t key) {
    PlanNode *left = scan_numbers(f, ROWS), *right = scan_numbers(f, ROWS / 20);
    const Symbol *left_key = out(left, key), *right_key = out(right, key);
    const Symbol *outputs[] = {out(left, 0), out(left, 3), out(right, 0), out(right, 3)};
    return plan_join(f->builder, kind, left, right, 1, &left_key, &right_key, NULL, 4, outputs);
}

static PlanNode *grouped(Fixture *f, PlanNode *source, int32_t key, bool distinct) {
    Aggregate aggregates[] = {aggregate_of(f, &count_function, NULL),
                              aggregate_of(f, &sum_function, out(source, 0))};
    aggregates[1].distinct = distinct;
    return aggregation(f, source, symbols_of(f, 1, out(source, key)), 2, aggregates);
}

static PlanNode *windowed(Fixture *f, PlanNode *source) {
    Aggregate sum = aggregate_of(f, &sum_function, out(source, 0));
    WindowNode *node = (WindowNode *)plan_node_create(f->builder, PLAN_WINDOW, 1);
    node->base.sources[0] = source;
    node->partition_by = symbols_of(f, 1, out(source, 3));
    node->order_by.count = 1;
    node->order_by.items = arena_new_array(f->arena, SortOrder, 1);
    node->order_by.items[0] = (SortOrder){.symbol = out(source, 0)};
    node->functions.count = 1;
    node->functions.items = arena_new_array(f->arena, WindowCallNode, 1);
    node->functions.items[0] = (WindowCallNode){.symbol = sum.symbol,
                                                .function = sum.function,
                                                .arguments = sum.arguments,
                                                .unit = ROWS_FRAME,
                                                .start = BOUND_UNBOUNDED_PRECEDING,
                                                .end = BOUND_CURRENT_ROW};
    for (int32_t i = 0; i < source->outputs.count; i++) {
        symbol_list_add(f->arena, &node->base.outputs, out(source, i));
    }
    symbol_list_add(f->arena, &node->base.outputs, sum.symbol);
    return &node->base;
}

static PlanNode *plan_number(Fixture *f, int32_t number) {
    switch (number) {
    case 0:
        return sorted(f, grouped(f, joined(f, INNER_JOIN, 1), 1, false), 0);
    case 1:
        return grouped(f, joined(f, FULL_JOIN, 3), 2, true);
    case 2:
        return windowed(f, scan_numbers(f, ROWS));
    case 3:
        return grouped(f, scan_of(f, "slow", ROWS, 300), 0, false);
    default:
        return sorted(f, joined(f, LEFT_JOIN, 2), 1);
    }
}

static void memory_is_refused(void **state) {
    Fixture *f = *state;
    MemoryPool *usual = f->pool;
    for (int32_t number = 0; number < PLANS; number++) {
        PlanNode *plan = plan_number(f, number);
        int32_t failures = 0;
        for (int64_t limit = 1000; limit < 8000000; limit = limit * 5 / 3) {
            f->pool = pool_create(NULL, "small", limit, MEMORY_LIMIT_LOCAL);
            Rows rows;
            if (run(f, plan, &rows) != OK) {
                assert_int_equal(f->error.code, EXCEEDED_LOCAL_MEMORY_LIMIT);
                failures++;
            }
            rows_free(&rows);
            assert_int_equal(pool_reserved_bytes(f->pool), 0);
            pool_free(f->pool);
        }
        assert_true(failures > 0);
    }
    f->pool = usual;
}

static void queries_are_cancelled(void **state) {
    Fixture *f = *state;
    for (int32_t number = 0; number < PLANS; number++) {
        PlanNode *plan = plan_number(f, number);
        for (useconds_t wait = 0; wait < 20000; wait = wait * 2 + 50) {
            QueryExecution *execution;
            ExecutionOptions options = options_of(f);
            assert_int_equal(query_execution_start(&f->cx, &options, plan, &execution), OK);
            usleep(wait);
            query_execution_cancel(execution, USER_CANCELED, "enough");
            const Error *error = query_execution_error(execution);
            assert_true(error == NULL || error->code == USER_CANCELED);
            query_execution_free(execution);
            assert_int_equal(pool_reserved_bytes(f->pool), 0);
        }
    }
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
        cmocka_unit_test_setup_teardown(memory_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(queries_are_cancelled, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void) {
    return run_with_small_batches(all_tests);
}
