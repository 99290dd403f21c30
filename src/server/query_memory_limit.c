/*
 * The memory limits of a query. All of its memory is user memory on this one node, so of the three
 * limits only the smallest can refuse, and it is the only one that is kept.
 */
#include "server/query_memory_limit.h"

#include "catalog/session_properties.h"

MemoryPool *query_memory_pool(const ManagedQuery *query) {
    const QueryManagerOptions *options = query_manager_options(query->manager);
    const struct {
        const char *property;
        int64_t configured_bytes;
        MemoryLimit kind;
    } limits[] = {
        {"query_max_memory_per_node", options->memory_per_node_bytes_max, MEMORY_LIMIT_LOCAL},
        {"query_max_memory", options->memory_bytes_max, MEMORY_LIMIT_GLOBAL},
        {"query_max_total_memory", options->total_memory_bytes_max, MEMORY_LIMIT_TOTAL},
    };
    int64_t least = INT64_MAX;
    MemoryLimit kind = MEMORY_LIMIT_LOCAL;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        int64_t bytes = limits[i].configured_bytes, set;
        if (session_property_quantity(&query->session, limits[i].property, &set) && set < bytes) {
            bytes = set;
        }
        if (bytes < least) {
            least = bytes;
            kind = limits[i].kind;
        }
    }
    return pool_create(options->pool, query->id, least > 0 ? least : 1, kind); /* 0: no limit */
}
