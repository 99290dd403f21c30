/*
 * Joining what the branches of CASE, COALESCE and TRY computed. Fixed-width values and string views
 * are scattered into one flat vector; nested values are appended and put in place by a dictionary.
 */
#include "expr/call.h"
#include "expr/run.h"

#include <assert.h>

static void copy_nulls(Vector *result, const VectorView *view, Selection rows) {
    if (view->nulls == NULL || (view->mask == 0 && !bitmap_get(view->nulls, 0))) {
        return;
    }
    uint64_t *nulls = vector_writable_nulls(result);
    for (int32_t i = 0; i < rows.count; i++) {
        int32_t row = selection_row(rows, i);
        nulls[row >> 6] |= (uint64_t)view_is_null(view, row) << (row & 63);
    }
}

static inline __attribute__((always_inline)) void
scatter_width(char *restrict target, const VectorView *view, Selection rows, size_t width) {
    const char *source = view->data;
    if (view->indices == NULL && view->mask != 0 && rows.rows != NULL) {
        for (int32_t i = 0; i < rows.count; i++) {
            size_t offset = (size_t)rows.rows[i] * width;
            memcpy(target + offset, source + offset, width);
        }
        return;
    }
    for (int32_t i = 0; i < rows.count; i++) {
        int32_t row = selection_row(rows, i);
        memcpy(target + (size_t)row * width, source + (size_t)view_index(view, row) * width, width);
    }
}

static void scatter(Vector *result, const Piece *piece) {
    VectorView view = vector_view(piece->values);
    switch (result->type->width) {
    case 1:
        scatter_width(result->data, &view, piece->rows, 1);
        break;
    case 2:
        scatter_width(result->data, &view, piece->rows, 2);
        break;
    case 4:
        scatter_width(result->data, &view, piece->rows, 4);
        break;
    case 8:
        scatter_width(result->data, &view, piece->rows, 8);
        break;
    default:
        scatter_width(result->data, &view, piece->rows, 16);
        break;
    }
    copy_nulls(result, &view, piece->rows);
    if (result->type->layout == LAYOUT_STRING) {
        vector_share_heaps(result, view.vector);
    }
}

static Vector *merge_nested(const Type *type, int32_t row_count, int32_t count,
                            const Piece *pieces) {
    Vector *base = vector_create(type, 0);
    Buffer *buffer = buffer_create((int64_t)row_count * (int64_t)sizeof(int32_t));
    int32_t *indices = (int32_t *)buffer->data;
    memset(indices, 0, sizeof *indices * (size_t)row_count);
    for (int32_t i = 0; i < count; i++) {
        Selection rows = pieces[i].rows;
        int32_t first = base->length;
        vector_append(base, pieces[i].values, rows.rows, rows.count);
        for (int32_t j = 0; j < rows.count; j++) {
            indices[selection_row(rows, j)] = first + j;
        }
    }
    return vector_create_dictionary(base, buffer, row_count);
}

Vector *merge_pieces(const Type *type, int32_t row_count, int32_t count, const Piece *pieces) {
    int32_t used = 0;
    const Piece *only = NULL;
    for (int32_t i = 0; i < count; i++) {
        if (pieces[i].rows.count > 0) {
            only = &pieces[i];
            used++;
        }
    }
    assert(used > 0);
    if (used == 1) {
        return vector_ref((Vector *)only->values);
    }
    if (type->layout == LAYOUT_LIST || type->layout == LAYOUT_ROW) {
        return merge_nested(type, row_count, count, pieces);
    }
    Vector *result = vector_create(type, row_count);
    if (type->layout == LAYOUT_STRING) {
        vector_zero(result);
    }
    for (int32_t i = 0; i < count; i++) {
        if (pieces[i].rows.count > 0) {
            scatter(result, &pieces[i]);
        }
    }
    return result;
}
