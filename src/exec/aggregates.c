/*
 * Calling aggregate kernels: rows that FILTER or a NULL argument takes out are left out of the list
 * of rows before a kernel sees them, and the list of states is narrowed alike.
 */
#include "exec/aggregates.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "exec/aggregate_lambda.h"
#include "function/signature.h"

enum { STATE_ALIGNMENT = 16 };

/* ---- building ---- */

static Status bind_argument(Builder *builder, const Stream *stream, AggregateSpec *spec,
                            int32_t index, const Expr *argument) {
    spec->columns[index] = -1;
    switch (argument->kind) {
    case EXPR_SYMBOL:
        return stream_column(builder, stream, argument->symbol, &spec->columns[index]);
    case EXPR_CONSTANT:
        spec->constants[index] = vector_ref((Vector *)argument->value);
        return OK;
    case EXPR_LAMBDA:
        return aggregate_lambda_compile(builder, spec, index, argument);
    default:
        return FAIL(builder->cx, NOT_SUPPORTED, "Argument %d of %s must be a column", index + 1,
                    spec->function->name);
    }
}

static Status find_intermediate_type(Context *cx, AggregateSpec *spec) {
    const AggregateFunction *aggregate = spec->aggregate;
    spec->intermediate_type = type_simple(TYPE_VARBINARY);
    return aggregate->intermediate == NULL
               ? OK
               : signature_type(cx, aggregate->signature, aggregate->intermediate,
                                spec->function->argument_count, spec->function->argument_types,
                                &spec->intermediate_type);
}

static Status bind_order(Builder *builder, const Stream *stream, const Aggregate *aggregate,
                         AggregateSpec *spec) {
    Arena *arena = builder->execution->arena;
    spec->order_count = spec->aggregate->order_sensitive ? aggregate->order_by.count : 0;
    spec->order_by = aggregate->order_by.items;
    spec->order_columns = arena_new_array(arena, int32_t, spec->order_count);
    for (int32_t i = 0; i < spec->order_count; i++) {
        TRY(stream_column(builder, stream, spec->order_by[i].symbol, &spec->order_columns[i]));
    }
    return OK;
}

static Status bind(Builder *builder, const Stream *stream, const Aggregate *aggregate,
                   AggregationStep step, AggregateSpec *spec) {
    Arena *arena = builder->execution->arena;
    spec->function = aggregate->function;
    spec->aggregate = aggregate->function->aggregate;
    spec->result_type = aggregate->symbol->type;
    spec->reads_intermediate = step == AGGREGATION_INTERMEDIATE || step == AGGREGATION_FINAL;
    spec->writes_intermediate = step == AGGREGATION_PARTIAL || step == AGGREGATION_INTERMEDIATE;
    spec->argument_count = aggregate->arguments.count;
    spec->columns = arena_new_array(arena, int32_t, spec->argument_count);
    spec->constants = arena_new_array(arena, Vector *, spec->argument_count);
    for (int32_t i = 0; i < spec->argument_count; i++) {
        TRY(bind_argument(builder, stream, spec, i, aggregate->arguments.items[i]));
    }
    spec->filter_column = -1;
    if (aggregate->filter != NULL) {
        TRY(stream_column(builder, stream, aggregate->filter, &spec->filter_column));
    }
    spec->is_distinct =
        aggregate->distinct && !spec->aggregate->duplicate_insensitive && spec->argument_count > 0;
    TRY(bind_order(builder, stream, aggregate, spec));
    TRY(find_intermediate_type(builder->cx, spec));
    if (spec->aggregate->prepare != NULL) {
        FunctionBinding binding = {.function = spec->function,
                                   .constants = (const Vector *const *)spec->constants};
        TRY(spec->aggregate->prepare(builder->cx, &binding, &spec->prepared));
    }
    return OK;
}

