/*
 * The reader is a plain scan. Canonicalisation is one recursive pass that writes as it reads; only
 * an object whose keys come out of order (or twice) is put in order afterwards, by copying its
 * members within the output.
 */
#include "function/kernels/json_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/double_text.h"
#include "function/scalar/utf8.h"

/* ---- writing ---- */

static void append_unit(ByteString *out, uint32_t unit) {
    static const char HEX[] = "0123456789ABCDEF";
    const char escape[] = {
        '\\', 'u', HEX[unit >> 12 & 15], HEX[unit >> 8 & 15], HEX[unit >> 4 & 15], HEX[unit & 15]};
    byte_string_append(out, escape, sizeof escape);
}

static char short_escape(unsigned char c) {
    switch (c) {
    case '"':
    case '\\':
        return (char)c;
    case '\n':
        return 'n';
    case '\t':
        return 't';
    case '\r':
        return 'r';
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    default:
        return 0;
    }
}

static void append_beyond_bmp(ByteString *out, const char *text, size_t size, size_t *at) {
    int32_t code_point = utf8_next(text, size, at);
    if (code_point < 0x10000) {
        byte_string_append(out, "\xef\xbf\xbd", 3);
        return;
    }
    append_unit(out, 0xD800 + (((uint32_t)code_point - 0x10000) >> 10));
    append_unit(out, 0xDC00 + (((uint32_t)code_point - 0x10000) & 0x3ff));
}

/* The characters of a string, escaped where they must be, without quotes. */
static void append_escaped(ByteString *out, const char *text, size_t size) {
    size_t plain = 0, at = 0;
    while (at < size) {
        unsigned char c = (unsigned char)text[at];
        if (c >= 0x20 && c != '"' && c != '\\' && c < 0xF0) {
            at++;
            continue;
        }
        byte_string_append(out, text + plain, at - plain);
        if (c >= 0xF0) {
            append_beyond_bmp(out, text, size, &at);
        } else if (short_escape(c) != 0) {
            const char escape[] = {'\\', short_escape(c)};
            byte_string_append(out, escape, sizeof escape);
            at++;
        } else {
            append_unit(out, c);
            at++;
        }
        plain = at;
    }
    byte_string_append(out, text + plain, size - plain);
}

void json_append_string(ByteString *out, const char *text, size_t size) {
    byte_string_append_char(out, '"');
    append_escaped(out, text, size);
    byte_string_append_char(out, '"');
}

static void append_number_text(ByteString *out, const char *text, int size) {
    bool is_word = text[0] == 'N' || text[0] == 'I' || text[1] == 'I';
    if (is_word) {
        byte_string_append_char(out, '"');
    }
    byte_string_append(out, text, (size_t)size);
    if (is_word) {
        byte_string_append_char(out, '"');
    }
}

void json_append_double(ByteString *out, double value) {
    char text[DOUBLE_TEXT_MAX];
    int size = double_print(value, text);
    append_number_text(out, text, size);
}

void json_append_real(ByteString *out, float value) {
    char text[DOUBLE_TEXT_MAX];
    int size = real_print(value, text);
    append_number_text(out, text, size);
}

/* ---- reading ---- */

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_spaces(JsonReader *reader) {
    while (reader->at < reader->end && is_space(*reader->at)) {
        reader->at++;
    }
}

static JsonToken read_word(JsonReader *reader, const char *word, size_t size, JsonToken token) {
    if ((size_t)(reader->end - reader->at) < size || memcmp(reader->at, word, size) != 0) {
        return JSON_ERROR;
    }
    reader->at += size;
    return token;
}

static JsonToken read_string(JsonReader *reader) {
    const char *at = reader->at + 1;
    reader->start = at;
    reader->has_escapes = false;
    while (at < reader->end && *at != '"') {
        if ((unsigned char)*at < 0x20) {
            return JSON_ERROR;
        }
        reader->has_escapes |= *at == '\\';
        at += *at == '\\' ? 2 : 1;
    }
    if (at >= reader->end) {
        return JSON_ERROR;
    }
    reader->size = (size_t)(at - reader->start);
    reader->at = at + 1;
    return JSON_STRING;
}

