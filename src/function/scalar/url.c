/*
 * URLs as java.net.URI takes them apart, and form encoding. What URI refuses gives NULL; a part
 * that is missing is empty.
 */
#include <ctype.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "function/scalar/arguments.h"
#include "function/scalar/utf8.h"

typedef struct Span {
    const char *text;
    size_t size;
} Span;

typedef struct Url {
    Span scheme, host, path, query, fragment;
    bool has_query;
    int64_t port; /* -1: none */
} Url;

/* ---- parsing ---- */

static bool is_legal(const char *text, size_t size) {
    for (size_t i = 0; i < size;) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x80) {
            size_t at = i;
            int32_t code_point = utf8_next(text, size, &at);
            if (code_point < 0xA0 || code_point == 0xA0 || code_point == 0x2028 ||
                code_point == 0x3000) {
                return false;
            }
            i = at;
            continue;
        }
        if (c == '%') {
            if (i + 2 >= size || !isxdigit((unsigned char)text[i + 1]) ||
                !isxdigit((unsigned char)text[i + 2])) {
                return false;
            }
        } else if (!isalnum(c) && strchr("_-!.~'()*,;:$&+=?/[]@", c) == NULL) {
            return false;
        }
        i++;
    }
    return true;
}

static bool is_scheme(const char *text, size_t size) {
    if (size == 0 || !isalpha((unsigned char)text[0])) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)text[i]) && strchr("+-.", text[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_ip4(const char *text, size_t size) {
    int dots = 0;
    for (size_t i = 0; i < size; i++) {
        dots += text[i] == '.';
        if (!isdigit((unsigned char)text[i]) && text[i] != '.') {
            return false;
        }
    }
    return dots == 3;
}

/* Labels of letters, digits and inner hyphens; the last one starts with a letter. */
static bool is_host(const char *text, size_t size) {
    if (size > 0 && text[0] == '[') {
        return text[size - 1] == ']';
    }
    size_t label = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '.') {
            if (i == label || text[i - 1] == '-') {
                return false;
            }
            label = i + 1 < size ? i + 1 : label;
        } else if (!(isalnum((unsigned char)text[i]) && (unsigned char)text[i] < 0x80) &&
                   !(text[i] == '-' && i > label)) {
            return false;
        }
    }
    return size > 0 && (isalpha((unsigned char)text[label]) || is_ip4(text, size)) &&
           text[size - 1] != '-';
}

/* [user@]host[:port]; anything else legal is a registry name, which has no host. */
static void parse_authority(const char *text, size_t size, Url *url) {
    const char *at = memchr(text, '@', size);
    if (at != NULL) {
        size -= (size_t)(at + 1 - text);
        text = at + 1;
    }
    size_t end = size;
    while (end > 0 && isdigit((unsigned char)text[end - 1])) {
        end--;
    }
    bool has_port = end > 0 && text[end - 1] == ':';
    size_t host_size = has_port ? end - 1 : size;
    if (!is_host(text, host_size)) {
        return;
    }
    url->host = (Span){text, host_size};
    if (has_port && end < size && size - end < 10) {
        url->port = 0;
        for (size_t i = end; i < size; i++) {
            url->port = url->port * 10 + (text[i] - '0');
        }
    }
}

static bool parse_url(const StringView *view, Url *url) {
    const char *text = string_data(view);
    size_t size = view->length, at = 0;
    *url = (Url){.port = -1};
    const char *hash = memchr(text, '#', size);
    if (hash != NULL) {
        url->fragment = (Span){hash + 1, size - (size_t)(hash + 1 - text)};
        size = (size_t)(hash - text);
    }
    if (!is_legal(text, size) || !is_legal(url->fragment.text, url->fragment.size)) {
        return false;
    }
    size_t colon = 0;
    while (colon < size && strchr(":/?", text[colon]) == NULL) {
        colon++;
    }
    if (colon < size && text[colon] == ':') {
        if (!is_scheme(text, colon) || colon + 1 == size) {
            return false;
        }
        url->scheme = (Span){text, colon};
        at = colon + 1;
        if (text[at] != '/') {
            return true; /* opaque */
        }
    }
    if (at + 1 < size && text[at] == '/' && text[at + 1] == '/') {
        size_t start = at + 2;
        at = start;
        while (at < size && text[at] != '/' && text[at] != '?') {
            at++;
        }
        if (at == start && at == size) {
            return false;
        }
        parse_authority(text + start, at - start, url);
    }
    const char *question = memchr(text + at, '?', size - at);
    size_t path_end = question != NULL ? (size_t)(question - text) : size;
    url->path = (Span){text + at, path_end - at};
    if (question != NULL) {
        url->has_query = true;
        url->query = (Span){question + 1, size - path_end - 1};
    }
    return true;
}

/* ---- decoding ---- */

