/*
 * Overload choice and its messages: expected results are those of operators-and-coercions.md and of
 * the conformance corpus.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "function/function.h"

static const Type *simple(TypeKind kind) {
    return type_simple(kind);
}

/* "result <- (argument types)" of the chosen overload, or the message of the failure. */
static void check(const char *name, int32_t count, const Type *a, const Type *b,
                  const char *expected) {
    Context cx = {.arena = arena_create(NULL)};
    const Type *types[] = {a, b};
    ResolvedFunction *function;
    char text[8192];
    if (function_resolve(&cx, name, 1u << FUNCTION_SCALAR, count, types, 1, 8, &function) == OK) {
        snprintf(text, sizeof text, "%s <- (%s%s%s)", function->return_type->name,
                 count > 0 ? function->argument_types[0]->name : "", count > 1 ? ", " : "",
                 count > 1 ? function->argument_types[1]->name : "");
    } else {
        snprintf(text, sizeof text, "%s", cx.error.message);
    }
    assert_string_equal(text, expected);
    arena_free(cx.arena);
}

static void test_numbers(void **state) {
    const Type *integer = simple(TYPE_INTEGER), *bigint = simple(TYPE_BIGINT);
    check("$operator$add", 2, integer, bigint, "bigint <- (bigint, bigint)");
    check("$operator$add", 2, integer, simple(TYPE_UNKNOWN), "integer <- (integer, integer)");
    check("$operator$add", 2, integer, simple(TYPE_DOUBLE), "double <- (double, double)");
    check("$operator$add", 2, bigint, simple(TYPE_REAL), "real <- (real, real)");
    check("$operator$add", 2, integer, type_varchar(1),
          "line 1:8: Cannot apply operator: integer + varchar(1)");
}

static void test_not_found(void **state) {
    check("nosuch", 0, NULL, NULL, "line 1:8: Function 'nosuch' not registered");
    check("mod", 1, simple(TYPE_DATE), NULL,
          "line 1:8: Unexpected parameters (date) for function mod. Expected: mod(bigint, bigint), "
          "mod(decimal(a_precision,a_scale), decimal(b_precision,b_scale)), mod(double, double), "
          "mod(integer, integer), mod(real, real), mod(smallint, smallint), mod(tinyint, tinyint)");
}

static void test_decimals(void **state) {
    const Type *money = type_decimal(5, 2);
    check("$operator$add", 2, simple(TYPE_INTEGER), money,
          "decimal(13,2) <- (decimal(10,0), decimal(5,2))");
    check("$operator$multiply", 2, simple(TYPE_BIGINT), type_decimal(20, 3),
          "decimal(38,3) <- (decimal(19,0), decimal(20,3))");
    check("$operator$divide", 2, simple(TYPE_INTEGER), type_decimal(20, 3),
          "decimal(16,3) <- (decimal(10,0), decimal(20,3))");
    check("$operator$modulus", 2, money, type_decimal(20, 3),
          "decimal(6,3) <- (decimal(5,2), decimal(20,3))");
    check("$operator$multiply", 2, type_decimal(38, 20), type_decimal(38, 21),
          "DECIMAL scale must be in range [0, precision (38)]: 41");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_decimals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
