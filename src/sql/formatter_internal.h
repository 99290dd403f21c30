/*
 * What the files of the formatter share: the text under construction and the functions that add to
 * it. `indent` counts levels of three spaces.
 */
#pragma once

#include "ast.h"

typedef struct Formatter {
    Arena *arena;
    char *text;
    size_t size;
    size_t capacity;
} Formatter;

void put_bytes(Formatter *f, const char *bytes, size_t size);
void put(Formatter *f, const char *text);
void put_indent(Formatter *f, int indent);
/* put_indent, then put */
void put_line(Formatter *f, int indent, const char *text);
void put_string(Formatter *f, const char *value, size_t size); /* 'quoted' */
void put_literal(Formatter *f, const StringLiteral *literal);
void put_identifier(Formatter *f, const Identifier *identifier);
void put_name(Formatter *f, const QualifiedName *name);
/* Each item by put_expression, ", " between. */
void put_expressions(Formatter *f, const NodeList *list);
void put_separated(Formatter *f, const NodeList *list, const char *separator);

void put_expression(Formatter *f, const Node *node); /* types too */
void put_json_expression(Formatter *f, const Node *node);
void put_json_path_invocation(Formatter *f, const JsonPathInvocation *invocation);
void put_json_column(Formatter *f, const Node *node);
void put_json_plan(Formatter *f, const Node *node);
void put_row_pattern(Formatter *f, const Node *node);
void put_window(Formatter *f, const Node *window);
void put_sort_items(Formatter *f, const OrderBy *order_by); /* ORDER BY a ASC, b DESC */
void put_skip_to(Formatter *f, const SkipTo *skip_to);
void put_measure(Formatter *f, const Node *node);
void put_subset(Formatter *f, const Node *node);
void put_variable_definition(Formatter *f, const Node *node);
const char *search_mode_word(PatternSearchMode mode);

void put_query(Formatter *f, const Query *query, int indent);
void put_relation(Formatter *f, const Node *node, int indent);
/* As the source of MERGE or a side of a set operation: a bare table gets TABLE before it. */
void put_query_body(Formatter *f, const Node *node, int indent);
void put_column_aliases(Formatter *f, const NodeList *columns); /* " (a, b)", or nothing */

void put_statement(Formatter *f, const Node *node, int indent);
bool put_access_statement(Formatter *f, const Node *node); /* false: not one of these */
bool put_table_statement(Formatter *f, const Node *node, int indent);
bool put_session_statement(Formatter *f, const Node *node);
void put_properties_lines(Formatter *f, const NodeList *properties); /* WITH (...) over lines */
void put_property(Formatter *f, const Node *node);
void put_principal(Formatter *f, const Principal *principal);
void put_comment(Formatter *f, const char *before, const StringLiteral *comment);
void put_parameters(Formatter *f, const NodeList *parameters);
void put_function_specification(Formatter *f, const FunctionSpecification *function, int indent);
