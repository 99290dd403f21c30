/* make_set_digest, merge_set_digest: digests of sets, exchanged in their serialised form. */
#include "function/aggregate/set_digest.h"
#include "function/function.h"

static SetDigest *state_at(StateRows states, int32_t i) {
    return (SetDigest *)(void *)(states.states[i] + states.offset);
}

/* Integers of any width are added as 64 bits. */
static void add_value(AggregateCall *call, SetDigest *digest, const VectorView *view,
                      const Type *type, int32_t row) {
    int64_t word = 0;
    const void *bytes = &word;
    size_t size = sizeof word;
    switch (type->layout) {
    case LAYOUT_BYTE:
        word = VIEW_VALUE(view, int8_t, row);
        break;
    case LAYOUT_SHORT:
        word = VIEW_VALUE(view, int16_t, row);
        break;
    case LAYOUT_INT:
        word = VIEW_VALUE(view, int32_t, row);
        break;
    case LAYOUT_LONG:
        word = VIEW_VALUE(view, int64_t, row);
        break;
    case LAYOUT_STRING: {
        const StringView *string = &VIEW_VALUE(view, StringView, row);
        bytes = string_data(string);
        size = string->length;
        break;
    }
    default:
        size = type->width;
        bytes = (const char *)view->data + (size_t)view_index(view, row) * size;
    }
    set_digest_add(call->arena, digest, bytes, size);
}

static Status add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    const Type *type = call->arguments[0]->type;
    VectorView view = vector_view(call->arguments[0]);
    if (type->layout > LAYOUT_STRING) {
        return FAIL(call->cx, NOT_SUPPORTED, "make_set_digest of %s is not supported", type->name);
    }
    for (int32_t i = 0; i < count; i++) {
        SetDigest *digest = state_at(states, i);
        if (digest->hashes_max == 0) {
            set_digest_init(call->arena, digest);
        }
        add_value(call, digest, &view, type, rows != NULL ? rows[i] : i);
    }
    return OK;
}

static Status merge_into(AggregateCall *call, SetDigest *target, const SetDigest *source) {
    if (target->hashes_max == 0) {
        *target = (SetDigest){.hashes_max = source->hashes_max};
        hyperloglog_init(call->arena, &target->hll, source->hll.index_bits);
    }
    return set_digest_merge(call->arena, target, source)
               ? OK
               : FAIL(call->cx, GENERIC_INTERNAL_ERROR,
                      "Cannot merge HLLs with different number of buckets: %d vs %d",
                      1 << target->hll.index_bits, 1 << source->hll.index_bits);
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const SetDigest *source = state_at(sources, i);
        if (source->hashes_max != 0) {
            TRY(merge_into(call, state_at(targets, i), source));
        }
    }
    return OK;
}

static Status add_bytes(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    for (int32_t i = 0; i < count; i++) {
        const StringView *bytes = &VIEW_VALUE(&view, StringView, rows != NULL ? rows[i] : i);
        SetDigest digest;
        if (!set_digest_read(call->arena, string_data(bytes), bytes->length, &digest)) {
            return FAIL(call->cx, GENERIC_INTERNAL_ERROR, "Unexpected version");
        }
        TRY(merge_into(call, state_at(states, i), &digest));
    }
    return OK;
}

static Status output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    ByteString bytes = {0};
    for (int32_t i = 0; i < count; i++) {
        const SetDigest *digest = state_at(states, i);
        if (digest->hashes_max == 0) {
            vector_set_null(result, i);
            continue;
        }
        bytes.size = 0;
        set_digest_write(digest, &bytes);
        vector_set_string(result, i, bytes.data, bytes.size);
    }
    byte_string_done(&bytes);
    return OK;
}

const AggregateFunction set_digest_aggregates[] = {
    {.name = "make_set_digest",
     .signature = "<T>(T) -> SetDigest",
     .description = "",
     .state_size = sizeof(SetDigest),
     .add = add,
     .combine = combine,
     .output = output},
    {.name = "merge_set_digest",
     .signature = "(SetDigest) -> SetDigest",
     .description = "",
     .state_size = sizeof(SetDigest),
     .add = add_bytes,
     .combine = combine,
     .output = output},
    {.name = NULL},
};
