/*
 * Window calls: OVER and WINDOW resolved and checked, in Trino's order of errors.
 */
#include "analyze/expression.h"

/* ---- named windows ---- */

static const WindowParts *find_window(const Block *block, const char *name) {
    for (int32_t i = 0; block != NULL && i < block->window_name_count; i++) {
        if (names_equal(block->window_names[i].name, name)) {
            return &block->window_names[i].parts;
        }
    }
    return NULL;
}

static Status require_window(Analyzer *an, const Block *block, const Identifier *name,
                             const WindowParts **ret_parts) {
    *ret_parts = find_window(block, name->value);
    if (*ret_parts == NULL) {
        return FAIL_NODE(an, INVALID_WINDOW_REFERENCE, &name->node, "Cannot resolve WINDOW name %s",
                         name->value);
    }
    return OK;
}

static Status resolve_parts(Analyzer *an, const Block *block, const Node *window,
                            WindowParts *ret_parts) {
    const WindowParts *base = NULL;
    if (window->kind == NODE_WINDOW_REFERENCE) {
        TRY(require_window(an, block, NODE_CAST(WindowReference, window)->name, &base));
        *ret_parts = *base;
        return OK;
    }
    const WindowSpecification *node = NODE_CAST(WindowSpecification, window);
    WindowParts parts = {
        .partition_by = node->partition_by.count > 0 ? &node->partition_by : NULL,
        .order_by = node->order_by,
        .frame = node->frame,
    };
    if (node->existing_window_name != NULL) {
        TRY(require_window(an, block, node->existing_window_name, &base));
        if (parts.partition_by != NULL) {
            return FAIL_NODE(an, INVALID_PARTITION_BY, node->partition_by.items[0],
                             "WINDOW specification with named WINDOW reference cannot specify "
                             "PARTITION BY");
        }
        if (parts.order_by != NULL && base->order_by != NULL) {
            return FAIL_NODE(an, INVALID_ORDER_BY, &node->order_by->node,
                             "Cannot specify ORDER BY if referenced named WINDOW specifies ORDER "
                             "BY");
        }
        if (base->frame != NULL) {
            return FAIL_NODE(an, INVALID_WINDOW_REFERENCE, &node->existing_window_name->node,
                             "Cannot reference named WINDOW containing frame specification");
        }
        parts.partition_by = base->partition_by;
        parts.order_by = parts.order_by == NULL ? base->order_by : parts.order_by;
    }
    *ret_parts = parts;
    return OK;
}

/* ---- frames ---- */

static const FrameBoundKind BOUND_KINDS[] = {
    [FRAME_UNBOUNDED_PRECEDING] = BOUND_UNBOUNDED_PRECEDING,
    [FRAME_PRECEDING] = BOUND_PRECEDING,
    [FRAME_CURRENT_ROW] = BOUND_CURRENT_ROW,
    [FRAME_FOLLOWING] = BOUND_FOLLOWING,
    [FRAME_UNBOUNDED_FOLLOWING] = BOUND_UNBOUNDED_FOLLOWING,
};

static Status check_bounds(Analyzer *an, const WindowFrame *frame, FrameBoundKind start,
                           FrameBoundKind end) {
    const char *message = NULL;
    if (start == BOUND_UNBOUNDED_FOLLOWING) {
        message = "Window frame start cannot be UNBOUNDED FOLLOWING";
    } else if (end == BOUND_UNBOUNDED_PRECEDING) {
        message = "Window frame end cannot be UNBOUNDED PRECEDING";
    } else if (start == BOUND_CURRENT_ROW && end == BOUND_PRECEDING) {
        message = "Window frame starting from CURRENT ROW cannot end with PRECEDING";
    } else if (start == BOUND_FOLLOWING && end == BOUND_PRECEDING) {
        message = "Window frame starting from FOLLOWING cannot end with PRECEDING";
    } else if (start == BOUND_FOLLOWING && end == BOUND_CURRENT_ROW) {
        message = "Window frame starting from FOLLOWING cannot end with CURRENT ROW";
    }
    return message == NULL ? OK : FAIL_NODE(an, INVALID_WINDOW_FRAME, &frame->node, "%s", message);
}

static bool is_whole_number(const Type *type) {
    return type->kind == TYPE_TINYINT || type->kind == TYPE_SMALLINT ||
           type->kind == TYPE_INTEGER || type->kind == TYPE_BIGINT ||
           (type->kind == TYPE_DECIMAL && type->scale == 0);
}

static bool is_number(const Type *type) {
    return type->kind >= TYPE_TINYINT && type->kind <= TYPE_DECIMAL;
}

static bool is_time(const Type *type) {
    return type->kind >= TYPE_DATE && type->kind <= TYPE_INTERVAL_DAY_SECOND;
}

