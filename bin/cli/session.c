/*
 * Session state and its headers (see the protocol in docs); values of lists are URL-encoded both
 * ways, `+` is a space.
 */
#include "session.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void session_text_set(char **member, const char *value) {
    char *copy = value == NULL ? NULL : strdup(value);
    free(*member);
    *member = copy;
}

void named_values_set(NamedValues *values, const char *name, const char *value) {
    for (int i = 0; i < values->count; i++) {
        if (strcmp(values->items[i].name, name) == 0) {
            session_text_set(&values->items[i].value, value);
            return;
        }
    }
    values->items = realloc(values->items, sizeof(NamedValue) * (size_t)(values->count + 1));
    if (values->items == NULL) {
        abort();
    }
    values->items[values->count++] = (NamedValue){strdup(name), strdup(value)};
}

void named_values_remove(NamedValues *values, const char *name) {
    for (int i = 0; i < values->count; i++) {
        if (strcmp(values->items[i].name, name) == 0) {
            free(values->items[i].name);
            free(values->items[i].value);
            memmove(values->items + i, values->items + i + 1,
                    sizeof(NamedValue) * (size_t)(values->count - i - 1));
            values->count--;
            return;
        }
    }
}

static void named_values_clear(NamedValues *values) {
    while (values->count > 0) {
        named_values_remove(values, values->items[0].name);
    }
    free(values->items);
    *values = (NamedValues){0};
}

void session_done(Session *session) {
    char **texts[] = {&session->user,          &session->authorization_user,
                      &session->catalog,       &session->schema,
                      &session->path,          &session->source,
                      &session->time_zone,     &session->language,
                      &session->client_info,   &session->client_tags,
                      &session->trace_token,   &session->transaction_id,
                      &session->original_roles};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        session_text_set(texts[i], NULL);
    }
    named_values_clear(&session->properties);
    named_values_clear(&session->prepared);
    named_values_clear(&session->roles);
    named_values_clear(&session->extra_credentials);
    named_values_clear(&session->resource_estimates);
}

static int hex_digit(char c) {
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? tolower(c) - 'a' + 10
                                        : -1;
}

static void url_decode(char *text) {
    char *out = text;
    for (const char *in = text; *in != '\0'; in++) {
        if (in[0] == '%' && hex_digit(in[1]) >= 0 && hex_digit(in[2]) >= 0) {
            *out++ = (char)(hex_digit(in[1]) * 16 + hex_digit(in[2]));
            in += 2;
        } else {
            *out++ = *in == '+' ? ' ' : *in;
        }
    }
    *out = '\0';
}

static char *url_encode(Arena *arena, const char *text) {
    char *encoded = arena_alloc(arena, strlen(text) * 3 + 1), *out = encoded;
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (isalnum(c) || strchr("-_.*", c) != NULL) {
            *out++ = (char)c;
        } else if (c == ' ') {
            *out++ = '+';
        } else {
            out += snprintf(out, 4, "%%%02X", c);
        }
    }
    *out = '\0';
    return encoded;
}

/* `name=value`, the value (and for prepared statements the name) URL-encoded. */
static void take_named(NamedValues *values, const char *text) {
    char *name = strdup(text), *equals = strchr(name, '=');
    if (equals != NULL) {
        *equals = '\0';
        url_decode(name);
        url_decode(equals + 1);
        named_values_set(values, name, equals + 1);
    }
    free(name);
}

static void remove_encoded(NamedValues *values, const char *text) {
    char *name = strdup(text);
    url_decode(name);
    named_values_remove(values, name);
    free(name);
}

static void set_authorization_user(Session *session, const char *user) {
    session_text_set(&session->authorization_user, user);
    named_values_clear(&session->roles);
    if (user == NULL) {
        session_text_set(&session->original_roles, NULL);
    }
}

