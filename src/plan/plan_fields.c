/*
 * What holds for the fields of every plan node: visiting, comparing, rewriting expressions,
 * replacing symbols.
 *
 * plan.def makes one small function per node that visits its fields; everything here is written
 * once over the field kinds, so a new node needs no code here. The one thing that is not generic is
 * which symbols a node produces: see produces().
 */
#include <assert.h>

#include "plan/plan.h"

enum { FIELDS_MAX = 16 };

#define PLAN_NODE(Name, NAME)                                                                      \
    static void visit_##NAME(PlanNode *base, PlanFieldVisitor *visit, void *closure) {             \
        Name##Node *node = (Name##Node *)base;                                                     \
        (void)node, (void)visit, (void)closure;
#define FIELD(Kind, name) visit(closure, FIELD_##Kind, #name, &node->name);
#define PLAN_NODE_END(Name) }
#include "plan/plan.def"
#undef PLAN_NODE
#undef FIELD
#undef PLAN_NODE_END

static void (*const VISITORS[])(PlanNode *node, PlanFieldVisitor *visit, void *closure) = {
#define PLAN_NODE(Name, NAME) [PLAN_##NAME] = visit_##NAME,
#define FIELD(Kind, name)
#define PLAN_NODE_END(Name)
#include "plan/plan.def"
#undef PLAN_NODE
#undef FIELD
#undef PLAN_NODE_END
};

void plan_visit_fields(PlanNode *node, PlanFieldVisitor *visit, void *closure) {
    VISITORS[node->kind](node, visit, closure);
}

/* ---- equality ---- */

typedef struct FieldList {
    int32_t count;
    PlanFieldKind kinds[FIELDS_MAX];
    void *fields[FIELDS_MAX];
} FieldList;

static void collect_field(void *closure, PlanFieldKind kind, const char *name, void *field) {
    FieldList *list = closure;
    assert(list->count < FIELDS_MAX);
    list->kinds[list->count] = kind;
    list->fields[list->count++] = field;
}

static FieldList fields_of(const PlanNode *node) {
    FieldList list = {.count = 0};
    plan_visit_fields((PlanNode *)node, collect_field, &list);
    return list;
}

static bool optional_expr_equal(const Expr *a, const Expr *b) {
    return a == b || (a != NULL && b != NULL && expr_equal(a, b));
}

static bool symbols_equal(const SymbolList *a, const SymbolList *b) {
    return a->count == b->count &&
           (a->count == 0 ||
            memcmp(a->items, b->items, sizeof(const Symbol *) * (size_t)a->count) == 0);
}

static bool exprs_equal(const ExprArray *a, const ExprArray *b) {
    bool equal = a->count == b->count;
    for (int32_t i = 0; equal && i < a->count; i++) {
        equal = optional_expr_equal(a->items[i], b->items[i]);
    }
    return equal;
}

static bool orders_equal(const SortOrderArray *a, const SortOrderArray *b) {
    bool equal = a->count == b->count;
    for (int32_t i = 0; equal && i < a->count; i++) {
        const SortOrder *x = &a->items[i], *y = &b->items[i];
        equal = x->symbol == y->symbol && x->descending == y->descending &&
                x->nulls_first == y->nulls_first;
    }
    return equal;
}

static bool aggregates_equal(const AggregateArray *a, const AggregateArray *b) {
    bool equal = a->count == b->count;
    for (int32_t i = 0; equal && i < a->count; i++) {
        const Aggregate *x = &a->items[i], *y = &b->items[i];
        equal = x->symbol == y->symbol && x->function == y->function &&
                x->distinct == y->distinct && x->filter == y->filter &&
                exprs_equal(&x->arguments, &y->arguments) &&
                orders_equal(&x->order_by, &y->order_by);
    }
    return equal;
}

static bool windows_equal(const WindowCallArray *a, const WindowCallArray *b) {
    bool equal = a->count == b->count;
    for (int32_t i = 0; equal && i < a->count; i++) {
        const WindowCallNode *x = &a->items[i], *y = &b->items[i];
        equal = x->symbol == y->symbol && x->function == y->function &&
                x->distinct == y->distinct && x->ignore_nulls == y->ignore_nulls &&
                x->unit == y->unit && x->start == y->start && x->end == y->end &&
                x->start_value == y->start_value && x->end_value == y->end_value &&
                exprs_equal(&x->arguments, &y->arguments);
    }
    return equal;
}

