/* Windows: finding partitions in the sorted rows, handing them out, calling the functions. */
#include "exec/window.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "vector/vector_compare.h"

enum { MORSEL_ROWS = 8192 };

typedef struct WindowState {
    AggregateScratch *scratch;
    int64_t first_row; /* of the morsel, in the order */
    int32_t row_count, given;
    Vector **columns; /* of the morsel; NULL entries are gathered when they are given */
    Vector **results;
    int32_t *numbers; /* four arrays of row_count: peers and frames of a partition */
    int64_t reserved_bytes;
} WindowState;

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    WindowOperator *self = (WindowOperator *)op;
    WindowState *state = allocate_zeroed(sizeof *state);
    *ret_local = state;
    state->scratch = aggregate_scratch_create(&self->aggregates, op->execution->options.pool);
    state->columns = allocate_zeroed((size_t)(self->column_count + 1) * sizeof(Vector *));
    state->results = allocate_zeroed((size_t)(self->function_count + 1) * sizeof(Vector *));
    return OK;
}

static void end_morsel(const WindowOperator *self, WindowState *state) {
    for (int32_t i = 0; i < self->column_count; i++) {
        vector_unref(state->columns[i]);
        state->columns[i] = NULL;
    }
    for (int32_t i = 0; i < self->function_count; i++) {
        vector_unref(state->results[i]);
        state->results[i] = NULL;
    }
    free(state->numbers);
    state->numbers = NULL;
    if (state->reserved_bytes > 0) {
        pool_release(self->base.execution->options.pool, state->reserved_bytes);
        state->reserved_bytes = 0;
    }
    state->row_count = state->given = 0;
}

static void close(Operator *op, void *local) {
    WindowState *state = local;
    if (state != NULL) {
        end_morsel((WindowOperator *)op, state);
        aggregate_scratch_free(state->scratch);
        free(state->columns);
        free(state->results);
        free(state);
    }
}

/* ---- partitions ---- */

static bool same_partition(const WindowOperator *self, const SortedRows *sorted, int64_t a,
                           int64_t b) {
    for (int32_t i = 0; i < self->partition_key_count; i++) {
        const Vector *key = sorted->rows->columns[self->partition_keys[i]];
        if (!vector_identical(key, sorted->order[a].row, key, sorted->order[b].row)) {
            return false;
        }
    }
    return true;
}

static Status add_partition(Context *cx, WindowOperator *self, int64_t *capacity, int64_t row) {
    if (self->partition_count + 1 >= *capacity) {
        int64_t larger = *capacity > 0 ? *capacity * 2 : 64;
        int64_t bytes = (larger - *capacity) * (int64_t)sizeof(int64_t);
        TRY(pool_reserve(cx, self->base.execution->options.pool, bytes));
        self->reserved_bytes += bytes;
        self->partitions = reallocate(self->partitions, (size_t)larger * sizeof(int64_t));
        *capacity = larger;
    }
    self->partitions[self->partition_count] = row;
    return OK;
}

static Status start(Context *cx, Operator *op, int32_t limit, int32_t *ret_drivers) {
    WindowOperator *self = (WindowOperator *)op;
    SortedRows sorted = sort_sink_rows(self->sink);
    int64_t capacity = 0;
    for (int64_t row = 0; row < sorted.count; row++) {
        if (row == 0 || !same_partition(self, &sorted, row - 1, row)) {
            TRY(add_partition(cx, self, &capacity, row));
            self->partition_count++;
        }
    }
    TRY(add_partition(cx, self, &capacity, sorted.count));
    int64_t wanted = sorted.count / MORSEL_ROWS + (sorted.count > 0);
    wanted = wanted < self->partition_count ? wanted : self->partition_count;
    *ret_drivers = wanted < limit ? (int32_t)wanted : limit;
    return OK;
}

/* Takes the next partitions: at least one, more while they are small together. */
static bool take_partitions(WindowOperator *self, int64_t *ret_first, int64_t *ret_end) {
    int64_t first = atomic_load(&self->next_partition), end;
    do {
        if (first >= self->partition_count) {
            return false;
        }
        end = first + 1;
        while (end < self->partition_count &&
               self->partitions[end + 1] - self->partitions[first] <= MORSEL_ROWS) {
            end++;
        }
    } while (!atomic_compare_exchange_weak(&self->next_partition, &first, end));
    *ret_first = first;
    *ret_end = end;
    return true;
}

