/*
 * Text to syntax tree: the whole statement grammar of Trino 476.
 *
 * All results live in cx->arena. Failures are SYNTAX_ERROR (and the few other codes Trino's parser
 * raises), with the 1-based position of the offending token and Trino's wording. `text` is UTF-8 of
 * `size` bytes and need not be NUL-terminated; it is not kept. Any text gives a tree or an error in
 * time linear in its size; nesting beyond PARSER_DEPTH_MAX rules, and left-deep chains (a + b + c
 * ...) beyond PARSER_CHAIN_MAX, are refused as too large. AND and OR are flat and have no limit.
 */
#pragma once

#include "ast.h"

enum { PARSER_DEPTH_MAX = 2000, PARSER_CHAIN_MAX = 5000 };

MUST_CHECK Status parse_statement(Context *cx, const char *text, size_t size, Node **ret_statement);
MUST_CHECK Status parse_expression(Context *cx, const char *text, size_t size,
                                   Node **ret_expression);
/* `row(a bigint, b array(varchar(3)))` to GenericDataType, RowDataType, DateTimeDataType or
 * IntervalDataType. */
MUST_CHECK Status parse_type(Context *cx, const char *text, size_t size, Node **ret_type);
/* `catalog.schema, schema2`: the value of SET PATH and X-Trino-Path. */
MUST_CHECK Status parse_path(Context *cx, const char *text, size_t size,
                             PathSpecification **ret_path);
/* FUNCTION f(...) RETURNS ...: the text kept for a stored routine. */
MUST_CHECK Status parse_function_specification(Context *cx, const char *text, size_t size,
                                               FunctionSpecification **ret_function);

/* Is the word (any case) reserved, so that it needs quotes as an identifier? */
bool parser_is_reserved_word(const char *word);
