/*
 * Making items from texts and SQL values, and writing them.
 */
#include "function/scalar/json_item.h"

#include <stdlib.h>

#include "base/double_text.h"
#include "function/kernels/json_text.h"
#include "function/scalar/decimal_values.h"
#include "function/scalar/elements.h"

const JsonItem json_item_null = {.kind = JSON_ITEM_NULL};

static JsonItem *new_item(Arena *arena, JsonItemKind kind) {
    JsonItem *item = arena_new(arena, JsonItem);
    item->kind = kind;
    return item;
}

const JsonItem *json_item_string(Arena *arena, const char *text, size_t size) {
    JsonItem *item = new_item(arena, JSON_ITEM_STRING);
    item->text = arena_strndup(arena, text, size);
    item->size = size;
    return item;
}

const JsonItem *json_item_integer(Arena *arena, int64_t value) {
    JsonItem *item = new_item(arena, JSON_ITEM_INTEGER);
    item->integer = value;
    return item;
}

const JsonItem *json_item_double(Arena *arena, double value) {
    JsonItem *item = new_item(arena, JSON_ITEM_DOUBLE);
    item->number = value;
    return item;
}

const JsonItem *json_item_decimal(Arena *arena, int128_t value, int32_t scale) {
    JsonItem *item = new_item(arena, JSON_ITEM_DECIMAL);
    item->decimal = value;
    item->scale = scale;
    return item;
}

const JsonItem *json_item_boolean(Arena *arena, bool value) {
    JsonItem *item = new_item(arena, JSON_ITEM_BOOLEAN);
    item->boolean = value;
    return item;
}

const JsonItem *json_item_member(const JsonItem *object, const char *name, size_t size) {
    for (int32_t i = 0; i < object->count; i++) {
        if (object->names[i]->size == size && memcmp(object->names[i]->text, name, size) == 0) {
            return object->items[i];
        }
    }
    return NULL;
}

double json_item_as_double(const JsonItem *item) {
    if (item->kind == JSON_ITEM_INTEGER) {
        return (double)item->integer;
    }
    if (item->kind == JSON_ITEM_DOUBLE) {
        return item->number;
    }
    char text[INT128_TEXT_MAX];
    int length = decimal_print(item->decimal, item->scale, text);
    double value = 0;
    (void)double_parse(text, (size_t)length, &value);
    return value;
}

/* ---- texts ---- */

typedef struct ItemParser {
    Arena *arena;
    JsonReader reader;
    ByteString scratch;
    int32_t depth;
} ItemParser;

static const JsonItem *parse_item(ItemParser *parser, JsonToken token);

static const JsonItem *string_read(ItemParser *parser) {
    parser->scratch.size = 0;
    json_append_unescaped(&parser->reader, &parser->scratch);
    return json_item_string(parser->arena, byte_string_text(&parser->scratch),
                            parser->scratch.size);
}

static void add_child(ItemParser *parser, JsonItem *item, int32_t *capacity, const JsonItem *name,
                      const JsonItem *value) {
    for (int32_t i = 0; name != NULL && i < item->count; i++) {
        if (item->names[i]->size == name->size &&
            memcmp(item->names[i]->text, name->text, name->size) == 0) {
            item->items[i] = value; /* the last of equal names counts */
            return;
        }
    }
    if (item->count == *capacity) {
        int32_t grown = *capacity * 2 + 4;
        const JsonItem **items = arena_new_array(parser->arena, const JsonItem *, grown);
        const JsonItem **names = arena_new_array(parser->arena, const JsonItem *, grown);
        for (int32_t i = 0; i < item->count; i++) {
            items[i] = item->items[i];
            names[i] = item->names[i];
        }
        item->items = items;
        item->names = names;
        *capacity = grown;
    }
    item->items[item->count] = value;
    item->names[item->count++] = name;
}

static const JsonItem *parse_children(ItemParser *parser, bool is_object) {
    JsonItem *item = new_item(parser->arena, is_object ? JSON_ITEM_OBJECT : JSON_ITEM_ARRAY);
    int32_t capacity = 0;
    for (;;) {
        JsonToken token = json_next(&parser->reader);
        if (token == (is_object ? JSON_OBJECT_END : JSON_ARRAY_END)) {
            return item;
        }
        const JsonItem *name = NULL;
        if (is_object) {
            if (token != JSON_STRING) {
                return NULL;
            }
            name = string_read(parser);
            token = json_next(&parser->reader);
        }
        const JsonItem *value = parse_item(parser, token);
        if (value == NULL) {
            return NULL;
        }
        add_child(parser, item, &capacity, name, value);
    }
}

static const JsonItem *number_read(ItemParser *parser, bool is_integer) {
    const JsonReader *reader = &parser->reader;
    int128_t value;
    int precision, scale;
    double number;
    if (is_integer && decimal_parse(reader->start, reader->size, &value, &precision, &scale)) {
        return value == (int64_t)value ? json_item_integer(parser->arena, (int64_t)value)
                                       : json_item_decimal(parser->arena, value, 0);
    }
    return double_parse(reader->start, reader->size, &number)
               ? json_item_double(parser->arena, number)
               : NULL;
}

