/*
 * Java .properties files: comments (# and !), `=`, `:` or blank separators, escapes, continuation
 * lines.
 *
 * A value may name environment variables as ${ENV:NAME}; an unset one is an error. Every entry
 * keeps the file and line it stood at, so that messages can name them. Strings live in cx->arena.
 */
#pragma once

#include "warren/memory.h"

typedef struct FileProperty {
    const char *name, *value;
    const char *file;
    int32_t line;
} FileProperty;

typedef struct Properties {
    int32_t count;
    FileProperty *items; /* in file order; a repeated name is an error */
} Properties;

MUST_CHECK Status properties_parse(Context *cx, const char *file, const char *text, size_t size,
                                   Properties *ret_properties);
MUST_CHECK Status properties_read_file(Context *cx, const char *path, Properties *ret_properties);
/* NULL when absent. */
const FileProperty *properties_find(const Properties *properties, const char *name);
/* The candidate within a small edit distance of `name`, or NULL. */
const char *nearest_name(const char *name, const char *const *candidates, int32_t count);
