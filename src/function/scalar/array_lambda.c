/*
 * Array functions that take lambdas. A lambda is called once for all elements of all rows of the
 * call (reduce: once for each position), never once for each element.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "function/scalar/elements.h"
#include "vector/reshape.h"

/* Every element of every row of argument 0: element numbers, and the row each belongs to. */
typedef struct AllElements {
    Lists lists;
    ElementRows elements, parents;
} AllElements;

static void all_elements_done(AllElements *all) {
    element_rows_done(&all->elements);
    element_rows_done(&all->parents);
}
#define ALL_ELEMENTS __attribute__((cleanup(all_elements_done))) AllElements

static AllElements all_elements(const KernelCall *call) {
    AllElements all = {.lists = lists_of(call, 0)};
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&all.lists, row);
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            element_rows_add(&all.elements, i);
            element_rows_add(&all.parents, row);
        }
    }
    return all;
}

/* The lambda's value for every element. */
static Status apply_to_all(KernelCall *call, AllElements *all, Vector **ret_values) {
    OWNED_VECTOR *elements =
        vector_gather(all->lists.elements, all->elements.rows, all->elements.count);
    return kernel_call_lambda(call, 1, &elements, 1, all->parents.rows, all->elements.count,
                              ret_values);
}

static Status array_transform(KernelCall *call) {
    ALL_ELEMENTS all = all_elements(call);
    OWNED_VECTOR *values = NULL;
    TRY(apply_to_all(call, &all, &values));
    int32_t at = list_position(call, 0);
    vector_append(call->result->children[0], values, NULL, all.elements.count);
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t length = list_at(&all.lists, row).length;
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){at, length};
        at += length;
    }
    return OK;
}

static Status array_filter(KernelCall *call) {
    ALL_ELEMENTS all = all_elements(call);
    OWNED_VECTOR *values = NULL;
    ELEMENT_ROWS kept = {0};
    TRY(apply_to_all(call, &all, &values));
    VectorView passes = vector_view(values);
    int32_t base = list_position(call, 0), at = 0;
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&all.lists, row);
        int32_t first = kept.count;
        for (int32_t i = 0; i < list.length; i++, at++) {
            if (!view_is_null(&passes, at) && VIEW_VALUE(&passes, uint8_t, at)) {
                element_rows_add(&kept, list.offset + i);
            }
        }
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base + first, kept.count - first};
    }
    vector_append(call->result->children[0], all.lists.elements, kept.rows, kept.count);
    return OK;
}

/* Whether some element gives `wanted`; otherwise undetermined if some gives NULL. `found` is the
 * result then. */
