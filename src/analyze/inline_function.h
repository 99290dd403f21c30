/*
 * SQL routines: WITH FUNCTION of the query, and those stored in a catalog. A routine that is one
 * RETURN is replaced by its expression where it is called; others become a function whose kernel
 * runs them (routine.h).
 */
#pragma once

#include "analyze/query_block.h"
#include "analyze/routine.h"

struct InlineFunction {
    const InlineFunction *next;
    const FunctionSpecification *node;
    const char *name; /* as it is called, lower case, dotted when stored */
    int32_t parameter_count;
    const char **parameter_names;
    const Type **parameter_types;
    const Type *return_type;
    bool null_on_null; /* RETURNS NULL ON NULL INPUT */
    bool deterministic;
    bool is_being_analyzed;
    Routine *routine;
    const Expr *value; /* of a routine that is one RETURN; over the parameters' symbols */
    ScalarFunction *scalar;
};

/* Checks the functions of WITH FUNCTION and makes them callable in `an`. */
MUST_CHECK Status analyze_inline_functions(Analyzer *an, const NodeList *specifications);
/* One routine, callable as `name` from then on; also what CREATE FUNCTION checks. */
MUST_CHECK Status analyze_function(Analyzer *an, const FunctionSpecification *node,
                                   const char *name, const InlineFunction **ret_function);
/* If the name is a routine's, the call as an expression. */
MUST_CHECK Status analyze_inline_call(const ExpressionContext *context, const FunctionCall *node,
                                      const char *name, bool *ret_is_inline, const Expr **ret_expr);

/* routine.c: the statements of a routine, into function->routine and ->value. */
MUST_CHECK Status analyze_routine(Analyzer *an, InlineFunction *function);
