/*
 * Window calls in the plan: calls over the same partitioning and order share a Window node, above a
 * projection of their keys, arguments and frame offsets. The bounds of RANGE frames are computed
 * there as sort key minus or plus offset, and the sort key is cast to the type of the bound where
 * that is wider.
 */
#include "analyze/expression.h"
#include "type/coercion.h"

/* One Window node in the making. */
typedef struct WindowGroup {
    Analyzer *an;
    const Translation *translation;
    Projection projection;
    int32_t partition_count;
    const Symbol **partition;
    int32_t order_count;
    SortOrder *order;
} WindowGroup;

static const Expr *check_failure(Analyzer *an, const Expr *offset, const Expr *zero) {
    const Expr *arguments[2] = {
        integer_constant(an, INVALID_WINDOW_FRAME),
        unbounded_varchar_constant(an, "Window frame offset value must not be negative or null")};
    Node nowhere = {0};
    const Expr *failure, *is_negative;
    if (!function_exists("fail", 1u << FUNCTION_SCALAR) ||
        call_function(an, "fail", 2, arguments, &nowhere, &failure) != OK ||
        compare(an, COMPARE_LESS, offset, zero, &nowhere, &is_negative) != OK) {
        context_clear_error(an->cx);
        return offset;
    }
    const Expr *either[2] = {expr_is_null(an->arena, offset), is_negative};
    const Expr *branches[3] = {expr_or(an->arena, 2, either), coerce(an, failure, offset->type),
                               offset};
    return expr_special(an->arena, EXPR_IF, offset->type, 3, branches);
}

static const Expr *zero_of(Analyzer *an, const Type *type) {
    if (type->kind == TYPE_INTERVAL_DAY_SECOND || type->kind == TYPE_INTERVAL_YEAR_MONTH) {
        Vector *value = vector_create(type, 1);
        memset(value->data, 0, type->width);
        Expr *zero = expr_constant(an->arena, value);
        vector_unref(value);
        return zero;
    }
    return integer_constant(an, 0);
}

/* NULL keys have no bound of their own, so their offset is not looked at by the frame either. */
static Status range_bound(Analyzer *an, const SortKey *key, FrameBoundKind bound,
                          const Expr *offset, const Expr **ret_bound) {
    bool subtract = (bound == BOUND_PRECEDING) != key->descending;
    const Expr *operands[2] = {key->expr, check_failure(an, offset, zero_of(an, offset->type))};
    Node nowhere = {.line = offset->line, .column = offset->column};
    return call_function(an, subtract ? "$operator$subtract" : "$operator$add", 2, operands,
                         &nowhere, ret_bound);
}

/* Bounds of a RANGE frame, and the sort key at their type. */
static Status range_bounds(WindowGroup *group, const ResolvedWindow *window, const Expr **ret_start,
                           const Expr **ret_end, const Type **ret_key_type) {
    Analyzer *an = group->an;
    SortKey key = window->order[0];
    key.expr = translate(an, group->translation, key.expr);
    const Type *type = key.expr->type;
    const Expr *offsets[2] = {window->start_value, window->end_value};
    const FrameBoundKind bounds[2] = {window->start, window->end};
    const Expr **results[2] = {ret_start, ret_end};
    for (int i = 0; i < 2; i++) {
        *results[i] = NULL;
        if (offsets[i] != NULL) {
            const Expr *offset = translate(an, group->translation, offsets[i]);
            TRY(range_bound(an, &key, bounds[i], offset, results[i]));
            const Type *common = type_common_super(type, (*results[i])->type);
            type = common == NULL ? type : common;
        }
    }
    for (int i = 0; i < 2; i++) {
        *results[i] = *results[i] == NULL ? NULL : coerce(an, *results[i], type);
    }
    *ret_key_type = type;
    return OK;
}

static const Symbol *add(WindowGroup *group, const Expr *expr) {
    return projection_add(&group->projection, translate(group->an, group->translation, expr), NULL);
}

/* Arguments as symbols; constants and lambdas stay what they are. */
static ExprArray window_arguments(WindowGroup *group, const BlockWindow *call) {
    ExprArray arguments = {call->argument_count, NULL};
    arguments.items = arena_new_array(group->an->arena, const Expr *, call->argument_count);
    for (int32_t i = 0; i < call->argument_count; i++) {
        const Expr *argument = fold_constant(group->an, call->arguments[i]);
        bool stays = argument->kind == EXPR_CONSTANT || argument->kind == EXPR_LAMBDA;
        arguments.items[i] = stays ? translate(group->an, group->translation, argument)
                                   : expr_symbol(group->an->arena, add(group, argument));
    }
    return arguments;
}

static Status window_call(WindowGroup *group, const BlockWindow *call, const Expr *start,
                          const Expr *end, WindowCallNode *ret_call) {
    const ResolvedWindow *window = call->window;
    bool is_range = window->unit == RANGE_FRAME;
    *ret_call = (WindowCallNode){
        .symbol = call->symbol,
        .function = call->function,
        .arguments = window_arguments(group, call),
        .ignore_nulls = call->ignore_nulls,
        .distinct = call->distinct,
        .unit = window->unit,
        .start = window->start,
        .end = window->end,
    };
    if (!is_range && window->start_value != NULL) {
        ret_call->start_value = add(group, window->start_value);
    }
    if (!is_range && window->end_value != NULL) {
        ret_call->end_value = add(group, window->end_value);
    }
    if (start != NULL) {
        ret_call->start_value = projection_add(&group->projection, start, NULL);
    }
    if (end != NULL) {
        ret_call->end_value = projection_add(&group->projection, end, NULL);
    }
    return OK;
}

