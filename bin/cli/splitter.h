/*
 * Cuts text into statements at `;` (and `\G` when asked for) outside quotes, comments and the
 * bodies of SQL routines.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct SplitStatement {
    const char *text; /* trimmed; points into the input */
    size_t size;
    bool is_complete; /* a delimiter followed */
    bool is_vertical; /* that delimiter was \G */
} SplitStatement;

/*
 * The next statement at *position, which moves past it. False at the end of the text. An empty
 * statement between delimiters is skipped, what is left after the last delimiter comes with
 * is_complete false.
 */
bool split_next(const char *text, bool knows_vertical, size_t *position,
                SplitStatement *ret_statement);

/* True when there is nothing but white space and comments. */
bool statement_is_empty(const char *text, size_t size);
