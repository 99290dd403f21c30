/*
 * JSON functions of before SQL/JSON: json_extract, json_extract_scalar, json_size, json_array_*,
 * json_parse, json_format. Text is read as a stream: what comes after the wanted value is not
 * looked at, so it need not be well formed.
 */
#include <ctype.h>
#include <stdlib.h>

#include "base/double_text.h"
#include "function/kernels/json_text.h"
#include "function/scalar/arguments.h"

/* ---- paths: $.name, $[0], $["name"] ---- */

typedef struct JsonStep {
    const char *name;
    size_t size;
    int64_t index; /* the name as an array index, -1 when it is none */
} JsonStep;

typedef struct JsonSteps {
    int32_t count;
    JsonStep steps[];
} JsonSteps;

static bool is_name_character(char c, bool in_brackets) {
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80 ||
           (!in_brackets && (c == ':' || c == '-'));
}

static int64_t index_of_name(const char *name, size_t size) {
    int64_t index = 0;
    for (size_t i = 0; i < size; i++) {
        if (!isdigit((unsigned char)name[i]) || i >= 9) {
            return -1;
        }
        index = index * 10 + (name[i] - '0');
    }
    return size > 0 ? index : -1;
}

/* A name in double quotes (already passed); backslash escapes a quote or a backslash. */
static bool parse_quoted(Arena *arena, const char *text, size_t size, size_t *at, JsonStep *step) {
    char *name = arena_alloc(arena, size + 1);
    size_t length = 0;
    for (; *at < size && text[*at] != '"'; (*at)++) {
        if (text[*at] == '\\') {
            (*at)++;
            if (*at >= size || (text[*at] != '"' && text[*at] != '\\')) {
                return false;
            }
        }
        name[length++] = text[*at];
    }
    if (*at >= size) {
        return false;
    }
    (*at)++;
    step->name = name;
    step->size = length;
    return true;
}

static bool parse_step(Arena *arena, const char *text, size_t size, size_t *at, JsonStep *step) {
    bool brackets = text[*at] == '[';
    if (!brackets && text[*at] != '.') {
        return false;
    }
    (*at)++;
    if (brackets && *at < size && text[*at] == '"') {
        (*at)++;
        if (!parse_quoted(arena, text, size, at, step)) {
            return false;
        }
    } else {
        size_t start = *at;
        while (*at < size && is_name_character(text[*at], brackets)) {
            (*at)++;
        }
        if (*at == start) {
            return false;
        }
        step->name = arena_strndup(arena, text + start, *at - start);
        step->size = *at - start;
    }
    step->index = index_of_name(step->name, step->size);
    if (brackets) {
        if (*at >= size || text[*at] != ']') {
            return false;
        }
        (*at)++;
    }
    return true;
}

/* NULL when the path is malformed. */
static JsonSteps *parse_path(Arena *arena, const StringView *view) {
    const char *text = string_data(view);
    size_t at = 1;
    if (view->length == 0 || text[0] != '$') {
        return NULL;
    }
    JsonSteps *path = arena_alloc(arena, sizeof *path + sizeof(JsonStep) * (view->length + 1));
    path->count = 0;
    while (at < view->length) {
        if (!parse_step(arena, text, view->length, &at, &path->steps[path->count])) {
            return NULL;
        }
        path->count++;
    }
    return path;
}

static Status prepare_path(Context *cx, const FunctionBinding *binding, void **ret_state) {
    const Vector *constant = constant_argument(binding, 1);
    *ret_state = constant != NULL ? parse_path(cx->arena, VECTOR_DATA(constant, StringView)) : NULL;
    return OK;
}

/* NULL when the row has failed. */
static const JsonSteps *path_of_row(KernelCall *call, int32_t row) {
    if (call->state != NULL) {
        return call->state;
    }
    const StringView *text = string_argument(call, 1, row);
    const JsonSteps *path = parse_path(call->cx->arena, text);
    if (path == NULL) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid JSON path: '%.*s'",
                    (int)text->length, string_data(text));
    }
    return path;
}

