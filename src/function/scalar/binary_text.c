/*
 * Binary values as text and back: UTF-8, hexadecimal, base64 and base32; and numbers as big-endian
 * bytes.
 */
#include <ctype.h>

#include "function/scalar/arguments.h"
#include "function/scalar/padded_char.h"
#include "function/scalar/utf8.h"

/* ---- UTF-8 ---- */

static Status to_utf8(KernelCall *call) {
    vector_share_heaps(call->result, call->arguments[0].vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, StringView)[row] = *string_argument(call, 0, row);
    }
    return OK;
}

static const ScalarKernel to_utf8_kernel = to_utf8;

/* The code point to put for malformed bytes, -1 for none, -2 when the row has failed. */
static int32_t replacement_argument(KernelCall *call, int32_t row) {
    if (call->argument_count < 2) {
        return 0xFFFD;
    }
    if (call->function->argument_types[1]->kind == TYPE_BIGINT) {
        int64_t c = bigint_argument(call, 1, row);
        if (c < 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid replacement character");
            return -2;
        }
        return (int32_t)c;
    }
    const StringView *view = string_argument(call, 1, row);
    size_t at = 0;
    int32_t c = view->length > 0 ? utf8_next(string_data(view), view->length, &at) : -1;
    if (at != view->length) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                    "Replacement character string must empty or a single character");
        return -2;
    }
    return c;
}

static Status from_utf8(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        int32_t replacement = replacement_argument(call, row);
        if (replacement == -2) {
            continue;
        }
        char *out = vector_reserve_string(call->result, (size_t)view->length * 4 + 4);
        size_t written = utf8_repair(text, view->length, replacement, out);
        vector_finish_string(call->result, row, out, written);
    }
    return OK;
}

/* ---- hexadecimal ---- */

static Status to_hex(KernelCall *call) {
    static const char digits[] = "0123456789ABCDEF";
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const unsigned char *bytes = (const unsigned char *)string_data(view);
        char *out = vector_reserve_string(call->result, (size_t)view->length * 2);
        for (uint32_t i = 0; i < view->length; i++) {
            out[2 * i] = digits[bytes[i] >> 4];
            out[2 * i + 1] = digits[bytes[i] & 15];
        }
        vector_finish_string(call->result, row, out, (size_t)view->length * 2);
    }
    return OK;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
}

static Status from_hex(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        if (view->length % 2 != 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "invalid input length %u",
                        view->length);
            continue;
        }
        char *out = vector_reserve_string(call->result, view->length / 2);
        uint32_t i = 0;
        while (i < view->length && hex_digit(text[i]) >= 0) {
            if (i % 2 == 1) {
                out[i / 2] = (char)(hex_digit(text[i - 1]) << 4 | hex_digit(text[i]));
            }
            i++;
        }
        if (i < view->length) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "not a hexadecimal digit: \"%c\" = %d", text[i], text[i]);
            continue;
        }
        vector_finish_string(call->result, row, out, view->length / 2);
    }
    return OK;
}

/* ---- base64 and base32: bits in groups ---- */

typedef struct BaseCode {
    const char *alphabet;
    int bits;     /* of a character */
    int group;    /* characters that a padded text is a multiple of */
    bool padding; /* written */
} BaseCode;

static const BaseCode base64_code = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6, 4, true};
static const BaseCode base64url_code = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6, 4, true};
static const BaseCode base32_code = {"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5, 8, true};

static Status to_base_code(KernelCall *call) {
    const BaseCode *code = call->function->scalar->data;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const unsigned char *bytes = (const unsigned char *)string_data(view);
        char *out = vector_reserve_string(call->result, (size_t)view->length * 2 + 8);
        size_t written = 0;
        uint32_t buffer = 0;
        int held = 0;
        for (uint32_t i = 0; i < view->length; i++) {
            buffer = buffer << 8 | bytes[i];
            for (held += 8; held >= code->bits; held -= code->bits) {
                out[written++] =
                    code->alphabet[buffer >> (held - code->bits) & ((1u << code->bits) - 1)];
            }
        }
        if (held > 0) {
            out[written++] =
                code->alphabet[buffer << (code->bits - held) & ((1u << code->bits) - 1)];
        }
        while (written % (size_t)code->group != 0) {
            out[written++] = '=';
        }
        vector_finish_string(call->result, row, out, written);
    }
    return OK;
}

static void fail_character(KernelCall *call, int32_t row, const BaseCode *code, char c) {
    if (code->bits == 6) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Illegal base64 character %x",
                    (unsigned char)c);
    } else {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Unrecognized character: %c", c);
    }
}

static bool check_length(KernelCall *call, int32_t row, const BaseCode *code, uint32_t length) {
    if (code->bits == 6 && length % 4 == 1) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                    length == 1 ? "Input byte[] should at least have 2 bytes for base64 bytes"
                                : "Last unit does not have enough valid bits");
        return false;
    }
    int rest = (int)(length % 8);
    if (code->bits == 5 && (rest == 1 || rest == 3 || rest == 6)) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid input length %u", length);
        return false;
    }
    return true;
}

static Status from_base_code(KernelCall *call) {
    const BaseCode *code = call->function->scalar->data;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        uint32_t length = view->length, buffer = 0;
        while (length > 0 && text[length - 1] == '=') {
            length--;
        }
        char *out = vector_reserve_string(call->result, length);
        size_t written = 0;
        int held = 0;
        bool good = code->bits == 6 || check_length(call, row, code, length);
        for (uint32_t i = 0; i < length && good; i++) {
            const char *found = text[i] != '\0' ? strchr(code->alphabet, text[i]) : NULL;
            good = found != NULL;
            if (!good) {
                fail_character(call, row, code, text[i]);
                break;
            }
            buffer = buffer << code->bits | (uint32_t)(found - code->alphabet);
            held += code->bits;
            if (held >= 8) {
                held -= 8;
                out[written++] = (char)(buffer >> held);
            }
        }
        if (good && (code->bits == 5 || check_length(call, row, code, length))) {
            vector_finish_string(call->result, row, out, written);
        }
    }
    return OK;
}

