/* Types: interning, texts, layouts, properties. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>

#include "warren/type.h"

static void test_interning(void **state) {
    assert_ptr_equal(type_varchar(3), type_varchar(3));
    assert_ptr_not_equal(type_varchar(3), type_char(3));
    assert_ptr_equal(type_varchar(VARCHAR_UNBOUNDED), type_varchar_unbounded());
    assert_ptr_equal(type_decimal(3, 2), type_decimal(3, 2));
    assert_ptr_equal(type_array(type_decimal(3, 2)), type_array(type_decimal(3, 2)));
    const Type *fields[] = {type_simple(TYPE_BIGINT), type_varchar_unbounded()};
    const char *names[] = {"a", NULL}, *other[] = {"A", NULL};
    const Type *named = type_row(2, fields, names);
    assert_ptr_equal(named, type_row(2, fields, names));
    assert_ptr_not_equal(named, type_row(2, fields, other));
    assert_ptr_not_equal(named, type_row(2, fields, NULL));
    for (int32_t i = 0; i < 2000; i++) {
        assert_ptr_equal(type_varchar(i), type_varchar(i));
    }
}

static void check(const Type *type, const char *name, const char *display, const char *signature) {
    assert_string_equal(type->name, name);
    assert_string_equal(type->display, display);
    assert_string_equal(type->signature, signature);
}

static void test_texts(void **state) {
    const Type *bigint = type_simple(TYPE_BIGINT);
    check(type_decimal(3, 2), "decimal(3,2)", "decimal(3, 2)", "decimal(3,2)");
    check(type_varchar_unbounded(), "varchar", "varchar", "varchar");
    check(type_varchar(0), "varchar(0)", "varchar(0)", "varchar(0)");
    check(type_timestamp(3, true), "timestamp(3) with time zone", "timestamp(3) with time zone",
          "timestamp(3) with time zone");
    check(type_time(0, true), "time(0) with time zone", "time(0) with time zone",
          "time(0) with time zone");
    check(type_simple(TYPE_INTERVAL_DAY_SECOND), "interval day to second", "INTERVAL DAY TO SECOND",
          "interval day to second");
    check(type_map(type_varchar(1), type_decimal(1, 0)), "map(varchar(1), decimal(1,0))",
          "map(varchar(1), decimal(1, 0))", "map(varchar(1),decimal(1,0))");
    const Type *fields[] = {type_simple(TYPE_INTEGER), bigint, bigint, bigint};
    const char *names[] = {"A b", "x", NULL, "select"};
    check(type_row(4, fields, names), "row(A b integer, x bigint, bigint, select bigint)",
          "row(\"A b\" integer, x bigint, bigint, \"select\" bigint)",
          "row(\"A b\" integer,\"x\" bigint,bigint,\"select\" bigint)");
    check(type_qdigest(bigint), "qdigest(bigint)", "qdigest(bigint)", "qdigest(bigint)");
    check(type_simple(TYPE_HYPERLOGLOG), "HyperLogLog", "HyperLogLog", "HyperLogLog");
    check(type_array(type_simple(TYPE_UNKNOWN)), "array(unknown)", "array(unknown)",
          "array(unknown)");
    assert_string_equal(type_function(1, &bigint, type_simple(TYPE_BOOLEAN))->name,
                        "function(bigint,boolean)");
}

static void test_layouts(void **state) {
    assert_int_equal(type_decimal(18, 0)->layout, LAYOUT_LONG);
    assert_int_equal(type_decimal(19, 0)->layout, LAYOUT_WIDE);
    assert_int_equal(type_timestamp(6, false)->layout, LAYOUT_LONG);
    assert_int_equal(type_timestamp(7, false)->layout, LAYOUT_WIDE);
    assert_int_equal(type_timestamp(3, true)->layout, LAYOUT_LONG);
    assert_int_equal(type_timestamp(4, true)->layout, LAYOUT_WIDE);
    assert_int_equal(type_time(12, false)->layout, LAYOUT_LONG);
    assert_int_equal(type_time(9, true)->layout, LAYOUT_LONG);
    assert_int_equal(type_time(10, true)->layout, LAYOUT_WIDE);
    assert_int_equal(type_simple(TYPE_REAL)->width, 4);
    assert_int_equal(type_simple(TYPE_UNKNOWN)->width, 1);
}

static void test_properties(void **state) {
    const Type *bigint = type_simple(TYPE_BIGINT), *json = type_simple(TYPE_JSON);
    assert_true(bigint->comparable && bigint->orderable);
    assert_true(json->comparable && !json->orderable);
    assert_true(type_map(bigint, bigint)->comparable && !type_map(bigint, bigint)->orderable);
    assert_false(type_array(json)->orderable);
    assert_true(type_array(json)->comparable);
    assert_false(type_simple(TYPE_HYPERLOGLOG)->comparable);
    assert_false(type_qdigest(bigint)->comparable);
    assert_true(type_simple(TYPE_UNKNOWN)->comparable);
}

static void *intern_many(void *argument) {
    for (int32_t i = 0; i < 3000; i++) {
        const Type *type = type_map(type_varchar(i), type_decimal(1 + i % 38, i % 38));
        assert_ptr_equal(type, type_map(type_varchar(i), type_decimal(1 + i % 38, i % 38)));
    }
    return NULL;
}

static void test_threads(void **state) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&threads[i], NULL, intern_many, NULL);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interning), cmocka_unit_test(test_texts),
        cmocka_unit_test(test_layouts),   cmocka_unit_test(test_properties),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
