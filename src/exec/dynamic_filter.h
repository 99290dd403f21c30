/*
 * Dynamic filters: what a join's build side says about the values its probe side can match. Named
 * by the ids of the plan; published once by the build, read by scans per batch and offered to
 * connectors as domains.
 */
#pragma once

#include "exec/column_store.h"
#include "exec/pipeline_builder.h"

typedef struct DynamicFilterValues DynamicFilterValues;

void dynamic_filters_free(DynamicFilterSet *set); /* NULL is legal */
/* Publishes what the non-NULL values of a key column can be. The column is only read. Only integer
 * keys are kept. */
MUST_CHECK Status dynamic_filter_publish(Context *cx, QueryExecution *execution, int32_t id,
                                         const Vector *values);
/* What is known of the filter: NULL while nothing is. */
const DynamicFilterValues *dynamic_filter_find(QueryExecution *execution, int32_t id);
/* Keeps the rows of 0..count whose value may match; the number kept. */
int32_t dynamic_filter_apply(const DynamicFilterValues *filter, const Vector *column, int32_t count,
                             int32_t *ret_rows);
/* The range of the values: false when there are none at all. */
bool dynamic_filter_range(const DynamicFilterValues *filter, int64_t *ret_low, int64_t *ret_high);
