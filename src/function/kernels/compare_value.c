/*
 * Comparison of single values of any type. These are the rules; compare.c has fast loops for the
 * common types that must agree with them.
 */
#include "function/kernels/compare.h"

static const int64_t NANOS_PER_MINUTE = 60000000000;
static const int64_t NANOS_PER_DAY = 86400000000000;
static const int64_t PICOS_PER_MINUTE = 60000000000000;
static const int64_t PICOS_PER_DAY = 86400000000000000;

static int64_t floor_modulo(int64_t value, int64_t modulus) {
    int64_t rest = value % modulus;
    return rest < 0 ? rest + modulus : rest;
}

int64_t time_tz_instant_nanos(int64_t packed) {
    int64_t offset_minutes = (int64_t)((uint64_t)packed << 53) >> 53;
    return floor_modulo((packed >> 11) - offset_minutes * NANOS_PER_MINUTE, NANOS_PER_DAY);
}

int64_t time_tz12_instant_picos(const TimeTz12 *value) {
    return floor_modulo(value->picos - value->offset_minutes * PICOS_PER_MINUTE, PICOS_PER_DAY);
}

int char_compare(const StringView *a, const StringView *b) {
    uint32_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(string_data(a), string_data(b), shorter);
    if (order != 0 || a->length == b->length) {
        return order;
    }
    const StringView *longer = a->length > b->length ? a : b;
    const unsigned char *rest = (const unsigned char *)string_data(longer);
    int sign = longer == a ? 1 : -1;
    for (uint32_t i = shorter; i < longer->length; i++) {
        if (rest[i] != ' ') {
            return rest[i] > ' ' ? sign : -sign;
        }
    }
    return 0;
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* NaN after everything, equal to itself. */
static int order_doubles(double a, double b) {
    bool nan_a = a != a, nan_b = b != b;
    return nan_a || nan_b ? (int)nan_a - (int)nan_b : ORDER(a, b);
}

static int order_timestamps(const Timestamp12 *a, const Timestamp12 *b) {
    return a->micros != b->micros ? ORDER(a->micros, b->micros) : ORDER(a->picos, b->picos);
}

static int order_zoned(const TimestampTz12 *a, const TimestampTz12 *b) {
    int64_t millis_a = timestamp_tz_millis(a->packed), millis_b = timestamp_tz_millis(b->packed);
    return millis_a != millis_b ? ORDER(millis_a, millis_b) : ORDER(a->picos, b->picos);
}

static int order_long(const Type *type, int64_t a, int64_t b) {
    if (type->kind == TYPE_DOUBLE) {
        double x, y;
        memcpy(&x, &a, sizeof x);
        memcpy(&y, &b, sizeof y);
        return order_doubles(x, y);
    }
    if (type->kind == TYPE_TIMESTAMP_TZ) {
        a = timestamp_tz_millis(a);
        b = timestamp_tz_millis(b);
    } else if (type->kind == TYPE_TIME_TZ) {
        a = time_tz_instant_nanos(a);
        b = time_tz_instant_nanos(b);
    }
    return ORDER(a, b);
}

static int order_wide(const Type *type, const void *a, const void *b) {
    switch (type->kind) {
    case TYPE_TIMESTAMP:
        return order_timestamps(a, b);
    case TYPE_TIMESTAMP_TZ:
        return order_zoned(a, b);
    case TYPE_TIME_TZ: {
        int64_t x = time_tz12_instant_picos(a), y = time_tz12_instant_picos(b);
        return ORDER(x, y);
    }
    case TYPE_DECIMAL:
        return ORDER(*(const __int128 *)a, *(const __int128 *)b);
    default:
        return ORDER(*(const unsigned __int128 *)a, *(const unsigned __int128 *)b);
    }
}

/* Of types without children, given where their data is. */
static int order_scalars(const Type *type, const void *a, const void *b) {
    switch (type->layout) {
    case LAYOUT_BYTE:
        return ORDER(*(const int8_t *)a, *(const int8_t *)b);
    case LAYOUT_SHORT:
        return ORDER(*(const int16_t *)a, *(const int16_t *)b);
    case LAYOUT_INT:
        if (type->kind == TYPE_REAL) {
            return order_doubles(*(const float *)a, *(const float *)b);
        }
        return ORDER(*(const int32_t *)a, *(const int32_t *)b);
    case LAYOUT_LONG:
        return order_long(type, *(const int64_t *)a, *(const int64_t *)b);
    case LAYOUT_WIDE:
        return order_wide(type, a, b);
    default:
        return type->kind == TYPE_CHAR ? char_compare(a, b) : string_compare(a, b);
    }
}

static const void *value_at(const Type *type, const VectorView *view, int32_t index) {
    return (const char *)view->data + (size_t)index * type->width;
}

static bool scalars_equal(const Type *type, const void *a, const void *b, bool nan_equal) {
    if (type->layout == LAYOUT_STRING) {
        return string_equal(a, b);
    }
    if (!nan_equal && type->kind == TYPE_DOUBLE) {
        return *(const double *)a == *(const double *)b;
    }
    if (!nan_equal && type->kind == TYPE_REAL) {
        return *(const float *)a == *(const float *)b;
    }
    return order_scalars(type, a, b) == 0;
}

/* ---- = ---- */

static Tristate both(Tristate a, Tristate b) {
    if (a == TRISTATE_FALSE || b == TRISTATE_FALSE) {
        return TRISTATE_FALSE;
    }
    return a == TRISTATE_NULL || b == TRISTATE_NULL ? TRISTATE_NULL : TRISTATE_TRUE;
}

static Tristate maybe_null_equal(const Type *type, const VectorView *a, int32_t row_a,
                                 const VectorView *b, int32_t row_b) {
    if (view_is_null(a, row_a) || view_is_null(b, row_b)) {
        return TRISTATE_NULL;
    }
    return value_equal(type, a, row_a, b, row_b);
}

static Tristate lists_equal(const Type *type, const VectorView *a, ListEntry x, const VectorView *b,
                            ListEntry y) {
    if (x.length != y.length) {
        return TRISTATE_FALSE;
    }
    VectorView left = vector_view(a->vector->children[0]);
    VectorView right = vector_view(b->vector->children[0]);
    Tristate result = TRISTATE_TRUE;
    for (int32_t i = 0; i < x.length && result != TRISTATE_FALSE; i++) {
        result = both(
            result, maybe_null_equal(type->children[0], &left, x.offset + i, &right, y.offset + i));
    }
    return result;
}

/* The position in map `y` of the key at `row` of `key`, or -1. Under `=` a NaN is found nowhere. */
static int32_t find_key(const Type *type, const VectorView *key, int32_t row,
                        const VectorView *keys, ListEntry y, bool by_identity) {
    for (int32_t i = y.offset; i < y.offset + y.length; i++) {
        if (by_identity ? value_identical(type, key, row, keys, i)
                        : value_equal(type, key, row, keys, i) == TRISTATE_TRUE) {
            return i;
        }
    }
    return -1;
}

static Tristate maps_equal(const Type *type, const VectorView *a, ListEntry x, const VectorView *b,
                           ListEntry y) {
    if (x.length != y.length) {
        return TRISTATE_FALSE;
    }
    VectorView keys_a = vector_view(a->vector->children[0]);
    VectorView keys_b = vector_view(b->vector->children[0]);
    VectorView values_a = vector_view(a->vector->children[1]);
    VectorView values_b = vector_view(b->vector->children[1]);
    Tristate result = TRISTATE_TRUE;
    for (int32_t i = 0; i < x.length && result != TRISTATE_FALSE; i++) {
        int32_t found = find_key(type->children[0], &keys_a, x.offset + i, &keys_b, y, false);
        if (found < 0) {
            return TRISTATE_FALSE;
        }
        result = both(
            result, maybe_null_equal(type->children[1], &values_a, x.offset + i, &values_b, found));
    }
    return result;
}

static Tristate rows_equal(const Type *type, const VectorView *a, int32_t index_a,
                           const VectorView *b, int32_t index_b) {
    Tristate result = TRISTATE_TRUE;
    for (int32_t i = 0; i < type->child_count && result != TRISTATE_FALSE; i++) {
        VectorView left = vector_view(a->vector->children[i]);
        VectorView right = vector_view(b->vector->children[i]);
        result = both(result, maybe_null_equal(type->children[i], &left, index_a, &right, index_b));
    }
    return result;
}

Tristate value_equal(const Type *type, const VectorView *a, int32_t row_a, const VectorView *b,
                     int32_t row_b) {
    int32_t index_a = view_index(a, row_a), index_b = view_index(b, row_b);
    if (type->layout == LAYOUT_ROW) {
        return rows_equal(type, a, index_a, b, index_b);
    }
    if (type->layout == LAYOUT_LIST) {
        ListEntry x = ((const ListEntry *)a->data)[index_a];
        ListEntry y = ((const ListEntry *)b->data)[index_b];
        return type->kind == TYPE_MAP ? maps_equal(type, a, x, b, y)
                                      : lists_equal(type, a, x, b, y);
    }
    return scalars_equal(type, value_at(type, a, index_a), value_at(type, b, index_b), false)
               ? TRISTATE_TRUE
               : TRISTATE_FALSE;
}

/* ---- IS NOT DISTINCT FROM ---- */

static bool maps_identical(const Type *type, const VectorView *a, ListEntry x, const VectorView *b,
                           ListEntry y) {
    VectorView keys_a = vector_view(a->vector->children[0]);
    VectorView keys_b = vector_view(b->vector->children[0]);
    VectorView values_a = vector_view(a->vector->children[1]);
    VectorView values_b = vector_view(b->vector->children[1]);
    for (int32_t i = 0; i < x.length; i++) {
        int32_t found = find_key(type->children[0], &keys_a, x.offset + i, &keys_b, y, true);
        if (found < 0 ||
            !value_identical(type->children[1], &values_a, x.offset + i, &values_b, found)) {
            return false;
        }
    }
    return true;
}

static bool lists_identical(const Type *type, const VectorView *a, ListEntry x, const VectorView *b,
                            ListEntry y) {
    if (x.length != y.length) {
        return false;
    }
    if (type->kind == TYPE_MAP) {
        return maps_identical(type, a, x, b, y);
    }
    VectorView left = vector_view(a->vector->children[0]);
    VectorView right = vector_view(b->vector->children[0]);
    for (int32_t i = 0; i < x.length; i++) {
        if (!value_identical(type->children[0], &left, x.offset + i, &right, y.offset + i)) {
            return false;
        }
    }
    return true;
}

bool value_identical(const Type *type, const VectorView *a, int32_t row_a, const VectorView *b,
                     int32_t row_b) {
    bool null_a = view_is_null(a, row_a), null_b = view_is_null(b, row_b);
    if (null_a || null_b) {
        return null_a == null_b;
    }
    int32_t index_a = view_index(a, row_a), index_b = view_index(b, row_b);
    if (type->layout == LAYOUT_ROW) {
        for (int32_t i = 0; i < type->child_count; i++) {
            VectorView left = vector_view(a->vector->children[i]);
            VectorView right = vector_view(b->vector->children[i]);
            if (!value_identical(type->children[i], &left, index_a, &right, index_b)) {
                return false;
            }
        }
        return true;
    }
    if (type->layout == LAYOUT_LIST) {
        return lists_identical(type, a, ((const ListEntry *)a->data)[index_a], b,
                               ((const ListEntry *)b->data)[index_b]);
    }
    return scalars_equal(type, value_at(type, a, index_a), value_at(type, b, index_b), true);
}

/* ---- order ---- */

static int maybe_null_order(const Type *type, const VectorView *a, int32_t row_a,
                            const VectorView *b, int32_t row_b, bool *ret_null_element) {
    if (view_is_null(a, row_a) || view_is_null(b, row_b)) {
        *ret_null_element = true;
        return 0;
    }
    return value_order(type, a, row_a, b, row_b, ret_null_element);
}

int value_order(const Type *type, const VectorView *a, int32_t row_a, const VectorView *b,
                int32_t row_b, bool *ret_null_element) {
    int32_t index_a = view_index(a, row_a), index_b = view_index(b, row_b);
    int order = 0;
    if (type->layout == LAYOUT_ROW) {
        for (int32_t i = 0; i < type->child_count && order == 0 && !*ret_null_element; i++) {
            VectorView left = vector_view(a->vector->children[i]);
            VectorView right = vector_view(b->vector->children[i]);
            order = maybe_null_order(type->children[i], &left, index_a, &right, index_b,
                                     ret_null_element);
        }
        return order;
    }
    if (type->layout == LAYOUT_LIST) {
        ListEntry x = ((const ListEntry *)a->data)[index_a];
        ListEntry y = ((const ListEntry *)b->data)[index_b];
        VectorView left = vector_view(a->vector->children[0]);
        VectorView right = vector_view(b->vector->children[0]);
        int32_t shorter = x.length < y.length ? x.length : y.length;
        for (int32_t i = 0; i < shorter && order == 0 && !*ret_null_element; i++) {
            order = maybe_null_order(type->children[0], &left, x.offset + i, &right, y.offset + i,
                                     ret_null_element);
        }
        return order != 0 || *ret_null_element ? order : ORDER(x.length, y.length);
    }
    return order_scalars(type, value_at(type, a, index_a), value_at(type, b, index_b));
}
