/*
 * Result values: the types of columns and the cells of rows, read from the JSON text of a page
 * without going through numbers, so that a cell is printed with the digits that the server wrote.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "warren/memory.h"

typedef enum ValueKind { VALUE_SCALAR, VALUE_BYTES, VALUE_ARRAY, VALUE_MAP, VALUE_ROW } ValueKind;

typedef struct ValueType ValueType;
struct ValueType {
    ValueKind kind;
    bool is_numeric;    /* tables align it to the right */
    ValueType **items;  /* element; key and value; fields */
    const char **names; /* of a row's fields; NULL where a field has none */
    int count;
};

typedef enum CellKind { CELL_NULL, CELL_BARE, CELL_STRING, CELL_ITEMS } CellKind;

/* CELL_BARE is a number or a boolean as written. A map's items are key, value, key, value. */
typedef struct Cell {
    CellKind kind;
    const char *text; /* decoded: UTF-8, or the bytes of a varbinary */
    size_t size;
    struct Cell *items;
    size_t count;
} Cell;

typedef struct Text {
    const char *bytes;
    size_t size;
} Text;

typedef struct Column {
    const char *name;
    ValueType *type;
} Column;

/* The rows of some pages: row r has its cells at cells + r * column_count. Everything lives in the
 * arena. */
typedef struct Rows {
    Arena *arena;
    Cell *cells;
    size_t count, capacity;
    int column_count;
} Rows;

/* From the `columns` member. */
Column *columns_read(Arena *arena, const json_t *columns, int *ret_count);

/* Appends the rows of a `data` array's text; false when the text is not such an array. */
bool rows_append(Rows *rows, const Column *columns, const char *json, size_t size);
void rows_reset(Rows *rows);

/*
 * Where the value of a top-level member of the object stands; false when there is none. Text that
 * is no JSON gives false, too.
 */
bool json_find_member(const char *json, size_t size, const char *name, size_t *ret_start,
                      size_t *ret_size);

/* As Trino's command line shows it; bytes_per_line 0 puts a varbinary in one line. */
Text cell_text(Arena *arena, const Cell *cell, const ValueType *type, const char *null_text,
               int bytes_per_line);

/* As one JSON value, without line ends. */
void cell_write_json(FILE *out, const Cell *cell, const ValueType *type);
void write_json_string(FILE *out, const char *bytes, size_t size);
