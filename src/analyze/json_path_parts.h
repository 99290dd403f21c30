/*
 * Parts of the SQL/JSON functions that JSON_TABLE shares: inputs, PASSING, RETURNING, and the check
 * of a path (whose own header has enums that the syntax tree names too).
 */
#pragma once

#include "analyze/query_block.h"

/* An identifier as SQL/JSON names things: upper case unless quoted. */
const char *canonical_name(Analyzer *an, const Identifier *name);
/* Text, bytes or json that a path reads. */
MUST_CHECK Status json_input(const ExpressionContext *context, const Node *node, JsonFormat format,
                             const Expr **ret_expr);
/* PASSING as one row of named fields (NULL of type unknown when there is none), and the names. */
MUST_CHECK Status json_path_parameters(const ExpressionContext *context,
                                       const JsonPathInvocation *node, const Expr **ret_row,
                                       const char *const **ret_names);
/* JSON text (*expr) as the type of RETURNING; NULL type: as it is. */
MUST_CHECK Status json_returning(const ExpressionContext *context, const Node *node,
                                 const Node *returned_type, JsonFormat format, const Expr **expr);
/* json_path_check of function/scalar/json_2016.h. */
MUST_CHECK Status check_json_path(Context *cx, const char *path, size_t size, int32_t line,
                                  int32_t column, int32_t parameter_count,
                                  const char *const *parameter_names);