/* Moves to the value that the path leads to. */
static bool follow_path(JsonReader *reader, const JsonSteps *path) {
    for (int32_t i = 0; i < path->count; i++) {
        const JsonStep *step = &path->steps[i];
        JsonToken token = json_peek(reader);
        bool found = token == JSON_OBJECT_START ? json_find_member(reader, step->name, step->size)
                     : token == JSON_ARRAY_START && step->index >= 0
                         ? json_find_element(reader, step->index)
                         : false;
        if (!found) {
            return false;
        }
    }
    JsonToken token = json_peek(reader);
    return token != JSON_ERROR && token != JSON_END;
}

static JsonReader reader_of(const StringView *view) {
    return json_reader(string_data(view), view->length);
}

/* ---- values as text ---- */

static void append_number(const JsonReader *reader, JsonToken token, ByteString *out) {
    double value;
    if (token == JSON_FLOAT && double_parse(reader->start, reader->size, &value)) {
        json_append_double(out, value);
    } else {
        byte_string_append(out, reader->start, reader->size);
    }
}

/* Copies one value token by token; false when the text ends or is malformed. */
static bool copy_json_value(JsonReader *reader, ByteString *out, ByteString *scratch) {
    int32_t depth = 0;
    bool need_comma = false, after_key = false;
    uint64_t is_object[JSON_DEPTH_MAX / 64 + 1] = {0};
    do {
        JsonToken token = json_next(reader);
        bool closes = token == JSON_OBJECT_END || token == JSON_ARRAY_END;
        if (token == JSON_ERROR || token == JSON_END || depth >= JSON_DEPTH_MAX) {
            return false;
        }
        if (need_comma && !closes && !after_key) {
            byte_string_append_char(out, ',');
        }
        bool in_object = depth > 0 && bitmap_get(is_object, depth);
        bool is_key = in_object && !after_key && token == JSON_STRING;
        switch (token) {
        case JSON_OBJECT_START:
        case JSON_ARRAY_START:
            byte_string_append_char(out, token == JSON_OBJECT_START ? '{' : '[');
            depth++;
            if (token == JSON_OBJECT_START) {
                bitmap_set(is_object, depth);
            } else {
                bitmap_clear(is_object, depth);
            }
            break;
        case JSON_OBJECT_END:
        case JSON_ARRAY_END:
            byte_string_append_char(out, token == JSON_OBJECT_END ? '}' : ']');
            depth--;
            break;
        case JSON_STRING:
            scratch->size = 0;
            json_append_unescaped(reader, scratch);
            json_append_string(out, scratch->data != NULL ? scratch->data : "", scratch->size);
            break;
        case JSON_INTEGER:
        case JSON_FLOAT:
            append_number(reader, token, out);
            break;
        default:
            byte_string_append_text(out, token == JSON_NULL   ? "null"
                                         : token == JSON_TRUE ? "true"
                                                              : "false");
        }
        if (is_key) {
            byte_string_append_char(out, ':');
        }
        after_key = is_key;
        need_comma = token != JSON_OBJECT_START && token != JSON_ARRAY_START && !is_key;
    } while (depth > 0);
    return true;
}

static void return_text(KernelCall *call, int32_t row, const ByteString *text) {
    return_string(call, row, text->data != NULL ? text->data : "", text->size);
}

/* The text of a scalar, without quotes; false for null, objects and arrays. */
static bool append_scalar(JsonReader *reader, ByteString *out) {
    JsonToken token = json_next(reader);
    switch (token) {
    case JSON_STRING:
        json_append_unescaped(reader, out);
        return true;
    case JSON_INTEGER:
    case JSON_FLOAT:
        byte_string_append(out, reader->start, reader->size);
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        byte_string_append_text(out, token == JSON_TRUE ? "true" : "false");
        return true;
    default:
        return false;
    }
}

/* ---- json_extract and friends ---- */

static Status json_extract(KernelCall *call) {
    ByteString text = {0}, scratch = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        const JsonSteps *path = path_of_row(call, row);
        JsonReader reader = reader_of(string_argument(call, 0, row));
        text.size = 0;
        if (path == NULL) {
            continue;
        }
        if (follow_path(&reader, path) && copy_json_value(&reader, &text, &scratch)) {
            return_text(call, row, &text);
        } else {
            vector_set_null(call->result, row);
        }
    }
    byte_string_done(&text);
    byte_string_done(&scratch);
    return OK;
}

