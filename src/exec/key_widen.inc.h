/* One widening loop of key_match.c. Included with NAME and T defined; undefines them. */
static void NAME(const VectorView *view, const int32_t *rows, int32_t first, int32_t count,
                 int64_t *restrict values) {
    const T *restrict data = view->data;
    if (rows == NULL && view->indices == NULL && view->mask != 0) {
        for (int32_t i = 0; i < count; i++) {
            values[i] = data[first + i];
        }
        return;
    }
    for (int32_t i = 0; i < count; i++) {
        values[i] = data[view_index(view, rows != NULL ? rows[i] : first + i)];
    }
}

#undef NAME
#undef T
