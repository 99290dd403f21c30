/* Plan nodes as EXPLAIN writes them (spec/explain.md); shared by its text and JSON forms. */
#pragma once

#include "base/buffer.h"
#include "optimize/rewrite.h"

const char *plan_text_name(const PlanNode *node); /* "InnerJoin" */
void plan_text_descriptor(Optimizer *o, const PlanNode *node,
                          ByteString *out); /* "key = value, key = value" */
int32_t plan_text_details(Optimizer *o, const PlanNode *node, const char ***ret_lines);
double plan_text_rows(Optimizer *o, const PlanNode *node); /* NAN: unknown */
double plan_text_bytes(Optimizer *o, const PlanNode *node);
void plan_text_symbols(const SymbolList *symbols, ByteString *out); /* "[a, b]" */
/* The whole tree, a line each; `extra` may add one line to a node. */
void plan_text_tree(Optimizer *o, const PlanNode *node, const char *indent,
                    const char *(*extra)(void *closure, const PlanNode *node), void *closure,
                    ByteString *out);