/* ---- functions ---- */

static Status gather_morsel(Context *cx, const WindowOperator *self, WindowState *state) {
    SortedRows sorted = sort_sink_rows(self->sink);
    int64_t width = 5 * (int64_t)sizeof(int32_t);
    for (int32_t i = 0; i < self->column_count; i++) {
        width += self->is_needed[i] ? sorted.rows->columns[i]->type->width : 0;
    }
    TRY(pool_reserve(cx, self->base.execution->options.pool, width * state->row_count));
    state->reserved_bytes = width * state->row_count;
    state->numbers = allocate((size_t)state->row_count * 4 * sizeof(int32_t));
    int32_t *rows = allocate((size_t)state->row_count * sizeof(int32_t));
    for (int32_t i = 0; i < state->row_count; i++) {
        rows[i] = sorted.order[state->first_row + i].row;
    }
    for (int32_t i = 0; i < self->column_count; i++) {
        if (self->is_needed[i]) {
            state->columns[i] = vector_gather(sorted.rows->columns[i], rows, state->row_count);
        }
    }
    free(rows);
    return OK;
}

static Status call_window_function(Context *cx, const WindowSpec *spec,
                                   const WindowPartition *partition, Vector *const *arguments,
                                   Vector **ret_result) {
    Vector *result = vector_create(spec->node->symbol->type, partition->row_count);
    WindowCall call = {.cx = cx,
                       .function = spec->node->function,
                       .argument_count = spec->argument_count,
                       .arguments = arguments,
                       .row_count = partition->row_count,
                       .peer_start = partition->peer_start,
                       .peer_end = partition->peer_end,
                       .frame_start = partition->frame_start,
                       .frame_end = partition->frame_end,
                       .ignore_nulls = spec->node->ignore_nulls,
                       .result = result};
    if (spec->node->function->window->process(&call) != OK) {
        vector_unref(result);
        return FAILED;
    }
    *ret_result = result;
    return OK;
}

static Status call_function(Context *cx, const WindowOperator *self, WindowState *state,
                            const WindowSpec *spec, WindowPartition *partition,
                            Vector **ret_result) {
    TRY(window_find_frames(cx, self, spec, partition));
    Vector **arguments = arena_new_array(cx->arena, Vector *, spec->argument_count);
    for (int32_t i = 0; i < spec->argument_count; i++) {
        if (spec->columns[i] >= 0) {
            arguments[i] = vector_ref(partition->columns[spec->columns[i]]);
        } else if (spec->constants[i] != NULL) {
            arguments[i] = vector_create_constant(spec->constants[i], 0, partition->row_count);
        }
    }
    Status status =
        spec->aggregate != NULL
            ? window_aggregate(cx, spec, state->scratch, partition, arguments, ret_result)
            : call_window_function(cx, spec, partition, arguments, ret_result);
    for (int32_t i = 0; i < spec->argument_count; i++) {
        vector_unref(arguments[i]);
    }
    return status;
}

/* Adds a partition's result to the morsel's, which it is when the morsel has no other partition. */
static void keep_result(WindowState *state, int32_t index, Vector *result) {
    if (state->results[index] == NULL && result->length == state->row_count) {
        state->results[index] = result;
        return;
    }
    if (state->results[index] == NULL) {
        state->results[index] = vector_create(result->type, 0);
    }
    vector_append(state->results[index], result, NULL, result->length);
    vector_unref(result);
}

static Status process_partition(Context *cx, const WindowOperator *self, WindowState *state,
                                int32_t first, int32_t count) {
    Vector **columns = arena_new_array(cx->arena, Vector *, self->column_count);
    for (int32_t i = 0; i < self->column_count; i++) {
        if (self->is_needed[i]) {
            columns[i] = vector_slice(state->columns[i], first, count);
        }
    }
    WindowPartition partition = {.row_count = count,
                                 .columns = columns,
                                 .peer_start = state->numbers,
                                 .peer_end = state->numbers + count,
                                 .frame_start = state->numbers + 2 * (int64_t)count,
                                 .frame_end = state->numbers + 3 * (int64_t)count};
    window_find_peers(self, &partition);
    Status status = OK;
    for (int32_t i = 0; i < self->function_count && status == OK; i++) {
        Vector *result;
        status = call_function(cx, self, state, &self->functions[i], &partition, &result);
        if (status == OK) {
            keep_result(state, i, result);
        }
    }
    for (int32_t i = 0; i < self->column_count; i++) {
        vector_unref(columns[i]);
    }
    return status;
}

