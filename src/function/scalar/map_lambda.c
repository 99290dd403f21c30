/*
 * Map functions that take lambdas: a lambda is called once for all entries of all rows of the call.
 */
#include "function/kernels/compare.h"
#include "function/scalar/elements.h"
#include "vector/reshape.h"

/* All entries of argument 0: their keys and values gathered, and the row each belongs to. */
typedef struct AllEntries {
    Lists keys;
    ElementRows elements, parents;
    Vector *arguments[2]; /* keys, values */
} AllEntries;

static void all_entries_done(AllEntries *all) {
    element_rows_done(&all->elements);
    element_rows_done(&all->parents);
    vector_unref(all->arguments[0]);
    vector_unref(all->arguments[1]);
}
#define ALL_ENTRIES __attribute__((cleanup(all_entries_done))) AllEntries

static void gather_entries(const KernelCall *call, AllEntries *all) {
    all->keys = lists_of_child(call, 0, 0);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&all->keys, row);
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            element_rows_add(&all->elements, i);
            element_rows_add(&all->parents, row);
        }
    }
    Vector *values = lists_of_child(call, 0, 1).elements;
    all->arguments[0] = vector_gather(all->keys.elements, all->elements.rows, all->elements.count);
    all->arguments[1] = vector_gather(values, all->elements.rows, all->elements.count);
}

static Status call_for_entries(KernelCall *call, AllEntries *all, Vector **ret_values) {
    return kernel_call_lambda(call, 1, all->arguments, 2, all->parents.rows, all->elements.count,
                              ret_values);
}

/* Sets the rows' lists to consecutive pieces of as many entries as the argument has. */
static void set_same_lists(KernelCall *call, const AllEntries *all, int32_t base) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t length = list_at(&all->keys, row).length;
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base, length};
        base += length;
    }
}

static Status map_filter(KernelCall *call) {
    ALL_ENTRIES all = {0};
    ELEMENT_ROWS kept = {0};
    OWNED_VECTOR *values = NULL;
    gather_entries(call, &all);
    TRY(call_for_entries(call, &all, &values));
    VectorView passes = vector_view(values);
    int32_t base = list_position(call, 0), at = 0;
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t end = at + list_at(&all.keys, row).length, first = kept.count;
        for (; at < end; at++) {
            if (!view_is_null(&passes, at) && VIEW_VALUE(&passes, uint8_t, at)) {
                element_rows_add(&kept, at);
            }
        }
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base + first, kept.count - first};
    }
    vector_append(call->result->children[0], all.arguments[0], kept.rows, kept.count);
    vector_append(call->result->children[1], all.arguments[1], kept.rows, kept.count);
    return OK;
}

static Status transform_values(KernelCall *call) {
    ALL_ENTRIES all = {0};
    OWNED_VECTOR *values = NULL;
    gather_entries(call, &all);
    TRY(call_for_entries(call, &all, &values));
    set_same_lists(call, &all, list_position(call, 0));
    vector_append(call->result->children[0], all.arguments[0], NULL, all.elements.count);
    vector_append(call->result->children[1], values, NULL, all.elements.count);
    return OK;
}

/* New keys of one row, numbered [from, to): none may be NULL or occur twice. */
static void check_new_keys(KernelCall *call, int32_t row, const Vector *keys, int32_t from,
                           int32_t to, ElementSet *seen) {
    element_set_clear(seen, to - from);
    for (int32_t i = from; i < to; i++) {
        if (vector_is_null(keys, i)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "map key cannot be null");
            return;
        }
        if (!element_set_add(seen, 0, i)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Duplicate map keys (%s) are not allowed",
                        element_text(call, keys->type, keys, i));
            return;
        }
    }
}

static Status transform_keys(KernelCall *call) {
    ALL_ENTRIES all = {0};
    ELEMENT_SET seen;
    OWNED_VECTOR *keys = NULL;
    gather_entries(call, &all);
    TRY(call_for_entries(call, &all, &keys));
    element_set_init(&seen, keys, NULL);
    int32_t at = 0;
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t length = list_at(&all.keys, row).length;
        check_new_keys(call, row, keys, at, at + length, &seen);
        at += length;
    }
    set_same_lists(call, &all, list_position(call, 0));
    vector_append(call->result->children[0], keys, NULL, all.elements.count);
    vector_append(call->result->children[1], all.arguments[1], NULL, all.elements.count);
    return OK;
}

