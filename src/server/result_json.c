/*
 * The column-wise JSON encoder.
 *
 * A column of n values becomes a Cells: the texts one after another, with n + 1 offsets. Nested
 * types encode their children first and join the children's cells; rows are put together last, cell
 * by cell.
 */
#include "server/result_json.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "expr/program.h"
#include "type/signature_json.h"

typedef struct Cells {
    ByteString text;
    uint32_t *offsets;
    int32_t capacity;
} Cells;

typedef struct ColumnEncoder {
    const Type *type;        /* of the values that arrive */
    ProgramState *to_text;   /* CAST to varchar or json; NULL for types written directly */
    bool quoted;             /* the cast's text goes in quotes */
    bool is_map_key;         /* always in quotes */
    ProgramState *to_legacy; /* CAST to the type an old client sees, before anything else; NULL when
                                it is the same */
    const Type *seen;        /* the type that is written */
    int32_t child_count;
    struct ColumnEncoder *children;
    Cells cells;
} ColumnEncoder;

struct ResultEncoder {
    int32_t column_count;
    ColumnEncoder columns[];
};

/* ---- types as an old client sees them ---- */

/* The type a client without PARAMETRIC_DATETIME gets: precision 3 at every depth. */
static const Type *legacy_type(const Type *type) {
    switch (type->kind) {
    case TYPE_TIME:
        return type_time(3, false);
    case TYPE_TIME_TZ:
        return type_time(3, true);
    case TYPE_TIMESTAMP:
        return type_timestamp(3, false);
    case TYPE_TIMESTAMP_TZ:
        return type_timestamp(3, true);
    case TYPE_ARRAY:
        return type_array(legacy_type(type->children[0]));
    case TYPE_MAP:
        return type_map(legacy_type(type->children[0]), legacy_type(type->children[1]));
    case TYPE_ROW: {
        const Type **fields = allocate(sizeof *fields * (size_t)type->child_count);
        for (int32_t i = 0; i < type->child_count; i++) {
            fields[i] = legacy_type(type->children[i]);
        }
        const Type *row = type_row(type->child_count, fields, type->field_names);
        free(fields);
        return row;
    }
    default:
        return type;
    }
}

/* ---- making the encoders ---- */

static Status compile_cast(Context *cx, const Type *from, const Type *to,
                           ProgramState **ret_state) {
    Symbol *symbol = arena_new(cx->arena, Symbol);
    *symbol = (Symbol){.name = "value", .type = from};
    const Symbol *input = symbol;
    const Expr *cast = expr_cast(cx->arena, expr_symbol(cx->arena, symbol), to);
    Program *program;
    TRY(program_compile(cx, 1, &cast, 1, &input, &program));
    *ret_state = program_state_create(program);
    return OK;
}

static bool is_written_directly(const Type *type) {
    switch (type->kind) {
    case TYPE_UNKNOWN:
    case TYPE_BOOLEAN:
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
    case TYPE_VARCHAR:
    case TYPE_CHAR:
    case TYPE_VARBINARY:
    case TYPE_JSON:
    case TYPE_HYPERLOGLOG:
    case TYPE_P4HYPERLOGLOG:
    case TYPE_SETDIGEST:
    case TYPE_TDIGEST:
    case TYPE_QDIGEST:
    case TYPE_COLOR:
        return true;
    default:
        return type->layout == LAYOUT_LIST || type->layout == LAYOUT_ROW ||
               type->layout == LAYOUT_STRING;
    }
}

static Status init_encoder(Context *cx, ColumnEncoder *encoder, const Type *type, bool is_map_key) {
    encoder->seen = type;
    encoder->is_map_key = is_map_key;
    if (!is_written_directly(type)) {
        bool is_float = type->kind == TYPE_DOUBLE || type->kind == TYPE_REAL;
        encoder->quoted = !is_float;
        TRY(compile_cast(cx, type, is_float ? type_simple(TYPE_JSON) : type_varchar_unbounded(),
                         &encoder->to_text));
    }
    if (type->layout == LAYOUT_LIST || type->layout == LAYOUT_ROW) {
        encoder->child_count = type->child_count;
        encoder->children =
            allocate_zeroed(sizeof *encoder->children * (size_t)(type->child_count + 1));
        for (int32_t i = 0; i < type->child_count; i++) {
            encoder->children[i].type = type->children[i];
            TRY(init_encoder(cx, &encoder->children[i], type->children[i],
                             type->kind == TYPE_MAP && i == 0));
        }
    }
    return OK;
}

