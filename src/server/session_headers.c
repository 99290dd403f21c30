/*
 * The client's session out of X-Trino-* request headers (spec/protocol.md, section 2).
 *
 * Lists are split at commas, trimmed, empty entries dropped; properties have exactly one `=`,
 * values are URL-encoded.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/timezone.h"
#include "server/statement_resource.h"
#include "sql/parser.h"

static bool refuse(HttpRequest *request, int status, const char *text) {
    char *body = status == 400 ? arena_printf(request->arena, "Error 400 Bad Request: %s", text)
                               : arena_strdup(request->arena, text);
    HttpHeader challenge = {"WWW-Authenticate", "Basic realm=\"Trino\""};
    http_respond(request, status, "text/plain", body, strlen(body), &challenge, status == 401);
    return false;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* application/x-www-form-urlencoded: + is a space. */
static char *url_decode(Arena *arena, const char *text, size_t size) {
    char *decoded = arena_alloc(arena, size + 1), *out = decoded;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '%' && i + 2 < size && hex_digit(text[i + 1]) >= 0 &&
            hex_digit(text[i + 2]) >= 0) {
            *out++ = (char)(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2]));
            i += 2;
        } else {
            *out++ = text[i] == '+' ? ' ' : text[i];
        }
    }
    *out = '\0';
    return decoded;
}

/* The next non-empty entry of a comma list, trimmed; NULL at the end. */
static const char *next_entry(const char **list, size_t *ret_size) {
    while (**list != '\0') {
        const char *start = *list + strspn(*list, ", \t");
        size_t size = strcspn(start, ",");
        *list = start + size;
        while (size > 0 && (start[size - 1] == ' ' || start[size - 1] == '\t')) {
            size--;
        }
        if (size > 0) {
            *ret_size = size;
            return start;
        }
    }
    return NULL;
}

static int32_t count_entries(const char *list) {
    int32_t count = 0;
    size_t size;
    while (next_entry(&list, &size) != NULL) {
        count++;
    }
    return count;
}

/* name=value entries; false when one has not exactly one `=`. */
static bool read_properties(Arena *arena, const char *list, SessionValue **ret_items,
                            int32_t *ret_count) {
    *ret_items = NULL;
    *ret_count = 0;
    if (list == NULL) {
        return true;
    }
    *ret_items = arena_new_array(arena, SessionValue, count_entries(list) + 1);
    size_t size;
    for (const char *entry; (entry = next_entry(&list, &size)) != NULL;) {
        const char *equals = memchr(entry, '=', size);
        if (equals == NULL || equals == entry ||
            memchr(equals + 1, '=', size - (size_t)(equals - entry) - 1) != NULL) {
            return false;
        }
        (*ret_items)[(*ret_count)++] = (SessionValue){
            .name = url_decode(arena, entry, (size_t)(equals - entry)),
            .value = url_decode(arena, equals + 1, size - (size_t)(equals - entry) - 1),
        };
    }
    return true;
}

/* "$zstd:" and base64url of a zstd frame, or the text itself; NULL when it cannot be decoded. */
static const char *decode_prepared(Arena *arena, const char *value) {
    if (strncmp(value, "$zstd:", 6) != 0) {
        return value;
    }
    char *base64 = arena_printf(arena, "%s===", value + 6);
    size_t size = strlen(value + 6);
    for (size_t i = 0; i < size; i++) {
        base64[i] = base64[i] == '-' ? '+' : base64[i] == '_' ? '/' : base64[i];
    }
    while (size > 0 && base64[size - 1] == '=') {
        size--;
    }
    size_t padded = (size + 3) / 4 * 4;
    unsigned char *frame = arena_alloc(arena, padded / 4 * 3 + 1);
    if (EVP_DecodeBlock(frame, (unsigned char *)base64, (int)padded) < 0) {
        return NULL;
    }
    size_t frame_size = size * 3 / 4;
    unsigned long long text_size = ZSTD_getFrameContentSize(frame, frame_size);
    if (text_size > (64u << 20)) {
        return NULL;
    }
    char *text = arena_alloc(arena, (size_t)text_size + 1);
    size_t got = ZSTD_decompress(text, (size_t)text_size, frame, frame_size);
    if (ZSTD_isError(got)) {
        return NULL;
    }
    text[got] = '\0';
    return text;
}

