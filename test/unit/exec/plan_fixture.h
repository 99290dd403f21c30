/*
 * What the tests of this folder share: a scheduler, a catalog "numbers" whose tables compute their
 * rows, aggregates by hand, plans by hand, and results as arrays of rows.
 *
 * Row i of a numbers table: k = i, m = i % 97, n = i % 1000 (NULL when i % 11 == 0), s = 'value
 * number ' || (i % 13). The handle is the number of rows, then the rows of a split.
 */
#pragma once

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka needs the last four */
#include <cmocka.h>

#include "catalog/catalog.h"
#include "exec/query_execution.h"
#include "plan/plan.h"
#include "vector/batch.h"

#define UNUSED_IN_SOME_TESTS __attribute__((unused))

/* ---- the connector ---- */

typedef struct NumbersTable {
    int64_t rows, split_rows;
} NumbersTable;

typedef struct NumbersSplits {
    NumbersTable table;
    int64_t next;
} NumbersSplits;

typedef struct NumbersSource {
    int64_t next, end;
    int32_t column_count;
    int32_t columns[8];
} NumbersSource;

static Status numbers_create(Context *cx, const char *catalog, const PropertyValue *config,
                             int32_t config_count, void **ret_connector) {
    *ret_connector = NULL;
    return OK;
}

static void numbers_free(void *connector) {}

static Status numbers_open_splits(Context *cx, void *connector, void *transaction, Handle table,
                                  const DynamicFilter *filter, void **ret_splits) {
    NumbersSplits *splits = calloc(1, sizeof *splits);
    memcpy(&splits->table, table.data, sizeof splits->table);
    *ret_splits = splits;
    return OK;
}

static Status numbers_next_splits(Context *cx, void *state, int32_t limit, Split *ret_splits,
                                  int32_t *ret_count, bool *ret_finished) {
    NumbersSplits *splits = state;
    int32_t count = 0;
    while (count < limit && splits->next < splits->table.rows) {
        int64_t range[2] = {splits->next, splits->next + splits->table.split_rows};
        range[1] = range[1] < splits->table.rows ? range[1] : splits->table.rows;
        ret_splits[count] = (Split){0};
        ret_splits[count].handle.data = arena_copy(cx->arena, range, sizeof range);
        ret_splits[count++].handle.size = sizeof range;
        splits->next = range[1];
    }
    *ret_count = count;
    *ret_finished = splits->next >= splits->table.rows;
    return OK;
}

static Status numbers_open_source(Context *cx, void *connector, void *transaction, Handle table,
                                  const Split *split, const int32_t *columns, int32_t column_count,
                                  const DynamicFilter *filter, void **ret_source) {
    NumbersSource *source = calloc(1, sizeof *source);
    memcpy(&source->next, split->handle.data, 2 * sizeof(int64_t));
    source->column_count = column_count;
    memcpy(source->columns, columns, (size_t)column_count * sizeof *columns);
    *ret_source = source;
    return OK;
}

static Vector *numbers_column(int32_t column, int64_t first, int32_t count) {
    Vector *vector =
        vector_create(column == 3 ? type_varchar_unbounded() : type_simple(TYPE_BIGINT), count);
    for (int32_t r = 0; r < count; r++) {
        int64_t i = first + r;
        char text[40];
        switch (column) {
        case 0:
            VECTOR_DATA(vector, int64_t)[r] = i;
            break;
        case 1:
            VECTOR_DATA(vector, int64_t)[r] = i % 97;
            break;
        case 2:
            VECTOR_DATA(vector, int64_t)[r] = i % 1000;
            if (i % 11 == 0) {
                vector_set_null(vector, r);
            }
            break;
        default:
            vector_set_string(
                vector, r, text,
                (size_t)snprintf(text, sizeof text, "value number %d", (int)(i % 13)));
        }
    }
    return vector;
}

static Status numbers_read(Context *cx, void *state, Batch **ret_batch) {
    NumbersSource *source = state;
    int64_t left = source->end - source->next;
    int32_t count = (int32_t)(left < batch_rows() ? left : batch_rows());
    *ret_batch = NULL;
    if (count == 0) {
        return OK;
    }
    Batch *batch = batch_create(source->column_count, count);
    for (int32_t i = 0; i < source->column_count; i++) {
        batch->columns[i] = numbers_column(source->columns[i], source->next, count);
    }
    source->next += count;
    *ret_batch = batch;
    return OK;
}

static void numbers_close_source(void *source, SourceStatistics *statistics) {
    free(source);
}

