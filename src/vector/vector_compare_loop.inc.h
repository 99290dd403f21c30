/*
 * Loops of vector_compare.c over values of type T: IDENTICAL(x, y) and ORDER(x, y) of values at
 * positions. Included with NAME (the suffix of both functions), T, IDENTICAL and ORDER defined;
 * undefines them.
 */
#define PASTE_AGAIN(prefix, name) prefix##name
#define PASTE(prefix, name) PASTE_AGAIN(prefix, name)

static void PASTE(identical_, NAME)(const void *restrict values_a, const int32_t *restrict at_a,
                                    const void *restrict values_b, const int32_t *restrict at_b,
                                    int32_t count, uint8_t *restrict ret_equal) {
    const T *a = values_a, *b = values_b;
    for (int32_t i = 0; i < count; i++) {
        const T x = a[at_a[i]], y = b[at_b[i]];
        ret_equal[i] = IDENTICAL(x, y);
    }
}

static void PASTE(order_, NAME)(const void *restrict values_a, const int32_t *restrict at_a,
                                const void *restrict values_b, const int32_t *restrict at_b,
                                int32_t count, int8_t *restrict ret_order) {
    const T *a = values_a, *b = values_b;
    for (int32_t i = 0; i < count; i++) {
        const T x = a[at_a[i]], y = b[at_b[i]];
        int order = ORDER(x, y);
        ret_order[i] = (int8_t)((order > 0) - (order < 0));
    }
}

#undef PASTE
#undef PASTE_AGAIN
#undef NAME
#undef T
#undef IDENTICAL
#undef ORDER
