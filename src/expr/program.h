/*
 * Expressions compiled to flat programs over vector registers, and their evaluation over batches.
 *
 * A Program is immutable and shared by the drivers of a pipeline; each driver has its own
 * ProgramState. Common subexpressions are computed once. AND, OR, CASE, IF, COALESCE, TRY, NULLIF
 * narrow the selection, so that a branch not taken never raises an error. Constant inputs are
 * evaluated once; an expression over a single dictionary input is evaluated once per distinct value
 * of the dictionary when that is less work.
 */
#pragma once

#include "plan/expr.h"

typedef struct Program Program;
typedef struct ProgramState ProgramState;

/* Compiles `count` expressions over inputs whose column i holds input[i]. Lives in cx->arena. */
MUST_CHECK Status program_compile(Context *cx, int32_t count, const Expr *const *exprs,
                                  int32_t input_count, const Symbol *const *inputs,
                                  Program **ret_program);
ProgramState *program_state_create(const Program *program); /* malloc'ed */
void program_state_free(ProgramState *state);
/*
 * The values of every expression for every row of the batch: references the caller owns, in
 * ret_results[count]. Errors of rows are raised in cx (the first row's).
 */
MUST_CHECK Status program_evaluate(Context *cx, ProgramState *state, const Batch *input,
                                   Vector **ret_results);
/*
 * Expression 0 is a boolean: the rows where it is TRUE, in order. ret_rows has room for
 * input->row_count entries.
 */
MUST_CHECK Status program_filter(Context *cx, ProgramState *state, const Batch *input,
                                 int32_t *ret_rows, int32_t *ret_count);

/*
 * The value of an expression without symbols: a CONSTANT vector of length 1, owned by the caller.
 */
MUST_CHECK Status expr_evaluate(Context *cx, const Expr *expr, Vector **ret_value);