static const JsonItem *parse_item(ItemParser *parser, JsonToken token) {
    const JsonItem *item;
    switch (token) {
    case JSON_NULL:
        return &json_item_null;
    case JSON_TRUE:
    case JSON_FALSE:
        return json_item_boolean(parser->arena, token == JSON_TRUE);
    case JSON_INTEGER:
    case JSON_FLOAT:
        return number_read(parser, token == JSON_INTEGER);
    case JSON_STRING:
        return string_read(parser);
    case JSON_OBJECT_START:
    case JSON_ARRAY_START:
        if (++parser->depth > JSON_DEPTH_MAX) {
            return NULL;
        }
        item = parse_children(parser, token == JSON_OBJECT_START);
        parser->depth--;
        return item;
    default:
        return NULL;
    }
}

const JsonItem *json_item_parse(Arena *arena, const char *text, size_t size) {
    ItemParser parser = {.arena = arena, .reader = json_reader(text, size)};
    JsonToken token = json_next(&parser.reader);
    const JsonItem *item = token == JSON_END ? &json_item_null : parse_item(&parser, token);
    byte_string_done(&parser.scratch);
    return item;
}

void json_item_append(const JsonItem *item, ByteString *out) {
    char text[INT128_TEXT_MAX];
    bool is_object = item->kind == JSON_ITEM_OBJECT;
    switch (item->kind) {
    case JSON_ITEM_NULL:
        byte_string_append_text(out, "null");
        return;
    case JSON_ITEM_BOOLEAN:
        byte_string_append_text(out, item->boolean ? "true" : "false");
        return;
    case JSON_ITEM_INTEGER:
        byte_string_printf(out, "%ld", (long)item->integer);
        return;
    case JSON_ITEM_DECIMAL:
        byte_string_append(out, text, (size_t)decimal_print(item->decimal, item->scale, text));
        return;
    case JSON_ITEM_DOUBLE:
        json_append_double(out, item->number);
        return;
    case JSON_ITEM_STRING:
        json_append_string(out, item->text, item->size);
        return;
    default:
        break;
    }
    byte_string_append_char(out, is_object ? '{' : '[');
    for (int32_t i = 0; i < item->count; i++) {
        byte_string_append_text(out, i > 0 ? "," : "");
        if (is_object) {
            json_append_string(out, item->names[i]->text, item->names[i]->size);
            byte_string_append_char(out, ':');
        }
        json_item_append(item->items[i], out);
    }
    byte_string_append_char(out, is_object ? '}' : ']');
}

/* ---- SQL values ---- */

const JsonItem *json_item_of_value(KernelCall *call, Arena *arena, const Type *type,
                                   const Vector *vector, int32_t row) {
    VectorView view = vector_view(vector);
    if (view_is_null(&view, row)) {
        return &json_item_null;
    }
    switch (type->kind) {
    case TYPE_BOOLEAN:
        return json_item_boolean(arena, VIEW_VALUE(&view, uint8_t, row));
    case TYPE_TINYINT:
        return json_item_integer(arena, VIEW_VALUE(&view, int8_t, row));
    case TYPE_SMALLINT:
        return json_item_integer(arena, VIEW_VALUE(&view, int16_t, row));
    case TYPE_INTEGER:
        return json_item_integer(arena, VIEW_VALUE(&view, int32_t, row));
    case TYPE_BIGINT:
        return json_item_integer(arena, VIEW_VALUE(&view, int64_t, row));
    case TYPE_REAL:
        return json_item_double(arena, VIEW_VALUE(&view, float, row));
    case TYPE_DOUBLE:
        return json_item_double(arena, VIEW_VALUE(&view, double, row));
    case TYPE_DECIMAL:
        return json_item_decimal(arena, decimal_at(&view, type, row), type->scale);
    case TYPE_JSON: {
        const StringView *text = &VIEW_VALUE(&view, StringView, row);
        const JsonItem *item = json_item_parse(arena, string_data(text), text->length);
        return item != NULL ? item : &json_item_null;
    }
    case TYPE_VARCHAR: {
        const StringView *text = &VIEW_VALUE(&view, StringView, row);
        return json_item_string(arena, string_data(text), text->length);
    }
    default: {
        const char *text = element_text(call, type, vector, row);
        return json_item_string(arena, text, strlen(text));
    }
    }
}

Vector *json_item_value(const JsonItem *item) {
    Vector *value;
    switch (item->kind) {
    case JSON_ITEM_BOOLEAN:
        value = vector_create(type_simple(TYPE_BOOLEAN), 1);
        VECTOR_DATA(value, uint8_t)[0] = item->boolean;
        return value;
    case JSON_ITEM_INTEGER:
        value = vector_create(type_simple(TYPE_BIGINT), 1);
        VECTOR_DATA(value, int64_t)[0] = item->integer;
        return value;
    case JSON_ITEM_DECIMAL: {
        int32_t digits = int128_digit_count(item->decimal);
        value = vector_create(
            type_decimal(digits > item->scale ? digits : item->scale + (item->scale == 0),
                         item->scale),
            1);
        decimal_store(value, 0, item->decimal);
        return value;
    }
    case JSON_ITEM_DOUBLE:
        value = vector_create(type_simple(TYPE_DOUBLE), 1);
        VECTOR_DATA(value, double)[0] = item->number;
        return value;
    default:
        value = vector_create(type_varchar_unbounded(), 1);
        vector_set_string(value, 0, item->text, item->size);
        return value;
    }
}
