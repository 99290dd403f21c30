/* Random numbers for functions that are not deterministic; each thread has a sequence of its own.
 * Not for secrets. */
#pragma once

#include <stdint.h>

uint64_t random_bits(void);
