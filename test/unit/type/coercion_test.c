/*
 * Implicit coercions and common super types: the tables of spec/operators-and-coercions.md, section
 * 2.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "type/coercion.h"
#include "type/type_parse.h"

static Arena *arena;
static Context context;

static const Type *type_of(const char *text) {
    const Type *type = NULL;
    assert_int_equal(type_parse(&context, text, &type), OK);
    return type;
}

/* common NULL: none. */
static void check(const char *a, const char *b, const char *common) {
    const Type *first = type_of(a), *second = type_of(b);
    const Type *super = type_common_super(first, second);
    const Type *reversed = type_common_super(second, first);
    if (common == NULL) {
        assert_null(super);
        assert_null(reversed);
        assert_false(type_can_coerce(first, second));
        return;
    }
    const Type *expected = type_of(common);
    assert_string_equal(super->name, expected->name);
    assert_ptr_equal(super, expected);
    assert_ptr_equal(reversed, expected);
    if (first->child_count == 0) {
        assert_int_equal(type_can_coerce(first, second), expected == second);
        assert_int_equal(type_can_coerce(second, first), expected == first);
    }
    assert_true(type_can_coerce(first, expected));
    assert_true(type_can_coerce(second, expected));
}

static void test_numbers(void **state) {
    check("tinyint", "bigint", "bigint");
    check("smallint", "decimal(5,2)", "decimal(7,2)");
    check("integer", "decimal(5,2)", "decimal(12,2)");
    check("bigint", "decimal(5,2)", "decimal(21,2)");
    check("bigint", "decimal(20,3)", "decimal(22,3)");
    check("tinyint", "decimal(5,2)", "decimal(5,2)");
    check("decimal(10,2)", "decimal(8,4)", "decimal(12,4)");
    check("decimal(38,0)", "decimal(38,38)", "decimal(38,38)");
    check("decimal(5,2)", "real", "real");
    check("bigint", "double", "double");
    check("bigint", "real", "real");
    check("real", "double", "double");
    check("integer", "varchar", NULL);
    check("integer", "boolean", NULL);
    check("integer", "date", NULL);
}

static void test_strings(void **state) {
    check("varchar(3)", "varchar(5)", "varchar(5)");
    check("varchar(3)", "varchar", "varchar");
    check("char(3)", "char(5)", "char(5)");
    check("varchar(3)", "char(5)", "char(5)");
    check("varchar(7)", "char(5)", "char(7)");
    check("varchar", "char(5)", "char(65536)");
    check("varchar", "varbinary", NULL);
    assert_true(type_can_coerce(type_of("varchar"), type_simple(TYPE_REGEXP)));
    assert_true(type_can_coerce(type_of("char(3)"), type_simple(TYPE_JSON_PATH)));
}

static void test_datetimes(void **state) {
    check("date", "timestamp(6)", "timestamp(6)");
    check("date", "timestamp(0) with time zone", "timestamp(0) with time zone");
    check("time(3)", "time(6)", "time(6)");
    check("time(6)", "time(3) with time zone", "time(6) with time zone");
    check("timestamp(6)", "timestamp(3) with time zone", "timestamp(6) with time zone");
    check("timestamp(0)", "timestamp(12)", "timestamp(12)");
    check("time(3)", "timestamp(3)", NULL);
    check("interval year to month", "interval day to second", NULL);
}

static void test_unknown_and_sketches(void **state) {
    check("unknown", "bigint", "bigint");
    check("unknown", "row(a bigint)", "row(a bigint)");
    check("P4HyperLogLog", "HyperLogLog", "HyperLogLog");
    check("json", "varchar", NULL);
    assert_ptr_equal(type_coerced_to_kind(type_of("unknown"), TYPE_DECIMAL), type_decimal(1, 0));
    assert_ptr_equal(type_coerced_to_kind(type_of("unknown"), TYPE_VARCHAR), type_varchar(0));
    assert_ptr_equal(type_coerced_to_kind(type_of("bigint"), TYPE_DECIMAL), type_decimal(19, 0));
    assert_ptr_equal(type_coerced_to_kind(type_of("date"), TYPE_TIMESTAMP),
                     type_timestamp(0, false));
    assert_null(type_coerced_to_kind(type_of("bigint"), TYPE_INTEGER));
}

static void test_nested(void **state) {
    check("array(integer)", "array(bigint)", "array(bigint)");
    check("map(integer,varchar(1))", "map(bigint,varchar)", "map(bigint,varchar)");
    check("map(integer,varchar)", "map(tinyint,varchar(1))", "map(integer,varchar)");
    check("map(integer,varchar(1))", "map(tinyint,varchar)", "map(integer,varchar)");
    check("row(a integer, b integer)", "row(a bigint, c tinyint)", "row(a bigint, integer)");
    check("row(integer)", "row(integer, integer)", NULL);
    check("array(integer)", "array(varchar)", NULL);
    check("array(unknown)", "array(bigint)", "array(bigint)");
    assert_true(type_can_coerce(type_of("row(a integer)"), type_of("row(b bigint)")));
}

static void test_only(void **state) {
    assert_true(type_is_only_coercion(type_of("varchar(3)"), type_of("varchar(5)")));
    assert_true(type_is_only_coercion(type_of("varchar(3)"), type_of("varchar")));
    assert_false(type_is_only_coercion(type_of("varchar(5)"), type_of("varchar(3)")));
    assert_true(type_is_only_coercion(type_of("decimal(5,2)"), type_of("decimal(7,2)")));
    assert_false(type_is_only_coercion(type_of("decimal(5,2)"), type_of("decimal(20,2)")));
    assert_false(type_is_only_coercion(type_of("decimal(5,2)"), type_of("decimal(7,3)")));
    assert_false(type_is_only_coercion(type_of("integer"), type_of("bigint")));
    assert_true(type_is_only_coercion(type_of("timestamp(3)"), type_of("timestamp(6)")));
    assert_false(type_is_only_coercion(type_of("timestamp(6)"), type_of("timestamp(7)")));
    assert_true(type_is_only_coercion(type_of("array(varchar(1))"), type_of("array(varchar)")));
    assert_true(type_is_only_coercion(type_of("row(a bigint)"), type_of("row(b bigint)")));
}

static int set_up(void **state) {
    arena = arena_create(NULL);
    context.arena = arena;
    return 0;
}

static int tear_down(void **state) {
    arena_free(arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),   cmocka_unit_test(test_strings),
        cmocka_unit_test(test_datetimes), cmocka_unit_test(test_unknown_and_sketches),
        cmocka_unit_test(test_nested),    cmocka_unit_test(test_only),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
