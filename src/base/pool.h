/*
 * What the engine needs of pools beyond the public interface (warren/memory.h). Threads: any.
 */
#pragma once

#include "warren/memory.h"

int64_t pool_limit_bytes(const MemoryPool *pool); /* 0: none of its own */

/*
 * Who may be asked to give memory back when a reservation is refused: called, outside any lock,
 * with the pool that refused and the bytes missing, on the thread that asked; true means "something
 * was released, try again". Set on a root; at most one per tree; NULL removes it.
 */
typedef bool PoolReclaim(void *owner, MemoryPool *refusing, int64_t bytes);
void pool_set_reclaim(MemoryPool *root, PoolReclaim *reclaim, void *owner);
