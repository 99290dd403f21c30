/*
 * Strings: length, case, parts, order of characters, concatenation. Parts of long strings are views
 * into the argument's memory, nothing is copied.
 */
#include <unicode/uchar.h>

#include "function/scalar/arguments.h"
#include "function/scalar/padded_char.h"
#include "function/scalar/utf8.h"

/* ---- length ---- */

static Status length_of_varchar(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = string_argument(call, 0, row);
        KERNEL_RESULT(call, int64_t)[row] = utf8_count(string_data(text), text->length);
    }
    return OK;
}

static Status length_of_char(KernelCall *call) {
    int32_t length = call->function->argument_types[0]->length;
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, int64_t)[row] = length;
    }
    return OK;
}

static Status length_of_varbinary(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, int64_t)[row] = string_argument(call, 0, row)->length;
    }
    return OK;
}

/* ---- case ---- */

static void set_mapped(KernelCall *call, int32_t row, const char *text, size_t size,
                       UChar32 (*map)(UChar32)) {
    char *bytes = vector_reserve_string(call->result, size * 3 + 4);
    size_t written = 0;
    for (size_t at = 0; at < size;) {
        size_t start = at;
        int32_t code_point = utf8_next(text, size, &at);
        if (code_point < 0) {
            bytes[written++] = text[start];
        } else {
            written += utf8_put(map(code_point), bytes + written);
        }
    }
    vector_finish_string(call->result, row, bytes, written);
}

static void set_ascii_mapped(KernelCall *call, int32_t row, const char *text, size_t size,
                             char first, char last) {
    char *bytes = vector_reserve_string(call->result, size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)(text[i] ^ ((text[i] >= first && text[i] <= last) ? 0x20 : 0));
    }
    vector_finish_string(call->result, row, bytes, size);
}

static Status lower(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        if (utf8_is_ascii(text, view->length)) {
            set_ascii_mapped(call, row, text, view->length, 'A', 'Z');
        } else {
            set_mapped(call, row, text, view->length, u_tolower);
        }
    }
    return OK;
}

static Status upper(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        if (utf8_is_ascii(text, view->length)) {
            set_ascii_mapped(call, row, text, view->length, 'a', 'z');
        } else {
            set_mapped(call, row, text, view->length, u_toupper);
        }
    }
    return OK;
}

/* ---- parts ---- */

/*
 * The bytes of code points start .. start+length-1 (1-based; a negative start counts from the end).
 * False: empty.
 */
static bool find_part(const char *text, size_t size, int64_t start, int64_t length,
                      size_t *ret_from, size_t *ret_to) {
    if (start == 0 || length <= 0 || size == 0) {
        return false;
    }
    if (start < 0) {
        int64_t count = utf8_count(text, size);
        if (-(uint64_t)start > (uint64_t)count) {
            return false;
        }
        start += count + 1;
    }
    size_t from = utf8_offset(text, size, start - 1);
    if (from >= size) {
        return false;
    }
    *ret_from = from;
    *ret_to =
        from + ((uint64_t)length >= size - from ? size - from
                                                : utf8_offset(text + from, size - from, length));
    return true;
}

static Status substring(KernelCall *call) {
    vector_share_heaps(call->result, call->arguments[0].vector);
    StringView *result = KERNEL_RESULT(call, StringView);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        int64_t length = call->argument_count > 2 ? bigint_argument(call, 2, row) : INT64_MAX;
        size_t from, to;
        if (find_part(text, view->length, bigint_argument(call, 1, row), length, &from, &to)) {
            result[row] = string_view(text + from, to - from);
        } else {
            result[row] = string_view("", 0);
        }
    }
    return OK;
}

static const ScalarKernel substring_kernel = substring;

static Status substring_of_varbinary(KernelCall *call) {
    vector_share_heaps(call->result, call->arguments[0].vector);
    StringView *result = KERNEL_RESULT(call, StringView);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        int64_t size = view->length, start = bigint_argument(call, 1, row);
        int64_t length = call->argument_count > 2 ? bigint_argument(call, 2, row) : INT64_MAX;
        int64_t from = start > 0 ? start - 1 : start < -size ? size : size + start;
        if (start == 0 || from >= size || length <= 0) {
            result[row] = string_view("", 0);
            continue;
        }
        int64_t count = length < size - from ? length : size - from;
        result[row] = string_view(string_data(view) + from, (size_t)count);
    }
    return OK;
}

/* ---- reverse ---- */

