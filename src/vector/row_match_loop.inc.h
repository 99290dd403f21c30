/*
 * One loop of row_match.c: keys of type T against slots of rows. SAME is not evaluated for a NULL,
 * whose view may point anywhere. Included with NAME, T and SAME(x, y) defined; undefines them.
 */
static int32_t NAME(const MatchInput *input, int32_t *restrict selection, int32_t count,
                    int32_t *restrict mismatches, int32_t *restrict mismatch_count) {
    const T *restrict data = input->view.data;
    int32_t matched = 0, missed = 0, offset = input->offset;
    for (int32_t k = 0; k < count; k++) {
        int32_t i = selection[k];
        int32_t position = view_index(&input->view, i);
        const uint8_t *row = input->rows[i];
        T y;
        memcpy(&y, row + offset, sizeof y);
        const T x = data[position];
        bool null_y = row_is_null(row, input->column);
        bool null_x = input->view.nulls != NULL && bitmap_get(input->view.nulls, position);
        bool same = null_x | null_y ? input->nulls_match & null_x & null_y : SAME(x, y);
        selection[matched] = i;
        mismatches[missed] = i;
        matched += same;
        missed += !same;
    }
    *mismatch_count = missed;
    return matched;
}

#undef NAME
#undef T
#undef SAME