static bool read_prepared(HttpRequest *request, ManagedQuery *query) {
    SessionValue *items;
    Session *session = &query->session;
    if (!read_properties(query->arena, http_request_header(request, "X-Trino-Prepared-Statement"),
                         &items, &session->prepared_count)) {
        return refuse(request, 400, "Invalid X-Trino-Prepared-Statement header");
    }
    for (int32_t i = 0; i < session->prepared_count; i++) {
        items[i].value = decode_prepared(query->arena, items[i].value);
        Context cx = {.arena = request->arena};
        Node *statement;
        if (items[i].value == NULL) {
            return refuse(request, 400,
                          "Invalid X-Trino-Prepared-Statement header: cannot be decoded");
        }
        if (parse_statement(&cx, items[i].value, strlen(items[i].value), &statement) != OK) {
            return refuse(request, 400,
                          arena_printf(request->arena,
                                       "Invalid X-Trino-Prepared-Statement header: %s",
                                       cx.error.message));
        }
    }
    session->prepared = items;
    return true;
}

static bool is_role(const char *text) {
    return strcmp(text, "ALL") == 0 || strcmp(text, "NONE") == 0 ||
           (strncmp(text, "ROLE{", 5) == 0 && text[strlen(text) - 1] == '}');
}

static bool read_roles(HttpRequest *request, ManagedQuery *query) {
    SessionValue *items;
    if (!read_properties(query->arena, http_request_header(request, "X-Trino-Role"), &items,
                         &query->session.role_count)) {
        return refuse(request, 400, "Invalid X-Trino-Role header");
    }
    for (int32_t i = 0; i < query->session.role_count; i++) {
        if (!is_role(items[i].value)) {
            return refuse(request, 400, "Invalid X-Trino-Role header");
        }
    }
    query->session.roles = items;
    return true;
}

static bool is_uuid(const char *text) {
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : hex_digit(text[i]) < 0) {
            return false;
        }
    }
    return text[36] == '\0';
}

static bool read_transaction(HttpRequest *request, ManagedQuery *query) {
    const char *id = http_request_header(request, "X-Trino-Transaction-Id");
    if (id != NULL && strcmp(id, "NONE") != 0 && !is_uuid(id)) {
        return refuse(request, 400, arena_printf(request->arena, "Invalid UUID string: %s", id));
    }
    query->session.transaction_id = arena_strdup(query->arena, id);
    return true;
}

static bool check_estimates(HttpRequest *request) {
    static const char *const names[] = {"EXECUTION_TIME", "CPU_TIME", "PEAK_MEMORY"};
    SessionValue *items;
    int32_t count;
    const char *header = http_request_header(request, "X-Trino-Resource-Estimate");
    if (!read_properties(request->arena, header, &items, &count)) {
        return refuse(request, 400,
                      arena_printf(request->arena, "Invalid X-Trino-Resource-Estimate header"));
    }
    for (int32_t i = 0; i < count; i++) {
        bool known = false;
        for (int k = 0; k < 3; k++) {
            known |= strcasecmp(items[i].name, names[k]) == 0;
        }
        if (!known) {
            return refuse(
                request, 400,
                arena_printf(request->arena, "Unsupported resource name %s", items[i].name));
        }
    }
    return true;
}

static bool has_capability(const char *capabilities, const char *name) {
    size_t size;
    while (capabilities != NULL) {
        const char *entry = next_entry(&capabilities, &size);
        if (entry == NULL) {
            return false;
        }
        if (size == strlen(name) && strncasecmp(entry, name, size) == 0) {
            return true;
        }
    }
    return false;
}

