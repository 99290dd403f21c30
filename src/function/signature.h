/*
 * Signatures: the text of a function's declaration parsed into patterns, and their binding to
 * argument types by Trino's rules (operators-and-coercions.md, section 2). A parsed signature is
 * immutable. Notation, beyond function.h's:
 *     "<K:comparable,V>(map(K,V)) -> array(K)"                  constraints, in the order messages
 * list them
 *     "<rp=p - s + min(s, 1)>(decimal(p,s)) -> decimal(rp,0)"   named formulas, as SHOW FUNCTIONS
 * prints the result
 */
#pragma once

#include "function/function.h"

enum { SIGNATURE_VARIABLES_MAX = 12 };

typedef enum PatternKind {
    PATTERN_CONCRETE, /* type */
    PATTERN_VARIABLE, /* type variable number `variable` */
    PATTERN_LITERAL,  /* kind with formulas for length, precision, scale */
    PATTERN_NESTED,   /* kind with children: array, map, row, qdigest */
    PATTERN_FUNCTION, /* children: parameters, then the result */
} PatternKind;

typedef enum FormulaKind {
    FORMULA_NUMBER,
    FORMULA_VARIABLE,
    FORMULA_ADD,
    FORMULA_SUBTRACT,
    FORMULA_MULTIPLY,
    FORMULA_DIVIDE,
    FORMULA_MIN,
    FORMULA_MAX,
} FormulaKind;

typedef struct Formula {
    FormulaKind kind;
    int64_t number; /* FORMULA_NUMBER: its value; FORMULA_VARIABLE: which */
    const struct Formula *left, *right;
} Formula;

typedef struct TypePattern {
    PatternKind kind;
    TypeKind type_kind;
    const Type *type;
    int32_t variable;
    int32_t child_count; /* children or formulas */
    const struct TypePattern *const *children;
    const Formula *formulas[2];
    const char *const *field_names;
    uint32_t type_variables, literal_variables; /* bit sets of what it mentions */
} TypePattern;

typedef struct Signature {
    int32_t type_variable_count;
    const char *type_variables[SIGNATURE_VARIABLES_MAX];
    bool comparable[SIGNATURE_VARIABLES_MAX], orderable[SIGNATURE_VARIABLES_MAX];
    int32_t literal_count;
    const char *literals[SIGNATURE_VARIABLES_MAX];
    const Formula *calculations[SIGNATURE_VARIABLES_MAX]; /* NULL: bound by the arguments */
    int32_t argument_count;
    const TypePattern *const *arguments;
    const TypePattern *result;
    bool variadic;
    const char *arguments_text, *constraints_text, *result_text;
} Signature;

/* Parses a declaration; a malformed one is a programmer's error and aborts with its text. */
const Signature *signature_parse(Arena *arena, const char *text);

/* The arguments of a call: types, NULL where there is a lambda. `typer` NULL: no lambdas can be
 * typed. */
typedef struct CallTypes {
    int32_t count;
    const Type *const *types;
    LambdaTyper typer;
    void *closure;
} CallTypes;

typedef struct BoundSignature {
    const Type **arguments;
    const Type *result; /* NULL: its parameters are impossible, signature_result says why */
} BoundSignature;

/* Whether the signature accepts the call; if so *ret_bound (in cx->arena) when ret_bound is not
 * NULL. */
MUST_CHECK Status signature_bind(Context *cx, const Signature *signature, const CallTypes *call,
                                 bool allow_coercion, bool *ret_applicable,
                                 BoundSignature *ret_bound);
/* The result type for a call that the signature accepts. */
MUST_CHECK Status signature_result(Context *cx, const Signature *signature, const CallTypes *call,
                                   const Type **ret_result);
/* The type that text names, with variables taken from the binding of `signature` to exactly these
 * arguments. */
MUST_CHECK Status signature_type(Context *cx, const char *signature_text, const char *type_text,
                                 int32_t argument_count, const Type *const *argument_types,
                                 const Type **ret_type);
