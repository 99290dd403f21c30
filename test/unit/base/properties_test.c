/*
 * Java .properties files as java.util.Properties reads them, environment variables, positions in
 * errors, nearest names.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/properties.h"

static Arena *arena;
static Context context;

static Properties parse(const char *text) {
    Properties properties;
    assert_int_equal(
        properties_parse(&context, "etc/a.properties", text, strlen(text), &properties), OK);
    return properties;
}

static void check(const char *text, const char *name, const char *value, int32_t line) {
    Properties properties = parse(text);
    const FileProperty *property = properties_find(&properties, name);
    assert_non_null(property);
    assert_string_equal(property->value, value);
    assert_int_equal(property->line, line);
    assert_string_equal(property->file, "etc/a.properties");
}

static void check_refused(const char *text, const char *message) {
    Properties properties;
    assert_int_equal(properties_parse(&context, "a", text, strlen(text), &properties), FAILED);
    assert_string_equal(context.error.message, message);
    assert_int_equal(context.error.code, CONFIGURATION_INVALID);
}

static void test_syntax(void **state) {
    check("a=b", "a", "b", 1);
    check("# x\n! y\n\n  a : b \n", "a", "b", 4);
    check("a b c", "a", "b c", 1);
    check("a", "a", "", 1);
    check("a=", "a", "", 1);
    check("a==b", "a", "=b", 1);
    check("a\\=b\\ c=d", "a=b c", "d", 1);
    check("x=1\r\na=b\\\r\n   c\r\nd=2", "a", "bc", 2);
    check("a=b\\\n\tc\\\n  d\nz=1", "a", "bcd", 1);
    check("a=b\\\nc\nz=1", "z", "1", 3);
    check("a=\\u00e9\\t\\x", "a", "\xc3\xa9\tx", 1);
    check("a=b\\", "a", "b", 1);
    check("connection-url=jdbc:postgresql://h:5432/d?x=y", "connection-url",
          "jdbc:postgresql://h:5432/d?x=y", 1);
    assert_int_equal(parse("").count, 0);
    assert_int_equal(parse("#only\n").count, 0);
    assert_int_equal(parse("a=1\nb=2\nc=3").count, 3);
}

static void test_environment(void **state) {
    setenv("WARREN_TEST_A", "one", 1);
    setenv("WARREN_TEST_B", "${ENV:WARREN_TEST_A}", 1);
    check("a=${ENV:WARREN_TEST_A}", "a", "one", 1);
    check("a=<${ENV:WARREN_TEST_B}|${ENV:WARREN_TEST_A}>", "a", "<${ENV:WARREN_TEST_A}|one>", 1);
    check_refused("x=1\na=${ENV:WARREN_TEST_NONE}",
                  "a:2: a: environment variable WARREN_TEST_NONE is not set");
    check_refused("a=${ENV:X", "a:1: a: unterminated ${ENV:...}");
}

static void test_errors(void **state) {
    check_refused("a=1\nb=2\na=3", "a:3: Duplicate configuration property 'a' (first on line 1)");
    check_refused("a=\\u12g4", "a:1: Malformed \\uxxxx encoding");
    Properties properties;
    assert_int_equal(properties_read_file(&context, "/nonexistent/file", &properties), FAILED);
}

static void test_large_file(void **state) {
    size_t size = 0;
    char *text = malloc(2 << 20);
    for (int i = 0; i < 5000; i++) {
        size += (size_t)snprintf(text + size, 100, "property.number.%d=value of %d\n", i, i);
    }
    Arena *own = arena_create(NULL);
    Context cx = {.arena = own};
    Properties properties;
    assert_int_equal(properties_parse(&cx, "a", text, size, &properties), OK);
    assert_int_equal(properties.count, 5000);
    assert_true(arena_bytes(own) < 16 << 20);
    arena_free(own);
    free(text);
}

static void test_nearest(void **state) {
    static const char *const names[] = {"query.max-memory", "http-server.http.port", "coordinator"};
    assert_string_equal(nearest_name("query.max-memroy", names, 3), "query.max-memory");
    assert_string_equal(nearest_name("cordinator", names, 3), "coordinator");
    assert_null(nearest_name("something-else", names, 3));
    assert_null(nearest_name("x", names, 0));
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
        cmocka_unit_test(test_syntax),  cmocka_unit_test(test_environment),
        cmocka_unit_test(test_errors),  cmocka_unit_test(test_large_file),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
