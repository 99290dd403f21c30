/*
 * checksum: the sum of all values' hashes, so that order does not matter. A NULL counts as the hash
 * 1; no rows give NULL.
 */
#include "function/aggregate/value_xxhash.h"
#include "function/function.h"

static const uint64_t checksum_prime = 0x9E3779B185EBCA87u;

typedef struct ChecksumState {
    uint64_t sum;
    bool present;
} ChecksumState;

static Status add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    uint64_t hashes[BATCH_ROWS_MAX];
    for (int32_t start = 0; start < count; start += BATCH_ROWS_MAX) {
        int32_t length = count - start < BATCH_ROWS_MAX ? count - start : BATCH_ROWS_MAX;
        vector_xxhash(call->arguments[0], rows != NULL ? rows + start : NULL, length, hashes);
        for (int32_t i = 0; i < length; i++) {
            ChecksumState *state =
                (ChecksumState *)(void *)(states.states[start + i] + states.offset);
            bool is_null = view_is_null(&view, rows != NULL ? rows[start + i] : start + i);
            state->sum += (is_null ? 1 : hashes[i]) * checksum_prime;
            state->present = true;
        }
    }
    return OK;
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        ChecksumState *target = (ChecksumState *)(void *)(targets.states[i] + targets.offset);
        const ChecksumState *source =
            (const ChecksumState *)(const void *)(sources.states[i] + sources.offset);
        target->sum += source->sum;
        target->present = target->present || source->present;
    }
    return OK;
}

static Status output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const ChecksumState *state =
            (const ChecksumState *)(const void *)(states.states[i] + states.offset);
        if (state->present) {
            vector_set_string(result, i, (const char *)&state->sum, sizeof state->sum);
        } else {
            vector_set_null(result, i);
        }
    }
    return OK;
}

const AggregateFunction checksum_aggregates[] = {
    {.name = "checksum",
     .signature = "<T:comparable>(T) -> varbinary",
     .flags = FUNCTION_CALLED_WITH_NULL,
     .description = "Checksum of the given values",
     .state_size = sizeof(ChecksumState),
     .add = add,
     .combine = combine,
     .output = output},
    {.name = NULL},
};
