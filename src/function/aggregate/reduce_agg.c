/*
 * reduce_agg: a state that lambdas compute. The input lambda takes (state, value), the combine
 * lambda (state, state); lambdas are called for the k-th row of every group together, so as often
 * as the largest group of a batch has rows.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "function/aggregate/value_list.h"
#include "function/kernels/lambda.h"
#include "function/kernels/row_errors.h"

enum { VALUE, INITIAL, INPUT_LAMBDA, COMBINE_LAMBDA };

typedef struct ReduceState {
    KeptValue value;
    int64_t turn; /* of the row list in which it last took part */
} ReduceState;

/* left[i], right[i] through a lambda, into the states. */
static Status apply(AggregateCall *call, int lambda, Vector *left, Vector *right,
                    ReduceState *const *states, int32_t count) {
    Vector *result = NULL, *arguments[] = {left, right};
    RowErrors errors;
    row_errors_init(&errors, false);
    Status status = call->lambdas[lambda]->call(call->lambdas[lambda], call->cx, &errors, arguments,
                                                2, NULL, count, &result);
    if (status == OK) {
        status = row_errors_raise(call->cx, &errors);
    }
    row_errors_done(&errors);
    for (int32_t i = 0; status == OK && i < count; i++) {
        kept_value_set(call->arena, &states[i]->value, result, i);
    }
    vector_unref(result);
    return status;
}

static Vector *gather_states(const Type *type, ReduceState *const *states, int32_t count) {
    Vector *values = vector_create(type, count);
    for (int32_t i = 0; i < count; i++) {
        kept_value_write(&states[i]->value, values, i);
    }
    return values;
}

/* One row each of different states. */
static Status add_round(AggregateCall *call, ReduceState *const *states, const int32_t *rows,
                        int32_t count) {
    Vector *before = gather_states(call->arguments[INITIAL]->type, states, count);
    Vector *values = vector_gather(call->arguments[VALUE], rows, count);
    Status status = apply(call, INPUT_LAMBDA, before, values, states, count);
    vector_unref(before);
    vector_unref(values);
    return status;
}

/* Takes of rows[0..count) those whose state has not had its turn; the others move to the front. */
static int32_t take_turns(StateRows states, int32_t *left, int32_t left_count,
                          ReduceState **round_states, int32_t *round_entries,
                          int32_t *ret_left_count) {
    int32_t taken = 0, kept = 0;
    for (int32_t i = 0; i < left_count; i++) {
        ReduceState *state = (ReduceState *)(void *)(states.states[left[i]] + states.offset);
        if (state->turn != 0) {
            left[kept++] = left[i];
            continue;
        }
        state->turn = 1;
        round_states[taken] = state;
        round_entries[taken++] = left[i];
    }
    for (int32_t i = 0; i < taken; i++) {
        round_states[i]->turn = 0;
    }
    *ret_left_count = kept;
    return taken;
}

typedef struct Rounds {
    int32_t *left, *entries, *rows;
    ReduceState **states;
} Rounds;

static Rounds rounds_create(int32_t count) {
    size_t room = (size_t)count + 1;
    return (Rounds){.left = allocate(room * sizeof(int32_t)),
                    .entries = allocate(room * sizeof(int32_t)),
                    .rows = allocate(room * sizeof(int32_t)),
                    .states = allocate(room * sizeof(ReduceState *))};
}

static void rounds_done(Rounds *rounds) {
    free(rounds->left);
    free(rounds->entries);
    free(rounds->rows);
    free(rounds->states);
}

static Status add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    VectorView values = vector_view(call->arguments[VALUE]);
    Rounds rounds = rounds_create(count);
    int32_t left = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t row = rows != NULL ? rows[i] : i;
        ReduceState *state = (ReduceState *)(void *)(states.states[i] + states.offset);
        if (view_is_null(&values, row)) {
            continue;
        }
        if (!state->value.present) {
            kept_value_set(call->arena, &state->value, call->arguments[INITIAL], row);
        }
        rounds.left[left++] = i;
    }
    Status status = OK;
    while (left > 0 && status == OK) {
        int32_t taken = take_turns(states, rounds.left, left, rounds.states, rounds.entries, &left);
        for (int32_t i = 0; i < taken; i++) {
            rounds.rows[i] = rows != NULL ? rows[rounds.entries[i]] : rounds.entries[i];
        }
        status = add_round(call, rounds.states, rounds.rows, taken);
    }
    rounds_done(&rounds);
    return status;
}