static Status begin_morsel(Context *cx, WindowOperator *self, WindowState *state, int64_t first,
                           int64_t end) {
    state->first_row = self->partitions[first];
    state->row_count = (int32_t)(self->partitions[end] - self->partitions[first]);
    state->given = 0;
    TRY(gather_morsel(cx, self, state));
    for (int64_t p = first; p < end; p++) {
        TRY(check_cancelled(cx));
        TRY(process_partition(cx, self, state, (int32_t)(self->partitions[p] - state->first_row),
                              (int32_t)(self->partitions[p + 1] - self->partitions[p])));
    }
    return OK;
}

static Batch *next_batch(const WindowOperator *self, WindowState *state) {
    SortedRows sorted = sort_sink_rows(self->sink);
    int32_t left = state->row_count - state->given;
    int32_t count = left < batch_rows() ? left : batch_rows();
    int32_t rows[BATCH_ROWS_MAX];
    for (int32_t i = 0; i < count; i++) {
        rows[i] = sorted.order[state->first_row + state->given + i].row;
    }
    Batch *batch = batch_create(self->column_count + self->function_count, count);
    for (int32_t i = 0; i < self->column_count; i++) {
        batch->columns[i] = state->columns[i] != NULL
                                ? vector_slice(state->columns[i], state->given, count)
                                : vector_gather(sorted.rows->columns[i], rows, count);
    }
    for (int32_t i = 0; i < self->function_count; i++) {
        batch->columns[self->column_count + i] =
            vector_slice(state->results[i], state->given, count);
    }
    state->given += count;
    return batch;
}

static Status next(Context *cx, Operator *op, void *local, Batch **ret_batch,
                   Progress *ret_progress) {
    WindowOperator *self = (WindowOperator *)op;
    WindowState *state = local;
    *ret_progress = PROGRESS_MORE;
    if (state->given == state->row_count) {
        int64_t first, end;
        end_morsel(self, state);
        if (!take_partitions(self, &first, &end)) {
            *ret_progress = PROGRESS_FINISHED;
            return OK;
        }
        TRY(begin_morsel(cx, self, state, first, end));
    }
    *ret_batch = next_batch(self, state);
    return OK;
}

static void window_free(Operator *op) {
    WindowOperator *self = (WindowOperator *)op;
    free(self->partitions);
    if (self->reserved_bytes > 0) {
        pool_release(op->execution->options.pool, self->reserved_bytes);
    }
    aggregate_set_done(&self->aggregates);
    for (int32_t i = 0; i < self->function_count; i++) {
        for (int32_t j = 0; j < self->functions[i].argument_count; j++) {
            vector_unref(self->functions[i].constants[j]);
        }
    }
}

static const OperatorType window_type = {
    .name = "WindowOperator",
    .open = open,
    .close = close,
    .start = start,
    .next = next,
    .free = window_free,
};

/* ---- building ---- */

static Status bind_column(Builder *builder, WindowOperator *self, const Stream *stream,
                          const Symbol *symbol, int32_t *ret_column) {
    TRY(stream_column(builder, stream, symbol, ret_column));
    self->is_needed[*ret_column] = true;
    return OK;
}

static Status bind_bound(Builder *builder, WindowOperator *self, const Stream *stream,
                         FrameBoundKind kind, const Symbol *value, WindowBound *ret_bound) {
    *ret_bound = (WindowBound){.kind = kind, .value_column = -1};
    bool has_value = kind == BOUND_PRECEDING || kind == BOUND_FOLLOWING;
    return has_value ? bind_column(builder, self, stream, value, &ret_bound->value_column) : OK;
}