static bool lists_equal(const SymbolListArray *a, const SymbolListArray *b) {
    bool equal = a->count == b->count;
    for (int32_t i = 0; equal && i < a->count; i++) {
        equal = symbols_equal(&a->items[i], &b->items[i]);
    }
    return equal;
}

static bool texts_equal(const TextArray *a, const TextArray *b) {
    bool equal = a->count == b->count;
    for (int32_t i = 0; equal && i < a->count; i++) {
        equal = strcmp(a->items[i], b->items[i]) == 0;
    }
    return equal;
}

static bool filters_equal(const DynamicFilterArray *a, const DynamicFilterArray *b) {
    bool equal = a->count == b->count;
    for (int32_t i = 0; equal && i < a->count; i++) {
        equal = a->items[i].id == b->items[i].id && a->items[i].symbol == b->items[i].symbol;
    }
    return equal;
}

static bool field_equal(PlanFieldKind kind, const void *a, const void *b) {
    const char *const *text_a = a, *const *text_b = b;
    const IntegerArray *integers_a = a, *integers_b = b;
    switch (kind) {
    case FIELD_Expression:
        return optional_expr_equal(*(const ExpressionField *)a, *(const ExpressionField *)b);
    case FIELD_SymbolRef:
    case FIELD_Table:
    case FIELD_WriteTarget:
        return *(const void *const *)a == *(const void *const *)b;
    case FIELD_Symbols:
        return symbols_equal(a, b);
    case FIELD_SymbolLists:
        return lists_equal(a, b);
    case FIELD_Exprs:
        return exprs_equal(a, b);
    case FIELD_Integer:
        return *(const int32_t *)a == *(const int32_t *)b;
    case FIELD_BigInteger:
        return *(const int64_t *)a == *(const int64_t *)b;
    case FIELD_Real:
        return *(const double *)a == *(const double *)b;
    case FIELD_Boolean:
        return *(const bool *)a == *(const bool *)b;
    case FIELD_Text:
        return *text_a == *text_b ||
               (*text_a != NULL && *text_b != NULL && strcmp(*text_a, *text_b) == 0);
    case FIELD_Texts:
        return texts_equal(a, b);
    case FIELD_Integers:
        return integers_a->count == integers_b->count &&
               (integers_a->count == 0 || memcmp(integers_a->items, integers_b->items,
                                                 sizeof(int32_t) * (size_t)integers_a->count) == 0);
    case FIELD_SortOrders:
        return orders_equal(a, b);
    case FIELD_Aggregates:
        return aggregates_equal(a, b);
    case FIELD_WindowCalls:
        return windows_equal(a, b);
    case FIELD_DynamicFilters:
        return filters_equal(a, b);
    }
    return false;
}

bool plan_equal(const PlanNode *a, const PlanNode *b) {
    if (a == b) {
        return true;
    }
    if (a->kind != b->kind || a->source_count != b->source_count ||
        !symbols_equal(&a->outputs, &b->outputs)) {
        return false;
    }
    FieldList fields_a = fields_of(a), fields_b = fields_of(b);
    for (int32_t i = 0; i < fields_a.count; i++) {
        if (!field_equal(fields_a.kinds[i], fields_a.fields[i], fields_b.fields[i])) {
            return false;
        }
    }
    for (int32_t i = 0; i < a->source_count; i++) {
        if (!plan_equal(a->sources[i], b->sources[i])) {
            return false;
        }
    }
    return true;
}

/* ---- expressions ---- */

typedef struct ExpressionVisit {
    void (*visit)(void *closure, const Expr *expr);
    void *closure;
} ExpressionVisit;

static void visit_array(const ExpressionVisit *visit, const ExprArray *array) {
    for (int32_t i = 0; i < array->count; i++) {
        visit->visit(visit->closure, array->items[i]);
    }
}

