/*
 * A query's execution from start to end: what is built, what failed first, who waits. Drivers end
 * by themselves once `cancelled` is set; free waits for the last of them, so operators may be freed
 * without looking back.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/dynamic_filter.h"
#include "exec/execution.h"
#include "exec/pipeline_builder.h"
#include "exec/result_queue.h"

enum { RESULT_QUEUE_BYTES = 16 << 20, INLINE_SLICE_NANOS = 5 * 1000 * 1000 };

/* ---- waiting drivers ---- */

void wait_list_init(WaitList *list) {
    *list = (WaitList){0};
    pthread_mutex_init(&list->lock, NULL);
}

void wait_list_done(WaitList *list) {
    pthread_mutex_destroy(&list->lock);
    free(list->drivers);
    list->drivers = NULL;
}

void wait_list_add(WaitList *list, Driver *driver) {
    pthread_mutex_lock(&list->lock);
    for (int32_t i = 0; i < list->count; i++) {
        if (list->drivers[i] == driver) {
            pthread_mutex_unlock(&list->lock);
            return;
        }
    }
    if (list->count == list->capacity) {
        list->capacity = list->capacity > 0 ? list->capacity * 2 : 4;
        list->drivers = reallocate(list->drivers, (size_t)list->capacity * sizeof *list->drivers);
    }
    list->drivers[list->count++] = driver;
    pthread_mutex_unlock(&list->lock);
}

void wait_list_wake(WaitList *list) {
    pthread_mutex_lock(&list->lock);
    for (int32_t i = 0; i < list->count; i++) {
        Driver *driver = list->drivers[i];
        task_wake(driver->execution->options.scheduler, &driver->task);
    }
    list->count = 0;
    pthread_mutex_unlock(&list->lock);
}

/* ---- what operators ask ---- */

Status check_cancelled(Context *cx) {
    if (cx->cancelled != NULL && atomic_load_explicit(cx->cancelled, memory_order_relaxed)) {
        return FAIL(cx, USER_CANCELED, "Query was canceled");
    }
    return OK;
}

int64_t batch_payload_bytes(const Batch *batch) {
    int64_t width = 0;
    for (int32_t i = 0; i < batch->column_count; i++) {
        const Vector *column = batch->columns[i];
        width += column->type->width > 0 ? column->type->width : 8 * column->child_count;
    }
    return width * batch->row_count;
}

void *execution_add_operator(QueryExecution *execution, const OperatorType *type, size_t size,
                             int32_t node_id) {
    Operator *op = arena_zalloc(execution->arena, size);
    op->type = type;
    op->execution = execution;
    op->node_id = node_id;
    pthread_mutex_lock(&execution->lock);
    op->next_in_execution = execution->operators;
    execution->operators = op;
    pthread_mutex_unlock(&execution->lock);
    return op;
}

/* ---- drivers ---- */

static void keep_inline(QueryExecution *execution, Driver **drivers, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        if (execution->inline_count == execution->inline_capacity) {
            execution->inline_capacity =
                execution->inline_capacity > 0 ? execution->inline_capacity * 2 : 4;
            execution->inline_drivers = reallocate(
                execution->inline_drivers, (size_t)execution->inline_capacity * sizeof(Driver *));
        }
        execution->inline_drivers[execution->inline_count++] = drivers[i];
    }
}

void execution_submit(QueryExecution *execution, Driver **drivers, int32_t count) {
    pthread_mutex_lock(&execution->lock);
    for (int32_t i = 0; i < count; i++) {
        drivers[i]->next_in_execution = execution->drivers;
        execution->drivers = drivers[i];
    }
    execution->drivers_live += count;
    bool is_inline = execution->collect_inline;
    if (is_inline) {
        keep_inline(execution, drivers, count);
    }
    pthread_mutex_unlock(&execution->lock);
    if (!is_inline) {
        task_submit(execution->options.scheduler, (Task *const *)drivers, count);
    }
}

void execution_thread_started(QueryExecution *execution) {
    pthread_mutex_lock(&execution->lock);
    execution->drivers_live++;
    pthread_mutex_unlock(&execution->lock);
}

void execution_thread_ended(QueryExecution *execution) {
    pthread_mutex_lock(&execution->lock);
    execution->drivers_live--;
    pthread_cond_broadcast(&execution->changed);
    pthread_mutex_unlock(&execution->lock);
}

/* ---- states ---- */

void execution_notify(QueryExecution *execution) {
    pthread_mutex_lock(&execution->lock);
    pthread_cond_broadcast(&execution->changed);
    pthread_mutex_unlock(&execution->lock);
    if (execution->options.notify != NULL) {
        execution->options.notify(execution->options.closure);
    }
}

static void wake_all(QueryExecution *execution) {
    pthread_mutex_lock(&execution->lock);
    for (Driver *driver = execution->drivers; driver != NULL; driver = driver->next_in_execution) {
        task_wake(execution->options.scheduler, &driver->task);
    }
    pthread_mutex_unlock(&execution->lock);
}