static Status match_elements(KernelCall *call, bool wanted, bool found) {
    ALL_ELEMENTS all = all_elements(call);
    OWNED_VECTOR *values = NULL;
    TRY(apply_to_all(call, &all, &values));
    VectorView view = vector_view(values);
    int32_t at = 0;
    KERNEL_FOR_EACH_ROW(call, row) {
        bool has_null = false, has_wanted = false;
        int32_t end = at + list_at(&all.lists, row).length;
        for (; at < end; at++) {
            bool null = view_is_null(&view, at);
            has_null = has_null || null;
            has_wanted = has_wanted || (!null && VIEW_VALUE(&view, uint8_t, at) == wanted);
        }
        return_boolean(call, row, has_wanted ? found : !found);
        if (!has_wanted && has_null) {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

static Status any_match(KernelCall *call) {
    return match_elements(call, true, true);
}

static Status all_match(KernelCall *call) {
    return match_elements(call, false, false);
}

static Status none_match(KernelCall *call) {
    return match_elements(call, true, false);
}

/* ---- zip_with ---- */

static Status zip_with(KernelCall *call) {
    Lists sides[2] = {lists_of(call, 0), lists_of(call, 1)};
    ELEMENT_ROWS left = {0};
    ELEMENT_ROWS right = {0};
    ELEMENT_ROWS parents = {0};
    OWNED_VECTOR *values = NULL;
    int32_t base = list_position(call, 0);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry a = list_at(&sides[0], row), b = list_at(&sides[1], row);
        int32_t length = a.length > b.length ? a.length : b.length;
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base + left.count, length};
        for (int32_t i = 0; i < length; i++) {
            element_rows_add(&left, i < a.length ? a.offset + i : -1);
            element_rows_add(&right, i < b.length ? b.offset + i : -1);
            element_rows_add(&parents, row);
        }
    }
    OWNED_VECTOR *first = vector_gather_or_null(sides[0].elements, left.rows, left.count);
    OWNED_VECTOR *second = vector_gather_or_null(sides[1].elements, right.rows, right.count);
    Vector *arguments[] = {first, second};
    TRY(kernel_call_lambda(call, 2, arguments, 2, parents.rows, left.count, &values));
    vector_append(call->result->children[0], values, NULL, left.count);
    return OK;
}

/* ---- reduce ---- */

/* Rows still being reduced, their states, and the states of those that are through. */
typedef struct Reduction {
    KernelCall *call;
    Lists lists;
    ElementRows active, elements, kept, finished_rows;
    Vector *states, *finished;
} Reduction;

static void reduction_done(Reduction *reduction) {
    element_rows_done(&reduction->active);
    element_rows_done(&reduction->elements);
    element_rows_done(&reduction->kept);
    element_rows_done(&reduction->finished_rows);
    vector_unref(reduction->states);
    vector_unref(reduction->finished);
}

static void reduction_start(Reduction *reduction) {
    KernelCall *call = reduction->call;
    const VectorView *initial = &call->arguments[1];
    KERNEL_FOR_EACH_ROW(call, row) {
        if (argument_is_null(call, 0, row)) {
            vector_set_null(call->result, row);
            continue;
        }
        element_rows_add(&reduction->active, row);
        element_rows_add(&reduction->kept, view_index(initial, row));
    }
    reduction->states =
        vector_gather(initial->vector, reduction->kept.rows, reduction->active.count);
    reduction->finished = vector_create(call->function->argument_types[1], 0);
}

/* Puts rows without an element number `position` aside; the others stay active. */
static void retire_rows(Reduction *reduction, int32_t position) {
    int32_t active = 0;
    ELEMENT_ROWS retired = {0};
    reduction->kept.count = reduction->elements.count = 0;
    for (int32_t i = 0; i < reduction->active.count; i++) {
        int32_t row = reduction->active.rows[i];
        ListEntry list = list_at(&reduction->lists, row);
        if (position < list.length) {
            reduction->active.rows[active++] = row;
            element_rows_add(&reduction->kept, i);
            element_rows_add(&reduction->elements, list.offset + position);
        } else {
            element_rows_add(&retired, i);
            element_rows_add(&reduction->finished_rows, row);
        }
    }
    if (retired.count > 0) {
        vector_append(reduction->finished, reduction->states, retired.rows, retired.count);
        Vector *states = vector_gather(reduction->states, reduction->kept.rows, active);
        vector_unref(reduction->states);
        reduction->states = states;
        reduction->active.count = active;
    }
}

static Status reduce_steps(Reduction *reduction) {
    for (int32_t position = 0;; position++) {
        retire_rows(reduction, position);
        int32_t count = reduction->active.count;
        if (count == 0) {
            return OK;
        }
        OWNED_VECTOR *elements =
            vector_gather(reduction->lists.elements, reduction->elements.rows, count);
        Vector *arguments[] = {reduction->states, elements}, *states;
        TRY(kernel_call_lambda(reduction->call, 2, arguments, 2, reduction->active.rows, count,
                               &states));
        vector_unref(reduction->states);
        reduction->states = states;
    }
}

static Status array_reduce(KernelCall *call) {
    __attribute__((cleanup(reduction_done)))
    Reduction reduction = {.call = call, .lists = lists_of(call, 0)};
    OWNED_VECTOR *values = NULL;
    reduction_start(&reduction);
    TRY(reduce_steps(&reduction));
    int32_t count = reduction.finished_rows.count;
    TRY(kernel_call_lambda(call, 3, &reduction.finished, 1, reduction.finished_rows.rows, count,
                           &values));
    VectorView view = vector_view(values);
    vector_share_heaps(call->result, view.vector);
    for (int32_t i = 0; i < count; i++) {
        copy_element(call->result, reduction.finished_rows.rows[i], &view, i);
    }
    return OK;
}

/* ---- sorting by a comparator ---- */

/* The comparator's verdict on two elements: -1, 0 or 1; *ret_bad is set for anything else. */
static Status compare_by_lambda(KernelCall *call, Lists *lists, int32_t row, int32_t a, int32_t b,
                                int *ret_order, bool *ret_bad) {
    OWNED_VECTOR *left = vector_gather(lists->elements, &a, 1);
    OWNED_VECTOR *right = vector_gather(lists->elements, &b, 1);
    OWNED_VECTOR *value = NULL;
    Vector *arguments[] = {left, right};
    TRY(kernel_call_lambda(call, 1, arguments, 2, &row, 1, &value));
    VectorView view = vector_view(value);
    *ret_order = view_is_null(&view, 0) ? 2 : VIEW_VALUE(&view, int32_t, 0);
    *ret_bad = *ret_bad || *ret_order < -1 || *ret_order > 1;
    return OK;
}

/* Stable bottom-up merge sort of rows[0..count), with scratch of the same size. */
static Status sort_by_lambda(KernelCall *call, Lists *lists, int32_t row, int32_t *rows,
                             int32_t *scratch, int32_t count, bool *ret_bad) {
    for (int32_t width = 1; width < count && !*ret_bad; width *= 2) {
        for (int32_t low = 0; low < count && !*ret_bad; low += 2 * width) {
            int32_t middle = low + width < count ? low + width : count;
            int32_t high = low + 2 * width < count ? low + 2 * width : count;
            int32_t i = low, j = middle, out = low;
            while (i < middle && j < high && !*ret_bad) {
                int order;
                TRY(compare_by_lambda(call, lists, row, rows[i], rows[j], &order, ret_bad));
                scratch[out++] = order <= 0 ? rows[i++] : rows[j++];
            }
            while (i < middle) {
                scratch[out++] = rows[i++];
            }
            while (j < high) {
                scratch[out++] = rows[j++];
            }
        }
        memcpy(rows, scratch, sizeof *rows * (size_t)count);
    }
    return OK;
}

static Status array_sort_by(KernelCall *call) {
    Lists lists = lists_of(call, 0);
    ELEMENT_ROWS rows = {0};
    ELEMENT_ROWS scratch = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row);
        int32_t start = list_position(call, 0);
        bool bad = false;
        rows.count = 0;
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            element_rows_add(&rows, i);
        }
        element_rows_reserve(&scratch, list.length);
        TRY(sort_by_lambda(call, &lists, row, rows.rows, scratch.rows, rows.count, &bad));
        if (bad) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Lambda comparator must return either -1, 0, or 1");
            rows.count = 0;
        }
        vector_append(call->result->children[0], lists.elements, rows.rows, rows.count);
        list_finish(call, row, start);
    }
    return OK;
}