static Status numbers_statistics(Context *cx, void *connector, Handle table,
                                 TableStatistics *ret_statistics) {
    NumbersTable numbers;
    memcpy(&numbers, table.data, sizeof numbers);
    ret_statistics->row_count = (double)numbers.rows;
    ret_statistics->columns = arena_new_array(cx->arena, ColumnStatistics, 4);
    for (int32_t i = 0; i < 4; i++) {
        ret_statistics->columns[i] =
            (ColumnStatistics){.null_fraction = NAN, .distinct_count = NAN, .data_bytes = NAN};
    }
    return OK;
}

static const ConnectorApi numbers_api = {
    .size = sizeof(ConnectorApi),
    .name = "numbers",
    .create = numbers_create,
    .free = numbers_free,
    .get_statistics = numbers_statistics,
    .open_splits = numbers_open_splits,
    .next_splits = numbers_next_splits,
    .close_splits = free,
    .open_source = numbers_open_source,
    .read_source = numbers_read,
    .close_source = numbers_close_source,
};

static const ConnectorApi slow_numbers_api = {
    .size = sizeof(ConnectorApi),
    .name = "slow_numbers",
    .create = numbers_create,
    .free = numbers_free,
    .get_statistics = numbers_statistics,
    .open_splits = numbers_open_splits,
    .next_splits = numbers_next_splits,
    .close_splits = free,
    .blocking_sources = true,
    .open_source = numbers_open_source,
    .read_source = numbers_read,
    .close_source = numbers_close_source,
};

/* ---- the fixture ---- */

typedef struct Fixture {
    Arena *arena;
    Context cx;
    Scheduler *scheduler;
    CatalogManager *manager;
    Transaction *transaction;
    MemoryPool *pool;
    PlanBuilder *builder;
    Error error; /* of the last run that failed */
} Fixture;

static UNUSED_IN_SOME_TESTS Fixture *fixture_create(void) {
    Arena *arena = arena_create(NULL);
    Fixture *f = arena_new(arena, Fixture);
    f->arena = arena;
    f->cx = (Context){.arena = arena};
    f->scheduler = scheduler_create(4);
    f->manager = catalog_manager_create();
    catalog_add_connector(f->manager, &numbers_api);
    catalog_add_connector(f->manager, &slow_numbers_api);
    assert_int_equal(catalog_create(&f->cx, f->manager, "numbers", "numbers", NULL, 0), OK);
    assert_int_equal(catalog_create(&f->cx, f->manager, "slow", "slow_numbers", NULL, 0), OK);
    f->transaction = transaction_begin(f->manager, true, true, "READ UNCOMMITTED");
    f->pool = pool_create(NULL, "query", 0, MEMORY_LIMIT_LOCAL);
    f->builder = plan_builder_create(arena);
    return f;
}

static UNUSED_IN_SOME_TESTS void fixture_free(Fixture *f) {
    transaction_rollback(f->transaction);
    catalog_manager_free(f->manager);
    scheduler_free(f->scheduler);
    assert_int_equal(pool_reserved_bytes(f->pool), 0);
    pool_free(f->pool);
    arena_free(f->arena);
}

/* ---- plans ---- */

static UNUSED_IN_SOME_TESTS const Symbol *bigint_symbol(Fixture *f, const char *name) {
    return plan_symbol(f->builder, name, type_simple(TYPE_BIGINT));
}

static UNUSED_IN_SOME_TESTS SymbolList symbols_of(Fixture *f, int32_t count, ...) {
    SymbolList list = {0};
    va_list arguments;
    va_start(arguments, count);
    for (int32_t i = 0; i < count; i++) {
        symbol_list_add(f->arena, &list, va_arg(arguments, const Symbol *));
    }
    va_end(arguments);
    return list;
}

