/* The check of JSON paths, apart because its header and the syntax tree give enums the same names.
 */
#include "function/scalar/json_2016.h"

Status check_json_path(Context *cx, const char *path, size_t size, int32_t line, int32_t column,
                       int32_t parameter_count, const char *const *parameter_names);

Status check_json_path(Context *cx, const char *path, size_t size, int32_t line, int32_t column,
                       int32_t parameter_count, const char *const *parameter_names) {
    return json_path_check(cx, path, size, line, column, parameter_count, parameter_names);
}
