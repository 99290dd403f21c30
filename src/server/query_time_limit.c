/*
 * The time limits of a query. A session's property takes the place of the configured value; the
 * message prints a duration in the unit that it was given in.
 */
#include "server/query_time_limit.h"

#include <stdio.h>
#include <string.h>

#include "base/quantity.h"
#include "catalog/session_properties.h"

enum { PLANNING_SECONDS_MAX = 600 }; /* the default of query_max_planning_time */

typedef struct TimeLimit {
    const char *property;
    int64_t configured_nanos;
    int64_t start_micros; /* 0: not begun, or over */
    const char *message;
} TimeLimit;

/* The limit's text goes to `text` when it has passed. */
static bool is_exceeded(const ManagedQuery *query, const TimeLimit *limit, int64_t now_micros,
                        char text[QUANTITY_TEXT_MAX]) {
    int64_t nanos = limit->configured_nanos;
    const char *set = session_property_text(&query->session, limit->property);
    session_property_quantity(&query->session, limit->property, &nanos);
    if (limit->start_micros == 0 || now_micros - limit->start_micros <= nanos / 1000) {
        return false;
    }
    if (set != NULL) {
        duration_print_in(nanos, set + strspn(set, " 0123456789."), text);
    } else {
        duration_print(nanos, text);
    }
    return true;
}

void query_enforce_time_limits(ManagedQuery *query, int64_t now_micros) {
    const QueryManagerOptions *options = query_manager_options(query->manager);
    pthread_mutex_lock(&query->lock);
    bool planned = query->execution_start_micros != 0;
    const TimeLimit limits[] = {
        {"query_max_execution_time", options->max_execution_time_nanos,
         query->execution_start_micros, "Query exceeded the maximum execution time limit of %s"},
        {"query_max_planning_time", (int64_t)PLANNING_SECONDS_MAX * 1000000000,
         planned ? 0 : query->planning_start_micros,
         "Query exceeded the maximum planning time limit of %s"},
        {"query_max_run_time", options->max_run_time_nanos, query->created_micros,
         "Query exceeded maximum time limit of %s"},
    };
    bool done = query_is_done(query) || !query->submitted;
    pthread_mutex_unlock(&query->lock);
    for (size_t i = 0; !done && i < sizeof limits / sizeof limits[0]; i++) {
        char text[QUANTITY_TEXT_MAX], message[QUANTITY_TEXT_MAX + 80];
        if (is_exceeded(query, &limits[i], now_micros, text)) {
            snprintf(message, sizeof message, limits[i].message, text);
            query_fail(query, EXCEEDED_TIME_LIMIT, message);
            done = true;
        }
    }
}
