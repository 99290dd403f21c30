/*
 * Questions to sketches that aggregates have made: they are stored in their serialised forms.
 */
#include "function/aggregate/hyperloglog.h"
#include "function/scalar/arguments.h"

enum { APPROX_SET_INDEX_BITS = 12 };

static Status hyperloglog_size(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        HyperLogLog sketch;
        if (hyperloglog_read(arena, string_data(view), view->length, &sketch)) {
            KERNEL_RESULT(call, int64_t)[row] = hyperloglog_cardinality(&sketch);
        } else {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Cannot deserialize HyperLogLog");
        }
        arena_reset(arena);
    }
    arena_free(arena);
    return OK;
}

static Status empty_approx_set(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    HyperLogLog sketch;
    ByteString bytes = {0};
    hyperloglog_init(arena, &sketch, APPROX_SET_INDEX_BITS);
    hyperloglog_write(&sketch, &bytes);
    KERNEL_FOR_EACH_ROW(call, row) {
        return_string(call, row, bytes.data, bytes.size);
    }
    byte_string_done(&bytes);
    arena_free(arena);
    return OK;
}

const ScalarFunction sketch_functions[] = {
    {"cardinality", "(hyperloglog) -> bigint", hyperloglog_size, 0,
     "Compute the cardinality of a HyperLogLog instance"},
    {"empty_approx_set", "() -> hyperloglog", empty_approx_set, 0, "An empty HyperLogLog instance"},
    {NULL},
};
