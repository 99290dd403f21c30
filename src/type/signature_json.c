/*
 * The protocol's typeSignature. Its rawType for parametric datetimes is the same with and without
 * precision; clients that did not announce PARAMETRIC_DATETIME get no arguments, as Trino has it.
 */
#include "type/signature_json.h"

#include "type/type_text.h"

static bool is_datetime(const Type *type) {
    return type->kind >= TYPE_TIME && type->kind <= TYPE_TIMESTAMP_TZ;
}

static void append_json_string(ByteString *json, const char *text) {
    byte_string_append_char(json, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            byte_string_append_char(json, '\\');
            byte_string_append_char(json, *c);
        } else if ((unsigned char)*c < 0x20) {
            byte_string_printf(json, "\\u%04X", (unsigned)*c);
        } else {
            byte_string_append_char(json, *c);
        }
    }
    byte_string_append_char(json, '"');
}

static void append_number(ByteString *json, int32_t number) {
    byte_string_printf(json, "{\"kind\":\"LONG\",\"value\":%d}", number);
}

static void append_child(ByteString *json, const Type *type, int32_t i, bool parametric) {
    if (i > 0) {
        byte_string_append_char(json, ',');
    }
    if (type->kind != TYPE_ROW) {
        byte_string_append_text(json, "{\"kind\":\"TYPE\",\"value\":");
        type_signature_json_append(json, type->children[i], parametric);
        byte_string_append_char(json, '}');
        return;
    }
    byte_string_append_text(json, "{\"kind\":\"NAMED_TYPE\",\"value\":{");
    if (type->field_names[i] != NULL) {
        byte_string_append_text(json, "\"fieldName\":{\"name\":");
        append_json_string(json, type->field_names[i]);
        byte_string_append_text(json, "},");
    }
    byte_string_append_text(json, "\"typeSignature\":");
    type_signature_json_append(json, type->children[i], parametric);
    byte_string_append_text(json, "}}");
}

void type_signature_json_append(ByteString *json, const Type *type, bool parametric) {
    byte_string_append_text(json, "{\"rawType\":\"");
    byte_string_append_text(json, type_base_name(type->kind));
    byte_string_append_text(json, "\",\"arguments\":[");
    if (type_is_string(type)) {
        append_number(json, type->length);
    } else if (type->kind == TYPE_DECIMAL) {
        append_number(json, type->precision);
        byte_string_append_char(json, ',');
        append_number(json, type->scale);
    } else if (is_datetime(type) && parametric) {
        append_number(json, type->precision);
    }
    for (int32_t i = 0; i < type->child_count; i++) {
        append_child(json, type, i, parametric);
    }
    byte_string_append_text(json, "]}");
}

void type_display_append(ByteString *text, const Type *type, bool parametric) {
    type_text_append(text, type, parametric ? TYPE_TEXT_DISPLAY : TYPE_TEXT_LEGACY_DISPLAY);
}

int32_t type_jdbc_code(const Type *type) {
    switch (type->kind) {
    case TYPE_BOOLEAN:
        return 16;
    case TYPE_TINYINT:
        return -6;
    case TYPE_SMALLINT:
        return 5;
    case TYPE_INTEGER:
        return 4;
    case TYPE_BIGINT:
        return -5;
    case TYPE_REAL:
        return 7;
    case TYPE_DOUBLE:
        return 8;
    case TYPE_DECIMAL:
        return 3;
    case TYPE_CHAR:
        return 1;
    case TYPE_VARCHAR:
        return 12;
    case TYPE_VARBINARY:
        return -3;
    case TYPE_DATE:
        return 91;
    case TYPE_TIME:
        return 92;
    case TYPE_TIME_TZ:
        return 2013;
    case TYPE_TIMESTAMP:
        return 93;
    case TYPE_TIMESTAMP_TZ:
        return 2014;
    case TYPE_ARRAY:
        return 2003;
    default:
        return 2000;
    }
}
