/*
 * Kernels see arguments flat, constant, under a dictionary and for some rows only: whatever the
 * encoding, a row's result must be the one that flat arguments give. Checked for many functions
 * over random values without NULLs; rows that fail must fail in every encoding.
 */
#include "../vector/random_vector.h"

#include "function/function.h"
#include "function/kernels/row_errors.h"
#include "vector/vector_compare.h"

enum { ROWS = 60, ARGUMENTS_MAX = 3 };

typedef struct Case {
    const char *name;
    int32_t count;
    const Type *types[ARGUMENTS_MAX];
} Case;

typedef struct Outcome {
    Vector *values;
    bool failed[ROWS];
} Outcome;

/* Rows are computed one after the other, so that each row's failure is seen. */
static Outcome compute(const ResolvedFunction *function, void *state, Vector *const *arguments,
                       Context *cx) {
    Outcome outcome = {.values = vector_create(function->return_type, ROWS)};
    VectorView views[ARGUMENTS_MAX];
    for (int32_t i = 0; i < function->argument_count; i++) {
        views[i] = vector_view(arguments[i]);
    }
    for (int32_t row = 0; row < ROWS; row++) {
        RowErrors errors;
        row_errors_init(&errors, false);
        KernelCall call = {.cx = cx,
                           .function = function,
                           .state = state,
                           .argument_count = function->argument_count,
                           .arguments = views,
                           .result = outcome.values,
                           .rows = &row,
                           .row_count = 1,
                           .errors = &errors};
        assert_int_equal(function->scalar->kernel(&call), OK);
        outcome.failed[row] = row_errors_raise(cx, &errors) != OK;
        context_clear_error(cx);
        row_errors_done(&errors);
    }
    return outcome;
}

/* All rows in one call; failing rows only have to be there. */
static Vector *compute_at_once(const ResolvedFunction *function, void *state,
                               Vector *const *arguments, Context *cx) {
    Vector *values = vector_create(function->return_type, ROWS);
    VectorView views[ARGUMENTS_MAX];
    RowErrors errors;
    row_errors_init(&errors, false);
    for (int32_t i = 0; i < function->argument_count; i++) {
        views[i] = vector_view(arguments[i]);
    }
    KernelCall call = {.cx = cx,
                       .function = function,
                       .state = state,
                       .argument_count = function->argument_count,
                       .arguments = views,
                       .result = values,
                       .row_count = ROWS,
                       .errors = &errors};
    assert_int_equal(function->scalar->kernel(&call), OK);
    row_errors_done(&errors);
    return values;
}

static void check_same(const char *name, const Outcome *expected, const Vector *values,
                       int32_t expected_row, int32_t row) {
    if (!expected->failed[expected_row] &&
        !vector_identical(expected->values, expected_row, values, row)) {
        char *want = rendered(expected->values, expected_row), *got = rendered(values, row);
        fail_msg("%s: row %d: %s, but %s when flat", name, row, got, want);
    }
}

/* The rows backwards, under a dictionary. */
static Vector *reversed(Vector *flat) {
    Buffer *indices = buffer_create((int64_t)sizeof(int32_t) * ROWS);
    for (int32_t i = 0; i < ROWS; i++) {
        ((int32_t *)indices->data)[i] = ROWS - 1 - i;
    }
    return vector_create_dictionary(vector_ref(flat), indices, ROWS);
}

static void check_encodings(const Case *c, const ResolvedFunction *function, void *state,
                            Vector *const *flat, Context *cx) {
    Outcome expected = compute(function, state, flat, cx);
    Vector *at_once = compute_at_once(function, state, flat, cx);
    Vector *others[ARGUMENTS_MAX];
    for (int32_t row = 0; row < ROWS; row++) {
        check_same(c->name, &expected, at_once, row, row);
    }
    for (int32_t i = 0; i < c->count; i++) {
        others[i] = reversed(flat[i]);
    }
    Vector *under_dictionary = compute_at_once(function, state, others, cx);
    for (int32_t row = 0; row < ROWS; row++) {
        check_same(c->name, &expected, under_dictionary, ROWS - 1 - row, row);
    }
    vector_unref(under_dictionary);
    for (int32_t i = 0; i < c->count; i++) {
        vector_unref(others[i]);
        others[i] = i == 0 ? vector_ref(flat[i]) : vector_create_constant(flat[i], 7, ROWS);
    }
    Vector *with_constants = compute_at_once(function, state, others, cx);
    check_same(c->name, &expected, with_constants, 7, 7);
    vector_unref(with_constants);
    for (int32_t i = 0; i < c->count; i++) {
        vector_unref(others[i]);
    }
    vector_unref(at_once);
    vector_unref(expected.values);
}

