/*
 * Worker threads and the multi-level queue. One lock guards the queues; a task's state says whether
 * a wake-up has to queue it: QUEUED and RUNNING tasks are not in need of one, NOTIFIED is a wake-up
 * that came while the task ran.
 */
#include "exec/scheduler.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/allocate.h"

enum { LEVEL_COUNT = 5, SLICE_NANOS = 20 * 1000 * 1000 };

enum { STATE_NEW, STATE_QUEUED, STATE_RUNNING, STATE_NOTIFIED, STATE_BLOCKED, STATE_ENDED };

/* A query whose tasks consumed at least this long is in that level. */
static const int64_t level_nanos[LEVEL_COUNT] = {
    0, 1000000000LL, 10000000000LL, 60000000000LL, 300000000000LL,
};

typedef struct Level {
    Task *first, *last;
    int64_t weighted_nanos; /* time its tasks ran, times 2 to the power of the level */
} Level;

struct Scheduler {
    pthread_mutex_t lock;
    pthread_cond_t work;
    Level levels[LEVEL_COUNT];
    int32_t idle_count;
    bool stopping;
    int32_t thread_count;
    pthread_t threads[];
};

static __thread Scheduler *worker_of; /* whose worker thread this is, or NULL */

int64_t scheduler_now_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int32_t scheduler_thread_count(const Scheduler *scheduler) {
    return scheduler->thread_count;
}

static int level_of(const Task *task) {
    int64_t consumed = atomic_load_explicit(&task->group->consumed_nanos, memory_order_relaxed);
    int level = 0;
    while (level + 1 < LEVEL_COUNT && consumed >= level_nanos[level + 1]) {
        level++;
    }
    return level;
}

/* A level that had nothing to do does not save up time: it joins the busiest claim among the
 * others. */
static void catch_up(Scheduler *scheduler, int level) {
    int64_t least = INT64_MAX;
    for (int i = 0; i < LEVEL_COUNT; i++) {
        if (i != level && scheduler->levels[i].first != NULL &&
            scheduler->levels[i].weighted_nanos < least) {
            least = scheduler->levels[i].weighted_nanos;
        }
    }
    if (least != INT64_MAX && scheduler->levels[level].weighted_nanos < least) {
        scheduler->levels[level].weighted_nanos = least;
    }
}

static void enqueue(Scheduler *scheduler, Task *task) {
    int index = level_of(task);
    Level *level = &scheduler->levels[index];
    task->next = NULL;
    if (level->first == NULL) {
        catch_up(scheduler, index);
        level->first = task;
    } else {
        level->last->next = task;
    }
    level->last = task;
}

static Task *dequeue(Scheduler *scheduler, int *ret_level) {
    int best = -1;
    for (int i = 0; i < LEVEL_COUNT; i++) {
        if (scheduler->levels[i].first != NULL &&
            (best < 0 ||
             scheduler->levels[i].weighted_nanos < scheduler->levels[best].weighted_nanos)) {
            best = i;
        }
    }
    if (best < 0) {
        return NULL;
    }
    Level *level = &scheduler->levels[best];
    Task *task = level->first;
    level->first = task->next;
    *ret_level = best;
    return task;
}

/* Wakes workers for `count` new tasks; a worker that adds tasks takes one of them itself. */
static void signal_workers(Scheduler *scheduler, int32_t count) {
    int32_t wanted = count - (worker_of == scheduler);
    for (int32_t i = 0; i < wanted && i < scheduler->idle_count; i++) {
        pthread_cond_signal(&scheduler->work);
    }
}

static void enqueue_one(Scheduler *scheduler, Task *task) {
    pthread_mutex_lock(&scheduler->lock);
    enqueue(scheduler, task);
    if (scheduler->idle_count > 0) {
        pthread_cond_signal(&scheduler->work);
    }
    pthread_mutex_unlock(&scheduler->lock);
}

