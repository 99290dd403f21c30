/*
 * 128-bit decimals: text, rounding, overflow, and division and remainder against schoolbook
 * arithmetic.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/int128.h"

static uint64_t state_of_random = 88172645463325252u;

static uint64_t random_next(void) {
    state_of_random ^= state_of_random << 13;
    state_of_random ^= state_of_random >> 7;
    state_of_random ^= state_of_random << 17;
    return state_of_random;
}

static int128_t random_decimal(int digits) {
    uint128_t value = (uint128_t)random_next() << 64 | random_next();
    value %= (uint128_t)int128_powers_of_ten[digits];
    return random_next() % 2 ? -(int128_t)value : (int128_t)value;
}

static int128_t parse(const char *text) {
    int128_t value = 0;
    int precision, scale;
    assert_true(decimal_parse(text, strlen(text), &value, &precision, &scale));
    return value;
}

static void check_text(const char *text, int precision, int scale, const char *printed) {
    int128_t value = 0;
    int got_precision = 0, got_scale = 0;
    char buffer[INT128_TEXT_MAX];
    assert_true(decimal_parse(text, strlen(text), &value, &got_precision, &got_scale));
    assert_int_equal(got_precision, precision);
    assert_int_equal(got_scale, scale);
    assert_int_equal(decimal_print(value, scale, buffer), strlen(printed));
    assert_string_equal(buffer, printed);
}

static void test_texts(void **state) {
    check_text("1.10", 3, 2, "1.10");
    check_text(".5", 1, 1, "0.5");
    check_text("5.", 1, 0, "5");
    check_text("000.5", 1, 1, "0.5");
    check_text("0.00", 2, 2, "0.00");
    check_text("007", 1, 0, "7");
    check_text("-0.05", 2, 2, "-0.05");
    check_text("99999999999999999999999999999999999999", 38, 0,
               "99999999999999999999999999999999999999");
    check_text("-12345678901234567890.123456789012345678", 38, 18,
               "-12345678901234567890.123456789012345678");
    check_text("0.00000000000000000000000000000000000001", 38, 38,
               "0.00000000000000000000000000000000000001");
    static const char *const bad[] = {
        "", "-", ".", "1.2.3", " 1", "1e5", "100000000000000000000000000000000000000"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int128_t value;
        int precision, scale;
        assert_false(decimal_parse(bad[i], strlen(bad[i]), &value, &precision, &scale));
    }
    char buffer[INT128_TEXT_MAX];
    int64_print(INT64_MIN, buffer);
    assert_string_equal(buffer, "-9223372036854775808");
    int128_print(int128_powers_of_ten[36], buffer);
    assert_string_equal(buffer, "1000000000000000000000000000000000000");
    assert_int_equal(int128_digit_count(0), 1);
    assert_int_equal(int128_digit_count(-999), 3);
    assert_int_equal(int128_digit_count(int128_powers_of_ten[38]), 39);
}

/* Long division by repeated subtraction of shifted divisors, one decimal digit at a time. */
static bool schoolbook(int128_t a, int shift, int128_t b, int128_t *ret_quotient) {
    uint128_t divisor = int128_magnitude(b), remainder = 0, quotient = 0;
    char digits[160];
    int count = int128_print((int128_t)int128_magnitude(a), digits);
    memset(digits + count, '0', (size_t)shift);
    count += shift;
    for (int i = 0; i < count; i++) {
        int times = 0;
        uint128_t accumulated = (uint128_t)(digits[i] - '0');
        for (int k = 0; k < 10; k++) {
            accumulated += remainder;
            while (accumulated >= divisor) {
                accumulated -= divisor;
                times++;
            }
        }
        remainder = accumulated;
        if (quotient >= (uint128_t)int128_powers_of_ten[37]) {
            return false;
        }
        quotient = quotient * 10 + (uint128_t)times;
    }
    quotient += remainder * 2 >= divisor;
    if (quotient >= (uint128_t)int128_powers_of_ten[38]) {
        return false;
    }
    *ret_quotient = (a < 0) != (b < 0) ? -(int128_t)quotient : (int128_t)quotient;
    return true;
}

static void test_division(void **state) {
    int128_t result = 0;
    assert_true(decimal_divide(1, 1, 3, &result) && result == 3);
    assert_true(decimal_divide(2, 1, 3, &result) && result == 7);
    assert_true(decimal_divide(-5, 0, 10, &result) && result == -1);
    assert_false(decimal_divide(1, 76, 1, &result));
    assert_true(decimal_divide(0, 76, -5, &result) && result == 0);
    for (int round = 0; round < 20000; round++) {
        int128_t a = random_decimal(1 + round % 38), b = random_decimal(1 + round / 38 % 38);
        int shift = (int)(random_next() % 77);
        b = b == 0 ? 1 : b;
        int128_t expected = 0;
        result = 0;
        bool fits = schoolbook(a, shift, b, &expected);
        assert_int_equal(decimal_divide(a, shift, b, &result), fits);
        assert_true(result == expected);
    }
}

static void test_remainder(void **state) {
    int128_t result = 0;
    assert_true(decimal_remainder(-7, 0, 3, 0, &result) && result == -1);
    assert_true(decimal_remainder(75, 1, 2, 0, &result) && result == 0);
    assert_true(decimal_remainder(5, 0, 3, 1, &result) && result == 5);
    for (int round = 0; round < 20000; round++) {
        int128_t a = random_decimal(1 + round % 19), b = random_decimal(1 + round / 19 % 19);
        int shift = (int)(random_next() % 19);
        b = b == 0 ? 1 : b;
        assert_true(decimal_remainder(a, shift, b, 0, &result));
        assert_true(result == a * int128_powers_of_ten[shift] % b);
        assert_true(decimal_remainder(a, 0, b, shift, &result));
        assert_true(result == a % (b * int128_powers_of_ten[shift]));
    }
    /* moduli beyond 128 bits */
    assert_true(
        decimal_remainder(parse("12345678901234567890123456789012345678"), 0, 5, 38, &result));
    assert_true(result == parse("12345678901234567890123456789012345678"));
    assert_true(decimal_remainder(7, 38, 5, 38, &result) == false);
    assert_true(
        decimal_remainder(parse("7000000000000000000000000000000000001"), 2, 70, 37, &result));
    assert_true(result == 100);
}

static void test_rounding(void **state) {
    int128_t result = 0;
    assert_true(int128_divide_rounded(5, 10) == 1);
    assert_true(int128_divide_rounded(-5, 10) == -1);
    assert_true(int128_divide_rounded(4, 10) == 0);
    assert_true(int64_divide_rounded(-15, 10) == -2);
    assert_true(int64_divide_rounded(14, -10) == -1);
    assert_true(decimal_rescale(1555, -1, &result) && result == 156);
    assert_true(decimal_rescale(-1555, -1, &result) && result == -156);
    assert_true(decimal_rescale(12, 2, &result) && result == 1200);
    assert_true(decimal_rescale(12, -50, &result) && result == 0);
    assert_false(decimal_rescale(12, 37, &result));
    assert_true(decimal_rescale(0, 60, &result) && result == 0);
}

static void test_checked(void **state) {
    int128_t most = int128_powers_of_ten[38] - 1, result = 7;
    assert_false(decimal_add(most, 1, &result));
    assert_int_equal((int)result, 7);
    assert_true(decimal_add(most, -1, &result));
    assert_false(decimal_subtract(-most, 1, &result));
    assert_false(decimal_multiply(most, 2, &result));
    assert_true(decimal_multiply(-1, most, &result) && result == -most);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),     cmocka_unit_test(test_division),
        cmocka_unit_test(test_remainder), cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
