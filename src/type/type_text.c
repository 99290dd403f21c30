/*
 * Texts of types. One recursive writer with a style; the differences between the styles are all
 * visible in it.
 */
#include "type/type_text.h"

#include <string.h>
#include <strings.h>

static const char *const base_names[TYPE_KIND_COUNT] = {
    [TYPE_UNKNOWN] = "unknown",
    [TYPE_BOOLEAN] = "boolean",
    [TYPE_TINYINT] = "tinyint",
    [TYPE_SMALLINT] = "smallint",
    [TYPE_INTEGER] = "integer",
    [TYPE_BIGINT] = "bigint",
    [TYPE_REAL] = "real",
    [TYPE_DOUBLE] = "double",
    [TYPE_DECIMAL] = "decimal",
    [TYPE_VARCHAR] = "varchar",
    [TYPE_CHAR] = "char",
    [TYPE_VARBINARY] = "varbinary",
    [TYPE_DATE] = "date",
    [TYPE_TIME] = "time",
    [TYPE_TIME_TZ] = "time with time zone",
    [TYPE_TIMESTAMP] = "timestamp",
    [TYPE_TIMESTAMP_TZ] = "timestamp with time zone",
    [TYPE_INTERVAL_YEAR_MONTH] = "interval year to month",
    [TYPE_INTERVAL_DAY_SECOND] = "interval day to second",
    [TYPE_JSON] = "json",
    [TYPE_UUID] = "uuid",
    [TYPE_IPADDRESS] = "ipaddress",
    [TYPE_ARRAY] = "array",
    [TYPE_MAP] = "map",
    [TYPE_ROW] = "row",
    [TYPE_HYPERLOGLOG] = "HyperLogLog",
    [TYPE_P4HYPERLOGLOG] = "P4HyperLogLog",
    [TYPE_SETDIGEST] = "SetDigest",
    [TYPE_TDIGEST] = "tdigest",
    [TYPE_QDIGEST] = "qdigest",
    [TYPE_COLOR] = "color",
    [TYPE_JSON_PATH] = "JsonPath",
    [TYPE_JSON_2016] = "json2016",
    [TYPE_REGEXP] = "JoniRegExp",
    [TYPE_LIKE_PATTERN] = "LikePattern",
    [TYPE_CODE_POINTS] = "CodePoints",
    [TYPE_FUNCTION] = "function",
};

static const char *const reserved_words[] = {
    "ALTER",
    "AND",
    "AS",
    "AUTO",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "CONSTRAINT",
    "CREATE",
    "CROSS",
    "CUBE",
    "CURRENT_CATALOG",
    "CURRENT_DATE",
    "CURRENT_PATH",
    "CURRENT_ROLE",
    "CURRENT_SCHEMA",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "DEALLOCATE",
    "DELETE",
    "DESCRIBE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "END",
    "ESCAPE",
    "EXCEPT",
    "EXISTS",
    "EXTRACT",
    "FALSE",
    "FOR",
    "FROM",
    "FULL",
    "GROUP",
    "GROUPING",
    "HAVING",
    "IN",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTO",
    "IS",
    "JOIN",
    "JSON_ARRAY",
    "JSON_EXISTS",
    "JSON_OBJECT",
    "JSON_QUERY",
    "JSON_TABLE",
    "JSON_VALUE",
    "LEFT",
    "LIKE",
    "LISTAGG",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "NATURAL",
    "NORMALIZE",
    "NOT",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "OUTER",
    "PREPARE",
    "RECURSIVE",
    "RIGHT",
    "ROLLUP",
    "SELECT",
    "SKIP",
    "TABLE",
    "THEN",
    "TRIM",
    "TRUE",
    "UESCAPE",
    "UNION",
    "UNNEST",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "WITH",
};

const char *type_base_name(TypeKind kind) {
    return base_names[kind];
}

bool identifier_needs_quotes(const char *name) {
    if (name[0] == '\0' || (name[0] >= '0' && name[0] <= '9')) {
        return true;
    }
    for (const char *c = name; *c != '\0'; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || *c == '_' ||
                     (*c >= '0' && *c <= '9');
        if (!plain) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof reserved_words / sizeof *reserved_words; i++) {
        if (strcasecmp(reserved_words[i], name) == 0) {
            return true;
        }
    }
    return false;
}

void identifier_append_quoted(ByteString *text, const char *name) {
    byte_string_append_char(text, '"');
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '"') {
            byte_string_append_char(text, '"');
        }
        byte_string_append_char(text, *c);
    }
    byte_string_append_char(text, '"');
}

static void append_field_name(ByteString *text, const char *name, TypeTextStyle style) {
    bool quoted =
        style == TYPE_TEXT_SIGNATURE || (style != TYPE_TEXT_NAME && identifier_needs_quotes(name));
    if (quoted) {
        identifier_append_quoted(text, name);
    } else {
        byte_string_append_text(text, name);
    }
    byte_string_append_char(text, ' ');
}

static void append_children(ByteString *text, const Type *type, TypeTextStyle style) {
    const char *separator = style == TYPE_TEXT_SIGNATURE ? "," : ", ";
    byte_string_append_text(text, base_names[type->kind]);
    byte_string_append_char(text, '(');
    for (int32_t i = 0; i < type->child_count; i++) {
        if (i > 0) {
            byte_string_append_text(text, separator);
        }
        if (type->kind == TYPE_ROW && type->field_names[i] != NULL) {
            append_field_name(text, type->field_names[i], style);
        }
        type_text_append(text, type->children[i], style);
    }
    byte_string_append_char(text, ')');
}

static void append_datetime(ByteString *text, const Type *type, TypeTextStyle style) {
    bool zoned = type->kind == TYPE_TIME_TZ || type->kind == TYPE_TIMESTAMP_TZ;
    bool time = type->kind == TYPE_TIME || type->kind == TYPE_TIME_TZ;
    byte_string_append_text(text, time ? "time" : "timestamp");
    if (style != TYPE_TEXT_LEGACY_DISPLAY) {
        byte_string_printf(text, "(%d)", type->precision);
    }
    byte_string_append_text(text, zoned ? " with time zone" : "");
}

void type_text_append(ByteString *text, const Type *type, TypeTextStyle style) {
    const char *base = base_names[type->kind];
    bool display = style == TYPE_TEXT_DISPLAY || style == TYPE_TEXT_LEGACY_DISPLAY;
    switch (type->kind) {
    case TYPE_DECIMAL:
        byte_string_printf(text, display ? "decimal(%d, %d)" : "decimal(%d,%d)", type->precision,
                           type->scale);
        return;
    case TYPE_VARCHAR:
        byte_string_append_text(text, base);
        if (type->length != VARCHAR_UNBOUNDED) {
            byte_string_printf(text, "(%d)", type->length);
        }
        return;
    case TYPE_CHAR:
        byte_string_printf(text, "char(%d)", type->length);
        return;
    case TYPE_TIME:
    case TYPE_TIME_TZ:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_TZ:
        append_datetime(text, type, style);
        return;
    case TYPE_INTERVAL_YEAR_MONTH:
        byte_string_append_text(text, display ? "INTERVAL YEAR TO MONTH" : base);
        return;
    case TYPE_INTERVAL_DAY_SECOND:
        byte_string_append_text(text, display ? "INTERVAL DAY TO SECOND" : base);
        return;
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_ROW:
    case TYPE_QDIGEST:
        append_children(text, type, style);
        return;
    case TYPE_FUNCTION:
        append_children(text, type, TYPE_TEXT_SIGNATURE);
        return;
    default:
        byte_string_append_text(text, base);
    }
}
