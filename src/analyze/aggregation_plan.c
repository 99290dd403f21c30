/*
 * Aggregation in the plan: a projection of keys, arguments, filters and order keys; GroupId when
 * there are several grouping sets; Aggregation. The translation then maps keys and aggregate calls
 * to the symbols above, and GROUPING() to a choice by group id.
 */
#include "analyze/expression.h"

typedef struct AggregationPlan {
    Analyzer *an;
    const GroupByAnalysis *group_by;
    Projection projection;
    const Symbol **keys;    /* by key, below GroupId */
    const Symbol **outputs; /* by key, above it */
    AggregateArray aggregates;
    const Symbol *group_id;
} AggregationPlan;

static const Symbol *add(AggregationPlan *plan, const Expr *expr) {
    return projection_add(&plan->projection, expr, NULL);
}

/* Arguments as symbols; constants and lambdas stay what they are. */
static ExprArray aggregate_arguments(AggregationPlan *plan, const BlockAggregate *call) {
    Analyzer *an = plan->an;
    ExprArray arguments = {call->argument_count, NULL};
    arguments.items = arena_new_array(an->arena, const Expr *, call->argument_count);
    for (int32_t i = 0; i < call->argument_count; i++) {
        const Expr *argument = fold_constant(an, call->arguments[i]);
        bool stays = argument->kind == EXPR_CONSTANT || argument->kind == EXPR_LAMBDA;
        arguments.items[i] = stays ? argument : expr_symbol(an->arena, add(plan, argument));
    }
    return arguments;
}

static bool is_ordered_by(const SortOrderArray *order_by, const Symbol *symbol) {
    for (int32_t i = 0; i < order_by->count; i++) {
        if (order_by->items[i].symbol == symbol) {
            return true;
        }
    }
    return false;
}

static void plan_aggregate(AggregationPlan *plan, BlockAggregate *call) {
    Analyzer *an = plan->an;
    call->symbol = plan_symbol(an->builder, call->function->name, call->function->return_type);
    Aggregate aggregate = {
        .symbol = call->symbol,
        .function = call->function,
        .arguments = aggregate_arguments(plan, call),
        .distinct = call->distinct,
        .filter = call->filter == NULL ? NULL : add(plan, call->filter),
    };
    aggregate.order_by.items = arena_new_array(an->arena, SortOrder, call->order_count);
    for (int32_t i = 0; i < call->order_count; i++) {
        const SortKey *key = &call->order[i];
        const Symbol *symbol = add(plan, key->expr);
        if (!is_ordered_by(&aggregate.order_by, symbol)) {
            aggregate.order_by.items[aggregate.order_by.count++] =
                (SortOrder){symbol, key->descending, key->nulls_first};
        }
    }
    plan->aggregates.items[plan->aggregates.count++] = aggregate;
}

static void plan_aggregates(AggregationPlan *plan, Block *block) {
    int32_t count = 0;
    for (BlockAggregate *call = block->aggregates; call != NULL; call = call->next) {
        count++;
    }
    plan->aggregates.items = arena_new_array(plan->an->arena, Aggregate, count);
    for (BlockAggregate *call = block->aggregates; call != NULL; call = call->next) {
        plan_aggregate(plan, call);
    }
}

/* What the aggregates need of the input, keys apart. */
static SymbolList passed_arguments(AggregationPlan *plan) {
    SymbolList list = {0};
    Arena *arena = plan->an->arena;
    for (int32_t i = 0; i < plan->aggregates.count; i++) {
        const Aggregate *aggregate = &plan->aggregates.items[i];
        const Symbol *used[256];
        int32_t count = 0;
        for (int32_t j = 0; j < aggregate->arguments.count && count < 127; j++) {
            if (aggregate->arguments.items[j]->kind == EXPR_SYMBOL) {
                used[count++] = aggregate->arguments.items[j]->symbol;
            }
        }
        for (int32_t j = 0; j < aggregate->order_by.count && count < 254; j++) {
            used[count++] = aggregate->order_by.items[j].symbol;
        }
        if (aggregate->filter != NULL) {
            used[count++] = aggregate->filter;
        }
        for (int32_t j = 0; j < count; j++) {
            if (!symbol_list_contains(&list, used[j])) {
                symbol_list_add(arena, &list, used[j]);
            }
        }
    }
    return list;
}

