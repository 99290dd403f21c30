/*
 * Table scans: the state that the scan operator and its blocking reader share. Splits are asked of
 * the connector as they are needed and handed to whichever driver is free.
 */
#pragma once

#include "catalog/catalog.h"
#include "exec/dynamic_filter.h"

typedef struct BlockingReader BlockingReader;

typedef struct ScanFilter {
    int32_t id;
    int32_t column; /* of the batch */
    int32_t table_column;
    const DynamicFilterValues *values;
} ScanFilter;

typedef struct TableScan {
    Operator base;
    DynamicFilter dynamic_filter;
    const PlanTable *table;
    Catalog *catalog;
    void *transaction;
    int32_t column_count;
    const int32_t *columns;
    const Type **column_types;
    int32_t filter_count;
    ScanFilter *filters;
    TupleDomain domain; /* what the dynamic filters say, for the connector; count 0: nothing */

    pthread_mutex_t lock; /* the rest */
    Arena *arena;         /* of splits */
    void *splits;
    Split *queue;
    int32_t queue_next, queue_count;
    bool is_exhausted;
    BlockingReader *reader; /* connectors whose sources block */
} TableScan;

/* One open split. */
typedef struct ScanSource {
    TableScan *scan;
    Arena *arena; /* of the source; reset between splits */
    void *source;
    SourceStatistics statistics;
} ScanSource;

void scan_source_init(ScanSource *source, TableScan *scan);
void scan_source_done(ScanSource *source);
/* The next batch of the open split, or of the next one: NULL at the end of all splits. */
MUST_CHECK Status scan_source_read(Context *cx, ScanSource *source, Batch **ret_batch);
/* Asks for splits until `wanted` wait or there are no more; the number that wait. */
MUST_CHECK Status table_scan_fill(Context *cx, TableScan *scan, int32_t wanted,
                                  int32_t *ret_waiting);
MUST_CHECK Status table_scan_open_splits(Context *cx, TableScan *scan);

/* ---- blocking_reader.c: threads that read for a scan, with a bounded queue ---- */

BlockingReader *blocking_reader_create(TableScan *scan, int32_t drivers);
void blocking_reader_free(BlockingReader *reader); /* its threads have ended; NULL is legal */
/* A batch, or NULL: *ret_finished, or the driver is on the wait list. Raises what a thread failed
 * with. */
MUST_CHECK Status blocking_reader_take(Context *cx, BlockingReader *reader, Driver *driver,
                                       Batch **ret_batch, bool *ret_finished);
void blocking_reader_leave(BlockingReader *reader); /* a driver wants no more */
