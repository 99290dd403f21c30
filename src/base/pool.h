/*
 * What the engine needs of pools beyond the public interface (warren/memory.h): names, limits that
 * change while a query runs, and a listing for the memory web pages. Threads: any.
 */
#pragma once

#include "warren/memory.h"

const char *pool_name(const MemoryPool *pool);
int64_t pool_limit_bytes(const MemoryPool *pool); /* 0: none of its own */
/* May be set below what is reserved: then everything more is refused. */
void pool_set_limit_bytes(MemoryPool *pool, int64_t limit_bytes);

/*
 * Who may be asked to give memory back when a reservation is refused: called, outside any lock,
 * with the pool that refused and the bytes missing, on the thread that asked; true means "something
 * was released, try again". Set on a root; at most one per tree; NULL removes it.
 */
typedef bool PoolReclaim(void *owner, MemoryPool *refusing, int64_t bytes);
void pool_set_reclaim(MemoryPool *root, PoolReclaim *reclaim, void *owner);
