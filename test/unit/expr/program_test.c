/*
 * Programs: values, NULL logic, narrowing, TRY, dictionaries, lambdas, filters. Expectations are
 * SQL's.
 */
#include "expr_builder.h"

enum { ROWS = 6 };
static const int64_t A[ROWS] = {1, 2, 3, 0, NULL_VALUE, 6};
static const int64_t B[ROWS] = {10, NULL_VALUE, 0, 0, 5, 2};

typedef struct Fixture {
    Builder builder;
    const Symbol *symbols[2];
    const Expr *a, *b;
    Batch *batch;
} Fixture;

static Fixture fixture_create(bool encoded) {
    Fixture f = {.builder = builder_create()};
    f.symbols[0] = new_symbol(&f.builder, "a", type_simple(TYPE_BIGINT), 0);
    f.symbols[1] = new_symbol(&f.builder, "b", type_simple(TYPE_BIGINT), 1);
    f.a = expr_symbol(f.builder.arena, f.symbols[0]);
    f.b = expr_symbol(f.builder.arena, f.symbols[1]);
    f.batch = batch_create(2, ROWS);
    f.batch->columns[0] = bigints(ROWS, A);
    f.batch->columns[1] = bigints(ROWS, B);
    if (encoded) {
        static const int32_t REVERSED[ROWS] = {5, 4, 3, 2, 1, 0};
        for (int i = 0; i < 2; i++) {
            f.batch->columns[i] = dictionary(f.batch->columns[i], ROWS, REVERSED);
            f.batch->columns[i] = dictionary(f.batch->columns[i], ROWS, REVERSED);
        }
    }
    return f;
}

static void fixture_free(Fixture *f) {
    batch_free(f->batch);
    builder_free(&f->builder);
}

static Status evaluate(Fixture *f, const Expr *expr, Vector **ret_result) {
    Program *program;
    assert_int_equal(program_compile(&f->builder.cx, 1, &expr, 2, f->symbols, &program), OK);
    ProgramState *state = program_state_create(program);
    Status status = FAILED;
    for (int round = 0; round < 3; round++) {
        status = program_evaluate(&f->builder.cx, state, f->batch, ret_result);
        if (status != OK) {
            break;
        }
        if (round < 2) {
            vector_unref(*ret_result);
        }
    }
    program_state_free(state);
    return status;
}

static int64_t value_at(const Vector *vector, int32_t row) {
    VectorView view = vector_view(vector);
    if (view_is_null(&view, row)) {
        return NULL_VALUE;
    }
    return vector->type->kind == TYPE_BOOLEAN ? VIEW_VALUE(&view, uint8_t, row)
                                              : VIEW_VALUE(&view, int64_t, row);
}

static void expect_values(Fixture *f, const Expr *expr, const int64_t *expected) {
    Vector *result;
    assert_int_equal(evaluate(f, expr, &result), OK);
    assert_int_equal(result->length, ROWS);
    for (int32_t i = 0; i < ROWS; i++) {
        if (value_at(result, i) != expected[i]) {
            fail_msg("row %d: %ld, expected %ld", i, (long)value_at(result, i), (long)expected[i]);
        }
    }
    vector_unref(result);
}

static void expect_error(Fixture *f, const Expr *expr, ErrorCode code) {
    Vector *result;
    assert_int_equal(evaluate(f, expr, &result), FAILED);
    assert_int_equal(f->builder.cx.error.code, code);
}

#define N NULL_VALUE
#define WITH_ENCODINGS(f)                                                                          \
    for (int encoded = 0; encoded < 2; encoded++)                                                  \
        for (Fixture f = fixture_create(encoded != 0); f.batch != NULL;                            \
             fixture_free(&f), f.batch = NULL)

static void test_arithmetic_and_comparison(void **state) {
    WITH_ENCODINGS(f) {
        Builder *b = &f.builder;
        const Expr *sum = call(b, "$operator$add", 2, ARGUMENTS(f.a, f.b));
        expect_values(&f, sum, (const int64_t[]){11, N, 3, 0, N, 8});
        expect_values(&f, expr_comparison(b->arena, COMPARE_LESS, f.a, f.b),
                      (const int64_t[]){1, N, 0, 0, N, 0});
        expect_values(&f, expr_comparison(b->arena, COMPARE_DISTINCT, f.a, f.b),
                      (const int64_t[]){1, 1, 1, 0, 1, 1});
        expect_values(&f, expr_is_null(b->arena, f.b), (const int64_t[]){0, 1, 0, 0, 0, 0});
    }
}

