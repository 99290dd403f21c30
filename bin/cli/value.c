/*
 * A recursive reader of JSON text. Strings are decoded in place in a copy that belongs to the rows'
 * arena, since decoded text is never longer than its JSON. Depth is limited: types of results nest
 * far less.
 */
#include "value.h"

#include <ctype.h>
#include <string.h>

enum { DEPTH_MAX = 500 };

static ValueType *type_read(Arena *arena, const json_t *signature) {
    static const char *const NUMERIC[] = {"tinyint", "smallint", "integer", "bigint",
                                          "real",    "double",   "decimal"};
    ValueType *type = arena_new(arena, ValueType);
    const char *raw = json_string_value(json_object_get(signature, "rawType"));
    raw = raw ? raw : "";
    for (size_t i = 0; i < sizeof NUMERIC / sizeof NUMERIC[0]; i++) {
        type->is_numeric = type->is_numeric || strcmp(raw, NUMERIC[i]) == 0;
    }
    type->kind = strcmp(raw, "varbinary") == 0 ? VALUE_BYTES
                 : strcmp(raw, "array") == 0   ? VALUE_ARRAY
                 : strcmp(raw, "map") == 0     ? VALUE_MAP
                 : strcmp(raw, "row") == 0     ? VALUE_ROW
                                               : VALUE_SCALAR;
    if (type->kind == VALUE_SCALAR || type->kind == VALUE_BYTES) {
        return type;
    }
    const json_t *arguments = json_object_get(signature, "arguments");
    type->count = (int)json_array_size(arguments);
    type->items = arena_new_array(arena, ValueType *, type->count);
    type->names = arena_new_array(arena, const char *, type->count);
    for (int i = 0; i < type->count; i++) {
        const json_t *value = json_object_get(json_array_get(arguments, (size_t)i), "value");
        const json_t *nested = json_object_get(value, "typeSignature");
        const json_t *field = json_object_get(value, "fieldName");
        type->items[i] = type_read(arena, nested ? nested : value);
        type->names[i] = arena_strdup(arena, json_string_value(json_object_get(field, "name")));
    }
    return type;
}

Column *columns_read(Arena *arena, const json_t *columns, int *ret_count) {
    int count = (int)json_array_size(columns);
    Column *read = arena_new_array(arena, Column, count + 1);
    for (int i = 0; i < count; i++) {
        const json_t *column = json_array_get(columns, (size_t)i);
        const char *name = json_string_value(json_object_get(column, "name"));
        read[i].name = arena_strdup(arena, name ? name : "");
        read[i].type = type_read(arena, json_object_get(column, "typeSignature"));
    }
    *ret_count = count;
    return read;
}

typedef struct Reader {
    char *at, *end;
    Arena *arena;
    int depth;
} Reader;

static void skip_blanks(Reader *reader) {
    while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) != NULL) {
        reader->at++;
    }
}

static bool take(Reader *reader, char c) {
    skip_blanks(reader);
    if (reader->at < reader->end && *reader->at == c) {
        reader->at++;
        return true;
    }
    return false;
}

static unsigned read_hex4(const char *text) {
    unsigned code = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)text[i];
        int digit = isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : 0;
        code = code * 16 + (unsigned)digit;
    }
    return code;
}

