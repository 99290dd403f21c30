/*
 * Arrays made of the elements of other arrays: slices, orders, sets, concatenations. Kernels
 * collect element numbers; one bulk append at the end of a call copies the elements.
 */
#include <stdlib.h>

#include "function/kernels/compare.h"
#include "function/scalar/elements.h"
#include "function/scalar/random.h"

/* One source: the rows' lists are consecutive pieces of `rows`. */
typedef struct Builder {
    KernelCall *call;
    Lists lists;
    int32_t base; /* elements that the result had before this call */
    ElementRows rows;
} Builder;

static Builder builder_start(KernelCall *call) {
    return (Builder){.call = call, .lists = lists_of(call, 0), .base = list_position(call, 0)};
}

static void builder_set(Builder *builder, int32_t row, int32_t first) {
    KERNEL_RESULT(builder->call, ListEntry)
    [row] = (ListEntry){builder->base + first, builder->rows.count - first};
}

static Status builder_finish(Builder *builder) {
    vector_append(builder->call->result->children[0], builder->lists.elements, builder->rows.rows,
                  builder->rows.count);
    element_rows_done(&builder->rows);
    return OK;
}

static void add_range(Builder *builder, int32_t from, int32_t to) {
    for (int32_t i = from; i < to; i++) {
        element_rows_add(&builder->rows, i);
    }
}

/* ---- parts ---- */

static Status array_slice(KernelCall *call) {
    Builder builder = builder_start(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&builder.lists, row);
        int64_t from = bigint_argument(call, 1, row), length = bigint_argument(call, 2, row);
        int32_t first = builder.rows.count;
        if (length < 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "length must be greater than or equal to 0");
        } else if (from == 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "SQL array indices start at 1");
        } else if (from <= list.length && from >= -(int64_t)list.length) {
            int64_t start = from > 0 ? from - 1 : list.length + from;
            int64_t count = length < list.length - start ? length : list.length - start;
            add_range(&builder, list.offset + (int32_t)start,
                      list.offset + (int32_t)(start + count));
        }
        builder_set(&builder, row, first);
    }
    return builder_finish(&builder);
}

static Status trim_array(KernelCall *call) {
    Builder builder = builder_start(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&builder.lists, row);
        int64_t size = bigint_argument(call, 1, row);
        int32_t first = builder.rows.count;
        if (size < 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "size must not be negative: %ld",
                        (long)size);
        } else if (size > list.length) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "size must not exceed array cardinality %d: %ld", list.length, (long)size);
        } else {
            add_range(&builder, list.offset, list.offset + list.length - (int32_t)size);
        }
        builder_set(&builder, row, first);
    }
    return builder_finish(&builder);
}

static Status array_reverse(KernelCall *call) {
    Builder builder = builder_start(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&builder.lists, row);
        int32_t first = builder.rows.count;
        for (int32_t i = list.offset + list.length - 1; i >= list.offset; i--) {
            element_rows_add(&builder.rows, i);
        }
        builder_set(&builder, row, first);
    }
    return builder_finish(&builder);
}

static Status array_shuffle(KernelCall *call) {
    Builder builder = builder_start(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&builder.lists, row);
        int32_t first = builder.rows.count;
        add_range(&builder, list.offset, list.offset + list.length);
        int32_t *rows = builder.rows.rows + first;
        for (int32_t i = list.length - 1; i > 0; i--) {
            int32_t other = (int32_t)(random_bits() % (uint64_t)(i + 1));
            int32_t swapped = rows[i];
            rows[i] = rows[other];
            rows[other] = swapped;
        }
        builder_set(&builder, row, first);
    }
    return builder_finish(&builder);
}

static Status array_remove(KernelCall *call) {
    Builder builder = builder_start(call);
    const VectorView *elements = &builder.lists.element_view;
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&builder.lists, row);
        int32_t first = builder.rows.count;
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            if (view_is_null(elements, i) ||
                value_equal(builder.lists.element_type, elements, i, &call->arguments[1], row) !=
                    TRISTATE_TRUE) {
                element_rows_add(&builder.rows, i);
            }
        }
        builder_set(&builder, row, first);
    }
    return builder_finish(&builder);
}

/* ---- order ---- */

typedef struct SortContext {
    const Type *type;
    const VectorView *elements;
    bool null_element;
} SortContext;

static int compare_elements(const void *a, const void *b, void *closure) {
    SortContext *context = closure;
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    bool left_null = view_is_null(context->elements, left);
    bool right_null = view_is_null(context->elements, right);
    int order = left_null || right_null
                    ? left_null - right_null
                    : value_order(context->type, context->elements, left, context->elements, right,
                                  &context->null_element);
    return order != 0 ? order : (left > right) - (left < right);
}

