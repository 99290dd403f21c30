/*
 * The parser and the grammar as data agree: statements generated from the grammar parse, and of
 * those with a word put in, left out or moved, both take the same ones.
 *
 * They differ in one thing: the body of a lambda that is the first bound of BETWEEN runs up to the
 * end for the parser, over the AND.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "sql/grammar.h"
#include "sql/parser.h"
#include "sql/syntax_error.h"

enum { TEXT_MAX = 1 << 14, TEXT_FULL = 600, UNREACHED = 1 << 20 };

typedef struct Generator {
    const Grammar *grammar;
    uint64_t random;
    size_t size;
    char text[TEXT_MAX];
    int least_depth[RULE_COUNT]; /* of nested rules that a rule needs */
} Generator;

static uint32_t random_below(Generator *g, uint32_t limit) {
    g->random = g->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(g->random >> 33) % limit;
}

static void emit(Generator *g, const char *word) {
    size_t size = strlen(word);
    if (g->size + size + 2 < sizeof g->text) {
        memcpy(g->text + g->size, word, size);
        g->size += size;
        g->text[g->size++] = ' ';
        g->text[g->size] = '\0';
    }
}

/* ---- how deep a part must go ---- */

static int alternative_depth(const Generator *g, const Alternative *alternative);

static int shallowest(const Generator *g, const Element *element) {
    int least = UNREACHED;
    for (int32_t i = 0; i < element->alternative_count; i++) {
        int depth = alternative_depth(g, &element->alternatives[i]);
        least = depth < least ? depth : least;
    }
    return least;
}

static int alternative_depth(const Generator *g, const Alternative *alternative) {
    int most = 0;
    for (int32_t i = 0; i < alternative->count; i++) {
        const Element *element = alternative->elements[i];
        int depth = 0;
        if (element->kind == ELEMENT_RULE) {
            depth = g->least_depth[element->rule];
        } else if (element->kind == ELEMENT_BLOCK || element->kind == ELEMENT_PLUS) {
            depth = shallowest(g, element);
        }
        most = depth > most ? depth : most;
    }
    return most;
}

static void compute_depths(Generator *g) {
    for (int rule = 0; rule < RULE_COUNT; rule++) {
        g->least_depth[rule] = UNREACHED;
    }
    bool changed = true;
    while (changed) {
        changed = false;
        for (int rule = 0; rule < RULE_COUNT; rule++) {
            int depth = alternative_depth(g, &g->grammar->rules[rule].body) + 1;
            changed |= depth < g->least_depth[rule];
            g->least_depth[rule] = depth < g->least_depth[rule] ? depth : g->least_depth[rule];
        }
    }
}

/* ---- generating ---- */

static void generate_alternative(Generator *g, const Alternative *alternative, int depth);

static void generate_token(Generator *g, const TokenSet *tokens) {
    TokenKind kinds[TOKEN_KIND_COUNT];
    uint32_t count = 0;
    for (int kind = 0; kind < TOKEN_KIND_COUNT; kind++) {
        if (token_set_has(tokens, (TokenKind)kind)) {
            kinds[count++] = (TokenKind)kind;
        }
    }
    TokenKind kind = kinds[random_below(g, count)];
    switch (kind) {
    case TOKEN_END:
        break;
    case TOKEN_STRING:
        emit(g, "'s'");
        break;
    case TOKEN_DOLLAR_STRING:
        emit(g, "$$x$$");
        break;
    case TOKEN_BINARY_LITERAL:
        emit(g, "X'0a'");
        break;
    case TOKEN_INTEGER_VALUE:
        emit(g, "12");
        break;
    case TOKEN_DECIMAL_VALUE:
        emit(g, "1.5");
        break;
    case TOKEN_DOUBLE_VALUE:
        emit(g, "1e3");
        break;
    default:
        emit(g, token_kind_text(kind));
        break;
    }
}

static void generate_rule(Generator *g, RuleId rule, int depth) {
    static const char *const names[] = {"a", "b", "t", "x1", "\"Q q\"", "abc"};
    if (rule == RULE_identifier) {
        emit(g, names[random_below(g, sizeof names / sizeof names[0])]);
    } else if (rule == RULE_string) {
        emit(g, random_below(g, 5) > 0 ? "'s'" : "U&'\\0041'");
    } else {
        generate_alternative(g, &g->grammar->rules[rule].body, depth - 1);
    }
}

/* One of the alternatives that `depth` allows, or a shallowest one. */
static void generate_choice(Generator *g, const Element *element, int depth) {
    int least = shallowest(g, element);
    int32_t allowed[256];
    uint32_t count = 0;
    for (int32_t i = 0; i < element->alternative_count; i++) {
        int needed = alternative_depth(g, &element->alternatives[i]);
        if (needed <= (depth > least ? depth : least)) {
            allowed[count++] = i;
        }
    }
    generate_alternative(g, &element->alternatives[allowed[random_below(g, count)]], depth);
}