void session_take_header(Session *session, const char *name, const char *value) {
    if (strncasecmp(name, "X-Trino-", 8) != 0) {
        return;
    }
    name += 8;
    if (strcasecmp(name, "Set-Catalog") == 0) {
        session_text_set(&session->catalog, value);
    } else if (strcasecmp(name, "Set-Schema") == 0) {
        session_text_set(&session->schema, value);
    } else if (strcasecmp(name, "Set-Path") == 0) {
        session_text_set(&session->path, value);
    } else if (strcasecmp(name, "Set-Session") == 0) {
        take_named(&session->properties, value);
    } else if (strcasecmp(name, "Clear-Session") == 0) {
        remove_encoded(&session->properties, value);
    } else if (strcasecmp(name, "Set-Role") == 0) {
        take_named(&session->roles, value);
    } else if (strcasecmp(name, "Set-Original-Roles") == 0) {
        session_text_set(&session->original_roles, value);
    } else if (strcasecmp(name, "Added-Prepare") == 0) {
        take_named(&session->prepared, value);
    } else if (strcasecmp(name, "Deallocated-Prepare") == 0) {
        remove_encoded(&session->prepared, value);
    } else if (strcasecmp(name, "Started-Transaction-Id") == 0) {
        session_text_set(&session->transaction_id, value);
    } else if (strcasecmp(name, "Clear-Transaction-Id") == 0) {
        session_text_set(&session->transaction_id, NULL);
    } else if (strcasecmp(name, "Set-Authorization-User") == 0) {
        set_authorization_user(session, value);
    } else if (strcasecmp(name, "Reset-Authorization-User") == 0) {
        set_authorization_user(session, NULL);
    }
}

typedef struct HeaderList {
    Arena *arena;
    const char **items;
    int count;
} HeaderList;

static void add(HeaderList *list, const char *name, const char *value) {
    if (value != NULL) {
        list->items[list->count++] = arena_printf(list->arena, "X-Trino-%s: %s", name, value);
    }
}

static void add_named(HeaderList *list, const char *header, const NamedValues *values) {
    for (int i = 0; i < values->count; i++) {
        const NamedValue *item = &values->items[i];
        add(list, header,
            arena_printf(list->arena, "%s=%s", url_encode(list->arena, item->name),
                         url_encode(list->arena, item->value)));
    }
}

const char *const *session_headers(const Session *session, Arena *arena) {
    enum { SINGLE_HEADERS = 20 };
    int count = SINGLE_HEADERS + session->properties.count + session->prepared.count +
                session->roles.count + session->extra_credentials.count +
                session->resource_estimates.count;
    HeaderList list = {arena, arena_new_array(arena, const char *, count + 1), 0};
    const char *authorized = session->authorization_user;
    add(&list, "User", authorized ? authorized : session->user);
    add(&list, "Original-User", authorized ? session->user : NULL);
    add(&list, "Original-Roles", authorized ? session->original_roles : NULL);
    add(&list, "Source", session->source);
    add(&list, "Catalog", session->catalog);
    add(&list, "Schema", session->schema);
    add(&list, "Path", session->path);
    add(&list, "Time-Zone", session->time_zone);
    add(&list, "Language", session->language);
    add(&list, "Client-Info", session->client_info);
    add(&list, "Client-Tags", session->client_tags);
    add(&list, "Trace-Token", session->trace_token);
    add(&list, "Transaction-Id", session->transaction_id ? session->transaction_id : "NONE");
    add(&list, "Client-Capabilities", "PATH,PARAMETRIC_DATETIME,SESSION_AUTHORIZATION");
    add_named(&list, "Session", &session->properties);
    add_named(&list, "Prepared-Statement", &session->prepared);
    add_named(&list, "Role", &session->roles);
    add_named(&list, "Extra-Credential", &session->extra_credentials);
    for (int i = 0; i < session->resource_estimates.count; i++) {
        const NamedValue *item = &session->resource_estimates.items[i];
        add(&list, "Resource-Estimate", arena_printf(arena, "%s=%s", item->name, item->value));
    }
    return list.items;
}
