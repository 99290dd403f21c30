/*
 * The one array of all values behind distributions.h, and where each list stands in it.
 */
#include "generator/distributions.h"

#include <stddef.h>

static const Value values[] = {
#define LIST(name)
#define VALUE(list, text, weight) {LIST_##list, weight, text},
#include "generator/distributions.def"
#undef LIST
#undef VALUE
};

const Value *distribution_values(ValueList list, int32_t *ret_count) {
    const size_t total = sizeof values / sizeof values[0];
    size_t first = 0;
    while (first < total && values[first].list != list) {
        first++;
    }
    size_t end = first;
    while (end < total && values[end].list == list) {
        end++;
    }
    *ret_count = (int32_t)(end - first);
    return &values[first];
}
