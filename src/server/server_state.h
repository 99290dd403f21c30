/* A server's insides, shared by the files that answer requests. */
#pragma once

#include "server/config.h"
#include "server/server.h"
#include "server/statement_resource.h"

#define TRINO_VERSION "476" /* what clients are told: drivers switch features on it */

struct Server {
    Arena *arena;
    ServerConfig config;
    const char *version;
    CatalogManager *catalogs;
    Scheduler *scheduler;
    MemoryPool *pool;
    QueryManager *queries;
    HttpServer *http;
    StatementResource statements;
    int64_t started_micros;
    _Atomic int node_state; /* NodeState */
};

typedef enum NodeState { NODE_ACTIVE, NODE_DRAINING, NODE_DRAINED, NODE_SHUTTING_DOWN } NodeState;

const char *node_state_name(NodeState state);
/* Each answers and gives true when the path is its own. */
bool info_resource_handle(Server *server, HttpRequest *request);
bool query_resource_handle(Server *server, HttpRequest *request);
bool ui_resource_handle(Server *server, HttpRequest *request);

void respond_json(HttpRequest *request, ByteString *body);
void respond_message(HttpRequest *request, int status, const char *text);
void register_system_tables(Server *server);
