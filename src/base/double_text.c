/*
 * Shortest decimals by Raffaello Giulietti's Schubfach, the algorithm of java.lang.Double.toString:
 * the three multiplications with a 128-bit power of ten give the value and the two ends of its
 * rounding interval, and the shortest decimal in between follows by comparison. The powers are
 * computed exactly at first use instead of being listed. Numbers that are an integer over a small
 * power of ten, which is most of what tables hold, take a shorter way.
 */
#include "base/double_text.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/int128.h"

enum { POWER_MIN = -292, POWER_MAX = 324, LIMBS = 40 };

typedef struct Power {
    uint64_t high, low;
} Power;

/* ceil(10^k * 2^(127 - floor(log2(10^k)))), at k - POWER_MIN */
static Power powers[POWER_MAX - POWER_MIN + 1];
static pthread_once_t powers_once = PTHREAD_ONCE_INIT;

/*
 * The top 128 bits of an unsigned big number (32-bit limbs, least significant first), rounded up.
 */
static Power top_bits(const uint32_t *limbs, int count, bool inexact) {
    while (limbs[count - 1] == 0) {
        count--;
    }
    int shift = __builtin_clz(limbs[count - 1]);
    uint32_t words[5] = {0};
    for (int i = 0; i < 5 && i < count; i++) {
        words[4 - i] = limbs[count - 1 - i];
    }
    for (int i = 0; i < count - 5; i++) {
        inexact |= limbs[i] != 0;
    }
    uint128_t value = (uint128_t)words[4] << 96 | (uint128_t)words[3] << 64 |
                      (uint128_t)words[2] << 32 | words[1];
    if (shift > 0) {
        value = value << shift | words[0] >> (32 - shift);
        inexact |= (words[0] << shift) != 0;
    } else {
        inexact |= words[0] != 0;
    }
    value += inexact;
    return (Power){.high = (uint64_t)(value >> 64), .low = (uint64_t)value};
}

