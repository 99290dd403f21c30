/*
 * SQL routines: WITH FUNCTION of the query, and stored ones. A call is replaced by the routine's
 * expression.
 */
#pragma once

#include "analyze/query_block.h"

struct InlineFunction {
    const InlineFunction *next;
    const FunctionSpecification *node;
    const char *name;
    int32_t parameter_count;
    const char **parameter_names;
    const Type **parameter_types;
    const Type *return_type;
};

/* Checks the functions of WITH FUNCTION and makes them callable in `an`. */
MUST_CHECK Status analyze_inline_functions(Analyzer *an, const NodeList *specifications);
/* If the name is a routine's, the call as an expression. */
MUST_CHECK Status analyze_inline_call(const ExpressionContext *context, const FunctionCall *node,
                                      const char *name, bool *ret_is_inline, const Expr **ret_expr);
