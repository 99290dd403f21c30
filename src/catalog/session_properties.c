/* The table of session properties and look-ups in it. */
#include "catalog/session_properties.h"

#include <stdlib.h>
#include <string.h>

#include "base/quantity.h"
#include "warren/memory.h"

static const SessionPropertyDefinition definitions[] = {
#define SESSION_PROPERTY(name, type, default_value, hidden)                                        \
    {name, type, default_value, hidden, NULL},
#define DATA_SIZE_PROPERTY(name, default_value, hidden)                                            \
    {name, "varchar", default_value, hidden, data_size_parse},
#define DURATION_PROPERTY(name, default_value, hidden)                                             \
    {name, "varchar", default_value, hidden, duration_parse},
#include "catalog/session_properties.def"
#undef SESSION_PROPERTY
#undef DATA_SIZE_PROPERTY
#undef DURATION_PROPERTY
};

const SessionPropertyDefinition *session_property_definitions(int32_t *ret_count) {
    *ret_count = (int32_t)(sizeof definitions / sizeof definitions[0]);
    return definitions;
}

const char *session_property_description(const char *name) {
    static const struct {
        const char *name, *description;
    } descriptions[] = {
        {"query_max_run_time", "Maximum run time of a query (includes the queueing time)"},
        {"query_max_execution_time", "Maximum execution time of a query"},
        {"query_max_planning_time", "Maximum planning time of a query"},
        {"query_max_memory", "Maximum amount of distributed memory a query can use"},
        {"join_distribution_type", "Join distribution type"},
        {"join_reordering_strategy", "Join reordering strategy"},
        {"max_recursion_depth", "Maximum recursion depth for recursive common table expression"},
        {"query_priority", "The priority of queries. Larger numbers are higher priority"},
        {"time_zone_id", "Time zone id for the current session"},
    };
    for (size_t i = 0; i < sizeof descriptions / sizeof descriptions[0]; i++) {
        if (strcmp(descriptions[i].name, name) == 0) {
            return descriptions[i].description;
        }
    }
    return "";
}

const SessionPropertyDefinition *session_property_find(const char *name) {
    for (size_t i = 0; i < sizeof definitions / sizeof definitions[0]; i++) {
        if (strcmp(definitions[i].name, name) == 0) {
            return &definitions[i];
        }
    }
    return NULL;
}

const char *session_property_fault(Arena *arena, const SessionPropertyDefinition *definition,
                                   const char *text) {
    int64_t quantity;
    if (definition->parse == NULL || definition->parse(text, &quantity)) {
        return NULL;
    }
    return arena_printf(arena,
                        definition->parse == data_size_parse
                            ? "size is not a valid data size string: %s"
                            : "duration is not a valid data duration string: %s",
                        text);
}

const char *session_property_text(const Session *session, const char *name) {
    for (int32_t i = 0; session != NULL && i < session->property_count; i++) {
        if (strcmp(session->properties[i].name, name) == 0) {
            return session->properties[i].value;
        }
    }
    return NULL;
}

bool session_property_quantity(const Session *session, const char *name, int64_t *ret_value) {
    const char *text = session_property_text(session, name);
    const SessionPropertyDefinition *definition = session_property_find(name);
    return text != NULL && definition->parse(text, ret_value);
}