static const char *lower_header(HttpRequest *request, ManagedQuery *query, const char *name) {
    char *text = arena_strdup(query->arena, http_request_header(request, name));
    for (char *c = text; c != NULL && *c != '\0'; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c | 0x20 : *c);
    }
    return text != NULL && *text != '\0' ? text : NULL;
}

static const char *text_header(HttpRequest *request, ManagedQuery *query, const char *name) {
    return arena_strdup(query->arena, http_request_header(request, name));
}

/* The user of Basic authentication without a password; *ret_refused when a password came over plain
 * HTTP. */
static const char *basic_user(HttpRequest *request, bool *ret_refused) {
    const char *header = http_request_header(request, "Authorization");
    *ret_refused = false;
    if (header == NULL || strncasecmp(header, "Basic ", 6) != 0) {
        return NULL;
    }
    size_t size = strlen(header + 6);
    char *decoded = arena_zalloc(request->arena, size + 4);
    if (size % 4 != 0 || EVP_DecodeBlock((unsigned char *)decoded,
                                         (const unsigned char *)header + 6, (int)size) < 0) {
        return NULL;
    }
    char *colon = strchr(decoded, ':');
    if (colon == NULL) {
        return NULL;
    }
    *ret_refused = colon[1] != '\0';
    *colon = '\0';
    return decoded;
}

static bool read_user(HttpRequest *request, ManagedQuery *query) {
    bool password;
    Session *session = &query->session;
    const char *authenticated = basic_user(request, &password);
    if (password) {
        return refuse(request, 401, "Password not allowed for insecure authentication");
    }
    session->user = text_header(request, query, "X-Trino-User");
    session->original_user = text_header(request, query, "X-Trino-Original-User");
    if (session->user == NULL || *session->user == '\0') {
        session->user = session->original_user != NULL ? session->original_user
                                                       : arena_strdup(query->arena, authenticated);
    }
    if (session->user == NULL || *session->user == '\0') {
        return refuse(request, 401,
                      "Basic authentication or X-Trino-Original-User or X-Trino-User must be sent");
    }
    if (session->original_user == NULL) {
        session->original_user = session->user;
    }
    return true;
}

bool session_from_headers(HttpRequest *request, ManagedQuery *query) {
    Session *session = &query->session;
    SessionValue *properties;
    if (!read_user(request, query)) {
        return false;
    }
    session->source = text_header(request, query, "X-Trino-Source");
    session->catalog = lower_header(request, query, "X-Trino-Catalog");
    session->schema = lower_header(request, query, "X-Trino-Schema");
    session->client_info = text_header(request, query, "X-Trino-Client-Info");
    session->client_tags = text_header(request, query, "X-Trino-Client-Tags");
    session->trace_token = text_header(request, query, "X-Trino-Trace-Token");
    session->language = text_header(request, query, "X-Trino-Language");
    session->user_agent = text_header(request, query, "User-Agent");
    session->remote_address = arena_strdup(query->arena, request->remote_address);
    const char *path = text_header(request, query, "X-Trino-Path");
    session->path = path != NULL ? path : "";
    if (session->schema != NULL && session->catalog == NULL) {
        return refuse(request, 400, "Schema is set but catalog is not");
    }
    if (!read_properties(query->arena, http_request_header(request, "X-Trino-Session"), &properties,
                         &session->property_count)) {
        return refuse(request, 400, "Invalid X-Trino-Session header");
    }
    session->properties = properties;
    session->time_zone = text_header(request, query, "X-Trino-Time-Zone");
    const char *capabilities = http_request_header(request, "X-Trino-Client-Capabilities");
    session->parametric_datetime = has_capability(capabilities, "PARAMETRIC_DATETIME");
    session->path_capability = has_capability(capabilities, "PATH");
    session->session_authorization_capability =
        has_capability(capabilities, "SESSION_AUTHORIZATION");
    return read_prepared(request, query) && read_roles(request, query) &&
           read_transaction(request, query) && check_estimates(request);
}
