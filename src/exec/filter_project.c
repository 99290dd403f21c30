/*
 * Filter and project in one pass: the predicate gives a list of rows, only the columns that the
 * projection needs are gathered, and the expressions are evaluated densely over those. Columns
 * passed on are references; strings and nested values stay where they are, under a dictionary.
 */
#include "exec/filter_project.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "exec/batch_gather.h"

/* Where output i comes from: a gathered input, or a computed expression. */
typedef struct OutputColumn {
    bool is_computed;
    int32_t index; /* into used, or into the program's results */
} OutputColumn;

typedef struct FilterProject {
    Operator base;
    Program *filter;     /* over the whole input; NULL: every row passes */
    Program *projection; /* over the used columns; NULL: nothing is computed */
    int32_t used_count;
    int32_t *used; /* input columns that outputs or expressions need */
    int32_t computed_count;
    int32_t output_count;
    OutputColumn *outputs;
} FilterProject;

typedef struct FilterProjectState {
    ProgramState *filter, *projection;
    Vector **computed;
    int32_t rows[BATCH_ROWS_MAX];
} FilterProjectState;

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    FilterProject *self = (FilterProject *)op;
    FilterProjectState *state = allocate_zeroed(sizeof *state);
    *ret_local = state;
    if (self->filter != NULL) {
        state->filter = program_state_create(self->filter);
    }
    if (self->projection != NULL) {
        state->projection = program_state_create(self->projection);
        state->computed = allocate_zeroed((size_t)self->computed_count * sizeof(Vector *));
    }
    return OK;
}

static void close(Operator *op, void *local) {
    FilterProjectState *state = local;
    if (state == NULL) {
        return;
    }
    program_state_free(state->filter);
    program_state_free(state->projection);
    free(state->computed);
    free(state);
}

/* The used columns of the input at the surviving rows (rows NULL: all). */
static Batch *gather_used(const FilterProject *self, const Batch *input, const int32_t *rows,
                          int32_t count) {
    Batch *used = batch_create(self->used_count, count);
    Buffer *indices = NULL;
    if (rows != NULL) {
        indices = indices_create(rows, count);
    }
    for (int32_t i = 0; i < self->used_count; i++) {
        Vector *column = input->columns[self->used[i]];
        used->columns[i] =
            rows == NULL ? vector_ref(column) : column_gather(column, indices, rows, count);
    }
    buffer_unref(indices);
    return used;
}

static Status project(Context *cx, const FilterProject *self, FilterProjectState *state,
                      const Batch *used, Batch **ret_output) {
    if (self->projection != NULL) {
        TRY(program_evaluate(cx, state->projection, used, state->computed));
    }
    Batch *output = batch_create(self->output_count, used->row_count);
    for (int32_t i = 0; i < self->output_count; i++) {
        const OutputColumn *column = &self->outputs[i];
        output->columns[i] = column->is_computed ? vector_ref(state->computed[column->index])
                                                 : vector_ref(used->columns[column->index]);
    }
    for (int32_t i = 0; i < self->computed_count; i++) {
        vector_unref(state->computed[i]);
    }
    *ret_output = output;
    return OK;
}

static Status filter(Context *cx, FilterProjectState *state, const Batch *input,
                     const int32_t **ret_rows, int32_t *ret_count) {
    *ret_count = input->row_count;
    *ret_rows = NULL;
    if (state->filter == NULL) {
        return OK;
    }
    int32_t *rows = state->rows;
    if (input->row_count > BATCH_ROWS_MAX) {
        rows = arena_new_array(cx->arena, int32_t, input->row_count);
    }
    TRY(program_filter(cx, state->filter, input, rows, ret_count));
    *ret_rows = *ret_count == input->row_count ? NULL : rows;
    return OK;
}

