/*
 * The blackhole connector: definitions, properties and their messages, what is read, what is
 * swallowed. Expected texts and values were observed on Trino 476.
 */
#include "plugin_host.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct Fixture {
    Context cx;
    const ConnectorApi *api;
    void *catalog;
} Fixture;

static Fixture fixture_start(void) {
    Fixture fixture = {.cx = context_start(), .api = plugin_connector()};
    fixture.catalog = catalog_of(&fixture.cx, fixture.api, NULL);
    return fixture;
}

static void fixture_done(Fixture *fixture) {
    fixture->api->free(fixture->catalog);
    context_done(&fixture->cx);
}

static NewTable new_table(const char *name, const ConnectorColumn *columns, int32_t column_count,
                          const PropertyValue *properties, int32_t property_count) {
    return (NewTable){.schema = "default",
                      .name = name,
                      .column_count = column_count,
                      .columns = columns,
                      .property_count = property_count,
                      .properties = properties};
}

/* Creates default.t of these columns with properties given as text. */
static Status create_table(Fixture *fixture, const char *const *properties,
                           const ConnectorColumn *columns, int32_t column_count) {
    PropertyValue values[8];
    int32_t count = 0;
    for (; properties[2 * count] != NULL; count++) {
        values[count] =
            (PropertyValue){.name = properties[2 * count], .text = properties[2 * count + 1]};
    }
    NewTable definition = new_table("t", columns, column_count, values, count);
    return fixture->api->create_table(&fixture->cx, fixture->catalog, &definition, false, true);
}

static ConnectorTable *get_table(Fixture *fixture, const char *name) {
    ConnectorTable *table;
    assert_int_equal(
        fixture->api->get_table(&fixture->cx, fixture->catalog, "default", name, &table), OK);
    return table;
}

typedef struct Rows {
    Context *cx;
    int64_t count;
    int32_t largest_batch;
    const char *first; /* the first row's values */
} Rows;

static void add_rows(void *closure, const Batch *batch) {
    Rows *rows = closure;
    if (rows->count == 0) {
        rows->first = "";
        for (int32_t i = 0; i < batch->column_count; i++) {
            rows->first = arena_printf(rows->cx->arena, "%s%s%s", rows->first, i > 0 ? " " : "",
                                       value_text(rows->cx, batch->columns[i], 0));
        }
    }
    rows->count += batch->row_count;
    rows->largest_batch =
        batch->row_count > rows->largest_batch ? batch->row_count : rows->largest_batch;
}

static Status read_all(Fixture *fixture, int32_t column_count, Rows *ret_rows) {
    int32_t columns[16];
    for (int32_t i = 0; i < column_count; i++) {
        columns[i] = i;
    }
    *ret_rows = (Rows){.cx = &fixture->cx};
    return read_table(&fixture->cx, fixture->api, fixture->catalog, get_table(fixture, "t")->handle,
                      columns, column_count, add_rows, ret_rows);
}

#define PAGES(splits, pages, rows)                                                                 \
    "split_count", splits, "pages_per_split", pages, "rows_per_page", rows

static void test_values(void **state) {
    Fixture fixture = fixture_start();
    const ConnectorColumn columns[] = {
        {.name = "a", .type = type_simple(TYPE_BOOLEAN)},
        {.name = "b", .type = type_simple(TYPE_TINYINT)},
        {.name = "c", .type = type_simple(TYPE_BIGINT)},
        {.name = "d", .type = type_simple(TYPE_DOUBLE)},
        {.name = "e", .type = type_decimal(5, 2)},
        {.name = "f", .type = type_varchar_unbounded()},
        {.name = "g", .type = type_varchar(3)},
        {.name = "h", .type = type_varchar(30)},
        {.name = "i", .type = type_simple(TYPE_VARBINARY)},
        {.name = "j", .type = type_simple(TYPE_DATE)},
        {.name = "k", .type = type_timestamp(3, false)},
        {.name = "l", .type = type_decimal(30, 5)},
    };
    const char *const usual[] = {PAGES("3", "2", "5000"), NULL};
    Rows rows;
    assert_int_equal(create_table(&fixture, usual, columns, 12), OK);
    assert_int_equal(read_all(&fixture, 12, &rows), OK);
    assert_int_equal(rows.count, 30000);
    assert_int_equal(rows.largest_batch, batch_rows());
    assert_string_equal(rows.first,
                        "0 0 0 0 0 **************** *** **************** **************** 0 0 ?");
    const char *const shorter[] = {PAGES("1", "1", "1"), "field_length", "10", NULL};
    assert_int_equal(create_table(&fixture, shorter, columns + 5, 3), OK);
    assert_int_equal(read_all(&fixture, 3, &rows), OK);
    assert_string_equal(rows.first, "********** *** **********");
    const char *const empty[] = {NULL};
    assert_int_equal(create_table(&fixture, empty, columns, 12), OK);
    assert_int_equal(read_all(&fixture, 12, &rows), OK);
    assert_int_equal(rows.count, 0);
    fixture_done(&fixture);
}

