/*
 * What the connector's files share: a catalog's settings, and the handles that travel between
 * nodes.
 *
 * Handles are plain bytes without pointers; a table handle is its struct followed by the schema's
 * name.
 */
#pragma once

#include "generator/table.h"
#include "warren/plugin.h"

typedef struct TpchCatalog {
    Arena *arena;
    const char *name;
    bool standard_names;     /* c_custkey instead of custkey */
    const Type *money_type;  /* double or decimal(12,2) */
    int32_t splits_per_node; /* 0: as many as the table's size calls for */
    int32_t batch_rows_max;
    bool predicate_pushdown;
    Dictionaries dictionaries;
} TpchCatalog;

typedef struct TpchTable {
    TableId id;
    double scale;
    ValueFilter filter;
    int64_t first_row, end_row; /* scan rows that key filters leave */
    char schema[];              /* NUL-terminated */
} TpchTable;

typedef struct TpchSplit {
    int64_t first_row, end_row;
} TpchSplit;

/* ---- config.c ---- */

extern const ConnectorProperty tpch_config_properties[];
Status tpch_create(Context *cx, const char *catalog_name, const PropertyValue *config,
                   int32_t config_count, void **ret_connector);
void tpch_free(void *connector);

/* ---- metadata.c ---- */

/* The table that a handle describes; memory of cx->arena. */
const TpchTable *tpch_table_of(Context *cx, Handle handle);
/* A handle in cx->arena with a copy of the table. */
Handle tpch_table_handle(Context *cx, const TpchTable *table);
const Type *tpch_column_type(const TpchCatalog *catalog, const ColumnModel *column);
Status tpch_list_schemas(Context *cx, void *connector, StringList *ret_schemas);
Status tpch_list_tables(Context *cx, void *connector, const char *schema, TableName **ret_tables,
                        int32_t *ret_count);
Status tpch_get_table(Context *cx, void *connector, const char *schema, const char *name,
                      ConnectorTable **ret_table);
Status tpch_print_handle(Context *cx, void *connector, Handle table, const char **ret_text);

/* ---- statistics.c ---- */

Status tpch_get_statistics(Context *cx, void *connector, Handle table,
                           TableStatistics *ret_statistics);

/* ---- predicate.c ---- */

Status tpch_apply_filter(Context *cx, void *connector, Handle handle, const TupleDomain *filter,
                         bool *ret_taken, Handle *ret_table, TupleDomain *ret_remaining);

/* ---- splits.c ---- */

Status tpch_open_splits(Context *cx, void *connector, void *transaction, Handle table,
                        const DynamicFilter *filter, void **ret_splits);
Status tpch_next_splits(Context *cx, void *splits, int32_t limit, Split *ret_splits,
                        int32_t *ret_count, bool *ret_finished);
void tpch_close_splits(void *splits);

/* ---- source.c ---- */

Status tpch_open_source(Context *cx, void *connector, void *transaction, Handle table,
                        const Split *split, const int32_t *columns, int32_t column_count,
                        const DynamicFilter *filter, void **ret_source);
Status tpch_read_source(Context *cx, void *source, Batch **ret_batch);
void tpch_close_source(void *source, SourceStatistics *statistics);
