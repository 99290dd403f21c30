/*
 * Page sources: a split's rows as batches. The scan makes blocks; where batches have to be smaller
 * than a block, they are slices of it.
 */
#include "generator/text_pool.h"
#include "tpch.h"

typedef struct TpchSource {
    Arena *arena;
    Scan *scan;
    int32_t batch_rows_max;
    int32_t row;  /* of the block, that the next batch begins with */
    Batch *block; /* what the current block's batches are cut from, or NULL */
    int64_t rows_read;
    int32_t column_count;
    const int32_t *columns;
    const Type **types;
} TpchSource;

static bool needs_text(const TableModel *model, const int32_t *columns, int32_t column_count) {
    bool needs = false;
    for (int32_t i = 0; i < column_count; i++) {
        needs = needs || model->columns[columns[i]].is_text;
    }
    return needs;
}

/* Suppliers of parts are found by division by the number of suppliers. */
static Status check_suppliers(Context *cx, const TpchTable *table, const TpchSplit *rows) {
    bool has_suppliers = table->id == TABLE_PARTSUPP || table->id == TABLE_LINEITEM;
    if (has_suppliers && rows->first_row < rows->end_row &&
        scaled_count(supplier_table.base_rows, table->scale) == 0) {
        return FAIL(cx, GENERIC_INTERNAL_ERROR, "/ by zero");
    }
    return OK;
}

Status tpch_open_source(Context *cx, void *connector, void *transaction, Handle handle,
                        const Split *split, const int32_t *columns, int32_t column_count,
                        const DynamicFilter *filter, void **ret_source) {
    const TpchCatalog *catalog = connector;
    const TpchTable *table = tpch_table_of(cx, handle);
    const TableModel *model = table_model(table->id);
    TpchSplit rows;
    memcpy(&rows, split->handle.data, sizeof rows);
    TRY(check_suppliers(cx, table, &rows));
    if (needs_text(model, columns, column_count)) {
        TRY(text_pool_open(cx));
    }

    Arena *arena = arena_create(NULL);
    TpchSource *source = arena_new(arena, TpchSource);
    source->arena = arena;
    source->batch_rows_max = batch_rows();
    if (source->batch_rows_max > catalog->batch_rows_max) {
        source->batch_rows_max = catalog->batch_rows_max;
    }
    source->column_count = column_count;
    source->columns = arena_copy(arena, columns, (size_t)column_count * sizeof *columns);
    source->types = arena_new_array(arena, const Type *, column_count + 1);
    uint32_t wanted = 0;
    for (int32_t i = 0; i < column_count; i++) {
        wanted |= 1u << columns[i];
        source->types[i] = tpch_column_type(catalog, &model->columns[columns[i]]);
    }
    source->scan = scan_create(arena, model, table->scale, &table->filter, &catalog->dictionaries,
                               rows.first_row, rows.end_row, wanted);
    *ret_source = source;
    return OK;
}

static Batch *make_block(TpchSource *source) {
    Scan *scan = source->scan;
    Batch *batch = batch_create(source->column_count, scan->count);
    for (int32_t i = 0; i < source->column_count; i++) {
        const ColumnModel *column = &scan->table->columns[source->columns[i]];
        batch->columns[i] = column->make(scan, source->types[i]);
    }
    return batch;
}

/* The next rows of the block, which is done with its last. */
static Batch *cut_batch(TpchSource *source) {
    Batch *block = source->block;
    int32_t count = block->row_count - source->row;
    count = count < source->batch_rows_max ? count : source->batch_rows_max;
    Batch *batch = batch_create(block->column_count, count);
    for (int32_t i = 0; i < block->column_count; i++) {
        batch->columns[i] = vector_slice(block->columns[i], source->row, count);
    }
    source->row += count;
    if (source->row == block->row_count) {
        batch_free(block);
        source->block = NULL;
    }
    return batch;
}

Status tpch_read_source(Context *cx, void *state, Batch **ret_batch) {
    TpchSource *source = state;
    *ret_batch = NULL;
    if (source->block == NULL) {
        if (!scan_next(source->scan)) {
            return OK;
        }
        Batch *block = make_block(source);
        source->rows_read += block->row_count;
        if (block->row_count <= source->batch_rows_max) {
            *ret_batch = block;
            return OK;
        }
        source->block = block;
        source->row = 0;
    }
    *ret_batch = cut_batch(source);
    return OK;
}

void tpch_close_source(void *state, SourceStatistics *statistics) {
    TpchSource *source = state;
    if (statistics != NULL) {
        statistics->physical_rows += source->rows_read;
    }
    batch_free(source->block);
    arena_free(source->arena);
}
