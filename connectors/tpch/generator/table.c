/*
 * The list of tables and how many rows they have.
 */
#include "generator/table.h"

#include <string.h>

static const TableModel *const tables[TABLE_COUNT] = {
    [TABLE_CUSTOMER] = &customer_table, [TABLE_LINEITEM] = &lineitem_table,
    [TABLE_NATION] = &nation_table,     [TABLE_ORDERS] = &orders_table,
    [TABLE_PART] = &part_table,         [TABLE_PARTSUPP] = &partsupp_table,
    [TABLE_REGION] = &region_table,     [TABLE_SUPPLIER] = &supplier_table,
};

const TableModel *table_model(TableId id) {
    return tables[id];
}

TableId table_find(const char *name) {
    int32_t id = 0;
    while (id < TABLE_COUNT && strcmp(tables[id]->name, name) != 0) {
        id++;
    }
    return (TableId)id;
}

int64_t scaled_count(int64_t base, double scale) {
    double product = (double)base * scale;
    return product >= 9223372036854775808.0 ? INT64_MAX : (int64_t)product;
}

int64_t table_rows(const TableModel *table, double scale) {
    if (!table->is_scaled) {
        return table->base_rows;
    }
    int64_t rows = scaled_count(table->base_rows, scale);
    return rows > INT64_MAX / table->rows_per_base ? INT64_MAX : rows * table->rows_per_base;
}
