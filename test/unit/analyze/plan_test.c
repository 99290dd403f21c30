/* Shapes of the plans that queries become, and that copies of a query share no symbols. */
#include "analyze_fixture.h"

static void clauses_become_nodes_in_order(void **state) {
    Fixture f;
    fixture_init(&f);
    assert_analyzed(&f, "SELECT 1", "Output(Project(Values))");
    assert_analyzed(&f, "VALUES 1, 2", "Output(Values)");
    assert_analyzed(&f, "SELECT x FROM (VALUES 1, 2) t(x) WHERE x > 1", "Output(Filter(Values))");
    assert_analyzed(&f, "SELECT x FROM (VALUES 1, 2) t(x) ORDER BY x", "Output(Sort(Values))");
    assert_analyzed(&f, "SELECT x FROM (VALUES 1, 2) t(x) ORDER BY x LIMIT 1",
                    "Output(TopN(Values))");
    assert_analyzed(&f, "SELECT x FROM (VALUES 1, 2) t(x) OFFSET 1 LIMIT 1",
                    "Output(Limit(Offset(Values)))");
    assert_analyzed(&f, "SELECT DISTINCT x FROM (VALUES 1, 2) t(x)", "Output(Aggregation(Values))");
    assert_analyzed(&f, "SELECT x FROM (SELECT x FROM (VALUES 1, 2) t(x) ORDER BY x)",
                    "Output(Values)");
    fixture_done(&f);
}

static void grouping_becomes_an_aggregation(void **state) {
    Fixture f;
    fixture_init(&f);
    assert_analyzed(&f, "SELECT x, count(*) FROM (VALUES 1, 2) t(x) GROUP BY x",
                    "Output(Aggregation(Values))");
    assert_analyzed(&f, "SELECT x FROM (VALUES 1, 2) t(x) GROUP BY x HAVING count(*) > 1",
                    "Output(Project(Filter(Aggregation(Values))))");
    assert_analyzed(&f, "SELECT x, y, count(*) FROM (VALUES (1, 2)) t(x, y) GROUP BY ROLLUP (x, y)",
                    "Output(Project(Aggregation(GroupId(Values))))");
    fixture_done(&f);
}

static void subqueries_join_the_plan(void **state) {
    Fixture f;
    fixture_init(&f);
    assert_analyzed(&f, "SELECT (SELECT 1)",
                    "Output(Join(Values, EnforceSingleRow(Project(Values))))");
    assert_analyzed(&f, "SELECT x FROM (VALUES 1) t(x) WHERE x IN (SELECT 1)",
                    "Output(Project(Filter(Apply(Values, Project(Values)))))");
    assert_analyzed(&f, "SELECT x FROM (VALUES 1) t(x) WHERE EXISTS (SELECT 1 WHERE x = 1)",
                    "Output(Project(Filter(Apply(Values, Project(Filter(Values))))))");
    assert_analyzed(&f, "SELECT x, (SELECT x + 1) FROM (VALUES 1) t(x)",
                    "Output(CorrelatedJoin(Values, EnforceSingleRow(Project(Values))))");
    fixture_done(&f);
}

static void relations_join(void **state) {
    Fixture f;
    fixture_init(&f);
    assert_analyzed(&f, "SELECT * FROM (VALUES 1) t(x), (VALUES 2) u(y)",
                    "Output(Join(Values, Values))");
    assert_analyzed(&f, "SELECT * FROM (VALUES 1) t(x) JOIN (VALUES BIGINT '1') u(y) ON x = y",
                    "Output(Join(Project(Values), Values))");
    assert_analyzed(&f, "SELECT * FROM (VALUES ARRAY[1]) t(x) CROSS JOIN UNNEST(x) AS u(y)",
                    "Output(Unnest(Values))");
    assert_analyzed(&f, "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3",
                    "Output(SetOperation(Project(Values), Project(Values), Project(Values)))");
    fixture_done(&f);
}

typedef struct Seen {
    int32_t count;
    const Symbol *symbols[64];
} Seen;

static void check_unique(const PlanNode *node, Seen *seen) {
    if (node->kind == PLAN_VALUES) {
        for (int32_t i = 0; i < node->outputs.count; i++) {
            for (int32_t j = 0; j < seen->count; j++) {
                assert_ptr_not_equal(seen->symbols[j], node->outputs.items[i]);
            }
            seen->symbols[seen->count++] = node->outputs.items[i];
        }
    }
    for (int32_t i = 0; i < node->source_count; i++) {
        check_unique(node->sources[i], seen);
    }
}

static void named_queries_are_copied(void **state) {
    Fixture f;
    fixture_init(&f);
    assert_analyzed(&f,
                    "WITH a AS (SELECT x FROM (VALUES 1) t(x)) "
                    "SELECT * FROM a CROSS JOIN a b CROSS JOIN a c",
                    "Output(Join(Join(Values, Values), Values))");
    Seen seen = {0};
    check_unique(f.analysis->plan, &seen);
    assert_int_equal(seen.count, 3);
    fixture_done(&f);
}

static void output_columns_are_named(void **state) {
    Fixture f;
    fixture_init(&f);
    analyze_text(&f, "SELECT X, x + 1, x AS \"A b\", t.x FROM (VALUES 1) t(x)");
    const OutputNode *output = (const OutputNode *)f.analysis->plan;
    assert_int_equal(output->column_names.count, 4);
    assert_string_equal(output->column_names.items[0], "X");
    assert_string_equal(output->column_names.items[1], "_col1");
    assert_string_equal(output->column_names.items[2], "A b");
    assert_string_equal(output->column_names.items[3], "x");
    fixture_done(&f);
}

/* Sums of thousands of terms are walked in a loop. */
static void long_chains_do_not_recurse(void **state) {
    Fixture f;
    fixture_init(&f);
    enum { TERMS = 4000 };
    char *sql = arena_alloc(f.arena, 9 + 4 * TERMS);
    memcpy(sql, "SELECT 1", 9);
    for (int i = 0; i < TERMS; i++) {
        memcpy(sql + 8 + 4 * i, " + 1", 5);
    }
    assert_analyzed(&f, sql, "Output(Project(Values))");
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clauses_become_nodes_in_order),
        cmocka_unit_test(grouping_becomes_an_aggregation),
        cmocka_unit_test(subqueries_join_the_plan),
        cmocka_unit_test(relations_join),
        cmocka_unit_test(named_queries_are_copied),
        cmocka_unit_test(output_columns_are_named),
        cmocka_unit_test(long_chains_do_not_recurse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
