/*
 * Comparison of SQL values: kernels for whole vectors, and functions for single values out of which
 * they and others (arrays, maps, min_by) are made. `=` of nested values is undetermined (NULL) when
 * a NULL inside could decide it; order of nested values fails there.
 */
#pragma once

#include "function/function.h"

typedef enum Comparison {
    COMPARE_EQUAL,
    COMPARE_NOT_EQUAL,
    COMPARE_LESS,
    COMPARE_LESS_OR_EQUAL,
    COMPARE_GREATER,
    COMPARE_GREATER_OR_EQUAL,
    COMPARE_DISTINCT,  /* IS DISTINCT FROM */
    COMPARE_IDENTICAL, /* IS NOT DISTINCT FROM */
} Comparison;

/*
 * A comparison of two values of `type` as a kernel of two arguments: kernel, ScalarFlags,
 * KernelCall.state.
 */
typedef struct ComparisonKernel {
    ScalarKernel kernel;
    unsigned flags;
    void *state; /* static */
} ComparisonKernel;
ComparisonKernel comparison_kernel(Comparison comparison, const Type *type);

/* The comparison with its sides exchanged: < for >, = for =. */
Comparison comparison_flip(Comparison comparison);

typedef enum Tristate { TRISTATE_FALSE, TRISTATE_TRUE, TRISTATE_NULL } Tristate;

/*
 * Single values: `a` at row_a against `b` at row_b, both of `type` and neither NULL
 * (value_identical takes NULLs). Rows are rows of the vectors seen, not indices into their data.
 */
Tristate value_equal(const Type *type, const VectorView *a, int32_t row_a, const VectorView *b,
                     int32_t row_b);
bool value_identical(const Type *type, const VectorView *a, int32_t row_a, const VectorView *b,
                     int32_t row_b);
/*
 * Negative, 0, positive; NaN is the greatest. *ret_null_element is set when a NULL was met before a
 * difference.
 */
int value_order(const Type *type, const VectorView *a, int32_t row_a, const VectorView *b,
                int32_t row_b, bool *ret_null_element);

/* char(n) is compared as if padded with spaces; both are stored without trailing spaces. */
int char_compare(const StringView *a, const StringView *b);

/* Instants of zoned values, so that equal instants are equal numbers. */
static inline int64_t timestamp_tz_millis(int64_t packed) {
    return packed >> 12;
}
int64_t
time_tz_instant_nanos(int64_t packed); /* time(p<=9) with time zone: nanoseconds of the UTC day */
int64_t time_tz12_instant_picos(const TimeTz12 *value); /* picoseconds of the UTC day */