static void add_outputs(Arena *arena, SymbolList *outputs, const SymbolList *more) {
    for (int32_t i = 0; i < more->count; i++) {
        symbol_list_add(arena, outputs, more->items[i]);
    }
}

static PlanNode *plan_group_id(AggregationPlan *plan, PlanNode *source) {
    Analyzer *an = plan->an;
    const GroupByAnalysis *group_by = plan->group_by;
    GroupIdNode *node = (GroupIdNode *)plan_node_create(an->builder, PLAN_GROUP_ID, 1);
    node->base.sources[0] = source;
    for (int32_t i = 0; i < group_by->key_count; i++) {
        plan->outputs[i] =
            plan_symbol(an->builder, arena_printf(an->arena, "%s$gid", plan->keys[i]->name),
                        plan->keys[i]->type);
        symbol_list_add(an->arena, &node->key_inputs, plan->keys[i]);
        symbol_list_add(an->arena, &node->key_outputs, plan->outputs[i]);
    }
    node->grouping_sets.count = group_by->set_count;
    node->grouping_sets.items = arena_new_array(an->arena, SymbolList, group_by->set_count);
    for (int32_t i = 0; i < group_by->set_count; i++) {
        for (int32_t j = 0; j < group_by->sets[i].count; j++) {
            symbol_list_add(an->arena, &node->grouping_sets.items[i],
                            plan->outputs[group_by->sets[i].keys[j]]);
        }
    }
    node->arguments = passed_arguments(plan);
    plan->group_id = plan_symbol(an->builder, "groupid", type_simple(TYPE_BIGINT));
    node->group_id = plan->group_id;
    add_outputs(an->arena, &node->base.outputs, &node->key_outputs);
    add_outputs(an->arena, &node->base.outputs, &node->arguments);
    symbol_list_add(an->arena, &node->base.outputs, plan->group_id);
    return &node->base;
}

static PlanNode *plan_node(AggregationPlan *plan, PlanNode *source) {
    Analyzer *an = plan->an;
    const GroupByAnalysis *group_by = plan->group_by;
    AggregationNode *node = (AggregationNode *)plan_node_create(an->builder, PLAN_AGGREGATION, 1);
    node->base.sources[0] = source;
    for (int32_t i = 0; i < group_by->key_count; i++) {
        if (!symbol_list_contains(&node->group_keys, plan->outputs[i])) {
            symbol_list_add(an->arena, &node->group_keys, plan->outputs[i]);
        }
    }
    if (plan->group_id != NULL) {
        symbol_list_add(an->arena, &node->group_keys, plan->group_id);
        node->global_group_ids.items = arena_new_array(an->arena, int32_t, group_by->set_count);
        for (int32_t i = 0; i < group_by->set_count; i++) {
            if (group_by->sets[i].count == 0) {
                node->global_group_ids.items[node->global_group_ids.count++] = i;
            }
        }
    }
    node->group_id = plan->group_id;
    node->step = AGGREGATION_SINGLE;
    node->aggregates = plan->aggregates;
    add_outputs(an->arena, &node->base.outputs, &node->group_keys);
    for (int32_t i = 0; i < node->aggregates.count; i++) {
        symbol_list_add(an->arena, &node->base.outputs, node->aggregates.items[i].symbol);
    }
    return &node->base;
}

/* ---- GROUPING() ---- */

static const Expr *number(Analyzer *an, const Type *type, int64_t value) {
    return type->kind == TYPE_BIGINT ? expr_bigint(an->arena, value)
                                     : integer_constant(an, (int32_t)value);
}

/* One bit a column, the first highest: set when the grouping set leaves the column out. */
static bool grouping_bits(const AggregationPlan *plan, const BlockGrouping *grouping,
                          const KeySet *set, int64_t *ret_bits, int32_t *ret_missing) {
    int64_t bits = 0;
    for (int32_t i = 0; i < grouping->column_count; i++) {
        int32_t key = 0;
        while (key < plan->group_by->key_count &&
               !expr_equal(plan->group_by->keys[key], grouping->columns[i])) {
            key++;
        }
        if (key == plan->group_by->key_count) {
            *ret_missing = i;
            return false;
        }
        bool inside = false;
        for (int32_t j = 0; j < set->count; j++) {
            inside = inside || set->keys[j] == key;
        }
        bits = bits << 1 | !inside;
    }
    *ret_bits = bits;
    return true;
}

