/*
 * query.max-memory-per-node, query.max-memory, query.max-total-memory and the session's properties
 * of the same names: how much memory a query may take before it fails.
 */
#pragma once

#include "server/query.h"

/* A new pool for the query under the node's. The session can lower a limit, not raise it. */
MemoryPool *query_memory_pool(const ManagedQuery *query);
