/* EXPLAIN's texts, and SHOW STATS (spec/explain.md). */
#pragma once

#include "optimize/optimizer.h"

/* One operator's figures for EXPLAIN ANALYZE, by plan node id. */
typedef struct ExplainFigures {
    int32_t node_id;
    int64_t input_rows, output_rows, input_bytes, output_bytes, cpu_nanos, wall_nanos,
        memory_bytes_peak;
    int32_t drivers;
} ExplainFigures;

/* Optimises `plan` (an OutputNode) and prints it. type: LOGICAL, DISTRIBUTED, IO; format: TEXT,
 * JSON, GRAPHVIZ. */
MUST_CHECK Status explain_plan(Context *cx, const OptimizerOptions *options, PlanBuilder *builder,
                               PlanNode *plan, const char *type, const char *format,
                               const char **ret_text);
/* The text of EXPLAIN ANALYZE for an optimised plan that ran. */
MUST_CHECK Status explain_analyzed(Context *cx, PlanBuilder *builder, PlanNode *plan,
                                   const ExplainFigures *figures, int32_t figure_count,
                                   bool verbose, const char **ret_text);
/* SHOW STATS FOR: a Values plan with Trino's columns (column_name, data_size, ...) for the outputs
 * of `plan`. */
MUST_CHECK Status show_stats_plan(Context *cx, const OptimizerOptions *options,
                                  PlanBuilder *builder, PlanNode *plan, PlanNode **ret_plan);
