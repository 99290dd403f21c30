/*
 * Tables of several lines a row: ALIGNED, MARKDOWN and VERTICAL. The texts of the rows at hand are
 * made first, since every column must know its widest text before the first line is written.
 */
#include "printer.h"

#include <string.h>

#include "width.h"

typedef struct Table {
    Text *texts; /* by row, then column */
    size_t *widths;
} Table;

static void write_repeated(FILE *out, char c, size_t count) {
    while (count-- > 0) {
        putc_unlocked(c, out);
    }
}

/* Markdown's signs are escaped and its rows have one line. */
static Text markdown_text(Arena *arena, Text text) {
    char *bytes = arena_alloc(arena, text.size * 4 + 1), *out = bytes;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.bytes[i];
        if (c == '\n') {
            memcpy(out, "<br>", 4);
            out += 4;
            continue;
        }
        if (c != '\0' && strchr("\\`*_{}[]<>()#+!|", c) != NULL) {
            *out++ = '\\';
        }
        *out++ = c;
    }
    return (Text){bytes, (size_t)(out - bytes)};
}

static Table table_layout(const Printer *printer, const Rows *rows) {
    size_t columns = (size_t)printer->column_count;
    Table table = {arena_new_array(rows->arena, Text, rows->count * columns + 1),
                   arena_new_array(rows->arena, size_t, columns + 1)};
    for (size_t i = 0; i < columns; i++) {
        size_t width = console_width(printer->columns[i].name, strlen(printer->columns[i].name));
        table.widths[i] = width > 1 ? width : 1;
    }
    for (size_t at = 0; at < rows->count * columns; at++) {
        size_t i = at % columns;
        Text text = cell_text(rows->arena, &rows->cells[at], printer->columns[i].type, "NULL", 16);
        if (printer->format == FORMAT_MARKDOWN) {
            text = markdown_text(rows->arena, text);
        }
        size_t width = console_line_width(text.bytes, text.size);
        table.texts[at] = text;
        table.widths[i] = width > table.widths[i] ? width : table.widths[i];
    }
    return table;
}

size_t table_aligned_width(const Printer *printer, const Rows *rows) {
    Table table = table_layout(printer, rows);
    size_t width = 0;
    for (int i = 0; i < printer->column_count; i++) {
        width += table.widths[i] + 2 + (i > 0);
    }
    return width;
}

static void print_aligned_header(Printer *printer, const Table *table) {
    FILE *out = printer->out;
    for (int i = 0; i < printer->column_count; i++) {
        const char *name = printer->columns[i].name;
        size_t blanks = table->widths[i] - console_width(name, strlen(name));
        if (i > 0) {
            putc('|', out);
        }
        write_repeated(out, ' ', blanks / 2 + 1);
        fputs(name, out);
        write_repeated(out, ' ', blanks - blanks / 2 + 1);
    }
    putc('\n', out);
    for (int i = 0; i < printer->column_count; i++) {
        if (i > 0) {
            putc('+', out);
        }
        write_repeated(out, '-', table->widths[i] + 2);
    }
    putc('\n', out);
    printer->has_header = true;
}

/* Takes the first line off the text. */
static Text take_line(Text *text, bool *ret_has_more) {
    const char *end = text->size ? memchr(text->bytes, '\n', text->size) : NULL;
    Text line = {text->bytes, end ? (size_t)(end - text->bytes) : text->size};
    size_t taken = line.size + (end != NULL);
    *text = (Text){text->bytes + taken, text->size - taken};
    *ret_has_more = end != NULL;
    return line;
}

/* A text with several lines continues below, marked by `+` unless it is the only row. */
static void print_aligned_row(Printer *printer, const Table *table, Text *texts, bool marks) {
    FILE *out = printer->out;
    bool has_more = true;
    while (has_more) {
        has_more = false;
        for (int i = 0; i < printer->column_count; i++) {
            bool continues;
            Text line = take_line(&texts[i], &continues);
            size_t blanks = table->widths[i] - console_width(line.bytes, line.size);
            bool is_numeric = printer->columns[i].type->is_numeric;
            if (i > 0) {
                putc_unlocked('|', out);
            }
            write_repeated(out, ' ', is_numeric ? blanks + 1 : 1);
            fwrite(line.bytes, 1, line.size, out);
            write_repeated(out, ' ', is_numeric ? 0 : blanks);
            putc_unlocked(continues && marks ? '+' : ' ', out);
            has_more = has_more || continues;
        }
        putc_unlocked('\n', out);
    }
}

