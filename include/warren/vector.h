/*
 * Vectors and batches: columns of values in flight.
 *
 * A Vector holds `length` values of one type in one of three encodings:
 *   FLAT        data[i]
 *   CONSTANT    data[0] for every row
 *   DICTIONARY  base's value at indices[i]; base is FLAT (never CONSTANT or DICTIONARY)
 * Nulls are a bitmap (bit set = NULL), absent (NULL pointer) when there are none. A CONSTANT has
 * one bit. A DICTIONARY has no bitmap of its own: its nulls are its base's. A value whose null bit
 * is set has unspecified, but readable, data. LIST values point into children; children may have
 * any encoding. A ROW's children are as long as the row (1 when CONSTANT); a null row's fields are
 * unspecified.
 *
 * Vectors are reference counted and immutable once shared (count > 1). Functions named create,
 * gather, ... give the caller a reference; vector_unref ends it. String views point into `heaps` or
 * into memory that one of the heaps keeps alive; views of 12 bytes or fewer are inline.
 */
#pragma once

#include <string.h>

#include "warren/type.h"

enum {
    BATCH_ROWS_MAX = 2048
}; /* the usual size of a batch; sources and operators read batch_rows() in tests of 3 */

typedef enum Encoding { ENCODING_FLAT, ENCODING_CONSTANT, ENCODING_DICTIONARY } Encoding;

typedef struct StringView {
    union {
        struct {
            uint32_t length;
            char inlined[12];
        };
        struct {
            uint32_t length_again; /* the same word as length */
            char prefix[4];
            const char *pointer;
        };
    };
} StringView;

_Static_assert(sizeof(StringView) == 16, "string views are 16 bytes");

typedef struct ListEntry {
    int32_t offset;
    int32_t length;
} ListEntry;

typedef struct Vector {
    _Atomic int32_t reference_count;
    Encoding encoding;
    int32_t length;
    int32_t capacity; /* values that data has room for (FLAT being built) */
    const Type *type;
    void *data; /* FLAT, CONSTANT; NULL for ROW and DICTIONARY */
    uint64_t *nulls;
    const int32_t *indices;   /* DICTIONARY */
    struct Vector *base;      /* DICTIONARY, owned reference */
    struct Vector **children; /* LIST and ROW, owned references */
    int32_t child_count;
    int32_t heap_count;
    int32_t heap_capacity;
    Buffer **heaps; /* owned references */
    Buffer *data_buffer, *nulls_buffer,
        *indices_buffer; /* owned references to what the pointers above point into */
    char *heap_tail;     /* free bytes of the last heap, while being built */
    size_t heap_left;
} Vector;

/* One batch of rows: columns of equal length. Single owner; columns are references. */
typedef struct Batch {
    int32_t row_count;
    int32_t column_count;
    Vector *columns[];
} Batch;

/* ---- string views ---- */

static inline const char *string_data(const StringView *view) {
    return view->length <= 12 ? view->inlined : view->pointer;
}

/* A view of bytes that outlive it (or that are copied inline). */
static inline StringView string_view(const char *bytes, size_t length) {
    StringView view;
    view.length = (uint32_t)length;
    if (length <= 12) {
        memset(view.inlined, 0, sizeof view.inlined);
        if (length > 0) {
            memcpy(view.inlined, bytes, length);
        }
    } else {
        memcpy(view.prefix, bytes, 4);
        view.pointer = bytes;
    }
    return view;
}

static inline bool string_equal(const StringView *a, const StringView *b) {
    uint64_t first_a, first_b;
    memcpy(&first_a, a, 8); /* length and prefix */
    memcpy(&first_b, b, 8);
    if (first_a != first_b) {
        return false;
    }
    if (a->length <= 12) {
        memcpy(&first_a, a->inlined + 4, 8);
        memcpy(&first_b, b->inlined + 4, 8);
        return first_a == first_b;
    }
    return memcmp(a->pointer, b->pointer, a->length) == 0;
}

