/*
 * The SQL/JSON functions as the analyzer calls them: hidden functions whose clauses are digested
 * into arguments.
 *
 *   "$json_exists" (input, path, parameters, on_error) -> boolean
 *   "$json_value"  (input, path, parameters, on_empty, empty_default, on_error, error_default) ->
 * the type of the defaults
 *   "$json_query"  (input, path, parameters, wrapper, quotes, on_empty, on_error) -> varchar
 *   "$json_object" (members, null_on_null, unique_keys) -> varchar
 *   "$json_array"  (elements, null_on_null) -> varchar
 *
 * input       varchar, char (JSON text), varbinary (JSON text in the format's encoding: UTF-8) or
 * json path        varchar constant: the path's text parameters  a row with one named field for
 * each PASSING argument (a value of a SQL type; with FORMAT JSON or a json value, type json); NULL
 * of type unknown when there are none on_error, on_empty, wrapper, quotes   bigint constants: the
 * enums below, which are those of sql/ast.h
 * *_default   values of the returned type; NULL of that type when the clause has none
 * members     a row (key1, value1, key2, value2, ...); keys are varchar; values as parameters
 * elements    a row (value1, ...)
 * null_on_null, unique_keys   boolean constants
 * A RETURNING clause of $json_query, $json_object and $json_array is a cast around the call.
 */
#pragma once

#include "warren/status.h"

enum JsonExistsOnError {
    JSON_EXISTS_IS_FALSE,
    JSON_EXISTS_IS_TRUE,
    JSON_EXISTS_IS_UNKNOWN,
    JSON_EXISTS_FAILS
};
enum JsonValueBehavior { JSON_VALUE_IS_NULL, JSON_VALUE_FAILS, JSON_VALUE_IS_DEFAULT };
enum JsonQueryBehavior {
    JSON_QUERY_IS_NULL,
    JSON_QUERY_FAILS,
    JSON_QUERY_IS_ARRAY,
    JSON_QUERY_IS_OBJECT
};
enum JsonWrapper { JSON_IS_NOT_WRAPPED, JSON_IS_WRAPPED_IF_NEEDED, JSON_IS_WRAPPED };
enum JsonQuotes { JSON_QUOTES_BY_DEFAULT, JSON_QUOTES_KEPT, JSON_QUOTES_OMITTED };

/*
 * Checks a path at analysis: fails with SYNTAX_ERROR or NOT_SUPPORTED at the position of what is
 * wrong, given that of the path's text (the first character after the quote), or with INVALID_PATH
 * when a variable has no parameter.
 */
MUST_CHECK Status json_path_check(Context *cx, const char *path, size_t size, int32_t line,
                                  int32_t column, int32_t parameter_count,
                                  const char *const *parameter_names);
