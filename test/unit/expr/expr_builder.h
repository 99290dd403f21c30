/*
 * Expressions and batches made by hand for the tests of this folder: columns a, b, c of bigint and
 * s of varchar.
 */
#pragma once

#include <setjmp.h> /* cmocka needs it */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "expr/program.h"

#define ARGUMENTS(...) ((const Expr *const[]){__VA_ARGS__})
#define NULL_VALUE INT64_MIN

typedef struct Builder {
    Arena *arena;
    Context cx;
} Builder;

static inline Builder builder_create(void) {
    Arena *arena = arena_create(NULL);
    return (Builder){arena, {.arena = arena}};
}

static inline void builder_free(Builder *builder) {
    arena_free(builder->arena);
}

static inline const Symbol *new_symbol(Builder *b, const char *name, const Type *type, int32_t id) {
    Symbol *symbol = arena_new(b->arena, Symbol);
    *symbol = (Symbol){id, name, type};
    return symbol;
}

static inline const Expr *call(Builder *b, const char *name, int32_t count,
                               const Expr *const *arguments) {
    const Type *types[8];
    for (int32_t i = 0; i < count; i++) {
        types[i] = arguments[i]->type;
    }
    ResolvedFunction *function;
    Status status =
        function_resolve(&b->cx, name, 1 << FUNCTION_SCALAR, count, types, 0, 0, &function);
    assert_int_equal(status, OK);
    return expr_call(b->arena, function, count, arguments);
}

static inline const Expr *text(Builder *b, const char *value) {
    Vector *vector = vector_create(type_varchar_unbounded(), 1);
    vector_set_string(vector, 0, value, strlen(value));
    Expr *constant = expr_constant(b->arena, vector);
    vector_unref(vector);
    return constant;
}

static inline Vector *bigints(int32_t count, const int64_t *values) {
    Vector *vector = vector_create(type_simple(TYPE_BIGINT), count);
    for (int32_t i = 0; i < count; i++) {
        VECTOR_DATA(vector, int64_t)[i] = values[i];
        if (values[i] == NULL_VALUE) {
            vector_set_null(vector, i);
        }
    }
    return vector;
}

/* Takes over `base`. */
static inline Vector *dictionary(Vector *base, int32_t count, const int32_t *indices) {
    Buffer *buffer = buffer_create(count * 4);
    memcpy(buffer->data, indices, (size_t)count * 4);
    return vector_create_dictionary(base, buffer, count);
}
