/*
 * What to say about a text that the parser refused.
 */
#pragma once

#include "lexer.h"

/* What the text was to be. */
typedef enum StartRule {
    START_STATEMENT,
    START_EXPRESSION,
    START_TYPE,
    START_PATH,
    START_FUNCTION,
} StartRule;

/*
 * Fails with Trino's message for the tokens. `furthest` is the token at which the parser stopped:
 * it is reported, without a list of what was expected, if the text is too large to explain.
 */
MUST_CHECK Status syntax_error(Context *cx, const TokenList *list, StartRule start,
                               int32_t furthest);
/* Are the tokens in the grammar, as the explanation sees it? For tests: the parser must agree. */
bool grammar_accepts(const TokenList *list, StartRule start);
