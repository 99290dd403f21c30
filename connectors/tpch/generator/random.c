/*
 * The kernels behind random.h.
 *
 * The reference draws trunc((seed / M) * range) in doubles. For small ranges an integer form gives
 * the same number: seed and M have no common factor, so seed * range / M is at least 1/M away from
 * every integer, while the two roundings together are off by less than range * 2^-52. Hence below
 * range 2^21 both forms are the floor of the exact quotient.
 */
#include "generator/random.h"

enum { EXACT_RANGE_MAX = 1 << 21 };

uint32_t random_powers[RANDOM_POWER_COUNT];

void random_init(void) {
    uint32_t power = 1;
    for (int32_t i = 0; i < RANDOM_POWER_COUNT; i++) {
        random_powers[i] = power;
        power = random_multiply(power, RANDOM_MULTIPLIER);
    }
}

uint32_t random_power(uint32_t base, uint64_t exponent) {
    uint32_t result = 1;
    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1) {
            result = random_multiply(result, base);
        }
        base = random_multiply(base, base);
    }
    return result;
}

static void draw_small(uint32_t base, const uint32_t *restrict powers, int32_t count, int32_t low,
                       uint32_t range, int32_t *restrict ret_values) {
    for (int32_t i = 0; i < count; i++) {
        uint64_t product = (uint64_t)random_multiply(base, powers[i]) * range;
        uint64_t quotient = (product + (product >> 31) + 1) >> 31;
        ret_values[i] = low + (int32_t)quotient;
    }
}

static void draw_large(uint32_t base, const uint32_t *restrict powers, int32_t count, int32_t low,
                       double range, int32_t *restrict ret_values) {
    for (int32_t i = 0; i < count; i++) {
        int32_t seed = (int32_t)random_multiply(base, powers[i]);
        int32_t value = (int32_t)((double)seed / 2147483647.0 * range);
        ret_values[i] = (int32_t)((uint32_t)low + (uint32_t)value);
    }
}

void random_draw(uint32_t base, const uint32_t *powers, int32_t count, int32_t low, int32_t high,
                 int32_t *ret_values) {
    int32_t range = (int32_t)((uint32_t)high - (uint32_t)low + 1u);
    if (range >= 0 && range <= EXACT_RANGE_MAX) {
        draw_small(base, powers, count, low, (uint32_t)range, ret_values);
    } else {
        draw_large(base, powers, count, low, (double)range, ret_values);
    }
}

int64_t random_wide_step(int64_t state) {
    return (int64_t)((uint64_t)state * 6364136223846793005u + 1u);
}

int64_t random_wide_bounded(int64_t state, int64_t low, int64_t high) {
    int64_t magnitude = state < 0 ? (int64_t)(0u - (uint64_t)state) : state;
    return low + magnitude % (high - low + 1);
}

int64_t random_wide_skip(int64_t state, int64_t steps) {
    uint64_t multiplier = RANDOM_MULTIPLIER;
    for (; steps > 0; steps /= 2) {
        if (steps % 2 == 1) {
            state = (int64_t)(multiplier * (uint64_t)state) % (int64_t)RANDOM_MODULUS;
        }
        multiplier = multiplier * multiplier % RANDOM_MODULUS;
    }
    return state;
}
