/* Zone ids (spec/operators-and-coercions.md, section 6) and offsets around changes of the clock. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <string.h>

#include "base/timezone.h"

static uint16_t key_of(const char *text) {
    uint16_t key = 0xffff;
    assert_true(timezone_parse(text, strlen(text), &key));
    return key;
}

static void check_name(const char *text, const char *name) {
    assert_string_equal(timezone_name(key_of(text)), name);
}

static void test_names(void **state) {
    static const char *const utc[] = {
        "UTC",       "GMT",       "UT",        "UCT",   "Z",        "Zulu", "Etc/UTC",
        "Universal", "+00:00",    "-00:00",    "+00",   "-0",       "GMT0", "UTC+0",
        "UTC+00:00", "Etc/GMT-0", "Greenwich", "+0000", "+00:00:00"};
    for (size_t i = 0; i < sizeof utc / sizeof *utc; i++) {
        assert_int_equal(key_of(utc[i]), TIMEZONE_UTC);
    }
    check_name("Etc/GMT+5", "-05:00");
    check_name("UTC+5", "+05:00");
    check_name("GMT+3", "+03:00");
    check_name("UTC-05:30", "-05:30");
    check_name("UTC-00:30", "+00:30");
    check_name("UT+5:3", "+05:03");
    check_name("+05:30", "+05:30");
    check_name("+0530", "+05:30");
    check_name("+05", "+05:00");
    check_name("-7", "-07:00");
    check_name("+14:00", "+14:00");
    check_name("-14:00", "-14:00");
    check_name("-05:30:00", "-05:30");
    check_name("America/New_York", "America/New_York");
    check_name("US/Pacific", "US/Pacific");
    check_name("EST5EDT", "EST5EDT");
    static const char *const bad[] = {
        "",         "us/pacific", "EST",         "MST",      "PST",
        "utc",      "+5:30",      "+05:30:15",   "+14:01",   "-14:01",
        "+25:00",   "Foo",        "GMT7",        "Etc/UTC4", "UTC+",
        "UTC+0530", "+",          "05:30",       "America",  "America/New_York ",
        "UTC+5:99", "Etc/GMT+15", "Etc/Unknown", "ROC",      "america/new_york",
        "+05:60"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint16_t key;
        assert_false(timezone_parse(bad[i], strlen(bad[i]), &key));
    }
}

static void test_every_key(void **state) {
    int count = 0;
    for (int key = 0; key < TIMEZONE_KEY_COUNT; key++) {
        const char *name = timezone_name((uint16_t)key);
        uint16_t again = 0xffff;
        if (name == NULL) {
            continue;
        }
        count++;
        assert_true(timezone_parse(name, strlen(name), &again));
        /* +00:00 has a key of its own number, but is read as UTC */
        assert_true(again == key || strcmp(name, "+00:00") == 0);
    }
    assert_true(count > 2200);
}

static void test_offsets(void **state) {
    uint16_t york = key_of("America/New_York"), kolkata = key_of("Asia/Kolkata");
    assert_int_equal(timezone_offset_at(TIMEZONE_UTC, 0), 0);
    assert_int_equal(timezone_offset_at(key_of("-05:30"), 0), -19800);
    assert_int_equal(timezone_offset_at(kolkata, 1700000000), 19800);
    assert_int_equal(timezone_offset_at(york, 1710054000), -14400); /* 2024-03-10 07:00 UTC */
    assert_int_equal(timezone_offset_at(york, 1710053999), -18000);
    assert_int_equal(timezone_offset_at(york, -3000000000), -17762);  /* local mean time */
    assert_int_equal(timezone_offset_at(york, 253402300799), -18000); /* 9999-12-31 */
    assert_int_equal(timezone_offset_at(york, 253370764800 + 180 * 86400), -14400); /* July 9999 */
    assert_int_equal(timezone_offset_at(york, 2000000000000),
                     timezone_offset_at(york, 2000000000000 - 12622780800));
    /* 2024-03-10 02:30 is skipped, 2024-11-03 01:30 happens twice */
    assert_int_equal(timezone_offset_at_local(york, 1710037800), -18000);
    assert_true(timezone_is_gap(york, 1710037800));
    assert_false(timezone_is_gap(york, 1710036000 - 1));
    assert_true(timezone_is_gap(york, 1710036000));
    assert_false(timezone_is_gap(york, 1710039600));
    assert_int_equal(timezone_offset_at_local(york, 1710039600), -14400);
    assert_int_equal(timezone_offset_at_local(york, 1730597400), -14400);
    assert_false(timezone_is_gap(york, 1730597400));
    assert_int_equal(timezone_offset_at_local(york, 1730599200), -18000);
    assert_int_equal(timezone_offset_at(key_of("Australia/Lord_Howe"), 1704067200), 39600);
}

/* Local time to instant and back, around every hour of some years, in every region. */
static void test_every_region(void **state) {
    for (int key = TIMEZONE_REGION_FIRST; timezone_name((uint16_t)key) != NULL; key++) {
        uint16_t zone = (uint16_t)key;
        for (int64_t instant = 1600000000; instant < 1640000000; instant += 3600 * 7) {
            int32_t offset = timezone_offset_at(zone, instant);
            int64_t local = instant + offset;
            assert_true(offset >= -14 * 3600 && offset <= 14 * 3600);
            assert_false(timezone_is_gap(zone, local));
            int32_t read = timezone_offset_at_local(zone, local);
            assert_true(read == offset || timezone_offset_at(zone, local - read) == read);
        }
    }
}

static void *load_many(void *argument) {
    for (int key = TIMEZONE_REGION_FIRST; key < TIMEZONE_REGION_FIRST + 100; key++) {
        timezone_offset_at((uint16_t)key, 0);
    }
    return NULL;
}

static void test_threads(void **state) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        pthread_create(&threads[i], NULL, load_many, NULL);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),      cmocka_unit_test(test_names),
        cmocka_unit_test(test_every_key),    cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_every_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
