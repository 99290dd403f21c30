/* Messages of syntax errors that a Trino 476 server was seen to give. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "sql/parser.h"

static void check(const char *text, int32_t line, int32_t column, const char *message) {
    Arena *arena = arena_create(NULL);
    Context cx = {.arena = arena};
    Node *node = NULL;
    assert_int_equal(parse_statement(&cx, text, strlen(text), &node), FAILED);
    assert_int_equal(cx.error.code, SYNTAX_ERROR);
    assert_string_equal(cx.error.message,
                        arena_printf(arena, "line %d:%d: %s", line, column, message));
    assert_int_equal(cx.error.line, line);
    assert_int_equal(cx.error.column, column);
    arena_free(arena);
}

static void test_expectations(void **state) {
    check("SELECT", 1, 7,
          "mismatched input '<EOF>'. Expecting: '*', 'ALL', 'DISTINCT', <expression>");
    check("SELECT 1 = = 2", 1, 12,
          "mismatched input '='. Expecting: 'ALL', 'ANY', 'SOME', <expression>");
    check(
        "SELECT try(", 1, 12,
        "mismatched input '<EOF>'. Expecting: ')', '*', 'ALL', 'DISTINCT', 'ORDER', <expression>");
    check("SELECT -", 1, 9,
          "mismatched input '<EOF>'. Expecting: <expression>, <integer>, DECIMAL_VALUE, "
          "DOUBLE_VALUE");
    check("SELECT 1 IN ()", 1, 10,
          "mismatched input 'IN'. Expecting: ',', 'AND', 'AS', 'EXCEPT', 'FETCH', 'FROM', 'GROUP', "
          "'HAVING', 'INTERSECT', 'LIMIT', 'OFFSET', 'OR', 'ORDER', 'UNION', 'WHERE', 'WINDOW', "
          "<EOF>, <identifier>");
    check("ALTER TABLE nation ADD", 1, 23, "mismatched input '<EOF>'. Expecting: '.', 'ADD'");
    check("SELECT CAST(NULL AS row())", 1, 25,
          "mismatched input ')'. Expecting: <integer>, <type>");
    check("INSERT INTO nation", 1, 19, "mismatched input '<EOF>'. Expecting: '(', 'WITH', <query>");
    check("SELECT 1 FROM nation\nWHERE name =\n  AND regionkey = 1", 3, 3,
          "mismatched input 'AND'. Expecting: 'ALL', 'ANY', 'SOME', <expression>");
    check("GRANT SELECT nation TO x", 1, 14,
          "mismatched input 'nation'. Expecting: ',', 'ON', 'TO'");
}

static void test_own_messages(void **state) {
    check("SELECT `a`", 1, 8,
          "backquoted identifiers are not supported; use double quotes to quote identifiers");
    check("SELECT 1 AS 1x", 1, 13,
          "identifiers must not start with a digit; surround the identifier with double quotes");
    check("SELECT 1 AS \"\"", 1, 13, "Zero-length delimited identifier not allowed");
    check("SELECT X'0G'", 1, 8, "Binary literal can only contain hexadecimal digits");
    check("SELECT U&'\\00'", 1, 8, "Incomplete escape sequence: 00");
    check("SELECT if(true)", 1, 8, "Invalid number of arguments for 'if' function");
    check("SELECT * FROM nation LIMIT 99999999999999999999", 1, 28,
          "Invalid numeric literal: 99999999999999999999");
    check("SELECT u&'\\00' FROM", 1, 20,
          "mismatched input '<EOF>'. Expecting: '(', 'JSON_TABLE', 'LATERAL', 'TABLE', 'UNNEST', "
          "<identifier>");
}

/* A large wrong text is refused in time, if need be without a list. */
static void test_large(void **state) {
    Arena *arena = arena_create(NULL);
    Context cx = {.arena = arena};
    size_t size = 1000 * 1000 + 1;
    char *text = arena_alloc(arena, size + 1);
    memcpy(text, "SELECT ", 7);
    for (size_t i = 7; i < size; i++) {
        text[i] = "f(a,"[(i - 7) % 4];
    }
    text[size] = '\0';
    Node *node = NULL;
    assert_int_equal(parse_statement(&cx, text, size, &node), FAILED);
    for (size_t i = 7; i < size; i++) {
        text[i] = "(a), "[(i - 7) % 5];
    }
    assert_int_equal(parse_statement(&cx, text, size, &node), FAILED);
    assert_non_null(strstr(cx.error.message, "mismatched input '<EOF>'"));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expectations),
        cmocka_unit_test(test_own_messages),
        cmocka_unit_test(test_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
