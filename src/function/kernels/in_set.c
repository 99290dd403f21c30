/*
 * Sets of constants. Values of up to eight bytes are looked up by a 64-bit key under which equal
 * values are equal numbers (NaN has none: it equals nothing): short lists are compared one by one,
 * longer ones hashed. Strings are hashed; wide and nested values, rare here, are compared one by
 * one.
 */
#include "function/kernels/in_set.h"

#include <xxhash.h>

#include "function/kernels/clones.h"
#include "function/kernels/compare.h"

enum { CHAIN_MAX = 8 };

typedef enum SetMode { SET_CHAIN, SET_HASH, SET_STRINGS, SET_VALUES } SetMode;

struct InSet {
    const Type *type;
    SetMode mode;
    bool has_null;
    int32_t count;       /* of keys, views or values */
    int64_t *keys;       /* SET_CHAIN; SET_HASH: the table */
    uint8_t *used;       /* SET_HASH: whether a slot is */
    uint32_t mask;       /* of the table */
    StringView *strings; /* SET_STRINGS: the table; used says which slots are */
    Vector *values;      /* keeps strings and nested values alive */
};

static void unref_vector(void *vector) {
    vector_unref(vector);
}

/* ---- keys ---- */

static inline bool double_key(double value, int64_t *ret_key) {
    value = value == 0 ? 0 : value;
    memcpy(ret_key, &value, sizeof value);
    return value == value;
}

/* The key of the value at `index`; false when it equals nothing. */
static inline __attribute__((always_inline)) bool load_key(const Type *type, const void *data,
                                                           int32_t index, int64_t *ret_key) {
    switch (type->layout) {
    case LAYOUT_BYTE:
        *ret_key = ((const int8_t *)data)[index];
        return true;
    case LAYOUT_SHORT:
        *ret_key = ((const int16_t *)data)[index];
        return true;
    case LAYOUT_INT:
        if (type->kind == TYPE_REAL) {
            return double_key(((const float *)data)[index], ret_key);
        }
        *ret_key = ((const int32_t *)data)[index];
        return true;
    default:
        if (type->kind == TYPE_DOUBLE) {
            return double_key(((const double *)data)[index], ret_key);
        }
        *ret_key = ((const int64_t *)data)[index];
        if (type->kind == TYPE_TIMESTAMP_TZ) {
            *ret_key = timestamp_tz_millis(*ret_key);
        } else if (type->kind == TYPE_TIME_TZ) {
            *ret_key = time_tz_instant_nanos(*ret_key);
        }
        return true;
    }
}

static inline uint32_t key_slot(int64_t key) {
    return (uint32_t)(((uint64_t)key * 0x9e3779b97f4a7c15u) >> 32);
}

/* Inline views are hashed as the two words they are. */
static inline uint32_t string_slot(const StringView *view) {
    if (view->length > sizeof view->inlined) {
        return (uint32_t)XXH3_64bits(view->pointer, view->length);
    }
    uint64_t words[2];
    memcpy(words, view, sizeof words);
    uint64_t hash = (words[0] ^ words[1] * 0xff51afd7ed558ccdu) * 0x9e3779b97f4a7c15u;
    return (uint32_t)(hash >> 32);
}

/* ---- building ---- */

static void add_key(InSet *set, int64_t key) {
    if (set->mode == SET_CHAIN) {
        set->keys[set->count++] = key;
        return;
    }
    uint32_t slot = key_slot(key) & set->mask;
    while (set->used[slot] && set->keys[slot] != key) {
        slot = (slot + 1) & set->mask;
    }
    set->used[slot] = 1;
    set->keys[slot] = key;
}

static void add_string(InSet *set, const StringView *view) {
    uint32_t slot = string_slot(view) & set->mask;
    while (set->used[slot] && !string_equal(&set->strings[slot], view)) {
        slot = (slot + 1) & set->mask;
    }
    set->used[slot] = 1;
    set->strings[slot] = *view;
}

static SetMode choose_mode(const Type *type, int32_t count) {
    if (type->layout == LAYOUT_STRING) {
        return SET_STRINGS;
    }
    if (type->layout > LAYOUT_LONG) {
        return SET_VALUES;
    }
    return count <= CHAIN_MAX ? SET_CHAIN : SET_HASH;
}

InSet *in_set_create(Arena *arena, const Type *type, int32_t count,
                     const Vector *const *constants) {
    InSet *set = arena_new(arena, InSet);
    set->type = type;
    set->mode = choose_mode(type, count);
    set->values = vector_create(type, 0);
    arena_on_free(arena, unref_vector, set->values);
    uint32_t capacity = 8;
    while (capacity < (uint32_t)count * 2) {
        capacity *= 2;
    }
    set->mask = capacity - 1;
    set->keys = arena_new_array(arena, int64_t, capacity);
    set->used = arena_new_array(arena, uint8_t, capacity);
    for (int32_t i = 0; i < count; i++) {
        if (vector_is_null(constants[i], 0)) {
            set->has_null = true;
        } else {
            vector_append_value(set->values, constants[i], 0);
        }
    }
    if (set->mode == SET_STRINGS) {
        set->strings = arena_new_array(arena, StringView, capacity);
    }
    for (int32_t i = 0; i < set->values->length && set->mode != SET_VALUES; i++) {
        int64_t key;
        if (set->mode == SET_STRINGS) {
            add_string(set, VECTOR_DATA(set->values, StringView) + i);
        } else if (load_key(type, set->values->data, i, &key)) {
            add_key(set, key);
        }
    }
    return set;
}

