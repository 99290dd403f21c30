/*
 * The tpch connector's surface: schema names, column names and types, statistics as recorded in
 * test/tpch/stats.json, and what filters do to handles and rows.
 */
#include "plugin_host.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

typedef struct Fixture {
    Context cx;
    const ConnectorApi *api;
    void *catalog;
} Fixture;

static Fixture fixture_start(const char *const *properties) {
    Fixture fixture = {.cx = context_start(), .api = plugin_connector()};
    fixture.catalog = catalog_of(&fixture.cx, fixture.api, properties);
    return fixture;
}

static void fixture_done(Fixture *fixture) {
    fixture->api->free(fixture->catalog);
    context_done(&fixture->cx);
}

static ConnectorTable *table_of(Fixture *fixture, const char *schema, const char *name) {
    ConnectorTable *table;
    assert_int_equal(fixture->api->get_table(&fixture->cx, fixture->catalog, schema, name, &table),
                     OK);
    return table;
}

/* ---- names ---- */

static void test_schemas(void **state) {
    static const char *const good[] = {"tiny",  "sf1",     "sf0.1",   "sf.5",   "sf2.",
                                       "sf1.0", "sf1e1",   "sf+2",    "sf 1",   "sf1d",
                                       "sf1f",  "sf0x1p1", "sf1e400", "sf1e-3", "sf0x.8p1"};
    static const char *const bad[] = {"sf",    "sf0",  "sf-1",  "sfnan",  "sfinfinity",
                                      "sf1_0", "sfx",  " sf1",  "sf1x",   "sf0x1",
                                      "sf.",   "sf1e", "sfinf", "default"};
    Fixture fixture = fixture_start(NULL);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        TableName *tables;
        int32_t count;
        assert_non_null(table_of(&fixture, good[i], "nation"));
        assert_int_equal(
            fixture.api->list_tables(&fixture.cx, fixture.catalog, good[i], &tables, &count), OK);
        assert_int_equal(count, 8);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(table_of(&fixture, bad[i], "nation"));
    }
    assert_null(table_of(&fixture, "tiny", "nope"));
    StringList schemas;
    assert_int_equal(fixture.api->list_schemas(&fixture.cx, fixture.catalog, &schemas), OK);
    assert_int_equal(schemas.count, 9);
    const char *text;
    assert_int_equal(fixture.api->print_handle(&fixture.cx, fixture.catalog,
                                               table_of(&fixture, "sf.5", "orders")->handle, &text),
                     OK);
    assert_string_equal(text, "test:sf.5:orders");
    fixture_done(&fixture);
}

static void test_column_names(void **state) {
    static const char *const standard[] = {"tpch.column-naming", "standard",
                                           "tpch.double-type-mapping", "DECIMAL", NULL};
    Fixture fixture = fixture_start(NULL);
    ConnectorTable *table = table_of(&fixture, "tiny", "partsupp");
    assert_int_equal(table->column_count, 6);
    assert_string_equal(table->columns[3].name, "supplycost");
    assert_string_equal(table->columns[3].type->name, "double");
    assert_true(table->columns[3].not_null);
    assert_false(table->columns[4].hidden);
    assert_string_equal(table->columns[5].name, "row_number");
    assert_true(table->columns[5].hidden);
    fixture_done(&fixture);

    fixture = fixture_start(standard);
    table = table_of(&fixture, "tiny", "partsupp");
    assert_string_equal(table->columns[3].name, "ps_supplycost");
    assert_string_equal(table->columns[3].type->name, "decimal(12,2)");
    assert_string_equal(table->columns[5].name, "row_number");
    fixture_done(&fixture);
}

static void check_refused(const char *name, const char *text, const char *message) {
    Context cx = context_start();
    PropertyValue property = {.name = name, .text = text};
    void *catalog;
    assert_int_equal(plugin_connector()->create(&cx, "test", &property, 1, &catalog), FAILED);
    assert_string_equal(cx.error.message, message);
    context_done(&cx);
}

