/* Keys: widening integers, and matching batch rows with stored rows through the bulk comparison of
 * src/vector. */
#include "exec/key_match.h"

#include <assert.h>

#include "vector/value_class.h"
#include "vector/vector_compare.h"

bool key_is_integer(const Type *type) {
    switch (value_class_of(type)) {
    case VALUE_INT8:
    case VALUE_INT16:
    case VALUE_INT32:
    case VALUE_INT64:
        return true;
    default:
        return false;
    }
}

#define NAME widen_int8
#define T int8_t
#include "exec/key_widen.inc.h"
#define NAME widen_int16
#define T int16_t
#include "exec/key_widen.inc.h"
#define NAME widen_int32
#define T int32_t
#include "exec/key_widen.inc.h"
#define NAME widen_int64
#define T int64_t
#include "exec/key_widen.inc.h"

static bool find_nulls(const VectorView *view, const int32_t *rows, int32_t first, int32_t count,
                       uint64_t *is_null) {
    bool any = false;
    memset(is_null, 0, bitmap_words(count) * sizeof(uint64_t));
    for (int32_t i = 0; i < count; i++) {
        if (bitmap_get(view->nulls, view_index(view, rows != NULL ? rows[i] : first + i))) {
            bitmap_set(is_null, i);
            any = true;
        }
    }
    return any;
}

const int64_t *key_integers(const Vector *key, const int32_t *rows, int32_t first, int32_t count,
                            int64_t *buffer, uint64_t *is_null, bool *ret_has_nulls) {
    VectorView view = vector_view(key);
    *ret_has_nulls = view.nulls != NULL && find_nulls(&view, rows, first, count, is_null);
    bool lies_flat = rows == NULL && view.indices == NULL && view.mask != 0;
    switch (key->type->width) {
    case 1:
        widen_int8(&view, rows, first, count, buffer);
        return buffer;
    case 2:
        widen_int16(&view, rows, first, count, buffer);
        return buffer;
    case 4:
        widen_int32(&view, rows, first, count, buffer);
        return buffer;
    default:
        assert(key->type->width == 8);
        if (lies_flat) {
            return (const int64_t *)view.data + first;
        }
        widen_int64(&view, rows, first, count, buffer);
        return buffer;
    }
}

/* Strings are most keys that are not integers: no calls but memcmp's. */
static void strings_identical(const Vector *key, const int32_t *rows, const Vector *stored,
                              const int32_t *groups, int32_t count, uint8_t *equal) {
    VectorView view = vector_view(key);
    const StringView *left = view.data, *right = stored->data;
    for (int32_t i = 0; i < count; i++) {
        equal[i] = string_equal(&left[view_index(&view, rows[i])], &right[groups[i]]);
    }
}

int32_t key_match(const Vector *key, const int32_t *rows, const Vector *stored,
                  const int32_t *groups, int32_t count, int32_t *items, int32_t *failed,
                  int32_t *failed_count) {
    uint8_t equal[BATCH_ROWS_MAX];
    assert(count <= BATCH_ROWS_MAX);
    bool has_nulls = vector_may_have_nulls(key) || stored->nulls != NULL;
    if (!has_nulls && value_class_of(key->type) == VALUE_STRING) {
        strings_identical(key, rows, stored, groups, count, equal);
    } else {
        vector_identical_rows(key, rows, stored, groups, count, equal);
    }
    int32_t kept = 0, lost = *failed_count;
    for (int32_t i = 0; i < count; i++) {
        int32_t item = items[i];
        if (equal[i]) {
            items[kept++] = item;
        } else {
            failed[lost++] = item;
        }
    }
    *failed_count = lost;
    return kept;
}
