/*
 * The task scheduler: one worker thread a core runs tasks for a time slice each. A task never waits
 * on a worker thread: it yields, or says that it is blocked and is queued again by task_wake.
 * Queries share the workers by the time they have consumed: five levels, each with half the weight
 * of the one before, as in Trino; first come, first served within one.
 */
#pragma once

#include "exec/query_execution.h"

typedef struct Task Task;

typedef enum TaskOutcome {
    TASK_YIELDED, /* queue it again */
    TASK_WAITS,   /* queue it when task_wake is called (or was, since it began to run) */
    TASK_ENDED,   /* the scheduler forgets it; it may already be freed */
} TaskOutcome;

/* Tasks of one query. Its consumed time only grows. */
typedef struct TaskGroup {
    _Atomic int64_t consumed_nanos;
} TaskGroup;

struct Task {
    Task *next;
    TaskGroup *group;
    TaskOutcome (*run)(Task *task, int64_t deadline_nanos);
    _Atomic int state;
};

int64_t scheduler_now_nanos(void); /* a clock that only goes forward */
int32_t scheduler_thread_count(const Scheduler *scheduler);

/* Queues new tasks. */
void task_submit(Scheduler *scheduler, Task *const *tasks, int32_t count);
/* Queues the task if it is blocked; a running one will run once more. Any thread. A task that has
 * ended stays so. */
void task_wake(Scheduler *scheduler, Task *task);
/* What run calls when the task will not run again, before anything may free it: later wake-ups are
 * ignored. */
void task_end(Task *task);
/* Runs the task on this thread until the deadline, it blocks or it ends: for queries too small to
   hand over. True when the caller has to submit it to go on. */
bool task_run_here(Task *task, int64_t deadline_nanos);
