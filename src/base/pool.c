/*
 * Pools: byte counts in a tree. A reservation is an atomic addition in the pool and every parent;
 * the first level over its limit refuses, and the levels below are rolled back. Concurrent
 * reservations may be refused by each other's transient additions only when the limit is that
 * close. The tree's shape (for "Top Consumers" of a refusal) is guarded by one lock that
 * reservations never take.
 */
#include "base/pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/quantity.h"

struct MemoryPool {
    MemoryPool *parent;
    MemoryPool *first_child, *next_sibling, *previous_sibling; /* under tree_lock */
    char *name;
    MemoryLimit kind;
    _Atomic int64_t limit_bytes;
    _Atomic int64_t reserved_bytes;
    _Atomic int64_t peak_bytes;
    PoolReclaim *_Atomic reclaim;
    void *_Atomic reclaim_owner;
};

static pthread_mutex_t tree_lock = PTHREAD_MUTEX_INITIALIZER;

MemoryPool *pool_create(MemoryPool *parent, const char *name, int64_t limit_bytes,
                        MemoryLimit kind) {
    assert(limit_bytes >= 0);
    MemoryPool *pool = allocate_zeroed(sizeof *pool);
    pool->parent = parent;
    pool->name = allocate_copy_of(name);
    pool->kind = kind;
    atomic_store(&pool->limit_bytes, limit_bytes);
    if (parent != NULL) {
        pthread_mutex_lock(&tree_lock);
        pool->next_sibling = parent->first_child;
        if (parent->first_child != NULL) {
            parent->first_child->previous_sibling = pool;
        }
        parent->first_child = pool;
        pthread_mutex_unlock(&tree_lock);
    }
    return pool;
}

void pool_free(MemoryPool *pool) {
    if (pool == NULL) {
        return;
    }
    assert(atomic_load(&pool->reserved_bytes) == 0);
    assert(pool->first_child == NULL);
    if (pool->parent != NULL) {
        pthread_mutex_lock(&tree_lock);
        if (pool->previous_sibling != NULL) {
            pool->previous_sibling->next_sibling = pool->next_sibling;
        } else {
            pool->parent->first_child = pool->next_sibling;
        }
        if (pool->next_sibling != NULL) {
            pool->next_sibling->previous_sibling = pool->previous_sibling;
        }
        pthread_mutex_unlock(&tree_lock);
    }
    free(pool->name);
    free(pool);
}

static void raise_peak(MemoryPool *pool, int64_t reserved) {
    int64_t peak = atomic_load_explicit(&pool->peak_bytes, memory_order_relaxed);
    while (reserved > peak &&
           !atomic_compare_exchange_weak_explicit(&pool->peak_bytes, &peak, reserved,
                                                  memory_order_relaxed, memory_order_relaxed)) {
    }
}

static void release_up_to(MemoryPool *pool, const MemoryPool *end, int64_t bytes) {
    for (MemoryPool *level = pool; level != end; level = level->parent) {
        int64_t before = atomic_fetch_sub(&level->reserved_bytes, bytes);
        assert(before >= bytes);
        (void)before;
    }
}

/* NULL when reserved everywhere, else the level that refused, with nothing reserved. */
static MemoryPool *reserve(MemoryPool *pool, int64_t bytes) {
    assert(bytes >= 0);
    for (MemoryPool *level = pool; level != NULL; level = level->parent) {
        int64_t reserved = atomic_fetch_add(&level->reserved_bytes, bytes) + bytes;
        int64_t limit = atomic_load_explicit(&level->limit_bytes, memory_order_relaxed);
        if (limit > 0 && reserved > limit) {
            release_up_to(pool, level->parent, bytes);
            return level;
        }
    }
    for (MemoryPool *level = pool; level != NULL; level = level->parent) {
        raise_peak(level, atomic_load_explicit(&level->reserved_bytes, memory_order_relaxed));
    }
    return NULL;
}

typedef struct Consumer {
    const char *name;
    int64_t bytes;
} Consumer;

enum { CONSUMERS_MAX = 64, CONSUMERS_SHOWN = 3 };

/*
 * Adds up leaf pools by name: an operator's instances in all drivers count as one consumer. Under
 * tree_lock.
 */
