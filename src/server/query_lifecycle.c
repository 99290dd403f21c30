/*
 * From text to rows: parse, analyse, optimise, start; or carry out a task. And how a query ends.
 *
 * A query ends exactly once, in end_query: whoever gets there first decides its state. Its
 * transaction is committed when it succeeded and rolled back when it failed; a client's explicit
 * transaction is left open, aborted if the query failed.
 */
#include "server/query_lifecycle.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/timezone.h"
#include "catalog/session_properties.h"
#include "optimize/explain.h"
#include "server/query_memory_limit.h"
#include "sql/parser.h"

static const char *const state_names[] = {
    "QUEUED",      "WAITING_FOR_RESOURCES",
    "DISPATCHING", "PLANNING",
    "STARTING",    "RUNNING",
    "FINISHING",   "FINISHED",
    "FAILED",
};

const char *query_state_name(QueryState state) {
    return state_names[state];
}

bool query_is_done(const ManagedQuery *query) {
    return query->state == QUERY_FINISHED || query->state == QUERY_FAILED;
}

void query_heartbeat(ManagedQuery *query) {
    query->heartbeat_micros = realtime_micros();
}

void query_statistics(ManagedQuery *query, ExecutionStatistics *ret_statistics) {
    if (query->execution != NULL && !query_is_done(query)) {
        query_execution_statistics(query->execution, ret_statistics);
    } else {
        *ret_statistics = query->statistics;
    }
}

/* Something changed that a parked request waits for. Under the query's lock. */
static void wake_waiter(ManagedQuery *query) {
    if (query->waiter != NULL) {
        HttpRequest *waiter = query->waiter;
        query->waiter = NULL;
        http_wake(waiter);
    }
}

static void handle_execution_change(void *closure) {
    ManagedQuery *query = closure;
    pthread_mutex_lock(&query->lock);
    query->change_count++;
    wake_waiter(query);
    pthread_mutex_unlock(&query->lock);
}

/* ---- the end ---- */

static void note_error(ManagedQuery *query, const Error *error) {
    query->error = *error;
    query->error.message = arena_strdup(query->arena, error->message);
    query->error.cause = arena_strdup(query->arena, error->cause);
}

/* Under the lock, once. */
static void end_query(ManagedQuery *query, QueryState state) {
    Transaction *transaction = query->transaction;
    query->transaction = NULL;
    if (query->execution != NULL) {
        query_execution_statistics(query->execution, &query->statistics);
    }
    if (transaction != NULL && state == QUERY_FINISHED) {
        Context cx = {.arena = query->arena, .session = &query->session};
        if (transaction_commit(&cx, transaction) != OK) {
            note_error(query, &cx.error);
            state = QUERY_FAILED;
        }
    } else {
        query->transaction =
            transaction; /* still used by the planner or drivers: rolled back on release */
    }
    if (query->client_transaction != NULL) {
        query->client_transaction->aborted |= state == QUERY_FAILED;
        query->client_transaction = NULL;
    }
    query->state = state;
    query->end_micros = realtime_micros();
    wake_waiter(query);
    if (query->submitted) {
        query_manager_note_end(query->manager);
    }
}

void query_finish(ManagedQuery *query) {
    if (!query_is_done(query)) {
        end_query(query, QUERY_FINISHED);
    }
}

void query_fail(ManagedQuery *query, ErrorCode code, const char *message) {
    pthread_mutex_lock(&query->lock);
    QueryExecution *execution = NULL;
    if (!query_is_done(query)) {
        query->cancelled = true;
        execution = query->execution;
        note_error(query, &(Error){.code = code, .message = message});
        end_query(query, QUERY_FAILED);
    }
    query->cancelling += execution != NULL;
    pthread_mutex_unlock(&query->lock);
    if (execution != NULL) { /* without the lock: it notifies of its change */
        query_execution_cancel(execution, code, message);
        pthread_mutex_lock(&query->lock);
        query->cancelling--;
        pthread_mutex_unlock(&query->lock);
    }
}

static void fail_with(ManagedQuery *query, const Error *error) {
    pthread_mutex_lock(&query->lock);
    if (!query_is_done(query)) {
        note_error(query, error);
        end_query(query, QUERY_FAILED);
    }
    pthread_mutex_unlock(&query->lock);
}

