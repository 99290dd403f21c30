/*
 * 128-bit decimal arithmetic. Wide intermediates are four 64-bit limbs, least significant first;
 * division is Knuth's algorithm D cut down to a divisor of one or two limbs. An intermediate that
 * does not fit 256 bits cannot have a quotient of 38 digits, because a divisor has at most 38
 * itself, so overflow there is overflow of the result.
 */
#include "base/int128.h"

#include <assert.h>
#include <string.h>

#define TEN_18 ((int128_t)1000000000000000000LL)

const int64_t int64_powers_of_ten[19] = {
    1LL,
    10LL,
    100LL,
    1000LL,
    10000LL,
    100000LL,
    1000000LL,
    10000000LL,
    100000000LL,
    1000000000LL,
    10000000000LL,
    100000000000LL,
    1000000000000LL,
    10000000000000LL,
    100000000000000LL,
    1000000000000000LL,
    10000000000000000LL,
    100000000000000000LL,
    1000000000000000000LL,
};

const int128_t int128_powers_of_ten[INT128_POWERS] = {
    (int128_t)1LL,
    (int128_t)10LL,
    (int128_t)100LL,
    (int128_t)1000LL,
    (int128_t)10000LL,
    (int128_t)100000LL,
    (int128_t)1000000LL,
    (int128_t)10000000LL,
    (int128_t)100000000LL,
    (int128_t)1000000000LL,
    (int128_t)10000000000LL,
    (int128_t)100000000000LL,
    (int128_t)1000000000000LL,
    (int128_t)10000000000000LL,
    (int128_t)100000000000000LL,
    (int128_t)1000000000000000LL,
    (int128_t)10000000000000000LL,
    (int128_t)100000000000000000LL,
    TEN_18,
    TEN_18 * 10LL,
    TEN_18 * 100LL,
    TEN_18 * 1000LL,
    TEN_18 * 10000LL,
    TEN_18 * 100000LL,
    TEN_18 * 1000000LL,
    TEN_18 * 10000000LL,
    TEN_18 * 100000000LL,
    TEN_18 * 1000000000LL,
    TEN_18 * 10000000000LL,
    TEN_18 * 100000000000LL,
    TEN_18 * 1000000000000LL,
    TEN_18 * 10000000000000LL,
    TEN_18 * 100000000000000LL,
    TEN_18 * 1000000000000000LL,
    TEN_18 * 10000000000000000LL,
    TEN_18 * 100000000000000000LL,
    TEN_18 *TEN_18,
    TEN_18 *TEN_18 * 10LL,
    TEN_18 *TEN_18 * 100LL,
};

typedef struct Wide {
    uint64_t limbs[4]; /* least significant first */
} Wide;

static uint64_t low_of(uint128_t value) {
    return (uint64_t)value;
}

static uint64_t high_of(uint128_t value) {
    return (uint64_t)(value >> 64);
}

static Wide wide_from(uint128_t value) {
    return (Wide){{low_of(value), high_of(value), 0, 0}};
}

/* False: more than 256 bits. */
static bool wide_multiply(Wide *value, uint128_t factor) {
    uint64_t product[6] = {0};
    uint64_t factors[2] = {low_of(factor), high_of(factor)};
    for (int i = 0; i < 2; i++) {
        uint128_t carry = 0;
        for (int j = 0; j < 4; j++) {
            carry += (uint128_t)factors[i] * value->limbs[j] + product[i + j];
            product[i + j] = low_of(carry);
            carry >>= 64;
        }
        product[i + 4] = low_of(carry);
    }
    memcpy(value->limbs, product, sizeof value->limbs);
    return product[4] == 0 && product[5] == 0;
}

static bool wide_scale_up(Wide *value, int shift) {
    while (shift > 38) {
        if (!wide_multiply(value, (uint128_t)int128_powers_of_ten[38])) {
            return false;
        }
        shift -= 38;
    }
    return wide_multiply(value, (uint128_t)int128_powers_of_ten[shift]);
}

static uint64_t divide_by_limb(Wide *value, uint64_t divisor) {
    uint128_t remainder = 0;
    for (int i = 3; i >= 0; i--) {
        uint128_t part = remainder << 64 | value->limbs[i];
        value->limbs[i] = (uint64_t)(part / divisor);
        remainder = part % divisor;
    }
    return (uint64_t)remainder;
}

static void shift_left(uint64_t *limbs, int count, int bits) {
    for (int i = count - 1; bits > 0 && i >= 0; i--) {
        limbs[i] = limbs[i] << bits | (i > 0 ? limbs[i - 1] >> (64 - bits) : 0);
    }
}

