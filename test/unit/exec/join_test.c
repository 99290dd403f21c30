/* Joins of all kinds over plans made by hand, compared with nested loops written here. */
#include "plan_fixture.h"

enum { K, M, N, S, COLUMNS };

typedef struct JoinCase {
    JoinKind kind;
    int32_t left_key, right_key; /* -1: none */
    int32_t left_key_2, right_key_2;
    int32_t less_left, less_right; /* residual filter left.column < right.column; -1: none */
} JoinCase;

static const Symbol *out(const PlanNode *node, int32_t index) {
    return node->outputs.items[index];
}

static PlanNode *join_plan(Fixture *f, PlanNode *left, PlanNode *right, const JoinCase *c) {
    const Symbol *left_keys[2], *right_keys[2], *outputs[2 * COLUMNS];
    int32_t keys = 0;
    if (c->left_key >= 0) {
        left_keys[keys] = out(left, c->left_key);
        right_keys[keys++] = out(right, c->right_key);
    }
    if (c->left_key_2 >= 0) {
        left_keys[keys] = out(left, c->left_key_2);
        right_keys[keys++] = out(right, c->right_key_2);
    }
    for (int32_t i = 0; i < COLUMNS; i++) {
        outputs[i] = out(left, i);
        outputs[COLUMNS + i] = out(right, i);
    }
    const Expr *filter = c->less_left < 0 ? NULL
                                          : compare(f, COMPARE_LESS, out(left, c->less_left),
                                                    symbol_expr(f, out(right, c->less_right)));
    return plan_join(f->builder, c->kind, left, right, keys, left_keys, right_keys, filter,
                     2 * COLUMNS, outputs);
}

static bool equal_cells(int64_t a, int64_t b) {
    return a == b && a != NULL_CELL;
}

static bool pair_matches(const JoinCase *c, const Rows *left, int64_t i, const Rows *right,
                         int64_t j) {
    return (c->left_key < 0 ||
            equal_cells(cell(left, i, c->left_key), cell(right, j, c->right_key))) &&
           (c->left_key_2 < 0 ||
            equal_cells(cell(left, i, c->left_key_2), cell(right, j, c->right_key_2))) &&
           (c->less_left < 0 || (cell(left, i, c->less_left) != NULL_CELL &&
                                 cell(right, j, c->less_right) != NULL_CELL &&
                                 cell(left, i, c->less_left) < cell(right, j, c->less_right)));
}

static void add_pair(Rows *rows, int64_t *capacity, const int64_t *left, const int64_t *right) {
    rows->width = 2 * COLUMNS;
    if (rows->count == *capacity) {
        *capacity = *capacity * 2 + 16;
        rows->cells = realloc(rows->cells, (size_t)(*capacity * rows->width) * sizeof(int64_t));
    }
    int64_t *to = rows->cells + rows->count++ * rows->width;
    for (int32_t i = 0; i < COLUMNS; i++) {
        to[i] = left != NULL ? left[i] : NULL_CELL;
        to[COLUMNS + i] = right != NULL ? right[i] : NULL_CELL;
    }
}

static Rows nested_loops(const JoinCase *c, const Rows *left, const Rows *right) {
    Rows rows = {0};
    int64_t capacity = 0;
    bool *matched = calloc((size_t)right->count + 1, sizeof *matched);
    for (int64_t i = 0; i < left->count; i++) {
        bool found = false;
        for (int64_t j = 0; j < right->count; j++) {
            if (pair_matches(c, left, i, right, j)) {
                add_pair(&rows, &capacity, &left->cells[i * COLUMNS], &right->cells[j * COLUMNS]);
                matched[j] = found = true;
            }
        }
        if (!found && (c->kind == LEFT_JOIN || c->kind == FULL_JOIN)) {
            add_pair(&rows, &capacity, &left->cells[i * COLUMNS], NULL);
        }
    }
    for (int64_t j = 0; j < right->count; j++) {
        if (!matched[j] && (c->kind == RIGHT_JOIN || c->kind == FULL_JOIN)) {
            add_pair(&rows, &capacity, NULL, &right->cells[j * COLUMNS]);
        }
    }
    free(matched);
    return rows;
}

