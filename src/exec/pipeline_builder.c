/*
 * The walk over the plan, and the stream functions the operators' build functions share. The walk
 * is in the order in which pipelines depend on each other, so a build side exists before the probe
 * side that needs it.
 */
#include "exec/pipeline_builder.h"

#include "exec/filter_project.h"
#include "exec/result_queue.h"

static BuildNode *const builders[PLAN_KIND_COUNT] = {
    [PLAN_TABLE_SCAN] = build_table_scan,
    [PLAN_VALUES] = build_values,
    [PLAN_FILTER] = build_filter,
    [PLAN_PROJECT] = build_project,
    [PLAN_AGGREGATION] = build_aggregation,
    [PLAN_GROUP_ID] = build_group_id,
    [PLAN_JOIN] = build_join,
    [PLAN_SEMI_JOIN] = build_semi_join,
    [PLAN_ENFORCE_SINGLE_ROW] = build_enforce_single_row,
    [PLAN_ASSIGN_UNIQUE_ID] = build_assign_unique_id,
    [PLAN_SORT] = build_sort,
    [PLAN_TOP_N] = build_top_n,
    [PLAN_LIMIT] = build_limit,
    [PLAN_OFFSET] = build_offset,
    [PLAN_WINDOW] = build_window,
    [PLAN_TOP_N_RANKING] = build_top_n_ranking,
    [PLAN_UNNEST] = build_unnest,
    [PLAN_SET_OPERATION] = build_set_operation,
    [PLAN_MARK_DISTINCT] = build_mark_distinct,
    [PLAN_SAMPLE] = build_sample,
    [PLAN_TABLE_FUNCTION] = build_table_function,
    [PLAN_RECURSIVE_UNION] = build_recursive_union,
    [PLAN_RECURSIVE_REFERENCE] = build_recursive_reference,
    [PLAN_TABLE_WRITER] = build_table_writer,
    [PLAN_MERGE_WRITER] = build_merge_writer,
    [PLAN_EXCHANGE] = build_exchange,
    [PLAN_EXPLAIN_ANALYZE] = build_explain_analyze,
};

Status build_node(Builder *builder, const PlanNode *node, Stream *ret_stream) {
    if (builders[node->kind] == NULL) {
        return FAIL(builder->cx, NOT_SUPPORTED, "Plan node of kind %d cannot be executed",
                    (int)node->kind);
    }
    return builders[node->kind](builder, node, ret_stream);
}

Stream stream_begin(Builder *builder, Operator *source, SymbolList layout) {
    Stream stream = {.pipeline = pipeline_create(builder->execution), .layout = layout};
    source->is_node_output = true;
    pipeline_add_branch(stream.pipeline, source, 0);
    return stream;
}

void stream_append(Stream *stream, Operator *op, SymbolList layout) {
    op->is_node_input = true;
    op->is_node_output = true;
    pipeline_add_operator(stream->pipeline, op);
    stream->layout = layout;
}

void stream_end(Stream *stream, Operator *sink) {
    sink->is_node_input = true;
    stream->pipeline->sink = sink;
}

Stream stream_break(Builder *builder, Stream *stream, Operator *sink, Operator *source,
                    SymbolList layout) {
    stream_end(stream, sink);
    Stream next = stream_begin(builder, source, layout);
    pipeline_depend(next.pipeline, stream->pipeline);
    return next;
}

int32_t layout_find(const SymbolList *layout, const Symbol *symbol) {
    for (int32_t i = 0; i < layout->count; i++) {
        if (layout->items[i] == symbol) {
            return i;
        }
    }
    return -1;
}

void layout_add(Arena *arena, SymbolList *layout, const Symbol *symbol) {
    const Symbol **items = arena_new_array(arena, const Symbol *, layout->count + 1);
    if (layout->count > 0) {
        memcpy(items, layout->items, (size_t)layout->count * sizeof(Symbol *));
    }
    items[layout->count] = symbol;
    layout->items = items;
    layout->count++;
}

Status stream_column(Builder *builder, const Stream *stream, const Symbol *symbol,
                     int32_t *ret_column) {
    *ret_column = layout_find(&stream->layout, symbol);
    if (*ret_column < 0) {
        return FAIL(builder->cx, GENERIC_INTERNAL_ERROR, "Column %s is not produced below",
                    symbol->name);
    }
    return OK;
}

Status stream_columns(Builder *builder, const Stream *stream, const SymbolList *symbols,
                      int32_t **ret_columns) {
    int32_t *columns = arena_new_array(builder->execution->arena, int32_t, symbols->count);
    for (int32_t i = 0; i < symbols->count; i++) {
        TRY(stream_column(builder, stream, symbols->items[i], &columns[i]));
    }
    *ret_columns = columns;
    return OK;
}

Status stream_arrange(Builder *builder, Stream *stream, const SymbolList *symbols) {
    bool same = symbols->count == stream->layout.count;
    for (int32_t i = 0; same && i < symbols->count; i++) {
        same = symbols->items[i] == stream->layout.items[i];
    }
    if (same) {
        return OK;
    }
    Arena *arena = builder->execution->arena;
    const Expr **expressions = arena_new_array(arena, const Expr *, symbols->count);
    for (int32_t i = 0; i < symbols->count; i++) {
        Expr *expr = arena_new(arena, Expr);
        expr->kind = EXPR_SYMBOL;
        expr->type = symbols->items[i]->type;
        expr->symbol = symbols->items[i];
        expressions[i] = expr;
    }
    return filter_project_append(builder, stream, -1, NULL, symbols, expressions);
}

static Status build_root(Builder *builder, const PlanNode *plan) {
    const PlanNode *query = plan->kind == PLAN_OUTPUT ? plan->sources[0] : plan;
    Stream stream;
    TRY(build_node(builder, query, &stream));
    TRY(stream_arrange(builder, &stream, &plan->outputs));
    QueryExecution *execution = builder->execution;
    execution->result = result_queue_create(execution, plan->kind == PLAN_OUTPUT ? plan->id : -1);
    stream_end(&stream, execution->result);
    stream.pipeline->is_root = true;
    return OK;
}

Status pipeline_build(Context *cx, QueryExecution *execution, const PlanNode *plan,
                      bool *ret_is_tiny) {
    Builder builder = {.cx = cx, .execution = execution, .is_tiny = true};
    pthread_mutex_lock(&execution->build_lock);
    Status status = build_root(&builder, plan);
    pthread_mutex_unlock(&execution->build_lock);
    *ret_is_tiny = builder.is_tiny;
    return status;
}