static Status check_range_key(Analyzer *an, const ResolvedWindow *window, const OrderBy *order_by) {
    if (order_by == NULL) {
        return FAIL_NODE(an, MISSING_ORDER_BY, window->node,
                         "Window frame of type RANGE PRECEDING or FOLLOWING requires ORDER BY");
    }
    if (window->order_count != 1) {
        return FAIL_NODE(an, INVALID_ORDER_BY, &order_by->node,
                         "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort "
                         "item in ORDER BY (actual: %d)",
                         (int)window->order_count);
    }
    const Type *type = window->order[0].expr->type;
    if (!is_number(type) && !is_time(type)) {
        return FAIL_NODE(an, TYPE_MISMATCH,
                         NODE_CAST(SortItem, order_by->sort_items.items[0])->sort_key,
                         "Window frame of type RANGE PRECEDING or FOLLOWING requires that sort "
                         "item type be numeric, datetime or interval (actual: %s)",
                         type->name);
    }
    return OK;
}

static Status check_range_offset(Analyzer *an, const Type *key, const Expr *value,
                                 const Node *node) {
    const Type *type = value->type;
    bool is_interval =
        type->kind == TYPE_INTERVAL_DAY_SECOND || type->kind == TYPE_INTERVAL_YEAR_MONTH;
    if (is_number(key) ? is_number(type) : is_interval) {
        return OK;
    }
    return FAIL_NODE(an, TYPE_MISMATCH, node,
                     "Window frame RANGE value type (%s) not compatible with sort item type (%s)",
                     type->name, key->name);
}

static Status analyze_bound(const ExpressionContext *context, const ResolvedWindow *window,
                            const OrderBy *order_by, const FrameBound *bound, const char *side,
                            const Expr **ret_value) {
    Analyzer *an = context->an;
    if (bound == NULL || bound->value == NULL) {
        return OK;
    }
    if (window->unit == RANGE_FRAME) {
        TRY(check_range_key(an, window, order_by));
        TRY(analyze_expression(context, bound->value, ret_value));
        return check_range_offset(an, window->order[0].expr->type, *ret_value, bound->value);
    }
    if (window->unit == GROUPS_FRAME && order_by == NULL) {
        return FAIL_NODE(an, MISSING_ORDER_BY, window->node,
                         "Window frame of type GROUPS PRECEDING or FOLLOWING requires ORDER BY");
    }
    TRY(analyze_expression(context, bound->value, ret_value));
    if (!is_whole_number((*ret_value)->type)) {
        return FAIL_NODE(an, TYPE_MISMATCH, bound->value,
                         "Window frame %s %s value type must be exact numeric type with scale 0 "
                         "(actual %s)",
                         window->unit == ROWS_FRAME ? "ROWS" : "GROUPS", side,
                         (*ret_value)->type->name);
    }
    *ret_value = coerce(an, *ret_value, type_simple(TYPE_BIGINT));
    return OK;
}

static Status analyze_frame(const ExpressionContext *context, ResolvedWindow *window,
                            const WindowParts *parts) {
    Analyzer *an = context->an;
    const WindowFrame *frame = parts->frame;
    window->unit = RANGE_FRAME;
    window->start = BOUND_UNBOUNDED_PRECEDING;
    window->end = BOUND_CURRENT_ROW;
    if (frame == NULL) {
        return OK;
    }
    if (frame->pattern != NULL || frame->measures.count > 0) {
        return FAIL_NODE(an, NOT_SUPPORTED, &frame->node,
                         "Row pattern recognition in windows is not supported");
    }
    static const FrameUnit units[] = {
        [FRAME_RANGE] = RANGE_FRAME, [FRAME_ROWS] = ROWS_FRAME, [FRAME_GROUPS] = GROUPS_FRAME};
    window->frame = frame;
    window->unit = units[frame->type];
    window->start = BOUND_KINDS[frame->start->type];
    window->end = frame->end == NULL ? BOUND_CURRENT_ROW : BOUND_KINDS[frame->end->type];
    TRY(check_bounds(an, frame, window->start, window->end));
    TRY(analyze_bound(context, window, parts->order_by, frame->start, "start",
                      &window->start_value));
    return analyze_bound(context, window, parts->order_by, frame->end, "end", &window->end_value);
}

/* ---- windows ---- */

static Status refuse_nested(Analyzer *an, const Node *node) {
    FoundCalls found;
    find_calls(an, node, &found);
    if (found.window_count > 0) {
        return FAIL_NODE(an, NESTED_WINDOW, found.first_window,
                         "Cannot nest window functions or row pattern measures inside window "
                         "specification");
    }
    return OK;
}

static Status refuse_nested_parts(Analyzer *an, const WindowParts *parts) {
    for (int32_t i = 0; parts->partition_by != NULL && i < parts->partition_by->count; i++) {
        TRY(refuse_nested(an, parts->partition_by->items[i]));
    }
    if (parts->order_by != NULL) {
        TRY(refuse_nested(an, &parts->order_by->node));
    }
    return parts->frame == NULL ? OK : refuse_nested(an, &parts->frame->node);
}

