/*
 * Unnest: the elements of arrays and maps become rows. For each output batch a list of (input row,
 * element number) is made; replicated columns are gathered by row, element columns by the elements'
 * positions in the children, so nothing is copied value by value. Collections of one row are walked
 * side by side, the shorter ones filled up with NULL.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/batch_gather.h"
#include "exec/pipeline_builder.h"
#include "vector/reshape.h"

typedef struct UnnestOperator {
    Operator base;
    bool keeps_empty; /* LEFT: a row without elements comes out once */
    bool has_ordinality;
    int32_t replicated_count;
    int32_t *replicated;
    int32_t collection_count;
    int32_t *collections;
    int32_t output_count;
} UnnestOperator;

typedef struct UnnestState {
    Batch *input;
    VectorView *views; /* of the collections */
    int32_t row;       /* next to be given ... */
    int64_t element;   /* ... from this element on */
    int32_t rows[BATCH_ROWS_MAX];
    int64_t elements[BATCH_ROWS_MAX]; /* -1: none, kept by LEFT */
    int32_t positions[BATCH_ROWS_MAX];
} UnnestState;

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    const UnnestOperator *self = (UnnestOperator *)op;
    UnnestState *state = allocate_zeroed(sizeof *state);
    *ret_local = state;
    state->views = allocate_zeroed((size_t)(self->collection_count + 1) * sizeof(VectorView));
    return OK;
}

static void close(Operator *op, void *local) {
    UnnestState *state = local;
    if (state != NULL) {
        batch_free(state->input);
        free(state->views);
        free(state);
    }
}

/* Elements of a collection at a row; NULL has none. */
static int32_t length_at(const VectorView *view, int32_t row) {
    return view_is_null(view, row) ? 0 : VIEW_VALUE(view, ListEntry, row).length;
}

static int32_t longest_at(const UnnestOperator *self, const UnnestState *state, int32_t row) {
    int32_t longest = 0;
    for (int32_t i = 0; i < self->collection_count; i++) {
        int32_t length = length_at(&state->views[i], row);
        longest = length > longest ? length : longest;
    }
    return longest;
}

/* Fills rows and elements with the next output rows. */
static int32_t next_rows(const UnnestOperator *self, UnnestState *state) {
    int32_t count = 0, most = batch_rows();
    while (state->row < state->input->row_count && count < most) {
        int32_t length = longest_at(self, state, state->row);
        if (length == 0 && self->keeps_empty) {
            state->rows[count] = state->row;
            state->elements[count++] = -1;
        }
        while (state->element < length && count < most) {
            state->rows[count] = state->row;
            state->elements[count++] = state->element++;
        }
        if (state->element >= length) {
            state->row++;
            state->element = 0;
        }
    }
    return count;
}

/* Positions in the collection's children; -1 where the row has no such element. */
static void find_positions(const VectorView *view, UnnestState *state, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        int32_t row = state->rows[i];
        int64_t element = state->elements[i];
        bool has_element = element >= 0 && element < length_at(view, row);
        state->positions[i] =
            has_element ? VIEW_VALUE(view, ListEntry, row).offset + (int32_t)element : -1;
    }
}

/* Fields of a row vector's elements at positions; a NULL row has NULL fields. */
static Vector *gather_field(const Vector *rows, int32_t field, const int32_t *positions,
                            int32_t count) {
    VectorView view = vector_view(rows);
    int32_t *at = allocate((size_t)count * sizeof *at + 1);
    for (int32_t i = 0; i < count; i++) {
        bool is_null = positions[i] < 0 || view_is_null(&view, positions[i]);
        at[i] = is_null ? -1 : view_index(&view, positions[i]);
    }
    Vector *result = vector_gather_or_null(view.vector->children[field], at, count);
    free(at);
    return result;
}

/* The element columns of a collection: a map's key and value, an array of rows' fields, an array's
 * element. */
