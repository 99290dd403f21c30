/*
 * What the files of this folder share in making vectors: bare structs, shallow copies, exclusive
 * copies. None of these fail. References given and taken are stated at each function.
 */
#pragma once

#include "warren/vector.h"

/* A vector without data: count 1, children slots (NULL) allocated for the type. */
Vector *vector_allocate(const Type *type, Encoding encoding, int32_t length);
/* The same data under a new struct, which has references of its own to everything; count 1. */
Vector *vector_share(const Vector *source);
/* `source` (CONSTANT) with another length: a new reference. */
Vector *vector_constant_of_length(const Vector *source, int32_t length);
/* Makes *slot a FLAT vector that only the slot refers to, copying when it must. */
void vector_make_writable(Vector **slot);
/* Sets the value of a CONSTANT being made; bytes that are not inline are copied. */
void vector_set_first_string(Vector *vector, const char *bytes, size_t size);
/* A bitmap for `capacity` rows, all clear. */
Buffer *nulls_create(int32_t capacity);
/* Whether setters may write: FLAT, one reference, and memory of its own. */
bool vector_is_writable(const Vector *vector);

/* out[i] = in[rows[i]] for values of `width` bytes (1, 2, 4, 8 or 16). */
void gather_values(void *restrict out, const void *restrict in, const int32_t *restrict rows,
                   int32_t count, int32_t width);
/* out[i] = in[0] for count values of `width` bytes. */
void fill_values(void *restrict out, const void *restrict in, int32_t count, int32_t width);
/*
 * Bits at rows (row 0 always when rows is NULL and constant) into out from bit 0; whether any is
 * set.
 */
bool gather_bits(uint64_t *restrict out, const uint64_t *restrict in, const int32_t *restrict rows,
                 int32_t count);
/*
 * Copies count bits from bit `from` of in to bit `to` of out; bits around them keep their values.
 */
void copy_bits(uint64_t *restrict out, int32_t to, const uint64_t *restrict in, int32_t from,
               int32_t count);
/* Sets (or clears) count bits from bit `from`. */
void fill_bits(uint64_t *bits, int32_t from, int32_t count, bool value);
