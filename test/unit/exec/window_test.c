/* Windows over plans made by hand: frames of every unit against sums computed row by row, rankings,
 * top-N rankings. */
#include "plan_fixture.h"

enum { ROWS = 3000, K = 0, M = 1, N = 2, S = 3 };

static const Symbol *out(const PlanNode *node, int32_t index) {
    return node->outputs.items[index];
}

static Status row_number(WindowCall *call) {
    for (int32_t i = 0; i < call->row_count; i++) {
        VECTOR_DATA(call->result, int64_t)[i] = i + 1;
    }
    return OK;
}

static const WindowFunction row_number_function = {.name = "row_number", .process = row_number};

static WindowCallNode row_number_call(Fixture *f) {
    ResolvedFunction *resolved = arena_new(f->arena, ResolvedFunction);
    resolved->kind = FUNCTION_WINDOW;
    resolved->name = "row_number";
    resolved->return_type = type_simple(TYPE_BIGINT);
    resolved->window = &row_number_function;
    return (WindowCallNode){.symbol = bigint_symbol(f, "row_number"),
                            .function = resolved,
                            .unit = RANGE_FRAME,
                            .start = BOUND_UNBOUNDED_PRECEDING,
                            .end = BOUND_CURRENT_ROW};
}

typedef struct Frame {
    FrameUnit unit;
    FrameBoundKind start, end;
    const Symbol *start_value, *end_value;
} Frame;

static WindowCallNode sum_call(Fixture *f, const Symbol *argument, Frame frame) {
    Aggregate sum = aggregate_of(f, &sum_function, argument);
    return (WindowCallNode){.symbol = sum.symbol,
                            .function = sum.function,
                            .arguments = sum.arguments,
                            .unit = frame.unit,
                            .start = frame.start,
                            .end = frame.end,
                            .start_value = frame.start_value,
                            .end_value = frame.end_value};
}

static PlanNode *window_plan(Fixture *f, PlanNode *source, SymbolList partition_by,
                             const Symbol *order_by, bool descending, int32_t count,
                             const WindowCallNode *calls) {
    WindowNode *node = (WindowNode *)plan_node_create(f->builder, PLAN_WINDOW, 1);
    node->base.sources[0] = source;
    node->partition_by = partition_by;
    node->order_by.count = order_by != NULL;
    node->order_by.items = arena_new_array(f->arena, SortOrder, 1);
    node->order_by.items[0] = (SortOrder){.symbol = order_by, .descending = descending};
    node->functions.count = count;
    node->functions.items = arena_copy(f->arena, calls, (size_t)count * sizeof *calls);
    for (int32_t i = 0; i < source->outputs.count; i++) {
        symbol_list_add(f->arena, &node->base.outputs, out(source, i));
    }
    for (int32_t i = 0; i < count; i++) {
        symbol_list_add(f->arena, &node->base.outputs, calls[i].symbol);
    }
    return &node->base;
}

/* The scan with two constant bigint columns. */
static PlanNode *with_offsets(Fixture *f, PlanNode *scan, int64_t first, int64_t second) {
    const Symbol *symbols[6];
    const Expr *expressions[6];
    for (int32_t i = 0; i < 4; i++) {
        symbols[i] = out(scan, i);
        expressions[i] = symbol_expr(f, symbols[i]);
    }
    symbols[4] = bigint_symbol(f, "first");
    symbols[5] = bigint_symbol(f, "second");
    expressions[4] = expr_bigint(f->arena, first);
    expressions[5] = expr_bigint(f->arena, second);
    return plan_project(f->builder, scan, 6, symbols, expressions);
}

/* ROWS frames over partitions by s ordered by k: row i's neighbours in its partition are i-13 and
 * i+13. */
static int64_t expected_rows_sum(int64_t row, int64_t before, int64_t after) {
    int64_t sum = 0;
    for (int64_t step = -before; step <= after; step++) {
        int64_t other = row + step * 13;
        sum += other >= 0 && other < ROWS ? other : 0;
    }
    return sum;
}