Status result_encoder_create(Context *cx, int32_t column_count, const Type *const *types,
                             bool parametric_datetime, ResultEncoder **ret_encoder) {
    ResultEncoder *encoder =
        allocate_zeroed(sizeof *encoder + sizeof(ColumnEncoder) * (size_t)column_count);
    encoder->column_count = column_count;
    *ret_encoder = encoder;
    for (int32_t i = 0; i < column_count; i++) {
        ColumnEncoder *column = &encoder->columns[i];
        const Type *seen = parametric_datetime ? types[i] : legacy_type(types[i]);
        column->type = types[i];
        if (seen != types[i]) {
            TRY(compile_cast(cx, types[i], seen, &column->to_legacy));
        }
        TRY(init_encoder(cx, column, seen, false));
    }
    return OK;
}

static void done_encoder(ColumnEncoder *encoder) {
    for (int32_t i = 0; i < encoder->child_count; i++) {
        done_encoder(&encoder->children[i]);
    }
    free(encoder->children);
    program_state_free(encoder->to_text);
    program_state_free(encoder->to_legacy);
    byte_string_done(&encoder->cells.text);
    free(encoder->cells.offsets);
}

void result_encoder_free(ResultEncoder *encoder) {
    if (encoder == NULL) {
        return;
    }
    for (int32_t i = 0; i < encoder->column_count; i++) {
        done_encoder(&encoder->columns[i]);
    }
    free(encoder);
}

/* ---- text ---- */

/* Bytes that must be escaped inside JSON text: 0 none, else the letter after the backslash ('u':
 * \u00XX). */
static const char escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['\n'] = 'n', ['\t'] = 't', ['\r'] = 'r', ['\b'] = 'b',
    ['\f'] = 'f', [0] = 'u',     [1] = 'u',    [2] = 'u',    [3] = 'u',    [4] = 'u',
    [5] = 'u',    [6] = 'u',     [7] = 'u',    [11] = 'u',   [14] = 'u',   [15] = 'u',
    [16] = 'u',   [17] = 'u',    [18] = 'u',   [19] = 'u',   [20] = 'u',   [21] = 'u',
    [22] = 'u',   [23] = 'u',    [24] = 'u',   [25] = 'u',   [26] = 'u',   [27] = 'u',
    [28] = 'u',   [29] = 'u',    [30] = 'u',   [31] = 'u',
};

void result_append_string(ByteString *out, const char *bytes, size_t size) {
    static const char digits[] = "0123456789ABCDEF";
    byte_string_reserve(out, size * 6 + 2);
    char *to = out->data + out->size;
    *to++ = '"';
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];
        char escape = escapes[c];
        if (escape == 0) {
            *to++ = (char)c;
            continue;
        }
        *to++ = '\\';
        *to++ = escape;
        if (escape == 'u') {
            *to++ = '0';
            *to++ = '0';
            *to++ = digits[c >> 4];
            *to++ = digits[c & 15];
        }
    }
    *to++ = '"';
    out->size = (size_t)(to - out->data);
}

static void append_base64(ByteString *out, const char *bytes, size_t size) {
    byte_string_reserve(out, size / 3 * 4 + 8);
    byte_string_append_char(out, '"');
    out->size += (size_t)EVP_EncodeBlock((unsigned char *)out->data + out->size,
                                         (const unsigned char *)bytes, (int)size);
    byte_string_append_char(out, '"');
}

static void append_integer(ByteString *out, int64_t value) {
    char digits[20], *end = digits + sizeof digits, *next = end;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--next = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    byte_string_reserve(out, 21);
    if (value < 0) {
        out->data[out->size++] = '-';
    }
    memcpy(out->data + out->size, next, (size_t)(end - next));
    out->size += (size_t)(end - next);
}

/* char(n) is stored without its padding and sent with it. */
static void append_padded(ByteString *out, const StringView *value, int32_t length) {
    const char *bytes = string_data(value);
    int32_t characters = 0;
    for (uint32_t i = 0; i < value->length; i++) {
        characters += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    }
    result_append_string(out, bytes, value->length);
    out->size--;
    for (; characters < length; characters++) {
        byte_string_append_char(out, ' ');
    }
    byte_string_append_char(out, '"');
}

