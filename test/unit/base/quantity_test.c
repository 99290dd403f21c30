/* Data sizes and durations: what is parsed, what is refused, how it is printed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/quantity.h"

static void test_data_sizes(void **state) {
    int64_t bytes = -1;
    char text[QUANTITY_TEXT_MAX];
    assert_true(data_size_parse("5GB", &bytes));
    assert_int_equal(bytes, 5368709120);
    assert_true(data_size_parse(" 1.5 kB ", &bytes));
    assert_int_equal(bytes, 1536);
    assert_true(data_size_parse("0B", &bytes));
    assert_int_equal(bytes, 0);
    static const char *const bad[] = {"",      "5",     "5gb",       "GB",  "-5GB",
                                      "1e3GB", "5GB x", "9999999PB", "1.GB"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(data_size_parse(bad[i], &bytes));
    }
    assert_string_equal(data_size_print(102400, text), "100kB");
    assert_string_equal(data_size_print(51783, text), "50.57kB");
    assert_string_equal(data_size_print(240, text), "240B");
    assert_string_equal(data_size_print(0, text), "0B");
    assert_string_equal(data_size_print(20LL << 30, text), "20GB");
}

static void test_durations(void **state) {
    int64_t nanoseconds = -1;
    char text[QUANTITY_TEXT_MAX];
    assert_true(duration_parse("1.5m", &nanoseconds));
    assert_int_equal(nanoseconds, 90000000000);
    assert_true(duration_parse("100d", &nanoseconds));
    assert_int_equal(nanoseconds, 8640000000000000);
    assert_false(duration_parse("5M", &nanoseconds));
    assert_false(duration_parse("5", &nanoseconds));
    assert_string_equal(duration_print(1725600000000, text), "28.76m");
    assert_string_equal(duration_print(1000000000, text), "1.00s");
    assert_string_equal(duration_print(0, text), "0.00ns");
    assert_string_equal(duration_print_in(300000000000, "m", text), "5.00m");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_data_sizes),
        cmocka_unit_test(test_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
