/*
 * Questions about arrays: cardinality, elements by position, containment, least and greatest
 * element; and greatest and least of arguments, which order values the same way.
 */
#include <math.h>

#include "function/kernels/compare.h"
#include "function/scalar/elements.h"

static Status cardinality(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, int64_t)[row] = KERNEL_ARGUMENT(call, 0, ListEntry, row).length;
    }
    return OK;
}

/* ---- elements by position ---- */

static bool check_subscript(KernelCall *call, int32_t row, int64_t index, int32_t length) {
    if (index == 0) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "SQL array indices start at 1");
    } else if (index < 0) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Array subscript is negative: %ld",
                    (long)index);
    } else if (index > length) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                    "Array subscript must be less than or equal to array length: %ld > %d",
                    (long)index, length);
    } else {
        return true;
    }
    return false;
}

static Status array_subscript(KernelCall *call) {
    Lists lists = lists_of(call, 0);
    vector_share_heaps(call->result, lists.element_view.vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row);
        int64_t index = bigint_argument(call, 1, row);
        if (check_subscript(call, row, index, list.length)) {
            copy_element(call->result, row, &lists.element_view, list.offset + (int32_t)index - 1);
        }
    }
    return OK;
}

static Status array_element_at(KernelCall *call) {
    Lists lists = lists_of(call, 0);
    vector_share_heaps(call->result, lists.element_view.vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row);
        int64_t index = bigint_argument(call, 1, row);
        if (index == 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "SQL array indices start at 1");
        } else if (index > list.length || index < -(int64_t)list.length) {
            vector_set_null(call->result, row);
        } else {
            int64_t position = index > 0 ? index - 1 : list.length + index;
            copy_element(call->result, row, &lists.element_view, list.offset + (int32_t)position);
        }
    }
    return OK;
}

/* ---- containment ---- */

static Status array_contains(KernelCall *call) {
    Lists lists = lists_of(call, 0);
    const VectorView *elements = &lists.element_view, *wanted = &call->arguments[1];
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row);
        bool found = false, undetermined = false;
        for (int32_t i = list.offset; i < list.offset + list.length && !found; i++) {
            if (view_is_null(elements, i)) {
                undetermined = true;
                continue;
            }
            Tristate equal = value_equal(lists.element_type, elements, i, wanted, row);
            found = equal == TRISTATE_TRUE;
            undetermined = undetermined || equal == TRISTATE_NULL;
        }
        return_boolean(call, row, found);
        if (!found && undetermined) {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

static Status array_position(KernelCall *call) {
    Lists lists = lists_of(call, 0);
    const VectorView *elements = &lists.element_view, *wanted = &call->arguments[1];
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row);
        int64_t position = 0;
        for (int32_t i = 0; i < list.length && position == 0; i++) {
            if (!view_is_null(elements, list.offset + i) &&
                value_equal(lists.element_type, elements, list.offset + i, wanted, row) ==
                    TRISTATE_TRUE) {
                position = i + 1;
            }
        }
        KERNEL_RESULT(call, int64_t)[row] = position;
    }
    return OK;
}

static Status arrays_overlap(KernelCall *call) {
    Lists left = lists_of(call, 0), right = lists_of(call, 1);
    ELEMENT_SET set;
    element_set_init(&set, left.elements, right.elements);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry a = list_at(&left, row), b = list_at(&right, row);
        bool has_null = false, found = false;
        element_set_clear(&set, a.length);
        for (int32_t i = a.offset; i < a.offset + a.length; i++) {
            bool null = view_is_null(&left.element_view, i);
            has_null = has_null || null;
            if (!null) {
                element_set_add(&set, 0, i);
            }
        }
        for (int32_t i = b.offset; i < b.offset + b.length && !found; i++) {
            bool null = view_is_null(&right.element_view, i);
            has_null = has_null || null;
            found = !null && element_set_contains(&set, 1, i);
        }
        return_boolean(call, row, found);
        if (!found && has_null && a.length > 0 && b.length > 0) {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

static Status contains_sequence(KernelCall *call) {
    Lists lists = lists_of(call, 0), wanted = lists_of(call, 1);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row), part = list_at(&wanted, row);
        bool found = false;
        for (int32_t at = 0; at + part.length <= list.length && !found; at++) {
            int32_t same = 0;
            while (same < part.length &&
                   value_identical(lists.element_type, &lists.element_view, list.offset + at + same,
                                   &wanted.element_view, part.offset + same)) {
                same++;
            }
            found = same == part.length;
        }
        return_boolean(call, row, found);
    }
    return OK;
}

/* ---- least and greatest ---- */

