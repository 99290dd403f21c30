/*
 * Arrays from other values: repeat, sequence of numbers, zip, array_join; and distances between
 * vectors of doubles.
 */
#include <math.h>

#include "base/buffer.h"
#include "function/cast.h"
#include "function/scalar/elements.h"
#include "vector/reshape.h"

enum { ENTRIES_MAX = 10000 };

/* ---- repeat and sequence ---- */

static Status array_repeat(KernelCall *call) {
    const VectorView *element = &call->arguments[0];
    ELEMENT_ROWS rows = {0};
    int32_t base = list_position(call, 0);
    KERNEL_FOR_EACH_ROW(call, row) {
        if (argument_is_null(call, 1, row)) {
            vector_set_null(call->result, row);
            continue;
        }
        int64_t count = bigint_argument(call, 1, row);
        if (count < 0 || count > ENTRIES_MAX) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "count argument of repeat function must be %s %d",
                        count < 0 ? "greater than or equal to" : "less than or equal to",
                        count < 0 ? 0 : ENTRIES_MAX);
            continue;
        }
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base + rows.count, (int32_t)count};
        for (int64_t i = 0; i < count; i++) {
            element_rows_add(&rows, view_index(element, row));
        }
    }
    vector_append(call->result->children[0], element->vector, rows.rows, rows.count);
    return OK;
}

static Status sequence(KernelCall *call) {
    Vector *elements = call->result->children[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t from = bigint_argument(call, 0, row), to = bigint_argument(call, 1, row);
        int64_t step = call->argument_count > 2 ? bigint_argument(call, 2, row)
                       : from <= to             ? 1
                                                : -1;
        int32_t start = elements->length;
        if (step == 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "step must not be zero");
            continue;
        }
        if (step > 0 ? to < from : to > from) {
            kernel_fail(
                call, row, INVALID_FUNCTION_ARGUMENT,
                "sequence stop value should be greater than or equal to start value if step "
                "is greater than zero otherwise stop should be less than or equal to start");
            continue;
        }
        __int128 count = ((__int128)to - from) / step + 1;
        if (count > ENTRIES_MAX) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "result of sequence function must not have more than 10000 entries");
            continue;
        }
        vector_resize(elements, start + (int32_t)count);
        for (int32_t i = 0; i < (int32_t)count; i++) {
            VECTOR_DATA(elements, int64_t)[start + i] = (int64_t)(from + (__int128)step * i);
        }
        list_finish(call, row, start);
    }
    return OK;
}

/* ---- zip ---- */

static Status array_zip(KernelCall *call) {
    int32_t count = call->argument_count;
    ElementRows rows[8] = {0};
    Vector *target = call->result->children[0];
    int32_t base = target->length, total = 0;
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t longest = 0;
        for (int32_t i = 0; i < count; i++) {
            int32_t length = KERNEL_ARGUMENT(call, i, ListEntry, row).length;
            longest = length > longest ? length : longest;
        }
        for (int32_t i = 0; i < count; i++) {
            ListEntry list = KERNEL_ARGUMENT(call, i, ListEntry, row);
            for (int32_t j = 0; j < longest; j++) {
                element_rows_add(&rows[i], j < list.length ? list.offset + j : -1);
            }
        }
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base + total, longest};
        total += longest;
    }
    Vector *zipped = vector_create(target->type, total);
    for (int32_t i = 0; i < count; i++) {
        vector_unref(zipped->children[i]);
        zipped->children[i] =
            vector_gather_or_null(lists_of(call, i).elements, rows[i].rows, total);
        element_rows_done(&rows[i]);
    }
    vector_append(target, zipped, NULL, total);
    vector_unref(zipped);
    return OK;
}

/* ---- array_join ---- */

/* The cast of elements to varchar, made once; NULL state when they are varchar already. */
static Status prepare_join(Context *cx, const FunctionBinding *binding, void **ret_state) {
    const Type *type = binding->function->argument_types[0]->children[0];
    *ret_state = NULL;
    if (type->kind == TYPE_VARCHAR || type->kind == TYPE_UNKNOWN) {
        return OK;
    }
    if (!cast_exists(type, type_varchar_unbounded())) {
        return FAIL(cx, OPERATOR_NOT_FOUND, "Cannot cast %s to varchar", type->name);
    }
    Cast *cast = arena_new(cx->arena, Cast);
    TRY(cast_create(cx, type, type_varchar_unbounded(), cast));
    *ret_state = cast;
    return OK;
}

