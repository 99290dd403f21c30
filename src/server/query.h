/*
 * Queries: what a client's statement becomes between its POST and its last page.
 *
 * A ManagedQuery is shared by the manager's list, the thread that plans it and the requests that
 * follow it: reference counted. Everything mutable is under its lock, but what is written once
 * before it is listed (id, slug, sql, session). The plan and its execution are freed when the query
 * ends; what /v1/query shows of it stays until it is expired.
 */
#pragma once

#include <pthread.h>

#include "analyze/analyze.h"
#include "base/buffer.h"
#include "exec/query_execution.h"
#include "net/http_server.h"
#include "server/result_json.h"

typedef enum QueryState {
    QUERY_QUEUED,
    QUERY_WAITING_FOR_RESOURCES,
    QUERY_DISPATCHING,
    QUERY_PLANNING,
    QUERY_STARTING,
    QUERY_RUNNING,
    QUERY_FINISHING,
    QUERY_FINISHED,
    QUERY_FAILED,
} QueryState;

const char *query_state_name(QueryState state);

typedef struct QueryManager QueryManager;

/* Explicit transactions of clients, by id. */
typedef struct ClientTransaction {
    char id[37];
    Transaction *transaction;
    bool aborted;
    bool busy;
    int64_t last_used_micros;
    struct ClientTransaction *next;
} ClientTransaction;

typedef struct ManagedQuery {
    _Atomic int32_t references;
    QueryManager *manager;
    char id[32];
    uint8_t slug_key[16];
    Arena *arena; /* session, sql and everything shown */
    const char *sql;
    size_t sql_size;
    Session session;
    struct ManagedQuery *next_listed; /* the manager's list, newest first */

    pthread_mutex_t lock;
    QueryState state;
    _Atomic bool cancelled;
    bool submitted;
    bool planning;      /* a planner thread works on it */
    int32_t cancelling; /* threads that tell its execution so */
    Error error;        /* of a FAILED query; strings in `arena` */
    int64_t created_micros, submitted_micros, planning_start_micros, execution_start_micros,
        end_micros, heartbeat_micros;
    int64_t analysis_nanos, planning_nanos;
    const char *update_type, *query_type;
    bool has_update_count;
    int64_t update_count;
    SessionChanges changes;
    int32_t warning_count;
    const char *const *warnings;

    /* while it runs */
    Context cx; /* of planning */
    Arena *execution_arena;
    MemoryPool *pool;
    Transaction *transaction; /* its own, or the client's */
    ClientTransaction *client_transaction;
    Analysis *analysis;
    QueryExecution *execution;
    ExecutionStatistics statistics; /* final ones, once ended */

    /* paging */
    ResultEncoder *encoder;
    char *columns_json; /* `"columns":[...]`, NULL until known */
    int64_t token;      /* of the next page */
    int32_t queued_token;
    ByteString last_page; /* answer to token - 1, for repeats */
    bool last_page_is_final;
    bool fetching; /* a request is making a page */
    int64_t rows_sent;
    HttpRequest *waiter;  /* parked until something changes */
    int64_t change_count; /* notifications of the execution so far */
} ManagedQuery;

typedef struct QueryManagerOptions {
    CatalogManager *catalogs;
    Scheduler *scheduler;
    MemoryPool *pool; /* the node's general pool */
    int64_t memory_bytes_max, memory_per_node_bytes_max, total_memory_bytes_max; /* of a query */
    int64_t client_timeout_nanos, min_expire_age_nanos;
    int64_t max_run_time_nanos, max_execution_time_nanos;
    int32_t max_history, planner_threads;
    int64_t max_length; /* query.max-length, UTF-16 units as in Java */
    const char *node_id;
    const char *forced_time_zone; /* of every session; NULL: the client's */
} QueryManagerOptions;

QueryManager *query_manager_create(const QueryManagerOptions *options);
int32_t query_manager_running(QueryManager *manager); /* submitted and not ended */
void query_manager_free(QueryManager *manager);       /* cancels what still runs */
const QueryManagerOptions *query_manager_options(const QueryManager *manager);

/* A new query with a copy of sql; the caller fills session from `arena`, then lists it. One
 * reference is the caller's. */
ManagedQuery *query_create(QueryManager *manager, const char *sql, size_t size);
void query_list(ManagedQuery *query);
ManagedQuery *query_find(QueryManager *manager, const char *id); /* a reference, or NULL */
/* References to every listed query, newest first, in `arena`. */
int32_t query_manager_list(QueryManager *manager, Arena *arena, ManagedQuery ***ret_queries);
void query_unref(ManagedQuery *query);

void query_submit(ManagedQuery *query); /* hands it to the planner; once */
void query_fail(ManagedQuery *query, ErrorCode code, const char *message);
bool query_is_done(const ManagedQuery *query); /* FINISHED or FAILED; under its lock */
void query_heartbeat(ManagedQuery *query);
/* Live or final figures; under its lock. */
void query_statistics(ManagedQuery *query, ExecutionStatistics *ret_statistics);
/* Ends a query whose last batch was taken: commits. Under its lock. */
void query_finish(ManagedQuery *query);

/* Explicit transactions. */
MUST_CHECK Status client_transaction_use(Context *cx, QueryManager *manager, const char *id,
                                         ClientTransaction **ret_transaction);
