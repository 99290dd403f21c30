/*
 * A lambda argument as a kernel sees it: something to call. Whoever compiles expressions fills it
 * in; its captured columns are those of the batch being evaluated. Belongs to one thread at a time.
 */
#pragma once

#include "function/function.h"

typedef struct Lambda Lambda;

struct Lambda {
    /*
     * The values of the body for `count` elements, a new reference. Element i belongs to row
     * parent_rows[i] of the batch whose columns are captured (NULL: row i). Failing elements are
     * noted in `errors` against that row.
     */
    Status (*call)(const Lambda *lambda, Context *cx, struct RowErrors *errors,
                   Vector *const *arguments, int32_t argument_count, const int32_t *parent_rows,
                   int32_t count, Vector **ret_result);
};
