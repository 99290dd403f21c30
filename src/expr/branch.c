/*
 * Steps that compute different rows differently: CASE (and IF, and the simple CASE, which compile
 * to it), COALESCE, TRY and NULLIF. A branch is run for exactly the rows that take it, so its
 * errors are errors of those rows.
 */
#include "expr/run.h"

/*
 * Divides rows by a condition: TRUE ones go to yes, the others stay, in place; gives how many are
 * TRUE.
 */
static int32_t split(const Vector *condition, Selection *remaining, int32_t *kept, int32_t *yes) {
    VectorView view = vector_view(condition);
    const uint8_t *values = view.data;
    int32_t yes_count = 0, kept_count = 0;
    if (view.nulls == NULL && view.mask != 0 && remaining->rows == NULL) {
        for (int32_t row = 0; row < remaining->count; row++) {
            bool is_true = values[view.indices != NULL ? view.indices[row] : row] != 0;
            yes[yes_count] = row;
            kept[kept_count] = row;
            yes_count += is_true;
            kept_count += !is_true;
        }
        *remaining = (Selection){kept, kept_count};
        return yes_count;
    }
    for (int32_t i = 0; i < remaining->count; i++) {
        int32_t row = selection_row(*remaining, i);
        int32_t index = view_index(&view, row);
        bool is_true = (view.nulls == NULL || !bitmap_get(view.nulls, index)) && values[index];
        yes[yes_count] = row;
        kept[kept_count] = row;
        yes_count += is_true;
        kept_count += !is_true;
    }
    *remaining = (Selection){kept, kept_count};
    return yes_count;
}

Status run_case(const Run *run, const Step *step, Selection selection) {
    int32_t when_count = step->block_count / 2;
    Piece *pieces = arena_new_array(run->state->scratch, Piece, when_count + 1);
    int32_t *kept = run_rows(run, selection.count);
    int32_t *yes = run_rows(run, selection.count + 1);
    int32_t piece_count = 0;
    Selection remaining = selection;
    for (int32_t i = 0; i < when_count && remaining.count > 0; i++) {
        const Block *when = &step->blocks[2 * i], *then = &step->blocks[2 * i + 1];
        TRY(run_block(run, when, remaining));
        remaining = run_without_caught(run, remaining);
        Selection taken = {yes, split(run_register(run, when->result), &remaining, kept, yes)};
        if (taken.count > 0) {
            TRY(run_block(run, then, taken));
            pieces[piece_count++] = (Piece){run_register(run, then->result), taken};
            yes += taken.count;
        }
    }
    if (remaining.count > 0) {
        const Block *otherwise = &step->blocks[2 * when_count];
        TRY(run_block(run, otherwise, remaining));
        pieces[piece_count++] = (Piece){run_register(run, otherwise->result), remaining};
    }
    Vector *result = piece_count > 0 ? merge_pieces(step->type, run->row_count, piece_count, pieces)
                                     : vector_create_null(step->type, run->row_count);
    run_set_register(run, step->result, result);
    return OK;
}

static int32_t split_nulls(const Vector *values, Selection *remaining, int32_t *kept,
                           int32_t *valued) {
    VectorView view = vector_view(values);
    int32_t valued_count = 0, kept_count = 0;
    for (int32_t i = 0; i < remaining->count; i++) {
        int32_t row = selection_row(*remaining, i);
        bool is_null = view_is_null(&view, row);
        valued[valued_count] = row;
        kept[kept_count] = row;
        valued_count += !is_null;
        kept_count += is_null;
    }
    *remaining = (Selection){kept, kept_count};
    return valued_count;
}

Status run_coalesce(const Run *run, const Step *step, Selection selection) {
    const Vector *first = run_register(run, step->blocks[0].result);
    if (!vector_may_have_nulls(first)) {
        run_set_register(run, step->result, vector_ref((Vector *)first));
        return OK;
    }
    Piece *pieces = arena_new_array(run->state->scratch, Piece, step->block_count + 1);
    int32_t *kept = run_rows(run, selection.count);
    int32_t *valued = run_rows(run, selection.count + 1);
    int32_t piece_count = 0;
    const Vector *last = first;
    Selection remaining = selection;
    for (int32_t i = 0; i < step->block_count && remaining.count > 0; i++) {
        const Block *block = &step->blocks[i];
        TRY(run_block(run, block, remaining));
        remaining = run_without_caught(run, remaining);
        last = run_register(run, block->result);
        Selection found = {valued, split_nulls(last, &remaining, kept, valued)};
        if (found.count > 0) {
            pieces[piece_count++] = (Piece){last, found};
            valued += found.count;
        }
    }
    if (remaining.count > 0) {
        pieces[piece_count++] = (Piece){last, remaining};
    }
    Vector *result = piece_count > 0 ? merge_pieces(step->type, run->row_count, piece_count, pieces)
                                     : vector_create_null(step->type, run->row_count);
    run_set_register(run, step->result, result);
    return OK;
}

Status run_try(const Run *run, const Step *step, Selection selection) {
    const Block *body = &step->blocks[0];
    RowErrors errors;
    row_errors_init(&errors, true);
    errors.catches_all = run->errors->catches_all;
    Run inner = *run;
    inner.errors = &errors;
    Status status = run_block(&inner, body, selection);
    if (status == OK) {
        Selection good = run_without_caught(&inner, selection);
        Vector *null = vector_create_null(step->type, run->row_count);
        Vector *value = null;
        if (good.count == selection.count) {
            value = run_register(run, body->result);
        }
        if (good.count == selection.count || good.count == 0) {
            vector_ref(value);
        } else {
            int32_t *bad = run_rows(run, selection.count);
            int32_t bad_count = 0;
            for (int32_t i = 0; i < selection.count; i++) {
                bad[bad_count] = selection_row(selection, i);
                bad_count += row_errors_is_caught(&errors, bad[bad_count]);
            }
            Piece pieces[] = {{run_register(run, body->result), good}, {null, {bad, bad_count}}};
            value = merge_pieces(step->type, run->row_count, 2, pieces);
        }
        vector_unref(null);
        run_set_register(run, step->result, value);
    }
    row_errors_done(&errors);
    return status;
}

Status run_null_where(const Run *run, const Step *step, Selection selection) {
    const Vector *condition = run_register(run, step->arguments[0]);
    const Vector *value = run_register(run, step->arguments[1]);
    int32_t *kept = run_rows(run, selection.count);
    int32_t *yes = run_rows(run, selection.count);
    Selection remaining = selection;
    Selection nulls = {yes, split(condition, &remaining, kept, yes)};
    Vector *null = vector_create_null(step->type, run->row_count);
    Piece pieces[] = {{value, remaining}, {null, nulls}};
    Vector *result = merge_pieces(step->type, run->row_count, 2, pieces);
    vector_unref(null);
    run_set_register(run, step->result, result);
    return OK;
}
