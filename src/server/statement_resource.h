/* /v1/statement: the client protocol (spec/protocol.md, sections 1 to 8). */
#pragma once

#include "server/query.h"

typedef struct StatementResource {
    QueryManager *queries;
    bool process_forwarded; /* http-server.process-forwarded: X-Forwarded-* decide the base URI */
} StatementResource;

/* Answers or parks; path starts with /v1/statement. */
void statement_resource_handle(StatementResource *resource, HttpRequest *request);
/* "http://host:port" as the client sees this server. */
const char *request_base_uri(const StatementResource *resource, HttpRequest *request);

/* Reads the X-Trino-* headers into query->session; answers 400 or 401 itself and gives false when
 * they are wrong. */
bool session_from_headers(HttpRequest *request, ManagedQuery *query);
