/*
 * tdigest_agg, qdigest_agg and their merge: digests as values, to be asked later with
 * value_at_quantile and the like. Digests are exchanged in their serialised form.
 */
#include <math.h>

#include "base/double_text.h"
#include "function/aggregate/qdigest.h"
#include "function/aggregate/tdigest.h"
#include "function/function.h"

/* ---- t-digests ---- */

static TDigest *tdigest_at(StateRows states, int32_t i) {
    return (TDigest *)(void *)(states.states[i] + states.offset);
}

static Status check_finite(AggregateCall *call, const char *name, double value) {
    return isfinite(value) ? OK
                           : FAIL(call->cx, GENERIC_INTERNAL_ERROR,
                                  isnan(value) ? "%s is NaN" : "%s must be finite", name);
}

static Status check_weight(AggregateCall *call, double weight) {
    if (!(weight >= 1)) {
        char text[DOUBLE_TEXT_MAX];
        double_print(weight, text);
        return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT, "weight must be >= 1, was %s", text);
    }
    return check_finite(call, "weight", weight);
}

static Status add_tdigest(AggregateCall *call, StateRows states, const int32_t *rows,
                          int32_t count) {
    VectorView values = vector_view(call->arguments[0]), weights = {0};
    if (call->argument_count > 1) {
        weights = vector_view(call->arguments[1]);
    }
    for (int32_t i = 0; i < count; i++) {
        TDigest *digest = tdigest_at(states, i);
        int32_t row = rows != NULL ? rows[i] : i;
        double value = VIEW_VALUE(&values, double, row), weight = 1;
        TRY(check_finite(call, "value", value));
        if (call->argument_count > 1) {
            weight = VIEW_VALUE(&weights, double, row);
            TRY(check_weight(call, weight));
        }
        if (digest->compression == 0) {
            tdigest_init(digest, TDIGEST_COMPRESSION);
        }
        tdigest_add(call->arena, digest, value, weight);
    }
    return OK;
}

static Status combine_tdigest(AggregateCall *call, StateRows targets, StateRows sources,
                              int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const TDigest *source = tdigest_at(sources, i);
        if (source->compression != 0) {
            tdigest_merge(call->arena, tdigest_at(targets, i), source);
        }
    }
    return OK;
}

static Status add_tdigest_bytes(AggregateCall *call, StateRows states, const int32_t *rows,
                                int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    for (int32_t i = 0; i < count; i++) {
        const StringView *bytes = &VIEW_VALUE(&view, StringView, rows != NULL ? rows[i] : i);
        TDigest digest;
        if (!tdigest_read(call->arena, string_data(bytes), bytes->length, &digest)) {
            return FAIL(call->cx, GENERIC_INTERNAL_ERROR, "Invalid format");
        }
        tdigest_merge(call->arena, tdigest_at(states, i), &digest);
    }
    return OK;
}

static Status output_tdigest(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    ByteString bytes = {0};
    for (int32_t i = 0; i < count; i++) {
        const TDigest *digest = tdigest_at(states, i);
        if (digest->compression == 0) {
            vector_set_null(result, i);
            continue;
        }
        bytes.size = 0;
        tdigest_write(call->cx->arena, digest, &bytes);
        vector_set_string(result, i, bytes.data, bytes.size);
    }
    byte_string_done(&bytes);
    return OK;
}

/* ---- quantile digests ---- */

static QDigest *qdigest_at(StateRows states, int32_t i) {
    return (QDigest *)(void *)(states.states[i] + states.offset);
}

static Status begin_qdigest(AggregateCall *call, QDigest *digest, int32_t row) {
    double error = QDIGEST_ERROR;
    if (call->argument_count > 2) {
        VectorView view = vector_view(call->arguments[2]);
        error = VIEW_VALUE(&view, double, row);
        if (!(error > 0 && error < 1)) {
            return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT,
                        "Percentile accuracy must be exclusively between 0 and 1");
        }
    }
    qdigest_init(digest, error);
    return OK;
}