static void test_bad_properties(void **state) {
    check_refused("tpch.splits-per-node", "0", "splitsPerNode must be at least 1");
    check_refused("tpch.splits-per-node", "abc",
                  "Invalid value 'abc' for type int (property 'tpch.splits-per-node')");
    check_refused("tpch.column-naming", "foo",
                  "Invalid value 'foo' for type ColumnNaming (property 'tpch.column-naming')");
    check_refused("tpch.partitioning-enabled", "foo",
                  "Invalid value 'foo' for type boolean (property 'tpch.partitioning-enabled')");
}

/* ---- statistics ---- */

/* A recorded low or high value: a number or a date. */
static double recorded_value(const char *text) {
    int year, month, day;
    if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3) {
        return strtod(text, NULL);
    }
    struct tm date = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    return (double)(timegm(&date) / 86400);
}

static void assert_same(double value, const json_t *recorded) {
    if (json_is_null(recorded)) {
        assert_true(isnan(value));
    } else {
        /* SHOW STATS multiplies an average by the rows: sizes are recorded with its rounding error
         */
        assert_true(fabs(value - json_number_value(recorded)) <= fabs(value) * 1e-12);
    }
}

static void check_statistics(Fixture *fixture, const ConnectorTable *table, Handle handle,
                             const json_t *recorded) {
    TableStatistics statistics = {0};
    assert_int_equal(
        fixture->api->get_statistics(&fixture->cx, fixture->catalog, handle, &statistics), OK);
    size_t count = json_array_size(recorded) - 1;
    assert_int_equal(table->column_count - 1, count);
    assert_same(statistics.row_count, json_array_get(json_array_get(recorded, count), 4));
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(recorded, i);
        const ColumnStatistics *column = &statistics.columns[i];
        assert_string_equal(json_string_value(json_array_get(row, 0)), table->columns[i].name);
        if (json_is_null(json_array_get(row, 1)) ||
            json_number_value(json_array_get(row, 3)) == 0) {
            assert_same(column->data_bytes, json_array_get(row, 1));
            assert_same(column->distinct_count, json_array_get(row, 2));
            assert_same(column->null_fraction, json_array_get(row, 3));
        }
        const json_t *low = json_array_get(row, 5), *high = json_array_get(row, 6);
        assert_int_equal(column->has_range, json_is_string(low));
        if (column->has_range) {
            assert_true(column->low == recorded_value(json_string_value(low)));
            assert_true(column->high == recorded_value(json_string_value(high)));
        }
    }
}

static json_t *load_statistics(void) {
    char path[1024];
    snprintf(path, sizeof path, "%s/test/tpch/stats.json", getenv("WARREN_SOURCE_DIR"));
    json_t *recorded = json_load_file(path, 0, NULL);
    assert_non_null(recorded);
    return recorded;
}

static void test_statistics(void **state) {
    static const char *const schemas[] = {"tiny", "sf1", "sf3000", "sf100"};
    json_t *recorded = load_statistics();
    Fixture fixture = fixture_start(NULL);
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
        const json_t *tables =
            json_object_get(json_object_get(recorded, "simplified_double"), schemas[i]);
        const char *name;
        json_t *rows;
        json_object_foreach((json_t *)tables, name, rows) {
            ConnectorTable *table = table_of(&fixture, schemas[i], name);
            check_statistics(&fixture, table, table->handle, rows);
        }
    }
    json_decref(recorded);
    fixture_done(&fixture);
}

/* ---- filters ---- */

/* A domain of single values of a varchar column. */
static Domain *domain_of_values(Fixture *fixture, const char *const *values, int32_t count) {
    Domain *domain = arena_new(fixture->cx.arena, Domain);
    Range *ranges = arena_new_array(fixture->cx.arena, Range, count + 1);
    for (int32_t i = 0; i < count; i++) {
        Vector *value = vector_create(type_varchar(25), 1);
        vector_set_string(value, 0, values[i], strlen(values[i]));
        ranges[i] = (Range){value, value, true, true};
        arena_on_free(fixture->cx.arena, (void (*)(void *))vector_unref, value);
    }
    domain->range_count = count;
    domain->ranges = ranges;
    return domain;
}

