/* The select list: items analyzed, stars expanded, output columns named. */
#pragma once

#include "analyze/query_block.h"

MUST_CHECK Status analyze_select(const ExpressionContext *context, const QuerySpecification *node,
                                 const RelationPlan *from, int32_t *ret_count,
                                 OutputItem **ret_outputs);
