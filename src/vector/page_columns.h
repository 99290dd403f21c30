/*
 * The payload of a page: columns one after another. Arrays start at multiples of 16 bytes from the
 * payload's start, so a reader uses them in place.
 */
#pragma once

#include "base/buffer.h"
#include "warren/vector.h"

void page_column_append(ByteString *payload, const Vector *column, int32_t length);

typedef struct PageReader {
    Context *cx;
    Buffer *payload; /* vectors hold references to it */
    int64_t position;
} PageReader;

/* The next column, of `length` rows. Fails on anything that is not one. */
MUST_CHECK Status page_column_read(PageReader *reader, const Type *type, int32_t length,
                                   Vector **ret_column);
