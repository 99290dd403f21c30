/*
 * format(): java.util.Formatter over the values of a row. Integers are Java's Long, decimals
 * BigDecimal, dates and timestamps the classes of java.time; what else can be cast to varchar is a
 * String.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/double_text.h"
#include "base/timezone.h"
#include "function/cast.h"
#include "function/scalar/decimal_values.h"
#include "function/scalar/elements.h"
#include "function/scalar/format_number.h"
#include "function/scalar/datetime_pattern.h"
#include "function/scalar/utf8.h"

/* One %-specification. */
typedef struct Specification {
    const char *text; /* from the percent sign */
    size_t size;
    FormatFlags flags;
    int32_t index;           /* explicit, from 1; 0: the next, -1: the last one again */
    char conversion, suffix; /* suffix of t */
} Specification;

/* What a row is being formatted with. */
typedef struct FormatCall {
    KernelCall *call;
    int32_t row;
    const VectorView *view; /* of the row argument */
    const Type *type;
    int32_t next, last;
    ByteString *out;
    const char *problem;
} FormatCall;

static bool fail(FormatCall *format, const char *kind, const char *detail) {
    format->problem = arena_printf(format->call->cx->arena, "%s: %s", kind, detail);
    return false;
}

/* ---- the language ---- */

static bool parse_flag(FormatFlags *flags, char c) {
    switch (c) {
    case '-':
        return flags->left = true;
    case '+':
        return flags->plus = true;
    case ' ':
        return flags->space = true;
    case '0':
        return flags->zero = true;
    case ',':
        return flags->group = true;
    case '(':
        return flags->parentheses = true;
    case '#':
        return flags->alternate = true;
    default:
        return false;
    }
}

static int32_t parse_digits(const char *text, size_t size, size_t *at) {
    int32_t value = 0;
    while (*at < size && isdigit((unsigned char)text[*at]) && value < 100000000) {
        value = value * 10 + (text[(*at)++] - '0');
    }
    return value;
}

/* The specification after the percent sign at text[0]. */
static bool parse_specification(FormatCall *format, const char *text, size_t size,
                                Specification *spec) {
    size_t at = 1;
    *spec = (Specification){.text = text, .flags = {.width = -1, .precision = -1}};
    size_t digits = at;
    int32_t number = parse_digits(text, size, &digits);
    if (digits > at && digits < size && text[digits] == '$') {
        spec->index = number;
        at = digits + 1;
    } else if (at < size && text[at] == '<') {
        spec->index = -1;
        at++;
    }
    while (at < size && parse_flag(&spec->flags, text[at])) {
        at++;
    }
    if (at < size && isdigit((unsigned char)text[at])) {
        spec->flags.width = parse_digits(text, size, &at);
    }
    if (at + 1 < size && text[at] == '.' && isdigit((unsigned char)text[at + 1])) {
        at++;
        spec->flags.precision = parse_digits(text, size, &at);
    }
    spec->conversion = at < size ? text[at++] : '%';
    bool is_time = spec->conversion == 't' || spec->conversion == 'T';
    if (is_time && at < size) {
        spec->suffix = text[at++];
    }
    spec->size = at;
    if (size < 2 || strchr("bBhHsScCdoxXeEfgGaAtT%n", spec->conversion) == NULL) {
        return fail(format, "UnknownFormatConversion",
                    arena_printf(format->call->cx->arena, "Conversion = '%c'", spec->conversion));
    }
    return true;
}

/* ---- values ---- */

static const char *java_class(const Type *type) {
    switch (type->kind) {
    case TYPE_BOOLEAN:
        return "java.lang.Boolean";
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        return "java.lang.Long";
    case TYPE_REAL:
        return "java.lang.Float";
    case TYPE_DOUBLE:
        return "java.lang.Double";
    case TYPE_DECIMAL:
        return "java.math.BigDecimal";
    case TYPE_DATE:
        return "java.time.LocalDate";
    case TYPE_TIME:
        return "java.time.LocalTime";
    case TYPE_TIMESTAMP:
        return "java.time.LocalDateTime";
    case TYPE_TIMESTAMP_TZ:
        return "java.time.ZonedDateTime";
    default:
        return "java.lang.String";
    }
}

static bool is_integer(const Type *type) {
    return type->kind >= TYPE_TINYINT && type->kind <= TYPE_BIGINT;
}

static bool is_moment(const Type *type) {
    return type->kind == TYPE_DATE || type->kind == TYPE_TIME || type->kind == TYPE_TIMESTAMP ||
           type->kind == TYPE_TIMESTAMP_TZ;
}

