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

static bool keeps_bytes(TypeKind from, TypeKind to) {
    switch (from) {
    case TYPE_VARCHAR:
        return to == TYPE_VARBINARY || to == TYPE_REGEXP || to == TYPE_JSON_PATH ||
               to == TYPE_LIKE_PATTERN || to == TYPE_CODE_POINTS;
    case TYPE_HYPERLOGLOG:
    case TYPE_SETDIGEST:
    case TYPE_TDIGEST:
    case TYPE_QDIGEST:
        return to == TYPE_VARBINARY;
    case TYPE_VARBINARY:
        return to == TYPE_HYPERLOGLOG || to == TYPE_SETDIGEST || to == TYPE_TDIGEST ||
               to == TYPE_QDIGEST;
    case TYPE_P4HYPERLOGLOG: /* the dense form is a legal HyperLogLog */
        return to == TYPE_HYPERLOGLOG;
    default:
        return false;
    }
}

Status cast_same(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    (void)cx;
    if (from->kind == TYPE_UNKNOWN) {
        *ret_cast = (Cast){.kernel = cast_unknown, .flags = FUNCTION_INFALLIBLE};
    } else if (keeps_bytes(from->kind, to->kind)) {
        *ret_cast = (Cast){.kernel = cast_views, .flags = FUNCTION_INFALLIBLE};
    }
    return OK;
}