static const char *qualified_text(Analyzer *an, const QualifiedName *name) {
    const char *text = NULL;
    for (int32_t i = 0; i < name->parts.count; i++) {
        const char *part = NODE_CAST(Identifier, name->parts.items[i])->value;
        text = text == NULL ? part : arena_printf(an->arena, "%s.%s", text, part);
    }
    return text;
}

static Status grouping_value(AggregationPlan *plan, const BlockGrouping *grouping, const Type *type,
                             const Expr **ret_value) {
    Analyzer *an = plan->an;
    const GroupByAnalysis *group_by = plan->group_by;
    int32_t count = 2 * group_by->set_count + 2;
    const Expr **arguments = arena_new_array(an->arena, const Expr *, count);
    for (int32_t i = 0; i < group_by->set_count; i++) {
        int64_t bits;
        int32_t missing;
        if (!grouping_bits(plan, grouping, &group_by->sets[i], &bits, &missing)) {
            const Node *name = grouping->node->columns.items[missing];
            return FAIL_NODE(an, INVALID_ARGUMENTS, &grouping->node->node,
                             "The arguments to GROUPING() must be expressions referenced by the "
                             "GROUP BY at the associated query level. Mismatch due to %s.",
                             qualified_text(an, NODE_CAST(QualifiedName, name)));
        }
        arguments[1 + 2 * i] = expr_bigint(an->arena, i);
        arguments[2 + 2 * i] = number(an, type, bits);
    }
    if (plan->group_id == NULL) {
        *ret_value = arguments[2];
        return OK;
    }
    arguments[0] = expr_symbol(an->arena, plan->group_id);
    arguments[count - 1] = number(an, type, 0);
    *ret_value = expr_special(an->arena, EXPR_SWITCH, type, count, arguments);
    return OK;
}

static Status plan_groupings(AggregationPlan *plan, const Block *block, PlanNode **node,
                             Translation *translation) {
    Analyzer *an = plan->an;
    Projection projection;
    projection_init(&projection, an, *node, true);
    for (const BlockGrouping *grouping = block->groupings; grouping != NULL;
         grouping = grouping->next) {
        TypeKind kind = grouping->column_count <= 31 ? TYPE_INTEGER : TYPE_BIGINT;
        const Expr *value;
        TRY(grouping_value(plan, grouping, type_simple(kind), &value));
        Expr *call = expr_special(an->arena, EXPR_GROUPING, type_simple(kind), 0, NULL);
        call->analysis = (void *)grouping;
        translation_add(an, translation, call, projection_add(&projection, value, "grouping"));
    }
    *node = projection_finish(&projection);
    return OK;
}

Status plan_aggregation(Analyzer *an, Block *block, const GroupByAnalysis *group_by,
                        PlanNode **plan, Translation *translation) {
    AggregationPlan state = {.an = an, .group_by = group_by};
    state.keys = arena_new_array(an->arena, const Symbol *, group_by->key_count);
    state.outputs = arena_new_array(an->arena, const Symbol *, group_by->key_count);
    projection_init(&state.projection, an, *plan, false);
    for (int32_t i = 0; i < group_by->key_count; i++) {
        state.keys[i] = add(&state, group_by->keys[i]);
        state.outputs[i] = state.keys[i];
    }
    plan_aggregates(&state, block);
    PlanNode *node = projection_finish(&state.projection);
    if (group_by->set_count != 1) {
        node = plan_group_id(&state, node);
    }
    node = plan_node(&state, node);
    for (int32_t i = 0; i < group_by->key_count; i++) {
        translation_add(an, translation, group_by->keys[i], state.outputs[i]);
    }
    for (BlockAggregate *call = block->aggregates; call != NULL; call = call->next) {
        Expr *expr = expr_special(an->arena, EXPR_AGGREGATE, call->function->return_type, 0, NULL);
        expr->analysis = call;
        translation_add(an, translation, expr, call->symbol);
    }
    TRY(plan_groupings(&state, block, &node, translation));
    *plan = node;
    return OK;
}