/* ---- cells ---- */

static void cells_start(Cells *cells, int32_t count) {
    cells->text.size = 0;
    if (count + 1 > cells->capacity) {
        cells->capacity = count + 1 + cells->capacity;
        cells->offsets =
            reallocate(cells->offsets, sizeof *cells->offsets * (size_t)cells->capacity);
    }
    cells->offsets[0] = 0;
}

static void append_cell(ByteString *out, const Cells *cells, int32_t index) {
    byte_string_append(out, cells->text.data + cells->offsets[index],
                       cells->offsets[index + 1] - cells->offsets[index]);
}

static int64_t integer_at(const VectorView *view, Layout layout, int32_t row) {
    switch (layout) {
    case LAYOUT_BYTE:
        return VIEW_VALUE(view, int8_t, row);
    case LAYOUT_SHORT:
        return VIEW_VALUE(view, int16_t, row);
    case LAYOUT_INT:
        return VIEW_VALUE(view, int32_t, row);
    default:
        return VIEW_VALUE(view, int64_t, row);
    }
}

static void append_scalar(ByteString *out, const Type *type, const VectorView *view, int32_t row) {
    switch (type->kind) {
    case TYPE_BOOLEAN:
        byte_string_append_text(out, VIEW_VALUE(view, uint8_t, row) ? "true" : "false");
        break;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        append_integer(out, integer_at(view, type->layout, row));
        break;
    case TYPE_CHAR:
        append_padded(out, &VIEW_VALUE(view, StringView, row), type->length);
        break;
    case TYPE_VARCHAR:
    case TYPE_JSON:
    case TYPE_COLOR: {
        const StringView *text = &VIEW_VALUE(view, StringView, row);
        result_append_string(out, string_data(text), text->length);
        break;
    }
    default: {
        const StringView *bytes = &VIEW_VALUE(view, StringView, row);
        append_base64(out, string_data(bytes), bytes->length);
    }
    }
}

/* Object keys are text: what is not already in quotes is put in them, nested keys as Java prints
 * lists. */
static void append_key(ByteString *out, const Cells *keys, int32_t index) {
    const char *text = keys->text.data + keys->offsets[index];
    size_t size = keys->offsets[index + 1] - keys->offsets[index];
    if (size > 0 && text[0] == '"') {
        byte_string_append(out, text, size);
        return;
    }
    byte_string_append_char(out, '"');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"') {
            continue;
        }
        byte_string_append_char(out, text[i]);
        if (text[i] == ',') {
            byte_string_append_char(out, ' ');
        }
    }
    byte_string_append_char(out, '"');
}

static void append_list(ByteString *out, const ColumnEncoder *encoder, ListEntry entry) {
    bool is_map = encoder->seen->kind == TYPE_MAP;
    byte_string_append_char(out, is_map ? '{' : '[');
    for (int32_t i = entry.offset; i < entry.offset + entry.length; i++) {
        if (i > entry.offset) {
            byte_string_append_char(out, ',');
        }
        if (is_map) {
            append_key(out, &encoder->children[0].cells, i);
            byte_string_append_char(out, ':');
        }
        append_cell(out, &encoder->children[is_map].cells, i);
    }
    byte_string_append_char(out, is_map ? '}' : ']');
}

static void append_row(ByteString *out, const ColumnEncoder *encoder, int32_t index) {
    byte_string_append_char(out, '[');
    for (int32_t i = 0; i < encoder->child_count; i++) {
        if (i > 0) {
            byte_string_append_char(out, ',');
        }
        append_cell(out, &encoder->children[i].cells, index);
    }
    byte_string_append_char(out, ']');
}

static Status cast_column(Context *cx, ProgramState *state, Vector *values, Vector **ret_cast) {
    Batch *batch = batch_create(1, values->length);
    batch->columns[0] = vector_ref(values);
    Status status = program_evaluate(cx, state, batch, ret_cast);
    batch_free(batch);
    return status;
}

