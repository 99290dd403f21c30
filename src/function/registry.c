/*
 * Collects the families' tables into one array sorted by name, so that a lookup is a binary search
 * and SHOW FUNCTIONS a walk. Signatures are parsed here, once, into an arena that lives as long as
 * the process.
 */
#include "function/registry.h"

#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#define SCALARS(table) extern const ScalarFunction table[];
#define AGGREGATES(table) extern const AggregateFunction table[];
#define WINDOWS(table) extern const WindowFunction table[];
#include "function/families.def"
#undef SCALARS
#undef AGGREGATES
#undef WINDOWS

static const FunctionFamily families[] = {
#define SCALARS(table) {.scalars = (table)},
#define AGGREGATES(table) {.aggregates = (table)},
#define WINDOWS(table) {.windows = (table)},
#include "function/families.def"
#undef SCALARS
#undef AGGREGATES
#undef WINDOWS
};

static struct {
    pthread_once_t once;
    Arena *arena;
    FunctionEntry *entries;
    int32_t count, capacity;
} registry = {.once = PTHREAD_ONCE_INIT};

static FunctionEntry *add_entry(FunctionKind kind, const char *name, const char *signature,
                                unsigned flags, const char *description) {
    if (registry.count == registry.capacity) {
        int32_t capacity = registry.capacity == 0 ? 1024 : registry.capacity * 2;
        FunctionEntry *grown = arena_new_array(registry.arena, FunctionEntry, capacity);
        if (registry.count > 0) {
            memcpy(grown, registry.entries, sizeof *grown * (size_t)registry.count);
        }
        registry.entries = grown;
        registry.capacity = capacity;
    }
    FunctionEntry *entry = &registry.entries[registry.count];
    entry->kind = kind;
    entry->position = registry.count++;
    entry->name = name;
    entry->flags = flags;
    entry->description = description != NULL ? description : "";
    entry->signature = signature_parse(registry.arena, signature);
    return entry;
}

static void add_family(const FunctionFamily *family) {
    for (const ScalarFunction *f = family->scalars; f != NULL && f->name != NULL; f++) {
        add_entry(FUNCTION_SCALAR, f->name, f->signature, f->flags, f->description)->scalar = f;
    }
    for (const AggregateFunction *f = family->aggregates; f != NULL && f->name != NULL; f++) {
        FunctionEntry *entry =
            add_entry(FUNCTION_AGGREGATE, f->name, f->signature, f->flags, f->description);
        entry->aggregate = f;
    }
    for (const WindowFunction *f = family->windows; f != NULL && f->name != NULL; f++) {
        add_entry(FUNCTION_WINDOW, f->name, f->signature, f->flags, f->description)->window = f;
    }
}

static int compare_entries(const void *a, const void *b) {
    const FunctionEntry *left = a, *right = b;
    int order = strcasecmp(left->name, right->name);
    return order != 0 ? order
                      : (left->position > right->position) - (left->position < right->position);
}

static void build_registry(void) {
    registry.arena = arena_create(NULL);
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        add_family(&families[i]);
    }
    qsort(registry.entries, (size_t)registry.count, sizeof *registry.entries, compare_entries);
}

const FunctionEntry *registry_find(const char *name, int32_t *ret_count) {
    pthread_once(&registry.once, build_registry);
    int32_t low = 0, high = registry.count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (strcasecmp(registry.entries[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    int32_t end = low;
    while (end < registry.count && strcasecmp(registry.entries[end].name, name) == 0) {
        end++;
    }
    *ret_count = end - low;
    return registry.entries + low;
}

bool function_exists(const char *name, unsigned kinds) {
    int32_t count;
    const FunctionEntry *entries = registry_find(name, &count);
    for (int32_t i = 0; i < count; i++) {
        if (kinds >> entries[i].kind & 1) {
            return true;
        }
    }
    return false;
}

void function_list(void (*visit)(void *closure, const FunctionDescription *description),
                   void *closure) {
    static const char *const kinds[] = {"scalar", "aggregate", "window", "table"};
    pthread_once(&registry.once, build_registry);
    for (int32_t i = 0; i < registry.count; i++) {
        const FunctionEntry *entry = &registry.entries[i];
        if (entry->flags & FUNCTION_HIDDEN) {
            continue;
        }
        FunctionDescription description = {
            .name = entry->name,
            .return_type = entry->signature->result_text,
            .argument_types = entry->signature->arguments_text,
            .kind = kinds[entry->kind],
            .description = entry->description,
            .deterministic = (entry->flags & FUNCTION_NONDETERMINISTIC) == 0,
        };
        visit(closure, &description);
    }
}
