/*
 * The tables as data: names, types and, for each column, the function that makes a block of it.
 *
 * Columns are made one by one from positions alone, so a column that nobody asked for costs nothing
 * and changes nothing. The last column of every table is the hidden row_number.
 */
#pragma once

#include "generator/scan.h"

typedef enum TableId {
    TABLE_CUSTOMER,
    TABLE_LINEITEM,
    TABLE_NATION,
    TABLE_ORDERS,
    TABLE_PART,
    TABLE_PARTSUPP,
    TABLE_REGION,
    TABLE_SUPPLIER,
    TABLE_COUNT,
} TableId;

typedef enum ColumnKind {
    COLUMN_BIGINT,
    COLUMN_INTEGER,
    COLUMN_MONEY, /* double or decimal(12,2), as the catalog says; int32_t cents while being made */
    COLUMN_DATE,
    COLUMN_VARCHAR,
} ColumnKind;

typedef struct ColumnModel {
    const char *name; /* as STANDARD naming has it, with the prefix */
    ColumnKind kind;
    int32_t length; /* of a varchar */
    bool is_text;   /* cut from the text pool */
    Vector *(*make)(Scan *scan, const Type *type);
} ColumnModel;

typedef struct TableModel {
    const char *name;
    int32_t prefix_length; /* "l_" */
    int64_t base_rows;     /* at scale 1; of lineitem, the orders */
    bool is_scaled;        /* otherwise base_rows is all there is */
    int32_t rows_per_base; /* scan rows for each of them: 4 in partsupp, else 1 */
    int32_t column_count;  /* without row_number, which is columns[column_count] */
    const ColumnModel *columns;
    void (*begin)(Scan *scan); /* NULL: nothing to prepare */
    /* Chooses the next rows of the scan, which is at scan->first_row; NULL: up to SCAN_ROWS_MAX,
       all of them. */
    void (*next)(Scan *scan);
} TableModel;

extern const TableModel customer_table, lineitem_table, nation_table, orders_table, part_table,
    partsupp_table, region_table, supplier_table;

const TableModel *table_model(TableId id);
TableId table_find(const char *name); /* TABLE_COUNT when there is none */
/* Rows that a scan of all of the table goes through; of lineitem they are orders. */
int64_t table_rows(const TableModel *table, double scale);
/* (int64_t)(base * scale) where what is out of range is the largest number, as in Java. */
int64_t scaled_count(int64_t base, double scale);
