/*
 * The connector interface: what a plugin implements, what it may ask of its host.
 *
 * A plugin is a shared object that exports one symbol, `warren_plugin` (plugin.h). Every table of
 * functions starts with its size in bytes; fields are only appended; a NULL function means "not
 * supported" and the engine raises Trino's NOT_SUPPORTED message or does the work itself. All
 * functions may be called from any thread, several at once, unless said otherwise; what belongs to
 * one source, sink or split source is used by one thread at a time. Results live in cx->arena
 * unless said otherwise. Names arrive in lower case.
 */
#pragma once

#include "warren/session.h"
#include "warren/vector.h"

/* Opaque bytes of a connector: they travel between nodes, so they hold no pointers (a connector may
 * keep offsets). */
typedef struct Handle {
    const void *data;
    int64_t size;
} Handle;

typedef struct ConnectorProperty { /* a configuration, session, table or column property that a
                                      connector declares */
    const char *name;
    const char *type; /* SQL type text: "varchar", "integer", "boolean", "array(varchar)" */
    const char *default_value; /* as text, NULL when none */
    const char *description;
    bool sensitive; /* never shown */
    bool hidden;
    const char *pattern; /* ECMAScript-like regular expression of legal texts, or NULL */
} ConnectorProperty;

typedef struct PropertyValue {
    const char *name;
    const char *text; /* configuration: the text; otherwise the value as varchar */
    const Vector
        *value; /* table, column, session properties: CONSTANT of the declared type; may be NULL */
    const char *file; /* configuration: where it stood */
    int32_t line;
} PropertyValue;

/* ---- metadata ---- */

typedef struct ConnectorColumn {
    const char *name;
    const Type *type;
    bool not_null;
    bool hidden;
    const char *comment; /* NULL: none */
    const char *extra;   /* what DESCRIBE shows, e.g. "partition key"; NULL: none */
    Handle handle;       /* the connector's own; may be empty */
} ConnectorColumn;

typedef enum TableKind {
    TABLE_KIND_TABLE,
    TABLE_KIND_VIEW,
    TABLE_KIND_MATERIALIZED_VIEW
} TableKind;

typedef struct ConnectorView {           /* a stored view */
    const char *sql;                     /* formatted query text */
    const char *catalog, *schema, *path; /* the session it was created in; may be NULL */
    const char *comment;
    const char *owner; /* NULL for SECURITY INVOKER */
    bool run_as_invoker;
} ConnectorView;

typedef struct ConnectorTable {
    TableKind kind;
    const char *schema, *name;
    Handle handle;
    int32_t column_count;
    const ConnectorColumn *columns;
    const char *comment;
    int32_t property_count;
    const PropertyValue *properties; /* for SHOW CREATE TABLE */
    const ConnectorView *view;       /* views only */
} ConnectorTable;

typedef struct TableName {
    const char *schema, *name;
    TableKind kind;
} TableName;

typedef struct ColumnStatistics { /* NAN and NULL mean unknown */
    double null_fraction;
    double distinct_count;
    double data_bytes; /* of the whole column, for types of variable width */
    bool has_range;
    double low,
        high; /* numbers; dates as days; timestamps as microseconds; decimals as their value */
} ColumnStatistics;

typedef struct TableStatistics {
    double row_count;          /* NAN: unknown */
    ColumnStatistics *columns; /* by position in the table's columns */
} TableStatistics;

/* ---- predicates ---- */

/* Values a column may have. Bounds and values are CONSTANT or FLAT vectors of the column's type. */
typedef struct Range {
    const Vector *low, *high; /* one value each; NULL: unbounded */
    bool low_inclusive, high_inclusive;
} Range;

typedef struct Domain {
    bool null_allowed;
    bool all_values;     /* every non-null value; then no ranges */
    int32_t range_count; /* sorted, disjoint; 0 with !all_values: no value */
    const Range *ranges; /* a single value is a range with low == high, both inclusive */
} Domain;

typedef struct ColumnDomain {
    int32_t column; /* position in the table's columns */
    const Domain *domain;
} ColumnDomain;

typedef struct TupleDomain { /* conjunction; none: no row can match */
    bool none;
    int32_t count;
    const ColumnDomain *domains;
} TupleDomain;

typedef struct ConnectorSortItem {
    int32_t column; /* position in the table's columns */
    bool descending, nulls_first;
} ConnectorSortItem;

/* ---- splits and reading ---- */

typedef struct Split {
    Handle handle;
    int32_t weight;               /* 100 is a usual split */
    const char *const *addresses; /* host:port list, NULL-terminated; NULL: anywhere */
} Split;

