/*
 * Hash aggregation: the state its files share. Each driver fills a table of its own; at the end of
 * the input the tables are merged (partition by partition, in parallel, when they are large),
 * distinct and ordered aggregates are fed, and a source gives the groups in batches. Without keys
 * there is one group from the start.
 */
#pragma once

#include "exec/aggregates.h"
#include "exec/group_table.h"

/* One thread's groups, or after merging one partition of them. */
typedef struct GroupSet {
    GroupTable table;
    AggregateScratch *scratch;
    struct DeferredInput *
        *deferred; /* per aggregate: rows for distinct or ordered ones; NULL entries */
    struct GroupSet *next;
    int32_t groups[BATCH_ROWS_MAX];
    uint8_t *states[BATCH_ROWS_MAX];
    GroupRuns runs;
} GroupSet;

typedef struct HashAggregation {
    Operator sink;
    AggregateSet aggregates;
    int32_t key_count;
    int32_t *key_columns;
    const Type **key_types;
    int32_t global_id_count; /* grouping sets without keys: a row each for empty input */
    const int32_t *global_ids;
    int32_t group_id_key; /* which key is the group id, or -1 */
    pthread_mutex_t lock;
    GroupSet *sets; /* of the drivers that have ended */
    int32_t partition_count;
    bool by_range; /* partitions are ranges of the one integer key, not of its hash */
    int64_t range_low;
    int32_t range_shift;
    GroupSet **partitions;       /* after prepare_finish: the results */
    GroupSet *sources;           /* while partitions are merged: the drivers' sets, read only */
    _Atomic int64_t next_morsel; /* output */
    int32_t output_count;        /* columns */
} HashAggregation;

MUST_CHECK Status group_set_create(Context *cx, HashAggregation *self, GroupSet **ret_set);
void group_set_free(HashAggregation *self, GroupSet *set); /* NULL is legal */
/* The groups of the key columns, their states initialised: fills set->groups and set->states. */
MUST_CHECK Status group_set_find(Context *cx, HashAggregation *self, GroupSet *set,
                                 Vector *const *keys, const int32_t *rows, const uint64_t *hashes,
                                 int32_t count, int32_t *ret_first_new);
/* hash_aggregation_merge.c: joins source to target; partition < 0: all groups. Source's states are
 * moved or joined. */
MUST_CHECK Status group_set_merge(Context *cx, HashAggregation *self, GroupSet *target,
                                  GroupSet *source, int32_t partition, int32_t partition_bits);
MUST_CHECK Status hash_aggregation_prepare_finish(Context *cx, Operator *op, int32_t *ret_tasks);
MUST_CHECK Status hash_aggregation_finish_task(Context *cx, Operator *op, int32_t index);
MUST_CHECK Status hash_aggregation_finalize(Context *cx, Operator *op);
/* hash_aggregation_output.c */
Operator *hash_aggregation_source(Builder *builder, HashAggregation *self, int32_t node_id);
