/*
 * The blackhole connector's insides: tables that are only a definition.
 *
 * Definitions live in the coordinator's process and are gone with it. A table handle carries all
 * that reading needs, so that a worker, which has no definitions, can read. Everything in
 * BlackholeCatalog is guarded by its lock.
 */
#pragma once

#include <pthread.h>

#include "warren/plugin.h"

/* What WITH (...) says about reading and writing. */
typedef struct BlackholeProperties {
    int32_t split_count, pages_per_split, rows_per_page;
    int32_t field_length; /* of varchar and varbinary values */
    int64_t delay_nanos;  /* before each page */
} BlackholeProperties;

typedef struct BlackholeTable {
    int64_t id;
    Arena *arena;    /* holds everything below */
    bool is_visible; /* false while a CREATE TABLE AS is being written */
    const char *schema, *name;
    int32_t column_count;
    ConnectorColumn *columns;
    BlackholeProperties properties;
} BlackholeTable;

typedef struct BlackholeView {
    Arena *arena; /* holds everything below */
    const char *schema, *name;
    ConnectorView definition;
    int32_t column_count;
    ConnectorColumn *columns;
} BlackholeView;

typedef struct BlackholeCatalog {
    char *name;
    pthread_mutex_t lock;
    int64_t next_id;
    int32_t schema_count, table_count, view_count;
    char **schemas;
    BlackholeTable **tables;
    BlackholeView **views;
} BlackholeCatalog;

/* ---- handle.c ---- */

typedef struct ColumnCode { /* a column's type without pointers */
    int32_t kind, precision, scale, length;
    int32_t name_offset; /* of the type's name, in the handle's text */
} ColumnCode;

typedef struct TableHandle {
    int64_t id;
    BlackholeProperties properties;
    int32_t schema_offset, name_offset; /* in text */
    int32_t column_count;
    ColumnCode columns[]; /* followed by the text, NUL-terminated strings */
} TableHandle;

typedef struct WriteHandle {
    int64_t table_id;
    bool is_create;
    int64_t delay_nanos;
} WriteHandle;

Handle table_handle_create(Arena *arena, const BlackholeTable *table);
/* A copy that may be read in place. */
const TableHandle *table_handle_open(Arena *arena, Handle handle);
const char *table_handle_text(const TableHandle *handle, int32_t offset);
/* The column's type when values of it can be made; FAILED with the reference's message otherwise.
 */
Status column_type(Context *cx, const TableHandle *handle, int32_t column, const Type **ret_type);

/* ---- store.c: the lock is held ---- */

bool schema_exists(const BlackholeCatalog *catalog, const char *schema);
void schema_add(BlackholeCatalog *catalog, const char *schema);
/* Visible tables only; NULL when there is none. */
BlackholeTable *table_by_name(const BlackholeCatalog *catalog, const char *schema,
                              const char *name);
BlackholeTable *table_by_id(const BlackholeCatalog *catalog, int64_t id);
BlackholeView *view_by_name(const BlackholeCatalog *catalog, const char *schema, const char *name);
/* An invisible table. */
BlackholeTable *table_add(BlackholeCatalog *catalog, const NewTable *definition,
                          const BlackholeProperties *properties);
void table_remove(BlackholeCatalog *catalog, BlackholeTable *table);
void view_add(BlackholeCatalog *catalog, const char *schema, const char *name,
              const ConnectorView *definition, int32_t column_count,
              const ConnectorColumn *columns);
void view_remove(BlackholeCatalog *catalog, BlackholeView *view);

/* ---- config.c ---- */

extern const ConnectorProperty blackhole_config_properties[], blackhole_table_properties[];
Status blackhole_create(Context *cx, const char *catalog_name, const PropertyValue *config,
                        int32_t config_count, void **ret_connector);
void blackhole_free(void *connector);
/* Checks the properties of a new table. */
Status blackhole_read_properties(Context *cx, const BlackholeCatalog *catalog,
                                 const NewTable *definition, BlackholeProperties *ret_properties);