static const char *skip_digits(const char *at, const char *end) {
    while (at < end && *at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

static JsonToken read_number(JsonReader *reader) {
    const char *at = reader->at, *end = reader->end;
    reader->start = at;
    at += *at == '-';
    const char *digits = at;
    at = skip_digits(at, end);
    if (at == digits || (*digits == '0' && at - digits > 1)) {
        return JSON_ERROR;
    }
    JsonToken token = JSON_INTEGER;
    if (at < end && *at == '.') {
        digits = at + 1;
        at = skip_digits(digits, end);
        token = at > digits ? JSON_FLOAT : JSON_ERROR;
    }
    if (token != JSON_ERROR && at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        digits = at;
        at = skip_digits(digits, end);
        token = at > digits ? JSON_FLOAT : JSON_ERROR;
    }
    reader->size = (size_t)(at - reader->start);
    reader->at = at;
    return token;
}

static JsonToken read_token(JsonReader *reader) {
    skip_spaces(reader);
    if (reader->at >= reader->end) {
        return JSON_END;
    }
    switch (*reader->at) {
    case '{':
        reader->at++;
        return JSON_OBJECT_START;
    case '}':
        reader->at++;
        return JSON_OBJECT_END;
    case '[':
        reader->at++;
        return JSON_ARRAY_START;
    case ']':
        reader->at++;
        return JSON_ARRAY_END;
    case '"':
        return read_string(reader);
    case 'n':
        return read_word(reader, "null", 4, JSON_NULL);
    case 't':
        return read_word(reader, "true", 4, JSON_TRUE);
    case 'f':
        return read_word(reader, "false", 5, JSON_FALSE);
    default:
        return read_number(reader);
    }
}

JsonToken json_next(JsonReader *reader) {
    skip_spaces(reader);
    if (reader->at < reader->end && (*reader->at == ',' || *reader->at == ':')) {
        reader->at++;
    }
    return read_token(reader);
}

JsonToken json_peek(const JsonReader *reader) {
    JsonReader copy = *reader;
    return json_next(&copy);
}

bool json_skip(JsonReader *reader) {
    int32_t depth = 0;
    do {
        switch (json_next(reader)) {
        case JSON_ERROR:
        case JSON_END:
            return false;
        case JSON_OBJECT_START:
        case JSON_ARRAY_START:
            depth++;
            break;
        case JSON_OBJECT_END:
        case JSON_ARRAY_END:
            depth--;
            break;
        default:
            break;
        }
    } while (depth > 0);
    return depth == 0;
}

static bool hex_unit(const char *at, const char *end, uint32_t *ret_unit) {
    uint32_t unit = 0;
    if (end - at < 4) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        uint32_t digit;
        if (c >= '0' && c <= '9') {
            digit = (uint32_t)(c - '0');
        } else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') {
            digit = (uint32_t)((c | 0x20) - 'a' + 10);
        } else {
            return false;
        }
        unit = unit << 4 | digit;
    }
    *ret_unit = unit;
    return true;
}

/* Appends what the escape at *at (after the backslash) stands for. */
static bool append_escape(ByteString *out, const char **at, const char *end) {
    static const char ESCAPES[] = "\"\\/bfnrt", CHARACTERS[] = "\"\\/\b\f\n\r\t";
    char c = *(*at)++;
    const char *found = c != '\0' ? strchr(ESCAPES, c) : NULL;
    if (found != NULL) {
        byte_string_append_char(out, CHARACTERS[found - ESCAPES]);
        return true;
    }
    uint32_t unit, low;
    if (c != 'u' || !hex_unit(*at, end, &unit)) {
        return false;
    }
    *at += 4;
    bool is_high = unit >= 0xD800 && unit < 0xDC00;
    if (is_high && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' &&
        hex_unit(*at + 2, end, &low) && low >= 0xDC00 && low < 0xE000) {
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        *at += 6;
    } else if (unit >= 0xD800 && unit < 0xE000) {
        unit = '?';
    }
    char bytes[4];
    byte_string_append(out, bytes, utf8_put((int32_t)unit, bytes));
    return true;
}