static char *write_utf8(char *out, unsigned code) {
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *out++ = (char)(0xe0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        *out++ = (char)(0xf0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

/* The escape after a backslash at *in; half a surrogate pair becomes a question mark, as in Java's
 * output. */
static char *decode_escape(const char **in, const char *end, char *out) {
    char kind = *(*in)++;
    static const char FROM[] = "bfnrt", TO[] = "\b\f\n\r\t";
    const char *found = kind == '\0' ? NULL : strchr(FROM, kind);
    if (kind != 'u' || end - *in < 4) {
        *out++ = found ? TO[found - FROM] : kind;
        return out;
    }
    unsigned code = read_hex4(*in);
    *in += 4;
    if (code >= 0xd800 && code < 0xdc00 && end - *in >= 6 && (*in)[0] == '\\' && (*in)[1] == 'u') {
        unsigned low = read_hex4(*in + 2);
        if (low >= 0xdc00 && low < 0xe000) {
            *in += 6;
            return write_utf8(out, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
        }
    }
    return write_utf8(out, code >= 0xd800 && code < 0xe000 ? '?' : code);
}

/* After the opening quote. */
static bool read_string(Reader *reader, Cell *cell) {
    char *start = reader->at, *close = start;
    bool has_escapes = false;
    while (close < reader->end && *close != '"') {
        has_escapes = has_escapes || *close == '\\';
        close += *close == '\\' ? 2 : 1;
    }
    if (close >= reader->end) {
        return false;
    }
    char *out = close;
    if (has_escapes) {
        out = start;
        for (const char *in = start; in < close;) {
            if (*in == '\\') {
                in++;
                out = decode_escape(&in, close, out);
            } else {
                *out++ = *in++;
            }
        }
    }
    reader->at = close + 1;
    *cell = (Cell){.kind = CELL_STRING, .text = start, .size = (size_t)(out - start)};
    return true;
}

static int base64_digit(char c) {
    static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c == '\0' ? NULL : strchr(DIGITS, c);
    return found == NULL ? -1 : (int)(found - DIGITS);
}

static void decode_base64(Cell *cell) {
    char *out = (char *)cell->text;
    unsigned bits = 0, count = 0;
    for (size_t i = 0; i < cell->size; i++) {
        int digit = base64_digit(cell->text[i]);
        if (digit < 0) {
            break;
        }
        bits = bits << 6 | (unsigned)digit;
        count += 6;
        if (count >= 8) {
            count -= 8;
            *out++ = (char)(bits >> count);
        }
    }
    cell->size = (size_t)(out - cell->text);
}

static bool read_cell(Reader *reader, const ValueType *type, Cell *cell);

/* Elements up to the closing bracket; in an object a key and a colon stand before each. */
static bool read_items(Reader *reader, const ValueType *type, Cell *cell, char closing) {
    *cell = (Cell){.kind = CELL_ITEMS};
    size_t capacity = 0;
    if (take(reader, closing)) {
        return true;
    }
    do {
        if (cell->count + 2 > capacity) {
            capacity = capacity ? capacity * 2 : 4;
            Cell *grown = arena_alloc(reader->arena, sizeof(Cell) * capacity);
            memcpy(grown, cell->items ? cell->items : grown, sizeof(Cell) * cell->count);
            cell->items = grown;
        }
        size_t index = cell->count;
        if (closing == '}') {
            if (!take(reader, '"') || !read_string(reader, &cell->items[cell->count++]) ||
                !take(reader, ':')) {
                return false;
            }
            index = 1;
        }
        const ValueType *item = NULL;
        if (type != NULL && type->count > 0) {
            item = type->kind == VALUE_ARRAY     ? type->items[0]
                   : index < (size_t)type->count ? type->items[index]
                                                 : NULL;
        }
        if (!read_cell(reader, item, &cell->items[cell->count++])) {
            return false;
        }
    } while (take(reader, ','));
    return take(reader, closing);
}

static bool read_cell(Reader *reader, const ValueType *type, Cell *cell) {
    if (take(reader, '"')) {
        bool is_read = read_string(reader, cell);
        if (is_read && type != NULL && type->kind == VALUE_BYTES) {
            decode_base64(cell);
        }
        return is_read;
    }
    bool is_list = take(reader, '[');
    if (is_list || take(reader, '{')) {
        if (++reader->depth > DEPTH_MAX) {
            return false;
        }
        bool is_read = read_items(reader, type, cell, is_list ? ']' : '}');
        reader->depth--;
        return is_read;
    }
    char *start = reader->at;
    while (reader->at < reader->end && strchr(",]} \t\r\n", *reader->at) == NULL) {
        reader->at++;
    }
    size_t size = (size_t)(reader->at - start);
    bool is_null = size == 4 && memcmp(start, "null", 4) == 0;
    *cell = (Cell){.kind = is_null ? CELL_NULL : CELL_BARE, .text = start, .size = size};
    return size > 0;
}

static Cell *rows_next(Rows *rows) {
    size_t width = (size_t)rows->column_count;
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity ? rows->capacity * 2 : 256;
        Cell *grown = arena_alloc(rows->arena, sizeof(Cell) * capacity * (width + 1));
        if (rows->count > 0) {
            memcpy(grown, rows->cells, sizeof(Cell) * rows->count * width);
        }
        rows->cells = grown;
        rows->capacity = capacity;
    }
    return rows->cells + rows->count++ * width;
}

static bool read_row(Reader *reader, Rows *rows, const Column *columns) {
    Cell *cells = rows_next(rows);
    if (!take(reader, '[')) {
        return false;
    }
    for (int i = 0; i < rows->column_count; i++) {
        if ((i > 0 && !take(reader, ',')) || !read_cell(reader, columns[i].type, &cells[i])) {
            return false;
        }
    }
    return take(reader, ']');
}

bool rows_append(Rows *rows, const Column *columns, const char *json, size_t size) {
    char *copy = arena_copy(rows->arena, json, size);
    Reader reader = {.at = copy, .end = copy + size, .arena = rows->arena};
    if (!take(&reader, '[')) {
        return false;
    }
    if (take(&reader, ']')) {
        return true;
    }
    do {
        if (!read_row(&reader, rows, columns)) {
            return false;
        }
    } while (take(&reader, ','));
    return take(&reader, ']');
}

void rows_reset(Rows *rows) {
    arena_reset(rows->arena);
    rows->cells = NULL;
    rows->count = rows->capacity = 0;
}

/* The end of the JSON value at `at`, by brackets and quotes only. */
static const char *skip_value(const char *at, const char *end) {
    int depth = 0;
    do {
        if (at >= end) {
            return end;
        }
        char c = *at++;
        if (c == '"') {
            while (at < end && *at != '"') {
                at += *at == '\\' ? 2 : 1;
            }
            at++;
        } else if (c == '[' || c == '{') {
            depth++;
        } else if (c == ']' || c == '}') {
            depth--;
        } else if (depth == 0) {
            while (at < end && strchr(",]} \t\r\n", *at) == NULL) {
                at++;
            }
        }
    } while (depth > 0);
    return at < end ? at : end;
}

bool json_find_member(const char *json, size_t size, const char *name, size_t *ret_start,
                      size_t *ret_size) {
    const char *at = json, *end = json + size;
    size_t name_size = strlen(name);
    while (at < end && *at != '{') {
        at++;
    }
    while (++at < end) {
        while (at < end && strchr(", \t\r\n", *at) != NULL) {
            at++;
        }
        if (at >= end || *at != '"') {
            return false;
        }
        const char *key = at + 1;
        at = skip_value(at, end);
        bool is_found = (size_t)(at - key) == name_size + 1 && memcmp(key, name, name_size) == 0;
        while (at < end && strchr(": \t\r\n", *at) != NULL) {
            at++;
        }
        const char *value = at;
        at = skip_value(at, end);
        if (is_found) {
            *ret_start = (size_t)(value - json);
            *ret_size = (size_t)(at - value);
            return true;
        }
    }
    return false;
}
