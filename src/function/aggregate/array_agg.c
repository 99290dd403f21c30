/*
 * array_agg and listagg: the aggregates that keep all their input, in order.
 *
 * array_agg keeps NULLs and gives NULL for no rows; listagg leaves NULLs out and joins the rest, up
 * to a megabyte.
 */
#include <stdio.h>

#include "base/buffer.h"
#include "function/aggregate/value_list.h"

static Status add_array(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    value_lists_append(call->arena, states, 0, call->arguments[0], rows, count);
    return OK;
}

static Status combine_array(AggregateCall *call, StateRows targets, StateRows sources,
                            int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        value_list_extend(call->arena, call->function->argument_types[0],
                          (ValueList *)(void *)(targets.states[i] + targets.offset),
                          (const ValueList *)(const void *)(sources.states[i] + sources.offset));
    }
    return OK;
}

static Status output_array(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    ListEntry *entries = VECTOR_DATA(result, ListEntry);
    Vector *elements = result->children[0];
    for (int32_t i = 0; i < count; i++) {
        const ValueList *list = (const ValueList *)(const void *)(states.states[i] + states.offset);
        entries[i] = (ListEntry){elements->length, list->count};
        if (list->count == 0) {
            vector_set_null(result, i);
        }
        value_list_write(list, NULL, list->count, elements);
    }
    return OK;
}

/* ---- listagg ---- */

enum { LISTAGG_BYTES_MAX = 1048576, FILLER_BYTES_MAX = 65536 };

typedef struct ListaggState {
    ValueList values;
    StringView separator, filler;
    bool overflow_error, with_count;
} ListaggState;

enum { VALUE, SEPARATOR, OVERFLOW_ERROR, OVERFLOW_FILLER, COUNT_INDICATION };

static StringView keep_view(AggregateCall *call, int32_t argument, int32_t row) {
    VectorView view = vector_view(call->arguments[argument]);
    StringView value = VIEW_VALUE(&view, StringView, row);
    if (value.length > 12) {
        value.pointer = arena_copy(call->arena, value.pointer, value.length);
    }
    return value;
}

/* The first row says how the values are joined. */
static Status begin_listagg(AggregateCall *call, ListaggState *state, int32_t row) {
    VectorView error = vector_view(call->arguments[OVERFLOW_ERROR]);
    VectorView with_count = vector_view(call->arguments[COUNT_INDICATION]);
    state->separator = keep_view(call, SEPARATOR, row);
    state->filler = keep_view(call, OVERFLOW_FILLER, row);
    state->overflow_error = VIEW_VALUE(&error, int8_t, row) != 0;
    state->with_count = VIEW_VALUE(&with_count, int8_t, row) != 0;
    if (state->filler.length > FILLER_BYTES_MAX) {
        return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT,
                    "Overflow filler length %u exceeds maximum length %d", state->filler.length,
                    FILLER_BYTES_MAX);
    }
    return OK;
}

static Status add_listagg(AggregateCall *call, StateRows states, const int32_t *rows,
                          int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        ListaggState *state = (ListaggState *)(void *)(states.states[i] + states.offset);
        if (state->values.count == 0) {
            TRY(begin_listagg(call, state, rows != NULL ? rows[i] : i));
        }
        value_list_append(call->arena, &state->values, call->arguments[VALUE],
                          rows != NULL ? rows[i] : i);
    }
    return OK;
}

static Status combine_listagg(AggregateCall *call, StateRows targets, StateRows sources,
                              int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        ListaggState *target = (ListaggState *)(void *)(targets.states[i] + targets.offset);
        const ListaggState *source =
            (const ListaggState *)(const void *)(sources.states[i] + sources.offset);
        if (target->values.count == 0) {
            ValueList values = target->values;
            *target = *source;
            target->values = values;
        }
        value_list_extend(call->arena, call->function->argument_types[VALUE], &target->values,
                          &source->values);
    }
    return OK;
}

/* How many values fit, and the bytes of their joining. */
static int32_t fitting_values(const ListaggState *state, size_t *ret_bytes) {
    const StringView *values = (const StringView *)(const void *)state->values.slots;
    size_t bytes = 0;
    int32_t fitting = 0;
    while (fitting < state->values.count) {
        size_t wanted = values[fitting].length + (fitting > 0 ? state->separator.length : 0);
        if (bytes + wanted > LISTAGG_BYTES_MAX) {
            break;
        }
        bytes += wanted;
        fitting++;
    }
    *ret_bytes = bytes;
    return fitting;
}

static char *put_view(char *out, const StringView *view) {
    memcpy(out, string_data(view), view->length);
    return out + view->length;
}

static Status write_listagg(AggregateCall *call, const ListaggState *state, Vector *result,
                            int32_t row) {
    const StringView *values = (const StringView *)(const void *)state->values.slots;
    size_t bytes;
    int32_t fitting = fitting_values(state, &bytes);
    bool overflows = fitting < state->values.count;
    if (overflows && state->overflow_error) {
        return FAIL(call->cx, EXCEEDED_FUNCTION_MEMORY_LIMIT,
                    "Concatenated string has the length in bytes larger than the maximum output "
                    "length %d",
                    LISTAGG_BYTES_MAX);
    }
    size_t room = bytes + (overflows ? state->separator.length + state->filler.length + 16 : 0);
    char *start = vector_reserve_string(result, room), *out = start;
    for (int32_t i = 0; i < fitting; i++) {
        out = i > 0 ? put_view(out, &state->separator) : out;
        out = put_view(out, &values[i]);
    }
    if (overflows) {
        out = fitting > 0 ? put_view(out, &state->separator) : out;
        out = put_view(out, &state->filler);
        if (state->with_count) {
            out += snprintf(out, 16, "(%d)", state->values.count - fitting);
        }
    }
    vector_finish_string(result, row, start, (size_t)(out - start));
    return OK;
}

static Status output_listagg(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const ListaggState *state =
            (const ListaggState *)(const void *)(states.states[i] + states.offset);
        if (state->values.count == 0) {
            vector_set_null(result, i);
            continue;
        }
        TRY(write_listagg(call, state, result, i));
    }
    return OK;
}

const AggregateFunction array_aggregates[] = {
    {.name = "array_agg",
     .signature = "<T>(T) -> array(T)",
     .flags = FUNCTION_CALLED_WITH_NULL,
     .description = "return an array of values",
     .state_size = sizeof(ValueList),
     .add = add_array,
     .combine = combine_array,
     .output = output_array,
     .order_sensitive = true},
    {.name = "listagg",
     .signature = "(varchar, varchar, boolean, varchar, boolean) -> varchar",
     .description = "concatenates the input values with the specified separator",
     .state_size = sizeof(ListaggState),
     .add = add_listagg,
     .combine = combine_listagg,
     .output = output_listagg,
     .order_sensitive = true},
    {.name = NULL},
};
