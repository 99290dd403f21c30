/*
 * query.max-run-time, query.max-execution-time and the planning time of a session: how long a query
 * may take before it fails.
 */
#pragma once

#include "server/query.h"

/* Fails the query when one of its limits has passed at `now_micros`. No lock held. */
void query_enforce_time_limits(ManagedQuery *query, int64_t now_micros);