static Domain *domain_of_keys(Fixture *fixture, int64_t low, int64_t high, bool inclusive) {
    Domain *domain = arena_new(fixture->cx.arena, Domain);
    Range *range = arena_new(fixture->cx.arena, Range);
    Vector *bounds[2];
    for (int32_t i = 0; i < 2; i++) {
        bounds[i] = vector_create(type_simple(TYPE_BIGINT), 1);
        VECTOR_DATA(bounds[i], int64_t)[0] = i == 0 ? low : high;
        arena_on_free(fixture->cx.arena, (void (*)(void *))vector_unref, bounds[i]);
    }
    *range = (Range){bounds[0], bounds[1], inclusive, inclusive};
    domain->range_count = 1;
    domain->ranges = range;
    return domain;
}

/* The handle with the filter, and how many domains the engine has to keep. */
static Handle filtered(Fixture *fixture, Handle handle, int32_t column, const Domain *domain,
                       int32_t *ret_remaining) {
    ColumnDomain domains[] = {{column, domain}};
    TupleDomain filter = {.count = 1, .domains = domains}, remaining;
    bool taken;
    Handle result;
    assert_int_equal(fixture->api->apply_filter(&fixture->cx, fixture->catalog, handle, &filter,
                                                &taken, &result, &remaining),
                     OK);
    assert_true(taken);
    *ret_remaining = remaining.none ? -1 : remaining.count;
    Handle again;
    assert_int_equal(fixture->api->apply_filter(&fixture->cx, fixture->catalog, result, &filter,
                                                &taken, &again, &remaining),
                     OK);
    assert_false(taken);
    return result;
}

typedef struct Rows {
    Context *cx;
    int64_t count;
    int64_t key_sum;
    const char *only_value; /* of the second column; NULL when there are several */
    int64_t low_key, high_key;
} Rows;

static void add_rows(void *closure, const Batch *batch) {
    Rows *rows = closure;
    VectorView keys = vector_view(batch->columns[0]);
    for (int32_t row = 0; row < batch->row_count; row++) {
        int64_t key = VIEW_VALUE(&keys, int64_t, row);
        rows->key_sum += key;
        rows->low_key = rows->count == 0 || key < rows->low_key ? key : rows->low_key;
        rows->high_key = rows->count == 0 || key > rows->high_key ? key : rows->high_key;
        rows->count++;
        const char *value = value_text(rows->cx, batch->columns[1], row);
        if (rows->count == 1) {
            rows->only_value = value;
        } else if (rows->only_value != NULL && strcmp(value, rows->only_value) != 0) {
            rows->only_value = NULL;
        }
    }
}

static Rows read_rows(Fixture *fixture, Handle handle, int32_t column) {
    Rows rows = {.cx = &fixture->cx};
    int32_t columns[] = {0, column};
    assert_int_equal(read_table(&fixture->cx, fixture->api, fixture->catalog, handle, columns, 2,
                                add_rows, &rows),
                     OK);
    return rows;
}

static void test_status_filters(void **state) {
    static const char *const values[] = {"F", "O", "P"};
    json_t *recorded = load_statistics();
    json_t *filters = json_object_get(json_object_get(recorded, "simplified_double"), "filtered");
    Fixture fixture = fixture_start(NULL);
    ConnectorTable *table = table_of(&fixture, "tiny", "orders");
    for (int32_t i = 0; i < 3; i++) {
        char query[100];
        snprintf(query, sizeof query, "tiny: SELECT * FROM orders WHERE orderstatus='%s'",
                 values[i]);
        int32_t remaining;
        Handle handle = filtered(&fixture, table->handle, 2,
                                 domain_of_values(&fixture, &values[i], 1), &remaining);
        assert_int_equal(remaining, 0);
        const json_t *rows = json_object_get(filters, query);
        check_statistics(&fixture, table, handle, rows);
        Rows read = read_rows(&fixture, handle, 2);
        assert_int_equal(read.count, json_number_value(json_array_get(
                                         json_array_get(rows, json_array_size(rows) - 1), 4)));
        assert_string_equal(read.only_value, values[i]);
    }
    const char *const pair[] = {"F", "P"};
    int32_t remaining;
    Handle handle =
        filtered(&fixture, table->handle, 2, domain_of_values(&fixture, pair, 2), &remaining);
    check_statistics(
        &fixture, table, handle,
        json_object_get(filters, "tiny: SELECT * FROM orders WHERE orderstatus IN ('F','P')"));
    assert_int_equal(read_rows(&fixture, handle, 2).count, 7304 + 363);
    const char *const none[] = {"X"};
    handle = filtered(&fixture, table->handle, 2, domain_of_values(&fixture, none, 1), &remaining);
    assert_int_equal(remaining, -1);
    assert_int_equal(read_rows(&fixture, handle, 2).count, 0);
    json_decref(recorded);
    fixture_done(&fixture);
}