static void check_rows_frame(Fixture *f, int64_t before, int64_t after) {
    PlanNode *source = with_offsets(f, scan_of(f, "numbers", ROWS, 500), before, after);
    Frame frame = {ROWS_FRAME, BOUND_PRECEDING, BOUND_FOLLOWING, out(source, 4), out(source, 5)};
    WindowCallNode calls[] = {sum_call(f, out(source, K), frame), row_number_call(f)};
    Rows rows = run_ok(f, window_plan(f, source, symbols_of(f, 1, out(source, S)), out(source, K),
                                      false, 2, calls));
    assert_int_equal(rows.count, ROWS);
    for (int64_t i = 0; i < rows.count; i++) {
        assert_int_equal(cell(&rows, i, 6), expected_rows_sum(cell(&rows, i, K), before, after));
        assert_int_equal(cell(&rows, i, 7), cell(&rows, i, K) / 13 + 1);
    }
    rows_free(&rows);
}

static void rows_frames(void **state) {
    check_rows_frame(*state, 0, 0);
    check_rows_frame(*state, 2, 1);
    check_rows_frame(*state, 1000000, 3);
    check_rows_frame(*state, 100, 90);
}

/* One partition, long frames at both ends: put together from blocks. */
static void long_sliding_frames(void **state) {
    Fixture *f = *state;
    int64_t width = 1501;
    PlanNode *source = with_offsets(f, scan_of(f, "numbers", ROWS * 3, 500), width, width);
    Frame frame = {ROWS_FRAME, BOUND_PRECEDING, BOUND_FOLLOWING, out(source, 4), out(source, 5)};
    WindowCallNode call = sum_call(f, out(source, N), frame);
    Rows rows = run_ok(f, window_plan(f, source, (SymbolList){0}, out(source, K), false, 1, &call));
    int64_t *before = calloc(ROWS * 3 + 1, sizeof *before);
    for (int64_t i = 0; i < ROWS * 3; i++) {
        before[i + 1] = before[i] + (i % 11 == 0 ? 0 : i % 1000);
    }
    for (int64_t i = 0; i < rows.count; i++) {
        int64_t k = cell(&rows, i, K);
        int64_t start = k > width ? k - width : 0;
        int64_t end = k + width + 1 < ROWS * 3 ? k + width + 1 : ROWS * 3;
        assert_int_equal(cell(&rows, i, 6), before[end] - before[start]);
    }
    free(before);
    rows_free(&rows);
}

static void running_and_whole(void **state) {
    Fixture *f = *state;
    PlanNode *scan = scan_of(f, "numbers", ROWS, 500);
    Frame running = {RANGE_FRAME, BOUND_UNBOUNDED_PRECEDING, BOUND_CURRENT_ROW, NULL, NULL};
    Frame whole = {RANGE_FRAME, BOUND_UNBOUNDED_PRECEDING, BOUND_UNBOUNDED_FOLLOWING, NULL, NULL};
    Frame rest = {ROWS_FRAME, BOUND_CURRENT_ROW, BOUND_UNBOUNDED_FOLLOWING, NULL, NULL};
    WindowCallNode calls[] = {sum_call(f, out(scan, K), running), sum_call(f, out(scan, K), whole),
                              sum_call(f, out(scan, M), rest)};
    Rows rows = run_ok(f, window_plan(f, scan, (SymbolList){0}, out(scan, M), false, 3, calls));
    int64_t by_m[97] = {0};
    for (int64_t i = 0; i < ROWS; i++) {
        by_m[i % 97] += i;
    }
    for (int64_t i = 0; i < rows.count; i++) {
        int64_t expected = 0;
        for (int64_t m = 0; m <= cell(&rows, i, M); m++) {
            expected += by_m[m];
        }
        assert_int_equal(cell(&rows, i, 4), expected);
        assert_int_equal(cell(&rows, i, 5), (int64_t)ROWS * (ROWS - 1) / 2);
    }
    rows_free(&rows);
}

