/*
 * Joins: what the build sink, the probe and the source of unmatched build rows share. One struct
 * serves equi-joins of all kinds, semi-joins and (without keys) nested loops. The build side's
 * pipeline completes before the probe's starts, so the table is read without locks; only `matched`
 * is written while probing, by relaxed stores.
 */
#pragma once

#include "exec/join_table.h"
#include "exec/pipeline_builder.h"

typedef enum JoinForm {
    JOIN_FORM_PAIRS, /* INNER, LEFT, RIGHT, FULL */
    JOIN_FORM_SEMI,
    JOIN_FORM_ANTI,
    JOIN_FORM_MARK,
} JoinForm;

/* Where an output column comes from. */
typedef struct JoinColumn {
    bool is_build;
    int32_t index; /* of the probe batch, or of the table's rows */
} JoinColumn;

typedef struct JoinFilterId {
    int32_t id;
    int32_t build_column;
} JoinFilterId;

typedef struct HashJoin {
    Operator sink;
    JoinForm form;
    bool keeps_probe; /* LEFT, FULL: unmatched probe rows come out */
    bool keeps_build; /* RIGHT, FULL: unmatched build rows come out */
    bool null_aware;
    int32_t key_count;
    int32_t *probe_keys; /* columns of the probe batch */
    int32_t *build_keys; /* columns of the table's rows */
    int32_t build_column_count;
    int32_t *build_columns; /* of the build pipeline's batches: what the table keeps */
    const Type **build_types;
    int32_t output_count;
    JoinColumn *outputs;
    const Type **output_types;
    Program *filter; /* over filter_columns; NULL: none */
    int32_t filter_column_count;
    JoinColumn *filter_columns;
    int32_t dynamic_filter_count;
    JoinFilterId *dynamic_filters;

    pthread_mutex_t lock;
    int32_t store_count, store_capacity;
    ColumnStore *stores; /* of the build drivers that have ended */
    JoinTable table;
    uint8_t *matched;           /* by build row; keeps_build only */
    _Atomic int64_t next_outer; /* unmatched build rows: where the next driver looks */
} HashJoin;

/* hash_join_build.c */
extern const OperatorType hash_join_build_type;
/* hash_join_probe.c, nested_loop_join.c, hash_join_outer.c: operators over the same HashJoin */
Operator *hash_join_probe_create(Builder *builder, HashJoin *join, int32_t node_id);
Operator *hash_join_semi_create(Builder *builder, HashJoin *join, int32_t node_id);
Operator *nested_loop_join_create(Builder *builder, HashJoin *join, int32_t node_id);
Operator *hash_join_outer_create(Builder *builder, HashJoin *join, int32_t node_id);

/* A semi-join built on its first input: the sink of the filtering input, and the source of the
 * answer. */
Operator *hash_join_mark_sink_create(Builder *builder, HashJoin *join, int32_t node_id);
Operator *hash_join_marked_source_create(Builder *builder, HashJoin *join, int32_t node_id);

/* ---- shared by the operators ---- */

/* One driver's probing: a batch at a time, its pairs some at a time. */
typedef struct JoinProbe {
    ProgramState *filter;
    Vector **keys;
    Batch *input; /* being worked on, owned */
    bool pairs_done;
    JoinMatches matches;
    uint8_t matched[BATCH_ROWS_MAX];
    int32_t probe_rows[BATCH_ROWS_MAX], build_rows[BATCH_ROWS_MAX];
} JoinProbe;

JoinProbe *join_probe_create(const HashJoin *join);
void join_probe_free(JoinProbe *probe);
void join_probe_begin(const HashJoin *join, JoinProbe *probe, Batch *input);
/* The next pairs that pass verification and filter; *ret_count 0 with pairs_done at the end. */
MUST_CHECK Status join_probe_next(Context *cx, const HashJoin *join, JoinProbe *probe,
                                  int32_t *ret_count);
void join_probe_end(JoinProbe *probe);

/* The columns of pairs of rows: build columns come from the table. probe_rows NULL: all count rows
   in order; build_rows NULL: NULLs in build columns. */
Batch *join_pairs(const HashJoin *join, int32_t column_count, const JoinColumn *columns,
                  const Batch *probe, const int32_t *probe_rows, const int32_t *build_rows,
                  int32_t count);
/* Keeps the pairs for which the residual filter is TRUE. */
MUST_CHECK Status join_filter_pairs(Context *cx, const HashJoin *join, ProgramState *filter,
                                    const Batch *probe, int32_t *probe_rows, int32_t *build_rows,
                                    int32_t *count);
static inline void join_note_matched(const HashJoin *join, const int32_t *build_rows,
                                     int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        __atomic_store_n(&join->matched[build_rows[i]], 1, __ATOMIC_RELAXED);
    }
}
