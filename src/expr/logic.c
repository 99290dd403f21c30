/*
 * AND and OR in three-valued logic, over any number of terms. OR is AND with the two truth values
 * exchanged: both look for a deciding value. A term with a block of its own only runs for rows that
 * no earlier term has decided; the others were computed beforehand, because that is cheaper than
 * narrowing.
 */
#include "expr/run.h"

#include "expr/call.h"
#include "function/kernels/clones.h"

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
    if (view.indices == NULL && view.nulls == NULL && selection.rows == NULL) {
        for (int32_t i = 0; i < selection.count; i++) {
            rows[count] = i;
            count += data[i] != 0;
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
            result[i] |= term[i];
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