/* Where a dynamic filter stands. `current` gives what is known now: NULL while nothing is; the
   connector may use it to drop splits or rows, the engine filters again anyway. The result stays
   valid until the scan ends. */
typedef struct DynamicFilter {
    const TupleDomain *(*current)(const struct DynamicFilter *filter);
    bool (*is_complete)(const struct DynamicFilter *filter);
} DynamicFilter;

typedef struct SourceStatistics { /* a source adds to them as it reads */
    int64_t physical_bytes, physical_rows, read_nanos;
} SourceStatistics;

/* ---- writing ---- */

typedef struct NewTable {
    const char *schema, *name;
    int32_t column_count;
    const ConnectorColumn *columns; /* handle empty */
    const char *comment;
    int32_t property_count;
    const PropertyValue *properties;
} NewTable;

/* What a merge sink is given per row: INSERT rows have no row id, DELETE rows only a row id, UPDATE
 * both. */
typedef enum RowChange {
    ROW_CHANGE_INSERT = 1,
    ROW_CHANGE_DELETE = 2,
    ROW_CHANGE_UPDATE = 3
} RowChange;

typedef struct StringList {
    int32_t count;
    const char *const *items;
} StringList;

typedef struct Procedure {
    const char *schema, *name;
    int32_t argument_count;
    const char *const *argument_names;
    const Type *const *argument_types;
    const Vector *const *argument_defaults; /* NULL entry: required */
    Status (*call)(Context *cx, void *connector, const Vector *const *arguments);
} Procedure;

/*
 * A connector. `connector` is what create gave, `table` a handle from get_table, create or a
 * push-down. A transaction's work arrives between begin and commit with its `transaction` (NULL
 * where the connector has no begin).
 */
