/*
 * Every statement of test/conformance (recorded from a Trino 476 server): what the server took
 * parses and survives formatting; what it refused as a syntax error is refused with the same
 * message.
 *
 * JSON paths have syntax errors of their own, which the analyzer finds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/formatter.h"
#include "sql/parser.h"

static int statement_count;
static int refused_count;

/* ---- reading lines of JSON ---- */

static unsigned hex4(const char *text) {
    char digits[5] = {text[0], text[1], text[2], text[3], '\0'};
    return (unsigned)strtoul(digits, NULL, 16);
}

static size_t put_code_point(char *out, unsigned code_point) {
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t size = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    out[0] = (char)(leads[size] | code_point);
    return size;
}

/* The JSON string after the opening quote at `from`. */
static char *json_string(Arena *arena, const char *from) {
    char *value = arena_alloc(arena, strlen(from) + 1);
    size_t size = 0;
    for (; *from != '"'; from++) {
        if (*from != '\\') {
            value[size++] = *from;
            continue;
        }
        from++;
        const char *plain = strchr("n\nt\tr\rb\bf\f", *from);
        if (*from == 'u') {
            unsigned code_point = hex4(from + 1);
            from += 4;
            if (code_point >= 0xd800 && code_point < 0xdc00) {
                code_point = 0x10000 + ((code_point - 0xd800) << 10) + (hex4(from + 3) - 0xdc00);
                from += 6;
            }
            size += put_code_point(value + size, code_point);
        } else {
            value[size++] = plain == NULL ? *from : plain[1];
        }
    }
    value[size] = '\0';
    return value;
}

/* The string member `key` between `from` and `to`, or NULL. Keys are unescaped, so no value holds
 * one. */
static char *json_member(Arena *arena, const char *from, const char *to, const char *key) {
    const char *found = strstr(from, key);
    return found == NULL || found >= to ? NULL : json_string(arena, found + strlen(key));
}

/* ---- checks ---- */

static bool is_of_a_json_path(const char *message) {
    return strstr(message, " expecting {") != NULL || strstr(message, "no viable") != NULL;
}

static void check_accepted(Context *cx, const char *sql, const Node *statement) {
    const char *text = format_statement(cx->arena, statement);
    Node *again = NULL;
    if (parse_statement(cx, text, strlen(text), &again) != OK) {
        fail_msg("%s\nas formatted:\n%s\n%s", sql, text, cx->error.message);
    }
    assert_string_equal(format_statement(cx->arena, again), text);
}

static void check_statement(const char *sql, const char *error, const char *message) {
    Arena *arena = arena_create(NULL);
    Context cx = {.arena = arena};
    Node *statement = NULL;
    bool by_another = message != NULL &&
                      (is_of_a_json_path(message) || strstr(message, "Too many dots") != NULL ||
                       strncmp(sql, "EXECUTE IMMEDIATE", 17) == 0);
    bool refuse = error != NULL && strcmp(error, "SYNTAX_ERROR") == 0 && !by_another;
    Status status = parse_statement(&cx, sql, strlen(sql), &statement);
    statement_count++;
    if (refuse) {
        refused_count++;
        if (status == OK) {
            fail_msg("%s\nparsed, but: %s", sql, message);
        }
        assert_string_equal(cx.error.message, message);
    } else if (status == OK) {
        check_accepted(&cx, sql, statement);
    } else if (error == NULL || strcmp(error, error_code_name(cx.error.code)) != 0) {
        fail_msg("%s\n%s", sql, cx.error.message);
    }
    arena_free(arena);
}

static void check_line(const char *line) {
    static const char sql_key[] = "\"sql\": \"";
    const char *end = line + strlen(line);
    const char *at = strstr(line, sql_key);
    while (at != NULL) {
        Arena *arena = arena_create(NULL);
        const char *next = strstr(at + 1, sql_key);
        const char *to = next == NULL ? end : next;
        char *sql = json_string(arena, at + strlen(sql_key));
        char *error = json_member(arena, at, to, "\"error\": {\"name\": \"");
        char *message = error == NULL ? NULL : json_member(arena, at, to, "\"message\": \"");
        check_statement(sql, error, message);
        arena_free(arena);
        at = next;
    }
}

static void test_conformance_corpus(void **state) {
    const char *root = getenv("WARREN_SOURCE_DIR");
    char pattern[4096];
    snprintf(pattern, sizeof pattern, "%s/test/conformance/*.jsonl", root == NULL ? "." : root);
    glob_t files;
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    char *line = NULL;
    size_t capacity = 0;
    for (size_t i = 0; i < files.gl_pathc; i++) {
        FILE *file = fopen(files.gl_pathv[i], "r");
        assert_non_null(file);
        while (getline(&line, &capacity, file) > 0) {
            check_line(line);
        }
        fclose(file);
    }
    free(line);
    globfree(&files);
    assert_true(statement_count > 15000);
    assert_true(refused_count > 450);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conformance_corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