/* All elements of the argument's child as text. */
static Status elements_as_text(KernelCall *call, Vector **ret_texts) {
    Lists lists = lists_of(call, 0);
    const Cast *cast = call->state;
    if (cast == NULL) {
        *ret_texts = vector_ref(lists.elements);
        return OK;
    }
    Vector *texts = vector_create(type_varchar_unbounded(), lists.elements->length);
    ELEMENT_ROWS rows = {0};
    for (int32_t i = 0; i < lists.elements->length; i++) {
        if (view_is_null(&lists.element_view, i)) {
            vector_set_null(texts, i);
        } else {
            element_rows_add(&rows, i);
        }
    }
    const Type *text_type = type_varchar_unbounded();
    ResolvedFunction function = {.kind = FUNCTION_SCALAR,
                                 .name = "cast",
                                 .return_type = text_type,
                                 .argument_count = 1,
                                 .argument_types = &lists.element_type};
    KernelCall inner = {.cx = call->cx,
                        .function = &function,
                        .state = cast->state,
                        .argument_count = 1,
                        .arguments = &lists.element_view,
                        .result = texts,
                        .rows = rows.rows,
                        .row_count = rows.count,
                        .errors = call->errors};
    Status status = rows.count > 0 ? cast->kernel(&inner) : OK;
    *ret_texts = texts;
    return status;
}

static Status array_join(KernelCall *call) {
    OWNED_VECTOR *texts = NULL;
    ByteString joined = {0};
    TRY(elements_as_text(call, &texts));
    VectorView view = vector_view(texts);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = KERNEL_ARGUMENT(call, 0, ListEntry, row);
        const StringView *delimiter = string_argument(call, 1, row);
        bool first = true;
        joined.size = 0;
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            bool null = view_is_null(&view, i);
            if (null && call->argument_count < 3) {
                continue;
            }
            if (!first) {
                byte_string_append(&joined, string_data(delimiter), delimiter->length);
            }
            const StringView *text =
                null ? string_argument(call, 2, row) : &VIEW_VALUE(&view, StringView, i);
            byte_string_append(&joined, string_data(text), text->length);
            first = false;
        }
        return_string(call, row, joined.data != NULL ? joined.data : "", joined.size);
    }
    byte_string_done(&joined);
    return OK;
}

/* ---- vectors of doubles ---- */

typedef struct VectorSums {
    double product, left, right, distance;
} VectorSums;

/* False: the row has failed, or has a NULL element (which elsewhere counts as 0) and is NULL. */
static bool sum_vectors(KernelCall *call, int32_t row, const Lists *a, const Lists *b,
                        bool null_is_zero, VectorSums *ret_sums) {
    ListEntry left = list_at(a, row), right = list_at(b, row);
    VectorSums sums = {0};
    if (left.length != right.length) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                    "The arguments must have the same length");
        return false;
    }
    for (int32_t i = 0; i < left.length; i++) {
        bool null_x = view_is_null(&a->element_view, left.offset + i);
        bool null_y = view_is_null(&b->element_view, right.offset + i);
        if ((null_x || null_y) && !null_is_zero) {
            vector_set_null(call->result, row);
            return false;
        }
        double x = null_x ? 0 : VIEW_VALUE(&a->element_view, double, left.offset + i);
        double y = null_y ? 0 : VIEW_VALUE(&b->element_view, double, right.offset + i);
        sums.product += x * y;
        sums.left += x * x;
        sums.right += y * y;
        sums.distance += (x - y) * (x - y);
    }
    *ret_sums = sums;
    return true;
}

typedef enum VectorMeasure {
    COSINE_SIMILARITY,
    COSINE_DISTANCE,
    DOT_PRODUCT,
    EUCLIDEAN
} VectorMeasure;

static Status measure_vectors(KernelCall *call) {
    VectorMeasure measure = *(const VectorMeasure *)call->function->scalar->data;
    Lists a = lists_of(call, 0), b = lists_of(call, 1);
    double *result = KERNEL_RESULT(call, double);
    KERNEL_FOR_EACH_ROW(call, row) {
        VectorSums sums;
        bool cosine = measure == COSINE_SIMILARITY || measure == COSINE_DISTANCE;
        if (!sum_vectors(call, row, &a, &b, !cosine, &sums)) {
            continue;
        }
        double norms = sqrt(sums.left) * sqrt(sums.right);
        if (cosine && norms == 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Vector magnitude cannot be zero");
            continue;
        }
        result[row] = measure == DOT_PRODUCT         ? sums.product
                      : measure == EUCLIDEAN         ? sqrt(sums.distance)
                      : measure == COSINE_SIMILARITY ? sums.product / norms
                                                     : 1 - sums.product / norms;
    }
    return OK;
}

