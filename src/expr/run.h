/*
 * Running steps: blocks, the steps that narrow the selection, and those that build rows and arrays.
 */
#pragma once

#include "expr/step.h"

/*
 * Runs the block's steps for the selected rows (at least one); its value is then in the block's
 * result register.
 */
MUST_CHECK Status run_block(const Run *run, const Block *block, Selection selection);
/* The selection without rows that failed inside TRY. */
Selection run_without_caught(const Run *run, Selection selection);

/*
 * Evaluates a program, noting failed rows in `errors`: as program_evaluate, for the bodies of
 * lambdas too.
 */
MUST_CHECK Status run_program(Context *cx, ProgramState *state, const Batch *input,
                              RowErrors *errors, Vector **ret_results);
/* Fills the registers for a batch; empties them. */
void run_begin(ProgramState *state, const Batch *input);
void run_end(ProgramState *state);

/* branch.c */
MUST_CHECK Status run_case(const Run *run, const Step *step, Selection selection);
MUST_CHECK Status run_coalesce(const Run *run, const Step *step, Selection selection);
MUST_CHECK Status run_try(const Run *run, const Step *step, Selection selection);
MUST_CHECK Status run_null_where(const Run *run, const Step *step, Selection selection);

/* logic.c */
MUST_CHECK Status run_logic(const Run *run, const Step *step, Selection selection);
/* Rows of the selection where a boolean vector is TRUE, in order; `rows` may be selection.rows. */
int32_t rows_where_true(const Vector *values, Selection selection, int32_t *rows);

/* construct.c */
MUST_CHECK Status run_row(const Run *run, const Step *step, Selection selection);
MUST_CHECK Status run_array(const Run *run, const Step *step, Selection selection);
MUST_CHECK Status run_field(const Run *run, const Step *step, Selection selection);

/* One part of a merged vector: values for some rows. */
typedef struct Piece {
    const Vector *values;
    Selection rows;
} Piece;

/*
 * A vector of row_count rows made of the pieces' rows; other rows are unspecified. Pieces without
 * rows are ignored.
 */
Vector *merge_pieces(const Type *type, int32_t row_count, int32_t count, const Piece *pieces);