static void collect_consumers(const MemoryPool *pool, Consumer *consumers, int *count) {
    if (pool->first_child != NULL) {
        for (const MemoryPool *child = pool->first_child; child != NULL;
             child = child->next_sibling) {
            collect_consumers(child, consumers, count);
        }
        return;
    }
    int64_t bytes = atomic_load(&pool->reserved_bytes);
    for (int i = 0; i < *count; i++) {
        if (strcmp(consumers[i].name, pool->name) == 0) {
            consumers[i].bytes += bytes;
            return;
        }
    }
    if (bytes > 0 && *count < CONSUMERS_MAX) {
        consumers[(*count)++] = (Consumer){pool->name, bytes};
    }
}

static int compare_consumers(const void *a, const void *b) {
    const Consumer *first = a, *second = b;
    return (first->bytes < second->bytes) - (first->bytes > second->bytes);
}

static const char *top_consumers(Arena *arena, const MemoryPool *pool) {
    Consumer consumers[CONSUMERS_MAX];
    int count = 0;
    const char *text = "";
    pthread_mutex_lock(&tree_lock);
    collect_consumers(pool, consumers, &count);
    qsort(consumers, (size_t)count, sizeof *consumers, compare_consumers);
    for (int i = 0; i < count && i < CONSUMERS_SHOWN; i++) {
        char size[QUANTITY_TEXT_MAX];
        text = arena_printf(arena, "%s%s%s=%s", text, i > 0 ? ", " : "", consumers[i].name,
                            data_size_print(consumers[i].bytes, size));
    }
    pthread_mutex_unlock(&tree_lock);
    return text;
}

static Status fail_refused(Context *cx, const MemoryPool *refusing, int64_t bytes) {
    char limit[QUANTITY_TEXT_MAX], allocated[QUANTITY_TEXT_MAX], delta[QUANTITY_TEXT_MAX];
    data_size_print(pool_limit_bytes(refusing), limit);
    if (refusing->kind != MEMORY_LIMIT_LOCAL) {
        return FAIL(cx, EXCEEDED_GLOBAL_MEMORY_LIMIT,
                    "Query exceeded distributed %s memory limit of %s",
                    refusing->kind == MEMORY_LIMIT_GLOBAL ? "user" : "total", limit);
    }
    data_size_print(pool_reserved_bytes(refusing), allocated);
    data_size_print(bytes, delta);
    return FAIL(cx, EXCEEDED_LOCAL_MEMORY_LIMIT,
                "Query exceeded per-node memory limit of %s [Allocated: %s, Delta: %s, "
                "Top Consumers: {%s}]",
                limit, allocated, delta, top_consumers(cx->arena, refusing));
}

static bool reclaim(MemoryPool *pool, MemoryPool *refusing, int64_t bytes) {
    MemoryPool *root = pool;
    while (root->parent != NULL) {
        root = root->parent;
    }
    PoolReclaim *call = atomic_load(&root->reclaim);
    return call != NULL && call(atomic_load(&root->reclaim_owner), refusing, bytes);
}

Status pool_reserve(Context *cx, MemoryPool *pool, int64_t bytes) {
    MemoryPool *refusing;
    while ((refusing = reserve(pool, bytes)) != NULL) {
        if (!reclaim(pool, refusing, bytes)) {
            return fail_refused(cx, refusing, bytes);
        }
    }
    return OK;
}

bool pool_try_reserve(MemoryPool *pool, int64_t bytes) {
    return reserve(pool, bytes) == NULL;
}

void pool_release(MemoryPool *pool, int64_t bytes) {
    assert(bytes >= 0);
    release_up_to(pool, NULL, bytes);
}

int64_t pool_reserved_bytes(const MemoryPool *pool) {
    return atomic_load(&((MemoryPool *)pool)->reserved_bytes);
}

int64_t pool_peak_bytes(const MemoryPool *pool) {
    return atomic_load(&((MemoryPool *)pool)->peak_bytes);
}

int64_t pool_limit_bytes(const MemoryPool *pool) {
    return atomic_load(&((MemoryPool *)pool)->limit_bytes);
}

void pool_set_reclaim(MemoryPool *root, PoolReclaim *call, void *owner) {
    assert(root->parent == NULL);
    atomic_store(&root->reclaim_owner, owner);
    atomic_store(&root->reclaim, call);
}
