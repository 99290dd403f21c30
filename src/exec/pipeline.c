/*
 * Pipelines: what runs when. A pipeline starts once every pipeline it depends on is complete; its
 * branches run phase by phase; after the last driver the sink is finished, by parallel tasks when
 * it asks for them, and the dependents go on. Arrays live in the execution's arena and grow only
 * while the pipeline is being built.
 */
#include "exec/execution.h"

#include <assert.h>

static void *grow(Arena *arena, void *items, int32_t count, int32_t *capacity, size_t size) {
    if (count < *capacity) {
        return items;
    }
    int32_t larger = *capacity > 0 ? *capacity * 2 : 4;
    void *copy = arena_alloc(arena, (size_t)larger * size);
    if (count > 0) {
        memcpy(copy, items, (size_t)count * size);
    }
    *capacity = larger;
    return copy;
}

Pipeline *pipeline_create(QueryExecution *execution) {
    Pipeline *pipeline = arena_new(execution->arena, Pipeline);
    pipeline->execution = execution;
    pthread_mutex_lock(&execution->lock);
    pipeline->next_in_execution = execution->pipelines;
    execution->pipelines = pipeline;
    pthread_mutex_unlock(&execution->lock);
    return pipeline;
}

static void branch_add(Arena *arena, Branch *branch, Operator *op) {
    branch->operators =
        grow(arena, branch->operators, branch->count, &branch->capacity, sizeof *branch->operators);
    branch->operators[branch->count++] = op;
}

static Branch *add_branch(Pipeline *pipeline) {
    pipeline->branches =
        grow(pipeline->execution->arena, pipeline->branches, pipeline->branch_count,
             &pipeline->branch_capacity, sizeof *pipeline->branches);
    Branch *branch = &pipeline->branches[pipeline->branch_count++];
    *branch = (Branch){0};
    return branch;
}

void pipeline_add_branch(Pipeline *pipeline, Operator *source, int32_t phase) {
    Branch *branch = add_branch(pipeline);
    branch->phase = phase;
    if (phase >= pipeline->phase_count) {
        pipeline->phase_count = phase + 1;
    }
    branch_add(pipeline->execution->arena, branch, source);
}

void pipeline_add_operator(Pipeline *pipeline, Operator *op) {
    for (int32_t i = 0; i < pipeline->branch_count; i++) {
        branch_add(pipeline->execution->arena, &pipeline->branches[i], op);
    }
}

static void add_dependent(Pipeline *pipeline, Pipeline *dependent) {
    pipeline->dependents =
        grow(pipeline->execution->arena, pipeline->dependents, pipeline->dependent_count,
             &pipeline->dependent_capacity, sizeof *pipeline->dependents);
    pipeline->dependents[pipeline->dependent_count++] = dependent;
}

void pipeline_depend(Pipeline *pipeline, Pipeline *dependency) {
    while (pipeline->merged_into != NULL) {
        pipeline = pipeline->merged_into;
    }
    pthread_mutex_lock(&pipeline->execution->lock);
    add_dependent(dependency, pipeline);
    pipeline->pending++;
    pthread_mutex_unlock(&pipeline->execution->lock);
}

void pipeline_merge(Pipeline *pipeline, Pipeline *other) {
    for (int32_t i = 0; i < other->branch_count; i++) {
        *add_branch(pipeline) = other->branches[i];
    }
    if (other->phase_count > pipeline->phase_count) {
        pipeline->phase_count = other->phase_count;
    }
    QueryExecution *execution = pipeline->execution;
    pthread_mutex_lock(&execution->lock);
    for (Pipeline *p = execution->pipelines; p != NULL; p = p->next_in_execution) {
        for (int32_t i = 0; i < p->dependent_count; i++) {
            if (p->dependents[i] == other) {
                p->dependents[i] = pipeline;
                pipeline->pending++;
                other->pending--;
            }
        }
    }
    pthread_mutex_unlock(&execution->lock);
    other->branch_count = 0;
    other->merged_into = pipeline;
}

static int32_t drivers_limit(const QueryExecution *execution) {
    return execution->options.drivers_max > 0
               ? execution->options.drivers_max
               : scheduler_thread_count(execution->options.scheduler);
}

