/*
 * The result queue. A linked ring of batches under one lock; the bound is soft by one batch a
 * driver, so that a sink never has to refuse a batch that was already made.
 */
#include "exec/result_queue.h"

#include <stdlib.h>

#include "base/allocate.h"

typedef struct ResultQueue {
    Operator base;
    pthread_mutex_t lock;
    Batch **batches;
    int32_t first, count, capacity;
    _Atomic int32_t waiting; /* count, to be read without the lock */
    int64_t bytes;
    WaitList producers;
} ResultQueue;

static void enqueue(ResultQueue *queue, Batch *batch) {
    if (queue->count == queue->capacity) {
        int32_t capacity = queue->capacity > 0 ? queue->capacity * 2 : 16;
        Batch **batches = allocate((size_t)capacity * sizeof(Batch *));
        for (int32_t i = 0; i < queue->count; i++) {
            batches[i] = queue->batches[(queue->first + i) % queue->capacity];
        }
        free(queue->batches);
        queue->batches = batches;
        queue->first = 0;
        queue->capacity = capacity;
    }
    queue->batches[(queue->first + queue->count++) % queue->capacity] = batch;
}

static Status sink(Context *cx, Operator *op, void *local, Batch *input, Progress *ret_progress) {
    ResultQueue *queue = (ResultQueue *)op;
    int64_t bytes = batch_payload_bytes(input);
    atomic_fetch_add(&op->execution->output_rows, input->row_count);
    atomic_fetch_add(&op->execution->output_bytes, bytes);
    pthread_mutex_lock(&queue->lock);
    enqueue(queue, input);
    queue->bytes += bytes;
    atomic_store(&queue->waiting, queue->count);
    pthread_mutex_unlock(&queue->lock);
    *ret_progress = PROGRESS_NEED_INPUT;
    execution_notify(op->execution);
    return OK;
}

static bool is_full(ResultQueue *queue) {
    pthread_mutex_lock(&queue->lock);
    bool full = queue->bytes >= queue->base.execution->options.result_queue_bytes;
    pthread_mutex_unlock(&queue->lock);
    return full;
}

static bool is_ready(Operator *op, Driver *driver) {
    ResultQueue *queue = (ResultQueue *)op;
    if (atomic_load(&queue->waiting) == 0 || !is_full(queue)) {
        return true;
    }
    wait_list_add(&queue->producers, driver);
    return !is_full(queue); /* it may have drained in between */
}

Batch *result_queue_take(Operator *op) {
    ResultQueue *queue = (ResultQueue *)op;
    pthread_mutex_lock(&queue->lock);
    Batch *batch = NULL;
    bool drained = false;
    if (queue->count > 0) {
        batch = queue->batches[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
        queue->count--;
        atomic_store(&queue->waiting, queue->count);
        int64_t limit = op->execution->options.result_queue_bytes;
        int64_t before = queue->bytes;
        queue->bytes -= batch_payload_bytes(batch);
        drained = before >= limit && queue->bytes < limit;
    }
    pthread_mutex_unlock(&queue->lock);
    if (drained) {
        wait_list_wake(&queue->producers);
    }
    return batch;
}

bool result_queue_has_batch(const Operator *op) {
    return atomic_load(&((ResultQueue *)op)->waiting) > 0;
}

static void queue_free(Operator *op) {
    ResultQueue *queue = (ResultQueue *)op;
    for (int32_t i = 0; i < queue->count; i++) {
        batch_free(queue->batches[(queue->first + i) % queue->capacity]);
    }
    free(queue->batches);
    wait_list_done(&queue->producers);
    pthread_mutex_destroy(&queue->lock);
}

static const OperatorType result_queue_type = {
    .name = "TaskOutputOperator",
    .is_ready = is_ready,
    .sink = sink,
    .free = queue_free,
};

Operator *result_queue_create(QueryExecution *execution, int32_t node_id) {
    ResultQueue *queue = operator_new(execution, ResultQueue, &result_queue_type, node_id);
    pthread_mutex_init(&queue->lock, NULL);
    wait_list_init(&queue->producers);
    return &queue->base;
}
