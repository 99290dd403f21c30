/*
 * Values at quantiles, and quantiles of values, of quantile digests and t-digests in their
 * serialised forms.
 */
#include "base/double_text.h"
#include "function/aggregate/qdigest.h"
#include "function/aggregate/tdigest.h"
#include "function/scalar/elements.h"

static bool check_quantile(KernelCall *call, int32_t row, double quantile) {
    if (quantile >= 0 && quantile <= 1) {
        return true;
    }
    char text[DOUBLE_TEXT_MAX];
    double_print(quantile, text);
    kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                "Quantile should be within bounds [0, 1], was: %s", text);
    return false;
}

/* Stores what the digest keeps as an integer in the type that it was made of. */
static void store_value(Vector *target, int32_t row, int64_t value) {
    switch (target->type->kind) {
    case TYPE_DOUBLE:
        VECTOR_DATA(target, double)[row] = qdigest_to_double(value);
        return;
    case TYPE_REAL:
        VECTOR_DATA(target, float)[row] = qdigest_to_real(value);
        return;
    default:
        VECTOR_DATA(target, int64_t)[row] = value;
    }
}

static bool read_qdigest(KernelCall *call, int32_t row, Arena *arena, QDigest *ret_digest) {
    const StringView *view = string_argument(call, 0, row);
    if (!qdigest_read(arena, string_data(view), view->length, ret_digest)) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Cannot deserialize quantile digest");
        return false;
    }
    return true;
}

static bool read_tdigest(KernelCall *call, int32_t row, Arena *arena, TDigest *ret_digest) {
    const StringView *view = string_argument(call, 0, row);
    if (!tdigest_read(arena, string_data(view), view->length, ret_digest)) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Cannot deserialize t-digest");
        return false;
    }
    return true;
}

/* ---- one quantile ---- */

static Status qdigest_value(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        double quantile = KERNEL_ARGUMENT(call, 1, double, row);
        QDigest digest;
        if (check_quantile(call, row, quantile) && read_qdigest(call, row, arena, &digest)) {
            store_value(call->result, row, qdigest_value_at(&digest, quantile));
        }
        arena_reset(arena);
    }
    arena_free(arena);
    return OK;
}

static Status tdigest_value(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        double quantile = KERNEL_ARGUMENT(call, 1, double, row);
        TDigest digest;
        if (check_quantile(call, row, quantile) && read_tdigest(call, row, arena, &digest)) {
            tdigest_values_at(&digest, &quantile, 1, &KERNEL_RESULT(call, double)[row]);
        }
        arena_reset(arena);
    }
    arena_free(arena);
    return OK;
}

/* ---- several ---- */

/* The quantiles of a row, in the arena; NULL when the row has failed. */
static const double *quantiles_of_row(KernelCall *call, int32_t row, const Lists *lists,
                                      Arena *arena) {
    ListEntry list = list_at(lists, row);
    double *quantiles = arena_new_array(arena, double, list.length + 1);
    for (int32_t i = 0; i < list.length; i++) {
        if (view_is_null(&lists->element_view, list.offset + i)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Percentile cannot be null");
            return NULL;
        }
        quantiles[i] = VIEW_VALUE(&lists->element_view, double, list.offset + i);
        if (!check_quantile(call, row, quantiles[i])) {
            return NULL;
        }
        if (i > 0 && quantiles[i] < quantiles[i - 1]) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "percentiles must be sorted in increasing order");
            return NULL;
        }
    }
    return quantiles;
}

static Status digest_values(KernelCall *call) {
    bool is_tdigest = call->function->argument_types[0]->kind == TYPE_TDIGEST;
    Lists lists = lists_of(call, 1);
    Vector *values = call->result->children[0];
    Arena *arena = arena_create(NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t start = values->length, count = list_at(&lists, row).length;
        const double *quantiles = quantiles_of_row(call, row, &lists, arena);
        TDigest tdigest;
        QDigest qdigest;
        if (quantiles != NULL && is_tdigest && read_tdigest(call, row, arena, &tdigest)) {
            vector_resize(values, start + count);
            tdigest_values_at(&tdigest, quantiles, count, VECTOR_DATA(values, double) + start);
        } else if (quantiles != NULL && !is_tdigest && read_qdigest(call, row, arena, &qdigest)) {
            vector_resize(values, start + count);
            for (int32_t i = 0; i < count; i++) {
                store_value(values, start + i, qdigest_value_at(&qdigest, quantiles[i]));
            }
        }
        list_finish(call, row, start);
        arena_reset(arena);
    }
    arena_free(arena);
    return OK;
}

/* ---- the quantile of a value ---- */

static int64_t value_argument(const KernelCall *call, int32_t row) {
    switch (call->function->argument_types[1]->kind) {
    case TYPE_DOUBLE:
        return qdigest_from_double(KERNEL_ARGUMENT(call, 1, double, row));
    case TYPE_REAL:
        return qdigest_from_real(KERNEL_ARGUMENT(call, 1, float, row));
    default:
        return bigint_argument(call, 1, row);
    }
}

static Status quantile_at_value(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t value = value_argument(call, row);
        QDigest digest;
        if (!read_qdigest(call, row, arena, &digest)) {
            continue;
        }
        if (digest.count == 0 || value > digest.max || value < digest.min) {
            vector_set_null(call->result, row);
        } else {
            KERNEL_RESULT(call, double)
            [row] = qdigest_weight_below(&digest, value) / digest.count;
        }
        arena_reset(arena);
    }
    arena_free(arena);
    return OK;
}

#define VALUE                                                                                      \
    "Given an input q between [0, 1], find the value whose rank in the sorted sequence of the n "  \
    "values represented by the qdigest is qn."
#define VALUES                                                                                     \
    "For each input q between [0, 1], find the value whose rank in the sorted sequence of the n "  \
    "values represented by the qdigest is qn."
#define QUANTILE                                                                                   \
    "Given an input x between min/max values of qdigest, find which quantile is represented by "   \
    "that value"

const ScalarFunction sketch_quantile_functions[] = {
    {"value_at_quantile", "(qdigest(bigint), double) -> bigint", qdigest_value, 0, VALUE},
    {"value_at_quantile", "(qdigest(double), double) -> double", qdigest_value, 0, VALUE},
    {"value_at_quantile", "(qdigest(real), double) -> real", qdigest_value, 0, VALUE},
    {"value_at_quantile", "(tdigest, double) -> double", tdigest_value, 0, VALUE},
    {"values_at_quantiles", "(qdigest(bigint), array(double)) -> array(bigint)", digest_values, 0,
     VALUES},
    {"values_at_quantiles", "(qdigest(double), array(double)) -> array(double)", digest_values, 0,
     VALUES},
    {"values_at_quantiles", "(qdigest(real), array(double)) -> array(real)", digest_values, 0,
     VALUES},
    {"values_at_quantiles", "(tdigest, array(double)) -> array(double)", digest_values, 0, VALUES},
    {"quantile_at_value", "(qdigest(bigint), bigint) -> double", quantile_at_value,
     FUNCTION_MAY_RETURN_NULL, QUANTILE},
    {"quantile_at_value", "(qdigest(double), double) -> double", quantile_at_value,
     FUNCTION_MAY_RETURN_NULL, QUANTILE},
    {"quantile_at_value", "(qdigest(real), real) -> double", quantile_at_value,
     FUNCTION_MAY_RETURN_NULL, QUANTILE},
    {NULL},
};
