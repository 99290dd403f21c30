/*
 * Hashes of whole columns. Values that are identical under SQL (NULLs, NaNs, 0 and -0, one instant
 * in two zones, maps in any order) hash alike, and so do equal integers and decimals of different
 * width. Threads: any.
 */
#pragma once

#include "warren/vector.h"

/*
 * hashes[i] of v's first count rows; with combine, folded into the hash that stands there (the next
 * key column).
 */
void vector_hash(const Vector *v, int32_t count, uint64_t *hashes, bool combine);
/* Of rows given by number. */
void vector_hash_rows(const Vector *v, const int32_t *rows, int32_t count, uint64_t *hashes,
                      bool combine);
