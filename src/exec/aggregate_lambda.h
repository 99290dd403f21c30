/* Lambda arguments of aggregates (reduce_agg): compiled once, an instance for each thread's
 * scratch. */
#pragma once

#include "exec/aggregates.h"

MUST_CHECK Status aggregate_lambda_compile(Builder *builder, AggregateSpec *spec, int32_t index,
                                           const Expr *lambda);
void aggregate_lambdas_create(const AggregateSet *set, AggregateScratch *scratch);
void aggregate_lambdas_free(AggregateScratch *scratch);
