/*
 * What a connector can do itself: filters as domains of columns, limits.
 *
 * A filter directly above a scan is translated, conjunct by conjunct, into a TupleDomain; the
 * engine keeps the filter, so a connector may take it as loosely as it likes.
 */
#include "optimize/rewrite.h"

typedef struct DomainBuilder {
    Optimizer *o;
    const TableScanNode *scan;
    int32_t count;
    ColumnDomain *domains;
} DomainBuilder;

static int32_t column_of(const DomainBuilder *builder, const Expr *expr) {
    int32_t index = expr->kind == EXPR_SYMBOL
                        ? symbol_list_index(&builder->scan->base.outputs, expr->symbol)
                        : -1;
    return index >= 0 &&
                   builder->scan->columns.items[index] < builder->scan->table->table->column_count
               ? builder->scan->columns.items[index]
               : -1;
}

static bool is_value(const Expr *expr) {
    return expr->kind == EXPR_CONSTANT && !vector_is_null(expr->value, 0);
}

static void add_domain(DomainBuilder *builder, int32_t column, int32_t range_count,
                       const Range *ranges) {
    Domain *domain = arena_new(builder->o->arena, Domain);
    *domain = (Domain){.range_count = range_count, .ranges = ranges};
    for (int32_t i = 0; i < builder->count; i++) {
        if (builder->domains[i].column == column) {
            return; /* one domain a column is enough: the filter stays */
        }
    }
    builder->domains[builder->count++] = (ColumnDomain){column, domain};
}

static bool range_of(const Expr *conjunct, Range *ret_range) {
    const Vector *value = conjunct->arguments[1]->value;
    switch (conjunct->comparison) {
    case COMPARE_EQUAL:
        *ret_range = (Range){value, value, true, true};
        return true;
    case COMPARE_LESS:
        *ret_range = (Range){NULL, value, false, false};
        return true;
    case COMPARE_LESS_OR_EQUAL:
        *ret_range = (Range){NULL, value, false, true};
        return true;
    case COMPARE_GREATER:
        *ret_range = (Range){value, NULL, false, false};
        return true;
    case COMPARE_GREATER_OR_EQUAL:
        *ret_range = (Range){value, NULL, true, false};
        return true;
    default:
        return false;
    }
}

static void translate(DomainBuilder *builder, const Expr *conjunct) {
    int32_t column = conjunct->argument_count > 0 ? column_of(builder, conjunct->arguments[0]) : -1;
    if (column < 0) {
        return;
    }
    for (int32_t i = 1; i < conjunct->argument_count; i++) {
        if (!is_value(conjunct->arguments[i])) {
            return;
        }
    }
    Range *ranges = arena_new_array(builder->o->arena, Range, conjunct->argument_count);
    if (conjunct->kind == EXPR_COMPARISON && range_of(conjunct, ranges)) {
        add_domain(builder, column, 1, ranges);
    } else if (conjunct->kind == EXPR_BETWEEN) {
        ranges[0] =
            (Range){conjunct->arguments[1]->value, conjunct->arguments[2]->value, true, true};
        add_domain(builder, column, 1, ranges);
    } else if (conjunct->kind == EXPR_IN) {
        for (int32_t i = 1; i < conjunct->argument_count; i++) {
            ranges[i - 1] =
                (Range){conjunct->arguments[i]->value, conjunct->arguments[i]->value, true, true};
        }
        add_domain(builder, column, conjunct->argument_count - 1, ranges);
    }
}

static PlanNode *with_handle(Optimizer *o, const TableScanNode *scan, Handle handle,
                             const TupleDomain *enforced) {
    TableScanNode *copy = arena_copy(o->arena, scan, sizeof *scan);
    PlanTable *table = arena_copy(o->arena, scan->table, sizeof *table);
    table->handle = handle;
    table->enforced = *enforced;
    copy->table = table;
    return &copy->base;
}

static PlanNode *push_filter(Optimizer *o, FilterNode *filter) {
    const TableScanNode *scan = (const TableScanNode *)filter->base.sources[0];
    const ConnectorApi *api = scan->table->catalog->api;
    if (api->apply_filter == NULL) {
        return &filter->base;
    }
    ExprList conjuncts = {0};
    expr_conjuncts(o->arena, filter->predicate, &conjuncts);
    DomainBuilder builder = {.o = o,
                             .scan = scan,
                             .domains =
                                 arena_new_array(o->arena, ColumnDomain, conjuncts.count + 1)};
    for (int32_t i = 0; i < conjuncts.count; i++) {
        translate(&builder, conjuncts.items[i]);
    }
    TupleDomain domain = {.count = builder.count, .domains = builder.domains}, remaining;
    bool taken = false;
    Handle handle;
    if (builder.count == 0 ||
        api->apply_filter(o->cx, scan->table->catalog->connector, scan->table->handle, &domain,
                          &taken, &handle, &remaining) != OK ||
        !taken) {
        context_clear_error(o->cx);
        return &filter->base;
    }
    PlanNode *source = with_handle(o, scan, handle, &domain);
    return plan_with_sources(o->builder, &filter->base, &source);
}

static PlanNode *push_limit(Optimizer *o, LimitNode *limit) {
    const TableScanNode *scan = (const TableScanNode *)limit->base.sources[0];
    const ConnectorApi *api = scan->table->catalog->api;
    bool taken = false, guaranteed;
    Handle handle;
    if (api->apply_limit == NULL ||
        api->apply_limit(o->cx, scan->table->catalog->connector, scan->table->handle, limit->count,
                         &taken, &handle, &guaranteed) != OK ||
        !taken) {
        context_clear_error(o->cx);
        return &limit->base;
    }
    PlanNode *source = with_handle(o, scan, handle, &scan->table->enforced);
    return plan_with_sources(o->builder, &limit->base, &source);
}

static PlanNode *visit_node(Optimizer *o, void *closure, PlanNode *node) {
    if (node->source_count != 1 || node->sources[0]->kind != PLAN_TABLE_SCAN) {
        return node;
    }
    switch (node->kind) {
    case PLAN_FILTER:
        return push_filter(o, (FilterNode *)node);
    case PLAN_LIMIT:
        return push_limit(o, (LimitNode *)node);
    default:
        return node;
    }
}

PlanNode *push_into_connectors(Optimizer *o, PlanNode *plan) {
    return plan_rewrite(o, plan, visit_node, NULL);
}
