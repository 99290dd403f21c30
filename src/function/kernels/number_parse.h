/*
 * Numbers as CAST from varchar reads them. Pure functions; results are written only on success.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/int128.h"

/*
 * [sign] digits (of any script), with characters up to space around them. False when malformed or
 * out of 64 bits.
 */
bool integer_parse(const char *text, size_t size, int64_t *ret_value);

typedef enum NumberParse { NUMBER_PARSED, NUMBER_MALFORMED, NUMBER_TOO_LARGE } NumberParse;
/* [sign] digits [. digits] [exponent], nothing around it, rounded half up to the scale. */
NumberParse decimal_parse_as(const char *text, size_t size, int32_t precision, int32_t scale,
                             int128_t *ret_unscaled);
