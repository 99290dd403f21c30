/*
 * Memory: arenas, pools and reference-counted buffers. There is no fourth kind.
 *
 * Arena: bump allocation, freed as a whole; children die with their parent; not thread safe.
 * Pool: accounting only. Whatever grows with data reserves in a pool first; a refused reservation
 * is an ordinary error. Buffer: immutable once shared, 64-byte aligned, padded by 64 readable
 * bytes; reference counts are atomic.
 */
#pragma once

#include "warren/status.h"

/* ---- arenas ---- */

/* A child of `parent` (NULL: a root). malloc failing aborts: sizes that grow with data are reserved
 * in a pool first. */
Arena *arena_create(Arena *parent);
void arena_free(Arena *arena); /* frees children, runs cleanups in reverse; NULL is legal */
void arena_reset(
    Arena *arena); /* as arena_free, but the arena stays usable and keeps its first block */
void *arena_alloc(Arena *arena, size_t size); /* 16-byte aligned, uninitialised, never NULL */
void *arena_zalloc(Arena *arena, size_t size);
void *arena_copy(Arena *arena, const void *bytes, size_t size);
char *arena_strdup(Arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(Arena *arena, const char *text, size_t size);
PRINTF_LIKE(2, 3) char *arena_printf(Arena *arena, const char *format, ...);
char *arena_vprintf(Arena *arena, const char *format, va_list arguments);
void arena_on_free(Arena *arena, void (*cleanup)(void *), void *argument);
size_t arena_bytes(const Arena *arena); /* held from malloc, children not counted */

#define arena_new(arena, T) ((T *)arena_zalloc((arena), sizeof(T)))
#define arena_new_array(arena, T, count) ((T *)arena_zalloc((arena), sizeof(T) * (size_t)(count)))

/* ---- pools ---- */

typedef enum MemoryLimit {
    MEMORY_LIMIT_LOCAL,  /* of a node */
    MEMORY_LIMIT_GLOBAL, /* user memory in the cluster */
    MEMORY_LIMIT_TOTAL   /* all memory in the cluster */
} MemoryLimit;           /* which EXCEEDED_..._LIMIT is raised */

/* A pool under `parent` (NULL: a root). limit_bytes 0 means no limit of its own. Thread safe.
 * `name` is copied. */
MemoryPool *pool_create(MemoryPool *parent, const char *name, int64_t limit_bytes,
                        MemoryLimit kind);
void pool_free(
    MemoryPool *pool); /* asserts that nothing is reserved in debug builds; NULL is legal */
MUST_CHECK Status pool_reserve(Context *cx, MemoryPool *pool,
                               int64_t bytes); /* in the pool and all its parents */
bool pool_try_reserve(MemoryPool *pool, int64_t bytes);
void pool_release(MemoryPool *pool, int64_t bytes);
int64_t pool_reserved_bytes(const MemoryPool *pool);
int64_t pool_peak_bytes(const MemoryPool *pool);

/* ---- buffers ---- */

typedef struct Buffer {
    _Atomic int32_t reference_count;
    int64_t size;                     /* usable bytes */
    uint8_t *data;                    /* 64-byte aligned */
    MemoryPool *pool;                 /* charged until the last release, or NULL */
    void (*release)(struct Buffer *); /* of foreign memory, or NULL */
    void *owner;                      /* for release */
} Buffer;

Buffer *buffer_create(int64_t size); /* uninitialised; count 1 */
Buffer *buffer_wrap(void *data, int64_t size, void (*release)(Buffer *), void *owner);
Buffer *buffer_ref(Buffer *buffer); /* gives the same buffer; NULL is legal */
void buffer_unref(Buffer *buffer);  /* NULL is legal */

/* ---- failure ---- */

PRINTF_LIKE(5, 6)
Status context_fail(Context *cx, ErrorCode code, int32_t line, int32_t column, const char *format,
                    ...);
void context_clear_error(Context *cx);
const char *error_code_name(ErrorCode code);
ErrorType error_code_type(ErrorCode code);
const char *error_type_name(ErrorType type); /* "USER_ERROR" */
