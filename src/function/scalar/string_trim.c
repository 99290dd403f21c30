/*
 * trim, ltrim, rtrim (whitespace, or a set of characters), lpad and rpad. What is trimmed remains a
 * view of the argument.
 */
#include "function/scalar/arguments.h"
#include "function/scalar/padded_char.h"
#include "function/scalar/utf8.h"

/* Unicode white space but for the non-breaking ones. */
static bool is_whitespace(int32_t c) {
    return (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A && c != 0x2007) || c == 0x2028 || c == 0x2029 ||
           c == 0x205F || c == 0x3000;
}

static bool is_in_set(int32_t c, const StringView *set) {
    if (set == NULL) {
        return is_whitespace(c);
    }
    const char *text = string_data(set);
    for (size_t at = 0; at < set->length;) {
        if (utf8_next(text, set->length, &at) == c) {
            return true;
        }
    }
    return false;
}

enum { TRIM_LEFT = 1, TRIM_RIGHT = 2 };

static StringView trimmed(const StringView *view, const StringView *set, int sides) {
    const char *text = string_data(view);
    size_t from = 0, to = view->length;
    while ((sides & TRIM_LEFT) && from < to) {
        size_t at = from;
        if (!is_in_set(utf8_next(text, to, &at), set)) {
            break;
        }
        from = at;
    }
    while ((sides & TRIM_RIGHT) && from < to) {
        size_t start = utf8_previous(text, to), at = start;
        if (!is_in_set(utf8_next(text, to, &at), set)) {
            break;
        }
        to = start;
    }
    return string_view(text + from, to - from);
}

static Status trim_sides(KernelCall *call, int sides) {
    vector_share_heaps(call->result, call->arguments[0].vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *set = call->argument_count > 1 ? string_argument(call, 1, row) : NULL;
        KERNEL_RESULT(call, StringView)[row] = trimmed(string_argument(call, 0, row), set, sides);
    }
    return OK;
}

static Status trim(KernelCall *call) {
    return trim_sides(call, TRIM_LEFT | TRIM_RIGHT);
}

static Status trim_left(KernelCall *call) {
    return trim_sides(call, TRIM_LEFT);
}

static Status trim_right(KernelCall *call) {
    return trim_sides(call, TRIM_RIGHT);
}

/* ---- padding ---- */

static bool check_pad(KernelCall *call, int32_t row, int64_t length, const StringView *pad) {
    if (length < 0 || length > INT32_MAX) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                    "Target length must be in the range [0..2147483647]");
        return false;
    }
    if (pad->length == 0) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Padding %s must not be empty",
                    call->result->type->kind == TYPE_VARBINARY ? "bytes" : "string");
        return false;
    }
    return true;
}

/* Bytes that `count` code points of the pad take when it is repeated. */
static size_t padding_size(const StringView *pad, int64_t pad_count, int64_t count) {
    const char *text = string_data(pad);
    return (size_t)(count / pad_count) * pad->length +
           utf8_offset(text, pad->length, count % pad_count);
}

static void fill_padding(char *out, size_t size, const StringView *pad) {
    for (size_t at = 0; at < size; at += pad->length) {
        memcpy(out + at, string_data(pad), pad->length < size - at ? pad->length : size - at);
    }
}

static Status pad_side(KernelCall *call, bool left) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row),
                         *pad = string_argument(call, 2, row);
        int64_t length = bigint_argument(call, 1, row);
        if (!check_pad(call, row, length, pad)) {
            continue;
        }
        const char *text = string_data(view);
        int64_t count = utf8_count(text, view->length);
        if (count >= length) {
            return_string(call, row, text, utf8_offset(text, view->length, length));
            continue;
        }
        size_t padding =
            padding_size(pad, utf8_count(string_data(pad), pad->length), length - count);
        size_t size = view->length + padding;
        if (size > INT32_MAX) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Padded value is too large");
            continue;
        }
        char *bytes = vector_reserve_string(call->result, size);
        memcpy(bytes + (left ? padding : 0), text, view->length);
        fill_padding(bytes + (left ? 0 : view->length), padding, pad);
        vector_finish_string(call->result, row, bytes, size);
    }
    return OK;
}

