/*
 * The rows of built-in tables: producers add cells of text, which become vectors of the columns'
 * types.
 *
 * A RowBuffer belongs to one reader. Cells are added in column order; NULL text is NULL.
 */
#pragma once

#include "catalog/catalog_state.h"

typedef struct RowBuffer {
    Context *cx;
    Transaction *transaction;
    int32_t column_count;
    int32_t cell_count, cell_capacity;
    const char **cells; /* in cx->arena */
} RowBuffer;

void row_add(RowBuffer *rows, const char *cell);
void row_add_number(RowBuffer *rows, int64_t number);

/* Fills the rows of a table: catalog is the one whose information_schema it is, NULL for the system
 * catalog. */
typedef Status RowProducer(RowBuffer *rows, Catalog *catalog);

/* The producer of a table; NULL: always empty. */
RowProducer *information_schema_rows(const char *table);
RowProducer *jdbc_rows(const char *table);
RowProducer *metadata_rows(const char *table);

/* Calls visit for every table and view of every schema of the catalog. */
typedef Status TableVisitor(RowBuffer *rows, Catalog *catalog, const TableName *name);
MUST_CHECK Status visit_tables(RowBuffer *rows, Catalog *catalog, TableVisitor *visit);
/* Calls the producer for each catalog, in name order. */
MUST_CHECK Status visit_catalogs(RowBuffer *rows,
                                 Status (*visit)(RowBuffer *rows, Catalog *catalog));
