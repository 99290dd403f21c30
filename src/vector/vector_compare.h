/*
 * Comparing values of one type. "Identical" is SQL's IS NOT DISTINCT FROM, also GROUP BY's and
 * DISTINCT's sense: NULLs equal, NaNs equal, one instant in two zones equal, maps equal in any
 * order. "Order" is ORDER BY's: NaN largest, char padded, uuid unsigned; a NULL compares greater
 * than any value and equal to NULL, inside nested values too. Threads: any.
 */
#pragma once

#include "warren/vector.h"

bool vector_identical(const Vector *a, int32_t row_a, const Vector *b, int32_t row_b);
int vector_order(const Vector *a, int32_t row_a, const Vector *b, int32_t row_b);

/* SQL's =: NULL (undetermined) when a NULL, at any depth, leaves it open; NaN equals nothing. */
typedef enum Equality { EQUALITY_FALSE, EQUALITY_TRUE, EQUALITY_NULL } Equality;

Equality vector_equal(const Vector *a, int32_t row_a, const Vector *b, int32_t row_b);

/* Row pairs in bulk; rows NULL means 0 .. count. ret_equal[i] is 1 or 0. */
void vector_identical_rows(const Vector *a, const int32_t *rows_a, const Vector *b,
                           const int32_t *rows_b, int32_t count, uint8_t *ret_equal);
void vector_order_rows(const Vector *a, const int32_t *rows_a, const Vector *b,
                       const int32_t *rows_b, int32_t count, int8_t *ret_order);
