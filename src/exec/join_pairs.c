/* Batches of joined rows, and the residual filter over them. */
#include "exec/batch_gather.h"
#include "exec/hash_join.h"

/* A build column at rows: wide values stay in the table, under a dictionary. */
static Vector *build_column(const HashJoin *join, int32_t index, const int32_t *rows,
                            Buffer **indices, int32_t count) {
    Vector *column = join->table.rows.columns[index];
    if (rows == NULL) {
        return vector_create_null(column->type, count);
    }
    if (column->type->layout < LAYOUT_STRING) {
        return vector_gather(column, rows, count);
    }
    if (*indices == NULL) {
        *indices = indices_create(rows, count);
    }
    return vector_select(column, *indices, count);
}

static Vector *probe_column(Vector *column, const int32_t *rows, Buffer **indices, int32_t count) {
    if (rows == NULL) {
        return vector_ref(column);
    }
    if (*indices == NULL) {
        *indices = indices_create(rows, count);
    }
    return column_gather(column, *indices, rows, count);
}

/* Whether rows are 0 .. probe's row count: then its columns can be passed on. */
static bool is_identity(const Batch *probe, const int32_t *rows, int32_t count) {
    if (count != probe->row_count) {
        return false;
    }
    for (int32_t i = 0; i < count; i++) {
        if (rows[i] != i) {
            return false;
        }
    }
    return true;
}

Batch *join_pairs(const HashJoin *join, int32_t column_count, const JoinColumn *columns,
                  const Batch *probe, const int32_t *probe_rows, const int32_t *build_rows,
                  int32_t count) {
    Batch *output = batch_create(column_count, count);
    Buffer *probe_indices = NULL, *build_indices = NULL;
    if (probe_rows != NULL && is_identity(probe, probe_rows, count)) {
        probe_rows = NULL;
    }
    for (int32_t i = 0; i < column_count; i++) {
        const JoinColumn *column = &columns[i];
        output->columns[i] =
            column->is_build
                ? build_column(join, column->index, build_rows, &build_indices, count)
                : probe_column(probe->columns[column->index], probe_rows, &probe_indices, count);
    }
    buffer_unref(probe_indices);
    buffer_unref(build_indices);
    return output;
}

Status join_filter_pairs(Context *cx, const HashJoin *join, ProgramState *filter,
                         const Batch *probe, int32_t *probe_rows, int32_t *build_rows,
                         int32_t *count) {
    if (join->filter == NULL || *count == 0) {
        return OK;
    }
    int32_t rows[BATCH_ROWS_MAX];
    int32_t kept;
    Batch *pairs = join_pairs(join, join->filter_column_count, join->filter_columns, probe,
                              probe_rows, build_rows, *count);
    Status status = program_filter(cx, filter, pairs, rows, &kept);
    batch_free(pairs);
    TRY(status);
    for (int32_t i = 0; i < kept; i++) {
        probe_rows[i] = probe_rows[rows[i]];
        build_rows[i] = build_rows[rows[i]];
    }
    *count = kept;
    return OK;
}
