/* The sorting sink, for operators that work on sorted rows: sort and top-N themselves, windows,
 * rankings. */
#pragma once

#include "exec/column_store.h"
#include "exec/pipeline_builder.h"
#include "exec/sort_rows.h"

/* What a sink has after its pipeline is complete: rows of its store, in order. Lives as long as the
 * execution. */
typedef struct SortedRows {
    const ColumnStore *rows; /* the columns of the stream's layout */
    const SortEntry *order;
    int64_t count;
} SortedRows;

/* A sink for the stream's rows. limit -1: all; with_ties: rows equal to the last one too. */
MUST_CHECK Status sort_sink_create(Builder *builder, const Stream *stream,
                                   const SortOrderArray *order_by, int64_t limit, bool with_ties,
                                   int32_t node_id, Operator **ret_sink);
SortedRows sort_sink_rows(const Operator *sink);
