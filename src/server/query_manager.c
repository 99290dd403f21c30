/*
 * The list of queries, the threads that plan them, expiry, and clients' explicit transactions.
 *
 * Lock order: manager, then query. Planner threads are started as needed up to the configured
 * number and then kept.
 */
#include <stdio.h>
#include <stdlib.h>
#include <openssl/rand.h>
#include <time.h>

#include "base/allocate.h"
#include "server/query_lifecycle.h"
#include "server/query_time_limit.h"

enum { ID_LETTERS = 5, TICK_MICROS = 100000, EXPIRY_TICKS = 10 };

struct QueryManager {
    QueryManagerOptions options;
    char coordinator_id[ID_LETTERS + 1];
    pthread_mutex_t lock;
    pthread_cond_t work;
    ManagedQuery *newest;
    int32_t listed_count, queue_count;
    _Atomic int32_t running_count; /* changed under queries' locks too, which come after this one */
    int32_t id_counter, id_day;
    /* the planner's queue: a ring */
    int32_t queue_capacity, queue_head;
    ManagedQuery **queue;
    int32_t thread_count, idle_threads;
    pthread_t *threads;
    pthread_t housekeeper;
    pthread_cond_t housekeeping;
    bool stopping;
    ClientTransaction *transactions;
};

int64_t realtime_micros(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

const QueryManagerOptions *query_manager_options(const QueryManager *manager) {
    return &manager->options;
}

/* ---- queries ---- */

/* yyyyMMdd_HHmmss_NNNNN_xxxxx: the counter starts again each day. */
static void make_query_id(QueryManager *manager, int64_t micros, char *id, size_t size) {
    time_t seconds = (time_t)(micros / 1000000);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    pthread_mutex_lock(&manager->lock);
    if (manager->id_day != utc.tm_yday) {
        manager->id_day = utc.tm_yday;
        manager->id_counter = 0;
    }
    int32_t number = manager->id_counter++ % 100000;
    pthread_mutex_unlock(&manager->lock);
    char time_text[16];
    strftime(time_text, sizeof time_text, "%Y%m%d_%H%M%S", &utc);
    snprintf(id, size, "%s_%05u_%s", time_text, (unsigned)number, manager->coordinator_id);
}

ManagedQuery *query_create(QueryManager *manager, const char *sql, size_t size) {
    ManagedQuery *query = allocate_zeroed(sizeof *query);
    query->references = 1;
    query->manager = manager;
    query->arena = arena_create(NULL);
    query->sql = arena_strndup(query->arena, sql, size);
    query->sql_size = size;
    query->created_micros = query->heartbeat_micros = realtime_micros();
    query->error.code = NO_ERROR;
    query->queued_token = 1;
    make_query_id(manager, query->created_micros, query->id, sizeof query->id);
    query->session.query_id = query->id;
    pthread_mutex_init(&query->lock, NULL);
    if (RAND_bytes(query->slug_key, sizeof query->slug_key) != 1) {
        abort();
    }
    return query;
}

void query_list(ManagedQuery *query) {
    QueryManager *manager = query->manager;
    query->references++;
    pthread_mutex_lock(&manager->lock);
    query->next_listed = manager->newest;
    manager->newest = query;
    manager->listed_count++;
    pthread_mutex_unlock(&manager->lock);
}

ManagedQuery *query_find(QueryManager *manager, const char *id) {
    pthread_mutex_lock(&manager->lock);
    ManagedQuery *query = manager->newest;
    while (query != NULL && strcmp(query->id, id) != 0) {
        query = query->next_listed;
    }
    if (query != NULL) {
        query->references++;
    }
    pthread_mutex_unlock(&manager->lock);
    return query;
}

int32_t query_manager_list(QueryManager *manager, Arena *arena, ManagedQuery ***ret_queries) {
    pthread_mutex_lock(&manager->lock);
    ManagedQuery **queries = arena_new_array(arena, ManagedQuery *, manager->listed_count + 1);
    int32_t count = 0;
    for (ManagedQuery *query = manager->newest; query != NULL; query = query->next_listed) {
        query->references++;
        queries[count++] = query;
    }
    pthread_mutex_unlock(&manager->lock);
    *ret_queries = queries;
    return count;
}

void query_unref(ManagedQuery *query) {
    if (query == NULL || --query->references > 0) {
        return;
    }
    query_release_execution(query);
    free(query->columns_json);
    byte_string_done(&query->last_page);
    pthread_mutex_destroy(&query->lock);
    arena_free(query->arena);
    free(query);
}

/* ---- planner threads ---- */

static void *run_planner(void *closure) {
    QueryManager *manager = closure;
    pthread_mutex_lock(&manager->lock);
    for (;;) {
        while (manager->queue_count == 0 && !manager->stopping) {
            manager->idle_threads++;
            pthread_cond_wait(&manager->work, &manager->lock);
            manager->idle_threads--;
        }
        if (manager->queue_count == 0) {
            break;
        }
        ManagedQuery *query = manager->queue[manager->queue_head];
        manager->queue_head = (manager->queue_head + 1) % manager->queue_capacity;
        manager->queue_count--;
        pthread_mutex_unlock(&manager->lock);
        query_run(query);
        query_unref(query);
        pthread_mutex_lock(&manager->lock);
    }
    pthread_mutex_unlock(&manager->lock);
    return NULL;
}

static void enqueue(QueryManager *manager, ManagedQuery *query) {
    if (manager->queue_count == manager->queue_capacity) {
        int32_t capacity = manager->queue_capacity * 2 + 64;
        ManagedQuery **larger = allocate(sizeof *larger * (size_t)capacity);
        for (int32_t i = 0; i < manager->queue_count; i++) {
            larger[i] = manager->queue[(manager->queue_head + i) % manager->queue_capacity];
        }
        free(manager->queue);
        manager->queue = larger;
        manager->queue_capacity = capacity;
        manager->queue_head = 0;
    }
    manager->queue[(manager->queue_head + manager->queue_count) % manager->queue_capacity] = query;
    manager->queue_count++;
}

void query_submit(ManagedQuery *query) {
    QueryManager *manager = query->manager;
    query->references++;
    pthread_mutex_lock(&manager->lock);
    manager->running_count++;
    enqueue(manager, query);
    if (manager->idle_threads < manager->queue_count &&
        manager->thread_count < manager->options.planner_threads) {
        pthread_create(&manager->threads[manager->thread_count++], NULL, run_planner, manager);
    }
    pthread_cond_signal(&manager->work);
    pthread_mutex_unlock(&manager->lock);
}

void query_manager_note_end(QueryManager *manager) {
    manager->running_count--;
}

/* ---- expiry ---- */

static bool is_abandoned(QueryManager *manager, ManagedQuery *query, int64_t now) {
    return !query_is_done(query) &&
           now - query->heartbeat_micros > manager->options.client_timeout_nanos / 1000;
}

/* A finished query goes when it is old and beyond the newest max_history finished ones. The manager
 * is locked. */
static ManagedQuery *take_expired(QueryManager *manager, int64_t now) {
    ManagedQuery *expired = NULL;
    int32_t finished = 0;
    for (ManagedQuery **link = &manager->newest; *link != NULL;) {
        ManagedQuery *query = *link;
        pthread_mutex_lock(&query->lock);
        bool done = query_is_done(query);
        bool old = done && now - query->end_micros > manager->options.min_expire_age_nanos / 1000;
        pthread_mutex_unlock(&query->lock);
        if (done && ++finished > manager->options.max_history && old) {
            *link = query->next_listed;
            query->next_listed = expired;
            expired = query;
            manager->listed_count--;
        } else {
            link = &query->next_listed;
        }
    }
    return expired;
}

static void expire_queries(QueryManager *manager) {
    int64_t now = realtime_micros();
    pthread_mutex_lock(&manager->lock);
    ManagedQuery *expired = take_expired(manager, now);
    pthread_mutex_unlock(&manager->lock);
    while (expired != NULL) {
        ManagedQuery *next = expired->next_listed;
        query_unref(expired);
        expired = next;
    }
    Arena *arena = arena_create(NULL);
    ManagedQuery **queries;
    int32_t count = query_manager_list(manager, arena, &queries);
    for (int32_t i = 0; i < count; i++) {
        pthread_mutex_lock(&queries[i]->lock);
        bool abandoned = is_abandoned(manager, queries[i], now);
        bool holds_memory = query_is_done(queries[i]) && queries[i]->execution_arena != NULL;
        pthread_mutex_unlock(&queries[i]->lock);
        if (holds_memory) {
            query_release_execution(queries[i]);
        }
        if (abandoned) {
            query_fail(queries[i], ABANDONED_QUERY,
                       arena_printf(arena,
                                    "Query %s has not been accessed since the client timeout",
                                    queries[i]->id));
        }
        query_unref(queries[i]);
    }
    arena_free(arena);
}

/* Looks at the queries that run, which are among the newest. */
static void enforce_time_limits(QueryManager *manager) {
    Arena *arena = arena_create(NULL);
    pthread_mutex_lock(&manager->lock);
    int32_t running = manager->running_count, found = 0;
    ManagedQuery **queries = arena_new_array(arena, ManagedQuery *, running > 0 ? running : 1);
    for (ManagedQuery *query = manager->newest; query != NULL && found < running;
         query = query->next_listed) {
        pthread_mutex_lock(&query->lock);
        bool runs = query->submitted && !query_is_done(query);
        pthread_mutex_unlock(&query->lock);
        if (runs) {
            query->references++;
            queries[found++] = query;
        }
    }
    pthread_mutex_unlock(&manager->lock);
    for (int32_t i = 0; i < found; i++) {
        query_enforce_time_limits(queries[i], realtime_micros());
        query_unref(queries[i]);
    }
    arena_free(arena);
}

static void *run_housekeeper(void *closure) {
    QueryManager *manager = closure;
    pthread_mutex_lock(&manager->lock);
    for (int32_t tick = 1; !manager->stopping; tick = tick % EXPIRY_TICKS + 1) {
        int64_t until = realtime_micros() + TICK_MICROS;
        struct timespec time = {until / 1000000, until % 1000000 * 1000};
        pthread_cond_timedwait(&manager->housekeeping, &manager->lock, &time);
        pthread_mutex_unlock(&manager->lock);
        enforce_time_limits(manager);
        if (tick == EXPIRY_TICKS) {
            expire_queries(manager);
        }
        pthread_mutex_lock(&manager->lock);
    }
    pthread_mutex_unlock(&manager->lock);
    return NULL;
}

/* ---- explicit transactions ---- */

Status client_transaction_use(Context *cx, QueryManager *manager, const char *id,
                              ClientTransaction **ret_transaction) {
    pthread_mutex_lock(&manager->lock);
    ClientTransaction *found = manager->transactions;
    while (found != NULL && strcmp(found->id, id) != 0) {
        found = found->next;
    }
    if (found != NULL) {
        found->last_used_micros = realtime_micros();
    }
    pthread_mutex_unlock(&manager->lock);
    if (found == NULL) {
        return FAIL(cx, UNKNOWN_TRANSACTION,
                    "Unknown transaction ID: %s. Possibly expired? Commands ignored until end of "
                    "transaction block",
                    id);
    }
    *ret_transaction = found;
    return OK;
}

ClientTransaction *client_transaction_begin(QueryManager *manager, bool read_only,
                                            const char *isolation) {
    ClientTransaction *client = allocate_zeroed(sizeof *client);
    client->transaction = transaction_begin(manager->options.catalogs, false, read_only, isolation);
    snprintf(client->id, sizeof client->id, "%s", transaction_id(client->transaction));
    client->last_used_micros = realtime_micros();
    pthread_mutex_lock(&manager->lock);
    client->next = manager->transactions;
    manager->transactions = client;
    pthread_mutex_unlock(&manager->lock);
    return client;
}

Transaction *client_transaction_end(QueryManager *manager, ClientTransaction *client) {
    pthread_mutex_lock(&manager->lock);
    ClientTransaction **link = &manager->transactions;
    while (*link != client) {
        link = &(*link)->next;
    }
    *link = client->next;
    pthread_mutex_unlock(&manager->lock);
    Transaction *transaction = client->transaction;
    free(client);
    return transaction;
}

/* ---- life ---- */

QueryManager *query_manager_create(const QueryManagerOptions *options) {
    QueryManager *manager = allocate_zeroed(sizeof *manager);
    manager->options = *options;
    manager->threads = allocate_zeroed(sizeof *manager->threads * (size_t)options->planner_threads);
    manager->id_day = -1;
    pthread_mutex_init(&manager->lock, NULL);
    pthread_cond_init(&manager->work, NULL);
    pthread_cond_init(&manager->housekeeping, NULL);
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* Trino's: no look-alikes */
    unsigned char bytes[ID_LETTERS];
    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        abort();
    }
    for (int i = 0; i < ID_LETTERS; i++) {
        manager->coordinator_id[i] = letters[bytes[i] % 32];
    }
    pthread_create(&manager->housekeeper, NULL, run_housekeeper, manager);
    return manager;
}

