/*
 * Aggregates, window calls and GROUPING inside an expression, found in its syntax tree: for clauses
 * that allow none, and for what may not nest. Subqueries are other queries and are not searched.
 * The walk keeps its own stack, so any depth is fine.
 */
#include "analyze/query_block.h"
#include "sql/formatter.h"

typedef struct Finder {
    Analyzer *an;
    int32_t pending_count, pending_capacity;
    const Node **pending;
    FoundCalls *found;
    const char *groupings;
} Finder;

static void push(void *closure, Node *child) {
    Finder *finder = closure;
    if (finder->pending_count == finder->pending_capacity) {
        int32_t capacity = finder->pending_capacity == 0 ? 32 : finder->pending_capacity * 2;
        const Node **pending = arena_new_array(finder->an->arena, const Node *, capacity);
        if (finder->pending_count > 0) {
            memcpy(pending, finder->pending, sizeof *pending * (size_t)finder->pending_count);
        }
        finder->pending = pending;
        finder->pending_capacity = capacity;
    }
    finder->pending[finder->pending_count++] = child;
}

/* Children are visited in text order, so they are reversed on the stack. */
static void push_children(Finder *finder, const Node *node) {
    int32_t from = finder->pending_count;
    node_visit_children(node, push, finder);
    for (int32_t i = from, j = finder->pending_count - 1; i < j; i++, j--) {
        const Node *swapped = finder->pending[i];
        finder->pending[i] = finder->pending[j];
        finder->pending[j] = swapped;
    }
}

static void append(Finder *finder, const char **list, const Node *node) {
    const char *text = format_expression(finder->an->arena, node);
    *list = *list == NULL ? text : arena_printf(finder->an->arena, "%s, %s", *list, text);
}

static bool is_aggregate_call(Finder *finder, const FunctionCall *call) {
    const NodeList *parts = &call->name->parts;
    const char *name = NODE_CAST(Identifier, parts->items[parts->count - 1])->value;
    return function_exists(lower_case(finder->an, name), 1u << FUNCTION_AGGREGATE);
}

/* Whether the children are to be searched as well. */
static bool note(Finder *finder, const Node *node) {
    FoundCalls *found = finder->found;
    if (node->kind == NODE_SUBQUERY_EXPRESSION || node->kind == NODE_EXISTS_PREDICATE) {
        return false;
    }
    if (node->kind == NODE_GROUPING_OPERATION) {
        found->grouping_count++;
        append(finder, &finder->groupings, node);
        return false;
    }
    if (node->kind != NODE_FUNCTION_CALL) {
        return true;
    }
    const FunctionCall *call = NODE_CAST(FunctionCall, node);
    if (call->window != NULL) {
        found->first_window = found->window_count++ == 0 ? node : found->first_window;
        append(finder, &found->windows, node);
        return false;
    }
    if (is_aggregate_call(finder, call)) {
        found->first_aggregate = found->aggregate_count++ == 0 ? node : found->first_aggregate;
        append(finder, &found->aggregates, node);
        return false;
    }
    return true;
}

static void join(Finder *finder, const char **list, const char *more) {
    if (more != NULL) {
        *list = *list == NULL ? more : arena_printf(finder->an->arena, "%s, %s", *list, more);
    }
}

void find_calls(Analyzer *an, const Node *node, FoundCalls *ret_calls) {
    *ret_calls = (FoundCalls){0};
    Finder finder = {.an = an, .found = ret_calls};
    push(&finder, (Node *)node);
    while (finder.pending_count > 0) {
        const Node *next = finder.pending[--finder.pending_count];
        if (note(&finder, next)) {
            push_children(&finder, next);
        }
    }
    const char *all = ret_calls->aggregates;
    join(&finder, &all, ret_calls->windows);
    join(&finder, &all, finder.groupings);
    const char **lists[] = {&ret_calls->aggregates, &ret_calls->windows, &all};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        *lists[i] = *lists[i] == NULL ? NULL : arena_printf(an->arena, "[%s]", *lists[i]);
    }
    ret_calls->all = all;
}

Status require_scalar(Analyzer *an, const Node *node, const char *clause) {
    FoundCalls found;
    find_calls(an, node, &found);
    if (found.all == NULL) {
        return OK;
    }
    return FAIL_NODE(an, EXPRESSION_NOT_SCALAR, node,
                     "%s cannot contain aggregations, window functions or grouping operations: %s",
                     clause, found.all);
}
