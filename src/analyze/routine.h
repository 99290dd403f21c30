/*
 * SQL routines as the analyzer makes them and a kernel runs them: typed expressions over variables,
 * in a tree of control statements. A Routine is immutable once analyzed, lives in the query's arena
 * and is shared by threads.
 */
#pragma once

#include "expr/program.h"

typedef enum RoutineKind {
    ROUTINE_SET,     /* variable := value */
    ROUTINE_RETURN,  /* value */
    ROUTINE_BLOCK,   /* children in order */
    ROUTINE_IF,      /* value: condition; children[0] then, children[1] else */
    ROUTINE_LOOP,    /* children[0] for ever */
    ROUTINE_WHILE,   /* while value: children[0] */
    ROUTINE_REPEAT,  /* children[0] until value */
    ROUTINE_LEAVE,   /* the loop of the label */
    ROUTINE_ITERATE, /* the loop of the label */
} RoutineKind;

/* An expression over some of the routine's variables, compiled. */
typedef struct RoutineValue {
    const Expr *expr;
    Program *program;
    int32_t input_count;
    int32_t *inputs; /* variables, in the order of the program's inputs */
} RoutineValue;

typedef struct RoutineStatement {
    RoutineKind kind;
    int32_t variable; /* SET */
    RoutineValue value;
    int32_t label; /* loops, LEAVE, ITERATE: number of the loop */
    int32_t child_count;
    struct RoutineStatement **children;
} RoutineStatement;

typedef struct Routine {
    int32_t parameter_count; /* the first variables are the parameters */
    int32_t variable_count;
    const Symbol **variables;
    RoutineStatement *body;
} Routine;

/* The kernel of a function whose ScalarFunction.data is a Routine; called with NULLs. */
Status routine_kernel(KernelCall *call);