/* All four columns k, m, n, s. */
static UNUSED_IN_SOME_TESTS PlanNode *scan_of(Fixture *f, const char *catalog, int64_t rows,
                                              int64_t split_rows) {
    TableScanNode *scan = (TableScanNode *)plan_node_create(f->builder, PLAN_TABLE_SCAN, 0);
    NumbersTable table = {.rows = rows, .split_rows = split_rows};
    PlanTable *plan_table = arena_new(f->arena, PlanTable);
    plan_table->catalog = transaction_catalog(f->transaction, catalog);
    plan_table->handle =
        (Handle){.data = arena_copy(f->arena, &table, sizeof table), .size = sizeof table};
    static const char *const NAMES[] = {"k", "m", "n", "s"};
    ConnectorColumn *columns = arena_new_array(f->arena, ConnectorColumn, 4);
    for (int32_t i = 0; i < 4; i++) {
        columns[i].name = NAMES[i];
        columns[i].type = i == 3 ? type_varchar_unbounded() : type_simple(TYPE_BIGINT);
    }
    ConnectorTable *connector_table = arena_new(f->arena, ConnectorTable);
    *connector_table = (ConnectorTable){.schema = "test",
                                        .name = "numbers",
                                        .handle = plan_table->handle,
                                        .column_count = 4,
                                        .columns = columns};
    plan_table->table = connector_table;
    scan->table = plan_table;
    scan->base.outputs =
        symbols_of(f, 4, bigint_symbol(f, "k"), bigint_symbol(f, "m"), bigint_symbol(f, "n"),
                   plan_symbol(f->builder, "s", type_varchar_unbounded()));
    scan->columns.count = 4;
    scan->columns.items = arena_new_array(f->arena, int32_t, 4);
    for (int32_t i = 0; i < 4; i++) {
        scan->columns.items[i] = i;
    }
    return &scan->base;
}

static UNUSED_IN_SOME_TESTS PlanNode *scan_numbers(Fixture *f, int64_t rows) {
    return scan_of(f, "numbers", rows, 5000);
}

static UNUSED_IN_SOME_TESTS const Expr *symbol_expr(Fixture *f, const Symbol *symbol) {
    return expr_symbol(f->arena, symbol);
}

static UNUSED_IN_SOME_TESTS const Expr *compare(Fixture *f, Comparison comparison,
                                                const Symbol *left, const Expr *right) {
    return expr_comparison(f->arena, comparison, expr_symbol(f->arena, left), right);
}

/* ---- aggregates by hand ---- */

static Status count_add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        *(int64_t *)(void *)(states.states[i] + states.offset) += 1;
    }
    return OK;
}

static Status sum_add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    for (int32_t i = 0; i < count; i++) {
        int64_t *state = (int64_t *)(void *)(states.states[i] + states.offset);
        state[0] += VIEW_VALUE(&view, int64_t, rows != NULL ? rows[i] : i);
        state[1]++;
    }
    return OK;
}

static Status sum_combine(AggregateCall *call, StateRows targets, StateRows sources,
                          int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        int64_t *to = (int64_t *)(void *)(targets.states[i] + targets.offset);
        const int64_t *from = (const int64_t *)(void *)(sources.states[i] + sources.offset);
        to[0] += from[0];
        to[1] += from[1];
    }
    return OK;
}

static Status sum_output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        VECTOR_DATA(result, int64_t)
        [i] = *(const int64_t *)(void *)(states.states[i] + states.offset);
    }
    return OK;
}

static UNUSED_IN_SOME_TESTS const AggregateFunction count_function = {.name = "count",
                                                                      .state_size = 16,
                                                                      .add = count_add,
                                                                      .combine = sum_combine,
                                                                      .output = sum_output};
static UNUSED_IN_SOME_TESTS const AggregateFunction sum_function = {
    .name = "sum", .state_size = 16, .add = sum_add, .combine = sum_combine, .output = sum_output};

static UNUSED_IN_SOME_TESTS Aggregate aggregate_of(Fixture *f, const AggregateFunction *function,
                                                   const Symbol *argument) {
    ResolvedFunction *resolved = arena_new(f->arena, ResolvedFunction);
    resolved->kind = FUNCTION_AGGREGATE;
    resolved->name = function->name;
    resolved->return_type = type_simple(TYPE_BIGINT);
    resolved->aggregate = function;
    Aggregate aggregate = {.symbol = bigint_symbol(f, function->name), .function = resolved};
    if (argument != NULL) {
        resolved->argument_count = 1;
        const Type **types = arena_new_array(f->arena, const Type *, 1);
        types[0] = argument->type;
        resolved->argument_types = types;
        aggregate.arguments.count = 1;
        aggregate.arguments.items = arena_new_array(f->arena, const Expr *, 1);
        aggregate.arguments.items[0] = symbol_expr(f, argument);
    }
    return aggregate;
}

static UNUSED_IN_SOME_TESTS PlanNode *aggregation(Fixture *f, PlanNode *source, SymbolList keys,
                                                  int32_t count, const Aggregate *aggregates) {
    AggregationNode *node = (AggregationNode *)plan_node_create(f->builder, PLAN_AGGREGATION, 1);
    node->base.sources[0] = source;
    node->group_keys = keys;
    node->aggregates.count = count;
    node->aggregates.items = arena_copy(f->arena, aggregates, (size_t)count * sizeof *aggregates);
    for (int32_t i = 0; i < keys.count; i++) {
        symbol_list_add(f->arena, &node->base.outputs, keys.items[i]);
    }
    for (int32_t i = 0; i < count; i++) {
        symbol_list_add(f->arena, &node->base.outputs, aggregates[i].symbol);
    }
    return &node->base;
}