static Status json_extract_scalar(KernelCall *call) {
    ByteString text = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        const JsonSteps *path = path_of_row(call, row);
        JsonReader reader = reader_of(string_argument(call, 0, row));
        text.size = 0;
        if (path == NULL) {
            continue;
        }
        if (follow_path(&reader, path) && append_scalar(&reader, &text)) {
            return_text(call, row, &text);
        } else {
            vector_set_null(call->result, row);
        }
    }
    byte_string_done(&text);
    return OK;
}

/* Elements of the array, members of the object that starts at the reader; 0 for scalars, -1 when
 * malformed. */
static int64_t count_children(JsonReader *reader) {
    JsonToken start = json_next(reader);
    if (start != JSON_ARRAY_START && start != JSON_OBJECT_START) {
        return 0;
    }
    JsonToken end = start == JSON_OBJECT_START ? JSON_OBJECT_END : JSON_ARRAY_END;
    int64_t count = 0;
    while (json_peek(reader) != end) {
        if (!json_skip(reader)) {
            return -1;
        }
        count++;
    }
    return start == JSON_OBJECT_START ? count / 2 : count;
}

static Status json_size(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const JsonSteps *path = path_of_row(call, row);
        JsonReader reader = reader_of(string_argument(call, 0, row));
        if (path == NULL) {
            continue;
        }
        int64_t size = follow_path(&reader, path) ? count_children(&reader) : -1;
        if (size >= 0) {
            KERNEL_RESULT(call, int64_t)[row] = size;
        } else {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

/* ---- arrays ---- */

static Status json_array_length(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        JsonReader reader = reader_of(string_argument(call, 0, row));
        bool is_array = json_peek(&reader) == JSON_ARRAY_START;
        int64_t length = is_array ? count_children(&reader) : -1;
        if (length >= 0) {
            KERNEL_RESULT(call, int64_t)[row] = length;
        } else {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

static bool find_array_element(const StringView *view, int64_t index, JsonReader *ret_reader) {
    *ret_reader = reader_of(view);
    if (json_peek(ret_reader) != JSON_ARRAY_START) {
        return false;
    }
    if (index < 0) {
        JsonReader counter = *ret_reader;
        int64_t length = count_children(&counter);
        index += length;
        if (length < 0 || index < 0) {
            return false;
        }
    }
    return json_find_element(ret_reader, index);
}

/* A string element is returned without its quotes, as it always was. */
static Status json_array_get(KernelCall *call) {
    ByteString text = {0}, scratch = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        JsonReader reader;
        text.size = 0;
        bool found = find_array_element(string_argument(call, 0, row),
                                        bigint_argument(call, 1, row), &reader);
        JsonToken token = found ? json_peek(&reader) : JSON_ERROR;
        found = token == JSON_OBJECT_START || token == JSON_ARRAY_START
                    ? copy_json_value(&reader, &text, &scratch)
                    : found && append_scalar(&reader, &text);
        if (found) {
            return_text(call, row, &text);
        } else {
            vector_set_null(call->result, row);
        }
    }
    byte_string_done(&text);
    byte_string_done(&scratch);
    return OK;
}

static bool token_matches(const KernelCall *call, int32_t row, const JsonReader *reader,
                          JsonToken token, ByteString *scratch) {
    double number;
    switch (call->function->argument_types[1]->kind) {
    case TYPE_BOOLEAN:
        return token == (KERNEL_ARGUMENT(call, 1, uint8_t, row) ? JSON_TRUE : JSON_FALSE);
    case TYPE_BIGINT: {
        char text[32], *end;
        if (token != JSON_INTEGER || reader->size >= sizeof text) {
            return false;
        }
        memcpy(text, reader->start, reader->size);
        text[reader->size] = '\0';
        return strtoll(text, &end, 10) == bigint_argument(call, 1, row);
    }
    case TYPE_DOUBLE:
        return token == JSON_FLOAT && double_parse(reader->start, reader->size, &number) &&
               number == KERNEL_ARGUMENT(call, 1, double, row);
    default: {
        if (token != JSON_STRING) {
            return false;
        }
        scratch->size = 0;
        json_append_unescaped(reader, scratch);
        const StringView *wanted = string_argument(call, 1, row);
        return scratch->size == wanted->length &&
               (scratch->size == 0 ||
                memcmp(scratch->data, string_data(wanted), scratch->size) == 0);
    }
    }
}

static Status json_array_contains(KernelCall *call) {
    ByteString scratch = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        JsonReader reader = reader_of(string_argument(call, 0, row));
        bool found = false, undetermined = json_next(&reader) != JSON_ARRAY_START;
        while (!found && !undetermined) {
            JsonReader element = reader;
            JsonToken token = json_next(&element);
            if (token == JSON_ARRAY_END) {
                break;
            }
            found = token_matches(call, row, &element, token, &scratch);
            undetermined = !found && !json_skip(&reader);
        }
        return_boolean(call, row, found);
        if (undetermined) {
            vector_set_null(call->result, row);
        }
    }
    byte_string_done(&scratch);
    return OK;
}

/* ---- whole documents ---- */

static Status json_parse(KernelCall *call) {
    ByteString text = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        text.size = 0;
        if (json_canonicalize(string_data(view), view->length, &text)) {
            return_text(call, row, &text);
        } else {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Cannot convert value to JSON: '%.*s'", (int)view->length,
                        string_data(view));
        }
    }
    byte_string_done(&text);
    return OK;
}