/* Order of UTF-8 bytes, shorter first: negative, 0, positive. */
static inline int string_compare(const StringView *a, const StringView *b) {
    uint32_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(string_data(a), string_data(b), shorter);
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

/* ---- nulls ---- */

static inline size_t bitmap_words(int32_t bits) {
    return ((size_t)bits + 63) / 64;
}
static inline bool bitmap_get(const uint64_t *bitmap, int32_t i) {
    return (bitmap[i >> 6] >> (i & 63)) & 1;
}
static inline void bitmap_set(uint64_t *bitmap, int32_t i) {
    bitmap[i >> 6] |= (uint64_t)1 << (i & 63);
}
static inline void bitmap_clear(uint64_t *bitmap, int32_t i) {
    bitmap[i >> 6] &= ~((uint64_t)1 << (i & 63));
}

/* ---- making vectors ---- */

/* FLAT, writable, `length` values uninitialised, no nulls. LIST gets empty children, ROW children
 * of the same length. */
Vector *vector_create(const Type *type, int32_t length);
Vector *vector_create_null(const Type *type, int32_t length); /* CONSTANT NULL */
Vector *vector_create_constant(const Vector *source, int32_t row,
                               int32_t length); /* source's value at row, repeated */
/* Takes over the caller's references to base and indices (int32_t[length]). A non-flat base is
 * flattened into the indices. */
Vector *vector_create_dictionary(Vector *base, Buffer *indices, int32_t length);
/* FLAT over existing memory: references to data and nulls (NULL: none) are taken over. children[]
 * are NULL, to be filled. */
Vector *vector_wrap(const Type *type, int32_t length, Buffer *data, Buffer *nulls);
Vector *vector_ref(Vector *vector);
void vector_unref(Vector *vector); /* NULL is legal */

/* Writable FLAT only. */
void vector_set_null(Vector *vector, int32_t row); /* makes the bitmap when there is none */
uint64_t *
vector_writable_nulls(Vector *vector); /* the bitmap, made (all clear) when there is none */
void vector_set_string(Vector *vector, int32_t row, const char *bytes,
                       size_t size); /* copies what is not inline */
/* Room for size bytes in the vector's heap, to be filled before vector_finish_string sets the view
 * with the final size. */
char *vector_reserve_string(Vector *vector, size_t size);
void vector_finish_string(Vector *vector, int32_t row, const char *bytes, size_t final_size);
void vector_share_heaps(Vector *vector,
                        const Vector *source); /* views of source may be copied into vector */
/* Grows or shrinks the length; new values are uninitialised, not null. Amortised doubling; data
 * pointers may move. */
void vector_resize(Vector *vector, int32_t length);
/* Copies one value of equal type (deep for nested) onto `row` of a writable vector / to its end.
 * For cold paths. */
void vector_copy_value(Vector *vector, int32_t row, const Vector *source, int32_t source_row);
void vector_append_value(Vector *vector, const Vector *source, int32_t source_row);
/* Appends rows of source, all of them when rows is NULL (then count rows from 0). Bulk; children of
 * lists are bulk copied. */
void vector_append(Vector *vector, const Vector *source, const int32_t *rows, int32_t count);

/* ---- reshaping: each gives a new reference ---- */

/* source's values at rows[0..count). FLAT: copies values, shares heaps; DICTIONARY: copies indices;
 * CONSTANT: itself. */
Vector *vector_gather(const Vector *source, const int32_t *rows, int32_t count);
/* The same, but FLAT sources stay shared under a dictionary of `indices` (a Buffer of
 * int32_t[count], referenced). */
Vector *vector_select(Vector *source, Buffer *indices, int32_t count);
Vector *vector_slice(Vector *source, int32_t offset, int32_t length);
Vector *vector_flatten(Vector *source); /* FLAT, itself when it is */
/* The same data seen as another type of the same layout (varchar(3) as varchar(5)). */
Vector *vector_retype(Vector *source, const Type *type);
int64_t vector_bytes(const Vector *vector); /* memory kept alive, shared parts counted */

/* ---- reading ---- */

/* A vector seen row by row whatever its encoding: value i is data[view_index(i)], null if bit
 * view_index(i) is set. */
typedef struct VectorView {
    const void *data;
    const uint64_t *nulls;
    const int32_t *indices; /* NULL unless DICTIONARY */
    int32_t mask;           /* 0 for CONSTANT, else -1 */
    const Vector *
        vector; /* whose data it is: the flat or constant vector itself, or the dictionary's base */
} VectorView;

static inline VectorView vector_view(const Vector *vector) {
    VectorView view;
    const Vector *base = vector->encoding == ENCODING_DICTIONARY ? vector->base : vector;
    view.data = base->data;
    view.nulls = base->nulls;
    view.indices = vector->encoding == ENCODING_DICTIONARY ? vector->indices : NULL;
    view.mask = vector->encoding == ENCODING_CONSTANT ? 0 : -1;
    view.vector = base;
    return view;
}

static inline int32_t view_index(const VectorView *view, int32_t row) {
    return view->indices != NULL ? view->indices[row] : (row & view->mask);
}

static inline bool view_is_null(const VectorView *view, int32_t row) {
    return view->nulls != NULL && bitmap_get(view->nulls, view_index(view, row));
}

static inline bool vector_is_null(const Vector *vector, int32_t row) {
    VectorView view = vector_view(vector);
    return view_is_null(&view, row);
}

#define VIEW_VALUE(view, T, row) (((const T *)(view)->data)[view_index((view), (row))])
#define VECTOR_DATA(vector, T) ((T *)(vector)->data)

bool vector_may_have_nulls(const Vector *vector); /* false: surely none */

/* ---- batches ---- */

int32_t batch_rows(
    void); /* rows a source or operator puts in a batch: BATCH_ROWS_MAX unless configured (tests) */
Batch *batch_create(int32_t column_count,
                    int32_t row_count); /* columns NULL, to be filled with references */
void batch_free(Batch *batch);          /* unrefs columns; NULL is legal */
