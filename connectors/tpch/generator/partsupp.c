/*
 * The partsupp table: four rows for each part. The streams give each part as many steps as its four
 * rows use, so a row is like a row of any other table, with a fourth of the allotment.
 */
#include "generator/column.h"
#include "generator/part_values.h"
#include "generator/table.h"

static const Stream quantity_stream = {1671059989, 1};
static const Stream cost_stream = {1051288424, 1};
static const Stream comment_stream = {1961692154, 2};

static Vector *make_part_key(Scan *scan, const Type *type) {
    Vector *vector = vector_create(type, scan->count);
    int64_t *keys = vector->data;
    for (int32_t k = 0; k < scan->count; k++) {
        keys[k] = (scan->first_row + scan_row(scan, k)) / SUPPLIERS_PER_PART + 1;
    }
    return vector;
}

static Vector *make_supplier_key(Scan *scan, const Type *type) {
    int64_t supplier_count = scaled_count(supplier_table.base_rows, scan->scale);
    Vector *vector = vector_create(type, scan->count);
    int64_t *keys = vector->data;
    for (int32_t k = 0; k < scan->count; k++) {
        int64_t row = scan->first_row + scan_row(scan, k);
        keys[k] = part_supplier(row / SUPPLIERS_PER_PART + 1, (int32_t)(row % SUPPLIERS_PER_PART),
                                supplier_count);
    }
    return vector;
}

static Vector *make_quantity(Scan *scan, const Type *type) {
    return column_drawn_integer(scan, type, quantity_stream, 1, 9999);
}

static Vector *make_cost(Scan *scan, const Type *type) {
    return column_drawn_money(scan, type, cost_stream, 100, 100000);
}

static Vector *make_comment(Scan *scan, const Type *type) {
    return column_text(scan, type, comment_stream, 124);
}

static const ColumnModel columns[] = {
    {"ps_partkey", COLUMN_BIGINT, .make = make_part_key},
    {"ps_suppkey", COLUMN_BIGINT, .make = make_supplier_key},
    {"ps_availqty", COLUMN_INTEGER, .make = make_quantity},
    {"ps_supplycost", COLUMN_MONEY, .make = make_cost},
    {"ps_comment", COLUMN_VARCHAR, 199, .is_text = true, .make = make_comment},
    {"row_number", COLUMN_BIGINT, .make = make_part_key},
};

const TableModel partsupp_table = {
    .name = "partsupp",
    .prefix_length = 3,
    .base_rows = 200000,
    .is_scaled = true,
    .rows_per_base = SUPPLIERS_PER_PART,
    .column_count = sizeof columns / sizeof columns[0] - 1,
    .columns = columns,
};
