/*
 * From plan nodes to pipelines. Each operator's file has a build function that turns one kind of
 * node into operators; a Stream is the pipeline under construction, whose last operator gives
 * batches with the columns of `layout`. All of it happens under the execution's build_lock; what is
 * made lives in the execution's arena.
 */
#pragma once

#include "exec/execution.h"
#include "expr/program.h"

typedef struct Stream {
    Pipeline *pipeline;
    SymbolList layout; /* column i of a batch holds layout.items[i] */
} Stream;

/* What a RecursiveReference reads while one round of a recursion is built. */
typedef struct RecursionScope {
    struct RecursionScope *outer;
    int32_t recursion_id;
    Operator *(*create_source)(void *closure);
    void *closure;
} RecursionScope;

/* The build side that will publish a dynamic filter: scans that use the filter wait for it. */
typedef struct FilterProducer {
    struct FilterProducer *next;
    int32_t id;
    Pipeline *pipeline;
} FilterProducer;

/* A filter that a semi-join built on its first input makes for the scan of its second. */
typedef struct ReverseFilter {
    struct ReverseFilter *next;
    const PlanNode *scan;
    const Symbol *symbol;
    int32_t id;
} ReverseFilter;

typedef struct Builder {
    Context *cx;
    QueryExecution *execution;
    bool is_tiny; /* until a source that may be long or slow turns up */
    RecursionScope *recursion;
    FilterProducer *filter_producers;
    ReverseFilter *reverse_filters;
} Builder;

/* The whole plan, its root pipeline ending in the result queue. is_tiny: not worth a worker thread.
 */
MUST_CHECK Status pipeline_build(Context *cx, QueryExecution *execution, const PlanNode *plan,
                                 bool *ret_is_tiny);

/* ---- for build functions ---- */

MUST_CHECK Status build_node(Builder *builder, const PlanNode *node, Stream *ret_stream);
/* A new pipeline that starts with `source`. */
Stream stream_begin(Builder *builder, Operator *source, SymbolList layout);
void stream_append(Stream *stream, Operator *op, SymbolList layout);
void stream_end(Stream *stream, Operator *sink);
/* Ends `stream` in `sink`, and begins a new one that starts with `source` once that is complete. */
Stream stream_break(Builder *builder, Stream *stream, Operator *sink, Operator *source,
                    SymbolList layout);
/* The batch column of a symbol; a plan that asks for one that is not there is an internal error. */
MUST_CHECK Status stream_column(Builder *builder, const Stream *stream, const Symbol *symbol,
                                int32_t *ret_column);
/* The batch columns of a list, in the arena. */
MUST_CHECK Status stream_columns(Builder *builder, const Stream *stream, const SymbolList *symbols,
                                 int32_t **ret_columns);
int32_t layout_find(const SymbolList *layout, const Symbol *symbol); /* -1: absent */
void layout_add(Arena *arena, SymbolList *layout, const Symbol *symbol);
/* Appends a projection, unless the layout is `symbols` already. */
MUST_CHECK Status stream_arrange(Builder *builder, Stream *stream, const SymbolList *symbols);

/* hash_aggregation.c: appends GROUP BY all columns, the layout staying as it is. */
MUST_CHECK Status distinct_append(Builder *builder, Stream *stream, int32_t node_id);
/* sort.c: appends a sort. */
MUST_CHECK Status sort_append(Builder *builder, Stream *stream, const SortOrderArray *order_by,
                              int32_t node_id);

typedef Status BuildNode(Builder *builder, const PlanNode *node, Stream *ret_stream);
BuildNode build_table_scan, build_values, build_filter, build_project, build_aggregation,
    build_group_id, build_join, build_semi_join, build_enforce_single_row, build_assign_unique_id,
    build_sort, build_top_n, build_limit, build_offset, build_window, build_top_n_ranking,
    build_unnest, build_set_operation, build_mark_distinct, build_sample, build_table_function,
    build_recursive_union, build_recursive_reference, build_table_writer, build_merge_writer,
    build_exchange, build_explain_analyze;