unsigned in_set_flags(const InSet *set) {
    bool is_dense = !set->has_null && set->mode <= SET_HASH;
    return is_dense ? FUNCTION_INFALLIBLE_DENSE : FUNCTION_INFALLIBLE | FUNCTION_MAY_RETURN_NULL;
}

/* ---- lookup ---- */

static inline void set_found(const KernelCall *call, const InSet *set, int32_t row, bool found) {
    KERNEL_RESULT(call, uint8_t)[row] = found;
    if (!found && set->has_null) {
        vector_set_null(call->result, row);
    }
}

/* One pass over the values for each constant. */
KERNEL_CLONES static void match_ints(uint8_t *restrict result, const int32_t *restrict values,
                                     int32_t count, int32_t key) {
    for (int32_t i = 0; i < count; i++) {
        result[i] |= values[i] == key;
    }
}

KERNEL_CLONES static void match_longs(uint8_t *restrict result, const int64_t *restrict values,
                                      int32_t count, int64_t key) {
    for (int32_t i = 0; i < count; i++) {
        result[i] |= values[i] == key;
    }
}

/* Whether the call was answered by passes over flat integers. */
static bool match_dense(const KernelCall *call, const InSet *set) {
    const VectorView *view = &call->arguments[0];
    const Type *type = set->type;
    bool is_integer = (type->layout == LAYOUT_INT && type->kind != TYPE_REAL) ||
                      (type->layout == LAYOUT_LONG && type->kind != TYPE_DOUBLE &&
                       type->kind != TYPE_TIMESTAMP_TZ && type->kind != TYPE_TIME_TZ);
    if (!is_integer || set->has_null || call->rows != NULL || view->indices != NULL ||
        view->mask == 0) {
        return false;
    }
    uint8_t *result = KERNEL_RESULT(call, uint8_t);
    memset(result, 0, (size_t)call->row_count);
    for (int32_t i = 0; i < set->count; i++) {
        if (type->layout == LAYOUT_INT) {
            match_ints(result, view->data, call->row_count, (int32_t)set->keys[i]);
        } else {
            match_longs(result, view->data, call->row_count, set->keys[i]);
        }
    }
    return true;
}

static inline __attribute__((always_inline)) void
find_in_chain(const KernelCall *call, const InSet *set, const Type *type, bool has_null) {
    const VectorView *view = &call->arguments[0];
    uint8_t *result = KERNEL_RESULT(call, uint8_t);
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t key;
        bool found = false;
        if (load_key(type, view->data, view_index(view, row), &key)) {
            for (int32_t i = 0; i < set->count; i++) {
                found |= set->keys[i] == key;
            }
        }
        if (has_null) {
            set_found(call, set, row, found);
        } else {
            result[row] = found;
        }
    }
}

static void find_keys(const KernelCall *call, const InSet *set) {
    const VectorView *view = &call->arguments[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t key;
        bool found = false;
        if (load_key(set->type, view->data, view_index(view, row), &key)) {
            uint32_t slot = key_slot(key) & set->mask;
            while (set->used[slot] && set->keys[slot] != key) {
                slot = (slot + 1) & set->mask;
            }
            found = set->used[slot];
        }
        set_found(call, set, row, found);
    }
}

static void find_strings(const KernelCall *call, const InSet *set) {
    const VectorView *view = &call->arguments[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &VIEW_VALUE(view, StringView, row);
        uint32_t slot = string_slot(text) & set->mask;
        while (set->used[slot] && !string_equal(&set->strings[slot], text)) {
            slot = (slot + 1) & set->mask;
        }
        set_found(call, set, row, set->used[slot]);
    }
}

/* A nested value may be undetermined against one constant and equal to another. */
static void find_values(const KernelCall *call, const InSet *set) {
    VectorView values = vector_view(set->values);
    KERNEL_FOR_EACH_ROW(call, row) {
        Tristate found = set->has_null ? TRISTATE_NULL : TRISTATE_FALSE;
        for (int32_t i = 0; i < set->values->length && found != TRISTATE_TRUE; i++) {
            Tristate equal = value_equal(set->type, &call->arguments[0], row, &values, i);
            found = equal == TRISTATE_FALSE ? found : equal;
        }
        KERNEL_RESULT(call, uint8_t)[row] = found == TRISTATE_TRUE;
        if (found == TRISTATE_NULL) {
            vector_set_null(call->result, row);
        }
    }
}

Status in_set_kernel(KernelCall *call) {
    const InSet *set = call->state;
    switch (set->mode) {
    case SET_CHAIN:
        if (match_dense(call, set)) {
            break;
        }
        find_in_chain(call, set, set->type, set->has_null);
        break;
    case SET_HASH:
        find_keys(call, set);
        break;
    case SET_STRINGS:
        find_strings(call, set);
        break;
    case SET_VALUES:
        find_values(call, set);
        break;
    }
    return OK;
}