/* Peers of m, and of the groups next to it. */
static void groups_frames(void **state) {
    Fixture *f = *state;
    PlanNode *source = with_offsets(f, scan_of(f, "numbers", ROWS, 500), 2, 1);
    Frame frame = {GROUPS_FRAME, BOUND_PRECEDING, BOUND_FOLLOWING, out(source, 4), out(source, 5)};
    WindowCallNode call = sum_call(f, out(source, M), frame);
    Rows rows = run_ok(f, window_plan(f, source, (SymbolList){0}, out(source, M), true, 1, &call));
    int64_t count[97] = {0};
    for (int64_t i = 0; i < ROWS; i++) {
        count[i % 97]++;
    }
    for (int64_t i = 0; i < rows.count; i++) {
        int64_t expected = 0;
        for (int64_t m = cell(&rows, i, M) - 1; m <= cell(&rows, i, M) + 2; m++) {
            expected += m >= 0 && m < 97 ? m * count[m] : 0;
        }
        assert_int_equal(cell(&rows, i, 6), expected);
    }
    rows_free(&rows);
}

static void negative_offset_fails(void **state) {
    Fixture *f = *state;
    PlanNode *source = with_offsets(f, scan_of(f, "numbers", 10, 500), -1, 1);
    Frame frame = {ROWS_FRAME, BOUND_PRECEDING, BOUND_FOLLOWING, out(source, 4), out(source, 5)};
    WindowCallNode call = sum_call(f, out(source, M), frame);
    Rows rows;
    assert_int_equal(
        run(f, window_plan(f, source, (SymbolList){0}, out(source, K), false, 1, &call), &rows),
        FAILED);
    assert_int_equal(f->error.code, INVALID_WINDOW_FRAME);
}

static void top_n_ranking(void **state) {
    Fixture *f = *state;
    static const RankingKind KINDS[] = {RANKING_ROW_NUMBER, RANKING_RANK, RANKING_DENSE_RANK};
    for (int kind = 0; kind < 3; kind++) {
        PlanNode *scan = scan_of(f, "numbers", ROWS, 500);
        TopNRankingNode *node =
            (TopNRankingNode *)plan_node_create(f->builder, PLAN_TOP_N_RANKING, 1);
        node->base.sources[0] = scan;
        node->partition_by = symbols_of(f, 1, out(scan, S));
        node->order_by.count = 1;
        node->order_by.items = arena_new_array(f->arena, SortOrder, 1);
        node->order_by.items[0].symbol = out(scan, M);
        node->ranking_kind = (int32_t)KINDS[kind];
        node->max_rank = 3;
        node->ranking = bigint_symbol(f, "ranking");
        node->base.outputs =
            symbols_of(f, 5, out(scan, 0), out(scan, 1), out(scan, 2), out(scan, 3), node->ranking);
        Rows rows = run_ok(f, &node->base);
        for (int64_t i = 0; i < rows.count; i++) {
            int64_t smaller = 0, values = 0;
            bool seen[97] = {false};
            for (int64_t k = cell(&rows, i, K) % 13; k < ROWS; k += 13) {
                bool is_smaller = k % 97 < cell(&rows, i, M);
                values += is_smaller && !seen[k % 97];
                seen[k % 97] = seen[k % 97] || is_smaller;
                smaller += is_smaller;
            }
            int64_t rank = cell(&rows, i, 4);
            assert_true(rank <= 3);
            if (KINDS[kind] == RANKING_RANK) {
                assert_int_equal(rank, smaller + 1);
            } else if (KINDS[kind] == RANKING_DENSE_RANK) {
                assert_int_equal(rank, values + 1);
            }
        }
        assert_true(KINDS[kind] != RANKING_ROW_NUMBER || rows.count == 39);
        rows_free(&rows);
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
        cmocka_unit_test_setup_teardown(rows_frames, setup, teardown),
        cmocka_unit_test_setup_teardown(long_sliding_frames, setup, teardown),
        cmocka_unit_test_setup_teardown(running_and_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(groups_frames, setup, teardown),
        cmocka_unit_test_setup_teardown(negative_offset_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(top_n_ranking, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void) {
    return run_with_small_batches(all_tests);
}
