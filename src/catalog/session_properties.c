/* The table of session properties and look-ups in it. */
#include "catalog/session_properties.h"

#include <stdlib.h>
#include <string.h>

static const SessionPropertyDefinition definitions[] = {
#define SESSION_PROPERTY(name, type, default_value, hidden) {name, type, default_value, "", hidden},
#include "catalog/session_properties.def"
#undef SESSION_PROPERTY
};

const SessionPropertyDefinition *session_property_definitions(int32_t *ret_count) {
    *ret_count = (int32_t)(sizeof definitions / sizeof definitions[0]);
    return definitions;
}

const SessionPropertyDefinition *session_property_find(const char *name) {
    for (size_t i = 0; i < sizeof definitions / sizeof definitions[0]; i++) {
        if (strcmp(definitions[i].name, name) == 0) {
            return &definitions[i];
        }
    }
    return NULL;
}

const char *session_property_text(const Session *session, const char *name) {
    for (int32_t i = 0; session != NULL && i < session->property_count; i++) {
        if (strcmp(session->properties[i].name, name) == 0) {
            return session->properties[i].value;
        }
    }
    return NULL;
}

int64_t session_property_integer(const Session *session, const char *name) {
    const char *text = session_property_text(session, name);
    const SessionPropertyDefinition *definition = session_property_find(name);
    if (text == NULL && definition != NULL) {
        text = definition->default_value;
    }
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}
