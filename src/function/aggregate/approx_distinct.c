/*
 * approx_distinct, approx_set and merge of HyperLogLogs: how many different values there are,
 * about.
 *
 * approx_distinct hashes values as checksum does; approx_set, whose result clients keep, with
 * MurmurHash3 over the bytes of the value.
 */
#include <math.h>

#include "base/double_text.h"
#include "function/aggregate/hyperloglog.h"
#include "function/aggregate/value_xxhash.h"
#include "function/function.h"

enum { DISTINCT_INDEX_BITS = 11, SET_INDEX_BITS = 12 }; /* standard errors 0.023 and 0.01625 */

static HyperLogLog *state_at(StateRows states, int32_t i) {
    return (HyperLogLog *)(void *)(states.states[i] + states.offset);
}

static Status fail_error(AggregateCall *call, double error) {
    char text[DOUBLE_TEXT_MAX];
    double_print(error, text);
    return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT,
                "Max standard error must be in [0.0040625, 0.26]: %s", text);
}

/* Enough buckets for the standard error the second argument asks for. */
static Status index_bits_at(AggregateCall *call, int32_t row, int *ret_bits) {
    *ret_bits = DISTINCT_INDEX_BITS;
    if (call->argument_count > 1) {
        VectorView view = vector_view(call->arguments[1]);
        double error = VIEW_VALUE(&view, double, row);
        if (!(error >= 0.0040625 && error <= 0.26)) {
            return fail_error(call, error);
        }
        int32_t buckets = (int32_t)ceil(1.0816 / (error * error));
        *ret_bits = 32 - __builtin_clz((unsigned)(buckets - 1));
    }
    return OK;
}

static Status add_distinct(AggregateCall *call, StateRows states, const int32_t *rows,
                           int32_t count) {
    uint64_t hashes[BATCH_ROWS_MAX];
    for (int32_t start = 0; start < count; start += BATCH_ROWS_MAX) {
        int32_t length = count - start < BATCH_ROWS_MAX ? count - start : BATCH_ROWS_MAX;
        vector_xxhash(call->arguments[0], rows != NULL ? rows + start : NULL, length, hashes);
        for (int32_t i = 0; i < length; i++) {
            HyperLogLog *hll = state_at(states, start + i);
            if (hll->index_bits == 0) {
                int bits;
                TRY(index_bits_at(call, rows != NULL ? rows[start + i] : start + i, &bits));
                hyperloglog_init(call->arena, hll, bits);
            }
            hyperloglog_add_hash(call->arena, hll, hashes[i]);
        }
    }
    return OK;
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        HyperLogLog *target = state_at(targets, i);
        const HyperLogLog *source = state_at(sources, i);
        if (source->index_bits == 0) {
            continue;
        }
        if (target->index_bits == 0) {
            hyperloglog_init(call->arena, target, source->index_bits);
        }
        if (!hyperloglog_merge(call->arena, target, source)) {
            return FAIL(call->cx, GENERIC_INTERNAL_ERROR,
                        "Cannot merge HLLs with different number of buckets: %d vs %d",
                        1 << target->index_bits, 1 << source->index_bits);
        }
    }
    return OK;
}

static Status output_distinct(AggregateCall *call, StateRows states, int32_t count,
                              Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const HyperLogLog *hll = state_at(states, i);
        VECTOR_DATA(result, int64_t)[i] = hll->index_bits == 0 ? 0 : hyperloglog_cardinality(hll);
    }
    return OK;
}

/* ---- two values, and none ---- */

static Status add_boolean(AggregateCall *call, StateRows states, const int32_t *rows,
                          int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    for (int32_t i = 0; i < count; i++) {
        int32_t row = rows != NULL ? rows[i] : i;
        int bits;
        TRY(index_bits_at(call, row, &bits));
        states.states[i][states.offset] |= VIEW_VALUE(&view, int8_t, row) != 0 ? 1 : 2;
    }
    return OK;
}

static Status combine_boolean(AggregateCall *call, StateRows targets, StateRows sources,
                              int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        targets.states[i][targets.offset] |= sources.states[i][sources.offset];
    }
    return OK;
}

static Status output_boolean(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        VECTOR_DATA(result, int64_t)[i] = __builtin_popcount(states.states[i][states.offset]);
    }
    return OK;
}