static Status execute(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                      Progress *ret_progress) {
    FilterProject *self = (FilterProject *)op;
    FilterProjectState *state = local;
    const int32_t *rows;
    int32_t count;
    *ret_progress = PROGRESS_NEED_INPUT;
    if (filter(cx, state, input, &rows, &count) != OK) {
        batch_free(input);
        return FAILED;
    }
    if (count == 0) {
        batch_free(input);
        return OK;
    }
    Batch *used = gather_used(self, input, rows, count);
    batch_free(input);
    Status status = project(cx, self, state, used, ret_output);
    batch_free(used);
    return status;
}

static const OperatorType filter_project_type = {
    .name = "FilterAndProjectOperator",
    .open = open,
    .close = close,
    .execute = execute,
};

/* ---- building ---- */

typedef struct UsedColumns {
    Arena *arena;
    const SymbolList *layout;
    SymbolList symbols;
    bool is_missing;
} UsedColumns;

static void use_symbol(void *closure, const Symbol *symbol) {
    UsedColumns *used = closure;
    if (layout_find(used->layout, symbol) < 0) {
        used->is_missing = true;
    } else if (layout_find(&used->symbols, symbol) < 0) {
        layout_add(used->arena, &used->symbols, symbol);
    }
}

static Status compile_projection(Builder *builder, FilterProject *self, const UsedColumns *used,
                                 const Expr *const *expressions) {
    Arena *arena = builder->execution->arena;
    const Expr **computed = arena_new_array(arena, const Expr *, self->output_count);
    for (int32_t i = 0; i < self->output_count; i++) {
        if (expressions[i]->kind == EXPR_SYMBOL) {
            self->outputs[i].index = layout_find(&used->symbols, expressions[i]->symbol);
        } else {
            self->outputs[i] = (OutputColumn){.is_computed = true, .index = self->computed_count};
            computed[self->computed_count++] = expressions[i];
        }
    }
    if (self->computed_count == 0) {
        return OK;
    }
    return program_compile(builder->cx, self->computed_count, computed, used->symbols.count,
                           used->symbols.items, &self->projection);
}

Status filter_project_append(Builder *builder, Stream *stream, int32_t node_id,
                             const Expr *predicate, const SymbolList *outputs,
                             const Expr *const *expressions) {
    QueryExecution *execution = builder->execution;
    Arena *arena = execution->arena;
    FilterProject *self = operator_new(execution, FilterProject, &filter_project_type, node_id);
    if (predicate != NULL) {
        TRY(program_compile(builder->cx, 1, &predicate, stream->layout.count, stream->layout.items,
                            &self->filter));
    }
    UsedColumns used = {.arena = arena, .layout = &stream->layout};
    self->output_count = outputs->count;
    self->outputs = arena_new_array(arena, OutputColumn, outputs->count);
    if (expressions == NULL) {
        used.symbols = *outputs;
        for (int32_t i = 0; i < outputs->count; i++) {
            self->outputs[i].index = i;
        }
    } else {
        for (int32_t i = 0; i < outputs->count; i++) {
            expr_symbols(expressions[i], use_symbol, &used);
        }
        if (used.is_missing) {
            return FAIL(builder->cx, GENERIC_INTERNAL_ERROR, "A projection reads a missing column");
        }
        TRY(compile_projection(builder, self, &used, expressions));
    }
    self->used_count = used.symbols.count;
    TRY(stream_columns(builder, stream, &used.symbols, &self->used));
    stream_append(stream, &self->base, *outputs);
    return OK;
}

Status build_filter(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const FilterNode *node = (const FilterNode *)plan;
    TRY(build_node(builder, plan->sources[0], ret_stream));
    return filter_project_append(builder, ret_stream, plan->id, node->predicate, &plan->outputs,
                                 NULL);
}

Status build_project(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const ProjectNode *node = (const ProjectNode *)plan;
    const PlanNode *source = plan->sources[0];
    const Expr *predicate = NULL;
    if (source->kind == PLAN_FILTER) {
        predicate = ((const FilterNode *)source)->predicate;
        source = source->sources[0];
    }
    TRY(build_node(builder, source, ret_stream));
    return filter_project_append(builder, ret_stream, plan->id, predicate, &plan->outputs,
                                 node->expressions.items);
}
