/*
 * The sink at the end of a query: batches wait here, in order of arrival, until the client's side
 * takes them. Drivers are held back while more than the query's result_queue_bytes wait.
 */
#pragma once

#include "exec/execution.h"

Operator *result_queue_create(QueryExecution *execution, int32_t node_id);
Batch *result_queue_take(Operator *op); /* NULL when none waits; the caller's */
bool result_queue_has_batch(const Operator *op);