static Status analyze_partition(const ExpressionContext *context, ResolvedWindow *window,
                                const NodeList *partition_by) {
    int32_t count = partition_by == NULL ? 0 : partition_by->count;
    window->partition_count = count;
    window->partition = arena_new_array(context->an->arena, const Expr *, count);
    for (int32_t i = 0; i < count; i++) {
        const Node *node = partition_by->items[i];
        TRY(analyze_expression(context, node, &window->partition[i]));
        const Type *type = window->partition[i]->type;
        if (!type->comparable && type->kind != TYPE_UNKNOWN) {
            return FAIL_NODE(context->an, TYPE_MISMATCH, node,
                             "%s is not comparable, and therefore cannot be used in window "
                             "function PARTITION BY",
                             type->name);
        }
    }
    return OK;
}

static Status analyze_parts(const ExpressionContext *context, const Node *node,
                            const WindowParts *parts, ResolvedWindow **ret_window) {
    Analyzer *an = context->an;
    ResolvedWindow *window = arena_new(an->arena, ResolvedWindow);
    window->node = node;
    TRY(refuse_nested_parts(an, parts));
    TRY(analyze_partition(context, window, parts->partition_by));
    TRY(analyze_sort_items(context, parts->order_by, &window->order_count, &window->order));
    for (int32_t i = 0; i < window->order_count; i++) {
        const Type *type = window->order[i].expr->type;
        if (!type->orderable && type->kind != TYPE_UNKNOWN) {
            return FAIL_NODE(an, TYPE_MISMATCH, parts->order_by->sort_items.items[i],
                             "%s is not orderable, and therefore cannot be used in window function "
                             "ORDER BY",
                             type->name);
        }
    }
    TRY(analyze_frame(context, window, parts));
    *ret_window = window;
    return OK;
}

Status analyze_window(const ExpressionContext *context, const Node *window,
                      ResolvedWindow **ret_window) {
    WindowParts parts;
    TRY(resolve_parts(context->an, context->block, window, &parts));
    return analyze_parts(context, window, &parts, ret_window);
}

Status check_window_definitions(const ExpressionContext *context) {
    Analyzer *an = context->an;
    Block *block = context->block;
    const NodeList *windows = &block->specification->windows;
    block->window_names = arena_new_array(an->arena, WindowName, windows->count);
    for (int32_t i = 0; i < windows->count; i++) {
        const WindowDefinition *node = NODE_CAST(WindowDefinition, windows->items[i]);
        if (find_window(block, node->name->value) != NULL) {
            return FAIL_NODE(an, DUPLICATE_WINDOW_NAME, &node->node,
                             "WINDOW name '%s' specified more than once", node->name->value);
        }
        WindowName named = {.name = node->name->value};
        ResolvedWindow *ignored;
        TRY(resolve_parts(an, block, &node->window->node, &named.parts));
        TRY(analyze_parts(context, &node->window->node, &named.parts, &ignored));
        block->window_names[block->window_name_count++] = named;
    }
    return OK;
}

/* ---- calls ---- */

static bool name_in(const char *name, const char *const *names) {
    for (; *names != NULL; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return false;
}

Status check_window_call(const ExpressionContext *context, const FunctionCall *call,
                         const ResolvedFunction *function, const ResolvedWindow *window) {
    static const char *const value_functions[] = {"lag",        "lead",      "first_value",
                                                  "last_value", "nth_value", NULL};
    static const char *const frameless[] = {"rank",         "dense_rank", "row_number",
                                            "percent_rank", "cume_dist",  "ntile",
                                            "lag",          "lead",       NULL};
    Analyzer *an = context->an;
    const Node *block = &context->block->specification->node;
    for (int32_t i = 0; i < call->arguments.count; i++) {
        FoundCalls found;
        find_calls(an, call->arguments.items[i], &found);
        if (found.window_count > 0) {
            return FAIL_NODE(an, NESTED_WINDOW, found.first_window,
                             "Cannot nest window functions or row pattern measures inside window "
                             "function arguments");
        }
    }
    if (call->filter != NULL) {
        return FAIL_NODE(an, NOT_SUPPORTED, block,
                         "FILTER is not yet supported for window functions");
    }
    if (call->order_by != NULL) {
        return FAIL_NODE(an, NOT_SUPPORTED, &call->node,
                         "Window function with ORDER BY is not supported");
    }
    if (function->kind != FUNCTION_AGGREGATE && function->kind != FUNCTION_WINDOW) {
        return FAIL_NODE(an, FUNCTION_NOT_WINDOW, block, "Not a window function: %s",
                         function->name);
    }
    if (call->null_treatment != NULL_TREATMENT_UNDEFINED &&
        !name_in(function->name, value_functions)) {
        return FAIL_NODE(an, NULL_TREATMENT_NOT_ALLOWED, &call->node,
                         "Cannot specify null treatment clause for %s function", function->name);
    }
    if (window->frame != NULL && name_in(function->name, frameless)) {
        return FAIL_NODE(an, INVALID_WINDOW_FRAME, &window->frame->node,
                         "Cannot specify window frame for %s function", function->name);
    }
    if (window->order_count == 0 &&
        (strcmp(function->name, "lag") == 0 || strcmp(function->name, "lead") == 0)) {
        return FAIL_NODE(an, MISSING_ORDER_BY, window->node,
                         "%s function requires an ORDER BY window clause", function->name);
    }
    return OK;
}
