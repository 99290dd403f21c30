/*
 * Casts from json. A scalar goes by its token: strings as varchar, fractions as double, integers as
 * bigint are cast to the target by the ordinary casts. Arrays, maps and rows are read element by
 * element into growing child vectors.
 *
 * Two kinds of failure: one that an ordinary cast raised keeps its own words (and code, outside a
 * structure), any other is told by a sentence about the whole document.
 */
#include <stdio.h>
#include <strings.h>

#include "base/double_text.h"
#include "base/int128.h"
#include "function/kernels/cast_family.h"
#include "function/kernels/compare.h"
#include "function/kernels/json_text.h"
#include "function/kernels/number_parse.h"
#include "function/kernels/row_errors.h"

/* How to read one type; children as the type has them. */
typedef struct JsonTarget {
    const Type *type;
    Cast from_varchar, from_double; /* of scalars; kernel NULL when not needed */
    struct JsonTarget *children;
} JsonTarget;

/* The first failure of a document. */
typedef struct JsonFailure {
    bool has_message; /* else the document as a whole is to blame */
    bool is_cast;     /* an ordinary cast's */
    ErrorCode code;
    const char *message;
} JsonFailure;

typedef struct JsonCast {
    KernelCall *call;
    JsonReader reader;
    JsonFailure failure;
    ByteString text; /* scratch */
} JsonCast;

PRINTF_LIKE(2, 3) static bool fail_with(JsonCast *cast, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    cast->failure.has_message = true;
    cast->failure.code = INVALID_CAST_ARGUMENT;
    cast->failure.message = arena_vprintf(cast->call->cx->arena, format, arguments);
    va_end(arguments);
    return false;
}

static bool read_value(JsonCast *cast, const JsonTarget *target, JsonToken token, Vector *out,
                       int32_t row);

/* ---- scalars ---- */

/* Applies an ordinary cast to one value, from row 0 of `source` to `row` of out. */
static bool apply(JsonCast *cast, const Cast *ordinary, Vector *source, Vector *out, int32_t row) {
    VectorView view = vector_view(source);
    view.mask = 0;
    RowErrors errors;
    row_errors_init(&errors, false);
    KernelCall call = {
        .cx = cast->call->cx,
        .state = ordinary->state,
        .argument_count = 1,
        .arguments = &view,
        .result = out,
        .rows = &row,
        .row_count = 1,
        .errors = &errors,
    };
    bool done = ordinary->kernel(&call) == OK && errors.row < 0;
    if (!done) {
        cast->failure = (JsonFailure){true, true, errors.code, errors.message};
    }
    row_errors_done(&errors);
    return done;
}

static bool apply_text(JsonCast *cast, const JsonTarget *target, Vector *out, int32_t row) {
    cast->text.size = 0;
    byte_string_reserve(&cast->text, cast->reader.size + 1);
    json_append_unescaped(&cast->reader, &cast->text);
    if (target->type->kind == TYPE_VARCHAR) {
        vector_set_string(out, row, cast->text.data, cast->text.size);
        return true;
    }
    Vector *source = vector_create(type_varchar_unbounded(), 1);
    vector_set_string(source, 0, cast->text.data, cast->text.size);
    bool done = apply(cast, &target->from_varchar, source, out, row);
    vector_unref(source);
    return done;
}

static bool apply_double(JsonCast *cast, const JsonTarget *target, double value, Vector *out,
                         int32_t row) {
    Vector *source = vector_create(type_simple(TYPE_DOUBLE), 1);
    VECTOR_DATA(source, double)[0] = value;
    bool done = apply(cast, &target->from_double, source, out, row);
    vector_unref(source);
    return done;
}

static bool store_integer(const Type *type, int64_t value, Vector *out, int32_t row) {
    switch (type->kind) {
    case TYPE_BOOLEAN:
        VECTOR_DATA(out, uint8_t)[row] = value != 0;
        return true;
    case TYPE_TINYINT:
        VECTOR_DATA(out, int8_t)[row] = (int8_t)value;
        return value == (int8_t)value;
    case TYPE_SMALLINT:
        VECTOR_DATA(out, int16_t)[row] = (int16_t)value;
        return value == (int16_t)value;
    case TYPE_INTEGER:
        VECTOR_DATA(out, int32_t)[row] = (int32_t)value;
        return value == (int32_t)value;
    case TYPE_REAL:
        VECTOR_DATA(out, float)[row] = (float)value;
        return true;
    case TYPE_DOUBLE:
        VECTOR_DATA(out, double)[row] = (double)value;
        return true;
    default:
        VECTOR_DATA(out, int64_t)[row] = value;
        return true;
    }
}

