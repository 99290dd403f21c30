/* Building joins and semi-joins from their plan nodes: which columns the table keeps, and what each
 * operator reads. */
#include "exec/hash_join.h"

#include <math.h>

#include "optimize/optimizer.h"

/* How many times larger the filtering input of a semi-join must be for the other one to become the
 * table. */
#define FLIP_RATIO 1.5

/* The build side's columns that are kept, as they are asked for. */
typedef struct JoinBuild {
    Builder *builder;
    HashJoin *join;
    const Stream *probe, *build;
    SymbolList kept;
    bool is_missing;
    SymbolList filter_symbols;
} JoinBuild;

/* The column of the table that holds a build symbol, added when it is new; -1 when the build side
 * has no such symbol. */
static int32_t keep_build_column(JoinBuild *b, const Symbol *symbol) {
    int32_t index = layout_find(&b->kept, symbol);
    if (index < 0 && layout_find(&b->build->layout, symbol) >= 0) {
        layout_add(b->builder->execution->arena, &b->kept, symbol);
        index = b->kept.count - 1;
    }
    return index;
}

static bool find_column(JoinBuild *b, const Symbol *symbol, JoinColumn *ret_column) {
    int32_t probe = layout_find(&b->probe->layout, symbol);
    if (probe >= 0) {
        *ret_column = (JoinColumn){.is_build = false, .index = probe};
        return true;
    }
    int32_t build = keep_build_column(b, symbol);
    *ret_column = (JoinColumn){.is_build = true, .index = build};
    return build >= 0;
}

static void use_filter_symbol(void *closure, const Symbol *symbol) {
    JoinBuild *b = closure;
    if (layout_find(&b->filter_symbols, symbol) < 0) {
        layout_add(b->builder->execution->arena, &b->filter_symbols, symbol);
    }
}

static Status bind_filter(JoinBuild *b, const Expr *filter) {
    HashJoin *join = b->join;
    if (filter == NULL || expr_is_true(filter)) {
        return OK;
    }
    expr_symbols(filter, use_filter_symbol, b);
    join->filter_column_count = b->filter_symbols.count;
    join->filter_columns =
        arena_new_array(b->builder->execution->arena, JoinColumn, b->filter_symbols.count);
    for (int32_t i = 0; i < b->filter_symbols.count; i++) {
        if (!find_column(b, b->filter_symbols.items[i], &join->filter_columns[i])) {
            return FAIL(b->builder->cx, GENERIC_INTERNAL_ERROR, "A join filter reads %s",
                        b->filter_symbols.items[i]->name);
        }
    }
    return program_compile(b->builder->cx, 1, &filter, b->filter_symbols.count,
                           b->filter_symbols.items, &join->filter);
}

static Status bind_keys(JoinBuild *b, const SymbolList *left, const SymbolList *right) {
    HashJoin *join = b->join;
    join->key_count = left->count;
    join->build_keys = arena_new_array(b->builder->execution->arena, int32_t, left->count);
    TRY(stream_columns(b->builder, b->probe, left, &join->probe_keys));
    for (int32_t i = 0; i < right->count; i++) {
        int32_t column;
        TRY(stream_column(b->builder, b->build, right->items[i], &column));
        join->build_keys[i] = keep_build_column(b, right->items[i]);
    }
    return OK;
}

/* mark is the symbol of the column that the operator adds itself, or NULL. */
static Status bind_outputs(JoinBuild *b, const SymbolList *outputs, const Symbol *mark) {
    HashJoin *join = b->join;
    Arena *arena = b->builder->execution->arena;
    join->output_count = outputs->count;
    join->outputs = arena_new_array(arena, JoinColumn, outputs->count);
    join->output_types = arena_new_array(arena, const Type *, outputs->count);
    for (int32_t i = 0; i < outputs->count; i++) {
        join->output_types[i] = outputs->items[i]->type;
        if (outputs->items[i] == mark) {
            join->outputs[i] = (JoinColumn){.index = -1};
        } else if (!find_column(b, outputs->items[i], &join->outputs[i])) {
            return FAIL(b->builder->cx, GENERIC_INTERNAL_ERROR, "A join gives %s, which it has not",
                        outputs->items[i]->name);
        }
    }
    return OK;
}

static Status bind_dynamic_filters(JoinBuild *b, const DynamicFilterArray *filters) {
    HashJoin *join = b->join;
    join->dynamic_filters =
        arena_new_array(b->builder->execution->arena, JoinFilterId, filters->count);
    for (int32_t i = 0; i < filters->count; i++) {
        int32_t column = keep_build_column(b, filters->items[i].symbol);
        if (column >= 0) {
            join->dynamic_filters[join->dynamic_filter_count++] =
                (JoinFilterId){.id = filters->items[i].id, .build_column = column};
        }
    }
    return OK;
}

