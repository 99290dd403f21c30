/*
 * Notes of failed rows, and kernel_fail and kernel_call_lambda, by which kernels reach them. A
 * message is only printed when its error is the one that would be raised.
 */
#include "function/kernels/row_errors.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "function/kernels/lambda.h"

void row_errors_init(RowErrors *errors, bool catching) {
    *errors = (RowErrors){.catching = catching, .row = -1, .code = NO_ERROR};
}

void row_errors_done(RowErrors *errors) {
    free(errors->caught);
    errors->caught = NULL;
}

bool error_is_caught_by_try(ErrorCode code) {
    return code == DIVISION_BY_ZERO || code == INVALID_CAST_ARGUMENT ||
           code == INVALID_FUNCTION_ARGUMENT || code == NUMERIC_VALUE_OUT_OF_RANGE;
}

bool row_errors_catch(const RowErrors *errors, ErrorCode code) {
    return errors->catches_all || (errors->catching && error_is_caught_by_try(code));
}

void row_errors_mark(RowErrors *errors, int32_t row) {
    if (row >= errors->row_capacity) {
        size_t old_words = bitmap_words(errors->row_capacity);
        size_t words = bitmap_words(row + 1) * 2;
        uint64_t *caught = allocate_zeroed(words * sizeof *caught);
        if (old_words > 0) {
            memcpy(caught, errors->caught, old_words * sizeof *caught);
        }
        free(errors->caught);
        errors->caught = caught;
        errors->row_capacity = (int32_t)(words * 64);
    }
    if (!bitmap_get(errors->caught, row)) {
        bitmap_set(errors->caught, row);
        errors->caught_count++;
    }
}

void row_errors_note(RowErrors *errors, int32_t row, ErrorCode code, const char *message) {
    if (errors->row < 0 || row < errors->row) {
        errors->row = row;
        errors->code = code;
        errors->message = message;
    }
}

Status row_errors_raise(Context *cx, const RowErrors *errors) {
    return errors->row < 0 ? OK : FAIL(cx, errors->code, "%s", errors->message);
}

void kernel_fail(KernelCall *call, int32_t row, ErrorCode code, const char *format, ...) {
    RowErrors *errors = call->errors;
    if (row_errors_catch(errors, code)) {
        row_errors_mark(errors, row);
        return;
    }
    if (errors->row >= 0 && errors->row <= row) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_vprintf(call->cx->arena, format, arguments);
    va_end(arguments);
    row_errors_note(errors, row, code, message);
}

Status kernel_call_lambda(KernelCall *call, int32_t index, Vector *const *arguments,
                          int32_t argument_count, const int32_t *parent_rows, int32_t count,
                          Vector **ret_result) {
    const Lambda *lambda = call->lambdas[index];
    return lambda->call(lambda, call->cx, call->errors, arguments, argument_count, parent_rows,
                        count, ret_result);
}