static int hex_value(char c) {
    return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Decoded bytes need not be UTF-8. */
static void return_repaired(KernelCall *call, int32_t row, const char *bytes, size_t size) {
    char *out = vector_reserve_string(call->result, size * 4 + 4);
    vector_finish_string(call->result, row, out, utf8_repair(bytes, size, 0xFFFD, out));
}

/* Percent escapes, known to be well formed. */
static void return_decoded(KernelCall *call, int32_t row, Span span) {
    char *bytes = allocate(span.size + 1);
    size_t count = 0;
    for (size_t i = 0; i < span.size; i++) {
        if (span.text[i] == '%') {
            bytes[count++] = (char)(hex_value(span.text[i + 1]) << 4 | hex_value(span.text[i + 2]));
            i += 2;
        } else {
            bytes[count++] = span.text[i];
        }
    }
    return_repaired(call, row, bytes, count);
    free(bytes);
}

typedef Span (*UrlPart)(const Url *url);

static Span scheme_of(const Url *url) {
    return url->scheme;
}

static Span host_of(const Url *url) {
    return url->host;
}

static Span path_of(const Url *url) {
    return url->path;
}

static Span query_of(const Url *url) {
    return url->query;
}

static Span fragment_of(const Url *url) {
    return url->fragment;
}

static const UrlPart scheme_part = scheme_of, host_part = host_of, path_part = path_of,
                     query_part = query_of, fragment_part = fragment_of;

static Status url_extract(KernelCall *call) {
    UrlPart part = *(const UrlPart *)call->function->scalar->data;
    KERNEL_FOR_EACH_ROW(call, row) {
        Url url;
        if (parse_url(string_argument(call, 0, row), &url)) {
            return_decoded(call, row, part(&url));
        } else {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

static Status url_extract_port(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        Url url;
        if (parse_url(string_argument(call, 0, row), &url) && url.port >= 0) {
            KERNEL_RESULT(call, int64_t)[row] = url.port;
        } else {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

/* ---- form encoding ---- */

/* + is a space, %xx a byte. NULL on success, else the message. */
static const char *decode_form(const char *text, size_t size, char *out, size_t *ret_size,
                               char *ret_bad) {
    size_t written = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '+') {
            out[written++] = ' ';
        } else if (text[i] != '%') {
            out[written++] = text[i];
        } else if (i + 2 >= size) {
            return "URLDecoder: Incomplete trailing escape (%) pattern";
        } else {
            for (size_t j = i + 1; j <= i + 2; j++) {
                if (!isxdigit((unsigned char)text[j])) {
                    *ret_bad = text[j];
                    return "URLDecoder: Illegal hex characters in escape (%) pattern - ";
                }
            }
            out[written++] = (char)(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
            i += 2;
        }
    }
    *ret_size = written;
    return NULL;
}

static void return_form_decoded(KernelCall *call, int32_t row, const char *text, size_t size) {
    char *out = allocate(size + 1);
    size_t written;
    char bad = '\0';
    const char *problem = decode_form(text, size, out, &written, &bad);
    if (problem == NULL) {
        return_repaired(call, row, out, written);
    } else if (bad != '\0') {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%snot a hexadecimal digit: \"%c\" = %d",
                    problem, bad, bad);
    } else {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s", problem);
    }
    free(out);
}

static Status url_decode(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        return_form_decoded(call, row, string_data(view), view->length);
    }
    return OK;
}

static Status url_encode(KernelCall *call) {
    static const char digits[] = "0123456789ABCDEF";
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        char *out = vector_reserve_string(call->result, (size_t)view->length * 3);
        size_t written = 0;
        for (uint32_t i = 0; i < view->length; i++) {
            unsigned char c = (unsigned char)string_data(view)[i];
            if (c < 0x80 && (isalnum(c) || (c != '\0' && strchr("-_.*", c) != NULL))) {
                out[written++] = (char)c;
            } else if (c == ' ') {
                out[written++] = '+';
            } else {
                out[written++] = '%';
                out[written++] = digits[c >> 4];
                out[written++] = digits[c & 15];
            }
        }
        vector_finish_string(call->result, row, out, written);
    }
    return OK;
}

static Status url_extract_parameter(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *name = string_argument(call, 1, row);
        Url url;
        bool found = false;
        if (parse_url(string_argument(call, 0, row), &url) && url.has_query) {
            const char *at = url.query.text, *end = at + url.query.size;
            while (at <= end && !found) {
                const char *stop = memchr(at, '&', (size_t)(end - at));
                stop = stop != NULL ? stop : end;
                const char *equals = memchr(at, '=', (size_t)(stop - at));
                const char *key_end = equals != NULL ? equals : stop;
                found = (size_t)(key_end - at) == name->length &&
                        memcmp(at, string_data(name), name->length) == 0;
                if (found) {
                    const char *value = equals != NULL ? equals + 1 : stop;
                    return_form_decoded(call, row, value, (size_t)(stop - value));
                }
                at = stop + 1;
            }
        }
        if (!found) {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

#define NULLABLE FUNCTION_MAY_RETURN_NULL
#define X "(varchar(x)) -> varchar(x)"

const ScalarFunction url_functions[] = {
    {"url_extract_protocol", X, url_extract, NULLABLE, "Extract protocol from url", NULL,
     &scheme_part},
    {"url_extract_host", X, url_extract, NULLABLE, "Extract host from url", NULL, &host_part},
    {"url_extract_path", X, url_extract, NULLABLE, "Extract part from url", NULL, &path_part},
    {"url_extract_query", X, url_extract, NULLABLE, "Extract query from url", NULL, &query_part},
    {"url_extract_fragment", X, url_extract, NULLABLE, "Extract fragment from url", NULL,
     &fragment_part},
    {"url_extract_port", "(varchar(x)) -> bigint", url_extract_port, NULLABLE,
     "Extract port from url"},
    {"url_extract_parameter", "(varchar(x), varchar(y)) -> varchar(x)", url_extract_parameter,
     NULLABLE, "Extract query parameter from url"},
    {"url_decode", X, url_decode, 0, "Unescape a URL-encoded string"},
    {"url_encode", "<y = min(2147483647, x * 12)>(varchar(x)) -> varchar(y)", url_encode, 0,
     "Escape a string for use in URL query parameter names and values"},
    {NULL},
};
