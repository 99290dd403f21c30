/*
 * Java's texts of floating point numbers, both ways; random bit patterns must read back and be
 * shortest.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/double_text.h"

static uint64_t state_of_random = 88172645463325252u;

static uint64_t random_next(void) {
    state_of_random ^= state_of_random << 13;
    state_of_random ^= state_of_random >> 7;
    state_of_random ^= state_of_random << 17;
    return state_of_random;
}

static void check_double(double value, const char *java, const char *cast) {
    char buffer[DOUBLE_TEXT_MAX];
    assert_int_equal(double_print(value, buffer), strlen(java));
    assert_string_equal(buffer, java);
    double_print_cast(value, buffer);
    assert_string_equal(buffer, cast);
}

static void check_real(float value, const char *java, const char *cast) {
    char buffer[DOUBLE_TEXT_MAX];
    real_print(value, buffer);
    assert_string_equal(buffer, java);
    real_print_cast(value, buffer);
    assert_string_equal(buffer, cast);
}

static void test_printing(void **state) {
    check_double(1e6, "1000000.0", "1.0E6");
    check_double(1e7, "1.0E7", "1.0E7");
    check_double(1e10, "1.0E10", "1.0E10");
    check_double(1e-3, "0.001", "1.0E-3");
    check_double(1e-4, "1.0E-4", "1.0E-4");
    check_double(123456789.123, "1.23456789123E8", "1.23456789123E8");
    check_double(DBL_MAX, "1.7976931348623157E308", "1.7976931348623157E308");
    check_double(4.9e-324, "4.9E-324", "4.9E-324");
    check_double(9.9e-324, "9.9E-324", "9.9E-324");
    check_double(2.2250738585072014e-308, "2.2250738585072014E-308", "2.2250738585072014E-308");
    check_double(-0.0, "-0.0", "-0E0");
    check_double(0.0, "0.0", "0E0");
    check_double((double)NAN, "NaN", "NaN");
    check_double(-(double)INFINITY, "-Infinity", "-Infinity");
    check_double(0.1 + 0.2, "0.30000000000000004", "3.0000000000000004E-1");
    check_double(100, "100.0", "1.0E2");
    check_double(9999999.999, "9999999.999", "9.999999999E6");
    check_double(-2.5, "-2.5", "-2.5E0");
    check_double(2e23, "2.0E23", "2.0E23");
    check_double(9007199254740993.0, "9.007199254740992E15", "9.007199254740992E15");
    check_double(5.684341886080802e-14, "5.684341886080802E-14", "5.684341886080802E-14");
    check_double(0.002, "0.002", "2.0E-3");
    check_real(3.14f, "3.14", "3.14E0");
    check_real(1e10f, "1.0E10", "1.0E10");
    check_real(16777216.0f, "1.6777216E7", "1.677722E7");
    check_real(12345678.0f, "1.2345678E7", "1.234568E7");
    check_real(3.4028235e38f, "3.4028235E38", "3.402823E38");
    check_real(1.4e-45f, "1.4E-45", "1.4E-45");
    check_real(0.1f, "0.1", "1.0E-1");
    check_real(-0.0f, "-0.0", "-0E0");
}

static void test_shortest(void **state) {
    for (int i = 0; i < 300000; i++) {
        uint64_t bits = random_next();
        double value;
        if (i % 3 == 0) {
            value = (double)(int64_t)(bits % 100000000) / 100;
        } else {
            memcpy(&value, &bits, sizeof value);
        }
        if (!isfinite(value) || value == 0) {
            continue;
        }
        char text[DOUBLE_TEXT_MAX], shorter[40];
        double back = 0;
        double_print(value, text);
        assert_true(strtod(text, NULL) == value);
        assert_true(double_parse(text, strlen(text), &back) && back == value);
        uint64_t digits;
        int exponent;
        double_shortest(value, &digits, &exponent);
        int count = snprintf(shorter, sizeof shorter, "%llu", (unsigned long long)digits);
        if (count > 2) {
            snprintf(shorter, sizeof shorter, "%.*e", count - 2, value);
            assert_false(strtod(shorter, NULL) == value);
            snprintf(shorter, sizeof shorter, "%.*e", count - 1, value);
            assert_true(strtod(shorter, NULL) != value ||
                        strtod(text, NULL) == strtod(shorter, NULL));
        }
    }
    for (int i = 0; i < 100000; i++) {
        uint32_t bits = (uint32_t)random_next();
        float value, back = 0;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value) || value == 0) {
            continue;
        }
        char text[DOUBLE_TEXT_MAX];
        real_print(value, text);
        assert_true(strtof(text, NULL) == value);
        assert_true(real_parse(text, strlen(text), &back) && back == value);
    }
}

static void test_parsing(void **state) {
    static const struct {
        const char *text;
        double value;
    } good[] = {{"1", 1},
                {" 1.5 ", 1.5},
                {"+.5", 0.5},
                {"5.", 5},
                {"1d", 1},
                {"1e3F", 1000},
                {"0x1p3", 8},
                {"0x.8P1d", 1},
                {"1e400", (double)INFINITY},
                {"1e-400", 0},
                {"-Infinity", -(double)INFINITY},
                {"+Infinity", (double)INFINITY},
                {"\t12\n", 12},
                {"0.1", 0.1},
                {"123456789012345678901234567890", 123456789012345678901234567890.0},
                {"8.41e21", 8.41e21},
                {"00001e-00002", 0.01}};
    static const char *const bad[] = {"",    " ",   "nan",   "inf",  "Infinityd", "infinity",
                                      "1e",  "e5",  ".",     "1 2",  "0x1",       "--1",
                                      "1dd", "+ 1", "1_000", "0xp3", "d",         "NaNx"};
    double value;
    float single;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(double_parse(good[i].text, strlen(good[i].text), &value));
        assert_true(value == good[i].value);
        assert_true(real_parse(good[i].text, strlen(good[i].text), &single));
    }
    assert_true(double_parse("NaN", 3, &value) && isnan(value));
    assert_true(double_parse("-0", 2, &value) && signbit(value));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(double_parse(bad[i], strlen(bad[i]), &value));
        assert_false(real_parse(bad[i], strlen(bad[i]), &single));
    }
    char longer[2000];
    memset(longer, '7', sizeof longer);
    assert_true(double_parse(longer, sizeof longer, &value) && isinf(value));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_printing),
        cmocka_unit_test(test_shortest),
        cmocka_unit_test(test_parsing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
