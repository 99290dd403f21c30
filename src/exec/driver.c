/*
 * Drivers: one instance of a pipeline branch. A driver reads a batch from its source and pushes it
 * through the streaming operators into the sink; an operator with more output than one batch is
 * called again before anything above it. It yields at its deadline and stops within a batch when
 * the query is cancelled.
 */
#include "exec/execution.h"

#include <stdlib.h>
#include <time.h>

#include "base/allocate.h"

static TaskOutcome driver_run(Task *task, int64_t deadline);

static int64_t thread_cpu_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

Driver *driver_create(Pipeline *pipeline, const Branch *branch) {
    QueryExecution *execution = pipeline->execution;
    Driver *driver = allocate_zeroed(sizeof *driver);
    driver->task.group = &execution->group;
    driver->task.run = driver_run;
    driver->execution = execution;
    driver->pipeline = pipeline;
    driver->cx = (Context){.arena = arena_create(NULL),
                           .pool = execution->options.pool,
                           .session = execution->options.session,
                           .cancelled = &execution->cancelled};
    driver->phase = branch != NULL ? DRIVER_OPENING : DRIVER_FINISHING;
    if (branch != NULL) {
        driver->slot_count = branch->count + 1;
        driver->slots = allocate_zeroed((size_t)driver->slot_count * sizeof *driver->slots);
        for (int32_t i = 0; i < branch->count; i++) {
            driver->slots[i].op = branch->operators[i];
        }
        driver->slots[branch->count].op = pipeline->sink;
    }
    return driver;
}

/* Adds what was counted since the last time to the operators. */
static void publish_statistics(Driver *driver) {
    for (int32_t i = 0; i < driver->slot_count; i++) {
        DriverSlot *slot = &driver->slots[i];
        atomic_fetch_add_explicit(&slot->op->input_rows, slot->input_rows, memory_order_relaxed);
        atomic_fetch_add_explicit(&slot->op->output_rows, slot->output_rows, memory_order_relaxed);
        atomic_fetch_add_explicit(&slot->op->output_bytes, slot->output_bytes,
                                  memory_order_relaxed);
        atomic_fetch_add_explicit(&slot->op->nanos, slot->nanos, memory_order_relaxed);
        slot->input_rows = slot->output_rows = slot->output_bytes = slot->nanos = 0;
    }
}

static void close_slots(Driver *driver) {
    publish_statistics(driver);
    for (int32_t i = 0; i < driver->slot_count; i++) {
        DriverSlot *slot = &driver->slots[i];
        if (slot->is_open && slot->op->type->close != NULL) {
            slot->op->type->close(slot->op, slot->local);
        }
        slot->is_open = false;
        slot->local = NULL;
    }
    driver->slot_count = 0;
    free(driver->slots);
    driver->slots = NULL;
}

void driver_free(Driver *driver) {
    if (driver == NULL) {
        return;
    }
    close_slots(driver);
    arena_free(driver->cx.arena);
    free(driver);
}

static Status open_slots(Driver *driver) {
    for (int32_t i = 0; i < driver->slot_count; i++) {
        DriverSlot *slot = &driver->slots[i];
        atomic_fetch_add(&slot->op->driver_count, 1);
        slot->is_open = true;
        if (slot->op->type->open != NULL) {
            TRY(slot->op->type->open(&driver->cx, slot->op, driver, &slot->local));
        }
    }
    driver->phase = DRIVER_RUNNING;
    return OK;
}

/* Slots up to and including `index` are not called any more; what the later ones hold is flushed.
 */
static void stop_through(Driver *driver, int32_t index) {
    for (int32_t i = 0; i <= index; i++) {
        driver->slots[i].has_more = false;
    }
    if (driver->first_live <= index) {
        driver->first_live = index + 1;
    }
    if (driver->flush_index <= index) {
        driver->flush_index = index + 1;
    }
    if (driver->phase == DRIVER_RUNNING) {
        driver->phase = DRIVER_FLUSHING;
    }
}

static void count_output(DriverSlot *slot, const Batch *batch) {
    if (batch != NULL) {
        slot->output_rows += batch->row_count;
        slot->output_bytes += batch_payload_bytes(batch);
    }
}

static Status give_to_sink(Driver *driver, Batch *batch, int64_t *now) {
    int32_t last = driver->slot_count - 1;
    DriverSlot *slot = &driver->slots[last];
    Progress progress = PROGRESS_NEED_INPUT;
    slot->input_rows += batch->row_count;
    TRY(slot->op->type->sink(&driver->cx, slot->op, slot->local, batch, &progress));
    int64_t end = scheduler_now_nanos();
    slot->nanos += end - *now;
    *now = end;
    if (progress == PROGRESS_FINISHED) {
        stop_through(driver, last - 1);
    }
    return OK;
}

/* Pushes a batch (NULL: asks for more output) into slot `from` and what comes of it onwards. */
static Status push(Driver *driver, int32_t from, Batch *batch) {
    int32_t last = driver->slot_count - 1;
    int64_t now = scheduler_now_nanos();
    for (int32_t i = from; i < last; i++) {
        DriverSlot *slot = &driver->slots[i];
        Batch *output = NULL;
        Progress progress = PROGRESS_NEED_INPUT;
        slot->input_rows += batch != NULL ? batch->row_count : 0;
        TRY(slot->op->type->execute(&driver->cx, slot->op, slot->local, batch, &output, &progress));
        int64_t end = scheduler_now_nanos();
        slot->nanos += end - now;
        now = end;
        slot->has_more = progress == PROGRESS_MORE;
        count_output(slot, output);
        if (progress == PROGRESS_FINISHED) {
            stop_through(driver, i);
        }
        if (output == NULL || output->row_count == 0) {
            batch_free(output);
            return OK;
        }
        batch = output;
    }
    return give_to_sink(driver, batch, &now);
}

