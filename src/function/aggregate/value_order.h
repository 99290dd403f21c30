/*
 * Which of two values min and max keep: numbers are compared in place, everything else as vectors
 * are. Unlike ORDER BY, a NaN loses to every number on both sides.
 */
#pragma once

#include "function/aggregate/value_list.h"
#include "vector/value_class.h"
#include "vector/vector_compare.h"

static inline bool double_wins(double value, double kept, bool is_max) {
    return kept != kept ? value == value : is_max ? value > kept : value < kept;
}

/* Whether the source's value at row (not NULL) is to take the place of the kept one. */
static inline bool kept_value_loses(const KeptValue *kept, ValueClass class, const Vector *source,
                                    const VectorView *view, int32_t row, bool is_max) {
    if (!kept->present) {
        return true;
    }
    int order;
    switch (class) {
    case VALUE_INT64: {
        int64_t value = VIEW_VALUE(view, int64_t, row), other;
        memcpy(&other, kept->bytes, sizeof other);
        order = (value > other) - (value < other);
        break;
    }
    case VALUE_INT32: {
        int32_t value = VIEW_VALUE(view, int32_t, row), other;
        memcpy(&other, kept->bytes, sizeof other);
        order = (value > other) - (value < other);
        break;
    }
    case VALUE_DOUBLE: {
        double other;
        memcpy(&other, kept->bytes, sizeof other);
        return double_wins(VIEW_VALUE(view, double, row), other, is_max);
    }
    case VALUE_REAL: {
        float other;
        memcpy(&other, kept->bytes, sizeof other);
        return double_wins(VIEW_VALUE(view, float, row), other, is_max);
    }
    case VALUE_STRING:
        order = string_compare(&VIEW_VALUE(view, StringView, row), &kept->string);
        break;
    default: {
        Vector scratch;
        order = vector_order(source, row, kept_value_vector(kept, source->type, &scratch), 0);
    }
    }
    return is_max ? order > 0 : order < 0;
}

/* ORDER BY's order of two values of a vector, but that a NaN comes last in either direction. */
static inline int value_order_from(const Vector *values, ValueClass class, int32_t a, int32_t b,
                                   bool is_max) {
    if (class == VALUE_DOUBLE || class == VALUE_REAL) {
        bool is_double = class == VALUE_DOUBLE;
        double x = is_double ? VECTOR_DATA(values, double)[a] : VECTOR_DATA(values, float)[a];
        double y = is_double ? VECTOR_DATA(values, double)[b] : VECTOR_DATA(values, float)[b];
        if (x != x || y != y) {
            return (x != x) - (y != y);
        }
    }
    int order = vector_order(values, a, values, b);
    return is_max ? -order : order;
}