void table_print_aligned(Printer *printer, const Rows *rows, bool is_last) {
    Table table = table_layout(printer, rows);
    printer->row_count += rows->count;
    if (!printer->has_header) {
        print_aligned_header(printer, &table);
    }
    for (size_t row = 0; row < rows->count; row++) {
        print_aligned_row(printer, &table, table.texts + row * (size_t)printer->column_count,
                          !is_last || printer->row_count > 1);
    }
}

static void print_markdown_field(const Printer *printer, const Table *table, int column,
                                 Text text) {
    size_t blanks = table->widths[column] - console_width(text.bytes, text.size) + 1;
    bool is_numeric = printer->columns[column].type->is_numeric;
    putc('|', printer->out);
    write_repeated(printer->out, ' ', is_numeric ? blanks : 1);
    fwrite(text.bytes, 1, text.size, printer->out);
    write_repeated(printer->out, ' ', is_numeric ? 1 : blanks);
}

void table_print_markdown(Printer *printer, const Rows *rows) {
    Table table = table_layout(printer, rows);
    FILE *out = printer->out;
    if (!printer->has_header) {
        for (int i = 0; i < printer->column_count; i++) {
            const char *name = printer->columns[i].name;
            print_markdown_field(printer, &table, i, (Text){name, strlen(name)});
        }
        fputs("|\n", out);
        for (int i = 0; i < printer->column_count; i++) {
            fputs("| ", out);
            write_repeated(out, '-', table.widths[i]);
            putc(printer->columns[i].type->is_numeric ? ':' : ' ', out);
        }
        fputs("|\n", out);
        printer->has_header = true;
    }
    for (size_t row = 0; row < rows->count; row++) {
        for (int i = 0; i < printer->column_count; i++) {
            print_markdown_field(printer, &table, i,
                                 table.texts[row * (size_t)printer->column_count + (size_t)i]);
        }
        fputs("|\n", out);
    }
}

static void print_record_rule(Printer *printer, size_t names_width, size_t values_width) {
    char rule[64];
    FILE *out = printer->out;
    size_t width = (size_t)snprintf(rule, sizeof rule, "-[ RECORD %zu ]", ++printer->row_count);
    fputs(rule, out);
    if (names_width + 1 >= width) {
        write_repeated(out, '-', names_width + 1 - width);
        putc('+', out);
        width = names_width + 2;
    }
    size_t full = names_width + values_width + 3;
    write_repeated(out, '-', full > width ? full - width : 0);
    putc('\n', out);
}

void table_print_vertical(Printer *printer, const Rows *rows) {
    size_t names_width = 0, values_width = 0, columns = (size_t)printer->column_count;
    for (size_t i = 0; i < columns; i++) {
        size_t width = console_width(printer->columns[i].name, strlen(printer->columns[i].name));
        names_width = width > names_width ? width : names_width;
    }
    Table table = table_layout(printer, rows);
    for (size_t at = 0; at < rows->count * columns; at++) {
        size_t width = console_line_width(table.texts[at].bytes, table.texts[at].size);
        values_width = width > values_width ? width : values_width;
    }
    for (size_t at = 0; at < rows->count * columns; at++) {
        const char *name = printer->columns[at % columns].name;
        size_t name_width = console_width(name, strlen(name));
        if (at % columns == 0) {
            print_record_rule(printer, names_width, values_width);
        }
        bool is_first = true, has_more = true;
        while (has_more) {
            Text line = take_line(&table.texts[at], &has_more);
            if (is_first) {
                fputs(name, printer->out);
            } else {
                write_repeated(printer->out, ' ', name_width);
            }
            write_repeated(printer->out, ' ', names_width - name_width);
            fputs(" | ", printer->out);
            fwrite(line.bytes, 1, line.size, printer->out);
            putc('\n', printer->out);
            is_first = false;
        }
    }
}
