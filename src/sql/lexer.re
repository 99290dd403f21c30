/*
 * The lexer: re2c makes a direct-coded automaton from the rules below. Longest match wins, then the
 * earlier rule.
 *
 * Words are letters of ASCII only; anything else outside quotes is UNRECOGNIZED. An unterminated
 * string, quoted identifier or comment is not a token: its first character alone is UNRECOGNIZED
 * (or punctuation), as in Trino.
 */
#include "sql/lexer.h"

#include <ctype.h>
#include <string.h>

typedef struct KeywordEntry {
    const char *word;
    bool reserved;
} KeywordEntry;

static const KeywordEntry keywords[TOKEN_KEYWORD_COUNT] = {
#define RESERVED true
#define NONRESERVED false
#define KEYWORD(word, reservation) {#word, reservation},
#include "keywords.def"
#undef RESERVED
#undef NONRESERVED
};

static const char *const punctuation[TOKEN_KEYWORD_FIRST] = {
    [TOKEN_EQ] = "=",
    [TOKEN_NEQ] = "<>",
    [TOKEN_LT] = "<",
    [TOKEN_LTE] = "<=",
    [TOKEN_GT] = ">",
    [TOKEN_GTE] = ">=",
    [TOKEN_PLUS] = "+",
    [TOKEN_MINUS] = "-",
    [TOKEN_ASTERISK] = "*",
    [TOKEN_SLASH] = "/",
    [TOKEN_PERCENT] = "%",
    [TOKEN_CONCAT] = "||",
    [TOKEN_QUESTION_MARK] = "?",
    [TOKEN_SEMICOLON] = ";",
    [TOKEN_COLON] = ":",
    [TOKEN_DOT] = ".",
    [TOKEN_COMMA] = ",",
    [TOKEN_LEFT_PAREN] = "(",
    [TOKEN_RIGHT_PAREN] = ")",
    [TOKEN_LEFT_BRACKET] = "[",
    [TOKEN_RIGHT_BRACKET] = "]",
    [TOKEN_LEFT_BRACE] = "{",
    [TOKEN_RIGHT_BRACE] = "}",
    [TOKEN_LEFT_BRACE_HYPHEN] = "{-",
    [TOKEN_RIGHT_BRACE_HYPHEN] = "-}",
    [TOKEN_ARROW] = "->",
    [TOKEN_DOUBLE_ARROW] = "=>",
    [TOKEN_CARET] = "^",
    [TOKEN_DOLLAR] = "$",
    [TOKEN_VERTICAL_BAR] = "|",
};

/* Orders a word in any case against an upper case keyword, in ASCII order of upper case. */
static int word_compare(const char *word, size_t size, const char *keyword) {
    for (size_t i = 0; i < size; i++) {
        int difference = toupper((unsigned char)word[i]) - (unsigned char)keyword[i];
        if (difference != 0) {
            return difference;
        }
    }
    return keyword[size] == '\0' ? 0 : -1;
}

TokenKind keyword_find(const char *word, size_t size) {
    int low = 0;
    int high = TOKEN_KEYWORD_COUNT - 1;
    while (low <= high) {
        int middle = (low + high) / 2;
        const char *candidate = keywords[middle].word;
        int order = word_compare(word, size, candidate);
        if (order == 0) {
            return (TokenKind)(TOKEN_KEYWORD_FIRST + middle);
        }
        if (order < 0) {
            high = middle - 1;
        } else {
            low = middle + 1;
        }
    }
    return TOKEN_IDENTIFIER;
}

const char *token_kind_text(TokenKind kind) {
    if (kind >= (TokenKind)TOKEN_KEYWORD_FIRST) {
        return keywords[kind - TOKEN_KEYWORD_FIRST].word;
    }
    return punctuation[kind];
}

bool keyword_is_reserved(TokenKind kind) {
    return kind >= (TokenKind)TOKEN_KEYWORD_FIRST && keywords[kind - TOKEN_KEYWORD_FIRST].reserved;
}

/*
 * Moves *cursor over the next token; *start is where it begins, after white space and comments.
 * `limit` is a NUL.
 */
