/* QueryResults: the JSON of one page of the protocol, and the headers that go with it
 * (spec/protocol.md, sections 3, 4). */
#pragma once

#include "server/query.h"

typedef struct PageLinks {
    const char *base_uri;
    const char *next_uri;           /* NULL on the last page */
    const char *partial_cancel_uri; /* NULL: none */
} PageLinks;

/* Appends the page. rows: "[..],[..]" or NULL. The query's lock is held. */
void page_write(ByteString *out, ManagedQuery *query, const PageLinks *links,
                const ByteString *rows, int64_t row_count);
/* Session changes as response headers, once the statement has taken effect; texts in `arena`. The
 * lock is held. */
int32_t page_headers(Arena *arena, ManagedQuery *query, HttpHeader *headers, int32_t capacity);
void page_write_error(ByteString *out, const Error *error); /* "error": value */
