/*
 * Time as the engine asks for it: wall clock for what users see, monotonic for durations, CPU time
 * of the thread for statistics. Cluster state machines take times as arguments and call none of
 * these.
 */
#pragma once

#include <stdint.h>
#include <time.h>

static inline int64_t clock_nanos_of(clockid_t id) {
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int64_t clock_wall_nanos(void) { /* since the epoch, UTC */
    return clock_nanos_of(CLOCK_REALTIME);
}

static inline int64_t clock_monotonic_nanos(void) {
    return clock_nanos_of(CLOCK_MONOTONIC);
}

static inline int64_t clock_thread_cpu_nanos(void) {
    return clock_nanos_of(CLOCK_THREAD_CPUTIME_ID);
}
