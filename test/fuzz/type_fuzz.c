/*
 * Any text as a SQL type. What parses has a signature that parses to the very same type again,
 * since clients send types back as they got them.
 */
#include <assert.h>

#include "type/type_parse.h"
#include "warren/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *arena = arena_create(NULL);
    Context context = {.arena = arena};
    const Type *type = NULL, *again = NULL;
    if (type_parse(&context, arena_strndup(arena, (const char *)data, size), &type) == OK) {
        Status status = type_parse(&context, type->signature, &again);
        assert(status == OK && again == type);
        (void)status;
    }
    arena_free(arena);
    return 0;
}