int32_t query_manager_running(QueryManager *manager) {
    return manager->running_count;
}

void query_manager_free(QueryManager *manager) {
    Arena *arena = arena_create(NULL);
    ManagedQuery **queries;
    int32_t count = query_manager_list(manager, arena, &queries);
    for (int32_t i = 0; i < count; i++) {
        query_fail(queries[i], SERVER_SHUTTING_DOWN, "Server is shutting down");
        query_unref(queries[i]);
    }
    arena_free(arena);
    pthread_mutex_lock(&manager->lock);
    manager->stopping = true;
    pthread_cond_broadcast(&manager->work);
    pthread_cond_broadcast(&manager->housekeeping);
    pthread_mutex_unlock(&manager->lock);
    for (int32_t i = 0; i < manager->thread_count; i++) {
        pthread_join(manager->threads[i], NULL);
    }
    pthread_join(manager->housekeeper, NULL);
    while (manager->newest != NULL) {
        ManagedQuery *query = manager->newest;
        manager->newest = query->next_listed;
        query_unref(query);
    }
    while (manager->transactions != NULL) {
        transaction_rollback(client_transaction_end(manager, manager->transactions));
    }
    free(manager->queue);
    free(manager->threads);
    pthread_cond_destroy(&manager->work);
    pthread_cond_destroy(&manager->housekeeping);
    pthread_mutex_destroy(&manager->lock);
    free(manager);
}