static void append_value(ColumnEncoder *encoder, const VectorView *view, int32_t row) {
    ByteString *out = &encoder->cells.text;
    if (view->nulls != NULL && bitmap_get(view->nulls, view_index(view, row))) {
        byte_string_append(out, "null", 4);
    } else if (encoder->to_text != NULL) {
        const StringView *text = &VIEW_VALUE(view, StringView, row);
        byte_string_reserve(out, text->length + 3);
        if (encoder->quoted) {
            out->data[out->size++] = '"';
        }
        if (encoder->seen->kind == TYPE_DATE && text->length > 10 && string_data(text)[0] != '-') {
            out->data[out->size++] = '+'; /* years of five digits; CAST leaves it out */
        }
        memcpy(out->data + out->size, string_data(text), text->length);
        out->size += text->length;
        if (encoder->quoted) {
            out->data[out->size++] = '"';
        }
    } else if (encoder->seen->layout == LAYOUT_LIST) {
        append_list(out, encoder, VIEW_VALUE(view, ListEntry, row));
    } else if (encoder->seen->layout == LAYOUT_ROW) {
        append_row(out, encoder, view_index(view, row));
    } else {
        append_scalar(out, encoder->seen, view, row);
    }
}

static Status encode_column(Context *cx, ColumnEncoder *encoder, Vector *values) {
    Vector *text = NULL;
    if (encoder->to_text != NULL) {
        TRY(cast_column(cx, encoder->to_text, values, &text));
    }
    VectorView view = vector_view(text != NULL ? text : values);
    Status status = OK;
    for (int32_t i = 0; i < encoder->child_count && status == OK; i++) {
        status = encode_column(cx, &encoder->children[i], view.vector->children[i]);
    }
    if (status == OK) {
        cells_start(&encoder->cells, values->length);
        for (int32_t row = 0; row < values->length; row++) {
            append_value(encoder, &view, row);
            encoder->cells.offsets[row + 1] = (uint32_t)encoder->cells.text.size;
        }
    }
    vector_unref(text);
    return status;
}

static Status encode_result_column(Context *cx, ColumnEncoder *encoder, Vector *values) {
    if (encoder->to_legacy == NULL) {
        return encode_column(cx, encoder, values);
    }
    Vector *legacy;
    TRY(cast_column(cx, encoder->to_legacy, values, &legacy));
    Status status = encode_column(cx, encoder, legacy);
    vector_unref(legacy);
    return status;
}

Status result_encode_rows(Context *cx, ResultEncoder *encoder, const Batch *batch, ByteString *out,
                          int64_t *row_count) {
    size_t bytes = 0;
    for (int32_t i = 0; i < encoder->column_count; i++) {
        TRY(encode_result_column(cx, &encoder->columns[i], batch->columns[i]));
        bytes += encoder->columns[i].cells.text.size + (size_t)batch->row_count;
    }
    byte_string_reserve(out, bytes + 4 * (size_t)batch->row_count + 2);
    char *to = out->data + out->size;
    for (int32_t row = 0; row < batch->row_count; row++) {
        if (*row_count + row > 0) {
            *to++ = ',';
        }
        *to++ = '[';
        for (int32_t i = 0; i < encoder->column_count; i++) {
            const Cells *cells = &encoder->columns[i].cells;
            uint32_t start = cells->offsets[row], size = cells->offsets[row + 1] - start;
            if (i > 0) {
                *to++ = ',';
            }
            memcpy(to, cells->text.data + start, size);
            to += size;
        }
        *to++ = ']';
    }
    out->size = (size_t)(to - out->data);
    *row_count += batch->row_count;
    return OK;
}

void result_encode_columns(ByteString *out, int32_t column_count, const char *const *names,
                           const Type *const *types, bool parametric_datetime) {
    byte_string_append_text(out, "\"columns\":[");
    for (int32_t i = 0; i < column_count; i++) {
        byte_string_append_text(out, i > 0 ? ",{\"name\":" : "{\"name\":");
        result_append_string(out, names[i], strlen(names[i]));
        byte_string_append_text(out, ",\"type\":");
        ByteString display = {0};
        type_display_append(&display, types[i], parametric_datetime);
        result_append_string(out, display.data, display.size);
        byte_string_done(&display);
        byte_string_append_text(out, ",\"typeSignature\":");
        type_signature_json_append(out, types[i], parametric_datetime);
        byte_string_append_char(out, '}');
    }
    byte_string_append_char(out, ']');
}
