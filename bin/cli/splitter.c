/*
 * A scan by token. Inside CREATE FUNCTION and WITH FUNCTION, BEGIN, CASE, IF, LOOP, WHILE and
 * REPEAT open a block that END closes, and `;` inside a block belongs to the routine, as it does
 * for Trino's command line.
 */
#include "splitter.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_word_byte(char c) {
    return isalnum((unsigned char)c) || c == '_' || (c & 0x80) != 0;
}

/* The length of the token at text: a quoted part, a comment, a word, or one byte. */
static size_t token_length(const char *text) {
    size_t length = 1;
    char first = text[0];
    if (first == '\'' || first == '"' || first == '`') {
        while (text[length] != '\0' && text[length] != first) {
            length++;
        }
        return text[length] == '\0' ? length : length + 1;
    }
    if (first == '-' && text[1] == '-') {
        return strcspn(text, "\n");
    }
    if (first == '/' && text[1] == '*') {
        const char *end = strstr(text + 2, "*/");
        return end == NULL ? strlen(text) : (size_t)(end + 2 - text);
    }
    if (is_word_byte(first)) {
        while (is_word_byte(text[length])) {
            length++;
        }
    }
    return length;
}

static bool is_comment(const char *token, size_t length) {
    return length >= 2 &&
           ((token[0] == '-' && token[1] == '-') || (token[0] == '/' && token[1] == '*'));
}

static bool is_unfinished(const char *token, size_t length) {
    if (token[0] == '\'' || token[0] == '"' || token[0] == '`') {
        return length < 2 || token[length - 1] != token[0];
    }
    return length >= 2 && token[0] == '/' && token[1] == '*' &&
           (length < 4 || strncmp(token + length - 2, "*/", 2) != 0);
}

static bool is_word(const char *token, size_t length, const char *word) {
    return strlen(word) == length && strncasecmp(token, word, length) == 0;
}

typedef struct RoutineScan {
    bool is_routine; /* FUNCTION stood among the first words */
    int words;
    int depth;
    bool after_end; /* END IF, END CASE, ...: the second word opens nothing */
} RoutineScan;

static void scan_word(RoutineScan *scan, const char *token, size_t length, const char *rest) {
    static const char *const OPENERS[] = {"BEGIN", "CASE", "LOOP", "WHILE", "REPEAT"};
    if (!is_word_byte(token[0])) {
        return;
    }
    if (++scan->words <= 5 && is_word(token, length, "FUNCTION")) {
        scan->is_routine = true;
    }
    bool opens = false;
    for (size_t i = 0; i < sizeof OPENERS / sizeof OPENERS[0]; i++) {
        opens = opens || is_word(token, length, OPENERS[i]);
    }
    /* if(a, b, c) and repeat(a, n) are calls. */
    bool is_call = rest[0] == '(';
    opens = (opens && !(is_call && is_word(token, length, "REPEAT"))) ||
            (is_word(token, length, "IF") && !is_call && scan->depth > 0);
    if (is_word(token, length, "END")) {
        scan->depth -= scan->depth > 0;
        scan->after_end = true;
        return;
    }
    scan->depth += opens && !scan->after_end;
    scan->after_end = false;
}

static void trim(SplitStatement *statement) {
    while (statement->size > 0 && isspace((unsigned char)statement->text[0])) {
        statement->text++;
        statement->size--;
    }
    while (statement->size > 0 && isspace((unsigned char)statement->text[statement->size - 1])) {
        statement->size--;
    }
}

bool split_next(const char *text, bool knows_vertical, size_t *position,
                SplitStatement *ret_statement) {
    size_t start = *position, at = start;
    RoutineScan scan = {0};
    while (text[at] != '\0') {
        size_t length = token_length(text + at);
        bool is_vertical = knows_vertical && text[at] == '\\' && text[at + 1] == 'G';
        if ((text[at] == ';' && !(scan.is_routine && scan.depth > 0)) || is_vertical) {
            SplitStatement found = {text + start, at - start, true, is_vertical};
            at += is_vertical ? 2 : 1;
            *position = start = at;
            scan = (RoutineScan){0};
            trim(&found);
            if (found.size > 0) {
                *ret_statement = found;
                return true;
            }
            continue;
        }
        if (!is_comment(text + at, length)) {
            scan_word(&scan, text + at, length, text + at + length);
        }
        at += length;
    }
    *position = at;
    SplitStatement rest = {text + start, at - start, false, false};
    trim(&rest);
    *ret_statement = rest;
    return rest.size > 0;
}

bool statement_is_empty(const char *text, size_t size) {
    for (size_t at = 0; at < size;) {
        size_t length = token_length(text + at);
        if (is_unfinished(text + at, length) ||
            (!is_comment(text + at, length) && !isspace((unsigned char)text[at]))) {
            return false;
        }
        at += length;
    }
    return true;
}