static Status reverse(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        char *bytes = vector_reserve_string(call->result, view->length);
        size_t end = view->length;
        for (size_t at = 0; at < view->length;) {
            size_t width = utf8_width((unsigned char)text[at]);
            width = width < view->length - at ? width : view->length - at;
            end -= width;
            memcpy(bytes + end, text + at, width);
            at += width;
        }
        vector_finish_string(call->result, row, bytes, view->length);
    }
    return OK;
}

static const ScalarKernel reverse_kernel = reverse;

static Status reverse_varbinary(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        char *bytes = vector_reserve_string(call->result, view->length);
        for (uint32_t i = 0; i < view->length; i++) {
            bytes[i] = string_data(view)[view->length - 1 - i];
        }
        vector_finish_string(call->result, row, bytes, view->length);
    }
    return OK;
}

/* ---- concatenation ---- */

static Status check_two_arguments(Context *cx, const FunctionBinding *binding, void **ret_state) {
    *ret_state = NULL;
    if (binding->function->argument_count < 2) {
        return FAIL(cx, INVALID_FUNCTION_ARGUMENT,
                    "There must be two or more concatenation arguments");
    }
    return OK;
}

static Status concat(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        size_t size = 0, at = 0;
        for (int32_t i = 0; i < call->argument_count; i++) {
            size += string_argument(call, i, row)->length;
        }
        if (size > INT32_MAX) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Concatenated string is too large");
            continue;
        }
        char *bytes = vector_reserve_string(call->result, size);
        for (int32_t i = 0; i < call->argument_count; i++) {
            const StringView *view = string_argument(call, i, row);
            memcpy(bytes + at, string_data(view), view->length);
            at += view->length;
        }
        vector_finish_string(call->result, row, bytes, size);
    }
    return OK;
}

static const ScalarKernel concat_kernel = concat;

static Status check_separator(Context *cx, const FunctionBinding *binding, void **ret_state) {
    *ret_state = NULL;
    if (binding->function->argument_count < 2) {
        return FAIL(cx, INVALID_FUNCTION_ARGUMENT, "There must be two or more arguments");
    }
    return OK;
}

/* Joins what argument i gives for i in [0, count), leaving out NULLs. */
static void join(KernelCall *call, int32_t row, const StringView *separator,
                 const VectorView *const *views, const int32_t *rows, int32_t count) {
    size_t size = 0, at = 0;
    bool first = true;
    for (int32_t i = 0; i < count; i++) {
        if (!view_is_null(views[i], rows[i])) {
            size += VIEW_VALUE(views[i], StringView, rows[i]).length + separator->length;
        }
    }
    char *bytes = vector_reserve_string(call->result, size);
    for (int32_t i = 0; i < count; i++) {
        if (view_is_null(views[i], rows[i])) {
            continue;
        }
        if (!first) {
            memcpy(bytes + at, string_data(separator), separator->length);
            at += separator->length;
        }
        const StringView *value = &VIEW_VALUE(views[i], StringView, rows[i]);
        memcpy(bytes + at, string_data(value), value->length);
        at += value->length;
        first = false;
    }
    vector_finish_string(call->result, row, bytes, at);
}

static Status concat_ws(KernelCall *call) {
    int32_t count = call->argument_count - 1;
    const VectorView **views = arena_new_array(call->cx->arena, const VectorView *, count + 1);
    int32_t *rows = arena_new_array(call->cx->arena, int32_t, count + 1);
    KERNEL_FOR_EACH_ROW(call, row) {
        if (argument_is_null(call, 0, row)) {
            vector_set_null(call->result, row);
            continue;
        }
        for (int32_t i = 0; i < count; i++) {
            views[i] = &call->arguments[i + 1];
            rows[i] = row;
        }
        join(call, row, string_argument(call, 0, row), views, rows, count);
    }
    return OK;
}

static Status concat_ws_array(KernelCall *call) {
    VectorView elements = vector_view(call->arguments[1].vector->children[0]);
    const VectorView **views = NULL;
    int32_t *rows = NULL, capacity = 0;
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = KERNEL_ARGUMENT(call, 1, ListEntry, row);
        if (list.length > capacity) {
            capacity = list.length * 2;
            views = arena_new_array(call->cx->arena, const VectorView *, capacity);
            rows = arena_new_array(call->cx->arena, int32_t, capacity);
        }
        for (int32_t i = 0; i < list.length; i++) {
            views[i] = &elements;
            rows[i] = list.offset + i;
        }
        join(call, row, string_argument(call, 0, row), views, rows, list.length);
    }
    return OK;
}

/* ---- code points ---- */