Status aggregate_set_build(Builder *builder, const Stream *stream, const AggregateArray *aggregates,
                           AggregationStep step, AggregateSet *ret_set) {
    AggregateSet *set = ret_set;
    *set = (AggregateSet){.count = aggregates->count};
    set->items = arena_new_array(builder->execution->arena, AggregateSpec, aggregates->count);
    for (int32_t i = 0; i < aggregates->count; i++) {
        AggregateSpec *spec = &set->items[i];
        spec->index = i;
        TRY(bind(builder, stream, &aggregates->items[i], step, spec));
        spec->state_offset = set->state_bytes;
        int32_t size = spec->aggregate->state_size;
        set->state_bytes += (size + STATE_ALIGNMENT - 1) / STATE_ALIGNMENT * STATE_ALIGNMENT;
        set->has_deferred = set->has_deferred || spec->is_distinct || spec->order_count > 0;
    }
    return OK;
}

void aggregate_set_done(AggregateSet *set) {
    for (int32_t i = 0; i < set->count; i++) {
        AggregateSpec *spec = &set->items[i];
        for (int32_t j = 0; spec->constants != NULL && j < spec->argument_count; j++) {
            vector_unref(spec->constants[j]);
        }
    }
    set->count = 0;
}

/* ---- scratch ---- */

AggregateScratch *aggregate_scratch_create(const AggregateSet *set, MemoryPool *pool) {
    AggregateScratch *scratch = allocate_zeroed(sizeof *scratch);
    int32_t arguments = 1;
    for (int32_t i = 0; i < set->count; i++) {
        if (set->items[i].argument_count > arguments) {
            arguments = set->items[i].argument_count;
        }
    }
    scratch->arguments = allocate_zeroed((size_t)arguments * sizeof(Vector *));
    scratch->arena = arena_create(NULL);
    scratch->pool = pool;
    aggregate_lambdas_create(set, scratch);
    return scratch;
}

void aggregate_scratch_free(AggregateScratch *scratch) {
    if (scratch == NULL) {
        return;
    }
    aggregate_lambdas_free(scratch);
    arena_free(scratch->arena);
    if (scratch->reserved_bytes > 0) {
        pool_release(scratch->pool, scratch->reserved_bytes);
    }
    free(scratch->arguments);
    free(scratch);
}

Status aggregate_scratch_charge(Context *cx, AggregateScratch *scratch) {
    int64_t bytes = (int64_t)arena_bytes(scratch->arena);
    if (bytes > scratch->reserved_bytes && scratch->pool != NULL) {
        TRY(pool_reserve(cx, scratch->pool, bytes - scratch->reserved_bytes));
        scratch->reserved_bytes = bytes;
    }
    return OK;
}

/* ---- calls ---- */

AggregateCall aggregate_call(Context *cx, const AggregateSpec *spec, AggregateScratch *scratch,
                             Vector *const *arguments) {
    return (AggregateCall){
        .cx = cx,
        .arena = scratch->arena,
        .function = spec->function,
        .prepared = spec->prepared,
        .argument_count = spec->argument_count,
        .arguments = arguments,
        .session = cx->session,
        .lambdas = scratch->lambdas != NULL ? scratch->lambdas[spec->index] : NULL,
    };
}

bool aggregates_need_init(const AggregateSet *set) {
    for (int32_t i = 0; i < set->count; i++) {
        if (set->items[i].aggregate->init != NULL) {
            return true;
        }
    }
    return false;
}

void aggregates_init(const AggregateSet *set, AggregateScratch *scratch, Context *cx,
                     uint8_t *state) {
    for (int32_t i = 0; i < set->count; i++) {
        const AggregateSpec *spec = &set->items[i];
        if (spec->aggregate->init != NULL) {
            AggregateCall call = aggregate_call(cx, spec, scratch, NULL);
            spec->aggregate->init(&call, state + spec->state_offset);
        }
    }
}

/* Keeps those of rows (NULL: 0..count) whose bit of `condition` is TRUE. */
static int32_t keep_true(const Vector *condition, const int32_t *rows, int32_t count,
                         int32_t *ret_rows) {
    VectorView view = vector_view(condition);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t row = rows != NULL ? rows[i] : i;
        ret_rows[kept] = row;
        kept += VIEW_VALUE(&view, int8_t, row) != 0 && !view_is_null(&view, row);
    }
    return kept;
}

