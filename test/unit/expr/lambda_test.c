/*
 * Lambdas: captured columns, nesting, errors inside TRY and outside.
 */
#include "expr_builder.h"

static Status body_is_bigint(Context *cx, void *closure, int32_t index, int32_t parameter_count,
                             const Type *const *parameter_types, const Type **ret_body_type) {
    *ret_body_type = closure;
    return OK;
}

static const Expr *lambda(Builder *b, const Symbol *parameter, const Expr *body) {
    const Type *type = type_function(1, &parameter->type, body->type);
    Expr *expr = expr_special(b->arena, EXPR_LAMBDA, type, 1, &body);
    SymbolList *parameters = arena_new(b->arena, SymbolList);
    parameters->count = 1;
    parameters->items = arena_new_array(b->arena, const Symbol *, 1);
    parameters->items[0] = parameter;
    expr->parameters = parameters;
    return expr;
}

/* transform(array, parameter -> body) */
static const Expr *transform(Builder *b, const Expr *array, const Symbol *parameter,
                             const Expr *body) {
    ResolvedFunction *function;
    const Type *types[] = {array->type, NULL};
    static const int32_t ARITY[] = {0, 1};
    assert_int_equal(function_resolve_lambda(&b->cx, "transform", 1 << FUNCTION_SCALAR, 2, types,
                                             ARITY, body_is_bigint, (void *)body->type, 0, 0,
                                             &function),
                     OK);
    return expr_call(b->arena, function, 2, ARGUMENTS(array, lambda(b, parameter, body)));
}

static const int64_t A[] = {1, 2, NULL_VALUE, 4};
enum { ROWS = 4 };

typedef struct Fixture {
    Builder builder;
    const Symbol *symbol;
    const Expr *a, *array;
    Batch *batch;
} Fixture;

static Fixture fixture_create(void) {
    Fixture f = {.builder = builder_create()};
    Builder *b = &f.builder;
    f.symbol = new_symbol(b, "a", type_simple(TYPE_BIGINT), 0);
    f.a = expr_symbol(b->arena, f.symbol);
    f.array = expr_special(b->arena, EXPR_ARRAY, type_array(type_simple(TYPE_BIGINT)), 3,
                           ARGUMENTS(f.a, expr_bigint(b->arena, 10), expr_bigint(b->arena, 0)));
    f.batch = batch_create(1, ROWS);
    f.batch->columns[0] = bigints(ROWS, A);
    return f;
}

static Status evaluate(Fixture *f, const Expr *expr, Vector **ret_result) {
    Program *program;
    assert_int_equal(program_compile(&f->builder.cx, 1, &expr, 1, &f->symbol, &program), OK);
    ProgramState *state = program_state_create(program);
    Status status = program_evaluate(&f->builder.cx, state, f->batch, ret_result);
    program_state_free(state);
    return status;
}

static void fixture_free(Fixture *f) {
    batch_free(f->batch);
    builder_free(&f->builder);
}

static void expect_element(Fixture *f, const Expr *array, int64_t position,
                           const int64_t *expected) {
    Builder *b = &f->builder;
    const Expr *element =
        call(b, "element_at", 2, ARGUMENTS(array, expr_bigint(b->arena, position)));
    Vector *result;
    assert_int_equal(evaluate(f, element, &result), OK);
    VectorView view = vector_view(result);
    for (int32_t i = 0; i < ROWS; i++) {
        int64_t found = view_is_null(&view, i) ? NULL_VALUE : VIEW_VALUE(&view, int64_t, i);
        assert_int_equal(found, expected[i]);
    }
    vector_unref(result);
}

static void test_captured_column(void **state) {
    Fixture f = fixture_create();
    Builder *b = &f.builder;
    const Symbol *x = new_symbol(b, "x", type_simple(TYPE_BIGINT), 1);
    const Expr *sum = call(b, "$operator$add", 2, ARGUMENTS(expr_symbol(b->arena, x), f.a));
    const Expr *array = transform(b, f.array, x, sum);
    expect_element(&f, array, 1, (const int64_t[]){2, 4, NULL_VALUE, 8});
    expect_element(&f, array, 2, (const int64_t[]){11, 12, NULL_VALUE, 14});
    fixture_free(&f);
}

static void test_nested(void **state) {
    Fixture f = fixture_create();
    Builder *b = &f.builder;
    const Symbol *x = new_symbol(b, "x", type_simple(TYPE_BIGINT), 1);
    const Symbol *y = new_symbol(b, "y", type_simple(TYPE_BIGINT), 2);
    const Expr *sum =
        call(b, "$operator$add", 2,
             ARGUMENTS(call(b, "$operator$multiply", 2,
                            ARGUMENTS(expr_symbol(b->arena, x), expr_symbol(b->arena, y))),
                       f.a));
    const Expr *inner = transform(b, f.array, y, sum);
    const Expr *second = call(b, "element_at", 2, ARGUMENTS(inner, expr_bigint(b->arena, 2)));
    const Expr *outer = transform(b, f.array, x, second);
    expect_element(&f, outer, 1, (const int64_t[]){11, 22, NULL_VALUE, 44});
    expect_element(&f, outer, 3, (const int64_t[]){1, 2, NULL_VALUE, 4});
    fixture_free(&f);
}

static void test_errors(void **state) {
    Fixture f = fixture_create();
    Builder *b = &f.builder;
    const Symbol *x = new_symbol(b, "x", type_simple(TYPE_BIGINT), 1);
    const Expr *ratio = call(b, "$operator$divide", 2, ARGUMENTS(f.a, expr_symbol(b->arena, x)));
    const Expr *array = transform(b, f.array, x, ratio);
    Vector *result;
    assert_int_equal(evaluate(&f, array, &result), FAILED);
    assert_int_equal(b->cx.error.code, DIVISION_BY_ZERO);
    const Expr *caught = expr_special(b->arena, EXPR_TRY, array->type, 1, &array);
    assert_int_equal(evaluate(&f, expr_is_null(b->arena, caught), &result), OK);
    static const uint8_t EXPECTED[] = {1, 1, 0, 1};
    for (int32_t i = 0; i < ROWS; i++) {
        VectorView view = vector_view(result);
        assert_int_equal(VIEW_VALUE(&view, uint8_t, i), EXPECTED[i]);
    }
    vector_unref(result);
    fixture_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_captured_column),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
