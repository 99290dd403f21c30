/*
 * The layout of packed rows, and columns out of them: one pass over the row pointers per column,
 * specialised by width.
 */
#include "vector/row_layout.h"

#include <assert.h>

#include "vector/build.h"
#include "vector/nested_bytes.h"

static int32_t round_up(int32_t value, int32_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

RowLayout *row_layout_create(Arena *arena, int32_t column_count, const Type *const *types,
                             int32_t extra_bytes) {
    RowLayout *layout = arena_new(arena, RowLayout);
    int32_t *offsets = arena_new_array(arena, int32_t, column_count);
    int32_t end = (column_count + 7) / 8;
    for (int32_t i = 0; i < column_count; i++) {
        int32_t width =
            row_slot_is_string(types[i]) ? (int32_t)sizeof(StringView) : types[i]->width;
        offsets[i] = round_up(end, width < 8 ? width : 8);
        end = offsets[i] + width;
        layout->has_strings |= row_slot_is_string(types[i]);
    }
    layout->column_count = column_count;
    layout->types = arena_copy(arena, types, (size_t)column_count * sizeof *types);
    layout->offsets = offsets;
    layout->extra_offset = round_up(end, extra_bytes > 0 ? 16 : 1);
    layout->row_width = round_up(layout->extra_offset + extra_bytes, 16);
    layout->row_width = layout->row_width == 0 ? 16 : layout->row_width;
    return layout;
}

/* Bits of missing rows are set too; true when any is. */
static bool gather_null_bits(int32_t column, uint8_t *const *rows, int32_t count, uint64_t *bits) {
    uint64_t any = 0;
    for (int32_t start = 0; start < count; start += 64) {
        int32_t run = count - start < 64 ? count - start : 64;
        uint64_t word = 0;
        for (int32_t i = 0; i < run; i++) {
            const uint8_t *row = rows[start + i];
            word |= (uint64_t)(row == NULL || row_is_null(row, column)) << i;
        }
        bits[start >> 6] = word;
        any |= word;
    }
    return any != 0;
}

static inline __attribute__((always_inline)) void gather_slots_of(char *restrict out,
                                                                  uint8_t *const *restrict rows,
                                                                  int32_t count, int32_t offset,
                                                                  size_t width) {
    for (int32_t i = 0; i < count; i++) {
        memcpy(out + (size_t)i * width, rows[i] + offset, width);
    }
}

static void gather_slots(char *out, uint8_t *const *rows, int32_t count, int32_t offset,
                         int32_t width) {
    switch (width) {
    case 1:
        gather_slots_of(out, rows, count, offset, 1);
        break;
    case 2:
        gather_slots_of(out, rows, count, offset, 2);
        break;
    case 4:
        gather_slots_of(out, rows, count, offset, 4);
        break;
    case 8:
        gather_slots_of(out, rows, count, offset, 8);
        break;
    default:
        assert(width == 16);
        gather_slots_of(out, rows, count, offset, 16);
    }
}

/* As gather_slots, with rows that may be missing: their slots become zero bytes. */
static void gather_present_slots(char *out, uint8_t *const *rows, int32_t count, int32_t offset,
                                 int32_t width) {
    for (int32_t i = 0; i < count; i++) {
        char *slot = out + (size_t)i * (size_t)width;
        if (rows[i] != NULL) {
            memcpy(slot, rows[i] + offset, (size_t)width);
        } else {
            memset(slot, 0, (size_t)width);
        }
    }
}

/* Views are already in place; brings the long bytes into the vector's own heap. */
static void own_strings(Vector *vector) {
    StringView *views = vector->data;
    size_t total = 0;
    for (int32_t i = 0; i < vector->length; i++) {
        total += views[i].length > 12 ? views[i].length : 0;
    }
    if (total == 0) {
        return;
    }
    char *bytes = vector_reserve_string(vector, total);
    for (int32_t i = 0; i < vector->length; i++) {
        if (views[i].length > 12) {
            memcpy(bytes, views[i].pointer, views[i].length);
            views[i].pointer = bytes;
            bytes += views[i].length;
        }
    }
    vector->heap_tail += total;
    vector->heap_left -= total;
}

static Vector *gather_nested(const RowLayout *layout, int32_t column, uint8_t *const *rows,
                             int32_t count) {
    Vector *vector = vector_create(layout->types[column], 0);
    for (int32_t i = 0; i < count; i++) {
        if (rows[i] == NULL || row_is_null(rows[i], column)) {
            vector_resize(vector, i + 1);
            vector_set_null(vector, i);
            continue;
        }
        StringView view;
        memcpy(&view, rows[i] + layout->offsets[column], sizeof view);
        nested_bytes_read(string_data(&view), vector);
    }
    return vector;
}

Vector *row_gather(const RowLayout *layout, int32_t column, uint8_t *const *rows, int32_t count) {
    const Type *type = layout->types[column];
    if (type->layout > LAYOUT_STRING) {
        return gather_nested(layout, column, rows, count);
    }
    Vector *vector = vector_create(type, count);
    bool missing = false;
    for (int32_t i = 0; i < count; i++) {
        missing |= rows[i] == NULL;
    }
    if (missing) {
        gather_present_slots(vector->data, rows, count, layout->offsets[column], type->width);
    } else {
        gather_slots(vector->data, rows, count, layout->offsets[column], type->width);
    }
    Buffer *nulls = nulls_create(count);
    if (gather_null_bits(column, rows, count, (uint64_t *)nulls->data)) {
        vector->nulls_buffer = nulls;
        vector->nulls = (uint64_t *)nulls->data;
    } else {
        buffer_unref(nulls);
    }
    if (type->layout == LAYOUT_STRING) {
        own_strings(vector);
    }
    return vector;
}
