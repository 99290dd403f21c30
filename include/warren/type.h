/*
 * SQL types. Immutable, interned for the life of the process: equal types are the same pointer.
 *
 * Layouts of one value in a flat vector (design.md, section 3):
 *   BYTE     1 byte: boolean (0/1), tinyint
 *   SHORT    int16: smallint
 *   INT      int32: integer, date (days since 1970-01-01), interval year to month (months); float
 * for real LONG     int64: bigint, short decimal (precision <= 18, unscaled), time(p) (picoseconds
 * of day), timestamp(p<=6) (microseconds since 1970-01-01 00:00:00), interval day to second
 * (milliseconds), timestamp(p<=3) with time zone (milliseconds UTC << 12 | zone key), time(p<=9)
 * with time zone (nanoseconds of day, local << 11 | (offset minutes & 0x7ff)); double WIDE     16
 * bytes: long decimal (__int128 unscaled), uuid and ipaddress (unsigned __int128, first byte most
 *            significant), Timestamp12, TimestampTz12, TimeTz12 (below)
 *   STRING   16-byte StringView: varchar, char (stored without trailing spaces), varbinary, json
 * (canonical text), sketches and other extension types (their serialised bytes) LIST     ListEntry
 * over child vectors: array (1 child), map (2 children: keys, values) ROW      no value of its own;
 * one child vector per field, as long as the row vector Type UNKNOWN (a bare NULL) has layout BYTE
 * and only nulls.
 */
#pragma once

#include "warren/memory.h"

typedef enum TypeKind {
    TYPE_UNKNOWN,
    TYPE_BOOLEAN,
    TYPE_TINYINT,
    TYPE_SMALLINT,
    TYPE_INTEGER,
    TYPE_BIGINT,
    TYPE_REAL,
    TYPE_DOUBLE,
    TYPE_DECIMAL, /* precision, scale */
    TYPE_VARCHAR, /* length in code points; VARCHAR_UNBOUNDED */
    TYPE_CHAR,    /* length */
    TYPE_VARBINARY,
    TYPE_DATE,
    TYPE_TIME, /* precision 0..12 */
    TYPE_TIME_TZ,
    TYPE_TIMESTAMP,
    TYPE_TIMESTAMP_TZ,
    TYPE_INTERVAL_YEAR_MONTH,
    TYPE_INTERVAL_DAY_SECOND,
    TYPE_JSON,
    TYPE_UUID,
    TYPE_IPADDRESS,
    TYPE_ARRAY, /* children[0] */
    TYPE_MAP,   /* children[0] keys, children[1] values */
    TYPE_ROW,   /* children, field_names */
    TYPE_HYPERLOGLOG,
    TYPE_P4HYPERLOGLOG,
    TYPE_SETDIGEST,
    TYPE_TDIGEST,
    TYPE_QDIGEST, /* children[0] */
    TYPE_COLOR,
    TYPE_JSON_PATH,    /* internal: varchar coerced for json_extract and friends */
    TYPE_JSON_2016,    /* internal: input and output of the SQL/JSON functions */
    TYPE_REGEXP,       /* internal: JoniRegExp; stored as its pattern text */
    TYPE_LIKE_PATTERN, /* internal */
    TYPE_CODE_POINTS,  /* internal */
    TYPE_FUNCTION,     /* lambda: children = argument types then result type */
    TYPE_KIND_COUNT,
} TypeKind;

typedef enum Layout {
    LAYOUT_BYTE,
    LAYOUT_SHORT,
    LAYOUT_INT,
    LAYOUT_LONG,
    LAYOUT_WIDE,
    LAYOUT_STRING,
    LAYOUT_LIST,
    LAYOUT_ROW
} Layout;

enum {
    VARCHAR_UNBOUNDED = 2147483647,
    CHAR_LENGTH_MAX = 65536,
    DECIMAL_PRECISION_MAX = 38,
    DECIMAL_SHORT_PRECISION_MAX = 18,
    TIME_PRECISION_MAX = 12
};

typedef struct Type {
    TypeKind kind;
    Layout layout;
    uint8_t width;     /* bytes of a value in a flat vector; 0 for ROW */
    bool comparable;   /* =, GROUP BY, DISTINCT */
    bool orderable;    /* <, ORDER BY, min */
    int32_t precision; /* decimal, time and timestamp kinds */
    int32_t scale;     /* decimal */
    int32_t length;    /* varchar, char */
    int32_t child_count;
    const struct Type *const *children;
    const char *const *field_names; /* ROW: child_count names, each NULL when the field has none */
    const char
        *name; /* as typeof() and messages print it: "decimal(3,2)", "map(varchar, bigint)" */
    const char *display;   /* as a result column shows it: "decimal(3, 2)", upper case intervals */
    const char *signature; /* as "Unexpected parameters (...)" prints it: "map(varchar,bigint)" */
} Type;

typedef struct Timestamp12 {
    int64_t micros;
    int32_t picos;
    int32_t zero;
} Timestamp12; /* timestamp(p>6); picos 0..999999 */
typedef struct TimestampTz12 {
    int64_t packed;
    int32_t picos;
    int32_t zero;
} TimestampTz12; /* timestamp(p>3) tz: millis<<12|zone; picos of the millisecond 0..999999999 */
typedef struct TimeTz12 {
    int64_t picos;
    int32_t offset_minutes;
    int32_t zero;
} TimeTz12; /* time(p>9) tz, local picos of day */

/* Types without parameters. */
const Type *type_simple(TypeKind kind);
const Type *type_decimal(int32_t precision, int32_t scale);
const Type *type_varchar(int32_t length);
const Type *type_varchar_unbounded(void);
const Type *type_char(int32_t length);
const Type *type_time(int32_t precision, bool with_time_zone);
const Type *type_timestamp(int32_t precision, bool with_time_zone);
const Type *type_array(const Type *element);
const Type *type_map(const Type *key, const Type *value);
const Type *type_row(int32_t count, const Type *const *fields,
                     const char *const *names); /* names NULL: none named */
const Type *type_qdigest(const Type *element);
const Type *type_function(int32_t argument_count, const Type *const *arguments, const Type *result);

static inline bool type_is_short_decimal(const Type *type) {
    return type->kind == TYPE_DECIMAL && type->precision <= DECIMAL_SHORT_PRECISION_MAX;
}

static inline bool type_is_string(const Type *type) {
    return type->kind == TYPE_VARCHAR || type->kind == TYPE_CHAR;
}
