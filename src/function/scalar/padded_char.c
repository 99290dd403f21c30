/*
 * Replaces char(n) arguments of a call by vectors of padded varchar values, for the rows that are
 * computed, and trims a char(n) result again.
 */
#include "function/scalar/padded_char.h"

#include "function/scalar/arguments.h"
#include "function/scalar/utf8.h"

static void pad_value(Vector *padded, int32_t row, const StringView *value, int32_t length) {
    const char *text = string_data(value);
    int64_t missing = length - utf8_count(text, value->length);
    if (missing <= 0) {
        vector_set_string(padded, row, text, value->length);
        return;
    }
    size_t size = value->length + (size_t)missing;
    char *bytes = vector_reserve_string(padded, size);
    memcpy(bytes, text, value->length);
    memset(bytes + value->length, ' ', (size_t)missing);
    vector_finish_string(padded, row, bytes, size);
}

/* Rows are the same as the argument's; rows that are not computed stay unset. */
static Vector *pad_argument(const KernelCall *call, int32_t index) {
    const Type *type = call->function->argument_types[index];
    Vector *padded = vector_create(type_varchar_unbounded(), call->result->length);
    memset(padded->data, 0, sizeof(StringView) * (size_t)padded->length);
    KERNEL_FOR_EACH_ROW(call, row) {
        if (!argument_is_null(call, index, row)) {
            pad_value(padded, row, string_argument(call, index, row), type->length);
        } else {
            vector_set_null(padded, row);
        }
    }
    return padded;
}

static void trim_result(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        StringView *view = &KERNEL_RESULT(call, StringView)[row];
        const char *text = string_data(view);
        uint32_t length = view->length;
        while (length > 0 && text[length - 1] == ' ') {
            length--;
        }
        *view = string_view(text, length);
    }
}

Status padded_char_kernel(KernelCall *call) {
    ScalarKernel kernel = *(const ScalarKernel *)call->function->scalar->data;
    VectorView *arguments = arena_copy(call->cx->arena, call->arguments,
                                       sizeof *arguments * (size_t)call->argument_count);
    Vector **padded = arena_new_array(call->cx->arena, Vector *, call->argument_count);
    for (int32_t i = 0; i < call->argument_count; i++) {
        if (call->function->argument_types[i]->kind == TYPE_CHAR) {
            padded[i] = pad_argument(call, i);
            arguments[i] = vector_view(padded[i]);
        }
    }
    KernelCall inner = *call;
    inner.arguments = arguments;
    Status status = kernel(&inner);
    if (status == OK && call->result->type->kind == TYPE_CHAR) {
        trim_result(call);
    }
    for (int32_t i = 0; i < call->argument_count; i++) {
        vector_unref(padded[i]);
    }
    return status;
}
