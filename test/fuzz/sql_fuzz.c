/*
 * Any bytes as a statement, an expression, a type and a path: the parser gives a tree or an error,
 * and never anything else. A tree's text, as the formatter lays it out, parses to a tree that has
 * the same text.
 */
#include <assert.h>
#include <string.h>

#include "sql/formatter.h"
#include "sql/parser.h"
#include "warren/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_format(Context *context, const Node *statement) {
    const char *text = format_statement(context->arena, statement);
    Node *again = NULL;
    if (parse_statement(context, text, strlen(text), &again) == OK) {
        assert(strcmp(format_statement(context->arena, again), text) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *arena = arena_create(NULL);
    Context context = {.arena = arena};
    Node *node = NULL;
    PathSpecification *path = NULL;
    const char *text = (const char *)data;
    if (parse_statement(&context, text, size, &node) == OK) {
        assert(node != NULL);
        check_format(&context, node);
    } else {
        assert(context.error.message != NULL);
    }
    if (parse_expression(&context, text, size, &node) == OK) {
        assert(node != NULL);
    }
    if (parse_type(&context, text, size, &node) == OK) {
        assert(node != NULL);
    }
    if (parse_path(&context, text, size, &path) == OK) {
        assert(path != NULL);
    }
    arena_free(arena);
    return 0;
}
