/*
 * What array and map functions share: lists seen row by row, lists of element numbers that grow,
 * sets of elements, and copying of single values. Scratch memory is freed by the cleanup attribute
 * (ELEMENT_ROWS, ELEMENT_SET).
 */
#pragma once

#include "function/scalar/arguments.h"
#include "function/scalar/list_result.h"

/* A list argument and one of its children. */
typedef struct Lists {
    const VectorView *view;
    Vector *elements; /* child vector: of an array its elements, of a map its keys or values */
    VectorView element_view;
    const Type *element_type;
} Lists;

static inline Lists lists_of_child(const KernelCall *call, int32_t index, int32_t child) {
    Lists lists;
    lists.view = &call->arguments[index];
    lists.elements = lists.view->vector->children[child];
    lists.element_view = vector_view(lists.elements);
    lists.element_type = call->function->argument_types[index]->children[child];
    return lists;
}

static inline Lists lists_of(const KernelCall *call, int32_t index) {
    return lists_of_child(call, index, 0);
}

static inline ListEntry list_at(const Lists *lists, int32_t row) {
    return VIEW_VALUE(lists->view, ListEntry, row);
}

/* Element numbers, to be gathered or appended at once. */
typedef struct ElementRows {
    int32_t *rows;
    int32_t count, capacity;
} ElementRows;

void element_rows_reserve(ElementRows *list, int32_t more);
void element_rows_done(ElementRows *list);
static inline void element_rows_add(ElementRows *list, int32_t row) {
    if (list->count == list->capacity) {
        element_rows_reserve(list, 1);
    }
    list->rows[list->count++] = row;
}
#define ELEMENT_ROWS __attribute__((cleanup(element_rows_done))) ElementRows

/* A set of elements of up to two vectors, in the sense of IS NOT DISTINCT FROM. */
typedef struct ElementSet {
    const Vector *vectors[2];
    uint64_t *hashes[2];
    int32_t *slots; /* element number * 2 + vector + 1; 0: free */
    int32_t capacity, mask;
} ElementSet;

void element_set_init(ElementSet *set, const Vector *first,
                      const Vector *second); /* second may be NULL */
void element_set_done(ElementSet *set);
void element_set_clear(ElementSet *set, int32_t count); /* empty, with room for count elements */
bool element_set_add(ElementSet *set, int32_t which, int32_t element); /* true: it is new */
bool element_set_contains(const ElementSet *set, int32_t which, int32_t element);
#define ELEMENT_SET __attribute__((cleanup(element_set_done))) ElementSet

/* Copies a value (or NULL) of a view onto a row of a writable vector that shares the source's
 * heaps. */
void copy_element(Vector *target, int32_t row, const VectorView *source, int32_t source_row);

/* The text of a value for a message, as CAST to varchar would give it; in cx->arena. */
const char *element_text(KernelCall *call, const Type *type, const Vector *vector, int32_t row);

static inline void vector_release(Vector **vector) {
    vector_unref(*vector);
}
#define OWNED_VECTOR __attribute__((cleanup(vector_release))) Vector
