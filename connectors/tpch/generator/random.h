/*
 * The generator's random numbers: one linear congruential stream per column, which can be entered
 * anywhere.
 *
 * The state after n steps from seed s is s * A^n mod M, so a value depends only on its position:
 * kernels take the state at the first row of a block and a list of powers of A, one for each value,
 * and compute all values independently. Nothing here has state.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RANDOM_MULTIPLIER 16807u
#define RANDOM_MODULUS 2147483647u /* 2^31 - 1 */

/* A column's stream: its state before the first step, and how many steps each generator row owns.
   */
typedef struct Stream {
    uint32_t seed;
    uint32_t allotment;
} Stream;

enum { RANDOM_POWER_COUNT = 9 * 2048 + 16 };

/* A^0 .. A^(RANDOM_POWER_COUNT - 1); random_init has to run first (it may run again). */
extern uint32_t random_powers[RANDOM_POWER_COUNT];
void random_init(void);

static inline uint32_t random_multiply(uint32_t a, uint32_t b) {
    uint64_t product = (uint64_t)a * b;
    uint32_t folded = (uint32_t)(product & RANDOM_MODULUS) + (uint32_t)(product >> 31);
    uint32_t reduced = folded - RANDOM_MODULUS;
    return reduced < folded ? reduced : folded;
}

/* base^exponent mod M. */
uint32_t random_power(uint32_t base, uint64_t exponent);

/* The integer in low .. high (inclusive) that the state `seed` stands for. The range wraps at 32
   bits. */
static inline int32_t random_bounded(uint32_t seed, int32_t low, int32_t high) {
    int32_t range = (int32_t)((uint32_t)high - (uint32_t)low + 1u);
    int32_t value = (int32_t)((double)seed / 2147483647.0 * (double)range);
    return (int32_t)((uint32_t)low + (uint32_t)value);
}

/* ret_values[i] = bounded(base * powers[i]). */
void random_draw(uint32_t base, const uint32_t *powers, int32_t count, int32_t low, int32_t high,
                 int32_t *ret_values);

/*
 * The 64-bit stream that keys use at huge scales. Its skip is not the inverse of stepping: it
 * borrows the 31-bit method, as the reference does, so the order of steps and skips matters.
 */
int64_t random_wide_step(int64_t state);
int64_t random_wide_bounded(int64_t state, int64_t low, int64_t high);
int64_t random_wide_skip(int64_t state, int64_t steps);