static Status chr(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t code_point = bigint_argument(call, 0, row);
        char bytes[4];
        if (code_point < 0 || code_point > 0x10FFFF ||
            (code_point >= 0xD800 && code_point <= 0xDFFF)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Not a valid Unicode code point: %ld",
                        (long)code_point);
            continue;
        }
        return_string(call, row, bytes, utf8_put((int32_t)code_point, bytes));
    }
    return OK;
}

static Status codepoint(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        size_t at = 0;
        int32_t value = view->length > 0 ? utf8_next(string_data(view), view->length, &at) : -1;
        if (at == 0 || at != view->length) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Input string must be a single character string");
            continue;
        }
        KERNEL_RESULT(call, int32_t)[row] = value;
    }
    return OK;
}

#define DENSE FUNCTION_INFALLIBLE_DENSE
#define SUFFIX "Suffix starting at given index"
#define PART "Substring of given length starting at an index"
#define FROM "(varchar(x), bigint) -> varchar(x)"
#define FROM_FOR "(varchar(x), bigint, bigint) -> varchar(x)"
#define CHAR_FROM "(char(x), bigint) -> varchar(x)"
#define CHAR_FROM_FOR "(char(x), bigint, bigint) -> varchar(x)"
#define BYTES_FROM "(varbinary, bigint) -> varbinary"
#define BYTES_FROM_FOR "(varbinary, bigint, bigint) -> varbinary"
#define CONCATENATES "Concatenates given strings"

const ScalarFunction string_functions[] = {
    {"length", "(varchar(x)) -> bigint", length_of_varchar, 0,
     "Count of code points of the given string"},
    {"length", "(char(x)) -> bigint", length_of_char, DENSE,
     "Count of code points of the given string"},
    {"length", "(varbinary) -> bigint", length_of_varbinary, 0, "Length of the given binary"},
    {"lower", "(varchar(x)) -> varchar(x)", lower, 0, "Converts the string to lower case"},
    {"lower", "(char(x)) -> char(x)", lower, 0, "Converts the string to lower case"},
    {"upper", "(varchar(x)) -> varchar(x)", upper, 0, "Converts the string to upper case"},
    {"upper", "(char(x)) -> char(x)", upper, 0, "Converts the string to upper case"},
    {"substr", FROM, substring, 0, SUFFIX},
    {"substr", CHAR_FROM, padded_char_kernel, 0, SUFFIX, NULL, &substring_kernel},
    {"substr", FROM_FOR, substring, 0, PART},
    {"substr", CHAR_FROM_FOR, padded_char_kernel, 0, PART, NULL, &substring_kernel},
    {"substr", BYTES_FROM, substring_of_varbinary, 0, SUFFIX},
    {"substr", BYTES_FROM_FOR, substring_of_varbinary, 0, PART},
    {"substring", FROM, substring, FUNCTION_ALIAS, SUFFIX},
    {"substring", CHAR_FROM, padded_char_kernel, FUNCTION_ALIAS, SUFFIX, NULL, &substring_kernel},
    {"substring", FROM_FOR, substring, FUNCTION_ALIAS, PART},
    {"substring", CHAR_FROM_FOR, padded_char_kernel, FUNCTION_ALIAS, PART, NULL, &substring_kernel},
    {"reverse", "(varchar(x)) -> varchar(x)", reverse, 0,
     "Reverse all code points in a given string"},
    {"reverse", "(char(x)) -> char(x)", padded_char_kernel, 0,
     "Reverse all code points in a given string", NULL, &reverse_kernel},
    {"reverse", "(varbinary) -> varbinary", reverse_varbinary, 0, "Reverse a given varbinary"},
    {"concat", "<u = x + y>(char(x), char(y)) -> char(u)", padded_char_kernel, 0,
     "Concatenates given character strings", NULL, &concat_kernel},
    {"concat", "(varchar...) -> varchar", concat, 0, CONCATENATES, check_two_arguments},
    {"concat", "(varbinary...) -> varbinary", concat, 0, "concatenates given varbinary values",
     check_two_arguments},
    {"concat_ws", "(varchar, array(varchar)) -> varchar", concat_ws_array, 0,
     "Concatenates elements using separator"},
    {"concat_ws", "(varchar, varchar...) -> varchar", concat_ws, FUNCTION_CALLED_WITH_NULL,
     "Concatenates given strings using separator", check_separator},
    {"chr", "(bigint) -> varchar(1)", chr, 0, "Convert Unicode code point to a string"},
    {"codepoint", "(varchar(1)) -> integer", codepoint, 0,
     "Returns Unicode code point of a single character string"},
    {NULL},
};
