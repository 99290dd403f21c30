/*
 * Running an optimised plan on this node.
 *
 * query_execution_start cuts the plan into pipelines and hands their drivers to the scheduler's
 * worker threads; batches of the result wait in a bounded queue until they are taken. All functions
 * are thread safe; `notify` is called (from any thread, without locks held) whenever a result
 * arrives or the state changes, so that no thread has to wait.
 */
#pragma once

#include "analyze/analyze.h"

typedef struct Scheduler Scheduler;
typedef struct QueryExecution QueryExecution;

/* One worker thread a core unless `threads` says otherwise (0). */
Scheduler *scheduler_create(int32_t threads);
void scheduler_free(Scheduler *scheduler);

typedef struct ExecutionOptions {
    Scheduler *scheduler;
    MemoryPool *pool; /* the query's */
    const Session *session;
    Transaction *transaction;
    int32_t drivers_max;        /* per pipeline; 0: one a worker thread */
    int64_t result_queue_bytes; /* how much result may wait; 0: 16 MB */
    void (*notify)(void *closure);
    /* EXPLAIN ANALYZE: the text of a plan whose execution has come to its end; NULL: empty. */
    Status (*explain)(Context *cx, void *closure, QueryExecution *execution, const PlanNode *plan,
                      bool verbose, const char **ret_text);
    void *closure;
} ExecutionOptions;

typedef struct ExecutionStatistics {
    int32_t splits_total, splits_queued, splits_running, splits_completed;
    int64_t cpu_nanos, wall_nanos, blocked_nanos;
    int64_t processed_rows, processed_bytes, physical_input_bytes, physical_input_rows,
        physical_input_nanos, physical_written_bytes;
    int64_t memory_bytes, memory_bytes_peak, spilled_bytes;
    int64_t output_rows, output_bytes;
} ExecutionStatistics;

/* The plan must stay valid until query_execution_free. */
MUST_CHECK Status query_execution_start(Context *cx, const ExecutionOptions *options,
                                        const PlanNode *plan, QueryExecution **ret_execution);
typedef enum ExecutionState {
    EXECUTION_RUNNING,
    EXECUTION_FINISHED,
    EXECUTION_FAILED
} ExecutionState;
/* Takes the next result batch if one waits; *ret_batch NULL otherwise. FINISHED only once all
   batches were taken and every driver has ended; FAILED at once, with the error in
   query_execution_error. */
ExecutionState query_execution_poll(QueryExecution *execution, Batch **ret_batch);
/* Blocks until a batch waits or the state changes (tests, the optimizer's own queries). */
void query_execution_wait(QueryExecution *execution);
const Error *query_execution_error(QueryExecution *execution);
/* Fails the execution with this error; work stops within 100 ms. The first failure wins. */
void query_execution_cancel(QueryExecution *execution, ErrorCode code, const char *message);
void query_execution_statistics(QueryExecution *execution, ExecutionStatistics *ret_statistics);
/* EXPLAIN ANALYZE: rows, time, memory of every plan node id seen, into the text printer's table. */
typedef struct NodeStatistics {
    int32_t node_id;
    int64_t input_rows, output_rows, input_bytes, output_bytes, cpu_nanos, wall_nanos,
        memory_bytes_peak;
    int32_t drivers;
} NodeStatistics;
int32_t query_execution_node_statistics(QueryExecution *execution, Arena *arena,
                                        NodeStatistics **ret_statistics);
void query_execution_free(QueryExecution *execution); /* cancels and waits for its drivers */
