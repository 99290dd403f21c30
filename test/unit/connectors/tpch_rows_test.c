/*
 * Every row of the tpch tables at tiny and sf1 against what the reference returned: row counts and,
 * for each column, the order-independent checksum that its checksum() function gives
 * (test/tpch/checksums.json).
 */
#include "plugin_host.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <stdio.h>
#include <xxhash.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { COLUMNS_MAX = 32 };

typedef struct Sums {
    int64_t row_count;
    uint64_t columns[COLUMNS_MAX];
} Sums;

static uint64_t hash_value(const Vector *vector, const VectorView *view, int32_t row) {
    if (vector->type->layout == LAYOUT_STRING) {
        const StringView *text = &VIEW_VALUE(view, StringView, row);
        return XXH64(string_data(text), text->length, 0);
    }
    int64_t value = vector->type->layout == LAYOUT_INT ? VIEW_VALUE(view, int32_t, row)
                                                       : VIEW_VALUE(view, int64_t, row);
    return XXH64(&value, sizeof value, 0);
}

static void add_batch(void *closure, const Batch *batch) {
    Sums *sums = closure;
    sums->row_count += batch->row_count;
    for (int32_t i = 0; i < batch->column_count; i++) {
        const Vector *vector = batch->columns[i];
        VectorView view = vector_view(vector);
        assert_int_equal(vector->length, batch->row_count);
        uint64_t sum = 0;
        for (int32_t row = 0; row < batch->row_count; row++) {
            sum += hash_value(vector, &view, row);
        }
        sums->columns[i] += sum * 0x9E3779B185EBCA87u;
    }
}

static void assert_checksum(uint64_t sum, const json_t *expected, const char *table,
                            const char *column) {
    char text[17];
    for (int32_t i = 0; i < 8; i++) {
        snprintf(text + 2 * i, 3, "%02X", (unsigned)(sum >> (8 * i) & 255));
    }
    const char *checksum = json_string_value(json_object_get(expected, "checksum"));
    if (strcmp(text, checksum) != 0) {
        fail_msg("%s.%s: %s instead of %s", table, column, text, checksum);
    }
}

static void check_table(const ConnectorApi *api, void *catalog, const char *schema,
                        const char *name, const json_t *expected, bool is_decimal) {
    Context cx = context_start();
    ConnectorTable *table;
    assert_int_equal(api->get_table(&cx, catalog, schema, name, &table), OK);
    assert_non_null(table);
    const json_t *columns = json_object_get(expected, "columns");
    assert_int_equal(table->column_count, json_object_size(columns));
    int32_t positions[COLUMNS_MAX];
    for (int32_t i = 0; i < table->column_count; i++) {
        positions[i] = i;
    }
    Sums sums = {0};
    assert_int_equal(read_table(&cx, api, catalog, table->handle, positions, table->column_count,
                                add_batch, &sums),
                     OK);
    assert_int_equal(sums.row_count, json_integer_value(json_object_get(expected, "row_count")));
    for (int32_t i = 0; i < table->column_count; i++) {
        const json_t *column = json_object_get(columns, table->columns[i].name);
        assert_non_null(column);
        const json_t *decimal = json_object_get(column, "decimal");
        column = is_decimal && decimal != NULL ? decimal : column;
        assert_string_equal(table->columns[i].type->name,
                            json_string_value(json_object_get(column, "type")));
        assert_checksum(sums.columns[i], column, name, table->columns[i].name);
    }
    context_done(&cx);
}

static void check_schema(const char *schema, const char *const *properties, bool is_decimal) {
    char path[1024];
    snprintf(path, sizeof path, "%s/test/tpch/checksums.json", getenv("WARREN_SOURCE_DIR"));
    json_t *recorded = json_load_file(path, 0, NULL);
    assert_non_null(recorded);
    Context cx = context_start();
    const ConnectorApi *api = plugin_connector();
    void *catalog = catalog_of(&cx, api, properties);
    const char *table;
    json_t *expected;
    json_object_foreach(json_object_get(recorded, schema), table, expected) {
        check_table(api, catalog, schema, table, expected, is_decimal);
    }
    api->free(catalog);
    context_done(&cx);
    json_decref(recorded);
}

/* ---- threads ---- */

typedef struct Reader {
    const ConnectorApi *api;
    void *catalog;
    Sums sums;
} Reader;

static void *read_comments(void *argument) {
    const int32_t comment_column = 8;
    Reader *reader = argument;
    Context cx = context_start();
    ConnectorTable *table;
    if (reader->api->get_table(&cx, reader->catalog, "tiny", "orders", &table) != OK ||
        read_table(&cx, reader->api, reader->catalog, table->handle, &comment_column, 1, add_batch,
                   &reader->sums) != OK) {
        reader->sums.row_count = -1;
    }
    context_done(&cx);
    return NULL;
}

/* The text pool is still empty: the threads make it together. */
static void test_threads(void **state) {
    enum { THREADS = 4 };
    Context cx = context_start();
    const ConnectorApi *api = plugin_connector();
    Reader readers[THREADS] = {0};
    pthread_t threads[THREADS];
    void *catalog = catalog_of(&cx, api, NULL);
    for (int32_t i = 0; i < THREADS; i++) {
        readers[i] = (Reader){.api = api, .catalog = catalog};
        assert_int_equal(pthread_create(&threads[i], NULL, read_comments, &readers[i]), 0);
    }
    for (int32_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(readers[i].sums.row_count, 15000);
        assert_true(readers[i].sums.columns[0] == readers[0].sums.columns[0]);
    }
    api->free(catalog);
    context_done(&cx);
}

static void test_tiny(void **state) {
    check_schema("tiny", NULL, false);
}

/* Any number of splits and any size of batch gives the same rows. */
static void test_tiny_in_pieces(void **state) {
    static const char *const properties[] = {"tpch.splits-per-node",
                                             "13",
                                             "tpch.max-rows-per-page",
                                             "3",
                                             "tpch.double-type-mapping",
                                             "DECIMAL",
                                             NULL};
    check_schema("tiny", properties, true);
}

static void test_sf1(void **state) {
    check_schema("sf1", NULL, false);
}

static void test_sf1_in_pieces(void **state) {
    static const char *const properties[] = {"tpch.splits-per-node", "3",
                                             "tpch.double-type-mapping", "decimal", NULL};
    check_schema("sf1", properties, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),        cmocka_unit_test(test_tiny),
        cmocka_unit_test(test_tiny_in_pieces), cmocka_unit_test(test_sf1),
        cmocka_unit_test(test_sf1_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
