/*
 * Windows: the state its files share. Rows are sorted by partition and order; drivers take whole
 * partitions, many small ones at a time (a morsel), compute each function over them, and give the
 * rows with the results added.
 */
#pragma once

#include "exec/aggregates.h"
#include "exec/sort.h"

typedef struct WindowBound {
    FrameBoundKind kind;
    int32_t value_column; /* -1: none */
} WindowBound;

typedef struct WindowSpec {
    const WindowCallNode *node;
    FrameUnit unit;
    WindowBound start, end;
    int32_t argument_count;
    int32_t *columns; /* -1: constants[i] */
    Vector **constants;
    const AggregateSpec *aggregate; /* NULL: a window function */
} WindowSpec;

typedef struct WindowOperator {
    Operator base; /* the source */
    Operator *sink;
    int32_t column_count; /* of the sorted rows */
    int32_t partition_key_count;
    int32_t *partition_keys;
    int32_t order_key_count;
    int32_t *order_keys;
    const SortOrder *order_by;
    int32_t function_count;
    WindowSpec *functions;
    AggregateSet aggregates;
    bool *is_needed; /* columns that functions, peers or frames read */
    int64_t partition_count;
    int64_t *partitions; /* first row of each, and one past the last; counted in the order */
    int64_t reserved_bytes;
    _Atomic int64_t next_partition;
} WindowOperator;

/* One partition as functions see it. */
typedef struct WindowPartition {
    int32_t row_count;
    Vector *const *columns; /* NULL entries are not needed */
    int32_t *peer_start, *peer_end;
    int32_t *frame_start, *frame_end;
} WindowPartition;

/* What rows are sorted by: partition keys, then the order. */
SortOrderArray window_order(Arena *arena, const SymbolList *partition_by,
                            const SortOrderArray *order_by);

/* ---- window_frame.c ---- */

/* Fills partition->peer_start and peer_end. */
void window_find_peers(const WindowOperator *self, WindowPartition *partition);
/* Fills partition->frame_start and frame_end for a function; empty frames have start > end. */
MUST_CHECK Status window_find_frames(Context *cx, const WindowOperator *self,
                                     const WindowSpec *spec, WindowPartition *partition);

/* ---- window_aggregate.c ---- */

/* The aggregate over each row's frame: a new vector of row_count values. */
MUST_CHECK Status window_aggregate(Context *cx, const WindowSpec *spec, AggregateScratch *scratch,
                                   const WindowPartition *partition, Vector *const *arguments,
                                   Vector **ret_result);
