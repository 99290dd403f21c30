/*
 * Scratch structures of array and map functions. The set is open addressing over element numbers;
 * hashes of a whole child vector are computed once per call.
 */
#include "function/scalar/elements.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "function/cast.h"
#include "vector/vector_compare.h"
#include "vector/vector_hash.h"

void element_rows_reserve(ElementRows *list, int32_t more) {
    if (list->count + more > list->capacity) {
        int32_t capacity =
            list->capacity * 2 > list->count + more ? list->capacity * 2 : list->count + more + 64;
        list->rows = reallocate(list->rows, sizeof *list->rows * (size_t)capacity);
        list->capacity = capacity;
    }
}

void element_rows_done(ElementRows *list) {
    free(list->rows);
}

static uint64_t *hashes_of(const Vector *vector) {
    uint64_t *hashes = allocate(sizeof *hashes * ((size_t)vector->length + 1));
    vector_hash(vector, vector->length, hashes, false);
    return hashes;
}

void element_set_init(ElementSet *set, const Vector *first, const Vector *second) {
    *set = (ElementSet){.vectors = {first, second}};
    set->hashes[0] = hashes_of(first);
    set->hashes[1] = second != NULL ? hashes_of(second) : NULL;
}

void element_set_done(ElementSet *set) {
    free(set->hashes[0]);
    free(set->hashes[1]);
    free(set->slots);
}

void element_set_clear(ElementSet *set, int32_t count) {
    int32_t capacity = 16;
    while (capacity < 2 * count) {
        capacity *= 2;
    }
    if (capacity > set->capacity) {
        set->slots = reallocate(set->slots, sizeof *set->slots * (size_t)capacity);
        set->capacity = capacity;
    }
    set->mask = capacity - 1;
    memset(set->slots, 0, sizeof *set->slots * (size_t)capacity);
}

/* The slot of the element, or the free one where it would be. */
static int32_t *find_slot(const ElementSet *set, int32_t which, int32_t element) {
    uint64_t hash = set->hashes[which][element];
    for (int32_t at = (int32_t)(hash & (uint32_t)set->mask);; at = (at + 1) & set->mask) {
        int32_t entry = set->slots[at];
        if (entry == 0) {
            return &set->slots[at];
        }
        int32_t other = (entry - 1) >> 1, vector = (entry - 1) & 1;
        if (set->hashes[vector][other] == hash &&
            vector_identical(set->vectors[which], element, set->vectors[vector], other)) {
            return &set->slots[at];
        }
    }
}

bool element_set_add(ElementSet *set, int32_t which, int32_t element) {
    int32_t *slot = find_slot(set, which, element);
    if (*slot != 0) {
        return false;
    }
    *slot = element * 2 + which + 1;
    return true;
}

bool element_set_contains(const ElementSet *set, int32_t which, int32_t element) {
    return *find_slot(set, which, element) != 0;
}

void copy_element(Vector *target, int32_t row, const VectorView *source, int32_t source_row) {
    if (view_is_null(source, source_row)) {
        vector_set_null(target, row);
        return;
    }
    int32_t from = view_index(source, source_row);
    switch (target->type->layout) {
    case LAYOUT_LIST:
    case LAYOUT_ROW:
        vector_copy_value(target, row, source->vector, from);
        return;
    default: {
        size_t width = target->type->width;
        memcpy((char *)target->data + (size_t)row * width,
               (const char *)source->data + (size_t)from * width, width);
    }
    }
}

const char *element_text(KernelCall *call, const Type *type, const Vector *vector, int32_t row) {
    const Type *text_type = type_varchar_unbounded();
    Arena *arena = call->cx->arena;
    if (vector_is_null(vector, row)) {
        return "null";
    }
    Vector *value = vector_gather(vector, &row, 1);
    VectorView view = vector_view(value);
    const char *text = type->name;
    Cast cast;
    if (type->kind == TYPE_VARCHAR) {
        const StringView *string = &VIEW_VALUE(&view, StringView, 0);
        text = arena_strndup(arena, string_data(string), string->length);
    } else if (cast_exists(type, text_type) &&
               cast_create(call->cx, type, text_type, &cast) == OK) {
        Vector *result = vector_create(text_type, 1);
        ResolvedFunction function = {.kind = FUNCTION_SCALAR,
                                     .name = "cast",
                                     .return_type = text_type,
                                     .argument_count = 1,
                                     .argument_types = &type};
        KernelCall inner = {.cx = call->cx,
                            .function = &function,
                            .state = cast.state,
                            .argument_count = 1,
                            .arguments = &view,
                            .result = result,
                            .row_count = 1,
                            .errors = call->errors};
        if (cast.kernel(&inner) == OK) {
            const StringView *string = VECTOR_DATA(result, StringView);
            text = arena_strndup(arena, string_data(string), string->length);
        }
        vector_unref(result);
    }
    vector_unref(value);
    return text;
}