static bool store_decimal(JsonCast *cast, const Type *type, const char *text, size_t size,
                          Vector *out, int32_t row) {
    int128_t unscaled = 0;
    NumberParse parsed = decimal_parse_as(text, size, type->precision, type->scale, &unscaled);
    if (parsed == NUMBER_TOO_LARGE) {
        cast->failure.is_cast = true;
        return fail_with(cast, "Cannot cast input json to DECIMAL(%d,%d)", type->precision,
                         type->scale);
    }
    if (type->layout == LAYOUT_LONG) {
        VECTOR_DATA(out, int64_t)[row] = (int64_t)unscaled;
    } else {
        VECTOR_DATA(out, int128_t)[row] = unscaled;
    }
    return parsed == NUMBER_PARSED;
}

static bool read_number(JsonCast *cast, const JsonTarget *target, JsonToken token, Vector *out,
                        int32_t row) {
    const Type *type = target->type;
    const char *text = cast->reader.start;
    size_t size = cast->reader.size;
    if (type->kind == TYPE_DECIMAL) {
        return store_decimal(cast, type, text, size, out, row);
    }
    bool is_floating_target = type->kind == TYPE_DOUBLE || type->kind == TYPE_REAL;
    if (token == JSON_INTEGER && !is_floating_target) {
        if (type->kind == TYPE_VARCHAR) {
            vector_set_string(out, row, text, size);
            return true;
        }
        int64_t value;
        return integer_parse(text, size, &value) && store_integer(type, value, out, row);
    }
    if (type->kind == TYPE_REAL) {
        return real_parse(text, size, &VECTOR_DATA(out, float)[row]);
    }
    double value;
    if (!double_parse(text, size, &value)) {
        return false;
    }
    if (type->kind == TYPE_DOUBLE) {
        VECTOR_DATA(out, double)[row] = value;
        return true;
    }
    return apply_double(cast, target, value, out, row);
}

static bool read_boolean(JsonCast *cast, const JsonTarget *target, bool value, Vector *out,
                         int32_t row) {
    if (target->type->kind == TYPE_VARCHAR) {
        vector_set_string(out, row, value ? "true" : "false", value ? 4 : 5);
        return true;
    }
    if (target->type->kind == TYPE_DECIMAL) {
        return store_decimal(cast, target->type, value ? "1" : "0", 1, out, row);
    }
    return store_integer(target->type, value, out, row);
}

static bool read_scalar(JsonCast *cast, const JsonTarget *target, JsonToken token, Vector *out,
                        int32_t row) {
    switch (token) {
    case JSON_NULL:
        vector_set_null(out, row);
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        return read_boolean(cast, target, token == JSON_TRUE, out, row);
    case JSON_INTEGER:
    case JSON_FLOAT:
        return read_number(cast, target, token, out, row);
    case JSON_STRING:
        if (target->type->kind == TYPE_DECIMAL) {
            cast->text.size = 0;
            byte_string_reserve(&cast->text, cast->reader.size + 1);
            json_append_unescaped(&cast->reader, &cast->text);
            return store_decimal(cast, target->type, cast->text.data, cast->text.size, out, row);
        }
        return apply_text(cast, target, out, row);
    default:
        return fail_with(cast, "Unexpected token when cast to %s: %c", target->type->name,
                         cast->reader.at[-1]);
    }
}

/* ---- structures ---- */

/* The token's text, for messages. */
static const char *token_text(JsonCast *cast, JsonToken token) {
    Arena *arena = cast->call->cx->arena;
    switch (token) {
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        return "null";
    case JSON_STRING:
        cast->text.size = 0;
        byte_string_reserve(&cast->text, cast->reader.size + 1);
        json_append_unescaped(&cast->reader, &cast->text);
        return arena_strndup(arena, cast->text.data, cast->text.size);
    case JSON_INTEGER:
    case JSON_FLOAT:
        return arena_strndup(arena, cast->reader.start, cast->reader.size);
    default:
        return arena_strndup(arena, cast->reader.at - 1, 1);
    }
}

/* A new value at the end of a vector, cleared; its row. */
static int32_t add_row(Vector *vector) {
    int32_t row = vector->length;
    vector_resize(vector, row + 1);
    if (vector->data != NULL) {
        memset((char *)vector->data + (size_t)row * vector->type->width, 0, vector->type->width);
    }
    return row;
}

static bool read_array(JsonCast *cast, const JsonTarget *target, JsonToken token, Vector *out,
                       int32_t row) {
    if (token != JSON_ARRAY_START) {
        return fail_with(cast, "Expected a json array, but got %s", token_text(cast, token));
    }
    Vector *elements = out->children[0];
    int32_t first = elements->length;
    for (token = json_next(&cast->reader); token != JSON_ARRAY_END;
         token = json_next(&cast->reader)) {
        if (!read_value(cast, &target->children[0], token, elements, add_row(elements))) {
            return false;
        }
    }
    VECTOR_DATA(out, ListEntry)[row] = (ListEntry){first, elements->length - first};
    return true;
}