static Status complete(Context *cx, Pipeline *pipeline) {
    QueryExecution *execution = pipeline->execution;
    if (pipeline->sink->type->finalize != NULL) {
        TRY(pipeline->sink->type->finalize(cx, pipeline->sink));
    }
    if (pipeline->is_root) {
        execution_finish(execution);
        return OK;
    }
    for (int32_t i = 0; i < pipeline->dependent_count; i++) {
        Pipeline *dependent = pipeline->dependents[i];
        pthread_mutex_lock(&execution->lock);
        bool starts = --dependent->pending == 0;
        pthread_mutex_unlock(&execution->lock);
        if (starts) {
            TRY(pipeline_start(cx, dependent));
        }
    }
    return OK;
}

static Status finish(Context *cx, Pipeline *pipeline) {
    int32_t tasks = 0;
    if (pipeline->sink->type->prepare_finish != NULL) {
        TRY(pipeline->sink->type->prepare_finish(cx, pipeline->sink, &tasks));
    }
    int32_t limit = drivers_limit(pipeline->execution);
    pipeline->finish_count = tasks;
    atomic_store(&pipeline->finish_next, 0);
    int32_t count = tasks < limit ? tasks : limit;
    if (count <= 1) {
        for (int32_t i = 0; i < tasks; i++) {
            TRY(check_cancelled(cx));
            TRY(pipeline->sink->type->finish_task(cx, pipeline->sink, i));
        }
        return complete(cx, pipeline);
    }
    Driver **drivers = arena_new_array(cx->arena, Driver *, count);
    atomic_store(&pipeline->drivers_left, count);
    for (int32_t i = 0; i < count; i++) {
        drivers[i] = driver_create(pipeline, NULL);
    }
    execution_submit(pipeline->execution, drivers, count);
    return OK;
}

/* Starts the drivers of the current phase; *ret_count 0 when its sources had nothing to run. */
static Status start_phase(Context *cx, Pipeline *pipeline, int32_t *ret_count) {
    int32_t limit = drivers_limit(pipeline->execution);
    int32_t *counts = arena_new_array(cx->arena, int32_t, pipeline->branch_count);
    int32_t total = 0;
    for (int32_t i = 0; i < pipeline->branch_count; i++) {
        Operator *source = pipeline->branches[i].operators[0];
        if (pipeline->branches[i].phase != pipeline->phase) {
            continue;
        }
        counts[i] = 1;
        if (source->type->start != NULL) {
            TRY(source->type->start(cx, source, limit, &counts[i]));
        }
        total += counts[i];
    }
    Driver **drivers = arena_new_array(cx->arena, Driver *, total);
    int32_t created = 0;
    for (int32_t i = 0; i < pipeline->branch_count; i++) {
        for (int32_t j = 0; j < counts[i]; j++) {
            drivers[created] = driver_create(pipeline, &pipeline->branches[i]);
            created++;
        }
    }
    atomic_store(&pipeline->drivers_left, total);
    *ret_count = total;
    if (total > 0) {
        execution_submit(pipeline->execution, drivers, total);
    }
    return OK;
}

static Status start_from_phase(Context *cx, Pipeline *pipeline) {
    while (pipeline->phase < pipeline->phase_count) {
        int32_t started;
        TRY(start_phase(cx, pipeline, &started));
        if (started > 0) {
            return OK;
        }
        pipeline->phase++;
    }
    return finish(cx, pipeline);
}

Status pipeline_start(Context *cx, Pipeline *pipeline) {
    assert(pipeline->pending == 0 && pipeline->sink != NULL);
    pipeline->phase = 0;
    return start_from_phase(cx, pipeline);
}

Status pipeline_driver_ended(Context *cx, Pipeline *pipeline) {
    if (atomic_fetch_sub(&pipeline->drivers_left, 1) > 1) {
        return OK;
    }
    if (pipeline->finish_count > 0) {
        return complete(cx, pipeline);
    }
    pipeline->phase++;
    return start_from_phase(cx, pipeline);
}
