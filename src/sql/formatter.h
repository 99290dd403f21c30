/*
 * Syntax tree to SQL text, in the exact layout of Trino's formatter: what PREPARE hands to clients, what is stored for
 * views and shown by SHOW CREATE. Parsing the text gives an equal tree.
 */
#pragma once

#include "ast.h"

/* NUL-terminated, in `arena`. Statements end without a newline where Trino's do, so texts compare byte for byte. */
const char *format_statement(Arena *arena, const Node *statement);
const char *format_expression(Arena *arena, const Node *expression);
const char *format_type(Arena *arena, const Node *type);
/* A name as Trino prints it: lower case, "quoted" where it must be, dots between. */
const char *format_qualified_name(Arena *arena, const QualifiedName *name);