static Status add_qdigest(AggregateCall *call, StateRows states, const int32_t *rows,
                          int32_t count) {
    VectorView values = vector_view(call->arguments[0]), weights = {0};
    TypeKind kind = call->arguments[0]->type->kind;
    if (call->argument_count > 1) {
        weights = vector_view(call->arguments[1]);
    }
    for (int32_t i = 0; i < count; i++) {
        QDigest *digest = qdigest_at(states, i);
        int32_t row = rows != NULL ? rows[i] : i;
        int64_t weight = call->argument_count > 1 ? VIEW_VALUE(&weights, int64_t, row) : 1;
        if (weight <= 0) {
            return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT, "weight must be > 0, was %lld",
                        (long long)weight);
        }
        if (digest->max_error == 0) {
            TRY(begin_qdigest(call, digest, row));
        }
        int64_t value = kind == TYPE_BIGINT ? VIEW_VALUE(&values, int64_t, row)
                        : kind == TYPE_REAL ? qdigest_from_real(VIEW_VALUE(&values, float, row))
                                            : qdigest_from_double(VIEW_VALUE(&values, double, row));
        qdigest_add(call->arena, digest, value, (double)weight);
    }
    return OK;
}

static void merge_qdigest(AggregateCall *call, QDigest *target, const QDigest *source) {
    if (target->max_error == 0) {
        qdigest_init(target, source->max_error);
    }
    qdigest_merge(call->arena, target, source);
}

static Status combine_qdigest(AggregateCall *call, StateRows targets, StateRows sources,
                              int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const QDigest *source = qdigest_at(sources, i);
        if (source->max_error != 0) {
            merge_qdigest(call, qdigest_at(targets, i), source);
        }
    }
    return OK;
}

static Status add_qdigest_bytes(AggregateCall *call, StateRows states, const int32_t *rows,
                                int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    for (int32_t i = 0; i < count; i++) {
        const StringView *bytes = &VIEW_VALUE(&view, StringView, rows != NULL ? rows[i] : i);
        QDigest digest;
        if (!qdigest_read(call->arena, string_data(bytes), bytes->length, &digest)) {
            return FAIL(call->cx, GENERIC_INTERNAL_ERROR, "Invalid format");
        }
        merge_qdigest(call, qdigest_at(states, i), &digest);
    }
    return OK;
}

static Status output_qdigest(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    ByteString bytes = {0};
    for (int32_t i = 0; i < count; i++) {
        const QDigest *digest = qdigest_at(states, i);
        if (digest->max_error == 0) {
            vector_set_null(result, i);
            continue;
        }
        bytes.size = 0;
        qdigest_write(call->cx->arena, digest, &bytes);
        vector_set_string(result, i, bytes.data, bytes.size);
    }
    byte_string_done(&bytes);
    return OK;
}

#define TDIGEST(name_, signature_, add_)                                                           \
    {                                                                                              \
        .name = name_, .signature = signature_, .description = "", .state_size = sizeof(TDigest),  \
        .add = add_, .combine = combine_tdigest, .output = output_tdigest                          \
    }
#define QDIGEST(name_, signature_, add_)                                                           \
    {                                                                                              \
        .name = name_, .signature = signature_, .description = "", .state_size = sizeof(QDigest),  \
        .add = add_, .combine = combine_qdigest, .output = output_qdigest                          \
    }

const AggregateFunction digest_aggregates[] = {
    TDIGEST("tdigest_agg", "(double) -> tdigest", add_tdigest),
    TDIGEST("tdigest_agg", "(double, double) -> tdigest", add_tdigest),
    TDIGEST("merge", "(tdigest) -> tdigest", add_tdigest_bytes),
    QDIGEST("qdigest_agg", "(bigint) -> qdigest(bigint)", add_qdigest),
    QDIGEST("qdigest_agg", "(bigint, bigint) -> qdigest(bigint)", add_qdigest),
    QDIGEST("qdigest_agg", "(bigint, bigint, double) -> qdigest(bigint)", add_qdigest),
    QDIGEST("qdigest_agg", "(double) -> qdigest(double)", add_qdigest),
    QDIGEST("qdigest_agg", "(double, bigint) -> qdigest(double)", add_qdigest),
    QDIGEST("qdigest_agg", "(double, bigint, double) -> qdigest(double)", add_qdigest),
    QDIGEST("qdigest_agg", "(real) -> qdigest(real)", add_qdigest),
    QDIGEST("qdigest_agg", "(real, bigint) -> qdigest(real)", add_qdigest),
    QDIGEST("qdigest_agg", "(real, bigint, double) -> qdigest(real)", add_qdigest),
    QDIGEST("merge", "<V>(qdigest(V)) -> qdigest(V)", add_qdigest_bytes),
    {.name = NULL},
};
