/*
 * Regular expressions of SQL functions: Oniguruma with Java's syntax over UTF-8. A compiled pattern
 * is immutable and may be searched by several threads; a Regions is the scratch of one search at a
 * time.
 */
#pragma once

#include <oniguruma.h>

#include "function/function.h"

/* What a kernel has while it runs: the pattern of the current row, and where its last match was. */
typedef struct RegexpCall {
    KernelCall *call;
    regex_t *constant; /* the prepared pattern, or NULL */
    regex_t *current;  /* compiled for `current_text` */
    StringView current_text;
    OnigRegion *region;
} RegexpCall;

/* Compiles a constant pattern (argument 1); a malformed one fails each row instead. */
Status regexp_prepare(Context *cx, const FunctionBinding *binding, void **ret_state);

RegexpCall regexp_start(KernelCall *call);
void regexp_done(RegexpCall *regexp);
#define REGEXP_CALL __attribute__((cleanup(regexp_done))) RegexpCall

/* The pattern of a row; NULL when the row has failed because it is malformed. */
regex_t *regexp_of_row(RegexpCall *regexp, int32_t row);
/* Searches from byte `from`; the match is in regexp->region. */
bool regexp_search(RegexpCall *regexp, regex_t *pattern, const char *text, size_t size,
                   size_t from);
/* Where to search after the match in the region: after it, or a code point on when it is empty. */
size_t regexp_next_start(const RegexpCall *regexp, const char *text, size_t size);
