/*
 * Expressions, form by form. Each function gives the typed expression of one kind of node;
 * analyze_expression chooses. Errors carry the positions and words of Trino. Results live in the
 * query's arena.
 */
#pragma once

#include "analyze/query_block.h"

/* Gives the expression the position of a node; the same expression. */
const Expr *at_node(Expr *expr, const Node *node);
/* `TYPE_MISMATCH: {what} must evaluate to a boolean (actual: {type})` unless it does; NULL becomes
 * a boolean. */
MUST_CHECK Status require_boolean(Analyzer *an, const Node *node, const char *what,
                                  const Expr **expr);
/* Casts expressions to their common super type, or fails as `{what} must be the same type or
 * coercible ...`. */
MUST_CHECK Status coerce_to_common(Analyzer *an, const char *what, int32_t count,
                                   const Node *const *nodes, const Expr **exprs,
                                   const Type **ret_type);
/* A constant expression: columns are EXPRESSION_NOT_CONSTANT, "{what} cannot contain column
 * references". */
MUST_CHECK Status analyze_without_columns(Analyzer *an, const Node *node, const char *what,
                                          const Expr **ret_expr);
/* A scalar function applied to expressions, which are cast to what it takes. */
MUST_CHECK Status call_function(Analyzer *an, const char *name, int32_t count,
                                const Expr *const *arguments, const Node *node,
                                const Expr **ret_expr);
/* Comparison of two expressions at their common super type; "Cannot apply operator: A = B" at the
 * node. */
MUST_CHECK Status compare(Analyzer *an, Comparison comparison, const Expr *left, const Expr *right,
                          const Node *node, const Expr **ret_expr);
const char *comparison_symbol(Comparison comparison);
Comparison comparison_of(ComparisonOperator operator);

/* literal.c */
MUST_CHECK Status analyze_literal(Analyzer *an, const Node *node, const Expr **ret_expr);
const Expr *varchar_constant(Analyzer *an, const char *bytes,
                             size_t size); /* varchar(n), n its code points */
const Expr *integer_constant(Analyzer *an, int32_t value);
const Expr *unbounded_varchar_constant(Analyzer *an, const char *text); /* NULL text: NULL */

/* expression_special.c, expression_row.c, expression_time.c, json_expression.c */
MUST_CHECK Status analyze_simple_case(const ExpressionContext *context,
                                      const SimpleCaseExpression *node, const Expr **ret_expr);
MUST_CHECK Status analyze_searched_case(const ExpressionContext *context,
                                        const SearchedCaseExpression *node, const Expr **ret_expr);
MUST_CHECK Status analyze_if(const ExpressionContext *context, const IfExpression *node,
                             const Expr **ret_expr);
MUST_CHECK Status analyze_coalesce(const ExpressionContext *context, const CoalesceExpression *node,
                                   const Expr **ret_expr);
MUST_CHECK Status analyze_nullif(const ExpressionContext *context, const NullIfExpression *node,
                                 const Expr **ret_expr);
MUST_CHECK Status analyze_try(const ExpressionContext *context, const TryExpression *node,
                              const Expr **ret_expr);
MUST_CHECK Status analyze_cast(const ExpressionContext *context, const Cast *node,
                               const Expr **ret_expr);
MUST_CHECK Status analyze_like(const ExpressionContext *context, const LikePredicate *node,
                               const Expr **ret_expr);
MUST_CHECK Status analyze_subscript(const ExpressionContext *context,
                                    const SubscriptExpression *node, const Expr **ret_expr);
MUST_CHECK Status analyze_dereference(const ExpressionContext *context,
                                      const DereferenceExpression *node, const Expr **ret_expr);
MUST_CHECK Status analyze_identifier(const ExpressionContext *context, const Identifier *node,
                                     const Expr **ret_expr);
MUST_CHECK Status analyze_row(const ExpressionContext *context, const RowConstructor *node,
                              const Expr **ret_expr);
MUST_CHECK Status analyze_array(const ExpressionContext *context, const ArrayConstructor *node,
                                const Expr **ret_expr);
MUST_CHECK Status analyze_extract(const ExpressionContext *context, const Extract *node,
                                  const Expr **ret_expr);
MUST_CHECK Status analyze_at_time_zone(const ExpressionContext *context, const AtTimeZone *node,
                                       const Expr **ret_expr);
MUST_CHECK Status analyze_trim(const ExpressionContext *context, const Trim *node,
                               const Expr **ret_expr);
MUST_CHECK Status analyze_format(const ExpressionContext *context, const Format *node,
                                 const Expr **ret_expr);
MUST_CHECK Status analyze_current(Analyzer *an, const Node *node, const Expr **ret_expr);
MUST_CHECK Status analyze_json(const ExpressionContext *context, const Node *node,
                               const Expr **ret_expr);

/* function_call.c */
MUST_CHECK Status analyze_function_call(const ExpressionContext *context, const FunctionCall *node,
                                        const Expr **ret_expr);
MUST_CHECK Status analyze_grouping(const ExpressionContext *context, const GroupingOperation *node,
                                   const Expr **ret_expr);

/* A field of a row expression. */
const Expr *row_field(Analyzer *an, const Expr *row, int32_t index);
