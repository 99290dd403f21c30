/*
 * The memory connector's insides: tables as versions of immutable chunks of columns.
 *
 * A table's current version is replaced as a whole, under the connector's lock; a reader pins the
 * version it started with in its transaction, so it sees one state however the table changes.
 * Chunks are shared between versions.
 */
#pragma once

#include <pthread.h>

#include "warren/plugin.h"

enum {
    CHUNK_ROWS_MAX = 65536,
    SKETCH_REGISTERS = 2048, /* HyperLogLog of distinct values, per column */
};

/* What is known of a column's values in a chunk or a table. */
typedef struct ColumnSummary {
    int64_t null_count;
    bool has_range;
    double low, high;
    uint8_t registers[SKETCH_REGISTERS];
} ColumnSummary;

typedef struct Chunk {
    _Atomic int32_t references;
    int32_t row_count;
    int32_t column_count;
    int64_t bytes;
    Vector **columns;
} Chunk;

typedef struct TableVersion {
    _Atomic int32_t references;
    int32_t chunk_count;
    Chunk **chunks;
} TableVersion;

typedef struct MemoryTable {
    int64_t id;
    bool visible; /* false while a CREATE TABLE AS is being written */
    char *schema, *name, *comment;
    int32_t column_count;
    ConnectorColumn *columns; /* names and comments malloc'ed */
    TableVersion *current;
    ColumnSummary *summaries; /* by column; grow with inserts */
    int64_t row_count;
} MemoryTable;

typedef struct MemoryView {
    char *schema, *name;
    Arena *arena; /* of the definition */
    ConnectorView view;
    int32_t column_count;
    ConnectorColumn *columns;
} MemoryView;

/* What a finished sink leaves for finish_write; fragments name it by id. */
typedef struct PendingWrite {
    int64_t id;
    int32_t chunk_count;
    Chunk **chunks;
    ColumnSummary *summaries;
    int32_t column_count;
    int64_t row_count;
    int64_t *deleted; /* row ids */
    int64_t deleted_count;
    struct PendingWrite *next;
} PendingWrite;

typedef struct MemoryConnector {
    char *catalog;
    int64_t data_bytes_max;
    int32_t splits_per_node;
    pthread_mutex_t lock;
    _Atomic int64_t data_bytes;
    int64_t next_id;
    int32_t schema_count, schema_capacity;
    char **schemas;
    int32_t table_count, table_capacity;
    MemoryTable **tables;
    int32_t view_count, view_capacity;
    MemoryView **views;
    PendingWrite *pending;
} MemoryConnector;

/* The versions a query reads, by table. */
typedef struct PinnedVersion {
    int64_t table_id;
    TableVersion *version;
} PinnedVersion;

typedef struct MemoryTransaction {
    pthread_mutex_t lock;
    int32_t count, capacity;
    PinnedVersion *pinned;
} MemoryTransaction;

typedef struct TableHandle {
    int64_t table_id;
} TableHandle;

typedef struct SplitHandle {
    int32_t first_chunk, chunk_count;
} SplitHandle;

typedef struct WriteHandle {
    int64_t table_id;
    bool is_create, is_merge, replaces;
} WriteHandle;

extern const ConnectorApi memory_api;

/* config.c */
extern const ConnectorProperty memory_config_properties[];
Status memory_create(Context *cx, const char *catalog, const PropertyValue *config,
                     int32_t config_count, void **ret_connector);
void memory_free(void *connector);

/* storage.c: versions, chunks; the connector's lock is held where it says so */
MemoryTable *table_by_id(MemoryConnector *memory, int64_t id); /* locked */
MemoryTable *table_by_name(MemoryConnector *memory, const char *schema,
                           const char *name); /* locked; visible ones */
MemoryView *view_by_name(MemoryConnector *memory, const char *schema,
                         const char *name);                                           /* locked */
MemoryTable *table_add(MemoryConnector *memory, const NewTable *table, bool visible); /* locked */
void table_remove(MemoryConnector *memory, MemoryTable *table);                       /* locked */
void table_free(MemoryTable *table);
void view_free(MemoryView *view);
TableVersion *version_create(int32_t chunk_count);
TableVersion *version_ref(TableVersion *version);
void version_unref(MemoryConnector *memory, TableVersion *version);
void chunk_unref(MemoryConnector *memory, Chunk *chunk);
/* Takes over the columns' references; string columns are compacted, low-cardinality ones become
 * dictionaries. */
Chunk *chunk_create(MemoryConnector *memory, int32_t row_count, int32_t column_count,
                    Vector **columns);
Chunk *chunk_without(MemoryConnector *memory, const Chunk *chunk, const uint64_t *deleted);
char *copy_text(const char *text);

/* summary.c */
void summary_add(ColumnSummary *summary, const Vector *values);
void summary_merge(ColumnSummary *summary, const ColumnSummary *other);
double summary_distinct(const ColumnSummary *summary);