/* One digit of the quotient: limbs[0..2] / divisor (normalised), leaving the remainder in limbs. */
static uint64_t divide_step(uint64_t *limbs, uint128_t divisor) {
    uint64_t high = high_of(divisor), low = low_of(divisor);
    uint128_t top = (uint128_t)limbs[2] << 64 | limbs[1];
    uint128_t guess = limbs[2] >= high ? ~(uint64_t)0 : top / high;
    uint128_t rest = top - guess * high;
    while (high_of(rest) == 0 && guess * low > (rest << 64 | limbs[0])) {
        guess--;
        rest += high;
    }
    uint128_t low_product = guess * low;
    uint128_t borrow = (uint128_t)limbs[0] - low_of(low_product);
    limbs[0] = low_of(borrow);
    uint128_t taken = guess * high + high_of(low_product) + (high_of(borrow) != 0);
    uint128_t remaining = top - taken;
    limbs[1] = low_of(remaining);
    limbs[2] = high_of(remaining);
    return (uint64_t)guess;
}

/* value becomes the quotient; gives the remainder. */
static uint128_t wide_divide(Wide *value, uint128_t divisor) {
    if (high_of(divisor) == 0) {
        return divide_by_limb(value, low_of(divisor));
    }
    int shift = __builtin_clzll(high_of(divisor));
    uint64_t limbs[5];
    memcpy(limbs, value->limbs, sizeof value->limbs);
    limbs[4] = 0;
    shift_left(limbs, 5, shift);
    divisor <<= shift;
    *value = (Wide){{0}};
    for (int i = 2; i >= 0; i--) {
        value->limbs[i] = divide_step(limbs + i, divisor);
    }
    return ((uint128_t)limbs[1] << 64 | limbs[0]) >> shift;
}

/* The signed value of a magnitude of at most 38 digits. */
static bool wide_to_decimal(const Wide *value, bool negative, int128_t *ret_value) {
    uint128_t magnitude = (uint128_t)value->limbs[1] << 64 | value->limbs[0];
    if (value->limbs[2] != 0 || value->limbs[3] != 0 ||
        magnitude >= (uint128_t)int128_powers_of_ten[38]) {
        return false;
    }
    *ret_value = negative ? -(int128_t)magnitude : (int128_t)magnitude;
    return true;
}

bool decimal_multiply(int128_t a, int128_t b, int128_t *ret_product) {
    int128_t product;
    if (__builtin_mul_overflow(a, b, &product) || !int128_fits_precision(product, 38)) {
        return false;
    }
    *ret_product = product;
    return true;
}

bool decimal_divide(int128_t a, int shift, int128_t b, int128_t *ret_quotient) {
    assert(b != 0);
    uint128_t divisor = int128_magnitude(b);
    Wide value = wide_from(int128_magnitude(a));
    if (!wide_scale_up(&value, shift)) {
        return false;
    }
    uint128_t remainder = wide_divide(&value, divisor);
    if (remainder >= divisor - remainder) {
        for (int i = 0; i < 4 && ++value.limbs[i] == 0; i++) {
        }
    }
    return wide_to_decimal(&value, (a < 0) != (b < 0), ret_quotient);
}

/*
 * value % modulus for a modulus of up to 256 bits, by binary long division; only for moduli beyond
 * 128 bits.
 */
static bool wide_less(const Wide *a, const Wide *b) {
    for (int i = 3; i >= 0; i--) {
        if (a->limbs[i] != b->limbs[i]) {
            return a->limbs[i] < b->limbs[i];
        }
    }
    return false;
}

static void wide_subtract(Wide *a, const Wide *b) {
    uint64_t borrow = 0;
    for (int i = 0; i < 4; i++) {
        uint128_t difference = (uint128_t)a->limbs[i] - b->limbs[i] - borrow;
        a->limbs[i] = low_of(difference);
        borrow = high_of(difference) != 0;
    }
}

static Wide wide_modulo(Wide value, const Wide *modulus) {
    Wide rest = {{0}};
    for (int bit = 255; bit >= 0; bit--) {
        bool carry = rest.limbs[3] >> 63;
        shift_left(rest.limbs, 4, 1);
        rest.limbs[0] |= value.limbs[bit >> 6] >> (bit & 63) & 1;
        if (carry || !wide_less(&rest, modulus)) {
            wide_subtract(&rest, modulus);
        }
    }
    return rest;
}

bool decimal_remainder(int128_t a, int shift_a, int128_t b, int shift_b, int128_t *ret_remainder) {
    assert(b != 0);
    Wide value = wide_from(int128_magnitude(a)), modulus = wide_from(int128_magnitude(b));
    if (!wide_scale_up(&value, shift_a) || !wide_scale_up(&modulus, shift_b)) {
        return false;
    }
    Wide rest;
    if (modulus.limbs[2] == 0 && modulus.limbs[3] == 0) {
        rest = wide_from(wide_divide(&value, (uint128_t)modulus.limbs[1] << 64 | modulus.limbs[0]));
    } else {
        rest = wide_modulo(value, &modulus);
    }
    return wide_to_decimal(&rest, a < 0, ret_remainder);
}

