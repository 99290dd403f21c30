/*
 * AND and OR in three-valued logic, over any number of terms. OR is AND with the two truth values
 * exchanged: both look for a deciding value. A term with a block of its own only runs for rows that
 * no earlier term has decided; the others were computed beforehand, because that is cheaper than
 * narrowing.
 */
#include "expr/run.h"

#include "expr/call.h"
#include "function/kernels/clones.h"

/* For each byte of truth values, as bits, the positions of those set. */
static uint8_t set_positions[256][8];

__attribute__((constructor)) static void fill_set_positions(void) {
    for (int mask = 0; mask < 256; mask++) {
        int count = 0;
        for (int bit = 0; bit < 8; bit++) {
            if ((mask >> bit & 1) != 0) {
                set_positions[mask][count++] = (uint8_t)bit;
            }
        }
    }
}

/* Eight truth values (0 or 1 each) as bits. */
static inline unsigned pack_bytes(const uint8_t *values) {
    uint64_t bytes;
    memcpy(&bytes, values, sizeof bytes);
    return (unsigned)((bytes * 0x0102040810204080u) >> 56);
}

/*
 * Positions of true bytes, eight at a time without branches. What is written beyond the count is
 * overwritten later, and never lies beyond `count` entries, since no more rows are kept than were
 * looked at.
 */
KERNEL_CLONES static int32_t compact_dense(const uint8_t *restrict values, int32_t count,
                                           int32_t *restrict rows) {
    int32_t kept = 0, i = 0;
    for (; i + 8 <= count; i += 8) {
        unsigned mask = pack_bytes(values + i);
        const uint8_t *positions = set_positions[mask];
        for (int j = 0; j < 8; j++) {
            rows[kept + j] = i + positions[j];
        }
        kept += __builtin_popcount(mask);
    }
    for (; i < count; i++) {
        rows[kept] = i;
        kept += values[i] != 0;
    }
    return kept;
}

int32_t rows_where_true(const Vector *values, Selection selection, int32_t *rows) {
    VectorView view = vector_view(values);
    const uint8_t *data = view.data;
    int32_t count = 0;
    if (view.mask == 0) {
        bool is_true = (view.nulls == NULL || !bitmap_get(view.nulls, 0)) && data[0] != 0;
        for (int32_t i = 0; is_true && i < selection.count; i++) {
            rows[i] = selection_row(selection, i);
        }
        return is_true ? selection.count : 0;
    }
    if (view.nulls == NULL && view.indices == NULL && selection.rows == NULL) {
        return compact_dense(data, selection.count, rows);
    }
    if (view.nulls == NULL && view.indices != NULL && selection.rows == NULL) {
        for (int32_t i = 0; i < selection.count; i++) {
            rows[count] = i;
            count += data[view.indices[i]] != 0;
        }
        return count;
    }
    for (int32_t i = 0; i < selection.count; i++) {
        int32_t row = selection_row(selection, i);
        int32_t index = view_index(&view, row);
        bool is_null = view.nulls != NULL && bitmap_get(view.nulls, index);
        rows[count] = row;
        count += (data[index] != 0) & !is_null;
    }
    return count;
}

KERNEL_CLONES static void combine_dense(bool is_and, uint8_t *restrict result,
                                        const uint8_t *restrict term, int32_t count) {
    if (is_and) {
        for (int32_t i = 0; i < count; i++) {
            result[i] &= term[i];
        }
    } else {
        for (int32_t i = 0; i < count; i++) {
            result[i] |= term[i] & 1; /* rows the term was not run for hold any byte */
        }
    }
}

/* result[row] op= term[row]; a deciding value clears what a NULL has noted. */
static void combine(bool is_and, Vector *result, const Vector *term, Selection selection,
                    int32_t row_count) {
    VectorView view = vector_view(term);
    uint8_t *values = result->data;
    if (view.nulls == NULL && result->nulls == NULL && view.indices == NULL && view.mask != 0 &&
        (int64_t)selection.count * 4 >= row_count) {
        combine_dense(is_and, values, view.data, row_count);
        return;
    }
    for (int32_t i = 0; i < selection.count; i++) {
        int32_t row = selection_row(selection, i);
        int32_t index = view_index(&view, row);
        bool decided = values[row] != is_and;
        if (decided) {
            continue;
        }
        if (view.nulls != NULL && bitmap_get(view.nulls, index)) {
            bitmap_set(vector_writable_nulls(result), row);
        } else if ((((const uint8_t *)view.data)[index] != 0) != is_and) {
            values[row] = !is_and;
            if (result->nulls != NULL) {
                bitmap_clear(result->nulls, row);
            }
        }
    }
}

/* Rows that are not decided yet. */
static Selection undecided(const Run *run, bool is_and, const Vector *result, Selection selection) {
    int32_t *rows = run_rows(run, selection.count);
    const uint8_t *values = result->data;
    int32_t count = 0;
    for (int32_t i = 0; i < selection.count; i++) {
        int32_t row = selection_row(selection, i);
        rows[count] = row;
        count += (values[row] != 0) == is_and;
    }
    return (Selection){rows, count};
}

Status run_logic(const Run *run, const Step *step, Selection selection) {
    bool is_and = step->kind == STEP_AND;
    Vector *result = step_result(&run->state->steps[step->number], step->type, run->row_count);
    memset(result->data, is_and, (size_t)run->row_count);
    Status status = OK;
    for (int32_t i = 0; i < step->block_count && status == OK; i++) {
        const Block *term = &step->blocks[i];
        if (term->step_count > 0) {
            selection = undecided(run, is_and, result, selection);
            if (selection.count == 0) {
                break;
            }
            status = run_block(run, term, selection);
            selection = run_without_caught(run, selection);
        }
        if (status == OK) {
            combine(is_and, result, run_register(run, term->result), selection, run->row_count);
        }
    }
    if (status != OK) {
        vector_unref(result);
        return FAILED;
    }
    step_keep_result(&run->state->steps[step->number], result);
    run_set_register(run, step->result, result);
    return OK;
}
