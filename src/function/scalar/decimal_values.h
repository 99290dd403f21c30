/*
 * Decimals of any precision as 128-bit values: read from a view and stored into a result, whichever
 * layout they have.
 */
#pragma once

#include "base/int128.h"
#include "warren/vector.h"

static inline int128_t decimal_at(const VectorView *view, const Type *type, int32_t row) {
    return type_is_short_decimal(type) ? VIEW_VALUE(view, int64_t, row)
                                       : VIEW_VALUE(view, int128_t, row);
}

static inline void decimal_store(Vector *vector, int32_t row, int128_t value) {
    if (type_is_short_decimal(vector->type)) {
        VECTOR_DATA(vector, int64_t)[row] = (int64_t)value;
    } else {
        VECTOR_DATA(vector, int128_t)[row] = value;
    }
}
