/*
 * The registry: every declared function with its parsed signature, sorted by name. Built once, on
 * first use; immutable and shared by threads ever after. A new family is one line in families.def.
 */
#pragma once

#include "function/signature.h"

typedef struct FunctionEntry {
    FunctionKind kind;
    int32_t position; /* in the order of declaration; candidates are tried and listed in it */
    const char *name;
    unsigned flags;
    const char *description;
    const Signature *signature;
    union {
        const ScalarFunction *scalar;
        const AggregateFunction *aggregate;
        const WindowFunction *window;
    };
} FunctionEntry;

/* All overloads of a name (any case), in order of declaration; *ret_count is 0 when there is none.
 */
const FunctionEntry *registry_find(const char *name, int32_t *ret_count);