void query_release_execution(ManagedQuery *query) {
    pthread_mutex_lock(&query->lock);
    if (query->planning || query->fetching || query->cancelling > 0) {
        pthread_mutex_unlock(&query->lock);
        return;
    }
    QueryExecution *execution = query->execution;
    Transaction *transaction = query->transaction;
    ResultEncoder *encoder = query->encoder;
    Arena *arena = query->execution_arena;
    MemoryPool *pool = query->pool;
    query->execution = NULL;
    query->transaction = NULL;
    query->encoder = NULL;
    query->execution_arena = NULL;
    query->analysis = NULL;
    query->pool = NULL;
    pthread_mutex_unlock(&query->lock);
    query_execution_free(execution);
    if (transaction != NULL) {
        transaction_rollback(transaction);
    }
    result_encoder_free(encoder);
    arena_free(arena);
    pool_free(pool);
}

/* ---- what the analyzer may ask ---- */

static OptimizerOptions optimizer_options(ManagedQuery *query) {
    return (OptimizerOptions){
        .transaction = query->client_transaction != NULL ? query->client_transaction->transaction
                                                         : query->transaction,
    };
}

static Status explain(Context *cx, void *closure, PlanBuilder *builder, PlanNode *plan,
                      const Analysis *analysis, const char *type, const char *format,
                      const char **ret_text) {
    OptimizerOptions options = optimizer_options(closure);
    return explain_plan(cx, &options, builder, plan, type, format, ret_text);
}

static Status show_stats(Context *cx, void *closure, PlanBuilder *builder, PlanNode *plan,
                         PlanNode **ret_plan) {
    OptimizerOptions options = optimizer_options(closure);
    return show_stats_plan(cx, &options, builder, plan, ret_plan);
}

static Status start_transaction(Context *cx, void *closure, bool read_only, const char *isolation,
                                const char **ret_id) {
    ManagedQuery *query = closure;
    if (query->client_transaction != NULL) {
        return FAIL(cx, NOT_SUPPORTED, "Nested transactions not supported");
    }
    if (query->session.transaction_id == NULL) {
        return FAIL(cx, INCOMPATIBLE_CLIENT, "Client does not support transactions");
    }
    *ret_id = arena_strdup(query->arena,
                           client_transaction_begin(query->manager, read_only, isolation)->id);
    return OK;
}

static Status finish_transaction(Context *cx, void *closure, bool commit) {
    ManagedQuery *query = closure;
    ClientTransaction *client = query->client_transaction;
    if (client == NULL) {
        return FAIL(cx, NOT_IN_TRANSACTION, "No transaction in progress");
    }
    bool aborted = client->aborted;
    query->client_transaction = NULL;
    Transaction *transaction = client_transaction_end(query->manager, client);
    if (!commit || aborted) {
        transaction_rollback(transaction);
        return commit ? FAIL(cx, TRANSACTION_ALREADY_ABORTED,
                             "Current transaction has already been aborted")
                      : OK;
    }
    return transaction_commit(cx, transaction);
}

/* The text of EXPLAIN ANALYZE, once its plan has run. */
static Status explain_execution(Context *cx, void *closure, QueryExecution *execution,
                                const PlanNode *plan, bool verbose, const char **ret_text) {
    ManagedQuery *query = closure;
    NodeStatistics *nodes;
    int32_t count = query_execution_node_statistics(execution, cx->arena, &nodes);
    ExplainFigures *figures = arena_new_array(cx->arena, ExplainFigures, count + 1);
    for (int32_t i = 0; i < count; i++) {
        figures[i] = (ExplainFigures){
            .node_id = nodes[i].node_id,
            .input_rows = nodes[i].input_rows,
            .output_rows = nodes[i].output_rows,
            .input_bytes = nodes[i].input_bytes,
            .output_bytes = nodes[i].output_bytes,
            .cpu_nanos = nodes[i].cpu_nanos,
            .wall_nanos = nodes[i].wall_nanos,
            .memory_bytes_peak = nodes[i].memory_bytes_peak,
            .drivers = nodes[i].drivers,
        };
    }
    return explain_analyzed(cx, query->analysis->builder, (PlanNode *)(uintptr_t)plan, figures,
                            count, verbose, ret_text);
}

/* ---- the way ---- */

static bool ends_transaction(const Node *statement) {
    return statement->kind == NODE_COMMIT || statement->kind == NODE_ROLLBACK;
}

