/*
 * Any bytes as a statement, an expression, a type and a path: the parser gives a tree or an error,
 * and never anything else. A tree that came from text of sane size is the only success.
 */
#include <assert.h>

#include "sql/parser.h"
#include "warren/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *arena = arena_create(NULL);
    Context context = {.arena = arena};
    Node *node = NULL;
    PathSpecification *path = NULL;
    const char *text = (const char *)data;
    if (parse_statement(&context, text, size, &node) == OK) {
        assert(node != NULL);
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
