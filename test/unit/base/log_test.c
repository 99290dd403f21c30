/* Log lines: which levels pass, and that what is written is one JSON object a line. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static void test_levels(void **state) {
    LogLevel level = LOG_OFF;
    assert_true(log_is_enabled("io.trino.server", LOG_INFO));
    assert_false(log_is_enabled("io.trino.server", LOG_DEBUG));
    assert_true(log_level_parse("debug", &level));
    assert_int_equal(level, LOG_DEBUG);
    assert_false(log_level_parse("loud", &level));
    log_set_level("io.trino", LOG_WARN);
    log_set_level("io.trino.server", LOG_DEBUG);
    assert_false(log_is_enabled("io.trino.sql", LOG_INFO));
    assert_true(log_is_enabled("io.trino.server.x", LOG_DEBUG));
    assert_false(log_is_enabled("io.trino.serverx", LOG_INFO));
    assert_true(log_is_enabled("other", LOG_INFO));
    log_set_level("", LOG_ERROR);
    assert_false(log_is_enabled("other", LOG_INFO));
    log_set_level("other", LOG_OFF);
    assert_false(log_is_enabled("other", LOG_ERROR));
}

static void test_line(void **state) {
    int ends[2], saved = dup(STDERR_FILENO);
    char line[8192];
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    log_warn("io.trino.server", "a \"quoted\" \\ line\nof %d", 5000);
    log_debug("io.trino.sql", "not shown");
    log_set_console(false);
    log_error("io.trino.server", "not shown");
    log_set_console(true);
    dup2(saved, STDERR_FILENO);
    close(ends[1]);
    ssize_t size = read(ends[0], line, sizeof line - 1);
    close(ends[0]);
    close(saved);
    assert_true(size > 0);
    line[size] = '\0';
    assert_non_null(
        strstr(line, ",\"level\":\"WARN\",\"logger\":\"io.trino.server\",\"thread\":\""));
    assert_non_null(strstr(line, "\"message\":\"a \\\"quoted\\\" \\\\ line\\u000Aof 5000\"}\n"));
    assert_ptr_equal(strchr(line, '\n'), line + size - 1);
    assert_null(strstr(line, "not shown"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
