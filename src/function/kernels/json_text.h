/*
 * JSON text: reading it token by token, writing its parts, and the canonical form in which values
 * of type json are stored (keys sorted, the last of equal keys kept, no spaces, numbers normalised,
 * characters beyond the BMP escaped). Documents nested deeper than JSON_DEPTH_MAX are malformed.
 * Threads: any.
 */
#pragma once

#include "base/buffer.h"

enum { JSON_DEPTH_MAX = 1000 };

/*
 * Appends the canonical form of a whole document. False when it is malformed; `out` then has some
 * bytes too many.
 */
bool json_canonicalize(const char *text, size_t size, ByteString *out);

/* ---- reading ---- */

typedef enum JsonToken {
    JSON_ERROR,
    JSON_END, /* of the text */
    JSON_NULL,
    JSON_TRUE,
    JSON_FALSE,
    JSON_INTEGER, /* without fraction and exponent */
    JSON_FLOAT,
    JSON_STRING,
    JSON_OBJECT_START,
    JSON_OBJECT_END,
    JSON_ARRAY_START,
    JSON_ARRAY_END,
} JsonToken;

/*
 * A position in a text. json_next gives the token there and moves past it, and past a comma or
 * colon before it: it checks tokens, not how they are put together, so text must be known to be
 * well formed (values of type json are). After JSON_STRING and numbers, [start, start + size) is
 * the token's text, without the quotes.
 */
typedef struct JsonReader {
    const char *at, *end;
    const char *start;
    size_t size;
    bool has_escapes; /* of the string */
} JsonReader;

static inline JsonReader json_reader(const char *text, size_t size) {
    return (JsonReader){.at = text, .end = text + size};
}

JsonToken json_next(JsonReader *reader);
JsonToken json_peek(const JsonReader *reader);
/* Moves past one value; false at the end of a list, of an object, or of the text. */
bool json_skip(JsonReader *reader);
/* Appends the characters of the string just read. */
void json_append_unescaped(const JsonReader *reader, ByteString *out);
/*
 * Finds a member of the object that starts at the reader and moves to its value; false when there
 * is none.
 */
bool json_find_member(JsonReader *reader, const char *key, size_t key_size);
/* Moves to element `index` (from 0) of the array that starts at the reader. */
bool json_find_element(JsonReader *reader, int64_t index);

/* ---- writing ---- */

void json_append_string(ByteString *out, const char *text, size_t size); /* quoted and escaped */
void json_append_double(ByteString *out, double value); /* "NaN" and infinities as strings */
void json_append_real(ByteString *out, float value);
