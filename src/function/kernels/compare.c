/*
 * Comparison kernels. Fixed-width types are instances of compare.inc.h; strings have loops of their
 * own that mostly decide by the first eight bytes of a view; nested and rare types go value by
 * value.
 */
#include "function/kernels/compare.h"

#include "function/kernels/clones.h"

Comparison comparison_flip(Comparison comparison) {
    switch (comparison) {
    case COMPARE_LESS:
        return COMPARE_GREATER;
    case COMPARE_LESS_OR_EQUAL:
        return COMPARE_GREATER_OR_EQUAL;
    case COMPARE_GREATER:
        return COMPARE_LESS;
    case COMPARE_GREATER_OR_EQUAL:
        return COMPARE_LESS_OR_EQUAL;
    default:
        return comparison;
    }
}

#define PLAIN(x) (x)

#define T int8_t
#define NAME(suffix) byte_##suffix
#define LOAD PLAIN
#include "function/kernels/compare.inc.h"

#define T int16_t
#define NAME(suffix) short_##suffix
#define LOAD PLAIN
#include "function/kernels/compare.inc.h"

#define T int32_t
#define NAME(suffix) int_##suffix
#define LOAD PLAIN
#include "function/kernels/compare.inc.h"

#define T int64_t
#define NAME(suffix) long_##suffix
#define LOAD PLAIN
#include "function/kernels/compare.inc.h"

#define T float
#define NAME(suffix) real_##suffix
#define LOAD PLAIN
#include "function/kernels/compare.inc.h"

#define T double
#define NAME(suffix) double_##suffix
#define LOAD PLAIN
#include "function/kernels/compare.inc.h"

#define T __int128
#define NAME(suffix) wide_##suffix
#define LOAD PLAIN
#include "function/kernels/compare.inc.h"

#define T int64_t
#define NAME(suffix) zoned_##suffix
#define LOAD timestamp_tz_millis
#include "function/kernels/compare.inc.h"

/* ---- strings ---- */

static bool holds(Comparison comparison, int order) {
    switch (comparison) {
    case COMPARE_EQUAL:
        return order == 0;
    case COMPARE_NOT_EQUAL:
        return order != 0;
    case COMPARE_LESS:
        return order < 0;
    case COMPARE_LESS_OR_EQUAL:
        return order <= 0;
    case COMPARE_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* Views of different first four bytes (padded with zeros when shorter) are ordered by them. */
static inline int prefix_order(const StringView *a, const StringView *b) {
    uint32_t x, y;
    memcpy(&x, a->inlined, sizeof x);
    memcpy(&y, b->inlined, sizeof y);
    if (x == y) {
        return string_compare(a, b);
    }
    return __builtin_bswap32(x) < __builtin_bswap32(y) ? -1 : 1;
}

static Status string_equal_kernel(KernelCall *call) {
    bool negated = *(const Comparison *)call->state == COMPARE_NOT_EQUAL;
    const VectorView *left = &call->arguments[0], *right = &call->arguments[1];
    uint8_t *result = KERNEL_RESULT(call, uint8_t);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *a = &VIEW_VALUE(left, StringView, row);
        const StringView *b = &VIEW_VALUE(right, StringView, row);
        result[row] = string_equal(a, b) != negated;
    }
    return OK;
}

static Status string_order_kernel(KernelCall *call) {
    Comparison comparison = *(const Comparison *)call->state;
    const VectorView *left = &call->arguments[0], *right = &call->arguments[1];
    uint8_t *result = KERNEL_RESULT(call, uint8_t);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *a = &VIEW_VALUE(left, StringView, row);
        const StringView *b = &VIEW_VALUE(right, StringView, row);
        result[row] = holds(comparison, prefix_order(a, b));
    }
    return OK;
}

/* ---- any type, value by value ---- */

static Status equal_kernel(KernelCall *call) {
    bool negated = *(const Comparison *)call->state == COMPARE_NOT_EQUAL;
    const VectorView *left = &call->arguments[0], *right = &call->arguments[1];
    const Type *type = left->vector->type;
    uint8_t *result = KERNEL_RESULT(call, uint8_t);
    KERNEL_FOR_EACH_ROW(call, row) {
        Tristate equal = value_equal(type, left, row, right, row);
        if (equal == TRISTATE_NULL) {
            vector_set_null(call->result, row);
        } else {
            result[row] = (equal == TRISTATE_TRUE) != negated;
        }
    }
    return OK;
}

