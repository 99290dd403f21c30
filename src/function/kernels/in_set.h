/*
 * `value IN (constants)`: the constants as a set, built once, and the kernel that looks values up.
 * NULL constants make a value that is not found undetermined.
 */
#pragma once

#include "function/function.h"

typedef struct InSet InSet;

/* A set of the values of `constants` (row 0 of each), all of `type`; lives in the arena. */
InSet *in_set_create(Arena *arena, const Type *type, int32_t count, const Vector *const *constants);
/* One argument; KernelCall.state is the InSet. Flags of in_set_flags. */
Status in_set_kernel(KernelCall *call);
unsigned in_set_flags(const InSet *set);
