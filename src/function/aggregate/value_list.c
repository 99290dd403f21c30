/*
 * Values in states. Arrays grow by doubling inside the arena, which makes what they outgrow waste
 * of at most the same size; nested values are kept in vectors that the arena's cleanup gives back.
 */
#include "function/aggregate/value_list.h"

#include "vector/vector_compare.h"

static void unref_value(void *value) {
    vector_unref(value);
}

static bool is_nested(const Type *type) {
    return type->layout > LAYOUT_STRING;
}

static Vector *create_values(Arena *arena, const Type *type, int32_t length) {
    Vector *vector = vector_create(type, length);
    arena_on_free(arena, unref_value, vector);
    return vector;
}

/* ---- one value ---- */

static void set_string(Arena *arena, KeptValue *kept, const StringView *value) {
    if (value->length <= 12) {
        kept->string = *value;
        return;
    }
    if (value->length > kept->capacity) {
        kept->capacity = value->length * 2;
        kept->memory = arena_alloc(arena, kept->capacity);
    }
    memcpy(kept->memory, value->pointer, value->length);
    kept->string = string_view(kept->memory, value->length);
}

void kept_value_set(Arena *arena, KeptValue *kept, const Vector *source, int32_t row) {
    VectorView view = vector_view(source);
    const Type *type = source->type;
    kept->present = true;
    kept->is_null = vector_is_null(source, row);
    if (kept->is_null) {
        return;
    }
    if (is_nested(type)) {
        if (kept->capacity == 0) {
            kept->vector = create_values(arena, type, 1);
            kept->capacity = 1;
        }
        vector_copy_value(kept->vector, 0, source, row);
    } else if (type->layout == LAYOUT_STRING) {
        set_string(arena, kept, &VIEW_VALUE(&view, StringView, row));
    } else {
        size_t width = type->width;
        memcpy(kept->bytes, (const char *)view.data + (size_t)view_index(&view, row) * width,
               width);
    }
}

void kept_value_share(KeptValue *kept, const KeptValue *source) {
    *kept = *source;
    kept->capacity = 0;
}

void kept_value_write(const KeptValue *kept, Vector *result, int32_t row) {
    const Type *type = result->type;
    if (!kept->present || kept->is_null) {
        vector_set_null(result, row);
    } else if (is_nested(type)) {
        vector_copy_value(result, row, kept->vector, 0);
    } else if (type->layout == LAYOUT_STRING) {
        vector_set_string(result, row, string_data(&kept->string), kept->string.length);
    } else {
        memcpy((char *)result->data + (size_t)row * type->width, kept->bytes, type->width);
    }
}

const Vector *kept_value_vector(const KeptValue *kept, const Type *type, Vector *scratch) {
    if (is_nested(type)) {
        return kept->vector;
    }
    *scratch = (Vector){.encoding = ENCODING_CONSTANT,
                        .length = 1,
                        .type = type,
                        .data = (void *)(uintptr_t)kept->bytes};
    return scratch;
}

/* ---- lists ---- */

static void reserve(Arena *arena, ValueList *list, size_t width, int32_t count) {
    if (count <= list->capacity) {
        return;
    }
    int32_t capacity = list->capacity < 4 ? 4 : list->capacity * 2;
    capacity = capacity < count ? count : capacity;
    char *slots = arena_alloc(arena, (size_t)capacity * width);
    if (list->count > 0) {
        memcpy(slots, list->slots, (size_t)list->count * width);
    }
    if (list->nulls != NULL) {
        uint64_t *nulls = arena_zalloc(arena, bitmap_words(capacity) * sizeof(uint64_t));
        memcpy(nulls, list->nulls, bitmap_words(list->count) * sizeof(uint64_t));
        list->nulls = nulls;
    }
    list->slots = slots;
    list->capacity = capacity;
}

static void set_null(Arena *arena, ValueList *list, int32_t index) {
    if (list->nulls == NULL) {
        list->nulls = arena_zalloc(arena, bitmap_words(list->capacity) * sizeof(uint64_t));
    }
    bitmap_set(list->nulls, index);
}

