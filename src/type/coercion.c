/*
 * Implicit coercions. Everything follows from one comparison of two types, `compare`, which gives
 * their common super type and whether that is the second type, that is, whether the first can be
 * coerced to it.
 */
#include "type/coercion.h"

#include <stdlib.h>
#include <string.h>
#include <string.h>

#include "base/allocate.h"

typedef struct Compatibility {
    const Type *common; /* NULL: none */
    bool coercible;
} Compatibility;

static Compatibility compare(const Type *from, const Type *to);

static int32_t max_of(int32_t a, int32_t b) {
    return a > b ? a : b;
}

static int32_t min_of(int32_t a, int32_t b) {
    return a < b ? a : b;
}

static Compatibility compatible(const Type *common, bool coercible) {
    return (Compatibility){.common = common, .coercible = coercible};
}

static const Type *common_decimal(const Type *a, const Type *b) {
    int32_t scale = max_of(a->scale, b->scale);
    int32_t integer_digits = max_of(a->precision - a->scale, b->precision - b->scale);
    return type_decimal(min_of(DECIMAL_PRECISION_MAX, integer_digits + scale), scale);
}

/* Arrays, maps and rows child by child; a row keeps a field name that both sides agree on. */
static Compatibility compare_children(const Type *from, const Type *to) {
    if (from->child_count != to->child_count) {
        return compatible(NULL, false);
    }
    int32_t count = from->child_count;
    const Type **children = allocate((size_t)count * sizeof *children);
    const char **names = allocate_zeroed((size_t)count * sizeof *names);
    bool coercible = true, related = true;
    for (int32_t i = 0; related && i < count; i++) {
        Compatibility child = compare(from->children[i], to->children[i]);
        related = child.common != NULL;
        coercible &= child.coercible;
        children[i] = child.common;
        if (from->kind == TYPE_ROW && from->field_names[i] != NULL && to->field_names[i] != NULL &&
            strcmp(from->field_names[i], to->field_names[i]) == 0) {
            names[i] = from->field_names[i];
        }
    }
    const Type *common = NULL;
    if (related) {
        common = from->kind == TYPE_ARRAY ? type_array(children[0])
                 : from->kind == TYPE_MAP ? type_map(children[0], children[1])
                                          : type_row(count, children, names);
    }
    free(children);
    free(names);
    return compatible(common, related && coercible);
}

static Compatibility compare_same_kind(const Type *from, const Type *to) {
    const Type *common = NULL;
    switch (from->kind) {
    case TYPE_DECIMAL:
        common = common_decimal(from, to);
        break;
    case TYPE_VARCHAR:
        common = type_varchar(max_of(from->length, to->length));
        break;
    case TYPE_CHAR:
        common = type_char(max_of(from->length, to->length));
        break;
    case TYPE_TIME:
    case TYPE_TIME_TZ:
        common = type_time(max_of(from->precision, to->precision), from->kind == TYPE_TIME_TZ);
        break;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_TZ:
        common =
            type_timestamp(max_of(from->precision, to->precision), from->kind == TYPE_TIMESTAMP_TZ);
        break;
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_ROW:
        return compare_children(from, to);
    default:
        break;
    }
    return compatible(common, common == to);
}

static Compatibility compare(const Type *from, const Type *to) {
    if (from == to || from->kind == TYPE_UNKNOWN) {
        return compatible(to, true);
    }
    if (to->kind == TYPE_UNKNOWN) {
        return compatible(from, false);
    }
    if (from->kind == to->kind) {
        return compare_same_kind(from, to);
    }
    const Type *raised = type_coerced_to_kind(from, to->kind);
    if (raised != NULL) {
        return compare(raised, to);
    }
    raised = type_coerced_to_kind(to, from->kind);
    return raised != NULL ? compatible(compare(from, raised).common, false)
                          : compatible(NULL, false);
}

bool type_can_coerce(const Type *from, const Type *to) {
    return compare(from, to).coercible;
}

const Type *type_common_super(const Type *a, const Type *b) {
    return compare(a, b).common;
}

static bool is_internal_pattern(TypeKind kind) {
    return kind == TYPE_REGEXP || kind == TYPE_JSON_PATH || kind == TYPE_CODE_POINTS;
}

static const Type *unknown_as(TypeKind kind) {
    switch (kind) {
    case TYPE_DECIMAL:
        return type_decimal(1, 0);
    case TYPE_VARCHAR:
        return type_varchar(0);
    case TYPE_CHAR:
        return type_char(0);
    case TYPE_TIME:
    case TYPE_TIME_TZ:
        return type_time(3, kind == TYPE_TIME_TZ);
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_TZ:
        return type_timestamp(3, kind == TYPE_TIMESTAMP_TZ);
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_ROW:
    case TYPE_QDIGEST:
    case TYPE_FUNCTION:
        return NULL;
    default:
        return type_simple(kind);
    }
}

static const Type *integer_as(TypeKind from, TypeKind kind) {
    static const int32_t digits[] = {
        [TYPE_TINYINT] = 3, [TYPE_SMALLINT] = 5, [TYPE_INTEGER] = 10, [TYPE_BIGINT] = 19};
    if (kind == TYPE_DECIMAL) {
        return type_decimal(digits[from], 0);
    }
    bool wider = kind > from && kind <= TYPE_DOUBLE;
    return wider ? type_simple(kind) : NULL;
}

static const Type *string_as(const Type *from, TypeKind kind) {
    if (from->kind == TYPE_VARCHAR && kind == TYPE_CHAR) {
        return type_char(min_of(from->length, CHAR_LENGTH_MAX));
    }
    return is_internal_pattern(kind) ? type_simple(kind) : NULL;
}

const Type *type_coerced_to_kind(const Type *from, TypeKind kind) {
    if (from->kind == kind) {
        return from;
    }
    switch (from->kind) {
    case TYPE_UNKNOWN:
        return unknown_as(kind);
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        return integer_as(from->kind, kind);
    case TYPE_DECIMAL:
        return kind == TYPE_REAL || kind == TYPE_DOUBLE ? type_simple(kind) : NULL;
    case TYPE_REAL:
        return kind == TYPE_DOUBLE ? type_simple(kind) : NULL;
    case TYPE_DATE:
        return kind == TYPE_TIMESTAMP || kind == TYPE_TIMESTAMP_TZ
                   ? type_timestamp(0, kind == TYPE_TIMESTAMP_TZ)
                   : NULL;
    case TYPE_TIME:
        return kind == TYPE_TIME_TZ ? type_time(from->precision, true) : NULL;
    case TYPE_TIMESTAMP:
        return kind == TYPE_TIMESTAMP_TZ ? type_timestamp(from->precision, true) : NULL;
    case TYPE_VARCHAR:
    case TYPE_CHAR:
        return string_as(from, kind);
    case TYPE_P4HYPERLOGLOG:
        return kind == TYPE_HYPERLOGLOG ? type_simple(kind) : NULL;
    default:
        return NULL;
    }
}

bool type_is_only_coercion(const Type *from, const Type *to) {
    if (from == to) {
        return true;
    }
    if (from->kind != to->kind || from->layout != to->layout || !type_can_coerce(from, to)) {
        return false;
    }
    if (from->kind == TYPE_DECIMAL) {
        return from->scale == to->scale;
    }
    for (int32_t i = 0; i < from->child_count; i++) {
        if (!type_is_only_coercion(from->children[i], to->children[i])) {
            return false;
        }
    }
    return true;
}