/* Joins pairs whose targets all differ. */
static Status combine_round(AggregateCall *call, ReduceState *const *targets,
                            ReduceState *const *sources, int32_t count) {
    const Type *type = call->function->return_type;
    Vector *left = gather_states(type, targets, count);
    Vector *right = gather_states(type, sources, count);
    Status status = apply(call, COMBINE_LAMBDA, left, right, targets, count);
    vector_unref(left);
    vector_unref(right);
    return status;
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    Rounds rounds = rounds_create(count);
    ReduceState **from = allocate(((size_t)count + 1) * sizeof *from);
    int32_t left = 0;
    for (int32_t i = 0; i < count; i++) {
        ReduceState *target = (ReduceState *)(void *)(targets.states[i] + targets.offset);
        const ReduceState *source =
            (const ReduceState *)(const void *)(sources.states[i] + sources.offset);
        if (!source->value.present) {
            continue;
        }
        if (!target->value.present) {
            kept_value_share(&target->value, &source->value);
            continue;
        }
        rounds.left[left++] = i;
    }
    Status status = OK;
    while (left > 0 && status == OK) {
        int32_t taken =
            take_turns(targets, rounds.left, left, rounds.states, rounds.entries, &left);
        for (int32_t i = 0; i < taken; i++) {
            uint8_t *source = sources.states[rounds.entries[i]] + sources.offset;
            from[i] = (ReduceState *)(void *)source;
        }
        status = combine_round(call, rounds.states, from, taken);
    }
    rounds_done(&rounds);
    free(from);
    return status;
}

/* ---- one state for all rows ---- */

enum { LANES = 64, LANE_ROWS_MIN = 8 };

static bool is_given(const VectorView *values, const int32_t *rows, int32_t i) {
    return !view_is_null(values, rows != NULL ? rows[i] : i);
}

/* Folds neighbouring lanes until one is left, keeping their order. */
static Status join_lanes(AggregateCall *call, ReduceState *lanes) {
    for (int32_t step = 1; step < LANES; step *= 2) {
        ReduceState *targets[LANES], *sources[LANES];
        int32_t count = 0;
        for (int32_t lane = 0; lane + step < LANES; lane += 2 * step) {
            targets[count] = &lanes[lane];
            sources[count++] = &lanes[lane + step];
        }
        TRY(combine_round(call, targets, sources, count));
    }
    return OK;
}

/*
 * Many rows are cut into lanes that advance together, each from the initial state, as threads would
 * share them: the lambdas are then called for a row of every lane, not for one row.
 */
static Status add_single(AggregateCall *call, void *state, const int32_t *rows, int32_t count) {
    VectorView values = vector_view(call->arguments[VALUE]);
    int32_t *given = allocate(((size_t)count + 1) * sizeof *given), given_count = 0;
    uint8_t **states = allocate(((size_t)count + 1) * sizeof *states);
    ReduceState lanes[LANES] = {0};
    for (int32_t i = 0; i < count; i++) {
        given[given_count] = rows != NULL ? rows[i] : i;
        given_count += is_given(&values, rows, i);
    }
    bool has_lanes = given_count >= LANES * LANE_ROWS_MIN;
    for (int32_t i = 0; i < given_count; i++) {
        states[i] = has_lanes ? (uint8_t *)&lanes[(int64_t)i * LANES / given_count] : state;
    }
    Status status = add(call, (StateRows){.states = states}, given, given_count);
    if (status == OK && has_lanes) {
        status = join_lanes(call, lanes);
    }
    if (status == OK && has_lanes) {
        uint8_t *target = state, *source = (uint8_t *)lanes;
        status = combine(call, (StateRows){.states = &target}, (StateRows){.states = &source}, 1);
    }
    free(given);
    free(states);
    return status;
}

static Status output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    for (int32_t i = 0; i < count; i++) {
        const ReduceState *state =
            (const ReduceState *)(const void *)(states.states[i] + states.offset);
        kept_value_write(&state->value, result, i);
    }
    return OK;
}

const AggregateFunction reduce_aggregates[] = {
    {.name = "reduce_agg",
     .signature = "<T,S>(T, S, function(S,T,S), function(S,S,S)) -> S",
     .flags = FUNCTION_CALLED_WITH_NULL,
     .description = "Reduce input elements into a single value",
     .state_size = sizeof(ReduceState),
     .add = add,
     .add_single = add_single,
     .combine = combine,
     .output = output,
     .order_sensitive = true},
    {.name = NULL},
};