static bool is_range_with_offset(const ResolvedWindow *window) {
    return window->unit == RANGE_FRAME &&
           (window->start_value != NULL || window->end_value != NULL);
}

/* Calls whose windows partition and order alike share a node; RANGE offsets may change the sort
 * key's type. */
static bool shares_node(const ResolvedWindow *a, const ResolvedWindow *b) {
    if (a->partition_count != b->partition_count || a->order_count != b->order_count ||
        is_range_with_offset(a) || is_range_with_offset(b)) {
        return a == b;
    }
    for (int32_t i = 0; i < a->partition_count; i++) {
        if (!expr_equal(a->partition[i], b->partition[i])) {
            return false;
        }
    }
    for (int32_t i = 0; i < a->order_count; i++) {
        if (a->order[i].descending != b->order[i].descending ||
            a->order[i].nulls_first != b->order[i].nulls_first ||
            !expr_equal(a->order[i].expr, b->order[i].expr)) {
            return false;
        }
    }
    return true;
}

static bool symbol_is_ordered(const SortOrder *order, int32_t count, const Symbol *symbol) {
    for (int32_t i = 0; i < count; i++) {
        if (order[i].symbol == symbol) {
            return true;
        }
    }
    return false;
}

static void plan_keys(WindowGroup *group, const ResolvedWindow *window, const Type *key_type) {
    Analyzer *an = group->an;
    group->partition = arena_new_array(an->arena, const Symbol *, window->partition_count);
    for (int32_t i = 0; i < window->partition_count; i++) {
        group->partition[group->partition_count++] = add(group, window->partition[i]);
    }
    group->order = arena_new_array(an->arena, SortOrder, window->order_count);
    for (int32_t i = 0; i < window->order_count; i++) {
        const SortKey *key = &window->order[i];
        const Expr *expr = translate(an, group->translation, key->expr);
        expr = key_type == NULL ? expr : coerce(an, expr, key_type);
        const Symbol *symbol = projection_add(&group->projection, expr, NULL);
        if (!symbol_is_ordered(group->order, group->order_count, symbol)) {
            group->order[group->order_count++] =
                (SortOrder){symbol, key->descending, key->nulls_first};
        }
    }
}

static Status plan_group(Analyzer *an, const Translation *translation, int32_t count,
                         BlockWindow **calls, PlanNode **plan) {
    const ResolvedWindow *window = calls[0]->window;
    WindowGroup group = {.an = an, .translation = translation};
    projection_init(&group.projection, an, *plan, true);
    const Expr *start = NULL, *end = NULL;
    const Type *key_type = NULL;
    if (is_range_with_offset(window)) {
        TRY(range_bounds(&group, window, &start, &end, &key_type));
    }
    plan_keys(&group, window, key_type);
    WindowNode *node = (WindowNode *)plan_node_create(an->builder, PLAN_WINDOW, 1);
    node->functions.items = arena_new_array(an->arena, WindowCallNode, count);
    for (int32_t i = 0; i < count; i++) {
        calls[i]->symbol =
            plan_symbol(an->builder, calls[i]->function->name, calls[i]->function->return_type);
        TRY(window_call(&group, calls[i], start, end,
                        &node->functions.items[node->functions.count++]));
    }
    node->base.sources[0] = projection_finish(&group.projection);
    node->partition_by = (SymbolList){group.partition_count, group.partition, 0};
    node->order_by = (SortOrderArray){group.order_count, group.order};
    const SymbolList *outputs = &node->base.sources[0]->outputs;
    for (int32_t i = 0; i < outputs->count; i++) {
        symbol_list_add(an->arena, &node->base.outputs, outputs->items[i]);
    }
    for (int32_t i = 0; i < count; i++) {
        symbol_list_add(an->arena, &node->base.outputs, calls[i]->symbol);
    }
    *plan = &node->base;
    return OK;
}

static const Expr *window_expr(Analyzer *an, BlockWindow *call) {
    Expr *expr = expr_special(an->arena, EXPR_WINDOW, call->function->return_type, 0, NULL);
    expr->analysis = call;
    return expr;
}

Status plan_windows(Analyzer *an, Block *block, bool from_order_by, PlanNode **plan,
                    Translation *translation) {
    int32_t count = 0;
    for (BlockWindow *call = block->windows; call != NULL; call = call->next) {
        count += call->symbol == NULL && call->from_order_by == from_order_by;
    }
    BlockWindow **group = arena_new_array(an->arena, BlockWindow *, count);
    const Translation before = *translation;
    for (BlockWindow *first = block->windows; first != NULL; first = first->next) {
        if (first->symbol != NULL || first->from_order_by != from_order_by) {
            continue;
        }
        int32_t group_count = 0;
        for (BlockWindow *call = first; call != NULL; call = call->next) {
            if (call->symbol == NULL && call->from_order_by == from_order_by &&
                shares_node(first->window, call->window)) {
                group[group_count++] = call;
            }
        }
        TRY(plan_group(an, &before, group_count, group, plan));
        for (int32_t i = 0; i < group_count; i++) {
            translation_add(an, translation, window_expr(an, group[i]), group[i]->symbol);
        }
    }
    return OK;
}
