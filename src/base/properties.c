/*
 * The parser of .properties files, one logical line at a time (java.util.Properties, load).
 *
 * Input is bytes of any kind: every read is bounded by `end`.
 */
#include "base/properties.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct PropertiesReader {
    Context *cx;
    const char *file;
    const char *next, *end;
    int32_t line;
    Properties *properties;
    int32_t capacity;
} PropertiesReader;

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\f' || c == '\r';
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A code unit of \uXXXX as UTF-8; surrogates come out as they are, three bytes each. */
static size_t put_utf8(char *out, unsigned code) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 0x3F));
    out[2] = (char)(0x80 | (code & 0x3F));
    return 3;
}

/* Skips blanks, and the line break of a continuation. */
static void skip_blanks(PropertiesReader *reader) {
    while (reader->next < reader->end && is_blank(*reader->next)) {
        reader->next++;
    }
}

/* After a backslash: gives the bytes it stands for; a line break joins the lines. */
static Status read_escape(PropertiesReader *reader, char **out) {
    if (reader->next == reader->end) {
        return OK;
    }
    char c = *reader->next++;
    if (c == '\r' && reader->next < reader->end && *reader->next == '\n') {
        c = *reader->next++;
    }
    switch (c) {
    case '\n':
        reader->line++;
        skip_blanks(reader);
        return OK;
    case 't':
        *(*out)++ = '\t';
        return OK;
    case 'n':
        *(*out)++ = '\n';
        return OK;
    case 'r':
        *(*out)++ = '\r';
        return OK;
    case 'f':
        *(*out)++ = '\f';
        return OK;
    case 'u': {
        unsigned code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = reader->next < reader->end ? hex_value(*reader->next) : -1;
            if (digit < 0) {
                return FAIL(reader->cx, CONFIGURATION_INVALID, "%s:%d: Malformed \\uxxxx encoding",
                            reader->file, reader->line);
            }
            code = code << 4 | (unsigned)digit;
            reader->next++;
        }
        *out += put_utf8(*out, code);
        return OK;
    }
    default:
        *(*out)++ = c;
        return OK;
    }
}

/* Bytes up to the end of the logical line: an upper bound of what a part of it decodes to. */
static size_t line_bytes(const PropertiesReader *reader) {
    const char *at = reader->next;
    for (; at < reader->end && *at != '\n'; at++) {
        if (*at == '\\' && reader->end - at > 1) {
            at++;
            at += *at == '\r' && reader->end - at > 1 && at[1] == '\n';
        }
    }
    return (size_t)(at - reader->next);
}

/* Reads up to the end of the line, or up to a separator when it reads a name. */
static Status read_part(PropertiesReader *reader, bool is_name, const char **ret_text) {
    char *text = arena_alloc(reader->cx->arena, line_bytes(reader) + 1);
    char *out = text;
    while (reader->next < reader->end && *reader->next != '\n') {
        char c = *reader->next;
        if (is_name && (c == '=' || c == ':' || is_blank(c))) {
            break;
        }
        reader->next++;
        if (c == '\\') {
            TRY(read_escape(reader, &out));
        } else {
            *out++ = c;
        }
    }
    if (!is_name) {
        while (out > text && is_blank(out[-1])) {
            out--; /* the reference's configuration loader trims values */
        }
    }
    *out = '\0';
    *ret_text = text;
    return OK;
}

/* Replaces every ${ENV:NAME}; what a variable holds is not expanded again. */
static Status expand_environment(PropertiesReader *reader, const char *name, int32_t line,
                                 const char **value) {
    Arena *arena = reader->cx->arena;
    const char *start, *rest = *value, *expanded = "";
    while ((start = strstr(rest, "${ENV:")) != NULL) {
        const char *close = strchr(start, '}');
        if (close == NULL) {
            return FAIL(reader->cx, CONFIGURATION_INVALID, "%s:%d: %s: unterminated ${ENV:...}",
                        reader->file, line, name);
        }
        char *variable = arena_strndup(arena, start + 6, (size_t)(close - start) - 6);
        const char *found = getenv(variable);
        if (found == NULL) {
            return FAIL(reader->cx, CONFIGURATION_INVALID,
                        "%s:%d: %s: environment variable %s is not set", reader->file, line, name,
                        variable);
        }
        expanded = arena_printf(arena, "%s%.*s%s", expanded, (int)(start - rest), rest, found);
        rest = close + 1;
    }
    if (rest != *value) {
        *value = arena_printf(arena, "%s%s", expanded, rest);
    }
    return OK;
}

