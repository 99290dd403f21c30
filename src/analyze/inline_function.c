/*
 * SQL routines called by inlining. A routine is RETURN of one expression; its parameters become the
 * call's arguments.
 */
#include "analyze/inline_function.h"

#include "analyze/expression.h"

Status analyze_inline_functions(Analyzer *an, const NodeList *specifications) {
    if (specifications->count > 0) {
        return FAIL_NODE(an, NOT_SUPPORTED, specifications->items[0],
                         "WITH FUNCTION is not supported");
    }
    return OK;
}

Status analyze_inline_call(const ExpressionContext *context, const FunctionCall *node,
                           const char *name, bool *ret_is_inline, const Expr **ret_expr) {
    *ret_is_inline = false;
    return OK;
}
