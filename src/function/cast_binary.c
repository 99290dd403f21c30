/*
 * Casts between bytes and what is made of them: uuid, ipaddress, the sketch inside a set
 * digest, and the dense form of a sketch.
 */
#include "base/int128.h"
#include "function/aggregate/hyperloglog.h"
#include "function/kernels/cast_family.h"
#include "function/kernels/identifier_text.h"

static uint128_t from_bytes(const char *bytes, size_t size) {
    uint128_t value = 0;
    for (size_t i = 0; i < size; i++) {
        value = value << 8 | (unsigned char)bytes[i];
    }
    return value;
}

static Status bytes_to_identifier(KernelCall *call) {
    const CastPair *pair = call->state;
    bool is_uuid = pair->to->kind == TYPE_UUID;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *bytes = &KERNEL_ARGUMENT(call, 0, StringView, row);
        bool is_v4 = !is_uuid && bytes->length == 4;
        uint128_t value = 0;
        if (bytes->length == 16 || is_v4) {
            value = from_bytes(string_data(bytes), bytes->length);
            value = is_v4 ? ip_address_of_v4((uint32_t)value) : value;
        } else {
            kernel_fail(call, row, INVALID_CAST_ARGUMENT, "Invalid %s binary length: %u",
                        is_uuid ? "UUID" : "IP address", bytes->length);
        }
        KERNEL_RESULT(call, uint128_t)[row] = value;
    }
    return OK;
}

static Status identifier_to_bytes(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        uint128_t value = KERNEL_ARGUMENT(call, 0, uint128_t, row);
        char bytes[16];
        for (int i = 15; i >= 0; i--) {
            bytes[i] = (char)(unsigned char)value;
            value >>= 8;
        }
        vector_set_string(call->result, row, bytes, sizeof bytes);
    }
    return OK;
}

/*
 * A set digest is: format byte, length of its HyperLogLog (little-endian), the HyperLogLog, the
 * hashes.
 */
static Status set_digest_to_sketch(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *digest = &KERNEL_ARGUMENT(call, 0, StringView, row);
        const char *bytes = string_data(digest);
        uint32_t size = 0;
        if (digest->length > 5) {
            memcpy(&size, bytes + 1, sizeof size);
        }
        if (size == 0 || size > digest->length - 5) {
            kernel_fail(call, row, INVALID_CAST_ARGUMENT, "Malformed set digest");
            continue;
        }
        vector_set_string(call->result, row, bytes + 5, size);
    }
    return OK;
}

/* A P4HyperLogLog is a HyperLogLog that is dense whatever its size. */
static Status sketch_to_dense(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    ByteString out = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *bytes = &KERNEL_ARGUMENT(call, 0, StringView, row);
        HyperLogLog sketch;
        arena_reset(arena);
        if (!hyperloglog_read(arena, string_data(bytes), bytes->length, &sketch)) {
            kernel_fail(call, row, INVALID_CAST_ARGUMENT, "Cannot deserialize HyperLogLog");
            continue;
        }
        hyperloglog_make_dense(arena, &sketch);
        out.size = 0;
        hyperloglog_write(&sketch, &out);
        vector_set_string(call->result, row, out.data, out.size);
    }
    byte_string_done(&out);
    arena_free(arena);
    return OK;
}

Status cast_binary(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    bool from_identifier = from->kind == TYPE_UUID || from->kind == TYPE_IPADDRESS;
    bool to_identifier = to->kind == TYPE_UUID || to->kind == TYPE_IPADDRESS;
    Cast cast = {.state = cast_pair(cx, from, to)};
    if (from->kind == TYPE_VARBINARY && to_identifier) {
        cast.kernel = bytes_to_identifier;
    } else if (from_identifier && to->kind == TYPE_VARBINARY) {
        cast.kernel = identifier_to_bytes;
        cast.flags = FUNCTION_INFALLIBLE;
    } else if (from->kind == TYPE_SETDIGEST && to->kind == TYPE_HYPERLOGLOG) {
        cast.kernel = set_digest_to_sketch;
    } else if (from->kind == TYPE_HYPERLOGLOG && to->kind == TYPE_P4HYPERLOGLOG) {
        cast.kernel = sketch_to_dense;
    }
    *ret_cast = cast;
    return OK;
}
