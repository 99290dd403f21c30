/*
 * Template: the comparison kernel of one fixed-width type. The includer defines T, NAME(suffix) and
 * LOAD(x), which gives of a stored value the number to compare. Dense flat inputs get vectorised
 * loops, one per comparison; everything else goes row by row through views.
 */

static inline __attribute__((always_inline)) bool NAME(test)(Comparison comparison, T left,
                                                             T right) {
    switch (comparison) {
    case COMPARE_EQUAL:
        return LOAD(left) == LOAD(right);
    case COMPARE_NOT_EQUAL:
        return LOAD(left) != LOAD(right);
    case COMPARE_LESS:
        return LOAD(left) < LOAD(right);
    case COMPARE_LESS_OR_EQUAL:
        return LOAD(left) <= LOAD(right);
    case COMPARE_GREATER:
        return LOAD(left) > LOAD(right);
    default:
        return LOAD(left) >= LOAD(right);
    }
}

static inline __attribute__((always_inline)) void
NAME(flat_loop)(Comparison comparison, const T *restrict left, const T *restrict right,
                uint8_t *restrict result, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        result[i] = NAME(test)(comparison, left[i], right[i]);
    }
}

static inline __attribute__((always_inline)) void
NAME(constant_loop)(Comparison comparison, const T *restrict left, T right,
                    uint8_t *restrict result, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        result[i] = NAME(test)(comparison, left[i], right);
    }
}

KERNEL_CLONES static void NAME(flat)(Comparison comparison, const T *restrict left,
                                     const T *restrict right, uint8_t *restrict result,
                                     int32_t count) {
    switch (comparison) {
    case COMPARE_EQUAL:
        NAME(flat_loop)(COMPARE_EQUAL, left, right, result, count);
        break;
    case COMPARE_NOT_EQUAL:
        NAME(flat_loop)(COMPARE_NOT_EQUAL, left, right, result, count);
        break;
    case COMPARE_LESS:
        NAME(flat_loop)(COMPARE_LESS, left, right, result, count);
        break;
    case COMPARE_LESS_OR_EQUAL:
        NAME(flat_loop)(COMPARE_LESS_OR_EQUAL, left, right, result, count);
        break;
    case COMPARE_GREATER:
        NAME(flat_loop)(COMPARE_GREATER, left, right, result, count);
        break;
    default:
        NAME(flat_loop)(COMPARE_GREATER_OR_EQUAL, left, right, result, count);
        break;
    }
}

KERNEL_CLONES static void NAME(constant)(Comparison comparison, const T *restrict left, T right,
                                         uint8_t *restrict result, int32_t count) {
    switch (comparison) {
    case COMPARE_EQUAL:
        NAME(constant_loop)(COMPARE_EQUAL, left, right, result, count);
        break;
    case COMPARE_NOT_EQUAL:
        NAME(constant_loop)(COMPARE_NOT_EQUAL, left, right, result, count);
        break;
    case COMPARE_LESS:
        NAME(constant_loop)(COMPARE_LESS, left, right, result, count);
        break;
    case COMPARE_LESS_OR_EQUAL:
        NAME(constant_loop)(COMPARE_LESS_OR_EQUAL, left, right, result, count);
        break;
    case COMPARE_GREATER:
        NAME(constant_loop)(COMPARE_GREATER, left, right, result, count);
        break;
    default:
        NAME(constant_loop)(COMPARE_GREATER_OR_EQUAL, left, right, result, count);
        break;
    }
}

static inline __attribute__((always_inline)) void
NAME(row_loop)(Comparison comparison, const KernelCall *call, uint8_t *restrict result) {
    const VectorView *left = &call->arguments[0], *right = &call->arguments[1];
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = NAME(test)(comparison, VIEW_VALUE(left, T, row), VIEW_VALUE(right, T, row));
    }
}

static void NAME(rows)(Comparison comparison, const KernelCall *call, uint8_t *restrict result) {
    switch (comparison) {
    case COMPARE_EQUAL:
        NAME(row_loop)(COMPARE_EQUAL, call, result);
        break;
    case COMPARE_NOT_EQUAL:
        NAME(row_loop)(COMPARE_NOT_EQUAL, call, result);
        break;
    case COMPARE_LESS:
        NAME(row_loop)(COMPARE_LESS, call, result);
        break;
    case COMPARE_LESS_OR_EQUAL:
        NAME(row_loop)(COMPARE_LESS_OR_EQUAL, call, result);
        break;
    case COMPARE_GREATER:
        NAME(row_loop)(COMPARE_GREATER, call, result);
        break;
    default:
        NAME(row_loop)(COMPARE_GREATER_OR_EQUAL, call, result);
        break;
    }
}

static Status NAME(kernel)(KernelCall *call) {
    Comparison comparison = *(const Comparison *)call->state;
    const VectorView *left = &call->arguments[0], *right = &call->arguments[1];
    uint8_t *result = KERNEL_RESULT(call, uint8_t);
    bool is_dense = call->rows == NULL && left->indices == NULL && right->indices == NULL;
    if (is_dense && left->mask != 0 && right->mask != 0) {
        NAME(flat)(comparison, left->data, right->data, result, call->row_count);
    } else if (is_dense && left->mask != 0) {
        NAME(constant)
        (comparison, left->data, *(const T *)right->data, result, call->row_count);
    } else if (is_dense && right->mask != 0) {
        NAME(constant)
        (comparison_flip(comparison), right->data, *(const T *)left->data, result, call->row_count);
    } else {
        NAME(rows)(comparison, call, result);
    }
    return OK;
}

#undef T
#undef NAME
#undef LOAD