static void assert_same_rows(Rows *actual, Rows *expected) {
    assert_int_equal(actual->count, expected->count);
    rows_sort(actual);
    rows_sort(expected);
    if (actual->count > 0) {
        assert_memory_equal(actual->cells, expected->cells,
                            (size_t)(actual->count * actual->width) * sizeof(int64_t));
    }
}

static void check_join(Fixture *f, const JoinCase *c, int64_t left_rows, int64_t right_rows) {
    PlanNode *left = scan_of(f, "numbers", left_rows, 100);
    PlanNode *right = scan_of(f, "numbers", right_rows, 100);
    Rows left_cells = run_ok(f, left), right_cells = run_ok(f, right);
    Rows expected = nested_loops(c, &left_cells, &right_cells);
    Rows actual = run_ok(f, join_plan(f, left, right, c));
    assert_same_rows(&actual, &expected);
    rows_free(&left_cells);
    rows_free(&right_cells);
    rows_free(&expected);
    rows_free(&actual);
}

static void all_kinds(Fixture *f, JoinCase c, int64_t left_rows, int64_t right_rows) {
    static const JoinKind KINDS[] = {INNER_JOIN, LEFT_JOIN, RIGHT_JOIN, FULL_JOIN};
    for (int i = 0; i < 4; i++) {
        c.kind = KINDS[i];
        check_join(f, &c, left_rows, right_rows);
    }
}

static void unique_integer_key(void **state) {
    all_kinds(*state, (JoinCase){0, M, K, -1, -1, -1, -1}, 700, 50);
}

static void repeated_integer_key(void **state) {
    all_kinds(*state, (JoinCase){0, M, M, -1, -1, -1, -1}, 300, 250);
}

static void key_with_nulls(void **state) {
    all_kinds(*state, (JoinCase){0, N, N, -1, -1, -1, -1}, 400, 1300);
}

static void string_key(void **state) {
    all_kinds(*state, (JoinCase){0, S, S, -1, -1, -1, -1}, 150, 120);
}

static void two_keys(void **state) {
    all_kinds(*state, (JoinCase){0, M, M, S, S, -1, -1}, 900, 1500);
    all_kinds(*state, (JoinCase){0, M, M, N, N, -1, -1}, 900, 1500);
}

static void residual_filter(void **state) {
    all_kinds(*state, (JoinCase){0, M, M, -1, -1, N, K}, 300, 400);
}

static void no_keys(void **state) {
    all_kinds(*state, (JoinCase){0, -1, -1, -1, -1, -1, -1}, 40, 70);
    all_kinds(*state, (JoinCase){0, -1, -1, -1, -1, N, M}, 110, 30);
    all_kinds(*state, (JoinCase){0, -1, -1, -1, -1, N, M}, 30, 110);
}

static void empty_sides(void **state) {
    all_kinds(*state, (JoinCase){0, M, K, -1, -1, -1, -1}, 0, 50);
    all_kinds(*state, (JoinCase){0, M, K, -1, -1, -1, -1}, 50, 0);
    all_kinds(*state, (JoinCase){0, -1, -1, -1, -1, -1, -1}, 50, 0);
    all_kinds(*state, (JoinCase){0, -1, -1, -1, -1, -1, -1}, 0, 50);
}

/* ---- semi-joins ---- */

static PlanNode *semi_plan(Fixture *f, PlanNode *left, PlanNode *right, SemiJoinKind kind,
                           bool null_aware, int32_t column) {
    SemiJoinNode *node = (SemiJoinNode *)plan_node_create(f->builder, PLAN_SEMI_JOIN, 2);
    node->base.sources[0] = left;
    node->base.sources[1] = right;
    node->semi_kind = kind;
    node->null_aware = null_aware;
    node->left_keys = symbols_of(f, 1, out(left, column));
    node->right_keys = symbols_of(f, 1, out(right, column));
    for (int32_t i = 0; i < COLUMNS; i++) {
        symbol_list_add(f->arena, &node->base.outputs, out(left, i));
    }
    if (kind == SEMI_JOIN_MARK) {
        node->mark = plan_symbol(f->builder, "mark", type_simple(TYPE_BOOLEAN));
        symbol_list_add(f->arena, &node->base.outputs, node->mark);
    }
    return &node->base;
}

