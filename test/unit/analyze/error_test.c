/* Errors have Trino's code, position and words. */
#include "analyze_fixture.h"

static const struct {
    const char *sql, *error;
} ERRORS[] = {
    {"SELECT x", "COLUMN_NOT_FOUND line 1:8: Column 'x' cannot be resolved"},
    {"SELECT t.y FROM (VALUES 1) t(x)",
     "COLUMN_NOT_FOUND line 1:8: Column 't.y' cannot be resolved"},
    {"SELECT x FROM (VALUES 1) t(x), (VALUES 2) u(x)",
     "AMBIGUOUS_NAME line 1:8: Column 'x' is ambiguous"},
    {"SELECT 1 = 'a'", "TYPE_MISMATCH line 1:10: Cannot apply operator: integer = varchar(1)"},
    {"SELECT 1 FROM (VALUES 1) t(x) WHERE x",
     "TYPE_MISMATCH line 1:37: WHERE clause must evaluate to a boolean: actual type integer"},
    {"SELECT x, count(*) FROM (VALUES 1) t(x)",
     "EXPRESSION_NOT_AGGREGATE line 1:8: 'x' must be an aggregate expression or appear in GROUP "
     "BY clause"},
    {"SELECT 1 FROM (VALUES 1) t(x) WHERE count(*) > 1",
     "EXPRESSION_NOT_SCALAR line 1:46: WHERE clause cannot contain aggregations, window functions "
     "or grouping operations: [count(*)]"},
    {"SELECT count(count(*)) FROM (VALUES 1) t(x)",
     "NESTED_AGGREGATION line 1:8: Cannot nest aggregations inside aggregation 'count': "
     "[count(*)]"},
    {"SELECT DISTINCT x FROM (VALUES (1, 2)) t(x, y) ORDER BY y",
     "EXPRESSION_NOT_IN_DISTINCT line 1:1: For SELECT DISTINCT, ORDER BY expressions must appear "
     "in select list"},
    {"SELECT * FROM (VALUES (1, 2)) t(x)",
     "MISMATCHED_COLUMN_ALIASES line 1:15: Column alias list has 1 entries but 't' has 2 columns "
     "available"},
    {"SELECT 1 UNION SELECT 'a'",
     "TYPE_MISMATCH line 1:10: column 1 in UNION query has incompatible types: integer, "
     "varchar(1)"},
    {"SELECT CAST(1 AS nosuch)", "TYPE_MISMATCH line 1:8: Unknown type: nosuch"},
    {"SELECT DATE 'x'", "INVALID_LITERAL line 1:8: 'x' is not a valid DATE literal"},
    {"SELECT nosuch(1)", "FUNCTION_NOT_FOUND line 1:8: Function 'nosuch' not registered"},
    {"SELECT * FROM a.b.c", "CATALOG_NOT_FOUND line 1:15: Catalog 'a' not found"},
    {"SELECT * FROM t", "MISSING_SCHEMA_NAME line 1:15: Schema must be specified when session "
                        "schema is not set"},
    {"SELECT ?", "INVALID_PARAMETER_USAGE line 1:1: Incorrect number of parameters: expected 1 "
                 "but found 0"},
    {"WITH FUNCTION f(x integer) RETURNS integer RETURN f(x) SELECT f(1)",
     "NOT_SUPPORTED line 1:6: Recursive language functions are not supported: "
     "f(integer):integer"},
};

static void errors_are_trinos(void **state) {
    Fixture f;
    fixture_init(&f);
    for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++) {
        assert_analyzed(&f, ERRORS[i].sql, ERRORS[i].error);
    }
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_trinos),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