static int32_t keep_not_null(const Vector *argument, const int32_t *rows, int32_t count,
                             int32_t *ret_rows) {
    VectorView view = vector_view(argument);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t row = rows != NULL ? rows[i] : i;
        ret_rows[kept] = row;
        kept += !view_is_null(&view, row);
    }
    return kept;
}

/* Those of rows (NULL: 0..count) that the kernel may see; NULL when that is all of 0..count. */
static const int32_t *select_rows(const AggregateSpec *spec, AggregateScratch *scratch,
                                  const Vector *condition, Vector *const *arguments,
                                  const int32_t *rows, int32_t *count) {
    if (condition != NULL) {
        *count = keep_true(condition, rows, *count, scratch->rows);
        rows = scratch->rows;
    }
    if ((spec->aggregate->flags & FUNCTION_CALLED_WITH_NULL) != 0) {
        return rows;
    }
    for (int32_t i = 0; i < spec->argument_count; i++) {
        if (arguments[i] == NULL || !vector_may_have_nulls(arguments[i])) {
            continue;
        }
        *count = keep_not_null(arguments[i], rows, *count, scratch->rows);
        rows = scratch->rows;
    }
    return rows;
}

static Status call_add(AggregateCall *call, const AggregateSpec *spec, StateRows states,
                       const int32_t *rows, int32_t count) {
    const AggregateFunction *aggregate = spec->aggregate;
    if (!spec->reads_intermediate) {
        return aggregate->add(call, states, rows, count);
    }
    if (aggregate->add_intermediate != NULL) {
        return aggregate->add_intermediate(call, states, call->arguments[0], rows, count);
    }
    /* The intermediate is the state's bytes: aligned copies are combined. */
    VectorView view = vector_view(call->arguments[0]);
    uint8_t **sources = arena_new_array(call->cx->arena, uint8_t *, count);
    for (int32_t i = 0; i < count; i++) {
        const StringView *bytes = &VIEW_VALUE(&view, StringView, rows != NULL ? rows[i] : i);
        sources[i] = arena_copy(call->cx->arena, string_data(bytes), bytes->length);
    }
    return aggregate->combine(call, states, (StateRows){.states = sources}, count);
}

static Status add_rows(Context *cx, const AggregateSpec *spec, AggregateScratch *scratch,
                       Vector *const *arguments, const Vector *condition, int32_t count,
                       uint8_t *const *states, uint8_t *single) {
    AggregateCall call = aggregate_call(cx, spec, scratch, arguments);
    const int32_t *rows = select_rows(spec, scratch, condition, arguments, NULL, &count);
    if (count == 0) {
        return OK;
    }
    if (states == NULL && spec->aggregate->add_single != NULL && !spec->reads_intermediate) {
        return spec->aggregate->add_single(&call, single + spec->state_offset, rows, count);
    }
    uint8_t *const *row_states = states;
    if (states == NULL || rows != NULL) {
        for (int32_t i = 0; i < count; i++) {
            scratch->states[i] = states == NULL ? single : states[rows[i]];
        }
        row_states = scratch->states;
    }
    return call_add(&call, spec, (StateRows){.states = row_states, .offset = spec->state_offset},
                    rows, count);
}

/* The argument vectors of a batch; constants get the batch's length. */
static void collect_arguments(const AggregateSpec *spec, AggregateScratch *scratch,
                              const Batch *input) {
    for (int32_t i = 0; i < spec->argument_count; i++) {
        scratch->arguments[i] = NULL;
        if (spec->columns[i] >= 0) {
            scratch->arguments[i] = vector_ref(input->columns[spec->columns[i]]);
        } else if (spec->constants[i] != NULL) {
            scratch->arguments[i] = vector_create_constant(spec->constants[i], 0, input->row_count);
        }
    }
}

static Status add_runs(Context *cx, const AggregateSpec *spec, AggregateScratch *scratch,
                       const Vector *condition, const GroupRuns *runs) {
    AggregateCall call = aggregate_call(cx, spec, scratch, scratch->arguments);
    for (int32_t i = 0; i < runs->count; i++) {
        int32_t start = i > 0 ? runs->ends[i - 1] : 0, count = runs->ends[i] - start;
        const int32_t *rows =
            select_rows(spec, scratch, condition, scratch->arguments, runs->rows + start, &count);
        if (count > 0) {
            TRY(spec->aggregate->add_single(&call, runs->states[i] + spec->state_offset, rows,
                                            count));
        }
    }
    return OK;
}

