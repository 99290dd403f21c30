/*
 * Any bytes as a .properties file: entries with name and value, or an error that names the line.
 */
#include <assert.h>

#include "base/properties.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *arena = arena_create(NULL);
    Context context = {.arena = arena};
    Properties properties = {0};
    if (properties_parse(&context, "fuzz.properties", (const char *)data, size, &properties) ==
        OK) {
        for (int32_t i = 0; i < properties.count; i++) {
            assert(properties.items[i].name != NULL && properties.items[i].value != NULL);
        }
    }
    arena_free(arena);
    return 0;
}