static Status read_source(Driver *driver, bool *ret_blocked) {
    DriverSlot *slot = &driver->slots[0];
    Batch *batch = NULL;
    Progress progress = PROGRESS_MORE;
    arena_reset(driver->cx.arena);
    int64_t start = scheduler_now_nanos();
    TRY(slot->op->type->next(&driver->cx, slot->op, slot->local, &batch, &progress));
    slot->nanos += scheduler_now_nanos() - start;
    count_output(slot, batch);
    *ret_blocked = progress == PROGRESS_BLOCKED;
    if (progress == PROGRESS_FINISHED) {
        stop_through(driver, 0);
    }
    if (batch == NULL || batch->row_count == 0) {
        batch_free(batch);
        return OK;
    }
    return push(driver, 1, batch);
}

static Status flush_next(Driver *driver) {
    int32_t index = driver->flush_index;
    if (index >= driver->slot_count - 1) {
        driver->phase = DRIVER_COMBINING;
        return OK;
    }
    DriverSlot *slot = &driver->slots[index];
    if (slot->op->type->flush == NULL) {
        driver->flush_index++;
        return OK;
    }
    Batch *batch = NULL;
    Progress progress = PROGRESS_FINISHED;
    TRY(slot->op->type->flush(&driver->cx, slot->op, slot->local, &batch, &progress));
    if (progress == PROGRESS_FINISHED) {
        driver->flush_index = index + 1;
    }
    count_output(slot, batch);
    if (batch == NULL || batch->row_count == 0) {
        batch_free(batch);
        return OK;
    }
    return push(driver, index + 1, batch);
}

/* One step of work; *ret_outcome TASK_ENDED once there is nothing left to push. */
static Status step(Driver *driver, TaskOutcome *ret_outcome) {
    Operator *sink = driver->slots[driver->slot_count - 1].op;
    *ret_outcome = TASK_YIELDED;
    if (driver->phase == DRIVER_COMBINING) {
        if (sink->type->combine != NULL) {
            TRY(sink->type->combine(&driver->cx, sink,
                                    driver->slots[driver->slot_count - 1].local));
        }
        *ret_outcome = TASK_ENDED;
        return OK;
    }
    if (sink->type->is_ready != NULL && !sink->type->is_ready(sink, driver)) {
        *ret_outcome = TASK_WAITS;
        return OK;
    }
    for (int32_t i = driver->slot_count - 2; i >= driver->first_live && i > 0; i--) {
        if (driver->slots[i].has_more) {
            return push(driver, i, NULL);
        }
    }
    if (driver->phase == DRIVER_FLUSHING) {
        return flush_next(driver);
    }
    bool blocked = false;
    TRY(read_source(driver, &blocked));
    if (blocked) {
        *ret_outcome = TASK_WAITS;
    }
    return OK;
}

static Status run_finish_tasks(Driver *driver) {
    Pipeline *pipeline = driver->pipeline;
    for (;;) {
        int32_t index = atomic_fetch_add(&pipeline->finish_next, 1);
        if (index >= pipeline->finish_count) {
            return OK;
        }
        TRY(check_cancelled(&driver->cx));
        TRY(pipeline->sink->type->finish_task(&driver->cx, pipeline->sink, index));
        arena_reset(driver->cx.arena);
    }
}

static Status run_until(Driver *driver, int64_t deadline, TaskOutcome *ret_outcome) {
    if (driver->phase == DRIVER_FINISHING) {
        *ret_outcome = TASK_ENDED;
        return run_finish_tasks(driver);
    }
    if (driver->phase == DRIVER_OPENING) {
        TRY(open_slots(driver));
    }
    do {
        TRY(check_cancelled(&driver->cx));
        TRY(step(driver, ret_outcome));
    } while (*ret_outcome == TASK_YIELDED && scheduler_now_nanos() < deadline);
    return OK;
}

static void end(Driver *driver) {
    QueryExecution *execution = driver->execution;
    close_slots(driver);
    arena_free(driver->cx.arena);
    driver->cx.arena = NULL;
    task_end(&driver->task);
    pthread_mutex_lock(&execution->lock);
    execution->drivers_live--;
    pthread_cond_broadcast(&execution->changed);
    pthread_mutex_unlock(&execution->lock);
}

static TaskOutcome driver_run(Task *task, int64_t deadline) {
    Driver *driver = (Driver *)task;
    QueryExecution *execution = driver->execution;
    int64_t start = thread_cpu_nanos();
    TaskOutcome outcome = TASK_YIELDED;
    Status status = run_until(driver, deadline, &outcome);
    if (status == OK && outcome == TASK_ENDED) {
        close_slots(driver); /* files and memory are given back before the next pipeline starts */
        status = pipeline_driver_ended(&driver->cx, driver->pipeline);
    }
    if (status != OK) {
        execution_fail(execution, &driver->cx.error);
        outcome = TASK_ENDED;
    }
    int64_t spent = thread_cpu_nanos() - start;
    atomic_fetch_add(&execution->group.consumed_nanos, spent);
    atomic_fetch_add(&execution->cpu_nanos, spent);
    if (outcome == TASK_ENDED) {
        end(driver);
    } else {
        publish_statistics(driver);
    }
    return outcome;
}