static int64_t integer_value(const VectorView *view, const Type *type, int32_t row) {
    return type->width == 1   ? VIEW_VALUE(view, int8_t, row)
           : type->width == 2 ? VIEW_VALUE(view, int16_t, row)
           : type->width == 4 ? VIEW_VALUE(view, int32_t, row)
                              : VIEW_VALUE(view, int64_t, row);
}

/* hh:mm[:ss[.fraction in groups of three]], as java.time's toString. */
static void append_java_time(const Moment *moment, ByteString *out) {
    int64_t second = moment_second_of_day(moment);
    int64_t nanos = moment->picos / 1000;
    byte_string_printf(out, "%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60));
    if (second % 60 != 0 || nanos != 0) {
        byte_string_printf(out, ":%02d", (int)(second % 60));
    }
    if (nanos != 0) {
        int digits = nanos % 1000000 == 0 ? 3 : nanos % 1000 == 0 ? 6 : 9;
        char text[24];
        snprintf(text, sizeof text, "%09ld", (long)nanos);
        byte_string_printf(out, ".%.*s", digits, text);
    }
}

static void append_java_moment(const VectorView *view, const Type *type, int32_t row,
                               ByteString *out) {
    Moment moment = moment_at(view, type, row);
    if (type->kind != TYPE_TIME) {
        CivilDate civil = civil_from_days(moment_day(&moment));
        byte_string_printf(out, "%s%04ld-%02d-%02d",
                           civil.year > 9999 ? "+"
                           : civil.year < 0  ? "-"
                                             : "",
                           labs((long)civil.year), civil.month, civil.day);
    }
    if (type->kind != TYPE_DATE) {
        byte_string_append_text(out, type->kind == TYPE_TIME ? "" : "T");
        append_java_time(&moment, out);
    }
    if (type->kind == TYPE_TIMESTAMP_TZ) {
        int32_t minutes = abs(moment.offset) / 60;
        const char *zone = timezone_name(moment.zone);
        if (moment.offset == 0) {
            byte_string_append_char(out, 'Z');
        } else {
            byte_string_printf(out, "%c%02d:%02d", moment.offset < 0 ? '-' : '+', minutes / 60,
                               minutes % 60);
        }
        if (isalpha((unsigned char)zone[0])) {
            byte_string_printf(out, "[%s]", zone);
        }
    }
}

/* The value's toString. */
static void append_java_text(FormatCall *format, const Vector *vector, const Type *type,
                             int32_t row, ByteString *out) {
    VectorView view = vector_view(vector);
    char text[INT128_TEXT_MAX]; /* longer than any double's */
    int length;
    switch (type->kind) {
    case TYPE_BOOLEAN:
        byte_string_append_text(out, VIEW_VALUE(&view, uint8_t, row) ? "true" : "false");
        return;
    case TYPE_REAL:
        length = real_print(VIEW_VALUE(&view, float, row), text);
        byte_string_append(out, text, (size_t)length);
        return;
    case TYPE_DOUBLE:
        length = double_print(VIEW_VALUE(&view, double, row), text);
        byte_string_append(out, text, (size_t)length);
        return;
    case TYPE_DECIMAL:
        length = decimal_print(decimal_at(&view, type, row), type->scale, text);
        byte_string_append(out, text, (size_t)length);
        return;
    case TYPE_JSON: {
        const StringView *json = &VIEW_VALUE(&view, StringView, row);
        byte_string_append(out, string_data(json), json->length);
        return;
    }
    default:
        if (is_moment(type)) {
            append_java_moment(&view, type, row, out);
        } else {
            byte_string_append_text(out, element_text(format->call, type, vector, row));
        }
    }
}

/* ---- conversions ---- */

static bool format_text(FormatCall *format, const Specification *spec, const char *text,
                        size_t size) {
    size_t kept =
        spec->flags.precision >= 0 ? utf8_offset(text, size, spec->flags.precision) : size;
    char *copy = arena_strndup(format->call->cx->arena, text, kept);
    for (size_t i = 0; isupper((unsigned char)spec->conversion) && i < kept; i++) {
        copy[i] = (char)toupper((unsigned char)copy[i]);
    }
    format_padded(copy, kept, &spec->flags, format->out);
    return true;
}

static bool format_integer(FormatCall *format, const Specification *spec, int64_t value) {
    if (spec->conversion == 'd') {
        DecimalDigits digits = decimal_digits_of(value, 0);
        format_digits(&digits, 'd', &spec->flags, format->out);
        return true;
    }
    char text[32];
    const char *prefix = !spec->flags.alternate ? "" : spec->conversion == 'o' ? "0" : "0x";
    int length = spec->conversion == 'o'
                     ? snprintf(text, sizeof text, "%s%lo", prefix, (unsigned long)value)
                     : snprintf(text, sizeof text, "%s%lx", prefix, (unsigned long)value);
    for (int i = length; spec->flags.zero && i < spec->flags.width; i++) {
        byte_string_append_char(format->out, '0');
    }
    Specification plain = *spec;
    plain.flags.width = spec->flags.zero ? -1 : spec->flags.width;
    plain.flags.precision = -1;
    return format_text(format, &plain, text, (size_t)length);
}

static bool format_floating(FormatCall *format, const Specification *spec, const VectorView *view,
                            const Type *type, int32_t row) {
    char conversion = (char)tolower((unsigned char)spec->conversion);
    DecimalDigits digits;
    if (type->kind == TYPE_DECIMAL) {
        digits = decimal_digits_of(decimal_at(view, type, row), type->scale);
    } else {
        double value =
            type->kind == TYPE_REAL ? VIEW_VALUE(view, float, row) : VIEW_VALUE(view, double, row);
        if (!isfinite(value)) {
            const char *text = isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
            format_padded(text, strlen(text), &spec->flags, format->out);
            return true;
        }
        digits = decimal_digits_of_double(value);
    }
    size_t start = format->out->size;
    format_digits(&digits, conversion, &spec->flags, format->out);
    for (size_t i = start; conversion != spec->conversion && i < format->out->size; i++) {
        format->out->data[i] = (char)toupper((unsigned char)format->out->data[i]);
    }
    return true;
}

/* Patterns of the letters after t, in the language of datetime_pattern.h. */
static const char *time_pattern(char suffix) {
    static const struct {
        char suffix;
        const char *pattern;
    } patterns[] = {{'Y', "yyyy"},       {'y', "yy"},
                    {'m', "MM"},         {'d', "dd"},
                    {'e', "d"},          {'B', "MMMM"},
                    {'b', "MMM"},        {'h', "MMM"},
                    {'A', "EEEE"},       {'a', "EEE"},
                    {'j', "DDD"},        {'H', "HH"},
                    {'k', "H"},          {'I', "hh"},
                    {'l', "h"},          {'M', "mm"},
                    {'S', "ss"},         {'L', "SSS"},
                    {'N', "SSSSSSSSS"},  {'p', "a"},
                    {'z', "Z"},          {'Z', "z"},
                    {'R', "HH:mm"},      {'T', "HH:mm:ss"},
                    {'r', "hh:mm:ss a"}, {'D', "MM/dd/yy"},
                    {'F', "yyyy-MM-dd"}, {'c', "EEE MMM dd HH:mm:ss z yyyy"}};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        if (patterns[i].suffix == suffix) {
            return patterns[i].pattern;
        }
    }
    return NULL;
}

