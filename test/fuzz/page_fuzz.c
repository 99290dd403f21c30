/*
 * Pages from hostile peers and damaged files. The first byte picks the column types; the rest is a
 * page. It is decoded as it is, then again with magic, size and checksum made right, since a fuzzer
 * cannot guess those; what decodes is read through, hashed, compared and encoded again.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "type/type_parse.h"
#include "vector/page.h"
#include "vector/vector_compare.h"
#include "vector/vector_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const type_texts[] = {
    "bigint",
    "varchar",
    "row(a integer, b varchar)",
    "array(varchar)",
    "map(bigint, array(double))",
    "decimal(38,2)",
    "row(x row(y array(boolean)))",
    "unknown",
};

enum { TYPES = sizeof type_texts / sizeof *type_texts, COLUMNS = 2, ROWS_READ_MAX = 5000 };

/*
 * A list may say that it has billions of equal elements without holding them; reading those through
 * proves nothing.
 */
static bool is_small(const Vector *vector) {
    bool small = vector->length <= 100 * ROWS_READ_MAX;
    for (int32_t i = 0; i < vector->child_count; i++) {
        small = small && is_small(vector->children[i]);
    }
    return small && (vector->base == NULL || is_small(vector->base));
}

static void read_through(Context *cx, const Batch *batch) {
    int32_t rows = batch->row_count < ROWS_READ_MAX ? batch->row_count : 0;
    for (int32_t i = 0; i < batch->column_count; i++) {
        rows = is_small(batch->columns[i]) ? rows : 0;
    }
    uint64_t *hashes = calloc((size_t)rows + 1, sizeof *hashes);
    uint8_t *equal = calloc((size_t)rows + 1, 1);
    for (int32_t i = 0; i < batch->column_count && rows > 0; i++) {
        const Vector *column = batch->columns[i];
        vector_hash(column, rows, hashes, i > 0);
        vector_identical_rows(column, NULL, column, NULL, rows, equal);
        for (int32_t row = 0; row < rows; row++) {
            assert(equal[row]);
        }
        Vector *copy = vector_create(column->type, 0);
        vector_append(copy, column, NULL, rows);
        vector_unref(copy);
    }
    Buffer *page = NULL;
    if (rows > 0 && page_encode(cx, batch, PAGE_CODEC_LZ4, &page) == OK) {
        buffer_unref(page);
    }
    free(hashes);
    free(equal);
}

static void decode(Context *cx, const uint8_t *page, size_t size, const Type *const *types) {
    Batch *batch = NULL;
    if (page_decode(cx, page, size, types, COLUMNS, &batch) == OK) {
        read_through(cx, batch);
        batch_free(batch);
    }
}

static void make_valid(uint8_t *page, size_t size) {
    int64_t stored = (int64_t)size - PAGE_HEADER_BYTES;
    int32_t columns = COLUMNS;
    memcpy(page, "WPG1", 4);
    memcpy(page + 12, &columns, 4);
    memcpy(page + 24, &stored, 8);
    if (page[4] == PAGE_CODEC_NONE) {
        memcpy(page + 16, &stored, 8);
    }
    memset(page + 19, 0, 5); /* payloads of 16 MB at most, for speed */
    uint64_t sum = XXH3_64bits(page, 32);
    sum = XXH3_64bits_withSeed(page + PAGE_HEADER_BYTES, (size_t)stored, sum);
    memcpy(page + 32, &sum, 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    Arena *arena = arena_create(NULL);
    Context cx = {.arena = arena};
    const Type *types[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        Status status = type_parse(&cx, type_texts[(data[0] >> (3 * i)) % TYPES], &types[i]);
        assert(status == OK);
        (void)status;
    }
    uint8_t *page = malloc(size);
    memcpy(page, data + 1, size - 1);
    decode(&cx, page, size - 1, types);
    if (size - 1 >= PAGE_HEADER_BYTES) {
        make_valid(page, size - 1);
        decode(&cx, page, size - 1, types);
    }
    free(page);
    arena_free(arena);
    return 0;
}
