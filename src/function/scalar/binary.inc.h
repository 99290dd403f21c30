/*
 * Template of a kernel of two numbers. Before each inclusion define
 *     NAME                        the kernel; NAME_loop is its inner loop
 *     LEFT, RIGHT, RESULT, FLAG   C types; FLAG is an unsigned accumulator of what went wrong
 *     COMPUTE(a, b, flag)         the result; ors into *flag when the pair fails
 *     FAILED_FLAG(flag)           whether the accumulator says that some pair failed
 *     REPORT(call, row, a, b)     notes the failure of one row
 * and optionally EXTRA, a type, and EXTRA_OF(call), its value for a call: COMPUTE may use it as
 * `extra`. The loops have no branches: a batch with a failing row is looked through again to find
 * it.
 */
#ifndef EXTRA
#define EXTRA int32_t
#define EXTRA_OF(call) 0
#endif
#define BINARY_GLUE(a, b) a##b
#define BINARY_NAME(a, b) BINARY_GLUE(a, b)

KERNEL_CLONES
static FLAG BINARY_NAME(NAME, _loop)(const LEFT *restrict a, const RIGHT *restrict b,
                                     RESULT *restrict result, int32_t count, int32_t a_step,
                                     int32_t b_step, EXTRA extra) {
    FLAG flag = 0;
    (void)extra;
    if (a_step != 0 && b_step != 0) {
        for (int32_t i = 0; i < count; i++) {
            result[i] = COMPUTE(a[i], b[i], &flag);
        }
    } else if (b_step == 0) {
        const RIGHT right = b[0];
        for (int32_t i = 0; i < count; i++) {
            result[i] = COMPUTE(a[(int64_t)i * a_step], right, &flag);
        }
    } else {
        const LEFT left = a[0];
        for (int32_t i = 0; i < count; i++) {
            result[i] = COMPUTE(left, b[i], &flag);
        }
    }
    return flag;
}

static Status NAME(KernelCall *call) {
    const VectorView *a = &call->arguments[0], *b = &call->arguments[1];
    RESULT *result = KERNEL_RESULT(call, RESULT);
    EXTRA extra = EXTRA_OF(call);
    (void)extra;
    FLAG flag = 0;
    if (call->rows == NULL && a->indices == NULL && b->indices == NULL) {
        if (call->row_count > 0) {
            flag = BINARY_NAME(NAME, _loop)(a->data, b->data, result, call->row_count, a->mask & 1,
                                            b->mask & 1, extra);
        }
    } else {
        KERNEL_FOR_EACH_ROW(call, row) {
            result[row] = COMPUTE(VIEW_VALUE(a, LEFT, row), VIEW_VALUE(b, RIGHT, row), &flag);
        }
    }
    if (FAILED_FLAG(flag)) {
        KERNEL_FOR_EACH_ROW(call, row) {
            FLAG one = 0;
            LEFT left = VIEW_VALUE(a, LEFT, row);
            RIGHT right = VIEW_VALUE(b, RIGHT, row);
            (void)COMPUTE(left, right, &one);
            if (FAILED_FLAG(one)) {
                REPORT(call, row, left, right);
            }
        }
    }
    return OK;
}

#undef BINARY_GLUE
#undef BINARY_NAME
#undef NAME
#undef EXTRA
#undef EXTRA_OF
#undef LEFT
#undef RIGHT
#undef RESULT
#undef FLAG
#undef COMPUTE
#undef FAILED_FLAG
#undef REPORT
