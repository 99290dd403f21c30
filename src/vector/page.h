/*
 * Pages: batches as bytes, for the exchange, spill files and the spool. Columnar; dictionaries and
 * constants stay what they are. The types are not in the page: reader and writer know them from the
 * plan.
 *
 *   header  "WPG1", codec, 3 zero bytes, rows, columns, payload size, stored size, XXH3 of
 *           everything but itself
 *   payload per column: encoding, null bits, values; LZ4, ZSTD or as it is
 *
 * The checksum is always verified, and the reader is safe against arbitrary bytes: it gives a batch
 * or fails. Numbers are little-endian, as the values are. Threads: any.
 */
#pragma once

#include "warren/vector.h"

typedef enum PageCodec { PAGE_CODEC_NONE, PAGE_CODEC_LZ4, PAGE_CODEC_ZSTD } PageCodec;

enum { PAGE_HEADER_BYTES = 40, PAGE_PAYLOAD_BYTES_MAX = 1 << 30 };

/* A new buffer whose size is the page's. Incompressible payloads are stored as they are. */
MUST_CHECK Status page_encode(Context *cx, const Batch *batch, PageCodec codec, Buffer **ret_page);

/* `page` holds exactly one page. The batch does not refer to it afterwards. */
MUST_CHECK Status page_decode(Context *cx, const void *page, size_t size, const Type *const *types,
                              int32_t column_count, Batch **ret_batch);

/*
 * What the header says, without looking at the rest: to split a stream into pages. Fails when it is
 * not a header.
 */
typedef struct PageHeader {
    PageCodec codec;
    int32_t row_count, column_count;
    int64_t payload_bytes, stored_bytes; /* the page is PAGE_HEADER_BYTES + stored_bytes long */
    uint64_t checksum;
} PageHeader;

MUST_CHECK Status page_read_header(Context *cx, const void *bytes, size_t size,
                                   PageHeader *ret_header);
