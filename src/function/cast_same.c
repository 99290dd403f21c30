/*
 * Casts that change no value: NULL of type unknown to anything, and texts that internal types hold
 * as they are. Values are copied, views share the source's heaps.
 */
#include "function/kernels/cast_family.h"

/* Only NULLs come in, and the framework has already made them NULL. */
static Status cast_unknown(KernelCall *call) {
    (void)call;
    return OK;
}

static Status cast_views(KernelCall *call) {
    const VectorView *argument = &call->arguments[0];
    StringView *result = KERNEL_RESULT(call, StringView);
    vector_share_heaps(call->result, argument->vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = VIEW_VALUE(argument, StringView, row);
    }
    return OK;
}

Status cast_from_any(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    (void)cx;
    if (from->kind == TYPE_UNKNOWN) {
        *ret_cast = (Cast){.kernel = cast_unknown, .flags = FUNCTION_INFALLIBLE};
    } else if (from->kind == TYPE_VARCHAR &&
               (to->kind == TYPE_VARBINARY || to->kind == TYPE_REGEXP ||
                to->kind == TYPE_JSON_PATH || to->kind == TYPE_LIKE_PATTERN)) {
        *ret_cast = (Cast){.kernel = cast_views, .flags = FUNCTION_INFALLIBLE};
    } else if (from->layout == LAYOUT_STRING && to->kind == TYPE_VARBINARY) {
        *ret_cast = (Cast){.kernel = cast_views, .flags = FUNCTION_INFALLIBLE};
    }
    return OK;
}
