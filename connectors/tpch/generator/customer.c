/*
 * The customer table.
 */
#include "generator/column.h"
#include "generator/table.h"

static const Stream address_stream = {881155353, 9};
static const Stream nation_stream = {1489529863, 1};
static const Stream phone_stream = {1521138112, 3};
static const Stream balance_stream = {298370230, 1};
static const Stream segment_stream = {1140279430, 1};
static const Stream comment_stream = {1335826707, 2};

static Vector *make_name(Scan *scan, const Type *type) {
    return column_named_key(scan, type, "Customer#");
}

static Vector *make_address(Scan *scan, const Type *type) {
    return column_address(scan, type, address_stream);
}

static Vector *make_nation_key(Scan *scan, const Type *type) {
    return column_drawn_bigint(scan, type, nation_stream, 0, 24);
}

static Vector *make_phone(Scan *scan, const Type *type) {
    return column_phone(scan, type, phone_stream, nation_stream);
}

static Vector *make_balance(Scan *scan, const Type *type) {
    return column_drawn_money(scan, type, balance_stream, -99999, 999999);
}

static Vector *make_segment(Scan *scan, const Type *type) {
    return column_picked(scan, DICTIONARY_MARKET_SEGMENT, segment_stream);
}

static Vector *make_comment(Scan *scan, const Type *type) {
    return column_text(scan, type, comment_stream, 73);
}

static const ColumnModel columns[] = {
    {"c_custkey", COLUMN_BIGINT, .make = column_key},
    {"c_name", COLUMN_VARCHAR, 25, .make = make_name},
    {"c_address", COLUMN_VARCHAR, 40, .make = make_address},
    {"c_nationkey", COLUMN_BIGINT, .make = make_nation_key},
    {"c_phone", COLUMN_VARCHAR, 15, .make = make_phone},
    {"c_acctbal", COLUMN_MONEY, .make = make_balance},
    {"c_mktsegment", COLUMN_VARCHAR, 10, .make = make_segment},
    {"c_comment", COLUMN_VARCHAR, 117, .is_text = true, .make = make_comment},
    {"row_number", COLUMN_BIGINT, .make = column_key},
};

const TableModel customer_table = {
    .name = "customer",
    .prefix_length = 2,
    .base_rows = 150000,
    .is_scaled = true,
    .rows_per_base = 1,
    .column_count = sizeof columns / sizeof columns[0] - 1,
    .columns = columns,
};
