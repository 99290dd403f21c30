/*
 * SQL equality with its third outcome. A difference anywhere makes it false, otherwise a NULL
 * anywhere makes it NULL; only then is it true. Map keys are never NULL, so entries are found first
 * and their values compared.
 */
#include "vector/value_class.h"
#include "vector/vector_compare.h"

/* FALSE wins over NULL wins over TRUE. */
static Equality both(Equality a, Equality b) {
    if (a == EQUALITY_FALSE || b == EQUALITY_FALSE) {
        return EQUALITY_FALSE;
    }
    return a == EQUALITY_NULL || b == EQUALITY_NULL ? EQUALITY_NULL : EQUALITY_TRUE;
}

static Equality arrays_equal(const Vector *a, ListEntry entry_a, const Vector *b,
                             ListEntry entry_b) {
    Equality equality = entry_a.length == entry_b.length ? EQUALITY_TRUE : EQUALITY_FALSE;
    for (int32_t i = 0; i < entry_a.length && equality != EQUALITY_FALSE; i++) {
        equality = both(equality, vector_equal(a->children[0], entry_a.offset + i, b->children[0],
                                               entry_b.offset + i));
    }
    return equality;
}

static Equality maps_equal(const Vector *a, ListEntry entry_a, const Vector *b, ListEntry entry_b) {
    Equality equality = entry_a.length == entry_b.length ? EQUALITY_TRUE : EQUALITY_FALSE;
    for (int32_t i = 0; i < entry_a.length && equality != EQUALITY_FALSE; i++) {
        Equality entry = EQUALITY_FALSE;
        for (int32_t j = 0; j < entry_b.length; j++) {
            if (vector_identical(a->children[0], entry_a.offset + i, b->children[0],
                                 entry_b.offset + j)) {
                entry = vector_equal(a->children[1], entry_a.offset + i, b->children[1],
                                     entry_b.offset + j);
                break;
            }
        }
        equality = both(equality, entry);
    }
    return equality;
}

static Equality rows_equal(const Vector *a, int32_t at_a, const Vector *b, int32_t at_b) {
    Equality equality = EQUALITY_TRUE;
    for (int32_t i = 0; i < a->child_count && equality != EQUALITY_FALSE; i++) {
        equality = both(equality, vector_equal(a->children[i], at_a, b->children[i], at_b));
    }
    return equality;
}

static bool is_nan(const Vector *base, int32_t position, ValueClass class) {
    double value = class == VALUE_REAL ? (double)VECTOR_DATA(base, const float)[position]
                                       : VECTOR_DATA(base, const double)[position];
    return value != value;
}

Equality vector_equal(const Vector *a, int32_t row_a, const Vector *b, int32_t row_b) {
    VectorView view_a = vector_view(a), view_b = vector_view(b);
    if (view_is_null(&view_a, row_a) || view_is_null(&view_b, row_b)) {
        return EQUALITY_NULL;
    }
    const Vector *base_a = view_a.vector, *base_b = view_b.vector;
    int32_t at_a = view_index(&view_a, row_a), at_b = view_index(&view_b, row_b);
    ValueClass class = value_class_of(a->type);
    switch (class) {
    case VALUE_ARRAY:
        return arrays_equal(base_a, VECTOR_DATA(base_a, const ListEntry)[at_a], base_b,
                            VECTOR_DATA(base_b, const ListEntry)[at_b]);
    case VALUE_MAP:
        return maps_equal(base_a, VECTOR_DATA(base_a, const ListEntry)[at_a], base_b,
                          VECTOR_DATA(base_b, const ListEntry)[at_b]);
    case VALUE_ROW:
        return rows_equal(base_a, at_a, base_b, at_b);
    case VALUE_REAL:
    case VALUE_DOUBLE:
        if (is_nan(base_a, at_a, class)) {
            return EQUALITY_FALSE;
        }
        break;
    default:
        break;
    }
    return vector_identical(a, row_a, b, row_b) ? EQUALITY_TRUE : EQUALITY_FALSE;
}
