/* Generic work on trees: names, children, equality. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "sql/parser.h"

static Arena *arena;
static Context context;

static Node *expression_of(const char *text) {
    Node *node = NULL;
    assert_int_equal(parse_expression(&context, text, strlen(text), &node), OK);
    return node;
}

static void count_child(void *argument, Node *child) {
    assert_non_null(child);
    (*(int *)argument)++;
}

static int child_count(const char *text) {
    int count = 0;
    node_visit_children(expression_of(text), count_child, &count);
    return count;
}

static void test_names(void **state) {
    assert_string_equal(node_kind_name(NODE_COMPARISON_EXPRESSION), "ComparisonExpression");
    assert_int_equal(node_kind_class(NODE_COMPARISON_EXPRESSION), NODE_CLASS_EXPRESSION);
    assert_int_equal(node_kind_class(NODE_EXECUTE_IMMEDIATE), NODE_CLASS_STATEMENT);
    assert_int_equal(node_kind_class(NODE_JOIN), NODE_CLASS_RELATION);
}

static void test_children(void **state) {
    assert_int_equal(child_count("a"), 0);
    assert_int_equal(child_count("a = b"), 2);
    assert_int_equal(child_count("a LIKE b"), 2);
    assert_int_equal(child_count("a LIKE b ESCAPE c"), 3);
    assert_int_equal(child_count("a AND b AND c AND d"), 4);
    assert_int_equal(child_count("f(DISTINCT a, b ORDER BY c) FILTER (WHERE d) OVER w"), 6);
}

static void test_equality(void **state) {
    assert_true(node_equals(NULL, NULL));
    assert_false(node_equals(expression_of("a"), NULL));
    assert_true(node_equals(expression_of("F(a)  +  1"), expression_of("f(\"A\")+1")));
    assert_false(node_equals(expression_of("a + 1"), expression_of("a - 1")));
    assert_false(node_equals(expression_of("'a'"), expression_of("'A'")));
    assert_false(node_equals(expression_of("f(a)"), expression_of("f(a, b)")));
    assert_false(node_equals(expression_of("f(a)"), expression_of("f(DISTINCT a)")));
    assert_false(node_equals(expression_of("a"), expression_of("1")));
}

static int set_up(void **state) {
    arena = arena_create(NULL);
    context = (Context){.arena = arena};
    return 0;
}

static int tear_down(void **state) {
    arena_free(arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_children),
        cmocka_unit_test(test_equality),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
