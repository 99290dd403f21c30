/*
 * The frame of a page: header, checksum, compression. The columns are page_write.c's and
 * page_read.c's.
 */
#include "vector/page.h"

#include <assert.h>
#include <lz4.h>
#include <zstd.h>

#include "vector/page_columns.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static const char magic[4] = {'W', 'P', 'G', '1'};

enum {
    CODEC_AT = 4,
    ROWS_AT = 8,
    COLUMNS_AT = 12,
    PAYLOAD_BYTES_AT = 16,
    STORED_BYTES_AT = 24,
    CHECKSUM_AT = 32,
    ZSTD_LEVEL = 1,
};

static uint64_t checksum_of(const uint8_t *page, size_t size) {
    uint64_t header = XXH3_64bits(page, CHECKSUM_AT);
    return XXH3_64bits_withSeed(page + PAGE_HEADER_BYTES, size - PAGE_HEADER_BYTES, header);
}

static void write_header(uint8_t *page, const PageHeader *header) {
    memset(page, 0, PAGE_HEADER_BYTES);
    memcpy(page, magic, sizeof magic);
    page[CODEC_AT] = (uint8_t)header->codec;
    memcpy(page + ROWS_AT, &header->row_count, 4);
    memcpy(page + COLUMNS_AT, &header->column_count, 4);
    memcpy(page + PAYLOAD_BYTES_AT, &header->payload_bytes, 8);
    memcpy(page + STORED_BYTES_AT, &header->stored_bytes, 8);
    uint64_t checksum = checksum_of(page, PAGE_HEADER_BYTES + (size_t)header->stored_bytes);
    memcpy(page + CHECKSUM_AT, &checksum, 8);
}

/* Compressed bytes into out, or 0 when that does not pay. */
static size_t compress(const ByteString *payload, PageCodec codec, uint8_t *out, size_t capacity) {
    size_t size = 0;
    if (codec == PAGE_CODEC_LZ4) {
        int written =
            LZ4_compress_default(payload->data, (char *)out, (int)payload->size, (int)capacity);
        size = written > 0 ? (size_t)written : 0;
    } else if (codec == PAGE_CODEC_ZSTD) {
        size = ZSTD_compress(out, capacity, payload->data, payload->size, ZSTD_LEVEL);
        size = ZSTD_isError(size) ? 0 : size;
    }
    return size < payload->size - payload->size / 10 ? size : 0;
}

Status page_encode(Context *cx, const Batch *batch, PageCodec codec, Buffer **ret_page) {
    ByteString payload = {0};
    for (int32_t i = 0; i < batch->column_count; i++) {
        assert(batch->columns[i]->length >= batch->row_count);
        page_column_append(&payload, batch->columns[i], batch->row_count);
    }
    if (payload.size > PAGE_PAYLOAD_BYTES_MAX) {
        size_t size = payload.size;
        byte_string_done(&payload);
        return FAIL(cx, SERIALIZATION_ERROR, "A page of %zu bytes is too large to send", size);
    }
    size_t bound = codec == PAGE_CODEC_LZ4    ? (size_t)LZ4_compressBound((int)payload.size)
                   : codec == PAGE_CODEC_ZSTD ? ZSTD_compressBound(payload.size)
                                              : payload.size;
    bound = bound < payload.size ? payload.size : bound;
    Buffer *page = buffer_create((int64_t)(PAGE_HEADER_BYTES + bound));
    uint8_t *body = page->data + PAGE_HEADER_BYTES;
    size_t stored = payload.size == 0 ? 0 : compress(&payload, codec, body, bound);
    PageHeader header = {.codec = codec,
                         .row_count = batch->row_count,
                         .column_count = batch->column_count,
                         .payload_bytes = (int64_t)payload.size};
    if (stored == 0) {
        header.codec = PAGE_CODEC_NONE;
        stored = payload.size;
        if (stored > 0) {
            memcpy(body, payload.data, stored);
        }
    }
    header.stored_bytes = (int64_t)stored;
    write_header(page->data, &header);
    byte_string_done(&payload);
    page->size = (int64_t)(PAGE_HEADER_BYTES + stored);
    *ret_page = page;
    return OK;
}