static Status array_sort(KernelCall *call) {
    Builder builder = builder_start(call);
    SortContext context = {builder.lists.element_type, &builder.lists.element_view, false};
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&builder.lists, row);
        int32_t first = builder.rows.count;
        context.null_element = false;
        add_range(&builder, list.offset, list.offset + list.length);
        if (list.length > 1) {
            qsort_r(builder.rows.rows + first, (size_t)list.length, sizeof(int32_t),
                    compare_elements, &context);
        }
        if (context.null_element) {
            kernel_fail(call, row, NOT_SUPPORTED,
                        "ARRAY comparison not supported for arrays with null elements");
        }
        builder_set(&builder, row, first);
    }
    return builder_finish(&builder);
}

/* ---- sets ---- */

static Status array_distinct(KernelCall *call) {
    Builder builder = builder_start(call);
    ELEMENT_SET set;
    element_set_init(&set, builder.lists.elements, NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&builder.lists, row);
        int32_t first = builder.rows.count;
        element_set_clear(&set, list.length);
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            if (element_set_add(&set, 0, i)) {
                element_rows_add(&builder.rows, i);
            }
        }
        builder_set(&builder, row, first);
    }
    return builder_finish(&builder);
}

/* Distinct elements of the left array that are (intersect) or are not (except) in the right one. */
static Status filter_by_set(KernelCall *call, bool wanted) {
    Builder builder = builder_start(call);
    Lists right = lists_of(call, 1);
    ELEMENT_SET others;
    ELEMENT_SET seen;
    element_set_init(&others, builder.lists.elements, right.elements);
    element_set_init(&seen, builder.lists.elements, NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&builder.lists, row), other = list_at(&right, row);
        int32_t first = builder.rows.count;
        element_set_clear(&others, other.length);
        element_set_clear(&seen, list.length);
        for (int32_t i = other.offset; i < other.offset + other.length; i++) {
            element_set_add(&others, 1, i);
        }
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            if (element_set_contains(&others, 0, i) == wanted && element_set_add(&seen, 0, i)) {
                element_rows_add(&builder.rows, i);
            }
        }
        builder_set(&builder, row, first);
    }
    return builder_finish(&builder);
}

static Status array_intersect(KernelCall *call) {
    return filter_by_set(call, true);
}

static Status array_except(KernelCall *call) {
    return filter_by_set(call, false);
}

static Status array_union(KernelCall *call) {
    Vector *target = call->result->children[0];
    Lists sides[2] = {lists_of(call, 0), lists_of(call, 1)};
    ELEMENT_SET set;
    ELEMENT_ROWS rows = {0};
    element_set_init(&set, sides[0].elements, sides[1].elements);
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t start = target->length;
        element_set_clear(&set, list_at(&sides[0], row).length + list_at(&sides[1], row).length);
        for (int32_t side = 0; side < 2; side++) {
            ListEntry list = list_at(&sides[side], row);
            rows.count = 0;
            for (int32_t i = list.offset; i < list.offset + list.length; i++) {
                if (element_set_add(&set, side, i)) {
                    element_rows_add(&rows, i);
                }
            }
            vector_append(target, sides[side].elements, rows.rows, rows.count);
        }
        list_finish(call, row, start);
    }
    return OK;
}

/* ---- concatenation ---- */

static void append_list(Vector *target, const Lists *lists, int32_t row, ElementRows *scratch) {
    ListEntry list = list_at(lists, row);
    scratch->count = 0;
    for (int32_t i = list.offset; i < list.offset + list.length; i++) {
        element_rows_add(scratch, i);
    }
    vector_append(target, lists->elements, scratch->rows, scratch->count);
}

/* Each argument is an array of the result's type or an element of it. */
static Status array_concat(KernelCall *call) {
    Vector *target = call->result->children[0];
    ELEMENT_ROWS scratch = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t start = target->length;
        for (int32_t i = 0; i < call->argument_count; i++) {
            if (call->function->argument_types[i] == call->result->type) {
                Lists lists = lists_of(call, i);
                append_list(target, &lists, row, &scratch);
            } else {
                const VectorView *view = &call->arguments[i];
                vector_append_value(target, view->vector, view_index(view, row));
            }
        }
        list_finish(call, row, start);
    }
    return OK;
}

static Status array_flatten(KernelCall *call) {
    Lists outer = lists_of(call, 0);
    Vector *target = call->result->children[0];
    ELEMENT_ROWS scratch = {0};
    const VectorView *inner = &outer.element_view;
    Vector *elements = inner->vector->children[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&outer, row);
        scratch.count = 0;
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            if (view_is_null(inner, i)) {
                continue;
            }
            ListEntry part = VIEW_VALUE(inner, ListEntry, i);
            for (int32_t j = part.offset; j < part.offset + part.length; j++) {
                element_rows_add(&scratch, j);
            }
        }
        int32_t start = target->length;
        vector_append(target, elements, scratch.rows, scratch.count);
        list_finish(call, row, start);
    }
    return OK;
}

/* ---- arrays of arrays ---- */

enum { COMBINATION_SIZE_MAX = 5, COMBINATIONS_MAX = 100000 };

/* Appends one inner array of the elements rows[0..count). */
static void append_inner(Vector *inner, const Lists *lists, const int32_t *rows, int32_t count) {
    int32_t start = inner->children[0]->length, at = list_grow(inner);
    vector_append(inner->children[0], lists->elements, rows, count);
    VECTOR_DATA(inner, ListEntry)[at] = (ListEntry){start, count};
}

