/*
 * Comparing key columns of a batch with keys kept in a column store, and reading integer keys
 * whatever their width. NULL matches NULL. Loops are instantiated per value class; nested and zoned
 * types go value by value.
 */
#pragma once

#include "warren/vector.h"

/* Keys whose equality is that of the int64 they widen to: boolean, integers, date, short decimal,
 * timestamps(<=6), ... */
bool key_is_integer(const Type *type);
/*
 * The values of rows (NULL: first .. first+count) of an integer key as int64: in `buffer`, or where
 * they lie when they need no widening. is_null gets a bit a row when *ret_has_nulls; values of NULL
 * rows are anything.
 */
const int64_t *key_integers(const Vector *key, const int32_t *rows, int32_t first, int32_t count,
                            int64_t *buffer, uint64_t *is_null, bool *ret_has_nulls);
/*
 * Compares key at rows[i] with stored at groups[i] (stored is FLAT). items[i] belonging to an equal
 * pair stay, moved to the front of items; others are appended to *failed (from *failed_count on).
 * The number that stayed.
 */
int32_t key_match(const Vector *key, const int32_t *rows, const Vector *stored,
                  const int32_t *groups, int32_t count, int32_t *items, int32_t *failed,
                  int32_t *failed_count);