static Status json_format(KernelCall *call) {
    vector_share_heaps(call->result, call->arguments[0].vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, StringView)[row] = *string_argument(call, 0, row);
    }
    return OK;
}

static Status is_json_scalar(KernelCall *call) {
    ByteString scratch = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        JsonReader reader = reader_of(view);
        JsonToken token = json_peek(&reader);
        scratch.size = 0;
        if (!json_canonicalize(string_data(view), view->length, &scratch)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid JSON value: %.*s",
                        (int)view->length, string_data(view));
            continue;
        }
        return_boolean(call, row, token != JSON_OBJECT_START && token != JSON_ARRAY_START);
    }
    byte_string_done(&scratch);
    return OK;
}

#define NULLABLE FUNCTION_MAY_RETURN_NULL

const ScalarFunction json_functions[] = {
    {"json_array_contains", "(json, bigint) -> boolean", json_array_contains, NULLABLE},
    {"json_array_contains", "(json, boolean) -> boolean", json_array_contains, NULLABLE},
    {"json_array_contains", "(json, double) -> boolean", json_array_contains, NULLABLE},
    {"json_array_contains", "(json, varchar(x)) -> boolean", json_array_contains, NULLABLE},
    {"json_array_contains", "(varchar(x), bigint) -> boolean", json_array_contains, NULLABLE},
    {"json_array_contains", "(varchar(x), boolean) -> boolean", json_array_contains, NULLABLE},
    {"json_array_contains", "(varchar(x), double) -> boolean", json_array_contains, NULLABLE},
    {"json_array_contains", "(varchar(x), varchar(y)) -> boolean", json_array_contains, NULLABLE},
    {"json_array_get", "(json, bigint) -> json", json_array_get, NULLABLE},
    {"json_array_get", "(varchar(x), bigint) -> json", json_array_get, NULLABLE},
    {"json_array_length", "(json) -> bigint", json_array_length, NULLABLE},
    {"json_array_length", "(varchar(x)) -> bigint", json_array_length, NULLABLE},
    {"json_extract", "(json, jsonpath) -> json", json_extract, NULLABLE, NULL, prepare_path},
    {"json_extract", "(varchar(x), jsonpath) -> json", json_extract, NULLABLE, NULL, prepare_path},
    {"json_extract_scalar", "(json, jsonpath) -> varchar", json_extract_scalar, NULLABLE, NULL,
     prepare_path},
    {"json_extract_scalar", "(varchar(x), jsonpath) -> varchar(x)", json_extract_scalar, NULLABLE,
     NULL, prepare_path},
    {"json_format", "(json) -> varchar", json_format, 0},
    {"json_parse", "(varchar(x)) -> json", json_parse, 0},
    {"json_size", "(json, jsonpath) -> bigint", json_size, NULLABLE, NULL, prepare_path},
    {"json_size", "(varchar(x), jsonpath) -> bigint", json_size, NULLABLE, NULL, prepare_path},
    {"is_json_scalar", "(json) -> boolean", is_json_scalar, 0},
    {"is_json_scalar", "(varchar(x)) -> boolean", is_json_scalar, 0},
    {NULL},
};
