/*
 * Which casts exist, and who computes them. Existence and fallibility are read off the kinds of the
 * two types; kernels are in one file per source family (cast_*.c), each with a function that gives
 * the kernel for a target or none.
 */
#include "function/cast.h"

#include "function/kernels/cast_family.h"

#define KIND_BIT(kind) ((uint64_t)1 << (kind))

static const uint64_t NUMBERS =
    KIND_BIT(TYPE_TINYINT) | KIND_BIT(TYPE_SMALLINT) | KIND_BIT(TYPE_INTEGER) |
    KIND_BIT(TYPE_BIGINT) | KIND_BIT(TYPE_REAL) | KIND_BIT(TYPE_DOUBLE) | KIND_BIT(TYPE_DECIMAL);
static const uint64_t TIMES = KIND_BIT(TYPE_TIME) | KIND_BIT(TYPE_TIME_TZ);
static const uint64_t TIMESTAMPS = KIND_BIT(TYPE_TIMESTAMP) | KIND_BIT(TYPE_TIMESTAMP_TZ);
static const uint64_t INTERNAL_TEXT = KIND_BIT(TYPE_JSON_PATH) | KIND_BIT(TYPE_REGEXP) |
                                      KIND_BIT(TYPE_LIKE_PATTERN) | KIND_BIT(TYPE_CODE_POINTS);

static bool kind_in(const Type *type, uint64_t kinds) {
    return (KIND_BIT(type->kind) & kinds) != 0;
}

/* Targets of casts whose legality does not depend on parameters or children. */
static uint64_t simple_targets(TypeKind from) {
    switch (from) {
    case TYPE_BOOLEAN:
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
    case TYPE_REAL:
    case TYPE_DOUBLE:
    case TYPE_DECIMAL:
        return NUMBERS | KIND_BIT(TYPE_BOOLEAN) | KIND_BIT(TYPE_VARCHAR);
    case TYPE_VARCHAR:
        return NUMBERS | TIMES | TIMESTAMPS | INTERNAL_TEXT | KIND_BIT(TYPE_BOOLEAN) |
               KIND_BIT(TYPE_DATE) | KIND_BIT(TYPE_CHAR) | KIND_BIT(TYPE_VARCHAR) |
               KIND_BIT(TYPE_VARBINARY) | KIND_BIT(TYPE_UUID) | KIND_BIT(TYPE_IPADDRESS);
    case TYPE_CHAR:
        return INTERNAL_TEXT | KIND_BIT(TYPE_VARCHAR) | KIND_BIT(TYPE_CHAR);
    case TYPE_VARBINARY:
        return KIND_BIT(TYPE_UUID) | KIND_BIT(TYPE_IPADDRESS) | KIND_BIT(TYPE_HYPERLOGLOG) |
               KIND_BIT(TYPE_QDIGEST) | KIND_BIT(TYPE_TDIGEST) | KIND_BIT(TYPE_SETDIGEST);
    case TYPE_DATE:
        return TIMESTAMPS | KIND_BIT(TYPE_VARCHAR);
    case TYPE_TIME:
    case TYPE_TIME_TZ:
        return TIMES | TIMESTAMPS | KIND_BIT(TYPE_VARCHAR);
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_TZ:
        return TIMES | TIMESTAMPS | KIND_BIT(TYPE_DATE) | KIND_BIT(TYPE_VARCHAR);
    case TYPE_INTERVAL_YEAR_MONTH:
    case TYPE_INTERVAL_DAY_SECOND:
        return KIND_BIT(TYPE_VARCHAR);
    case TYPE_UUID:
    case TYPE_IPADDRESS:
        return KIND_BIT(TYPE_VARCHAR) | KIND_BIT(TYPE_VARBINARY);
    case TYPE_HYPERLOGLOG:
        return KIND_BIT(TYPE_VARBINARY) | KIND_BIT(TYPE_P4HYPERLOGLOG);
    case TYPE_P4HYPERLOGLOG:
        return KIND_BIT(TYPE_HYPERLOGLOG);
    case TYPE_SETDIGEST:
        return KIND_BIT(TYPE_VARBINARY) | KIND_BIT(TYPE_HYPERLOGLOG);
    case TYPE_TDIGEST:
    case TYPE_QDIGEST:
        return KIND_BIT(TYPE_VARBINARY);
    default:
        return 0;
    }
}

bool cast_is_json_key(const Type *type) {
    return type->kind == TYPE_UNKNOWN ||
           kind_in(type, NUMBERS | KIND_BIT(TYPE_BOOLEAN) | KIND_BIT(TYPE_VARCHAR));
}

static bool all_children(const Type *type, bool (*holds)(const Type *)) {
    for (int32_t i = 0; i < type->child_count; i++) {
        if (!holds(type->children[i])) {
            return false;
        }
    }
    return true;
}

static bool can_become_json(const Type *type) {
    switch (type->kind) {
    case TYPE_ARRAY:
    case TYPE_ROW:
        return all_children(type, can_become_json);
    case TYPE_MAP:
        return cast_exists(type->children[0], type_varchar_unbounded()) &&
               can_become_json(type->children[1]);
    default:
        return cast_is_json_key(type) ||
               kind_in(type, KIND_BIT(TYPE_UNKNOWN) | KIND_BIT(TYPE_JSON) |
                                 KIND_BIT(TYPE_TIMESTAMP) | KIND_BIT(TYPE_DATE));
    }
}

