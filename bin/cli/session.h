/*
 * What the client remembers between statements: the server keeps none of it. Response headers
 * change it, every POST carries it as request headers.
 */
#pragma once

#include <stdbool.h>

#include "warren/memory.h"

typedef struct NamedValue {
    char *name, *value;
} NamedValue;

/* A short list by name, in the order of first setting. */
typedef struct NamedValues {
    NamedValue *items;
    int count;
} NamedValues;

typedef struct Session {
    char *user, *authorization_user; /* the second after SET SESSION AUTHORIZATION, else NULL */
    char *catalog, *schema, *path;   /* NULL when not set */
    char *source, *time_zone, *language, *client_info, *client_tags, *trace_token;
    char *transaction_id; /* NULL outside a transaction */
    char *original_roles; /* NULL, or what SET SESSION AUTHORIZATION answered */
    NamedValues properties, prepared, roles, extra_credentials, resource_estimates;
} Session;

void named_values_set(NamedValues *values, const char *name, const char *value);
void named_values_remove(NamedValues *values, const char *name);

/* Replaces a member with a copy of the value, which may be NULL. */
void session_text_set(char **member, const char *value);
void session_done(Session *session);

/* Takes one response header; other headers than X-Trino-* are ignored. */
void session_take_header(Session *session, const char *name, const char *value);

/* The request headers, NULL at the end, in the arena. */
const char *const *session_headers(const Session *session, Arena *arena);