static void test_unsupported_types(void **state) {
    Fixture fixture = fixture_start();
    const char *const usual[] = {PAGES("1", "1", "1"), NULL};
    const struct {
        const Type *type;
        const char *message;
    } cases[] = {
        {type_char(5), "Unsupported type [char(5)]"},
        {type_time(3, false), "Unsupported type [time(3)]"},
        {type_array(type_simple(TYPE_BIGINT)), "Unsupported type [array(bigint)]"},
        {type_timestamp(3, true), "Unsupported type [timestamp(3) with time zone]"},
        {type_simple(TYPE_UUID), "Unsupported type [uuid]"},
        {type_timestamp(9, false), "Unknown javaType: io.trino.spi.type.LongTimestamp"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const ConnectorColumn columns[] = {{.name = "b", .type = type_simple(TYPE_BIGINT)},
                                           {.name = "a", .type = cases[i].type}};
        Rows rows;
        assert_int_equal(create_table(&fixture, usual, columns, 2), OK);
        assert_ptr_equal(get_table(&fixture, "t")->columns[1].type, cases[i].type);
        assert_int_equal(read_all(&fixture, 1, &rows), OK);
        assert_int_equal(rows.count, 1);
        assert_int_equal(read_all(&fixture, 2, &rows), FAILED);
        assert_int_equal(fixture.cx.error.code, GENERIC_INTERNAL_ERROR);
        assert_string_equal(fixture.cx.error.message, cases[i].message);
        context_clear_error(&fixture.cx);
    }
    fixture_done(&fixture);
}

static void check_refused(Fixture *fixture, const char *const *properties, const char *message) {
    const ConnectorColumn column = {.name = "a", .type = type_simple(TYPE_BIGINT)};
    assert_int_equal(create_table(fixture, properties, &column, 1), FAILED);
    assert_int_equal(fixture->cx.error.code, INVALID_TABLE_PROPERTY);
    assert_string_equal(fixture->cx.error.message, message);
    context_clear_error(&fixture->cx);
}

#define UNSET                                                                                      \
    "All properties [split_count, pages_per_split, rows_per_page] must be set if any are set"
#define DELAY "Unable to set catalog 'test' table property 'page_processing_delay' to "

static void test_properties(void **state) {
    Fixture fixture = fixture_start();
    check_refused(&fixture, (const char *const[]){"split_count", "1", NULL}, UNSET);
    check_refused(&fixture, (const char *const[]){"split_count", "1", "rows_per_page", "1", NULL},
                  UNSET);
    check_refused(&fixture, (const char *const[]){PAGES("0", "1", "0"), NULL}, UNSET);
    check_refused(&fixture, (const char *const[]){PAGES("-1", "1", "1"), NULL},
                  "split_count property is negative");
    check_refused(&fixture, (const char *const[]){PAGES("1", "-1", "1"), NULL},
                  "pages_per_split property is negative");
    check_refused(&fixture, (const char *const[]){PAGES("1", "1", "-1"), NULL},
                  "rows_per_page property is negative");
    check_refused(&fixture, (const char *const[]){"page_processing_delay", "abc", NULL},
                  DELAY "['abc']: duration is not a valid data duration string: abc");
    check_refused(&fixture, (const char *const[]){"page_processing_delay", "-1s", NULL},
                  DELAY "['-1s']: duration is not a valid data duration string: -1s");
    check_refused(&fixture, (const char *const[]){"page_processing_delay", "1 parsec", NULL},
                  DELAY "['1 parsec']: Unknown time unit: parsec");
    const ConnectorColumn column = {.name = "a", .type = type_varchar(5)};
    const char *const negative[] = {"field_length",          "-1",    PAGES("1", "1", "1"),
                                    "page_processing_delay", "1.5ms", NULL};
    Rows rows;
    assert_int_equal(create_table(&fixture, negative, &column, 1), OK);
    assert_int_equal(read_all(&fixture, 1, &rows), FAILED);
    assert_string_equal(fixture.cx.error.message, "-1");
    fixture_done(&fixture);
}

static void test_statistics(void **state) {
    Fixture fixture = fixture_start();
    const ConnectorColumn columns[] = {{.name = "a", .type = type_decimal(30, 5)},
                                       {.name = "b", .type = type_simple(TYPE_DATE)}};
    const char *const usual[] = {PAGES("2147483647", "2147483647", "2147483647"), NULL};
    assert_int_equal(create_table(&fixture, usual, columns, 2), OK);
    TableStatistics statistics;
    assert_int_equal(fixture.api->get_statistics(&fixture.cx, fixture.catalog,
                                                 get_table(&fixture, "t")->handle, &statistics),
                     OK);
    assert_true(statistics.row_count > 9e27);
    assert_true(statistics.columns[0].has_range && statistics.columns[0].high == 0);
    assert_false(statistics.columns[1].has_range);
    assert_true(statistics.columns[1].distinct_count == 1);
    assert_true(isnan(statistics.columns[1].data_bytes));
    fixture_done(&fixture);
}

/* ---- definitions ---- */

static void test_changing_tables(void **state) {
    Fixture fixture = fixture_start();
    const ConnectorApi *api = fixture.api;
    Context *cx = &fixture.cx;
    const ConnectorColumn column = {.name = "a", .type = type_simple(TYPE_BIGINT)};
    const char *const empty[] = {NULL};
    assert_int_equal(create_table(&fixture, empty, &column, 1), OK);
    Handle handle = get_table(&fixture, "t")->handle;
    const char *text;
    assert_int_equal(api->print_handle(cx, fixture.catalog, handle, &text), OK);
    assert_string_equal(text, "test:default:t");
    ConnectorColumn added = {.name = "b", .type = type_varchar(3), .comment = "dropped"};
    assert_int_equal(api->add_column(cx, fixture.catalog, handle, &added, -1), OK);
    assert_int_equal(api->rename_column(cx, fixture.catalog, handle, 0, "c"), OK);
    assert_int_equal(api->set_column_type(cx, fixture.catalog, handle, 0, type_varchar(7)), OK);
    ConnectorTable *table = get_table(&fixture, "t");
    assert_int_equal(table->column_count, 2);
    assert_string_equal(table->columns[0].name, "c");
    assert_ptr_equal(table->columns[0].type, type_varchar(7));
    assert_string_equal(table->columns[1].name, "b");
    assert_null(table->columns[1].comment);
    assert_int_equal(api->drop_column(cx, fixture.catalog, handle, 0), OK);
    assert_string_equal(get_table(&fixture, "t")->columns[0].name, "b");
    assert_int_equal(api->add_column(cx, fixture.catalog, handle, &column, 0), FAILED);
    assert_string_equal(cx->error.message,
                        "This connector does not support adding columns with FIRST clause");
    context_clear_error(cx);
    assert_int_equal(api->rename_table(cx, fixture.catalog, handle, "nowhere", "u"), OK);
    assert_null(get_table(&fixture, "t"));
    assert_int_equal(api->truncate_table(cx, fixture.catalog, handle), OK);
    assert_int_equal(api->drop_table(cx, fixture.catalog, handle), OK);
    assert_int_equal(api->drop_table(cx, fixture.catalog, handle), FAILED);
    assert_int_equal(cx->error.code, TABLE_NOT_FOUND);
    fixture_done(&fixture);
}

static void test_creating_tables(void **state) {
    Fixture fixture = fixture_start();
    const ConnectorApi *api = fixture.api;
    Context *cx = &fixture.cx;
    ConnectorColumn column = {.name = "a", .type = type_simple(TYPE_BIGINT)};
    NewTable definition = new_table("t", &column, 1, NULL, 0);
    assert_int_equal(api->create_table(cx, fixture.catalog, &definition, false, false), OK);
    assert_int_equal(api->create_table(cx, fixture.catalog, &definition, true, false), OK);
    assert_int_equal(api->create_table(cx, fixture.catalog, &definition, false, false), FAILED);
    assert_int_equal(cx->error.code, TABLE_ALREADY_EXISTS);
    context_clear_error(cx);
    column.name = "z";
    assert_int_equal(api->create_table(cx, fixture.catalog, &definition, false, true), OK);
    assert_string_equal(get_table(&fixture, "t")->columns[0].name, "z");
    definition.schema = "nos";
    assert_int_equal(api->create_table(cx, fixture.catalog, &definition, false, false), FAILED);
    assert_int_equal(cx->error.code, NOT_FOUND);
    assert_string_equal(cx->error.message, "Schema nos not found");
    context_clear_error(cx);
    assert_int_equal(api->create_schema(cx, fixture.catalog, "nos", NULL, 0), OK);
    assert_int_equal(api->create_table(cx, fixture.catalog, &definition, false, false), OK);
    TableName *names;
    int32_t count;
    assert_int_equal(api->list_tables(cx, fixture.catalog, "nos", &names, &count), OK);
    assert_int_equal(count, 1);
    assert_int_equal(api->list_tables(cx, fixture.catalog, NULL, &names, &count), OK);
    assert_int_equal(count, 2);
    column.not_null = true;
    definition.name = "u";
    assert_int_equal(api->create_table(cx, fixture.catalog, &definition, false, false), FAILED);
    assert_string_equal(cx->error.message,
                        "Catalog 'test' does not support non-null column for column name 'z'");
    fixture_done(&fixture);
}

static void test_views(void **state) {
    Fixture fixture = fixture_start();
    const ConnectorApi *api = fixture.api;
    Context *cx = &fixture.cx;
    const ConnectorColumn column = {.name = "x", .type = type_simple(TYPE_INTEGER)};
    ConnectorView view = {.sql = "SELECT 1 x", .owner = "me"};
    assert_int_equal(
        api->create_view(cx, fixture.catalog, "default", "v", &view, 1, &column, false), OK);
    assert_int_equal(
        api->create_view(cx, fixture.catalog, "default", "v", &view, 1, &column, false), FAILED);
    assert_string_equal(cx->error.message, "View already exists: 'test.default.v'");
    context_clear_error(cx);
    view.sql = "SELECT 2 x";
    assert_int_equal(api->create_view(cx, fixture.catalog, "default", "v", &view, 1, &column, true),
                     OK);
    ConnectorTable *table = get_table(&fixture, "v");
    assert_int_equal(table->kind, TABLE_KIND_VIEW);
    assert_string_equal(table->view->sql, "SELECT 2 x");
    assert_string_equal(table->view->owner, "me");
    assert_int_equal(api->drop_view(cx, fixture.catalog, "default", "v"), OK);
    assert_null(get_table(&fixture, "v"));
    assert_int_equal(api->drop_view(cx, fixture.catalog, "default", "v"), FAILED);
    fixture_done(&fixture);
}

/* ---- writing ---- */

static void write_batch(Fixture *fixture, Handle write) {
    const ConnectorApi *api = fixture->api;
    Context *cx = &fixture->cx;
    void *sink;
    Handle fragment;
    Batch *batch = batch_create(1, 3);
    batch->columns[0] = vector_create_null(type_simple(TYPE_BIGINT), 3);
    assert_int_equal(api->open_sink(cx, fixture->catalog, NULL, write, &sink), OK);
    assert_int_equal(api->append(cx, sink, batch), OK);
    batch_free(batch);
    assert_int_equal(api->finish_sink(cx, sink, &fragment), OK);
    assert_int_equal(api->finish_write(cx, fixture->catalog, NULL, write, &fragment, 1), OK);
}

static void test_writing(void **state) {
    Fixture fixture = fixture_start();
    const ConnectorApi *api = fixture.api;
    Context *cx = &fixture.cx;
    const ConnectorColumn column = {.name = "a", .type = type_simple(TYPE_BIGINT)};
    NewTable definition = new_table("t", &column, 1, NULL, 0);
    Handle write;
    assert_int_equal(api->begin_create(cx, fixture.catalog, NULL, &definition, false, &write), OK);
    assert_null(get_table(&fixture, "t"));
    api->abort_write(fixture.catalog, NULL, write);
    assert_int_equal(api->begin_create(cx, fixture.catalog, NULL, &definition, false, &write), OK);
    write_batch(&fixture, write);
    assert_non_null(get_table(&fixture, "t"));
    assert_int_equal(
        api->begin_insert(cx, fixture.catalog, NULL, get_table(&fixture, "t")->handle, &write), OK);
    write_batch(&fixture, write);
    Rows rows;
    assert_int_equal(read_all(&fixture, 1, &rows), OK);
    assert_int_equal(rows.count, 0);
    ConnectorColumn row_id;
    assert_int_equal(
        api->get_row_id_column(cx, fixture.catalog, get_table(&fixture, "t")->handle, &row_id), OK);
    assert_string_equal(row_id.type->name, "bigint");
    const char *const pages[] = {PAGES("1", "1", "4"), NULL};
    assert_int_equal(create_table(&fixture, pages, &column, 1), OK);
    assert_int_equal(read_all(&fixture, 2, &rows), OK); /* with the row id */
    assert_string_equal(rows.first, "0 0");
    fixture_done(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),          cmocka_unit_test(test_unsupported_types),
        cmocka_unit_test(test_properties),      cmocka_unit_test(test_statistics),
        cmocka_unit_test(test_changing_tables), cmocka_unit_test(test_creating_tables),
        cmocka_unit_test(test_views),           cmocka_unit_test(test_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