static Status add_unknown(AggregateCall *call, StateRows states, const int32_t *rows,
                          int32_t count) {
    return OK;
}

/* ---- sets ---- */

static uint64_t hash_of(const VectorView *view, TypeKind kind, int32_t row) {
    if (kind == TYPE_BIGINT || kind == TYPE_DOUBLE) {
        int64_t word = VIEW_VALUE(view, int64_t, row);
        double number = VIEW_VALUE(view, double, row);
        if (kind == TYPE_DOUBLE && isnan(number)) {
            word = 0x7FF8000000000000;
        }
        return hyperloglog_hash(&word, sizeof word);
    }
    const StringView *string = &VIEW_VALUE(view, StringView, row);
    return hyperloglog_hash(string_data(string), string->length);
}

static Status add_set(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    TypeKind kind = call->arguments[0]->type->kind;
    for (int32_t i = 0; i < count; i++) {
        HyperLogLog *hll = state_at(states, i);
        if (hll->index_bits == 0) {
            hyperloglog_init(call->arena, hll, SET_INDEX_BITS);
        }
        hyperloglog_add_hash(call->arena, hll, hash_of(&view, kind, rows != NULL ? rows[i] : i));
    }
    return OK;
}

static Status add_serialised(AggregateCall *call, StateRows states, const int32_t *rows,
                             int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    for (int32_t i = 0; i < count; i++) {
        const StringView *bytes = &VIEW_VALUE(&view, StringView, rows != NULL ? rows[i] : i);
        HyperLogLog hll;
        if (!hyperloglog_read(call->arena, string_data(bytes), bytes->length, &hll)) {
            return FAIL(call->cx, GENERIC_INTERNAL_ERROR, "Cannot deserialize HyperLogLog");
        }
        uint8_t *source = (uint8_t *)&hll;
        TRY(combine(call, (StateRows){.states = states.states + i, .offset = states.offset},
                    (StateRows){.states = &source}, 1));
    }
    return OK;
}

static Status output_set(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    ByteString bytes = {0};
    for (int32_t i = 0; i < count; i++) {
        const HyperLogLog *hll = state_at(states, i);
        if (hll->index_bits == 0) {
            vector_set_null(result, i);
            continue;
        }
        bytes.size = 0;
        hyperloglog_write(hll, &bytes);
        vector_set_string(result, i, bytes.data, bytes.size);
    }
    byte_string_done(&bytes);
    return OK;
}

#define DISTINCT(signature_, add_)                                                                 \
    {                                                                                              \
        .name = "approx_distinct", .signature = signature_, .description = "",                     \
        .state_size = sizeof(HyperLogLog), .add = add_, .combine = combine,                        \
        .output = output_distinct, .duplicate_insensitive = true                                   \
    }
#define DISTINCT_BOOLEAN(signature_)                                                               \
    {                                                                                              \
        .name = "approx_distinct", .signature = signature_, .description = "", .state_size = 1,    \
        .add = add_boolean, .combine = combine_boolean, .output = output_boolean,                  \
        .duplicate_insensitive = true                                                              \
    }
#define SET(name_, signature_, add_, description_)                                                 \
    {                                                                                              \
        .name = name_, .signature = signature_, .description = description_,                       \
        .state_size = sizeof(HyperLogLog), .add = add_, .combine = combine, .output = output_set,  \
        .duplicate_insensitive = true                                                              \
    }

const AggregateFunction approx_distinct_aggregates[] = {
    DISTINCT_BOOLEAN("(boolean) -> bigint"),
    DISTINCT_BOOLEAN("(boolean, double) -> bigint"),
    DISTINCT("<T:comparable>(T) -> bigint", add_distinct),
    DISTINCT("<T:comparable>(T, double) -> bigint", add_distinct),
    DISTINCT("(unknown) -> bigint", add_unknown),
    DISTINCT("(unknown, double) -> bigint", add_unknown),
    SET("approx_set", "(bigint) -> HyperLogLog", add_set, ""),
    SET("approx_set", "(double) -> HyperLogLog", add_set, ""),
    SET("approx_set", "(varchar(x)) -> HyperLogLog", add_set, ""),
    SET("merge", "(HyperLogLog) -> HyperLogLog", add_serialised, ""),
    {.name = NULL},
};