int128_t int128_divide_rounded(int128_t a, int128_t b) {
    assert(b != 0);
    uint128_t dividend = int128_magnitude(a), divisor = int128_magnitude(b);
    uint128_t quotient = dividend / divisor, remainder = dividend % divisor;
    quotient += remainder >= divisor - remainder;
    return (a < 0) != (b < 0) ? -(int128_t)quotient : (int128_t)quotient;
}

int64_t int64_divide_rounded(int64_t a, int64_t b) {
    assert(b != 0);
    int64_t quotient = a / b, remainder = a % b;
    uint64_t rest = remainder < 0 ? -(uint64_t)remainder : (uint64_t)remainder;
    uint64_t divisor = b < 0 ? -(uint64_t)b : (uint64_t)b;
    if (rest >= divisor - rest) {
        quotient += (a < 0) != (b < 0) ? -1 : 1;
    }
    return quotient;
}

bool decimal_rescale(int128_t value, int delta, int128_t *ret_value) {
    if (delta <= 0) {
        *ret_value = delta == 0     ? value
                     : delta >= -38 ? int128_divide_rounded(value, int128_powers_of_ten[-delta])
                                    : 0;
        return int128_fits_precision(*ret_value, 38);
    }
    if (value == 0) {
        *ret_value = 0;
        return true;
    }
    return delta <= 38 && decimal_multiply(value, int128_powers_of_ten[delta], ret_value);
}

int int128_digit_count(int128_t value) {
    uint128_t magnitude = int128_magnitude(value);
    int count = 1;
    while (count < INT128_POWERS && magnitude >= (uint128_t)int128_powers_of_ten[count]) {
        count++;
    }
    return count;
}

/* Digits of value backwards from `end`; gives where they start. */
static char *print_backwards(uint64_t value, char *end) {
    do {
        *--end = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return end;
}

static char *print_magnitude(uint128_t value, char *end) {
    uint64_t part_size = (uint64_t)int64_powers_of_ten[18];
    while (value > UINT64_MAX) {
        char *start = print_backwards((uint64_t)(value % part_size), end);
        value /= part_size;
        while (start > end - 18) {
            *--start = '0';
        }
        end = start;
    }
    return print_backwards((uint64_t)value, end);
}

int decimal_print(int128_t unscaled, int scale, char *buffer) {
    char digits[INT128_TEXT_MAX];
    char *end = digits + sizeof digits;
    char *start = print_magnitude(int128_magnitude(unscaled), end);
    while (end - start <= scale) {
        *--start = '0';
    }
    char *out = buffer;
    if (unscaled < 0) {
        *out++ = '-';
    }
    size_t integer_size = (size_t)(end - start) - (size_t)scale;
    memcpy(out, start, integer_size);
    out += integer_size;
    if (scale > 0) {
        *out++ = '.';
        memcpy(out, start + integer_size, (size_t)scale);
        out += scale;
    }
    *out = '\0';
    return (int)(out - buffer);
}

int int128_print(int128_t value, char *buffer) {
    return decimal_print(value, 0, buffer);
}

int int64_print(int64_t value, char *buffer) {
    char digits[24];
    char *end = digits + sizeof digits;
    char *start = print_backwards(value < 0 ? -(uint64_t)value : (uint64_t)value, end);
    if (value < 0) {
        *--start = '-';
    }
    size_t size = (size_t)(end - start);
    memcpy(buffer, start, size);
    buffer[size] = '\0';
    return (int)size;
}

bool decimal_parse(const char *text, size_t size, int128_t *ret_unscaled, int *ret_precision,
                   int *ret_scale) {
    const char *end = text + size;
    bool negative = size > 0 && *text == '-';
    text += size > 0 && (*text == '-' || *text == '+');
    int128_t value = 0;
    int significant = 0, scale = 0;
    bool any = false, point = false;
    for (; text < end; text++) {
        if (*text == '.' && !point) {
            point = true;
            continue;
        }
        if (*text < '0' || *text > '9') {
            return false;
        }
        any = true;
        scale += point;
        if (significant > 0 || *text != '0' || point) {
            if (++significant > 38) {
                return false;
            }
        }
        value = value * 10 + (*text - '0');
    }
    if (!any) {
        return false;
    }
    *ret_unscaled = negative ? -value : value;
    *ret_precision = significant > 0 ? significant : 1;
    *ret_scale = scale;
    return true;
}
