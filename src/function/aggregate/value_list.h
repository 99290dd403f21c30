/*
 * What the state of a group keeps of its input: one value (KeptValue), a growing list of them
 * (ValueList), or a set with numbered members (ValueSet), of any type. All are plain bytes that may
 * be moved; what they point to lies in the arena. A list, once copied from, is never written to by
 * whoever copied it, so that states can be combined more than once.
 */
#pragma once

#include "function/function.h"

/* ---- one value ---- */

typedef struct KeptValue {
    union {
        StringView string;
        char bytes[16]; /* of a value of fixed width */
    };
    union {
        char *memory;   /* of a string that is not inline; used again while it is large enough */
        Vector *vector; /* a nested value: a vector of it */
    };
    uint32_t capacity; /* of memory; 1 for a vector of its own; 0: shared with another state */
    bool present, is_null;
} KeptValue;

void kept_value_set(Arena *arena, KeptValue *kept, const Vector *source, int32_t row);
/* The same value; the memory stays the source's. */
void kept_value_share(KeptValue *kept, const KeptValue *source);
/* Onto `row` of a writable vector; an absent value is NULL. */
void kept_value_write(const KeptValue *kept, Vector *result, int32_t row);
/* The value as a vector to read: `scratch` of the type, or the value's own. Not NULL. */
const Vector *kept_value_vector(const KeptValue *kept, const Type *type, Vector *scratch);

/* ---- lists ---- */

typedef struct ValueList {
    union {
        char *slots;    /* of the type's width; strings' bytes are elsewhere in the arena */
        Vector *vector; /* of nested values */
    };
    uint64_t *nulls; /* NULL: none; unused with vectors */
    int32_t count, capacity;
} ValueList;

void value_list_append(Arena *arena, ValueList *list, const Vector *source, int32_t row);
/* Row rows[i] (i when NULL) of the source to the list at states[i] + offset. */
void value_lists_append(Arena *arena, StateRows states, int32_t offset, const Vector *source,
                        const int32_t *rows, int32_t count);
/* Appends all of `source`, whose values are of `type`. */
void value_list_extend(Arena *arena, const Type *type, ValueList *list, const ValueList *source);
/* The list as a vector to read: `scratch`, or the list's own. */
const Vector *value_list_vector(const ValueList *list, const Type *type, Vector *scratch);
/* Appends the list's values to a writable vector, those at `members` (all when NULL). */
void value_list_write(const ValueList *list, const int32_t *members, int32_t count, Vector *target);

/* ---- sets ---- */

typedef struct ValueSet {
    ValueList members; /* without NULL */
    uint64_t *hashes;  /* of the members */
    int32_t *slots;    /* member + 1, 0 where free; NULL while there are few */
    int32_t hash_capacity, slot_count;
} ValueSet;

/* The number of the value among the members; it is added when it is new. `hash` is vector_hash's.
 */
int32_t value_set_add(Arena *arena, ValueSet *set, const Vector *source, int32_t row, uint64_t hash,
                      bool *ret_is_new);
