/*
 * The table of functions that every operator fills: sources give batches, streaming operators turn
 * batches into batches, sinks take them to the end of a pipeline.
 *
 * An Operator is one step of a pipeline, shared by all its drivers (global state); what open gives
 * is one driver's local state. Concrete operators start with an Operator. No function blocks: a
 * source that has to wait adds the driver to a WaitList and answers PROGRESS_BLOCKED. cx->arena is
 * scratch: it is reset before each batch of the source. Batches given to execute and sink are taken
 * over, also on failure; batches given back belong to the caller.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "warren/vector.h"

typedef struct Operator Operator;
typedef struct OperatorType OperatorType;
typedef struct Driver Driver;
typedef struct QueryExecution QueryExecution;

typedef enum Progress {
    PROGRESS_NEED_INPUT, /* execute, sink: took the input; next: nothing this time, ask again */
    PROGRESS_MORE,       /* execute: call again without input; next: ask again */
    PROGRESS_FINISHED,   /* nothing more will come (next, flush) or is wanted (execute, sink) */
    PROGRESS_BLOCKED,    /* next: the driver is on a WaitList */
} Progress;

struct OperatorType {
    const char *name;
    /* One driver's state; optional (NULL state). close frees it, also half built; NULL state is
     * legal there. */
    Status (*open)(Context *cx, Operator *op, Driver *driver, void **ret_local);
    void (*close)(Operator *op, void *local);

    /* Sources. start is called once when the pipeline begins and says how many drivers it can feed,
       at most `limit` (optional: one). next gives a batch or NULL. */
    Status (*start)(Context *cx, Operator *op, int32_t limit, int32_t *ret_drivers);
    Status (*next)(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress);

    /* Streaming operators. input is NULL after PROGRESS_MORE. flush (optional) gives what is left
       at the end of the input, NULL and FINISHED when nothing is. */
    Status (*execute)(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                      Progress *ret_progress);
    Status (*flush)(Context *cx, Operator *op, void *local, Batch **ret_output,
                    Progress *ret_progress);

    /* Sinks. is_ready (optional): false after adding the driver to a WaitList. combine joins a
       driver's local state to the global one; then prepare_finish (optional) names how many finish
       tasks may run in parallel; finalize is last. */
    bool (*is_ready)(Operator *op, Driver *driver);
    Status (*sink)(Context *cx, Operator *op, void *local, Batch *input, Progress *ret_progress);
    Status (*combine)(Context *cx, Operator *op, void *local);
    Status (*prepare_finish)(Context *cx, Operator *op, int32_t *ret_tasks);
    Status (*finish_task)(Context *cx, Operator *op, int32_t index);
    Status (*finalize)(Context *cx, Operator *op);

    void (*free)(
        Operator *op); /* what the operator holds; its own struct is in the execution's arena */
};

struct Operator {
    const OperatorType *type;
    QueryExecution *execution;
    int32_t node_id;     /* of the plan, for statistics; -1: none of its own */
    bool is_node_output; /* the last operator of its plan node: its output rows are the node's */
    bool is_node_input;  /* the first one */
    Operator *next_in_execution;
    _Atomic int64_t input_rows, output_rows, output_bytes, nanos;
    _Atomic int32_t driver_count;
};

/* ---- waiting ---- */

/* Drivers to be woken when something changes. Zero-initialised but for wait_list_init. */
typedef struct WaitList {
    pthread_mutex_t lock;
    int32_t count, capacity;
    Driver **drivers;
} WaitList;

void wait_list_init(WaitList *list);
void wait_list_done(WaitList *list);
void wait_list_add(WaitList *list, Driver *driver); /* once, however often it is added */
void wait_list_wake(WaitList *list);                /* wakes and forgets all */

/* ---- what operators ask of their surroundings ---- */

/* Fails with the query's own error once it was cancelled: for loops that run long within one call.
 */
MUST_CHECK Status check_cancelled(Context *cx);
/* Bytes of the values themselves, by their widths: shared dictionaries and heaps are not counted.
 */
int64_t batch_payload_bytes(const Batch *batch);
