/*
 * Comparison in chunks: rows are resolved to positions of flat data, a loop per value class
 * compares non-null pairs, nulls are put in afterwards. Strings and nested values are compared pair
 * by pair, since a null's data must not be followed.
 */
#include "vector/vector_compare.h"

#include <assert.h>

#include "vector/value_class.h"

enum { CHUNK = 1024 };

#define THREE_WAY(x, y) (((x) > (y)) - ((x) < (y)))

#define NAME int8
#define T int8_t
#define IDENTICAL(x, y) ((x) == (y))
#define ORDER(x, y) THREE_WAY(x, y)
#include "vector/vector_compare_loop.inc.h"

#define NAME int16
#define T int16_t
#define IDENTICAL(x, y) ((x) == (y))
#define ORDER(x, y) THREE_WAY(x, y)
#include "vector/vector_compare_loop.inc.h"

#define NAME int32
#define T int32_t
#define IDENTICAL(x, y) ((x) == (y))
#define ORDER(x, y) THREE_WAY(x, y)
#include "vector/vector_compare_loop.inc.h"

#define NAME int64
#define T int64_t
#define IDENTICAL(x, y) ((x) == (y))
#define ORDER(x, y) THREE_WAY(x, y)
#include "vector/vector_compare_loop.inc.h"

#define NAME real
#define T float
#define IDENTICAL(x, y) double_identical(x, y)
#define ORDER(x, y) double_order(x, y)
#include "vector/vector_compare_loop.inc.h"

#define NAME double
#define T double
#define IDENTICAL(x, y) double_identical(x, y)
#define ORDER(x, y) double_order(x, y)
#include "vector/vector_compare_loop.inc.h"

#define NAME int128
#define T __int128
#define IDENTICAL(x, y) ((x) == (y))
#define ORDER(x, y) THREE_WAY(x, y)
#include "vector/vector_compare_loop.inc.h"

#define NAME uint128
#define T unsigned __int128
#define IDENTICAL(x, y) ((x) == (y))
#define ORDER(x, y) THREE_WAY(x, y)
#include "vector/vector_compare_loop.inc.h"

static int picos_order(int64_t a, int32_t picos_a, int64_t b, int32_t picos_b) {
    return a != b ? int64_order(a, b) : int64_order(picos_a, picos_b);
}

#define NAME timestamp12
#define T Timestamp12
#define IDENTICAL(x, y) timestamp12_identical(x, y)
#define ORDER(x, y) picos_order((x).micros, (x).picos, (y).micros, (y).picos)
#include "vector/vector_compare_loop.inc.h"

#define NAME zoned_timestamp
#define T int64_t
#define IDENTICAL(x, y) ((x) >> 12 == (y) >> 12)
#define ORDER(x, y) THREE_WAY((x) >> 12, (y) >> 12)
#include "vector/vector_compare_loop.inc.h"

#define NAME zoned_timestamp12
#define T TimestampTz12
#define IDENTICAL(x, y) zoned_timestamp12_identical(x, y)
#define ORDER(x, y) picos_order((x).packed >> 12, (x).picos, (y).packed >> 12, (y).picos)
#include "vector/vector_compare_loop.inc.h"

#define NAME zoned_time
#define T int64_t
#define IDENTICAL(x, y) (zoned_time_instant(x) == zoned_time_instant(y))
#define ORDER(x, y) THREE_WAY(zoned_time_instant(x), zoned_time_instant(y))
#include "vector/vector_compare_loop.inc.h"

#define NAME zoned_time12
#define T TimeTz12
#define IDENTICAL(x, y) (zoned_time12_instant(x) == zoned_time12_instant(y))
#define ORDER(x, y) THREE_WAY(zoned_time12_instant(x), zoned_time12_instant(y))
#include "vector/vector_compare_loop.inc.h"

typedef void IdenticalLoop(const void *restrict values_a, const int32_t *restrict at_a,
                           const void *restrict values_b, const int32_t *restrict at_b,
                           int32_t count, uint8_t *restrict ret_equal);
typedef void OrderLoop(const void *restrict values_a, const int32_t *restrict at_a,
                       const void *restrict values_b, const int32_t *restrict at_b, int32_t count,
                       int8_t *restrict ret_order);

typedef struct Loops {
    IdenticalLoop *identical;
    OrderLoop *order;
} Loops;

