/*
 * Cells as text. Nested values have the form of Java's collections, which is what Trino's command
 * line prints: [a, NULL], {key=value}, {field=value, value}; bytes are pairs of hexadecimal digits.
 */
#include "value.h"

#include <stdio.h>
#include <stdlib.h>

enum { NESTED_BYTES_PER_LINE = 16 };

static void write_bytes(FILE *out, const Cell *cell, int bytes_per_line) {
    for (size_t i = 0; i < cell->size; i++) {
        if (i > 0) {
            putc(bytes_per_line > 0 && i % (size_t)bytes_per_line == 0 ? '\n' : ' ', out);
        }
        fprintf(out, "%02x", (unsigned char)cell->text[i]);
    }
}

static const ValueType *item_type(const ValueType *type, size_t index) {
    if (type->count == 0) {
        return NULL;
    }
    size_t at = type->kind == VALUE_ARRAY ? 0 : type->kind == VALUE_MAP ? index % 2 : index;
    return at < (size_t)type->count ? type->items[at] : NULL;
}

static void write_cell(FILE *out, const Cell *cell, const ValueType *type, const char *null_text,
                       int bytes_per_line) {
    static const ValueType UNKNOWN = {.kind = VALUE_SCALAR};
    type = type ? type : &UNKNOWN;
    if (cell->kind == CELL_NULL) {
        fputs(null_text, out);
        return;
    }
    if (cell->kind != CELL_ITEMS) {
        if (type->kind == VALUE_BYTES && cell->kind == CELL_STRING) {
            write_bytes(out, cell, bytes_per_line);
        } else {
            fwrite(cell->text, 1, cell->size, out);
        }
        return;
    }
    bool is_array = type->kind == VALUE_ARRAY;
    putc(is_array ? '[' : '{', out);
    for (size_t i = 0; i < cell->count; i++) {
        bool is_map_value = type->kind == VALUE_MAP && i % 2 == 1;
        if (i > 0) {
            fputs(is_map_value ? "=" : ", ", out);
        }
        if (type->kind == VALUE_ROW && i < (size_t)type->count && type->names[i] != NULL) {
            fprintf(out, "%s=", type->names[i]);
        }
        write_cell(out, &cell->items[i], item_type(type, i), "NULL", NESTED_BYTES_PER_LINE);
    }
    putc(is_array ? ']' : '}', out);
}

Text cell_text(Arena *arena, const Cell *cell, const ValueType *type, const char *null_text,
               int bytes_per_line) {
    if (cell->kind != CELL_ITEMS && cell->kind != CELL_NULL && type->kind != VALUE_BYTES) {
        return (Text){cell->text, cell->size};
    }
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL) {
        abort();
    }
    write_cell(out, cell, type, null_text, bytes_per_line);
    fclose(out);
    Text text = {arena_copy(arena, bytes, size), size};
    free(bytes);
    return text;
}

void write_json_string(FILE *out, const char *bytes, size_t size) {
    putc('"', out);
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];
        switch (c) {
        case '"':
            fputs("\\\"", out);
            break;
        case '\\':
            fputs("\\\\", out);
            break;
        case '\b':
            fputs("\\b", out);
            break;
        case '\f':
            fputs("\\f", out);
            break;
        case '\n':
            fputs("\\n", out);
            break;
        case '\r':
            fputs("\\r", out);
            break;
        case '\t':
            fputs("\\t", out);
            break;
        default:
            if (c < 0x20) {
                fprintf(out, "\\u%04X", c);
            } else {
                putc(c, out);
            }
        }
    }
    putc('"', out);
}

void cell_write_json(FILE *out, const Cell *cell, const ValueType *type) {
    if (cell->kind == CELL_NULL) {
        fputs("null", out);
    } else if (cell->kind == CELL_BARE) {
        fwrite(cell->text, 1, cell->size, out);
    } else if (cell->kind == CELL_STRING) {
        if (type != NULL && type->kind == VALUE_BYTES) {
            putc('"', out);
            write_bytes(out, cell, 0);
            putc('"', out);
        } else {
            write_json_string(out, cell->text, cell->size);
        }
    } else {
        bool is_map = type != NULL && type->kind == VALUE_MAP;
        putc(is_map ? '{' : '[', out);
        for (size_t i = 0; i < cell->count; i++) {
            if (i > 0) {
                putc(is_map && i % 2 == 1 ? ':' : ',', out);
            }
            cell_write_json(out, &cell->items[i], type ? item_type(type, i) : NULL);
        }
        putc(is_map ? '}' : ']', out);
    }
}
