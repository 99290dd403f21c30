/* Arenas, pools, buffers, byte strings and failure messages. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/buffer.h"
#include "base/pool.h"

static int cleanup_order[4], cleanup_count;

static void note_cleanup(void *argument) {
    cleanup_order[cleanup_count++] = *(int *)argument;
}

static void test_arena(void **state) {
    Arena *root = arena_create(NULL), *child = arena_create(root);
    int one = 1, two = 2, three = 3;
    cleanup_count = 0;
    arena_on_free(root, note_cleanup, &one);
    arena_on_free(root, note_cleanup, &two);
    arena_on_free(child, note_cleanup, &three);
    for (size_t size = 0; size < 5000; size += 7) {
        char *memory = arena_alloc(child, size);
        assert_int_equal((uintptr_t)memory % 16, 0);
        memset(memory, 0xab, size);
    }
    char *big = arena_zalloc(child, 3 << 20);
    assert_int_equal(big[(3 << 20) - 1], 0);
    assert_true(arena_bytes(child) > 3 << 20);
    assert_string_equal(arena_printf(root, "%s-%d", "a", 5), "a-5");
    char *longer = arena_printf(root, "%0500d", 7);
    assert_int_equal(strlen(longer), 500);
    assert_string_equal(arena_strndup(root, "hello", 3), "hel");
    assert_null(arena_strdup(root, NULL));
    arena_reset(root);
    assert_int_equal(cleanup_count, 3);
    assert_int_equal(cleanup_order[0], 3);
    assert_int_equal(cleanup_order[1], 2);
    assert_int_equal(cleanup_order[2], 1);
    assert_string_equal(arena_strdup(root, "again"), "again");
    arena_free(root);
    arena_free(NULL);
}

static void test_arena_child_freed_first(void **state) {
    Arena *root = arena_create(NULL);
    Arena *children[5];
    for (int i = 0; i < 5; i++) {
        children[i] = arena_create(root);
    }
    arena_free(children[2]);
    arena_free(children[0]);
    arena_free(children[4]);
    arena_free(root);
}

static void test_failures(void **state) {
    Arena *arena = arena_create(NULL);
    Context context = {.arena = arena}, *cx = &context;
    assert_int_equal(FAIL(cx, DIVISION_BY_ZERO, "Division by %s", "zero"), FAILED);
    assert_string_equal(cx->error.message, "Division by zero");
    assert_int_equal(cx->error.code, DIVISION_BY_ZERO);
    (void)!FAIL_AT(cx, SYNTAX_ERROR, 3, 14, "mismatched input");
    assert_string_equal(cx->error.message, "line 3:14: mismatched input");
    assert_int_equal(cx->error.line, 3);
    context_clear_error(cx);
    assert_int_equal(cx->error.code, NO_ERROR);
    assert_string_equal(error_code_name(SYNTAX_ERROR), "SYNTAX_ERROR");
    assert_int_equal(error_code_type(EXCEEDED_LOCAL_MEMORY_LIMIT),
                     ERROR_TYPE_INSUFFICIENT_RESOURCES);
    assert_string_equal(error_type_name(error_code_type(GENERIC_INTERNAL_ERROR)), "INTERNAL_ERROR");
    arena_free(arena);
}

static void test_pool(void **state) {
    Arena *arena = arena_create(NULL);
    Context context = {.arena = arena}, *cx = &context;
    MemoryPool *node = pool_create(NULL, "node", 0, MEMORY_LIMIT_LOCAL);
    MemoryPool *query = pool_create(node, "query", 100 * 1024, MEMORY_LIMIT_LOCAL);
    MemoryPool *scan = pool_create(query, "TableScanOperator", 0, MEMORY_LIMIT_LOCAL);
    MemoryPool *scan2 = pool_create(query, "TableScanOperator", 0, MEMORY_LIMIT_LOCAL);
    MemoryPool *output = pool_create(query, "TaskOutputOperator", 0, MEMORY_LIMIT_LOCAL);
    assert_int_equal(pool_reserve(cx, scan, 51000), OK);
    assert_int_equal(pool_reserve(cx, scan2, 783), OK);
    assert_int_equal(pool_reserve(cx, output, 240), OK);
    assert_int_equal(pool_reserve(cx, output, 51784), FAILED);
    assert_int_equal(cx->error.code, EXCEEDED_LOCAL_MEMORY_LIMIT);
    assert_string_equal(
        cx->error.message,
        "Query exceeded per-node memory limit of 100kB [Allocated: 50.80kB, Delta: 50.57kB, "
        "Top Consumers: {TableScanOperator=50.57kB, TaskOutputOperator=240B}]");
    assert_int_equal(pool_reserved_bytes(node), 52023);
    assert_int_equal(pool_reserved_bytes(output), 240);
    assert_false(pool_try_reserve(scan, 1 << 20));
    assert_true(pool_try_reserve(scan, 1));
    assert_int_equal(pool_peak_bytes(query), 52024);
    pool_release(scan, 51001);
    pool_release(scan2, 783);
    pool_release(output, 240);
    pool_free(output);
    pool_free(scan2);
    pool_free(scan);
    pool_free(query);
    pool_free(node);
    MemoryPool *global = pool_create(NULL, "query", 20LL << 30, MEMORY_LIMIT_GLOBAL);
    assert_int_equal(pool_reserve(cx, global, 21LL << 30), FAILED);
    assert_int_equal(cx->error.code, EXCEEDED_GLOBAL_MEMORY_LIMIT);
    assert_string_equal(cx->error.message, "Query exceeded distributed user memory limit of 20GB");
    pool_free(global);
    pool_free(NULL);
    arena_free(arena);
}

typedef struct Spiller {
    MemoryPool *pool;
    int calls;
} Spiller;

static bool spill(void *owner, MemoryPool *refusing, int64_t bytes) {
    Spiller *spiller = owner;
    spiller->calls++;
    if (pool_reserved_bytes(spiller->pool) == 0) {
        return false;
    }
    pool_release(spiller->pool, pool_reserved_bytes(spiller->pool));
    return true;
}

static void test_pool_reclaim(void **state) {
    Arena *arena = arena_create(NULL);
    Context context = {.arena = arena}, *cx = &context;
    MemoryPool *root = pool_create(NULL, "node", 1000, MEMORY_LIMIT_LOCAL);
    MemoryPool *a = pool_create(root, "a", 0, MEMORY_LIMIT_LOCAL);
    MemoryPool *b = pool_create(root, "b", 0, MEMORY_LIMIT_LOCAL);
    Spiller spiller = {.pool = a};
    pool_set_reclaim(root, spill, &spiller);
    assert_int_equal(pool_reserve(cx, a, 900), OK);
    assert_int_equal(pool_reserve(cx, b, 900), OK);
    assert_int_equal(pool_reserve(cx, b, 900), FAILED);
    assert_int_equal(spiller.calls, 2);
    pool_release(b, 900);
    pool_free(a);
    pool_free(b);
    pool_free(root);
    arena_free(arena);
}

static int released;

static void count_release(Buffer *buffer) {
    released++;
}

static void test_buffers(void **state) {
    Arena *arena = arena_create(NULL);
    Context context = {.arena = arena}, *cx = &context;
    Buffer *buffer = buffer_create(100);
    assert_int_equal((uintptr_t)buffer->data % 64, 0);
    memset(buffer->data, 1, 100);
    volatile uint8_t padding = buffer->data[163];
    (void)padding;
    assert_ptr_equal(buffer_ref(buffer), buffer);
    buffer_unref(buffer);
    buffer_unref(buffer);
    buffer_unref(NULL);
    char foreign[8];
    Buffer *wrapped = buffer_wrap(foreign, 8, count_release, NULL);
    buffer_unref(wrapped);
    assert_int_equal(released, 1);
    MemoryPool *pool = pool_create(NULL, "p", 1000, MEMORY_LIMIT_LOCAL);
    Buffer *charged = NULL;
    assert_int_equal(buffer_reserve(cx, pool, 500, &charged), OK);
    assert_int_equal(pool_reserved_bytes(pool), buffer_allocated_bytes(500));
    Buffer *refused = NULL;
    assert_int_equal(buffer_reserve(cx, pool, 500, &refused), FAILED);
    assert_null(refused);
    buffer_unref(charged);
    assert_int_equal(pool_reserved_bytes(pool), 0);
    pool_free(pool);
    arena_free(arena);
}

static void test_byte_string(void **state) {
    ByteString string = {0};
    for (int i = 0; i < 100; i++) {
        byte_string_printf(&string, "%d,", i);
    }
    byte_string_append_char(&string, '!');
    assert_int_equal(strlen(byte_string_text(&string)), string.size);
    assert_memory_equal(string.data, "0,1,2,", 6);
    byte_string_done(&string);
    assert_string_equal(byte_string_text(&string), "");
    byte_string_done(&string);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena),        cmocka_unit_test(test_arena_child_freed_first),
        cmocka_unit_test(test_failures),     cmocka_unit_test(test_pool),
        cmocka_unit_test(test_pool_reclaim), cmocka_unit_test(test_buffers),
        cmocka_unit_test(test_byte_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