/* Filtered rows are those of the whole table: counts and keys add up over the values of each
   column. */
static void test_part_filters(void **state) {
    static const int32_t filtered_columns[] = {4, 6};
    Fixture fixture = fixture_start(NULL);
    ConnectorTable *table = table_of(&fixture, "sf0.37", "part");
    Rows all = read_rows(&fixture, table->handle, 1);
    assert_int_equal(all.count, 74000);
    for (int32_t i = 0; i < 2; i++) {
        static const char *const values[][4] = {
            {"ECONOMY ANODIZED BRASS", "LARGE PLATED TIN", "STANDARD POLISHED TIN", NULL},
            {"JUMBO BAG", "SM CASE", "WRAP DRUM", NULL}};
        int64_t count = 0;
        for (int32_t v = 0; values[i][v] != NULL; v++) {
            int32_t remaining;
            Handle handle = filtered(&fixture, table->handle, filtered_columns[i],
                                     domain_of_values(&fixture, &values[i][v], 1), &remaining);
            Rows rows = read_rows(&fixture, handle, filtered_columns[i]);
            assert_string_equal(rows.only_value, values[i][v]);
            count += rows.count;
            /* the other columns are those of the same rows */
            assert_null(read_rows(&fixture, handle, 1).only_value);
        }
        assert_true(count > 0 && count < all.count);
    }
    fixture_done(&fixture);
}

static void test_key_filters(void **state) {
    static const struct {
        const char *table;
        int64_t low, high;
        bool inclusive;
        int64_t count, low_key, high_key;
    } cases[] = {
        {"orders", 1, 1, true, 1, 1, 1},
        {"orders", 8, 31, true, 0, 0, 0},
        {"orders", 7, 32, true, 2, 7, 32},
        {"orders", 39, 64, false, 0, 0, 0},
        {"orders", 59975, 100000, true, 2, 59975, 60000},
        {"lineitem", 59975, 60000, true, 0, 59975, 60000},
        {"customer", -5, 3, true, 3, 1, 3},
        {"customer", 1499, 5000, false, 1, 1500, 1500},
        {"partsupp", 2, 3, true, 8, 2, 3},
        {"nation", 3, 5, true, 3, 3, 5},
        {"region", INT64_MIN, INT64_MAX, true, 5, 0, 4},
    };
    Fixture fixture = fixture_start(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ConnectorTable *table = table_of(&fixture, "tiny", cases[i].table);
        const Domain *domain =
            domain_of_keys(&fixture, cases[i].low, cases[i].high, cases[i].inclusive);
        ColumnDomain domains[] = {{0, domain}};
        TupleDomain filter = {.count = 1, .domains = domains}, remaining;
        bool taken;
        Handle handle = table->handle;
        assert_int_equal(fixture.api->apply_filter(&fixture.cx, fixture.catalog, handle, &filter,
                                                   &taken, &handle, &remaining),
                         OK);
        assert_true(!taken || remaining.count == 1);
        Rows rows = read_rows(&fixture, handle, 1);
        if (strcmp(cases[i].table, "lineitem") != 0) {
            assert_int_equal(rows.count, cases[i].count);
        }
        if (rows.count > 0) {
            assert_int_equal(rows.low_key, cases[i].low_key);
            assert_int_equal(rows.high_key, cases[i].high_key);
        }
    }
    fixture_done(&fixture);
}

