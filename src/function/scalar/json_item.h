/*
 * JSON documents as trees, as the SQL/JSON path language sees them: numbers keep their SQL kind,
 * objects their order. Items are immutable and live in the arena they were made in.
 */
#pragma once

#include "base/buffer.h"
#include "base/int128.h"
#include "function/function.h"

typedef enum JsonItemKind {
    JSON_ITEM_NULL,
    JSON_ITEM_BOOLEAN,
    JSON_ITEM_INTEGER,
    JSON_ITEM_DECIMAL,
    JSON_ITEM_DOUBLE,
    JSON_ITEM_STRING,
    JSON_ITEM_ARRAY,
    JSON_ITEM_OBJECT,
} JsonItemKind;

typedef struct JsonItem JsonItem;

struct JsonItem {
    JsonItemKind kind;
    bool boolean;
    int32_t scale; /* of a decimal */
    int32_t count; /* elements, members */
    int64_t integer;
    int128_t decimal;
    double number;
    const char *text; /* of a string */
    size_t size;
    const JsonItem **items; /* elements, or values of members */
    const JsonItem **names; /* strings */
};

/* The first value of a text; what follows it is ignored. An empty text is null. NULL when
 * malformed. */
const JsonItem *json_item_parse(Arena *arena, const char *text, size_t size);
const JsonItem *json_item_string(Arena *arena, const char *text, size_t size);
const JsonItem *json_item_integer(Arena *arena, int64_t value);
const JsonItem *json_item_double(Arena *arena, double value);
const JsonItem *json_item_decimal(Arena *arena, int128_t value, int32_t scale);
const JsonItem *json_item_boolean(Arena *arena, bool value);
extern const JsonItem json_item_null;

void json_item_append(const JsonItem *item, ByteString *out); /* as JSON text */
const JsonItem *json_item_member(const JsonItem *object, const char *name,
                                 size_t size); /* or NULL */
/* A SQL value as an item; json values are parsed, what JSON has no kind for becomes a string. */
const JsonItem *json_item_of_value(KernelCall *call, Arena *arena, const Type *type,
                                   const Vector *vector, int32_t row);
/* A one-row vector of a scalar item in its SQL type (bigint, decimal, double, varchar, boolean). */
Vector *json_item_value(const JsonItem *item);

static inline bool json_item_is_number(const JsonItem *item) {
    return item->kind >= JSON_ITEM_INTEGER && item->kind <= JSON_ITEM_DOUBLE;
}
double json_item_as_double(const JsonItem *item);
