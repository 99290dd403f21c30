/* Tokens, their boundaries and their positions. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "sql/lexer.h"

static Arena *arena;

static TokenList tokens_of(const char *text) {
    Context cx = {.arena = arena};
    TokenList list = {0};
    assert_int_equal(tokenize(&cx, text, strlen(text), &list), OK);
    return list;
}

/* The kinds of all tokens before END. */
static void check_kinds(const char *text, const TokenKind *kinds, int32_t count) {
    TokenList list = tokens_of(text);
    assert_int_equal(list.count, count + 1);
    for (int32_t i = 0; i < count; i++) {
        assert_int_equal(list.tokens[i].kind, kinds[i]);
    }
    assert_int_equal(list.tokens[count].kind, TOKEN_END);
}

#define CHECK(text, ...)                                                                           \
    check_kinds(text, (const TokenKind[]){__VA_ARGS__},                                            \
                (int32_t)(sizeof((const TokenKind[]){__VA_ARGS__}) / sizeof(TokenKind)))

static void test_numbers(void **state) {
    CHECK("1_000 0xFF 0o17 0b1010", TOKEN_INTEGER_VALUE, TOKEN_INTEGER_VALUE, TOKEN_INTEGER_VALUE,
          TOKEN_INTEGER_VALUE);
    CHECK("1.5 .5 5. 1_0.2_5", TOKEN_DECIMAL_VALUE, TOKEN_DECIMAL_VALUE, TOKEN_DECIMAL_VALUE,
          TOKEN_DECIMAL_VALUE);
    CHECK("1e3 1.5E-2 .5e1", TOKEN_DOUBLE_VALUE, TOKEN_DOUBLE_VALUE, TOKEN_DOUBLE_VALUE);
    CHECK("1a", TOKEN_DIGIT_IDENTIFIER);
    CHECK("1_x", TOKEN_DIGIT_IDENTIFIER);
    CHECK("1__0", TOKEN_DIGIT_IDENTIFIER);
    CHECK("0x", TOKEN_DIGIT_IDENTIFIER);
    CHECK("1e", TOKEN_DIGIT_IDENTIFIER);
    CHECK("1 _x", TOKEN_INTEGER_VALUE, TOKEN_IDENTIFIER);
}

static void test_words_and_quotes(void **state) {
    CHECK("SeLeCt a1 _b", KEYWORD_SELECT, TOKEN_IDENTIFIER, TOKEN_IDENTIFIER);
    CHECK("match_recognize MATCHES matched", KEYWORD_MATCH_RECOGNIZE, KEYWORD_MATCHES,
          KEYWORD_MATCHED);
    CHECK("'it''s' U&'x' X'0a' \"a\"\"b\" `q`", TOKEN_STRING, TOKEN_UNICODE_STRING,
          TOKEN_BINARY_LITERAL, TOKEN_QUOTED_IDENTIFIER, TOKEN_BACKQUOTED_IDENTIFIER);
    CHECK("$$ return 1 $$", TOKEN_DOLLAR_STRING);
    CHECK("'abc", TOKEN_UNRECOGNIZED, TOKEN_IDENTIFIER);
    CHECK("@#", TOKEN_UNRECOGNIZED, TOKEN_UNRECOGNIZED);
}

static void test_punctuation_and_comments(void **state) {
    CHECK("<= <> != -> => || {- -} |", TOKEN_LTE, TOKEN_NEQ, TOKEN_NEQ, TOKEN_ARROW,
          TOKEN_DOUBLE_ARROW, TOKEN_CONCAT, TOKEN_LEFT_BRACE_HYPHEN, TOKEN_RIGHT_BRACE_HYPHEN,
          TOKEN_VERTICAL_BAR);
    CHECK("1 -- to the end\n/* not /* nested */ 2", TOKEN_INTEGER_VALUE, TOKEN_INTEGER_VALUE);
    CHECK("/* open", TOKEN_SLASH, TOKEN_ASTERISK, TOKEN_IDENTIFIER);
    CHECK("2--3", TOKEN_INTEGER_VALUE);
}

static void test_positions(void **state) {
    TokenList list = tokens_of("a\tb\r\n 'é' c");
    const int32_t expected[][2] = {{1, 1}, {1, 3}, {2, 2}, {2, 6}};
    for (int32_t i = 0; i < 4; i++) {
        assert_int_equal(list.tokens[i].line, expected[i][0]);
        assert_int_equal(list.tokens[i].column, expected[i][1]);
    }
    list = tokens_of("日本");
    assert_int_equal(list.count, 3);
    assert_int_equal(list.tokens[1].column, 2);
}

static void test_keywords(void **state) {
    for (int kind = TOKEN_KEYWORD_FIRST; kind < TOKEN_KIND_COUNT; kind++) {
        const char *word = token_kind_text((TokenKind)kind);
        assert_int_equal(keyword_find(word, strlen(word)), kind);
    }
    assert_int_equal(keyword_find("SELEC", 5), TOKEN_IDENTIFIER);
    assert_int_equal(keyword_find("SELECTS", 7), TOKEN_IDENTIFIER);
    assert_true(keyword_is_reserved(KEYWORD_TABLE));
    assert_true(token_is_non_reserved(KEYWORD_TABLES));
}

static int set_up(void **state) {
    arena = arena_create(NULL);
    return 0;
}

static int tear_down(void **state) {
    arena_free(arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_words_and_quotes),
        cmocka_unit_test(test_punctuation_and_comments),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_keywords),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