static Status bind_function(Builder *builder, WindowOperator *self, const Stream *stream,
                            const WindowCallNode *node, WindowSpec *spec) {
    Arena *arena = builder->execution->arena;
    spec->node = node;
    spec->unit = node->unit;
    TRY(bind_bound(builder, self, stream, node->start, node->start_value, &spec->start));
    TRY(bind_bound(builder, self, stream, node->end, node->end_value, &spec->end));
    spec->columns = arena_new_array(arena, int32_t, node->arguments.count);
    spec->constants = arena_new_array(arena, Vector *, node->arguments.count);
    spec->argument_count = node->arguments.count;
    for (int32_t i = 0; i < node->arguments.count; i++) {
        const Expr *argument = node->arguments.items[i];
        spec->columns[i] = -1;
        if (argument->kind == EXPR_SYMBOL) {
            TRY(bind_column(builder, self, stream, argument->symbol, &spec->columns[i]));
        } else if (argument->kind == EXPR_CONSTANT) {
            spec->constants[i] = vector_ref((Vector *)argument->value);
        } else if (argument->kind != EXPR_LAMBDA || node->function->kind != FUNCTION_AGGREGATE) {
            return FAIL(builder->cx, NOT_SUPPORTED, "Argument %d of %s must be a column", i + 1,
                        node->function->name);
        }
    }
    return OK;
}

/* The aggregates among the functions, bound as in an aggregation; specs point into the set. */
static Status bind_aggregates(Builder *builder, WindowOperator *self, const Stream *stream) {
    AggregateArray aggregates = {0};
    aggregates.items = arena_new_array(builder->execution->arena, Aggregate, self->function_count);
    for (int32_t i = 0; i < self->function_count; i++) {
        const WindowCallNode *node = self->functions[i].node;
        if (node->function->kind == FUNCTION_AGGREGATE) {
            aggregates.items[aggregates.count++] = (Aggregate){.symbol = node->symbol,
                                                               .function = node->function,
                                                               .arguments = node->arguments,
                                                               .distinct = node->distinct};
        }
    }
    TRY(aggregate_set_build(builder, stream, &aggregates, AGGREGATION_SINGLE, &self->aggregates));
    int32_t found = 0;
    for (int32_t i = 0; i < self->function_count; i++) {
        if (self->functions[i].node->function->kind == FUNCTION_AGGREGATE) {
            self->functions[i].aggregate = &self->aggregates.items[found++];
        }
    }
    return OK;
}

SortOrderArray window_order(Arena *arena, const SymbolList *partition_by,
                            const SortOrderArray *order_by) {
    SortOrderArray order = {.count = partition_by->count + order_by->count};
    order.items = arena_new_array(arena, SortOrder, order.count);
    for (int32_t i = 0; i < partition_by->count; i++) {
        order.items[i] = (SortOrder){.symbol = partition_by->items[i]};
    }
    for (int32_t i = 0; i < order_by->count; i++) {
        order.items[partition_by->count + i] = order_by->items[i];
    }
    return order;
}

Status build_window(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const WindowNode *node = (const WindowNode *)plan;
    QueryExecution *execution = builder->execution;
    Arena *arena = execution->arena;
    Stream stream;
    TRY(build_node(builder, plan->sources[0], &stream));
    WindowOperator *self = operator_new(execution, WindowOperator, &window_type, plan->id);
    self->column_count = stream.layout.count;
    self->is_needed = arena_new_array(arena, bool, stream.layout.count);
    SortOrderArray order = window_order(arena, &node->partition_by, &node->order_by);
    TRY(sort_sink_create(builder, &stream, &order, -1, false, plan->id, &self->sink));
    self->partition_key_count = node->partition_by.count;
    TRY(stream_columns(builder, &stream, &node->partition_by, &self->partition_keys));
    self->order_by = node->order_by.items;
    self->order_keys = arena_new_array(arena, int32_t, node->order_by.count);
    for (int32_t i = 0; i < node->order_by.count; i++) {
        TRY(bind_column(builder, self, &stream, node->order_by.items[i].symbol,
                        &self->order_keys[i]));
    }
    self->order_key_count = node->order_by.count;
    self->functions = arena_new_array(arena, WindowSpec, node->functions.count);
    SymbolList layout = stream.layout;
    for (int32_t i = 0; i < node->functions.count; i++) {
        self->function_count = i + 1;
        TRY(bind_function(builder, self, &stream, &node->functions.items[i], &self->functions[i]));
        layout_add(arena, &layout, node->functions.items[i].symbol);
    }
    TRY(bind_aggregates(builder, self, &stream));
    *ret_stream = stream_break(builder, &stream, self->sink, &self->base, layout);
    return OK;
}
