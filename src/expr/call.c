/*
 * Calls of kernels. A call is reduced to as few rows as possible: one when all arguments are
 * constant, the distinct values when they share a dictionary (remembered from batch to batch while
 * the dictionary stays), the selected rows without NULLs otherwise. Errors of dictionary values
 * that no selected row uses must not be seen, so a dictionary with a failing value is evaluated row
 * by row instead.
 */
#include "expr/call.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/allocate.h"

void step_state_init(StepState *state, const Step *step) {
    *state = (StepState){0};
    size_t count = (size_t)(step->argument_count > 0 ? step->argument_count : 1);
    state->arguments = allocate_zeroed(count * sizeof *state->arguments);
    state->views = allocate_zeroed(count * sizeof *state->views);
}

void step_state_done(StepState *state) {
    vector_unref(state->spare);
    vector_unref(state->memo_base);
    vector_unref(state->memo_result);
    free(state->arguments);
    free(state->views);
}

/* ---- results ---- */

static bool is_recyclable(Vector *vector, int32_t row_count) {
    return atomic_load_explicit(&vector->reference_count, memory_order_acquire) == 1 &&
           vector->encoding == ENCODING_FLAT && vector->capacity >= row_count &&
           vector->data_buffer != NULL &&
           atomic_load_explicit(&vector->data_buffer->reference_count, memory_order_acquire) == 1;
}

Vector *step_result(StepState *state, const Type *type, int32_t row_count) {
    if (type->layout == LAYOUT_LIST || type->layout == LAYOUT_ROW) {
        return vector_create(type, row_count);
    }
    Vector *spare = state->spare;
    state->spare = NULL;
    if (spare == NULL || !is_recyclable(spare, row_count)) {
        vector_unref(spare);
        return vector_create(type, row_count);
    }
    buffer_unref(spare->nulls_buffer);
    spare->nulls_buffer = NULL;
    spare->nulls = NULL;
    for (int32_t i = 0; i < spare->heap_count; i++) {
        buffer_unref(spare->heaps[i]);
    }
    spare->heap_count = 0;
    spare->heap_tail = NULL;
    spare->heap_left = 0;
    spare->length = row_count;
    return spare;
}

void step_keep_result(StepState *state, Vector *result) {
    if (result->type->layout <= LAYOUT_STRING) {
        vector_unref(state->spare);
        state->spare = vector_ref(result);
    }
}

void vector_zero(Vector *vector) {
    if (vector->type->layout == LAYOUT_ROW) {
        for (int32_t i = 0; i < vector->child_count; i++) {
            vector_zero(vector->children[i]);
        }
    } else {
        memset(vector->data, 0, (size_t)vector->length * vector->type->width);
    }
}

/* ---- NULLs ---- */

static void add_nulls(uint64_t *nulls, const VectorView *view, int32_t row_count,
                      Selection selection) {
    if (view->indices == NULL) {
        size_t words = bitmap_words(row_count);
        for (size_t i = 0; i < words; i++) {
            nulls[i] |= view->nulls[i];
        }
        return;
    }
    for (int32_t i = 0; i < selection.count; i++) {
        int32_t row = selection_row(selection, i);
        if (bitmap_get(view->nulls, view->indices[row])) {
            bitmap_set(nulls, row);
        }
    }
}

/* The selected rows whose bit is clear. */
static Selection without_nulls(Arena *scratch, const uint64_t *nulls, Selection selection) {
    int32_t *rows = arena_alloc(scratch, sizeof(int32_t) * ((size_t)selection.count + 1));
    int32_t count = 0;
    for (int32_t i = 0; i < selection.count; i++) {
        int32_t row = selection_row(selection, i);
        rows[count] = row;
        count += !bitmap_get(nulls, row);
    }
    return (Selection){rows, count};
}

/* ---- one kernel call ---- */

typedef struct Call {
    Context *cx;
    const Step *step;
    StepState *state;
    Arena *scratch;
    int32_t row_count;
    Selection selection;
    RowErrors *errors;
    bool may_recycle;
} Call;

static bool is_constant_null(const Call *call) {
    for (int32_t i = 0; i < call->step->argument_count; i++) {
        const Vector *argument = call->state->arguments[i];
        if (argument != NULL && argument->encoding == ENCODING_CONSTANT &&
            argument->nulls != NULL && bitmap_get(argument->nulls, 0)) {
            return true;
        }
    }
    return false;
}

/* Sets the result's nulls where an argument is NULL; whether there may be any. */
static bool union_nulls(const Call *call, Vector *result) {
    uint64_t *nulls = NULL;
    for (int32_t i = 0; i < call->step->argument_count; i++) {
        const VectorView *view = &call->state->views[i];
        if (view->nulls != NULL && view->mask != 0) {
            nulls = nulls != NULL ? nulls : vector_writable_nulls(result);
            add_nulls(nulls, view, call->row_count, call->selection);
        }
    }
    return nulls != NULL;
}