static void compute_powers(void) {
    uint32_t limbs[LIMBS] = {1};
    for (int k = 0; k <= POWER_MAX; k++) {
        powers[k - POWER_MIN] = top_bits(limbs, LIMBS, false);
        uint64_t carry = 0;
        for (int i = 0; i < LIMBS; i++) {
            carry += (uint64_t)limbs[i] * 10;
            limbs[i] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    memset(limbs, 0, sizeof limbs);
    limbs[LIMBS - 1] = 0x80000000u;
    for (int k = -1; k >= POWER_MIN; k--) {
        uint64_t rest = 0;
        for (int i = LIMBS - 1; i >= 0; i--) {
            rest = rest << 32 | limbs[i];
            limbs[i] = (uint32_t)(rest / 10);
            rest %= 10;
        }
        powers[k - POWER_MIN] = top_bits(limbs, LIMBS, true);
    }
}

static uint64_t round_to_odd(Power power, uint64_t factor) {
    uint128_t low = (uint128_t)power.low * factor;
    uint128_t sum = (uint128_t)power.high * factor + (uint64_t)(low >> 64);
    return (uint64_t)(sum >> 64) | ((uint64_t)sum > 1);
}

typedef struct Decimal {
    uint64_t digits;
    int exponent;
} Decimal;

/* c * 2^q; closer_below: the next smaller number is only half as far away. */
static Decimal schubfach(uint64_t c, int q, bool closer_below, int exponent_shift) {
    pthread_once(&powers_once, compute_powers);
    uint64_t out = c & 1;
    int k = (q * 1262611 - (closer_below ? 524031 : 0)) >> 22;
    int h = q + ((-k * 1741647) >> 19) + 1;
    Power power = powers[-k - POWER_MIN];
    uint64_t lower = round_to_odd(power, (4 * c - 2 + closer_below) << h) + out;
    uint64_t value = round_to_odd(power, 4 * c << h);
    uint64_t upper = round_to_odd(power, (4 * c + 2) << h) - out;
    uint64_t s = value / 4;
    if (s >= 100) {
        uint64_t tens = s / 10;
        bool down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;
        if (down != up) {
            return (Decimal){tens + up, k + 1 + exponent_shift};
        }
    }
    bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;
    if (down == up) {
        uint64_t middle = 4 * s + 2;
        up = value > middle || (value == middle && (s & 1) != 0);
    }
    return (Decimal){s + up, k + exponent_shift};
}

static Decimal without_trailing_zeros(Decimal decimal) {
    while (decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.exponent++;
    }
    return decimal;
}

/*
 * The integer over a power of ten that value is exactly as read back; at most one has 15 digits or
 * fewer.
 */
static bool shortest_small(double value, Decimal *ret_decimal) {
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    if (!(value >= 1e-3 && value < 1e9)) {
        return false;
    }
    for (int k = 0; k < (int)(sizeof tens / sizeof *tens); k++) {
        double scaled = rint(value * tens[k]);
        if (scaled / tens[k] == value) {
            *ret_decimal = (Decimal){(uint64_t)scaled, -k};
            return scaled > 0;
        }
    }
    return false;
}

void double_shortest(double value, uint64_t *ret_digits, int *ret_exponent) {
    uint64_t bits;
    value = fabs(value);
    Decimal decimal;
    if (!shortest_small(value, &decimal)) {
        memcpy(&bits, &value, sizeof bits);
        uint64_t fraction = bits & 0xFFFFFFFFFFFFFULL;
        int biased = (int)(bits >> 52);
        if (biased > 0) {
            decimal =
                schubfach(fraction | 1ULL << 52, biased - 1075, fraction == 0 && biased > 1, 0);
        } else if (fraction < 3) {
            decimal = schubfach(10 * fraction, -1074, false, -1);
        } else {
            decimal = schubfach(fraction, -1074, false, 0);
        }
    }
    decimal = without_trailing_zeros(decimal);
    *ret_digits = decimal.digits;
    *ret_exponent = decimal.exponent;
}

void real_shortest(float value, uint64_t *ret_digits, int *ret_exponent) {
    uint32_t bits;
    value = fabsf(value);
    memcpy(&bits, &value, sizeof bits);
    uint32_t fraction = bits & 0x7FFFFF;
    int biased = (int)(bits >> 23);
    Decimal decimal;
    if (biased > 0) {
        decimal = schubfach(fraction | 1U << 23, biased - 150, fraction == 0 && biased > 1, 0);
    } else if (fraction < 8) {
        decimal = schubfach(10 * (uint64_t)fraction, -149, false, -1);
    } else {
        decimal = schubfach(fraction, -149, false, 0);
    }
    decimal = without_trailing_zeros(decimal);
    *ret_digits = decimal.digits;
    *ret_exponent = decimal.exponent;
}

static int print_text(const char *text, char *buffer) {
    size_t length = strlen(text);
    memcpy(buffer, text, length + 1);
    return (int)length;
}

/* NaN and the infinities; 0 when value is neither. */
static int print_special(double value, char *buffer) {
    if (value != value) {
        return print_text("NaN", buffer);
    }
    return isinf(value) ? print_text(value > 0 ? "Infinity" : "-Infinity", buffer) : 0;
}

/* d.dddE[-]n, at least one digit after the point. */
static char *print_scientific(const char *digits, int count, int exponent, char *out) {
    *out++ = digits[0];
    *out++ = '.';
    if (count == 1) {
        *out++ = '0';
    }
    memcpy(out, digits + 1, (size_t)count - 1);
    out += count - 1;
    *out++ = 'E';
    return out + int64_print(exponent, out);
}

static char *print_zeros(char *out, int count) {
    memset(out, '0', (size_t)count);
    return out + count;
}

/* Java's choice between plain and scientific; the value is digits * 10^exponent. */
static int print_java(bool negative, uint64_t value, int exponent, char *buffer) {
    char digits[24];
    char *out = buffer;
    int count = int64_print((int64_t)value, digits);
    int magnitude = count + exponent; /* 0.digits * 10^magnitude */
    if (negative) {
        *out++ = '-';
    }
    if (magnitude < -2 || magnitude > 7) {
        out = print_scientific(digits, count, magnitude - 1, out);
    } else if (magnitude <= 0) {
        *out++ = '0';
        *out++ = '.';
        out = print_zeros(out, -magnitude);
        memcpy(out, digits, (size_t)count);
        out += count;
    } else {
        int integer = count < magnitude ? count : magnitude;
        memcpy(out, digits, (size_t)integer);
        out = print_zeros(out + integer, magnitude - integer);
        *out++ = '.';
        memcpy(out, digits + integer, (size_t)(count - integer));
        out += count - integer;
        if (count == integer) {
            *out++ = '0';
        }
    }
    *out = '\0';
    return (int)(out - buffer);
}

int double_print(double value, char *buffer) {
    int length = print_special(value, buffer);
    if (length > 0) {
        return length;
    }
    if (value == 0) {
        return print_text(signbit(value) ? "-0.0" : "0.0", buffer);
    }
    uint64_t digits;
    int exponent;
    double_shortest(value, &digits, &exponent);
    return print_java(value < 0, digits, exponent, buffer);
}

int real_print(float value, char *buffer) {
    int length = print_special((double)value, buffer);
    if (length > 0) {
        return length;
    }
    if (value == 0) {
        return print_text(signbit(value) ? "-0.0" : "0.0", buffer);
    }
    uint64_t digits;
    int exponent;
    real_shortest(value, &digits, &exponent);
    return print_java(value < 0, digits, exponent, buffer);
}

/* Half even, of the decimal digits themselves. */
static void round_digits(uint64_t *digits, int *exponent, int digits_max) {
    int count = int128_digit_count((int128_t)*digits);
    if (count > digits_max) {
        uint64_t power = (uint64_t)int64_powers_of_ten[count - digits_max];
        uint64_t kept = *digits / power, rest = *digits % power;
        kept += rest > power / 2 || (rest == power / 2 && (kept & 1) != 0);
        *digits = kept;
        *exponent += count - digits_max;
    }
    while (*digits % 10 == 0) {
        *digits /= 10;
        ++*exponent;
    }
}

static int print_cast(double value, int digits_max, char *buffer) {
    int length = print_special(value, buffer);
    if (length > 0) {
        return length;
    }
    if (value == 0) {
        return print_text(signbit(value) ? "-0E0" : "0E0", buffer);
    }
    uint64_t digits;
    int exponent;
    char text[24];
    char *out = buffer;
    double_shortest(value, &digits, &exponent);
    round_digits(&digits, &exponent, digits_max);
    int count = int64_print((int64_t)digits, text);
    if (value < 0) {
        *out++ = '-';
    }
    out = print_scientific(text, count, count + exponent - 1, out);
    *out = '\0';
    return (int)(out - buffer);
}

int double_print_cast(double value, char *buffer) {
    return print_cast(value, 20, buffer);
}

/*
 * Java reads the shortest text of the real as a double and rounds what that double is exactly:
 * 3.4028235E38 is a little less than it says, so it becomes 3.402823E38.
 */
int real_print_cast(float value, char *buffer) {
    char text[DOUBLE_TEXT_MAX];
    if (value == 0 || !isfinite(value)) {
        return print_cast((double)value, 7, buffer);
    }
    real_print(value, text);
    snprintf(text, sizeof text, "%.6e", strtod(text, NULL));
    return print_cast(strtod(text, NULL), 7, buffer);
}
