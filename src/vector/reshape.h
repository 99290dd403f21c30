/*
 * Reshaping beyond the public functions of warren/vector.h, which reshape.c implements too. Results
 * are new references; the source is only read (and shared). Threads: any, as long as nobody writes
 * the source.
 */
#pragma once

#include "warren/vector.h"

/*
 * As vector_gather, but a negative row gives NULL: what the null-supplying side of an outer join
 * needs.
 */
Vector *vector_gather_or_null(const Vector *source, const int32_t *rows, int32_t count);
