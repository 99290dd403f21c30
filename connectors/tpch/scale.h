/*
 * Scale factors as schema names: tiny is 0.01, sf1 is 1, sf.5 is one half.
 */
#pragma once

#include <stdbool.h>

/* False when there is no schema of that name. The scale is positive and may be infinite
   ("sf1e400"). */
bool scale_parse(const char *schema, double *ret_scale);
