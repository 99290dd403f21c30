/* The shape of trees, the positions of nodes, and the limits of what is parsed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "sql/parser.h"

static Arena *arena;
static Context context;

static Node *expression_of(const char *text) {
    Node *node = NULL;
    assert_int_equal(parse_expression(&context, text, strlen(text), &node), OK);
    return node;
}

static Node *statement_of(const char *text) {
    Node *node = NULL;
    assert_int_equal(parse_statement(&context, text, strlen(text), &node), OK);
    return node;
}

static void check_position(const Node *node, NodeKind kind, int32_t line, int32_t column) {
    assert_string_equal(node_kind_name(node->kind), node_kind_name(kind));
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
}

static void test_positions_are_trinos(void **state) {
    check_position(expression_of("name = 1"), NODE_COMPARISON_EXPRESSION, 1, 6);
    check_position(expression_of("a +\n b"), NODE_ARITHMETIC_BINARY_EXPRESSION, 1, 3);
    check_position(expression_of("a || b"), NODE_FUNCTION_CALL, 1, 3);
    check_position(expression_of("(a) AND b"), NODE_LOGICAL_EXPRESSION, 1, 1);
    check_position(expression_of("a NOT IN (1)"), NODE_NOT_EXPRESSION, 1, 3);
    check_position(expression_of("a IS NULL"), NODE_IS_NULL_PREDICATE, 1, 3);
    check_position(expression_of("a.b.c"), NODE_DEREFERENCE_EXPRESSION, 1, 1);
    check_position(expression_of("a AT TIME ZONE 'UTC'"), NODE_AT_TIME_ZONE, 1, 3);
    check_position(expression_of("(SELECT 1)"), NODE_SUBQUERY_EXPRESSION, 1, 1);
    Query *query = NODE_CAST(Query, statement_of("SELECT 1 UNION SELECT 2"));
    check_position(query->query_body, NODE_SET_OPERATION, 1, 10);
}

static void test_precedence(void **state) {
    LogicalExpression * or = NODE_CAST(LogicalExpression, expression_of("a OR b AND c AND NOT d"));
    assert_int_equal(or->operator, LOGICAL_OR);
    assert_int_equal(or->terms.count, 2);
    LogicalExpression *and = NODE_CAST(LogicalExpression, or->terms.items[1]);
    assert_int_equal(and->terms.count, 3);
    assert_int_equal(and->terms.items[2]->kind, NODE_NOT_EXPRESSION);
    assert_true(
        node_equals(expression_of("a || b + c * -d"), expression_of("a || (b + (c * (-d)))")));
    assert_true(node_equals(expression_of("1 - 2 - 3"), expression_of("(1 - 2) - 3")));
    assert_true(node_equals(expression_of("NOT a = b"), expression_of("NOT (a = b)")));
    assert_false(node_equals(expression_of("a AND (b AND c)"), expression_of("a AND b AND c")));
}

static void test_literals(void **state) {
    LongLiteral *number = NODE_CAST(LongLiteral, expression_of("-0xFF"));
    assert_int_equal(number->value, -255);
    number = NODE_CAST(LongLiteral, expression_of("-9223372036854775808"));
    assert_true(number->value == INT64_MIN);
    StringLiteral *string =
        NODE_CAST(StringLiteral, expression_of("U&'a#00e9#+01F600##' UESCAPE '#'"));
    assert_string_equal(string->value, "aé😀#");
    BinaryLiteral *binary = NODE_CAST(BinaryLiteral, expression_of("X'0a FF'"));
    assert_int_equal(binary->value_size, 2);
    assert_memory_equal(binary->value, "\x0a\xff", 2);
    GenericLiteral *generic = NODE_CAST(GenericLiteral, expression_of("DOUBLE PRECISION '1.5'"));
    assert_string_equal(generic->type, "DOUBLE");
    IntervalLiteral *interval =
        NODE_CAST(IntervalLiteral, expression_of("INTERVAL - '1-2' YEAR TO MONTH"));
    assert_true(interval->negative);
    assert_int_equal(interval->end_field, INTERVAL_MONTH);
    assert_int_equal(expression_of("interval")->kind, NODE_IDENTIFIER);
}

static void test_parentheses(void **state) {
    assert_int_equal(expression_of("(x, y) -> x")->kind, NODE_LAMBDA_EXPRESSION);
    assert_int_equal(expression_of("(x, y)")->kind, NODE_ROW_CONSTRUCTOR);
    assert_int_equal(expression_of("((SELECT 1))")->kind, NODE_SUBQUERY_EXPRESSION);
    assert_int_equal(expression_of("((SELECT 1) + 1)")->kind, NODE_ARITHMETIC_BINARY_EXPRESSION);
    assert_int_equal(expression_of("((SELECT 1) UNION (SELECT 2))")->kind,
                     NODE_SUBQUERY_EXPRESSION);
    InPredicate *in = NODE_CAST(InPredicate, expression_of("1 IN ((SELECT 1))"));
    assert_int_equal(in->value_list->kind, NODE_IN_LIST_EXPRESSION);
    in = NODE_CAST(InPredicate, expression_of("1 IN (SELECT 1)"));
    assert_int_equal(in->value_list->kind, NODE_SUBQUERY_EXPRESSION);
}

static void test_words_that_are_not_reserved(void **state) {
    QuerySpecification *query = NODE_CAST(
        QuerySpecification,
        NODE_CAST(Query, statement_of("SELECT 1 limit FROM t offset LIMIT 5"))->query_body);
    assert_non_null(query->limit);
    AliasedRelation *aliased = NODE_CAST(AliasedRelation, query->from);
    assert_string_equal(aliased->alias->value, "offset");
    assert_int_equal(expression_of("position")->kind, NODE_IDENTIFIER);
    assert_int_equal(expression_of("position('a', 'b')")->kind, NODE_FUNCTION_CALL);
    assert_int_equal(expression_of("if(a, b)")->kind, NODE_IF_EXPRESSION);
    assert_int_equal(expression_of("if")->kind, NODE_IDENTIFIER);
    (void)statement_of("SELECT * FROM nation MATCH_RECOGNIZE");
    (void)statement_of("SELECT * FROM nation TABLESAMPLE");
    (void)statement_of("EXPLAIN ANALYZE nation");
    assert_int_equal(statement_of("DESCRIBE INPUT")->kind, NODE_SHOW_COLUMNS);
    assert_int_equal(statement_of("DESCRIBE INPUT p")->kind, NODE_DESCRIBE_INPUT);
}

static void test_types(void **state) {
    Node *node = NULL;
    const char *text = "row(a bigint, b array(varchar(3)), double precision, time with time zone)";
    assert_int_equal(parse_type(&context, text, strlen(text), &node), OK);
    RowDataType *row = NODE_CAST(RowDataType, node);
    assert_int_equal(row->fields.count, 4);
    assert_string_equal(NODE_CAST(RowField, row->fields.items[1])->name->value, "b");
    assert_null(NODE_CAST(RowField, row->fields.items[2])->name);
    assert_null(NODE_CAST(RowField, row->fields.items[3])->name);
    PathSpecification *path = NULL;
    assert_int_equal(parse_path(&context, "a.b, c", 6, &path), OK);
    assert_int_equal(path->path.count, 2);
}

static void test_parameters(void **state) {
    Node *node = statement_of("SELECT ? + ? FROM t WHERE x IN (?) LIMIT ?");
    assert_int_equal(node_parameter_count(node), 4);
}

static void check_refused(const char *text, const char *message) {
    Node *node = NULL;
    assert_int_equal(parse_statement(&context, text, strlen(text), &node), FAILED);
    assert_int_equal(context.error.code, SYNTAX_ERROR);
    assert_non_null(strstr(context.error.message, message));
    context_clear_error(&context);
}

static char *repeated(const char *prefix, const char *part, int count, const char *suffix) {
    size_t size = strlen(prefix) + strlen(part) * (size_t)count + strlen(suffix) + 1;
    char *text = arena_alloc(arena, size);
    char *end = stpcpy(text, prefix);
    for (int i = 0; i < count; i++) {
        end = stpcpy(end, part);
    }
    stpcpy(end, suffix);
    return text;
}

static void test_limits(void **state) {
    static const char *const nested[] = {
        "(",     "NOT ",  "- ", "f(",          "ARRAY[", "(SELECT ",  "CASE WHEN ",
        "trim(", "x -> ", "a[", "json_array(", "CAST(",  "position(",
    };
    for (size_t i = 0; i < sizeof nested / sizeof nested[0]; i++) {
        const char *text = repeated("SELECT ", nested[i], 10000, "1");
        if (strcmp(nested[i], "- ") == 0) {
            text = repeated("SELECT ", nested[i], 10000, "x");
        }
        check_refused(text, "is too large (stack overflow while parsing)");
    }
    check_refused(repeated("SELECT 1", " + 1", 100000, ""), "is too large");
    check_refused(repeated("SELECT 1", " UNION SELECT 1", 20000, ""), "is too large");
    (void)statement_of(repeated("SELECT true", " AND true", 100000, ""));
    (void)statement_of(repeated("SELECT 1", " + 1", 4000, ""));
    (void)statement_of(repeated("SELECT 1", ", 1", 300000, ""));
    (void)statement_of(repeated("SELECT ", "(", 900, repeated("1", ")", 900, "")));
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
        cmocka_unit_test(test_positions_are_trinos),
        cmocka_unit_test(test_precedence),
        cmocka_unit_test(test_literals),
        cmocka_unit_test(test_parentheses),
        cmocka_unit_test(test_words_that_are_not_reserved),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