/* ---- map_zip_with ---- */

/* The union of two maps' keys: entry numbers in either map, -1 where it has none. */
typedef struct ZippedEntries {
    Lists keys[2], values[2];
    ElementRows left, right, parents;
} ZippedEntries;

static void zipped_done(ZippedEntries *zipped) {
    element_rows_done(&zipped->left);
    element_rows_done(&zipped->right);
    element_rows_done(&zipped->parents);
}

static int32_t find_in(const ZippedEntries *zipped, int32_t other, ListEntry list, int32_t map,
                       int32_t element) {
    for (int32_t i = list.offset; i < list.offset + list.length; i++) {
        if (value_identical(zipped->keys[0].element_type, &zipped->keys[other].element_view, i,
                            &zipped->keys[map].element_view, element)) {
            return i;
        }
    }
    return -1;
}

static void zip_row(ZippedEntries *zipped, int32_t row) {
    ListEntry a = list_at(&zipped->keys[0], row), b = list_at(&zipped->keys[1], row);
    for (int32_t i = a.offset; i < a.offset + a.length; i++) {
        element_rows_add(&zipped->left, i);
        element_rows_add(&zipped->right, find_in(zipped, 1, b, 0, i));
        element_rows_add(&zipped->parents, row);
    }
    for (int32_t i = b.offset; i < b.offset + b.length; i++) {
        if (find_in(zipped, 0, a, 1, i) < 0) {
            element_rows_add(&zipped->left, -1);
            element_rows_add(&zipped->right, i);
            element_rows_add(&zipped->parents, row);
        }
    }
}

static void append_zipped_keys(Vector *target, const ZippedEntries *zipped) {
    for (int32_t i = 0; i < zipped->left.count; i++) {
        bool in_left = zipped->left.rows[i] >= 0;
        vector_append(target, zipped->keys[in_left ? 0 : 1].elements,
                      in_left ? &zipped->left.rows[i] : &zipped->right.rows[i], 1);
    }
}

static Status map_zip_with(KernelCall *call) {
    __attribute__((cleanup(zipped_done)))
    ZippedEntries zipped = {.keys = {lists_of_child(call, 0, 0), lists_of_child(call, 1, 0)},
                            .values = {lists_of_child(call, 0, 1), lists_of_child(call, 1, 1)}};
    OWNED_VECTOR *values = NULL;
    Vector *keys = call->result->children[0];
    int32_t base = keys->length;
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t first = zipped.left.count;
        zip_row(&zipped, row);
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base + first, zipped.left.count - first};
    }
    int32_t count = zipped.left.count;
    append_zipped_keys(keys, &zipped);
    OWNED_VECTOR *new_keys = vector_slice(keys, base, count);
    OWNED_VECTOR *left = vector_gather_or_null(zipped.values[0].elements, zipped.left.rows, count);
    OWNED_VECTOR *right =
        vector_gather_or_null(zipped.values[1].elements, zipped.right.rows, count);
    Vector *arguments[] = {new_keys, left, right};
    TRY(kernel_call_lambda(call, 2, arguments, 3, zipped.parents.rows, count, &values));
    vector_append(call->result->children[1], values, NULL, count);
    return OK;
}

const ScalarFunction map_lambda_functions[] = {
    {"map_filter", "<K,V>(map(K,V), function(K,V,boolean)) -> map(K,V)", map_filter, 0,
     "Return map containing entries that match the given predicate"},
    {"transform_keys", "<K1,K2,V>(map(K1,V), function(K1,V,K2)) -> map(K2,V)", transform_keys, 0,
     "Apply lambda to each entry of the map and transform the key"},
    {"transform_values", "<K,V1,V2>(map(K,V1), function(K,V1,V2)) -> map(K,V2)", transform_values,
     0, "Apply lambda to each entry of the map and transform the value"},
    {"map_zip_with", "<K,V1,V2,V3>(map(K,V1), map(K,V2), function(K,V1,V2,V3)) -> map(K,V3)",
     map_zip_with, 0,
     "Merge two maps into a single map by applying the lambda function to the pair of values with "
     "the same key"},
    {NULL},
};