/* ---- running ---- */

/* bigint columns as they are, NULL as NULL_CELL; strings as the number at their end. */
#define NULL_CELL INT64_MIN
typedef struct Rows {
    int64_t count;
    int32_t width;
    int64_t *cells;
} Rows;

static int64_t cell_of(const Vector *vector, int32_t row) {
    VectorView view = vector_view(vector);
    if (view_is_null(&view, row)) {
        return NULL_CELL;
    }
    if (vector->type->layout == LAYOUT_STRING) {
        const StringView *view_of_text = &VIEW_VALUE(&view, StringView, row);
        char text[64] = {0};
        memcpy(text, string_data(view_of_text), view_of_text->length);
        return strtol(text + strlen("value number "), NULL, 10);
    }
    return vector->type->width == 1 ? VIEW_VALUE(&view, int8_t, row)
                                    : VIEW_VALUE(&view, int64_t, row);
}

static UNUSED_IN_SOME_TESTS void rows_free(Rows *rows) {
    free(rows->cells);
    *rows = (Rows){0};
}

static void rows_add(Rows *rows, const Batch *batch) {
    rows->width = batch->column_count;
    size_t cells = (size_t)(rows->count + batch->row_count) * (size_t)rows->width;
    rows->cells = realloc(rows->cells, cells * sizeof(int64_t) + 1);
    for (int32_t row = 0; row < batch->row_count; row++) {
        for (int32_t i = 0; i < rows->width; i++) {
            rows->cells[(rows->count + row) * rows->width + i] = cell_of(batch->columns[i], row);
        }
    }
    rows->count += batch->row_count;
}

static UNUSED_IN_SOME_TESTS ExecutionOptions options_of(Fixture *f) {
    return (ExecutionOptions){
        .scheduler = f->scheduler, .pool = f->pool, .transaction = f->transaction};
}

/* Collects the result; a failure is left in f->error. */
static UNUSED_IN_SOME_TESTS Status run(Fixture *f, const PlanNode *plan, Rows *ret_rows) {
    QueryExecution *execution;
    ExecutionOptions options = options_of(f);
    *ret_rows = (Rows){0};
    if (query_execution_start(&f->cx, &options, plan, &execution) != OK) {
        f->error = f->cx.error;
        return FAILED;
    }
    ExecutionState state = EXECUTION_RUNNING;
    while (state == EXECUTION_RUNNING) {
        Batch *batch;
        state = query_execution_poll(execution, &batch);
        if (batch != NULL) {
            rows_add(ret_rows, batch);
            batch_free(batch);
        } else if (state == EXECUTION_RUNNING) {
            query_execution_wait(execution);
        }
    }
    if (state == EXECUTION_FAILED) {
        f->error = *query_execution_error(execution);
        f->error.message = arena_strdup(f->arena, f->error.message);
        rows_free(ret_rows);
    }
    query_execution_free(execution);
    return state == EXECUTION_FAILED ? FAILED : OK;
}

static UNUSED_IN_SOME_TESTS Rows run_ok(Fixture *f, const PlanNode *plan) {
    Rows rows;
    if (run(f, plan, &rows) != OK) {
        fail_msg("%s: %s", error_code_name(f->error.code), f->error.message);
    }
    return rows;
}

static int32_t compared_width;

static int compare_cells(const void *a, const void *b) {
    const int64_t *left = a, *right = b;
    for (int32_t i = 0; i < compared_width; i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

static UNUSED_IN_SOME_TESTS void rows_sort(Rows *rows) {
    compared_width = rows->width;
    if (rows->count > 0) {
        qsort(rows->cells, (size_t)rows->count, (size_t)rows->width * sizeof(int64_t),
              compare_cells);
    }
}

static UNUSED_IN_SOME_TESTS int64_t cell(const Rows *rows, int64_t row, int32_t column) {
    return rows->cells[row * rows->width + column];
}

/* A test program runs every test with usual batches and with batches of three rows. */
static UNUSED_IN_SOME_TESTS int run_with_small_batches(int (*group)(void)) {
    int failed = group();
    batch_set_rows(3);
    failed += group();
    batch_set_rows(BATCH_ROWS_MAX);
    return failed;
}