#define NULLABLE FUNCTION_MAY_RETURN_NULL

const ScalarFunction array_lambda_functions[] = {
    {"transform", "<T,U>(array(T), function(T,U)) -> array(U)", array_transform, 0,
     "Apply lambda to each element of the array"},
    {"filter", "<T>(array(t), function(t,boolean)) -> array(t)", array_filter, 0,
     "Return array containing elements that match the given predicate"},
    {"any_match", "<T>(array(t), function(t,boolean)) -> boolean", any_match, NULLABLE,
     "Returns true if the array contains one or more elements that match the given predicate"},
    {"all_match", "<T>(array(t), function(t,boolean)) -> boolean", all_match, NULLABLE,
     "Returns true if all elements of the array match the given predicate"},
    {"none_match", "<T>(array(t), function(t,boolean)) -> boolean", none_match, NULLABLE,
     "Returns true if all elements of the array don't match the given predicate"},
    {"zip_with", "<T,U,R>(array(T), array(U), function(T,U,R)) -> array(R)", zip_with, 0,
     "Merge two arrays, element-wise, into a single array using the lambda function"},
    {"reduce", "<T,S,R>(array(T), S, function(S,T,S), function(S,R)) -> R", array_reduce,
     FUNCTION_CALLED_WITH_NULL, "Reduce elements of the array into a single value"},
    {"array_sort", "<T>(array(t), function(t,t,integer)) -> array(t)", array_sort_by, 0,
     "Sorts the given array with a lambda comparator."},
    {NULL},
};