void task_submit(Scheduler *scheduler, Task *const *tasks, int32_t count) {
    pthread_mutex_lock(&scheduler->lock);
    for (int32_t i = 0; i < count; i++) {
        atomic_store(&tasks[i]->state, STATE_QUEUED);
        enqueue(scheduler, tasks[i]);
    }
    signal_workers(scheduler, count);
    pthread_mutex_unlock(&scheduler->lock);
}

void task_wake(Scheduler *scheduler, Task *task) {
    int state = atomic_load(&task->state);
    for (;;) {
        int next;
        if (state == STATE_RUNNING) {
            next = STATE_NOTIFIED;
        } else if (state == STATE_BLOCKED) {
            next = STATE_QUEUED;
        } else {
            return;
        }
        if (atomic_compare_exchange_weak(&task->state, &state, next)) {
            break;
        }
    }
    if (state == STATE_BLOCKED) {
        enqueue_one(scheduler, task);
    }
}

void task_end(Task *task) {
    atomic_store(&task->state, STATE_ENDED);
}

/* Runs a slice; true when the task has to be queued again. */
static bool run_slice(Task *task, int64_t deadline) {
    atomic_store(&task->state, STATE_RUNNING);
    switch (task->run(task, deadline)) {
    case TASK_ENDED:
        return false;
    case TASK_YIELDED:
        atomic_store(&task->state, STATE_QUEUED);
        return true;
    case TASK_WAITS:
        break;
    }
    int state = STATE_RUNNING;
    if (atomic_compare_exchange_strong(&task->state, &state, STATE_BLOCKED)) {
        return false;
    }
    atomic_store(&task->state, STATE_QUEUED); /* woken while it ran */
    return true;
}

bool task_run_here(Task *task, int64_t deadline_nanos) {
    return run_slice(task, deadline_nanos);
}

static void *worker(void *argument) {
    Scheduler *scheduler = argument;
    worker_of = scheduler;
    pthread_mutex_lock(&scheduler->lock);
    while (!scheduler->stopping) {
        int level;
        Task *task = dequeue(scheduler, &level);
        if (task == NULL) {
            scheduler->idle_count++;
            pthread_cond_wait(&scheduler->work, &scheduler->lock);
            scheduler->idle_count--;
            continue;
        }
        pthread_mutex_unlock(&scheduler->lock);
        int64_t start = scheduler_now_nanos();
        bool again = run_slice(task, start + SLICE_NANOS);
        int64_t spent = scheduler_now_nanos() - start;
        pthread_mutex_lock(&scheduler->lock);
        scheduler->levels[level].weighted_nanos += spent << level;
        if (again) {
            enqueue(scheduler, task);
        }
    }
    pthread_mutex_unlock(&scheduler->lock);
    return NULL;
}

Scheduler *scheduler_create(int32_t threads) {
    int32_t count = threads > 0 ? threads : (int32_t)sysconf(_SC_NPROCESSORS_ONLN);
    count = count > 0 ? count : 1;
    Scheduler *scheduler =
        allocate_zeroed(sizeof *scheduler + (size_t)count * sizeof *scheduler->threads);
    pthread_mutex_init(&scheduler->lock, NULL);
    pthread_cond_init(&scheduler->work, NULL);
    for (int32_t i = 0; i < count; i++) {
        if (pthread_create(&scheduler->threads[i], NULL, worker, scheduler) != 0) {
            abort(); /* a process that cannot have its worker threads cannot run queries */
        }
        scheduler->thread_count++;
    }
    return scheduler;
}

void scheduler_free(Scheduler *scheduler) {
    if (scheduler == NULL) {
        return;
    }
    pthread_mutex_lock(&scheduler->lock);
    scheduler->stopping = true;
    pthread_cond_broadcast(&scheduler->work);
    pthread_mutex_unlock(&scheduler->lock);
    for (int32_t i = 0; i < scheduler->thread_count; i++) {
        pthread_join(scheduler->threads[i], NULL);
    }
    pthread_mutex_destroy(&scheduler->lock);
    pthread_cond_destroy(&scheduler->work);
    free(scheduler);
}
