/*
 * The formatter's text and its entry points.
 */
#include "formatter.h"

#include <string.h>

#include "formatter_internal.h"
#include "parser.h"

/* ---- text ---- */

void put_bytes(Formatter *f, const char *bytes, size_t size) {
    enum { FIRST_CAPACITY = 256 };
    if (f->size + size + 1 > f->capacity) {
        size_t capacity = f->capacity == 0 ? FIRST_CAPACITY : f->capacity * 2;
        while (capacity < f->size + size + 1) {
            capacity *= 2;
        }
        char *text = arena_alloc(f->arena, capacity);
        if (f->size > 0) {
            memcpy(text, f->text, f->size);
        }
        f->text = text;
        f->capacity = capacity;
    }
    memcpy(f->text + f->size, bytes, size);
    f->size += size;
    f->text[f->size] = '\0';
}

void put(Formatter *f, const char *text) {
    put_bytes(f, text, strlen(text));
}

void put_indent(Formatter *f, int indent) {
    for (int i = 0; i < indent; i++) {
        put(f, "   ");
    }
}

void put_line(Formatter *f, int indent, const char *text) {
    put_indent(f, indent);
    put(f, text);
}

/* Between two quotes, each quote inside doubled. */
static void put_quoted(Formatter *f, char quote, const char *value, size_t size) {
    put_bytes(f, &quote, 1);
    for (size_t i = 0; i < size; i++) {
        put_bytes(f, value + i, 1);
        if (value[i] == quote) {
            put_bytes(f, &quote, 1);
        }
    }
    put_bytes(f, &quote, 1);
}

void put_string(Formatter *f, const char *value, size_t size) {
    put_quoted(f, '\'', value, size);
}

void put_literal(Formatter *f, const StringLiteral *literal) {
    put_string(f, literal->value, literal->value_size);
}

/* ---- names and lists ---- */

void put_identifier(Formatter *f, const Identifier *identifier) {
    if (identifier->delimited || parser_is_reserved_word(identifier->value)) {
        put_quoted(f, '"', identifier->value, strlen(identifier->value));
    } else {
        put(f, identifier->value);
    }
}

void put_name(Formatter *f, const QualifiedName *name) {
    put_separated(f, &name->parts, ".");
}

void put_separated(Formatter *f, const NodeList *list, const char *separator) {
    for (int32_t i = 0; i < list->count; i++) {
        put(f, i == 0 ? "" : separator);
        put_expression(f, list->items[i]);
    }
}

void put_expressions(Formatter *f, const NodeList *list) {
    put_separated(f, list, ", ");
}

/* ---- entry points ---- */

static Formatter formatter_start(Arena *arena) {
    Formatter f = {.arena = arena};
    put(&f, "");
    return f;
}

const char *format_statement(Arena *arena, const Node *statement) {
    Formatter f = formatter_start(arena);
    put_statement(&f, statement, 0);
    return f.text;
}

const char *format_expression(Arena *arena, const Node *expression) {
    Formatter f = formatter_start(arena);
    put_expression(&f, expression);
    return f.text;
}

const char *format_type(Arena *arena, const Node *type) {
    return format_expression(arena, type);
}

const char *format_qualified_name(Arena *arena, const QualifiedName *name) {
    Formatter f = formatter_start(arena);
    put_name(&f, name);
    return f.text;
}
