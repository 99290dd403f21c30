/*
 * What to say about a text that is not in the grammar.
 */
#include "parser_internal.h"

Status syntax_error(Context *cx, const TokenList *list, StartRule start, int32_t furthest) {
    (void)start;
    const Token *token = &list->tokens[furthest];
    const char *text = token->kind == TOKEN_END
                           ? "<EOF>"
                           : arena_strndup(cx->arena, list->text + token->offset,
                                           (size_t)token->size);
    return FAIL_AT(cx, SYNTAX_ERROR, token->line, token->column, "mismatched input '%s'", text);
}