static Status pad_left(KernelCall *call) {
    return pad_side(call, true);
}

static Status pad_right(KernelCall *call) {
    return pad_side(call, false);
}

static const ScalarKernel pad_left_kernel = pad_left;

static Status pad_bytes(KernelCall *call, bool left) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row),
                         *pad = string_argument(call, 2, row);
        int64_t length = bigint_argument(call, 1, row);
        if (!check_pad(call, row, length, pad)) {
            continue;
        }
        size_t kept = view->length < (size_t)length ? view->length : (size_t)length;
        size_t padding = (size_t)length - kept;
        char *bytes = vector_reserve_string(call->result, (size_t)length);
        memcpy(bytes + (left ? padding : 0), string_data(view), kept);
        fill_padding(bytes + (left ? 0 : kept), padding, pad);
        vector_finish_string(call->result, row, bytes, (size_t)length);
    }
    return OK;
}

static Status pad_bytes_left(KernelCall *call) {
    return pad_bytes(call, true);
}

static Status pad_bytes_right(KernelCall *call) {
    return pad_bytes(call, false);
}

#define TRIMS "Removes whitespace from the beginning and end of a string"
#define TRIMS_LEFT "Removes whitespace from the beginning of a string"
#define TRIMS_RIGHT "Removes whitespace from the end of a string"
#define TRIMS_SET "Remove the longest string containing only given characters from the "

const ScalarFunction string_trim_functions[] = {
    {"trim", "(varchar(x)) -> varchar(x)", trim, 0, TRIMS},
    {"trim", "(char(x)) -> varchar(x)", trim, 0, TRIMS},
    {"trim", "(varchar(x), codepoints) -> varchar(x)", trim, 0,
     TRIMS_SET "beginning and end of a string"},
    {"trim", "(char(x), codepoints) -> varchar(x)", trim, 0,
     TRIMS_SET "beginning and end of a string"},
    {"ltrim", "(varchar(x)) -> varchar(x)", trim_left, 0, TRIMS_LEFT},
    {"ltrim", "(char(x)) -> varchar(x)", trim_left, 0, TRIMS_LEFT},
    {"ltrim", "(varchar(x), codepoints) -> varchar(x)", trim_left, 0,
     TRIMS_SET "beginning of a string"},
    {"ltrim", "(char(x), codepoints) -> varchar(x)", trim_left, 0,
     TRIMS_SET "beginning of a string"},
    {"rtrim", "(varchar(x)) -> varchar(x)", trim_right, 0, TRIMS_RIGHT},
    {"rtrim", "(char(x)) -> varchar(x)", trim_right, 0, TRIMS_RIGHT},
    {"rtrim", "(varchar(x), codepoints) -> varchar(x)", trim_right, 0, TRIMS_SET "end of a string"},
    {"rtrim", "(char(x), codepoints) -> varchar(x)", trim_right, 0, TRIMS_SET "end of a string"},
    {"lpad", "(varchar(x), bigint, varchar(y)) -> varchar", pad_left, 0,
     "Pads a string on the left"},
    {"lpad", "(char(x), bigint, varchar(y)) -> varchar", padded_char_kernel, 0,
     "Pads a string on the left", NULL, &pad_left_kernel},
    {"lpad", "(varbinary, bigint, varbinary) -> varbinary", pad_bytes_left, 0,
     "Pads a varbinary on the left"},
    {"rpad", "(varchar(x), bigint, varchar(y)) -> varchar", pad_right, 0,
     "Pads a string on the right"},
    {"rpad", "(varbinary, bigint, varbinary) -> varbinary", pad_bytes_right, 0,
     "Pads a varbinary on the right"},
    {NULL},
};
