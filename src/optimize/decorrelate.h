/* What decorrelate.c needs of its neighbours: the general way, quantified comparisons, failing
 * expressions. */
#pragma once

#include "optimize/rewrite.h"

/*
 * The subquery for every distinct combination of the outer values it uses: a plan without
 * correlation, with columns for those values, and in *conditions the (null-safe) equalities that
 * join it to `left`. NULL: not for this shape.
 */
PlanNode *dependent_subquery(Optimizer *o, PlanNode *left, PlanNode *subquery,
                             ExprList *conditions);
/* left joined with its dependent subquery on `filter` (NULL: none). */
PlanNode *dependent_join(Optimizer *o, PlanNode *left, PlanNode *subquery, JoinKind kind,
                         const Expr *filter);

/* value op ANY/ALL (subquery) as a comparison with the subquery's minimum, maximum and counts: a
   Project over a CorrelatedJoin. */
PlanNode *quantified_as_aggregation(Optimizer *o, const ApplyNode *node);

/* Whether the aggregate over no rows is 0, not NULL. */
bool aggregate_counts(const Aggregate *aggregate);

/* Exactly one row, whatever the input. */
bool gives_one_row(const PlanNode *node);

/* An expression of the type that always fails with the code and message. */
const Expr *make_failure(Optimizer *o, ErrorCode code, const char *message, const Type *type);
