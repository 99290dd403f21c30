/*
 * Base name and arguments to type: the table of names and aliases, and which arguments each kind
 * takes.
 */
#include <string.h>
#include <strings.h>

#include "type/type_parse.h"
#include "type/type_text.h"

typedef struct Alias {
    const char *name;
    TypeKind kind;
} Alias;

static const Alias aliases[] = {
    {"int", TYPE_INTEGER},
    {"double precision", TYPE_DOUBLE},
    {"timestamp without time zone", TYPE_TIMESTAMP},
    {"time without time zone", TYPE_TIME},
};

static bool find_kind(const char *name, TypeKind *ret_kind) {
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (strcasecmp(aliases[i].name, name) == 0) {
            *ret_kind = aliases[i].kind;
            return true;
        }
    }
    for (int kind = 0; kind < TYPE_KIND_COUNT; kind++) {
        if (strcasecmp(type_base_name((TypeKind)kind), name) == 0) {
            *ret_kind = (TypeKind)kind;
            return true;
        }
    }
    return false;
}

static Status resolve_decimal(Context *cx, const int64_t *numbers, int32_t count,
                              const Type **ret_type) {
    int64_t precision = count > 0 ? numbers[0] : DECIMAL_PRECISION_MAX;
    int64_t scale = count > 1 ? numbers[1] : 0;
    if (precision < 1 || precision > DECIMAL_PRECISION_MAX) {
        return FAIL(cx, INVALID_FUNCTION_ARGUMENT,
                    "DECIMAL precision must be in range [1, 38]: %lld", (long long)precision);
    }
    if (scale < 0 || scale > precision) {
        return FAIL(cx, INVALID_FUNCTION_ARGUMENT,
                    "DECIMAL scale must be in range [0, precision (%lld)]: %lld",
                    (long long)precision, (long long)scale);
    }
    *ret_type = type_decimal((int32_t)precision, (int32_t)scale);
    return OK;
}

/* One optional number in 0 .. max: *ret_number, or -1 when it does not fit. */
static int64_t optional_number(const int64_t *numbers, int32_t count, int64_t absent, int64_t max) {
    int64_t number = count > 0 ? numbers[0] : absent;
    return count > 1 || number < 0 || number > max ? -1 : number;
}

/* Kinds whose arguments are all numbers. */
static Status resolve_numbers(Context *cx, TypeKind kind, const int64_t *numbers, int32_t count,
                              const Type **ret_type) {
    int64_t number;
    *ret_type = NULL;
    switch (kind) {
    case TYPE_DECIMAL:
        return count <= 2 ? resolve_decimal(cx, numbers, count, ret_type) : OK;
    case TYPE_VARCHAR:
        number = optional_number(numbers, count, VARCHAR_UNBOUNDED, VARCHAR_UNBOUNDED);
        *ret_type = number >= 0 ? type_varchar((int32_t)number) : NULL;
        return OK;
    case TYPE_CHAR:
        number = optional_number(numbers, count, 1, CHAR_LENGTH_MAX);
        *ret_type = number >= 0 ? type_char((int32_t)number) : NULL;
        return OK;
    case TYPE_TIME:
    case TYPE_TIME_TZ:
        number = optional_number(numbers, count, 3, TIME_PRECISION_MAX);
        *ret_type = number >= 0 ? type_time((int32_t)number, kind == TYPE_TIME_TZ) : NULL;
        return OK;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_TZ:
        number = optional_number(numbers, count, 3, TIME_PRECISION_MAX);
        *ret_type = number >= 0 ? type_timestamp((int32_t)number, kind == TYPE_TIMESTAMP_TZ) : NULL;
        return OK;
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_ROW:
    case TYPE_QDIGEST:
    case TYPE_FUNCTION:
        return OK;
    default:
        *ret_type = count == 0 ? type_simple(kind) : NULL;
        return OK;
    }
}

static const Type *resolve_nested(TypeKind kind, const Type *const *types, const char *const *names,
                                  int32_t count) {
    switch (kind) {
    case TYPE_ARRAY:
        return count == 1 ? type_array(types[0]) : NULL;
    case TYPE_QDIGEST:
        return count == 1 ? type_qdigest(types[0]) : NULL;
    case TYPE_MAP:
        return count == 2 ? type_map(types[0], types[1]) : NULL;
    case TYPE_ROW:
        return type_row(count, types, names);
    case TYPE_FUNCTION:
        return type_function(count - 1, types, types[count - 1]);
    default:
        return NULL;
    }
}

Status type_resolve(Context *cx, const char *base_name, const TypeArgument *arguments,
                    int32_t argument_count, const Type **ret_type) {
    TypeKind kind;
    *ret_type = NULL;
    if (!find_kind(base_name, &kind)) {
        return OK;
    }
    int32_t number_count = 0, type_count = 0;
    int64_t *numbers = arena_new_array(cx->arena, int64_t, argument_count);
    const Type **types = arena_new_array(cx->arena, const Type *, argument_count);
    const char **names = arena_new_array(cx->arena, const char *, argument_count);
    for (int32_t i = 0; i < argument_count; i++) {
        if (arguments[i].type == NULL) {
            numbers[number_count++] = arguments[i].number;
        } else {
            names[type_count] = arguments[i].name;
            types[type_count++] = arguments[i].type;
        }
    }
    if (type_count == 0) {
        return resolve_numbers(cx, kind, numbers, number_count, ret_type);
    }
    if (number_count == 0) {
        *ret_type = resolve_nested(kind, types, names, type_count);
    }
    return OK;
}