static Status order_kernel(KernelCall *call) {
    Comparison comparison = *(const Comparison *)call->state;
    const VectorView *left = &call->arguments[0], *right = &call->arguments[1];
    const Type *type = left->vector->type;
    uint8_t *result = KERNEL_RESULT(call, uint8_t);
    KERNEL_FOR_EACH_ROW(call, row) {
        bool null_element = false;
        int order = value_order(type, left, row, right, row, &null_element);
        if (null_element) {
            kernel_fail(call, row, NOT_SUPPORTED,
                        type->kind == TYPE_ROW
                            ? "ROW comparison not supported for fields with null elements"
                            : "ARRAY comparison not supported for arrays with null elements");
        }
        result[row] = holds(comparison, order);
    }
    return OK;
}

static Status identical_kernel(KernelCall *call) {
    bool negated = *(const Comparison *)call->state == COMPARE_DISTINCT;
    const VectorView *left = &call->arguments[0], *right = &call->arguments[1];
    const Type *type = left->vector->type;
    uint8_t *result = KERNEL_RESULT(call, uint8_t);
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = value_identical(type, left, row, right, row) != negated;
    }
    return OK;
}

/* ---- choice ---- */

static ScalarKernel fixed_width_kernel(const Type *type) {
    switch (type->kind) {
    case TYPE_REAL:
        return real_kernel;
    case TYPE_DOUBLE:
        return double_kernel;
    case TYPE_TIMESTAMP_TZ:
        return type->layout == LAYOUT_LONG ? zoned_kernel : NULL;
    case TYPE_TIMESTAMP:
        return type->layout == LAYOUT_LONG ? long_kernel : NULL;
    case TYPE_TIME_TZ:
    case TYPE_UUID:
    case TYPE_IPADDRESS:
        return NULL;
    default:
        break;
    }
    switch (type->layout) {
    case LAYOUT_BYTE:
        return byte_kernel;
    case LAYOUT_SHORT:
        return short_kernel;
    case LAYOUT_INT:
        return int_kernel;
    case LAYOUT_LONG:
        return long_kernel;
    case LAYOUT_WIDE:
        return wide_kernel;
    default:
        return NULL;
    }
}

ComparisonKernel comparison_kernel(Comparison comparison, const Type *type) {
    static const Comparison STATES[] = {
        COMPARE_EQUAL,   COMPARE_NOT_EQUAL,        COMPARE_LESS,     COMPARE_LESS_OR_EQUAL,
        COMPARE_GREATER, COMPARE_GREATER_OR_EQUAL, COMPARE_DISTINCT, COMPARE_IDENTICAL,
    };
    ComparisonKernel kernel = {.state = (void *)&STATES[comparison]};
    bool is_equality = comparison <= COMPARE_NOT_EQUAL;
    if (comparison >= COMPARE_DISTINCT) {
        kernel.kernel = identical_kernel;
        kernel.flags = FUNCTION_CALLED_WITH_NULL | FUNCTION_INFALLIBLE;
    } else if (fixed_width_kernel(type) != NULL) {
        kernel.kernel = fixed_width_kernel(type);
        kernel.flags = FUNCTION_INFALLIBLE_DENSE;
    } else if (type->layout == LAYOUT_STRING && (is_equality || type->kind != TYPE_CHAR)) {
        kernel.kernel = is_equality ? string_equal_kernel : string_order_kernel;
        kernel.flags = FUNCTION_INFALLIBLE;
    } else if (is_equality) {
        kernel.kernel = equal_kernel;
        kernel.flags = FUNCTION_INFALLIBLE | FUNCTION_MAY_RETURN_NULL;
    } else {
        kernel.kernel = order_kernel;
        kernel.flags = type->child_count > 0 ? 0 : FUNCTION_INFALLIBLE;
    }
    return kernel;
}