/* Rows that failed inside TRY become NULL at once: nothing may look at their values. */
static void null_caught_rows(const Call *call, Vector *result) {
    for (int32_t i = 0; i < call->selection.count; i++) {
        int32_t row = selection_row(call->selection, i);
        if (row_errors_is_caught(call->errors, row)) {
            vector_set_null(result, row);
        }
    }
}

static bool is_plain_layout(const Type *type) {
    return type->layout <= LAYOUT_WIDE;
}

/* Leaves out NULL rows, or widens the selection to all rows when that is cheaper and allowed. */
static Selection kernel_rows(const Call *call, const Vector *result, bool has_nulls) {
    Selection rows = call->selection;
    if ((call->step->flags & FUNCTION_INFALLIBLE_DENSE) != 0) {
        bool widen = rows.rows != NULL && (int64_t)rows.count * 4 >= call->row_count;
        return widen ? (Selection){NULL, call->row_count} : rows;
    }
    return has_nulls ? without_nulls(call->scratch, result->nulls, rows) : rows;
}

/* state->arguments are set; gives a new reference to a FLAT (or constant NULL) vector. */
static Status call_kernel(const Call *call, Vector **ret_result) {
    const Step *step = call->step;
    bool sees_nulls = (step->flags & FUNCTION_CALLED_WITH_NULL) != 0;
    if (!sees_nulls && is_constant_null(call)) {
        *ret_result = vector_create_null(step->type, call->row_count);
        return OK;
    }
    for (int32_t i = 0; i < step->argument_count; i++) {
        const Vector *argument = call->state->arguments[i];
        call->state->views[i] = argument != NULL ? vector_view(argument) : (VectorView){0};
    }
    Vector *result = call->may_recycle ? step_result(call->state, step->type, call->row_count)
                                       : vector_create(step->type, call->row_count);
    bool has_nulls = !sees_nulls && union_nulls(call, result);
    Selection rows = kernel_rows(call, result, has_nulls);
    unsigned leaves_rows = FUNCTION_MAY_RETURN_NULL | FUNCTION_CALLED_WITH_NULL;
    if (!is_plain_layout(step->type) && (rows.rows != NULL || (step->flags & leaves_rows) != 0)) {
        vector_zero(result);
    }
    KernelCall kernel = {
        .cx = call->cx,
        .function = step->function,
        .state = step->kernel_state,
        .argument_count = step->argument_count,
        .arguments = call->state->views,
        .result = result,
        .rows = rows.rows,
        .row_count = rows.count,
        .errors = call->errors,
        .lambdas = call->state->lambdas,
    };
    int32_t caught_before = call->errors->caught_count;
    Status status = rows.count > 0 ? step->kernel(&kernel) : OK;
    if (status != OK) {
        vector_unref(result);
        return FAILED;
    }
    if (call->errors->caught_count > caught_before) {
        null_caught_rows(call, result);
    }
    if (call->may_recycle) {
        step_keep_result(call->state, result);
    }
    *ret_result = result;
    return OK;
}

/* ---- constants ---- */

static Status call_once(Call call, Vector **ret_result) {
    call.row_count = 1;
    call.selection = (Selection){NULL, 1};
    call.may_recycle = false;
    TRY(call_kernel(&call, ret_result));
    (*ret_result)->encoding = ENCODING_CONSTANT;
    return OK;
}

/* An error of the one value is an error of every selected row. */
static Status run_constant(const Run *run, Call call) {
    RowErrors errors;
    row_errors_init(&errors, run->errors->catching);
    errors.catches_all = run->errors->catches_all;
    call.errors = &errors;
    Vector *result = NULL;
    Status status = call_once(call, &result);
    if (status == OK && errors.row >= 0) {
        row_errors_note(run->errors, selection_row(call.selection, 0), errors.code, errors.message);
    }
    for (int32_t i = 0; errors.caught_count > 0 && i < call.selection.count; i++) {
        row_errors_mark(run->errors, selection_row(call.selection, i));
    }
    row_errors_done(&errors);
    TRY(status);
    result->length = run->row_count;
    run_set_register(run, call.step->result, result);
    return OK;
}

Status call_constants(Context *cx, const Step *step, Vector *const *arguments, Vector **ret_value) {
    StepState state;
    step_state_init(&state, step);
    if (step->argument_count > 0) {
        memcpy(state.arguments, arguments, sizeof *arguments * (size_t)step->argument_count);
    }
    RowErrors errors;
    row_errors_init(&errors, true);
    errors.catches_all = true;
    Call call = {.cx = cx, .step = step, .state = &state, .scratch = cx->arena, .errors = &errors};
    Vector *result = NULL;
    Status status = call_once(call, &result);
    if (status == OK && errors.caught_count > 0) {
        vector_unref(result);
        result = NULL;
    }
    row_errors_done(&errors);
    step_state_done(&state);
    *ret_value = result;
    return status;
}

/* ---- dictionaries ---- */

/*
 * The dictionary argument when all others are constant or have the same indices over as many
 * values; else NULL.
 */