static inline __attribute__((always_inline)) void append_slot(Arena *arena, ValueList *list,
                                                              const VectorView *view, int32_t row,
                                                              size_t width, bool is_string) {
    int32_t index = view_index(view, row), at = list->count;
    reserve(arena, list, width, at + 1);
    const char *value = (const char *)view->data + (size_t)index * width;
    char *slot = list->slots + (size_t)at * width;
    list->count++;
    if (view->nulls != NULL && bitmap_get(view->nulls, index)) {
        memset(slot, 0, width);
        set_null(arena, list, at);
        return;
    }
    memcpy(slot, value, width);
    if (is_string) {
        StringView *string = (StringView *)(void *)slot;
        if (string->length > 12) {
            string->pointer = arena_copy(arena, string->pointer, string->length);
        }
    }
}

static void append_nested(Arena *arena, ValueList *list, const Vector *source, int32_t row) {
    if (list->vector == NULL) {
        list->vector = create_values(arena, source->type, 0);
    }
    vector_append(list->vector, source, &row, 1);
    list->count++;
}

void value_list_append(Arena *arena, ValueList *list, const Vector *source, int32_t row) {
    if (is_nested(source->type)) {
        append_nested(arena, list, source, row);
        return;
    }
    VectorView view = vector_view(source);
    append_slot(arena, list, &view, row, source->type->width,
                source->type->layout == LAYOUT_STRING);
}

static inline __attribute__((always_inline)) void
append_slots(Arena *arena, StateRows states, int32_t offset, const VectorView *view,
             const int32_t *rows, int32_t count, size_t width, bool is_string) {
    for (int32_t i = 0; i < count; i++) {
        ValueList *list = (ValueList *)(void *)(states.states[i] + states.offset + offset);
        append_slot(arena, list, view, rows != NULL ? rows[i] : i, width, is_string);
    }
}

void value_lists_append(Arena *arena, StateRows states, int32_t offset, const Vector *source,
                        const int32_t *rows, int32_t count) {
    VectorView view = vector_view(source);
    switch (source->type->layout) {
    case LAYOUT_BYTE:
        append_slots(arena, states, offset, &view, rows, count, 1, false);
        break;
    case LAYOUT_SHORT:
        append_slots(arena, states, offset, &view, rows, count, 2, false);
        break;
    case LAYOUT_INT:
        append_slots(arena, states, offset, &view, rows, count, 4, false);
        break;
    case LAYOUT_LONG:
        append_slots(arena, states, offset, &view, rows, count, 8, false);
        break;
    case LAYOUT_WIDE:
        append_slots(arena, states, offset, &view, rows, count, 16, false);
        break;
    case LAYOUT_STRING:
        append_slots(arena, states, offset, &view, rows, count, 16, true);
        break;
    default:
        for (int32_t i = 0; i < count; i++) {
            uint8_t *state = states.states[i] + states.offset + offset;
            append_nested(arena, (ValueList *)(void *)state, source, rows != NULL ? rows[i] : i);
        }
    }
}

void value_list_extend(Arena *arena, const Type *type, ValueList *list, const ValueList *source) {
    if (source->count == 0) {
        return;
    }
    if (is_nested(type)) {
        if (list->vector == NULL) {
            list->vector = create_values(arena, type, 0);
        }
        vector_append(list->vector, source->vector, NULL, source->count);
        list->count += source->count;
        return;
    }
    size_t width = type->width;
    int32_t start = list->count;
    reserve(arena, list, width, start + source->count);
    memcpy(list->slots + (size_t)start * width, source->slots, (size_t)source->count * width);
    for (int32_t i = 0; source->nulls != NULL && i < source->count; i++) {
        if (bitmap_get(source->nulls, i)) {
            set_null(arena, list, start + i);
        }
    }
    list->count += source->count;
}