static bool is_repeated_key(const Vector *keys, int32_t first, int32_t row) {
    VectorView view = vector_view(keys);
    for (int32_t i = first; i < row; i++) {
        if (value_identical(keys->type, &view, i, &view, row)) {
            return true;
        }
    }
    return false;
}

static bool read_map(JsonCast *cast, const JsonTarget *target, JsonToken token, Vector *out,
                     int32_t row) {
    if (token != JSON_OBJECT_START) {
        return fail_with(cast, "Expected a json object, but got %s", token_text(cast, token));
    }
    Vector *keys = out->children[0], *values = out->children[1];
    int32_t first = keys->length;
    for (token = json_next(&cast->reader); token != JSON_OBJECT_END;
         token = json_next(&cast->reader)) {
        int32_t key = add_row(keys);
        if (!read_scalar(cast, &target->children[0], token, keys, key)) {
            return false;
        }
        if (is_repeated_key(keys, first, key)) {
            return fail_with(cast, "Duplicate keys are not allowed");
        }
        token = json_next(&cast->reader);
        if (!read_value(cast, &target->children[1], token, values, add_row(values))) {
            return false;
        }
    }
    VECTOR_DATA(out, ListEntry)[row] = (ListEntry){first, keys->length - first};
    return true;
}

static bool read_row_of_array(JsonCast *cast, const JsonTarget *target, Vector *out, int32_t row) {
    for (int32_t i = 0; i < target->type->child_count; i++) {
        JsonToken token = json_next(&cast->reader);
        if (!read_value(cast, &target->children[i], token, out->children[i], row)) {
            return false;
        }
    }
    JsonToken token = json_next(&cast->reader);
    return token == JSON_ARRAY_END ||
           fail_with(cast, "Expected json array ending, but got %s", token_text(cast, token));
}

/* The field of that name, whatever its case; -1 when there is none. */
static int32_t find_field(const Type *type, const char *name, size_t size) {
    for (int32_t i = 0; type->field_names != NULL && i < type->child_count; i++) {
        const char *field = type->field_names[i];
        if (field != NULL && strlen(field) == size && strncasecmp(field, name, size) == 0) {
            return i;
        }
    }
    return -1;
}

static bool read_row_of_object(JsonCast *cast, const JsonTarget *target, Vector *out, int32_t row) {
    const Type *type = target->type;
    if (type->field_names == NULL || type->field_names[0] == NULL) {
        return fail_with(cast, "Cannot cast a JSON object to anonymous row type. "
                               "Input must be a JSON array.");
    }
    bool *seen = arena_new_array(cast->call->cx->arena, bool, type->child_count);
    while (json_next(&cast->reader) == JSON_STRING) {
        cast->text.size = 0;
        byte_string_reserve(&cast->text, cast->reader.size + 1);
        json_append_unescaped(&cast->reader, &cast->text);
        int32_t field = find_field(type, cast->text.data, cast->text.size);
        if (field < 0) {
            json_skip(&cast->reader);
            continue;
        }
        if (seen[field]) {
            return fail_with(cast, "Duplicate field: %s", type->field_names[field]);
        }
        seen[field] = true;
        JsonToken token = json_next(&cast->reader);
        if (!read_value(cast, &target->children[field], token, out->children[field], row)) {
            return false;
        }
    }
    for (int32_t i = 0; i < type->child_count; i++) {
        if (!seen[i]) {
            vector_set_null(out->children[i], row);
        }
    }
    return true;
}

static bool read_row(JsonCast *cast, const JsonTarget *target, JsonToken token, Vector *out,
                     int32_t row) {
    if (token == JSON_ARRAY_START) {
        return read_row_of_array(cast, target, out, row);
    }
    if (token == JSON_OBJECT_START) {
        return read_row_of_object(cast, target, out, row);
    }
    return fail_with(cast, "Expected a json array or object, but got %s", token_text(cast, token));
}

/* A whole value as json: its text, which is canonical already. */
static bool read_document(JsonCast *cast, JsonToken token, Vector *out, int32_t row) {
    const char *end = cast->reader.at;
    const char *start = end;
    switch (token) {
    case JSON_NULL:
    case JSON_TRUE:
        start = end - 4;
        break;
    case JSON_FALSE:
        start = end - 5;
        break;
    case JSON_INTEGER:
    case JSON_FLOAT:
        start = cast->reader.start;
        break;
    case JSON_STRING:
        start = cast->reader.start - 1;
        break;
    case JSON_OBJECT_START:
    case JSON_ARRAY_START: {
        start = end - 1;
        JsonReader whole = json_reader(start, (size_t)(cast->reader.end - start));
        json_skip(&whole);
        cast->reader.at = end = whole.at;
        break;
    }
    default:
        return fail_with(cast, "Unexpected token when cast to json: %s", token_text(cast, token));
    }
    vector_set_string(out, row, start, (size_t)(end - start));
    return true;
}

