/*
 * Type texts: SQL forms, aliases, texts that types print, refusals; the protocol's typeSignature.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "type/signature_json.h"
#include "type/type_parse.h"

static Arena *arena;
static Context context;

static void check(const char *text, const char *display) {
    const Type *type = NULL, *again = NULL;
    assert_int_equal(type_parse(&context, text, &type), OK);
    assert_string_equal(type->display, display);
    assert_int_equal(type_parse(&context, type->display, &again), OK);
    assert_ptr_equal(type, again);
    assert_int_equal(type_parse(&context, type->signature, &again), OK);
    assert_ptr_equal(type, again);
}

static void test_accepted(void **state) {
    check("BIGINT", "bigint");
    check(" int ", "integer");
    check("Double Precision", "double");
    check("double", "double");
    check("decimal", "decimal(38, 0)");
    check("decimal(10)", "decimal(10, 0)");
    check("DECIMAL ( 10 , 2 )", "decimal(10, 2)");
    check("varchar", "varchar");
    check("varchar(2147483647)", "varchar");
    check("varchar(0)", "varchar(0)");
    check("char", "char(1)");
    check("timestamp", "timestamp(3)");
    check("timestamp with time zone", "timestamp(3) with time zone");
    check("timestamp(12) WITH TIME ZONE", "timestamp(12) with time zone");
    check("time(0) without time zone", "time(0)");
    check("time with time zone", "time(3) with time zone");
    check("interval year to month", "INTERVAL YEAR TO MONTH");
    check("array(array(varchar(3)))", "array(array(varchar(3)))");
    check("array<map<bigint,date>>", "array(map(bigint, date))");
    check("bigint array array[3]", "array(array(bigint))");
    check("row(x bigint, varchar, \"A b\" row(date date))",
          "row(x bigint, varchar, \"A b\" row(date date))");
    check("row(bigint)", "row(bigint)");
    check("row(Mixed integer)", "row(mixed integer)");
    check("row(\"a\"\"b\" integer)", "row(\"a\"\"b\" integer)");
    check("row(t timestamp(3) with time zone, d double precision, i interval day to second)",
          "row(t timestamp(3) with time zone, d double, i INTERVAL DAY TO SECOND)");
    check("row(array array(bigint), map map(bigint,bigint))",
          "row(array array(bigint), map map(bigint, bigint))");
    check("hyperloglog", "HyperLogLog");
    check("qdigest(double)", "qdigest(double)");
    check("unknown", "unknown");
    check("function(bigint,boolean)", "function(bigint,boolean)");
}

static void test_refused(void **state) {
    static const char *const texts[] = {
        "",
        "foo",
        "text",
        "number",
        "timestamp(13)",
        "time(13)",
        "char(65537)",
        "varchar(2147483648)",
        "varchar(x)",
        "array",
        "array()",
        "array(foo)",
        "map(integer)",
        "row()",
        "row",
        "bigint(3)",
        "bigint x",
        "row(a b c)",
        "row(\"a integer)",
        "decimal(1,2,3)",
        "qdigest",
        "varchar(99999999999999999999)",
        "interval year",
        "bigint array[",
        "array(3)",
        "row(3)",
        "map<bigint",
        "double precision precision",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const Type *type = NULL;
        assert_int_equal(type_parse(&context, texts[i], &type), FAILED);
        assert_int_equal(context.error.code, TYPE_MISMATCH);
        assert_string_equal(context.error.message,
                            arena_printf(arena, "Unknown type: %s", texts[i]));
    }
    const Type *type = NULL;
    assert_int_equal(type_parse(&context, "decimal(39,0)", &type), FAILED);
    assert_string_equal(context.error.message, "DECIMAL precision must be in range [1, 38]: 39");
    assert_int_equal(type_parse(&context, "decimal(5,6)", &type), FAILED);
    assert_string_equal(context.error.message,
                        "DECIMAL scale must be in range [0, precision (5)]: 6");
    assert_int_equal(context.error.code, INVALID_FUNCTION_ARGUMENT);
}

static void check_too_deep(const char *opening) {
    ByteString text = {0};
    for (int i = 0; i < 2000; i++) {
        byte_string_append_text(&text, opening);
    }
    const Type *type = NULL;
    assert_int_equal(type_parse(&context, byte_string_text(&text), &type), FAILED);
    byte_string_done(&text);
}

static void test_depth(void **state) {
    check_too_deep("array(");
    check_too_deep("row(a ");
    check_too_deep("row(");
}

static void check_json(const char *text, bool parametric, const char *expected) {
    const Type *type = NULL;
    ByteString json = {0};
    assert_int_equal(type_parse(&context, text, &type), OK);
    type_signature_json_append(&json, type, parametric);
    assert_string_equal(byte_string_text(&json), expected);
    byte_string_done(&json);
}

static void test_signature_json(void **state) {
    check_json("bigint", true, "{\"rawType\":\"bigint\",\"arguments\":[]}");
    check_json(
        "varchar", true,
        "{\"rawType\":\"varchar\",\"arguments\":[{\"kind\":\"LONG\",\"value\":2147483647}]}");
    check_json("decimal(3,2)", true,
               "{\"rawType\":\"decimal\",\"arguments\":[{\"kind\":\"LONG\",\"value\":3},"
               "{\"kind\":\"LONG\",\"value\":2}]}");
    check_json("timestamp(3) with time zone", true,
               "{\"rawType\":\"timestamp with time zone\",\"arguments\":[{\"kind\":\"LONG\","
               "\"value\":3}]}");
    check_json("array(timestamp(6))", false,
               "{\"rawType\":\"array\",\"arguments\":[{\"kind\":\"TYPE\",\"value\":{\"rawType\":"
               "\"timestamp\",\"arguments\":[]}}]}");
    check_json("row(\"x\"\"y\" bigint, date)", true,
               "{\"rawType\":\"row\",\"arguments\":[{\"kind\":\"NAMED_TYPE\",\"value\":{"
               "\"fieldName\":{\"name\":\"x\\\"y\"},\"typeSignature\":{\"rawType\":\"bigint\","
               "\"arguments\":[]}}},{\"kind\":\"NAMED_TYPE\",\"value\":{\"typeSignature\":{"
               "\"rawType\":\"date\",\"arguments\":[]}}}]}");
}

static void test_legacy_display(void **state) {
    const Type *type = NULL;
    ByteString text = {0};
    assert_int_equal(type_parse(&context, "row(a timestamp(6) with time zone, b time(0))", &type),
                     OK);
    type_display_append(&text, type, false);
    assert_string_equal(byte_string_text(&text), "row(a timestamp with time zone, b time)");
    byte_string_done(&text);
    assert_int_equal(type_jdbc_code(type), 2000);
    assert_int_equal(type_jdbc_code(type_varchar(3)), 12);
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
        cmocka_unit_test(test_accepted),       cmocka_unit_test(test_refused),
        cmocka_unit_test(test_depth),          cmocka_unit_test(test_signature_json),
        cmocka_unit_test(test_legacy_display),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
