/*
 * Splits: as many as the table was made with, all alike.
 */
#include "blackhole.h"

enum { USUAL_WEIGHT = 100 };

typedef struct Splits {
    Arena *arena;
    int32_t left;
} Splits;

Status blackhole_open_splits(Context *cx, void *connector, void *transaction, Handle handle,
                             const DynamicFilter *filter, void **ret_splits) {
    const TableHandle *table = table_handle_open(cx->arena, handle);
    Arena *arena = arena_create(NULL);
    Splits *splits = arena_new(arena, Splits);
    splits->arena = arena;
    splits->left = table->properties.split_count;
    *ret_splits = splits;
    return OK;
}

Status blackhole_next_splits(Context *cx, void *state, int32_t limit, Split *ret_splits,
                             int32_t *ret_count, bool *ret_finished) {
    Splits *splits = state;
    int32_t count = limit < splits->left ? limit : splits->left;
    for (int32_t i = 0; i < count; i++) {
        ret_splits[i] = (Split){.handle = {.data = "", .size = 0}, .weight = USUAL_WEIGHT};
    }
    splits->left -= count;
    *ret_count = count;
    *ret_finished = splits->left == 0;
    return OK;
}

void blackhole_close_splits(void *state) {
    Splits *splits = state;
    arena_free(splits->arena);
}
