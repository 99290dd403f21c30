/* A query's way from text to rows: what the manager's threads call, and the transactions they use.
 */
#pragma once

#include "server/query.h"

/* Parses, analyses, optimises and starts the query, or carries out its task; on a planner thread.
 */
void query_run(ManagedQuery *query);
/* Frees plan, execution and encoder of a query that is done, unless it is still being planned or a
   page of it made; what it shows stays. No lock held. */
void query_release_execution(ManagedQuery *query);
void query_manager_note_end(QueryManager *manager);
int64_t realtime_micros(void);

ClientTransaction *client_transaction_begin(QueryManager *manager, bool read_only,
                                            const char *isolation);
/* Takes it out of the list; the caller commits or rolls back what it gets. */
Transaction *client_transaction_end(QueryManager *manager, ClientTransaction *client);
