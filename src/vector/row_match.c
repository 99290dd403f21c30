/*
 * Comparing key columns with packed rows, a column at a time: the inner loop of every hash table
 * probe. Matches and misses are both kept by compacting writes, without a branch on the outcome.
 * Strings settle most pairs on their first 8 bytes.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "vector/nested_bytes.h"
#include "vector/row_layout.h"
#include "vector/value_class.h"
#include "vector/vector_compare.h"

typedef struct MatchInput {
    VectorView view;
    uint8_t *const *rows;
    const RowLayout *layout;
    int32_t column, offset;
    bool nulls_match;
} MatchInput;

#define NAME match_int8
#define T int8_t
#define SAME(x, y) ((x) == (y))
#include "vector/row_match_loop.inc.h"

#define NAME match_int16
#define T int16_t
#define SAME(x, y) ((x) == (y))
#include "vector/row_match_loop.inc.h"

#define NAME match_int32
#define T int32_t
#define SAME(x, y) ((x) == (y))
#include "vector/row_match_loop.inc.h"

#define NAME match_int64
#define T int64_t
#define SAME(x, y) ((x) == (y))
#include "vector/row_match_loop.inc.h"

#define NAME match_real
#define T float
#define SAME(x, y) ((x) == (y) || (input->nulls_match && (x) != (x) && (y) != (y)))
#include "vector/row_match_loop.inc.h"

#define NAME match_double
#define T double
#define SAME(x, y) ((x) == (y) || (input->nulls_match && (x) != (x) && (y) != (y)))
#include "vector/row_match_loop.inc.h"

#define NAME match_int128
#define T __int128
#define SAME(x, y) ((x) == (y))
#include "vector/row_match_loop.inc.h"

#define NAME match_timestamp12
#define T Timestamp12
#define SAME(x, y) timestamp12_identical(x, y)
#include "vector/row_match_loop.inc.h"

#define NAME match_zoned_timestamp
#define T int64_t
#define SAME(x, y) ((x) >> 12 == (y) >> 12)
#include "vector/row_match_loop.inc.h"

#define NAME match_zoned_timestamp12
#define T TimestampTz12
#define SAME(x, y) zoned_timestamp12_identical(x, y)
#include "vector/row_match_loop.inc.h"

#define NAME match_zoned_time
#define T int64_t
#define SAME(x, y) (zoned_time_instant(x) == zoned_time_instant(y))
#include "vector/row_match_loop.inc.h"

#define NAME match_zoned_time12
#define T TimeTz12
#define SAME(x, y) (zoned_time12_instant(x) == zoned_time12_instant(y))
#include "vector/row_match_loop.inc.h"

#define NAME match_string
#define T StringView
#define SAME(x, y) string_equal(&(x), &(y))
#include "vector/row_match_loop.inc.h"

#define NAME match_char
#define T StringView
#define SAME(x, y) (string_equal(&(x), &(y)) || char_order(&(x), &(y)) == 0)
#include "vector/row_match_loop.inc.h"

/* Nested slots are read back one at a time into a vector that the key is compared with. */
static int32_t match_nested(const MatchInput *input, int32_t *selection, int32_t count,
                            int32_t *mismatches, int32_t *mismatch_count) {
    const Type *type = input->layout->types[input->column];
    int32_t matched = 0, missed = 0;
    for (int32_t k = 0; k < count; k++) {
        int32_t i = selection[k];
        int32_t position = view_index(&input->view, i);
        bool null_y = row_is_null(input->rows[i], input->column);
        bool null_x = input->view.nulls != NULL && bitmap_get(input->view.nulls, position);
        bool same = input->nulls_match && null_x && null_y;
        if (!null_x && !null_y) {
            StringView bytes;
            memcpy(&bytes, input->rows[i] + input->offset, sizeof bytes);
            Vector *value = vector_create(type, 0);
            nested_bytes_read(string_data(&bytes), value);
            same = input->nulls_match
                       ? vector_identical(input->view.vector, position, value, 0)
                       : vector_equal(input->view.vector, position, value, 0) == EQUALITY_TRUE;
            vector_unref(value);
        }
        selection[matched] = i;
        mismatches[missed] = i;
        matched += same;
        missed += !same;
    }
    *mismatch_count = missed;
    return matched;
}

typedef int32_t MatchLoop(const MatchInput *input, int32_t *restrict selection, int32_t count,
                          int32_t *restrict mismatches, int32_t *restrict mismatch_count);

static MatchLoop *const loops[] = {
    [VALUE_INT8] = match_int8,
    [VALUE_INT16] = match_int16,
    [VALUE_INT32] = match_int32,
    [VALUE_INT64] = match_int64,
    [VALUE_REAL] = match_real,
    [VALUE_DOUBLE] = match_double,
    [VALUE_INT128] = match_int128,
    [VALUE_UINT128] = match_int128,
    [VALUE_TIMESTAMP12] = match_timestamp12,
    [VALUE_ZONED_TIMESTAMP] = match_zoned_timestamp,
    [VALUE_ZONED_TIMESTAMP12] = match_zoned_timestamp12,
    [VALUE_ZONED_TIME] = match_zoned_time,
    [VALUE_ZONED_TIME12] = match_zoned_time12,
    [VALUE_STRING] = match_string,
    [VALUE_CHAR] = match_char,
    [VALUE_ARRAY] = match_nested,
    [VALUE_MAP] = match_nested,
    [VALUE_ROW] = match_nested,
};

int32_t row_match(const RowLayout *layout, int32_t column, RowMatch kind, const Vector *keys,
                  uint8_t *const *rows, int32_t *selection, int32_t count, int32_t *mismatches,
                  int32_t *ret_mismatch_count) {
    assert(keys->type->layout == layout->types[column]->layout);
    MatchInput input = {.view = vector_view(keys),
                        .rows = rows,
                        .layout = layout,
                        .column = column,
                        .offset = layout->offsets[column],
                        .nulls_match = kind == ROW_MATCH_IDENTICAL};
    int32_t scratch[256], missed = 0;
    int32_t *misses = mismatches;
    if (misses == NULL) {
        misses = count <= 256 ? scratch : allocate((size_t)count * sizeof *misses);
    }
    int32_t matched =
        loops[value_class_of(layout->types[column])](&input, selection, count, misses, &missed);
    if (mismatches == NULL && misses != scratch) {
        free(misses);
    }
    if (ret_mismatch_count != NULL) {
        *ret_mismatch_count = missed;
    }
    return matched;
}

int row_order(const RowLayout *layout, int32_t column, const uint8_t *a, const uint8_t *b) {
    bool null_a = row_is_null(a, column), null_b = row_is_null(b, column);
    if (null_a || null_b) {
        return null_a - null_b;
    }
    const Type *type = layout->types[column];
    int32_t offset = layout->offsets[column];
    if (type->layout <= LAYOUT_STRING) {
        _Alignas(16) uint8_t value_a[16], value_b[16];
        memcpy(value_a, a + offset, type->width);
        memcpy(value_b, b + offset, type->width);
        Vector one = {.encoding = ENCODING_FLAT, .length = 1, .type = type, .data = value_a};
        Vector other = {.encoding = ENCODING_FLAT, .length = 1, .type = type, .data = value_b};
        return vector_order(&one, 0, &other, 0);
    }
    uint8_t *rows[] = {(uint8_t *)a, (uint8_t *)b};
    Vector *values = row_gather(layout, column, rows, 2);
    int order = vector_order(values, 0, values, 1);
    vector_unref(values);
    return order;
}