static void check_case(const Case *c) {
    Context cx = {.arena = arena_create(NULL)};
    ResolvedFunction *function;
    Vector *flat[ARGUMENTS_MAX];
    if (function_resolve(&cx, c->name, 1u << FUNCTION_SCALAR, c->count, c->types, 0, 0,
                         &function) != OK) {
        fail_msg("%s", cx.error.message);
    }
    void *state = NULL;
    if (function->scalar->prepare != NULL) {
        FunctionBinding binding = {.function = function};
        assert_int_equal(function->scalar->prepare(&cx, &binding, &state), OK);
    }
    for (int32_t i = 0; i < c->count; i++) {
        flat[i] = random_flat(function->argument_types[i], ROWS, 0);
    }
    check_encodings(c, function, state, flat, &cx);
    for (int32_t i = 0; i < c->count; i++) {
        vector_unref(flat[i]);
    }
    arena_free(cx.arena);
}

static void test_encodings(void **test_state) {
    const Type *bigint = type_simple(TYPE_BIGINT), *integer = type_simple(TYPE_INTEGER);
    const Type *real = type_simple(TYPE_DOUBLE), *text = type_varchar_unbounded();
    const Type *bytes = type_simple(TYPE_VARBINARY), *date = type_simple(TYPE_DATE);
    const Type *numbers = type_array(bigint), *texts = type_array(text), *padded = type_char(9);
    const Type *map = type_map(bigint, text), *stamp = type_timestamp(6, false);
    const Type *money = type_decimal(12, 2), *wide = type_decimal(30, 4);
    const Case cases[] = {
        {"$operator$add", 2, {bigint, bigint}},
        {"$operator$multiply", 2, {integer, integer}},
        {"$operator$divide", 2, {bigint, bigint}},
        {"$operator$add", 2, {money, wide}},
        {"$operator$multiply", 2, {money, money}},
        {"$operator$divide", 2, {wide, money}},
        {"$operator$modulus", 2, {wide, money}},
        {"$operator$subtract", 2, {real, real}},
        {"$operator$subscript", 2, {numbers, bigint}},
        {"$like", 2, {text, text}},
        {"greatest", 3, {text, text, text}},
        {"least", 2, {numbers, numbers}},
        {"substr", 3, {text, integer, integer}},
        {"substr", 2, {padded, integer}},
        {"reverse", 1, {padded}},
        {"upper", 1, {text}},
        {"trim", 1, {text}},
        {"concat", 3, {text, text, text}},
        {"concat", 2, {numbers, numbers}},
        {"concat_ws", 3, {text, text, text}},
        {"strpos", 2, {text, text}},
        {"replace", 3, {text, text, text}},
        {"split", 2, {text, text}},
        {"split_part", 3, {text, text, integer}},
        {"levenshtein_distance", 2, {text, text}},
        {"to_hex", 1, {bytes}},
        {"from_utf8", 1, {bytes}},
        {"md5", 1, {bytes}},
        {"element_at", 2, {texts, integer}},
        {"element_at", 2, {map, bigint}},
        {"array_sort", 1, {texts}},
        {"array_distinct", 1, {numbers}},
        {"array_union", 2, {texts, texts}},
        {"array_except", 2, {numbers, numbers}},
        {"arrays_overlap", 2, {numbers, numbers}},
        {"array_max", 1, {texts}},
        {"contains", 2, {texts, text}},
        {"slice", 3, {texts, integer, integer}},
        {"zip", 2, {numbers, texts}},
        {"flatten", 1, {type_array(numbers)}},
        {"array_join", 2, {numbers, text}},
        {"map_keys", 1, {map}},
        {"map_entries", 1, {map}},
        {"map_concat", 2, {map, map}},
        {"map_from_entries", 1, {type_array(type_row(2, (const Type *[]){integer, text}, NULL))}},
        {"year", 1, {date}},
        {"week", 1, {stamp}},
        {"last_day_of_month", 1, {date}},
        {"to_iso8601", 1, {date}},
        {"regexp_like", 2, {text, text}},
        {"regexp_split", 2, {text, text}},
        {"json_extract_scalar", 2, {text, text}},
        {"url_extract_host", 1, {text}},
        {"round", 2, {wide, integer}},
    };
    for (int32_t repeat = 0; repeat < 5; repeat++) {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            check_case(&cases[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_encodings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
