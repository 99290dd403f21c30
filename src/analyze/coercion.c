/*
 * Explicit casts and store assignment (operators-and-coercions.md, sections 5 and 9). A value may
 * be stored when its type and the column's have a common super type in either direction; bounded
 * character types nested in others must not need cutting, because only the outermost value is
 * checked when it is stored.
 */
#include "analyze/coercion.h"

#include "function/cast.h"
#include "type/coercion.h"

bool can_cast(const Type *from, const Type *to) {
    return from == to || from->kind == TYPE_UNKNOWN || cast_exists(from, to);
}

static bool is_number(const Type *type) {
    switch (type->kind) {
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
    case TYPE_REAL:
    case TYPE_DOUBLE:
    case TYPE_DECIMAL:
        return true;
    default:
        return false;
    }
}

static bool is_nested_storable(const Type *from, const Type *to) {
    if (type_is_string(from) && type_is_string(to)) {
        return type_can_coerce(from, to);
    }
    return can_store(from, to);
}

bool can_store(const Type *from, const Type *to) {
    if (from == to || type_can_coerce(from, to)) {
        return true;
    }
    if (is_number(from) && is_number(to)) {
        return true;
    }
    if (type_is_string(from) && type_is_string(to)) {
        return true;
    }
    if (from->kind == to->kind && from->child_count > 0) {
        bool possible = from->child_count == to->child_count;
        for (int32_t i = 0; possible && i < from->child_count; i++) {
            possible = is_nested_storable(from->children[i], to->children[i]);
        }
        return possible;
    }
    return type_can_coerce(to, from) || type_common_super(from, to) != NULL;
}

bool store_may_truncate(const Type *from, const Type *to) {
    return type_is_string(from) && type_is_string(to) && from != to && to->length < from->length;
}