/* Moves to the next combination in Trino's order (the first positions move fastest); false after
 * the last. */
static bool next_combination(int32_t *positions, int32_t size, int32_t length) {
    for (int32_t i = 0; i < size - 1; i++) {
        if (positions[i] + 1 < positions[i + 1]) {
            positions[i]++;
            return true;
        }
        positions[i] = i;
    }
    return size > 0 && ++positions[size - 1] < length;
}

static int64_t combination_count(int32_t length, int32_t size) {
    int64_t count = 1;
    for (int32_t i = 1; i <= size && count <= COMBINATIONS_MAX; i++) {
        count = count * (length - size + i) / i;
    }
    return count;
}

static bool check_combinations(KernelCall *call, int32_t row, int32_t size, int32_t length) {
    if (size < 0) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                    "combination size must not be negative: %d", size);
    } else if (size > COMBINATION_SIZE_MAX) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "combination size must not exceed %d: %d",
                    COMBINATION_SIZE_MAX, size);
    } else if (size <= length && combination_count(length, size) > COMBINATIONS_MAX) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "combinations exceed max size");
    } else {
        return true;
    }
    return false;
}

static Status array_combinations(KernelCall *call) {
    Lists lists = lists_of(call, 0);
    Vector *inner = call->result->children[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row);
        int32_t size = KERNEL_ARGUMENT(call, 1, int32_t, row), start = inner->length;
        int32_t positions[COMBINATION_SIZE_MAX] = {0, 1, 2, 3, 4}, rows[COMBINATION_SIZE_MAX];
        if (check_combinations(call, row, size, list.length) && size <= list.length) {
            do {
                for (int32_t i = 0; i < size; i++) {
                    rows[i] = list.offset + positions[i];
                }
                append_inner(inner, &lists, rows, size);
            } while (next_combination(positions, size, list.length));
        }
        list_finish(call, row, start);
    }
    return OK;
}

static Status array_ngrams(KernelCall *call) {
    Lists lists = lists_of(call, 0);
    Vector *inner = call->result->children[0];
    ELEMENT_ROWS scratch = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row);
        int32_t n = KERNEL_ARGUMENT(call, 1, int32_t, row), start = inner->length;
        scratch.count = 0;
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            element_rows_add(&scratch, i);
        }
        if (n <= 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "N must be positive");
        } else if (n >= list.length) {
            append_inner(inner, &lists, scratch.rows, list.length);
        } else {
            for (int32_t i = 0; i + n <= list.length; i++) {
                append_inner(inner, &lists, scratch.rows + i, n);
            }
        }
        list_finish(call, row, start);
    }
    return OK;
}

#define ARRAY2 "<E:comparable>(array(e), array(e)) -> array(e)"

const ScalarFunction array_parts_functions[] = {
    {"slice", "<E>(array(e), bigint, bigint) -> array(e)", array_slice, 0,
     "Subsets an array given an offset (1-indexed) and length"},
    {"trim_array", "<E>(array(e), bigint) -> array(e)", trim_array, 0,
     "Remove elements from the end of array"},
    {"reverse", "<E>(array(e)) -> array(e)", array_reverse, 0,
     "Returns an array which has the reversed order of the given array."},
    {"shuffle", "<E>(array(e)) -> array(e)", array_shuffle, FUNCTION_NONDETERMINISTIC,
     "Generates a random permutation of the given array."},
    {"array_remove", "<E:comparable>(array(e), e) -> array(e)", array_remove, 0,
     "Remove specified values from the given array"},
    {"array_sort", "<E:orderable>(array(e)) -> array(e)", array_sort, 0,
     "Sorts the given array in ascending order according to the natural ordering of its elements."},
    {"array_distinct", "<E:comparable>(array(e)) -> array(e)", array_distinct, 0,
     "Remove duplicate values from the given array"},
    {"array_intersect", ARRAY2, array_intersect, 0, "Intersects elements of the two given arrays"},
    {"array_except", ARRAY2, array_except, 0,
     "Returns an array of elements that are in the first array but not the second, without "
     "duplicates."},
    {"array_union", ARRAY2, array_union, 0, "Union elements of the two given arrays"},
    {"concat", "<E>(array(E), E) -> array(E)", array_concat, 0,
     "Concatenates an array to an element"},
    {"concat", "<E>(E, array(E)) -> array(E)", array_concat, 0,
     "Concatenates an element to an array"},
    {"concat", "<E>(array(E)...) -> array(E)", array_concat, 0, "Concatenates given arrays"},
    {"flatten", "<E>(array(array(E))) -> array(E)", array_flatten, 0, "Flattens the given array"},
    {"combinations", "<T>(array(t), integer) -> array(array(t))", array_combinations, 0,
     "Return n-element subsets from array"},
    {"ngrams", "<T>(array(t), integer) -> array(array(t))", array_ngrams, 0,
     "Return N-grams for the input"},
    {NULL},
};