static void visit_expressions(void *closure, PlanFieldKind kind, const char *name, void *field) {
    const ExpressionVisit *visit = closure;
    if (kind == FIELD_Expression) {
        const Expr *expr = *(ExpressionField *)field;
        if (expr != NULL) {
            visit->visit(visit->closure, expr);
        }
    } else if (kind == FIELD_Exprs) {
        visit_array(visit, field);
    } else if (kind == FIELD_Aggregates) {
        const AggregateArray *aggregates = field;
        for (int32_t i = 0; i < aggregates->count; i++) {
            visit_array(visit, &aggregates->items[i].arguments);
        }
    } else if (kind == FIELD_WindowCalls) {
        const WindowCallArray *calls = field;
        for (int32_t i = 0; i < calls->count; i++) {
            visit_array(visit, &calls->items[i].arguments);
        }
    }
}

void plan_expressions(const PlanNode *node, void (*visit)(void *closure, const Expr *expr),
                      void *closure) {
    ExpressionVisit visitor = {visit, closure};
    plan_visit_fields((PlanNode *)node, visit_expressions, &visitor);
}

typedef struct ExpressionRewrite {
    Arena *arena;
    const Expr *(*rewrite)(void *closure, const Expr *expr);
    void *closure;
} ExpressionRewrite;

static void rewrite_array(const ExpressionRewrite *rewrite, ExprArray *array) {
    if (array->count == 0) {
        return;
    }
    array->items =
        arena_copy(rewrite->arena, array->items, sizeof(const Expr *) * (size_t)array->count);
    for (int32_t i = 0; i < array->count; i++) {
        array->items[i] = rewrite->rewrite(rewrite->closure, array->items[i]);
    }
}

static void rewrite_field(void *closure, PlanFieldKind kind, const char *name, void *field) {
    const ExpressionRewrite *rewrite = closure;
    if (kind == FIELD_Expression) {
        ExpressionField *expr = field;
        *expr = *expr == NULL ? NULL : rewrite->rewrite(rewrite->closure, *expr);
    } else if (kind == FIELD_Exprs) {
        rewrite_array(rewrite, field);
    } else if (kind == FIELD_Aggregates) {
        AggregateArray *aggregates = field;
        aggregates->items = arena_copy(rewrite->arena, aggregates->items,
                                       sizeof(Aggregate) * (size_t)aggregates->count);
        for (int32_t i = 0; i < aggregates->count; i++) {
            rewrite_array(rewrite, &aggregates->items[i].arguments);
        }
    } else if (kind == FIELD_WindowCalls) {
        WindowCallArray *calls = field;
        calls->items =
            arena_copy(rewrite->arena, calls->items, sizeof(WindowCallNode) * (size_t)calls->count);
        for (int32_t i = 0; i < calls->count; i++) {
            rewrite_array(rewrite, &calls->items[i].arguments);
        }
    }
}

PlanNode *plan_rewrite_expressions(PlanBuilder *builder, const PlanNode *node,
                                   const Expr *(*rewrite)(void *closure, const Expr *expr),
                                   void *closure) {
    PlanNode *copy = arena_copy(builder->arena, node, plan_node_size(node->kind));
    ExpressionRewrite visitor = {builder->arena, rewrite, closure};
    plan_visit_fields(copy, rewrite_field, &visitor);
    copy->statistics = NULL;
    return copy;
}

/* ---- symbols ---- */

/* Whether the symbols of a field come into being at the node, so that it does not read them. */
static bool produces(const PlanNode *node, const void *field) {
    switch (node->kind) {
    case PLAN_GROUP_ID: {
        const GroupIdNode *group = (const GroupIdNode *)node;
        return field == &group->key_outputs || field == &group->group_id ||
               field == &group->grouping_sets;
    }
    case PLAN_SEMI_JOIN:
        return field == &((const SemiJoinNode *)node)->mark;
    case PLAN_APPLY:
        return field == &((const ApplyNode *)node)->result;
    case PLAN_ASSIGN_UNIQUE_ID:
        return field == &((const AssignUniqueIdNode *)node)->unique_id;
    case PLAN_TOP_N_RANKING:
        return field == &((const TopNRankingNode *)node)->ranking;
    case PLAN_UNNEST: {
        const UnnestNode *unnest = (const UnnestNode *)node;
        return field == &unnest->element_symbols || field == &unnest->ordinality;
    }
    case PLAN_MARK_DISTINCT:
        return field == &((const MarkDistinctNode *)node)->marker;
    case PLAN_TABLE_SCAN:
    case PLAN_REMOTE_SOURCE:
        return true;
    default:
        return false;
    }
}

