/* Statistics inside the optimizer: as plan_statistics, without a Status, and the formulas that join
 * ordering uses too. */
#pragma once

#include "optimize/rewrite.h"

const PlanStatistics *statistics_of(Optimizer *o, PlanNode *node);
/* Rows of an equi-join; NAN when a side is unknown. */
double estimate_join_rows(const PlanStatistics *left, const PlanStatistics *right,
                          int32_t key_count, const Symbol *const *left_keys,
                          const Symbol *const *right_keys);
double estimate_groups(const PlanStatistics *source, const SymbolList *keys);
