/*
 * The output formats of Trino's command line, byte for byte.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "value.h"

typedef enum OutputFormat {
    FORMAT_AUTO,
    FORMAT_ALIGNED,
    FORMAT_VERTICAL,
    FORMAT_TSV,
    FORMAT_TSV_HEADER,
    FORMAT_CSV,
    FORMAT_CSV_HEADER,
    FORMAT_CSV_UNQUOTED,
    FORMAT_CSV_HEADER_UNQUOTED,
    FORMAT_JSON,
    FORMAT_MARKDOWN,
    FORMAT_NULL,
} OutputFormat;

/* Their names, NULL at the end, in the order of the values above. */
extern const char *const OUTPUT_FORMAT_NAMES[];
bool output_format_parse(const char *name, OutputFormat *ret_format);

typedef struct Printer {
    OutputFormat format; /* AUTO becomes ALIGNED or VERTICAL with the first rows */
    FILE *out;
    const Column *columns;
    int column_count;
    size_t terminal_width; /* AUTO's limit; 0 without a terminal */
    bool has_header;       /* written */
    size_t row_count;
} Printer;

/* Tables are as wide as the rows of one call need; is_last when no rows follow. */
void printer_print(Printer *printer, const Rows *rows, bool is_last);

/* Headers of empty results and the line with the number of rows; flushes. */
void printer_finish(Printer *printer);

/* Tables have a file of their own (table.c); these are for printer.c. */
void table_print_aligned(Printer *printer, const Rows *rows, bool is_last);
void table_print_markdown(Printer *printer, const Rows *rows);
void table_print_vertical(Printer *printer, const Rows *rows);
size_t table_aligned_width(const Printer *printer, const Rows *rows);
