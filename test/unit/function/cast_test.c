/*
 * Casts: a line is source type, text, target type and what Trino 476 answers (recorded in
 * test/conformance: the text of the value, or "!" and the error's message). Values get in by CAST
 * from varchar and out by CAST to varchar or json.
 */
#include <setjmp.h> /* cmocka needs it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/double_text.h"
#include "function/cast.h"
#include "function/kernels/json_text.h"
#include "function/kernels/row_errors.h"
#include "type/type_parse.h"
#include "warren/session.h"

static const char *const CASES[][4] = {
    {"smallint", "-300", "tinyint", "!Out of range for tinyint: -300"},
    {"integer", "2147483647", "decimal(10,2)",
     "!Cannot cast INTEGER '2147483647' to DECIMAL(10, 2)"},
    {"integer", "2147483647", "varchar(3)",
     "!Value 2147483647 cannot be represented as varchar(3)"},
    {"real", "3.4028235E38", "bigint", "9223372036854775807"},
    {"real", "3.4028235E38", "tinyint", "!Out of range for tinyint: 3.4028235E38"},
    {"real", "1E-40", "varchar", "1.0E-40"},
    {"real", "1.5", "varchar(3)", "!Value 1.5 (1.5E0) cannot be represented as varchar(3)"},
    {"double", "-2.5", "integer", "-3"},
    {"double", "NaN", "integer", "!Cannot cast double NaN to integer"},
    {"double", "1E19", "bigint", "!Unable to cast 1.0E19 to bigint"},
    {"double", "1E38", "decimal(38,0)", "!Decimal overflow"},
    {"double", "1.005", "decimal(3,2)", "1.01"},
    {"double", "NaN", "boolean", "true"},
    {"double", "NaN", "json", "\"NaN\""},
    {"decimal(7,5)", "99.99999", "tinyint", "100"},
    {"decimal(10,5)", "99999.99999", "tinyint", "!Cannot cast '100000' to TINYINT"},
    {"decimal(27,9)", "123456789012345678.123456789", "integer",
     "!Cannot cast '123456789012345678.123456789' to INTEGER"},
    {"decimal(6,3)", "123.456", "decimal(3,1)",
     "!Cannot cast DECIMAL(6, 3) '123.456' to DECIMAL(3, 1)"},
    {"decimal(2,2)", "-0.05", "decimal(2,1)", "-0.1"},
    {"varchar", " 12", "integer", "12"},
    {"varchar", "\u0663", "integer", "3"},
    {"varchar", "1.0", "integer", "!Cannot cast '1.0' to INT"},
    {"varchar", "-9223372036854775808", "bigint", "-9223372036854775808"},
    {"varchar", "9223372036854775808", "bigint", "!Cannot cast '9223372036854775808' to BIGINT"},
    {"varchar", "1e2", "decimal(5,2)", "100.00"},
    {"varchar", "-1.005", "decimal(5,2)", "-1.01"},
    {"varchar", "999.995", "decimal(5,2)",
     "!Cannot cast VARCHAR '999.995' to DECIMAL(5, 2). Value too large."},
    {"varchar", " 1", "decimal(5,2)",
     "!Cannot cast VARCHAR ' 1' to DECIMAL(5, 2). Value is not a number."},
    {"varchar", "T", "boolean", "true"},
    {"varchar", "tru", "boolean", "!Cannot cast 'tru' to BOOLEAN"},
    {"varchar", "nan", "double", "!Cannot cast 'nan' to DOUBLE"},
    {"varchar", "\u65e5\u672c\u8a9e", "varchar(2)", "\u65e5\u672c"},
    {"varchar", "ab  ", "char(3)", "ab "},
    {"varchar", "1", "json", "\"1\""},
    {"varchar", "2020-1-1", "date", "2020-01-01"},
    {"varchar", "2020-02-30", "date", "!Value cannot be cast to date: 2020-02-30"},
    {"varchar", "01:02:03.1239", "time(3)", "01:02:03.124"},
    {"varchar", "23:59:59.9999", "time(3)", "00:00:00.000"},
    {"varchar", "01:02:03.5-07:30", "time(3) with time zone", "01:02:03.500-07:30"},
    {"varchar", "2020-12-31 23:59:59.9", "timestamp(0)", "2021-01-01 00:00:00"},
    {"varchar", "2020-01-01 01:02:03.1234567890129", "timestamp(12)",
     "2020-01-01 01:02:03.123456789013"},
    {"varchar", "2020-01-01 01:02:03 Europe/London", "timestamp(3) with time zone",
     "2020-01-01 01:02:03.000 Europe/London"},
    {"varchar", "2020-01-01 01:02:03 Nowhere/City", "timestamp(3) with time zone",
     "!Value cannot be cast to timestamp: 2020-01-01 01:02:03 Nowhere/City"},
    {"timestamp(4)", "1969-12-31 23:59:59.9995", "timestamp(3)", "1970-01-01 00:00:00.000"},
    {"timestamp(3)", "1969-12-31 23:59:59.999", "time(3)", "23:59:58.999"},
    {"timestamp(0) with time zone", "2020-01-01 23:30:00 America/New_York", "date", "2020-01-01"},
    {"timestamp(0) with time zone", "2020-01-01 12:00:00 America/New_York",
     "time(3) with time zone", "12:00:00.000-05:00"},
    {"timestamp(0)", "-0001-01-01 00:00:00", "varchar", "-0001-01-01 00:00:00"},
    {"date", "12345-01-01", "varchar", "12345-01-01"},
    {"date", "2020-01-01", "timestamp(9)", "2020-01-01 00:00:00.000000000"},
    {"uuid", "12151FD2-7586-11E9-8F9E-2A86E4085A59", "varchar",
     "12151fd2-7586-11e9-8f9e-2a86e4085a59"},
    {"ipaddress", "2001:db8:0:0:1::1", "varchar", "2001:db8::1:0:0:1"},
    {"ipaddress", "::ffff:10.0.0.1", "varchar", "10.0.0.1"},
    {"varchar", "010.1.1.1", "ipaddress", "!Cannot cast value to IPADDRESS: 010.1.1.1"},
    {"json", "1.5", "integer", "2"},
    {"json", "\"12\"", "integer", "12"},
    {"json", "[1]", "integer", "!Cannot cast '[1]' to integer"},
    {"json", "3000000000", "integer", "!Cannot cast '3000000000' to integer"},
    {"json", "123.5", "decimal(3,1)", "!Cannot cast input json to DECIMAL(3,1)"},
    {"json", "1.0", "varchar", "1.0E0"},
    {"json", "[1, \"x\"]", "array(integer)",
     "!Cannot cast to array(integer). Cannot cast 'x' to INT\n[1,\"x\"]"},
    {"json", "{\"a\": 1}", "array(integer)",
     "!Cannot cast to array(integer). Expected a json array, but got {\n{\"a\":1}"},
    {"json", "[1]", "row(a integer, b integer)",
     "!Cannot cast to row(a integer, b integer). Unexpected token when cast to integer: ]\n[1]"},
    {"json", "{\"B\": 1, \"a\": [true, null]}", "row(a array(boolean), b double)",
     "{\"a\":[true,null],\"b\":1.0}"},
    {"json", "{\"2\": \"x\", \"1\": null}", "map(bigint, varchar)", "{\"1\":null,\"2\":\"x\"}"},
    {"json", "{\"b\":1, \"a\":[1,2.50,-0,1E5], \"a\":\"\\uD83D\\uDE00\\/\"}", "map(varchar, json)",
     "{\"a\":\"\\uD83D\\uDE00/\",\"b\":1}"},
    {"array(varchar)", "[\"1\", \"x\"]", "array(integer)", "!Cannot cast 'x' to INT"},
    {"array(varchar)", "[\"1\", null]", "array(integer)", "[1,null]"},
    {"map(varchar, varchar)", "{\"1\":\"a\",\"01\":\"b\"}", "map(integer, varchar)",
     "!duplicate keys"},
    {"row(a integer, b varchar)", "[1, \"a\"]", "row(x varchar, y varchar)",
     "{\"x\":\"1\",\"y\":\"a\"}"},
};