static Status add_batch(Context *cx, const AggregateSpec *spec, AggregateScratch *scratch,
                        const Batch *input, uint8_t *const *states, uint8_t *single,
                        const GroupRuns *runs) {
    collect_arguments(spec, scratch, input);
    const Vector *condition = spec->filter_column >= 0 ? input->columns[spec->filter_column] : NULL;
    bool uses_runs =
        runs != NULL && spec->aggregate->add_single != NULL && !spec->reads_intermediate;
    Status status = uses_runs ? add_runs(cx, spec, scratch, condition, runs)
                              : add_rows(cx, spec, scratch, scratch->arguments, condition,
                                         input->row_count, states, single);
    for (int32_t j = 0; j < spec->argument_count; j++) {
        vector_unref(scratch->arguments[j]);
    }
    return status;
}

static Status add_all(Context *cx, const AggregateSet *set, AggregateScratch *scratch,
                      const Batch *input, uint8_t *const *states, uint8_t *single,
                      const GroupRuns *runs) {
    for (int32_t i = 0; i < set->count; i++) {
        const AggregateSpec *spec = &set->items[i];
        if (!spec->is_distinct && spec->order_count == 0) {
            TRY(add_batch(cx, spec, scratch, input, states, single, runs));
        }
    }
    return aggregate_scratch_charge(cx, scratch);
}

Status aggregates_add_runs(Context *cx, const AggregateSet *set, AggregateScratch *scratch,
                           const Batch *input, uint8_t *const *states, const GroupRuns *runs) {
    return add_all(cx, set, scratch, input, states, NULL, runs);
}

Status aggregates_add(Context *cx, const AggregateSet *set, AggregateScratch *scratch,
                      const Batch *input, uint8_t *const *states, uint8_t *single) {
    return add_all(cx, set, scratch, input, states, single, NULL);
}

Status aggregate_add_columns(Context *cx, const AggregateSpec *spec, AggregateScratch *scratch,
                             Vector *const *arguments, int32_t count, uint8_t *const *states) {
    TRY(add_rows(cx, spec, scratch, arguments, NULL, count, states, NULL));
    return aggregate_scratch_charge(cx, scratch);
}

Status aggregates_combine(Context *cx, const AggregateSet *set, AggregateScratch *scratch,
                          uint8_t *const *targets, uint8_t *const *sources, int32_t count) {
    if (count == 0) {
        return OK;
    }
    for (int32_t i = 0; i < set->count; i++) {
        const AggregateSpec *spec = &set->items[i];
        AggregateCall call = aggregate_call(cx, spec, scratch, NULL);
        StateRows to = {.states = targets, .offset = spec->state_offset};
        StateRows from = {.states = sources, .offset = spec->state_offset};
        TRY(spec->aggregate->combine(&call, to, from, count));
    }
    return aggregate_scratch_charge(cx, scratch);
}

Status aggregate_output(Context *cx, const AggregateSpec *spec, AggregateScratch *scratch,
                        uint8_t *const *states, int32_t count, Vector **ret_vector) {
    const AggregateFunction *aggregate = spec->aggregate;
    AggregateCall call = aggregate_call(cx, spec, scratch, NULL);
    StateRows rows = {.states = states, .offset = spec->state_offset};
    Vector *result = vector_create(spec->result_type, count);
    Status status = OK;
    if (!spec->writes_intermediate) {
        status = aggregate->output(&call, rows, count, result);
    } else if (aggregate->write_intermediate != NULL) {
        status = aggregate->write_intermediate(&call, rows, count, result);
    } else {
        for (int32_t i = 0; i < count; i++) {
            vector_set_string(result, i, (const char *)states[i] + spec->state_offset,
                              (size_t)aggregate->state_size);
        }
    }
    if (status != OK) {
        vector_unref(result);
        return FAILED;
    }
    *ret_vector = result;
    return OK;
}
