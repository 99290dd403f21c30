/*
 * Page sources: pages of one value per column, zero or a string of asterisks, as constant vectors.
 */
#include <stdatomic.h>
#include <time.h>

#include "blackhole.h"

typedef struct Source {
    Arena *arena;
    BlackholeProperties properties;
    int32_t page;      /* pages begun */
    int32_t rows_left; /* of the current page */
    int64_t rows_read;
    int32_t column_count;
    Vector **values; /* one row each */
} Source;

void blackhole_delay(const Context *cx, int64_t nanos) {
    const int64_t slice = 10 * 1000 * 1000; /* how late a cancellation is noticed */
    while (nanos > 0 && (cx->cancelled == NULL || !atomic_load(cx->cancelled))) {
        struct timespec pause = {.tv_nsec = nanos < slice ? nanos : slice};
        nanosleep(&pause, NULL);
        nanos -= pause.tv_nsec;
    }
}

/* One value: a zero of the type, or field_length asterisks where the type has room for them. */
static Vector *make_value(const Type *type, int32_t field_length) {
    Vector *value = vector_create(type, 1);
    if (type->layout != LAYOUT_STRING) {
        memset(value->data, 0, type->width);
        return value;
    }
    int32_t length = field_length;
    if (type->kind == TYPE_VARCHAR && type->length < length) {
        length = type->length;
    }
    char *bytes = vector_reserve_string(value, (size_t)length);
    memset(bytes, '*', (size_t)length);
    vector_finish_string(value, 0, bytes, (size_t)length);
    return value;
}

static Status make_values(Context *cx, const TableHandle *table, const int32_t *columns,
                          Source *source) {
    if (table->properties.field_length < 0) {
        return FAIL(cx, GENERIC_INTERNAL_ERROR, "%d", table->properties.field_length);
    }
    for (int32_t i = 0; i < source->column_count; i++) {
        const Type *type = type_simple(TYPE_BIGINT); /* the row id, behind the table's columns */
        if (columns[i] < table->column_count) {
            TRY(column_type(cx, table, columns[i], &type));
        }
        source->values[i] = make_value(type, table->properties.field_length);
    }
    return OK;
}

Status blackhole_open_source(Context *cx, void *connector, void *transaction, Handle handle,
                             const Split *split, const int32_t *columns, int32_t column_count,
                             const DynamicFilter *filter, void **ret_source) {
    const TableHandle *table = table_handle_open(cx->arena, handle);
    Arena *arena = arena_create(NULL);
    Source *source = arena_new(arena, Source);
    source->arena = arena;
    source->properties = table->properties;
    source->column_count = column_count;
    source->values = arena_new_array(arena, Vector *, column_count + 1);
    if (make_values(cx, table, columns, source) != OK) {
        blackhole_close_source(source, NULL);
        return FAILED;
    }
    *ret_source = source;
    return OK;
}

Status blackhole_read_source(Context *cx, void *state, Batch **ret_batch) {
    Source *source = state;
    *ret_batch = NULL;
    if (source->rows_left == 0) {
        if (source->page == source->properties.pages_per_split) {
            return OK;
        }
        source->page++;
        source->rows_left = source->properties.rows_per_page;
        blackhole_delay(cx, source->properties.delay_nanos);
    }
    int32_t count = source->rows_left < batch_rows() ? source->rows_left : batch_rows();
    Batch *batch = batch_create(source->column_count, count);
    for (int32_t i = 0; i < source->column_count; i++) {
        batch->columns[i] = vector_create_constant(source->values[i], 0, count);
    }
    source->rows_left -= count;
    source->rows_read += count;
    *ret_batch = batch;
    return OK;
}

void blackhole_close_source(void *state, SourceStatistics *statistics) {
    Source *source = state;
    if (statistics != NULL) {
        statistics->physical_rows += source->rows_read;
    }
    for (int32_t i = 0; i < source->column_count; i++) {
        vector_unref(source->values[i]);
    }
    arena_free(source->arena);
}