/* The cast value, or NULL with the message in *ret_message. Takes over `value`. */
static Vector *cast_value(Context *cx, Vector *value, const Type *to, const char **ret_message) {
    if (value == NULL || value->type == to) {
        return value;
    }
    Cast cast;
    assert_true(cast_exists(value->type, to));
    assert_int_equal(cast_create(cx, value->type, to, &cast), OK);
    VectorView view = vector_view(value);
    RowErrors errors;
    row_errors_init(&errors, false);
    Vector *result = vector_create(to, 1);
    KernelCall call = {
        .cx = cx,
        .state = cast.state,
        .argument_count = 1,
        .arguments = &view,
        .result = result,
        .row_count = 1,
        .errors = &errors,
    };
    assert_int_equal(cast.kernel(&call), OK);
    if (errors.row >= 0) {
        assert_true(cast_may_fail(value->type, to));
        *ret_message = errors.message;
        vector_unref(result);
        result = NULL;
    }
    vector_unref(value);
    return result;
}

static Vector *text_value(const Type *type, const char *text, size_t size) {
    Vector *vector = vector_create(type, 1);
    vector_set_string(vector, 0, text, size);
    return vector;
}

static Vector *source_value(Context *cx, const Type *type, const char *text,
                            const char **ret_message) {
    if (type->kind != TYPE_JSON && type->child_count == 0) {
        const Type *varchar = type->kind == TYPE_VARCHAR ? type : type_varchar_unbounded();
        return cast_value(cx, text_value(varchar, text, strlen(text)), type, ret_message);
    }
    ByteString json = {0};
    assert_true(json_canonicalize(text, strlen(text), &json));
    Vector *value = text_value(type_simple(TYPE_JSON), json.data, json.size);
    byte_string_done(&json);
    return cast_value(cx, value, type, ret_message);
}

