/*
 * Session properties: the system's (Trino 476's names, types and defaults) and what a session sets
 * of them.
 */
#pragma once

#include "warren/session.h"

typedef struct SessionPropertyDefinition {
    const char *name, *type, *default_value;
    bool hidden;                                         /* settable, but not shown */
    bool (*parse)(const char *text, int64_t *ret_value); /* data sizes, durations; else NULL */
} SessionPropertyDefinition;

const SessionPropertyDefinition *session_property_definitions(int32_t *ret_count);
const SessionPropertyDefinition *
session_property_find(const char *name); /* NULL when there is none */
/* What SHOW SESSION says of it; "" for those that are accepted without effect. */
const char *session_property_description(const char *name);
/* Why a text is no value of the property, in the arena; NULL when it is one. */
const char *session_property_fault(Arena *arena, const SessionPropertyDefinition *definition,
                                   const char *text);
/* What the session set, or NULL. "catalog.name" for a catalog's property. */
const char *session_property_text(const Session *session, const char *name);
/* A data size in bytes or a duration in nanoseconds; false when the session did not set it. */
bool session_property_quantity(const Session *session, const char *name, int64_t *ret_value);
