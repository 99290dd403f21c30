/*
 * The nation and region tables, which are the same at every scale.
 */
#include "generator/column.h"
#include "generator/distributions.h"
#include "generator/table.h"

enum { COMMENT_AVERAGE = 72, NATION_COUNT = 25, REGION_COUNT = 5 };

static const Stream region_comment_stream = {1500869201, 2};
static const Stream nation_comment_stream = {606179079, 2};

/* 0, 1, 2, ...: the keys of both tables. */
static Vector *make_index(Scan *scan, const Type *type) {
    Vector *vector = vector_create(type, scan->count);
    int64_t *keys = vector->data;
    for (int32_t k = 0; k < scan->count; k++) {
        keys[k] = scan->first_row + scan_row(scan, k);
    }
    return vector;
}

static Vector *make_names(Scan *scan, Dictionary dictionary) {
    Buffer *indices = indices_create(scan->count);
    int32_t *names = (int32_t *)indices->data;
    for (int32_t k = 0; k < scan->count; k++) {
        names[k] = (int32_t)scan->first_row + scan_row(scan, k);
    }
    return column_dictionary(scan->dictionaries, dictionary, indices, scan->count);
}

static Vector *make_region_name(Scan *scan, const Type *type) {
    return make_names(scan, DICTIONARY_REGION);
}

static Vector *make_region_comment(Scan *scan, const Type *type) {
    return column_text(scan, type, region_comment_stream, COMMENT_AVERAGE);
}

static Vector *make_nation_name(Scan *scan, const Type *type) {
    return make_names(scan, DICTIONARY_NATION);
}

/* The weights in the list of nations are the steps from one region key to the next. */
static Vector *make_nation_region(Scan *scan, const Type *type) {
    int32_t count;
    const Value *nations = distribution_values(LIST_NATIONS, &count);
    int64_t regions[NATION_COUNT];
    int64_t region = 0;
    for (int32_t i = 0; i < count; i++) {
        region += nations[i].weight;
        regions[i] = region;
    }
    Vector *vector = vector_create(type, scan->count);
    int64_t *keys = vector->data;
    for (int32_t k = 0; k < scan->count; k++) {
        keys[k] = regions[scan->first_row + scan_row(scan, k)];
    }
    return vector;
}

static Vector *make_nation_comment(Scan *scan, const Type *type) {
    return column_text(scan, type, nation_comment_stream, COMMENT_AVERAGE);
}

static const ColumnModel region_columns[] = {
    {"r_regionkey", COLUMN_BIGINT, .make = make_index},
    {"r_name", COLUMN_VARCHAR, 25, .make = make_region_name},
    {"r_comment", COLUMN_VARCHAR, 152, .is_text = true, .make = make_region_comment},
    {"row_number", COLUMN_BIGINT, .make = make_index},
};

const TableModel region_table = {
    .name = "region",
    .prefix_length = 2,
    .base_rows = REGION_COUNT,
    .rows_per_base = 1,
    .column_count = sizeof region_columns / sizeof region_columns[0] - 1,
    .columns = region_columns,
};

static const ColumnModel nation_columns[] = {
    {"n_nationkey", COLUMN_BIGINT, .make = make_index},
    {"n_name", COLUMN_VARCHAR, 25, .make = make_nation_name},
    {"n_regionkey", COLUMN_BIGINT, .make = make_nation_region},
    {"n_comment", COLUMN_VARCHAR, 152, .is_text = true, .make = make_nation_comment},
    {"row_number", COLUMN_BIGINT, .make = make_index},
};

const TableModel nation_table = {
    .name = "nation",
    .prefix_length = 2,
    .base_rows = NATION_COUNT,
    .rows_per_base = 1,
    .column_count = sizeof nation_columns / sizeof nation_columns[0] - 1,
    .columns = nation_columns,
};