static const Vector *common_dictionary(const Call *call) {
    const Vector *dictionary = NULL;
    for (int32_t i = 0; i < call->step->argument_count; i++) {
        const Vector *argument = call->state->arguments[i];
        if (argument->encoding == ENCODING_CONSTANT) {
            continue;
        }
        if (argument->encoding != ENCODING_DICTIONARY ||
            (dictionary != NULL && (argument->indices != dictionary->indices ||
                                    argument->base->length != dictionary->base->length))) {
            return NULL;
        }
        dictionary = argument;
    }
    return dictionary;
}

static Vector *over_dictionary(Vector *values, const Vector *dictionary, int32_t row_count) {
    Vector *result =
        vector_create_dictionary(values, buffer_ref(dictionary->indices_buffer), row_count);
    if (result->encoding == ENCODING_DICTIONARY) {
        result->indices = dictionary->indices;
    }
    return result;
}

static void forget(StepState *state) {
    vector_unref(state->memo_base);
    vector_unref(state->memo_result);
    state->memo_base = state->memo_result = NULL;
    state->memo_rows = 0;
    state->memo_refused = false;
}

/*
 * The call's values for every value of the dictionary; NULL in *ret_values when one of them fails.
 */
static Status evaluate_base(Call call, const Vector *dictionary, Vector **ret_values) {
    StepState *state = call.state;
    int32_t count = call.step->argument_count;
    for (int32_t i = 0; i < count; i++) {
        if (state->arguments[i]->encoding == ENCODING_DICTIONARY) {
            state->arguments[i] = state->arguments[i]->base;
        }
    }
    RowErrors errors;
    row_errors_init(&errors, true);
    errors.catches_all = true;
    call.errors = &errors;
    call.row_count = dictionary->base->length;
    call.selection = (Selection){NULL, call.row_count};
    call.may_recycle = false;
    Vector *values = NULL;
    Status status = call_kernel(&call, &values);
    if (status == OK && errors.caught_count > 0) {
        vector_unref(values);
        values = NULL;
    }
    row_errors_done(&errors);
    *ret_values = values;
    return status;
}

static void load_arguments(const Run *run, const Step *step, StepState *state) {
    for (int32_t i = 0; i < step->argument_count; i++) {
        int32_t index = step->arguments[i];
        state->arguments[i] = index >= 0 ? run_register(run, index) : NULL;
    }
}

/* Tries the call over a dictionary's values; *ret_done is false when rows must be evaluated. */
static Status run_dictionary(const Run *run, const Call *call, const Vector *dictionary,
                             bool *ret_done) {
    StepState *state = call->state;
    bool constants_only = true;
    for (int32_t i = 0; i < call->step->argument_count; i++) {
        const Vector *argument = state->arguments[i];
        constants_only &= argument == dictionary ||
                          (argument->encoding == ENCODING_CONSTANT &&
                           run->state->program->constants[call->step->arguments[i]] != NULL);
    }
    if (!constants_only || state->memo_base != dictionary->base) {
        forget(state);
        state->memo_base = constants_only ? vector_ref(dictionary->base) : NULL;
    }
    *ret_done = false;
    state->memo_rows += call->selection.count;
    if (state->memo_refused) {
        return OK;
    }
    Vector *values = vector_ref(state->memo_result);
    if (values == NULL) {
        if (dictionary->base->length > state->memo_rows) {
            return OK;
        }
        TRY(evaluate_base(*call, dictionary, &values));
        load_arguments(run, call->step, state);
        state->memo_refused = values == NULL;
        if (values == NULL) {
            return OK;
        }
        state->memo_result = constants_only ? vector_ref(values) : NULL;
    }
    Vector *result = over_dictionary(values, dictionary, run->row_count);
    run_set_register(run, call->step->result, result);
    *ret_done = true;
    return OK;
}

/* ---- */

static bool all_constant(const Call *call) {
    for (int32_t i = 0; i < call->step->argument_count; i++) {
        if (call->state->arguments[i]->encoding != ENCODING_CONSTANT) {
            return false;
        }
    }
    return true;
}

Status run_call(const Run *run, const Step *step, Selection selection) {
    StepState *state = &run->state->steps[step->number];
    load_arguments(run, step, state);
    Call call = {
        .cx = run->cx,
        .step = step,
        .state = state,
        .scratch = run->state->scratch,
        .row_count = run->row_count,
        .selection = selection,
        .errors = run->errors,
        .may_recycle = true,
    };
    if (step->deterministic && step->lambdas == NULL && step->argument_count > 0) {
        if (all_constant(&call)) {
            TRY(run_constant(run, call));
            return row_errors_raise(run->cx, run->errors);
        }
        const Vector *dictionary = common_dictionary(&call);
        if (dictionary != NULL) {
            bool done;
            TRY(run_dictionary(run, &call, dictionary, &done));
            if (done) {
                return OK;
            }
        }
    }
    Vector *result;
    TRY(call_kernel(&call, &result));
    run_set_register(run, step->result, result);
    return row_errors_raise(run->cx, run->errors);
}
