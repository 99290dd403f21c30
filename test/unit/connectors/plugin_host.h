/*
 * A connector under test without a server: the plugin is linked into the test, its host is the
 * engine's own vector library.
 */
#pragma once

#define WARREN_HOST_SIDE
#include "warren/plugin.h"

/* A context with an arena of its own; context_done frees it. */
Context context_start(void);
void context_done(Context *cx);

/* The plugin's only connector. */
const ConnectorApi *plugin_connector(void);
/* A catalog with these properties (name, text, name, text, ..., NULL); fails the test when it
   cannot be made. */
void *catalog_of(Context *cx, const ConnectorApi *api, const char *const *properties);
/* Calls receive for each batch of these columns of the table, all splits after another; FAILED when
   reading fails. */
Status read_table(Context *cx, const ConnectorApi *api, void *catalog, Handle table,
                  const int32_t *columns, int32_t column_count,
                  void (*receive)(void *closure, const Batch *batch), void *closure);
/* "NULL" or the value as text: numbers, dates as days, strings as they are. In cx->arena. */
const char *value_text(Context *cx, const Vector *vector, int32_t row);
