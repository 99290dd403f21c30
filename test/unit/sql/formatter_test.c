/* Texts as Trino lays them out (the ones it was seen to give), and a round trip over many
 * statements. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "sql/formatter.h"
#include "sql/parser.h"

static Arena *arena;
static Context context;

static const char *formatted(const char *text) {
    Node *node = NULL;
    assert_int_equal(parse_statement(&context, text, strlen(text), &node), OK);
    return format_statement(arena, node);
}

static const char *formatted_expression(const char *text) {
    Node *node = NULL;
    assert_int_equal(parse_expression(&context, text, strlen(text), &node), OK);
    return format_expression(arena, node);
}

static void test_statements(void **state) {
    assert_string_equal(formatted("select ? + 1"), "SELECT (? + 1)\n\n");
    assert_string_equal(
        formatted("SELECT nationkey, name FROM tpch.tiny.nation WHERE regionkey = 2"),
        "SELECT\n  nationkey\n, name\nFROM\n  tpch.tiny.nation\n"
        "WHERE (regionkey = 2)\n");
    assert_string_equal(
        formatted("CREATE VIEW memory.s.v COMMENT 'about v' SECURITY INVOKER AS SELECT 1 one"),
        "CREATE VIEW memory.s.v COMMENT 'about v' SECURITY INVOKER AS\nSELECT 1 one\n\n");
    assert_string_equal(
        formatted("CREATE TABLE memory.s.t (a integer COMMENT 'first', b row(x varchar) NOT NULL) "
                  "COMMENT 'a table'"),
        "CREATE TABLE memory.s.t (\n   a integer COMMENT 'first',\n   b ROW(x varchar) NOT NULL\n)"
        "\nCOMMENT 'a table'");
    assert_string_equal(formatted("SET SESSION query_priority = 1"),
                        "SET SESSION query_priority = 1");
}

static void test_expressions(void **state) {
    assert_string_equal(formatted_expression("1.5e2"), "1.5E2");
    assert_string_equal(formatted_expression("1e-3"), "1E-3");
    assert_string_equal(formatted_expression("1.50"), "DECIMAL '1.50'");
    assert_string_equal(formatted_expression("-x"), "-(x)");
    assert_string_equal(formatted_expression("a AND b AND NOT c"), "(a AND b AND (NOT c))");
    assert_string_equal(formatted_expression("a || 'it''s'"), "concat(a, 'it''s')");
    assert_string_equal(formatted_expression("\"select\" + \"x y\""), "(\"select\" + \"x y\")");
    assert_string_equal(formatted_expression("interval '1' day"), "INTERVAL  '1' DAY");
    assert_string_equal(formatted_expression("[1, 2][1]"), "ARRAY[1,2][1]");
    assert_string_equal(formatted_expression("CASE WHEN a THEN 1 ELSE 2 END"),
                        "(CASE WHEN a THEN 1 ELSE 2 END)");
    assert_string_equal(formatted_expression("cast(a as timestamp(3) with time zone)"),
                        "CAST(a AS timestamp(3) with time zone)");
    assert_string_equal(
        formatted_expression("sum(a) OVER (PARTITION BY b ORDER BY c ROWS 2 PRECEDING)"),
        "sum(a) OVER (PARTITION BY b ORDER BY c ASC ROWS 2 PRECEDING)");
    assert_string_equal(formatted_expression("count(*) FILTER (WHERE a)"),
                        "count(*) FILTER (WHERE a)");
}

static void check_round_trip(const char *text) {
    Node *first = NULL;
    Node *second = NULL;
    if (parse_statement(&context, text, strlen(text), &first) != OK) {
        fail_msg("%s\n%s", text, context.error.message);
    }
    const char *once = format_statement(arena, first);
    if (parse_statement(&context, once, strlen(once), &second) != OK) {
        fail_msg("%s\n does not parse: %s", once, context.error.message);
    }
    assert_string_equal(format_statement(arena, second), once);
    assert_true(node_equals(first, second));
}

static void test_round_trip(void **state) {
    static const char *const statements[] = {
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) TABLE t",
        "WITH FUNCTION f(a integer) RETURNS varchar LANGUAGE SQL DETERMINISTIC BEGIN DECLARE x, y "
        "integer DEFAULT 0; SET x = a; IF x > 1 THEN RETURN 'b'; ELSEIF x = 1 THEN RETURN 'o'; "
        "ELSE RETURN 's'; END IF; top: LOOP LEAVE top; END LOOP; WHILE x < 1 DO ITERATE top; "
        "END WHILE; REPEAT SET x = 1; UNTIL x = 1 END REPEAT; CASE x WHEN 1 THEN RETURN 'x'; END "
        "CASE; RETURN NULL; END SELECT f(3)",
        "SELECT DISTINCT a.*, b AS \"B b\" FROM a, (b JOIN c ON a = b) LEFT JOIN d USING (x, y) "
        "CROSS JOIN UNNEST(e, f) WITH ORDINALITY AS t(p, q) NATURAL JOIN g TABLESAMPLE SYSTEM (5) "
        "WHERE x IN (1, 2) AND y NOT LIKE 'a' ESCAPE '\\' GROUP BY DISTINCT GROUPING SETS ((a), "
        "(a, b), ()), ROLLUP (a) HAVING count(*) > 1 WINDOW w AS (PARTITION BY a), v AS (w) ORDER "
        "BY 1 DESC NULLS LAST OFFSET 2 FETCH FIRST 3 ROWS WITH TIES",
        "SELECT * FROM t FOR VERSION AS OF 5 MATCH_RECOGNIZE (PARTITION BY a ORDER BY b MEASURES "
        "LAST(A.x) AS x, MATCH_NUMBER() AS n ALL ROWS PER MATCH OMIT EMPTY MATCHES AFTER MATCH "
        "SKIP "
        "TO FIRST A PATTERN (^ A B*? (C{2} | D+ | PERMUTE(E, F))? {- G -} $) SUBSET U = (A, B) "
        "DEFINE A AS true, B AS PREV(B.x) > 1)",
        "SELECT * FROM TABLE(f(a => TABLE(t) AS q PARTITION BY (x) KEEP WHEN EMPTY ORDER BY y, b "
        "=> "
        "DESCRIPTOR(p, q bigint), c => CAST(NULL AS DESCRIPTOR), 5 COPARTITION (a, b)))",
        "SELECT * FROM JSON_TABLE('[]', 'lax $' AS \"r\" PASSING 1 AS x COLUMNS (n FOR ORDINALITY, "
        "a "
        "integer PATH 'lax $.a' DEFAULT 0 ON EMPTY, j varchar FORMAT JSON WITH CONDITIONAL ARRAY "
        "WRAPPER, NESTED PATH 'lax $.b' AS \"k\" COLUMNS (b integer)) PLAN (\"r\" OUTER \"k\") "
        "ERROR "
        "ON ERROR)",
        "SELECT json_value(a, 'lax $' RETURNING bigint DEFAULT 1 ON EMPTY ERROR ON ERROR), "
        "json_query(a, 'lax $' WITHOUT WRAPPER OMIT QUOTES), json_exists(a, 'lax $' TRUE ON "
        "ERROR), "
        "json_object(KEY 'a' VALUE 1, 'b' : 2 ABSENT ON NULL), json_array(1, NULL NULL ON NULL)",
        "SELECT trim(LEADING 'x' FROM y), extract(year FROM d), substring(a FROM 2 FOR 3), "
        "position(a "
        "IN b), listagg(DISTINCT a, ',' ON OVERFLOW TRUNCATE '.' WITH COUNT) WITHIN GROUP (ORDER "
        "BY "
        "a), x -> x + 1, (a, b) -> a, ROW(1, 2).x, TRY_CAST(a AS array(map(bigint, char(3)))), 1 = "
        "ALL (SELECT 1), EXISTS (SELECT 2), a BETWEEN 1 AND 2, a IS DISTINCT FROM b",
        "MERGE INTO t AS x USING s ON x.a = s.a WHEN MATCHED AND x.b > 1 THEN UPDATE SET b = 2, c "
        "= 3 "
        "WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a, b) VALUES (1, 2)",
        "CREATE TABLE IF NOT EXISTS a.b (k, v) COMMENT 'c' WITH (p = 1, q = DEFAULT) AS SELECT 1, "
        "2 "
        "WITH NO DATA",
        "CREATE OR REPLACE MATERIALIZED VIEW v GRACE PERIOD INTERVAL '1' DAY COMMENT 'm' AS TABLE "
        "t",
        "ALTER TABLE IF EXISTS t ADD COLUMN IF NOT EXISTS r.c array(integer) NOT NULL AFTER b",
        "ALTER TABLE t EXECUTE optimize (size => '1MB') WHERE a = 1",
        "GRANT SELECT, INSERT ON TABLE a.b TO ROLE x WITH GRANT OPTION",
        "REVOKE ADMIN OPTION FOR r FROM USER b, c GRANTED BY CURRENT_USER IN cat",
        "EXPLAIN (TYPE DISTRIBUTED, FORMAT JSON) SELECT 1",
        "START TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY",
        "EXECUTE IMMEDIATE 'SELECT ''a''' USING 1, 'b'",
        "SHOW TABLES FROM a.b LIKE 'x' ESCAPE '!'",
        "SET PATH a.b, c",
        "CALL a.b(1, x => 'y')",
    };
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        check_round_trip(statements[i]);
    }
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
        cmocka_unit_test(test_statements),
        cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
