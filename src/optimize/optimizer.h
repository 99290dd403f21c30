/* The optimizer: phases of rules over a plan, until nothing changes. optimizer.c is the readable
 * list. */
#pragma once

#include "catalog/catalog.h"
#include "plan/plan.h"

/* Estimates of a node's rows. NAN: unknown. */
typedef struct SymbolStatistics {
    double null_fraction, distinct_count, average_bytes, low,
        high; /* low > high never; -INFINITY/INFINITY unbounded */
} SymbolStatistics;

typedef struct PlanStatistics {
    double row_count;
    int32_t symbol_count;
    const Symbol **symbols;
    SymbolStatistics *symbol_statistics;
} PlanStatistics;

typedef struct OptimizerOptions {
    bool off; /* only what execution needs (tests run the corpus both ways) */
    Transaction *transaction;
} OptimizerOptions;

MUST_CHECK Status optimize_plan(Context *cx, const OptimizerOptions *options, PlanBuilder *builder,
                                PlanNode *plan, PlanNode **ret_plan);
/* Statistics of a node, computed bottom-up and cached on the nodes. Never NULL. */
MUST_CHECK Status plan_statistics(Context *cx, PlanBuilder *builder, PlanNode *node,
                                  const PlanStatistics **ret_statistics);
const SymbolStatistics *symbol_statistics(const PlanStatistics *statistics,
                                          const Symbol *symbol); /* NULL when absent */