/* Scans below the probe side will find the build side's pipeline by the filter's id. */
static void announce_filters(Builder *builder, const DynamicFilterArray *filters,
                             const Stream *build) {
    for (int32_t i = 0; i < filters->count; i++) {
        FilterProducer *producer = arena_new(builder->execution->arena, FilterProducer);
        *producer = (FilterProducer){.next = builder->filter_producers,
                                     .id = filters->items[i].id,
                                     .pipeline = build->pipeline};
        builder->filter_producers = producer;
    }
}

/* Ends the build stream in the join's sink; the probe's pipeline waits for it. */
static Status finish_build(JoinBuild *b, Stream *build, Stream *probe) {
    HashJoin *join = b->join;
    Arena *arena = b->builder->execution->arena;
    join->build_column_count = b->kept.count;
    TRY(stream_columns(b->builder, build, &b->kept, &join->build_columns));
    join->build_types = arena_new_array(arena, const Type *, b->kept.count);
    for (int32_t i = 0; i < b->kept.count; i++) {
        join->build_types[i] = b->kept.items[i]->type;
    }
    join_table_init(&join->table, b->builder->execution->options.pool, join->key_count,
                    join->build_keys);
    stream_end(build, &join->sink);
    pipeline_depend(probe->pipeline, build->pipeline);
    return OK;
}

static HashJoin *create(Builder *builder, const PlanNode *plan) {
    HashJoin *join = operator_new(builder->execution, HashJoin, &hash_join_build_type, plan->id);
    pthread_mutex_init(&join->lock, NULL);
    return join;
}

Status build_join(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const JoinNode *node = (const JoinNode *)plan;
    Stream probe, build;
    TRY(build_node(builder, plan->sources[1], &build));
    announce_filters(builder, &node->dynamic_filters, &build);
    TRY(build_node(builder, plan->sources[0], &probe));
    HashJoin *join = create(builder, plan);
    join->form = JOIN_FORM_PAIRS;
    join->keeps_probe = node->join_kind == LEFT_JOIN || node->join_kind == FULL_JOIN;
    join->keeps_build = node->join_kind == RIGHT_JOIN || node->join_kind == FULL_JOIN;
    JoinBuild b = {.builder = builder, .join = join, .probe = &probe, .build = &build};
    TRY(bind_keys(&b, &node->left_keys, &node->right_keys));
    TRY(bind_outputs(&b, &plan->outputs, NULL));
    TRY(bind_filter(&b, node->filter));
    TRY(bind_dynamic_filters(&b, &node->dynamic_filters));
    TRY(finish_build(&b, &build, &probe));
    Operator *op = join->key_count > 0 ? hash_join_probe_create(builder, join, plan->id)
                                       : nested_loop_join_create(builder, join, plan->id);
    stream_append(&probe, op, plan->outputs);
    if (join->keeps_build) {
        Operator *outer = hash_join_outer_create(builder, join, plan->id);
        outer->is_node_output = true;
        pipeline_add_branch(probe.pipeline, outer, probe.pipeline->phase_count);
    }
    *ret_stream = probe;
    return OK;
}

static void forget_statistics(PlanNode *node) {
    node->statistics = NULL;
    for (int32_t i = 0; i < node->source_count; i++) {
        forget_statistics(node->sources[i]);
    }
}

/* The optimizer's estimate, NAN when there is none. What it caches on the nodes must not outlive
 * the arena it is in. */
static double estimated_rows(Builder *builder, const PlanNode *node) {
    double rows = NAN;
    const PlanStatistics *statistics = node->statistics;
    if (statistics != NULL) {
        return statistics->row_count;
    }
    PlanBuilder scratch = {.arena = arena_create(NULL)};
    Context own = *builder->cx;
    own.arena = scratch.arena;
    if (plan_statistics(&own, &scratch, (PlanNode *)node, &statistics) == OK) {
        rows = statistics->row_count;
    }
    forget_statistics((PlanNode *)node);
    arena_free(scratch.arena);
    return rows;
}

/* Whether to build on the first input: it is known to be much smaller, and unknown answers are not
 * asked for. */
static bool wants_flip(Builder *builder, const SemiJoinNode *node) {
    bool may_flip =
        node->left_keys.count > 0 && (node->semi_kind == SEMI_JOIN_SEMI || !node->null_aware);
    return may_flip && estimated_rows(builder, node->base.sources[1]) >
                           FLIP_RATIO * estimated_rows(builder, node->base.sources[0]);
}

/* The scan below that gives the symbol and may drop rows by its value without changing the result.
 */