/* compact.c */
Vector *compact_strings(Vector *values); /* takes over the reference, gives one */

/* metadata.c */
Status memory_begin(Context *cx, void *connector, bool read_only, void **ret_transaction);
Status memory_commit(Context *cx, void *connector, void *transaction);
void memory_rollback(void *connector, void *transaction);
Status memory_list_schemas(Context *cx, void *connector, StringList *ret_schemas);
Status memory_list_tables(Context *cx, void *connector, const char *schema, TableName **ret_tables,
                          int32_t *ret_count);
Status memory_get_table(Context *cx, void *connector, const char *schema, const char *name,
                        ConnectorTable **ret_table);
Status memory_get_statistics(Context *cx, void *connector, Handle table,
                             TableStatistics *ret_statistics);
Status memory_print_handle(Context *cx, void *connector, Handle table, const char **ret_text);
Status memory_create_schema(Context *cx, void *connector, const char *schema,
                            const PropertyValue *properties, int32_t property_count);
Status memory_drop_schema(Context *cx, void *connector, const char *schema, bool cascade);
Status memory_rename_schema(Context *cx, void *connector, const char *schema, const char *new_name);
Status memory_create_table(Context *cx, void *connector, const NewTable *table, bool if_not_exists,
                           bool replace);
Status memory_drop_table(Context *cx, void *connector, Handle table);
Status memory_rename_table(Context *cx, void *connector, Handle table, const char *new_schema,
                           const char *new_name);
Status memory_truncate_table(Context *cx, void *connector, Handle table);
Status memory_set_table_comment(Context *cx, void *connector, Handle table, const char *comment);
Status memory_set_column_comment(Context *cx, void *connector, Handle table, int32_t column,
                                 const char *comment);
Status memory_add_column(Context *cx, void *connector, Handle table, const ConnectorColumn *column,
                         int32_t position);
Status memory_rename_column(Context *cx, void *connector, Handle table, int32_t column,
                            const char *new_name);
Status memory_drop_not_null(Context *cx, void *connector, Handle table, int32_t column);

/* views.c */
Status memory_create_view(Context *cx, void *connector, const char *schema, const char *name,
                          const ConnectorView *view, int32_t column_count,
                          const ConnectorColumn *columns, bool replace);
Status memory_drop_view(Context *cx, void *connector, const char *schema, const char *name);
Status memory_rename_view(Context *cx, void *connector, const char *schema, const char *name,
                          const char *new_schema, const char *new_name);
Status memory_set_view_comment(Context *cx, void *connector, const char *schema, const char *name,
                               const char *comment);
Status memory_set_view_column_comment(Context *cx, void *connector, const char *schema,
                                      const char *name, int32_t column, const char *comment);
Status memory_view_as_table(Context *cx, const MemoryView *view, ConnectorTable **ret_table);

/* splits.c and source.c */
Status memory_open_splits(Context *cx, void *connector, void *transaction, Handle table,
                          const DynamicFilter *filter, void **ret_splits);
Status memory_next_splits(Context *cx, void *splits, int32_t limit, Split *ret_splits,
                          int32_t *ret_count, bool *ret_finished);
void memory_close_splits(void *splits);
TableVersion *transaction_pin(MemoryConnector *memory, MemoryTransaction *transaction,
                              int64_t table_id);
Status memory_open_source(Context *cx, void *connector, void *transaction, Handle table,
                          const Split *split, const int32_t *columns, int32_t column_count,
                          const DynamicFilter *filter, void **ret_source);
Status memory_read_source(Context *cx, void *source, Batch **ret_batch);
void memory_close_source(void *source, SourceStatistics *statistics);

/* sink.c and write.c */
Status memory_begin_create(Context *cx, void *connector, void *transaction, const NewTable *table,
                           bool replace, Handle *ret_write);
Status memory_begin_insert(Context *cx, void *connector, void *transaction, Handle table,
                           Handle *ret_write);
Status memory_begin_merge(Context *cx, void *connector, void *transaction, Handle table,
                          Handle *ret_write);
Status memory_open_sink(Context *cx, void *connector, void *transaction, Handle write,
                        void **ret_sink);
Status memory_append(Context *cx, void *sink, const Batch *batch);
Status memory_merge(Context *cx, void *sink, const Vector *changes, const Vector *row_ids,
                    const Batch *rows);
Status memory_finish_sink(Context *cx, void *sink, Handle *ret_fragment);
void memory_abort_sink(void *sink);
Status memory_finish_write(Context *cx, void *connector, void *transaction, Handle write,
                           const Handle *fragments, int32_t fragment_count);
void memory_abort_write(void *connector, void *transaction, Handle write);
Status memory_get_row_id_column(Context *cx, void *connector, Handle table,
                                ConnectorColumn *ret_column);
