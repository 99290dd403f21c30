/*
 * Vectors out of drawn numbers: each function makes one column of a block. They give the caller a
 * reference.
 */
#pragma once

#include "generator/scan.h"

/* first_row + row + 1: the key of customers, suppliers and parts. */
Vector *column_key(Scan *scan, const Type *type);
Vector *column_bigint(const Type *type, const int32_t *values, int32_t count);
Vector *column_integer(const Type *type, const int32_t *values, int32_t count);
/* Cents as decimal(12,2), or divided by 100 as double. */
Vector *column_money(const Type *type, const int32_t *cents, int32_t count);

/* One draw of each row as it is. */
Vector *column_drawn_bigint(Scan *scan, const Type *type, Stream stream, int32_t low, int32_t high);
Vector *column_drawn_integer(Scan *scan, const Type *type, Stream stream, int32_t low,
                             int32_t high);
Vector *column_drawn_money(Scan *scan, const Type *type, Stream stream, int32_t low, int32_t high);
/* A value of the dictionary for each row, all equally likely. */
Vector *column_picked(Scan *scan, Dictionary dictionary, Stream stream);

/* Indices into a dictionary, to be filled, and the column they make (which takes the buffer over).
   */
Buffer *indices_create(int32_t count);
Vector *column_dictionary(const Dictionaries *dictionaries, Dictionary dictionary, Buffer *indices,
                          int32_t count);

/* `prefix` and the number in nine digits, or more where nine are not enough. */
Vector *column_numbered(const Type *type, const char *prefix, const int64_t *numbers,
                        int32_t count);
/* `prefix` and the key of column_key. */
Vector *column_named_key(Scan *scan, const Type *type, const char *prefix);
/* 10 to 40 characters out of 64. */
Vector *column_address(Scan *scan, const Type *type, Stream stream);
/* NN-NNN-NNN-NNNN, which begins with the country code of the row's nation. */
Vector *column_phone(Scan *scan, const Type *type, Stream stream, Stream nation_stream);
/* Pieces of the text pool. */
Vector *column_text(Scan *scan, const Type *type, Stream stream, int32_t average_length);

/* A varchar vector whose longer values go one behind the other to *ret_heap, which has `size`
   bytes. The views are the caller's to set; strings_end closes the heap behind the last byte used.
   */
Vector *strings_begin(const Type *type, int32_t count, size_t size, char **ret_heap);
void strings_end(Vector *vector, char *heap, const char *end);