static const PlanNode *find_scan(const PlanNode *node, const Symbol **symbol) {
    for (;;) {
        switch (node->kind) {
        case PLAN_TABLE_SCAN:
            return layout_find(&node->outputs, *symbol) >= 0 ? node : NULL;
        case PLAN_PROJECT: {
            int32_t index = layout_find(&node->outputs, *symbol);
            const Expr *expr =
                index >= 0 ? ((const ProjectNode *)node)->expressions.items[index] : NULL;
            if (expr == NULL || expr->kind != EXPR_SYMBOL) {
                return NULL;
            }
            *symbol = expr->symbol;
            break;
        }
        case PLAN_FILTER:
        case PLAN_SEMI_JOIN:
            break;
        case PLAN_AGGREGATION:
            if (layout_find(&((const AggregationNode *)node)->group_keys, *symbol) < 0 ||
                ((const AggregationNode *)node)->group_id != NULL) {
                return NULL;
            }
            break;
        default:
            return NULL;
        }
        node = node->sources[0];
    }
}

/* Makes the table publish filters for the scans of the filtering input. */
static void add_reverse_filters(Builder *builder, const SemiJoinNode *node,
                                DynamicFilterArray *ret_filters, const Stream *build) {
    QueryExecution *execution = builder->execution;
    ret_filters->items =
        arena_new_array(execution->arena, DynamicFilterUse, node->right_keys.count);
    for (int32_t i = 0; i < node->right_keys.count; i++) {
        const Symbol *symbol = node->right_keys.items[i];
        const PlanNode *scan = find_scan(node->base.sources[1], &symbol);
        if (scan != NULL) {
            ReverseFilter *filter = arena_new(execution->arena, ReverseFilter);
            *filter = (ReverseFilter){.next = builder->reverse_filters,
                                      .scan = scan,
                                      .symbol = symbol,
                                      .id = --execution->next_filter_id};
            builder->reverse_filters = filter;
            ret_filters->items[ret_filters->count++] =
                (DynamicFilterUse){.id = filter->id, .symbol = node->left_keys.items[i]};
        }
    }
    announce_filters(builder, ret_filters, build);
}

static JoinForm semi_form(const SemiJoinNode *node) {
    return node->semi_kind == SEMI_JOIN_SEMI   ? JOIN_FORM_SEMI
           : node->semi_kind == SEMI_JOIN_ANTI ? JOIN_FORM_ANTI
                                               : JOIN_FORM_MARK;
}

/* The first input becomes the table; the second one's rows mark it; the marks are the answer. */
static Status build_flipped(Builder *builder, const SemiJoinNode *node, Stream *ret_stream) {
    const PlanNode *plan = &node->base;
    Stream build, filtering;
    DynamicFilterArray filters = {0};
    TRY(build_node(builder, plan->sources[0], &build));
    add_reverse_filters(builder, node, &filters, &build);
    TRY(build_node(builder, plan->sources[1], &filtering));
    HashJoin *join = create(builder, plan);
    join->form = semi_form(node);
    join->keeps_build = true;
    JoinBuild b = {.builder = builder, .join = join, .probe = &filtering, .build = &build};
    TRY(bind_keys(&b, &node->right_keys, &node->left_keys));
    TRY(bind_outputs(&b, &plan->outputs, node->mark));
    TRY(bind_filter(&b, node->filter));
    TRY(bind_dynamic_filters(&b, &filters));
    TRY(finish_build(&b, &build, &filtering));
    *ret_stream =
        stream_break(builder, &filtering, hash_join_mark_sink_create(builder, join, plan->id),
                     hash_join_marked_source_create(builder, join, plan->id), plan->outputs);
    return OK;
}

Status build_semi_join(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const SemiJoinNode *node = (const SemiJoinNode *)plan;
    Stream probe, build;
    if (wants_flip(builder, node)) {
        return build_flipped(builder, node, ret_stream);
    }
    TRY(build_node(builder, plan->sources[1], &build));
    announce_filters(builder, &node->dynamic_filters, &build);
    TRY(build_node(builder, plan->sources[0], &probe));
    HashJoin *join = create(builder, plan);
    join->form = semi_form(node);
    join->null_aware = node->null_aware;
    JoinBuild b = {.builder = builder, .join = join, .probe = &probe, .build = &build};
    TRY(bind_keys(&b, &node->left_keys, &node->right_keys));
    TRY(bind_outputs(&b, &plan->outputs, node->mark));
    TRY(bind_filter(&b, node->filter));
    TRY(bind_dynamic_filters(&b, &node->dynamic_filters));
    TRY(finish_build(&b, &build, &probe));
    Operator *op = join->key_count > 0 ? hash_join_semi_create(builder, join, plan->id)
                                       : nested_loop_join_create(builder, join, plan->id);
    stream_append(&probe, op, plan->outputs);
    *ret_stream = probe;
    return OK;
}