static bool append_unescaped(const JsonReader *reader, ByteString *out) {
    const char *at = reader->start, *end = reader->start + reader->size;
    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        const char *stop = backslash != NULL ? backslash : end;
        byte_string_append(out, at, (size_t)(stop - at));
        at = stop;
        if (backslash != NULL) {
            at++;
            if (at >= end || !append_escape(out, &at, end)) {
                return false;
            }
        }
    }
    return true;
}

void json_append_unescaped(const JsonReader *reader, ByteString *out) {
    (void)append_unescaped(reader, out);
}

bool json_find_member(JsonReader *reader, const char *key, size_t key_size) {
    if (json_next(reader) != JSON_OBJECT_START) {
        return false;
    }
    ByteString name = {0};
    bool found = false;
    while (!found && json_next(reader) == JSON_STRING) {
        if (reader->has_escapes) {
            name.size = 0;
            json_append_unescaped(reader, &name);
            found = name.size == key_size && memcmp(name.data, key, key_size) == 0;
        } else {
            found = reader->size == key_size && memcmp(reader->start, key, key_size) == 0;
        }
        if (!found && !json_skip(reader)) {
            break;
        }
    }
    byte_string_done(&name);
    return found;
}

bool json_find_element(JsonReader *reader, int64_t index) {
    if (json_next(reader) != JSON_ARRAY_START || index < 0) {
        return false;
    }
    for (; index > 0; index--) {
        if (!json_skip(reader)) {
            return false;
        }
    }
    return json_peek(reader) != JSON_ARRAY_END;
}

/* ---- canonical form ---- */

/*
 * A member of the object being written: its key, unescaped, and where its text lies in the output.
 */
typedef struct Member {
    char *key;
    size_t key_size;
    size_t start, end;
    int32_t number;
} Member;

typedef struct MemberList {
    Member *items;
    int32_t count, capacity;
    bool is_ordered; /* so far, without repeats */
} MemberList;

static int key_order(const Member *a, const Member *b) {
    size_t shorter = a->key_size < b->key_size ? a->key_size : b->key_size;
    int order = memcmp(a->key, b->key, shorter);
    return order != 0 ? order : (a->key_size > b->key_size) - (a->key_size < b->key_size);
}