static void test_division_errors(void **state) {
    WITH_ENCODINGS(f) {
        Builder *b = &f.builder;
        const Expr *ratio = call(b, "$operator$divide", 2, ARGUMENTS(f.a, f.b));
        expect_error(&f, ratio, DIVISION_BY_ZERO);
        const Type *bigint = type_simple(TYPE_BIGINT);
        expect_values(&f, expr_special(b->arena, EXPR_TRY, bigint, 1, &ratio),
                      (const int64_t[]){0, N, N, N, N, 3});
        const Expr *zero = expr_bigint(b->arena, 0);
        const Expr *is_zero = expr_comparison(b->arena, COMPARE_EQUAL, f.b, zero);
        const Expr *guarded = expr_special(b->arena, EXPR_IF, bigint, 3,
                                           ARGUMENTS(is_zero, expr_bigint(b->arena, -1), ratio));
        expect_values(&f, guarded, (const int64_t[]){0, N, -1, -1, N, 3});
        const Expr *positive = expr_comparison(b->arena, COMPARE_GREATER, ratio, zero);
        expect_values(&f, expr_and(b->arena, 2, ARGUMENTS(expr_not(b->arena, is_zero), positive)),
                      (const int64_t[]){0, N, 0, 0, N, 1});
        expect_values(&f, expr_or(b->arena, 2, ARGUMENTS(is_zero, positive)),
                      (const int64_t[]){0, N, 1, 1, N, 1});
        const Expr *safe = expr_special(b->arena, EXPR_TRY, bigint, 1, &guarded);
        expect_values(&f, safe, (const int64_t[]){0, N, -1, -1, N, 3});
        const Expr *of_null = expr_special(b->arena, EXPR_NULLIF, bigint, 2, ARGUMENTS(f.b, zero));
        expect_values(&f, call(b, "$operator$divide", 2, ARGUMENTS(f.a, of_null)),
                      (const int64_t[]){0, N, N, N, N, 3});
    }
}

static void test_special_forms(void **state) {
    WITH_ENCODINGS(f) {
        Builder *b = &f.builder;
        const Type *bigint = type_simple(TYPE_BIGINT), *boolean = type_simple(TYPE_BOOLEAN);
        const Expr *one = expr_bigint(b->arena, 1), *two = expr_bigint(b->arena, 2),
                   *null = expr_null(b->arena, bigint);
        expect_values(&f, expr_special(b->arena, EXPR_COALESCE, bigint, 2, ARGUMENTS(f.b, f.a)),
                      (const int64_t[]){10, 2, 0, 0, 5, 2});
        expect_values(&f, expr_special(b->arena, EXPR_IN, boolean, 3, ARGUMENTS(f.a, one, null)),
                      (const int64_t[]){1, N, N, N, N, N});
        expect_values(&f, expr_special(b->arena, EXPR_IN, boolean, 3, ARGUMENTS(f.a, f.b, one)),
                      (const int64_t[]){1, N, 0, 1, N, 0});
        expect_values(&f,
                      expr_special(b->arena, EXPR_BETWEEN, boolean, 3, ARGUMENTS(one, f.a, f.b)),
                      (const int64_t[]){1, 0, 0, 0, N, 0});
        expect_values(
            &f,
            expr_special(b->arena, EXPR_SWITCH, bigint, 6, ARGUMENTS(f.a, one, two, two, f.b, f.a)),
            (const int64_t[]){2, N, 3, 0, N, 6});
        const Expr *row =
            expr_special(b->arena, EXPR_ROW, type_row(2, (const Type *[]){bigint, bigint}, NULL), 2,
                         ARGUMENTS(f.a, f.b));
        Expr *field = expr_special(b->arena, EXPR_FIELD, bigint, 1, &row);
        field->field_index = 1;
        expect_values(&f, field, (const int64_t[]){10, N, 0, 0, 5, 2});
        expect_values(&f, expr_comparison(b->arena, COMPARE_EQUAL, row, row),
                      (const int64_t[]){1, N, 1, 1, N, 1});
        expect_error(&f, expr_comparison(b->arena, COMPARE_LESS, row, row), NOT_SUPPORTED);
        const Expr *array =
            expr_special(b->arena, EXPR_ARRAY, type_array(bigint), 3, ARGUMENTS(f.a, f.b, one));
        expect_values(&f, call(b, "$operator$subscript", 2, ARGUMENTS(array, two)),
                      (const int64_t[]){10, N, 0, 0, 5, 2});
        const Expr *nested =
            expr_special(b->arena, EXPR_IF, type_array(bigint), 3,
                         ARGUMENTS(expr_is_null(b->arena, f.a), array,
                                   expr_special(b->arena, EXPR_ARRAY, type_array(bigint), 2,
                                                ARGUMENTS(one, f.a))));
        expect_values(&f, call(b, "$operator$subscript", 2, ARGUMENTS(nested, two)),
                      (const int64_t[]){1, 2, 3, 0, 5, 6});
    }
}

