/*
 * Template of the functions of one integer type: abs, sign, ceil and floor (which change nothing),
 * round, random, shifts. Before inclusion define T, U, TYPE_NAME, T_MIN, T_MAX PREFIX(name)
 */
static Status PREFIX(abs)(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        T value = KERNEL_ARGUMENT(call, 0, T, row);
        if (value == T_MIN) {
            kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE,
                        "Value %ld is out of range for abs(" TYPE_NAME ")", (long)value);
            continue;
        }
        KERNEL_RESULT(call, T)[row] = (T)(value < 0 ? -value : value);
    }
    return OK;
}

static Status PREFIX(sign)(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        T value = KERNEL_ARGUMENT(call, 0, T, row);
        KERNEL_RESULT(call, T)[row] = (T)((value > 0) - (value < 0));
    }
    return OK;
}

static Status PREFIX(same)(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, T)[row] = KERNEL_ARGUMENT(call, 0, T, row);
    }
    return OK;
}

static Status PREFIX(round)(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        T value = KERNEL_ARGUMENT(call, 0, T, row);
        int128_t rounded = round_integer(value, KERNEL_ARGUMENT(call, 1, int32_t, row));
        if (rounded == (T)rounded) {
            KERNEL_RESULT(call, T)[row] = (T)rounded;
        } else if (sizeof(T) == 8) {
            kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE, "numerical overflow: %ld",
                        (long)value);
        } else {
            kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE,
                        "Out of range for " TYPE_NAME ": %ld", (long)rounded);
        }
    }
    return OK;
}

static Status PREFIX(random)(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t start = 0, stop = KERNEL_ARGUMENT(call, 0, T, row);
        if (call->argument_count > 1) {
            start = stop;
            stop = KERNEL_ARGUMENT(call, 1, T, row);
        }
        if (start >= stop) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s",
                        call->argument_count > 1 ? "start value must be less than stop value"
                                                 : "bound must be positive");
            continue;
        }
        uint64_t span = (uint64_t)stop - (uint64_t)start;
        KERNEL_RESULT(call, T)[row] = (T)((uint64_t)start + random_bits() % span);
    }
    return OK;
}

enum { PREFIX(bits) = sizeof(T) * 8 };

static Status PREFIX(left_shift)(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t shift = KERNEL_ARGUMENT(call, 1, int32_t, row);
        uint64_t value = (uint64_t)KERNEL_ARGUMENT(call, 0, T, row);
        KERNEL_RESULT(call, T)[row] = (T)(shift >= PREFIX(bits) ? 0 : value << (shift & 63));
    }
    return OK;
}

static Status PREFIX(right_shift)(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t shift = KERNEL_ARGUMENT(call, 1, int32_t, row);
        uint64_t value = (U)KERNEL_ARGUMENT(call, 0, T, row);
        KERNEL_RESULT(call, T)[row] = (T)(shift >= PREFIX(bits) ? 0 : value >> (shift & 63));
    }
    return OK;
}

static Status PREFIX(right_shift_arithmetic)(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t shift = KERNEL_ARGUMENT(call, 1, int32_t, row);
        int64_t value = KERNEL_ARGUMENT(call, 0, T, row);
        KERNEL_RESULT(call, T)[row] = (T)(value >> (shift >= PREFIX(bits) ? 63 : shift & 63));
    }
    return OK;
}

#undef T
#undef U
#undef TYPE_NAME
#undef T_MIN
#undef PREFIX