static bool format_time(FormatCall *format, const Specification *spec, const VectorView *view,
                        const Type *type, int32_t row) {
    Arena *arena = format->call->cx->arena;
    const char *text = time_pattern(spec->suffix), *problem;
    if (text == NULL) {
        return fail(format, "UnknownFormatConversion",
                    arena_printf(arena, "Conversion = 't%c'", spec->suffix));
    }
    DateTimePattern *pattern = pattern_of_joda(arena, text, strlen(text), &problem);
    Moment moment = moment_at(view, type, row);
    ByteString printed = {0};
    pattern_print(pattern, &moment, type->kind == TYPE_TIMESTAMP_TZ, &printed);
    if (spec->suffix == 'p') { /* Java's is in lower case */
        for (size_t i = 0; i < printed.size; i++) {
            printed.data[i] = (char)tolower((unsigned char)printed.data[i]);
        }
    }
    bool good = format_text(format, spec, byte_string_text(&printed), printed.size);
    byte_string_done(&printed);
    return good;
}

static uint32_t java_hash(const char *text, size_t size) {
    uint32_t hash = 0;
    for (size_t at = 0; at < size;) {
        int32_t c = utf8_next(text, size, &at);
        if (c >= 0x10000) {
            hash = hash * 31 + (uint32_t)(0xD800 + ((c - 0x10000) >> 10));
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        hash = hash * 31 + (uint32_t)c;
    }
    return hash;
}

static bool fail_conversion(FormatCall *format, const Specification *spec, const Type *type) {
    return fail(
        format, "IllegalFormatConversion",
        arena_printf(format->call->cx->arena, "%c != %s", spec->conversion, java_class(type)));
}

static bool format_as_text(FormatCall *format, const Specification *spec, const Vector *vector,
                           const Type *type, int32_t row) {
    ByteString text = {0};
    append_java_text(format, vector, type, row, &text);
    char hash[16];
    if (tolower((unsigned char)spec->conversion) == 'h') {
        int length =
            snprintf(hash, sizeof hash, "%x", java_hash(byte_string_text(&text), text.size));
        format_text(format, spec, hash, (size_t)length);
    } else {
        format_text(format, spec, byte_string_text(&text), text.size);
    }
    byte_string_done(&text);
    return true;
}

static bool format_value(FormatCall *format, const Specification *spec, int32_t field) {
    const Type *type = format->type->children[field];
    const Vector *vector = format->view->vector->children[field];
    int32_t row = view_index(format->view, format->row);
    VectorView view = vector_view(vector);
    char conversion = (char)tolower((unsigned char)spec->conversion);
    bool null = view_is_null(&view, row);
    if (conversion == 'b') {
        bool value = !null && (type->kind != TYPE_BOOLEAN || VIEW_VALUE(&view, uint8_t, row));
        return format_text(format, spec, value ? "true" : "false", value ? 4 : 5);
    }
    if (null) {
        return format_text(format, spec, "null", 4);
    }
    switch (conversion) {
    case 's':
    case 'h':
        return format_as_text(format, spec, vector, type, row);
    case 'd':
    case 'o':
    case 'x':
        return is_integer(type) ? format_integer(format, spec, integer_value(&view, type, row))
                                : fail_conversion(format, spec, type);
    case 'e':
    case 'f':
    case 'g':
        return type->kind == TYPE_REAL || type->kind == TYPE_DOUBLE || type->kind == TYPE_DECIMAL
                   ? format_floating(format, spec, &view, type, row)
                   : fail_conversion(format, spec, type);
    case 't':
        return is_moment(type) ? format_time(format, spec, &view, type, row)
                               : fail_conversion(format, spec, type);
    default:
        return fail_conversion(format, spec, type);
    }
}

static bool format_specification(FormatCall *format, const Specification *spec) {
    if (spec->conversion == '%' || spec->conversion == 'n') {
        return format_text(format, spec, spec->conversion == 'n' ? "\n" : "%", 1);
    }
    int32_t field = spec->index > 0   ? spec->index - 1
                    : spec->index < 0 ? format->last
                                      : format->next++;
    if (field < 0 || field >= format->type->child_count) {
        return fail(format, "MissingFormatArgument",
                    arena_printf(format->call->cx->arena, "Format specifier '%.*s'",
                                 (int)spec->size, spec->text));
    }
    format->last = field;
    return format_value(format, spec, field);
}

static bool format_row(FormatCall *format, const char *text, size_t size) {
    for (size_t at = 0; at < size;) {
        if (text[at] != '%') {
            byte_string_append_char(format->out, text[at++]);
            continue;
        }
        Specification spec;
        if (!parse_specification(format, text + at, size - at, &spec) ||
            !format_specification(format, &spec)) {
            return false;
        }
        at += spec.size;
    }
    return true;
}

static Status format_values(KernelCall *call) {
    ByteString out = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = string_argument(call, 0, row);
        FormatCall format = {.call = call,
                             .row = row,
                             .view = &call->arguments[1],
                             .type = call->function->argument_types[1],
                             .last = -1,
                             .out = &out};
        out.size = 0;
        if (format_row(&format, string_data(text), text->length)) {
            return_string(call, row, byte_string_text(&out), out.size);
        } else {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid format string: %.*s (%s)",
                        (int)text->length, string_data(text), format.problem);
        }
    }
    byte_string_done(&out);
    return OK;
}

static Status check_types(Context *cx, const FunctionBinding *binding, void **ret_state) {
    const Type *row = binding->function->argument_types[1];
    *ret_state = NULL;
    for (int32_t i = 0; i < row->child_count; i++) {
        const Type *type = row->children[i];
        if (type->kind != TYPE_UNKNOWN && type->kind != TYPE_JSON && type->kind != TYPE_VARCHAR &&
            !cast_exists(type, type_varchar_unbounded())) {
            return FAIL(cx, NOT_SUPPORTED, "Type not supported for formatting: %s", type->name);
        }
    }
    return OK;
}

const ScalarFunction format_functions[] = {
    {"$format", "<T>(varchar, T) -> varchar", format_values, FUNCTION_HIDDEN, NULL, check_types},
    {NULL},
};
