/*
 * STEP_CALL: one kernel over one batch. Handles what kernels need not know: NULL arguments,
 * constants, dictionaries, recycling of results.
 */
#pragma once

#include "expr/step.h"

MUST_CHECK Status run_call(const Run *run, const Step *step, Selection selection);
/*
 * The value of a call whose arguments are all constants (vectors of length 1): a CONSTANT vector of
 * length 1, or NULL in *ret_value when the call fails for them.
 */
MUST_CHECK Status call_constants(Context *cx, const Step *step, Vector *const *arguments,
                                 Vector **ret_value);

/*
 * A writable vector for a step's result of row_count rows: the last one when nobody else refers to
 * it.
 */
Vector *step_result(StepState *state, const Type *type, int32_t row_count);
/* Remembers a finished result, to be written again for a later batch. */
void step_keep_result(StepState *state, Vector *result);
/* Makes the values of rows that nobody computes safe to copy. */
void vector_zero(Vector *vector);
void step_state_init(StepState *state, const Step *step);
void step_state_done(StepState *state);