static const VectorMeasure cosine_similarity = COSINE_SIMILARITY, cosine_distance = COSINE_DISTANCE,
                           dot_product = DOT_PRODUCT, euclidean = EUCLIDEAN;

/* ---- width_bucket over bins ---- */

/* A NULL bin counts as 0. */
static double bin_at(const Lists *bins, int32_t element) {
    return view_is_null(&bins->element_view, element)
               ? 0
               : VIEW_VALUE(&bins->element_view, double, element);
}

/* The number of bins that are not greater than the operand; NULL, or the message of what is wrong.
 */
static const char *find_bin(const Lists *bins, ListEntry list, double operand,
                            int64_t *ret_bucket) {
    int32_t low = 0, high = list.length;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        double bin = bin_at(bins, list.offset + middle);
        if (bin_at(bins, list.offset + low) > bin_at(bins, list.offset + high - 1)) {
            return "Bin values are not sorted in ascending order";
        }
        if (!isfinite(bin)) {
            return isnan(bin) ? "Bin value must be finite, got NaN"
                   : bin > 0  ? "Bin value must be finite, got Infinity"
                              : "Bin value must be finite, got -Infinity";
        }
        if (operand < bin) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    *ret_bucket = low;
    return NULL;
}

static Status width_bucket_of_bins(KernelCall *call) {
    Lists bins = lists_of(call, 1);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&bins, row);
        double operand = KERNEL_ARGUMENT(call, 0, double, row);
        const char *problem =
            list.length == 0 ? "Bins cannot be an empty array"
            : isnan(operand) ? "Operand cannot be NaN"
                             : find_bin(&bins, list, operand, &KERNEL_RESULT(call, int64_t)[row]);
        if (problem != NULL) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s", problem);
        }
    }
    return OK;
}

#define NULLABLE FUNCTION_MAY_RETURN_NULL
#define ZIP "Merges the given arrays, element-wise, into a single array of rows."
#define JOIN "Concatenates the elements of the given array using a delimiter"
#define VECTORS "(array(double), array(double)) -> double"

const ScalarFunction array_make_functions[] = {
    {"repeat", "<T>(t, bigint) -> array(t)", array_repeat, FUNCTION_CALLED_WITH_NULL,
     "Repeat an element for a given number of times"},
    {"sequence", "(bigint, bigint) -> array(bigint)", sequence, 0,
     "Sequence function to generate synthetic arrays"},
    {"sequence", "(bigint, bigint, bigint) -> array(bigint)", sequence, 0,
     "Sequence function to generate synthetic arrays"},
    {"zip", "<T1,T2>(array(T1), array(T2)) -> array(row(T1,T2))", array_zip, 0, ZIP},
    {"zip", "<T1,T2,T3>(array(T1), array(T2), array(T3)) -> array(row(T1,T2,T3))", array_zip, 0,
     ZIP},
    {"zip", "<T1,T2,T3,T4>(array(T1), array(T2), array(T3), array(T4)) -> array(row(T1,T2,T3,T4))",
     array_zip, 0, ZIP},
    {"zip",
     "<T1,T2,T3,T4,T5>(array(T1), array(T2), array(T3), array(T4), array(T5)) -> "
     "array(row(T1,T2,T3,T4,T5))",
     array_zip, 0, ZIP},
    {"array_join", "<E>(array(e), varchar) -> varchar", array_join, NULLABLE, JOIN, prepare_join},
    {"array_join", "<E>(array(e), varchar, varchar) -> varchar", array_join, NULLABLE,
     JOIN " and an optional string to replace nulls", prepare_join},
    {"cosine_similarity", VECTORS, measure_vectors, NULLABLE,
     "Calculates the cosine similarity between two vectors", NULL, &cosine_similarity},
    {"cosine_distance", VECTORS, measure_vectors, NULLABLE,
     "Calculates the cosine distance between two vectors", NULL, &cosine_distance},
    {"dot_product", VECTORS, measure_vectors, NULLABLE,
     "Calculates the dot product between two vectors", NULL, &dot_product},
    {"euclidean_distance", VECTORS, measure_vectors, NULLABLE,
     "Calculates the euclidean distance between two vectors", NULL, &euclidean},
    {"width_bucket", "(double, array(double)) -> bigint", width_bucket_of_bins, 0,
     "The bucket number of a value given an array of bins"},
    {NULL},
};
