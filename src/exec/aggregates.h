/*
 * The aggregates of one plan node: which columns they read, where their states lie in a group's
 * state, and the calls of their kernels over batches. Shared by grouped, global and windowed
 * aggregation. An AggregateSet is immutable once built; each driver works with its own
 * AggregateScratch.
 */
#pragma once

#include "exec/pipeline_builder.h"

typedef struct AggregateSpec {
    const ResolvedFunction *function;
    const AggregateFunction *aggregate;
    const Type *result_type;
    const Type *intermediate_type; /* VARBINARY where the state's bytes are the intermediate */
    int32_t argument_count;
    int32_t *columns; /* of the input; -1: constants[i] or lambda_programs[i] */
    Vector **constants;
    Program **lambda_programs; /* of arguments that are lambdas; NULL entries, NULL when none is */
    int32_t index;             /* in the set */
    int32_t filter_column;     /* -1: none */
    bool is_distinct;          /* and the function cares */
    int32_t order_count;       /* ORDER BY within the call, and the function cares */
    const SortOrder *order_by;
    int32_t *order_columns;
    bool reads_intermediate, writes_intermediate;
    int32_t state_offset;
    void *prepared;
} AggregateSpec;

typedef struct AggregateSet {
    int32_t count;
    AggregateSpec *items;
    int32_t state_bytes; /* of a group: all states, each 16-byte aligned */
    bool has_deferred;   /* some are distinct or ordered: fed after the input's end */
} AggregateSet;

/* What one thread needs to call kernels. */
typedef struct AggregateScratch {
    Arena *arena; /* what states point to */
    MemoryPool *pool;
    int64_t reserved_bytes; /* for the arena */
    Vector **arguments;
    int32_t lambda_count;
    struct AggregateLambda *lambda_instances;
    const struct Lambda ***lambdas; /* by aggregate, then by argument; NULL entries */
    int32_t rows[BATCH_ROWS_MAX];
    uint8_t *states[BATCH_ROWS_MAX];
} AggregateScratch;

MUST_CHECK Status aggregate_set_build(Builder *builder, const Stream *stream,
                                      const AggregateArray *aggregates, AggregationStep step,
                                      AggregateSet *ret_set);
void aggregate_set_done(AggregateSet *set); /* constants */

AggregateScratch *aggregate_scratch_create(const AggregateSet *set, MemoryPool *pool);
void aggregate_scratch_free(AggregateScratch *scratch); /* NULL is legal; states must be dead */
/* What kernels of `spec` are called with; lambdas are the scratch's own. */
AggregateCall aggregate_call(Context *cx, const AggregateSpec *spec, AggregateScratch *scratch,
                             Vector *const *arguments);
/* Charges what the arena has grown by. */
MUST_CHECK Status aggregate_scratch_charge(Context *cx, AggregateScratch *scratch);

/* Makes a group's state, zeroed before, ready. */
void aggregates_init(const AggregateSet *set, AggregateScratch *scratch, Context *cx,
                     uint8_t *state);
bool aggregates_need_init(const AggregateSet *set);
/* Rows of a batch sorted by group, when the groups are few: kernels then add to one state at a
 * time. */
enum { GROUP_RUNS_MAX = 16 };
typedef struct GroupRuns {
    int32_t count;
    int32_t ends[GROUP_RUNS_MAX];
    uint8_t *states[GROUP_RUNS_MAX];
    int32_t rows[BATCH_ROWS_MAX];
} GroupRuns;

/* As aggregates_add, for rows in runs. */
MUST_CHECK Status aggregates_add_runs(Context *cx, const AggregateSet *set,
                                      AggregateScratch *scratch, const Batch *input,
                                      uint8_t *const *states, const GroupRuns *runs);
/* Feeds a batch: row i belongs to the group whose state is states[i]; states NULL: all rows belong
   to `single`. Aggregates that are distinct or ordered are left out. */
MUST_CHECK Status aggregates_add(Context *cx, const AggregateSet *set, AggregateScratch *scratch,
                                 const Batch *input, uint8_t *const *states, uint8_t *single);
/* Feeds one aggregate with argument columns of its own (after DISTINCT or ORDER BY): one column an
 * argument. */
MUST_CHECK Status aggregate_add_columns(Context *cx, const AggregateSpec *spec,
                                        AggregateScratch *scratch, Vector *const *arguments,
                                        int32_t count, uint8_t *const *states);
/* Joins source states to target states, pairwise, for every aggregate. */
MUST_CHECK Status aggregates_combine(Context *cx, const AggregateSet *set,
                                     AggregateScratch *scratch, uint8_t *const *targets,
                                     uint8_t *const *sources, int32_t count);
/* The results of aggregate `index` for `count` groups: a new reference. */
MUST_CHECK Status aggregate_output(Context *cx, const AggregateSpec *spec,
                                   AggregateScratch *scratch, uint8_t *const *states, int32_t count,
                                   Vector **ret_vector);