static const char *printed(Context *cx, Vector *value) {
    const Type *type = value->type;
    const char *message = NULL;
    if (type->kind != TYPE_JSON && type->kind != TYPE_VARCHAR) {
        const Type *text =
            type->child_count > 0 ? type_simple(TYPE_JSON) : type_varchar_unbounded();
        value = cast_value(cx, value, text, &message);
    }
    const StringView *view = value->data;
    const char *text = arena_strndup(cx->arena, string_data(view), view->length);
    vector_unref(value);
    return text;
}

static void test_recorded_cases(void **state) {
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Arena *arena = arena_create(NULL);
        Session session = {.time_zone = "UTC", .start_micros = 1700000000000000};
        Context cx = {.arena = arena, .session = &session};
        const Type *from, *to;
        assert_int_equal(type_parse(&cx, CASES[i][0], &from), OK);
        assert_int_equal(type_parse(&cx, CASES[i][2], &to), OK);
        const char *message = NULL;
        Vector *source = source_value(&cx, from, CASES[i][1], &message);
        assert_non_null(source);
        Vector *value = cast_value(&cx, source, to, &message);
        const char *found =
            value != NULL ? printed(&cx, value) : arena_printf(arena, "!%s", message);
        if (strcmp(found, CASES[i][3]) != 0) {
            fail_msg("CAST(%s '%s' AS %s): %s, expected %s", CASES[i][0], CASES[i][1], CASES[i][2],
                     found, CASES[i][3]);
        }
        arena_free(arena);
    }
}

static void test_existence(void **state) {
    Arena *arena = arena_create(NULL);
    Context cx = {.arena = arena};
    static const char *const PAIRS[][3] = {
        {"integer", "char(4)", "no"},
        {"char(40)", "boolean", "no"},
        {"varchar", "varbinary", "yes"},
        {"varbinary", "varchar", "no"},
        {"uuid", "varchar(36)", "no"},
        {"uuid", "varchar", "yes"},
        {"time(0)", "json", "no"},
        {"timestamp(3) with time zone", "json", "no"},
        {"json", "date", "no"},
        {"map(array(integer), integer)", "json", "no"},
        {"row(a integer, b varchar)", "row(a integer)", "no"},
        {"array(integer)", "varchar", "no"},
        {"interval day to second", "varchar", "yes"},
        {"varchar", "interval day to second", "no"},
    };
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        const Type *from, *to;
        assert_int_equal(type_parse(&cx, PAIRS[i][0], &from), OK);
        assert_int_equal(type_parse(&cx, PAIRS[i][1], &to), OK);
        assert_int_equal(cast_exists(from, to), PAIRS[i][2][0] == 'y');
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_cases),
        cmocka_unit_test(test_existence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