static bool can_come_from_json(const Type *type) {
    switch (type->kind) {
    case TYPE_ARRAY:
    case TYPE_ROW:
        return all_children(type, can_come_from_json);
    case TYPE_MAP:
        return cast_exists(type_varchar_unbounded(), type->children[0]) &&
               can_come_from_json(type->children[1]);
    default:
        return cast_is_json_key(type) || type->kind == TYPE_JSON;
    }
}

bool cast_exists(const Type *from, const Type *to) {
    if (from == to || from->kind == TYPE_UNKNOWN) {
        return true;
    }
    if (to->kind == TYPE_JSON) {
        return can_become_json(from);
    }
    if (from->kind == TYPE_JSON) {
        return can_come_from_json(to);
    }
    if (from->child_count > 0 && from->kind == to->kind && from->kind != TYPE_FUNCTION) {
        if (from->child_count != to->child_count || from->kind == TYPE_QDIGEST) {
            return false;
        }
        for (int32_t i = 0; i < from->child_count; i++) {
            if (!cast_exists(from->children[i], to->children[i])) {
                return false;
            }
        }
        return true;
    }
    bool is_identifier = from->kind == TYPE_UUID || from->kind == TYPE_IPADDRESS;
    if (is_identifier && to->kind == TYPE_VARCHAR) {
        return to->length == VARCHAR_UNBOUNDED;
    }
    return kind_in(to, simple_targets(from->kind));
}

/* ---- fallibility ---- */

static int integer_rank(const Type *type) {
    bool is_integer = type->kind >= TYPE_TINYINT && type->kind <= TYPE_BIGINT;
    return is_integer ? (int)type->kind - TYPE_TINYINT + 1 : 0;
}

static bool number_may_fail(const Type *from, const Type *to) {
    static const int32_t INTEGER_DIGITS[] = {0, 3, 5, 10, 19};
    int rank = integer_rank(from);
    if (rank > 0) {
        if (integer_rank(to) > 0) {
            return integer_rank(to) < rank;
        }
        if (to->kind == TYPE_DECIMAL) {
            return to->precision - to->scale < INTEGER_DIGITS[rank];
        }
        return false;
    }
    if (from->kind == TYPE_DECIMAL && to->kind == TYPE_DECIMAL) {
        int32_t grows = from->scale > to->scale;
        return to->precision - to->scale < from->precision - from->scale + grows;
    }
    bool to_floating = to->kind == TYPE_REAL || to->kind == TYPE_DOUBLE;
    return !to_floating;
}

bool cast_may_fail(const Type *from, const Type *to) {
    if (from == to || from->kind == TYPE_UNKNOWN) {
        return false;
    }
    if (to->kind == TYPE_VARCHAR || to->kind == TYPE_CHAR) {
        bool unbounded = to->kind == TYPE_VARCHAR && to->length == VARCHAR_UNBOUNDED;
        return from->kind == TYPE_JSON || !(type_is_string(from) || unbounded);
    }
    if (kind_in(to, INTERNAL_TEXT)) {
        return false;
    }
    if (kind_in(from, NUMBERS)) {
        if (to->kind == TYPE_JSON || to->kind == TYPE_BOOLEAN) {
            return false;
        }
        return number_may_fail(from, to);
    }
    if (from->kind == TYPE_BOOLEAN) {
        return to->kind == TYPE_DECIMAL && to->precision == to->scale;
    }
    if (to->kind == TYPE_VARBINARY || from->kind == TYPE_DATE) {
        return to->kind == TYPE_TIMESTAMP_TZ;
    }
    if (kind_in(from, TIMES | TIMESTAMPS)) {
        return to->kind == TYPE_TIMESTAMP_TZ && from->kind != TYPE_TIMESTAMP_TZ;
    }
    if (to->kind == TYPE_JSON) {
        return false;
    }
    if (from->child_count > 0 && from->kind == to->kind && from->kind != TYPE_MAP) {
        for (int32_t i = 0; i < from->child_count; i++) {
            if (cast_may_fail(from->children[i], to->children[i])) {
                return true;
            }
        }
        return false;
    }
    return true;
}

Status cast_create(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    static const CastFamily FAMILIES[] = {
        cast_same,      cast_nested,        cast_to_json,
        cast_from_json, cast_among_numbers, cast_among_datetimes,
        cast_to_text,   cast_from_text,     cast_binary,
    };
    *ret_cast = (Cast){0};
    for (size_t i = 0; i < sizeof FAMILIES / sizeof *FAMILIES; i++) {
        Cast cast = {0};
        TRY(FAMILIES[i](cx, from, to, &cast));
        if (cast.kernel != NULL) {
            *ret_cast = cast;
            return OK;
        }
    }
    return FAIL(cx, GENERIC_INTERNAL_ERROR, "No cast from %s to %s", from->name, to->name);
}