void execution_fail(QueryExecution *execution, const Error *error) {
    pthread_mutex_lock(&execution->lock);
    bool first = execution->state == EXECUTION_RUNNING;
    if (first) {
        execution->error = *error;
        execution->error.message = allocate_copy_of(error->message);
        execution->error.cause = allocate_copy_of(error->cause);
        execution->has_error = true;
        execution->state = EXECUTION_FAILED;
        execution->end_nanos = scheduler_now_nanos();
        atomic_store(&execution->cancelled, true);
    }
    pthread_mutex_unlock(&execution->lock);
    if (first) {
        execution_notify(execution);
        wake_all(execution);
    }
}

void execution_finish(QueryExecution *execution) {
    pthread_mutex_lock(&execution->lock);
    if (execution->state == EXECUTION_RUNNING) {
        execution->state = EXECUTION_FINISHED;
        execution->end_nanos = scheduler_now_nanos();
    }
    pthread_mutex_unlock(&execution->lock);
    execution_notify(execution);
}

void query_execution_cancel(QueryExecution *execution, ErrorCode code, const char *message) {
    Error error = {.code = code, .message = message};
    execution_fail(execution, &error);
}

const Error *query_execution_error(QueryExecution *execution) {
    pthread_mutex_lock(&execution->lock);
    bool failed = execution->has_error;
    pthread_mutex_unlock(&execution->lock);
    return failed ? &execution->error : NULL;
}

ExecutionState query_execution_poll(QueryExecution *execution, Batch **ret_batch) {
    *ret_batch = NULL;
    pthread_mutex_lock(&execution->lock);
    ExecutionState state = execution->state;
    pthread_mutex_unlock(&execution->lock);
    if (state == EXECUTION_FAILED) {
        return state;
    }
    *ret_batch = result_queue_take(execution->result);
    if (*ret_batch != NULL) {
        return EXECUTION_RUNNING;
    }
    return state; /* FINISHED was read before the queue was seen empty */
}

void query_execution_wait(QueryExecution *execution) {
    pthread_mutex_lock(&execution->lock);
    while (execution->state == EXECUTION_RUNNING && !result_queue_has_batch(execution->result)) {
        pthread_cond_wait(&execution->changed, &execution->lock);
    }
    pthread_mutex_unlock(&execution->lock);
}

/* ---- start and end ---- */

static QueryExecution *create(const ExecutionOptions *options, const PlanNode *plan) {
    QueryExecution *execution = allocate_zeroed(sizeof *execution);
    execution->options = *options;
    if (execution->options.result_queue_bytes <= 0) {
        execution->options.result_queue_bytes = RESULT_QUEUE_BYTES;
    }
    execution->plan = plan;
    execution->arena = arena_create(NULL);
    execution->start_nanos = scheduler_now_nanos();
    pthread_mutex_init(&execution->build_lock, NULL);
    pthread_mutex_init(&execution->lock, NULL);
    pthread_cond_init(&execution->changed, NULL);
    return execution;
}

static void end_inline(QueryExecution *execution) {
    pthread_mutex_lock(&execution->lock);
    execution->collect_inline = false;
    pthread_mutex_unlock(&execution->lock);
}

/* Runs what the starting thread keeps for itself: queries over a few constant rows never see
 * another thread. */
static void run_inline(QueryExecution *execution) {
    int64_t deadline = scheduler_now_nanos() + INLINE_SLICE_NANOS;
    for (int32_t i = 0; i < execution->inline_count; i++) {
        Task *task = &execution->inline_drivers[i]->task;
        bool again = true;
        if (execution->collect_inline) {
            again = task_run_here(task, deadline);
        }
        if (again) {
            end_inline(execution); /* from here on other threads submit drivers */
            task_submit(execution->options.scheduler, &task, 1);
        }
    }
    end_inline(execution);
}

static Status start(Context *cx, QueryExecution *execution) {
    Context build = {.arena = execution->arena,
                     .pool = execution->options.pool,
                     .session = execution->options.session,
                     .cancelled = &execution->cancelled};
    bool is_tiny = false;
    if (pipeline_build(&build, execution, execution->plan, &is_tiny) != OK) {
        cx->error = build.error;
        cx->error.message = arena_strdup(cx->arena, build.error.message);
        cx->error.cause = arena_strdup(cx->arena, build.error.cause);
        return FAILED;
    }
    execution->collect_inline = is_tiny;
    Arena *scratch = arena_create(NULL);
    build.arena = scratch;
    /* Those that other pipelines start on their way have a driver or a dependency by then. */
    int32_t count = 0;
    for (Pipeline *p = execution->pipelines; p != NULL; p = p->next_in_execution) {
        count++;
    }
    Pipeline **ready = arena_new_array(scratch, Pipeline *, count);
    count = 0;
    for (Pipeline *p = execution->pipelines; p != NULL; p = p->next_in_execution) {
        if (p->pending == 0 && p->branch_count > 0) {
            ready[count++] = p;
        }
    }
    for (int32_t i = 0; i < count; i++) {
        if (pipeline_start(&build, ready[i]) != OK) {
            execution_fail(execution, &build.error);
            break;
        }
    }
    arena_free(scratch);
    run_inline(execution);
    return OK;
}