typedef struct SymbolVisit {
    const PlanNode *node;
    void (*visit)(void *closure, const Symbol *symbol);
    void *closure;
} SymbolVisit;

static void visit_symbol(const SymbolVisit *visit, const Symbol *symbol) {
    if (symbol != NULL) {
        visit->visit(visit->closure, symbol);
    }
}

static void visit_list(const SymbolVisit *visit, const SymbolList *list) {
    for (int32_t i = 0; i < list->count; i++) {
        visit_symbol(visit, list->items[i]);
    }
}

static void visit_orders(const SymbolVisit *visit, const SortOrderArray *orders) {
    for (int32_t i = 0; i < orders->count; i++) {
        visit_symbol(visit, orders->items[i].symbol);
    }
}

static void visit_aggregates(const SymbolVisit *visit, const AggregateArray *aggregates) {
    for (int32_t i = 0; i < aggregates->count; i++) {
        visit_symbol(visit, aggregates->items[i].filter);
        visit_orders(visit, &aggregates->items[i].order_by);
    }
}

static void visit_window_calls(const SymbolVisit *visit, const WindowCallArray *calls) {
    for (int32_t i = 0; i < calls->count; i++) {
        visit_symbol(visit, calls->items[i].start_value);
        visit_symbol(visit, calls->items[i].end_value);
    }
}

static void visit_field_symbols(void *closure, PlanFieldKind kind, const char *name, void *field) {
    const SymbolVisit *visit = closure;
    if (produces(visit->node, field)) {
        return;
    }
    if (kind == FIELD_SymbolRef) {
        visit_symbol(visit, *(SymbolRefField *)field);
    } else if (kind == FIELD_Symbols) {
        visit_list(visit, field);
    } else if (kind == FIELD_SymbolLists) {
        const SymbolListArray *lists = field;
        for (int32_t i = 0; i < lists->count; i++) {
            visit_list(visit, &lists->items[i]);
        }
    } else if (kind == FIELD_SortOrders) {
        visit_orders(visit, field);
    } else if (kind == FIELD_Aggregates) {
        visit_aggregates(visit, field);
    } else if (kind == FIELD_WindowCalls) {
        visit_window_calls(visit, field);
    } else if (kind == FIELD_DynamicFilters) {
        const DynamicFilterArray *filters = field;
        for (int32_t i = 0; i < filters->count; i++) {
            visit_symbol(visit, filters->items[i].symbol);
        }
    }
}

static void visit_expression_symbols(void *closure, const Expr *expr) {
    const SymbolVisit *visit = closure;
    expr_symbols(expr, visit->visit, visit->closure);
}

void plan_used_symbols(const PlanNode *node, void (*visit)(void *closure, const Symbol *symbol),
                       void *closure) {
    SymbolVisit visitor = {node, visit, closure};
    plan_visit_fields((PlanNode *)node, visit_field_symbols, &visitor);
    plan_expressions(node, visit_expression_symbols, &visitor);
    if (node->kind == PLAN_OUTPUT) {
        visit_list(&visitor, &node->outputs);
    }
}

/* ---- replacing symbols throughout a plan ---- */

typedef struct Replacement {
    Arena *arena;
    const Symbol *const *map;
    const Expr **expressions; /* the map as expressions */
    int32_t count;
} Replacement;

static const Symbol *replace_symbol(const Replacement *replacement, const Symbol *symbol) {
    if (symbol == NULL || symbol->id >= replacement->count ||
        replacement->map[symbol->id] == NULL) {
        return symbol;
    }
    return replacement->map[symbol->id];
}

static void replace_list(const Replacement *replacement, SymbolList *list) {
    if (list->count == 0) {
        return;
    }
    list->items =
        arena_copy(replacement->arena, list->items, sizeof(const Symbol *) * (size_t)list->count);
    for (int32_t i = 0; i < list->count; i++) {
        list->items[i] = replace_symbol(replacement, list->items[i]);
    }
}