static void test_filters_disabled(void **state) {
    static const char *const properties[] = {"tpch.predicate-pushdown-enabled", "false", NULL};
    static const char *const value[] = {"F"};
    Fixture fixture = fixture_start(properties);
    ConnectorTable *table = table_of(&fixture, "tiny", "orders");
    ColumnDomain domains[] = {{2, domain_of_values(&fixture, value, 1)}};
    TupleDomain filter = {.count = 1, .domains = domains}, remaining;
    bool taken;
    Handle handle;
    assert_int_equal(fixture.api->apply_filter(&fixture.cx, fixture.catalog, table->handle, &filter,
                                               &taken, &handle, &remaining),
                     OK);
    assert_false(taken);
    fixture_done(&fixture);
}

/* ---- scales at both ends ---- */

static void keep_first(void *closure, const Batch *batch) {
    const char **first = closure;
    (void)first;
    (void)batch;
}

static void test_no_suppliers(void **state) {
    Fixture fixture = fixture_start(NULL);
    ConnectorTable *table = table_of(&fixture, "sf0.00001", "lineitem");
    assert_int_equal(read_table(&fixture.cx, fixture.api, fixture.catalog, table->handle, NULL, 0,
                                keep_first, NULL),
                     FAILED);
    assert_int_equal(fixture.cx.error.code, GENERIC_INTERNAL_ERROR);
    assert_string_equal(fixture.cx.error.message, "/ by zero");
    context_clear_error(&fixture.cx);
    table = table_of(&fixture, "sf0.000001", "partsupp");
    assert_int_equal(read_table(&fixture.cx, fixture.api, fixture.catalog, table->handle, NULL, 0,
                                keep_first, NULL),
                     OK);
    fixture_done(&fixture);
}

/* The first rows where keys wrap at 32 bits and where they come from the 64-bit stream, recorded
   from the reference. */
static void check_first_rows(Fixture *fixture, const char *schema, const char *name,
                             const char *const *recorded, int32_t count) {
    ConnectorTable *table = table_of(fixture, schema, name);
    int32_t columns[] = {0, 1, 2, 3};
    void *splits, *source;
    Split split;
    int32_t split_count;
    bool finished;
    Batch *batch;
    Context *cx = &fixture->cx;
    const ConnectorApi *api = fixture->api;
    void *catalog = fixture->catalog;
    assert_int_equal(api->open_splits(cx, catalog, NULL, table->handle, NULL, &splits), OK);
    assert_int_equal(api->next_splits(cx, splits, 1, &split, &split_count, &finished), OK);
    assert_int_equal(split_count, 1);
    assert_int_equal(
        api->open_source(cx, catalog, NULL, table->handle, &split, columns, 4, NULL, &source), OK);
    assert_int_equal(api->read_source(cx, source, &batch), OK);
    for (int32_t row = 0; row < count; row++) {
        const char *text = "";
        for (int32_t i = 0; i < 4; i++) {
            text = arena_printf(cx->arena, "%s%s%s", text, i == 0 ? "" : " ",
                                value_text(cx, batch->columns[i], row));
        }
        assert_string_equal(text, recorded[row]);
    }
    batch_free(batch);
    api->close_source(source, NULL);
    api->close_splits(splits);
}

static void test_huge_scales(void **state) {
    static const char *const properties[] = {"tpch.double-type-mapping", "DECIMAL", NULL};
    Fixture fixture = fixture_start(properties);
#define CHECK(schema, table, ...)                                                                  \
    check_first_rows(&fixture, schema, table, (const char *const[]){__VA_ARGS__},                  \
                     (int32_t)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)))
#include "tpch_huge_rows.inc"
#undef CHECK
    fixture_done(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schemas),        cmocka_unit_test(test_column_names),
        cmocka_unit_test(test_bad_properties), cmocka_unit_test(test_statistics),
        cmocka_unit_test(test_status_filters), cmocka_unit_test(test_part_filters),
        cmocka_unit_test(test_key_filters),    cmocka_unit_test(test_filters_disabled),
        cmocka_unit_test(test_no_suppliers),   cmocka_unit_test(test_huge_scales),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