static bool read_value(JsonCast *cast, const JsonTarget *target, JsonToken token, Vector *out,
                       int32_t row) {
    TypeKind kind = target->type->kind;
    if (kind == TYPE_JSON) {
        return read_document(cast, token, out, row);
    }
    if (token == JSON_NULL) {
        vector_set_null(out, row);
        return true;
    }
    switch (kind) {
    case TYPE_ARRAY:
        return read_array(cast, target, token, out, row);
    case TYPE_MAP:
        return read_map(cast, target, token, out, row);
    case TYPE_ROW:
        return read_row(cast, target, token, out, row);
    default:
        return read_scalar(cast, target, token, out, row);
    }
}

/* ---- kernel ---- */

enum { JSON_SHOWN_MAX = 10000 };

static void fail_document(JsonCast *cast, const Type *type, int32_t row, const StringView *json) {
    const JsonFailure *failure = &cast->failure;
    int size = (int)json->length;
    if (type->child_count > 0) {
        const char *more = size > JSON_SHOWN_MAX ? "...(truncated)" : "";
        int shown = size > JSON_SHOWN_MAX ? JSON_SHOWN_MAX : size;
        kernel_fail(cast->call, row, INVALID_CAST_ARGUMENT, "Cannot cast to %s.%s%s\n%.*s%s",
                    type->name, failure->has_message ? " " : "",
                    failure->has_message ? failure->message : "", shown, string_data(json), more);
    } else if (failure->is_cast) {
        kernel_fail(cast->call, row, failure->code, "%s", failure->message);
    } else {
        char decimal[48];
        snprintf(decimal, sizeof decimal, "DECIMAL(%d,%d)", type->precision, type->scale);
        const char *name = type->kind == TYPE_VARCHAR ? "varchar" : type->name;
        kernel_fail(cast->call, row, INVALID_CAST_ARGUMENT, "Cannot cast '%.*s' to %s", size,
                    string_data(json), type->kind == TYPE_DECIMAL ? decimal : name);
    }
}

/* A ROW's fields are vectors as long as the result: rows not computed must be safe to copy. */
static void clear(Vector *vector) {
    if (vector->data != NULL) {
        memset(vector->data, 0, (size_t)vector->length * vector->type->width);
    }
    for (int32_t i = 0; vector->type->layout == LAYOUT_ROW && i < vector->child_count; i++) {
        clear(vector->children[i]);
    }
}

static Status json_to_any(KernelCall *call) {
    const JsonTarget *target = call->state;
    JsonCast cast = {.call = call};
    clear(call->result);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *json = &KERNEL_ARGUMENT(call, 0, StringView, row);
        cast.reader = json_reader(string_data(json), json->length);
        cast.failure = (JsonFailure){0};
        JsonToken token = json_next(&cast.reader);
        if (!read_value(&cast, target, token, call->result, row)) {
            fail_document(&cast, target->type, row, json);
        }
    }
    byte_string_done(&cast.text);
    return OK;
}

static Status prepare_target(Context *cx, const Type *type, JsonTarget *target) {
    if (type->kind == TYPE_MAP && !cast_is_json_key(type->children[0])) {
        return FAIL(cx, INVALID_CAST_ARGUMENT, "Cannot cast JSON to %s", type->name);
    }
    *target = (JsonTarget){.type = type};
    target->children = arena_new_array(cx->arena, JsonTarget, type->child_count + 1);
    for (int32_t i = 0; i < type->child_count; i++) {
        TRY(prepare_target(cx, type->children[i], &target->children[i]));
    }
    if (type->child_count > 0 || type->kind == TYPE_JSON || type->kind == TYPE_DECIMAL) {
        return OK;
    }
    if (type->kind != TYPE_VARCHAR) {
        TRY(cast_create(cx, type_varchar_unbounded(), type, &target->from_varchar));
    }
    if (type->kind == TYPE_DOUBLE) {
        return OK;
    }
    const Type *printed = type->kind == TYPE_VARCHAR ? type_varchar_unbounded() : type;
    return cast_create(cx, type_simple(TYPE_DOUBLE), printed, &target->from_double);
}

Status cast_from_json(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    if (from->kind != TYPE_JSON) {
        return OK;
    }
    JsonTarget *target = arena_new(cx->arena, JsonTarget);
    TRY(prepare_target(cx, to, target));
    *ret_cast = (Cast){.kernel = json_to_any, .flags = FUNCTION_MAY_RETURN_NULL, .state = target};
    return OK;
}