static void replace_orders(const Replacement *replacement, SortOrderArray *orders) {
    if (orders->count == 0) {
        return;
    }
    orders->items =
        arena_copy(replacement->arena, orders->items, sizeof(SortOrder) * (size_t)orders->count);
    for (int32_t i = 0; i < orders->count; i++) {
        orders->items[i].symbol = replace_symbol(replacement, orders->items[i].symbol);
    }
}

static const Expr *replace_in_expr(void *closure, const Expr *expr) {
    const Replacement *replacement = closure;
    return expr_replace_symbols(replacement->arena, expr, replacement->expressions,
                                replacement->count);
}

static void replace_calls(const Replacement *replacement, PlanFieldKind kind, void *field) {
    if (kind == FIELD_Aggregates) { /* the arrays were copied when expressions were rewritten */
        AggregateArray *aggregates = field;
        for (int32_t i = 0; i < aggregates->count; i++) {
            Aggregate *aggregate = &aggregates->items[i];
            aggregate->symbol = replace_symbol(replacement, aggregate->symbol);
            aggregate->filter = replace_symbol(replacement, aggregate->filter);
            replace_orders(replacement, &aggregate->order_by);
        }
    } else {
        WindowCallArray *calls = field;
        for (int32_t i = 0; i < calls->count; i++) {
            WindowCallNode *call = &calls->items[i];
            call->symbol = replace_symbol(replacement, call->symbol);
            call->start_value = replace_symbol(replacement, call->start_value);
            call->end_value = replace_symbol(replacement, call->end_value);
        }
    }
}

static void replace_field(void *closure, PlanFieldKind kind, const char *name, void *field) {
    const Replacement *replacement = closure;
    if (kind == FIELD_SymbolRef) {
        *(SymbolRefField *)field = replace_symbol(replacement, *(SymbolRefField *)field);
    } else if (kind == FIELD_Symbols) {
        replace_list(replacement, field);
    } else if (kind == FIELD_SymbolLists) {
        SymbolListArray *lists = field;
        lists->items =
            arena_copy(replacement->arena, lists->items, sizeof(SymbolList) * (size_t)lists->count);
        for (int32_t i = 0; i < lists->count; i++) {
            replace_list(replacement, &lists->items[i]);
        }
    } else if (kind == FIELD_SortOrders) {
        replace_orders(replacement, field);
    } else if (kind == FIELD_Aggregates || kind == FIELD_WindowCalls) {
        replace_calls(replacement, kind, field);
    } else if (kind == FIELD_DynamicFilters) {
        DynamicFilterArray *filters = field;
        filters->items = arena_copy(replacement->arena, filters->items,
                                    sizeof(DynamicFilterUse) * (size_t)filters->count);
        for (int32_t i = 0; i < filters->count; i++) {
            filters->items[i].symbol = replace_symbol(replacement, filters->items[i].symbol);
        }
    }
}

static PlanNode *replace_in_plan(PlanBuilder *builder, Replacement *replacement,
                                 const PlanNode *node) {
    PlanNode *copy = plan_rewrite_expressions(builder, node, replace_in_expr, replacement);
    plan_visit_fields(copy, replace_field, replacement);
    replace_list(replacement, &copy->outputs);
    if (copy->source_count > 0) {
        copy->sources = arena_copy(builder->arena, copy->sources,
                                   sizeof(PlanNode *) * (size_t)copy->source_count);
        for (int32_t i = 0; i < copy->source_count; i++) {
            copy->sources[i] = replace_in_plan(builder, replacement, copy->sources[i]);
        }
    }
    return copy;
}

PlanNode *plan_replace_symbols(PlanBuilder *builder, PlanNode *node, const Symbol *const *map,
                               int32_t map_count) {
    Replacement replacement = {builder->arena, map, NULL, map_count};
    replacement.expressions = arena_new_array(builder->arena, const Expr *, map_count);
    for (int32_t i = 0; i < map_count; i++) {
        replacement.expressions[i] = map[i] == NULL ? NULL : expr_symbol(builder->arena, map[i]);
    }
    return replace_in_plan(builder, &replacement, node);
}
