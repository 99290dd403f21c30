/*
 * A Warren server: configuration, catalogs, scheduler, queries and HTTP put together; started,
 * drained, stopped.
 */
#pragma once

#include "warren/memory.h"

typedef struct Server Server;

typedef struct ServerStart {
    const char *etc_dir;
    const char *plugin_dir; /* when the configuration names none */
    const char *version;    /* of Warren, for logs; clients are told Trino's 476 */
} ServerStart;

MUST_CHECK Status server_start(Context *cx, const ServerStart *options, Server **ret_server);
uint16_t server_port(const Server *server);
/* Takes no new statements, lets running queries end (at most the grace period), then stops
 * everything. */
void server_stop(Server *server);
