/*
 * The value lists that the generator picks from (distributions.def), as tables.
 *
 * A list's values are one piece of one array, in the file's order; they are constant and live as
 * long as the module.
 */
#pragma once

#include <stdint.h>

typedef enum ValueList {
#define LIST(name) LIST_##name,
#define VALUE(list, text, weight)
#include "generator/distributions.def"
#undef LIST
#undef VALUE
    LIST_COUNT,
} ValueList;

typedef struct Value {
    uint8_t list; /* ValueList */
    int8_t weight;
    const char *text;
} Value;

/* The list's first value; *ret_count says how many there are. */
const Value *distribution_values(ValueList list, int32_t *ret_count);
