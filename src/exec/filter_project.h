/* The operator of Filter and Project nodes; other build functions append it too. */
#pragma once

#include "exec/pipeline_builder.h"

/* Appends rows where predicate is TRUE (NULL: all), as outputs[i] = expressions[i] (NULL: the
 * layout as it is). */
MUST_CHECK Status filter_project_append(Builder *builder, Stream *stream, int32_t node_id,
                                        const Expr *predicate, const SymbolList *outputs,
                                        const Expr *const *expressions);