static void add_elements(const Vector *collection, const int32_t *positions, int32_t count,
                         Batch *output, int32_t *column) {
    const Vector *child = collection->children[0];
    if (collection->type->kind == TYPE_MAP) {
        for (int32_t i = 0; i < 2; i++) {
            output->columns[(*column)++] =
                vector_gather_or_null(collection->children[i], positions, count);
        }
    } else if (child->type->kind == TYPE_ROW) {
        for (int32_t i = 0; i < child->type->child_count; i++) {
            output->columns[(*column)++] = gather_field(child, i, positions, count);
        }
    } else {
        output->columns[(*column)++] = vector_gather_or_null(child, positions, count);
    }
}

static Vector *ordinality_of(const UnnestState *state, int32_t count) {
    Vector *vector = vector_create(type_simple(TYPE_BIGINT), count);
    for (int32_t i = 0; i < count; i++) {
        VECTOR_DATA(vector, int64_t)[i] = state->elements[i] + 1;
        if (state->elements[i] < 0) {
            vector_set_null(vector, i);
        }
    }
    return vector;
}

static Batch *make_batch(const UnnestOperator *self, UnnestState *state, int32_t count) {
    Batch *output = batch_create(self->output_count, count);
    Buffer *indices = indices_create(state->rows, count);
    int32_t column = 0;
    for (int32_t i = 0; i < self->replicated_count; i++) {
        output->columns[column++] =
            column_gather(state->input->columns[self->replicated[i]], indices, state->rows, count);
    }
    buffer_unref(indices);
    for (int32_t i = 0; i < self->collection_count; i++) {
        find_positions(&state->views[i], state, count);
        add_elements(state->views[i].vector, state->positions, count, output, &column);
    }
    if (self->has_ordinality) {
        output->columns[column++] = ordinality_of(state, count);
    }
    return output;
}

static Status execute(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                      Progress *ret_progress) {
    const UnnestOperator *self = (UnnestOperator *)op;
    UnnestState *state = local;
    if (input != NULL) {
        state->input = input;
        state->row = 0;
        state->element = 0;
        for (int32_t i = 0; i < self->collection_count; i++) {
            state->views[i] = vector_view(input->columns[self->collections[i]]);
        }
    }
    int32_t count = next_rows(self, state);
    if (count > 0) {
        *ret_output = make_batch(self, state, count);
    }
    *ret_progress = PROGRESS_MORE;
    if (state->row >= state->input->row_count) {
        batch_free(state->input);
        state->input = NULL;
        *ret_progress = PROGRESS_NEED_INPUT;
    }
    return OK;
}

static const OperatorType unnest_type = {
    .name = "UnnestOperator", .open = open, .close = close, .execute = execute};

Status build_unnest(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const UnnestNode *node = (const UnnestNode *)plan;
    Arena *arena = builder->execution->arena;
    TRY(build_node(builder, plan->sources[0], ret_stream));
    UnnestOperator *self = operator_new(builder->execution, UnnestOperator, &unnest_type, plan->id);
    self->keeps_empty = node->join_kind == LEFT_JOIN || node->join_kind == FULL_JOIN;
    self->replicated_count = node->replicated.count;
    TRY(stream_columns(builder, ret_stream, &node->replicated, &self->replicated));
    self->collection_count = node->collections.count;
    TRY(stream_columns(builder, ret_stream, &node->collections, &self->collections));
    SymbolList layout = node->replicated;
    for (int32_t i = 0; i < node->element_symbols.count; i++) {
        const SymbolList *elements = &node->element_symbols.items[i];
        for (int32_t j = 0; j < elements->count; j++) {
            layout_add(arena, &layout, elements->items[j]);
        }
    }
    self->has_ordinality = node->ordinality != NULL;
    if (self->has_ordinality) {
        layout_add(arena, &layout, node->ordinality);
    }
    self->output_count = layout.count;
    stream_append(ret_stream, &self->base, layout);
    return OK;
}
