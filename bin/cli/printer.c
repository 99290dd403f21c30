/*
 * Chooses the format and writes those of one line a row; tables are in table.c.
 */
#include "printer.h"

#include <string.h>
#include <strings.h>

const char *const OUTPUT_FORMAT_NAMES[] = {"AUTO",       "ALIGNED",      "VERTICAL",
                                           "TSV",        "TSV_HEADER",   "CSV",
                                           "CSV_HEADER", "CSV_UNQUOTED", "CSV_HEADER_UNQUOTED",
                                           "JSON",       "MARKDOWN",     "NULL",
                                           NULL};

bool output_format_parse(const char *name, OutputFormat *ret_format) {
    for (int i = 0; OUTPUT_FORMAT_NAMES[i] != NULL; i++) {
        if (strcasecmp(name, OUTPUT_FORMAT_NAMES[i]) == 0) {
            *ret_format = (OutputFormat)i;
            return true;
        }
    }
    return false;
}

static bool is_tsv(OutputFormat format) {
    return format == FORMAT_TSV || format == FORMAT_TSV_HEADER;
}

static bool is_quoted(OutputFormat format) {
    return format == FORMAT_CSV || format == FORMAT_CSV_HEADER;
}

static void write_tsv(FILE *out, Text text) {
    static const char FROM[] = "\b\f\n\r\t\\", TO[] = "bfnrt\\";
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        const char *found = c != '\0' && (c < ' ' || c == '\\') ? strchr(FROM, c) : NULL;
        if (c == '\0' || found != NULL) {
            putc_unlocked('\\', out);
            putc_unlocked(c == '\0' ? '0' : TO[found - FROM], out);
        } else {
            putc_unlocked(c, out);
        }
    }
}

static void write_quoted(FILE *out, Text text) {
    putc_unlocked('"', out);
    for (size_t i = 0; i < text.size; i++) {
        if (text.bytes[i] == '"') {
            putc_unlocked('"', out);
        }
        putc_unlocked(text.bytes[i], out);
    }
    putc_unlocked('"', out);
}

static void write_field(const Printer *printer, int column, Text text) {
    if (column > 0) {
        putc_unlocked(is_tsv(printer->format) ? '\t' : ',', printer->out);
    }
    if (is_tsv(printer->format)) {
        write_tsv(printer->out, text);
    } else if (is_quoted(printer->format)) {
        write_quoted(printer->out, text);
    } else {
        fwrite(text.bytes, 1, text.size, printer->out);
    }
}

static void print_delimited(Printer *printer, const Rows *rows) {
    OutputFormat format = printer->format;
    bool wants_header = format == FORMAT_TSV_HEADER || format == FORMAT_CSV_HEADER ||
                        format == FORMAT_CSV_HEADER_UNQUOTED;
    if (wants_header && !printer->has_header) {
        for (int i = 0; i < printer->column_count; i++) {
            const char *name = printer->columns[i].name;
            write_field(printer, i, (Text){name, strlen(name)});
        }
        putc('\n', printer->out);
    }
    printer->has_header = true;
    for (size_t row = 0; row < rows->count; row++) {
        const Cell *cells = rows->cells + row * (size_t)printer->column_count;
        for (int i = 0; i < printer->column_count; i++) {
            write_field(printer, i,
                        cell_text(rows->arena, &cells[i], printer->columns[i].type, "", 0));
        }
        putc_unlocked('\n', printer->out);
    }
}

static void print_json(Printer *printer, const Rows *rows) {
    for (size_t row = 0; row < rows->count; row++) {
        const Cell *cells = rows->cells + row * (size_t)printer->column_count;
        putc('{', printer->out);
        for (int i = 0; i < printer->column_count; i++) {
            const Column *column = &printer->columns[i];
            if (i > 0) {
                putc(',', printer->out);
            }
            write_json_string(printer->out, column->name, strlen(column->name));
            putc(':', printer->out);
            cell_write_json(printer->out, &cells[i], column->type);
        }
        fputs("}\n", printer->out);
    }
}

void printer_print(Printer *printer, const Rows *rows, bool is_last) {
    if (printer->format == FORMAT_AUTO) {
        bool fits = table_aligned_width(printer, rows) <= printer->terminal_width;
        printer->format = fits ? FORMAT_ALIGNED : FORMAT_VERTICAL;
    }
    switch (printer->format) {
    case FORMAT_ALIGNED:
        table_print_aligned(printer, rows, is_last);
        break;
    case FORMAT_VERTICAL:
        table_print_vertical(printer, rows);
        break;
    case FORMAT_MARKDOWN:
        table_print_markdown(printer, rows);
        break;
    case FORMAT_JSON:
        print_json(printer, rows);
        break;
    case FORMAT_NULL:
        break;
    default:
        print_delimited(printer, rows);
    }
    fflush(printer->out);
}

void printer_finish(Printer *printer) {
    if (printer->format == FORMAT_ALIGNED) {
        fprintf(printer->out, "(%zu row%s)\n", printer->row_count,
                printer->row_count == 1 ? "" : "s");
    } else if (printer->format == FORMAT_VERTICAL && printer->row_count == 0) {
        fputs("(no rows)\n", printer->out);
    }
    fflush(printer->out);
}