static Status add_property(PropertiesReader *reader, const char *name, const char *value,
                           int32_t line) {
    Properties *properties = reader->properties;
    const FileProperty *earlier = properties_find(properties, name);
    if (earlier != NULL) {
        return FAIL(reader->cx, CONFIGURATION_INVALID,
                    "%s:%d: Duplicate configuration property '%s' (first on line %d)", reader->file,
                    line, name, earlier->line);
    }
    if (properties->count == reader->capacity) {
        int32_t capacity = reader->capacity * 2 + 16;
        FileProperty *items = arena_new_array(reader->cx->arena, FileProperty, capacity);
        if (properties->count > 0) {
            memcpy(items, properties->items, sizeof *items * (size_t)properties->count);
        }
        properties->items = items;
        reader->capacity = capacity;
    }
    TRY(expand_environment(reader, name, line, &value));
    properties->items[properties->count++] =
        (FileProperty){.name = name, .value = value, .file = reader->file, .line = line};
    return OK;
}

static Status read_line(PropertiesReader *reader) {
    skip_blanks(reader);
    if (reader->next == reader->end) {
        return OK;
    }
    char c = *reader->next;
    if (c == '#' || c == '!') {
        const char *newline = memchr(reader->next, '\n', (size_t)(reader->end - reader->next));
        reader->next = newline != NULL ? newline : reader->end;
    } else if (c != '\n') {
        int32_t line = reader->line;
        const char *name, *value;
        TRY(read_part(reader, true, &name));
        skip_blanks(reader);
        if (reader->next < reader->end && (*reader->next == '=' || *reader->next == ':')) {
            reader->next++;
            skip_blanks(reader);
        }
        TRY(read_part(reader, false, &value));
        TRY(add_property(reader, name, value, line));
    }
    if (reader->next < reader->end) {
        reader->next++; /* the newline */
        reader->line++;
    }
    return OK;
}

Status properties_parse(Context *cx, const char *file, const char *text, size_t size,
                        Properties *ret_properties) {
    *ret_properties = (Properties){0};
    PropertiesReader reader = {.cx = cx,
                               .file = arena_strdup(cx->arena, file),
                               .next = text,
                               .end = text + size,
                               .line = 1,
                               .properties = ret_properties};
    while (reader.next < reader.end) {
        TRY(read_line(&reader));
    }
    return OK;
}

Status properties_read_file(Context *cx, const char *path, Properties *ret_properties) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        char reason[128];
        return FAIL(cx, CONFIGURATION_INVALID, "%s: %s", path,
                    strerror_r(errno, reason, sizeof reason));
    }
    size_t size = 0, capacity = 1 << 16;
    char *text = arena_alloc(cx->arena, capacity);
    size_t got;
    while ((got = fread(text + size, 1, capacity - size, file)) > 0) {
        size += got;
        if (size == capacity) {
            char *larger = arena_alloc(cx->arena, capacity * 2);
            memcpy(larger, text, size);
            text = larger;
            capacity *= 2;
        }
    }
    fclose(file);
    return properties_parse(cx, path, text, size, ret_properties);
}

const FileProperty *properties_find(const Properties *properties, const char *name) {
    for (int32_t i = 0; i < properties->count; i++) {
        if (strcmp(properties->items[i].name, name) == 0) {
            return &properties->items[i];
        }
    }
    return NULL;
}

/* Levenshtein distance, given up (as limit + 1) once it must exceed the limit. */
static int edit_distance(const char *a, const char *b, int limit) {
    int width = (int)strlen(b), previous[256], current[256];
    if (width > 255 || abs((int)strlen(a) - width) > limit) {
        return limit + 1;
    }
    for (int j = 0; j <= width; j++) {
        previous[j] = j;
    }
    for (int i = 1; a[i - 1] != '\0'; i++) {
        current[0] = i;
        for (int j = 1; j <= width; j++) {
            int change = previous[j - 1] + (a[i - 1] != b[j - 1]);
            int gap = (previous[j] < current[j - 1] ? previous[j] : current[j - 1]) + 1;
            current[j] = change < gap ? change : gap;
        }
        memcpy(previous, current, sizeof previous);
    }
    return previous[width];
}

const char *nearest_name(const char *name, const char *const *candidates, int32_t count) {
    int best = 1 + (int)strlen(name) / 3;
    const char *nearest = NULL;
    for (int32_t i = 0; i < count; i++) {
        int distance = edit_distance(name, candidates[i], best);
        if (distance < best || (distance == best && nearest == NULL)) {
            best = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