static Status join_transaction(Context *cx, ManagedQuery *query, const Node *statement) {
    const char *id = query->session.transaction_id;
    if (id == NULL || strcmp(id, "NONE") == 0) {
        query->transaction = transaction_begin(query_manager_options(query->manager)->catalogs,
                                               true, false, "READ UNCOMMITTED");
        return OK;
    }
    ClientTransaction *client;
    TRY(client_transaction_use(cx, query->manager, id, &client));
    if (client->aborted && !ends_transaction(statement)) {
        return FAIL(
            cx, TRANSACTION_ALREADY_ABORTED,
            "Current transaction is aborted, commands ignored until end of transaction block");
    }
    query->client_transaction = client;
    return OK;
}

static void set_state(ManagedQuery *query, QueryState state) {
    pthread_mutex_lock(&query->lock);
    if (!query_is_done(query)) {
        query->state = state;
    }
    pthread_mutex_unlock(&query->lock);
}

static int64_t monotonic_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static const char *copy_text(ManagedQuery *query, const char *text) {
    return arena_strdup(query->arena, text);
}

/* What a client is told of the statement, kept beyond the plan's arena. */
static void keep_outcome(ManagedQuery *query, const Analysis *analysis) {
    SessionChanges changes = analysis->changes;
    const char **texts[] = {
        &changes.set_catalog,
        &changes.set_schema,
        &changes.set_path,
        &changes.set_session_name,
        &changes.set_session_value,
        &changes.clear_session_name,
        &changes.set_role_catalog,
        &changes.set_role,
        &changes.added_prepare_name,
        &changes.added_prepare_sql,
        &changes.deallocated_prepare_name,
        &changes.started_transaction_id,
        &changes.set_authorization_user,
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = copy_text(query, *texts[i]);
    }
    const char **warnings =
        arena_new_array(query->arena, const char *, analysis->warning_count + 1);
    for (int32_t i = 0; i < analysis->warning_count; i++) {
        warnings[i] = copy_text(query, analysis->warnings[i]);
    }
    pthread_mutex_lock(&query->lock);
    query->changes = changes;
    query->update_type = copy_text(query, analysis->update_type);
    query->query_type = copy_text(query, analysis->query_type);
    query->has_update_count = analysis->is_dml;
    query->warnings = warnings;
    query->warning_count = analysis->warning_count;
    pthread_mutex_unlock(&query->lock);
}

static Status run_task(Context *cx, ManagedQuery *query, Analysis *analysis) {
    if (analysis->task != NULL) {
        TRY(task_execute(cx, analysis));
    }
    keep_outcome(query, analysis);
    pthread_mutex_lock(&query->lock);
    ByteString columns = {0};
    byte_string_append_text(&columns, "\"columns\":[]");
    byte_string_text(&columns);
    query->columns_json = columns.data;
    query_finish(query);
    pthread_mutex_unlock(&query->lock);
    return OK;
}

static Status prepare_result(Context *cx, ManagedQuery *query, const OutputNode *output) {
    int32_t count = output->base.outputs.count;
    const Type **types = arena_new_array(cx->arena, const Type *, count + 1);
    for (int32_t i = 0; i < count; i++) {
        types[i] = output->base.outputs.items[i]->type;
    }
    bool parametric = query->session.parametric_datetime;
    TRY(result_encoder_create(cx, count, types, parametric, &query->encoder));
    ByteString columns = {0};
    result_encode_columns(&columns, count, output->column_names.items, types, parametric);
    byte_string_text(&columns);
    query->columns_json = columns.data;
    return OK;
}

static Status start_execution(Context *cx, ManagedQuery *query, Analysis *analysis) {
    const QueryManagerOptions *manager = query_manager_options(query->manager);
    OptimizerOptions optimizing = optimizer_options(query);
    PlanNode *plan;
    TRY(optimize_plan(cx, &optimizing, analysis->builder, analysis->plan, &plan));
    keep_outcome(query, analysis);
    TRY(prepare_result(cx, query, (const OutputNode *)plan));
    set_state(query, QUERY_STARTING);
    ExecutionOptions options = {
        .scheduler = manager->scheduler,
        .pool = query->pool,
        .session = &query->session,
        .transaction = optimizing.transaction,
        .notify = handle_execution_change,
        .explain = explain_execution,
        .closure = query,
    };
    QueryExecution *execution;
    TRY(query_execution_start(cx, &options, plan, &execution));
    pthread_mutex_lock(&query->lock);
    query->execution = execution;
    query->execution_start_micros = realtime_micros();
    bool done = query_is_done(query);
    query->state = done ? query->state : QUERY_RUNNING;
    wake_waiter(query);
    pthread_mutex_unlock(&query->lock);
    if (done) { /* not freed meanwhile: the query is still being planned */
        query_execution_cancel(execution, query->error.code, query->error.message);
    }
    return OK;
}