const Vector *value_list_vector(const ValueList *list, const Type *type, Vector *scratch) {
    if (is_nested(type) && list->vector != NULL) {
        return list->vector;
    }
    *scratch = (Vector){.encoding = ENCODING_FLAT,
                        .length = list->count,
                        .type = type,
                        .data = list->slots,
                        .nulls = list->nulls};
    return scratch;
}

void value_list_write(const ValueList *list, const int32_t *members, int32_t count,
                      Vector *target) {
    const Type *type = target->type;
    if (count == 0) {
        return;
    }
    if (is_nested(type)) {
        vector_append(target, list->vector, members, count);
        return;
    }
    int32_t start = target->length;
    size_t width = type->width;
    vector_resize(target, start + count);
    for (int32_t i = 0; i < count; i++) {
        int32_t member = members != NULL ? members[i] : i;
        const char *slot = list->slots + (size_t)member * width;
        if (list->nulls != NULL && bitmap_get(list->nulls, member)) {
            vector_set_null(target, start + i);
        } else if (type->layout == LAYOUT_STRING) {
            const StringView *string = (const StringView *)(const void *)slot;
            vector_set_string(target, start + i, string_data(string), string->length);
        } else {
            memcpy((char *)target->data + (size_t)(start + i) * width, slot, width);
        }
    }
}

/* ---- sets ---- */

enum { SCANNED_MEMBERS_MAX = 8, SLOTS_MIN = 32 };

static void put_slot(ValueSet *set, int32_t member) {
    uint32_t mask = (uint32_t)set->slot_count - 1;
    uint32_t at = (uint32_t)set->hashes[member] & mask;
    while (set->slots[at] != 0) {
        at = (at + 1) & mask;
    }
    set->slots[at] = member + 1;
}

/* Keeps the table at most half full. */
static void grow_slots(Arena *arena, ValueSet *set) {
    int32_t count = set->members.count;
    if (count <= SCANNED_MEMBERS_MAX || count * 2 <= set->slot_count) {
        return;
    }
    set->slot_count = set->slot_count == 0 ? SLOTS_MIN : set->slot_count * 4;
    set->slots = arena_zalloc(arena, (size_t)set->slot_count * sizeof(int32_t));
    for (int32_t member = 0; member < count - 1; member++) {
        put_slot(set, member);
    }
}

static void keep_hash(Arena *arena, ValueSet *set, uint64_t hash) {
    int32_t member = set->members.count - 1;
    if (member == set->hash_capacity) {
        int32_t capacity = member < 4 ? 4 : member * 2;
        uint64_t *hashes = arena_alloc(arena, (size_t)capacity * sizeof *hashes);
        if (member > 0) {
            memcpy(hashes, set->hashes, (size_t)member * sizeof *hashes);
        }
        set->hashes = hashes;
        set->hash_capacity = capacity;
    }
    set->hashes[member] = hash;
}

static int32_t find_member(const ValueSet *set, const Vector *source, int32_t row, uint64_t hash) {
    Vector scratch;
    const Vector *members = NULL;
    uint32_t mask = (uint32_t)set->slot_count - 1, at = (uint32_t)hash & mask;
    for (int32_t i = 0; set->slots != NULL || i < set->members.count; i++) {
        int32_t member = i;
        if (set->slots != NULL) {
            member = set->slots[at] - 1;
            at = (at + 1) & mask;
            if (member < 0) {
                return -1;
            }
        }
        if (set->hashes[member] != hash) {
            continue;
        }
        members =
            members != NULL ? members : value_list_vector(&set->members, source->type, &scratch);
        if (vector_identical(members, member, source, row)) {
            return member;
        }
    }
    return -1;
}

int32_t value_set_add(Arena *arena, ValueSet *set, const Vector *source, int32_t row, uint64_t hash,
                      bool *ret_is_new) {
    int32_t member = find_member(set, source, row, hash);
    *ret_is_new = member < 0;
    if (member >= 0) {
        return member;
    }
    value_list_append(arena, &set->members, source, row);
    keep_hash(arena, set, hash);
    member = set->members.count - 1;
    grow_slots(arena, set);
    if (set->slots != NULL) {
        put_slot(set, member);
    }
    return member;
}