static int member_order(const void *a, const void *b) {
    const Member *x = a, *y = b;
    int order = key_order(x, y);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static void add_member(MemberList *list, ByteString *key, size_t start) {
    if (list->count == list->capacity) {
        list->capacity = list->capacity * 2 + 8;
        list->items = reallocate(list->items, sizeof(Member) * (size_t)list->capacity);
    }
    Member *member = &list->items[list->count];
    member->key_size = key->size;
    member->key = allocate(key->size + 1);
    if (key->size > 0) {
        memcpy(member->key, key->data, key->size);
    }
    member->start = start;
    member->number = list->count;
    list->is_ordered = list->is_ordered && (list->count == 0 || key_order(member - 1, member) < 0);
    list->count++;
}

static void member_list_done(MemberList *list) {
    for (int32_t i = 0; i < list->count; i++) {
        free(list->items[i].key);
    }
    free(list->items);
}

/* Rewrites the object's members, which begin at `start` of the output, in order. */
static void order_members(MemberList *list, ByteString *out, size_t start) {
    size_t size = out->size - start;
    char *copy = allocate(size + 1);
    memcpy(copy, out->data + start, size);
    out->size = start;
    qsort(list->items, (size_t)list->count, sizeof *list->items, member_order);
    bool is_first = true;
    for (int32_t i = 0; i < list->count; i++) {
        const Member *member = &list->items[i];
        if (i + 1 < list->count && key_order(member, member + 1) == 0) {
            continue;
        }
        if (!is_first) {
            byte_string_append_char(out, ',');
        }
        is_first = false;
        byte_string_append(out, copy + (member->start - start), member->end - member->start);
    }
    free(copy);
}

static bool write_value(JsonReader *reader, JsonToken token, ByteString *out, int depth);

static bool take_char(JsonReader *reader, char c) {
    skip_spaces(reader);
    if (reader->at < reader->end && *reader->at == c) {
        reader->at++;
        return true;
    }
    return false;
}

static bool write_members(JsonReader *reader, ByteString *out, int depth, MemberList *list,
                          ByteString *key) {
    do {
        if (read_token(reader) != JSON_STRING) {
            return false;
        }
        key->size = 0;
        if (!append_unescaped(reader, key) || !take_char(reader, ':')) {
            return false;
        }
        if (list->count > 0) {
            byte_string_append_char(out, ',');
        }
        add_member(list, key, out->size);
        json_append_string(out, key->data, key->size);
        byte_string_append_char(out, ':');
        if (!write_value(reader, read_token(reader), out, depth + 1)) {
            return false;
        }
        list->items[list->count - 1].end = out->size;
    } while (take_char(reader, ','));
    return take_char(reader, '}');
}

static bool write_object(JsonReader *reader, ByteString *out, int depth) {
    byte_string_append_char(out, '{');
    if (!take_char(reader, '}')) {
        MemberList list = {.is_ordered = true};
        ByteString key = {0};
        size_t start = out->size;
        byte_string_reserve(&key, 16);
        bool written = write_members(reader, out, depth, &list, &key);
        if (written && !list.is_ordered) {
            order_members(&list, out, start);
        }
        member_list_done(&list);
        byte_string_done(&key);
        if (!written) {
            return false;
        }
    }
    byte_string_append_char(out, '}');
    return true;
}

static bool write_array(JsonReader *reader, ByteString *out, int depth) {
    byte_string_append_char(out, '[');
    if (!take_char(reader, ']')) {
        bool is_first = true;
        do {
            if (!is_first) {
                byte_string_append_char(out, ',');
            }
            is_first = false;
            if (!write_value(reader, read_token(reader), out, depth + 1)) {
                return false;
            }
        } while (take_char(reader, ','));
        if (!take_char(reader, ']')) {
            return false;
        }
    }
    byte_string_append_char(out, ']');
    return true;
}

static bool write_string(const JsonReader *reader, ByteString *out) {
    if (!reader->has_escapes) {
        json_append_string(out, reader->start, reader->size);
        return true;
    }
    ByteString text = {0};
    bool is_valid = append_unescaped(reader, &text);
    json_append_string(out, text.data != NULL ? text.data : "", text.size);
    byte_string_done(&text);
    return is_valid;
}

static bool write_value(JsonReader *reader, JsonToken token, ByteString *out, int depth) {
    if (depth > JSON_DEPTH_MAX) {
        return false;
    }
    switch (token) {
    case JSON_NULL:
        byte_string_append(out, "null", 4);
        return true;
    case JSON_TRUE:
        byte_string_append(out, "true", 4);
        return true;
    case JSON_FALSE:
        byte_string_append(out, "false", 5);
        return true;
    case JSON_INTEGER: {
        bool is_zero = reader->size == 2 && memcmp(reader->start, "-0", 2) == 0;
        byte_string_append(out, reader->start + is_zero, reader->size - is_zero);
        return true;
    }
    case JSON_FLOAT: {
        double value;
        bool parsed = double_parse(reader->start, reader->size, &value);
        json_append_double(out, parsed ? value : 0);
        return parsed;
    }
    case JSON_STRING:
        return write_string(reader, out);
    case JSON_OBJECT_START:
        return write_object(reader, out, depth);
    case JSON_ARRAY_START:
        return write_array(reader, out, depth);
    default:
        return false;
    }
}

bool json_canonicalize(const char *text, size_t size, ByteString *out) {
    JsonReader reader = json_reader(text, size);
    if (!write_value(&reader, read_token(&reader), out, 1)) {
        return false;
    }
    skip_spaces(&reader);
    return reader.at == reader.end;
}
