/*
 * Pages: every encoding and codec there and back; damage of any byte is noticed; hostile payloads
 * fail or decode.
 */
#include "random_vector.h"

#include "vector/page.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { ROUNDS = 200, COLUMNS = 3 };

static Arena *arena;
static Context context;

static Batch *random_batch(const Type **types, int32_t rows) {
    Batch *batch = batch_create(COLUMNS, rows);
    for (int i = 0; i < COLUMNS; i++) {
        types[i] = random_type(2);
        batch->columns[i] = random_vector(types[i], rows, random_below(2) * 20);
    }
    return batch;
}

static void check_same(const Batch *a, const Batch *b) {
    assert_int_equal(a->row_count, b->row_count);
    for (int c = 0; c < COLUMNS; c++) {
        assert_int_equal(b->columns[c]->length, b->row_count);
        for (int32_t i = 0; i < a->row_count; i++) {
            assert_same_value(a->columns[c], i, b->columns[c], i);
        }
    }
}

static void test_there_and_back(void **state) {
    for (int round = 0; round < ROUNDS; round++) {
        const Type *types[COLUMNS];
        Batch *batch = random_batch(types, round % 5 == 0 ? round % 10 / 5 : random_below(500));
        Batch *decoded = NULL, *again = NULL;
        Buffer *page = NULL, *second = NULL;
        PageCodec codec = (PageCodec)(round % 3);
        assert_int_equal(page_encode(&context, batch, codec, &page), OK);
        assert_int_equal(
            page_decode(&context, page->data, (size_t)page->size, types, COLUMNS, &decoded), OK);
        check_same(batch, decoded);
        assert_int_equal(page_encode(&context, decoded, codec, &second), OK);
        buffer_unref(page);
        assert_int_equal(
            page_decode(&context, second->data, (size_t)second->size, types, COLUMNS, &again), OK);
        buffer_unref(second);
        check_same(batch, again);
        batch_free(batch);
        batch_free(decoded);
        batch_free(again);
        arena_reset(arena);
    }
}

static void test_encodings_kept(void **state) {
    const Type *type = type_varchar_unbounded();
    Vector *base = random_flat(type, 5, 0);
    Buffer *indices = buffer_create(100 * 4);
    for (int i = 0; i < 100; i++) {
        ((int32_t *)indices->data)[i] = i % 5;
    }
    Batch *batch = batch_create(2, 100), *decoded = NULL;
    batch->columns[0] = vector_create_constant(base, 3, 100);
    batch->columns[1] = vector_create_dictionary(base, indices, 100);
    const Type *types[] = {type, type};
    Buffer *page = NULL;
    assert_int_equal(page_encode(&context, batch, PAGE_CODEC_LZ4, &page), OK);
    assert_int_equal(page_decode(&context, page->data, (size_t)page->size, types, 2, &decoded), OK);
    assert_int_equal(decoded->columns[0]->encoding, ENCODING_CONSTANT);
    assert_int_equal(decoded->columns[1]->encoding, ENCODING_DICTIONARY);
    assert_int_equal(decoded->columns[1]->base->length, 5);
    buffer_unref(page);
    batch_free(batch);
    batch_free(decoded);
}

static void test_damage(void **state) {
    for (int round = 0; round < 40; round++) {
        const Type *types[COLUMNS];
        Batch *batch = random_batch(types, 20), *decoded = NULL;
        Buffer *page = NULL;
        assert_int_equal(page_encode(&context, batch, (PageCodec)(round % 3), &page), OK);
        for (int64_t i = 0; i < page->size; i++) {
            page->data[i] ^= (uint8_t)(1 << (i & 7));
            assert_int_equal(
                page_decode(&context, page->data, (size_t)page->size, types, COLUMNS, &decoded),
                FAILED);
            page->data[i] ^= (uint8_t)(1 << (i & 7));
        }
        for (int64_t size = 0; size < page->size; size++) {
            assert_int_equal(
                page_decode(&context, page->data, (size_t)size, types, COLUMNS, &decoded), FAILED);
        }
        assert_int_equal(
            page_decode(&context, page->data, (size_t)page->size, types, COLUMNS - 1, &decoded),
            FAILED);
        assert_null(decoded);
        buffer_unref(page);
        batch_free(batch);
        arena_reset(arena);
    }
}

/*
 * As test_damage, but with the checksum made right again, so that the columns themselves are read.
 */
static void test_hostile_payload(void **state) {
    for (int round = 0; round < 60; round++) {
        const Type *types[COLUMNS];
        Batch *batch = random_batch(types, 20);
        Buffer *page = NULL;
        assert_int_equal(page_encode(&context, batch, PAGE_CODEC_NONE, &page), OK);
        for (int i = 0; i < 300; i++) {
            Batch *decoded = NULL;
            int64_t at = 8 + random_below((int32_t)page->size - 8);
            uint8_t before = page->data[at];
            page->data[at] = random_below(2) ? (uint8_t)random_next() : 0xff;
            uint64_t sum = XXH3_64bits(page->data, 32);
            sum = XXH3_64bits_withSeed(page->data + 40, (size_t)page->size - 40, sum);
            memcpy(page->data + 32, &sum, 8);
            if (page_decode(&context, page->data, (size_t)page->size, types, COLUMNS, &decoded) ==
                OK) {
                for (int c = 0; c < COLUMNS && decoded->row_count < 1000; c++) {
                    for (int32_t row = 0; row < decoded->row_count; row++) {
                        free(rendered(decoded->columns[c], row));
                    }
                }
                batch_free(decoded);
            }
            page->data[at] = before;
        }
        buffer_unref(page);
        batch_free(batch);
        arena_reset(arena);
    }
}

static int set_up(void **state) {
    arena = arena_create(NULL);
    context.arena = arena;
    return 0;
}

static int tear_down(void **state) {
    arena_free(arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_encodings_kept),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_hostile_payload),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
