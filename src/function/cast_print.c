/*
 * Casts to varchar and char. Values that are not text are printed and must fit the length; text is
 * cut to it. char(n) is stored without trailing spaces and gets them back when it becomes varchar.
 */
#include <arpa/inet.h>
#include <stdio.h>

#include "base/double_text.h"
#include "base/int128.h"
#include "function/kernels/cast_family.h"
#include "function/kernels/datetime_text.h"
#include "function/kernels/identifier_text.h"
#include "function/scalar/utf8.h"

/* ---- printing ---- */

static void put_text(KernelCall *call, int32_t row, const char *text, int size) {
    const CastPair *pair = call->state;
    if (size > pair->to->length) {
        kernel_fail(call, row, INVALID_CAST_ARGUMENT,
                    "Value %s cannot be represented as varchar(%d)", text, pair->to->length);
        return;
    }
    vector_set_string(call->result, row, text, (size_t)size);
}

static Status boolean_to_text(KernelCall *call) {
    const CastPair *pair = call->state;
    KERNEL_FOR_EACH_ROW(call, row) {
        bool value = KERNEL_ARGUMENT(call, 0, uint8_t, row) != 0;
        if ((value ? 4 : 5) > pair->to->length) {
            kernel_fail(call, row, INVALID_CAST_ARGUMENT,
                        "Value %s cannot be represented as varchar(%d)", value ? "true" : "false",
                        pair->to->length);
            continue;
        }
        put_text(call, row, value ? "true" : "false", value ? 4 : 5);
    }
    return OK;
}

static Status integer_to_text(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    char text[INT128_TEXT_MAX];
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t index = view_index(view, row);
        int64_t value;
        switch (pair->from->layout) {
        case LAYOUT_BYTE:
            value = ((const int8_t *)view->data)[index];
            break;
        case LAYOUT_SHORT:
            value = ((const int16_t *)view->data)[index];
            break;
        case LAYOUT_INT:
            value = ((const int32_t *)view->data)[index];
            break;
        default:
            value = ((const int64_t *)view->data)[index];
            break;
        }
        put_text(call, row, text, int64_print(value, text));
    }
    return OK;
}

static Status floating_to_text(KernelCall *call) {
    const CastPair *pair = call->state;
    bool is_real = pair->from->kind == TYPE_REAL;
    char text[DOUBLE_TEXT_MAX], plain[DOUBLE_TEXT_MAX];
    KERNEL_FOR_EACH_ROW(call, row) {
        double value = is_real ? (double)KERNEL_ARGUMENT(call, 0, float, row)
                               : KERNEL_ARGUMENT(call, 0, double, row);
        int size = is_real ? real_print_cast((float)value, text) : double_print_cast(value, text);
        if (size > pair->to->length) {
            (void)(is_real ? real_print((float)value, plain) : double_print(value, plain));
            kernel_fail(call, row, INVALID_CAST_ARGUMENT,
                        "Value %s (%s) cannot be represented as varchar(%d)", plain, text,
                        pair->to->length);
            continue;
        }
        vector_set_string(call->result, row, text, (size_t)size);
    }
    return OK;
}

static Status decimal_to_text(KernelCall *call) {
    const CastPair *pair = call->state;
    bool is_short = type_is_short_decimal(pair->from);
    char text[INT128_TEXT_MAX];
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = is_short ? KERNEL_ARGUMENT(call, 0, int64_t, row)
                                  : KERNEL_ARGUMENT(call, 0, int128_t, row);
        put_text(call, row, text, decimal_print(value, pair->from->scale, text));
    }
    return OK;
}

static Status datetime_to_text(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    char text[DATETIME_TEXT_MAX];
    KERNEL_FOR_EACH_ROW(call, row) {
        int size = datetime_print_cast(pair->from, view->data, view_index(view, row), text);
        put_text(call, row, text, size);
    }
    return OK;
}

static Status identifier_to_text(KernelCall *call) {
    const CastPair *pair = call->state;
    char text[IDENTIFIER_TEXT_MAX];
    KERNEL_FOR_EACH_ROW(call, row) {
        uint128_t value = KERNEL_ARGUMENT(call, 0, uint128_t, row);
        int size =
            pair->from->kind == TYPE_UUID ? uuid_print(value, text) : ip_address_print(value, text);
        put_text(call, row, text, size);
    }
    return OK;
}

/* ---- varchar and char ---- */

static size_t without_trailing_spaces(const char *text, size_t size) {
    while (size > 0 && text[size - 1] == ' ') {
        size--;
    }
    return size;
}

/* Cuts to the target's length; what becomes char also loses trailing spaces. */
static Status text_to_text(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    StringView *result = KERNEL_RESULT(call, StringView);
    size_t length = (size_t)pair->to->length;
    bool to_char = pair->to->kind == TYPE_CHAR;
    vector_share_heaps(call->result, view->vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *value = &VIEW_VALUE(view, StringView, row);
        const char *text = string_data(value);
        size_t size = value->length;
        if (size > length) {
            size = utf8_offset(text, size, (int64_t)length);
        }
        if (to_char) {
            size = without_trailing_spaces(text, size);
        }
        result[row] = size == value->length ? *value : string_view(text, size);
    }
    return OK;
}

/* char(n) with its spaces, cut to the target's length. */
static Status char_to_varchar(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    int64_t width = pair->from->length;
    bool is_bounded = pair->to->kind == TYPE_VARCHAR && pair->to->length < width;
    width = is_bounded ? pair->to->length : width;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *value = &VIEW_VALUE(view, StringView, row);
        const char *text = string_data(value);
        size_t kept = utf8_offset(text, value->length, width);
        size_t spaces = (size_t)(width - utf8_count(text, kept));
        char *out = vector_reserve_string(call->result, kept + spaces + 1);
        memcpy(out, text, kept);
        memset(out + kept, ' ', spaces);
        vector_finish_string(call->result, row, out, kept + spaces);
    }
    return OK;
}

/* ---- choice ---- */

static ScalarKernel print_kernel(const Type *from) {
    switch (from->kind) {
    case TYPE_BOOLEAN:
        return boolean_to_text;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        return integer_to_text;
    case TYPE_REAL:
    case TYPE_DOUBLE:
        return floating_to_text;
    case TYPE_DECIMAL:
        return decimal_to_text;
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIME_TZ:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_TZ:
    case TYPE_INTERVAL_YEAR_MONTH:
    case TYPE_INTERVAL_DAY_SECOND:
        return datetime_to_text;
    case TYPE_UUID:
    case TYPE_IPADDRESS:
        return identifier_to_text;
    default:
        return NULL;
    }
}

Status cast_to_text(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    ScalarKernel kernel = NULL;
    if (from->kind == TYPE_CHAR && to->kind != TYPE_CHAR) {
        kernel = char_to_varchar;
    } else if (type_is_string(from) && type_is_string(to)) {
        kernel = text_to_text;
    } else if (to->kind == TYPE_VARCHAR) {
        kernel = print_kernel(from);
    }
    unsigned flags = cast_may_fail(from, to) ? 0 : FUNCTION_INFALLIBLE;
    *ret_cast = (Cast){.kernel = kernel, .flags = flags, .state = cast_pair(cx, from, to)};
    return OK;
}
