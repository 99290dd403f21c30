/*
 * Input of aggregates that cannot be fed as it arrives: DISTINCT ones, whose arguments are kept
 * once per group, and ordered ones (array_agg(x ORDER BY y)), whose rows are kept and sorted. Fed
 * to the kernels once all groups are merged.
 */
#pragma once

#include "exec/hash_aggregation.h"

typedef struct DeferredInput DeferredInput;

/* An entry for each aggregate, NULL where it is fed directly; NULL when all are. */
DeferredInput **deferred_inputs_create(HashAggregation *self, MemoryPool *pool);
void deferred_inputs_free(HashAggregation *self, DeferredInput **inputs);
/* Keeps a batch's rows; groups[i] is the group of row i (NULL: group 0). */
MUST_CHECK Status deferred_inputs_add(Context *cx, HashAggregation *self, GroupSet *set,
                                      const Batch *input, const int32_t *groups);
/* Moves source's rows to target; group_map gives target's group for each of source's. */
MUST_CHECK Status deferred_inputs_merge(Context *cx, HashAggregation *self, GroupSet *target,
                                        GroupSet *source, const int32_t *group_map);
MUST_CHECK Status deferred_inputs_feed(Context *cx, HashAggregation *self, GroupSet *set);
