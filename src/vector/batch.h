/*
 * How many rows go into a batch: one constant that tests may change. Threads: set before any query
 * runs, read by all.
 */
#pragma once

#include "warren/vector.h"

void batch_set_rows(int32_t rows);       /* 1 .. BATCH_ROWS_MAX */
int64_t batch_bytes(const Batch *batch); /* sum of vector_bytes */