static bool is_not_a_number(const Type *type, const VectorView *view, int32_t row) {
    return type->kind == TYPE_DOUBLE ? isnan(VIEW_VALUE(view, double, row))
           : type->kind == TYPE_REAL ? isnan(VIEW_VALUE(view, float, row))
                                     : false;
}

/* Whether a is to be kept rather than b; NaN gives way to everything. `sign` 1: the greater wins,
 * -1: the lesser. */
static bool beats(const Type *type, int sign, const VectorView *a, int32_t row_a,
                  const VectorView *b, int32_t row_b, bool *ret_null_element) {
    if (is_not_a_number(type, b, row_b)) {
        return true;
    }
    if (is_not_a_number(type, a, row_a)) {
        return false;
    }
    return value_order(type, a, row_a, b, row_b, ret_null_element) * sign > 0;
}

static void fail_null_element(KernelCall *call, int32_t row, const Type *type) {
    kernel_fail(call, row, NOT_SUPPORTED, "%s",
                type->kind == TYPE_ROW
                    ? "ROW comparison not supported for fields with null elements"
                    : "ARRAY comparison not supported for arrays with null elements");
}

static Status array_extreme(KernelCall *call, int sign) {
    Lists lists = lists_of(call, 0);
    const VectorView *elements = &lists.element_view;
    vector_share_heaps(call->result, elements->vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row);
        bool has_null = list.length == 0, null_element = false;
        int32_t best = list.offset;
        for (int32_t i = list.offset; i < list.offset + list.length && !has_null; i++) {
            has_null = view_is_null(elements, i);
            if (!has_null && i > list.offset &&
                beats(lists.element_type, sign, elements, i, elements, best, &null_element)) {
                best = i;
            }
        }
        if (has_null) {
            vector_set_null(call->result, row);
        } else if (null_element) {
            fail_null_element(call, row, lists.element_type);
        } else {
            copy_element(call->result, row, elements, best);
        }
    }
    return OK;
}

static Status array_max(KernelCall *call) {
    return array_extreme(call, 1);
}

static Status array_min(KernelCall *call) {
    return array_extreme(call, -1);
}

static Status extreme(KernelCall *call, int sign) {
    const Type *type = call->result->type;
    for (int32_t i = 0; i < call->argument_count; i++) {
        vector_share_heaps(call->result, call->arguments[i].vector);
    }
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t best = 0;
        bool null_element = false;
        for (int32_t i = 1; i < call->argument_count; i++) {
            if (beats(type, sign, &call->arguments[i], row, &call->arguments[best], row,
                      &null_element)) {
                best = i;
            }
        }
        if (null_element) {
            fail_null_element(call, row, type);
        } else {
            copy_element(call->result, row, &call->arguments[best], row);
        }
    }
    return OK;
}

static Status greatest(KernelCall *call) {
    return extreme(call, 1);
}

static Status least(KernelCall *call) {
    return extreme(call, -1);
}

#define NULLABLE FUNCTION_MAY_RETURN_NULL

const ScalarFunction array_functions[] = {
    {"greatest", "<E:orderable>(E...) -> E", greatest, 0, "Get the largest of the given values"},
    {"least", "<E:orderable>(E...) -> E", least, 0, "Get the smallest of the given values"},
    {"cardinality", "<E>(array(e)) -> bigint", cardinality, 0,
     "Returns the cardinality (length) of the array"},
    {"$operator$subscript", "<E>(array(E), bigint) -> E", array_subscript,
     FUNCTION_HIDDEN | NULLABLE},
    {"element_at", "<E>(array(e), bigint) -> e", array_element_at, NULLABLE,
     "Get element of array at given index"},
    {"contains", "<T:comparable>(array(t), t) -> boolean", array_contains, NULLABLE,
     "Determines whether given value exists in the array"},
    {"array_position", "<T:comparable>(array(t), t) -> bigint", array_position, 0,
     "Returns the position of the first occurrence of the given value in array (or 0 if not "
     "found)"},
    {"arrays_overlap", "<E:comparable>(array(e), array(e)) -> boolean", arrays_overlap, NULLABLE,
     "Returns true if arrays have common elements"},
    {"contains_sequence", "<T:comparable>(array(t), array(t)) -> boolean", contains_sequence, 0,
     "Determines whether an array contains a sequence, with the values in the exact order"},
    {"array_max", "<T:orderable>(array(t)) -> t", array_max, NULLABLE,
     "Get maximum value of array"},
    {"array_min", "<T:orderable>(array(t)) -> t", array_min, NULLABLE,
     "Get minimum value of array"},
    {NULL},
};
