/*
 * Writing columns into rows. Fixed widths are a load and a store per row; strings copy what is not
 * inline to the heap that was reserved; nulls only touch their bit (and zero the slot of a string,
 * so that copying a row never follows it).
 */
#include "vector/row_scatter.h"

#include <assert.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "vector/nested_bytes.h"

static int32_t position_at(const VectorView *view, const RowScatter *scatter, int32_t i) {
    return view_index(view, scatter->selection != NULL ? scatter->selection[i] : i);
}

static bool null_at(const VectorView *view, int32_t position) {
    return view->nulls != NULL && bitmap_get(view->nulls, position);
}

static int64_t string_bytes(const RowScatter *scatter, const Vector *values) {
    VectorView view = vector_view(values);
    const StringView *strings = view.data;
    int64_t bytes = 0;
    for (int32_t i = 0; i < scatter->count; i++) {
        int32_t position = position_at(&view, scatter, i);
        uint32_t length = null_at(&view, position) ? 0 : strings[position].length;
        bytes += length > 12 ? length : 0;
    }
    return bytes;
}

/* Serialises the column's values; their views hold offsets until all bytes are there. */
static int64_t nested_bytes_of(RowScatter *scatter, const Vector *values, StringView *views) {
    VectorView view = vector_view(values);
    int64_t heap_bytes = 0;
    for (int32_t i = 0; i < scatter->count; i++) {
        int32_t position = position_at(&view, scatter, i);
        size_t start = scatter->nested.size;
        if (!null_at(&view, position)) {
            int32_t row = scatter->selection != NULL ? scatter->selection[i] : i;
            nested_bytes_append(&scatter->nested, values, row);
        }
        size_t size = scatter->nested.size - start;
        assert(size <= UINT32_MAX);
        views[i].length = (uint32_t)size;
        heap_bytes += size > 12 ? (int64_t)size : 0;
    }
    return heap_bytes;
}

static void point_views(RowScatter *scatter, int64_t count) {
    const char *bytes = scatter->nested.data;
    for (int64_t i = 0; i < count; i++) {
        uint32_t length = scatter->nested_views[i].length;
        scatter->nested_views[i] = string_view(bytes, length);
        bytes += length;
    }
}

Status row_scatter_prepare(Context *cx, RowScatter *scatter, const Vector *const *columns,
                           int32_t column_count) {
    int64_t heap_bytes = 0, nested_columns = 0;
    for (int32_t column = 0; column < column_count; column++) {
        nested_columns += columns[column]->type->layout > LAYOUT_STRING;
    }
    if (nested_columns > 0) {
        size_t count = (size_t)nested_columns * (size_t)scatter->count;
        scatter->nested_views = allocate(count * sizeof *scatter->nested_views);
    }
    StringView *views = scatter->nested_views;
    for (int32_t column = 0; column < column_count; column++) {
        Layout layout = columns[column]->type->layout;
        if (layout == LAYOUT_STRING) {
            heap_bytes += string_bytes(scatter, columns[column]);
        } else if (layout > LAYOUT_STRING) {
            heap_bytes += nested_bytes_of(scatter, columns[column], views);
            views += scatter->count;
        }
    }
    point_views(scatter, nested_columns * scatter->count);
    return row_heap_reserve(cx, scatter->collection, heap_bytes);
}

void row_scatter_done(RowScatter *scatter) {
    byte_string_done(&scatter->nested);
    free(scatter->nested_views);
}

static inline __attribute__((always_inline)) void scatter_width(const RowScatter *scatter,
                                                                const VectorView *view,
                                                                uint8_t *const *restrict rows,
                                                                int32_t offset, size_t width) {
    const char *data = view->data;
    if (view->indices == NULL && view->mask != 0 && scatter->selection == NULL) {
        for (int32_t i = 0; i < scatter->count; i++) {
            memcpy(rows[i] + offset, data + (size_t)i * width, width);
        }
        return;
    }
    for (int32_t i = 0; i < scatter->count; i++) {
        memcpy(rows[i] + offset, data + (size_t)position_at(view, scatter, i) * width, width);
    }
}

static void scatter_fixed(const RowScatter *scatter, const VectorView *view, uint8_t *const *rows,
                          int32_t offset, int32_t width) {
    switch (width) {
    case 1:
        scatter_width(scatter, view, rows, offset, 1);
        break;
    case 2:
        scatter_width(scatter, view, rows, offset, 2);
        break;
    case 4:
        scatter_width(scatter, view, rows, offset, 4);
        break;
    case 8:
        scatter_width(scatter, view, rows, offset, 8);
        break;
    default:
        assert(width == 16);
        scatter_width(scatter, view, rows, offset, 16);
    }
}

static void store_string(RowScatter *scatter, uint8_t *slot, StringView view) {
    if (view.length > 12) {
        char *bytes = row_heap_take(scatter->collection, view.length);
        view.pointer = memcpy(bytes, view.pointer, view.length);
    }
    memcpy(slot, &view, sizeof view);
}

static void scatter_strings(RowScatter *scatter, const VectorView *view, uint8_t *const *rows,
                            int32_t offset) {
    const StringView *strings = view->data;
    for (int32_t i = 0; i < scatter->count; i++) {
        int32_t position = position_at(view, scatter, i);
        StringView value = null_at(view, position) ? (StringView){0} : strings[position];
        store_string(scatter, rows[i] + offset, value);
    }
}

static void scatter_nested(RowScatter *scatter, uint8_t *const *rows, int32_t offset) {
    for (int32_t i = 0; i < scatter->count; i++) {
        store_string(scatter, rows[i] + offset, scatter->nested_views[scatter->nested_next++]);
    }
}

void row_scatter_column(RowScatter *scatter, int32_t column, const Vector *values,
                        uint8_t *const *rows) {
    const RowLayout *layout = scatter->collection->layout;
    assert(values->type->layout == layout->types[column]->layout);
    VectorView view = vector_view(values);
    int32_t offset = layout->offsets[column];
    switch (values->type->layout) {
    case LAYOUT_STRING:
        scatter_strings(scatter, &view, rows, offset);
        break;
    case LAYOUT_LIST:
    case LAYOUT_ROW:
        scatter_nested(scatter, rows, offset);
        break;
    default:
        scatter_fixed(scatter, &view, rows, offset, values->type->width);
    }
    for (int32_t i = 0; view.nulls != NULL && i < scatter->count; i++) {
        if (bitmap_get(view.nulls, position_at(&view, scatter, i))) {
            row_set_null(rows[i], column);
        }
    }
}