Status query_execution_start(Context *cx, const ExecutionOptions *options, const PlanNode *plan,
                             QueryExecution **ret_execution) {
    QueryExecution *execution = create(options, plan);
    if (start(cx, execution) != OK) {
        query_execution_free(execution);
        return FAILED;
    }
    *ret_execution = execution;
    return OK;
}

void query_execution_free(QueryExecution *execution) {
    if (execution == NULL) {
        return;
    }
    query_execution_cancel(execution, USER_CANCELED, "Query was canceled");
    atomic_store(&execution->cancelled, true);
    wake_all(execution);
    pthread_mutex_lock(&execution->lock);
    while (execution->drivers_live > 0) {
        pthread_cond_wait(&execution->changed, &execution->lock);
    }
    pthread_mutex_unlock(&execution->lock);
    for (Driver *driver = execution->drivers; driver != NULL;) {
        Driver *next = driver->next_in_execution;
        driver_free(driver);
        driver = next;
    }
    for (Operator *op = execution->operators; op != NULL; op = op->next_in_execution) {
        if (op->type->free != NULL) {
            op->type->free(op);
        }
    }
    dynamic_filters_free(execution->dynamic_filters);
    arena_free(execution->arena);
    free(execution->inline_drivers);
    free((char *)execution->error.message);
    free((char *)execution->error.cause);
    pthread_mutex_destroy(&execution->build_lock);
    pthread_mutex_destroy(&execution->lock);
    pthread_cond_destroy(&execution->changed);
    free(execution);
}

/* ---- statistics ---- */

void query_execution_statistics(QueryExecution *execution, ExecutionStatistics *ret_statistics) {
    ExecutionStatistics s = {0};
    s.splits_queued = atomic_load(&execution->splits_queued);
    s.splits_running = atomic_load(&execution->splits_running);
    s.splits_completed = atomic_load(&execution->splits_completed);
    s.splits_total = s.splits_queued + s.splits_running + s.splits_completed;
    s.cpu_nanos = atomic_load(&execution->cpu_nanos);
    pthread_mutex_lock(&execution->lock);
    int64_t end = execution->end_nanos != 0 ? execution->end_nanos : scheduler_now_nanos();
    pthread_mutex_unlock(&execution->lock);
    s.wall_nanos = end - execution->start_nanos;
    s.blocked_nanos = atomic_load(&execution->blocked_nanos);
    s.processed_rows = atomic_load(&execution->processed_rows);
    s.processed_bytes = atomic_load(&execution->processed_bytes);
    s.physical_input_bytes = atomic_load(&execution->physical_bytes);
    s.physical_input_rows = atomic_load(&execution->physical_rows);
    s.physical_input_nanos = atomic_load(&execution->physical_nanos);
    s.physical_written_bytes = atomic_load(&execution->written_bytes);
    if (execution->options.pool != NULL) {
        s.memory_bytes = pool_reserved_bytes(execution->options.pool);
        s.memory_bytes_peak = pool_peak_bytes(execution->options.pool);
    }
    s.output_rows = atomic_load(&execution->output_rows);
    s.output_bytes = atomic_load(&execution->output_bytes);
    *ret_statistics = s;
}

static NodeStatistics *node_entry(NodeStatistics *nodes, int32_t *count, int32_t node_id) {
    for (int32_t i = 0; i < *count; i++) {
        if (nodes[i].node_id == node_id) {
            return &nodes[i];
        }
    }
    nodes[*count] = (NodeStatistics){.node_id = node_id};
    return &nodes[(*count)++];
}

int32_t query_execution_node_statistics(QueryExecution *execution, Arena *arena,
                                        NodeStatistics **ret_statistics) {
    int32_t operators = 0, count = 0;
    pthread_mutex_lock(&execution->lock);
    Operator *first = execution->operators;
    pthread_mutex_unlock(&execution->lock);
    for (Operator *op = first; op != NULL; op = op->next_in_execution) {
        operators++;
    }
    NodeStatistics *nodes = arena_new_array(arena, NodeStatistics, operators);
    for (Operator *op = first; op != NULL; op = op->next_in_execution) {
        if (op->node_id < 0) {
            continue;
        }
        NodeStatistics *node = node_entry(nodes, &count, op->node_id);
        int64_t nanos = atomic_load(&op->nanos);
        node->cpu_nanos += nanos;
        node->wall_nanos += nanos;
        node->input_rows += op->is_node_input ? atomic_load(&op->input_rows) : 0;
        node->output_rows += op->is_node_output ? atomic_load(&op->output_rows) : 0;
        node->output_bytes += op->is_node_output ? atomic_load(&op->output_bytes) : 0;
        int32_t drivers = atomic_load(&op->driver_count);
        node->drivers = drivers > node->drivers ? drivers : node->drivers;
    }
    *ret_statistics = nodes;
    return count;
}
