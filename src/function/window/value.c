/*
 * first_value, last_value, nth_value, lag, lead: the window functions that give another row's
 * value.
 *
 * Each finds the row to take for every row of the partition, then the values are copied in one
 * pass. With IGNORE NULLS rows are counted in a list of those that have a value, so that no row is
 * searched for one by one.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "function/function.h"

enum { FROM_NOWHERE = -1, FROM_DEFAULT = -2 };

/* Which rows count: all, or with IGNORE NULLS those whose value is not NULL. */
typedef struct CountedRows {
    int32_t count;
    int32_t *rows;   /* NULL: all */
    int32_t *before; /* counted rows before row i, row_count + 1 entries */
} CountedRows;

static CountedRows counted_rows(const WindowCall *call) {
    CountedRows counted = {.count = call->row_count};
    const Vector *values = call->arguments[0];
    if (!call->ignore_nulls || !vector_may_have_nulls(values)) {
        return counted;
    }
    VectorView view = vector_view(values);
    counted.rows = allocate((size_t)(call->row_count + 1) * 2 * sizeof(int32_t));
    counted.before = counted.rows + call->row_count + 1;
    counted.count = 0;
    for (int32_t row = 0; row < call->row_count; row++) {
        counted.before[row] = counted.count;
        counted.rows[counted.count] = row;
        counted.count += !view_is_null(&view, row);
    }
    counted.before[call->row_count] = counted.count;
    return counted;
}

static int32_t counted_before(const CountedRows *counted, int32_t row) {
    return counted->rows != NULL ? counted->before[row] : row;
}

static int32_t counted_row(const CountedRows *counted, int64_t index) {
    return counted->rows != NULL ? counted->rows[index] : (int32_t)index;
}

/* ---- copying ---- */

static inline __attribute__((always_inline)) void copy_slots(char *restrict out,
                                                             const VectorView *view,
                                                             const int32_t *restrict from,
                                                             int32_t count, size_t width) {
    const char *data = view->data;
    for (int32_t i = 0; i < count; i++) {
        if (from[i] >= 0) {
            memcpy(out + (size_t)i * width, data + (size_t)view_index(view, from[i]) * width,
                   width);
        }
    }
}

/* Values of fixed width, and views of strings whose bytes the result keeps alive. */
static void copy_flat(Vector *result, const Vector *source, const int32_t *from, int32_t count) {
    VectorView view = vector_view(source);
    switch (result->type->width) {
    case 1:
        copy_slots(result->data, &view, from, count, 1);
        break;
    case 2:
        copy_slots(result->data, &view, from, count, 2);
        break;
    case 4:
        copy_slots(result->data, &view, from, count, 4);
        break;
    case 8:
        copy_slots(result->data, &view, from, count, 8);
        break;
    default:
        copy_slots(result->data, &view, from, count, 16);
        break;
    }
    if (result->type->layout == LAYOUT_STRING) {
        vector_share_heaps(result, view.vector);
    }
    for (int32_t i = 0; view.nulls != NULL && i < count; i++) {
        if (from[i] >= 0 && view_is_null(&view, from[i])) {
            vector_set_null(result, i);
        }
    }
}

/* Copies source's rows from[i] to i wherever from[i] is a row. */
static void copy_rows(Vector *result, const Vector *source, const int32_t *from, int32_t count) {
    if (result->type->layout <= LAYOUT_STRING) {
        copy_flat(result, source, from, count);
        return;
    }
    for (int32_t i = 0; i < count; i++) {
        if (from[i] >= 0) {
            vector_copy_value(result, i, source, from[i]);
        }
    }
}

/* Fills the result by `from`; takes the list. */
static void take_values(WindowCall *call, int32_t *from) {
    bool has_default = false;
    for (int32_t row = 0; row < call->row_count; row++) {
        if (from[row] == FROM_NOWHERE) {
            vector_set_null(call->result, row);
        }
        has_default = has_default || from[row] == FROM_DEFAULT;
    }
    copy_rows(call->result, call->arguments[0], from, call->row_count);
    if (has_default) {
        for (int32_t row = 0; row < call->row_count; row++) {
            from[row] = from[row] == FROM_DEFAULT ? row : FROM_NOWHERE;
        }
        copy_rows(call->result, call->arguments[2], from, call->row_count);
    }
    free(from);
}

/* ---- within the frame ---- */