static void test_filter(void **state) {
    WITH_ENCODINGS(f) {
        Builder *b = &f.builder;
        const Expr *zero = expr_bigint(b->arena, 0);
        const Expr *condition = expr_and(
            b->arena, 3,
            ARGUMENTS(expr_comparison(b->arena, COMPARE_GREATER, f.b, zero),
                      expr_comparison(b->arena, COMPARE_GREATER, f.a, zero),
                      expr_comparison(b->arena, COMPARE_GREATER,
                                      call(b, "$operator$divide", 2, ARGUMENTS(f.a, f.b)), zero)));
        Program *program;
        assert_int_equal(program_compile(&b->cx, 1, &condition, 2, f.symbols, &program), OK);
        ProgramState *program_state = program_state_create(program);
        for (int round = 0; round < 40; round++) {
            int32_t rows[ROWS], count;
            assert_int_equal(program_filter(&b->cx, program_state, f.batch, rows, &count), OK);
            assert_int_equal(count, 1);
            assert_int_equal(rows[0], 5);
        }
        program_state_free(program_state);
    }
}

static void test_long_chains(void **state) {
    WITH_ENCODINGS(f) {
        Builder *b = &f.builder;
        ExprList terms = {0};
        for (int32_t i = 0; i < 10000; i++) {
            expr_list_add(
                b->arena, &terms,
                expr_comparison(b->arena, COMPARE_NOT_EQUAL, f.a, expr_bigint(b->arena, 100 + i)));
        }
        expect_values(&f, expr_and(b->arena, terms.count, terms.items),
                      (const int64_t[]){1, 1, 1, 1, N, 1});
        const Expr *sum = f.a;
        for (int32_t i = 0; i < 2000; i++) {
            sum = call(b, "$operator$add", 2, ARGUMENTS(sum, expr_bigint(b->arena, 1)));
        }
        expect_values(&f, sum, (const int64_t[]){2001, 2002, 2003, 2000, N, 2006});
    }
}

static void test_unused_dictionary_values_do_not_fail(void **state) {
    Fixture f = fixture_create(false);
    Builder *b = &f.builder;
    static const int64_t VALUES[] = {5, 0, 2};
    static const int32_t INDICES[ROWS] = {0, 2, 2, 0, 0, 2};
    vector_unref(f.batch->columns[1]);
    f.batch->columns[1] = dictionary(bigints(3, VALUES), ROWS, INDICES);
    const Expr *ratio = call(b, "$operator$divide", 2, ARGUMENTS(expr_bigint(b->arena, 10), f.b));
    expect_values(&f, ratio, (const int64_t[]){2, 5, 5, 2, 2, 5});
    fixture_free(&f);
}

static void test_constants_fold(void **state) {
    Builder b = builder_create();
    const Expr *sum =
        call(&b, "$operator$add", 2, ARGUMENTS(expr_bigint(b.arena, 40), expr_bigint(b.arena, 2)));
    Vector *value;
    assert_int_equal(expr_evaluate(&b.cx, sum, &value), OK);
    assert_int_equal(value->encoding, ENCODING_CONSTANT);
    assert_int_equal(value->length, 1);
    assert_int_equal(VECTOR_DATA(value, int64_t)[0], 42);
    vector_unref(value);
    const Expr *bad = call(&b, "$operator$divide", 2,
                           ARGUMENTS(expr_bigint(b.arena, 40), expr_bigint(b.arena, 0)));
    assert_int_equal(expr_evaluate(&b.cx, bad, &value), FAILED);
    assert_string_equal(b.cx.error.message, "Division by zero");
    builder_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arithmetic_and_comparison),
        cmocka_unit_test(test_division_errors),
        cmocka_unit_test(test_special_forms),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_long_chains),
        cmocka_unit_test(test_unused_dictionary_values_do_not_fail),
        cmocka_unit_test(test_constants_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