static const Loops loops[] = {
    [VALUE_INT8] = {identical_int8, order_int8},
    [VALUE_INT16] = {identical_int16, order_int16},
    [VALUE_INT32] = {identical_int32, order_int32},
    [VALUE_INT64] = {identical_int64, order_int64},
    [VALUE_REAL] = {identical_real, order_real},
    [VALUE_DOUBLE] = {identical_double, order_double},
    [VALUE_INT128] = {identical_int128, order_int128},
    [VALUE_UINT128] = {identical_uint128, order_uint128},
    [VALUE_TIMESTAMP12] = {identical_timestamp12, order_timestamp12},
    [VALUE_ZONED_TIMESTAMP] = {identical_zoned_timestamp, order_zoned_timestamp},
    [VALUE_ZONED_TIMESTAMP12] = {identical_zoned_timestamp12, order_zoned_timestamp12},
    [VALUE_ZONED_TIME] = {identical_zoned_time, order_zoned_time},
    [VALUE_ZONED_TIME12] = {identical_zoned_time12, order_zoned_time12},
};

static bool char_identical(const StringView *a, const StringView *b) {
    return string_equal(a, b) || char_order(a, b) == 0;
}

static bool lists_identical(const Vector *a, ListEntry entry_a, const Vector *b,
                            ListEntry entry_b) {
    if (entry_a.length != entry_b.length) {
        return false;
    }
    for (int32_t i = 0; i < entry_a.length; i++) {
        if (!vector_identical(a->children[0], entry_a.offset + i, b->children[0],
                              entry_b.offset + i)) {
            return false;
        }
    }
    return true;
}

/* Keys are distinct, so equal length and every entry of a found in b suffice. */
static bool maps_identical(const Vector *a, ListEntry entry_a, const Vector *b, ListEntry entry_b) {
    if (entry_a.length != entry_b.length) {
        return false;
    }
    for (int32_t i = 0; i < entry_a.length; i++) {
        int32_t found = -1;
        for (int32_t j = 0; found < 0 && j < entry_b.length; j++) {
            /* usually entries come in the same order: start at the same place */
            int32_t candidate = (i + j) % entry_b.length;
            if (vector_identical(a->children[0], entry_a.offset + i, b->children[0],
                                 entry_b.offset + candidate)) {
                found = entry_b.offset + candidate;
            }
        }
        if (found < 0 ||
            !vector_identical(a->children[1], entry_a.offset + i, b->children[1], found)) {
            return false;
        }
    }
    return true;
}

/* Values at positions of flat or constant data; neither is null. */
static bool values_identical(const Vector *a, int32_t at_a, const Vector *b, int32_t at_b) {
    ValueClass class = value_class_of(a->type);
    uint8_t equal;
    switch (class) {
    case VALUE_STRING:
        return string_equal(&VECTOR_DATA(a, const StringView)[at_a],
                            &VECTOR_DATA(b, const StringView)[at_b]);
    case VALUE_CHAR:
        return char_identical(&VECTOR_DATA(a, const StringView)[at_a],
                              &VECTOR_DATA(b, const StringView)[at_b]);
    case VALUE_ARRAY:
        return lists_identical(a, VECTOR_DATA(a, const ListEntry)[at_a], b,
                               VECTOR_DATA(b, const ListEntry)[at_b]);
    case VALUE_MAP:
        return maps_identical(a, VECTOR_DATA(a, const ListEntry)[at_a], b,
                              VECTOR_DATA(b, const ListEntry)[at_b]);
    case VALUE_ROW:
        for (int32_t i = 0; i < a->child_count; i++) {
            if (!vector_identical(a->children[i], at_a, b->children[i], at_b)) {
                return false;
            }
        }
        return true;
    default:
        loops[class].identical(a->data, &at_a, b->data, &at_b, 1, &equal);
        return equal;
    }
}

/* Entry by entry, the shorter first. Maps have no order in SQL; theirs is that of their entries. */
static int lists_order(const Vector *a, ListEntry entry_a, const Vector *b, ListEntry entry_b) {
    int32_t shorter = entry_a.length < entry_b.length ? entry_a.length : entry_b.length;
    for (int32_t i = 0; i < shorter; i++) {
        for (int32_t child = 0; child < a->child_count; child++) {
            int order = vector_order(a->children[child], entry_a.offset + i, b->children[child],
                                     entry_b.offset + i);
            if (order != 0) {
                return order;
            }
        }
    }
    return int64_order(entry_a.length, entry_b.length);
}

static int values_order(const Vector *a, int32_t at_a, const Vector *b, int32_t at_b) {
    ValueClass class = value_class_of(a->type);
    int8_t order = 0;
    switch (class) {
    case VALUE_STRING:
        return string_compare(&VECTOR_DATA(a, const StringView)[at_a],
                              &VECTOR_DATA(b, const StringView)[at_b]);
    case VALUE_CHAR:
        return char_order(&VECTOR_DATA(a, const StringView)[at_a],
                          &VECTOR_DATA(b, const StringView)[at_b]);
    case VALUE_ARRAY:
    case VALUE_MAP:
        return lists_order(a, VECTOR_DATA(a, const ListEntry)[at_a], b,
                           VECTOR_DATA(b, const ListEntry)[at_b]);
    case VALUE_ROW:
        for (int32_t i = 0; order == 0 && i < a->child_count; i++) {
            int field = vector_order(a->children[i], at_a, b->children[i], at_b);
            order = (int8_t)((field > 0) - (field < 0));
        }
        return order;
    default:
        loops[class].order(a->data, &at_a, b->data, &at_b, 1, &order);
        return order;
    }
}

