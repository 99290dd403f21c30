/*
 * row_number, rank, dense_rank, percent_rank, cume_dist, ntile: the window functions that only look
 * at a row's place among its peers. Frames do not matter to them.
 */
#include "function/function.h"

static Status row_number(WindowCall *call) {
    int64_t *numbers = VECTOR_DATA(call->result, int64_t);
    for (int32_t row = 0; row < call->row_count; row++) {
        numbers[row] = row + 1;
    }
    return OK;
}

static Status rank(WindowCall *call) {
    int64_t *ranks = VECTOR_DATA(call->result, int64_t);
    for (int32_t row = 0; row < call->row_count; row++) {
        ranks[row] = call->peer_start[row] + 1;
    }
    return OK;
}

static Status dense_rank(WindowCall *call) {
    int64_t *ranks = VECTOR_DATA(call->result, int64_t);
    int64_t current = 0;
    for (int32_t row = 0; row < call->row_count; row++) {
        current += call->peer_start[row] == row;
        ranks[row] = current;
    }
    return OK;
}

static Status percent_rank(WindowCall *call) {
    double *ranks = VECTOR_DATA(call->result, double);
    double others = call->row_count > 1 ? call->row_count - 1 : 1;
    for (int32_t row = 0; row < call->row_count; row++) {
        ranks[row] = call->peer_start[row] / others;
    }
    return OK;
}

static Status cume_dist(WindowCall *call) {
    double *shares = VECTOR_DATA(call->result, double);
    for (int32_t row = 0; row < call->row_count; row++) {
        shares[row] = (call->peer_end[row] + 1) / (double)call->row_count;
    }
    return OK;
}

/* The first buckets get one row more each when the rows do not divide evenly. */
static int64_t bucket_of(int64_t row, int64_t row_count, int64_t buckets) {
    if (row_count < buckets) {
        return row + 1;
    }
    int64_t larger = row_count % buckets, rows = row_count / buckets;
    return row < (rows + 1) * larger ? row / (rows + 1) + 1 : (row - larger) / rows + 1;
}

static Status ntile(WindowCall *call) {
    VectorView buckets = vector_view(call->arguments[0]);
    int64_t *numbers = VECTOR_DATA(call->result, int64_t);
    for (int32_t row = 0; row < call->row_count; row++) {
        if (view_is_null(&buckets, row)) {
            vector_set_null(call->result, row);
            continue;
        }
        int64_t count = VIEW_VALUE(&buckets, int64_t, row);
        if (count <= 0) {
            return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT, "Buckets must be greater than 0");
        }
        numbers[row] = bucket_of(row, call->row_count, count);
    }
    return OK;
}

const WindowFunction ranking_windows[] = {
    {.name = "row_number", .signature = "() -> bigint", .description = "", .process = row_number},
    {.name = "rank", .signature = "() -> bigint", .description = "", .process = rank},
    {.name = "dense_rank", .signature = "() -> bigint", .description = "", .process = dense_rank},
    {.name = "percent_rank",
     .signature = "() -> double",
     .description = "",
     .process = percent_rank},
    {.name = "cume_dist", .signature = "() -> double", .description = "", .process = cume_dist},
    {.name = "ntile", .signature = "(bigint) -> bigint", .description = "", .process = ntile},
    {.name = NULL},
};
