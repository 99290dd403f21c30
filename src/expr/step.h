/*
 * What a compiled program is made of, and the state of one evaluation. Values live in registers,
 * each written by one step; a step that narrows the selection owns blocks of steps that only run
 * for the rows that reach them. Programs are read-only after compilation; everything that changes
 * is in ProgramState.
 */
#pragma once

#include "expr/program.h"
#include "function/kernels/lambda.h"
#include "function/kernels/row_errors.h"

typedef enum StepKind {
    STEP_CALL, /* kernel(arguments) */
    STEP_AND,  /* blocks: terms */
    STEP_OR,
    STEP_CASE,       /* blocks: when, then, when, then, ..., default */
    STEP_COALESCE,   /* blocks: values */
    STEP_TRY,        /* blocks: the body */
    STEP_NULL_WHERE, /* arguments: condition, value: NULL where the condition is TRUE */
    STEP_ROW,
    STEP_ARRAY,
    STEP_FIELD, /* field_index of arguments[0] */
} StepKind;

typedef struct Step Step;

typedef struct Block {
    int32_t step_count;
    const Step *steps;
    int32_t result; /* register */
} Block;

/* A lambda argument: a program over the captured columns followed by the parameters. */
typedef struct LambdaBody {
    const Program *program;
    int32_t capture_count;
    const int32_t *captures; /* registers of the program around it */
} LambdaBody;

struct Step {
    StepKind kind;
    int32_t result; /* register */
    int32_t number; /* of its StepState */
    const Type *type;
    int32_t argument_count;
    const int32_t *arguments; /* registers; -1 where a lambda stands */
    /* STEP_CALL */
    ScalarKernel kernel;
    unsigned flags;
    bool deterministic;
    void *kernel_state;
    const ResolvedFunction *function;
    const LambdaBody *const *lambdas; /* per argument; NULL without lambdas */
    /* others */
    int32_t field_index;
    int32_t block_count;
    const Block *blocks;
};

typedef struct Conjunct {
    Block block;
    bool may_fail;
    bool is_cheap; /* never fails, a vectorised pass */
} Conjunct;

struct Program {
    int32_t register_count;   /* the inputs come first */
    Vector *const *constants; /* per register: its value when it never changes, of length 1 */
    int32_t input_count;
    int32_t step_count;       /* numbers given to steps, in all blocks */
    const Step *const *steps; /* by number, for the size of their states */
    Block main;
    int32_t result_count;
    const int32_t *results; /* registers */
    const Type *const *result_types;
    int32_t conjunct_count; /* of expression 0, when it is boolean */
    const Conjunct *conjuncts;
};

/* ---- state ---- */

typedef struct LambdaInstance {
    Lambda lambda;
    const LambdaBody *body;
    ProgramState *outer, *state;
} LambdaInstance;

typedef struct StepState {
    Vector **arguments;
    VectorView *views;
    Vector *spare; /* the last result; written again once nobody else refers to it */
    /*
     * of a call over one dictionary: the base it saw last, its values for that base, or the base
     * that is not worth it
     */
    Vector *memo_base, *memo_result;
    int64_t memo_rows;
    bool memo_refused;
    LambdaInstance *instances;
    const Lambda **lambdas;
} StepState;

typedef struct ConjunctState {
    double cost;        /* nanoseconds a row, moving average */
    double selectivity; /* rows kept of rows seen, moving average */
} ConjunctState;

struct ProgramState {
    const Program *program;
    Vector **registers;
    StepState *steps;
    Arena *scratch; /* row lists of the current batch */
    int32_t *conjunct_order;
    ConjunctState *conjuncts;
    int64_t filtered_batches;
};

/* Rows being computed: rows[0..count), ascending, or 0..count-1 when rows is NULL. */
typedef struct Selection {
    const int32_t *rows;
    int32_t count;
} Selection;

/* One evaluation over one batch (or the body of a TRY within it). */
typedef struct Run {
    Context *cx;
    ProgramState *state;
    int32_t row_count;
    RowErrors *errors;
} Run;

static inline int32_t selection_row(Selection selection, int32_t i) {
    return selection.rows != NULL ? selection.rows[i] : i;
}

static inline int32_t *run_rows(const Run *run, int32_t count) {
    return arena_alloc(run->state->scratch, sizeof(int32_t) * (size_t)(count > 0 ? count : 1));
}

static inline Vector *run_register(const Run *run, int32_t index) {
    return run->state->registers[index];
}

/* Takes over the reference. */
static inline void run_set_register(const Run *run, int32_t index, Vector *value) {
    vector_unref(run->state->registers[index]);
    run->state->registers[index] = value;
}