static TokenKind scan_token(const char **cursor, const char *limit, const char **start) {
    const char *YYCURSOR = *cursor;
    const char *YYLIMIT = limit;
    const char *YYMARKER;
    TokenKind kind;
#define ACCEPT(token)                                                                              \
    do {                                                                                           \
        kind = (token);                                                                            \
        goto done;                                                                                 \
    } while (0)
again:
    *start = YYCURSOR;
    /*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    digit = [0-9];
    letter = [a-zA-Z_];
    digits = digit ("_"? digit)*;
    exponent = 'e' [+-]? digit+;
    quoted = "'" ([^'] | "''")* "'";
    continuation = [\x80-\xbf];

    [ \t\r\n]+                          { goto again; }
    "--" [^\r\n]*                       { goto again; }
    "/*" ([^*] | ("*"+ [^*/]))* "*"+ "/" { goto again; }

    quoted                              { ACCEPT(TOKEN_STRING); }
    'u&' quoted                         { ACCEPT(TOKEN_UNICODE_STRING); }
    'x' "'" [^']* "'"                   { ACCEPT(TOKEN_BINARY_LITERAL); }
    "$$" ([^$] | "$" [^$])* "$$"        { ACCEPT(TOKEN_DOLLAR_STRING); }
    ["] ([^"] | ["]["])* ["]            { ACCEPT(TOKEN_QUOTED_IDENTIFIER); }
    "`" ([^`] | "``")* "`"              { ACCEPT(TOKEN_BACKQUOTED_IDENTIFIER); }

    digits                              { ACCEPT(TOKEN_INTEGER_VALUE); }
    '0x' ("_"? [0-9a-fA-F])+            { ACCEPT(TOKEN_INTEGER_VALUE); }
    '0o' ("_"? [0-7])+                  { ACCEPT(TOKEN_INTEGER_VALUE); }
    '0b' ("_"? [01])+                   { ACCEPT(TOKEN_INTEGER_VALUE); }
    digits "." digits?                  { ACCEPT(TOKEN_DECIMAL_VALUE); }
    "." digits                          { ACCEPT(TOKEN_DECIMAL_VALUE); }
    digit+ ("." digit*)? exponent       { ACCEPT(TOKEN_DOUBLE_VALUE); }
    "." digit+ exponent                 { ACCEPT(TOKEN_DOUBLE_VALUE); }
    letter (letter | digit)*            {
        kind = keyword_find(*start, (size_t)(YYCURSOR - *start));
        goto done;
    }
    digit (letter | digit)+             { ACCEPT(TOKEN_DIGIT_IDENTIFIER); }

    "="   { ACCEPT(TOKEN_EQ); }
    "<>"  { ACCEPT(TOKEN_NEQ); }
    "!="  { ACCEPT(TOKEN_NEQ); }
    "<"   { ACCEPT(TOKEN_LT); }
    "<="  { ACCEPT(TOKEN_LTE); }
    ">"   { ACCEPT(TOKEN_GT); }
    ">="  { ACCEPT(TOKEN_GTE); }
    "+"   { ACCEPT(TOKEN_PLUS); }
    "-"   { ACCEPT(TOKEN_MINUS); }
    "*"   { ACCEPT(TOKEN_ASTERISK); }
    "/"   { ACCEPT(TOKEN_SLASH); }
    "%"   { ACCEPT(TOKEN_PERCENT); }
    "||"  { ACCEPT(TOKEN_CONCAT); }
    "?"   { ACCEPT(TOKEN_QUESTION_MARK); }
    ";"   { ACCEPT(TOKEN_SEMICOLON); }
    ":"   { ACCEPT(TOKEN_COLON); }
    "."   { ACCEPT(TOKEN_DOT); }
    ","   { ACCEPT(TOKEN_COMMA); }
    "("   { ACCEPT(TOKEN_LEFT_PAREN); }
    ")"   { ACCEPT(TOKEN_RIGHT_PAREN); }
    "["   { ACCEPT(TOKEN_LEFT_BRACKET); }
    "]"   { ACCEPT(TOKEN_RIGHT_BRACKET); }
    "{"   { ACCEPT(TOKEN_LEFT_BRACE); }
    "}"   { ACCEPT(TOKEN_RIGHT_BRACE); }
    "{-"  { ACCEPT(TOKEN_LEFT_BRACE_HYPHEN); }
    "-}"  { ACCEPT(TOKEN_RIGHT_BRACE_HYPHEN); }
    "->"  { ACCEPT(TOKEN_ARROW); }
    "=>"  { ACCEPT(TOKEN_DOUBLE_ARROW); }
    "^"   { ACCEPT(TOKEN_CARET); }
    "$"   { ACCEPT(TOKEN_DOLLAR); }
    "|"   { ACCEPT(TOKEN_VERTICAL_BAR); }

    [\xc0-\xff] continuation{1,3}       { ACCEPT(TOKEN_UNRECOGNIZED); }
    $                                   { ACCEPT(TOKEN_END); }
    *                                   { ACCEPT(TOKEN_UNRECOGNIZED); }
    */
done:
    *cursor = YYCURSOR;
    return kind;
#undef ACCEPT
}

/* Where a scan stands, for line and column: advances from `from` to `to`. */
static void advance_position(const char *from, const char *to, int32_t *line, int32_t *column) {
    for (; from < to; from++) {
        if (*from == '\n') {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)*from & 0xc0) != 0x80) {
            (*column)++;
        }
    }
}

Status tokenize(Context *cx, const char *text, size_t size, TokenList *ret_tokens) {
    if (size >= INT32_MAX) {
        return FAIL(cx, QUERY_TEXT_TOO_LARGE, "Query text is too large");
    }
    const char *copy = arena_strndup(cx->arena, text, size);
    int32_t capacity = (int32_t)(size / 4) + 16;
    Token *tokens = arena_new_array(cx->arena, Token, capacity);
    int32_t count = 0;
    const char *cursor = copy;
    const char *positioned = copy; /* line and column are those of this place */
    int32_t line = 1;
    int32_t column = 1;
    for (;;) {
        const char *start;
        TokenKind kind = scan_token(&cursor, copy + size, &start);
        advance_position(positioned, start, &line, &column);
        positioned = start;
        if (count == capacity) {
            Token *larger = arena_new_array(cx->arena, Token, capacity * 2);
            memcpy(larger, tokens, sizeof(Token) * (size_t)count);
            tokens = larger;
            capacity *= 2;
        }
        tokens[count++] = (Token){
            .kind = kind,
            .offset = (int32_t)(start - copy),
            .size = (int32_t)(cursor - start),
            .line = line,
            .column = column,
        };
        if (kind == TOKEN_END) {
            break;
        }
    }
    *ret_tokens = (TokenList){.text = copy, .count = count, .tokens = tokens};
    return OK;
}