/* 1, 0 or NULL_CELL. */
static int64_t expected_mark(const Rows *left, int64_t i, const Rows *right, int32_t column,
                             bool null_aware) {
    bool has_null = cell(left, i, column) == NULL_CELL && right->count > 0;
    for (int64_t j = 0; j < right->count; j++) {
        if (equal_cells(cell(left, i, column), cell(right, j, column))) {
            return 1;
        }
        has_null = has_null || cell(right, j, column) == NULL_CELL;
    }
    return null_aware && has_null ? NULL_CELL : 0;
}

static void check_semi(Fixture *f, SemiJoinKind kind, bool null_aware, int32_t column,
                       int64_t left_rows, int64_t right_rows) {
    PlanNode *left = scan_of(f, "numbers", left_rows, 100);
    PlanNode *right = scan_of(f, "numbers", right_rows, 100);
    Rows left_cells = run_ok(f, left), right_cells = run_ok(f, right);
    Rows actual = run_ok(f, semi_plan(f, left, right, kind, null_aware, column));
    rows_sort(&actual);
    rows_sort(&left_cells);
    int64_t found = 0;
    for (int64_t i = 0; i < left_cells.count; i++) {
        int64_t mark = expected_mark(&left_cells, i, &right_cells, column, null_aware);
        if (kind == SEMI_JOIN_MARK) {
            assert_int_equal(cell(&actual, found, COLUMNS), mark);
        } else if (mark != (kind == SEMI_JOIN_SEMI)) {
            continue;
        }
        assert_int_equal(cell(&actual, found, K), cell(&left_cells, i, K));
        found++;
    }
    assert_int_equal(actual.count, found);
    rows_free(&left_cells);
    rows_free(&right_cells);
    rows_free(&actual);
}

static void semi_joins(void **state) {
    static const SemiJoinKind KINDS[] = {SEMI_JOIN_SEMI, SEMI_JOIN_ANTI, SEMI_JOIN_MARK};
    for (int kind = 0; kind < 3; kind++) {
        for (int null_aware = 0; null_aware < 2; null_aware++) {
            check_semi(*state, KINDS[kind], null_aware, K, 300, 120);
            check_semi(*state, KINDS[kind], null_aware, M, 300, 40);
            check_semi(*state, KINDS[kind], null_aware, N, 1200, 300);
            check_semi(*state, KINDS[kind], null_aware, S, 100, 7);
            check_semi(*state, KINDS[kind], null_aware, N, 100, 0);
            check_semi(*state, KINDS[kind], null_aware, N, 60, 400); /* built on the first input */
            check_semi(*state, KINDS[kind], null_aware, M, 40, 300);
            check_semi(*state, KINDS[kind], null_aware, S, 7, 100);
        }
    }
}

/* ---- union ---- */

static void union_of_joins(void **state) {
    Fixture *f = *state;
    JoinCase full = {FULL_JOIN, M, K, -1, -1, -1, -1};
    SetOperationNode *node =
        (SetOperationNode *)plan_node_create(f->builder, PLAN_SET_OPERATION, 2);
    node->set_kind = UNION_SET;
    node->inputs.count = 2;
    node->inputs.items = arena_new_array(f->arena, SymbolList, 2);
    for (int32_t i = 0; i < 2; i++) {
        node->base.sources[i] = join_plan(f, scan_numbers(f, 500), scan_numbers(f, 120 + i), &full);
        node->inputs.items[i] = symbols_of(f, 1, out(node->base.sources[i], COLUMNS));
    }
    node->base.outputs = symbols_of(f, 1, bigint_symbol(f, "u"));
    Rows rows = run_ok(f, &node->base);
    assert_int_equal(rows.count, 500 + (120 - 97) + 500 + (121 - 97));
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
        cmocka_unit_test_setup_teardown(unique_integer_key, setup, teardown),
        cmocka_unit_test_setup_teardown(repeated_integer_key, setup, teardown),
        cmocka_unit_test_setup_teardown(key_with_nulls, setup, teardown),
        cmocka_unit_test_setup_teardown(string_key, setup, teardown),
        cmocka_unit_test_setup_teardown(two_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(residual_filter, setup, teardown),
        cmocka_unit_test_setup_teardown(no_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(empty_sides, setup, teardown),
        cmocka_unit_test_setup_teardown(semi_joins, setup, teardown),
        cmocka_unit_test_setup_teardown(union_of_joins, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void) {
    return run_with_small_batches(all_tests);
}
