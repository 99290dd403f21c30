/*
 * Reading from connectors whose sources wait for a network or a disk: a few threads read splits
 * into a bounded queue, so that plugin code stays plain and sequential while drivers never block.
 * The threads count as live in the execution, which is not freed before they have ended; they end
 * when the splits do, the query fails, or no driver wants more.
 */
#include <stdlib.h>
#include <time.h>

#include "base/allocate.h"
#include "exec/table_scan.h"

enum { QUEUE_BATCHES_MAX = 64, THREADS_MAX = 16, WAIT_MILLIS = 50 };

struct BlockingReader {
    TableScan *scan;
    pthread_mutex_t lock;
    pthread_cond_t room;
    Batch *queue[QUEUE_BATCHES_MAX];
    int32_t first, count;
    int32_t thread_count; /* not ended */
    int32_t drivers;      /* still interested */
    bool splits_open;
    bool failed;
    WaitList consumers;
};

static bool is_abandoned(BlockingReader *reader) {
    return reader->drivers == 0 ||
           atomic_load_explicit(&reader->scan->base.execution->cancelled, memory_order_relaxed);
}

static struct timespec soon(void) {
    struct timespec when;
    clock_gettime(CLOCK_REALTIME, &when);
    when.tv_nsec += WAIT_MILLIS * 1000000L;
    if (when.tv_nsec >= 1000000000L) {
        when.tv_sec++;
        when.tv_nsec -= 1000000000L;
    }
    return when;
}

/* False when nobody wants the batch any more; it is then freed. */
static bool put(BlockingReader *reader, Batch *batch) {
    pthread_mutex_lock(&reader->lock);
    while (reader->count == QUEUE_BATCHES_MAX && !is_abandoned(reader)) {
        struct timespec when = soon();
        pthread_cond_timedwait(&reader->room, &reader->lock, &when);
    }
    bool wanted = !is_abandoned(reader);
    if (wanted) {
        reader->queue[(reader->first + reader->count++) % QUEUE_BATCHES_MAX] = batch;
    }
    pthread_mutex_unlock(&reader->lock);
    if (wanted) {
        wait_list_wake(&reader->consumers);
    } else {
        batch_free(batch);
    }
    return wanted;
}

static Status read_all(Context *cx, BlockingReader *reader, ScanSource *source) {
    pthread_mutex_lock(&reader->lock);
    Status status = OK;
    if (!reader->splits_open && !reader->failed) {
        status = table_scan_open_splits(cx, reader->scan);
        reader->splits_open = status == OK;
    }
    bool opened = reader->splits_open;
    pthread_mutex_unlock(&reader->lock);
    if (!opened) {
        return status;
    }
    for (;;) {
        Batch *batch;
        arena_reset(cx->arena);
        TRY(check_cancelled(cx));
        TRY(scan_source_read(cx, source, &batch));
        if (batch == NULL || !put(reader, batch)) {
            return OK;
        }
    }
}

static void *reader_thread(void *argument) {
    BlockingReader *reader = argument;
    QueryExecution *execution = reader->scan->base.execution;
    Context cx = {.arena = arena_create(NULL),
                  .pool = execution->options.pool,
                  .session = execution->options.session,
                  .cancelled = &execution->cancelled};
    ScanSource source;
    scan_source_init(&source, reader->scan);
    Status status = read_all(&cx, reader, &source);
    scan_source_done(&source);
    if (status != OK) {
        execution_fail(execution, &cx.error);
    }
    arena_free(cx.arena);
    pthread_mutex_lock(&reader->lock);
    reader->thread_count--;
    reader->failed = reader->failed || status != OK;
    pthread_mutex_unlock(&reader->lock);
    wait_list_wake(&reader->consumers);
    execution_thread_ended(execution);
    return NULL;
}

BlockingReader *blocking_reader_create(TableScan *scan, int32_t drivers) {
    BlockingReader *reader = allocate_zeroed(sizeof *reader);
    reader->scan = scan;
    reader->drivers = drivers;
    pthread_mutex_init(&reader->lock, NULL);
    pthread_cond_init(&reader->room, NULL);
    wait_list_init(&reader->consumers);
    int32_t threads = drivers * 4 < THREADS_MAX ? drivers * 4 : THREADS_MAX;
    pthread_mutex_lock(&reader->lock);
    for (int32_t i = 0; i < threads; i++) {
        pthread_t thread;
        execution_thread_started(scan->base.execution);
        if (pthread_create(&thread, NULL, reader_thread, reader) != 0) {
            abort(); /* as with worker threads: without threads there is no engine */
        }
        pthread_detach(thread);
        reader->thread_count++;
    }
    pthread_mutex_unlock(&reader->lock);
    return reader;
}

void blocking_reader_free(BlockingReader *reader) {
    if (reader == NULL) {
        return;
    }
    for (int32_t i = 0; i < reader->count; i++) {
        batch_free(reader->queue[(reader->first + i) % QUEUE_BATCHES_MAX]);
    }
    wait_list_done(&reader->consumers);
    pthread_cond_destroy(&reader->room);
    pthread_mutex_destroy(&reader->lock);
    free(reader);
}

static Batch *try_take(BlockingReader *reader, bool *ret_finished) {
    Batch *batch = NULL;
    pthread_mutex_lock(&reader->lock);
    if (reader->count > 0) {
        batch = reader->queue[reader->first];
        reader->first = (reader->first + 1) % QUEUE_BATCHES_MAX;
        reader->count--;
        pthread_cond_signal(&reader->room);
    }
    *ret_finished = batch == NULL && reader->thread_count == 0;
    pthread_mutex_unlock(&reader->lock);
    return batch;
}

Status blocking_reader_take(Context *cx, BlockingReader *reader, Driver *driver, Batch **ret_batch,
                            bool *ret_finished) {
    *ret_batch = try_take(reader, ret_finished);
    if (*ret_batch == NULL && !*ret_finished) {
        wait_list_add(&reader->consumers, driver);
        *ret_batch = try_take(reader, ret_finished); /* one may have come in between */
    }
    if (check_cancelled(cx) != OK) {
        batch_free(*ret_batch);
        *ret_batch = NULL;
        return FAILED;
    }
    return OK;
}

void blocking_reader_leave(BlockingReader *reader) {
    pthread_mutex_lock(&reader->lock);
    if (reader->drivers > 0 && --reader->drivers == 0) {
        pthread_cond_broadcast(&reader->room);
    }
    pthread_mutex_unlock(&reader->lock);
}
