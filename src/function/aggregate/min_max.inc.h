/* Include-template: keeps the better of state and value. NAME, T, BETTER(value, kept). States are {
 * T value; bool present; }. */
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)
#define STATE PASTE(BestState_, NAME)

typedef struct STATE {
    T value;
    bool present;
} STATE;

static void PASTE(keep_, NAME)(const VectorView *view, StateRows states, const int32_t *rows,
                               int32_t count, bool is_max) {
    for (int32_t i = 0; i < count; i++) {
        STATE *state = (STATE *)(states.states[i] + states.offset);
        T value = VIEW_VALUE(view, T, rows != NULL ? rows[i] : i);
        if (!state->present ||
            (is_max ? BETTER(state->value, value) : BETTER(value, state->value))) {
            state->value = value;
            state->present = true;
        }
    }
}

static void PASTE(combine_, NAME)(StateRows targets, StateRows sources, int32_t count,
                                  bool is_max) {
    for (int32_t i = 0; i < count; i++) {
        STATE *target = (STATE *)(targets.states[i] + targets.offset);
        const STATE *source = (const STATE *)(sources.states[i] + sources.offset);
        if (source->present &&
            (!target->present || (is_max ? BETTER(target->value, source->value)
                                         : BETTER(source->value, target->value)))) {
            *target = *source;
        }
    }
}

static void PASTE(output_, NAME)(StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const STATE *state = (const STATE *)(states.states[i] + states.offset);
        if (!state->present) {
            vector_set_null(result, i);
        }
        VECTOR_DATA(result, T)[i] = state->value;
    }
}

#undef STATE
#undef NAME
#undef T
#undef BETTER
#undef PASTE
#undef PASTE_