/* ---- numbers ---- */

static Status to_big_endian(KernelCall *call) {
    size_t size = call->function->argument_types[0]->width;
    KERNEL_FOR_EACH_ROW(call, row) {
        uint64_t value = size == 4 ? KERNEL_ARGUMENT(call, 0, uint32_t, row)
                                   : KERNEL_ARGUMENT(call, 0, uint64_t, row);
        char bytes[8];
        for (size_t i = 0; i < size; i++) {
            bytes[i] = (char)(value >> (8 * (size - 1 - i)));
        }
        return_string(call, row, bytes, size);
    }
    return OK;
}

static Status from_big_endian(KernelCall *call) {
    size_t size = call->result->type->width;
    bool floating =
        call->result->type->kind == TYPE_REAL || call->result->type->kind == TYPE_DOUBLE;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        uint64_t value = 0;
        if (view->length != size) {
            if (floating) {
                kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                            "Input floating-point value must be exactly %zu bytes long", size);
            } else {
                kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                            "expected %zu-byte input, but got instead: %u", size, view->length);
            }
            continue;
        }
        for (size_t i = 0; i < size; i++) {
            value = value << 8 | (unsigned char)string_data(view)[i];
        }
        if (size == 4) {
            KERNEL_RESULT(call, uint32_t)[row] = (uint32_t)value;
        } else {
            KERNEL_RESULT(call, uint64_t)[row] = value;
        }
    }
    return OK;
}

const ScalarFunction binary_text_functions[] = {
    {"to_utf8", "(varchar(x)) -> varbinary", to_utf8, 0, "Encodes the string to UTF-8"},
    {"to_utf8", "(char(x)) -> varbinary", padded_char_kernel, 0, "Encodes the string to UTF-8",
     NULL, &to_utf8_kernel},
    {"from_utf8", "(varbinary) -> varchar", from_utf8, 0, "Decodes the UTF-8 encoded string"},
    {"from_utf8", "(varbinary, varchar(x)) -> varchar", from_utf8, 0,
     "Decodes the UTF-8 encoded string"},
    {"from_utf8", "(varbinary, bigint) -> varchar", from_utf8, 0,
     "Decodes the UTF-8 encoded string"},
    {"to_hex", "(varbinary) -> varchar", to_hex, 0, "Encode binary data as hex"},
    {"from_hex", "(varchar(x)) -> varbinary", from_hex, 0, "Decode hex encoded binary data"},
    {"from_hex", "(varbinary) -> varbinary", from_hex, 0, "Decode hex encoded binary data"},
    {"to_base64", "(varbinary) -> varchar", to_base_code, 0, "Encode binary data as base64", NULL,
     &base64_code},
    {"from_base64", "(varchar(x)) -> varbinary", from_base_code, 0,
     "Decode base64 encoded binary data", NULL, &base64_code},
    {"from_base64", "(varbinary) -> varbinary", from_base_code, 0,
     "Decode base64 encoded binary data", NULL, &base64_code},
    {"to_base64url", "(varbinary) -> varchar", to_base_code, 0,
     "Encode binary data as base64 using the URL safe alphabet", NULL, &base64url_code},
    {"from_base64url", "(varchar(x)) -> varbinary", from_base_code, 0,
     "Decode URL safe base64 encoded binary data", NULL, &base64url_code},
    {"from_base64url", "(varbinary) -> varbinary", from_base_code, 0,
     "Decode URL safe base64 encoded binary data", NULL, &base64url_code},
    {"to_base32", "(varbinary) -> varchar", to_base_code, 0, "Encode binary data as base32", NULL,
     &base32_code},
    {"from_base32", "(varchar(x)) -> varbinary", from_base_code, 0,
     "Decode base32 encoded binary data", NULL, &base32_code},
    {"from_base32", "(varbinary) -> varbinary", from_base_code, 0,
     "Decode base32 encoded binary data", NULL, &base32_code},
    {"to_big_endian_32", "(integer) -> varbinary", to_big_endian, 0,
     "Encode value as a 32-bit 2's complement big endian varbinary"},
    {"to_big_endian_64", "(bigint) -> varbinary", to_big_endian, 0,
     "Encode value as a 64-bit 2's complement big endian varbinary"},
    {"from_big_endian_32", "(varbinary) -> integer", from_big_endian, 0,
     "Decode bigint value from a 32-bit 2's complement big endian varbinary"},
    {"from_big_endian_64", "(varbinary) -> bigint", from_big_endian, 0,
     "Decode bigint value from a 64-bit 2's complement big endian varbinary"},
    {"to_ieee754_32", "(real) -> varbinary", to_big_endian, 0,
     "Encode value as a big endian varbinary according to IEEE 754 single-precision floating-point "
     "format"},
    {"to_ieee754_64", "(double) -> varbinary", to_big_endian, 0,
     "Encode value as a big endian varbinary according to IEEE 754 double-precision floating-point "
     "format"},
    {"from_ieee754_32", "(varbinary) -> real", from_big_endian, 0,
     "Decode the 32-bit big-endian binary in IEEE 754 single-precision floating-point format"},
    {"from_ieee754_64", "(varbinary) -> double", from_big_endian, 0,
     "Decode the 64-bit big-endian binary in IEEE 754 double-precision floating-point format"},
    {NULL},
};
