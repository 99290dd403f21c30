/*
 * NOT and IS NULL. NOT runs over every byte of the vector, NULL or not; IS NULL expands the bitmap.
 */
#include "expr/operators.h"

#include "function/kernels/clones.h"

KERNEL_CLONES static void not_dense(uint8_t *restrict result, const uint8_t *restrict values,
                                    int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        result[i] = values[i] == 0;
    }
}

Status not_kernel(KernelCall *call) {
    const VectorView *view = &call->arguments[0];
    uint8_t *result = KERNEL_RESULT(call, uint8_t);
    if (call->rows == NULL && view->indices == NULL && view->mask != 0) {
        not_dense(result, view->data, call->row_count);
        return OK;
    }
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = !VIEW_VALUE(view, uint8_t, row);
    }
    return OK;
}

Status is_null_kernel(KernelCall *call) {
    const VectorView *view = &call->arguments[0];
    uint8_t *result = KERNEL_RESULT(call, uint8_t);
    if (view->nulls == NULL && call->rows == NULL) {
        memset(result, 0, (size_t)call->row_count);
        return OK;
    }
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = view_is_null(view, row);
    }
    return OK;
}
