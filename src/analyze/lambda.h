/* Calls with lambda arguments: choosing the overload while the lambdas' bodies are typed. */
#pragma once

#include "analyze/query_block.h"

bool has_lambda(const NodeList *arguments);
/* Chooses the overload; `arguments` has the analyzed ones, entries of lambdas are filled in with
 * EXPR_LAMBDA. */
MUST_CHECK Status resolve_with_lambdas(const ExpressionContext *context, const FunctionCall *node,
                                       const char *name, unsigned kinds, const Expr **arguments,
                                       ResolvedFunction **ret_function);
