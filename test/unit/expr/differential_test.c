/*
 * Random expressions: a whole batch (flat, or under a dictionary) must give what its rows give one
 * at a time, as values and as rows that a filter keeps.
 */
#include "expr_builder.h"

enum { ROWS = 300, ROUNDS = 400, DEPTH = 4, COLUMNS = 3 };

static uint64_t seed = 42;

static int32_t below(int32_t bound) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int32_t)((seed >> 33) % (uint64_t)bound);
}

typedef struct Fixture {
    Builder builder;
    const Symbol *symbols[COLUMNS];
    Batch *batch;
} Fixture;

static const Expr *random_number(Fixture *f, int depth);

static const Expr *random_truth(Fixture *f, int depth) {
    Arena *arena = f->builder.arena;
    const Type *boolean = type_simple(TYPE_BOOLEAN);
    int kind = depth == 0 ? 0 : below(7);
    if (kind == 1 || kind == 2) {
        const Expr *terms[3] = {random_truth(f, depth - 1), random_truth(f, depth - 1),
                                random_truth(f, depth - 1)};
        return kind == 1 ? expr_and(arena, 2 + below(2), terms)
                         : expr_or(arena, 2 + below(2), terms);
    }
    if (kind == 3) {
        return expr_not(arena, random_truth(f, depth - 1));
    }
    if (kind == 4) {
        return expr_is_null(arena, random_number(f, depth - 1));
    }
    if (kind == 5) {
        const Expr *list[4] = {random_number(f, depth - 1), expr_bigint(arena, below(5)),
                               below(4) == 0 ? expr_null(arena, type_simple(TYPE_BIGINT))
                                             : expr_bigint(arena, below(5)),
                               random_number(f, depth - 1)};
        return expr_special(arena, EXPR_IN, boolean, 3 + below(2), list);
    }
    if (kind == 6) {
        return expr_special(arena, EXPR_BETWEEN, boolean, 3,
                            ARGUMENTS(random_number(f, depth - 1), random_number(f, 0),
                                      random_number(f, depth - 1)));
    }
    Comparison comparison = (Comparison)below(COMPARE_IDENTICAL + 1);
    int rest = depth > 0 ? depth - 1 : 0;
    return expr_comparison(arena, comparison, random_number(f, rest), random_number(f, rest));
}

static const Expr *random_number(Fixture *f, int depth) {
    Builder *b = &f->builder;
    const Type *bigint = type_simple(TYPE_BIGINT);
    int kind = depth == 0 ? below(2) : below(8);
    switch (kind) {
    case 0:
        return expr_bigint(b->arena, below(5));
    case 1:
        return expr_symbol(b->arena, f->symbols[below(COLUMNS)]);
    case 2:
    case 3:
        return call(b, kind == 2 ? "$operator$add" : "$operator$divide", 2,
                    ARGUMENTS(random_number(f, depth - 1), random_number(f, depth - 1)));
    case 4:
        return expr_special(b->arena, EXPR_IF, bigint, 3,
                            ARGUMENTS(random_truth(f, depth - 1), random_number(f, depth - 1),
                                      random_number(f, depth - 1)));
    case 5:
        return expr_special(b->arena, EXPR_COALESCE, bigint, 2,
                            ARGUMENTS(random_number(f, depth - 1), random_number(f, depth - 1)));
    case 6:
        return expr_special(b->arena, EXPR_NULLIF, bigint, 2,
                            ARGUMENTS(random_number(f, depth - 1), random_number(f, depth - 1)));
    default: {
        const Expr *body = random_number(f, depth - 1);
        return expr_special(b->arena, EXPR_TRY, bigint, 1, &body);
    }
    }
}

static Fixture fixture_create(bool encoded) {
    Fixture f = {.builder = builder_create()};
    f.batch = batch_create(COLUMNS, ROWS);
    for (int i = 0; i < COLUMNS; i++) {
        int64_t values[ROWS];
        int32_t indices[ROWS];
        for (int j = 0; j < ROWS; j++) {
            values[j] = below(6) == 0 && i > 0 ? NULL_VALUE : below(6) - 1;
            indices[j] = below(7);
        }
        f.symbols[i] = new_symbol(&f.builder, "x", type_simple(TYPE_BIGINT), i);
        f.batch->columns[i] =
            encoded ? dictionary(bigints(7, values), ROWS, indices) : bigints(ROWS, values);
    }
    return f;
}

static int truth_at(const Vector *vector, int32_t row) {
    VectorView view = vector_view(vector);
    return view_is_null(&view, row) ? -1 : VIEW_VALUE(&view, uint8_t, row) != 0;
}

/* -2: this row alone fails. */
static int truth_alone(Fixture *f, ProgramState *state, int32_t row) {
    Batch *one = batch_create(COLUMNS, 1);
    for (int i = 0; i < COLUMNS; i++) {
        one->columns[i] = vector_gather(f->batch->columns[i], &row, 1);
    }
    Vector *result = NULL;
    int truth = -2;
    if (program_evaluate(&f->builder.cx, state, one, &result) == OK) {
        truth = truth_at(result, 0);
        vector_unref(result);
    }
    batch_free(one);
    return truth;
}

static void check_filter(Fixture *f, ProgramState *state, const int *expected) {
    int32_t rows[ROWS], count = 0, kept = 0;
    for (int round = 0; round < 20; round++) {
        assert_int_equal(program_filter(&f->builder.cx, state, f->batch, rows, &count), OK);
        kept = 0;
        for (int32_t i = 0; i < ROWS; i++) {
            if (expected[i] == 1) {
                assert_true(kept < count);
                assert_int_equal(rows[kept++], i);
            }
        }
        assert_int_equal(kept, count);
    }
}

static void check(Fixture *f) {
    const Expr *expr = random_truth(f, DEPTH);
    Program *program;
    assert_int_equal(program_compile(&f->builder.cx, 1, &expr, COLUMNS, f->symbols, &program), OK);
    ProgramState *state = program_state_create(program), *other = program_state_create(program);
    int expected[ROWS];
    bool fails = false;
    for (int32_t i = 0; i < ROWS; i++) {
        expected[i] = truth_alone(f, other, i);
        fails |= expected[i] == -2;
    }
    Vector *result = NULL;
    Status status = program_evaluate(&f->builder.cx, state, f->batch, &result);
    assert_int_equal(status == FAILED, fails);
    for (int32_t i = 0; i < ROWS && status == OK; i++) {
        if (truth_at(result, i) != expected[i]) {
            fail_msg("row %d: %d, alone %d: %s", i, truth_at(result, i), expected[i],
                     expr_format(f->builder.arena, expr));
        }
    }
    if (status == OK) {
        vector_unref(result);
        check_filter(f, state, expected);
    }
    program_state_free(state);
    program_state_free(other);
}

static void test_batch_as_rows(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        Fixture f = fixture_create(round % 2 == 1);
        check(&f);
        batch_free(f.batch);
        builder_free(&f.builder);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_batch_as_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
