/* INSERT, CREATE TABLE AS, DELETE, UPDATE, MERGE. */
#pragma once

#include "analyze/query_block.h"

MUST_CHECK Status analyze_dml(Analyzer *an, const Node *statement, PlanNode **ret_plan);
MUST_CHECK Status analyze_insert(Analyzer *an, const Insert *node, PlanNode **ret_plan);
MUST_CHECK Status analyze_create_as(Analyzer *an, const CreateTableAsSelect *node,
                                    PlanNode **ret_plan);
MUST_CHECK Status analyze_delete(Analyzer *an, const Delete *node, PlanNode **ret_plan);
MUST_CHECK Status analyze_update(Analyzer *an, const Update *node, PlanNode **ret_plan);
MUST_CHECK Status analyze_merge(Analyzer *an, const Merge *node, PlanNode **ret_plan);

/* A value stored in a column: cast, with Trino's refusal to cut characters. */
const Expr *store_value(Analyzer *an, const Expr *value, const Type *type);
/* ... and refused when it is NULL and the column may not be. */
const Expr *store_column(Analyzer *an, const Expr *value, const ConnectorColumn *column);
/* The single bigint column of a statement that changes rows, as output. */
PlanNode *plan_row_count(Analyzer *an, PlanNode *writer);
