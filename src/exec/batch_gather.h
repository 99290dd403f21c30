/* Batches of some rows of a batch: how filters, joins and limits hand on columns without copying
 * what they need not. */
#pragma once

#include "warren/vector.h"

/* column at rows; fixed-width values are copied, others stay under a dictionary of `indices` (a
 * Buffer of the rows). */
Vector *column_gather(Vector *column, Buffer *indices, const int32_t *rows, int32_t count);
Buffer *indices_create(const int32_t *rows, int32_t count);
/* input at rows; input is freed. */
Batch *batch_gather(Batch *input, const int32_t *rows, int32_t count);
/* Rows offset .. offset+count of input, which stays the caller's. */
Batch *batch_slice(const Batch *input, int32_t offset, int32_t count);
