/*
 * The inside of a running query: its pipelines, the drivers that run them, the queue of its result,
 * its failure. Structure (pipelines, drivers, states) changes under `lock`; counters are atomic.
 * Shared by this folder's builder, drivers and pipelines only.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "exec/operator.h"
#include "exec/query_execution.h"
#include "exec/scheduler.h"

typedef struct Pipeline Pipeline;
typedef struct DynamicFilterSet DynamicFilterSet;

/* A source and the operators after it; several branches of a pipeline run into the same sink. */
typedef struct Branch {
    int32_t count, capacity;
    Operator **operators; /* [0] is the source */
    int32_t phase;        /* starts when the drivers of all earlier phases have ended */
} Branch;

struct Pipeline {
    QueryExecution *execution;
    Pipeline *next_in_execution;
    int32_t branch_count, branch_capacity;
    Branch *branches;
    Operator *sink;
    bool is_root;
    Pipeline *merged_into; /* took over its branches, and what depends on it; NULL: none */
    int32_t pending;       /* pipelines that must complete first; under the execution's lock */
    int32_t dependent_count, dependent_capacity;
    Pipeline **dependents;
    int32_t phase, phase_count;
    _Atomic int32_t drivers_left;
    _Atomic int32_t finish_next;
    int32_t finish_count;
};

typedef enum DriverPhase {
    DRIVER_OPENING,
    DRIVER_RUNNING,
    DRIVER_FLUSHING,
    DRIVER_COMBINING,
    DRIVER_FINISHING, /* runs finish tasks of the sink, no batches */
} DriverPhase;

/* An operator as one driver runs it. */
typedef struct DriverSlot {
    Operator *op;
    void *local;
    bool has_more; /* answered PROGRESS_MORE */
    bool is_open;
    int64_t input_rows, output_rows, output_bytes, nanos; /* not yet added to the operator's */
} DriverSlot;

struct Driver {
    Task task;
    QueryExecution *execution;
    Pipeline *pipeline;
    Driver *next_in_execution;
    Context cx; /* arena: scratch */
    DriverPhase phase;
    int32_t first_live; /* slots before it want no more input */
    int32_t flush_index;
    int32_t slot_count;
    DriverSlot *slots; /* source, streaming operators, sink */
};

struct QueryExecution {
    ExecutionOptions options;
    const PlanNode *plan;
    Arena *arena; /* operators, pipelines, compiled expressions; used under build_lock */
    pthread_mutex_t build_lock;
    TaskGroup group;
    _Atomic bool cancelled;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    ExecutionState state;
    Error error; /* strings are malloc'ed */
    bool has_error;
    int32_t drivers_live; /* drivers and input/output threads not ended */
    Driver *drivers;
    Pipeline *pipelines;
    Operator *operators;
    int32_t inline_count, inline_capacity; /* drivers to be run by the starting thread itself */
    Driver **inline_drivers;
    bool collect_inline;

    Operator *result; /* the result queue's sink */
    DynamicFilterSet *dynamic_filters;
    int32_t next_filter_id; /* of filters that are not in the plan; below 0 */
    _Atomic int64_t next_unique_id;
    _Atomic int64_t written_bytes;
    int64_t start_nanos, end_nanos;
    _Atomic int64_t cpu_nanos, blocked_nanos, output_rows, output_bytes;
    _Atomic int64_t processed_rows, processed_bytes;
    _Atomic int64_t physical_bytes, physical_rows, physical_nanos;
    _Atomic int32_t splits_queued, splits_running, splits_completed;
};

/* ---- pipelines (pipeline.c) ---- */

Pipeline *pipeline_create(QueryExecution *execution);
void pipeline_add_branch(Pipeline *pipeline, Operator *source, int32_t phase);
void pipeline_add_operator(Pipeline *pipeline, Operator *op); /* to every branch */
void pipeline_merge(Pipeline *pipeline,
                    Pipeline *other); /* takes over other's branches and dependencies */
/* `pipeline` starts only after `dependency` has completed. */
void pipeline_depend(Pipeline *pipeline, Pipeline *dependency);
MUST_CHECK Status pipeline_start(Context *cx, Pipeline *pipeline);
/* A driver of the pipeline has ended well: starts what comes next when it was the last. */
MUST_CHECK Status pipeline_driver_ended(Context *cx, Pipeline *pipeline);

/* ---- drivers (driver.c) ---- */

Driver *driver_create(Pipeline *pipeline, const Branch *branch); /* branch NULL: a finish driver */
void driver_free(Driver *driver);

/* ---- the execution (query_execution.c) ---- */

/* Operators register so that they are freed with the execution. T starts with an Operator. */
void *execution_add_operator(QueryExecution *execution, const OperatorType *type, size_t size,
                             int32_t node_id);
void execution_submit(QueryExecution *execution, Driver **drivers, int32_t count);
void execution_fail(QueryExecution *execution, const Error *error);
void execution_finish(QueryExecution *execution); /* the root pipeline is complete */
void execution_notify(QueryExecution *execution);
void execution_thread_started(
    QueryExecution *execution); /* an I/O thread that uses the execution */
void execution_thread_ended(QueryExecution *execution);

#define operator_new(execution, T, type, node_id)                                                  \
    ((T *)execution_add_operator((execution), (type), sizeof(T), (node_id)))