static Status value_at_end(WindowCall *call, bool is_last) {
    CountedRows counted = counted_rows(call);
    int32_t *from = allocate((size_t)call->row_count * sizeof *from + 1);
    for (int32_t row = 0; row < call->row_count; row++) {
        int32_t start = call->frame_start[row], end = call->frame_end[row];
        from[row] = FROM_NOWHERE;
        if (start > end) {
            continue;
        }
        int32_t first = counted_before(&counted, start), past = counted_before(&counted, end + 1);
        if (first < past) {
            from[row] = counted_row(&counted, is_last ? past - 1 : first);
        }
    }
    free(counted.rows);
    take_values(call, from);
    return OK;
}

static Status first_value(WindowCall *call) {
    return value_at_end(call, false);
}

static Status last_value(WindowCall *call) {
    return value_at_end(call, true);
}

static Status find_nth(WindowCall *call, const CountedRows *counted, int32_t *from) {
    VectorView offsets = vector_view(call->arguments[1]);
    for (int32_t row = 0; row < call->row_count; row++) {
        int32_t start = call->frame_start[row], end = call->frame_end[row];
        from[row] = FROM_NOWHERE;
        if (start > end || view_is_null(&offsets, row)) {
            continue;
        }
        int64_t offset = VIEW_VALUE(&offsets, int64_t, row);
        if (offset < 1) {
            return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT, "Offset must be at least 1");
        }
        int32_t first = counted_before(counted, start), past = counted_before(counted, end + 1);
        if (offset <= past - first) {
            from[row] = counted_row(counted, first + offset - 1);
        }
    }
    return OK;
}

static Status nth_value(WindowCall *call) {
    CountedRows counted = counted_rows(call);
    int32_t *from = allocate((size_t)call->row_count * sizeof *from + 1);
    Status status = find_nth(call, &counted, from);
    free(counted.rows);
    if (status != OK) {
        free(from);
        return FAILED;
    }
    take_values(call, from);
    return OK;
}

/* ---- within the partition ---- */

static Status offset_of(WindowCall *call, const VectorView *offsets, int32_t row,
                        int64_t *ret_offset) {
    if (view_is_null(offsets, row)) {
        return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT, "Offset must not be null");
    }
    *ret_offset = VIEW_VALUE(offsets, int64_t, row);
    return *ret_offset < 0 ? FAIL(call->cx, INVALID_FUNCTION_ARGUMENT, "Offset must be at least 0")
                           : OK;
}

static Status find_moved(WindowCall *call, bool is_lead, const CountedRows *counted,
                         int32_t *from) {
    bool has_offset = call->argument_count > 1;
    int32_t missing = call->argument_count > 2 ? FROM_DEFAULT : FROM_NOWHERE;
    VectorView offsets = {0};
    if (has_offset) {
        offsets = vector_view(call->arguments[1]);
    }
    for (int32_t row = 0; row < call->row_count; row++) {
        int64_t offset = 1;
        if (has_offset) {
            TRY(offset_of(call, &offsets, row, &offset));
        }
        if (offset == 0) {
            from[row] = row;
            continue;
        }
        /* Counted rows up to this one, when it moves ahead; before this one, when it moves back. */
        int64_t base = counted_before(counted, is_lead ? row + 1 : row);
        if (is_lead) {
            bool is_inside = offset <= counted->count - base;
            from[row] = is_inside ? counted_row(counted, base + offset - 1) : missing;
        } else {
            from[row] = offset <= base ? counted_row(counted, base - offset) : missing;
        }
    }
    return OK;
}

static Status value_moved(WindowCall *call, bool is_lead) {
    CountedRows counted = counted_rows(call);
    int32_t *from = allocate((size_t)call->row_count * sizeof *from + 1);
    Status status = find_moved(call, is_lead, &counted, from);
    free(counted.rows);
    if (status != OK) {
        free(from);
        return FAILED;
    }
    take_values(call, from);
    return OK;
}

static Status lag(WindowCall *call) {
    return value_moved(call, false);
}

static Status lead(WindowCall *call) {
    return value_moved(call, true);
}

#define VALUE(name_, signature_, process_)                                                         \
    { .name = name_, .signature = signature_, .description = "", .process = process_ }

const WindowFunction value_windows[] = {
    VALUE("first_value", "<T>(T) -> T", first_value),
    VALUE("last_value", "<T>(T) -> T", last_value),
    VALUE("nth_value", "<T>(T, bigint) -> T", nth_value),
    VALUE("lag", "<T>(T) -> T", lag),
    VALUE("lag", "<T>(T, bigint) -> T", lag),
    VALUE("lag", "<T>(T, bigint, T) -> T", lag),
    VALUE("lead", "<T>(T) -> T", lead),
    VALUE("lead", "<T>(T, bigint) -> T", lead),
    VALUE("lead", "<T>(T, bigint, T) -> T", lead),
    {.name = NULL},
};
