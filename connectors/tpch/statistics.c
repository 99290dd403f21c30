/*
 * Statistics of the tables at the scales that have them; of other scales nothing is known, as in
 * the reference.
 *
 * A filter on order status that the scan took adds up what is known of each status. Filters on part
 * change nothing.
 */
#include <math.h>

#include "tpch.h"

enum { COLUMNS_MAX = 17, STATUS_COLUMN = 2, STATUS_COUNT = 3 };

typedef enum StatusGroup { STATUS_F, STATUS_O, STATUS_P, ANY } StatusGroup;

/* A line of statistics.def: rows of a group, or a column of the group before. */
typedef struct Fact {
    double scale; /* 0 for a column */
    TableId table;
    StatusGroup group;
    double rows;
    double distinct_count, data_bytes, low, high;
} Fact;

static const Fact facts[] = {
#define ROWS(scale_value, table_id, status, row_count)                                             \
    {.scale = scale_value, .table = table_id, .group = status, .rows = row_count},
#define COLUMN(distinct_value, bytes, low_value, high_value)                                       \
    {.distinct_count = distinct_value, .data_bytes = bytes, .low = low_value, .high = high_value},
#include "statistics.def"
#undef ROWS
#undef COLUMN
};

/* The group's first fact, which its columns follow; NULL when there is none. */
static const Fact *find_facts(TableId table, double scale, StatusGroup group) {
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        const Fact *fact = &facts[i];
        if (fact->scale == scale && fact->table == table && fact->group == group) {
            return fact;
        }
    }
    return NULL;
}

static ColumnStatistics column_of_fact(const Fact *fact) {
    return (ColumnStatistics){
        .null_fraction = 0,
        .distinct_count = fact->distinct_count,
        .data_bytes = fact->data_bytes,
        .has_range = !isnan(fact->low),
        .low = fact->low,
        .high = fact->high,
    };
}

/* Adds a group that shares no row with what is there. Distinct values of other columns may be the
   same ones. */
static void add_group(TableStatistics *statistics, const Fact *group, int32_t column_count) {
    statistics->row_count += group->rows;
    for (int32_t i = 0; i < column_count; i++) {
        ColumnStatistics *sum = &statistics->columns[i];
        ColumnStatistics column = column_of_fact(group + 1 + i);
        if (isnan(sum->null_fraction)) {
            *sum = column;
            continue;
        }
        sum->distinct_count =
            i == STATUS_COLUMN ? sum->distinct_count + column.distinct_count : NAN;
        sum->data_bytes += column.data_bytes;
        sum->low = fmin(sum->low, column.low);
        sum->high = fmax(sum->high, column.high);
    }
}

Status tpch_get_statistics(Context *cx, void *connector, Handle handle,
                           TableStatistics *ret_statistics) {
    const TpchTable *table = tpch_table_of(cx, handle);
    int32_t column_count = table_model(table->id)->column_count;
    TableStatistics statistics = {.row_count = NAN};
    statistics.columns = arena_new_array(cx->arena, ColumnStatistics, column_count + 1);
    for (int32_t i = 0; i <= column_count; i++) {
        statistics.columns[i] = (ColumnStatistics){.null_fraction = NAN,
                                                   .distinct_count = NAN,
                                                   .data_bytes = NAN,
                                                   .low = NAN,
                                                   .high = NAN};
    }
    const uint64_t every_status = (1u << STATUS_COUNT) - 1;
    uint64_t statuses = table->filter.order_statuses & every_status;
    const Fact *all = find_facts(table->id, table->scale, ANY);
    if (all != NULL && statuses == every_status) {
        statistics.row_count = 0;
        add_group(&statistics, all, column_count);
    } else if (all != NULL && find_facts(table->id, table->scale, STATUS_F) != NULL) {
        statistics.row_count = 0;
        for (int32_t status = 0; status < STATUS_COUNT; status++) {
            const Fact *group = find_facts(table->id, table->scale, (StatusGroup)status);
            if ((statuses >> status & 1) != 0) {
                add_group(&statistics, group, column_count);
            }
        }
    }
    *ret_statistics = statistics;
    return OK;
}
