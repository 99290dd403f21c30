/*
 * Syntax tree to SQL text, in the exact layout of Trino's formatter: what PREPARE hands to clients,
 * what is stored for views and shown by SHOW CREATE. Parsing the text gives the same tree, but that
 * decimal literals come back as DECIMAL '...'.
 */
#pragma once

#include "ast.h"

/*
 * NUL-terminated, in `arena`; of function specifications too. Queries end with the line ends that
 * Trino's do.
 */
const char *format_statement(Arena *arena, const Node *statement);
const char *format_expression(Arena *arena, const Node *expression);
const char *format_type(Arena *arena, const Node *type);
/* A name as it was spelled, "quoted" where it was or must be, dots between. */
const char *format_qualified_name(Arena *arena, const QualifiedName *name);
