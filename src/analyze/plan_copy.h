/*
 * Plans as values: copies whose symbols and ids are new, and the symbols a plan needs from outside.
 * All in the builder's arena; nothing fails.
 */
#pragma once

#include "plan/plan.h"

typedef struct PlanCopy {
    PlanNode *plan;
    int32_t map_count;
    const Symbol **map; /* by id of the original; NULL: unchanged (it comes from outside) */
} PlanCopy;

/* The same plan with new symbols for all it produces, new node ids and new recursions. */
PlanCopy plan_copy_fresh(PlanBuilder *builder, const PlanNode *plan);
const Symbol *plan_copy_symbol(const PlanCopy *copy, const Symbol *symbol);