Status page_read_header(Context *cx, const void *bytes, size_t size, PageHeader *ret_header) {
    const uint8_t *page = bytes;
    if (size < PAGE_HEADER_BYTES || memcmp(page, magic, sizeof magic) != 0) {
        return FAIL(cx, SERIALIZATION_ERROR, "Not a page");
    }
    PageHeader header = {.codec = (PageCodec)page[CODEC_AT]};
    memcpy(&header.row_count, page + ROWS_AT, 4);
    memcpy(&header.column_count, page + COLUMNS_AT, 4);
    memcpy(&header.payload_bytes, page + PAYLOAD_BYTES_AT, 8);
    memcpy(&header.stored_bytes, page + STORED_BYTES_AT, 8);
    memcpy(&header.checksum, page + CHECKSUM_AT, 8);
    bool sizes_fit = header.payload_bytes >= 0 && header.payload_bytes <= PAGE_PAYLOAD_BYTES_MAX &&
                     header.stored_bytes >= 0 && header.stored_bytes <= PAGE_PAYLOAD_BYTES_MAX;
    if (page[CODEC_AT] > PAGE_CODEC_ZSTD || header.row_count < 0 || header.column_count < 0 ||
        !sizes_fit ||
        (header.codec == PAGE_CODEC_NONE && header.payload_bytes != header.stored_bytes)) {
        return FAIL(cx, SERIALIZATION_ERROR, "A page header is corrupt");
    }
    *ret_header = header;
    return OK;
}

static bool decompress(const PageHeader *header, const uint8_t *body, Buffer *payload) {
    size_t stored = (size_t)header->stored_bytes, size = (size_t)header->payload_bytes;
    switch (header->codec) {
    case PAGE_CODEC_NONE:
        memcpy(payload->data, body, size);
        return true;
    case PAGE_CODEC_LZ4:
        return LZ4_decompress_safe((const char *)body, (char *)payload->data, (int)stored,
                                   (int)size) == (int)size;
    case PAGE_CODEC_ZSTD:
        return ZSTD_decompress(payload->data, size, body, stored) == size;
    }
    return false;
}

static Status read_columns(PageReader *reader, const Type *const *types, Batch *batch) {
    for (int32_t i = 0; i < batch->column_count; i++) {
        TRY(page_column_read(reader, types[i], batch->row_count, &batch->columns[i]));
    }
    if (reader->position != reader->payload->size) {
        return FAIL(reader->cx, SERIALIZATION_ERROR, "A page has bytes behind its last column");
    }
    return OK;
}

Status page_decode(Context *cx, const void *page, size_t size, const Type *const *types,
                   int32_t column_count, Batch **ret_batch) {
    PageHeader header;
    TRY(page_read_header(cx, page, size, &header));
    if (size != PAGE_HEADER_BYTES + (size_t)header.stored_bytes) {
        return FAIL(cx, SERIALIZATION_ERROR, "A page is cut off");
    }
    uint64_t checksum = checksum_of(page, size);
    if (checksum != header.checksum) {
        return FAIL(cx, SERIALIZATION_ERROR,
                    "Data corruption, read checksum: 0x%llx, calculated checksum: 0x%llx",
                    (unsigned long long)header.checksum, (unsigned long long)checksum);
    }
    if (header.column_count != column_count) {
        return FAIL(cx, SERIALIZATION_ERROR, "A page has %d columns instead of %d",
                    header.column_count, column_count);
    }
    Buffer *payload = buffer_create(header.payload_bytes);
    Batch *batch = batch_create(column_count, header.row_count);
    PageReader reader = {.cx = cx, .payload = payload};
    Status status = OK;
    if (!decompress(&header, (const uint8_t *)page + PAGE_HEADER_BYTES, payload)) {
        status = FAIL(cx, SERIALIZATION_ERROR, "A page cannot be decompressed");
    } else {
        status = read_columns(&reader, types, batch);
    }
    buffer_unref(payload);
    if (status != OK) {
        batch_free(batch);
        return FAILED;
    }
    *ret_batch = batch;
    return OK;
}