typedef struct ConnectorApi {
    size_t size;
    const char *name; /* connector.name in a catalog file */

    /* configuration and life */
    const ConnectorProperty *config_properties; /* ended by a NULL name */
    const ConnectorProperty *session_properties, *table_properties, *column_properties,
        *schema_properties, *analyze_properties;
    Status (*create)(Context *cx, const char *catalog, const PropertyValue *config,
                     int32_t config_count, void **ret_connector);
    void (*free)(void *connector);

    /* transactions */
    Status (*begin)(Context *cx, void *connector, bool read_only, void **ret_transaction);
    Status (*commit)(Context *cx, void *connector, void *transaction);
    void (*rollback)(void *connector, void *transaction);

    /* reading metadata */
    Status (*list_schemas)(Context *cx, void *connector, StringList *ret_schemas);
    Status (*list_tables)(Context *cx, void *connector, const char *schema, TableName **ret_tables,
                          int32_t *ret_count);
    Status (*get_table)(Context *cx, void *connector, const char *schema, const char *name,
                        ConnectorTable **ret_table); /* NULL when there is none */
    Status (*get_statistics)(Context *cx, void *connector, Handle table,
                             TableStatistics *ret_statistics);
    Status (*print_handle)(Context *cx, void *connector, Handle table,
                           const char **ret_text); /* for EXPLAIN */

    /* changing metadata */
    Status (*create_schema)(Context *cx, void *connector, const char *schema,
                            const PropertyValue *properties, int32_t property_count);
    Status (*drop_schema)(Context *cx, void *connector, const char *schema, bool cascade);
    Status (*rename_schema)(Context *cx, void *connector, const char *schema, const char *new_name);
    Status (*create_table)(Context *cx, void *connector, const NewTable *table, bool if_not_exists,
                           bool replace);
    Status (*drop_table)(Context *cx, void *connector, Handle table);
    Status (*rename_table)(Context *cx, void *connector, Handle table, const char *new_schema,
                           const char *new_name);
    Status (*truncate_table)(Context *cx, void *connector, Handle table);
    Status (*set_table_comment)(Context *cx, void *connector, Handle table, const char *comment);
    Status (*set_column_comment)(Context *cx, void *connector, Handle table, int32_t column,
                                 const char *comment);
    /* position: of the new column (FIRST: 0, AFTER: one more than that column's); -1: the last */
    Status (*add_column)(Context *cx, void *connector, Handle table, const ConnectorColumn *column,
                         int32_t position);
    Status (*drop_column)(Context *cx, void *connector, Handle table, int32_t column);
    Status (*rename_column)(Context *cx, void *connector, Handle table, int32_t column,
                            const char *new_name);
    Status (*set_column_type)(Context *cx, void *connector, Handle table, int32_t column,
                              const Type *type);
    Status (*drop_not_null)(Context *cx, void *connector, Handle table, int32_t column);
    Status (*create_view)(Context *cx, void *connector, const char *schema, const char *name,
                          const ConnectorView *view, int32_t column_count,
                          const ConnectorColumn *columns, bool replace);
    Status (*drop_view)(Context *cx, void *connector, const char *schema, const char *name);
    Status (*rename_view)(Context *cx, void *connector, const char *schema, const char *name,
                          const char *new_schema, const char *new_name);
    Status (*set_view_comment)(Context *cx, void *connector, const char *schema, const char *name,
                               const char *comment);
    Status (*set_view_column_comment)(Context *cx, void *connector, const char *schema,
                                      const char *name, int32_t column, const char *comment);

    /* push-down: true when (part of) it was taken; ret_table is the new handle */
    Status (*apply_filter)(Context *cx, void *connector, Handle table, const TupleDomain *filter,
                           bool *ret_taken, Handle *ret_table, TupleDomain *ret_remaining);
    Status (*apply_limit)(Context *cx, void *connector, Handle table, int64_t limit,
                          bool *ret_taken, Handle *ret_table, bool *ret_guaranteed);
    Status (*apply_top_n)(Context *cx, void *connector, Handle table, int64_t limit,
                          const ConnectorSortItem *items, int32_t item_count, bool *ret_taken,
                          Handle *ret_table, bool *ret_guaranteed);

    /* splits: batches of up to `limit`; *ret_finished with or after the last */
    Status (*open_splits)(Context *cx, void *connector, void *transaction, Handle table,
                          const DynamicFilter *filter, void **ret_splits);
    Status (*next_splits)(Context *cx, void *splits, int32_t limit, Split *ret_splits,
                          int32_t *ret_count, bool *ret_finished);
    void (*close_splits)(void *splits);

    /* page sources: read gives a batch the caller owns, or NULL at the end. `columns` are positions
     * in the table. */
    bool blocking_sources; /* reads wait for a network or disk: the engine gives them an I/O thread
                            */
    Status (*open_source)(Context *cx, void *connector, void *transaction, Handle table,
                          const Split *split, const int32_t *columns, int32_t column_count,
                          const DynamicFilter *filter, void **ret_source);
    Status (*read_source)(Context *cx, void *source, Batch **ret_batch);
    void (*close_source)(void *source, SourceStatistics *statistics); /* statistics may be NULL */

    /* writing: begin on the coordinator, sinks on any thread or node, finish with all their
       fragments, or abort. begin_create makes a table that only finish_write makes visible. Insert
       batches have every table column in order. */
    Status (*begin_create)(Context *cx, void *connector, void *transaction, const NewTable *table,
                           bool replace, Handle *ret_write);
    Status (*begin_insert)(Context *cx, void *connector, void *transaction, Handle table,
                           Handle *ret_write);
    Status (*begin_merge)(Context *cx, void *connector, void *transaction, Handle table,
                          Handle *ret_write);
    Status (*open_sink)(Context *cx, void *connector, void *transaction, Handle write,
                        void **ret_sink);
    Status (*append)(Context *cx, void *sink, const Batch *batch);
    /* Merge sinks: changes is a tinyint vector of RowChange, row_ids the hidden row id column, rows
     * the table's columns. */
    Status (*merge)(Context *cx, void *sink, const Vector *changes, const Vector *row_ids,
                    const Batch *rows);
    Status (*finish_sink)(Context *cx, void *sink, Handle *ret_fragment); /* frees the sink */
    void (*abort_sink)(void *sink);
    Status (*finish_write)(Context *cx, void *connector, void *transaction, Handle write,
                           const Handle *fragments, int32_t fragment_count);
    void (*abort_write)(void *connector, void *transaction, Handle write);
    /* The hidden column that identifies a row for DELETE, UPDATE and MERGE; its type. */
    Status (*get_row_id_column)(Context *cx, void *connector, Handle table,
                                ConnectorColumn *ret_column);
    /* Deletes every row of the (filtered) table without reading it: *ret_rows -1 when unknown. */
    Status (*delete_all)(Context *cx, void *connector, void *transaction, Handle table,
                         bool *ret_taken, int64_t *ret_rows);

    const Procedure *procedures; /* ended by a NULL name */
} ConnectorApi;

typedef struct WarrenPlugin {
    size_t size;
    int32_t connector_count;
    const ConnectorApi *const *connectors;
} WarrenPlugin;