/* ---- metadata.c ---- */

Status blackhole_list_schemas(Context *cx, void *connector, StringList *ret_schemas);
Status blackhole_create_schema(Context *cx, void *connector, const char *schema,
                               const PropertyValue *properties, int32_t property_count);
Status blackhole_list_tables(Context *cx, void *connector, const char *schema,
                             TableName **ret_tables, int32_t *ret_count);
Status blackhole_get_table(Context *cx, void *connector, const char *schema, const char *name,
                           ConnectorTable **ret_table);
Status blackhole_get_statistics(Context *cx, void *connector, Handle table,
                                TableStatistics *ret_statistics);
Status blackhole_print_handle(Context *cx, void *connector, Handle table, const char **ret_text);
Status blackhole_create_table(Context *cx, void *connector, const NewTable *definition,
                              bool if_not_exists, bool replace);
Status blackhole_drop_table(Context *cx, void *connector, Handle table);
Status blackhole_rename_table(Context *cx, void *connector, Handle table, const char *new_schema,
                              const char *new_name);
Status blackhole_truncate_table(Context *cx, void *connector, Handle table);
Status blackhole_add_column(Context *cx, void *connector, Handle table,
                            const ConnectorColumn *column, int32_t position);
Status blackhole_drop_column(Context *cx, void *connector, Handle table, int32_t column);
Status blackhole_rename_column(Context *cx, void *connector, Handle table, int32_t column,
                               const char *new_name);
Status blackhole_set_column_type(Context *cx, void *connector, Handle table, int32_t column,
                                 const Type *type);
Status blackhole_create_view(Context *cx, void *connector, const char *schema, const char *name,
                             const ConnectorView *view, int32_t column_count,
                             const ConnectorColumn *columns, bool replace);
Status blackhole_drop_view(Context *cx, void *connector, const char *schema, const char *name);

/* ---- splits.c ---- */

Status blackhole_open_splits(Context *cx, void *connector, void *transaction, Handle table,
                             const DynamicFilter *filter, void **ret_splits);
Status blackhole_next_splits(Context *cx, void *splits, int32_t limit, Split *ret_splits,
                             int32_t *ret_count, bool *ret_finished);
void blackhole_close_splits(void *splits);

/* ---- source.c ---- */

/* Waits before a page, at most until the query is cancelled. */
void blackhole_delay(const Context *cx, int64_t nanos);
Status blackhole_open_source(Context *cx, void *connector, void *transaction, Handle table,
                             const Split *split, const int32_t *columns, int32_t column_count,
                             const DynamicFilter *filter, void **ret_source);
Status blackhole_read_source(Context *cx, void *source, Batch **ret_batch);
void blackhole_close_source(void *source, SourceStatistics *statistics);

/* ---- sink.c ---- */

Status blackhole_begin_create(Context *cx, void *connector, void *transaction,
                              const NewTable *definition, bool replace, Handle *ret_write);
Status blackhole_begin_insert(Context *cx, void *connector, void *transaction, Handle table,
                              Handle *ret_write);
Status blackhole_begin_merge(Context *cx, void *connector, void *transaction, Handle table,
                             Handle *ret_write);
Status blackhole_open_sink(Context *cx, void *connector, void *transaction, Handle write,
                           void **ret_sink);
Status blackhole_append(Context *cx, void *sink, const Batch *batch);
Status blackhole_merge(Context *cx, void *sink, const Vector *changes, const Vector *row_ids,
                       const Batch *rows);
Status blackhole_finish_sink(Context *cx, void *sink, Handle *ret_fragment);
void blackhole_abort_sink(void *sink);
Status blackhole_finish_write(Context *cx, void *connector, void *transaction, Handle write,
                              const Handle *fragments, int32_t fragment_count);
void blackhole_abort_write(void *connector, void *transaction, Handle write);
Status blackhole_get_row_id_column(Context *cx, void *connector, Handle table,
                                   ConnectorColumn *ret_column);