static void generate_element(Generator *g, const Element *element, int depth) {
    depth = g->size > TEXT_FULL ? 0 : depth;
    switch (element->kind) {
    case ELEMENT_TOKENS:
        generate_token(g, &element->tokens);
        break;
    case ELEMENT_RULE:
        generate_rule(g, element->rule, depth);
        break;
    case ELEMENT_BLOCK:
        generate_choice(g, element, depth);
        break;
    case ELEMENT_OPTIONAL:
        if (shallowest(g, element) <= depth && random_below(g, 2) == 0) {
            generate_choice(g, element, depth);
        }
        break;
    case ELEMENT_STAR:
        while (shallowest(g, element) <= depth && g->size <= TEXT_FULL && random_below(g, 3) == 0) {
            generate_choice(g, element, depth - 1);
        }
        break;
    case ELEMENT_PLUS:
        do {
            generate_choice(g, element, depth);
        } while (depth > 2 && g->size <= TEXT_FULL && random_below(g, 3) == 0);
        break;
    case ELEMENT_PRECEDENCE:
        break;
    }
}

static void generate_alternative(Generator *g, const Alternative *alternative, int depth) {
    for (int32_t i = 0; i < alternative->count; i++) {
        generate_element(g, alternative->elements[i], depth);
    }
}

static void generate_statement(Generator *g) {
    g->size = 0;
    g->text[0] = '\0';
    generate_rule(g, RULE_statement, 6 + (int)random_below(g, 14));
}

/* ---- spoiling ---- */

/* Blanks a token, puts a keyword before it, or puts another token of the text in its place. */
static void spoil(Generator *g, const TokenList *list) {
    const Token *at = &list->tokens[random_below(g, (uint32_t)list->count - 1)];
    const Token *other = &list->tokens[random_below(g, (uint32_t)list->count - 1)];
    char spoilt[TEXT_MAX * 2];
    const char *keyword = token_kind_text(
        (TokenKind)(TOKEN_KEYWORD_FIRST + (int)random_below(g, TOKEN_KEYWORD_COUNT)));
    const char *rest = g->text + at->offset + at->size;
    int size = 0;
    switch (random_below(g, 3)) {
    case 0:
        size = snprintf(spoilt, sizeof spoilt, "%.*s %s", at->offset, g->text, rest);
        break;
    case 1:
        size = snprintf(spoilt, sizeof spoilt, "%.*s %s %s", at->offset, g->text, keyword,
                        g->text + at->offset);
        break;
    default:
        size = snprintf(spoilt, sizeof spoilt, "%.*s %.*s %s", at->offset, g->text, other->size,
                        g->text + other->offset, rest);
        break;
    }
    if ((size_t)size < sizeof g->text) {
        memcpy(g->text, spoilt, (size_t)size + 1);
        g->size = (size_t)size;
    }
}

/* ---- tests ---- */

/* Does the parser take the text? An error in what a well-formed text says counts as taken. */
static bool parser_accepts(Context *cx, const Generator *g) {
    Node *statement = NULL;
    if (parse_statement(cx, g->text, g->size, &statement) == OK) {
        return true;
    }
    bool is_syntax = strstr(cx->error.message, "mismatched input") != NULL;
    context_clear_error(cx);
    return !is_syntax;
}

static Generator *generator_create(Arena *arena, uint64_t seed) {
    Generator *g = arena_new(arena, Generator);
    g->grammar = grammar_get();
    g->random = seed;
    compute_depths(g);
    return g;
}

static void test_generated_statements_parse(void **state) {
    Arena *arena = arena_create(NULL);
    Generator *g = generator_create(arena, 4);
    for (int i = 0; i < 2000; i++) {
        Arena *scratch = arena_create(NULL);
        Context cx = {.arena = scratch};
        TokenList list;
        generate_statement(g);
        assert_int_equal(tokenize(&cx, g->text, g->size, &list), OK);
        bool excused = strstr(g->text, "->") != NULL && strstr(g->text, "BETWEEN") != NULL;
        if (!parser_accepts(&cx, g) && !excused && grammar_accepts(&list, START_STATEMENT)) {
            fail_msg("the parser refuses: %s", g->text);
        }
        arena_free(scratch);
    }
    arena_free(arena);
}

static void test_spoilt_statements_agree(void **state) {
    Arena *arena = arena_create(NULL);
    Generator *g = generator_create(arena, 9);
    for (int i = 0; i < 300; i++) {
        Arena *scratch = arena_create(NULL);
        Context cx = {.arena = scratch};
        TokenList list;
        generate_statement(g);
        assert_int_equal(tokenize(&cx, g->text, g->size, &list), OK);
        if (list.count > 1) {
            spoil(g, &list);
        }
        assert_int_equal(tokenize(&cx, g->text, g->size, &list), OK);
        bool accepted = parser_accepts(&cx, g);
        if (accepted != grammar_accepts(&list, START_STATEMENT)) {
            fail_msg("only the %s accepts: %s", accepted ? "parser" : "grammar", g->text);
        }
        arena_free(scratch);
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generated_statements_parse),
        cmocka_unit_test(test_spoilt_statements_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
