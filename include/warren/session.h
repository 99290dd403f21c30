/* What a statement knows of its client: identity, zone, locale, start time, properties. Read-only
 * while it runs. */
#pragma once

#include "warren/status.h"

typedef struct SessionValue {
    const char *name;  /* "query_max_run_time", or "catalog.property" */
    const char *value; /* text as the client sent it */
} SessionValue;

struct Session {
    const char *query_id;
    const char *user, *original_user, *source, *client_info, *client_tags, *trace_token, *language,
        *user_agent, *remote_address;
    const char *catalog, *schema; /* NULL when the session has none */
    const char *path;             /* text of SET PATH, or "" */
    const char *time_zone;        /* canonical zone id, never NULL */
    uint16_t time_zone_key;       /* of time_zone (base/timezone.h) */
    int64_t start_micros; /* statement start, microseconds since the epoch UTC: what now() says */
    int64_t start_nanos_of_micro; /* 0..999 */
    bool parametric_datetime, path_capability,
        session_authorization_capability; /* client capabilities */
    int32_t property_count;
    const SessionValue *properties;
    int32_t prepared_count;
    const SessionValue *prepared; /* name, SQL text */
    const char
        *transaction_id; /* NULL: the client does not support transactions; "NONE": none open */
    int32_t role_count;
    const SessionValue *roles; /* catalog, role text */
};
