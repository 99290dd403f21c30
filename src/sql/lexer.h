/*
 * Statement text to tokens.
 *
 * The whole text becomes one array before parsing: the parser looks ahead freely, and a failed
 * parse is explained from the same tokens. Every byte belongs to a token, to white space or to a
 * comment; what no rule knows is UNRECOGNIZED, one code point long, and left to the parser to
 * refuse. The last token is always END.
 */
#pragma once

#include "warren/memory.h"
#include "warren/status.h"

typedef enum TokenKind {
    TOKEN_END, /* printed as <EOF> */
    TOKEN_IDENTIFIER,
    TOKEN_DIGIT_IDENTIFIER,
    TOKEN_QUOTED_IDENTIFIER,
    TOKEN_BACKQUOTED_IDENTIFIER,
    TOKEN_STRING,
    TOKEN_UNICODE_STRING,
    TOKEN_DOLLAR_STRING,
    TOKEN_BINARY_LITERAL,
    TOKEN_INTEGER_VALUE,
    TOKEN_DECIMAL_VALUE,
    TOKEN_DOUBLE_VALUE,
    TOKEN_UNRECOGNIZED,
    TOKEN_EQ,
    TOKEN_NEQ,
    TOKEN_LT,
    TOKEN_LTE,
    TOKEN_GT,
    TOKEN_GTE,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_ASTERISK,
    TOKEN_SLASH,
    TOKEN_PERCENT,
    TOKEN_CONCAT,
    TOKEN_QUESTION_MARK,
    TOKEN_SEMICOLON,
    TOKEN_COLON,
    TOKEN_DOT,
    TOKEN_COMMA,
    TOKEN_LEFT_PAREN,
    TOKEN_RIGHT_PAREN,
    TOKEN_LEFT_BRACKET,
    TOKEN_RIGHT_BRACKET,
    TOKEN_LEFT_BRACE,
    TOKEN_RIGHT_BRACE,
    TOKEN_LEFT_BRACE_HYPHEN,
    TOKEN_RIGHT_BRACE_HYPHEN,
    TOKEN_ARROW,        /* -> */
    TOKEN_DOUBLE_ARROW, /* => */
    TOKEN_CARET,
    TOKEN_DOLLAR,
    TOKEN_VERTICAL_BAR,
#define KEYWORD(word, reservation) KEYWORD_##word,
#include "keywords.def"
    TOKEN_KIND_COUNT,
} TokenKind;

enum {
    TOKEN_KEYWORD_FIRST = TOKEN_VERTICAL_BAR + 1,
    TOKEN_KEYWORD_COUNT = TOKEN_KIND_COUNT - TOKEN_KEYWORD_FIRST
};

typedef struct Token {
    TokenKind kind;
    int32_t offset; /* in bytes */
    int32_t size;   /* in bytes */
    int32_t line;   /* 1-based; only LF ends a line */
    int32_t column; /* 1-based, in code points */
} Token;

typedef struct TokenList {
    const char *text;
    int32_t count; /* END included */
    Token *tokens;
} TokenList;

/* Never fails but for a text beyond 2 GB. The list refers to a copy of the text in cx->arena. */
MUST_CHECK Status tokenize(Context *cx, const char *text, size_t size, TokenList *ret_tokens);

/* The keyword with this spelling, in any case; TOKEN_IDENTIFIER if it is none. */
TokenKind keyword_find(const char *word, size_t size);
/* "SELECT" for a keyword, "<=" for punctuation; NULL for tokens with varying text. */
const char *token_kind_text(TokenKind kind);
bool keyword_is_reserved(TokenKind kind);

static inline bool token_is_non_reserved(TokenKind kind) {
    return kind >= (TokenKind)TOKEN_KEYWORD_FIRST && !keyword_is_reserved(kind);
}
