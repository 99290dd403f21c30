/*
 * Short names for what kernels do all the time: strings of arguments, strings and booleans of the
 * result, constants seen by prepare. Strings given are views into the argument; they live as long
 * as the call.
 */
#pragma once

#include "function/function.h"

static inline const StringView *string_argument(const KernelCall *call, int32_t index,
                                                int32_t row) {
    return &KERNEL_ARGUMENT(call, index, StringView, row);
}

static inline int64_t bigint_argument(const KernelCall *call, int32_t index, int32_t row) {
    return KERNEL_ARGUMENT(call, index, int64_t, row);
}

static inline void return_string(KernelCall *call, int32_t row, const char *bytes, size_t size) {
    vector_set_string(call->result, row, bytes, size);
}

static inline void return_boolean(KernelCall *call, int32_t row, bool value) {
    KERNEL_RESULT(call, uint8_t)[row] = value;
}

static inline bool argument_is_null(const KernelCall *call, int32_t index, int32_t row) {
    return view_is_null(&call->arguments[index], row);
}

/* The constant of an argument that prepare sees, NULL when it is not constant or is NULL. */
static inline const Vector *constant_argument(const FunctionBinding *binding, int32_t index) {
    const Vector *constant = binding->constants != NULL ? binding->constants[index] : NULL;
    return constant != NULL && !vector_is_null(constant, 0) ? constant : NULL;
}