bool vector_identical(const Vector *a, int32_t row_a, const Vector *b, int32_t row_b) {
    VectorView view_a = vector_view(a), view_b = vector_view(b);
    bool null_a = view_is_null(&view_a, row_a), null_b = view_is_null(&view_b, row_b);
    if (null_a || null_b) {
        return null_a == null_b;
    }
    return values_identical(view_a.vector, view_index(&view_a, row_a), view_b.vector,
                            view_index(&view_b, row_b));
}

int vector_order(const Vector *a, int32_t row_a, const Vector *b, int32_t row_b) {
    VectorView view_a = vector_view(a), view_b = vector_view(b);
    bool null_a = view_is_null(&view_a, row_a), null_b = view_is_null(&view_b, row_b);
    if (null_a || null_b) {
        return null_a - null_b;
    }
    return values_order(view_a.vector, view_index(&view_a, row_a), view_b.vector,
                        view_index(&view_b, row_b));
}

static const int32_t *resolve(const VectorView *view, const int32_t *rows, int32_t first,
                              int32_t count, int32_t *positions) {
    if (view->indices == NULL && view->mask != 0 && rows != NULL) {
        return rows + first;
    }
    if (view->indices != NULL && rows == NULL) {
        return view->indices + first;
    }
    for (int32_t i = 0; i < count; i++) {
        positions[i] = view_index(view, rows != NULL ? rows[first + i] : first + i);
    }
    return positions;
}

static bool null_at(const VectorView *view, int32_t position) {
    return view->nulls != NULL && bitmap_get(view->nulls, position);
}

void vector_identical_rows(const Vector *a, const int32_t *rows_a, const Vector *b,
                           const int32_t *rows_b, int32_t count, uint8_t *ret_equal) {
    assert(a->type->layout == b->type->layout);
    VectorView view_a = vector_view(a), view_b = vector_view(b);
    bool nullable = view_a.nulls != NULL || view_b.nulls != NULL;
    ValueClass class = value_class_of(a->type);
    int32_t positions_a[CHUNK], positions_b[CHUNK];
    for (int32_t start = 0; start < count; start += CHUNK) {
        int32_t chunk = count - start < CHUNK ? count - start : CHUNK;
        const int32_t *at_a = resolve(&view_a, rows_a, start, chunk, positions_a);
        const int32_t *at_b = resolve(&view_b, rows_b, start, chunk, positions_b);
        uint8_t *equal = ret_equal + start;
        if (class < VALUE_STRING) {
            loops[class].identical(view_a.data, at_a, view_b.data, at_b, chunk, equal);
        }
        for (int32_t i = 0; i < chunk && (nullable || class >= VALUE_STRING); i++) {
            bool null_a = null_at(&view_a, at_a[i]), null_b = null_at(&view_b, at_b[i]);
            if (null_a || null_b) {
                equal[i] = null_a == null_b;
            } else if (class >= VALUE_STRING) {
                equal[i] = values_identical(view_a.vector, at_a[i], view_b.vector, at_b[i]);
            }
        }
    }
}

void vector_order_rows(const Vector *a, const int32_t *rows_a, const Vector *b,
                       const int32_t *rows_b, int32_t count, int8_t *ret_order) {
    assert(a->type->layout == b->type->layout);
    VectorView view_a = vector_view(a), view_b = vector_view(b);
    bool nullable = view_a.nulls != NULL || view_b.nulls != NULL;
    ValueClass class = value_class_of(a->type);
    int32_t positions_a[CHUNK], positions_b[CHUNK];
    for (int32_t start = 0; start < count; start += CHUNK) {
        int32_t chunk = count - start < CHUNK ? count - start : CHUNK;
        const int32_t *at_a = resolve(&view_a, rows_a, start, chunk, positions_a);
        const int32_t *at_b = resolve(&view_b, rows_b, start, chunk, positions_b);
        int8_t *order = ret_order + start;
        if (class < VALUE_STRING) {
            loops[class].order(view_a.data, at_a, view_b.data, at_b, chunk, order);
        }
        for (int32_t i = 0; i < chunk && (nullable || class >= VALUE_STRING); i++) {
            bool null_a = null_at(&view_a, at_a[i]), null_b = null_at(&view_b, at_b[i]);
            if (null_a || null_b) {
                order[i] = (int8_t)(null_a - null_b);
            } else if (class >= VALUE_STRING) {
                int one = values_order(view_a.vector, at_a[i], view_b.vector, at_b[i]);
                order[i] = (int8_t)((one > 0) - (one < 0));
            }
        }
    }
}
