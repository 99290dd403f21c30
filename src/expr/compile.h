/*
 * The compiler's own state and what its files share. A Compiler lives for one program_compile; what
 * it emits is in the context's arena.
 */
#pragma once

#include "expr/step.h"

typedef struct StepList {
    int32_t count, capacity;
    Step *items;
} StepList;

/* What a register holds, so that the same value is not computed twice. */
typedef struct Value {
    uint64_t hash;
    int32_t next; /* of the same bucket, -1 at the end */
    int32_t result;
    const Expr *constant; /* of constants only */
    const void *what;     /* kernel, symbol, or an address of its own per kind of step */
    const void
        *state; /* what sets calls of one kernel apart: function, comparison, types of a cast */
    const void *more;
    const Type *type;
    int32_t argument_count;
    const int32_t *arguments;
} Value;

enum { VALUE_BUCKETS = 1024, COMPILE_DEPTH_MAX = 4000 };

typedef struct Compiler {
    Context *cx;
    int32_t register_count, register_capacity;
    Vector **constants;
    int32_t step_number;
    StepList *steps; /* of the block being compiled */
    int32_t value_count, value_capacity;
    Value *values; /* a stack: leaving a scope forgets what it computed */
    int32_t buckets[VALUE_BUCKETS];
    int32_t depth;
    int32_t symbol_count;
    const Symbol *const *symbols;
} Compiler;

void compiler_init(Compiler *compiler, Context *cx, int32_t input_count,
                   const Symbol *const *inputs);
Program *compiler_finish(Compiler *compiler);
/* Lists all steps by number; main and conjuncts must be set. */
void program_number_steps(Program *program, Arena *arena);

/* ---- emit.c ---- */

/*
 * A new step in the current block; its result register is set, everything else is the caller's to
 * fill in.
 */
Step *emit_step(Compiler *compiler, StepKind kind, const Type *type, int32_t argument_count,
                const int32_t *arguments);
/* The register of a value already computed for a superset of the current rows, or -1. */
int32_t find_value(const Compiler *compiler, const Value *value);
void remember_value(Compiler *compiler, Value *value, int32_t result);
int32_t constant_register(Compiler *compiler, const Expr *constant);
/* Scopes: values computed after the mark are forgotten by the release. */
int32_t scope_mark(const Compiler *compiler);
void scope_release(Compiler *compiler, int32_t mark);

typedef struct CallParts {
    ScalarKernel kernel;
    unsigned flags;
    bool deterministic;
    void *state;
    const ResolvedFunction *function;
    const LambdaBody *const *lambdas;
    const void *identity,
        *identity2; /* calls of one kernel on equal arguments are equal if these are */
} CallParts;
/* A call; folded when its arguments are constant, found when it was computed before. */
MUST_CHECK Status emit_call(Compiler *compiler, const CallParts *parts, const Type *type,
                            int32_t argument_count, const int32_t *arguments, int32_t *ret_result);

/* ---- compile.c ---- */

MUST_CHECK Status compile_expr(Compiler *compiler, const Expr *expr, int32_t *ret_result);
/*
 * Compiles an expression into a block of its own. Its values stay known: the caller marks and
 * releases.
 */
MUST_CHECK Status compile_block(Compiler *compiler, const Expr *expr, Block *ret_block);

/* ---- compile_special.c ---- */

/* Whether computing a term for rows that do not need it is harmless, and faster than leaving them
 * out. */
bool is_cheap_expr(const Expr *expr);

MUST_CHECK Status compile_logic(Compiler *compiler, const Expr *expr, int32_t *ret_result);
MUST_CHECK Status compile_in(Compiler *compiler, const Expr *expr, int32_t *ret_result);
MUST_CHECK Status compile_between(Compiler *compiler, const Expr *expr, int32_t *ret_result);
MUST_CHECK Status compile_case(Compiler *compiler, const Expr *expr, int32_t *ret_result);
MUST_CHECK Status compile_coalesce(Compiler *compiler, const Expr *expr, int32_t *ret_result);
MUST_CHECK Status compile_null_if(Compiler *compiler, const Expr *expr, int32_t *ret_result);
MUST_CHECK Status compile_try(Compiler *compiler, const Expr *expr, int32_t *ret_result);
MUST_CHECK Status emit_comparison(Compiler *compiler, Comparison comparison, const Type *type,
                                  int32_t left, int32_t right, int32_t *ret_result);
MUST_CHECK Status emit_cast(Compiler *compiler, int32_t value, const Type *from, const Type *to,
                            int32_t *ret_result);
