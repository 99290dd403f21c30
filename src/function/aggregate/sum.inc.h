/*
 * Include-template: sum and count of a flat column into states { ACCUMULATOR sum; int64_t count; }.
 *
 * NAME: suffix of the functions. T: value type. ACCUMULATOR: type of the sum. ADD(sum, value): true
 * when it overflows.
 */
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define STATE PASTE(SumState_, NAME)

typedef struct STATE {
    ACCUMULATOR sum;
    int64_t count;
} STATE;

static Status PASTE(add_, NAME)(AggregateCall *call, StateRows states, const int32_t *rows,
                                int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    for (int32_t i = 0; i < count; i++) {
        STATE *state = (STATE *)(states.states[i] + states.offset);
        T value = VIEW_VALUE(&view, T, rows != NULL ? rows[i] : i);
        ACCUMULATOR before = state->sum;
        if (__builtin_expect(ADD(state->sum, value), 0)) {
            return sum_overflow(call->cx, before, value);
        }
        state->count++;
    }
    return OK;
}

static Status PASTE(add_single_, NAME)(AggregateCall *call, void *opaque, const int32_t *rows,
                                       int32_t count) {
    VectorView view = vector_view(call->arguments[0]);
    STATE *state = opaque;
    const T *restrict data = view.data;
    ACCUMULATOR sum = state->sum;
    if (rows == NULL && view.indices == NULL && view.mask != 0) {
        for (int32_t i = 0; i < count; i++) {
            ACCUMULATOR before = sum;
            if (__builtin_expect(ADD(sum, data[i]), 0)) {
                return sum_overflow(call->cx, before, data[i]);
            }
        }
    } else {
        for (int32_t i = 0; i < count; i++) {
            T value = data[view_index(&view, rows != NULL ? rows[i] : i)];
            ACCUMULATOR before = sum;
            if (__builtin_expect(ADD(sum, value), 0)) {
                return sum_overflow(call->cx, before, value);
            }
        }
    }
    state->sum = sum;
    state->count += count;
    return OK;
}

__attribute__((unused)) static Status PASTE(combine_, NAME)(AggregateCall *call, StateRows targets,
                                                            StateRows sources, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        STATE *target = (STATE *)(targets.states[i] + targets.offset);
        const STATE *source = (const STATE *)(sources.states[i] + sources.offset);
        ACCUMULATOR before = target->sum;
        if (ADD(target->sum, source->sum)) {
            return sum_overflow(call->cx, before, source->sum);
        }
        target->count += source->count;
    }
    return OK;
}

#undef STATE
#undef NAME
#undef T
#undef ACCUMULATOR
#undef ADD
#undef PASTE
#undef PASTE_