/* The session's zone: the configured one, the property, the header, or the server's own. */
static Status resolve_time_zone(Context *cx, ManagedQuery *query) {
    Session *session = &query->session;
    const char *forced = query_manager_options(query->manager)->forced_time_zone;
    const char *property = session_property_text(session, "time_zone_id");
    const char *text = forced != NULL               ? forced
                       : property != NULL           ? property
                       : session->time_zone != NULL ? session->time_zone
                                                    : "UTC";
    if (!timezone_parse(text, strlen(text), &session->time_zone_key)) {
        return FAIL(cx, NOT_SUPPORTED, "Time zone not supported: %s", text);
    }
    session->time_zone = timezone_name(session->time_zone_key);
    return OK;
}

static Status check_session_properties(Context *cx, const Session *session) {
    for (int32_t i = 0; i < session->property_count; i++) {
        const char *name = session->properties[i].name;
        if (strchr(name, '.') != NULL) {
            continue;
        }
        const SessionPropertyDefinition *definition = session_property_find(name);
        if (definition == NULL) {
            return FAIL(cx, INVALID_SESSION_PROPERTY, "Session property '%s' does not exist", name);
        }
        const char *fault =
            session_property_fault(cx->arena, definition, session->properties[i].value);
        if (fault != NULL) {
            return FAIL(cx, INVALID_SESSION_PROPERTY, "Session property '%s' is invalid: %s", name,
                        fault);
        }
    }
    return OK;
}

/* The text's length as Java counts it: characters beyond the basic plane are two. */
static Status check_length(Context *cx, const ManagedQuery *query) {
    int64_t length = 0, max = query_manager_options(query->manager)->max_length;
    for (size_t i = 0; i < query->sql_size; i++) {
        unsigned char byte = (unsigned char)query->sql[i];
        length += ((byte & 0xC0) != 0x80) + (byte >= 0xF0);
    }
    return length <= max ? OK
                         : FAIL(cx, QUERY_TEXT_TOO_LARGE,
                                "Query text length (%lld) exceeds the maximum length (%lld)",
                                (long long)length, (long long)max);
}

static Status plan_and_start(Context *cx, ManagedQuery *query) {
    int64_t start = monotonic_nanos();
    Node *statement;
    TRY(check_length(cx, query));
    TRY(resolve_time_zone(cx, query));
    TRY(check_session_properties(cx, &query->session));
    TRY(parse_statement(cx, query->sql, query->sql_size, &statement));
    TRY(join_transaction(cx, query, statement));
    AnalysisHost *host = arena_new(cx->arena, AnalysisHost);
    *host = (AnalysisHost){
        .transaction = optimizer_options(query).transaction,
        .closure = query,
        .explain = explain,
        .show_stats = show_stats,
        .start_transaction = start_transaction,
        .finish_transaction = finish_transaction,
    };
    Analysis *analysis;
    TRY(analyze_statement(cx, host, statement, &analysis));
    pthread_mutex_lock(&query->lock);
    query->analysis_nanos = monotonic_nanos() - start;
    query->analysis = analysis;
    pthread_mutex_unlock(&query->lock);
    Status status = analysis->plan == NULL ? run_task(cx, query, analysis)
                                           : start_execution(cx, query, analysis);
    pthread_mutex_lock(&query->lock);
    query->planning_nanos = monotonic_nanos() - start;
    pthread_mutex_unlock(&query->lock);
    return status;
}

void query_run(ManagedQuery *query) {
    pthread_mutex_lock(&query->lock);
    bool done = query_is_done(query);
    if (!done) {
        query->state = QUERY_PLANNING;
        query->planning = true;
        query->planning_start_micros = realtime_micros();
        query->session.start_micros = query->planning_start_micros;
        query->execution_arena = arena_create(NULL);
        query->pool = query_memory_pool(query);
        query->cx = (Context){.arena = query->execution_arena,
                              .pool = query->pool,
                              .session = &query->session,
                              .cancelled = &query->cancelled};
    }
    pthread_mutex_unlock(&query->lock);
    if (done) {
        return;
    }
    if (plan_and_start(&query->cx, query) != OK) {
        fail_with(query, &query->cx.error);
    }
    pthread_mutex_lock(&query->lock);
    query->planning = false;
    bool release = query->state == QUERY_FAILED;
    pthread_mutex_unlock(&query->lock);
    if (release) {
        query_release_execution(query);
    }
}
